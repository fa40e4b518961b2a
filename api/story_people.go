package api

import (
	"strconv"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// people tells who does the work of one department, and what is said beside it.
func (t story) people(body engine.Body) calendar.Text {
	say := func(zh, en string) calendar.Text { return calendar.Text{ZH: zh, EN: en} }
	give := func(zh, en, reason string) calendar.Text {
		rz, re := because(reason)
		return say(zh+rz, en+re)
	}
	switch b := body.(type) {
	case engine.TaskAssigned:
		return give("指派“"+t.task(b.Task)+"”的承办人", t.task(b.Task)+": assigned to a colleague", b.Reason)
	case engine.TaskTransferred:
		return give("转办“"+t.task(b.Task)+"”", t.task(b.Task)+": transferred to a colleague", b.Reason)
	case engine.TaskDelegated:
		return give("委派同事办理“"+t.task(b.Task)+"”，办完交回", t.task(b.Task)+": delegated to a colleague, to be given back", b.Reason)
	case engine.TaskGivenBack:
		return give("“"+t.task(b.Task)+"”交回委派人", t.task(b.Task)+": given back to who had delegated it", b.Note)
	case engine.LinkRecalled:
		return say("“"+t.step(b.Step)+"”撤回上一操作", t.step(b.Step)+": the last act was recalled")
	case engine.LinkVoted:
		return give("“"+t.step(b.Step)+"”一票反对", t.step(b.Step)+": a vote against", b.Reason)
	case engine.SignerAdded:
		where := map[string]string{engine.PlaceBefore: "前加签", engine.PlaceAfter: "后加签", engine.PlaceBeside: "并加签"}[b.Place]
		return give("“"+t.step(b.Step)+"”"+where, t.step(b.Step)+": a signature was added "+b.Place, b.Reason)
	case engine.SignerRemoved:
		return give("“"+t.step(b.Step)+"”减签", t.step(b.Step)+": an added signature was taken back", b.Reason)
	case engine.Consulted:
		asked := t.party(b.Task.Party)
		return say("“"+t.step(b.Consultation.Step)+"”征询"+asked.ZH, t.step(b.Consultation.Step)+": "+asked.EN+" was consulted")
	case engine.ConsultAnswered:
		return say("“"+t.task(b.Task)+"”的征询已答复", t.task(b.Task)+": the question was answered")
	case engine.Copied:
		return say("抄送 "+strconv.Itoa(len(b.Copies))+" 份", strconv.Itoa(len(b.Copies))+" copies sent for information")
	case engine.CopiesRead:
		return say("抄送已阅", "copies were read")
	case engine.HandedOver:
		n := len(b.Moved) + len(b.Owned) + len(b.Returned) + len(b.Pooled) + len(b.Signing)
		return give("移交工作 "+strconv.Itoa(n)+" 项", strconv.Itoa(n)+" things of one person were handed over", b.Reason)
	case engine.PostVacant:
		role, of, to := definition.RoleName(b.Role), t.party(b.Party), t.party(b.Notice.To)
		if b.Headless {
			return say(of.ZH+role.ZH+"岗位空缺，该单位也没有负责人，已告知"+to.ZH, of.EN+": nobody holds the post of "+role.EN+" and nobody heads the organisation; "+to.EN+" was told")
		}
		return say(of.ZH+role.ZH+"岗位空缺，由单位负责人办理", of.EN+": nobody holds the post of "+role.EN+", its head may do the work")
	case engine.PostFilled:
		role, org := definition.RoleName(b.Role), t.organ(b.Org)
		return say(org.ZH+"的"+role.ZH+"岗位已有人", org.EN+": somebody holds the post of "+role.EN+" again")
	case engine.Commented:
		return say("留言", "a remark was left")
	case engine.Urged:
		return give("催办“"+t.step(b.Step)+"”，累计第 "+strconv.Itoa(b.Nth)+" 次", t.step(b.Step)+": urged, "+strconv.Itoa(b.Nth)+" in all", b.Notice.Text)
	}
	return calendar.Text{}
}
