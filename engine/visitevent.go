package engine

import (
	"slices"
	"strings"
)

// The events of a visit.

// VisitArranged sets the date for all.
type VisitArranged struct {
	Step   string     `json:"step"`
	Task   string     `json:"task,omitempty"` // done by this act; empty when the date was moved
	Visit  VisitState `json:"visit"`
	Tasks  []Task     `json:"tasks,omitempty"`
	Reason string     `json:"reason,omitempty"`
}

// VisitJoined records that who attends has changed, because the steps that need
// the visit have.
type VisitJoined struct {
	Step  string     `json:"step"`
	Visit VisitState `json:"visit"`
	Tasks []Task     `json:"tasks,omitempty"`
	Gone  []string   `json:"gone,omitempty"` // tasks taken back
}

// VisitRecorded is the record of one party (行政许可法第三十四条第三款).
type VisitRecorded struct {
	Step  string     `json:"step"`
	Task  string     `json:"task"`
	Party string     `json:"party"`
	Named int        `json:"named"` // points of this party
	Visit VisitState `json:"visit"`
}

// RectificationAsked gives the applicant the merged list and the time for it.
type RectificationAsked struct {
	Step   string     `json:"step"`
	Visit  VisitState `json:"visit"`
	Notice Notice     `json:"notice"`
	Clocks []Clock    `json:"clocks"`
	Tasks  []Task     `json:"tasks"`
}

// PointsRectified records that the applicant has put the points right.
type PointsRectified struct {
	Step   string     `json:"step"`
	Task   string     `json:"task"`
	Visit  VisitState `json:"visit"`
	Clocks []Clock    `json:"clocks,omitempty"`
	Tasks  []Task     `json:"tasks"`
}

// PointsRechecked is what one party found at its points.
type PointsRechecked struct {
	Step  string     `json:"step"`
	Task  string     `json:"task"`
	Party string     `json:"party"`
	Left  int        `json:"left"` // points of this party that stay open
	Visit VisitState `json:"visit"`
}

// Type is the name in the log.
func (VisitArranged) Type() string { return "VisitArranged" }

// Type is the name in the log.
func (VisitJoined) Type() string { return "VisitJoined" }

// Type is the name in the log.
func (VisitRecorded) Type() string { return "VisitRecorded" }

// Type is the name in the log.
func (RectificationAsked) Type() string { return "RectificationAsked" }

// Type is the name in the log.
func (PointsRectified) Type() string { return "PointsRectified" }

// Type is the name in the log.
func (PointsRechecked) Type() string { return "PointsRechecked" }

func (s *State) setVisit(step string, v VisitState) { s.must(step).Visit = &v }

func (b VisitArranged) apply(s *State, e *Event) {
	s.setVisit(b.Step, b.Visit)
	s.done(b.Task, e)
	s.putTasks(b.Tasks)
}

func (b VisitJoined) apply(s *State, e *Event) {
	s.setVisit(b.Step, b.Visit)
	s.cancelTasks(e.At, func(t *Task) bool { return slices.Contains(b.Gone, t.ID) })
	s.putTasks(b.Tasks)
}

func (b VisitRecorded) apply(s *State, e *Event) {
	s.setVisit(b.Step, b.Visit)
	s.done(b.Task, e)
}

func (b RectificationAsked) apply(s *State, e *Event) {
	s.setVisit(b.Step, b.Visit)
	s.Notices = add(s.Notices, b.Notice)
	s.cancelTasks(e.At, func(t *Task) bool { return t.Step == b.Step })
	s.endClocks(e.At, "rechecked", func(c *Clock) bool { return c.Step == b.Step && recheckClock(c) })
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b PointsRectified) apply(s *State, e *Event) {
	s.setVisit(b.Step, b.Visit)
	s.done(b.Task, e)
	s.endClocks(e.At, "rectified", func(c *Clock) bool { return c.Step == b.Step && c.Late == lateRectify })
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b PointsRechecked) apply(s *State, e *Event) {
	s.setVisit(b.Step, b.Visit)
	s.done(b.Task, e)
}

// recheckClock says whether a clock measures a re-check.
func recheckClock(c *Clock) bool { return strings.HasPrefix(c.ID, c.Step+".recheck") }
