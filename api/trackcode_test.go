package api_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/store"
)

func TestALostTrackingCodeIsGivenAnew(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, old := r.file()
	path := "/v1/cases/" + number + "/track-code"
	proof := func(change map[string]any) map[string]any {
		body := map[string]any{"bearer": "applicant", "name": applicantName, "document": "identity-card", "number": applicantID, "reason": "回执遗失"}
		maps.Copy(body, change)
		return body
	}
	post := func(as string, body map[string]any) answer {
		return r.do(req{method: "POST", path: path, as: as, body: body})
	}
	track := func(code string) answer {
		return r.do(req{method: "GET", path: "/v1/track", track: number + " " + code})
	}
	require.Equal(t, 200, track(old).status)
	r.must("clerk", number, "accept", "receive", nil)

	// Who may: a clerk of a window of the case.
	post("one", proof(nil)).problem(t, 403, "not-permitted")
	r.hire("elsewhere", "org-far", "clerk")
	post("elsewhere", proof(nil)).problem(t, 403, "not-involved")
	r.hire("watching", "org-watch", "clerk", "supervisor")
	post("watching", proof(nil)).problem(t, 403, "not-involved")
	r.do(req{method: "POST", path: "/v1/cases/nothing/track-code", as: "clerk", body: proof(nil)}).problem(t, 404, "no-such-case")

	for name, c := range map[string]struct {
		change map[string]any
		code   string
		where  string
	}{
		"another name":             {map[string]any{"name": "李四"}, "proof-differs", "/name"},
		"another number":           {map[string]any{"number": "440301199001011235"}, "proof-differs", "/number"},
		"no identity card":         {map[string]any{"number": "91440101MA5CXXXX0K"}, "bad-entry", "/number"},
		"no birthday":              {map[string]any{"number": "440301199013011234"}, "bad-entry", "/number"},
		"a passport's number":      {map[string]any{"document": "passport", "number": "E12345678"}, "proof-differs", "/number"},
		"no agent":                 {map[string]any{"bearer": "agent"}, "proof-differs", "/bearer"},
		"no authorisation":         {map[string]any{"bearer": "representative"}, "bad-entry", "/authority"},
		"an unknown one":           {map[string]any{"bearer": "representative", "authority": strings.Repeat("0", 64)}, "file-unknown", "authority"},
		"one too many":             {map[string]any{"authority": strings.Repeat("0", 64)}, "bad-entry", "/authority"},
		"a blank name":             {map[string]any{"name": "  "}, "bad-entry", "/name"},
		"a blank reason":           {map[string]any{"reason": "  "}, "bad-entry", "/reason"},
		"a number of other script": {map[string]any{"document": "passport", "number": "护照号码一二三"}, "bad-entry", "/number"},
	} {
		p := post("clerk", proof(c.change)).problem(t, 422, c.code)
		require.Equal(t, c.where, p.Where, name)
		require.NotContains(t, p.Zh+p.En+p.Actual.EN+p.Actual.ZH+p.Expected.EN+p.Expected.ZH, applicantName, name)
	}
	require.Equal(t, 200, track(old).status, "a refusal changes nothing")
	require.Empty(t, r.changes("?kind=track-code"))

	// Guesses end with the code they were at.
	for range 11 {
		track("AAAA-BBBB-CCCC")
	}
	require.Equal(t, 429, track(old).status)
	var receipt gen.TrackCodeReceipt
	a := post("clerk", proof(map[string]any{"name": "张三丰 测试", "number": "440301 19900101 1234"}))
	require.Equal(t, 200, a.status, string(a.body))
	a.into(t, &receipt)
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	require.Equal(t, number, receipt.Number)
	require.NotEmpty(t, receipt.OrgName)
	require.NotEqual(t, old, receipt.TrackCode)
	track(old).problem(t, 401, "bad-track")
	require.Equal(t, 200, track(receipt.TrackCode).status)

	// Somebody else, with an authorisation; the code given before ends, too.
	authority := r.paper("clerk", "授权委托书.pdf")
	var second gen.TrackCodeReceipt
	post("clerk", proof(map[string]any{"bearer": "representative", "name": "王五", "number": "440301198001011234", "authority": authority})).into(t, &second)
	track(receipt.TrackCode).problem(t, 401, "bad-track")
	require.Equal(t, 200, track(second.TrackCode).status)

	var list struct{ Issues []gen.TrackCodeIssue }
	raw := r.do(req{method: "GET", path: path, as: "clerk"})
	raw.into(t, &list)
	require.Len(t, list.Issues, 2)
	require.Equal(t, authority, list.Issues[0].Authority)
	require.False(t, list.Issues[0].Compared)
	require.Equal(t, "王五", list.Issues[0].Name)
	require.True(t, list.Issues[1].Compared)
	require.Equal(t, "1234", list.Issues[1].Ending)
	require.Equal(t, "回执遗失", list.Issues[1].Reason)
	require.NotContains(t, string(raw.body), applicantID)
	require.NotContains(t, string(raw.body), strings.ReplaceAll(second.TrackCode, "-", ""))
	r.do(req{method: "GET", path: path, as: "one"}).problem(t, 403, "not-permitted")

	changes := r.changes("?kind=track-code&subject=" + number)
	require.Len(t, changes, 2)
	require.Equal(t, "reissue", changes[0].Act)
	require.Empty(t, r.broken())
	require.NotContains(t, r.log.String(), applicantID)
	require.NotContains(t, r.log.String(), second.TrackCode)
}

func TestAnAgentGetsTheTrackingCode(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	const item = "11210300MB0X12345A4000991001000"
	r.publish("with-agents", func(s string) string {
		return strings.NewReplacer(itemCode, item, "  mode: joint\n", "  mode: joint\n  agents: true\n").Replace(s)
	})
	body := r.application()
	body["item"] = item
	day := r.today()
	body["agent"] = map[string]any{"name": "赵六", "id": "440301197001011234", "until": day.String(), "evidence": map[string]any{"name": "委托书", "hash": r.paper("clerk", "委托书.pdf")}}
	number := r.start(body)
	path := "/v1/cases/" + number + "/track-code"
	proof := map[string]any{"bearer": "agent", "name": "赵六", "document": "identity-card", "number": "440301197001011234", "reason": "回执遗失"}
	require.Equal(t, 200, r.do(req{method: "POST", path: path, as: "clerk", body: proof}).status)
	proof["number"] = applicantID
	r.do(req{method: "POST", path: path, as: "clerk", body: proof}).problem(t, 422, "proof-differs")
	_, err := r.store.MoveBusinessClock(t.Context(), 48*60*60*1e9)
	require.NoError(t, err)
	proof["number"] = "440301197001011234"
	r.eventually("the authorisation has ended", func() bool {
		a := r.do(req{method: "POST", path: path, as: "clerk", body: proof})
		return a.status == 422 && a.problem(t, 422, "proof-differs").Where == "/bearer"
	})
	issues, err := r.store.TrackCodeIssues(t.Context(), number, 10)
	require.NoError(t, err)
	require.Equal(t, store.TrackCodeProof{Bearer: "agent", Name: "赵六", Document: "identity-card", Ending: "1234", Compared: true, Reason: "回执遗失"}, issues[0].Proof)
}
