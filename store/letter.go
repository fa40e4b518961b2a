package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"lianban/store/dbsqlc"
)

// Letter is a letter (文书) as lists show it. What it says is personal data and comes apart (LetterData).
type Letter struct {
	Case string
	// ID is unique in the case; Seq the event the letter rests on.
	ID   string
	Seq  int64
	Kind string
	// Org gives it; Year and Serial are its place among the organ's letters of the kind, without gaps.
	Org          string
	Year         int
	Serial       int64
	Number       string
	Title        string
	Party        string // "applicant" or a party of the definition
	PartyOrg     string
	Step, Notice string
	At           time.Time // of the act
	Template     string    // hash
	// Code is what a reader checks the letter by; it says nothing of a person.
	Code   string
	MadeAt time.Time
	// HTML and PDF are contents of the bucket, empty until drawn; PDF also when no font was there.
	HTML, PDF string
	DrawnAt   time.Time
}

// NewLetter is a letter to be numbered.
type NewLetter struct {
	Letter
	// Source is the template.
	Source []byte
	// Write makes number, title and what the letter says (JSON) for a serial.
	Write func(serial int64) (number, title string, data []byte, err error)
}

// ErrBusy: another process holds what was asked for; it does the work.
var ErrBusy = errors.New("another process is at it")

// LetterCursor is how far the feed has been turned into letters.
func (s *Store) LetterCursor(ctx context.Context) (int64, error) {
	p, err := s.q.LetterCursor(ctx)
	return p, wrap("letter cursor", err)
}

// LetterBatch is a stretch of the feed turned into letters.
type LetterBatch struct {
	// From and To are positions of the cursor: where it must be, where it goes.
	From, To int64
	Letters  []NewLetter
	// Failed are positions whose letters could not be made, to be tried again; Done such that now were.
	Failed, Done []int64
}

// letterPause is how long a failed entry rests before it is tried again.
const letterPause = time.Minute

// PutLetters numbers letters and moves the cursor, in one transaction: letters, their numbers and the
// cursor stand or fall together. ErrBusy when another process has moved the cursor or is doing so.
func (s *Store) PutLetters(ctx context.Context, b LetterBatch) ([]Letter, error) {
	var out []Letter
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		out = out[:0]
		q := s.q.WithTx(tx)
		at, err := q.LockLetterCursor(ctx)
		if err != nil {
			return err
		}
		if at != b.From {
			return ErrBusy
		}
		for i := range b.Letters {
			l, err := putLetter(ctx, q, &b.Letters[i])
			if err != nil {
				return err
			}
			out = append(out, l)
		}
		for _, p := range b.Failed {
			if err := q.PutLetterRetry(ctx, dbsqlc.PutLetterRetryParams{Position: p, NextTry: time.Now().Add(letterPause)}); err != nil {
				return err
			}
		}
		for _, p := range b.Done {
			if err := q.DropLetterRetry(ctx, p); err != nil {
				return err
			}
		}
		return q.MoveLetterCursor(ctx, b.To)
	})
	var pg *pgconn.PgError
	if errors.Is(err, ErrBusy) || errors.As(err, &pg) && pg.Code == "55P03" { // lock_not_available
		return nil, fmt.Errorf("put letters: %w", ErrBusy)
	}
	return out, wrap("put letters", err)
}

// LetterRetries gives feed entries whose letters failed and are due to be tried again.
func (s *Store) LetterRetries(ctx context.Context, limit int) ([]FeedEntry, error) {
	rows, err := s.q.DueLetterRetries(ctx, int32(limit))
	out := make([]FeedEntry, len(rows))
	for i, r := range rows {
		out[i] = FeedEntry{Position: r.Position, Case: r.CaseNo, From: r.FromSeq, To: r.ToSeq, At: r.At.UTC(), Hash: hexOf(r.Hash), Chain: hexOf(r.Chain)}
	}
	return out, wrap("letter retries", err)
}

// LetterBacklog is the work that letters wait for.
type LetterBacklog struct {
	Behind  int64 // feed entries not yet turned into letters
	Failed  int64 // of those before, such as failed
	Undrawn int64 // letters with a number and no drawn form
	Unsent  int64 // deliveries that wait for their next attempt
	GivenUp int64 // deliveries no further attempt is made for
}

// LetterBacklog counts what letters wait for.
func (s *Store) LetterBacklog(ctx context.Context) (LetterBacklog, error) {
	r, err := s.q.LetterBacklog(ctx)
	return LetterBacklog{Behind: r.Behind, Failed: r.Failed, Undrawn: r.Undrawn, Unsent: r.Unsent, GivenUp: r.GivenUp}, wrap("letter backlog", err)
}

func putLetter(ctx context.Context, q *dbsqlc.Queries, n *NewLetter) (Letter, error) {
	l := n.Letter
	var err error
	if l.Serial, err = q.NextLetterSerial(ctx, dbsqlc.NextLetterSerialParams{Org: l.Org, Kind: l.Kind, Year: int32(l.Year)}); err != nil {
		return l, err
	}
	var data []byte
	if l.Number, l.Title, data, err = n.Write(l.Serial); err != nil {
		return l, err
	}
	if err := q.PutLetterTemplate(ctx, dbsqlc.PutLetterTemplateParams{Hash: l.Template, Kind: l.Kind, Source: notNull(n.Source)}); err != nil {
		return l, err
	}
	if err := q.PutLetter(ctx, dbsqlc.PutLetterParams{
		CaseNo: l.Case, ID: l.ID, Seq: l.Seq, Kind: l.Kind, Org: l.Org, Year: int32(l.Year), Serial: l.Serial, Number: l.Number, Title: l.Title,
		Party: l.Party, PartyOrg: l.PartyOrg, Step: l.Step, Notice: l.Notice, At: l.At, Template: l.Template, Code: l.Code, MadeAt: l.MadeAt,
	}); err != nil {
		return l, err
	}
	return l, q.PutLetterData(ctx, dbsqlc.PutLetterDataParams{CaseNo: l.Case, ID: l.ID, Data: data})
}

// Letters gives the letters of a case in the order of its acts.
func (s *Store) Letters(ctx context.Context, number string) ([]Letter, error) {
	rows, err := s.q.Letters(ctx, number)
	return letterRows(rows), wrap("letters", err)
}

// LetterByID gives one letter (ErrNotFound).
func (s *Store) LetterByID(ctx context.Context, number, id string) (Letter, error) {
	r, err := s.q.Letter(ctx, dbsqlc.LetterParams{CaseNo: number, ID: id})
	return letterRow(r), wrap("letter", err)
}

// LetterData gives what a letter says, as JSON (ErrNotFound).
func (s *Store) LetterData(ctx context.Context, number, id string) ([]byte, error) {
	b, err := s.q.LetterData(ctx, dbsqlc.LetterDataParams{CaseNo: number, ID: id})
	return b, wrap("letter data", err)
}

// LetterTemplate gives a template that letters were made with, as it was read (ErrNotFound).
func (s *Store) LetterTemplate(ctx context.Context, hash string) ([]byte, error) {
	b, err := s.q.LetterTemplate(ctx, hash)
	return b, wrap("letter template", err)
}

// UndrawnLetters gives letters that have their number and no drawn form yet, oldest first; with pdf,
// also those that were drawn where no font was.
func (s *Store) UndrawnLetters(ctx context.Context, pdf bool, limit int) ([]Letter, error) {
	find := s.q.UndrawnLetters
	if pdf {
		find = s.q.LettersWithoutPDF
	}
	rows, err := find(ctx, int32(limit))
	return letterRows(rows), wrap("undrawn letters", err)
}

// PostponeDrawing lets a letter that could not be drawn rest.
func (s *Store) PostponeDrawing(ctx context.Context, number, id string, pause time.Duration) error {
	return wrap("postpone drawing", s.q.PostponeDrawing(ctx, dbsqlc.PostponeDrawingParams{CaseNo: number, ID: id, Pause: pause}))
}

// DrawLetter records the drawn forms of a letter, which lie in the bucket; pdf may be missing (zero)
// and come later. The first drawing of each counts. From then on it waits to be sent by the channels given.
func (s *Store) DrawLetter(ctx context.Context, number, id string, html, pdf File, at time.Time, channels ...string) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		p := dbsqlc.DrawLetterParams{CaseNo: number, ID: id, Html: html.Hash, DrawnAt: at}
		for _, f := range []File{html, pdf} {
			if f.Hash == "" {
				continue
			}
			if err := q.PutFile(ctx, dbsqlc.PutFileParams{Hash: f.Hash, Size: f.Size, Type: f.Type}); err != nil {
				return err
			}
		}
		if pdf.Hash != "" {
			p.Pdf = &pdf.Hash
		}
		if _, err := q.DrawLetter(ctx, p); err != nil {
			return err
		}
		for _, c := range channels {
			if err := q.PutDelivery(ctx, dbsqlc.PutDeliveryParams{CaseNo: number, ID: id, Channel: c, NextTry: at}); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap("draw letter", err)
}

// LettersOfOrgan gives an organ's letters of a kind and year after a serial, in the order of their numbers.
func (s *Store) LettersOfOrgan(ctx context.Context, org, kind string, year int, after int64, limit int) ([]Letter, error) {
	rows, err := s.q.LettersOfOrgan(ctx, dbsqlc.LettersOfOrganParams{Org: org, Kind: kind, Year: int32(year), After: after, Most: int32(limit)})
	return letterRows(rows), wrap("letters of an organ", err)
}

// LetteredSeq is the last event of a case whose letters have been made.
func (s *Store) LetteredSeq(ctx context.Context, number string) (int64, error) {
	n, err := s.q.LetteredSeq(ctx, number)
	return n, wrap("lettered sequence", err)
}

// CheckLetter gives the letter of a case with a verification code (ErrNotFound); count the try first.
func (s *Store) CheckLetter(ctx context.Context, number, code string) (Letter, error) {
	r, err := s.q.CheckLetter(ctx, dbsqlc.CheckLetterParams{CaseNo: number, Code: code})
	return letterRow(r), wrap("check letter", err)
}

func letterRows(rows []dbsqlc.Letter) []Letter {
	out := make([]Letter, len(rows))
	for i, r := range rows {
		out[i] = letterRow(r)
	}
	return out
}

func letterRow(r dbsqlc.Letter) Letter {
	l := Letter{
		Case: r.CaseNo, ID: r.ID, Seq: r.Seq, Kind: r.Kind, Org: r.Org, Year: int(r.Year), Serial: r.Serial, Number: r.Number, Title: r.Title,
		Party: r.Party, PartyOrg: r.PartyOrg, Step: r.Step, Notice: r.Notice, At: r.At.UTC(), Template: r.Template, Code: r.Code, MadeAt: r.MadeAt.UTC(),
		DrawnAt: instant(r.DrawnAt),
	}
	if r.Html != nil {
		l.HTML = *r.Html
	}
	if r.Pdf != nil {
		l.PDF = *r.Pdf
	}
	return l
}
