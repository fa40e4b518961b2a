package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/store"
)

func publish(t testing.TB, s *store.Store) int {
	t.Helper()
	n, err := s.Publish(t.Context())
	require.NoError(t, err)
	return n
}

func TestFeedTellsOnlyWhatIsConfirmed(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	require.Equal(t, 1, publish(t, s), "opening events are certain at once")
	mustFlush(t, s, f.flush("c1", engine.TaskClaimed{Task: "receive.1.accept"}))
	require.Zero(t, publish(t, s))
	hash3 := f.hash
	mustFlush(t, s, f.flush("c2", engine.TaskReleased{Task: "receive.1.accept"})) // durable: 3
	require.Equal(t, 1, publish(t, s))

	feed, err := s.Feed(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, feed, 2)
	require.Equal(t, []int64{1, 1, 2, 2, 3, 3}, []int64{feed[0].Position, feed[0].From, feed[0].To, feed[1].Position, feed[1].From, feed[1].To})
	require.Equal(t, hash3, feed[1].Hash)

	// Confirming names the event: where the log holds another one, nothing is confirmed.
	n, err := s.Confirm(t.Context(), []store.Confirmed{{Case: f.number, Seq: 4, Hash: hash3}})
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = s.Confirm(t.Context(), []store.Confirmed{{Case: f.number, Seq: 9, Hash: f.hash}, {Case: "nobody", Seq: 1}})
	require.NoError(t, err)
	require.Zero(t, n, "beyond the log there is nothing to confirm")
	tails, err := s.UnconfirmedTails(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, tails, 1)
	require.Equal(t, f.number, tails[0].Case)
	n, err = s.Confirm(t.Context(), []store.Confirmed{{Case: f.number, Seq: 4, Hash: f.hash}, {Case: f.number, Seq: 3}})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	tails, err = s.UnconfirmedTails(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Empty(t, tails)
	require.Equal(t, 1, publish(t, s))

	var got []string
	cursor := store.FeedCursor{}
	for {
		page, err := s.FeedEvents(t.Context(), cursor, nil, 3)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			got = append(got, fmt.Sprint(e.Cursor.Position, e.Seq, e.Type))
			require.True(t, e.Confirmed)
		}
		cursor = page[len(page)-1].Cursor
	}
	require.Equal(t, []string{"1 1CaseFiled", "1 2StepOpened", "2 3TaskClaimed", "3 4TaskReleased"}, got)
	page, err := s.FeedEvents(t.Context(), store.FeedCursor{}, []string{"org-without-cases"}, 3)
	require.NoError(t, err)
	require.Empty(t, page)
	page, err = s.FeedEvents(t.Context(), store.FeedCursor{Position: 2}, []string{fire}, 10)
	require.NoError(t, err)
	require.Len(t, page, 2)
	end, err := s.FeedEnd(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 3, end)
}

// Writers, publishers and a reader at once: the reader's cursor only moves forward, and yet it sees
// every event of every case, once and in the order of the case.
func TestFeedCursorSkipsNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	const cases, acts = 8, 25
	films := make([]*film, cases)
	for i := range films {
		films[i] = start(t, s, fmt.Sprintf("k%d", i), morning)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var running, wg sync.WaitGroup
	failed := make(chan error, 100)
	for range 3 {
		running.Go(func() { s.RunPublisher(ctx, time.Millisecond, nil, func(err error) { failed <- err }) })
	}
	for i, f := range films {
		wg.Go(func() {
			for j := range acts {
				if _, err := s.Flush(ctx, f.flush(fmt.Sprintf("c%d-%d", i, j), engine.TaskClaimed{Task: "receive.1.accept"})); err != nil {
					failed <- err
					return
				}
				if j%3 == 0 {
					// Batches that lock many cases, in no order.
					list := []store.Confirmed{{Case: f.number, Seq: f.seq, Hash: f.hash}}
					for k := range films {
						list = append(list, store.Confirmed{Case: films[(k+i)%cases].number, Seq: 2})
					}
					if _, err := s.Confirm(ctx, list); err != nil {
						failed <- err
						return
					}
				}
			}
			if _, err := s.Confirm(ctx, []store.Confirmed{{Case: f.number, Seq: f.seq, Hash: f.hash}}); err != nil {
				failed <- err
			}
		})
	}
	seen := map[string]int64{}
	total := 0
	position := int64(0)
	deadline := time.After(time.Minute)
	for total < cases*(acts+2) {
		select {
		case err := <-failed:
			require.NoError(t, err)
		case <-deadline:
			require.Fail(t, "the feed is not complete", "%d events of %d", total, cases*(acts+2))
		default:
		}
		page, err := s.Feed(t.Context(), position, 7)
		require.NoError(t, err)
		for _, e := range page {
			require.Equal(t, position+1, e.Position)
			require.Equal(t, seen[e.Case]+1, e.From)
			seen[e.Case], position = e.To, e.Position
			total += int(e.To - e.From + 1)
		}
	}
	wg.Wait()
	stop()
	running.Wait()
	require.Empty(t, failed)
}

func TestListenerWakesSubscribersOfATopic(t *testing.T) {
	t.Parallel()
	s := open(t)
	l := s.NewListener()
	ctx, stop := context.WithCancel(t.Context())
	feed, cancel := l.Subscribe(store.TopicFeed)
	clock, _ := l.Subscribe(store.TopicClock)
	var running sync.WaitGroup
	lost := make(chan error, 10)
	running.Go(func() { l.Run(ctx, func(err error) { lost <- err }) })
	wait := func(c <-chan struct{}) {
		t.Helper()
		select {
		case <-c:
		case <-time.After(20 * time.Second):
			require.Fail(t, "nobody was woken")
		}
	}
	wait(feed) // everybody once when it begins
	wait(clock)
	start(t, s, "k1", morning)
	publish(t, s)
	wait(feed)
	require.Empty(t, clock)
	ahead, err := s.MoveBusinessClock(t.Context(), time.Hour)
	require.NoError(t, err)
	require.Equal(t, time.Hour, ahead)
	wait(clock)

	// The connection is lost: everybody is woken once it is back, whatever was missed.
	exec(t, s, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`)
	require.Error(t, <-lost)
	wait(feed)
	wait(clock)
	cancel()
	stop()
	running.Wait()
}

// A backlog of confirmations, most of them of the same cases, is worked off in one go.
func TestPublishWorksOffABacklog(t *testing.T) {
	t.Parallel()
	s := open(t)
	start(t, s, "k1", morning)
	f := start(t, s, "k2", morning)
	exec(t, s, `DELETE FROM feed_queue WHERE case_no = $1`, f.number)
	exec(t, s, `INSERT INTO feed_queue (case_no) SELECT case_no FROM case_head, generate_series(1, 2500) WHERE case_no <> $1`, f.number)
	exec(t, s, `INSERT INTO feed_queue (case_no) VALUES ($1)`, f.number)
	require.Equal(t, 2, publish(t, s))
	require.Zero(t, publish(t, s))
}
