package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Duties are obligations outside the steps: what a party or the applicant still
// owes after an output was given, a step has ended or the case was accepted.
// They may gate a step or the closing, and may outlive the case (rules 3.3.7,
// 3.9.5). The engine opens duties of its own, too: a deferred paper, the paper of
// a grant by silence (openDuty).
//
//	         fulfil (a party)                      judge: met
//	open ───────────────────────▶ met ◀──────────────────────┐
//	  │      fulfil (the applicant)                          │
//	  ├─────────────────────────────────▶ reported ──────────┤
//	  │      judge: failed  (or fix first: fix.go)           │ judge: failed
//	  ├───────────────────────▶ failed ◀─────────────────────┘
//	  │      what it was for is gone        │ affects an output
//	  └───────────────────────▶ dropped     ▼
//	                                     annulment: annul or keep, by a person
//
// Time never settles a duty: it marks it overdue, and with `late: revoke` asks the
// organ that gave the output whether to annul it. The output is touched, never the
// history of the case.

// DutyStatus is the state of a duty.
type DutyStatus string

// The states of a duty.
const (
	DutyOpen     DutyStatus = "open"
	DutyReported DutyStatus = "reported" // the applicant says it is fulfilled; its judge is to look
	DutyMet      DutyStatus = "met"
	DutyFailed   DutyStatus = "failed"  // found not to be met
	DutyDropped  DutyStatus = "dropped" // what it was for is gone; nobody is bound by it any more
	DutyAbsent   DutyStatus = "absent"  // its condition did not hold when its `from` happened
)

// The tasks of duties.
const (
	TaskDuty  TaskKind = "duty"  // fulfil a duty
	TaskJudge TaskKind = "judge" // judge what the applicant reports on it
)

// DutyKind says where a duty comes from.
type DutyKind string

// The kinds of duty.
const (
	DutyDeclared DutyKind = "declared" // by the definition
	DutyPaper    DutyKind = "paper"    // to make out the paper of a grant by silence, or a corrected one
)

// DutyState is one obligation.
type DutyState struct {
	ID   string   `json:"id"`
	Kind DutyKind `json:"kind"`
	Name string   `json:"name,omitempty"`
	// By is who is bound: a party, or "applicant"; Org is the party's organisation.
	By  string `json:"by,omitempty"`
	Org string `json:"org,omitempty"`
	// Judge is the party that judges what the applicant reports.
	Judge string `json:"judge,omitempty"`
	// About is the step, paper or output it comes from.
	About string `json:"about,omitempty"`
	// Before is the step that cannot end positively, or "closing".
	Before string `json:"before,omitempty"`
	// Affects is the output that failing it puts in question.
	Affects  string     `json:"affects,omitempty"`
	Late     string     `json:"late,omitempty"` // mark | lapse | revoke
	Status   DutyStatus `json:"status"`
	OpenedAt time.Time  `json:"openedAt,omitzero"`
	// What was said last: by the one who is bound, or by the judge.
	Evidence  []Evidence `json:"evidence,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	SettledAt time.Time  `json:"settledAt,omitzero"`
	SettledBy string     `json:"settledBy,omitempty"` // account; empty for the applicant and the system
	// Orders are those to put something right (fix.go), the last of them under way.
	Orders []FixOrder `json:"orders,omitempty"`
}

// Owed says whether somebody still has to act on the duty.
func (t *DutyState) Owed() bool {
	return t.Status == DutyOpen || t.Status == DutyReported || t.Status == DutyFixing || t.Status == DutyRecheck
}

// Evidence is a file that proves something: its identity, and what people read.
type Evidence struct {
	Name string `json:"name"`
	Hash string `json:"hash"` // hex SHA-256 of the content
	Type string `json:"type,omitempty"`
	Size int64  `json:"size,omitempty"`
}

// The acts on duties and annulments.
const (
	Fulfil Act = "fulfil"
	Judge  Act = "judge"
	Annul  Act = "annul"
	Keep   Act = "keep"
)

var (
	dutyActs   = []Act{Fulfil, Judge, Annul, Keep}
	dutyJudges = map[Act]judge{Fulfil: judgeFulfil, Judge: judgeDuty, Annul: judgeAnnul, Keep: judgeAnnul}
	dutyBodies = []newBody{
		body[DutyOpened](), body[DutyNotOwed](), body[DutyReport](), body[DutySettled](), body[AnnulmentOpened](), body[AnnulmentDecided](),
	}
)

// DutyOpened binds somebody to a duty.
type DutyOpened struct {
	Duty  DutyState `json:"duty"`
	Clock *Clock    `json:"clock,omitempty"`
	Task  Task      `json:"task"`
}

// DutyNotOwed records that a declared duty's condition did not hold when its
// `from` happened (3.2.2).
type DutyNotOwed struct {
	Duty   string `json:"duty"`
	Values []Seen `json:"values,omitempty"`
}

// DutyReport is the applicant's word that a duty is fulfilled; its judge looks.
type DutyReport struct {
	Duty     string     `json:"duty"`
	Evidence []Evidence `json:"evidence,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	Task     string     `json:"task"` // done by this act
	Judging  Task       `json:"judging"`
}

// DutySettled ends a duty: met, failed, or dropped because what it was for is gone.
type DutySettled struct {
	Duty     string     `json:"duty"`
	Status   DutyStatus `json:"status"`
	Evidence []Evidence `json:"evidence,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	Task     string     `json:"task,omitempty"`
}

// Type names the event in the log.
func (DutyOpened) Type() string { return "DutyOpened" }

// Type names the event in the log.
func (DutyNotOwed) Type() string { return "DutyNotOwed" }

// Type names the event in the log.
func (DutyReport) Type() string { return "DutyReport" }

// Type names the event in the log.
func (DutySettled) Type() string { return "DutySettled" }

// Duty finds a duty by id, nil when it was never owed nor asked about.
func (s *State) Duty(id string) *DutyState {
	for i := range s.Duties {
		if s.Duties[i].ID == id {
			return &s.Duties[i]
		}
	}
	return nil
}

// editDuty gives a duty for changing; the slice of a state is never changed in place.
func (s *State) editDuty(id string) *DutyState {
	s.Duties = slices.Clone(s.Duties)
	t := s.Duty(id)
	if t == nil {
		panic("engine: no duty " + id)
	}
	return t
}

func (b DutyOpened) apply(s *State, _ *Event) {
	s.Duties = add(s.Duties, b.Duty)
	if b.Clock != nil {
		s.putClocks([]Clock{*b.Clock})
	}
	s.putTasks([]Task{b.Task})
}

func (b DutyNotOwed) apply(s *State, _ *Event) {
	s.Duties = add(s.Duties, DutyState{ID: b.Duty, Kind: DutyDeclared, Status: DutyAbsent})
}

func (b DutyReport) apply(s *State, e *Event) {
	t := s.editDuty(b.Duty)
	t.Status, t.Evidence, t.Reason = DutyReported, b.Evidence, b.Reason
	s.done(b.Task, e)
	s.putTasks([]Task{b.Judging})
}

func (b DutySettled) apply(s *State, e *Event) {
	t := s.editDuty(b.Duty)
	t.Status, t.SettledAt, t.SettledBy = b.Status, e.At, e.By.ID
	if b.Evidence != nil {
		t.Evidence = b.Evidence
	}
	if b.Reason != "" {
		t.Reason = b.Reason
	}
	if p := s.Paper(t.About); t.OnPaper() && b.Status != DutyMet && p != nil && p.Status == PaperDeferred {
		s.Papers = slices.Clone(s.Papers)
		s.Paper(t.About).Status = PaperMissing // it will not come
	}
	s.done(b.Task, e)
	s.cancelTasks(e.At, func(k *Task) bool { return k.ofDuty(b.Duty) })
	s.endClocks(e.At, string(b.Status), func(c *Clock) bool { return c.Duty == b.Duty })
}

// outlives says whether a task stays when its case is closed or withdrawn.
func (t *Task) outlives() bool {
	return t.Kind == TaskDuty || t.Kind == TaskJudge || t.Kind == TaskRectify && t.Step == "" || t.Kind == TaskAnnul || t.Kind == TaskRate || t.Kind == TaskDeliver || t.Kind == TaskTime
}

// Over says whether nothing is left of the case: it is closed, and nobody is
// bound by anything that outlives its closing.
func (s *State) Over() bool {
	return s.Status == Closed && !slices.ContainsFunc(s.Tasks, func(t *Task) bool { return t.Status == TaskOpen })
}

// afterEnd are the acts a closed case takes for ever, also when it is over: what was
// signed can turn out to be miswritten, or unlawful, at any time.
var afterEnd = slices.Concat(correctionActs, []Act{Challenge})

// afterClosing are the acts a closed case still takes while something outlives it.
var afterClosing = slices.Concat(dutyActs, correctionActs, challengeActs, deliverActs, ApplicantActs, []Act{Claim, Release, Recalendar})

// staffing are the acts by which somebody can always do what outlives a case: people
// leave and posts fall vacant years after it was closed. Version 1 and 2 refused them.
var staffing = []Act{HandOver, Vacate, Fill}

// outlasts says whether a closed case still takes an act.
func (s *State) outlasts(do Act) bool {
	return slices.Contains(afterEnd, do) || !s.Over() && (slices.Contains(afterClosing, do) || do == Rectify && s.fixing() || s.since(3) && slices.Contains(staffing, do) || do == Extend && s.since(10) || s.since(askedSince) && slices.Contains(askTimeActs, do))
}

// fixing says whether the holder of a result is to put something right.
func (s *State) fixing() bool {
	return slices.ContainsFunc(s.Duties, func(t DutyState) bool { return t.Status == DutyFixing })
}

// term is how long a duty may take.
type term struct {
	period calendar.Period
	start  time.Time
	from   string // the start event, for people
	until  *calendar.Date
}

// openDuty binds somebody to a duty, with its clock and task. Rules that bind by
// law use it: they give kind, name, who is bound, and what it is about; the id is
// made unique in the case and returned. nil: it has no time limit.
func (d *decider) openDuty(t DutyState, within *term) string {
	base := t.ID
	for n := 2; d.s.Duty(t.ID) != nil; n++ {
		t.ID = base + "#" + itoa(n)
	}
	t.Status, t.OpenedAt, t.Late = DutyOpen, d.now, cmp0(t.Late, lateMark)
	if t.By != applicant {
		t.Org = d.s.Org(t.By)
	} else if t.Judge == "" {
		t.Judge = d.r.Plan.Def.Item.Lead
	}
	e := DutyOpened{Duty: t, Task: d.dutyTask(TaskDuty, &t, t.By, 1)}
	if within != nil {
		c := d.clock(Clock{
			ID: dutyClock(t.ID), Class: Promised, Duty: t.ID, Period: within.period, Late: t.Late, Start: within.start, From: within.from,
			Until: within.until,
		})
		e.Clock, e.Task.Clock = &c, c.ID
	}
	d.emit(e)
	return t.ID
}

func dutyClock(id string) string { return "duty." + id }

const applicant = "applicant"

// dutyTask asks a party, or the applicant, to fulfil or judge a duty.
func (d *decider) dutyTask(kind TaskKind, t *DutyState, party string, nth int) Task {
	k := Task{
		ID: string(kind) + "." + t.ID + round(nth), Kind: kind, Party: party, About: t.ID, Clock: dutyClock(t.ID), Status: TaskOpen, OpenedAt: d.now,
	}
	if d.s.Clock(k.Clock) == nil {
		k.Clock = ""
	}
	if party != applicant {
		k.Org, k.Role = d.s.Org(party), d.deskRole(party)
	}
	return k
}

// duties opens declared duties whose `from` has happened, and drops those that
// hang on nothing when the case has ended without a decision.
func (d *decider) duties() {
	for i := range d.r.Plan.Duties {
		t := &d.r.Plan.Duties[i]
		if d.s.Duty(t.ID) != nil || !d.happened(t.Limit.From) {
			continue
		}
		env := d.envFor(t.WhenP)
		if t.WhenP != nil && !t.WhenP.Bool(env) {
			d.emit(DutyNotOwed{Duty: t.ID, Values: d.values(t.WhenP, env)})
			continue
		}
		var within *term
		if p, ok := d.limit(t.Limit, t.LimitP); ok {
			within = &term{period: p, start: d.startOf(t.Limit.From), from: t.Limit.From}
		}
		owed := DutyState{
			ID: t.ID, Kind: DutyDeclared, Name: t.Name, By: t.By, About: t.Limit.From, Before: t.Before, Affects: t.Affects, Late: t.Late,
		}
		if g := d.r.Plan.Giver(t.Affects); g != nil {
			owed.Judge = g.By
		}
		if t.By != applicant {
			owed.Judge = ""
		}
		d.openDuty(owed, within)
	}
	d.moot()
	if d.s.Outcome == "" || d.s.Outcome.decided() {
		return
	}
	for i := range d.s.Duties {
		if t := &d.s.Duties[i]; t.Owed() && t.Kind == DutyDeclared && !d.given(t.About) && !d.given(t.Affects) {
			d.emit(DutySettled{Duty: t.ID, Status: DutyDropped, Reason: string(d.s.Outcome)})
		}
	}
}

// decided says whether an outcome was reached by decisions.
func (o Outcome) decided() bool {
	return o == Granted || o == GrantedTolerant || o == PartlyGrant || o == Denied
}

// happened says whether the event a duty counts from has come. A step counts when
// it ended positively: what was denied or never done obliges nobody.
func (d *decider) happened(from string) bool {
	switch from {
	case "acceptance":
		return d.s.AcceptedOn != nil
	case "decision":
		return d.s.Outcome.decided()
	case "receipt", "start", "":
		return true
	}
	if strings.HasPrefix(from, "form.") {
		return d.s.AcceptedOn != nil
	}
	if result, ok := strings.CutPrefix(from, fromDelivery+"."); ok {
		return !d.s.deliveredAt(result).IsZero()
	}
	if st := d.s.Step(from); st != nil {
		return st.Status == Ended && !st.End.Negative() && st.End != EndWithdrawn
	}
	return d.given(from)
}

// mayHappen says whether the event a duty counts from can still come.
func (d *decider) mayHappen(from string) bool {
	switch {
	case d.happened(from):
		return true
	case from == "acceptance" || from == "decision" || strings.HasPrefix(from, "form."):
		return d.s.Outcome == "" && d.s.Ending == ""
	}
	st := d.s.Step(from)
	from, delivered := strings.CutPrefix(from, fromDelivery+".")
	if delivered && d.given(from) {
		return d.waitsForResult(from)
	}
	if g := d.r.Plan.Giver(from); st == nil && g != nil {
		st = d.st(g)
	}
	return st != nil && (st.Status == Waiting || st.Status == Open)
}

// settled says whether a duty stands in nobody's way any more: met, dropped, not
// owed, or never to come. failed: it can never be met.
func (d *decider) settled(id string) (ok, failed bool, actual string) {
	t := d.s.Duty(id)
	if t == nil {
		p := d.r.Plan.Duty(id)
		if p == nil || !d.mayHappen(p.Limit.From) {
			return true, false, string(DutyAbsent)
		}
		return false, false, "not yet owed"
	}
	return t.Status != DutyFailed && !t.Owed(), t.Status == DutyFailed, string(t.Status)
}

// gatekeepers lists the duties that must be met before a step ends positively:
// those its needs name, and those that name it in `before`.
func (d *decider) gatekeepers(n *definition.Node) []string {
	var ids []string
	for _, id := range d.st(n).Needs {
		if d.r.Plan.Duty(id) != nil {
			ids = append(ids, id)
		}
	}
	for i := range d.r.Plan.Duties {
		if t := &d.r.Plan.Duties[i]; t.Before == n.ID && !slices.Contains(ids, t.ID) {
			ids = append(ids, t.ID)
		}
	}
	for i := range d.s.Duties { // the engine's own
		if t := &d.s.Duties[i]; t.Kind != DutyDeclared && t.Before == n.ID {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// dutyGate refuses a positive end while a duty stands before it (3.3.7).
func (d *decider) dutyGate(n *definition.Node) *Rejection {
	for _, id := range d.gatekeepers(n) {
		if ok, _, actual := d.settled(id); !ok {
			name := dutyName(d.r, d.s, id)
			return reject(GateShut, "义务“"+name+"”未履行，本环节不能作出肯定结论", "the duty "+name+" must be met before this step can end positively").
				want(name+" met", actual).at(id)
		}
	}
	return nil
}

// dutyBars finds a duty before an open step that can never be met.
func (d *decider) dutyBars(n *definition.Node) string {
	for _, id := range d.gatekeepers(n) {
		if _, failed, _ := d.settled(id); failed {
			return id
		}
	}
	return ""
}

// closable says whether no duty stands before the closing (3.9.5), nor one that
// begins with the delivery of a result on its way.
func (d *decider) closable() bool {
	if slices.ContainsFunc(d.s.Duties, func(t DutyState) bool { return t.Before == "closing" && t.Owed() }) {
		return false
	}
	return !slices.ContainsFunc(d.r.Plan.Duties, func(t definition.Owed) bool {
		return t.Before == "closing" && strings.HasPrefix(t.Limit.From, fromDelivery+".") && d.s.Duty(t.ID) == nil && d.mayHappen(t.Limit.From)
	})
}

// dutyLate is the due time of a duty. It is marked; with revoke the output it
// affects is put in question.
func (d *decider) dutyLate(c *Clock) {
	t := d.s.Duty(c.Duty)
	if c.Late == lateFix {
		d.fixLate(t, c)
		return
	}
	d.emit(ClockOverdue{Clock: c.ID})
	if t.OnPaper() {
		d.paperLate(t)
	} else if t.Late == lateRevoke && t.Affects != "" && c.ID == dutyClock(t.ID) { // a late re-check is not the holder's
		d.openAnnulment(t.Affects, t.ID, "late", "")
	}
}

// dutyRows lists the duties and annulments of the dossier.
func dutyRows(_ *Rules, s *State) []DossierRow {
	var rows []DossierRow
	for i := range s.Duties {
		t := s.Duties[i]
		if t.Status == DutyAbsent {
			continue
		}
		row := DossierRow{Kind: DossierDuty, ID: t.ID, Org: t.Org, Status: string(t.Status), At: t.OpenedAt, Duty: &t}
		if t.By == applicant {
			row.Org = s.Org(t.Judge)
		}
		if t.Owed() {
			row.Status = string(DutyOpen)
		}
		if s.Step(t.About) != nil {
			row.Step = t.About
		}
		if c := s.DutyClock(&t); c != nil {
			row.Due = c.Due
		}
		rows = append(rows, row)
	}
	for i := range s.Annulments {
		a := s.Annulments[i]
		rows = append(rows, DossierRow{Kind: DossierAnnulment, ID: a.ID, Step: a.Step, Org: a.Org, Status: a.Status, At: a.At, Annulment: &a})
	}
	return rows
}
