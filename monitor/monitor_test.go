package monitor_test

import (
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"testing"
	"time"

	"context"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/engine/supervision"
	"lianban/monitor"
	"lianban/standalone/pgtest"
	"lianban/store"
)

const item = `
language: lianban/v1
item: {code: S1, name: 测试事项, version: "1", effective: "2026-01-01", type: licence, level: county, mode: joint, lead: market,
  basis: [{law: 行政许可法, article: "26"}], channels: [window], statutory: {time: 45wd}, promised: {time: 20wd}}
parties: {hall: {name: 综合窗口, kind: hall}, market: {name: 市场, kind: department}, eco: {name: 环境, kind: department}}
form: {type: object, properties: {site: {type: string}}}
materials:
  p1: {name: 材料一, from: [applicant], basis: 法}
process:
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - {review: opinion, by: eco, limit: {time: 5wd, late: agree, basis: 地方规定}, reads: [p1]}
  - {decide: conclude, by: market, limit: 5wd, gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, ways: [counter]}
`

// rig is a database with an item, calendars and rules, and a business clock the test moves.
type rig struct {
	t     testing.TB
	store *store.Store
	rules *engine.Rules
	mu    sync.Mutex
	now   time.Time
}

func at(t testing.TB, when string) time.Time {
	t.Helper()
	a, err := time.ParseInLocation("2006-01-02T15:04", when, calendar.Zone)
	require.NoError(t, err)
	return a.UTC()
}

func newRig(t testing.TB) *rig {
	t.Helper()
	s, err := store.Open(t.Context(), pgtest.New(t, store.Migrate), store.Options{})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	r := &rig{t: t, store: s, now: at(t, "2026-03-02T09:00")}
	file, found := definition.ParseFile("s.yaml", []byte(item))
	require.Empty(t, found.Render("en"))
	lib, found := definition.LibraryOf(file)
	require.Empty(t, found.Render("en"))
	def, found := lib.Resolve("s", "", "210304")
	require.False(t, found.Failed())
	plan, err := definition.Compile(def)
	require.NoError(t, err)
	cal, err := calendars.National()
	require.NoError(t, err)
	r.rules = &engine.Rules{Plan: plan, Calendar: cal}
	canonical, err := definition.Canonical(def)
	require.NoError(t, err)
	require.NoError(t, s.PublishDefinition(t.Context(), store.DefinitionVersion{Item: "s", Version: "1", Code: "S1", Name: "测试事项",
		EffectiveOn: calendar.NewDate(2026, 1, 1), Hash: plan.Hash, Canonical: canonical, Source: []byte(item), PublishedBy: "t", PublishedAt: r.now}))
	data, err := cal.MarshalJSON()
	require.NoError(t, err)
	_, err = s.PutCalendar(t.Context(), store.CalendarVersion{Version: cal.Version(), Data: data, LoadedAt: r.now})
	require.NoError(t, err)
	r.publish("2026.1", catalogueRules)
	return r
}

// catalogueRules are the rules of the catalogue, as a version the tests count on from: its own grows with them.
var catalogueRules = regexp.MustCompile(`(?m)^version: .*$`).ReplaceAllString(string(definitions.Supervision()), `version: "2026.1"`)

func (r *rig) publish(version, source string) {
	r.t.Helper()
	require.NoError(r.t, r.store.PublishSupervision(r.t.Context(), store.SupervisionVersion{Version: version, Source: []byte(source), PublishedBy: "t", PublishedAt: r.time()}))
}

func (r *rig) time() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) to(when string) *rig {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = at(r.t, when)
	return r
}

func (r *rig) monitor() *monitor.Monitor {
	return monitor.New(monitor.Config{Store: r.store, Now: r.time, Log: slog.New(slog.DiscardHandler), Grace: -1, Interval: time.Millisecond})
}

func (r *rig) work(m *monitor.Monitor) {
	r.t.Helper()
	_, err := r.store.Publish(r.t.Context())
	require.NoError(r.t, err)
	require.NoError(r.t, m.Work(r.t.Context()))
}

// film is a case with its workflow's book-keeping.
type film struct {
	r      *rig
	number string
	state  *engine.State
	rows   engine.Rows
	hash   string
	fence  int64
	acts   int
}

func (r *rig) file(papers ...string) *film {
	r.t.Helper()
	f := &film{r: r}
	args := engine.Args{Region: "210304", Channel: "window", Answers: map[string]any{}, Form: map[string]any{"site": "某路1号"}}
	for i, p := range papers {
		args.Papers = append(args.Papers, engine.PaperIn{ID: p, Hash: fmt.Sprintf("%064d", i)})
	}
	by := engine.Actor{Kind: engine.Person, ID: "p-clerk", Org: "hall", Roles: []string{"clerk"}}
	key := fmt.Sprintf("key-%d-%d", r.time().UnixNano(), len(papers))
	_, err := r.store.StartCase(r.t.Context(), store.StartRequest{Key: key, By: by, Code: "210304MB0X12345A4000131001000", Body: []byte("{}"), At: r.time()}, func(number string) (store.StartData, error) {
		args.Number = number
		res := engine.Decide(r.rules, nil, engine.Command{ID: key, Do: engine.File, By: by, At: r.time(), Args: args,
			Parties: map[string]string{"hall": "hall", "market": "market", "eco": "eco"}})
		if res.Rejection != nil {
			return store.StartData{}, res.Rejection
		}
		sealed := engine.Seal("", res.Events)
		f.number, f.state, f.rows, f.hash = number, res.State, engine.Project(r.rules, res.State), sealed[len(sealed)-1].Hash
		return store.StartData{Events: sealed, Rows: f.rows, Definition: r.rules.Plan.Hash, Input: []byte("i"), Reply: []byte("{}")}, nil
	})
	require.NoError(r.t, err)
	return f
}

// run decides a command and flushes what came of it; certain says whether it is confirmed at once.
func (f *film) run(cmd engine.Command, certain bool) {
	t := f.r.t
	t.Helper()
	res := engine.Decide(f.r.rules, f.state, cmd)
	require.Nil(t, res.Rejection, "%v", res.Rejection)
	if len(res.Events) == 0 {
		return
	}
	rows, sealed := engine.Project(f.r.rules, res.State), engine.Seal(f.hash, res.Events)
	f.fence++
	_, err := f.r.store.Flush(t.Context(), store.Flush{Case: f.number, First: f.state.Seq + 1, Prev: f.hash, Fence: f.fence, Durable: f.state.Seq, Events: sealed, Changed: rows.Since(f.rows), Full: rows.All()})
	require.NoError(t, err)
	f.state, f.rows, f.hash = res.State, rows, sealed[len(sealed)-1].Hash
	if certain {
		f.confirm()
	}
}

func (f *film) confirm() {
	f.r.t.Helper()
	_, err := f.r.store.Confirm(f.r.t.Context(), []store.Confirmed{{Case: f.number, Seq: f.state.Seq, Hash: f.hash}})
	require.NoError(f.r.t, err)
}

func (f *film) command(org, role string, do engine.Act, step string) engine.Command {
	f.acts++
	return engine.Command{ID: fmt.Sprintf("%s-%d", f.number, f.acts), Do: do, By: engine.Actor{Kind: engine.Person, ID: "p-" + org + "-" + role, Org: org, Roles: []string{role}}, At: f.r.time(), Step: step, Args: engine.Args{Reason: "理由"}}
}

func (f *film) do(org, role string, do engine.Act, step string) *film {
	f.r.t.Helper()
	f.run(f.command(org, role, do, step), true)
	return f
}

func (f *film) tick() *film {
	f.r.t.Helper()
	f.run(engine.Command{Do: engine.Tick, At: f.r.time()}, true)
	return f
}

func (f *film) accepted() *film {
	f.r.t.Helper()
	for _, o := range []string{"market", "eco"} {
		for _, k := range f.state.Tasks {
			if k.Kind == engine.TaskLook && k.Party == o {
				f.do(o, k.Role, engine.Clear, "receive")
			}
		}
	}
	f.do("hall", "clerk", engine.Clear, "receive")
	cmd := f.command("hall", "clerk", engine.Accept, "receive")
	f.run(cmd, true)
	return f
}

func (r *rig) cards(number string) []string {
	r.t.Helper()
	_, cards, _, err := r.store.JudgedCards(r.t.Context(), number)
	require.NoError(r.t, err)
	out := []string{}
	for _, c := range cards {
		out = append(out, fmt.Sprintf("%s %d %s %s", c.Rule, c.Level, c.Org, c.At.In(calendar.Zone).Format("01-02T15:04")))
	}
	return out
}

func TestTimeAloneBringsCards(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.monitor()
	f := r.file("p1").accepted()
	r.work(m)
	require.Empty(t, r.cards(f.number))
	r.to("2026-03-03T09:00")
	r.work(m)
	require.Equal(t, []string{"T9 1 eco 03-03T09:00"}, r.cards(f.number), "nobody has acted")
	w, err := r.store.WatchOf(t.Context(), f.number)
	require.NoError(t, err)
	require.Equal(t, at(t, "2026-03-09T00:00"), w.Next, "the warning before the fifth day")
	r.to("2026-03-12T09:00")
	f.tick()
	r.work(m)
	require.Equal(t, []string{"T9 1 eco 03-03T09:00", "T1 1 eco 03-09T00:00", "T10 2 eco 03-10T00:00", "T9 1 market 03-11T00:00"}, r.cards(f.number))
}

func TestOnlyCertainEventsAreJudged(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.monitor()
	f := r.file("p1").accepted()
	r.to("2026-03-10T09:00")
	f.run(engine.Command{Do: engine.Tick, At: r.time()}, false)
	require.Equal(t, engine.EndDefaulted, f.state.Step("opinion").End)
	r.work(m)
	require.NotContains(t, r.cards(f.number), "T10 2 eco 03-10T00:00", "nobody knows yet that it happened")
	f.confirm()
	r.work(m)
	require.Contains(t, r.cards(f.number), "T10 2 eco 03-10T00:00")
}

// An act that was recorded in time and came to be known late takes the card away again.
func TestALateEventTakesACardAway(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.monitor()
	f := r.file("p1").accepted()
	r.to("2026-03-02T15:00")
	claim := f.command("eco", "handle", engine.Claim, "opinion")
	r.to("2026-03-03T09:00")
	r.work(m)
	require.Equal(t, []string{"T9 1 eco 03-03T09:00"}, r.cards(f.number))
	f.run(claim, true)
	r.work(m)
	require.Empty(t, r.cards(f.number))
}

func TestSilenceInManyCases(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.monitor()
	var films []*film
	for i := range 3 {
		r.to(fmt.Sprintf("2026-03-02T09:%02d", i+1))
		films = append(films, r.file("p1").accepted())
	}
	r.to("2026-03-12T09:00")
	for _, f := range films {
		f.tick()
		r.work(m)
	}
	across, err := r.store.CardsAcross(t.Context(), "T10")
	require.NoError(t, err)
	require.Len(t, across, 2)
	require.Equal(t, supervision.Red, across[1].Level)
	require.Equal(t, "eco", across[1].Org)
	require.Len(t, across[1].Cases, 3)
}

func TestRecomputeGivesTheSameCards(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.monitor()
	var films []*film
	for i := range 4 {
		r.to(fmt.Sprintf("2026-03-02T09:%02d", i+1))
		f := r.file("p1").accepted()
		if i > 1 {
			f.do("eco", "handle", engine.Agree, "opinion")
		}
		films = append(films, f)
		r.work(m)
	}
	r.to("2026-04-20T09:00")
	for _, f := range films {
		f.tick()
	}
	r.work(m)
	require.NotEmpty(t, r.cards(films[0].number))
	// newer rules change nothing for cases that have been judged by older ones
	r.publish("2026.2", "supervision: lianban/v1\nversion: \"2026.2\"\nname: 新\nexplain: 1wd\nappeal: 1wd\nrules:\n  F1: {class: fee, name: {zh: 费, en: fee}, basis: 法, fires: [{level: 3, hand: true, text: {zh: 甲, en: a}}]}\n")
	got, err := r.monitor().Recompute(t.Context(), "", false)
	require.NoError(t, err)
	require.Equal(t, 4, got.Cases)
	require.Positive(t, got.Cards)
	require.Empty(t, got.Differences)
	r.to("2026-04-20T09:01")
	late := r.file("p1")
	r.work(m)
	w, err := r.store.WatchOf(t.Context(), late.number)
	require.NoError(t, err)
	require.Equal(t, "2026.2", w.Rules, "a case keeps the rules in force when it came")

	// somebody takes a card away and changes another: both are found and put right
	number := films[0].number
	before := r.cards(number)
	_, cards, fact, err := r.store.JudgedCards(t.Context(), number)
	require.NoError(t, err)
	cards[1].Level = 3
	w, err = r.store.WatchOf(t.Context(), number)
	require.NoError(t, err)
	_, ok, err := r.store.PutCards(t.Context(), w, append(cards[1:len(cards):len(cards)], supervision.Card{Rule: "Z1", Subject: "x", Class: "time", Org: "eco", At: w.Until}), fact)
	require.NoError(t, err)
	require.True(t, ok)
	got, err = r.monitor().Recompute(t.Context(), number, true)
	require.NoError(t, err)
	kinds := map[string]string{}
	for _, d := range got.Differences {
		kinds[d.Kind] = d.Rule
	}
	require.Equal(t, map[string]string{"missing": cards[0].Rule, "other": cards[1].Rule, "extra": "Z1"}, kinds)
	require.Equal(t, before, r.cards(number))
	got, err = r.monitor().Recompute(t.Context(), number, false)
	require.NoError(t, err)
	require.Empty(t, got.Differences)
	// the same with what reports count, or when that was never written
	for _, sql := range []string{`UPDATE case_fact SET law_late = true WHERE case_no = $1`, `UPDATE case_fact SET data = data || '{"visits": 7}' WHERE case_no = $1`,
		`DELETE FROM case_fact WHERE case_no = $1`} {
		_, err = r.store.Pool().Exec(t.Context(), sql, number)
		require.NoError(t, err)
		got, err = r.monitor().Recompute(t.Context(), number, true)
		require.NoError(t, err)
		require.Equal(t, []monitor.Difference{{Case: number, Rule: "-", Subject: "fact", Kind: "other"}}, got.Differences, sql)
		got, err = r.monitor().Recompute(t.Context(), number, false)
		require.NoError(t, err)
		require.Empty(t, got.Differences, sql)
	}
	_, err = r.monitor().Recompute(t.Context(), "nobody", false)
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestNothingIsWrittenThatRestsOnLess(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.file("p1").accepted()
	r.work(r.monitor())
	w, err := r.store.WatchOf(t.Context(), f.number)
	require.NoError(t, err)
	card := supervision.Card{Rule: "Z1", Subject: "x", Class: "time", Org: "eco", At: w.Until}
	for _, old := range []store.CaseWatch{
		{Case: w.Case, Rules: w.Rules, Seq: w.Seq - 1, Until: w.Until.Add(time.Hour)},
		{Case: w.Case, Rules: w.Rules, Seq: w.Seq, Until: w.Until.Add(-time.Hour)},
		{Case: w.Case, Rules: "other", Seq: w.Seq + 1, Until: w.Until},
	} {
		_, ok, err := r.store.PutCards(t.Context(), old, []supervision.Card{card}, supervision.Fact{})
		require.NoError(t, err)
		require.False(t, ok)
	}
	require.Empty(t, r.cards(f.number))
}

func TestOneWorksAtATime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.file("p1").accepted()
	_, err := r.store.Publish(t.Context())
	require.NoError(t, err)
	r.to("2026-03-03T09:00")
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for range 3 {
		running.Go(func() { r.monitor().Run(ctx) })
	}
	require.Eventually(t, func() bool {
		_, cards, _, err := r.store.JudgedCards(t.Context(), f.number)
		return err == nil && len(cards) == 1
	}, 20*time.Second, 10*time.Millisecond)
	got, err := r.store.HoldLock(t.Context(), store.LockSupervision, func(context.Context, func(context.Context) error) error { return nil })
	require.NoError(t, err)
	require.False(t, got, "somebody holds it")
	stop()
	running.Wait()
	got, err = r.store.HoldLock(t.Context(), store.LockSupervision, func(context.Context, func(context.Context) error) error { return nil })
	require.NoError(t, err)
	require.True(t, got)
}
