package api

import (
	"strconv"
	"strings"

	"lianban/engine"
	"lianban/engine/calendar"
)

// visit tells what happened at a site visit.
func (t story) visit(body engine.Body) calendar.Text {
	say := func(step, zh, en string) calendar.Text {
		return calendar.Text{ZH: "“" + t.step(step) + "”" + zh, EN: t.step(step) + ": " + en}
	}
	count := func(n int, noneZH, noneEN, zh, en string) (string, string) {
		if n == 0 {
			return noneZH, noneEN
		}
		return zh + strconv.Itoa(n) + "项", en + strconv.Itoa(n)
	}
	switch b := body.(type) {
	case engine.VisitArranged:
		on := b.Visit.On.In(calendar.Zone).Format("2006-01-02 15:04")
		return say(b.Step, "定于 "+on, "set for "+on)
	case engine.VisitJoined:
		zh, en := make([]string, len(b.Visit.Parties)), make([]string, len(b.Visit.Parties))
		for i, p := range b.Visit.Parties {
			name := t.party(p.Party)
			zh[i], en[i] = name.ZH, name.EN
		}
		return say(b.Step, "参加部门变更为"+strings.Join(zh, "、"), "now attended by "+strings.Join(en, ", "))
	case engine.VisitRecorded:
		zh, en := count(b.Named, "无整改事项", "nothing to put right", "整改事项", "points to put right: ")
		by := t.party(b.Party)
		return say(b.Step, by.ZH+"登记踏勘结果，"+zh, by.EN+" recorded; "+en)
	case engine.RectificationAsked:
		n := strconv.Itoa(len(b.Notice.Lines))
		return say(b.Step, "通知申请人整改 "+n+" 项", "the applicant is asked to put right "+n)
	case engine.PointsRectified:
		return say(b.Step, "申请人报告已整改", "the applicant says that the points are put right")
	case engine.PointsRechecked:
		zh, en := count(b.Left, "均已整改", "all is put right", "仍未整改", "still open: ")
		by := t.party(b.Party)
		return say(b.Step, by.ZH+"复查，"+zh, by.EN+" looked again; "+en)
	}
	return calendar.Text{ZH: body.Type(), EN: body.Type()}
}

// fixing tells of an order to put something right, and of its end.
func (t story) fixing(body engine.Body) calendar.Text {
	switch b := body.(type) {
	case engine.FixOrdered:
		n, day := strconv.Itoa(len(b.Order.Points)), b.Order.Day.String()
		zh, en := because(b.Order.Reason)
		return calendar.Text{ZH: "“" + t.duty(b.Duty) + "”责令限期整改 " + n + " 项，至 " + day + zh, EN: t.duty(b.Duty) + ": " + n + " to be put right until " + day + en}
	case engine.FixEnded:
		day := b.Clock.Day.String()
		if b.Why == "time" {
			return calendar.Text{ZH: "“" + t.duty(b.Duty) + "”整改期满，" + day + " 前复查", EN: t.duty(b.Duty) + ": the time to put right is over, to be looked at again by " + day}
		}
		return calendar.Text{ZH: "申请人报告已按“" + t.duty(b.Duty) + "”的要求整改，" + day + " 前复查", EN: t.duty(b.Duty) + ": the applicant says that it is put right, to be looked at again by " + day}
	}
	return calendar.Text{}
}

// signed tells what becomes of what was written or signed: which texts and fields are
// corrected (not how they read), which opinions are decided against.
func (t story) signed(body engine.Body) calendar.Text {
	switch b := body.(type) {
	case engine.TextCorrected:
		what := t.step(b.Correction.Step)
		if b.Correction.Output != "" {
			what = t.output(b.Correction.Output)
		}
		fields := make([]string, len(b.Correction.Texts))
		for i, x := range b.Correction.Texts {
			fields[i] = x.Field
		}
		zh, en := because(b.Correction.Reason)
		return calendar.Text{ZH: "更正“" + what + "”：" + strings.Join(fields, "、") + zh, EN: "corrected in " + what + ": " + strings.Join(fields, ", ") + en}
	case engine.MendedOnSpot:
		var what []string
		for _, x := range b.Mending.Texts {
			what = append(what, t.field(x.Field))
		}
		for _, id := range b.Mending.Papers {
			what = append(what, t.of(id))
		}
		zh, en := because(b.Mending.Reason)
		return calendar.Text{ZH: "申请人当场更正：" + strings.Join(what, "、") + zh, EN: "put right on the spot by the applicant: " + strings.Join(what, ", ") + en}
	case engine.OpinionOverridden:
		zh, en := because(b.Reason)
		return calendar.Text{ZH: "“" + t.step(b.Step) + "”不采纳“" + t.step(b.Opinion) + "”的意见" + zh, EN: t.step(b.Step) + " decides against the opinion of " + t.step(b.Opinion) + en}
	}
	return calendar.Text{}
}
