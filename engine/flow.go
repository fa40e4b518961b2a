package engine

import (
	"slices"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// FlowState is how a step of a case is painted.
type FlowState string

// The states of a painted step.
const (
	FlowWaiting  FlowState = "waiting"
	FlowActive   FlowState = "active"
	FlowDone     FlowState = "done"
	FlowStopped  FlowState = "stopped"  // ended without anybody's verdict: stopped, barred, lapsed, withdrawn
	FlowSkipped  FlowState = "skipped"  // not part of this case, or passed over
	FlowReturned FlowState = "returned" // waiting or at work again, after a return
)

// FlowStep is a step of a case to be painted.
type FlowStep struct {
	Step     string    `json:"step"`
	State    FlowState `json:"state"`
	End      End       `json:"end,omitempty"`
	Negative bool      `json:"negative,omitempty"` // a denial, a failure, an objection
	Round    int       `json:"round,omitempty"`
	Org      string    `json:"org,omitempty"`
	// Holders are the accounts that have its open tasks; Open counts these tasks.
	Holders  []string  `json:"holders,omitempty"`
	Open     int       `json:"open,omitempty"`
	OpenedAt time.Time `json:"openedAt,omitzero"`
	EndedAt  time.Time `json:"endedAt,omitzero"`
	// Due, Warn and Stop are those of its nearest running clock.
	Due  time.Time `json:"due,omitzero"`
	Warn time.Time `json:"warn,omitzero"`
	Stop *Stop     `json:"stop,omitempty"`
}

// Stop says that a clock stands still, for what, and the last day of it.
type Stop struct {
	Pause string        `json:"pause"`
	Kind  string        `json:"kind"`
	Until calendar.Date `json:"until"`
}

// FlowOf draws the process of a case, opinions added to it included, and says of
// every step how it stands.
func FlowOf(r *Rules, s *State) (*definition.Flow, []FlowStep) {
	f := definition.NewFlow(r.Plan.Def)
	for i := len(r.Plan.Nodes); i < len(s.Steps); i++ {
		n := r.added(s.Steps[i], i)
		f.Insert(definition.FlowNode{
			ID: n.ID, Step: n.ID, Kind: n.Kind, Name: calendar.Text{ZH: n.Name, EN: n.Name}, Party: n.By, PartyName: cmp0(r.nameOf(s, n.By), n.By),
		}, s.Steps[i].Added.Block)
	}
	steps := make([]FlowStep, len(s.Steps))
	for i, st := range s.Steps {
		steps[i] = flowStep(s, st)
	}
	return f, steps
}

func flowStep(s *State, st *StepState) FlowStep {
	p := FlowStep{
		Step: st.ID, State: flowState(st), End: st.End, Negative: st.End.Negative() || st.End == EndDisagree, Round: st.Round, Org: st.Org,
		OpenedAt: st.OpenedAt, EndedAt: st.EndedAt,
	}
	for _, t := range s.Tasks {
		if t.Step != st.ID {
			continue
		}
		// What is ready is handed out before the step's turn has come (3.9.4): that is work at it.
		if t.Kind == TaskHand && p.State == FlowWaiting {
			p.State, p.OpenedAt = FlowActive, t.OpenedAt
		}
		if t.Status != TaskOpen {
			continue
		}
		p.Open++
		if t.Claimed != "" && !slices.Contains(p.Holders, t.Claimed) {
			p.Holders = append(p.Holders, t.Claimed)
		}
	}
	if c := s.nearest(st.ID); c != nil {
		p.Due, p.Warn, p.Stop = c.Due, c.Warn, s.stop(c)
	}
	return p
}

func flowState(st *StepState) FlowState {
	again := st.Round > 1 || st.Round == 1 && len(st.Rounds) > 0
	switch st.Status {
	case Absent:
		return FlowSkipped
	case Waiting:
		if again {
			return FlowReturned
		}
		return FlowWaiting
	case Open:
		if again {
			return FlowReturned
		}
		return FlowActive
	}
	switch st.End {
	case EndSkipped:
		return FlowSkipped
	case EndStopped, EndBarred, EndLapsed, EndWithdrawn:
		return FlowStopped
	}
	return FlowDone
}

// nearest is the running clock of a step that is due first, nil when none runs.
func (s *State) nearest(step string) *Clock {
	var found *Clock
	for _, c := range s.Clocks {
		if c.Step == step && c.Running() && (found == nil || c.Due.Before(found.Due)) {
			found = c
		}
	}
	return found
}

// stop says for what a clock stands still, nil when it runs. Of several pauses the
// one that ends last.
func (s *State) stop(c *Clock) *Stop {
	var found *Stop
	for _, x := range c.Stops {
		p := s.pauseRun(x.Run)
		if p != nil && p.Running() && c.Running() && (found == nil || p.Until > found.Until) {
			found = &Stop{Pause: p.Pause, Kind: p.Kind, Until: p.Until}
		}
	}
	return found
}
