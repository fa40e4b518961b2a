package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/definition"
	"lianban/store"
)

// play is a case of the restaurant item driven by the real engine, and its workflow's book-keeping.
type play struct {
	rules *engine.Rules
	r     *rand.Rand
	film
	state *engine.State
	now   time.Time
	acts  int
	// written are the flushes as they were sent, for measuring.
	written []store.Flush
}

const restaurant = "210304" // the district of the demo catalogue

func newPlay(t testing.TB, seed uint64) *play {
	t.Helper()
	lib, err := definitions.Library()
	require.NoError(t, err)
	var def *definition.Definition
	for _, f := range lib.Items() {
		if f.Name == "restaurant/2026.1.yaml" {
			d, found := lib.Resolve(f.Definition.Item.Code, "2026.1", restaurant)
			require.False(t, found.Failed())
			def = d
		}
	}
	require.NotNil(t, def)
	plan, err := definition.Compile(def)
	require.NoError(t, err)
	cal, err := calendars.Load(calendars.Files(), restaurant)
	require.NoError(t, err)
	return &play{rules: &engine.Rules{Plan: plan, Calendar: cal}, r: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 2, 12, 2, 0, 0, 0, time.UTC)}
}

func (p *play) coin() bool { return p.r.IntN(2) == 0 }

func (p *play) id() string {
	p.acts++
	return fmt.Sprintf("%s-%d", p.number, p.acts)
}

// file files the case, with or without all papers.
func (p *play) file(t testing.TB, s *store.Store, key string) {
	t.Helper()
	answers := map[string]any{"hasLicence": p.coin(), "kinds": []any{"hot", "drinks"}, "area": 120.0, "gathering": true, "fireMode": "ordinary", "mixedUse": p.coin(),
		"fumes": p.coin(), "sign": p.coin(), "sewer": p.coin(), "sellsTobacco": p.coin()}
	args := engine.Args{Region: restaurant, Channel: "window", Answers: answers,
		Form: map[string]any{"applicant": map[string]any{"name": "某某餐饮店"}, "premises": "某路1号", "staff": 6.0}}
	asked, rejection := engine.Checklist(p.rules, args, p.now)
	require.Nil(t, rejection)
	for i, c := range asked {
		if c.Status == engine.PaperMissing && p.r.IntN(4) > 0 {
			args.Papers = append(args.Papers, engine.PaperIn{ID: c.ID, Hash: hash64(i), Name: c.ID + ".pdf", Type: "application/pdf", Size: 1000})
		}
	}
	parties := map[string]string{}
	for _, party := range p.rules.Plan.Def.Parties {
		parties[party.ID] = "org-" + party.ID
	}
	by := person("hall", engine.RoleClerk)
	_, err := s.StartCase(t.Context(), store.StartRequest{Key: key, By: by, Code: code, Body: []byte("{}"), At: p.now}, func(number string) (store.StartData, error) {
		args.Number = number
		res := engine.Decide(p.rules, nil, engine.Command{ID: key, Do: engine.File, By: by, At: p.now, Args: args, Parties: parties})
		if res.Rejection != nil {
			return store.StartData{}, res.Rejection
		}
		p.number, p.state, p.rows = number, res.State, engine.Project(p.rules, res.State)
		sealed := engine.Seal("", res.Events)
		p.seq, p.hash = res.State.Seq, sealed[len(sealed)-1].Hash
		return store.StartData{Events: sealed, Rows: p.rows, Definition: "d", Input: []byte("i"), Reply: []byte("{}")}, nil
	})
	require.NoError(t, err)
}

func person(party, role string) engine.Actor {
	return engine.Actor{Kind: engine.Person, ID: "p-" + party + "-" + role, Org: "org-" + party, Roles: []string{role}}
}

// next draws a command: time passing, or an act on an open task by somebody who may well do it.
func (p *play) next() engine.Command {
	var open []engine.Task
	for _, k := range p.state.Tasks {
		if k.Status == engine.TaskOpen {
			open = append(open, *k)
		}
	}
	if due := engine.NextDue(p.state); len(open) == 0 || p.r.IntN(6) == 0 && !due.IsZero() {
		if due.After(p.now) {
			p.now = due
		}
		return engine.Command{Do: engine.Tick, At: p.now}
	}
	p.now = p.now.Add(time.Duration(1+p.r.IntN(180)) * time.Minute)
	task := open[p.r.IntN(len(open))]
	acts := map[engine.TaskKind][]engine.Act{
		engine.TaskLook: {engine.Clear, engine.Clear, engine.Gap}, engine.TaskAccept: {engine.Accept, engine.Accept, engine.Accept, engine.Refuse}, engine.TaskAnswer: {engine.Answer},
		engine.TaskWork: {engine.Claim, engine.Release, engine.Pass, engine.SendBack, engine.Grant, engine.Grant, engine.Agree, engine.Agree, engine.AgreeWith, engine.Deny,
			engine.Disagree, engine.NotConcerned, engine.Return, engine.Drop, engine.Extend, engine.Amend, engine.Withdraw},
		engine.TaskQuestion: {engine.ContinueBlock, engine.ContinueBlock, engine.StopBlock}, engine.TaskHand: {engine.Hand},
	}[task.Kind]
	cmd := engine.Command{ID: p.id(), Do: acts[p.r.IntN(len(acts))], At: p.now, By: person(task.Party, task.Role), Task: task.ID, Step: task.Step}
	if task.Party == "applicant" {
		cmd.By = engine.Actor{Kind: engine.Applicant}
	}
	if task.Role == engine.RoleLead {
		cmd.By = person(task.Party, engine.RoleApprove)
	}
	a := &cmd.Args
	a.Reason, a.Basis, a.Way, a.Conditions, a.Ground = "理由", "食品安全法第三十三条", "counter", []string{"条件甲"}, "death"
	for i := range p.state.Steps {
		st := p.state.Steps[i]
		a.Overrides = append(a.Overrides, engine.Override{Step: st.ID, Reason: "不采纳"})
		if st.End == engine.EndAgreeWith {
			a.Takes = append(a.Takes, engine.Take{Step: st.ID, Condition: "条件甲", Taken: true})
		}
		if st.Intake != nil {
			for _, l := range st.Intake.Lines {
				a.Statements = append(a.Statements, engine.Statement{Of: l.Of, Text: "说明"})
			}
		}
	}
	switch cmd.Do {
	case engine.Gap:
		a.Lines = []engine.GapLine{{Of: p.state.Papers[p.r.IntN(len(p.state.Papers))].ID, Reason: "不清楚"}}
	case engine.Extend:
		a.Clock = p.state.Clocks[p.r.IntN(len(p.state.Clocks))].ID
		cmd.By.Roles = []string{engine.RoleOrganHead}
	case engine.Return:
		a.Steps = []string{task.Step}
	case engine.Amend:
		a.Answers = map[string]any{"sign": p.coin(), "sewer": p.coin()}
	}
	return cmd
}

// step decides a command and gives the flush of what came of it; ok is false when nothing did.
func (p *play) step() (fl store.Flush, ok bool) {
	cmd := p.next()
	res := engine.Decide(p.rules, p.state, cmd)
	if len(res.Events) == 0 {
		return fl, false
	}
	p.state = res.State
	rows := engine.Project(p.rules, p.state)
	sealed := engine.Seal(p.hash, res.Events)
	p.fence++
	fl = store.Flush{Case: p.number, First: p.seq + 1, Prev: p.hash, Fence: p.fence, Durable: p.seq, Events: sealed, Changed: rows.Since(p.rows), Full: rows.All()}
	p.seq, p.hash, p.rows = p.state.Seq, sealed[len(sealed)-1].Hash, rows
	return fl, true
}

// What the engine makes of random acts on a real item, the schema takes; the differences add up to
// the whole; and what a lost decision left behind is gone after the next flush.
func TestStoreFollowsTheEngine(t *testing.T) {
	t.Parallel()
	s := open(t)
	statuses := map[engine.Status]int{}
	for seed := range uint64(10) {
		p := newPlay(t, seed)
		p.file(t, s, fmt.Sprintf("start-%d", seed))
		for i := 0; i < 200 && p.state.Status != engine.Closed; i++ {
			if p.r.IntN(8) == 0 { // a decision whose task is lost after its flush
				lost := *p
				if fl, ok := lost.step(); ok {
					fl.Durable = 0
					mustFlush(t, s, fl)
					p.acts, p.now = lost.acts, lost.now
					p.fence = lost.fence
				}
			}
			fl, ok := p.step()
			if !ok {
				continue
			}
			r, err := s.Flush(t.Context(), fl)
			require.NoError(t, err, "seed %d, event %d (%s)", seed, fl.First, fl.Events[0].Type)
			require.Equal(t, store.Written, r.Refused, "seed %d", seed)
			require.Equal(t, p.seq, r.LastSeq)
		}
		// The end of a lost decision may be left: an empty flush takes it away.
		p.fence++
		mustFlush(t, s, store.Flush{Case: p.number, First: p.seq + 1, Prev: p.hash, Fence: p.fence, Durable: p.seq, Changed: p.rows, Full: p.rows.All()})
		statuses[p.state.Status]++
		rows, head, err := s.CaseRows(t.Context(), p.number)
		require.NoError(t, err)
		require.Equal(t, p.hash, head.LastHash)
		sameRows(t, ordered(p.rows), ordered(rows))
	}
	require.NotZero(t, statuses[engine.Closed], "%v", statuses)
	publish(t, s)
	_, err := s.Verify(t.Context(), store.VerifyOptions{}, func(f store.Finding) { require.Fail(t, "nothing is wrong", "%+v", f) })
	require.NoError(t, err)
}

// ordered puts rows in the order of their ids: the store's order is the screens', not the state's.
func ordered(r engine.Rows) engine.Rows {
	r.Steps = sorted(r.Steps, func(x engine.StepRow) string { return x.ID })
	r.Tasks = sorted(r.Tasks, func(x engine.TaskRow) string { return x.ID })
	r.Papers = sorted(r.Papers, func(x engine.PaperState) string { return x.ID })
	r.Notices = sorted(r.Notices, func(x engine.Notice) string { return x.ID })
	r.Results = sorted(r.Results, func(x engine.ResultRow) string { return x.ID })
	return r
}

func sorted[T any](list []T, id func(T) string) []T {
	return slices.SortedFunc(slices.Values(list), func(a, b T) int { return strings.Compare(id(a), id(b)) })
}
