package engine

import (
	"slices"
	"time"

	"lianban/engine/definition"
)

// The one notice: how it is sent, and the supervisor's second (rules 3.7.3, 3.7.5,
// 3.7.6; 行政许可法第三十二条第一款第四项).

// override lets a supervisor ask for what nobody may ask for any more: that is
// the second notice, and an anomaly of the first rank (3.7.6).
func (d *decider) override(cmd *Command) (func(), *Rejection) {
	n := d.intake()
	if n == nil || d.st(n).Intake == nil {
		return nil, reject(WrongAct, "本事项没有收件环节", "this item has no intake")
	}
	in := *d.st(n).Intake
	switch {
	case d.s.Outcome != "":
		return nil, reject(TooLate, "结果已确定，不得再要求补正", "the outcome is fixed; nothing more may be asked").want("no outcome", string(d.s.Outcome)).under("32")
	case in.Window || in.Notice == "" && in.ClosedAt.IsZero() && d.s.AcceptedOn == nil:
		return nil, reject(NotAllowed, "一次性告知尚未作出，由窗口和各部门提出", "the one notice is still to come; the window and the departments name the gaps").
			want("after the window or the notice", "before").at(n.ID)
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	if rej := d.gapLines(cmd.Args.Lines); rej != nil {
		return nil, rej
	}
	return func() {
		in.Lines = slices.Concat(in.Lines, merge(nil, cmd.Args.Lines, RoleSupervisor))
		in.ClosedAt, in.CompleteAt, in.Overdue = d.now, time.Time{}, false
		d.notify(n, in, true)
	}, nil
}

// notify sends the correction notice with all open lines and gives the applicant
// his time; a supervisor's is one more, with the time anew.
func (d *decider) notify(n *definition.Node, in IntakeState, override bool) {
	nth := d.notices() + 1
	in.Notice = string(NoticeCorrection) + round(nth)
	if d.s.AcceptedOn == nil {
		in.Phase = Noticed
	}
	open := slices.DeleteFunc(slices.Clone(in.Lines), func(l NamedLine) bool { return l.Answered })
	sent := NoticeSent{Step: n.ID, Intake: in, Override: override, Notice: Notice{
		ID: in.Notice, Kind: NoticeCorrection, To: "applicant", Step: n.ID, At: d.now, Lines: open, Clock: clockAnswer,
	}}
	a := n.Intake.Answer
	waits := a != nil && a.From == fromDelivery
	if old := d.s.Clock(clockAnswer); waits && old != nil && old.Running() { // of a notice before
		c := *old
		c.EndedAt = d.now
		c.ledger(Entry{At: d.now, What: "ended", Why: "notice"})
		sent.Clocks = []Clock{c}
	}
	if a != nil && !waits {
		c := Clock{ID: clockAnswer, Class: Promised, Step: n.ID, Round: nth, Period: a.Time, Late: a.Late, Start: d.now, From: "notice"}
		if old := d.s.Clock(clockAnswer); old != nil {
			c.Ledger = old.Ledger
			c = d.clock(c)
			c.ledger(Entry{At: d.now, What: "restarted", Due: c.Due, Why: "notice"})
		} else {
			c = d.clock(c)
		}
		sent.Clocks = []Clock{c}
	}
	sent.Tasks = []Task{{
		ID: n.ID + ".answer" + round(nth), Kind: TaskAnswer, Step: n.ID, Round: nth, Party: "applicant", Clock: clockAnswer,
		Status: TaskOpen, OpenedAt: d.now,
	}}
	d.emit(sent)
	if waits {
		d.awaitNotice(n, &sent.Notice, WaitingClock{
			ID: clockAnswer, Class: Promised, Step: n.ID, Round: nth, Period: a.Time, Late: a.Late, Task: sent.Tasks[0].ID,
		})
	}
}

// notices counts the correction notices of the case: one, but for a supervisor.
func (d *decider) notices() int {
	count := 0
	for i := range d.s.Notices {
		if d.s.Notices[i].Kind == NoticeCorrection {
			count++
		}
	}
	return count
}

// guideOrder sorts lines as the guide lists them: papers, then conditions.
func (d *decider) guideOrder(id string) int {
	for i := range d.r.Plan.Papers {
		if d.r.Plan.Papers[i].ID == id {
			return i
		}
	}
	for i := range d.r.Plan.Conditions {
		if d.r.Plan.Conditions[i].ID == id {
			return len(d.r.Plan.Papers) + i
		}
	}
	return len(d.r.Plan.Papers) + len(d.r.Plan.Conditions)
}

// Name is the notice's Chinese title.
func (n *Notice) Name() string { return cmp0(n.Title, n.Kind.Title()) }

// Title is the notice's Chinese title.
func (k NoticeKind) Title() string {
	switch k {
	case NoticeCorrection:
		return "补正告知书"
	case NoticePreReview:
		return "预审意见"
	case NoticeExtension:
		return "延长办理期限通知书"
	case NoticeOverridden:
		return "意见未采纳告知书"
	case NoticeGranted:
		return "决定抄告"
	case NoticePause:
		return "特殊程序期限告知书"
	case NoticeUrge:
		return "催办通知"
	case NoticeVacant:
		return "岗位空缺告知"
	case NoticeAnnulled:
		return "撤销决定书"
	case NoticeAnnulling:
		return "拟撤销告知书"
	case NoticeTerminated:
		return "终止办理告知书"
	case NoticeCorrected:
		return "更正决定书"
	case NoticeTolerance:
		return "容缺受理通知书"
	case NoticeLapsed:
		return "逾期未补交告知书"
	case NoticeKept:
		return "不予撤销告知书"
	case NoticeVisit:
		return "联合踏勘通知书"
	case NoticeFix:
		return "责令限期整改通知书"
	case NoticeRectification:
		return "整改通知书"
	case NoticePosting:
		return "公示公告"
	case NoticeInterested:
		return "利害关系人告知书"
	case NoticeHearingRight:
		return "听证告知书"
	case NoticeHearing:
		return "听证通知书"
	}
	return "办理变更告知书"
}
