package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"lianban/store"
)

// letterOf is a letter on event 1 of a case.
func letterOf(number, id, org string) store.NewLetter {
	return store.NewLetter{
		Letter: store.Letter{Case: number, ID: id, Seq: 1, Kind: "receipt", Org: org, Year: 2026, Party: "applicant", At: morning, Template: strings.Repeat("ab", 32),
			Code: "ABCDEFGHJKMNPQRS", MadeAt: morning},
		Source: []byte("letter: receipt"),
		Write: func(serial int64) (string, string, []byte, error) {
			return fmt.Sprintf("收〔2026〕%d号", serial), "接收回执", []byte(`{"text":{"to":"某"}}`), nil
		},
	}
}

// Offices race for one cursor; some fail or are killed after a number was drawn, in the middle of their
// transaction. What stands at the end has the numbers 1, 2, 3 …, each once, and each stretch of the feed once.
func TestNumbersOfLettersHaveNoGapAndNoDouble(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	publish(t, s)
	const stretches = 24
	var mu sync.Mutex
	given := map[int64]string{}
	tries := 0
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for {
				at, err := s.LetterCursor(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if at >= stretches {
					return
				}
				ctx, cancel := context.WithCancel(t.Context())
				batch := store.LetterBatch{From: at, To: at + 1}
				for i := range 2 {
					batch.Letters = append(batch.Letters, letterOf(f.number, fmt.Sprintf("%d-receipt-%d", at+1, i+1), "org-hall"))
				}
				mu.Lock()
				tries++
				fate := tries % 4
				mu.Unlock()
				write := batch.Letters[1].Write
				batch.Letters[1].Write = func(serial int64) (string, string, []byte, error) {
					switch fate {
					case 1: // killed: the connection goes away with the number drawn
						cancel()
					case 2:
						return "", "", nil, errors.New("the template cannot be filled")
					}
					return write(serial)
				}
				put, err := s.PutLetters(ctx, batch)
				cancel()
				if err != nil {
					continue
				}
				mu.Lock()
				for _, l := range put {
					given[l.Serial] += fmt.Sprint(worker, l.ID, " ")
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	list, err := s.Letters(t.Context(), f.number)
	require.NoError(t, err)
	require.Len(t, list, 2*stretches)
	var serials []int64
	for _, l := range list {
		serials = append(serials, l.Serial)
		require.NotEmpty(t, given[l.Serial])
		require.Equal(t, fmt.Sprintf("收〔2026〕%d号", l.Serial), l.Number)
	}
	slices.Sort(serials)
	for i, n := range serials {
		require.Equal(t, int64(i+1), n)
	}
	page, err := s.LettersOfOrgan(t.Context(), "org-hall", "receipt", 2026, 40, 100)
	require.NoError(t, err)
	require.Len(t, page, 8)
	// Another organ, and another year, count for themselves.
	other := letterOf(f.number, "99-receipt", "org-fire")
	next := letterOf(f.number, "100-receipt", "org-hall")
	next.Year = 2027
	put, err := s.PutLetters(t.Context(), store.LetterBatch{From: stretches, To: stretches + 1, Letters: []store.NewLetter{other, next}})
	require.NoError(t, err)
	require.Equal(t, []int64{1, 1}, []int64{put[0].Serial, put[1].Serial})
	_, err = s.PutLetters(t.Context(), store.LetterBatch{From: stretches, To: stretches + 2})
	require.ErrorIs(t, err, store.ErrBusy, "the stretch has been done")
}

func TestALetterIsAFact(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	publish(t, s)
	_, err := s.PutLetters(t.Context(), store.LetterBatch{From: 0, To: 1, Letters: []store.NewLetter{letterOf(f.number, "1-receipt", "org-hall")}})
	require.NoError(t, err)
	var broken *store.ConstraintError
	for _, sql := range []string{
		`UPDATE letter SET number = 'x'`, `UPDATE letter SET serial = 7`, `DELETE FROM letter_data`, `UPDATE letter_data SET data = '{}'`,
		`DELETE FROM letter`, `UPDATE letter_template SET source = ''`,
	} {
		err := pgx.BeginFunc(t.Context(), s.Pool(), func(tx pgx.Tx) error { _, err := tx.Exec(t.Context(), sql); return err })
		require.Error(t, err, sql)
	}
	// One that rests on no event of the log is refused, and so is one without an organ.
	ghost := letterOf(f.number, "999-receipt", "org-hall")
	ghost.Seq = 999
	_, err = s.PutLetters(t.Context(), store.LetterBatch{From: 1, To: 2, Letters: []store.NewLetter{ghost}})
	require.ErrorAs(t, err, &broken)
	// The same letter twice is refused, its number is not used up.
	_, err = s.PutLetters(t.Context(), store.LetterBatch{From: 1, To: 2, Letters: []store.NewLetter{letterOf(f.number, "1-receipt", "org-hall")}})
	require.ErrorAs(t, err, &broken)

	list, err := s.UndrawnLetters(t.Context(), false, 10)
	require.NoError(t, err)
	require.Len(t, list, 1)
	html := store.File{Hash: strings.Repeat("1", 64), Size: 3, Type: "text/html"}
	pdf := store.File{Hash: strings.Repeat("2", 64), Size: 4, Type: "application/pdf"}
	require.NoError(t, s.DrawLetter(t.Context(), f.number, "1-receipt", html, store.File{}, morning))
	list, err = s.UndrawnLetters(t.Context(), false, 10)
	require.NoError(t, err)
	require.Empty(t, list)
	list, err = s.UndrawnLetters(t.Context(), true, 10)
	require.NoError(t, err)
	require.Len(t, list, 1, "a font was installed: the PDF can be drawn now")
	other := store.File{Hash: strings.Repeat("3", 64), Size: 4, Type: "text/html"}
	require.NoError(t, s.DrawLetter(t.Context(), f.number, "1-receipt", other, pdf, morning.Add(time.Hour)))
	l, err := s.LetterByID(t.Context(), f.number, "1-receipt")
	require.NoError(t, err)
	require.Equal(t, []string{html.Hash, pdf.Hash}, []string{l.HTML, l.PDF}, "the first drawing of each counts")
	require.Equal(t, morning, l.DrawnAt)

	_, err = s.CheckLetter(t.Context(), f.number, "ABCDEFGHJKMNPQRS")
	require.NoError(t, err)
	_, err = s.CheckLetter(t.Context(), f.number, "AAAAAAAAAAAAAAAA")
	require.ErrorIs(t, err, store.ErrNotFound)
	seq, err := s.LetteredSeq(t.Context(), f.number)
	require.NoError(t, err)
	require.Equal(t, int64(2), seq)
}

// An entry whose letters could not be made is put aside and comes again; the others go on.
func TestFailedLettersComeAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	publish(t, s)
	_, err := s.PutLetters(t.Context(), store.LetterBatch{From: 0, To: 1, Failed: []int64{1}})
	require.NoError(t, err)
	b, err := s.LetterBacklog(t.Context())
	require.NoError(t, err)
	require.Equal(t, store.LetterBacklog{Failed: 1}, b)
	due, err := s.LetterRetries(t.Context(), 10)
	require.NoError(t, err)
	require.Empty(t, due, "it rests first")
	_, err = s.Pool().Exec(t.Context(), `UPDATE letter_retry SET next_try = clock_timestamp() - interval '1 second'`)
	require.NoError(t, err)
	due, err = s.LetterRetries(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.Equal(t, f.number, due[0].Case)
	_, err = s.PutLetters(t.Context(), store.LetterBatch{From: 1, To: 1, Done: []int64{1}, Letters: []store.NewLetter{letterOf(f.number, "1-receipt", "org-hall")}})
	require.NoError(t, err)
	b, err = s.LetterBacklog(t.Context())
	require.NoError(t, err)
	require.Equal(t, store.LetterBacklog{Undrawn: 1}, b)
}
