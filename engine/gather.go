package engine

import (
	"slices"
	"time"
)

// Gathering is the collect window while it is open: who still looks, and the one
// notice as it would go out if everybody had spoken now (rule 3.7.5).
type Gathering struct {
	Step string
	// Looks are the parties whose word is asked, with what they have said.
	Looks []Look
	// Closes is the exclusive instant at which the window closes by itself.
	Closes time.Time
	// Notice is the event that would send the notice, nil when nothing is missing;
	// After is the case as it would be then.
	Notice *Event
	After  *State
}

// Gathered looks at the open window of a case; ok is false when none is open.
// Nothing is decided by looking.
func Gathered(r *Rules, s *State, at time.Time) (g Gathering, ok bool) {
	if at = instant(at); at.Before(s.Last) {
		at = s.Last
	}
	d := &decider{r: r.at(s), under: r, s: s.clone()}
	d.expire(at)
	d.now, d.by = at, Actor{Kind: System}
	n := d.intake()
	if n == nil || d.s.Over() {
		return g, false
	}
	in := d.st(n).Intake
	if in == nil || !in.Window {
		return g, false
	}
	g.Step, g.Looks = n.ID, slices.Clone(in.Looks)
	if c := d.s.Clock(clockCollect); c != nil && c.EndedAt.IsZero() {
		g.Closes = c.Due
	}
	d.closeWindow(n, "spoken")
	for i := range d.events {
		if d.events[i].Type == (NoticeSent{}).Type() {
			g.Notice, g.After = &d.events[i], d.s
		}
	}
	return g, true
}
