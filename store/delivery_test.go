package store_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"lianban/store"
)

// posted is a drawn letter that waits on two channels.
func posted(t *testing.T, s *store.Store) (number, id string) {
	t.Helper()
	f := start(t, s, "k1", morning)
	publish(t, s)
	_, err := s.PutLetters(t.Context(), store.LetterBatch{From: 0, To: 1, Letters: []store.NewLetter{letterOf(f.number, "1-receipt", "org-hall")}})
	require.NoError(t, err)
	html := store.File{Hash: strings.Repeat("1", 64), Size: 3, Type: "text/html"}
	for range 2 { // a letter drawn twice waits once
		require.NoError(t, s.DrawLetter(t.Context(), f.number, "1-receipt", html, store.File{}, morning, "outbox", "email"))
	}
	return f.number, "1-receipt"
}

func TestADeliveryIsClaimedOnceAndComesAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	number, id := posted(t, s)
	ctx := t.Context()
	var mu sync.Mutex
	var got []store.Delivery
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			list, err := s.ClaimDeliveries(ctx, []string{"email"}, time.Hour, 10)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			got = append(got, list...)
		})
	}
	wg.Wait()
	require.Len(t, got, 1, "one attempt at a time, on the channels asked for")
	d := got[0]
	require.Equal(t, 1, d.Attempts)
	at := morning.Add(time.Hour)
	require.NoError(t, s.SettleDelivery(ctx, d, store.Attempt{At: at, Error: "away", Again: at}))
	list, err := s.ClaimDeliveries(ctx, []string{"email"}, 0, 10)
	require.NoError(t, err)
	require.Len(t, list, 1)
	// The process that held this attempt dies; its lease (none here) ends and another takes over.
	second, err := s.ClaimDeliveries(ctx, []string{"email"}, time.Hour, 10)
	require.NoError(t, err)
	require.Len(t, second, 1)
	require.Equal(t, 3, second[0].Attempts)
	// The first one was not dead after all: its late word changes nothing.
	require.NoError(t, s.SettleDelivery(ctx, list[0], store.Attempt{At: at, Error: "late"}))
	require.NoError(t, s.SettleDelivery(ctx, second[0], store.Attempt{At: at, Proof: "SMTP 250"}))
	all, err := s.Deliveries(ctx, number)
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, []string{"email", store.DeliverySent, "SMTP 250"}, []string{all[0].Channel, all[0].Status, all[0].Proof})
	require.Equal(t, store.DeliveryWaiting, all[1].Status)
	tries, err := s.LetterAttempts(ctx, number, id)
	require.NoError(t, err)
	require.Len(t, tries, 3, "every attempt is kept")
}

func TestWhatCameStaysDelivered(t *testing.T) {
	t.Parallel()
	s := open(t)
	number, id := posted(t, s)
	ctx := t.Context()
	first, err := s.RecordDelivery(ctx, number, id, "hand", "本人签收", morning)
	require.NoError(t, err)
	require.True(t, first)
	first, err = s.RecordDelivery(ctx, number, id, "hand", "另一人", morning.Add(time.Hour))
	require.NoError(t, err)
	require.False(t, first)
	// A channel that had given up is delivered when somebody shows that it came.
	list, err := s.ClaimDeliveries(ctx, []string{"email"}, time.Hour, 10)
	require.NoError(t, err)
	require.NoError(t, s.SettleDelivery(ctx, list[0], store.Attempt{At: morning, Error: "refused"}))
	b, err := s.LetterBacklog(ctx)
	require.NoError(t, err)
	require.Equal(t, []int64{1, 1}, []int64{b.Unsent, b.GivenUp})
	first, err = s.RecordDelivery(ctx, number, id, "email", "读回执", morning)
	require.NoError(t, err)
	require.True(t, first)
	all, err := s.Deliveries(ctx, number)
	require.NoError(t, err)
	require.Equal(t, "本人签收", all[1].Proof, "the first proof counts")
	for _, sql := range []string{
		`UPDATE letter_delivery SET proof = 'x' WHERE channel = 'hand'`, `UPDATE letter_delivery SET status = 'waiting', delivered_at = NULL WHERE channel = 'hand'`,
		`DELETE FROM letter_delivery`, `DELETE FROM letter_attempt`, `UPDATE letter_attempt SET detail = ''`,
	} {
		err := pgx.BeginFunc(ctx, s.Pool(), func(tx pgx.Tx) error { _, err := tx.Exec(ctx, sql); return err })
		require.Error(t, err, sql)
	}
	arrivals, err := s.Arrivals(ctx, 10)
	require.NoError(t, err)
	require.Len(t, arrivals, 2)
	require.NoError(t, s.MarkArrival(ctx, arrivals[0].Delivery))
	arrivals, err = s.Arrivals(ctx, 10)
	require.NoError(t, err)
	require.Len(t, arrivals, 1)
	require.Equal(t, "receipt", arrivals[0].Letter.Kind)
}
