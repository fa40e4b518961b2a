package engine

import (
	"slices"
	"time"
)

// The turns of a chain, as its events leave them.

// Passed is one pass of a link.
type Passed struct {
	Link int       `json:"link"`
	Role string    `json:"role"`
	By   string    `json:"by"`
	For  string    `json:"for,omitempty"` // whom By stood in for
	At   time.Time `json:"at"`
	// Signer: an added signature, not one of the link's own.
	Signer bool `json:"signer,omitempty"`
	// Checks is what was found on conditions, in a case whose verdicts are held to
	// them. In the event that passes the link they stand beside.
	Checks []CheckResult `json:"checks,omitempty"`
}

func (b LinkPassed) apply(s *State, e *Event) {
	s.done(b.Task, e)
	st := s.must(b.Step)
	p := b.Passed
	if s.Examined {
		p.Checks = b.Checks
	}
	st.Passed = add(add(st.Passed, b.Kept...), p)
	st.Link, st.Moved = b.Link, &Moved{Task: b.Task, Opened: taskIDs(b.Tasks), Over: b.Over}
	if b.Passed.Signer {
		st.Signed = add(st.Signed, cmp0(b.Passed.For, b.Passed.By))
	}
	if b.Straight {
		st.wentBack(b.Task)
	}
	s.takeBack(b.Over, "passed", e.At)
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b LinkSentBack) apply(s *State, e *Event) {
	s.done(b.Task, e)
	t := s.Task(b.Task)
	back := &SentBack{From: t.Link, To: b.Link, By: e.By.self(), Role: t.Role, Index: b.Index, Was: s.must(b.Step).Passed, Straight: b.Straight}
	moved := &Moved{Task: b.Task, Opened: taskIDs(b.Tasks)}
	for _, k := range s.Tasks {
		if k.Step == b.Step && k.Kind == TaskWork && k.Status == TaskOpen {
			moved.Over = append(moved.Over, k.ID)
		}
	}
	s.restartChain(b.Step, b.Link, e.At)
	st := s.must(b.Step)
	st.Moved, st.Back = moved, back
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

// wentBack notes that the work went straight back with a task's pass.
func (st *StepState) wentBack(task string) {
	again := *st.Back
	again.Again = task
	st.Back = &again
}

// takeBack ends open tasks nobody has done, with their node clocks.
func (s *State) takeBack(ids []string, why string, at time.Time) {
	if len(ids) == 0 {
		return
	}
	var clocks []string
	for _, id := range ids {
		clocks = append(clocks, s.Task(id).Clock)
	}
	s.cancelTasks(at, func(t *Task) bool { return slices.Contains(ids, t.ID) })
	s.endClocks(at, why, func(c *Clock) bool { return nodeClock(c) && slices.Contains(clocks, c.ID) })
}

// taskIDs lists the ids of tasks; nil when there are none.
func taskIDs(tasks []Task) []string {
	var ids []string
	for i := range tasks {
		ids = append(ids, tasks[i].ID)
	}
	return ids
}

// restartChain gives the turn to an earlier link: what later links passed
// counts no more, their tasks and node clocks end.
func (s *State) restartChain(step string, link int, at time.Time) {
	st := s.must(step)
	st.Link = link
	var kept []Passed // nil when nothing is kept: the state survives JSON
	for _, p := range st.Passed {
		if p.Link < link {
			kept = append(kept, p)
		}
	}
	st.Passed, st.Moved, st.Back = kept, nil, nil
	s.cancelTasks(at, func(t *Task) bool { return t.Step == step && t.Kind == TaskWork })
	s.endClocks(at, "sent-back", func(c *Clock) bool { return c.Step == step && nodeClock(c) })
}
