package engine

import (
	"fmt"
	"slices"
	"time"

	"lianban/engine/calendar"
)

// Evolve applies one event to a state and returns the state after it; s itself
// is left as it is. s is nil for the first event of a case. Evolve computes
// nothing: everything that had to be decided is in the event.
//
// It panics when the event does not follow the state (wrong sequence, unknown
// step): that is a broken history, never a user's fault.
func Evolve(s *State, e Event) *State {
	next := &State{}
	if s != nil {
		next = s.clone()
	}
	next.record(&e)
	next.share()
	return next
}

// share says that the state is handed on: from now on nothing in it may be
// changed, and it equals a state that was read back from JSON.
func (s *State) share() { s.ownSteps, s.ownClocks, s.ownTasks = marks{}, marks{}, marks{} }

// record applies an event in place.
func (s *State) record(e *Event) {
	if e.Seq != s.Seq+1 {
		panic(fmt.Sprintf("engine: event %d (%s) after event %d", e.Seq, e.Type, s.Seq))
	}
	e.Body.apply(s, e)
	s.timeOver(e.At)
	s.Seq, s.Last = e.Seq, e.At
}

// edit gives the element at i for changing. States share elements until one of
// them is changed: the first change in a copy makes the element its own.
func edit[T any](items []*T, own *marks, i int) *T {
	if !own.has(i) {
		c := *items[i]
		items[i] = &c
		own.set(i)
	}
	return items[i]
}

// marks is a small set of indexes. Those beyond its size are never in it, which
// costs a copy too many and nothing else.
type marks [2]uint64

func (m *marks) has(i int) bool { return i < len(m)*64 && m[i/64]&(1<<(i%64)) != 0 }

func (m *marks) set(i int) {
	if i < len(m)*64 {
		m[i/64] |= 1 << (i % 64)
	}
}

// must gives a step that has to exist, for changing.
func (s *State) must(id string) *StepState {
	for i := range s.Steps {
		if s.Steps[i].ID == id {
			return edit(s.Steps, &s.ownSteps, i)
		}
	}
	panic("engine: no step " + id)
}

// editClock and editTask give an element for changing, nil when there is none.
func (s *State) editClock(id string) *Clock {
	for i := range s.Clocks {
		if s.Clocks[i].ID == id {
			return edit(s.Clocks, &s.ownClocks, i)
		}
	}
	return nil
}

func (s *State) editTask(id string) *Task {
	for i := range s.Tasks {
		if s.Tasks[i].ID == id {
			return edit(s.Tasks, &s.ownTasks, i)
		}
	}
	return nil
}

func (s *State) putClocks(clocks []Clock) {
	for i := range clocks {
		if old := s.editClock(clocks[i].ID); old != nil {
			*old = clocks[i]
		} else {
			s.Clocks = append(s.Clocks, &clocks[i])
		}
	}
}

func (s *State) putTasks(tasks []Task) {
	for i := range tasks {
		if old := s.editTask(tasks[i].ID); old != nil {
			*old = tasks[i]
		} else {
			s.Tasks = append(s.Tasks, &tasks[i])
		}
	}
}

func (s *State) putPapers(papers []PaperState) {
	if len(papers) > 0 {
		s.Papers = slices.Clone(s.Papers)
	}
	for _, p := range papers {
		if old := s.Paper(p.ID); old != nil {
			*old = p
		}
	}
}

// add puts elements behind a list that other states may share: in memory of its
// own, and no more of it than they need, for few lists grow again soon.
func add[T any](list []T, more ...T) []T {
	if len(more) == 0 {
		return list
	}
	return append(append(make([]T, 0, len(list)+len(more)), list...), more...)
}

func (c *Clock) ledger(e Entry) { c.Ledger = add(c.Ledger, e) }

// endClocks ends the running clocks the filter picks.
func (s *State) endClocks(at time.Time, why string, pick func(*Clock) bool) {
	for i := range s.Clocks {
		if s.Clocks[i].Running() && pick(s.Clocks[i]) {
			c := edit(s.Clocks, &s.ownClocks, i)
			c.EndedAt = at
			c.ledger(Entry{At: at, What: "ended", Why: why})
		}
	}
}

// finish ends a step with its clocks, and takes back the tasks nobody did. What
// is ready to be handed out stays so, but not at a window whose gate is shut for
// good: the next issue step takes it over.
func (s *State) finish(id string, end End, why string, at time.Time) {
	st := s.must(id)
	st.Status, st.End, st.EndedAt, st.Why = Ended, end, at, why
	shut := end == EndBarred || end == EndLapsed
	s.endClocks(at, string(end), func(c *Clock) bool { return c.Step == id && (c.Late != lateHand || shut) })
	s.cancelTasks(at, func(t *Task) bool { return t.Step == id && (t.Kind != TaskHand || shut) })
}

func (s *State) cancelTasks(at time.Time, pick func(*Task) bool) {
	for i := range s.Tasks {
		if s.Tasks[i].Status == TaskOpen && pick(s.Tasks[i]) {
			t := edit(s.Tasks, &s.ownTasks, i)
			t.Status, t.DoneAt = TaskCancelled, at
		}
	}
}

// done marks a task done by the event's act.
func (s *State) done(id string, e *Event) {
	if t := s.Task(id); t != nil && t.Status == TaskOpen {
		t = s.editTask(id)
		t.Status, t.DoneBy, t.DoneFor, t.DoneAct, t.DoneAt = TaskDone, e.By.ID, e.By.For, e.Do, e.At
		if c := s.Clock(t.Clock); c != nil && c.Running() && (nodeClock(c) || c.Late == lateHand) {
			c = s.editClock(t.Clock)
			c.EndedAt = e.At
			c.ledger(Entry{At: e.At, What: "ended", Why: string(e.Do)})
		}
	}
}

// archive moves the current round of a step into its earlier rounds.
func (st *StepState) archive() {
	if st.Round > 0 && !st.OpenedAt.IsZero() {
		st.Rounds = add(st.Rounds, Round{
			Round: st.Round, OpenedAt: st.OpenedAt, EndedAt: st.EndedAt, End: st.End, Org: st.Org, Verdict: st.Verdict,
			Visit: st.Visit, Posting: st.Posting, Hearing: st.Hearing,
		})
	}
	st.OpenedAt, st.EndedAt, st.End, st.Verdict, st.Why = time.Time{}, time.Time{}, "", nil, ""
	st.Link, st.Passed, st.Moved, st.Back, st.Signers, st.Signed, st.Upper, st.Stayed = 0, nil, nil, nil, nil, nil, false, false
	st.Visit, st.Posting, st.Hearing = nil, nil, nil
}

// await puts a step before its turn again. One that was absent says so: its
// condition is evaluated anew when the turn comes, whatever it was in a round
// before (3.2.4).
func (st *StepState) await() {
	absent := st.Status == Absent
	st.archive()
	st.Status = Waiting
	if absent {
		st.Why = whyAbsent
	}
}

// whyAbsent marks a waiting step that was absent until now.
const whyAbsent = "absent"

func (b CaseFiled) apply(s *State, e *Event) {
	*s = State{
		Engine: b.Engine, Number: b.Number, Item: b.Item, Version: b.Version, Definition: b.Definition,
		Calendar: b.Calendar, Region: b.Region, Channel: b.Channel, ReceivedAt: e.At, Status: Received,
		Answers: b.Answers, Form: b.Form, Offers: b.Offers, Parties: b.Parties, Papers: b.Papers,
		Promises: b.Promises, Credit: b.Credit, Agent: b.Agent, Examined: b.Examined, Undertaking: b.Undertaking, Cause: b.Cause,
	}
	if b.PreReview {
		s.Status, s.PreReviewed = PreReview, true
	}
	for _, f := range []struct {
		name  string
		holds bool
	}{{"act-first", b.ActFirst}, {"promised", len(b.Promises) > 0}, {"agent", b.Agent != nil}, {"bad-credit", b.Credit != nil}} {
		if f.holds {
			s.flag(f.name)
		}
	}
	s.putClocks(b.Clocks)
	steps := make([]StepState, len(b.Steps))
	s.Steps = make([]*StepState, len(b.Steps))
	for i, id := range b.Steps {
		steps[i].ID, steps[i].Status = id, Waiting
		s.Steps[i] = &steps[i]
	}
	if e.By.Kind == Person {
		s.tookIn(e.By)
	}
}

// tookIn records who took the case in, and for whom.
func (s *State) tookIn(a Who) {
	for _, id := range []string{a.ID, a.For} {
		if id != "" && !slices.Contains(s.Intakes, id) {
			s.Intakes = add(s.Intakes, id)
		}
	}
}

func (b StepOpened) apply(s *State, e *Event) {
	st := s.must(b.Step)
	st.Status, st.Round, st.Org, st.OpenedAt, st.EndedAt, st.End = Open, b.Round, b.Org, e.At, time.Time{}, ""
	st.Needs, st.Intake, st.Why, st.Visit, st.Posting, st.Hearing = b.Needs, b.Intake, "", b.Visit, b.Posting, b.Hearing
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b StepAbsent) apply(s *State, e *Event) {
	for _, id := range b.Steps {
		st := s.must(id)
		if st.Status == Open {
			s.finish(id, "", b.Why, e.At)
		}
		st.Status, st.End, st.Why = Absent, "", b.Why
	}
}

func (b StepEnded) apply(s *State, e *Event) {
	s.done(b.Task, e)
	s.finish(b.Step, b.End, b.Why, e.At)
	st := s.must(b.Step)
	st.Verdict, st.Seen, st.Affected, st.Stayed = b.Verdict, b.Seen, false, false
	s.Outputs = add(s.Outputs, b.Outputs...)
	s.Hands = add(s.Hands, b.Hands...)
	s.putPapers(b.Papers)
	if b.End == EndLapsed && st.Intake != nil {
		in := *st.Intake
		in.Phase = Over
		st.Intake, s.Ending = &in, Lapsed
	}
}

func (b StepsClosed) apply(s *State, e *Event) {
	for _, id := range b.Steps {
		s.finish(id, b.End, b.Why, e.At)
	}
}

func (b StepsAwaited) apply(s *State, _ *Event) {
	for i, id := range b.Steps {
		st := s.must(id)
		st.await()
		st.Forced = st.Forced || (i == 0 && b.Why == "added")
	}
}

func (b WindowOpened) apply(s *State, _ *Event) {
	s.setIntake(b.Step, b.Intake)
	s.putClocks([]Clock{b.Clock})
	s.putTasks(b.Tasks)
}

func (s *State) setIntake(step string, in IntakeState) { s.must(step).Intake = &in }

func (b GapNamed) apply(s *State, e *Event) {
	s.setIntake(b.Step, b.Intake)
	s.done(b.Task, e)
}

func (b PartyCleared) apply(s *State, e *Event) {
	s.setIntake(b.Step, b.Intake)
	s.done(b.Task, e)
}

func (b WindowClosed) apply(s *State, e *Event) {
	s.setIntake(b.Step, b.Intake)
	s.cancelTasks(e.At, func(t *Task) bool { return t.Kind == TaskLook })
	s.endClocks(e.At, b.Why, func(c *Clock) bool { return c.Late == lateWindow })
	s.putTasks(b.Tasks)
}

func (b NoticeSent) apply(s *State, e *Event) {
	s.setIntake(b.Step, b.Intake)
	s.Notices = add(s.Notices, b.Notice)
	s.flag("corrected")
	if b.Override {
		s.flag("overridden")
	}
	s.cancelTasks(e.At, func(t *Task) bool { return t.Kind == TaskAnswer }) // of a notice before
	if s.Status == Received {
		s.Status = Correcting
		// the notice ends the intake's clock (3.7.7)
		s.endClocks(e.At, "notice", func(c *Clock) bool { return c.Step == b.Step })
		s.cancelTasks(e.At, func(t *Task) bool { return t.Step == b.Step })
	}
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (s *State) flag(name string) {
	if !s.Flag(name) {
		s.Flags = add(s.Flags, name)
	}
}

func (b AnswerReceived) apply(s *State, e *Event) {
	s.setIntake(b.Step, b.Intake)
	s.putPapers(b.Papers)
	if b.Answers != nil {
		s.Answers = b.Answers
	}
	if b.Form != nil {
		s.Form = b.Form
	}
	if !b.Complete {
		return
	}
	for i := range s.Tasks {
		if s.Tasks[i].Kind == TaskAnswer {
			s.done(s.Tasks[i].ID, e)
		}
	}
	s.endClocks(e.At, "answered", func(c *Clock) bool { return c.ID == clockAnswer })
	if s.Status == Correcting {
		s.Status = Received
	}
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b AnswerOverdue) apply(s *State, _ *Event) {
	s.setIntake(b.Step, b.Intake)
	s.putTasks(b.Tasks)
}

func (b CaseAccepted) apply(s *State, e *Event) {
	s.done(b.Task, e)
	s.finish(b.Step, EndDone, "", e.At)
	s.setIntake(b.Step, b.Intake)
	s.Status, s.AcceptedAt, s.AcceptedAs = Accepted, e.At, s.ReceivedAt
	switch {
	case !b.Intake.CompleteAt.IsZero():
		s.AcceptedAs = b.Intake.CompleteAt
	case b.Intake.Overdue: // the last asked paper never came: what there is was accepted as it is
		s.AcceptedAs = e.At
	}
	on := b.On
	s.AcceptedOn = &on
	if b.Deemed {
		s.flag("deemed")
	}
	if e.By.Kind == Person {
		s.tookIn(e.By)
	}
	s.putClocks(b.Clocks)
	s.compare(b.Originals, e)
}

func (b CaseRefused) apply(s *State, e *Event) {
	s.done(b.Task, e)
	s.finish(b.Step, EndDeny, string(b.Outcome), e.At)
	s.must(b.Step).Verdict = &Verdict{End: EndDeny, By: e.By.ID, For: e.By.For, Org: e.By.Org, At: e.At, Reason: b.Reason}
	s.setIntake(b.Step, b.Intake)
	s.Ending = b.Outcome
}

func (b TaskClaimed) apply(s *State, e *Event) {
	t := s.editTask(b.Task)
	t.Claimed, t.ClaimedAt = e.By.self(), e.At
}

func (b TaskReleased) apply(s *State, _ *Event) {
	t := s.editTask(b.Task)
	t.Claimed, t.ClaimedAt, t.Owner = "", time.Time{}, ""
}

func (b UpperNoted) apply(s *State, _ *Event) { s.must(b.Step).Upper = true }

func (b ObjectionRaised) apply(s *State, _ *Event) {
	s.Objects = add(s.Objects, b.Objection)
	if b.Task.ID != "" {
		s.putTasks([]Task{b.Task})
	}
}

func (b ObjectionAnswered) apply(s *State, e *Event) {
	s.done(b.Task, e)
	s.Objects = slices.Clone(s.Objects)
	for i := range s.Objects {
		if s.Objects[i].ID == b.Objection {
			o := &s.Objects[i]
			o.Answer, o.By, o.Reason = b.Answer, e.By.ID, b.Reason
		}
	}
}

func (b Returned) apply(s *State, e *Event) {
	s.finish(b.Step, "", "returned", e.At)
	s.must(b.Step).Returns++
	for _, id := range b.Redo {
		s.must(id).await()
	}
	for _, stay := range b.Stay {
		s.must(stay.Step).Stayed = true
	}
}

func (b StepReopened) apply(s *State, e *Event) {
	st := s.must(b.Step)
	st.archive()
	st.Status, st.Round, st.Org, st.OpenedAt, st.Needs, st.Visit, st.Hearing = Open, b.Round, b.Org, e.At, b.Needs, b.Visit, b.Hearing
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b StepTold) apply(s *State, e *Event) {
	if len(b.Tasks) == 0 {
		return
	}
	s.restartChain(b.Step, 0, e.At)
	s.must(b.Step).Signed = nil // they signed what has changed since
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b DecisionAffected) apply(s *State, _ *Event) {
	s.must(b.Step).Affected = true
	s.Notices = add(s.Notices, b.Notice)
}

func (b ClockStarted) apply(s *State, _ *Event) { s.putClocks([]Clock{b.Clock}) }

func (b ClockWarned) apply(s *State, _ *Event) { s.editClock(b.Clock).Warned = b.Which }

func (b ClockOverdue) apply(s *State, e *Event) {
	c := s.editClock(b.Clock)
	c.Overdue = true
	c.ledger(Entry{At: e.At, What: "overdue", Due: c.Due})
}

func (b ClockExtended) apply(s *State, e *Event) {
	s.putClocks([]Clock{b.Clock})
	s.orderUntil(&b.Clock)
	if b.Ask != "" {
		s.answerTime(b.Ask, TimeGranted, b.Notice.Text, e)
	}
	s.Notices = add(s.Notices, b.Notice)
}

func (b ClockChanged) apply(s *State, _ *Event) { s.putClocks([]Clock{b.Clock}) }

func (b AnswersAmended) apply(s *State, _ *Event) {
	s.Answers = b.Answers
	if b.Form != nil {
		s.Form = b.Form
	}
	s.putPapers(b.Papers)
}

func (b PaperFell) apply(s *State, _ *Event) { s.putPapers(b.Papers) }

func (b OpinionAdded) apply(s *State, _ *Event) {
	added := b.Added
	s.Steps = append(s.Steps, &StepState{ID: b.Step, Status: Waiting, Org: b.Org, Added: &added})
}

func (b StepDropped) apply(s *State, e *Event) {
	for _, id := range b.Steps {
		st := s.must(id)
		if st.Status == Open {
			s.finish(id, "", "dropped", e.At)
		}
		st.Status, st.End, st.Why = Absent, "", "dropped"
	}
}

func (b PartyTold) apply(s *State, _ *Event) {
	s.Notices = add(s.Notices, b.Notice)
	if b.Notice.Kind == NoticeTolerance {
		s.flag("tolerant")
	}
}

func (b HandOutReady) apply(s *State, _ *Event) {
	s.putClocks(b.Clocks)
	s.putTasks(b.Tasks)
}

func (b HandedOut) apply(s *State, e *Event) {
	s.makeOut(b.Outputs)
	s.Hands = slices.Clone(s.Hands)
	for _, id := range b.Items {
		for i := range s.Hands {
			if h := &s.Hands[i]; h.ID == id && h.Done.IsZero() {
				h.Way, h.By, h.Proof, h.Done = b.Way, e.By.ID, b.Proof, e.At
			}
		}
	}
	for _, id := range b.Tasks {
		s.done(id, e)
	}
	s.compare(b.Originals, e)
}

func (b OutcomeFixed) apply(s *State, e *Event) {
	s.Outcome, s.DecidedAt, s.Status = b.Outcome, e.At, Decided
	s.endClocks(e.At, "outcome", (*Clock).ofCase)
}

func (b CaseWithdrawn) apply(s *State, e *Event) {
	for _, id := range b.Steps {
		s.finish(id, EndWithdrawn, "withdrawn", e.At)
		if in := s.must(id).Intake; in != nil {
			over := *in
			over.Phase, over.Window = Over, false
			s.must(id).Intake = &over
		}
	}
	if b.Branch == "" {
		s.Ending = Withdrawn
		if b.Ground != "" {
			s.Ending, s.Ground = Terminated, b.Ground
		}
		s.cancelTasks(e.At, func(t *Task) bool { return t.Kind != TaskHand && !t.outlives() })
		s.endClocks(e.At, "withdrawn", func(c *Clock) bool { return c.Step != "" && c.Late != lateHand })
	}
}

func (CaseClosed) apply(s *State, e *Event) {
	s.Status, s.ClosedAt = Closed, e.At
	s.cancelTasks(e.At, func(t *Task) bool { return !t.outlives() })
	s.endClocks(e.At, "closed", func(c *Clock) bool { return c.Duty == "" })
}

func (b PartiesResolved) apply(s *State, _ *Event) { s.Parties = b.Parties }

// on is the calendar day of an instant, for dates carried by events.
func on(t time.Time) calendar.Date { return calendar.DateOf(t) }
