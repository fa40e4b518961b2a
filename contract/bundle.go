package contract

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// bundleFormat is the number of the layout below. A new one is added beside it,
// never instead of it: bundles stand in histories.
const bundleFormat = 1

// maxBundle bounds the unpacked size, so that damaged bytes cannot fill memory.
const maxBundle = 32 << 20

// maxCached bounds the process cache of compiled rules: far more than the
// definition versions one region has in force, small in memory.
const maxCached = 512

// bundleJSON is a case's rules as data. Versions are stated beside the content
// and compared with it: a bundle is what it says or it is broken.
type bundleJSON struct {
	Format          int             `json:"format"`
	DefinitionHash  string          `json:"definitionHash"`
	CalendarVersion string          `json:"calendarVersion"`
	Definition      json.RawMessage `json:"definition"` // definition.Canonical
	Calendar        json.RawMessage `json:"calendar"`   // calendar.Data
}

// The coders are shared; both are safe for concurrent EncodeAll and DecodeAll.
// Concurrency 1 makes equal content give equal bytes, hence one cache entry.
var (
	encoder = must(zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression)))
	decoder = must(zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBundle)))
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // constant options; cannot fail after a test has run
	}
	return v
}

// Pack writes the definition and calendar a case will be decided by, for its
// whole life, in compressed form: about a fifth of the definition's size.
func Pack(def *definition.Definition, cal *calendar.Calendar) ([]byte, error) {
	canonical, err := definition.Canonical(def)
	if err != nil {
		return nil, err
	}
	days, err := cal.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("write calendar %s: %w", cal.Version(), err)
	}
	sum := sha256.Sum256(canonical)
	raw := bundleJSON{
		Format: bundleFormat, DefinitionHash: hex.EncodeToString(sum[:]), CalendarVersion: cal.Version(),
		Definition: canonical, Calendar: days,
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the canonical bytes must come back as they are
	if err := enc.Encode(raw); err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	return encoder.EncodeAll(b.Bytes(), nil), nil
}

// Unpack reads what Pack wrote and compiles it. A bundle that is damaged, newer
// than this program, or whose content is not what it states is an error.
func Unpack(bundle []byte) (*engine.Rules, error) {
	data, err := decoder.DecodeAll(bundle, nil)
	if err != nil {
		return nil, fmt.Errorf("unpack the rules of a case: %w", err)
	}
	var raw bundleJSON
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&raw); err != nil {
		return nil, fmt.Errorf("read the rules of a case: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("read the rules of a case: something follows the content")
	}
	if raw.Format != bundleFormat {
		return nil, fmt.Errorf("the rules of a case are in format %d; this program reads %d", raw.Format, bundleFormat)
	}
	// The hash is of the bytes that are carried, not of the definition written
	// anew: a later program may know more fields, and the case keeps its name.
	if sum := sha256.Sum256(raw.Definition); hex.EncodeToString(sum[:]) != raw.DefinitionHash {
		return nil, fmt.Errorf("the definition in the rules of a case has the hash %x, stated is %s", sum, raw.DefinitionHash)
	}
	def, err := definition.Decode(raw.Definition)
	if err != nil {
		return nil, err
	}
	plan, err := definition.Compile(def)
	if err != nil {
		return nil, err
	}
	plan.Hash = raw.DefinitionHash
	cal, err := calendar.Decode(raw.Calendar)
	if err != nil {
		return nil, err
	}
	if cal.Version() != raw.CalendarVersion {
		return nil, fmt.Errorf("calendar has the version %s, its bundle states %s", cal.Version(), raw.CalendarVersion)
	}
	return &engine.Rules{Plan: plan, Calendar: cal}, nil
}

var cache = struct {
	sync.RWMutex
	rules map[[sha256.Size]byte]*engine.Rules
}{rules: map[[sha256.Size]byte]*engine.Rules{}}

// RulesFor gives the compiled rules of a bundle, compiled once per process. The
// cache changes nothing but time: the same bytes always give the same rules, so
// a workflow may ask. An error means that the bundle cannot be run by this
// program; a workflow must panic with it, so that its task waits for a worker
// that can, and never fail the case.
func RulesFor(bundle []byte) (*engine.Rules, error) {
	key := sha256.Sum256(bundle)
	cache.RLock()
	r := cache.rules[key]
	cache.RUnlock()
	if r != nil {
		return r, nil
	}
	r, err := Unpack(bundle)
	if err != nil {
		return nil, err
	}
	cache.Lock()
	defer cache.Unlock()
	if len(cache.rules) >= maxCached {
		clear(cache.rules) // rare; everything in use is compiled again within milliseconds
	}
	cache.rules[key] = r
	return r, nil
}
