package store_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/store"
)

func TestFlushWritesEventsRowsAndHead(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	f.rows.Tasks[0].Claimed, f.rows.Tasks[0].ClaimedAt = clerkID, f.at
	fl := f.flush("k2", engine.TaskClaimed{Task: "receive.1.accept"})
	r := mustFlush(t, s, fl)
	require.Equal(t, store.FlushReply{LastSeq: 3, Fence: f.fence, Fence2: f.fence, Confirmed: 2}, r)

	rows, head, err := s.CaseRows(t.Context(), f.number)
	require.NoError(t, err)
	sameRows(t, f.rows, rows)
	require.Equal(t, store.Head{Case: f.number, LastSeq: 3, LastHash: f.hash, Fence: f.fence, Fence2: f.fence, Confirmed: 2}, head)

	list, err := s.Timeline(t.Context(), f.number, 1, 10)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.True(t, list[0].Confirmed)
	require.False(t, list[1].Confirmed)
	require.Equal(t, fl.Events[0].Bytes, list[1].Bytes)
	require.Equal(t, "k2", list[1].Command)
	e, err := list[1].Event()
	require.NoError(t, err)
	require.Equal(t, fl.Events[0].Event, e)
}

func TestFlushIsIdempotent(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	fl := f.flush("k2", engine.TaskClaimed{Task: "receive.1.accept"}, engine.TaskReleased{Task: "receive.1.accept"})
	first := mustFlush(t, s, fl)
	before := hashes(t, s, f.number)
	require.Equal(t, first, mustFlush(t, s, fl))
	require.Equal(t, before, hashes(t, s, f.number))

	// The batch once more in front of the next, as after a refusal: confirmed rows stay as they are.
	n, err := s.Confirm(t.Context(), []store.Confirmed{{Case: f.number, Seq: 4, Hash: f.hash}})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	next := f.flush("k3", engine.TaskClaimed{Task: "receive.1.accept"})
	next.Events = append(append([]engine.Sealed(nil), fl.Events...), next.Events...)
	next.First, next.Prev = fl.First, fl.Prev
	require.EqualValues(t, 5, mustFlush(t, s, next).LastSeq)
	require.Len(t, hashes(t, s, f.number), 5)
}

// A slow double writes what its lost task decided, later than the task that replaced it.
func TestFlushRefusesOlderFence(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	double := f.fork()
	old := double.flush("k2", engine.TaskReleased{Task: "x"})
	f.fence += int64(time.Second)
	mustFlush(t, s, f.flush("k2", engine.TaskClaimed{Task: "receive.1.accept"}))
	want := hashes(t, s, f.number)

	r, err := s.Flush(t.Context(), old)
	require.NoError(t, err)
	require.Equal(t, store.RefusedFence, r.Refused)
	require.Equal(t, f.fence, r.Fence, "the caller learns the fence it has to pass")
	require.Equal(t, want, hashes(t, s, f.number))

	// Equal first parts: the second decides.
	old.Fence, old.Fence2 = f.fence, f.fence-1
	r, err = s.Flush(t.Context(), old)
	require.NoError(t, err)
	require.Equal(t, store.RefusedFence, r.Refused)
	old.Fence2 = f.fence
	require.EqualValues(t, 3, mustFlush(t, s, old).LastSeq)
}

// Most acts leave the case's own row and form alone: a difference without them leaves them alone, too.
func TestFlushOfADifferenceKeepsTheRest(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	want := f.rows
	want.Tasks = slices.Clone(want.Tasks)
	want.Tasks[0].Claimed = "clerk"
	fl := f.flush("k2", engine.TaskClaimed{Task: "receive.1.accept"})
	fl.Changed = want.Since(f.rows)
	require.Zero(t, fl.Changed.Case)
	require.Len(t, fl.Changed.Tasks, 1)
	mustFlush(t, s, fl)
	rows, _, err := s.CaseRows(t.Context(), f.number)
	require.NoError(t, err)
	sameRows(t, want, rows)

	before := want
	want.Case.Flags = []string{"corrected"}
	fl = f.flush("k3", engine.TaskReleased{Task: "receive.1.accept"})
	fl.Changed = want.Since(before)
	require.Equal(t, want.Case.Flags, fl.Changed.Case.Flags)
	require.Nil(t, fl.Changed.Case.Form, "the form has not changed")
	mustFlush(t, s, fl)
	rows, _, err = s.CaseRows(t.Context(), f.number)
	require.NoError(t, err)
	sameRows(t, want, rows)
}

// A flush was committed, its task was lost, the second decision is another one.
func TestFlushReplacesTailWithAllRows(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	lost := f.fork()
	lost.rows.Tasks = append(lost.rows.Tasks, engine.TaskRow{Task: engine.Task{ID: "ghost", Kind: engine.TaskWork, Step: "food", Party: "market", Org: market, Status: engine.TaskOpen, OpenedAt: lost.at}})
	lost.rows.Case.Status, lost.rows.Case.Orgs = engine.Correcting, append(lost.rows.Case.Orgs, "org-ghost")
	mustFlush(t, s, lost.flush("k2", engine.TaskClaimed{Task: "receive.1.accept"}, engine.TaskReleased{Task: "receive.1.accept"}))
	tasks, err := s.Tasks(t.Context(), f.number)
	require.NoError(t, err)
	require.Len(t, tasks, 2)

	f.fence = lost.fence
	fl := f.flush("k2", engine.TaskReleased{Task: "receive.1.accept"})
	fl.Changed = engine.Rows{Case: f.rows.Case} // the difference knows nothing of the ghost
	require.EqualValues(t, 3, mustFlush(t, s, fl).LastSeq)
	rows, _, err := s.CaseRows(t.Context(), f.number)
	require.NoError(t, err)
	sameRows(t, f.rows, rows)
	seen, _, err := s.ListCases(t.Context(), store.CaseFilter{Orgs: []string{"org-ghost"}}, store.Page{})
	require.NoError(t, err)
	require.Empty(t, seen)
}

// A final rejection over unconfirmed rows asks the case to flush again: an empty flush takes them away.
func TestEmptyFlushWithdrawsTail(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	lost := f.fork()
	mustFlush(t, s, lost.flush("k2", engine.TaskClaimed{Task: "receive.1.accept"}))
	f.fence = lost.fence
	r := mustFlush(t, s, f.flush(""))
	require.EqualValues(t, 2, r.LastSeq)
	require.Len(t, hashes(t, s, f.number), 2)
}

func TestFlushRefusesGapAndOtherHistory(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	other := f.fork()
	other.hash = engine.ChainHash("", []byte("another"))
	r, err := s.Flush(t.Context(), other.flush("k2", engine.TaskClaimed{Task: "x"}))
	require.NoError(t, err)
	require.Equal(t, store.RefusedDiverged, r.Refused)

	ahead := f.fork()
	ahead.flush("k2", engine.TaskClaimed{Task: "x"})
	r, err = s.Flush(t.Context(), ahead.flush("k3", engine.TaskClaimed{Task: "x"}))
	require.NoError(t, err)
	require.Equal(t, store.RefusedGap, r.Refused)
	require.EqualValues(t, 2, r.LastSeq)
	require.Len(t, hashes(t, s, f.number), 2, "nothing is written half")

	r, err = s.Flush(t.Context(), store.Flush{Case: "no-such-case", First: 3, Prev: f.hash, Fence: 1, Changed: f.rows, Full: f.rows.All()})
	require.NoError(t, err)
	require.Equal(t, store.RefusedGap, r.Refused)
}

func TestFlushNeverChangesConfirmedEvents(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	other := f.fork()
	mustFlush(t, s, f.flush("k2", engine.TaskClaimed{Task: "receive.1.accept"}))
	_, err := s.Confirm(t.Context(), []store.Confirmed{{Case: f.number, Seq: 3, Hash: f.hash}})
	require.NoError(t, err)
	other.fence = f.fence
	r, err := s.Flush(t.Context(), other.flush("k2", engine.TaskReleased{Task: "receive.1.accept"}))
	require.NoError(t, err)
	require.Equal(t, store.RefusedDiverged, r.Refused)
}

// The read model was emptied under a running case; the log is written again from the first event.
func TestFlushRebuildsALostCase(t *testing.T) {
	t.Parallel()
	s, origin := open(t), open(t)
	f := start(t, origin, "k1", morning)
	opening, err := origin.Timeline(t.Context(), f.number, 0, 10)
	require.NoError(t, err)
	fl := f.flush("k2", engine.TaskClaimed{Task: "receive.1.accept"})
	var all []engine.Sealed
	for _, e := range opening {
		event, err := e.Event()
		require.NoError(t, err)
		all = append(all, engine.Sealed{Event: event, Bytes: e.Bytes, Prev: e.Prev, Hash: e.Hash})
	}
	fl.Events, fl.First, fl.Prev = append(all, fl.Events...), 1, ""
	require.EqualValues(t, 3, mustFlush(t, s, fl).LastSeq)
	rows, _, err := s.CaseRows(t.Context(), f.number)
	require.NoError(t, err)
	sameRows(t, f.rows, rows)
}

func TestFlushRefusedBySchemaAlarmAndRebuild(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	bad := f.fork()
	bad.rows.Tasks[0].Status = engine.TaskDone // without a time
	_, err := s.Flush(t.Context(), bad.flush("k2", engine.TaskClaimed{Task: "receive.1.accept"}))
	var refused *store.ConstraintError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "task_done", refused.Constraint)
	require.NotContains(t, err.Error(), "receive", "no values of rows in errors")
	require.Len(t, hashes(t, s, f.number), 2, "nothing is written half")

	require.NoError(t, s.MarkAlarm(t.Context(), f.number, "flush-constraint"))
	alarms, err := s.Alarms(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, alarms, 1)
	require.True(t, alarms[0].Rebuild)

	// Rows went astray meanwhile; the next flush carries a difference that does not mention them.
	exec(t, s, `DELETE FROM case_step WHERE case_no = $1`, f.number)
	f.fence = bad.fence
	fl := f.flush("k2", engine.TaskClaimed{Task: "receive.1.accept"})
	fl.Changed = engine.Rows{Case: f.rows.Case}
	mustFlush(t, s, fl)
	rows, head, err := s.CaseRows(t.Context(), f.number)
	require.NoError(t, err)
	sameRows(t, f.rows, rows)
	require.False(t, head.Rebuild)
	require.NoError(t, s.ClearAlarm(t.Context(), f.number))

	exec(t, s, `DELETE FROM material WHERE case_no = $1`, f.number)
	done, err := s.RebuildRows(t.Context(), f.number, 2, f.rows)
	require.NoError(t, err)
	require.False(t, done, "the log has moved on since those rows were made")
	done, err = s.RebuildRows(t.Context(), f.number, 3, f.rows)
	require.NoError(t, err)
	require.True(t, done)
	rows, _, err = s.CaseRows(t.Context(), f.number)
	require.NoError(t, err)
	sameRows(t, f.rows, rows)
	require.ErrorIs(t, s.MarkAlarm(t.Context(), "nobody", "x"), store.ErrNotFound)
}

// People may type what PostgreSQL's jsonb cannot hold: the case goes on, the log keeps the bytes.
func TestFlushSurvivesNULInText(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	f.rows.Case.Form = map[string]any{"remark": "a\x00b", "path": `c:\u0000`}
	mustFlush(t, s, f.flush("k2", engine.OpinionAdded{Reason: "a\x00b"}))
	v, err := s.CaseByNumber(t.Context(), f.number)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"remark": "a\ufffdb", "path": `c:\u0000`}, v.Form)
	list, err := s.Timeline(t.Context(), f.number, 2, 1)
	require.NoError(t, err)
	e, err := list[0].Event()
	require.NoError(t, err)
	require.Equal(t, "a\x00b", e.Body.(engine.OpinionAdded).Reason)
}

// Many flushes of one case at once, in any order: the highest fence wins and the log is its own.
func TestFlushesRaceByFence(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	var wg sync.WaitGroup
	var best *film
	errs := make(chan error, 16)
	for i := range 16 {
		g := f.fork()
		g.fence += int64(i) * int64(time.Second)
		fl := g.flush("k2", engine.TaskClaimed{Task: "receive.1.accept"}, engine.OpinionAdded{Reason: string(rune('a' + i))})
		best = g
		wg.Go(func() {
			_, err := s.Flush(t.Context(), fl)
			errs <- err
		})
	}
	wg.Wait()
	for range 16 {
		require.NoError(t, <-errs)
	}
	got := hashes(t, s, f.number)
	require.Len(t, got, 4)
	require.Equal(t, best.hash, got[3])
}

// One notice says all that is to be corrected (行政许可法第三十二条); only a supervisor has more corrected, and then each
// of his is on record beside it.
func TestFlushOfAnotherNoticeIsASupervisors(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	sent := func(id string, override bool) engine.NoticeSent {
		return engine.NoticeSent{Step: "receive", Override: override, Notice: engine.Notice{
			ID: id, Kind: engine.NoticeCorrection, To: "applicant", At: f.at, Text: `"override":true`, // typed by somebody
		}}
	}
	write := func(key, id string, override bool) error {
		again := f.fork()
		n := sent(id, override)
		again.rows.Notices = append(slices.Clone(f.rows.Notices), n.Notice)
		_, err := s.Flush(t.Context(), again.flush(key, n))
		if err == nil {
			*f = *again
		}
		return err
	}
	require.NoError(t, write("k2", "correction", false))
	var refused *store.ConstraintError
	require.ErrorAs(t, write("k3", "correction#2", false), &refused)
	require.Equal(t, "case_event_once", refused.Constraint)
	require.ErrorAs(t, write("k3", "more", true), &refused)
	require.Equal(t, "notice_once", refused.Constraint)
	require.NoError(t, write("k3", "correction#2", true))
	require.NoError(t, write("k4", "correction#3", true))
	rows, _, err := s.CaseRows(t.Context(), f.number)
	require.NoError(t, err)
	require.Len(t, rows.Notices, 3)
}
