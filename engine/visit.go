package engine

import (
	"slices"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// The joint site visit (联合踏勘, rules 3.4.7, 3.11.1; 行政许可法第三十四条): one date
// for all, two or more inspectors of each party, one merged list of what is to be
// put right, and a re-check of the open points only, by those who named them.
//
//	           all recorded, points open        put right          all checked, some open
//	visiting ───────────────────────────▶ rectifying ────▶ rechecking ───────▶ rectifying …
//	    │ none open, or no time for it        │ time over       │ none open, or rounds used up
//	    └──────────────────────────────────▶ ended ◀────────────┘
//
// What is open in the end stays readable to those who decide. A visit never ends
// negatively by itself.

// The acts of a visit. Arrange and Record are also those of a hearing.
const (
	Arrange Act = "arrange"
	Record  Act = "record"
	Rectify Act = "rectify"
	Recheck Act = "recheck"
)

var visitActs = []Act{Arrange, Record, Rectify, Recheck}

var visitJudges = map[Act]judge{Arrange: judgeArrange, Record: judgeRecord, Rectify: judgeRectify, Recheck: judgeRecheck}

var visitBodies = []newBody{
	body[VisitArranged](), body[VisitJoined](), body[VisitRecorded](), body[RectificationAsked](), body[PointsRectified](), body[PointsRechecked](),
}

// The tasks of a visit. Arrange and record are also those of a hearing.
const (
	TaskArrange TaskKind = "arrange" // set the date
	TaskRecord  TaskKind = "record"  // record what was found
	TaskRectify TaskKind = "rectify" // the applicant puts the open points right
	TaskRecheck TaskKind = "recheck" // look again at the points one has named
)

// The notices of a visit.
const (
	NoticeVisit         NoticeKind = "visit"         // 联合踏勘通知书
	NoticeRectification NoticeKind = "rectification" // 整改通知书: the merged list
)

// lateRectify: the visit ends with what is open.
const lateRectify = "rectify"

// VisitPhase is where a visit stands.
type VisitPhase string

// The phases of a visit.
const (
	Visiting   VisitPhase = "visiting"   // date and records are awaited
	Rectifying VisitPhase = "rectifying" // the applicant puts points right
	Rechecking VisitPhase = "rechecking" // the open points are looked at again
)

// VisitState is one round of a visit.
type VisitState struct {
	Phase VisitPhase `json:"phase"`
	// On and Place are when and where all meet; zero: not set yet.
	On      time.Time    `json:"on,omitzero"`
	Place   string       `json:"place,omitempty"`
	Parties []VisitParty `json:"parties"`
	Points  []Point      `json:"points,omitempty"`
	// Turn counts the rectifications.
	Turn int `json:"turn,omitempty"`
	// Overdue: the time to put points right ran out.
	Overdue bool `json:"overdue,omitempty"`
}

// VisitParty is one party of a visit with its record.
type VisitParty struct {
	Party string `json:"party"`
	Org   string `json:"org"`
	// Inspectors are the accounts of those who looked.
	Inspectors []string  `json:"inspectors,omitempty"`
	By         string    `json:"by,omitempty"`
	At         time.Time `json:"at,omitzero"` // zero: not recorded yet
	Note       string    `json:"note,omitempty"`
	File       string    `json:"file,omitempty"`
	// Checked: the last turn whose re-check this party has done.
	Checked int `json:"checked,omitempty"`
}

// Point is one line of the merged list of what is to be put right.
type Point struct {
	ID string `json:"id"`
	// Of is the condition it is about, if any.
	Of   string `json:"of,omitempty"`
	Text string `json:"text"`
	// Askers are the parties that named it; Open those for whom it is not put right yet.
	Askers []string `json:"askers"`
	Open   []string `json:"open,omitempty"`
	// Statement is the applicant's last word on it, Note the last finding.
	Statement string `json:"statement,omitempty"`
	Note      string `json:"note,omitempty"`
}

// PointIn is a point as a party names it.
type PointIn struct {
	Of   string `json:"of,omitempty"`
	Text string `json:"text"`
}

// open lists the points that are not put right.
func (v *VisitState) open() []Point {
	return slices.DeleteFunc(slices.Clone(v.Points), func(p Point) bool { return len(p.Open) == 0 })
}

// leftOpen counts what a visit or a posting left open, for conditions (`steps.X.open`).
func (st *StepState) leftOpen() int {
	switch {
	case st.Visit != nil:
		return len(st.Visit.open())
	case st.Posting != nil:
		return len(st.Posting.open())
	}
	return 0
}

// --- who attends ---------------------------------------------------------------

// needers lists the steps that may still need the visit: not absent, not ended,
// and their condition for it holds or is not known yet (3.4.7).
func (d *decider) needers(visit *definition.Node) []*definition.Node {
	var found []*definition.Node
	env := d.filed()
	for _, m := range d.nodes() {
		i := slices.IndexFunc(m.Needs, func(need definition.Need) bool { return need.ID == visit.ID })
		if i < 0 {
			continue
		}
		st := d.st(m)
		switch {
		case st.Status == Open && !slices.Contains(st.Needs, visit.ID), st.Status == Ended, st.Status == Absent:
		case st.Status == Waiting && !st.Forced && !d.maybePresent(m, env):
		case st.Status == Waiting && m.NeedsP[i] != nil && !m.NeedsP[i].Late && !m.NeedsP[i].Bool(env):
		default:
			found = append(found, m)
		}
	}
	return found
}

// attendees lists the parties of a visit: its own, then those of the steps that need it.
func (d *decider) attendees(visit *definition.Node) []string {
	parties := slices.Clone(visit.Visit.Parties)
	for _, m := range d.needers(visit) {
		if m.By != "" && !slices.Contains(parties, m.By) {
			parties = append(parties, m.By)
		}
	}
	return parties
}

// openVisit prepares a round of a visit: its task to set the date, and, where one
// party is alone and has nobody to agree a date with, its task to record.
func (d *decider) openVisit(n *definition.Node, nth int, org string) (*VisitState, []Task) {
	v := &VisitState{Phase: Visiting, Parties: []VisitParty{}}
	for _, p := range d.attendees(n) {
		v.Parties = append(v.Parties, VisitParty{Party: p, Org: d.s.Org(p)})
	}
	tasks := []Task{{
		ID: n.ID + round(nth) + ".arrange", Kind: TaskArrange, Step: n.ID, Round: nth, Party: n.By, Org: org, Role: d.deskRole(n.By),
		Clock: d.taskClock(n, nth), Status: TaskOpen, OpenedAt: d.now,
	}}
	if len(v.Parties) == 1 {
		tasks = append(tasks, d.visitTask(n, nth, TaskRecord, 0, &v.Parties[0], d.taskClock(n, nth)))
	}
	return v, tasks
}

// visitTask is a party's task at a visit; a later turn has its own.
func (d *decider) visitTask(n *definition.Node, nth int, kind TaskKind, turn int, p *VisitParty, clock string) Task {
	t := Task{
		ID: n.ID + round(nth) + "." + string(kind) + "." + p.Party, Kind: kind, Step: n.ID, Round: nth, Party: p.Party, Org: p.Org,
		Role: d.deskRole(p.Party), Clock: clock, Status: TaskOpen, OpenedAt: d.now,
	}
	if turn > 1 {
		t.ID += "." + itoa(turn)
	}
	return t
}

// visits carries open visits on: who attends, the merged list, the end.
func (d *decider) visits() {
	for _, n := range d.r.Plan.Visits {
		if d.st(n).Status != Open {
			continue
		}
		v := *d.st(n).Visit
		switch v.Phase {
		case Visiting:
			if d.join(n, v) {
				continue
			}
			if !slices.ContainsFunc(v.Parties, func(p VisitParty) bool { return p.At.IsZero() }) {
				d.concludeVisit(n, v)
			}
		case Rechecking:
			due := func(p VisitParty) bool { return p.Checked < v.Turn && v.asks(p.Party) }
			if !slices.ContainsFunc(v.Parties, due) {
				d.concludeVisit(n, v)
			}
		}
	}
}

// asks says whether a point of a party is open.
func (v *VisitState) asks(party string) bool {
	return slices.ContainsFunc(v.Points, func(p Point) bool { return slices.Contains(p.Open, party) })
}

// join lets parties come and go while the records are awaited; a visit nobody
// attends any more is absent (3.4.7). It says whether anything changed.
func (d *decider) join(n *definition.Node, v VisitState) bool {
	want := d.attendees(n)
	if len(want)+len(v.Parties) == 0 {
		return d.nobody(n)
	}
	e := VisitJoined{Step: n.ID}
	kept := []VisitParty{}
	for _, p := range v.Parties {
		if !p.At.IsZero() || slices.Contains(want, p.Party) {
			kept = append(kept, p)
			continue
		}
		e.Gone = append(e.Gone, d.visitTask(n, d.st(n).Round, TaskRecord, 0, &p, "").ID)
	}
	var came []VisitParty
	for _, party := range want {
		if !slices.ContainsFunc(kept, func(p VisitParty) bool { return p.Party == party }) {
			came = append(came, VisitParty{Party: party, Org: d.s.Org(party)})
		}
	}
	if len(e.Gone) == 0 && len(came) == 0 {
		return false
	}
	v.Parties = slices.Concat(kept, came)
	if len(v.Parties) == 0 {
		return d.nobody(n)
	}
	e.Visit = v
	nth := d.st(n).Round
	for i := range v.Parties {
		p := &v.Parties[i]
		t := d.visitTask(n, nth, TaskRecord, 0, p, d.taskClock(n, nth))
		if old := d.s.Task(t.ID); p.At.IsZero() && (!v.On.IsZero() || len(v.Parties) == 1) && (old == nil || old.Status != TaskOpen) {
			e.Tasks = append(e.Tasks, t)
		}
	}
	d.emit(e)
	if !v.On.IsZero() {
		d.tellVisit(n, v, came, false)
	}
	return true
}

// nobody makes an open visit absent.
func (d *decider) nobody(n *definition.Node) bool {
	d.emit(StepAbsent{Steps: []string{n.ID}, Why: "nobody"})
	return true
}

// tellVisit tells parties of the date, and the applicant with them.
func (d *decider) tellVisit(n *definition.Node, v VisitState, parties []VisitParty, applicant bool) {
	to := make([]string, len(parties), len(parties)+1)
	for i, p := range parties {
		to[i] = p.Party
	}
	if applicant {
		to = append(to, "applicant")
	}
	d.tellDate(n, NoticeVisit, v.On, v.Place, to)
}

// tellDate tells when and where something is held.
func (d *decider) tellDate(n *definition.Node, kind NoticeKind, on time.Time, place string, to []string) {
	text := on.In(calendar.Zone).Format("2006-01-02 15:04")
	if place != "" {
		text += " " + place
	}
	for _, party := range to {
		d.emit(PartyTold{Notice: Notice{
			ID: string(kind) + "." + n.ID + round(d.st(n).Round) + "." + party + "." + itoa(int(d.s.Seq)), Kind: kind, To: party, Step: n.ID, At: d.now, Text: text,
		}})
	}
}

// concludeVisit ends the visit, or gives the applicant time to put right what is open.
func (d *decider) concludeVisit(n *definition.Node, v VisitState) {
	d.moveOn(n, "")
	open := v.open()
	switch {
	case len(open) == 0:
		d.endSpecial(n, "clear")
		return
	case n.Visit.Rectify == nil:
		d.endSpecial(n, "open")
		return
	case v.Turn >= n.Visit.Rounds:
		d.endSpecial(n, "rounds")
		return
	}
	v.Phase, v.Turn = Rectifying, v.Turn+1
	nth := d.st(n).Round
	c := d.clock(Clock{
		ID: turned(n.ID+".rectify"+round(nth), v.Turn), Class: Promised, Step: n.ID, Round: nth, Period: n.Visit.Rectify.Time, Late: lateRectify,
		Start: d.now, From: "notice",
	})
	lines := make([]NamedLine, len(open))
	for i, p := range open {
		lines[i] = NamedLine{Of: p.ID, Reason: p.Text, Askers: p.Open}
	}
	d.emit(RectificationAsked{
		Step: n.ID, Visit: v, Clocks: []Clock{c},
		Notice: Notice{
			ID: turned("rectification."+n.ID+round(nth), v.Turn), Kind: NoticeRectification, To: "applicant", Step: n.ID, At: d.now, Lines: lines, Clock: c.ID,
		},
		Tasks: []Task{{
			ID: turned(n.ID+round(nth)+".rectify", v.Turn), Kind: TaskRectify, Step: n.ID, Round: nth, Party: "applicant", Clock: c.ID,
			Status: TaskOpen, OpenedAt: d.now,
		}},
	})
	d.standStill(n, n.Visit.Rectify.Pause, c.Day, cmp0(n.Name, n.ID), "rectification."+n.ID)
}

// turned is an id in a later turn.
func turned(id string, turn int) string {
	if turn > 1 {
		return id + "." + itoa(turn)
	}
	return id
}

// rectifyLate ends a visit whose points were not put right in time (3.4.7).
func (d *decider) rectifyLate(n *definition.Node, c *Clock) {
	d.emit(ClockOverdue{Clock: c.ID})
	d.endSpecial(n, "time")
}

// endSpecial ends a visit, posting or hearing. Done again, its record is another
// one: signed decisions that read it are told (3.6.7).
func (d *decider) endSpecial(n *definition.Node, why string) {
	d.emit(StepEnded{Step: n.ID, End: EndDone, Why: why, Seen: d.seen(n)})
	if d.st(n).Round > 1 {
		d.affect([]string{n.ID})
	}
}
