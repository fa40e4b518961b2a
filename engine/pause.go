package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Pauses: time a clock does not count, by ground (rules 3.8.6, 3.8.7; 行政许可法第四十五条).

// The acts of pauses.
const (
	PauseClock Act = "pause"
	Resume     Act = "resume"
)

var (
	pauseActs   = []Act{PauseClock, Resume}
	pauseJudges = map[Act]judge{PauseClock: judgePause, Resume: judgeResume}
	pauseBodies = []newBody{body[PauseBegan](), body[PauseEnded]()}
)

// PauseRun is one run of a pause on one step. The days in (From, Until] are not
// counted by the clocks it stops.
type PauseRun struct {
	ID    string `json:"id"` // PAUSE/STEP, a later run of the same appends #N
	Pause string `json:"pause"`
	// Kind is the ground: hearing, expert-review, site-visit …
	Kind  string       `json:"kind"`
	Step  string       `json:"step"`
	Round int          `json:"round"`
	Stops []ClockClass `json:"stops"`
	Began time.Time    `json:"began"`
	// From is the day it began, which still counts; Until the last day that does
	// not: as planned while it runs, as it was once it has ended.
	From  calendar.Date `json:"from"`
	Until calendar.Date `json:"until"`
	// Planned is the exclusive instant it ends at if nobody ends it before.
	Planned time.Time `json:"planned"`
	// Notice is the id of the written notice to the applicant, empty where the
	// definition asks for none; Reason is what it says, Document the evidence.
	Notice   string `json:"notice,omitempty"`
	Reason   string `json:"reason"`
	Document string `json:"document,omitempty"`
	By       string `json:"by,omitempty"`
	// EndedAt is zero while it runs. EndedBy: act | time | step.
	EndedAt time.Time `json:"endedAt,omitzero"`
	EndedBy string    `json:"endedBy,omitempty"`
	Result  string    `json:"result,omitempty"`
}

// Running says whether the pause has not ended.
func (p *PauseRun) Running() bool { return p.EndedAt.IsZero() }

// ClockStop is a stretch a pause takes out of a clock: the days in (From, To].
type ClockStop struct {
	Run string `json:"run"`
	calendar.Span
}

// PauseBegan stops clocks (行政许可法第四十五条); the applicant's notice is part of it.
type PauseBegan struct {
	Run    PauseRun `json:"run"`
	Notice *Notice  `json:"notice,omitempty"`
	Clocks []Clock  `json:"clocks,omitempty"` // those stopped, as they are now
}

// PauseEnded lets the clocks run on.
type PauseEnded struct {
	Run    string        `json:"run"`
	Until  calendar.Date `json:"until"`
	Why    string        `json:"why"` // act | time | step
	Result string        `json:"result,omitempty"`
	Clocks []Clock       `json:"clocks,omitempty"` // those that had stopped, as they are now
}

func (PauseBegan) Type() string { return "PauseBegan" }
func (PauseEnded) Type() string { return "PauseEnded" }

func (b PauseBegan) apply(s *State, _ *Event) {
	s.Pauses = add(s.Pauses, b.Run)
	if b.Notice != nil {
		s.Notices = add(s.Notices, *b.Notice)
	}
	s.putClocks(b.Clocks)
}

func (b PauseEnded) apply(s *State, e *Event) {
	s.Pauses = slices.Clone(s.Pauses)
	for i := range s.Pauses {
		if p := &s.Pauses[i]; p.ID == b.Run {
			p.Until, p.EndedAt, p.EndedBy, p.Result = b.Until, e.At, b.Why, b.Result
		}
	}
	s.putClocks(b.Clocks)
}

// pausing finds a ground in the definition, nil when it has none of that id.
func (r *Rules) pausing(id string) *definition.Pause {
	for i := range r.Plan.Def.Pauses {
		if p := &r.Plan.Def.Pauses[i]; p.ID == id {
			return p
		}
	}
	return nil
}

// excluded are all days a clock does not count: between the end of a group and
// its reopening, and while it stood still.
func (c *Clock) excluded() []calendar.Span {
	if len(c.Stops) == 0 {
		return c.Excluded
	}
	spans := slices.Clone(c.Excluded)
	for _, s := range c.Stops {
		spans = append(spans, s.Span)
	}
	return spans
}

// stops says whether a run stops a clock (3.8.6): the step's own, those of open
// steps that need it, of every group around it, and of the case; no other's.
func (d *decider) stops(p *PauseRun, c *Clock) bool {
	if !slices.Contains(p.Stops, c.Class) || c.ID == clockCollect || c.ID == clockAnswer || c.owned() {
		return false
	}
	switch c.Step {
	case "":
		return c.ID == clockStatutory || c.ID == clockPromised
	case p.Step:
		return true
	}
	n := d.r.node(d.s, c.Step)
	if n.Group() {
		return d.r.node(d.s, p.Step).Within(n)
	}
	if n == d.opens { // its needs are about to be recorded
		return slices.Contains(d.needs(n), p.Step)
	}
	st := d.st(n)
	return st.Status == Open && slices.Contains(st.Needs, p.Step)
}

// stopped adds to a clock that starts the days pauses take out of it: those that
// run, and those before on its own step, which matter where it counts from a day
// before its opening.
func (d *decider) stopped(c *Clock) {
	for i := range d.s.Pauses {
		p := &d.s.Pauses[i]
		had := slices.ContainsFunc(c.Stops, func(s ClockStop) bool { return s.Run == p.ID })
		before := p.Step == c.Step && p.Until > on(c.Start)
		if (p.Running() || before) && !had && d.stops(p, c) {
			c.Stops = add(c.Stops, ClockStop{Run: p.ID, Span: calendar.Span{From: p.From, To: p.Until}})
		}
	}
}

// stopping is a pause about to begin.
type stopping struct {
	// planned is the exclusive instant of its end, until the last day not counted.
	planned          time.Time
	until            calendar.Date
	reason, document string
}

func judgePause(d *decider, cmd *Command) (func(), *Rejection) {
	a := &cmd.Args
	p := d.r.pausing(a.Pause)
	if p == nil && a.Pause == "" {
		return nil, reject(NotFound, "须指明定义规定的中止事由", "name a ground on which the definition lets clocks stop").
			want(pauseIDs(d.r.Plan.Def.Pauses), "none").at("pause")
	}
	if p == nil {
		return nil, reject(NotFound, "没有中止事由“"+a.Pause+"”", "the definition knows no pause "+cmp0(a.Pause, "without a name")).
			want(pauseIDs(d.r.Plan.Def.Pauses), cmp0(a.Pause, "none")).at("pause")
	}
	n, _, rej := d.turn(cmd)
	if rej != nil {
		return nil, rej
	}
	if !slices.Contains(n.Work().Pauses, p.ID) {
		return nil, reject(NoPause, "本环节不能以“"+p.ID+"”为由停止计时", "this step may not stop clocks by "+p.ID).
			want(cmp0(strings.Join(n.Work().Pauses, ", "), "no pause"), p.ID).at(n.ID).under("45")
	}
	x, rej := d.planned(p, a)
	if rej != nil {
		return nil, rej
	}
	if rej := d.mayPause(n, p, x); rej != nil {
		return nil, rej
	}
	return func() { d.pause(n, p, x) }, nil
}

func pauseIDs(pauses []definition.Pause) string {
	ids := make([]string, len(pauses))
	for i, p := range pauses {
		ids[i] = p.ID
	}
	return cmp0(strings.Join(ids, ", "), "none")
}

// planned reads the planned end: a length, or the last day.
func (d *decider) planned(p *definition.Pause, a *Args) (stopping, *Rejection) {
	x := stopping{reason: strings.TrimSpace(a.Reason), document: strings.TrimSpace(a.Document)}
	switch {
	case (a.Time.Check() == nil) == (a.Until != 0):
		return x, reject(BadData, "须告知中止多久：时长或截止日，二者写其一", "say how long: a length or the last day, one of them").
			want("time, as 5wd, or until", cmp0(a.Time.String(), "none")).at("time").under("45")
	case a.Until != 0:
		x.until, x.planned = a.Until, a.Until.End()
	default:
		due := d.r.Calendar.Due(d.now, a.Time, nil)
		x.until, x.planned = due.Day, due.At
	}
	if x.reason == "" {
		return x, reject(ReasonNeeded, "须写明事由，并书面告知申请人所需时间", "write the ground; the applicant is told in writing how long it takes").
			want("reason", "none").at("reason").under("45")
	}
	if x.document == "" && slices.Contains(p.Stops, string(Statutory)) {
		return x, reject(ReasonNeeded, "停止法定时限须有凭据：委托书、会议通知等文书的编号", "stopping the legal clock needs its evidence: the number of the order, invitation or the like").
			want("document", "none").at("document").under("45")
	}
	return x, nil
}

// mayPause holds a planned pause against its ground: it takes out at least a day,
// goes on where it runs already, and stays within its most (3.8.7).
func (d *decider) mayPause(n *definition.Node, p *definition.Pause, x stopping) *Rejection {
	today := on(d.now)
	if slices.Contains(p.Stops, string(Statutory)) && p.Notice == "" {
		return reject(NoPause, "定义没有写明书面告知的文书，不能停止法定时限", "the definition names no written notice; the legal clock cannot stop").
			want("notice", "none").at(p.ID).under("45")
	}
	if x.until <= today {
		return reject(BadData, "当日仍计入期限，截止日须在今日之后", "today still counts; the last day must be after it").
			want("after "+today.String(), x.until.String()).at("until")
	}
	for i := range d.s.Pauses {
		if o := &d.s.Pauses[i]; o.Pause == p.ID && o.Step == n.ID && o.Running() && x.until <= o.Until {
			return reject(NoPause, "“"+p.ID+"”已中止至 "+o.Until.String(), p.ID+" runs until "+o.Until.String()+" already").
				want("after "+o.Until.String(), x.until.String()).at("until")
		}
	}
	if most := d.atMost(n.ID, p, x); x.until > most {
		return reject(NoPause, "“"+p.ID+"”各次合计不得超过 "+p.Max.Text().ZH, "all runs of "+p.ID+" together are at most "+p.Max.Text().EN).
			want("until "+most.String()+" at the latest", x.until.String()).at("until").under("45")
	}
	return nil
}

// atMost is the last day a pause that begins now may reach: all its runs on the
// step together take out no more than its max. A day in two of them is one day;
// one that would be the last and is a day off lets the end move behind it (民法典第二百零三条).
func (d *decider) atMost(step string, p *definition.Pause, x stopping) calendar.Date {
	runs := d.pauseRuns(step, p)
	if p.Max.Unit == calendar.Hours {
		return d.atMostHours(runs, p, x)
	}
	today := on(d.now)
	first := today
	for _, o := range runs {
		first = min(first, o.From)
	}
	amount := p.Max.Amount
	if p.Max.Unit == calendar.Months || p.Max.Unit == calendar.Years {
		amount = int(d.r.Calendar.Due(first.Start(), p.Max, nil).Day - first)
	}
	work := p.Max.Unit == calendar.WorkingDays
	covered := func(day calendar.Date) bool {
		return slices.ContainsFunc(runs, func(o *PauseRun) bool { return o.From < day && day <= o.Until })
	}
	last := today
	for _, o := range runs {
		last = max(last, o.Until)
	}
	used := 0
	for day := first + 1; day <= last; day++ {
		if covered(day) && (!work || d.r.Calendar.Working(day)) {
			used++
		}
	}
	most := today
	for day := today + 1; day <= x.until; day++ {
		if !covered(day) && (!work || d.r.Calendar.Working(day)) {
			if used++; used > amount {
				break
			}
		}
		most = day
	}
	if most == today { // nothing is left
		return today
	}
	if next := d.r.Calendar.Next(most); !work && used > amount && x.until <= next {
		return next
	}
	return most
}

// hoursSince is the engine version from which on hours two runs have in common count
// once, as days do, and a pause that begins by itself lasts to the hour.
const hoursSince = 11

// pauseRuns are the runs of a pause on a step.
func (d *decider) pauseRuns(step string, p *definition.Pause) (runs []*PauseRun) {
	for i := range d.s.Pauses {
		if o := &d.s.Pauses[i]; o.Pause == p.ID && o.Step == step {
			runs = append(runs, o)
		}
	}
	return runs
}

// atMostHours is atMost where the ground is measured in hours.
func (d *decider) atMostHours(runs []*PauseRun, p *definition.Pause, x stopping) calendar.Date {
	last := d.lastHour(runs, p)
	if !x.planned.After(last) {
		return x.until
	}
	return min(on(last.Add(-time.Nanosecond)), x.until-1)
}

// lastHour is the instant a pause measured in hours may last to: a run goes on where the
// one before ends, and what two of them take out together is taken out once.
func (d *decider) lastHour(runs []*PauseRun, p *definition.Pause) time.Time {
	var used time.Duration
	var counted time.Time // up to here; runs stand in the order they began
	from := d.now
	for _, o := range runs {
		end, began := o.Planned, o.Began
		if !o.Running() && o.EndedAt.Before(end) {
			end = o.EndedAt
		}
		if counted.After(began) && d.s.since(hoursSince) {
			began = counted
		}
		if end.After(began) {
			used += end.Sub(began)
		}
		if end.After(counted) {
			counted = end
		}
		if end.After(from) { // this run goes on where that one ends
			from = end
		}
	}
	return from.Add(time.Duration(p.Max.Amount)*time.Hour - used)
}

// pause stops the clocks of a step by a ground. Steps that stop clocks by
// themselves (a visit, a hearing, a posting) call it, too.
func (d *decider) pause(n *definition.Node, p *definition.Pause, x stopping) {
	nth := 1
	for i := range d.s.Pauses {
		if o := &d.s.Pauses[i]; o.Pause == p.ID && o.Step == n.ID {
			nth++
		}
	}
	run := PauseRun{
		ID: p.ID + "/" + n.ID + round(nth), Pause: p.ID, Kind: p.Kind, Step: n.ID, Round: max(1, d.st(n).Round), Stops: make([]ClockClass, len(p.Stops)),
		Began: d.now, From: on(d.now), Until: x.until, Planned: x.planned, Reason: x.reason, Document: x.document, By: d.by.ID,
	}
	for i, class := range p.Stops {
		run.Stops[i] = ClockClass(class)
	}
	e := PauseBegan{Run: run}
	if p.Notice != "" {
		e.Run.Notice = "pause." + run.ID
		until := x.until
		e.Notice = &Notice{
			ID: e.Run.Notice, Kind: NoticePause, To: "applicant", Step: n.ID, At: d.now, Text: x.reason, Title: p.Notice, Until: &until,
		}
	}
	for i := range d.s.Clocks {
		c := *d.s.Clocks[i]
		if !c.Running() || c.Overdue || !d.stops(&run, &c) {
			continue
		}
		c.Stops = add(c.Stops, ClockStop{Run: run.ID, Span: calendar.Span{From: run.From, To: run.Until}})
		e.Clocks = append(e.Clocks, d.redate(c, "stopped", p.ID))
	}
	d.emit(e)
}

// redate computes a clock's dates anew and writes into its ledger why.
func (d *decider) redate(c Clock, what, why string) Clock {
	c = d.clock(c)
	c.Warned = min(c.Warned, c.passed(d.now))
	c.ledger(Entry{At: d.now, What: what, Due: c.Due, Why: why})
	return c
}

func judgeResume(d *decider, cmd *Command) (func(), *Rejection) {
	running := d.runsMeant(cmd)
	if len(running) == 0 {
		return nil, reject(NotOpen, "没有正在进行的中止", "no pause is running here").want("a running pause", "none").at(cmp0(cmd.Args.Pause, cmp0(cmd.Step, "pause")))
	}
	first := running[0]
	for _, p := range running {
		st := d.s.Step(p.Step)
		if !d.may(cmd.By, st.Org, RoleHandle) {
			return nil, reject(NotAllowed, "由中止计时的单位恢复计时", "the organisation that stopped the clocks lets them run on").
				want(st.Org+"."+RoleHandle, cmd.By.String()).at(p.Step)
		}
		if p.Pause != first.Pause || p.Step != first.Step {
			return nil, reject(BadData, "有多项中止，请指明环节和事由", "several pauses are running; name step and pause").
				want("step and pause", "none").at("pause")
		}
	}
	ids := make([]string, len(running))
	for i, p := range running {
		ids[i] = p.ID
	}
	return func() {
		for _, id := range ids {
			d.endPause(id, "act", strings.TrimSpace(cmd.Args.Reason))
		}
	}, nil
}

// runsMeant lists the running pauses an act means: of the step and ground it
// names, else those of the actor's organisation.
func (d *decider) runsMeant(cmd *Command) []*PauseRun {
	var mine, all []*PauseRun
	for i := range d.s.Pauses {
		p := &d.s.Pauses[i]
		if !p.Running() || cmd.Step != "" && p.Step != cmd.Step || cmd.Args.Pause != "" && p.Pause != cmd.Args.Pause {
			continue
		}
		all = append(all, p)
		if d.may(cmd.By, d.s.Step(p.Step).Org, RoleHandle) {
			mine = append(mine, p)
		}
	}
	if len(mine) > 0 {
		return mine
	}
	return all
}

// endPause ends a run: today is its last day, or the planned one.
func (d *decider) endPause(id, why, result string) {
	p := d.s.pauseRun(id)
	until := p.Until
	switch why {
	case "act":
		until = min(until, on(d.now))
	case "step": // a step that time has ended was open until the day before
		until = min(until, on(d.now.Add(-time.Nanosecond)))
	}
	e := PauseEnded{Run: id, Until: until, Why: why, Result: result}
	for i := range d.s.Clocks {
		c := *d.s.Clocks[i]
		at := slices.IndexFunc(c.Stops, func(s ClockStop) bool { return s.Run == id })
		if !c.Running() || at < 0 {
			continue
		}
		c.Stops = slices.Clone(c.Stops)
		c.Stops[at].To = until
		if c.Overdue { // it ran out on the day the pause began, which counts
			e.Clocks = append(e.Clocks, c)
			continue
		}
		e.Clocks = append(e.Clocks, d.redate(c, "resumed", p.Pause))
	}
	d.emit(e)
}

func (s *State) pauseRun(id string) *PauseRun {
	for i := range s.Pauses {
		if s.Pauses[i].ID == id {
			return &s.Pauses[i]
		}
	}
	return nil
}

// pausesOver ends the pauses of steps that are over: nothing is left to wait for.
func (d *decider) pausesOver() {
	for i := range d.s.Pauses {
		p := &d.s.Pauses[i]
		if st := d.s.Step(p.Step); p.Running() && (st.Status != Open || max(1, st.Round) != p.Round) {
			d.endPause(p.ID, "step", "")
		}
	}
}

// pauseOf is the pause a step stands still by, the one that ends last; nil when none runs.
func (s *State) pauseOf(step string) *PauseRun {
	var found *PauseRun
	for i := range s.Pauses {
		if p := &s.Pauses[i]; p.Step == step && p.Running() && (found == nil || p.Until > found.Until) {
			found = p
		}
	}
	return found
}

// PauseKindZh is the ground in Chinese.
func PauseKindZh(kind string) string { return definition.PauseName(kind).ZH }

// PauseRow is a pause in the dossier.
type PauseRow struct {
	PauseRun
	KindZh string `json:"kindZh"`
	Party  string `json:"party"`
}

// pauseRows lists the case's pauses.
func pauseRows(r *Rules, s *State) []DossierRow {
	var rows []DossierRow
	for i := range s.Pauses {
		p := s.Pauses[i]
		row := DossierRow{Kind: DossierPause, ID: p.ID, Step: p.Step, Status: "open", Due: p.Planned, At: p.Began}
		if st := s.Step(p.Step); st != nil {
			row.Org = st.Org
		}
		if !p.Running() {
			row.Status = "ended"
		}
		row.Pause = &PauseRow{PauseRun: p, KindZh: PauseKindZh(p.Kind), Party: r.node(s, p.Step).By}
		rows = append(rows, row)
	}
	return rows
}
