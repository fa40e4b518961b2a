package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Stories: a definition written as in the catalogue, and people who act on one
// case of it by name and time. Every decision a story makes is also replayed
// from its events, and must leave the state it was made on as it was.

// head is the part of a definition most stories share; their process follows it.
const head = `
language: lianban/v1
item: {code: S1, name: 测试事项, version: "1", effective: "2026-01-01", type: licence, level: county, mode: joint, lead: market,
  basis: [{law: 行政许可法, article: "26"}], channels: [window, online],
  statutory: {time: 45wd, extend: {time: 15wd, role: government-head}},
  promised: [{when: qa, time: 10wd}, {time: 20wd}]}
parties:
  hall:   {name: 综合窗口, kind: hall}
  market: {name: 市场, kind: department}
  fire:   {name: 消防, kind: department}
  eco:    {name: 环境, kind: department}
  city:   {name: 城管, kind: department}
situations:
  qa: {ask: 甲？, type: boolean}
  qb: {ask: 乙？, type: boolean}
  qc: {ask: 丙？, type: boolean, when: qa}
form: {type: object, properties: {site: {type: string}, staff: {type: integer}}}
conditions:
  safe: {text: 安全, basis: 消防法第十五条}
  clean: {text: 清洁, basis: 法, when: qb}
materials:
  p1: {name: 材料一, from: [applicant], basis: 法}
  p2: {name: 材料二, from: [{data: property}, applicant], basis: 法, when: qb}
  permit: {name: 许可, from: [e-licence, applicant], basis: 法, when: qa}
process:
`

// simple is a process with the intake and the end every story needs around the
// steps in between, which are indented as list items of the process.
func simple(steps string) string {
	return head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
` + steps + `
  - {decide: conclude, by: market, limit: 5wd, back: [BACK], gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, ways: [counter, courier]}
`
}

func withBack(src, step string) string {
	if step == "" {
		return strings.Replace(src, ", back: [BACK]", "", 1)
	}
	return strings.Replace(src, "back: [BACK]", "back: ["+step+"]", 1)
}

type story struct {
	t     testing.TB
	rules *engine.Rules
	state *engine.State
	log   []engine.Event
	now   time.Time
	acts  int
	org   map[string]string
	last  []engine.Event // events of the last command
}

func rulesOf(t testing.TB, src string) *engine.Rules {
	t.Helper()
	file, found := definition.ParseFile("s.yaml", []byte(src))
	require.False(t, found.Failed(), "%v", found)
	lib, found := definition.LibraryOf(file)
	require.False(t, found.Failed(), "%v", found)
	def, found := lib.Resolve("s", "", "210304")
	require.False(t, found.Failed(), "%v", found)
	plan, err := definition.Compile(def)
	require.NoError(t, err)
	cal, err := calendars.National()
	require.NoError(t, err)
	return &engine.Rules{Plan: plan, Calendar: cal}
}

// tell starts a story on a definition; nothing is filed yet. It begins on
// Monday 2026-03-02 at 09:00; no holiday is near until 5 April.
func tell(t testing.TB, src string) *story {
	t.Helper()
	s := &story{t: t, rules: rulesOf(t, src), org: map[string]string{}}
	for _, p := range s.rules.Plan.Def.Parties {
		s.org[p.ID] = p.ID
	}
	return s.at("2026-03-02T09:00")
}

// at moves time to a local date and time, and lets what is due happen.
func (s *story) at(when string) *story {
	s.t.Helper()
	at, err := time.ParseInLocation("2006-01-02T15:04", when, calendar.Zone)
	require.NoError(s.t, err)
	s.now = at.UTC()
	if s.state != nil {
		require.Nil(s.t, s.run(engine.Command{Do: engine.Tick, At: s.now}))
	}
	return s
}

// later moves time by some hours.
func (s *story) later(hours int) *story {
	return s.at(s.now.Add(time.Duration(hours) * time.Hour).In(calendar.Zone).Format("2006-01-02T15:04"))
}

// run decides a command and keeps what must hold of every decision.
func (s *story) run(cmd engine.Command) *engine.Rejection {
	s.t.Helper()
	var before []byte
	if s.state != nil {
		before = asJSON(s.t, s.state)
	}
	res := engine.Decide(s.rules, s.state, cmd)
	if s.state != nil {
		require.Equal(s.t, string(before), string(asJSON(s.t, s.state)), "Decide leaves its input as it is")
	}
	live := s.state
	for _, e := range res.Events {
		live = engine.Evolve(live, e)
	}
	s.last = res.Events
	s.log = append(s.log, res.Events...)
	if res.State != nil {
		require.Equal(s.t, string(asJSON(s.t, res.State)), string(asJSON(s.t, live)), "replay equals live")
		s.state = res.State
	}
	if r := res.Rejection; r != nil {
		require.Contains(s.t, engine.Codes, r.Code)
		speaksBoth(s.t, r)
	}
	return res.Rejection
}

// who makes an actor of "party.role", "party.role.N" or "applicant". Names are
// organisations' too: a person works for the organisation that plays the party.
func (s *story) who(name string) engine.Actor {
	if name == "applicant" {
		return engine.Actor{Kind: engine.Applicant}
	}
	parts := strings.Split(name, ".")
	org, ok := s.org[parts[0]]
	if !ok {
		org = parts[0]
	}
	return engine.Actor{Kind: engine.Person, ID: "p-" + name, Org: org, Roles: strings.Split(parts[1], "+")}
}

func (s *story) command(who string, do engine.Act, step string, args engine.Args) engine.Command {
	s.acts++
	cmd := engine.Command{ID: fmt.Sprintf("a%d", s.acts), Do: do, By: s.who(who), At: s.now, Step: step, Args: args}
	if name, ok := strings.CutPrefix(args.Account, "p-"); ok && strings.Contains(name, ".") {
		a := s.who(name)
		cmd.People = []engine.Colleague{{ID: a.ID, Org: a.Org, Roles: a.Roles}}
	}
	if name, ok := strings.CutPrefix(args.Chair, "p-"); ok {
		a := s.who(name)
		cmd.People = append(cmd.People, engine.Colleague{ID: a.ID, Org: a.Org, Roles: a.Roles})
	}
	for _, id := range args.Inspectors {
		cmd.People = append(cmd.People, engine.Colleague{ID: id, Org: cmd.By.Org, Roles: []string{"handle"}})
	}
	return cmd
}

// do is an act that must be done; it takes a minute.
func (s *story) do(who string, do engine.Act, step string, args ...engine.Args) *story {
	s.t.Helper()
	rejection := s.run(s.command(who, do, step, first(args)))
	require.Nil(s.t, rejection, "%s %s %s: %v", who, do, step, rejection)
	s.now = s.now.Add(time.Minute)
	return s
}

// refused is an act that must be refused with the code; it changes nothing.
func (s *story) refused(code engine.Code, who string, do engine.Act, step string, args ...engine.Args) *engine.Rejection {
	s.t.Helper()
	before := asJSON(s.t, s.state)
	rejection := s.run(s.command(who, do, step, first(args)))
	require.NotNil(s.t, rejection, "%s %s %s was done", who, do, step)
	require.Equal(s.t, code, rejection.Code, "%v", rejection)
	require.Equal(s.t, string(before), string(asJSON(s.t, s.state)), "a refused act changes nothing")
	return rejection
}

func first(args []engine.Args) engine.Args {
	if len(args) == 0 {
		return engine.Args{}
	}
	return args[0]
}

// reasoned is the data of an act that needs nothing but a reason and a basis.
var reasoned = engine.Args{Reason: "理由", Basis: "法第一条"}

// safe is the data of an act that has found the condition "safe" met.
var safe = engine.Args{Checks: []engine.CheckResult{{ID: "safe", OK: true}}}

// unsafe gives a reason and finds the condition unmet.
var unsafe = engine.Args{Reason: "理由", Basis: "法第一条", Checks: []engine.CheckResult{{ID: "safe", Note: "不符合"}}}

// file files a case at the window with all papers that are asked for but those
// left out. qa, qb and qc default to no.
func (s *story) file(answers map[string]any, without ...string) *story {
	s.t.Helper()
	require.Nil(s.t, s.run(s.filing(answers, without...)))
	s.now = s.now.Add(time.Minute)
	return s
}

func (s *story) filing(answers map[string]any, without ...string) engine.Command {
	s.t.Helper()
	all := map[string]any{"qa": false, "qb": false}
	for k, v := range answers {
		all[k] = v
	}
	if _, ok := all["qc"]; all["qa"] == true && !ok {
		all["qc"] = false
	}
	args := engine.Args{Number: "N1", Region: "210304", Channel: "window", Answers: all, Form: map[string]any{"site": "某路1号"}}
	asked, rejection := engine.Checklist(s.rules, args, s.now)
	require.Nil(s.t, rejection)
	for _, p := range asked {
		if p.Status == engine.PaperMissing && !contains(without, p.ID) {
			args.Papers = append(args.Papers, s.paper(p.ID))
		}
	}
	cmd := s.command("hall.clerk", engine.File, "", args)
	cmd.Parties = s.org
	return cmd
}

func (s *story) paper(id string) engine.PaperIn {
	s.acts++
	return engine.PaperIn{ID: id, Hash: hashOf(s.acts)}
}

func contains(list []string, x string) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

// accepted files a case, lets everybody say clear, and another clerk accept it.
func (s *story) accepted(answers map[string]any) *story {
	s.t.Helper()
	s.file(answers)
	s.clear()
	return s.do("hall.clerk.2", engine.Accept, "receive")
}

// clear lets everybody whose turn it is to look say that nothing is missing.
func (s *story) clear() *story {
	s.t.Helper()
	for _, task := range s.state.Tasks {
		if task.Kind == engine.TaskLook && task.Status == engine.TaskOpen {
			s.do(task.Party+"."+task.Role+".looks", engine.Clear, "receive")
		}
	}
	return s
}

// --- what must be true -----------------------------------------------------

// is checks steps: "open", "waiting", "absent", or the end; "step=word".
func (s *story) is(want ...string) *story {
	s.t.Helper()
	for _, w := range want {
		id, word, _ := strings.Cut(w, "=")
		st := s.state.Step(id)
		require.NotNil(s.t, st, id)
		got := string(st.Status)
		if st.End != "" {
			got = string(st.End)
		}
		require.Equal(s.t, word, got, "step %s", id)
	}
	return s
}

// open checks which steps that are not groups are open.
func (s *story) open(want ...string) *story {
	s.t.Helper()
	got := []string{}
	for i := range s.state.Steps {
		st := s.state.Steps[i]
		n := s.rules.Plan.Node(st.ID)
		if st.Status == engine.Open && (n == nil || !n.Group()) {
			got = append(got, st.ID)
		}
	}
	require.ElementsMatch(s.t, want, got)
	return s
}

// due checks a clock's due day.
func (s *story) due(clock, day string) *story {
	s.t.Helper()
	c := s.state.Clock(clock)
	require.NotNil(s.t, c, "no clock %s", clock)
	require.Equal(s.t, day, c.Day.String(), "clock %s", clock)
	return s
}

// status checks the case, and its outcome ("" for none).
func (s *story) status(status engine.Status, outcome engine.Outcome) *story {
	s.t.Helper()
	require.Equal(s.t, status, s.state.Status)
	require.Equal(s.t, outcome, s.state.Outcome)
	return s
}

// events lists the types of the last command's events.
func (s *story) events() []string {
	types := make([]string, len(s.last))
	for i, e := range s.last {
		types[i] = e.Type
	}
	return types
}

// eventsOf picks the events of one type from the whole log.
func eventsOf[B engine.Body](s *story) []B {
	var found []B
	for _, e := range s.log {
		if b, ok := e.Body.(B); ok {
			found = append(found, b)
		}
	}
	return found
}

// openTask finds the open task of a step, nil when there is none.
func (s *story) openTask(step string, kind engine.TaskKind) *engine.Task {
	for i := range s.state.Tasks {
		if k := s.state.Tasks[i]; k.Step == step && k.Kind == kind && k.Status == engine.TaskOpen {
			return k
		}
	}
	return nil
}

func (s *story) paperIs(id string, status engine.PaperStatus) *story {
	s.t.Helper()
	require.Equal(s.t, status, s.state.Paper(id).Status, "paper %s", id)
	return s
}

func gap(of ...string) engine.Args {
	a := engine.Args{}
	for _, id := range of {
		a.Lines = append(a.Lines, engine.GapLine{Of: id, Reason: "不清楚"})
	}
	return a
}

func (s *story) answer(papers ...string) engine.Args {
	a := engine.Args{}
	for _, id := range papers {
		a.Papers = append(a.Papers, s.paper(id))
	}
	return a
}

func requireLaw(t testing.TB, r *engine.Rejection, article string) {
	t.Helper()
	require.NotNil(t, r.Law, "%s is refused without an article", r.Code)
	require.Equal(t, article, r.Law.Article)
}
