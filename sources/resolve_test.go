package sources

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

const item = `
language: lianban/v1
item: {code: S1, name: 测试事项, version: "1", effective: "2026-01-01", type: licence, level: county, mode: joint, lead: market,
  basis: [{law: 行政许可法, article: "26"}], channels: [window], statutory: 20wd, promised: 10wd}
parties:
  hall:   {name: 综合窗口, kind: hall}
  market: {name: 市场, kind: department}
situations:
  owns: {ask: 是否已有营业执照？, type: boolean, from: [e-licence, applicant]}
  use:  {ask: 房屋用途, type: choice, options: {shop: 商业, home: 住宅}, from: [{data: property}, applicant]}
materials:
  licence: {name: 营业执照, from: [e-licence, library, applicant], basis: 法}
  lease:   {name: 场所使用证明, from: [library, {data: property}, applicant], basis: 法}
  note:    {name: 情况说明, from: [library, applicant], basis: 法}
  test:    {name: 检测报告, from: [project, {party: market}, intermediary, applicant, library], basis: 法}
process:
  - {intake: receive, by: hall, answer: {time: 10wd, late: lapse}}
  - {review: look, by: market, reads: [licence, lease, note, test]}
  - {decide: conclude, by: market, gives: {result: {kind: approval, name: 批复}}}
`

// hand is a library and store of licences in the hand of a test.
type hand struct {
	papers, licences []Record
	err              error
	asked            int
}

func (h *hand) Papers(context.Context, Holder, []string) ([]Record, error) {
	h.asked++
	return h.papers, h.err
}

func (h *hand) Licences(_ context.Context, _ Holder, types []string, _ calendar.Date) ([]Record, error) {
	var out []Record
	for _, r := range h.licences {
		for _, t := range types {
			if r.Name == t {
				out = append(out, r)
			}
		}
	}
	return out, h.err
}

func rulesOf(t *testing.T) *engine.Rules {
	t.Helper()
	file, found := definition.ParseFile("s.yaml", []byte(item))
	require.False(t, found.Failed(), "%v", found)
	lib, _ := definition.LibraryOf(file)
	def, found := lib.Resolve("S1", "", "210304")
	require.NotNil(t, def, "%v", found)
	plan, err := definition.Compile(def)
	require.NoError(t, err)
	cal, err := calendars.National()
	require.NoError(t, err)
	return &engine.Rules{Plan: plan, Calendar: cal}
}

var morning = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

func resolve(t *testing.T, cfg Config, h *hand, papers ...engine.PaperIn) (Outcome, *Resolver) {
	t.Helper()
	require.NoError(t, cfg.prepare(func(string) string { return "" }))
	r := newResolver(cfg, h, h, func(_ context.Context, content []byte, _ string) (string, error) {
		return "kept " + string(content), nil
	})
	rules := rulesOf(t)
	args := engine.Args{Region: "210304", Papers: papers, Answers: map[string]any{"owns": true, "use": "shop"},
		Form: map[string]any{"premises": "某路1号"}}
	asked, rejection := engine.Checklist(rules, args, morning)
	require.Nil(t, rejection)
	out, err := r.Resolve(t.Context(), Filing{Rules: rules, Args: &args, Holder: holder, Asked: asked, At: morning})
	require.NoError(t, err)
	return out, r
}

func (o Outcome) trial(paper string) (words []string) {
	for _, t := range o.Tried {
		if t.Paper == paper {
			word := t.Source + " " + string(t.Result)
			if t.Why != "" {
				word += " " + t.Why
			}
			words = append(words, word)
		}
	}
	return words
}

func (o Outcome) paper(id string) *engine.PaperIn {
	for i := range o.Papers {
		if o.Papers[i].ID == id {
			return &o.Papers[i]
		}
	}
	return nil
}

func until(y int, m time.Month, d int) *calendar.Date {
	day := calendar.NewDate(y, m, d)
	return &day
}

func TestSourcesAreAskedInTheOrderOfTheGuide(t *testing.T) {
	t.Parallel()
	h := &hand{
		licences: []Record{{Name: "营业执照", Grade: engine.GradeA, Until: until(2025, 1, 1), Content: []byte("old")}},
		papers: []Record{
			{Name: "营业执照", Hash: "copy", Grade: engine.GradeB, At: morning.AddDate(-1, 0, 0)},
			{Name: "场所使用证明", Hash: "checked", Grade: engine.GradeB, At: morning.AddDate(-3, 0, 0)},
		},
	}
	property := serve(t, nil, answers(`{"use":"shop"}`))
	cfg := Config{Data: map[string]Endpoint{"property": property.cfg}}
	out, _ := resolve(t, cfg, h)
	require.Equal(t, []string{"e-licence expired", "library found"}, out.trial("licence"))
	require.Equal(t, "copy", out.paper("licence").Hash)
	require.Equal(t, "2027-03-02", out.paper("licence").Until.String(), "two years after it was filed")
	require.Equal(t, []string{"library expired", "data:property found"}, out.trial("lease"))
	lease := out.paper("lease")
	require.Equal(t, "kept {\"use\":\"shop\"}", lease.Hash, "what a service says is kept")
	require.Equal(t, engine.Voucher{Grade: engine.GradeA, FetchedAt: morning}, lease.Voucher)
	require.Equal(t, []string{"project unconnected no-sister-cases", "party:market unconnected handed-in-by-party", "intermediary unconnected not-configured", "library none"}, out.trial("test"))
	require.Nil(t, out.paper("test"))
	require.Equal(t, 1, h.asked, "the library is asked once for all papers")
}

func TestAFailingSourceFallsToTheNext(t *testing.T) {
	t.Parallel()
	down := serve(t, func(e *Endpoint) { e.Tries = 1 }, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	out, r := resolve(t, Config{Data: map[string]Endpoint{"property": down.cfg}, Intermediary: &down.cfg}, &hand{err: errors.New("away")})
	require.Equal(t, []string{"e-licence failed fault", "library failed fault"}, out.trial("licence"))
	require.Equal(t, []string{"library failed fault", "data:property failed status-500"}, out.trial("lease"))
	require.Contains(t, out.trial("test"), "intermediary failed status-500")
	require.Empty(t, out.Papers)
	require.Len(t, r.Connections(time.Now()), 4)
}

// One slow source does not hold a filing longer than the budget, nor the others at all.
func TestABudgetForAll(t *testing.T) {
	t.Parallel()
	slow := serve(t, func(e *Endpoint) { e.Timeout = time.Hour }, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server notices a caller who hangs up
		<-r.Context().Done()
	})
	h := &hand{licences: []Record{{Name: "营业执照", Grade: engine.GradeA, Content: []byte("new")}}}
	out, _ := resolve(t, Config{Budget: 50 * time.Millisecond, Data: map[string]Endpoint{"property": slow.cfg}}, h)
	require.Equal(t, []string{"library none", "data:property failed timeout"}, out.trial("lease"))
	require.Equal(t, "kept new", out.paper("licence").Hash)
}

func TestWhatIsHandedInIsUsedAndTheSourcesAskedAllTheSame(t *testing.T) {
	t.Parallel()
	h := &hand{
		licences: []Record{{Name: "营业执照", Grade: engine.GradeA, Content: []byte("x")}},
		papers:   []Record{{Name: "情况说明", Hash: "mine", Grade: engine.GradeD, At: morning}, {Name: "场所使用证明", Hash: "copy", Grade: engine.GradeC, At: morning}},
	}
	out, _ := resolve(t, Config{}, h,
		engine.PaperIn{ID: "licence", Hash: "by hand"},
		engine.PaperIn{ID: "lease", Hash: "printed", Source: "data:property"})
	require.Equal(t, []string{"e-licence found"}, out.trial("licence"))
	require.Empty(t, out.trial("lease"), "the clerk fetched it there himself")
	require.Empty(t, out.Papers)
	require.Equal(t, []string{"library unchecked self-made"}, out.trial("note"))

	out, _ = resolve(t, Config{}, h, engine.PaperIn{ID: "note", Source: "library"}, engine.PaperIn{ID: "lease", Source: "library"}, engine.PaperIn{ID: "licence", Source: "e-licence"})
	require.Equal(t, "mine", out.paper("note").Hash, "he names it, so he stands by it")
	require.Len(t, out.Unmet, 1)
	require.Equal(t, "original-not-compared", out.Unmet[0].Why)
	require.Nil(t, out.paper("lease"))
	out, _ = resolve(t, Config{}, h, engine.PaperIn{ID: "lease", Source: "library", Original: true})
	require.True(t, out.paper("lease").Original)
	require.Empty(t, out.Unmet)
}

func TestALicenceServiceStandsBehindOurOwnStore(t *testing.T) {
	t.Parallel()
	outside := serve(t, func(e *Endpoint) {
		e.Send = map[string]string{"type": "licence", "no": "applicant.id"}
		e.Mapping = Mapping{Valid: "/valid", Until: "/until"}
	}, answers(`{"valid":true,"until":"2029-06-30"}`))
	cfg := Config{Licences: LicenceConfig{Service: &outside.cfg, Types: map[string][]string{"营业执照": {"企业法人营业执照"}}, Questions: map[string]string{"S1/owns": "企业法人营业执照"}}}
	out, r := resolve(t, cfg, &hand{})
	require.Equal(t, []string{"e-licence found"}, out.trial("licence"))
	require.Equal(t, "2029-06-30", out.paper("licence").Until.String())
	require.Equal(t, true, out.Offers[0].Value)
	require.NotEmpty(t, r.Connections(time.Now())[1].Host)

	void := serve(t, func(e *Endpoint) { e.Valid = "/valid" }, answers(`{"valid":false}`))
	cfg.Licences.Service = &void.cfg
	void.cfg.Send = map[string]string{"type": "licence"}
	out, _ = resolve(t, cfg, &hand{})
	require.Equal(t, []string{"e-licence expired", "library none"}, out.trial("licence"))
	require.Equal(t, false, out.Offers[0].Value)
}

func TestAnswersAreOffered(t *testing.T) {
	t.Parallel()
	offers := func(body string) []engine.Offer {
		s := serve(t, func(e *Endpoint) { e.Values = map[string]pointer{"use": "/use"} }, answers(body))
		out, _ := resolve(t, Config{Data: map[string]Endpoint{"property": s.cfg}}, &hand{})
		return out.Offers
	}
	o := offers(`{"use":"shop"}`)
	require.Equal(t, engine.Offer{Question: "owns", Source: "e-licence", Result: engine.TrialUnconnected, Why: "not-configured", At: morning}, o[0])
	require.Equal(t, engine.Offer{Question: "use", Source: "data:property", Result: engine.TrialFound, Value: "shop", At: morning}, o[1])
	require.Equal(t, "not-an-answer", offers(`{"use":"castle"}`)[1].Why)
	require.Equal(t, "no-value", offers(`{"other":1}`)[1].Why)
}

func TestNobodyHasNoLibrary(t *testing.T) {
	t.Parallel()
	h := &hand{papers: []Record{{Name: "营业执照", Hash: "copy", Grade: engine.GradeB, At: morning}}}
	r := newResolver(Config{}, h, h, nil)
	rules := rulesOf(t)
	out, err := r.Resolve(t.Context(), Filing{Rules: rules, Args: &engine.Args{}, Asked: []engine.PaperState{{ID: "licence", Status: engine.PaperMissing}}, At: morning})
	require.NoError(t, err)
	require.Equal(t, []string{"e-licence none no-holder", "library none no-holder"}, out.trial("licence"))
	require.Zero(t, h.asked)
}
