package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Effects of a clock that runs out (language section "late"), and what other
// clocks do instead.
const (
	lateMark   = "mark"
	lateAccept = "accept"
	lateAgree  = "agree"
	lateGrant  = "grant"
	lateLapse  = "lapse"
	lateAsk    = "ask"
	lateWindow = "window" // the collect window closes
	lateRevoke = "revoke" // a duty's: the output it affects is put in question
	lateHand   = "hand"   // a hand-out: marked; ends when handed out, not with its step
)

// Ids of the clocks that are not named by a step.
const (
	clockStatutory = "statutory"
	clockPromised  = "promised"
	clockCollect   = "collect"
	clockAnswer    = "answer"
)

// ofCase says whether a clock measures the case itself.
func (c *Clock) ofCase() bool { return c.Step == "" && c.Duty == "" && c.ID != clockRating }

// nodeClock says whether a clock measures one link's turn.
func nodeClock(c *Clock) bool { return c.Role != "" }

// clock computes a clock's dates from its start, period, extensions and
// exclusions with the case's calendar (3.8.1).
func (d *decider) clock(c Clock) Clock {
	d.reckon(&c)
	return c
}

// reckon is clock in place.
func (d *decider) reckon(c *Clock) {
	c.Calendar = d.days(c).Version()
	d.stopped(c)
	due := d.due(c)
	c.Due, c.Day, c.Provisional = due.At, due.Day, due.Provisional
	c.Half, c.Warn, c.Reminders = d.warnings(c)
	if c.Ledger == nil {
		c.Ledger = []Entry{{At: d.now, What: "started", Due: c.Due, Why: c.From}}
	}
}

// days is the calendar a clock is counted by: the case's own by now, unless the
// clock has kept an earlier one (3.8.8).
func (d *decider) days(c *Clock) *calendar.Calendar {
	if c.Calendar == "" || c.Calendar == d.r.Calendar.Version() || d.under == nil {
		return d.r.Calendar
	}
	return d.under.of(d.s, c).Calendar
}

// due counts the whole period, extensions included, from the start (3.8.4:
// 45 + 15 = 60); an extension in another unit is counted on from there.
func (d *decider) due(c *Clock) calendar.Due {
	var rest []calendar.Period
	for _, x := range c.Extended {
		if x.Period.Unit != c.Period.Unit {
			rest = append(rest, x.Period)
		}
	}
	excluded := c.excluded()
	due := d.days(c).Due(c.Start, c.total(), excluded)
	for _, p := range rest {
		provisional := due.Provisional
		from := due.Day.Start() // the due day is the day the extension counts from
		if p.Unit == calendar.Hours {
			from = due.At
		}
		due = d.days(c).Due(from, p, excluded)
		due.Provisional = due.Provisional || provisional
	}
	if c.Until != nil && c.Until.End().Before(due.At) {
		due.At, due.Day, due.Provisional = c.Until.End(), *c.Until, false
	}
	return due
}

// total is the period with its extensions in the same unit.
func (c *Clock) total() calendar.Period {
	total := c.Period
	for _, x := range c.Extended {
		if x.Period.Unit == total.Unit {
			total.Amount += x.Period.Amount
		}
	}
	return total
}

// limit chooses the period of a limit by the answers as they are (3.2.2).
func (d *decider) limit(l *definition.Limit, programs []*definition.Program) (calendar.Period, bool) {
	if l == nil {
		return calendar.Period{}, false
	}
	return definition.Choose(l.Times, programs, d.envFor(programs...))
}

// caseClocks starts the case's own clocks that count from the given event.
func (d *decider) caseClocks(from string, start time.Time) []Clock {
	item := &d.r.Plan.Def.Item
	var clocks []Clock
	for _, c := range []struct {
		id       string
		class    ClockClass
		limit    *definition.Limit
		programs []*definition.Program
	}{
		{clockStatutory, Statutory, item.Statutory, d.r.Plan.StatutoryP},
		{clockPromised, Promised, item.Promised, d.r.Plan.PromisedP},
	} {
		if c.limit == nil || startsWith(c.limit.From) != from {
			continue
		}
		if p, ok := d.limit(c.limit, c.programs); ok {
			k := Clock{ID: c.id, Class: c.class, Period: p, Late: lateMark, Start: start, From: c.limit.From}
			if strings.HasPrefix(k.From, "form.") {
				k.Start = d.startOf(k.From)
			}
			if clocks == nil {
				clocks = make([]Clock, 0, 2)
			}
			clocks = append(clocks, k)
			d.reckon(&clocks[len(clocks)-1])
		}
	}
	return clocks
}

// startsWith is the event a case clock is started by: a day the form names is
// known at receipt, which is also the case's own start.
func startsWith(from string) string {
	if from == "start" || strings.HasPrefix(from, "form.") {
		return "receipt"
	}
	return from
}

// lateCaseClocks starts the case clocks that count from a step, an output or the
// decision, as soon as it is there: once, for case clocks never restart (3.8.5).
// One from the decision measures what comes after and ends with the case.
func (d *decider) lateCaseClocks() {
	for _, l := range []*definition.Limit{d.r.Plan.Def.Item.Statutory, d.r.Plan.Def.Item.Promised} {
		if l == nil || d.s.Status == Closed || !d.begun(l.From) || d.s.Outcome != "" && l.From != "decision" {
			continue
		}
		for _, c := range d.caseClocks(l.From, d.startOf(l.From)) {
			if d.s.Clock(c.ID) == nil {
				d.emit(ClockStarted{Clock: c})
			}
		}
	}
}

// begun says whether the event a case clock counts from is there: a step that ran
// has ended, however it did, an output was given, the outcome is fixed.
func (d *decider) begun(from string) bool {
	switch from {
	case "receipt", "acceptance", "start":
		return false // with their own events
	case "decision":
		return d.s.Outcome != ""
	}
	if st := d.s.Step(from); st != nil {
		return st.Status == Ended && !st.OpenedAt.IsZero()
	}
	return d.given(from)
}

// restartFromReceipt starts case clocks from receipt anew on the acceptance
// date, when the case had its correction notice in time (3.8.3).
func (d *decider) restartFromReceipt(accepted time.Time) []Clock {
	if !d.correctedInTime() {
		return nil
	}
	var clocks []Clock
	for i := range d.s.Clocks {
		c := *d.s.Clocks[i]
		if c.ofCase() && c.From == "receipt" && c.Running() {
			if p, ok := d.limit(d.limitOf(&c)); ok { // the notice's answer may have changed what it is chosen by
				c.Period = p
			}
			c.Start, c.Overdue, c.Warned, c.Calendar = accepted, false, 0, ""
			c = d.clock(c)
			c.ledger(Entry{At: d.now, What: "restarted", Due: c.Due, Why: "correction"})
			clocks = append(clocks, c)
		}
	}
	return clocks
}

// correctedInTime says whether the case got its correction notice before
// acceptance and before the intake's own clock had run out.
func (d *decider) correctedInTime() bool {
	n := d.intake()
	if n == nil {
		return false
	}
	i := slices.IndexFunc(d.s.Notices, func(x Notice) bool { return x.Kind == NoticeCorrection })
	if i < 0 || !d.s.AcceptedAt.IsZero() && d.s.Notices[i].At.After(d.s.AcceptedAt) {
		return false
	}
	c := d.s.Clock(n.ID)
	return c == nil || !c.Overdue
}

// stepClocks starts a step's promise clock and, for a decide, the legal clock of
// its matter. A later round gets new clocks; the old ones stay (3.8.5).
func (d *decider) stepClocks(n *definition.Node, nth int) []Clock {
	legal := n.Decide != nil && n.Decide.Statutory != nil
	var clocks []Clock
	if n.Limit != nil && legal {
		clocks = make([]Clock, 0, 2)
	}
	if p, ok := d.limit(n.Limit, n.LimitP); ok {
		clocks = append(clocks, Clock{
			ID: n.ID + round(nth), Class: Promised, Step: n.ID, Round: nth, Period: p, Late: n.Limit.Late,
			Start: d.startOf(n.Limit.From), From: n.Limit.From,
		})
		d.reckon(&clocks[0])
	}
	if legal {
		if p, ok := d.limit(n.Decide.Statutory, n.StatutoryP); ok {
			from, start := "start", d.now
			if d.accepting && d.s.AcceptedOn != nil { // nothing but acceptance was waited for (3.8.2)
				from, start = "acceptance", d.acceptance()
			}
			if f := n.Decide.Statutory.From; f != "start" {
				from, start = f, d.startOf(f)
			}
			clocks = append(clocks, Clock{
				ID: n.ID + ".statutory" + round(nth), Class: Statutory, Step: n.ID, Round: nth, Period: p, Late: lateMark,
				Start: start, From: from,
			})
			d.reckon(&clocks[len(clocks)-1])
		}
	}
	if n.Kind == definition.KindIntake {
		for i := range clocks {
			if clocks[i].Late == lateAccept {
				clocks[i].Class = Statutory // 行政许可法第三十二条
			}
		}
	}
	if len(clocks) == 0 {
		return nil
	}
	return clocks
}

// groupClock starts a group's clock, or lets it go on when the group is gone
// through again: without the days between its end and reopening (3.8.5).
func (d *decider) groupClock(n *definition.Node, nth int) []Clock {
	old := d.s.Clock(n.ID)
	if nth == 1 || old == nil {
		return d.stepClocks(n, 1)
	}
	c := *old
	c.Excluded = add(c.Excluded, calendar.Span{From: calendar.DateOf(c.EndedAt), To: calendar.DateOf(d.now)})
	c.EndedAt, c.Round, c.Calendar = time.Time{}, nth, ""
	c.Stops = slices.Clone(c.Stops)
	for i := range c.Stops { // a pause that ended with the group was cut after its clock had ended
		c.Stops[i].To = d.s.pauseRun(c.Stops[i].Run).Until
	}
	c = d.clock(c)
	c.ledger(Entry{At: d.now, What: "reopened", Due: c.Due, Why: "return"})
	return []Clock{c}
}

// restart starts the intake's clock again from the arrival of the last asked
// paper (3.7.8).
func (d *decider) restart(n *definition.Node, nth int) []Clock {
	clocks := d.stepClocks(n, nth)
	for i := range clocks {
		clocks[i].Start, clocks[i].From, clocks[i].Ledger = d.now, "answer", nil
		clocks[i] = d.clock(clocks[i])
	}
	return clocks
}

// acceptance is the instant the clocks from acceptance count from: receipt, or
// the arrival of the last asked paper (3.7.8).
func (d *decider) acceptance() time.Time {
	if d.s.AcceptedOn == nil {
		return d.now
	}
	return d.acceptedAs()
}

func (d *decider) acceptedAs() time.Time {
	if !d.s.AcceptedAs.IsZero() { // a notice after acceptance does not move it
		return d.s.AcceptedAs
	}
	if n := d.intake(); n != nil {
		in := d.st(n).Intake
		switch {
		case in == nil:
		case !in.CompleteAt.IsZero():
			return in.CompleteAt
		case in.Overdue: // the last asked paper never came: what there is is accepted as it is
			return d.now
		}
	}
	return d.s.ReceivedAt
}

// startOf resolves where a limit counts from; what has not happened yet counts
// from now, when the step opens.
func (d *decider) startOf(from string) time.Time {
	switch from {
	case "receipt":
		if d.s.AcceptedOn != nil && d.correctedInTime() { // 3.8.3
			return d.acceptance()
		}
		return d.s.ReceivedAt
	case "acceptance":
		return d.acceptance()
	case "decision":
		if !d.s.DecidedAt.IsZero() {
			return d.s.DecidedAt
		}
		return d.now
	}
	if path, ok := strings.CutPrefix(from, "form."); ok {
		if t, ok := formTime(lookup(&definition.Env{Form: d.s.Form}, "form."+path)); ok {
			return t
		}
		return d.now
	}
	if result, ok := strings.CutPrefix(from, fromDelivery+"."); ok {
		return d.s.deliveredAt(result)
	}
	if st := d.s.Step(from); st != nil && !st.EndedAt.IsZero() {
		return st.EndedAt
	}
	for i := range d.s.Outputs {
		if d.s.Outputs[i].ID == from {
			return d.s.Outputs[i].At
		}
	}
	return d.now
}

func formTime(v any) (time.Time, bool) {
	text, _ := v.(string)
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return instant(t), true
	}
	if day, err := calendar.ParseDate(text); err == nil {
		return day.Start(), true
	}
	return time.Time{}, false
}

// rechoose picks the limits of open clocks again after answers have changed
// (3.10.5); each change is in the ledger.
func (d *decider) rechoose(why string) {
	for i := range d.s.Clocks {
		c := *d.s.Clocks[i]
		l, programs := d.limitOf(&c)
		if !c.Running() || c.Overdue || l == nil || len(l.Times) < 2 {
			continue
		}
		p, ok := d.limit(l, programs)
		if !ok || p == c.Period {
			continue
		}
		c.Period = p
		c = d.clock(c)
		c.Warned = c.passed(d.now)
		c.ledger(Entry{At: d.now, What: "changed", Due: c.Due, Why: why})
		d.emit(ClockChanged{Clock: c, Why: why})
	}
}

// limitOf finds the limit in the definition that a clock measures.
func (d *decider) limitOf(c *Clock) (*definition.Limit, []*definition.Program) {
	if c.Duty != "" {
		if t := d.r.Plan.Duty(c.Duty); t != nil && c.ID == dutyClock(c.Duty) {
			return t.Limit, t.LimitP
		}
		return nil, nil
	}
	if c.ID == clockRating {
		return nil, nil
	}
	if c.ofCase() {
		if c.Class == Statutory {
			return d.r.Plan.Def.Item.Statutory, d.r.Plan.StatutoryP
		}
		return d.r.Plan.Def.Item.Promised, d.r.Plan.PromisedP
	}
	n := d.r.node(d.s, c.Step)
	base, _, _ := strings.Cut(c.ID, "#")
	switch {
	case base == n.ID:
		return n.Limit, n.LimitP
	case base == n.ID+".statutory" && n.Decide != nil:
		return n.Decide.Statutory, n.StatutoryP
	}
	return nil, nil
}

func judgeExtend(d *decider, cmd *Command) (func(), *Rejection) {
	d.asksOf(cmd)
	c := d.s.Clock(cmd.Args.Clock)
	if c == nil {
		return nil, reject(NotFound, "没有时限“"+cmd.Args.Clock+"”", "there is no clock "+cmd.Args.Clock).at("clock")
	}
	x := d.extensible(c)
	if x == nil {
		return nil, x.under(reject(NoExtension, "该时限不可延长", "this limit cannot be extended").want("a limit with extend", c.ID).at("clock"))
	}
	if rej := d.mayExtend(cmd.By, c, x.Role); rej != nil {
		return nil, x.under(rej)
	}
	switch {
	case !c.Running():
		return nil, reject(NotOpen, "该时限已结束", "this clock has ended").want("running", "ended").at("clock")
	case c.Overdue || !d.now.Before(c.Due):
		return nil, x.under(reject(TooLate, "已超过期限，不得再延长", "the due time has passed; it cannot be extended any more").
			want("before "+c.Due.Format(time.RFC3339), d.now.Format(time.RFC3339)).at("clock"))
	case len(c.Extended) >= x.Times:
		return nil, x.under(reject(NoExtension, "延长次数已用完", "the extensions of this limit are used up").
			want("at most "+itoa(x.Times), itoa(len(c.Extended))).at("clock"))
	}
	if rej := needReason(cmd); rej != nil {
		return nil, x.under(rej)
	}
	if rej := x.proven(&cmd.Args); rej != nil {
		return nil, rej
	}
	asked := ""
	if ask := d.s.timeAsked(c.ID); ask != nil {
		if rej := d.heldBy(ask, cmd.By); rej != nil {
			return nil, rej
		}
		asked = ask.ID
	}
	next := *c
	next.Extended = add(c.Extended, ClockExtension{
		Period: x.Time, By: cmd.By.ID, Role: x.Role, At: d.now, Reason: cmd.Args.Reason, Evidence: cmd.Args.Evidence,
	})
	return func() {
		next = d.clock(next)
		next.Warned = next.passed(d.now)
		next.ledger(Entry{At: d.now, What: "extended", Due: next.Due, Why: cmd.Args.Reason})
		e := ClockExtended{Clock: next, Notice: Notice{
			ID: "extension." + next.ID + "." + itoa(len(next.Extended)), Kind: NoticeExtension, To: "applicant", Step: next.Step,
			At: d.now, Clock: next.ID, Text: cmd.Args.Reason,
		}, Ask: asked}
		d.moreToFix(&e)
		d.emit(e)
	}, nil
}

// groupsSince is the engine version from which on the limit of a group, which no
// organisation has, is the lead's organ's to extend.
const groupsSince = 11

func (d *decider) mayExtend(a Actor, c *Clock, role string) *Rejection {
	switch role {
	case RoleGovernmentHead:
		if a.Kind == Person && slices.Contains(a.Roles, RoleGovernmentHead) {
			return nil
		}
		if far := a.beyond(RoleGovernmentHead); far != nil {
			return far.at("clock")
		}
	case RoleLead:
		return d.leads(a)
	case RoleClerk: // the window, where the applicant asks
		party, _ := d.desk()
		if a.may(d.s.Org(party), d.deskRole(party)) {
			return nil
		}
	default:
		org := d.s.Org(d.r.Plan.Def.Item.Lead)
		switch {
		case c.Late == lateFix:
			t := d.s.Duty(c.Duty)
			if org = d.s.Org(t.checker()); role == RoleHandle { // whoever orders, or heads his organ
				role = d.deskRole(t.checker())
				if d.may(a, org, role) || a.may(org, RoleOrganHead) {
					return nil
				}
			}
		case c.Step != "":
			if of := d.s.must(c.Step).Org; of != "" || !d.s.since(groupsSince) { // a group is nobody's: it is the lead's
				org = of
			}
		case c.Duty != "" && d.s.Duty(c.Duty).Org != "":
			org = d.s.Duty(c.Duty).Org
		}
		if a.may(org, role) {
			return nil
		}
	}
	return reject(NotAllowed, "延长须由“"+definition.RoleName(role).ZH+"”批准", "the extension is for the "+definition.RoleName(role).EN+" to approve").want(role, a.String()).at("clock")
}
