package calendars

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"lianban/engine/calendar"
)

// File reads one calendar file: a year or a region in this product's form, or a year
// in the form of the public data set holiday-cn (JSON). Days of a year become days of a
// region alone when one is named.
func File(name string, b []byte, region string) (Set, error) {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) {
		return public(name, b, region)
	}
	f, err := parse(name, b)
	if err != nil {
		return Set{}, err
	}
	days := map[dayKey]string{}
	if f.Region.set() {
		l, err := f.layer(days)
		if err != nil {
			return Set{}, err
		}
		if region != "" && region != l.Region {
			return Set{}, f.fail(f.Region, "the file is of region %s, not of %s", l.Region, region)
		}
		return Set{Layers: []calendar.Layer{l}}, nil
	}
	y, err := f.year(days)
	if err != nil {
		return Set{}, err
	}
	if region != "" {
		if len(y.Notices) == 0 {
			return Set{}, f.fail(f.Year, "days of a region name the notice they rest on")
		}
		return Set{Layers: []calendar.Layer{{Region: region, Notice: y.Notices[0], Days: y.Days}}}, nil
	}
	return Set{Years: []calendar.Year{y}}, nil
}

// Reason names what a set rests on: its notices.
func (s Set) Reason() string {
	var names []string
	for _, y := range s.Years {
		for _, n := range y.Notices {
			names = append(names, n.Name)
		}
		if len(y.Notices) == 0 {
			names = append(names, y.Basis)
		}
	}
	for _, l := range s.Layers {
		names = append(names, l.Notice.Name)
	}
	return strings.Join(slices.Compact(names), "、")
}

// public reads a year of holiday-cn: {year, papers: [address], days: [{name, date, isOffDay}]}.
// A year whose notice is not out yet has no days and no papers there.
func public(name string, b []byte, region string) (Set, error) {
	var raw struct {
		Schema string   `json:"$schema"`
		ID     string   `json:"$id"`
		Year   int      `json:"year"`
		Papers []string `json:"papers"`
		Days   []struct {
			Name string        `json:"name"`
			Date calendar.Date `json:"date"`
			Off  bool          `json:"isOffDay"`
		} `json:"days"`
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&raw); err != nil {
		return Set{}, fmt.Errorf("%s: not a year of holiday-cn: %w", name, err)
	}
	if raw.Year == 0 || len(raw.Days) == 0 {
		return Set{}, fmt.Errorf("%s: the file names no days: the notice for %d is not out yet", name, raw.Year)
	}
	var runs []calendar.Run
	for _, d := range raw.Days {
		runs = append(runs, calendar.Run{From: d.Date, To: d.Date, Work: !d.Off, Name: d.Name})
	}
	n := calendar.Notice{Name: fmt.Sprintf("国务院办公厅关于%d年部分节假日安排的通知", raw.Year), Number: strings.Join(raw.Papers, " ")}
	if region != "" {
		return Set{Layers: []calendar.Layer{{Region: region, Notice: calendar.Notice{Name: name, Number: n.Number}, Days: runs}}}, nil
	}
	return Set{Years: []calendar.Year{{Year: raw.Year, Notices: []calendar.Notice{n}, Days: runs}}}, nil
}
