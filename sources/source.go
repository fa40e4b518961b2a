package sources

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"lianban/engine"
	"lianban/engine/calendar"
)

// Holder is the number of an applicant's identity document or his credit code. It is personal data
// and prints as a mask; an adapter that has to send it converts it on purpose.
type Holder string

// String hides the number.
func (Holder) String() string { return "[applicant]" }

// GoString hides it from %#v.
func (Holder) GoString() string { return "[applicant]" }

// LogValue hides it from logs.
func (Holder) LogValue() slog.Value { return slog.StringValue("[applicant]") }

// Record is what a source has of an applicant.
type Record struct {
	// Name is the paper or licence as guides call it.
	Name string
	// Hash names the content when it is kept already; else Content is the snapshot to be kept.
	Hash       string
	Content    []byte
	File, Type string
	Size       int64
	Grade      engine.Grade
	// Until is the last day it is valid, nil when nobody limits it.
	Until *calendar.Date
	// Void: the source says that it is not in force.
	Void bool
	// At is when the record was made; zero: it says how things are now.
	At time.Time
	// Ref is the record's name at its source, never a name or number of a person.
	Ref string
	// Values are answers by question.
	Values map[string]any
}

// Library holds papers of earlier cases of the same applicant.
type Library interface {
	// Papers gives what there is under these names, newest first, whatever its grade and age.
	Papers(ctx context.Context, h Holder, names []string) ([]Record, error)
}

// Licences is a store of electronic licences.
type Licences interface {
	// Licences gives the licences of these types, newest first, also those no longer valid.
	Licences(ctx context.Context, h Holder, types []string, day calendar.Date) ([]Record, error)
}

// Data is one service that answers a question about an applicant.
type Data interface {
	// Ask gives the record, nil when there is none.
	Ask(ctx context.Context, q Query) (*Record, error)
}

// Query is what a service is asked for.
type Query struct {
	Item, Region string
	// Paper or Question is what the answer is for, Name the guide's name of the paper.
	Paper, Question, Name string
	// Licence is the type of licence asked for.
	Licence string
	Holder  Holder
	Form    map[string]any
	Answers map[string]any
	Day     calendar.Date
}

// field gives the value a path names; false when the application does not have it.
func (q *Query) field(path string) (any, bool) {
	root, rest, _ := strings.Cut(path, ".")
	text := func(s string) (any, bool) { return s, s != "" }
	switch root {
	case "applicant":
		if rest == "id" {
			return text(string(q.Holder))
		}
		return dig(q.Form, "applicant."+rest)
	case "form":
		return dig(q.Form, rest)
	case "answers":
		return dig(q.Answers, rest)
	case "item":
		return text(q.Item)
	case "region":
		return text(q.Region)
	case "paper":
		return text(q.Paper)
	case "question":
		return text(q.Question)
	case "licence":
		return text(q.Licence)
	case "day":
		return q.Day.String(), true
	}
	return nil, false
}

func dig(m map[string]any, path string) (any, bool) {
	var at any = m
	for _, key := range strings.Split(path, ".") {
		inner, ok := at.(map[string]any)
		if !ok {
			return nil, false
		}
		if at, ok = inner[key]; !ok {
			return nil, false
		}
	}
	return at, at != nil
}

// Failure is a source that gave no answer that could be used.
type Failure struct {
	// Why is a short word: timeout, unreachable, status-500, not-json, too-large, resting, no-FIELD.
	Why string
	Err error
}

func (f *Failure) Error() string {
	if f.Err == nil {
		return "source: " + f.Why
	}
	return "source: " + f.Why + ": " + f.Err.Error()
}

func (f *Failure) Unwrap() error { return f.Err }

func fail(why string, err error) error { return &Failure{Why: why, Err: err} }
