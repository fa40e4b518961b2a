package scenario

import (
	"lianban/engine"
	"lianban/engine/calendar"
)

// said is a refusal in one sentence of each language.
func said(r *engine.Rejection) calendar.Text {
	text := calendar.Text{ZH: string(r.Code) + "：" + r.Zh, EN: string(r.Code) + ": " + r.En}
	if r.Expected != "" {
		want, is := r.Wanted(), r.Found()
		text.ZH += "（应为" + want.ZH + "，实为" + is.ZH + "）"
		text.EN += " (expected " + want.EN + ", is " + is.EN + ")"
	}
	if r.Where != "" {
		text.ZH += "，位置 " + r.Where
		text.EN += " at " + r.Where
	}
	return text
}

// gone puts what is not there into words; what is there stands as files write it.
func gone(got string) calendar.Text {
	switch got {
	case "":
		return calendar.Text{ZH: "无", EN: "none"}
	case "not accepted":
		return calendar.Text{ZH: "尚未受理", EN: got}
	case "no such step":
		return calendar.Text{ZH: "没有这个环节", EN: got}
	case "no such delivery":
		return calendar.Text{ZH: "没有这份送达", EN: got}
	case "no such duty":
		return calendar.Text{ZH: "没有这项义务", EN: got}
	case "no such clock":
		return calendar.Text{ZH: "没有这个时限", EN: got}
	}
	return calendar.Text{ZH: got, EN: got}
}
