package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// The intake is the one window: receipt, the window in which all departments
// look, the one notice, the applicant's answer, acceptance (rules 3.7.3–3.7.9,
// 行政许可法第三十二条).
//
//	           gaps or missing papers           complete
//	collecting ───────────────────────▶ noticed ────────▶ judging ──▶ over
//	     │ none                            │ late: lapse             (accepted, also by
//	     └────────────────────────────────▶│──▶ over                  silence; refused)
//	                        judging ◀──────┘ late: ask

// intake finds the intake step of the plan, nil for a programme.
func (d *decider) intake() *definition.Node { return d.r.Plan.Intake }

// openIntake prepares the intake's clocks, looks and tasks at receipt.
func (d *decider) openIntake(n *definition.Node) (*IntakeState, []Clock, []Task) {
	in := &IntakeState{Phase: Judging}
	clocks := d.stepClocks(n, 1)
	if c := n.Intake.Collect; c != nil && c.From == "receipt" {
		in.Phase, in.Window = Collecting, true
		in.Looks = d.looks(n)
		clocks = append(clocks, d.collectClock(n, clocks))
		return in, clocks, d.lookTasks(n, in.Looks)
	}
	return in, clocks, []Task{d.acceptTask(n, clocks, 1)}
}

// collectClock is the window's clock: at the latest one working day before the
// intake is due (3.7.5).
func (d *decider) collectClock(n *definition.Node, intake []Clock) Clock {
	return d.capped(d.clock(Clock{ID: clockCollect, Class: Promised, Step: n.ID, Round: 1, Period: n.Intake.Collect.Time, Late: lateWindow, Start: d.now, From: n.Intake.Collect.From}), intake)
}

// capped holds the window within the intake, whose clock is the last of its id.
func (d *decider) capped(c Clock, clocks []Clock) Clock {
	for _, k := range slices.Backward(clocks) {
		if k.ID != c.Step || d.s.AcceptedOn != nil {
			continue
		}
		last := d.r.Calendar.Before(k.Due, calendar.Period{Amount: 1, Unit: calendar.WorkingDays})
		if last.Before(d.now) {
			last = d.now // the first gap is named on the intake's last day: the notice goes out at once
		}
		if last.Before(c.Due) {
			c.Due, c.Day = last, calendar.DateOf(last.Add(-time.Nanosecond))
			if len(c.Ledger) < 2 && c.Ledger[0].At.Equal(d.now) {
				c.Ledger = []Entry{{At: d.now, What: "started", Due: last, Why: windowStart}}
			}
		}
		break
	}
	return c
}

// looks lists the parties that look: the hall, and each party of a step that
// reads a paper of this case and will, or may, be part of it (3.7.4).
func (d *decider) looks(n *definition.Node) []Look {
	env := d.filed()
	looks := append(make([]Look, 0, len(d.s.Parties)), Look{Party: n.By, Org: d.s.Org(n.By)})
	for _, m := range d.nodes() {
		if m.Group() || m.By == "" || m.Kind == definition.KindIntake || !d.readsPaper(m) {
			continue
		}
		if d.s.AcceptedOn != nil {
			if s := d.st(m).Status; s == Ended || s == Absent {
				continue
			}
		}
		if !d.maybePresent(m, env) || slices.ContainsFunc(looks, func(l Look) bool { return l.Party == m.By }) {
			continue
		}
		looks = append(looks, Look{Party: m.By, Org: d.s.Org(m.By)})
	}
	return looks
}

func (d *decider) readsPaper(n *definition.Node) bool {
	return slices.ContainsFunc(n.Reads, func(id string) bool {
		p := d.s.Paper(id)
		return p != nil && p.Status != PaperAbsent
	})
}

func (d *decider) lookTasks(n *definition.Node, looks []Look) []Task {
	tasks := make([]Task, 0, len(looks))
	for _, l := range looks {
		if l.Spoken {
			continue
		}
		tasks = append(tasks, Task{
			ID: n.ID + ".look." + l.Party, Kind: TaskLook, Step: n.ID, Round: 1, Party: l.Party, Org: l.Org,
			Role: d.deskRole(l.Party), Clock: clockCollect, Status: TaskOpen, OpenedAt: d.now,
		})
	}
	return tasks
}

func (d *decider) acceptTask(n *definition.Node, clocks []Clock, nth int) Task {
	t := Task{
		ID: n.ID + ".accept" + round(nth), Kind: TaskAccept, Step: n.ID, Round: nth, Party: n.By, Org: d.s.Org(n.By),
		Role: d.deskRole(n.By), Status: TaskOpen, OpenedAt: d.now,
	}
	for _, c := range clocks {
		if c.ID == n.ID || strings.HasPrefix(c.ID, n.ID+"#") {
			t.Clock = c.ID
		}
	}
	return t
}

// lookOf finds the task by which a party speaks, or, where the window is not
// open, the right to open it (`from: gap`) or to send the notice at once.
func (d *decider) speak(cmd *Command) (n *definition.Node, task string, party string, rej *Rejection) {
	n = d.intake()
	if n == nil {
		return nil, "", "", reject(WrongAct, "本事项没有收件环节", "this item has no intake")
	}
	in := d.st(n).Intake
	t, taskRej := d.task(cmd, TaskLook)
	if taskRej == nil {
		return n, t.ID, t.Party, nil
	}
	party = d.partyOf(cmd.By)
	if in == nil || in.Window {
		if in != nil && slices.ContainsFunc(in.Looks, func(l Look) bool { return l.Party == party && l.Spoken }) {
			return nil, "", "", reject(TooLate, "贵单位已表明意见或已办结，不得再提出补正", "your party has spoken, or its step has ended; nothing more may be asked").
				want("one word per party", "spoken").at(n.ID).under("32")
		}
		return nil, "", "", taskRej
	}
	// no window is open: it is over, or has not opened yet
	switch {
	case party == "":
		return nil, "", "", reject(NotAllowed, "只有参与本案的部门和窗口可以提出补正", "only the window and the departments of this case may ask for corrections").
			want("a party of this case", cmd.By.String())
	case in.Notice != "":
		return nil, "", "", reject(OneNotice, "本案已发出一次性补正告知书，不得再次要求补正", "the case has had its one correction notice; nothing more may be asked").
			want("no notice before", in.Notice).under("32")
	case !in.ClosedAt.IsZero():
		return nil, "", "", reject(TooLate, "汇总期已结束，不得再提出补正", "the collect window has closed; no line may be added").
			want("before "+in.ClosedAt.Format(time.RFC3339), d.now.Format(time.RFC3339)).under("32")
	case cmd.Do == Clear:
		return nil, "", "", taskRej
	case d.s.Outcome != "":
		return nil, "", "", reject(TooLate, "已作出决定，不得再提出补正", "the case is decided; nothing more may be asked").under("32")
	case d.s.AcceptedOn == nil && party != n.By:
		return nil, "", "", reject(NotAllowed, "受理前由窗口提出第一项补正", "before acceptance the window names the first gap").want(n.By, party)
	case d.s.AcceptedOn == nil:
		return n, "", party, nil
	case n.Intake.Collect == nil || n.Intake.Collect.From != "gap":
		return nil, "", "", reject(TooLate, "受理后不得再提出补正", "after acceptance nothing more may be asked").under("32")
	}
	for _, m := range d.nodes() {
		if m.By == party && !m.Group() && d.st(m).Status == Open && m.Kind != definition.KindIntake {
			return n, "", party, nil
		}
	}
	return nil, "", "", reject(TooLate, "您的环节已结束，不得再提出补正", "your step has ended; nothing more may be asked").under("32")
}

// partyOf finds the party the actor's organisation plays.
func (d *decider) partyOf(a Actor) string {
	for _, p := range d.s.Parties {
		if a.may(p.Org, d.deskRole(p.Party)) {
			return p.Party
		}
	}
	return ""
}

func judgeGap(d *decider, cmd *Command) (func(), *Rejection) {
	if cmd.By.asSupervisor() {
		return d.override(cmd)
	}
	n, task, party, rej := d.speak(cmd)
	if rej != nil {
		return nil, rej.orBeyond(cmd.By, RoleSupervisor)
	}
	if rej := d.gapLines(cmd.Args.Lines); rej != nil {
		return nil, rej
	}
	return func() {
		in := *d.st(n).Intake
		if task == "" && n.Intake.Collect != nil {
			in.Window, in.Looks = true, d.looks(n)
			if i := slices.IndexFunc(in.Looks, func(l Look) bool { return l.Party == party }); i < 0 {
				in.Looks = append(in.Looks, Look{Party: party, Org: d.s.Org(party)})
			}
			if d.s.AcceptedOn == nil {
				in.Phase = Collecting
			}
			d.emit(WindowOpened{Step: n.ID, Intake: in, Clock: d.collectClock(n, values(d.s.Clocks)), Tasks: d.lookTasks(n, in.Looks)})
			task = n.ID + ".look." + party
		}
		in = *d.st(n).Intake
		in.Lines = merge(in.Lines, cmd.Args.Lines, party)
		in.Looks = spoken(in.Looks, party, false, d)
		d.emit(GapNamed{Step: n.ID, Task: task, Intake: in, Lines: cmd.Args.Lines, Party: party})
		if n.Intake.Collect == nil {
			d.closeWindow(n, "spoken") // nobody else looks: the notice goes out at once
		}
	}, nil
}

func judgeClear(d *decider, cmd *Command) (func(), *Rejection) {
	n, task, party, rej := d.speak(cmd)
	if rej != nil {
		return nil, rej
	}
	return func() { d.clear(n, task, party) }, nil
}

func (d *decider) clear(n *definition.Node, task, party string) {
	in := *d.st(n).Intake
	in.Looks = spoken(in.Looks, party, true, d)
	d.emit(PartyCleared{Step: n.ID, Task: task, Intake: in, Party: party})
}

// gapLines checks the lines: only papers and conditions of the published guide
// that this case asks for, each with a reason (行政许可法第三十、三十一条).
func (d *decider) gapLines(lines []GapLine) *Rejection {
	if len(lines) == 0 {
		return reject(BadData, "至少指出一项材料或条件", "name at least one paper or condition").want("lines", "none").at("lines")
	}
	seen := map[string]bool{}
	for _, l := range lines {
		where := "lines." + l.Of
		if seen[l.Of] {
			return reject(BadData, "“"+l.Of+"”重复", l.Of+" is named twice").at(where)
		}
		seen[l.Of] = true
		if strings.TrimSpace(l.Reason) == "" {
			return reject(ReasonNeeded, "“"+l.Of+"”须写明缺什么、错在哪里", "say what is missing or wrong with "+l.Of).at(where)
		}
		if p := d.s.Paper(l.Of); p != nil {
			switch p.Status {
			case PaperAbsent:
				return reject(BadPaper, "按本案情形不需要材料“"+l.Of+"”", "paper "+l.Of+" is not asked in this case").at(where).under("31")
			case PaperDeferred, PaperPromised:
				return reject(BadPaper, "材料“"+l.Of+"”已容缺或由承诺代替，不得要求补正", "paper "+l.Of+" is deferred or replaced by a promise; it may not be asked for").at(where).under("31")
			case PaperAwaited:
				return reject(BadPaper, "材料“"+l.Of+"”由本案其他环节产生，不得要求提交", "paper "+l.Of+" is an output of this very case").at(where).under("31")
			case PaperPresent:
				if p.official(calendar.DateOf(d.now)) && d.s.since(9) {
					return reject(BadPaper, "材料“"+l.Of+"”已由“"+p.Source+"”提供，不得再要求申请人提交", "paper "+l.Of+" is there from "+p.Source+"; it may not be asked of the applicant again").
						want("a paper no organ has given", p.Source).at(where).under("33")
				}
			}
			continue
		}
		if !d.condition(l.Of) {
			return reject(BadPaper, "办事指南中没有“"+l.Of+"”这一材料或条件，不得要求补正", "the guide names no paper or condition "+l.Of+"; it may not be asked for").
				want("a paper or condition of the guide", l.Of).at(where).under("31")
		}
	}
	return nil
}

func (d *decider) condition(id string) bool {
	for i := range d.r.Plan.Conditions {
		if c := &d.r.Plan.Conditions[i]; c.ID == id {
			return c.WhenP == nil || c.WhenP.Bool(d.envFor(c.WhenP))
		}
	}
	return false
}

// merge adds lines to those named before; the same paper with the same reason
// is one line with several askers (3.7.5).
func merge(have []NamedLine, lines []GapLine, party string) []NamedLine {
	have = slices.Clone(have)
	for _, l := range lines {
		i := slices.IndexFunc(have, func(h NamedLine) bool { return h.Of == l.Of && h.Reason == l.Reason })
		if i < 0 {
			have = append(have, NamedLine{Of: l.Of, Reason: l.Reason, Askers: []string{party}})
			continue
		}
		if !slices.Contains(have[i].Askers, party) {
			have[i].Askers = add(have[i].Askers, party)
		}
	}
	return have
}

func spoken(looks []Look, party string, clear bool, d *decider) []Look {
	looks = slices.Clone(looks)
	for i := range looks {
		if l := &looks[i]; l.Party == party {
			l.Spoken, l.Clear, l.By, l.At = true, clear, d.by.ID, d.now
		}
	}
	return looks
}

// windowSpoken closes the window as soon as everybody has spoken; after
// acceptance, a party whose reading steps have all ended has spoken (3.7.5).
func (d *decider) windowSpoken() {
	n := d.intake()
	if n == nil || d.st(n).Intake == nil || !d.st(n).Intake.Window {
		return
	}
	if d.s.AcceptedOn != nil {
		for _, l := range d.st(n).Intake.Looks {
			if !l.Spoken && l.Party != n.By && !d.stillReads(l.Party) {
				d.clear(n, n.ID+".look."+l.Party, l.Party)
			}
		}
	}
	if d.s.Outcome != "" { // nothing may be asked after the decision (3.7.6)
		in := *d.st(n).Intake
		in.Window, in.ClosedAt = false, d.now
		d.emit(WindowClosed{Step: n.ID, Why: "decided", Intake: in})
		return
	}
	if !slices.ContainsFunc(d.st(n).Intake.Looks, func(l Look) bool { return !l.Spoken }) {
		d.closeWindow(n, "spoken")
	}
}

func (d *decider) stillReads(party string) bool {
	return slices.ContainsFunc(d.nodes(), func(m *definition.Node) bool {
		s := d.st(m).Status
		return m.By == party && !m.Group() && (s == Open || s == Waiting) && d.readsPaper(m)
	})
}

// closeWindow ends the looking: with lines the one notice goes out at once,
// without none (3.7.5). A paper that did not come at all is a line by itself
// (3.7.1), whoever looked at it.
func (d *decider) closeWindow(n *definition.Node, why string) {
	in := *d.st(n).Intake
	in.Lines = slices.Clone(in.Lines)
	for i := range d.s.Papers {
		p := &d.s.Papers[i]
		if p.Status == PaperMissing && !slices.ContainsFunc(in.Lines, func(l NamedLine) bool { return l.Of == p.ID }) {
			in.Lines = merge(in.Lines, []GapLine{{Of: p.ID, Reason: "未提交"}}, "guide")
		}
	}
	slices.SortStableFunc(in.Lines, func(a, b NamedLine) int { return d.guideOrder(a.Of) - d.guideOrder(b.Of) })
	in.Window, in.ClosedAt = false, d.now
	closed := WindowClosed{Step: n.ID, Why: why, Intake: in}
	accepted := d.s.AcceptedOn != nil
	if len(in.Lines) == 0 {
		if !accepted {
			in.Phase = Judging
			closed.Intake = in
			closed.Tasks = []Task{d.acceptTask(n, values(d.s.Clocks), 1)}
		}
		d.emit(closed)
		return
	}
	d.emit(closed)
	d.notify(n, in, false)
}

func judgeAnswer(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, TaskAnswer)
	if rej != nil {
		return nil, rej
	}
	n := d.r.node(d.s, t.Step)
	in := *d.st(n).Intake
	a := &cmd.Args
	if len(a.Papers)+len(a.Statements)+len(a.Answers)+len(a.Form) == 0 {
		return nil, reject(BadData, "须提交材料或说明", "hand in a paper or a statement").want("papers or statements", "none").at("papers")
	}
	if d.s.AcceptedOn != nil {
		if rej := onlyLines(a, in.Lines); rej != nil {
			return nil, rej
		}
	}
	answered, rej := d.revise(a, d.s.AcceptedOn == nil)
	if rej != nil {
		return nil, rej
	}
	in.Lines = slices.Clone(in.Lines)
	for _, st := range a.Statements {
		i := slices.IndexFunc(in.Lines, func(l NamedLine) bool { return l.Of == st.Of })
		if i < 0 || strings.TrimSpace(st.Text) == "" {
			return nil, reject(BadData, "“"+st.Of+"”不在补正告知书中，或说明为空", st.Of+" is not on the notice, or the statement is empty").at("statements." + st.Of)
		}
	}
	complete := true
	for i := range in.Lines {
		l := &in.Lines[i]
		for _, st := range a.Statements {
			if st.Of == l.Of {
				l.Answered, l.Statement = true, st.Text
			}
		}
		if slices.ContainsFunc(a.Papers, func(p PaperIn) bool { return p.ID == l.Of }) {
			l.Answered = true
		}
		complete = complete && l.Answered
	}
	return func() { d.answer(n, in, answered, complete) }, nil
}

// onlyLines: after acceptance an answer brings what the notice asks for and
// nothing else; answers and form are changed by the lead (3.10.1, 3.10.2).
func onlyLines(a *Args, lines []NamedLine) *Rejection {
	if len(a.Answers)+len(a.Form) > 0 {
		return reject(WrongAct, "受理后情形和表单只能由牵头部门更改", "after acceptance answers and form are changed by the lead only").
			want("amend", "answer").at("answers")
	}
	for _, p := range a.Papers {
		if !slices.ContainsFunc(lines, func(l NamedLine) bool { return l.Of == p.ID }) {
			return reject(BadPaper, "材料“"+p.ID+"”不在补正告知书中", "paper "+p.ID+" is not on the notice").at("papers." + p.ID)
		}
	}
	return nil
}

func (d *decider) answer(n *definition.Node, in IntakeState, r revision, complete bool) {
	e := AnswerReceived{Step: n.ID, Intake: in, Papers: r.papers, Answers: r.answers, Form: r.form, Complete: complete}
	accepted := d.s.AcceptedOn != nil
	if complete {
		e.Intake.CompleteAt = d.now
		if !accepted {
			e.Intake.Phase = Judging
			// the intake's clock starts again for the clerk (3.7.8)
			nth := d.notices() + 1
			e.Clocks = d.restart(n, nth)
			e.Tasks = []Task{d.acceptTask(n, e.Clocks, nth)}
		}
	}
	d.emit(e)
	d.retractions()
	if accepted {
		d.reread(r.changed)
	} else if len(r.changed) > 0 {
		d.rechoose("answered") // everything is evaluated as at filing (3.10.1)
	}
}

func judgeAccept(d *decider, cmd *Command) (func(), *Rejection) {
	n, task, rej := d.deskTask(cmd)
	if rej != nil {
		return nil, rej
	}
	in := d.st(n).Intake
	switch {
	case in.Window:
		return nil, reject(WindowOpen, "各部门尚在查看材料，汇总期结束前不得受理", "the departments are still looking; nobody may accept before the window closes").
			want("window closed", "open").at(n.ID).under("32")
	case in.Phase == Noticed && !in.Overdue:
		return nil, reject(AnswerOpen, "申请人尚未补正齐全", "the notice is not completely answered").want("complete answer", "open lines").at(n.ID).under("32")
	}
	for i := range d.s.Papers {
		p := &d.s.Papers[i]
		line := slices.IndexFunc(in.Lines, func(l NamedLine) bool { return l.Of == p.ID })
		if p.Status == PaperMissing && (line < 0 || !in.Lines[line].Answered && !in.Overdue) {
			return nil, reject(GateShut, "材料“"+p.ID+"”未提交，应先一次性告知补正", "paper "+p.ID+" is missing; the applicant must be told first").
				want(p.ID+" present", "missing").at("papers." + p.ID).under("32")
		}
	}
	if rej := d.originals(cmd.Args.Originals, d.r.Plan.Def.Item.Originals == "acceptance"); rej != nil {
		return nil, rej
	}
	return func() { d.accept(n, task, cmd.Args.Originals, false) }, nil
}

// deskTask finds the clerk's task to accept or refuse; while the window or the
// notice is open there is none, and the act gets the real reason instead.
func (d *decider) deskTask(cmd *Command) (*definition.Node, string, *Rejection) {
	n := d.intake()
	if n == nil || d.st(n).Status != Open {
		status := "none"
		if n != nil {
			status = string(d.st(n).Status) + suffix(d.st(n).End)
		}
		return nil, "", reject(NotOpen, "收件环节已结束", "the intake is over").want("open intake", status)
	}
	if !d.may(cmd.By, d.s.Org(n.By), d.deskRole(n.By)) {
		return nil, "", reject(NotAllowed, "只有受理窗口可以受理或不予受理", "only the receiving window may accept or refuse").
			want(n.By+"."+d.deskRole(n.By), cmd.By.String())
	}
	t, rej := d.task(cmd, TaskAccept)
	if rej == nil {
		return n, t.ID, nil
	}
	if rej.Code == Claimed {
		return nil, "", rej
	}
	return n, "", nil
}

// accept is the acceptance: as of receipt, or of the arrival of the last asked
// paper (3.7.8).
func (d *decider) accept(n *definition.Node, task string, originals []string, deemed bool) {
	in := *d.st(n).Intake
	as := d.acceptedAs()
	in.Phase, in.Window = Over, false
	d.accepting = true
	d.emit(CaseAccepted{
		Step: n.ID, On: on(as), Deemed: deemed, Task: task, Intake: in, Originals: originals,
		Clocks: append(d.caseClocks("acceptance", as), d.restartFromReceipt(as)...),
	})
	d.deferred()
}

func judgeRefuse(d *decider, cmd *Command) (func(), *Rejection) {
	n, task, rej := d.deskTask(cmd)
	if rej != nil {
		return nil, rej
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej.under("38")
	}
	in := *d.st(n).Intake
	outcome := Outcome(cmp0(cmd.Args.Outcome, string(Refused)))
	switch {
	case !slices.Contains([]Outcome{Refused, NotRequired, NotCompetent}, outcome):
		return nil, reject(BadData, "不予受理的种类不对", "unknown kind of refusal").want("refused, not-required, not-competent", string(outcome)).at("outcome")
	case outcome == NotCompetent && cmd.Args.RightOrgan == "":
		return nil, reject(BadData, "须告知有权受理的行政机关", "name the competent organ").want("rightOrgan", "none").at("rightOrgan").under("32")
	case outcome == Refused && in.Window:
		return nil, reject(WindowOpen, "汇总期结束前不得不予受理", "the case cannot be refused before the window closes").want("window closed", "open").at("outcome").under("32")
	case outcome == Refused && in.Phase == Noticed && !in.Overdue:
		return nil, reject(AnswerOpen, "补正期限未满，不得不予受理", "the applicant's time to answer is not over").want("answer or its due time", "open").at("outcome").under("32")
	}
	return func() {
		in.Phase, in.Window = Over, false
		d.emit(CaseRefused{Step: n.ID, Task: task, Outcome: outcome, Reason: cmd.Args.Reason, RightOrgan: cmd.Args.RightOrgan, Intake: in})
	}, nil
}
