package engine_test

import (
	"time"

	"lianban/engine/definition"
)

// The account of papers that come later, and of letters that stand in for them.

// follows starts the time of a paper that comes later: from acceptance, from the
// act that was done first, or from the day the letter in its place came.
func (c *chronicle) follows(duty map[string]any) {
	m := c.plan.Paper(text(duty["about"]))
	owed := &measure{class: "promised", step: "duty " + text(duty["id"]), start: c.accepted}
	length := ""
	switch text(duty["kind"]) {
	case "deferred":
		length = m.Defer.Time.String()
		owed.extend = (*definition.Extension)(m.Defer.Extend)
	case "act-first":
		owed.start, length = c.from(&definition.Limit{From: c.plan.Def.ActFirst.From}), c.plan.Def.ActFirst.Time.String()
	case "letter":
		owed.start, length = c.letters[m.ID], m.Letter.Time.String()
	default:
		return
	}
	c.begin("duty."+text(duty["id"]), owed, length)
	if text(duty["kind"]) == "letter" {
		c.borne(owed, m.ID)
	}
}

// letter notes a letter in lieu; a new one in the place of another is counted anew.
func (c *chronicle) letter(id string, at, until time.Time) {
	c.letters[id], c.lives[id] = at, until
	if m := c.clocks["duty.letter."+id]; m != nil && !m.over && c.fact.Type == "PapersSupplied" {
		m.start, m.wall = at, c.version
		c.borne(m, id)
	}
}

// borne ends a letter's time on the day it bears, where that comes first.
func (c *chronicle) borne(m *measure, id string) {
	m.until = time.Time{}
	if endOf(c.lives[id]).Before(c.due(m)) {
		m.until = endOf(c.lives[id])
	}
}
