package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/definitions"
)

func (r *rig) play(text string, moves ...map[string]any) gen.Played {
	r.t.Helper()
	if moves == nil {
		moves = []map[string]any{}
	}
	a := r.do(req{method: "POST", path: "/v1/definitions/play", as: "analyst", body: map[string]any{"text": text, "moves": moves}})
	require.Equal(r.t, 200, a.status, string(a.body))
	var out gen.Played
	a.into(r.t, &out)
	return out
}

func actOf(t *testing.T, p gen.Played, party, do string) gen.PlayAct {
	t.Helper()
	for _, x := range p.Parties {
		for _, k := range x.Tasks {
			for _, a := range k.Acts {
				if x.Party == party && a.Do == do {
					return a
				}
			}
		}
	}
	t.Fatalf("%s is offered no %s", party, do)
	return gen.PlayAct{}
}

// A definition is played from the first question to the last hand-out, and no case is there afterwards.
func TestADefinitionIsPlayed(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	text := testItem(t)
	none := r.play(text)
	require.Empty(t, none.Moves)
	require.Empty(t, none.Status)
	require.NotEmpty(t, none.Questions)
	require.True(t, none.Questions[0].Asked)
	require.NotEmpty(t, none.Form["properties"])

	file := map[string]any{"do": "file", "at": "2026-03-02T09:00", "data": map[string]any{
		"answers": map[string]any{"wide": false}, "form": map[string]any{"applicant": map[string]any{"name": "张三", "idNumber": "440301199001011234"}, "staff": 3},
	}}
	moves := []map[string]any{file}
	then := func(m map[string]any) gen.Played {
		moves = append(moves, m)
		out := r.play(text, moves...)
		require.Len(t, out.Moves, len(moves))
		last := out.Moves[len(moves)-1]
		require.True(t, last.Ok, "%v", last)
		return out
	}
	filed := r.play(text, file)
	require.Equal(t, "received", filed.Status)
	require.Equal(t, "applicant", filed.Moves[0].By)
	require.Equal(t, false, filed.Questions[0].Answer)
	require.Equal(t, "hall.clerk", actOf(t, filed, "hall", "accept").By)
	refuse := actOf(t, filed, "hall", "refuse")
	require.Equal(t, "不予受理", refuse.Name.ZH)
	require.Equal(t, "reason", refuse.Fields[0].Field, "what must be said with it comes first, as in a case")
	require.True(t, refuse.Fields[0].Needed)
	require.True(t, slices.ContainsFunc(refuse.Fields, func(f gen.ActField) bool { return f.Field == "outcome" && len(f.Choices) == 3 }))
	require.False(t, slices.ContainsFunc(refuse.Fields, func(f gen.ActField) bool { return f.Field == "step" || f.Field == "task" }))
	require.Equal(t, "收件", filed.Moves[0].Name.ZH)
	require.NotEmpty(t, filed.Clocks)
	require.NotEmpty(t, filed.Clocks[0].Why)
	require.NotZero(t, filed.NextAt)
	require.NotEmpty(t, filed.Waiting)
	require.Contains(t, filed.Timeline[0].Zh, "收到申请")
	require.True(t, slices.ContainsFunc(filed.Acts, func(a gen.PlayAct) bool { return a.Do == "withdraw" && a.By == "applicant" }))

	// what is refused ends the play; what comes after it is not played
	accept := actOf(t, filed, "hall", "accept")
	early := r.play(text, file, map[string]any{"do": "hand", "by": "hall.clerk"}, map[string]any{"do": "wait"})
	require.Len(t, early.Moves, 2)
	require.False(t, early.Moves[1].Ok)
	require.NotEmpty(t, early.Moves[1].Refusal.Code)
	require.NotEmpty(t, early.Moves[1].Refusal.Zh)

	p := then(map[string]any{"do": "accept", "by": accept.By, "step": accept.Step})
	require.Equal(t, "accepted", p.Status)
	require.Equal(t, "2026-03-02", p.AcceptedOn.String())
	for range 40 {
		if p.Status == "closed" {
			break
		}
		p = then(forward(t, p))
	}
	require.Equal(t, "closed", p.Status)
	require.Equal(t, "granted", p.Outcome)
	require.Equal(t, "handed", p.Results[0].Status)
	require.Equal(t, len(moves)-1, p.Timeline[len(p.Timeline)-1].Move)

	// time alone moves a case
	late := r.play(text, file, map[string]any{"do": "wait", "at": "2026-06-01T09:00"})
	require.Equal(t, "accepted", late.Status, "by silence")
	require.True(t, slices.ContainsFunc(late.Clocks, func(c gen.PlayedClock) bool { return c.Overdue }))

	var cases struct{ Cases []gen.CaseRow }
	r.do(req{method: "GET", path: "/v1/cases", as: "clerk"}).into(t, &cases)
	require.Empty(t, cases.Cases)
}

// forward is a move that brings a case on: the first of the acts people do to that end.
func forward(t *testing.T, p gen.Played) map[string]any {
	t.Helper()
	for _, do := range []string{"accept", "pass", "agree", "grant", "hand", "clear"} {
		for _, x := range p.Parties {
			for _, k := range x.Tasks {
				for _, a := range k.Acts {
					if a.Do != do {
						continue
					}
					m := map[string]any{"do": a.Do, "by": a.By, "task": k.Id}
					if a.Do == "hand" {
						m["data"] = map[string]any{"way": "counter"}
					}
					return m
				}
			}
		}
	}
	b, err := json.MarshalIndent(p.Parties, "", " ")
	require.NoError(t, err)
	t.Fatalf("nobody can bring it on: %s", b)
	return nil
}

func TestWhatCannotBePlayedIsSaid(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	broken := r.play(strings.Replace(testItem(t), "process:", "proces:", 1), map[string]any{"do": "file"})
	require.NotEmpty(t, broken.Findings)
	require.Empty(t, broken.Moves)
	require.NotEmpty(t, r.play(scenarioOf("granted")).Findings, "no item")
	half := r.play(testItem(t), map[string]any{"do": "file"})
	require.Equal(t, "bad-answer", half.Moves[0].Refusal.Code)
	require.NotEmpty(t, half.Questions)
	play := func(body map[string]any) answer {
		return r.do(req{method: "POST", path: "/v1/definitions/play", as: "analyst", body: body})
	}
	many := make([]any, 301)
	for i := range many {
		many[i] = map[string]any{"do": "wait"}
	}
	play(map[string]any{"text": testItem(t), "moves": many}).problem(t, 400, "bad-request")
	play(map[string]any{"text": strings.Repeat("#", 300_001), "moves": []any{}}).problem(t, 400, "bad-request")
	play(map[string]any{"text": testItem(t), "moves": []any{map[string]any{"do": "file", "who": "x"}}}).problem(t, 400, "bad-request")
	r.do(req{method: "POST", path: "/v1/definitions/play", as: "clerk", body: map[string]any{"text": "", "moves": []any{}}}).problem(t, 403, "not-permitted")
}

// What sources answer, who is not at his post, and what the supervision makes of it is played, too.
func TestAPlayHasSourcesPostsAndCards(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	require.Equal(t, 200, r.rules(string(definitions.Supervision())).status)
	text := strings.Replace(testItem(t), "wide: {ask: 是否征求全部意见？, type: boolean}", "wide: {ask: 是否征求全部意见？, type: boolean, from: [e-licence, applicant]}", 1)
	before := r.play(text)
	require.Equal(t, []gen.PlayedSource{{Source: "e-licence", Of: "wide", Name: "是否征求全部意见？", Question: true}}, before.Sources)

	data := func(result string) map[string]any {
		return map[string]any{"do": "file", "at": "2026-03-02T09:00", "data": map[string]any{
			"form": map[string]any{"applicant": map[string]any{"name": "张三", "idNumber": "440301199001011234"}, "staff": 3}, "sources": []any{map[string]any{"source": "e-licence", "of": "wide", "result": result, "value": true}}}}
	}
	found := r.play(text, data("found"))
	require.True(t, found.Moves[0].Ok, "%v", found.Moves[0].Refusal)
	require.Equal(t, true, found.Questions[0].Answer, "an answer found fills in the question")
	down := r.play(text, data("failed"))
	require.Equal(t, "bad-answer", down.Moves[0].Refusal.Code, "what no source tells, the applicant is asked")
	require.Equal(t, "bad-data", r.play(text, data("perhaps")).Moves[0].Refusal.Code)

	vacate := func(do, post string) map[string]any {
		return map[string]any{"do": do, "data": map[string]any{"post": post}}
	}
	require.Empty(t, found.Cards)
	empty := r.play(text, data("found"), vacate("vacate", "hall.clerk"))
	require.True(t, empty.Moves[1].Ok, "%v", empty.Moves[1].Refusal)
	require.Equal(t, "T11", empty.Cards[0].Rule)
	require.NotEmpty(t, empty.Cards[0].Name.ZH)
	at := slices.IndexFunc(empty.Posts, func(p gen.PlayedPost) bool { return p.Post == "hall.clerk" })
	require.True(t, empty.Posts[at].Vacant)
	require.Equal(t, "hall.organ-head", actOf(t, empty, "hall", "accept").By, "the head stands in")
	full := r.play(text, data("found"), vacate("vacate", "hall.clerk"), vacate("fill", "hall.clerk"))
	require.False(t, slices.ContainsFunc(full.Posts, func(p gen.PlayedPost) bool { return p.Vacant }))
	require.Equal(t, "hall.clerk", actOf(t, full, "hall", "accept").By)
	require.Equal(t, "not-found", r.play(text, data("found"), vacate("vacate", "hall.janitor")).Moves[1].Refusal.Code)
}
