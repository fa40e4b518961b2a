package api_test

import (
	"mime"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
)

const tolerantItem = "11210300MB0X12345A4000994001000"

// publishTolerant is an item one of whose papers may follow, and another be
// replaced by a promise that is checked afterwards.
func (r *rig) publishTolerant() {
	r.publish("tolerant", func(s string) string {
		return strings.NewReplacer(
			itemCode, tolerantItem,
			"channels: [window, online]", "channels: [window, online]\n  agents: true",
			"name: 平面图, from: [applicant],", "name: 平面图, from: [library, applicant], defer: {before: conclude, time: 5wd},",
			"situations:", "situations:\n  vows: {ask: 是否选择告知承诺？, type: boolean}",
			"  request:", "  deed: {name: 权属证明, from: [applicant], basis: 中华人民共和国行政许可法第二十九条}\n  request:",
			"\nprocess:", `
commitments:
  owner: {when: vows, step: conclude, replaces: [deed], text: 权属承诺书, basis: 某条例第一条}
duties:
  verify: {name: 承诺核查, by: lead, when: vows, limit: {time: 20wd, from: permit}, affects: permit, fix: {time: 20wd, extend: {time: 5wd}}, basis: 某条例第二条}

process:`,
			"reads: [request]\n    gives", "reads: [request, deed]\n    gives",
		).Replace(s)
	})
}

// What is not there at the filing and may be: through the same doors as everything
// else, to the tables people search.
func TestAFilingWithToleranceAndAPromise(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.publishTolerant()
	filing := func(change func(map[string]any)) req {
		body := r.application()
		body["item"], body["answers"] = tolerantItem, map[string]any{"wide": false, "vows": true}
		body["papers"] = []any{map[string]any{"id": "request", "hash": r.paper("clerk", "申请书.pdf")}}
		body["defer"], body["undertaking"] = []any{"plan"}, map[string]any{"hash": r.paper("clerk", "容缺受理承诺书.pdf")}
		body["promises"] = []any{map[string]any{"id": "owner", "hash": r.paper("clerk", "承诺书.pdf")}}
		change(body)
		return req{method: "POST", path: "/v1/cases", as: "clerk", body: body}
	}
	r.do(filing(func(b map[string]any) { delete(b, "promises") })).problem(t, http.StatusUnprocessableEntity, string(engine.BadPaper))
	unsigned := r.do(filing(func(b map[string]any) { delete(b, "undertaking") })).problem(t, http.StatusUnprocessableEntity, string(engine.BadPaper))
	require.Equal(t, "undertaking", unsigned.Where)
	r.do(filing(func(b map[string]any) { b["undertaking"] = map[string]any{"hash": strings.Repeat("ab", 32)} })).problem(t, http.StatusUnprocessableEntity, "file-unknown")
	r.do(filing(func(b map[string]any) { b["defer"] = []any{"request"} })).problem(t, http.StatusUnprocessableEntity, string(engine.BadPaper))
	proof := map[string]any{"name": "授权委托书", "hash": r.paper("clerk", "委托书.pdf")}
	r.do(filing(func(b map[string]any) {
		b["badCredit"] = map[string]any{"reason": "失信被执行人", "evidence": []any{proof}}
	})).problem(t, http.StatusForbidden, string(engine.NotAllowed))

	nothing := r.do(filing(func(b map[string]any) {
		b["cause"] = map[string]any{"reason": "抢修", "evidence": []any{proof}}
	})).problem(t, http.StatusUnprocessableEntity, string(engine.BadData))
	require.Equal(t, "cause", nothing.Where, "by these answers nothing was done first")
	ask := r.do(req{method: "POST", path: "/v1/items/" + tolerantItem + "/checklist", as: "clerk", key: "-", body: map[string]any{
		"answers": map[string]any{"wide": false, "vows": true}, "form": map[string]any{"staff": 3},
	}})
	require.Equal(t, http.StatusOK, ask.status, string(ask.body))
	var list gen.Checklist
	ask.into(t, &list)
	require.Len(t, list.Promises, 1)
	require.Equal(t, []string{"deed"}, list.Promises[0].Replaces)
	for _, p := range list.Papers {
		switch p.Id {
		case "plan":
			require.Equal(t, "5wd", p.Follow)
		case "deed":
			require.Equal(t, "promised", string(p.Need))
		}
	}

	a := r.do(filing(func(b map[string]any) {
		b["agent"] = map[string]any{"name": "代办员", "until": "2099-01-01", "evidence": proof}
	}))
	require.Equal(t, http.StatusCreated, a.status, string(a.body))
	var s gen.Started
	a.into(t, &s)
	track := s.Number + " " + s.TrackCode

	papers := r.papers(s.Number)
	require.Equal(t, gen.PaperViewStatus(engine.PaperDeferred), papers["plan"].Status)
	require.Equal(t, gen.PaperViewStatus(engine.PaperPromised), papers["deed"].Status)

	var dossier gen.GetDossier200JSONResponse
	r.do(req{method: "GET", path: "/v1/cases/" + s.Number + "/dossier", as: "clerk"}).into(t, &dossier)
	i := slices.IndexFunc(dossier.Entries, func(e gen.DossierEntry) bool { return e.Undertaking != nil })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, "agent", dossier.Entries[i].Undertaking.By)
	require.Equal(t, "plan", dossier.Entries[i].Undertaking.Papers[0].Paper)
	file := func(as, hash string) answer {
		return r.do(req{method: "GET", path: "/v1/cases/" + s.Number + "/files/" + hash, as: as})
	}
	signed := dossier.Entries[i].Undertaking.Hash
	require.True(t, strings.HasPrefix(string(file("lead", signed).body), "%PDF"), "the lead reads what the applicant has signed")
	file("stranger", signed).problem(t, http.StatusForbidden, "not-involved")
	file("lead", r.paper("clerk", "别的.pdf")).problem(t, http.StatusNotFound, "no-such-file")
	r.must("clerk", s.Number, "accept", "receive", nil)
	r.must("one", s.Number, "agree", "one", nil)
	file("two", signed).problem(t, http.StatusNotFound, "no-such-file")
	r.must("two", s.Number, "inform", "two", map[string]any{"name": "邻户", "reason": "相邻"})
	r.must("two", s.Number, "hear", "", map[string]any{"of": "interested.1", "reason": "无异议", "evidence": []any{map[string]any{"name": "x.pdf", "hash": signed}}})
	file("two", signed).problem(t, http.StatusNotFound, "no-such-file") // who names a file once more opens nothing by it
	own := r.paper("two", "照片.pdf")
	r.must("two", s.Number, "hear", "", map[string]any{"of": "interested.1", "reason": "补充", "evidence": []any{map[string]any{"name": "照片.pdf", "hash": own}}})
	require.Equal(t, http.StatusOK, file("two", own).status)
	other := r.paper("clerk", "别案.pdf")
	r.must("two", s.Number, "hear", "", map[string]any{"of": "interested.1", "reason": "再补充", "evidence": []any{map[string]any{"name": "y.pdf", "hash": other}}})
	file("two", other).problem(t, http.StatusNotFound, "no-such-file") // nor does who names one that somebody else has uploaded
	r.must("two", s.Number, "agree", "two", nil)
	permit := map[string]any{"outputs": []any{map[string]any{"id": "permit", "number": "P-1"}}}
	r.act("lead", s.Number, "grant", "conclude", permit).problem(t, http.StatusConflict, string(engine.GateShut))
	up := r.paper("clerk", "plan.pdf")
	done := r.do(req{method: "POST", path: "/v1/track/fulfil", track: track, body: map[string]any{"papers": []any{map[string]any{"id": "plan", "hash": up}}}})
	require.Equal(t, http.StatusOK, done.status, string(done.body))
	require.Equal(t, gen.PaperViewStatus(engine.PaperPresent), r.papers(s.Number)["plan"].Status)
	r.must("lead", s.Number, "grant", "conclude", permit)
	retract := req{method: "POST", path: "/v1/track/retract", track: track, body: map[string]any{"answers": map[string]any{"vows": false}}}
	r.do(retract).problem(t, http.StatusConflict, string(engine.Signed))
	r.must("clerk", s.Number, "hand", "handOut", map[string]any{"way": "counter"})

	r.orderedToPutRight(s.Number, track)

	// the case is closed, its check lives on, and failing it puts the permit in question
	r.must("lead", s.Number, "judge", "", map[string]any{"duty": "verify", "finding": "failed", "reason": "不符", "evidence": []any{proof}})
	r.act("lead", s.Number, "annul", "", map[string]any{"reason": "承诺不实", "basis": "行政许可法第六十九条"}).problem(t, http.StatusConflict, string(engine.TooSoon))
	var view gen.TrackView
	r.do(req{method: "GET", path: "/v1/track", track: track}).into(t, &view)
	i = slices.IndexFunc(view.Asks, func(a gen.TrackAsk) bool { return a.Kind == gen.TrackAskKindDefend })
	require.GreaterOrEqual(t, i, 0, "the holder is asked for his side")
	require.Equal(t, []any{gen.WhyInQuestionFailed, "不符"}, []any{view.Asks[i].Why, view.Asks[i].Reason})
	require.NotEmpty(t, view.Asks[i].Failing)
	require.True(t, view.Asks[i].Due.After(view.Asks[i].OpenedAt))
	require.Equal(t, []any{gen.WhyInQuestionFailed, view.Asks[i].Failing, view.Asks[i].Due}, []any{view.Questions[0].Why, view.Questions[0].Duty, view.Questions[0].Until})
	said := r.do(req{method: "POST", path: "/v1/track/defend", track: track, body: map[string]any{
		"reason": "已整改", "evidence": []any{map[string]any{"name": "整改照片.pdf", "hash": r.paper("clerk", "整改照片.pdf"), "type": "application/pdf"}},
	}})
	require.Equal(t, http.StatusOK, said.status, string(said.body))
	r.do(req{method: "GET", path: "/v1/cases/" + s.Number + "/dossier?kind=annulment", as: "lead"}).into(t, &dossier)
	proofOf := file("lead", dossier.Entries[0].Annulment.Defences[0].Evidence[0].Hash)
	require.Equal(t, http.StatusOK, proofOf.status, string(proofOf.body))
	_, named, err := mime.ParseMediaType(proofOf.header.Get("Content-Disposition"))
	require.NoError(t, err)
	require.Equal(t, "整改照片.pdf", named["filename"], "whoever decides reads what the holder relies on")
	require.Equal(t, "application/pdf", proofOf.header.Get("Content-Type"))
	r.must("lead", s.Number, "annul", "", map[string]any{"reason": "承诺不实", "basis": "行政许可法第六十九条"})
	var c gen.Case
	r.do(req{method: "GET", path: "/v1/cases/" + s.Number, as: "lead"}).into(t, &c)
	require.Equal(t, string(engine.Granted), c.Case.Outcome)
	require.Subset(t, c.Case.Flags, []string{"promised", "tolerant", "agent"})
}

// orderedToPutRight has what the check found short ordered to be put right: whoever checks is offered it and says what and
// until when, the holder sees it on his page and says there that it is done, and it waits to be looked at again.
func (r *rig) orderedToPutRight(number, track string) {
	t := r.t
	offered := func(task, act string) map[string]gen.ActField {
		var list gen.ActOptions
		r.do(req{method: "GET", path: "/v1/cases/" + number + "/tasks/" + task + "/acts", as: "lead"}).into(t, &list)
		fields := map[string]gen.ActField{}
		for _, o := range list.Acts {
			if o.Act == act {
				for _, f := range o.Fields {
					fields[f.Field] = f
				}
			}
		}
		return fields
	}
	judged := offered("duty.verify", "judge")
	require.Equal(t, []string{"met", "failed", "fix"}, ids(judged["finding"].Choices))
	require.Contains(t, judged, "points")
	require.Equal(t, calendar.Text{ZH: "理由", EN: "Reason"}, judged["reason"].Label, "what a finding against the holder says is no remark")
	require.Contains(t, judged, "until")
	until := calendar.DateOf(r.clock.Now()).AddDays(12)
	order := map[string]any{"duty": "verify", "finding": "fix", "reason": "现场与承诺不符", "points": []any{map[string]any{"text": "缺标识"}}}
	r.act("lead", number, "judge", "", order).problem(t, http.StatusUnprocessableEntity, string(engine.BadData))
	order["until"] = until.String()
	r.must("lead", number, "judge", "", order)

	var view gen.TrackView
	r.do(req{method: "GET", path: "/v1/track", track: track}).into(t, &view)
	i := slices.IndexFunc(view.Asks, func(a gen.TrackAsk) bool { return a.Kind == gen.TrackAskKindRectify })
	require.GreaterOrEqual(t, i, 0, "the holder is asked to put it right")
	require.Equal(t, []string{"verify", "承诺核查"}, []string{view.Asks[i].Duty, view.Asks[i].Name})
	j := slices.IndexFunc(view.Notices, func(n gen.Notice) bool { return n.Kind == gen.NoticeKindFix })
	require.GreaterOrEqual(t, j, 0)
	require.Equal(t, []string{"fix.verify", "责令限期整改通知书", "缺标识"}, []string{view.Notices[j].Id, view.Notices[j].Title, view.Notices[j].Lines[0].Reason})
	require.GreaterOrEqual(t, view.Notices[j].Until, until)
	r.moreTimeIsAskedFor(number, track, view.Asks[i])
	said := r.do(req{method: "POST", path: "/v1/track/rectify", track: track, body: map[string]any{
		"duty": "verify", "statements": []any{map[string]any{"of": "point1", "text": "已加装"}},
		"evidence": []any{map[string]any{"name": "照片.pdf", "hash": r.paper("clerk", "整改后.pdf")}},
	}})
	require.Equal(t, http.StatusOK, said.status, string(said.body))
	var dossier gen.GetDossier200JSONResponse
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/dossier?kind=duty", as: "lead"}).into(t, &dossier)
	k := slices.IndexFunc(dossier.Entries, func(e gen.DossierEntry) bool { return e.Duty.ID == "verify" })
	require.Equal(t, engine.DutyRecheck, dossier.Entries[k].Duty.Status)
	o := dossier.Entries[k].Duty.Orders[0]
	require.Equal(t, []string{"已加装", "照片.pdf"}, []string{o.Points[0].Statement, o.Shown[0].Name})
	require.Equal(t, http.StatusOK, r.do(req{method: "GET", path: "/v1/cases/" + number + "/files/" + o.Shown[0].Hash, as: "lead"}).status)
	require.NotContains(t, offered("judge.verify%232", "judge"), "points", "there was one order, and there is no second")
}

// moreTimeIsAskedFor has the holder ask for more time on his page, twice: it waits with whoever ordered it, who says no,
// then gives it; the holder reads both, without names.
func (r *rig) moreTimeIsAskedFor(number, track string, ask gen.TrackAsk) {
	t := r.t
	require.Equal(t, []any{"duty.verify.fix", "5wd", false}, []any{ask.More.Clock, ask.More.Time, ask.More.Proof})
	require.NotEmpty(t, ask.More.By.ZH)
	asks := func(reason string) {
		x := r.do(req{method: "POST", path: "/v1/track/askTime", track: track, body: map[string]any{
			"clock": ask.More.Clock, "reason": reason, "evidence": []any{map[string]any{"name": "合同.pdf", "hash": r.paper("clerk", "合同"+reason+".pdf")}},
		}})
		require.Equal(t, http.StatusOK, x.status, string(x.body))
	}
	look := func() gen.TrackView {
		var view gen.TrackView
		r.do(req{method: "GET", path: "/v1/track", track: track}).into(t, &view)
		return view
	}
	r.do(req{method: "POST", path: "/v1/track/askTime", track: track, body: map[string]any{"clock": ask.More.Clock}}).problem(t, http.StatusBadRequest, "bad-request")
	asks("尚未到货")
	view := look()
	require.Equal(t, []any{gen.TrackDelayStatusOpen, "尚未到货", "合同.pdf"}, []any{view.Delays[0].Status, view.Delays[0].Reason, view.Delays[0].Evidence[0]})
	for _, a := range view.Asks {
		require.Empty(t, a.More.Clock, "he has asked")
	}
	var list gen.ActOptions
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/tasks/delay.1/acts", as: "lead"}).into(t, &list)
	require.Equal(t, []string{"extend", "refuseTime"}, []string{list.Acts[0].Act, list.Acts[1].Act})
	require.True(t, list.Acts[0].Allowed && list.Acts[1].Allowed)
	r.must("lead", number, "refuseTime", "", map[string]any{"reason": "请附订货合同"})
	asks("厂家延期")
	r.must("lead", number, "extend", "", map[string]any{"clock": ask.More.Clock, "reason": "同意"})
	view = look()
	require.Equal(t, []gen.TrackDelayStatus{gen.TrackDelayStatusGranted, gen.TrackDelayStatusRefused}, []gen.TrackDelayStatus{view.Delays[0].Status, view.Delays[1].Status})
	require.Equal(t, "请附订货合同", view.Delays[1].Answer)
	require.Greater(t, view.Delays[0].Until, view.Delays[0].Day)
	var dossier gen.GetDossier200JSONResponse
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/dossier?kind=delay", as: "lead"}).into(t, &dossier)
	require.Len(t, dossier.Entries, 2)
	require.Equal(t, http.StatusOK, r.do(req{method: "GET", path: "/v1/cases/" + number + "/files/" + dossier.Entries[0].Delay.Evidence[0].Hash, as: "lead"}).status, "who decides reads what proves it")
}

func ids(list []gen.ActChoice) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Id
	}
	return out
}
