package definition

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// held says which part of a file each Go field is described in: mostly its own type and
// name. Empty: it is nothing anybody writes.
var held = map[string]string{
	"Need.id": "Need.step", "Limit.times": "Limit.time", "Parameter.value": "", "Source.name": "", "GuideText.id": "", "GuideText.text": "",
	"Option.id": "", "Option.label": "", "Link.roles": "Link.of", "Link.mode": "Link.any", "RoleLimit.role": "Link.of", "RoleLimit.time": "Link.of",
	"RoleLimit.weight": "Link.weights", "Pay.amount": "Fee.amount", "Pay.basis": "Fee.basis", "SendField.name": "", "SendField.path": "",
	"Step.kind": "", "Include.fragment": "Step.include", "Include.version": "Step.include",
}

// Every field of the model is described in both languages, and nothing else is.
func TestEveryKeyIsDescribed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(x reflect.Type) {
		for x.Kind() == reflect.Pointer || x.Kind() == reflect.Slice {
			x = x.Elem()
		}
		if x.Kind() != reflect.Struct || seen[x] || !strings.HasSuffix(x.PkgPath(), "engine/definition") {
			return
		}
		seen[x] = true
		for i := range x.NumField() {
			f := x.Field(i)
			visit(f.Type)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			at := x.Name() + "." + name
			to, other := held[at]
			if other && to == "" || f.Anonymous || name == "id" && !other {
				continue
			}
			if other {
				at = to
			}
			of, key, _ := strings.Cut(at, ".")
			k := KeyOf(of, key)
			require.NotNil(t, k, "no description of %s", at)
			used[at] = true
		}
	}
	visit(reflect.TypeFor[Definition]())
	for _, k := range Keys() {
		require.NotEmpty(t, k.Text.ZH)
		require.NotEmpty(t, k.Text.EN)
		require.NotContains(t, k.Text.EN, "：")
		if k.Of != "Link" && k.Of+"."+k.Key != "Pay.fee" {
			require.True(t, used[k.Of+"."+k.Key], "%s.%s is no field", k.Of, k.Key)
		}
	}
}

// Every word of the language is told by what it is called.
func TestWordsHaveNames(t *testing.T) {
	t.Parallel()
	for _, k := range Keys() {
		for _, w := range k.Words {
			said := KeyWord(k.Key, w)
			require.NotEqual(t, w, said.ZH, "%s.%s: %s", k.Of, k.Key, w)
			require.NotEmpty(t, said.EN)
		}
	}
}

// The key table says of each part what the reader says: the same keys, the same must, the same words.
func TestKeysAreThoseOfTheReader(t *testing.T) {
	t.Parallel()
	parts := map[string]func(*decoder, *value){
		"Definition": func(d *decoder, v *value) { d.definition(v) },
		"Item":       func(d *decoder, v *value) { d.item(v, &Item{}) },
		"Rating":     func(d *decoder, v *value) { d.rating(v) },
		"Limit":      func(d *decoder, v *value) { d.limit(v, placeOther) },
		"Party":      func(d *decoder, v *value) { d.party("x", v) },
		"Situation":  func(d *decoder, v *value) { d.situation("x", v) },
		"Material":   func(d *decoder, v *value) { d.material("x", v) },
		"Condition":  func(d *decoder, v *value) { d.condition("x", v) },
		"Pause":      func(d *decoder, v *value) { d.pause("x", v) },
		"Commitment": func(d *decoder, v *value) { d.commitment("x", v) },
		"ActFirst":   func(d *decoder, v *value) { d.actFirst(v) },
		"Duty":       func(d *decoder, v *value) { d.duty("x", v) },
		"Output":     func(d *decoder, v *value) { d.output("x", v) },
	}
	for _, kind := range kinds {
		f, _ := reflect.TypeFor[Step]().FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, kind) })
		parts[f.Type.Elem().Name()+" "+kind] = func(d *decoder, v *value) {
			v.pairs = append([]pair{{key: kind, value: &value{text: "x@1", scalar: "x@1"}}}, v.pairs...)
			d.oneStep(v)
		}
	}
	at := Position{Line: 1, Column: 1}
	findings := func(read func(*decoder, *value), pairs ...pair) Diagnostics {
		d := newDecoder("x", nil)
		read(d, &value{kind: isMap, pairs: pairs, pos: at})
		return d.out
	}
	for part, read := range parts {
		of, kind, step := strings.Cut(part, " ")
		var keys []Key
		for _, k := range keyTable {
			own := k.Of == of || kind == "decide" && k.Of == "Work"
			common := step && k.Of == "Step" && (k.Key == kind || slices.Contains(commonOf(Kind(kind)), k.Key))
			if own || common {
				keys = append(keys, k)
			}
		}
		found := findings(read)
		for _, k := range keys {
			must := slices.ContainsFunc(found, func(d Diagnostic) bool {
				return d.Code == "S102" && strings.Contains(d.Text.EN, "the key "+k.Key+" is missing") || d.Code == "A101" && k.Key == "basis"
			})
			if k.Key != kind && !(of == "Situation" && k.Key == "ask") && !(of == "Duty" && k.Key == "limit") {
				require.Equal(t, must, k.Must, "%s.%s", part, k.Key)
			}
			if k.Key == kind {
				continue
			}
			odd := &value{text: "zzzzzzzz", scalar: "zzzzzzzz", pos: at}
			list := &value{kind: isList, items: []*value{odd}, pos: at}
			known := findings(read, pair{key: k.Key, value: odd, pos: at})
			require.NotContains(t, known.Render("en"), "there is no key "+k.Key, part)
			if k.Words == nil || k.Key == "chain" || k.Key == "language" || of == "Limit" {
				continue
			}
			words := append(known, findings(read, pair{key: k.Key, value: list, pos: at})...)
			i := slices.IndexFunc(words, func(d Diagnostic) bool { return d.Code == "S104" })
			require.NotEqual(t, -1, i, "%s.%s", part, k.Key)
			require.Equal(t, "one of: "+strings.Join(k.Words, ", "), words[i].Fix.EN, "%s.%s", part, k.Key)
		}
		require.Contains(t, findings(read, pair{key: "zzzz", value: &value{scalar: "x", text: "x"}, pos: at}).Render("en"), "zzzz", part)
	}
}

// Every key the reader names is in the table.
func TestNoKeyIsMissingInTheTable(t *testing.T) {
	t.Parallel()
	var all []string
	for _, k := range keyTable {
		all = append(all, k.Key)
	}
	for _, keys := range kindKeys {
		for _, k := range keys {
			require.Contains(t, all, k)
		}
	}
	for _, k := range commonKeys {
		require.Contains(t, all, k)
	}
}

// What people have written is of the schema, and what is misspelt is not.
func TestSchemaTakesWhatIsWritten(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		schema, err := CompileSchema(LanguageSchema(lang))
		require.NoError(t, err)
		var names []string
		for _, glob := range []string{"../../definitions/*/*.yaml", "../scenario/testdata/*/*.yaml", "testdata/base/*.yaml"} {
			found, err := filepath.Glob(glob)
			require.NoError(t, err)
			names = append(names, found...)
		}
		taken := 0
		for _, name := range names {
			src, err := os.ReadFile(name)
			require.NoError(t, err)
			f, found := ParseFile(name, src)
			if f.Kind != FileItem || found.Failed() {
				continue
			}
			taken++
			require.NoError(t, schema.Validate(plainJSON(src)), name)
			broken := strings.Replace(string(src), "process:", "proces:", 1)
			require.Error(t, schema.Validate(plainJSON([]byte(broken))), name)
		}
		require.Greater(t, taken, 20)
	}
}

// plainJSON is a document as encoding/json would read it.
func plainJSON(src []byte) any {
	r := &reader{file: "x"}
	return newDecoder("x", nil).any(r.read(src))
}

// A step's warning is one length or one to nine different ones.
func TestSchemaTakesListsOfWarnings(t *testing.T) {
	t.Parallel()
	schema, err := CompileSchema(LanguageSchema("en"))
	require.NoError(t, err)
	src := string(demoText(t))
	with := func(warn string) error {
		return schema.Validate(plainJSON([]byte(strings.Replace(src, "- review: view\n", "- review: view\n        warn: "+warn+"\n", 1))))
	}
	for _, warn := range []string{"2wd", "[2wd]", "[5wd, 3wd, 20h]", "[1wd, 2wd, 3wd, 4wd, 5wd, 6wd, 7wd, 8wd, 9wd]"} {
		require.NoError(t, with(warn), warn)
	}
	for _, warn := range []string{"2", "[]", "[2wd, 2wd]", "[2]", "[1wd, 2wd, 3wd, 4wd, 5wd, 6wd, 7wd, 8wd, 9wd, 10wd]"} {
		require.Error(t, with(warn), warn)
	}
}
