package engine

import (
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Visits, postings and hearings stop clocks by themselves, for as long as they
// take (rule 3.8.6); where they take longer than the pause's most, clocks run on.

// standStill begins the pause a step names, until a day or its most, whichever is
// first. Today counts still: a pause that would end today does not begin.
func (d *decider) standStill(n *definition.Node, pause string, until calendar.Date, reason, document string) {
	p := d.r.pausing(pause)
	if p == nil {
		return
	}
	x := stopping{until: until, planned: until.End(), reason: reason, document: document}
	if most := d.atMost(n.ID, p, x); x.until > most {
		x.until, x.planned = most, most.End()
		if p.Max.Unit == calendar.Hours && d.s.since(hoursSince) { // it lasts to the hour
			x.planned = d.lastHour(d.pauseRuns(n.ID, p), p)
			x.until = on(x.planned.Add(-time.Nanosecond))
		}
	}
	if d.mayPause(n, p, x) == nil {
		d.pause(n, p, x)
	}
}

// moveOn ends what a step has begun with standStill.
func (d *decider) moveOn(n *definition.Node, result string) {
	for run := d.s.pauseOf(n.ID); run != nil; run = d.s.pauseOf(n.ID) {
		d.endPause(run.ID, "act", result)
	}
}

// owned says that a clock measures the very thing its step stands still for: the
// applicant's time to put points right, the time a posting hangs, the times to ask
// for a hearing and to hold it. A pause of the step does not stop it.
func (c *Clock) owned() bool {
	return c.Late == lateRectify || c.Late == latePosting || c.Late == lateRequest || holdClock(c)
}
