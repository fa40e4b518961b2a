package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/store/dbsqlc"
)

// NumberFunc makes a case number of an item's implementation code, the day of filing in the business
// zone and the serial of that code and day (1, 2, 3 … without gaps). At most 50 characters.
type NumberFunc func(code string, day calendar.Date, serial int64) string

// CaseNumber is the national form: implementation code, YYYYMMDD, serial of at least four digits
// (31 + 8 + 4 characters).
func CaseNumber(code string, day calendar.Date, serial int64) string {
	return fmt.Sprintf("%s%04d%02d%02d%04d", code, day.Year(), int(day.Month()), day.Day(), serial)
}

// StartRequest is a filing as it came.
type StartRequest struct {
	// Key is the command's id.
	Key string
	By  engine.Actor
	// Code is the implementation code (实施编码) the number begins with.
	Code string
	// Body is the request; a repeated Key must come with the same one.
	Body []byte
	// At is the business time of the filing.
	At time.Time
}

// StartData is what filing comes to, made by the engine for the number it was given.
type StartData struct {
	Events []engine.Sealed
	Rows   engine.Rows
	// Definition is the hash of the definition version, Input the bytes the workflow is started with.
	Definition string
	Input      []byte
	// Code is the applicant's tracking code; only its hash is kept. Empty: none.
	Code string
	// Reply is what a repeated key is answered with.
	Reply json.RawMessage
}

// StartReply is the answer to a filing.
type StartReply struct {
	Number string
	Seq    int64
	// Reply is that of the first filing under this key.
	Reply json.RawMessage
	// Repeated: the key was there already and nothing was done.
	Repeated bool
}

// StartCase files a case in one transaction: number, command, opening events, read model, start
// intent. decide is called once a number is given, at most once, and must be pure; an error of it is
// returned as it is, and neither the number nor the key is used up.
//
// The opening events are confirmed at once. Errors: ErrKeyReused, ErrUnavailable, *ConstraintError.
func (s *Store) StartCase(ctx context.Context, req StartRequest, decide func(number string) (StartData, error)) (StartReply, error) {
	print := printOf("file", "", req.By, req.Body)
	if r, found, err := s.startedBefore(ctx, req.Key, print); found || err != nil {
		return r, err
	}
	var reply StartReply
	var refused error
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		day := calendar.DateOf(req.At)
		serial, err := s.q.WithTx(tx).NextSerial(ctx, dbsqlc.NextSerialParams{Code: req.Code, Day: date(day)})
		if err != nil {
			return err
		}
		reply.Number = s.opts.Number(req.Code, day, serial)
		data, err := decide(reply.Number)
		if err != nil {
			refused = err
			return err
		}
		reply.Seq, reply.Reply = int64(len(data.Events)), data.Reply
		return s.insertStart(ctx, tx, req, print, reply.Number, data)
	})
	if refused != nil {
		return StartReply{}, refused
	}
	var constraint *ConstraintError
	if err = wrap("start case", err); errors.As(err, &constraint) && constraint.Constraint == "command_pkey" {
		// Somebody else filed under this key between the look-up and the insert.
		if r, found, err := s.startedBefore(ctx, req.Key, print); found || err != nil {
			return r, err
		}
	}
	if err != nil {
		return StartReply{}, err
	}
	return reply, nil
}

const startSQL = `SELECT start_case($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`

func (s *Store) insertStart(ctx context.Context, tx pgx.Tx, req StartRequest, print []byte, number string, d StartData) error {
	e, err := columnsOf(d.Events)
	if err != nil {
		return err
	}
	if len(d.Events) == 0 {
		return errors.New("a case starts with at least one event")
	}
	if d.Rows.Case.Form == nil {
		d.Rows.Case.Form = map[string]any{} // to be written all the same, and the applicant with it
	}
	rows, err := rowsJSON(d.Rows)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, startSQL, number, req.Key, string(req.By.Kind), req.By.ID, req.By.Org, notNull(req.Body), print, req.At,
		string(d.Reply), d.Definition, notNull(d.Input), s.opts.Grace, codeHash(number, d.Code),
		e.at, e.kind, e.actorKind, e.actor, e.org, e.command, e.body, e.hash, rows)
	return err
}

func (s *Store) startedBefore(ctx context.Context, key string, print []byte) (StartReply, bool, error) {
	c, err := s.CommandByKey(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return StartReply{}, false, nil
	}
	if err != nil {
		return StartReply{}, false, err
	}
	if string(c.print) != string(print) {
		return StartReply{}, true, ErrKeyReused
	}
	return StartReply{Number: c.Case, Seq: c.Seq, Reply: c.Reply, Repeated: true}, true, nil
}

// StartIntent is what a workflow is (to be) started with.
type StartIntent struct {
	Case       string
	Definition string
	Input      []byte
	Started    bool
	Attempts   int
}

// StartIntentOf gives the start of a case (ErrNotFound when there is no such case).
func (s *Store) StartIntentOf(ctx context.Context, number string) (StartIntent, error) {
	r, err := s.q.StartIntent(ctx, number)
	return startIntent(r), wrap("start intent", err)
}

// MarkStarted records that the workflow runs (or ran). It is idempotent and final.
func (s *Store) MarkStarted(ctx context.Context, number string) error {
	n, err := s.q.MarkStarted(ctx, number)
	if err == nil && n == 0 {
		err = pgx.ErrNoRows
	}
	return wrap("mark started", err)
}

// UnstartedCases takes starts nobody has marked, the longest due first; each is left alone by other
// sweepers for lease.
func (s *Store) UnstartedCases(ctx context.Context, limit int, lease time.Duration) ([]StartIntent, error) {
	rows, err := s.q.ClaimUnstarted(ctx, dbsqlc.ClaimUnstartedParams{Lease: lease, Most: int32(limit)})
	if err != nil {
		return nil, wrap("unstarted cases", err)
	}
	out := make([]StartIntent, len(rows))
	for i, r := range rows {
		out[i] = startIntent(r)
	}
	return out, nil
}

func startIntent(r dbsqlc.StartIntent) StartIntent {
	return StartIntent{Case: r.CaseNo, Definition: r.Definition, Input: r.Input, Started: r.Started, Attempts: int(r.Attempts)}
}

// printOf identifies a request: the same key must always come with the same one.
func printOf(act, number string, by engine.Actor, body []byte) []byte {
	h := sha256.New()
	for _, part := range []string{act, number, string(by.Kind), by.ID, by.Org} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	h.Write(body)
	return h.Sum(nil)
}

// codeHash is what is kept of a tracking code; the number salts it.
func codeHash(number, code string) []byte {
	if code == "" {
		return []byte{}
	}
	sum := sha256.Sum256([]byte(number + "\x00" + code))
	return sum[:]
}

func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
