package supervision_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/supervision"
)

func (s *story) fact() supervision.Fact {
	s.t.Helper()
	w := load(s.t).Watch(s.rules, nil)
	for _, e := range s.log {
		w.Add(e)
	}
	return w.Fact()
}

// finished grants everything and hands out at the counter.
func (s *story) finished() *story {
	s.t.Helper()
	return s.concluded().do("hall.clerk2", engine.Hand, "handOut", engine.Args{Way: "counter"})
}

func (s *story) concluded() *story {
	s.t.Helper()
	if s.state.Step("opinion").Status == engine.Open { // else it was silent
		s.do("eco.handle", engine.Agree, "opinion")
	}
	s.do("fire.handle", engine.Pass, "check").do("fire.approve", engine.Grant, "check", safe)
	return s.do("market.handle", engine.Grant, "conclude")
}

func TestTheFactsOfACase(t *testing.T) {
	t.Parallel()
	s := tell(t, "N1")
	f := s.fact()
	require.Equal(t, "hall", f.Hall)
	require.Equal(t, "market", f.Lead)
	require.Equal(t, 1, f.Visits, "filed at the window")
	require.True(t, f.ReceivedAt.Equal(s.now))
	require.False(t, f.Measured)
	require.Empty(t, f.Outcome)

	s.accepted() // Monday 2 March
	s.at("2026-03-04T09:00").finished()
	f = s.fact()
	require.Equal(t, "granted", f.Outcome)
	require.True(t, f.Measured)
	require.Equal(t, 2, f.Days, "Tuesday and Wednesday")
	require.Equal(t, 2, f.NetDays)
	require.True(t, f.Promise && f.Law)
	require.False(t, f.PromiseLate || f.LawLate)
	require.False(t, f.ConcludedAt.IsZero())
	require.Equal(t, []string{"eco", "fire", "hall", "market"}, f.Orgs)
}

func TestFactsLeaveOutDaysAClockStoodStill(t *testing.T) {
	t.Parallel()
	s := tell(t, "N1").accepted()
	expert := engine.Args{Pause: "expert", Time: calendar.Period{Amount: 3, Unit: calendar.WorkingDays}, Reason: "专家评审", Document: strings.Repeat("a", 64)}
	s.do("fire.handle", engine.PauseClock, "check", expert)
	s.at("2026-03-05T09:00").do("fire.handle", engine.Resume, "check", engine.Args{Reason: "通过"})
	s.at("2026-03-06T09:00").finished()
	f := s.fact()
	require.Equal(t, 4, f.Days, "3 to 6 March")
	require.Equal(t, 1, f.NetDays, "without 3, 4 and 5 March")
}

func TestFactsOfLateCases(t *testing.T) {
	t.Parallel()
	s := tell(t, "N1").accepted().at("2026-03-17T09:00").finished() // the matter's ten days are over, the promise's twenty are not
	f := s.fact()
	require.True(t, f.LawLate)
	require.False(t, f.PromiseLate)
	s = tell(t, "N2").accepted().at("2026-04-02T09:00").finished()
	require.True(t, s.fact().PromiseLate)
}

func TestFactsOfNoticeAndAnswer(t *testing.T) {
	t.Parallel()
	s := tell(t, "N1", "p1")
	for _, k := range s.state.Tasks {
		if k.Kind == engine.TaskLook && k.Status == engine.TaskOpen {
			s.do(k.Party+"."+k.Role, engine.Clear, "receive")
		}
	}
	s.at("2026-03-05T09:00")
	f := s.fact()
	require.Equal(t, 1, f.Corrections)
	require.False(t, f.NoticedAt.IsZero())
	require.True(t, f.AcceptedAt.IsZero())
	s.do("applicant", engine.Answer, "receive", engine.Args{Papers: []engine.PaperIn{{ID: "p1", Hash: strings.Repeat("a", 64)}}})
	require.Equal(t, 1, s.fact().Visits, "answered from home")
}

// Whatever happens: facts followed event by event are those of the whole log, through
// their stored form, and hang together.
func TestFactsAreAFunctionOfTheEvents(t *testing.T) {
	t.Parallel()
	rules := load(t)
	seen := map[string]int{}
	for seed := range uint64(100) {
		s := wander(t, seed)
		w := rules.Watch(s.rules, nil)
		for _, e := range s.log {
			w.Add(e)
			w.Fact()
		}
		f := w.Fact()
		require.Equal(t, s.fact(), f, "seed %d", seed)
		b, err := json.Marshal(f)
		require.NoError(t, err)
		var back supervision.Fact
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, f, back, "seed %d", seed)
		require.Equal(t, f.Outcome != "", !f.ConcludedAt.IsZero(), "seed %d", seed)
		require.LessOrEqual(t, f.NetDays, f.Days)
		require.Equal(t, f.Measured, !f.AcceptedAt.IsZero() && !f.ConcludedAt.IsZero(), "seed %d", seed)
		require.False(t, f.PromiseLate && !f.Promise || f.LawLate && !f.Law)
		require.Contains(t, f.Orgs, f.Lead)
		for _, at := range []time.Time{f.AcceptedAt, f.ConcludedAt, f.ClosedAt} {
			require.True(t, at.IsZero() || !at.Before(f.ReceivedAt), "seed %d", seed)
		}
		seen[f.Outcome]++
	}
	require.GreaterOrEqual(t, len(seen), 4, "the cases go different ways: %v", seen)
}
