package api_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/store"
)

// closedCase is a case that was granted and handed out, and whose workflow has ended.
func (r *rig) closedCase() string {
	r.t.Helper()
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	r.must("one", number, "agree", "one", nil)
	r.must("two", number, "agree", "two", nil)
	r.must("lead", number, "grant", "conclude", map[string]any{"reason": "材料齐全", "outputs": []any{map[string]any{"id": "permit", "number": "测许1号"}}})
	r.must("clerk", number, "hand", "handOut", map[string]any{"way": "counter"})
	r.ended(number)
	return number
}

func (r *rig) ended(number string) {
	r.t.Helper()
	r.eventually("the workflow ends", func() bool {
		d, err := r.temporal.DescribeWorkflowExecution(r.t.Context(), number, "")
		return err == nil && d.WorkflowExecutionInfo.CloseTime != nil
	})
}

func (r *rig) corrections(number string) []engine.Correction {
	r.t.Helper()
	rows, _, err := r.store.CaseRows(r.t.Context(), number)
	require.NoError(r.t, err)
	var out []engine.Correction
	for _, d := range rows.Dossier {
		if d.Correction != nil {
			out = append(out, *d.Correction)
		}
	}
	return out
}

func wording(field, to string) map[string]any {
	return map[string]any{"reason": "打印错误", "corrections": []any{map[string]any{"field": field, "to": to}}}
}

// A clerical error found after the case has ended is corrected through the same door as any other.
func TestAnEndedCaseIsCorrected(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number := r.closedCase()

	q := r.acting("lead", number, "correct", "conclude", wording("reason", "材料齐全，符合条件"))
	q.key = uuid.NewString()
	first := r.do(q)
	require.Equal(t, 200, first.status, string(first.body))
	r.ended(number)
	require.JSONEq(t, string(first.body), string(r.do(q).body), "a repeated key gets the first answer")
	require.Len(t, r.corrections(number), 1)
	r.act("lead", number, "correct", "conclude", wording("reason", "材料齐全，符合条件")).problem(t, 422, "bad-data")
	r.act("one", number, "correct", "conclude", wording("reason", "另有理由")).problem(t, 403, "not-allowed")
	r.act("clerk", number, "hand", "handOut", map[string]any{"way": "counter"}).problem(t, 409, "case-closed")

	// A result that is out already has to be handed out anew, so the case goes on for that.
	number2 := wording("number", "测许2号")
	number2["output"] = "permit"
	r.must("lead", number, "correct", "", number2)
	r.must("lead", number, "fulfil", "", map[string]any{"duty": "corrected.permit", "reason": "已换发"})
	r.ended(number)
	require.Len(t, r.corrections(number), 2)
	require.Equal(t, "closed", string(r.status(number)))
}

// A closed case that still binds somebody hears of a calendar and of time like an open one.
func TestADutyThatOutlivesItsCaseHearsOfTimeAndCalendars(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.hire("admin", "org-watch", "admin")
	number, over := r.closedCase(), r.closedCase()
	again := wording("number", "测许2号")
	again["output"] = "permit"
	r.must("lead", number, "correct", "", again)
	require.Equal(t, engine.Closed, r.status(number))
	const duty = "duty.corrected.permit"
	before := r.clocks(number)[duty]
	require.True(t, before.Clock.EndedAt.IsZero())

	var preview gen.CalendarPreview
	body := r.closure(1, 13)
	r.do(req{method: "POST", path: "/v1/calendars/preview", as: "admin", body: body}).into(t, &preview)
	require.Equal(t, 1, preview.Cases, "and no case that is over: "+over)
	require.Equal(t, duty, preview.Moves[0].Clock)
	require.Contains(t, preview.Moves[0].Name.ZH, "义务“", "the limit of a duty is named, not told by its id")
	require.NotContains(t, preview.Moves[0].Name.ZH, "corrected.permit")
	require.Equal(t, 200, r.do(req{method: "POST", path: "/v1/calendars", as: "admin", key: uuid.NewString(), body: body}).status)
	r.eventually("the case is told of the calendar", func() bool { return r.clocks(number)[duty].Clock.Day == preview.Moves[0].To })
	require.Greater(t, preview.Moves[0].To, before.Clock.Day)

	require.Equal(t, 200, r.do(req{method: "POST", path: "/v1/clock/advance", key: uuid.NewString(), body: map[string]any{"by": 60 * 24 * 3600}}).status)
	r.eventually("its time is over", func() bool { return r.clocks(number)[duty].Clock.Overdue })
}

// A result is put in question long after its case has ended; its holder is heard before it is taken from him.
func TestAnEndedCaseIsChallengedAndTheHolderIsHeard(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, code := r.file()
	r.finish(number)
	r.ended(number)
	r.act("one", number, "challenge", "", map[string]any{"ground": "fraud", "reason": "材料虚假"}).problem(t, 403, "not-allowed")
	r.act("lead", number, "challenge", "", map[string]any{"ground": "unfair", "reason": "材料虚假"}).problem(t, 400, "bad-request")
	grounds := fieldNamed(t, r.acts("lead", "/v1/cases/"+number+"/acts")["challenge"], "ground").Choices
	require.Equal(t, "以欺骗、贿赂等不正当手段取得", grounds[len(grounds)-1].Name.ZH)
	r.must("lead", number, "challenge", "", map[string]any{"ground": "fraud", "reason": "材料虚假", "name": "邻户"})
	annul := map[string]any{"reason": "材料虚假", "basis": "行政许可法第六十九条第二款"}
	r.act("lead", number, "annul", "", annul).problem(t, 409, "too-soon")
	asks := func() []gen.TrackAsk {
		var view gen.TrackView
		r.do(req{method: "GET", path: "/v1/track", track: number + " " + code}).into(t, &view)
		return slices.DeleteFunc(view.Asks, func(a gen.TrackAsk) bool { return a.Kind != gen.TrackAskKindDefend })
	}
	ask := asks()
	require.Len(t, ask, 1, "his page tells the holder, and asks him")
	require.Equal(t, "材料虚假", ask[0].Reason)
	require.Equal(t, "69(2)", ask[0].Law.Article)
	require.True(t, ask[0].Due.After(ask[0].OpenedAt))
	said := r.do(req{method: "POST", path: "/v1/track/defend", track: number + " " + code, key: uuid.NewString(), body: map[string]any{"reason": "材料属实"}})
	require.Equal(t, 200, said.status, string(said.body))
	require.Empty(t, asks(), "he has spoken")
	question := func() gen.TrackQuestion {
		var view gen.TrackView
		r.do(req{method: "GET", path: "/v1/track", track: number + " " + code}).into(t, &view)
		require.Len(t, view.Questions, 1)
		return view.Questions[0]
	}
	open := question()
	require.Equal(t, gen.TrackQuestionStatusOpen, open.Status, "he sees that it is still open, and what he has said")
	require.Equal(t, "材料属实", open.Said[0].Text)
	r.must("lead", number, "annul", "", annul)
	r.ended(number)
	require.Equal(t, gen.TrackQuestionStatusAnnulled, question().Status)
	require.NotEmpty(t, question().Decision)
	require.False(t, question().DecidedAt.IsZero())
	rows, _, err := r.store.CaseRows(t.Context(), number)
	require.NoError(t, err)
	i := slices.IndexFunc(rows.Dossier, func(d engine.DossierRow) bool { return d.Annulment != nil })
	require.Equal(t, "材料属实", rows.Dossier[i].Annulment.Defences[0].Text)
	require.Equal(t, engine.Annulled, rows.Dossier[i].Annulment.Status)
	require.Equal(t, engine.Closed, r.status(number))

	var public gen.ListGrants200JSONResponse
	r.eventually("the public record says that it is annulled, and keeps it", func() bool {
		r.do(req{method: "GET", path: "/v1/grants"}).into(t, &public)
		return len(public.Grants) == 1 && public.Grants[0].Annulled == calendar.DateOf(r.clock.Now())
	})
	require.Equal(t, "P-1", public.Grants[0].Number)
}

func (r *rig) status(number string) engine.Status {
	r.t.Helper()
	c, err := r.store.CaseByNumber(r.t.Context(), number)
	require.NoError(r.t, err)
	return c.Status
}

// Two servers are asked for many corrections of an ended case at once: each is done once.
func TestManyCorrectionsOfAnEndedCaseAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	second, _ := r.serve(rigOptions{})
	number := r.closedCase()
	var wg sync.WaitGroup
	texts := []string{"甲", "乙", "丙", "丁", "戊", "己"}
	for i, text := range texts {
		wg.Go(func() {
			q := r.acting("lead", number, "correct", "conclude", wording("reason", "理由"+text))
			q.url = []string{r.url, second}[i%2]
			a, err := r.try(q)
			if err != nil || a.status != 200 && a.status != 202 {
				t.Errorf("%s: %d %s %v", text, a.status, a.body, err)
			}
		})
	}
	wg.Wait()
	r.eventually("all are done", func() bool { return len(r.corrections(number)) == len(texts) })
	r.ended(number)
	var done []string
	for _, c := range r.corrections(number) {
		done = append(done, c.Texts[0].To.(string))
	}
	slices.Sort(done)
	require.Len(t, slices.Compact(done), len(texts))
}

// The organ above sees how the case stands, puts the result in question and decides itself; a post below its head, and
// an organ that is not above, may not.
func TestTheOrganAboveAnnulsAResult(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, code := r.file()
	r.finish(number)
	r.ended(number)
	organisations := []store.Organisation{
		{Code: "org-higher", Name: "上级机关", Region: region, Kind: "department"},
		{Code: "org-lead", Name: "单位 org-lead", Region: region, Kind: "department"},
	}
	require.NoError(t, r.store.PutOrganisations(t.Context(), organisations))
	r.hire("chief", "org-higher", engine.RoleOrganHead)
	r.hire("officer", "org-higher", engine.RoleHandle)
	acts := "/v1/cases/" + number + "/acts"
	r.do(req{method: "GET", path: acts, as: "chief"}).problem(t, 403, "not-involved")
	ask := map[string]any{"ground": "power", "reason": "超越法定职权"}
	r.act("chief", number, "challenge", "", ask).problem(t, 403, "not-allowed")
	organisations[1].Parent = "org-higher"
	require.NoError(t, r.store.PutOrganisations(t.Context(), organisations))

	require.True(t, r.acts("chief", acts)["challenge"].Allowed)
	require.False(t, r.acts("chief", acts)["correct"].Allowed)
	r.do(req{method: "GET", path: acts, as: "officer"}).problem(t, 403, "not-involved")
	r.act("officer", number, "challenge", "", ask).problem(t, 403, "not-allowed")
	r.hire("mayor", "org-above", engine.RoleGovernmentHead) // the government of the region stands above as well
	r.hire("stranger", "org-away", engine.RoleGovernmentHead)
	require.True(t, r.acts("mayor", acts)["challenge"].Allowed)
	running, _ := r.file()
	r.do(req{method: "GET", path: "/v1/cases/" + running + "/acts", as: "chief"}).problem(t, 403, "not-involved")
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/cases/" + running + "/acts", as: "mayor"}).status, "the government may extend its time")
	r.do(req{method: "GET", path: acts, as: "stranger"}).problem(t, 403, "not-involved")
	r.act("stranger", number, "challenge", "", ask).problem(t, 403, "not-allowed")
	r.must("chief", number, "challenge", "", ask)
	annul := map[string]any{"reason": "超越法定职权", "basis": "行政许可法第六十九条第一款第二项"}
	r.act("lead", number, "annul", "", annul).problem(t, 403, "not-allowed")
	r.act("chief", number, "annul", "", annul).problem(t, 409, "too-soon")
	said := r.do(req{method: "POST", path: "/v1/track/defend", track: number + " " + code, key: uuid.NewString(), body: map[string]any{"reason": "信赖应受保护"}})
	require.Equal(t, 200, said.status, string(said.body))
	r.must("chief", number, "annul", "", annul)
	r.ended(number)
	rows, _, err := r.store.CaseRows(t.Context(), number)
	require.NoError(t, err)
	i := slices.IndexFunc(rows.Dossier, func(d engine.DossierRow) bool { return d.Annulment != nil })
	require.Equal(t, []string{"org-higher", engine.Annulled}, []string{rows.Dossier[i].Annulment.Org, rows.Dossier[i].Annulment.Status})
}
