package calendar

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Data is the whole content of a calendar, plain and serialisable. A case carries it (or its version) so that
// neither a replay nor an ended clock ever reads a changed file.
//
// The days follow, from weak to strong: the weekday rule (Monday to Friday work), the years, the local layers
// from the shortest region to the longest.
type Data struct {
	// Region is the administrative code the calendar is made for, empty for the whole mainland. It is the
	// longest region among Local.
	Region string `json:"region"`
	// Label is the stated part of the version, for people ("2026").
	Label string `json:"label"`
	// Years holds what is known of each year, ascending.
	Years []Year `json:"years"`
	// Local holds days set for a region by its own authorities (minority holidays under article 4 of the
	// 全国年节及纪念日放假办法, closures), shortest region first.
	Local []Layer `json:"local,omitempty"`
}

// Year is what is known of one year.
type Year struct {
	Year int `json:"year"`
	// Notices names the State Council notices the days come from. A year without one is unknown: due dates that
	// touch it are provisional, whatever Days says.
	Notices []Notice `json:"notices,omitempty"`
	// Basis names what Days rest on where there is no notice yet.
	Basis string `json:"basis,omitempty"`
	// Days lists exceptions to the weekday rule and days that bear a holiday's name. The last days of the
	// December before may stand here too, because a New Year holiday can begin in the old year.
	Days []Run `json:"days,omitempty"`
}

// Notice is the document a year or a layer comes from.
type Notice struct {
	Name   string `json:"name"`
	Number string `json:"number,omitempty"`
	Issued Date   `json:"issued,omitzero"`
}

// Run is an unbroken run of days, From and To included, that are all off or (Work) all working.
type Run struct {
	From Date `json:"from"`
	To   Date `json:"to"`
	Work bool `json:"work,omitempty"`
	// Name is the holiday a day off belongs to or a make-up day is worked for, or the reason of a local day.
	Name string `json:"name"`
	// EN is the English name; needed only where Name is not one of the statutory holidays.
	EN string `json:"en,omitempty"`
}

// Layer is a set of days of one region, laid over the days of the regions around it.
type Layer struct {
	// Region is an administrative code; the layer holds for every code that begins with it.
	Region string `json:"region"`
	Notice Notice `json:"notice"`
	Days   []Run  `json:"days"`
}

// With returns d with a local layer on top. The result's region is the longer of the two regions, so that
// halls under one layer share one calendar and one version.
func (d Data) With(local Layer) Data {
	out := d.clone()
	local.Days = slices.Clone(local.Days)
	out.Local = append(out.Local, local)
	if len(local.Region) > len(out.Region) {
		out.Region = local.Region
	}
	return out
}

// For returns d with those of the layers that hold for the region code: all whose region is a prefix of it.
// A longer prefix overrides a shorter one day by day.
func (d Data) For(region string, layers []Layer) Data {
	out := d
	for _, l := range layers {
		if l.Region != "" && strings.HasPrefix(region, l.Region) {
			out = out.With(l)
		}
	}
	return out
}

// Renew returns d for a region with years and local days that have become known: a
// year replaces the same year, days of a region those of the same document; without
// any they are taken back. Layers of other regions are left out. The label is the
// last year a notice covers.
func (d Data) Renew(region string, years []Year, layers []Layer) Data {
	out := d.clone()
	out.Region = region
	for _, y := range years {
		out.Years = slices.DeleteFunc(out.Years, func(o Year) bool { return o.Year == y.Year })
		out.Years = append(out.Years, y)
	}
	for _, l := range layers {
		if l.Region == "" || !strings.HasPrefix(region, l.Region) {
			continue
		}
		out.Local = slices.DeleteFunc(out.Local, func(o Layer) bool { return o.Region == l.Region && o.Notice.Name == l.Notice.Name })
		if len(l.Days) > 0 {
			out.Local = append(out.Local, l)
		}
	}
	last := 0
	for _, y := range out.Years {
		if len(y.Notices) > 0 {
			last = max(last, y.Year)
		}
	}
	out.Label = strconv.Itoa(last)
	return out.clone()
}

func (d Data) clone() Data {
	d.Years = slices.Clone(d.Years)
	for i := range d.Years {
		d.Years[i].Notices = slices.Clone(d.Years[i].Notices)
		d.Years[i].Days = slices.Clone(d.Years[i].Days)
	}
	d.Local = slices.Clone(d.Local)
	for i := range d.Local {
		d.Local[i].Days = slices.Clone(d.Local[i].Days)
	}
	return d
}

// canonical orders everything and joins adjacent runs, so that equal calendars have equal bytes and one version.
func (d Data) canonical() Data {
	d = d.clone()
	slices.SortStableFunc(d.Years, func(a, b Year) int { return a.Year - b.Year })
	for i := range d.Years {
		d.Years[i].Days = canonicalRuns(d.Years[i].Days)
		if len(d.Years[i].Notices) == 0 {
			d.Years[i].Notices = nil
		}
	}
	for i := range d.Local {
		d.Local[i].Days = canonicalRuns(d.Local[i].Days)
	}
	slices.SortStableFunc(d.Local, func(a, b Layer) int {
		if n := len(a.Region) - len(b.Region); n != 0 {
			return n
		}
		if n := strings.Compare(a.Region, b.Region); n != 0 {
			return n
		}
		if n := strings.Compare(a.Notice.Name, b.Notice.Name); n != 0 {
			return n
		}
		return slices.CompareFunc(a.Days, b.Days, compareRuns)
	})
	if len(d.Years) == 0 {
		d.Years = nil
	}
	if len(d.Local) == 0 {
		d.Local = nil
	}
	return d
}

func compareRuns(a, b Run) int {
	if n := int(a.From) - int(b.From); n != 0 {
		return n
	}
	if n := int(a.To) - int(b.To); n != 0 {
		return n
	}
	return strings.Compare(a.Name, b.Name)
}

func canonicalRuns(runs []Run) []Run {
	if len(runs) == 0 {
		return nil
	}
	slices.SortStableFunc(runs, compareRuns)
	out := runs[:1]
	for _, r := range runs[1:] {
		last := &out[len(out)-1]
		if r.From == last.To+1 && r.Work == last.Work && r.Name == last.Name && r.EN == last.EN {
			last.To = r.To
			continue
		}
		out = append(out, r)
	}
	return out
}

// hashed is the number of hexadecimal digits of the content hash in a version: 48 bits, far more than the few
// calendars one installation will ever hold can collide in.
const hashed = 12

func (d Data) version() (string, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("calendar content cannot be written as JSON: %w", err)
	}
	sum := sha256.Sum256(b)
	return d.Label + "-" + hex.EncodeToString(sum[:])[:hashed], nil
}

// Decode makes a calendar from the JSON of its Data, refusing unknown fields and anything after the value.
func Decode(b []byte) (*Calendar, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	var d Data
	if err := dec.Decode(&d); err != nil {
		return nil, dataError("日历内容不是本产品格式的 JSON："+err.Error(), "calendar content is not JSON of this product's form: "+err.Error())
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, dataError("日历内容之后应无其他内容", "nothing may follow the calendar content")
	}
	return New(d)
}

// MarshalJSON writes the canonical JSON of the calendar's Data.
func (c *Calendar) MarshalJSON() ([]byte, error) { return json.Marshal(c.data) }

// UnmarshalJSON fills a fresh calendar from the JSON of its Data.
func (c *Calendar) UnmarshalJSON(b []byte) error {
	made, err := Decode(b)
	if err != nil {
		return err
	}
	*c = *made
	return nil
}

func dataError(zh, en string) error { return &Error{Code: CodeData, Text: Text{ZH: zh, EN: en}} }
