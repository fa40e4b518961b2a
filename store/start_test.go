package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine/calendar"
	"lianban/standalone/pgtest"
	"lianban/store"
)

func TestStartCaseWritesEverythingAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	require.Equal(t, code+"202611230001", f.number)
	rows, head, err := s.CaseRows(t.Context(), f.number)
	require.NoError(t, err)
	sameRows(t, f.rows, rows)
	require.Equal(t, store.Head{Case: f.number, LastSeq: 2, LastHash: f.hash, Confirmed: 2}, head)
	c, err := s.CommandByKey(t.Context(), "k1")
	require.NoError(t, err)
	require.Equal(t, store.CommandDone, c.Status)
	require.Equal(t, f.number, c.Case)
	in, err := s.StartIntentOf(t.Context(), f.number)
	require.NoError(t, err)
	require.Equal(t, store.StartIntent{Case: f.number, Definition: "d0", Input: []byte("input of " + f.number)}, in)
	ok, err := s.TrackCode(t.Context(), f.number, "4711")
	require.NoError(t, err)
	require.True(t, ok)
}

func TestStartCaseAgainUnderTheSameKey(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	never := func(string) (store.StartData, error) { return store.StartData{}, errors.New("must not be asked") }
	r, err := s.StartCase(t.Context(), request("k1", morning.Add(time.Hour)), never)
	require.NoError(t, err)
	require.Equal(t, store.StartReply{Number: f.number, Seq: 2, Reply: json.RawMessage(`{"number":"` + f.number + `"}`), Repeated: true}, r)
	other := request("k1", morning)
	other.Body = []byte(`{"item":"shop"}`)
	_, err = s.StartCase(t.Context(), other, never)
	require.ErrorIs(t, err, store.ErrKeyReused)
	_, _, err = s.RecordCommand(t.Context(), claim(f, "k1", morning))
	require.ErrorIs(t, err, store.ErrKeyReused, "an act under the key of a filing")
}

// A filing the rules refuse uses up neither number nor key.
func TestStartCaseRefusedLeavesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	refused := errors.New("the version does not take cases yet")
	_, err := s.StartCase(t.Context(), request("k1", morning), func(string) (store.StartData, error) { return store.StartData{}, refused })
	require.ErrorIs(t, err, refused)
	_, err = s.CommandByKey(t.Context(), "k1")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.Equal(t, code+"202611230001", start(t, s, "k1", morning).number)
}

func TestCaseNumbersAreUniqueUnderConcurrency(t *testing.T) {
	t.Parallel()
	s := open(t)
	const n = 24
	var wg sync.WaitGroup
	numbers, errs := make([]string, n), make([]error, n)
	for i := range n {
		wg.Go(func() {
			key := fmt.Sprintf("k%d", i/2) // every key twice, at two processes at once
			f := &film{at: morning}
			r, err := s.StartCase(t.Context(), request(key, morning), f.decide(key))
			numbers[i], errs[i] = r.Number, err
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	seen := map[string]bool{}
	for i := 0; i < n; i += 2 {
		require.Equal(t, numbers[i], numbers[i+1], "one key, one case")
		require.False(t, seen[numbers[i]])
		seen[numbers[i]] = true
	}
	for i := 1; i <= n/2; i++ {
		require.True(t, seen[store.CaseNumber(code, calendar.DateOf(morning), int64(i))], "serial %d: no gaps", i)
	}
	// Before midnight UTC it is the next day in the business zone.
	f := start(t, s, "night", time.Date(2026, 11, 23, 16, 30, 0, 0, time.UTC))
	require.Equal(t, code+"202611240001", f.number)
}

func TestCaseNumberIsPluggable(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), pgtest.New(t, store.Migrate), store.Options{Number: func(_ string, day calendar.Date, n int64) string {
		return fmt.Sprintf("%d-%d", day.Year(), n)
	}})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.Equal(t, "2026-1", start(t, s, "k1", morning).number)
	require.Equal(t, code+"2026112312345", store.CaseNumber(code, calendar.DateOf(morning), 12345), "five digits when four are used up")
}

func TestSweepersShareUnstartedCases(t *testing.T) {
	t.Parallel()
	s := open(t)
	f, g := start(t, s, "k1", morning), start(t, s, "k2", morning)
	list, err := s.UnstartedCases(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Empty(t, list, "the api that filed them is about to start them")
	exec(t, s, `UPDATE start_intent SET next_try = clock_timestamp() - interval '1 s'`)
	require.NoError(t, s.MarkStarted(t.Context(), g.number))
	require.NoError(t, s.MarkStarted(t.Context(), g.number))
	list, err = s.UnstartedCases(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, f.number, list[0].Case)
	require.Equal(t, 1, list[0].Attempts)
	list, err = s.UnstartedCases(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Empty(t, list, "leased")
	require.ErrorIs(t, s.MarkStarted(t.Context(), "nobody"), store.ErrNotFound)
}

func TestTrackingCodeGuessesAreLimited(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	for _, guess := range []string{"", "0000", "47110"} {
		ok, err := s.TrackCode(t.Context(), f.number, guess)
		require.NoError(t, err)
		require.False(t, ok)
	}
	ok, err := s.TrackCode(t.Context(), "no-such-case", "4711")
	require.NoError(t, err)
	require.False(t, ok)

	now := morning
	for i := range 7 {
		allowed, until, err := s.Attempts(t.Context(), "track:"+f.number, 5, time.Minute, now)
		require.NoError(t, err)
		require.Equal(t, i < 5, allowed)
		require.Equal(t, morning.Add(time.Minute), until)
		now = now.Add(time.Second)
	}
	allowed, _, err := s.Attempts(t.Context(), "track:other", 5, time.Minute, now)
	require.NoError(t, err)
	require.True(t, allowed)
	allowed, _, err = s.Attempts(t.Context(), "track:"+f.number, 5, time.Minute, morning.Add(time.Minute))
	require.NoError(t, err)
	require.True(t, allowed, "a new window")
	require.NoError(t, s.ForgetAttempts(t.Context(), "track:"+f.number))
}
