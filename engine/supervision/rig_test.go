package supervision_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/engine/supervision"
)

const item = `
language: lianban/v1
item: {code: S1, name: 测试事项, version: "1", effective: "2026-01-01", type: licence, level: county, mode: joint, lead: market,
  basis: [{law: 行政许可法, article: "26"}], channels: [window], QUOTA
  statutory: {time: 45wd, extend: {time: 15wd, role: government-head}},
  promised: {time: 20wd}}
parties:
  hall:   {name: 综合窗口, kind: hall}
  market: {name: 市场, kind: department}
  fire:   {name: 消防, kind: department}
  eco:    {name: 环境, kind: department}
form: {type: object, properties: {site: {type: string}}}
pauses:
  expert: {kind: expert-review, stops: [statutory, promised], max: 20wd, notice: 特别程序告知书}
conditions:
  safe: {text: 安全, basis: 消防法第十五条}
materials:
  p1: {name: 材料一, from: [applicant], basis: 法}
  permit: {name: 许可, from: [e-licence, applicant], basis: 法}
process:
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - parallel: block
    branches:
      - {review: opinion, by: eco, limit: {time: 5wd, late: agree, basis: 地方规定}, reads: [p1, permit]}
      - {decide: check, by: fire, limit: 5wd, checks: [safe], pauses: [expert], chain: [{handle: 2wd}, approve], item: {name: 消防, type: licence, basis: 消防法第十五条},
         statutory: {time: 10wd}, gives: {fireOk: {kind: approval, name: 意见}}}
  - {decide: conclude, by: market, limit: 5wd, gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, ways: [counter, courier]}
`

// safe is the data of an act that has found the condition met.
var safe = engine.Args{Checks: []engine.CheckResult{{ID: "safe", OK: true}}}

// story is one case played through the engine.
type story struct {
	t     testing.TB
	rules *engine.Rules
	state *engine.State
	log   []engine.Event
	now   time.Time
	acts  int
}

func clock(t testing.TB, when string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02T15:04", when, calendar.Zone)
	require.NoError(t, err)
	return at.UTC()
}

func rulesOf(t testing.TB, src string) *engine.Rules {
	t.Helper()
	file, found := definition.ParseFile("s.yaml", []byte(src))
	require.False(t, found.Failed(), "%s", found.Render("en"))
	lib, found := definition.LibraryOf(file)
	require.False(t, found.Failed(), "%s", found.Render("en"))
	def, found := lib.Resolve("s", "", "210304")
	require.False(t, found.Failed(), "%s", found.Render("en"))
	plan, err := definition.Compile(def)
	require.NoError(t, err)
	cal, err := calendars.National()
	require.NoError(t, err)
	return &engine.Rules{Plan: plan, Calendar: cal}
}

// tell files a case on Monday 2026-03-02 at 09:00; no holiday is near until 5 April.
func tell(t testing.TB, number string, without ...string) *story {
	t.Helper()
	return tellOf(t, strings.Replace(item, "QUOTA", "", 1), number, "2026-03-02T09:00", without...)
}

func tellOf(t testing.TB, src, number, when string, without ...string) *story {
	t.Helper()
	return tellTried(t, src, number, when, nil, without...)
}

// tellTried also says what came of asking sources for papers.
func tellTried(t testing.TB, src, number, when string, tried []engine.Trial, without ...string) *story {
	t.Helper()
	s := &story{t: t, rules: rulesOf(t, src), now: clock(t, when)}
	args := engine.Args{Number: number, Region: "210304", Channel: "window", Answers: map[string]any{}, Form: map[string]any{"site": "某路1号"}, Tried: tried}
	for i, p := range []string{"p1", "permit"} {
		if !strings.Contains(strings.Join(without, " "), p) {
			args.Papers = append(args.Papers, engine.PaperIn{ID: p, Hash: fmt.Sprintf("%064d", i)})
		}
	}
	cmd := s.command("hall.clerk", engine.File, "", args)
	cmd.Parties = map[string]string{"hall": "hall", "market": "market", "fire": "fire", "eco": "eco"}
	s.run(cmd)
	return s
}

func (s *story) command(who string, do engine.Act, step string, args engine.Args) engine.Command {
	s.acts++
	by := engine.Actor{Kind: engine.Applicant}
	if party, role, ok := strings.Cut(who, "."); ok {
		by = engine.Actor{Kind: engine.Person, ID: who, Org: party, Roles: []string{strings.TrimSuffix(role, "2")}}
	}
	return engine.Command{ID: fmt.Sprintf("a%d", s.acts), Do: do, By: by, At: s.now, Step: step, Args: args}
}

func (s *story) run(cmd engine.Command) {
	s.t.Helper()
	res := engine.Decide(s.rules, s.state, cmd)
	require.Nil(s.t, res.Rejection, "%s: %v", cmd.Do, res.Rejection)
	s.log = append(s.log, res.Events...)
	s.state = res.State
}

func (s *story) do(who string, do engine.Act, step string, args ...engine.Args) *story {
	s.t.Helper()
	var a engine.Args
	if len(args) > 0 {
		a = args[0]
	}
	s.run(s.command(who, do, step, a))
	s.now = s.now.Add(time.Minute)
	return s
}

// at moves time, and lets what is due happen.
func (s *story) at(when string) *story {
	s.t.Helper()
	s.now = clock(s.t, when)
	s.run(engine.Command{Do: engine.Tick, At: s.now})
	return s
}

// accepted lets the departments say that nothing is missing, and a second clerk accept.
func (s *story) accepted() *story {
	s.t.Helper()
	for _, task := range s.state.Tasks {
		if task.Kind == engine.TaskLook && task.Status == engine.TaskOpen {
			s.do(task.Party+"."+task.Role, engine.Clear, "receive")
		}
	}
	return s.do("hall.clerk2", engine.Accept, "receive")
}

func load(t testing.TB) *supervision.Rules {
	t.Helper()
	r, found := supervision.Load(definitions.SupervisionName, definitions.Supervision())
	require.Empty(t, found.Render("en"))
	return r
}

// cards lists what is found until now, "RULE level subject org day".
func (s *story) cards(only ...string) []string {
	s.t.Helper()
	return lines(load(s.t).Cards(s.rules, s.log, s.now), only...)
}

func lines(cards []supervision.Card, only ...string) []string {
	out := []string{}
	for _, c := range cards {
		if len(only) > 0 && !strings.Contains(" "+strings.Join(only, " ")+" ", " "+c.Rule+" ") {
			continue
		}
		out = append(out, fmt.Sprintf("%s %d %s %s %s", c.Rule, c.Level, c.Subject, c.Org, c.At.In(calendar.Zone).Format("01-02T15:04")))
	}
	return out
}

func source() []byte { return definitions.Supervision() }

func watch(t testing.TB, s *story) *supervision.Watch {
	t.Helper()
	w := load(t).Watch(s.rules, nil)
	for _, e := range s.log {
		w.Add(e)
	}
	return w
}
