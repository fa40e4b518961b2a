package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/store"
)

// desk answers calls with themselves and notes which came together.
type desk struct {
	mu    sync.Mutex
	sent  [][]string
	fails func(calls []string) error
}

func (d *desk) send(_ context.Context, calls []string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent = append(d.sent, slices.Clone(calls))
	if d.fails != nil {
		if err := d.fails(calls); err != nil {
			return nil, err
		}
	}
	return slices.Clone(calls), nil
}

// together is how many calls went with others, and in how many groups.
func (d *desk) together() (calls, groups int) {
	for _, s := range d.sent {
		if len(s) > 1 {
			calls, groups = calls+len(s), groups+1
		}
	}
	return calls, groups
}

func TestCallsFarApartGoAloneAndAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		do := store.NewGather(d.send)
		for i := range 50 {
			began := time.Now()
			got, err := do(t.Context(), fmt.Sprint(i))
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint(i), got)
			require.Zero(t, time.Since(began), "nobody waits who is alone")
			time.Sleep(10 * time.Millisecond)
		}
		require.Len(t, d.sent, 50)
	})
}

// One caller who is quick comes as often as many do, but nobody will ever come to him.
func TestAQuickCallerIsNotKeptWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		do := store.NewGather(d.send)
		waited := 0
		for range 500 {
			began := time.Now()
			_, err := do(t.Context(), "again")
			require.NoError(t, err)
			if time.Since(began) > 0 {
				waited++
			}
			time.Sleep(time.Millisecond)
		}
		require.Positive(t, waited, "now and then it is tried")
		require.Less(t, waited, 25)
	})
}

func TestCallsCloseTogetherGoTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		do := store.NewGather(d.send)
		var all sync.WaitGroup
		for i := range 400 {
			all.Go(func() {
				name := fmt.Sprintf("%03d", (i*7)%400)
				got, err := do(t.Context(), name)
				if err != nil || got != name {
					t.Errorf("call %s was answered %q, %v", name, got, err)
				}
			})
			time.Sleep(time.Millisecond)
		}
		all.Wait()
		calls, groups := d.together()
		require.Greater(t, calls, 350, "all but the first, which could not know that others would come")
		require.Less(t, groups, calls/4)
		seen := 0
		for _, s := range d.sent {
			seen += len(s)
			require.True(t, slices.IsSorted(s), "rows are locked in one order")
		}
		require.Equal(t, 400, seen, "each once")

		// The rush is over: soon a call goes alone again.
		for range 10 {
			time.Sleep(time.Second)
			_, err := do(t.Context(), "late")
			require.NoError(t, err)
		}
		began := time.Now()
		_, err := do(t.Context(), "alone")
		require.NoError(t, err)
		require.Zero(t, time.Since(began))
	})
}

func TestOneBadCallSpoilsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("no")
		d := &desk{fails: func(calls []string) error {
			if slices.ContainsFunc(calls, func(c string) bool { return strings.HasPrefix(c, "bad") }) {
				return broken
			}
			return nil
		}}
		do := store.NewGather(d.send)
		var all sync.WaitGroup
		for i := range 60 {
			name := fmt.Sprint("good", i)
			if i == 40 {
				name = "bad"
			}
			all.Go(func() {
				got, err := do(t.Context(), name)
				if name == "bad" && !errors.Is(err, broken) || name != "bad" && (err != nil || got != name) {
					t.Errorf("call %s was answered %q, %v", name, got, err)
				}
			})
			time.Sleep(time.Millisecond)
		}
		all.Wait()
		require.True(t, slices.ContainsFunc(d.sent, func(s []string) bool { return len(s) > 1 && slices.Contains(s, "bad") }), "it was in a group")
	})
}

func TestWhoGivesUpLeavesTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		do := store.NewGather(d.send)
		hurried, cancel := context.WithCancel(t.Context())
		defer cancel()
		var all sync.WaitGroup
		for i := range 60 {
			all.Go(func() {
				ctx := t.Context()
				if i == 40 {
					ctx = hurried
				}
				began := time.Now()
				_, err := do(ctx, fmt.Sprint(i))
				switch {
				case i != 40 && err != nil:
					t.Errorf("call %d: %v", i, err)
				case i == 40 && (!errors.Is(err, context.Canceled) || time.Since(began) > 0):
					t.Errorf("who gave up at once was answered %v after %s", err, time.Since(began))
				}
			})
			synctest.Wait()
			if i == 40 {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
		all.Wait()
		calls, _ := d.together()
		require.Greater(t, calls, 30)
	})
}

// Forty cases at once: they are written by fewer transactions, each gets its own answer, and a case the
// schema or the fence refuses keeps none of the others from being written.
func TestFlushesOfManyCasesGoTogether(t *testing.T) {
	t.Parallel()
	s := open(t)
	const n, broken, late = 40, 7, 11
	films := make([]*film, n)
	for i := range films {
		films[i] = start(t, s, fmt.Sprint("start-", i), morning.Add(time.Duration(i)*time.Minute))
	}
	for round := range 3 { // the first finds out that it is busy
		flushes := make([]store.Flush, n)
		for i, f := range films {
			switch {
			case round == 2 && i == broken:
				bad := f.fork()
				bad.rows.Tasks[0].Status = engine.TaskDone // without a time
				flushes[i] = bad.flush("bad", engine.TaskClaimed{Task: "receive.1.accept"})
			case round == 2 && i == late:
				double := f.fork()
				double.fence -= int64(time.Hour)
				flushes[i] = double.flush("double", engine.TaskClaimed{Task: "receive.1.accept"})
			default:
				f.rows.Tasks[0].Claimed = fmt.Sprint("somebody-", i, "-", round)
				flushes[i] = f.flush(fmt.Sprint("act-", i, "-", round), engine.OpinionAdded{Reason: fmt.Sprint(i)})
			}
		}
		var all sync.WaitGroup
		replies, errs := make([]store.FlushReply, n), make([]error, n)
		for i := range flushes {
			all.Go(func() { replies[i], errs[i] = s.Flush(t.Context(), flushes[i]) })
		}
		all.Wait()
		for i, f := range films {
			switch {
			case round == 2 && i == broken:
				var refused *store.ConstraintError
				require.ErrorAs(t, errs[i], &refused)
				require.Equal(t, "task_done", refused.Constraint)
				require.Len(t, hashes(t, s, f.number), 4)
			case round == 2 && i == late:
				require.NoError(t, errs[i])
				require.Equal(t, store.RefusedFence, replies[i].Refused)
				require.Len(t, hashes(t, s, f.number), 4)
			default:
				require.NoError(t, errs[i])
				require.Equal(t, store.FlushReply{LastSeq: f.seq, Fence: f.fence, Fence2: f.fence, Confirmed: f.seq - 1}, replies[i])
				got := hashes(t, s, f.number)
				require.Equal(t, f.hash, got[len(got)-1])
				rows, _, err := s.CaseRows(t.Context(), f.number)
				require.NoError(t, err)
				sameRows(t, f.rows, rows)
			}
		}
		var transactions, astray int
		require.NoError(t, s.Pool().QueryRow(t.Context(), `SELECT count(*) FROM task t JOIN case_record r USING (case_no)
			WHERE (t.item, t.received_at) <> (r.item, r.received_at)`).Scan(&astray))
		require.Zero(t, astray, "each task has its own case's columns")
		require.NoError(t, s.Pool().QueryRow(t.Context(), `SELECT count(DISTINCT xmin::text) FROM case_head`).Scan(&transactions))
		if round == 1 {
			require.Less(t, transactions, n/2, "of one transaction are many cases")
		}
	}
}

// Acts recorded at once are answered each for itself: new ones, one known already, and one of no case.
func TestIntentsOfManyCasesGoTogether(t *testing.T) {
	t.Parallel()
	s := open(t)
	const n, known, nobody = 40, 5, 9
	films := make([]*film, n)
	for i := range films {
		films[i] = start(t, s, fmt.Sprint("start-", i), morning)
	}
	films[nobody] = &film{number: "NOBODY"}
	for round := range 3 {
		key := func(i int) string {
			if i == known {
				return "known"
			}
			return fmt.Sprint("act-", i, "-", round)
		}
		var all sync.WaitGroup
		got, repeated, errs := make([]store.Command, n), make([]bool, n), make([]error, n)
		for i, f := range films {
			all.Go(func() {
				got[i], repeated[i], errs[i] = s.RecordCommand(t.Context(), claim(f, key(i), morning.Add(time.Duration(round)*time.Minute)))
			})
		}
		all.Wait()
		for i, f := range films {
			if i == nobody {
				require.ErrorIs(t, errs[i], store.ErrNotFound)
				continue
			}
			require.NoError(t, errs[i])
			require.Equal(t, f.number, got[i].Case)
			require.Equal(t, key(i), got[i].Key)
			require.Equal(t, i == known && round > 0, repeated[i])
		}
	}
	var transactions, all int
	require.NoError(t, s.Pool().QueryRow(t.Context(), `SELECT count(DISTINCT xmin::text), count(*) FROM command WHERE key LIKE 'act-%-2'`).Scan(&transactions, &all))
	require.Less(t, transactions, all/2)
}

// A group moves a case's head, and gives a case its turn, once: a second flush or intent of it comes after.
func TestTwoOfOneCaseInOneGroup(t *testing.T) {
	t.Parallel()
	s := open(t)
	f, other := start(t, s, "one", morning), start(t, s, "other", morning.Add(time.Hour))

	times, _, err := s.RecordGroup(t.Context(), claim(f, "first", morning), claim(other, "beside", morning), claim(f, "second", morning))
	require.NoError(t, err)
	require.Equal(t, times[0].Add(time.Microsecond), times[2], "later than the one before it")

	// One that the schema refuses leaves the other as it is: written, and by nobody repeated.
	_, errs, err := s.RecordGroup(t.Context(), claim(f, "third", morning), claim(f, strings.Repeat("k", 201), morning))
	require.NoError(t, err)
	require.NoError(t, errs[0])
	require.ErrorContains(t, errs[1], "command_key_check")
	third, err := s.CommandByKey(t.Context(), "third")
	require.NoError(t, err)
	require.False(t, third.Handed)

	first := f.flush("first", engine.TaskClaimed{Task: "receive.1.accept"})
	double := first
	second := f.flush("second", engine.TaskReleased{Task: "receive.1.accept"})
	beside := other.flush("beside", engine.TaskClaimed{Task: "receive.1.accept"})
	replies, err := s.FlushGroup(t.Context(), first, second, beside)
	require.NoError(t, err)
	require.Equal(t, []int64{3, 4, 3}, []int64{replies[0].LastSeq, replies[1].LastSeq, replies[2].LastSeq})
	got := hashes(t, s, f.number)
	require.Equal(t, f.hash, got[len(got)-1])
	require.Len(t, got, 4)

	// The double of a lost task brings the same again, once the case has gone on and at the same time as itself.
	replies, err = s.FlushGroup(t.Context(), double, double)
	require.NoError(t, err)
	require.Equal(t, []store.Refusal{store.RefusedFence, store.RefusedFence}, []store.Refusal{replies[0].Refused, replies[1].Refused})
	require.Equal(t, got, hashes(t, s, f.number))
	last := other.flush("last", engine.TaskReleased{Task: "receive.1.accept"})
	replies, err = s.FlushGroup(t.Context(), last, last)
	require.NoError(t, err)
	require.Equal(t, replies[0], replies[1])
	require.Len(t, hashes(t, s, other.number), 4)
}

// Plans are kept while tables grow: one that reads a table whole is quick today and slow next year.
func TestRowsAreLookedUpByKey(t *testing.T) {
	t.Parallel()
	s := open(t)
	numbers, rows := make([]string, 8), make([]string, 8)
	for i := range numbers {
		f := start(t, s, fmt.Sprint("start-", i), morning)
		f.rows.Tasks[0].Claimed = "somebody"
		f.rows.Case.Item = "shop"
		f.rows.Orgs = orgsOf(f.rows.Case)
		body, err := json.Marshal(f.rows)
		require.NoError(t, err)
		numbers[i], rows[i] = f.number, string(body)
	}
	tx, err := s.Pool().Begin(t.Context())
	require.NoError(t, err)
	defer tx.Rollback(context.WithoutCancel(t.Context())) //nolint:errcheck // nothing is kept
	_, err = tx.Exec(t.Context(), `SELECT put_cases($1, $2::text[]::jsonb[], false)`, numbers, rows)
	require.NoError(t, err)
	found, err := tx.Query(t.Context(), `SELECT relname::text FROM pg_stat_xact_user_tables WHERE seq_scan > 0`)
	require.NoError(t, err)
	whole, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(t, err)
	require.Empty(t, whole, "read whole")
	found, err = tx.Query(t.Context(), `SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		WHERE NOT i.indisprimary AND pg_stat_get_xact_numscans(i.indexrelid) > 0 AND c.relnamespace = 'public'::regnamespace`)
	require.NoError(t, err)
	other, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(t, err)
	require.Empty(t, other, "looked up by something else than the key: all cases of an office may have that")
	var written int
	require.NoError(t, tx.QueryRow(t.Context(), `SELECT count(*) FROM case_org WHERE item = 'shop'`).Scan(&written))
	require.Equal(t, 8*3, written, "the rows were written")
}
