package engine_test

import (
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// restaurantRules loads the restaurant of the catalogue.
func restaurantRules(tb testing.TB) *engine.Rules {
	tb.Helper()
	const name = "restaurant/2026.1.yaml"
	src, err := os.ReadFile("../definitions/" + name)
	require.NoError(tb, err)
	file, found := definition.ParseFile(name, src)
	require.False(tb, found.Failed(), "%v", found)
	lib, found := definition.LibraryOf(file)
	require.False(tb, found.Failed(), "%v", found)
	def, found := lib.Resolve("restaurant", "", "210304")
	require.False(tb, found.Failed(), "%v", found)
	plan, err := definition.Compile(def)
	require.NoError(tb, err)
	cal, err := calendars.National()
	require.NoError(tb, err)
	return &engine.Rules{Plan: plan, Calendar: cal}
}

// restaurantCase is one whole case of people's commands: papers missing, gaps in
// one notice, answer, acceptance, departments side by side, an opinion against
// it overridden, conclusion, hand-out.
func restaurantCase(tb testing.TB, r *engine.Rules) []engine.Command {
	tb.Helper()
	var list []engine.Command
	orgs := map[string]string{}
	for _, p := range r.Plan.Def.Parties {
		orgs[p.ID] = p.ID
	}
	add := func(at, party, role string, nth int, do engine.Act, step string, args engine.Args) {
		t, err := time.ParseInLocation("2006-01-02T15:04", at, calendar.Zone)
		require.NoError(tb, err)
		by := person(party, role, nth)
		if party == "applicant" {
			by = engine.Actor{Kind: engine.Applicant}
		}
		if n := r.Plan.Node(step); n != nil && n.Work() != nil && slices.Contains([]engine.Act{engine.Pass, engine.Grant, engine.Deny, engine.Disagree}, do) {
			for _, id := range n.Work().Checks {
				args.Checks = append(args.Checks, engine.CheckResult{ID: id, OK: do == engine.Pass || do == engine.Grant})
			}
		}
		cmd := engine.Command{ID: "c" + at + string(do) + step + party + role, Do: do, By: by, At: t, Step: step, Args: args}
		if do == engine.File {
			cmd.Parties = orgs
		}
		list = append(list, cmd)
	}
	args := engine.Args{
		Number: "N1", Region: "210304", Channel: "window",
		Answers: map[string]any{
			"hasLicence": false, "kinds": []any{"hot"}, "area": 120.0, "gathering": true, "fireMode": "commitment",
			"mixedUse": true, "fumes": true, "sign": true, "sewer": true, "sellsTobacco": true,
		},
		Form: map[string]any{"applicant": map[string]any{"name": "某某餐饮店"}, "premises": "某路1号", "staff": 6.0},
	}
	asked, rejection := engine.Checklist(r, args, time.Date(2026, 2, 12, 2, 0, 0, 0, time.UTC))
	require.Nil(tb, rejection)
	for i, p := range asked {
		if p.Status == engine.PaperMissing && p.ID != "lease" && p.ID != "layoutPlan" {
			args.Papers = append(args.Papers, engine.PaperIn{ID: p.ID, Hash: hashOf(i)})
		}
	}
	add("2026-02-12T10:00", "hall", "clerk", 1, engine.File, "", args)
	gap := func(of string) engine.Args {
		return engine.Args{Lines: []engine.GapLine{{Of: of, Reason: "未提交"}}}
	}
	add("2026-02-13T09:00", "market", "handle", 1, engine.Gap, "receive", gap("layoutPlan"))
	add("2026-02-13T09:05", "fire", "handle", 1, engine.Clear, "receive", engine.Args{})
	add("2026-02-13T09:06", "city", "handle", 1, engine.Clear, "receive", engine.Args{})
	add("2026-02-13T09:07", "drainage", "handle", 1, engine.Clear, "receive", engine.Args{})
	add("2026-02-13T09:08", "tobacco", "handle", 1, engine.Clear, "receive", engine.Args{})
	add("2026-02-13T09:10", "eco", "handle", 1, engine.Gap, "receive", gap("layoutPlan"))
	add("2026-02-13T09:20", "hall", "clerk", 1, engine.Gap, "receive", gap("lease"))
	add("2026-02-14T15:00", "applicant", "", 0, engine.Answer, "", engine.Args{Papers: []engine.PaperIn{
		{ID: "lease", Hash: hashOf(100)}, {ID: "layoutPlan", Hash: hashOf(101)},
	}})
	add("2026-02-24T09:00", "hall", "clerk", 1, engine.Accept, "", engine.Args{})
	add("2026-02-24T10:00", "market", "handle", 1, engine.Claim, "registration", engine.Args{})
	add("2026-02-24T11:00", "market", "handle", 1, engine.Grant, "registration", engine.Args{})
	add("2026-02-25T10:00", "eco", "handle", 1, engine.Disagree, "fumeSiting", engine.Args{Reason: "烟道与住宅共用"})
	add("2026-02-25T14:00", "market", "approve", 3, engine.ContinueBlock, "review", engine.Args{Reason: "已有专用烟道证明"})
	add("2026-02-26T09:00", "fire", "handle", 1, engine.Pass, "fireCheck", engine.Args{})
	add("2026-02-26T09:10", "fire", "check", 2, engine.Pass, "fireCheck", engine.Args{})
	add("2026-02-26T10:00", "fire", "approve", 3, engine.Grant, "fireCheck", engine.Args{})
	add("2026-02-26T11:00", "city", "handle", 1, engine.Grant, "signboard", engine.Args{})
	add("2026-02-26T12:00", "drainage", "handle", 1, engine.Grant, "drain", engine.Args{})
	add("2026-02-26T13:00", "tobacco", "handle", 1, engine.Deny, "tobaccoRetail", engine.Args{Reason: "间距不足", Basis: "烟草专卖许可证管理办法"})
	add("2026-02-27T11:00", "market", "handle", 1, engine.Pass, "food", engine.Args{})
	add("2026-02-27T14:00", "market", "check", 2, engine.Pass, "food", engine.Args{})
	add("2026-02-27T16:00", "market", "approve", 3, engine.Grant, "food", engine.Args{})
	add("2026-03-02T09:10", "market", "approve", 3, engine.Grant, "conclude", engine.Args{
		Overrides: []engine.Override{{Step: "fumeSiting", Reason: "专用烟道符合要求"}},
	})
	add("2026-03-03T09:00", "hall", "clerk", 1, engine.Hand, "handOut", engine.Args{Way: "counter"})
	return list
}

// closed plays a whole case and says how it stands at the end.
func closed(tb testing.TB, r *engine.Rules, commands []engine.Command) *engine.State {
	tb.Helper()
	var s *engine.State
	for _, c := range commands {
		res := engine.Decide(r, s, c)
		require.Nil(tb, res.Rejection, "%s %s", c.Do, c.Step)
		s = res.State
	}
	require.Equal(tb, engine.Closed, s.Status)
	return s
}

// What is measured is a whole case, none of whose commands is refused: benchmarks are not run with the tests.
func TestTheMeasuredCaseIsWhole(t *testing.T) {
	t.Parallel()
	r := restaurantRules(t)
	require.Equal(t, engine.PartlyGrant, closed(t, r, restaurantCase(t, r)).Outcome)
}

// BenchmarkDecideEvolve measures people's commands, whole cases over: each is
// decided and its events applied. The restaurant's item is several times as large as
// that of `make bench`, whose figure is the one that is held to a budget.
func BenchmarkDecideEvolve(b *testing.B) {
	r := restaurantRules(b)
	commands := restaurantCase(b, r)
	s := closed(b, r, commands)
	b.ReportAllocs()
	b.ResetTimer()
	spent := processorTime(b)
	for i := range b.N {
		n := i % len(commands)
		if n == 0 {
			s = nil
		}
		s = engine.Decide(r, s, commands[n]).State
	}
	spent = processorTime(b) - spent
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
	// what a core to itself would do: the collector's work is in it, other programs' is not
	b.ReportMetric(float64(b.N)/spent.Seconds(), "acts/core-s")
}

// processorTime is the time all threads of this process have spent on processors.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
