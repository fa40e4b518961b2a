package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/store"
)

func claim(f *film, key string, at time.Time) store.Intent {
	return store.Intent{Key: key, Case: f.number, Act: engine.Claim, By: engine.Actor{Kind: engine.Person, ID: clerkID, Org: window}, Body: []byte(`{"task":"t"}`), At: at}
}

func TestRecordCommandOncePerKey(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	in := claim(f, "k2", morning.Add(time.Minute))
	c, repeated, err := s.RecordCommand(t.Context(), in)
	require.NoError(t, err)
	require.False(t, repeated)
	require.Equal(t, store.CommandPending, c.Status)
	require.Equal(t, in.At, c.RecordedAt)

	later := in
	later.At = in.At.Add(time.Hour)
	again, repeated, err := s.RecordCommand(t.Context(), later)
	require.NoError(t, err)
	require.True(t, repeated)
	c.Handed = true // two callers have it now
	require.Equal(t, c, again, "the time of an act is that of its first record")

	for name, change := range map[string]func(*store.Intent){
		"body":  func(i *store.Intent) { i.Body = []byte(`{"task":"u"}`) },
		"act":   func(i *store.Intent) { i.Act = engine.Release },
		"actor": func(i *store.Intent) { i.By.ID = "acc-8" },
		"org":   func(i *store.Intent) { i.By.Org = market },
		"case":  func(i *store.Intent) { i.Case = start(t, s, "other", morning).number },
	} {
		other := in
		change(&other)
		_, _, err := s.RecordCommand(t.Context(), other)
		require.ErrorIs(t, err, store.ErrKeyReused, name)
	}
	missing := in
	missing.Key, missing.Case = "k3", "no-such-case"
	_, _, err = s.RecordCommand(t.Context(), missing)
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = s.CommandByKey(t.Context(), "k3")
	require.ErrorIs(t, err, store.ErrNotFound)
}

// Two api processes record acts on one case at the same microsecond, and by clocks that disagree.
func TestIntentsOfACaseAreOrdered(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	const n = 40
	var wg sync.WaitGroup
	times := make([]time.Time, n)
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			at := morning.Add(time.Second)
			if i%4 == 0 {
				at = morning.Add(-time.Hour) // a clock behind
			}
			c, _, err := s.RecordCommand(t.Context(), claim(f, fmt.Sprintf("c%d", i), at))
			times[i], errs[i] = c.RecordedAt, err
		})
	}
	wg.Wait()
	seen := map[time.Time]bool{}
	for i := range n {
		require.NoError(t, errs[i])
		require.False(t, seen[times[i]], "two acts of one case at one time")
		require.True(t, times[i].After(morning), "an act before the filing")
		seen[times[i]] = true
	}
	list, err := s.EarlierIntents(t.Context(), f.number, morning.Add(time.Hour))
	require.NoError(t, err)
	require.Len(t, list, n)
	for i := 1; i < n; i++ {
		require.True(t, list[i].RecordedAt.After(list[i-1].RecordedAt))
	}
}

func TestEarlierIntentsLeavesOutWhatIsDecided(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	for i := range 4 {
		_, _, err := s.RecordCommand(t.Context(), claim(f, fmt.Sprintf("c%d", i), morning.Add(time.Duration(i+1)*time.Minute)))
		require.NoError(t, err)
	}
	mustFlush(t, s, f.flush("c0", engine.TaskClaimed{Task: "receive.1.accept"}))
	n, err := s.AnswerCommands(t.Context(), []store.Answer{{Key: "c1", Status: store.CommandRejected, Reply: json.RawMessage(`{}`), At: morning}})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	list, err := s.EarlierIntents(t.Context(), f.number, morning.Add(4*time.Minute))
	require.NoError(t, err)
	require.Len(t, list, 2, "c0 is in the log, but perhaps of a lost decision; c1 is answered, c3 is not before")
	require.Equal(t, []string{"c0", "c2"}, []string{list[0].Key, list[1].Key})

	confirmed, err := s.Confirm(t.Context(), []store.Confirmed{{Case: f.number, Seq: 3}})
	require.NoError(t, err)
	require.Equal(t, 1, confirmed)
	list, err = s.EarlierIntents(t.Context(), f.number, morning.Add(4*time.Minute))
	require.NoError(t, err)
	require.Len(t, list, 1, "now c0 is certain")
	require.Equal(t, "c2", list[0].Key)

	seq, err := s.CommandSeq(t.Context(), f.number, "c0")
	require.NoError(t, err)
	require.EqualValues(t, 3, seq)
	seq, err = s.CommandSeq(t.Context(), f.number, "c2")
	require.NoError(t, err)
	require.Zero(t, seq)
}

// A case refuses an act without a trace, and is given that very act as an earlier intent before the
// refusal is recorded: it may do it, so the refusal does not count. A settled one does.
func TestARefusalOfAHandedCommandDoesNotCount(t *testing.T) {
	t.Parallel()
	rejected := store.Answer{Key: "c", Status: store.CommandRejected, Reply: json.RawMessage(`{"n":1}`), At: morning}
	settled := rejected
	settled.Settled, settled.Reply = true, json.RawMessage(`{"n":2}`)
	done := store.Answer{Key: "c", Status: store.CommandDone, Reply: json.RawMessage(`{"n":3}`), At: morning}
	hands := map[string]func(t *testing.T, s *store.Store, f *film){
		"to its case": func(t *testing.T, s *store.Store, f *film) {
			list, err := s.EarlierIntents(t.Context(), f.number, morning.Add(time.Hour))
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.True(t, list[0].Handed)
		},
		"to a sweeper": func(t *testing.T, s *store.Store, f *film) {
			require.NoError(t, s.MarkStarted(t.Context(), f.number))
			exec(t, s, `UPDATE command SET next_try = clock_timestamp() - interval '1 s' WHERE key = 'c'`)
			list, err := s.ClaimUnanswered(t.Context(), 10, time.Minute)
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.True(t, list[0].Handed)
		},
		"to a caller who repeats": func(t *testing.T, s *store.Store, f *film) {
			c, repeated, err := s.RecordCommand(t.Context(), claim(f, "c", morning.Add(time.Minute)))
			require.NoError(t, err)
			require.True(t, repeated && c.Handed)
		},
	}
	for how, hand := range hands {
		for _, final := range []store.Answer{settled, done} {
			t.Run(how+", then "+string(final.Status), func(t *testing.T) {
				t.Parallel()
				s := open(t)
				f := start(t, s, "k1", morning)
				c, _, err := s.RecordCommand(t.Context(), claim(f, "c", morning.Add(time.Minute)))
				require.NoError(t, err)
				require.False(t, c.Handed)
				hand(t, s, f)
				n, err := s.AnswerCommands(t.Context(), []store.Answer{rejected})
				require.NoError(t, err)
				require.Zero(t, n)
				c, err = s.CommandByKey(t.Context(), "c")
				require.NoError(t, err)
				require.Equal(t, store.CommandPending, c.Status)
				require.True(t, c.Handed)
				n, err = s.AnswerCommands(t.Context(), []store.Answer{final})
				require.NoError(t, err)
				require.Equal(t, 1, n)
				c, err = s.CommandByKey(t.Context(), "c")
				require.NoError(t, err)
				require.Equal(t, final.Status, c.Status)
				require.JSONEq(t, string(final.Reply), string(c.Reply))
			})
		}
	}
	t.Run("not handed", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		f := start(t, s, "k1", morning)
		_, _, err := s.RecordCommand(t.Context(), claim(f, "c", morning.Add(time.Minute)))
		require.NoError(t, err)
		n, err := s.AnswerCommands(t.Context(), []store.Answer{rejected})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		list, err := s.EarlierIntents(t.Context(), f.number, morning.Add(time.Hour))
		require.NoError(t, err)
		require.Empty(t, list, "what a caller was told is refused is given to nobody")
	})
}

// The refusal is being written while the case asks, and the other way round: whoever has the row
// first decides for both.
func TestAnswerAndQuestionOfOneCommandAreOrdered(t *testing.T) {
	t.Parallel()
	s := open(t)
	const n = 60
	var asked, answered int
	for i := range n {
		f := start(t, s, fmt.Sprintf("k%d", i), morning)
		key := fmt.Sprintf("c%d", i)
		_, _, err := s.RecordCommand(t.Context(), claim(f, key, morning.Add(time.Minute)))
		require.NoError(t, err)
		var list []store.Command
		var counts int
		var errs [2]error
		var wg sync.WaitGroup
		wg.Go(func() { list, errs[0] = s.EarlierIntents(t.Context(), f.number, morning.Add(time.Hour)) })
		wg.Go(func() {
			counts, errs[1] = s.AnswerCommands(t.Context(), []store.Answer{{Key: key, Status: store.CommandRejected, Reply: json.RawMessage(`{}`), At: morning}})
		})
		wg.Wait()
		require.NoError(t, errors.Join(errs[:]...))
		require.Equal(t, 1, len(list)+counts, "the act is either the case's or refused")
		asked, answered = asked+len(list), answered+counts
	}
	t.Logf("the case was first %d times, the refusal %d times", asked, answered)
}

// An intent being written while an expiry asks: the question waits for it, and an intent written
// after the question does not get an earlier time, however early its clock says it is.
func TestEarlierIntentsMissesNothingInFlight(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	due := morning.Add(time.Hour)

	tx, err := s.Pool().Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), `SELECT record_command('slow', $1, 'claim', 'person', 'a', 'o', '', sha256(''), $2, '10s')`, f.number, due.Add(-time.Minute))
	require.NoError(t, err)
	asked := make(chan []store.Command, 1)
	go func() {
		list, err := s.EarlierIntents(t.Context(), f.number, due)
		if err != nil {
			list = nil
		}
		asked <- list
	}()
	require.Eventually(t, func() bool {
		var waiting bool
		err := s.Pool().QueryRow(t.Context(), `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)`).Scan(&waiting)
		return err == nil && waiting
	}, 10*time.Second, 5*time.Millisecond, "the question waits for the intent in flight")
	require.Empty(t, asked)
	require.NoError(t, tx.Commit(t.Context()))
	list := <-asked
	require.Len(t, list, 1)
	require.Equal(t, "slow", list[0].Key)

	c, _, err := s.RecordCommand(t.Context(), claim(f, "late", due.Add(-time.Minute)))
	require.NoError(t, err)
	require.False(t, c.RecordedAt.Before(due), "recorded after the question, so not before its instant")
}

func TestAnswersAreFinalAndConfirm(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	_, _, err := s.RecordCommand(t.Context(), claim(f, "c1", morning.Add(time.Minute)))
	require.NoError(t, err)
	mustFlush(t, s, f.flush("c1", engine.TaskClaimed{Task: "receive.1.accept"}))
	answer := store.Answer{Key: "c1", Status: store.CommandDone, Reply: json.RawMessage(`{"b":1,"a":2}`), Seq: 3, Hash: f.hash, At: morning.Add(time.Hour)}
	other := answer
	other.Status, other.Reply = store.CommandFailed, json.RawMessage(`{}`)
	n, err := s.AnswerCommands(t.Context(), []store.Answer{answer, other, {Key: "unknown", Status: store.CommandDone, Reply: json.RawMessage(`{}`), At: morning}})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	n, err = s.AnswerCommands(t.Context(), []store.Answer{other})
	require.NoError(t, err)
	require.Zero(t, n, "the first answer counts")
	c, err := s.CommandByKey(t.Context(), "c1")
	require.NoError(t, err)
	require.Equal(t, store.CommandDone, c.Status)
	require.Equal(t, `{"b":1,"a":2}`, string(c.Reply), "the same bytes again")
	require.Equal(t, morning.Add(time.Hour), c.AnsweredAt)
	require.EqualValues(t, 3, c.Seq)
	h, err := s.HeadOf(t.Context(), f.number)
	require.NoError(t, err)
	require.EqualValues(t, 3, h.Confirmed)

	_, err = s.AnswerCommands(t.Context(), []store.Answer{{Key: "c1", Status: store.CommandPending, At: morning}})
	require.NoError(t, err, "not pending any more: nothing to do")
	_, _, err = s.RecordCommand(t.Context(), claim(f, "c2", morning.Add(time.Minute)))
	require.NoError(t, err)
	_, err = s.AnswerCommands(t.Context(), []store.Answer{{Key: "c2", Status: store.CommandPending, Reply: json.RawMessage(`{}`), At: morning}})
	var refused *store.ConstraintError
	require.ErrorAs(t, err, &refused)
}

func TestSweepersShareUnansweredCommands(t *testing.T) {
	t.Parallel()
	s := open(t)
	f, g := start(t, s, "k1", morning), start(t, s, "k2", morning)
	for i := range 3 {
		for _, x := range []*film{g, f} {
			_, _, err := s.RecordCommand(t.Context(), claim(x, fmt.Sprintf("%s-%d", x.number, i), morning.Add(time.Duration(3-i)*time.Minute)))
			require.NoError(t, err)
		}
	}
	list, err := s.ClaimUnanswered(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Empty(t, list, "the api that recorded them still waits for their answers")
	exec(t, s, `UPDATE command SET next_try = clock_timestamp() - interval '1 s' WHERE status = 'pending'`)
	list, err = s.ClaimUnanswered(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Empty(t, list, "their workflows are not started yet")
	require.NoError(t, s.MarkStarted(t.Context(), f.number))
	require.NoError(t, s.MarkStarted(t.Context(), g.number))

	var wg sync.WaitGroup
	got := make([][]store.Command, 3)
	errs := make([]error, 3)
	for i := range got {
		wg.Go(func() { got[i], errs[i] = s.ClaimUnanswered(t.Context(), 10, time.Minute) })
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	seen := map[string]bool{}
	for _, list := range got {
		for i, c := range list {
			require.False(t, seen[c.Key], "two sweepers have one command")
			seen[c.Key] = true
			require.Equal(t, 1, c.Attempts)
			if i > 0 && list[i-1].Case == c.Case {
				require.True(t, c.RecordedAt.After(list[i-1].RecordedAt), "by case, oldest first")
			}
		}
	}
	require.Len(t, seen, 6)
}

// A sweeper has the first act of a case in hand, without success: those after it wait.
func TestNoCommandOvertakesAnEarlierOne(t *testing.T) {
	t.Parallel()
	s := open(t)
	f, g := start(t, s, "k1", morning), start(t, s, "k2", morning)
	for _, x := range []*film{f, g} {
		require.NoError(t, s.MarkStarted(t.Context(), x.number))
		for i := range 3 {
			_, _, err := s.RecordCommand(t.Context(), claim(x, fmt.Sprintf("%s-%d", x.number, i), morning.Add(time.Duration(i+1)*time.Minute)))
			require.NoError(t, err)
		}
	}
	due := func(key string) {
		exec(t, s, `UPDATE command SET next_try = clock_timestamp() - interval '1 s' WHERE status = 'pending' AND key LIKE '`+key+`'`)
	}
	claimed := func() (keys []string) {
		t.Helper()
		list, err := s.ClaimUnanswered(t.Context(), 10, time.Minute)
		require.NoError(t, err)
		for _, c := range list {
			keys = append(keys, c.Key)
		}
		return keys
	}
	due(f.number + "-0")
	require.Equal(t, []string{f.number + "-0"}, claimed())
	due(f.number + "-1")
	due(f.number + "-2")
	due(g.number + "-2")
	require.Empty(t, claimed(), "the first act of both cases is in somebody's hand")
	_, err := s.AnswerCommands(t.Context(), []store.Answer{{Key: f.number + "-0", Status: store.CommandRejected, Settled: true, Reply: json.RawMessage(`{}`), At: morning}})
	require.NoError(t, err)
	require.Equal(t, []string{f.number + "-1", f.number + "-2"}, claimed())
	due(g.number + "-%")
	require.Equal(t, []string{g.number + "-0", g.number + "-1", g.number + "-2"}, claimed())
}

func TestConcurrentKeysHaveOneEffect(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	const n = 16
	var wg sync.WaitGroup
	fresh := make(chan store.Command, n)
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			c, repeated, err := s.RecordCommand(t.Context(), claim(f, "same", morning.Add(time.Duration(i)*time.Second)))
			errs[i] = err
			if err == nil && !repeated {
				fresh <- c
			}
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Len(t, fresh, 1)
	first := <-fresh
	c, err := s.CommandByKey(t.Context(), "same")
	require.NoError(t, err)
	require.Equal(t, first.RecordedAt, c.RecordedAt)
}
