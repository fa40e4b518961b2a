package supervision

import (
	"cmp"
	"slices"
	"time"

	"lianban/engine/definition"
)

// Level is how grave an anomaly is.
type Level int

// The levels. A mark is no card: other rules count it.
const (
	Mark    Level = 0
	Warning Level = 1 // 预警
	Yellow  Level = 2 // 黄牌
	Red     Level = 3 // 红牌
)

// Card is one anomaly found. Rule, Fire, Case and Subject together name it: the
// same rules find it again under the same name.
type Card struct {
	Rule string `json:"rule"`
	Fire int    `json:"fire"` // which of the rule's fires
	// Rules is the version of the catalogue that found it.
	Rules string `json:"rules"`
	Class string `json:"class"`
	Level Level  `json:"level"`
	// Case is empty for a card over many cases.
	Case    string `json:"case,omitempty"`
	Item    string `json:"item,omitempty"`
	Region  string `json:"region,omitempty"`
	Subject string `json:"subject"`
	Step    string `json:"step,omitempty"`
	// Org answers for it; Person, where one is known, explains it.
	Org    string `json:"org"`
	Person string `json:"person,omitempty"`
	// At is when it happened; Seq the event that shows it, 0 for time alone.
	At  time.Time `json:"at"`
	Seq int64     `json:"seq,omitempty"`
	// Order is what marks are compared by, zero for none.
	Order time.Time `json:"order,omitzero"`
	// Explain is the exclusive instant until which it is to be explained; zero for marks.
	Explain time.Time `json:"explain,omitzero"`
	// Cases are the cases a card over many cases rests on.
	Cases []string `json:"cases,omitempty"`

	Zh    string               `json:"zh,omitempty"`
	En    string               `json:"en,omitempty"`
	Basis []definition.Article `json:"basis,omitempty"`
}

// before orders cards: by instant, then by name.
func before(a, b Card) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Case, b.Case), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fire, b.Fire), cmp.Compare(a.Subject, b.Subject))
}

// Sort puts cards in their order.
func Sort(cards []Card) { slices.SortFunc(cards, before) }
