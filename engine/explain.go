package engine

import (
	"slices"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Explain says why a clock's due day is that day, line by line in Chinese and
// English, with the articles counted by. false: there is no such clock.
func Explain(r *Rules, s *State, id string) (calendar.Explanation, bool) {
	c := s.Clock(id)
	if c == nil {
		return calendar.Explanation{}, false
	}
	e := r.Calendar.Explain(c.Start, c.total(), c.Excluded)
	if !e.Due.At.Equal(c.Due) {
		// an extension in another unit, or the window's cap before the intake's due day
		e.Due.At, e.Due.Day = c.Due, c.Day
	}
	return e, true
}

// WaitingFor says who the case waits for and why, in order of due time. It is
// empty only when the case is closed; when nobody can act, it names the clock
// that will move the case on.
func WaitingFor(r *Rules, s *State) []Wait {
	var waits []Wait
	if s.Status == Closed {
		return nil
	}
	for i := range s.Tasks {
		t := s.Tasks[i]
		if t.Status != TaskOpen {
			continue
		}
		w := Wait{Who: t.Party, Org: t.Org, Role: t.Role, Account: t.Claimed, Step: t.Step, Task: t.ID, Since: t.OpenedAt}
		if c := s.Clock(t.Clock); c != nil && c.Running() {
			w.Due = c.Due
		}
		w.WhyZh, w.WhyEn = why(r, s, t)
		waits = append(waits, w)
	}
	if len(waits) == 0 {
		for i := range s.Clocks {
			if c := s.Clocks[i]; c.Running() && !c.Overdue {
				zh, en := c.RunsOut()
				waits = append(waits, Wait{Who: "time", Step: c.Step, WhyZh: zh, WhyEn: en, Since: c.Start, Due: c.Due})
			}
		}
	}
	slices.SortStableFunc(waits, func(a, b Wait) int { return byDue(a.Due, b.Due) })
	return waits
}

// byDue orders due times; without one comes last.
func byDue(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}

func why(r *Rules, s *State, t *Task) (zh, en string) {
	n := r.node(s, t.Step)
	name := n.Name
	if name == "" {
		name = n.ID
	}
	switch t.Kind {
	case TaskLook:
		return "查看材料，提出需补正的内容或确认齐全", "look at the papers: name gaps, or say they are complete"
	case TaskAccept:
		return "决定受理或不予受理", "accept the case or refuse it"
	case TaskAnswer:
		return "按一次性补正告知书补正", "answer the correction notice"
	case TaskQuestion:
		return "对“" + t.About + "”的异议决定终止或继续", "decide on the objection of " + t.About + ": stop or continue"
	case TaskHand:
		return "发放“" + t.About + "”", "hand out " + t.About
	}
	zh, en = "“"+name+"”："+roleZh(t.Role), n.ID+": "+t.Role
	if n.Kind == definition.KindReview {
		return zh + "，出具意见", en + ", opinion"
	}
	return zh + "，作出决定", en + ", decision"
}

func roleZh(role string) string {
	switch role {
	case RoleHandle:
		return "承办"
	case RoleCheck:
		return "审核"
	case RoleApprove:
		return "批准"
	case RoleClerk:
		return "窗口"
	case RoleLead:
		return "牵头协调"
	}
	return role
}
