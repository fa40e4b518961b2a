package definition

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// oneOrgan is a licence decided by one organ, without a finding; its lines are
// exchanged one by one for what the law allows beside it and what it does not.
const oneOrgan = `language: lianban/v1
item:
  code: "L1"
  name: 某许可
  version: "1"
  effective: "2026-01-01"
  type: licence
  level: county
  lead: market
  basis: 行政许可法第五十条
  statutory: 20wd
  promised: 20wd
parties:
  hall:   {name: 综合窗口, kind: hall}
  market: {name: 市场监管部门, kind: department}
  gov:    {name: 县人民政府, kind: government}
guide: {remedy: 可以自知道之日起六十日内申请行政复议，或者六个月内提起行政诉讼。}
form: {type: object, properties: {site: {type: string}, since: {type: string, format: date}}, required: [site]}
materials:
  permit: {name: 原许可证, from: [applicant], basis: 行政许可法第五十条}
pauses:
  p: {kind: expert-review, stops: [statutory, promised], max: 20wd, notice: 特殊程序期限告知书, basis: 行政许可法第四十五条}
process:
  - {intake: receive, by: hall, answer: {time: 10wd, late: lapse}}
  - {publicity: posting, by: market, time: 10wd, where: [site], shows: [form.site]}
  - {visit: look, by: market, limit: 5wd, parties: [market], rectify: {time: 5wd}}
  - {decide: renew, by: market, limit: 3wd, reads: [permit], pauses: [p], gives: {renewed: {kind: certificate, name: 证}}}
  - {issue: handOut, by: hall, ways: [counter]}
`

// The places of oneOrgan that cases change.
const (
	ownClock    = "statutory: 20wd"
	ownPause    = "{kind: expert-review, stops: [statutory, promised], max: 20wd, notice: 特殊程序期限告知书, basis: 行政许可法第四十五条}"
	ownIntake   = "by: hall, answer"
	ownPosting  = "shows: [form.site]"
	ownVisit    = "parties: [market], rectify: {time: 5wd}"
	ownDecision = "limit: 3wd, reads: [permit]"
	ownHandOut  = "ways: [counter]"
)

// stopping is a pause that stops the legal clock.
func stopping(kind, basis string) string {
	return "{kind: " + kind + ", stops: [statutory], max: 20wd, notice: 特殊程序期限告知书, basis: " + basis + "}"
}

func TestWhatTheLawAllowsAndWhatNot(t *testing.T) {
	t.Parallel()
	hearing := []string{ownPosting + "}", ownPosting + "}\n  - {hearing: listen, by: market, pause: p}"}
	several := []string{ownDecision, ownDecision + ", tells: [gov]", "  - {decide: renew", "  - {decide: first, by: gov, item: {name: 前置, type: other}, limit: 3wd, reads: [permit]}\n  - {decide: renew"}
	for _, k := range []struct {
		why  string
		edit []string // pairs of old and new
		code string   // empty: lawful
		path string
	}{
		{"the licence as it is", nil, "", ""},

		// 行政许可法第四十五条: which step may stop the legal clock by what.
		{"a posting by an expert review", []string{ownPosting, ownPosting + ", pause: p"}, "A103", "posting.pause"},
		{"a posting that stops the promise only", []string{ownPosting, ownPosting + ", pause: p", ownPause, "{kind: publicity, stops: [promised], max: 10wd}"}, "", ""},
		{"a posting by a special law", []string{ownPosting, ownPosting + ", pause: p", ownPause, stopping("publicity", "某某条例第九条")}, "", ""},
		{"a visit by an expert review", []string{ownVisit, ownVisit + ", pause: p"}, "A103", "look.pause"},
		{"a visit by a special law", []string{ownVisit, ownVisit + ", pause: p", ownPause, stopping("site-visit", "某某法第九条")}, "", ""},
		{"a visit that is the testing of article 55", []string{ownVisit, ownVisit + ", pause: p", ownPause, stopping("testing", "行政许可法第四十五条")}, "", ""},
		{"putting right by an expert review", []string{"rectify: {time: 5wd}", "rectify: {time: 5wd, pause: p}"}, "A103", "look.rectify.pause"},
		{"putting right by testing", []string{"rectify: {time: 5wd}", "rectify: {time: 5wd, pause: p}", ownPause, stopping("testing", "行政许可法第四十五条")}, "A103", "look.rectify.pause"},
		{"putting right that stops the promise only", []string{"rectify: {time: 5wd}", "rectify: {time: 5wd, pause: p}", ownPause, "{kind: rectification, stops: [promised], max: 10wd}"}, "", ""},
		{"a hearing by an expert review", hearing, "A103", "listen.pause"},
		{"a hearing by a hearing", append([]string{ownPause, stopping("hearing", "行政许可法第四十五条")}, hearing...), "", ""},

		// The same: what is a special law.
		{"another procedure by an order of the office", []string{ownPause, stopping("other", "本局内部规定")}, "A103", "pauses.p.stops"},
		{"another procedure by measures", []string{ownPause, stopping("other", "某某管理办法第三条")}, "A103", "pauses.p.stops"},
		{"another procedure by a document", []string{ownPause, stopping("other", "某政办发〔2021〕34号")}, "A103", "pauses.p.stops"},
		{"another procedure by the Licensing Law", []string{ownPause, stopping("other", "中华人民共和国行政许可法第四十五条")}, "A103", "pauses.p.stops"},
		{"another procedure by a law", []string{ownPause, stopping("other", "食品安全法第三十五条")}, "", ""},
		{"another procedure by a law beside the Licensing Law", []string{ownPause, stopping("other", "行政许可法、食品安全法")}, "", ""},
		{"another procedure by a regulation", []string{ownPause, stopping("other", `[{law: 某省某某条例, article: "8"}]`)}, "", ""},
		{"another procedure by measures of the State Council", []string{ownPause, stopping("other", "某某暂行办法（国务院令第649号）")}, "", ""},

		// 第四十二条: who extends, by how much, from when.
		{"more time by the organ's head", []string{ownClock, "statutory: {time: 20wd, extend: {time: 10wd, role: organ-head}}"}, "", ""},
		{"more time by whoever coordinates", []string{ownClock, "statutory: {time: 20wd, extend: {time: 10wd, role: lead}}"}, "A107", "item.statutory.extend.role"},
		{"more time by the head of the government", []string{ownClock, "statutory: {time: 20wd, extend: {time: 10wd, role: government-head}}"}, "A107", "item.statutory.extend.role"},
		{"more time by the head of the government that decides", []string{ownClock, "statutory: {time: 20wd, extend: {time: 10wd, role: government-head}}", "lead: market", "lead: gov", "{decide: renew, by: market", "{decide: renew, by: gov"}, "", ""},
		{"more time jointly by the head of the government", []string{ownClock, "mode: joint\n  statutory: {time: 45wd, extend: {time: 15wd, role: government-head}}"}, "", ""},
		{"more time jointly by the organ's head", []string{ownClock, "mode: joint\n  statutory: {time: 45wd, extend: {time: 15wd, role: organ-head}}"}, "A107", "item.statutory.extend.role"},
		{"the same where several decide", append([]string{ownClock, "statutory: {time: 45wd, extend: {time: 15wd, role: organ-head}}"}, several...), "A107", "item.statutory.extend.role"},
		{"what the organ's head adds within 45 days", append([]string{ownClock, "statutory: {time: 20wd, extend: {time: 10wd, role: organ-head}}"}, several...), "", ""},
		{"the same by whoever coordinates", append([]string{ownClock, "statutory: {time: 20wd, extend: {time: 10wd, role: lead}}"}, several...), "A107", "item.statutory.extend.role"},
		{"another role by a special law", []string{ownClock, "statutory: {time: 20wd, extend: {time: 10wd, role: government-head}, basis: 某某条例第九条}"}, "", ""},
		{"longer by an order of the office", []string{ownClock, "statutory: {time: 30wd, basis: 本局内部规定}"}, "A107", "item.statutory"},
		{"longer by a special law", []string{ownClock, "statutory: {time: 30wd, basis: 某某条例第九条}"}, "", ""},
		{"from the receipt", []string{ownClock, "statutory: {time: 20wd, from: receipt}"}, "", ""},
		{"from a day of the form", []string{ownClock, "statutory: {time: 20wd, from: form.since}"}, "A107", "item.statutory.from"},
		{"from the end of a step", []string{ownClock, "statutory: {time: 20wd, from: posting}"}, "A107", "item.statutory.from"},
		{"from the decision", []string{ownClock, "statutory: {time: 20wd, from: decision}"}, "A107", "item.statutory.from"},
		{"from a day of the form by a special law", []string{ownClock, "statutory: {time: 20wd, from: form.since, basis: 某某条例第九条}"}, "", ""},
		{"a decision's own from its start", []string{ownDecision, "statutory: {time: 20wd, extend: {time: 10wd, role: organ-head}}, " + ownDecision}, "", ""},
		{"a decision's own from what went before it", []string{ownDecision, "statutory: {time: 20wd, from: posting}, " + ownDecision}, "", ""},
		{"a decision's own from a day of the form", []string{ownDecision, "statutory: {time: 20wd, from: form.since}, " + ownDecision}, "A107", "renew.statutory.from"},
		{"a decision's own extended by whoever coordinates", []string{ownDecision, "statutory: {time: 20wd, extend: {time: 10wd, role: lead}}, " + ownDecision}, "A107", "renew.statutory.extend.role"},

		// 第三十二条: the five days of the intake.
		{"an intake of five days from the receipt", []string{ownIntake, "by: hall, limit: {time: 5wd, from: receipt, late: accept}, answer"}, "", ""},
		{"an intake to be extended", []string{ownIntake, "by: hall, limit: {time: 5wd, extend: {time: 15wd, role: organ-head, times: 3}}, answer"}, "A109", "receive.limit.extend"},
		{"an intake from a day of the form", []string{ownIntake, "by: hall, limit: {time: 5wd, from: form.since}, answer"}, "A109", "receive.limit.from"},
		{"a longer intake by an order of the office", []string{ownIntake, "by: hall, limit: {time: 7wd, basis: 本局内部规定}, answer"}, "A109", "receive.limit"},
		{"a longer intake by a special law", []string{ownIntake, "by: hall, limit: {time: 7wd, basis: 某某条例第九条}, answer"}, "", ""},

		// Keys nothing would come of.
		{"silence as a grant on the limit", []string{ownDecision, "limit: {time: 24h, from: form.since, late: grant, basis: 行政许可法第五十条}, reads: [permit]"}, "", ""},
		{"silence as a grant on the legal clock", []string{ownDecision, "statutory: {time: 5wd, late: grant, basis: 某省条例第八条}, " + ownDecision}, "R103", "statutory.late"},
		{"a hand-out in five days", []string{ownHandOut, ownHandOut + ", limit: {time: 5wd, from: decision}"}, "", ""},
		{"a hand-out from the receipt", []string{ownHandOut, ownHandOut + ", limit: {time: 5wd, from: receipt}"}, "R103", "limit.from"},
		{"a hand-out to be extended", []string{ownHandOut, ownHandOut + ", limit: {time: 5wd, extend: {time: 5wd, role: organ-head}}"}, "R103", "limit.extend"},
		{"a late hand-out by an order of the office", []string{ownHandOut, ownHandOut + ", limit: {time: 15wd, basis: 本局内部规定}"}, "A110", "handOut.limit"},
		{"an output sealed by another", []string{"kind: certificate, name: 证", "kind: certificate, name: 证, seals: [gov]"}, "R103", "gives.renewed.seals"},
	} {
		t.Run(k.why, func(t *testing.T) {
			t.Parallel()
			src := oneOrgan
			for i := 0; i < len(k.edit); i += 2 {
				require.Equal(t, 1, strings.Count(src, k.edit[i]), "%q stands once in\n%s", k.edit[i], src)
				src = strings.Replace(src, k.edit[i], k.edit[i+1], 1)
			}
			f, _ := ParseFile("licence.yaml", []byte(src))
			found := append(Check(f, nil), CheckRunnable(f, nil)...)
			if k.code == "" {
				require.Empty(t, found.Render("en"))
				return
			}
			require.Len(t, found, 1, found.Render("en"))
			require.Equal(t, k.code, found[0].Code)
			require.Equal(t, k.path, found[0].Path)
			for _, lang := range []string{"zh", "en"} {
				t.Log(found[0].Render(lang))
			}
			require.NotEmpty(t, found[0].Fix.ZH)
			require.NotEmpty(t, found[0].Fix.EN)
		})
	}
}
