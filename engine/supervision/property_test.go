package supervision_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/supervision"
)

// wander plays random acts of people who may well do them, and time passing.
func wander(t *testing.T, seed uint64) *story {
	r := rand.New(rand.NewPCG(seed, 7))
	missing := []string{"p1", "permit"}[:r.IntN(3)]
	s := tell(t, fmt.Sprintf("N%d", seed), missing...)
	acts := map[engine.TaskKind][]engine.Act{
		engine.TaskLook: {engine.Clear, engine.Clear, engine.Gap}, engine.TaskAccept: {engine.Accept, engine.Accept, engine.Refuse},
		engine.TaskAnswer: {engine.Answer}, engine.TaskHand: {engine.Hand},
		engine.TaskWork: {engine.Claim, engine.Release, engine.Pass, engine.SendBack, engine.Grant, engine.Deny, engine.Agree, engine.Disagree, engine.Extend, engine.Grant, engine.Agree, engine.Pass},
	}
	for range 80 {
		var open []*engine.Task
		for _, k := range s.state.Tasks {
			if k.Status == engine.TaskOpen && acts[k.Kind] != nil {
				open = append(open, k)
			}
		}
		due := engine.NextDue(s.state)
		if len(open) == 0 || r.IntN(4) == 0 {
			if due.IsZero() {
				break
			}
			s.now = maxTime(s.now, due)
			s.run(engine.Command{Do: engine.Tick, At: s.now})
			continue
		}
		s.now = s.now.Add(time.Duration(r.IntN(30)) * time.Hour)
		k := open[r.IntN(len(open))]
		do := acts[k.Kind][r.IntN(len(acts[k.Kind]))]
		if r.IntN(50) == 0 {
			do = engine.Withdraw
		}
		cmd := s.command(k.Party+"."+k.Role, do, k.Step, engine.Args{Reason: "理由", Basis: "法", Way: "counter", Clock: "statutory",
			Checks: []engine.CheckResult{{ID: "safe", OK: r.IntN(2) == 0}}, Lines: []engine.GapLine{{Of: "permit", Reason: "不清楚"}}})
		if k.Party == "applicant" || do == engine.Withdraw {
			cmd.By = engine.Actor{Kind: engine.Applicant}
			cmd.Args.Papers = []engine.PaperIn{{ID: "permit", Hash: fmt.Sprintf("%064d", r.IntN(99))}}
		}
		if do == engine.Withdraw {
			cmd.Step = ""
		}
		if do == engine.Extend {
			cmd.By.Roles = []string{engine.RoleGovernmentHead}
		}
		cmd.By.ID += fmt.Sprint(r.IntN(3))
		if k.Kind != engine.TaskWork || k.Step != "check" {
			cmd.Args.Checks = nil
		}
		res := engine.Decide(s.rules, s.state, cmd)
		s.log, s.state = append(s.log, res.Events...), res.State
	}
	return s
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Whatever happens in a case: following it event by event finds what looking at it
// as a whole finds; what is found stays found; and Next never sleeps through a card.
func TestCardsAreAFunctionOfTheEvents(t *testing.T) {
	t.Parallel()
	rules := load(t)
	seen := map[string]int{}
	for seed := range uint64(100) {
		s := wander(t, seed)
		until := s.now.AddDate(0, 0, 90)
		all := rules.Cards(s.rules, s.log, until)
		require.Equal(t, all, rules.Cards(s.rules, s.log, until), "seed %d: twice", seed)
		w := rules.Watch(s.rules, nil)
		for i, e := range s.log {
			w.Add(e)
			if i+1 == len(s.log) || !e.At.Before(s.log[i+1].At) {
				continue
			}
			here := s.log[i+1].At
			for _, c := range w.Cards(here) {
				require.Contains(t, all, c, "seed %d, after event %d", seed, e.Seq)
			}
		}
		require.Equal(t, all, w.Cards(until), "seed %d: followed", seed)
		require.Empty(t, w.Faults(), "seed %d", seed)
		// wake up only when Next says so: nothing is missing
		at := s.state.Last
		for next := w.Next(at); !next.IsZero() && !next.After(until); next = w.Next(next) {
			at = next
		}
		require.Len(t, w.Cards(at), len(all), "seed %d: a card came when nobody was told to look", seed)
		for i, c := range all {
			seen[c.Rule]++
			require.False(t, slices.ContainsFunc(all[:i], func(o supervision.Card) bool {
				return o.Rule == c.Rule && o.Fire == c.Fire && o.Subject == c.Subject
			}), "seed %d: %s twice", seed, c.Subject)
			require.NotEmpty(t, c.Org, "seed %d: nobody answers for %s", seed, c.Subject)
			require.False(t, c.At.After(until))
			if c.Level > supervision.Mark {
				require.NotEmpty(t, c.Zh)
				require.NotEqual(t, c.Zh, c.En)
				require.NotContains(t, c.Zh, "{")
			}
		}
	}
	for _, rule := range []string{"T1", "T2", "T5", "T6", "T9", "T10", "C2"} {
		require.NotZero(t, seen[rule], "%s never came up: %v", rule, seen)
	}
}
