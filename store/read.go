package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
	"lianban/store/dbsqlc"
)

// CaseView is one case with everything of its row, personal data included: the api shows what
// policy allows.
type CaseView struct {
	engine.CaseRow
	// LastSeq is how far the read model is, Confirmed how much of it is certain.
	LastSeq, Confirmed int64
	// Alarm is set when the read model of the case may be stale (operators look at it).
	Alarm string
}

// CaseByNumber gives a case (ErrNotFound).
func (s *Store) CaseByNumber(ctx context.Context, number string) (CaseView, error) {
	r, err := s.q.CaseRecord(ctx, number)
	if err != nil {
		return CaseView{}, wrap("case", err)
	}
	v := CaseView{CaseRow: caseRow(r.CaseRecord), LastSeq: r.LastSeq, Confirmed: r.ConfirmedSeq, Alarm: r.Alarm}
	v.Applicant = engine.ApplicantRow{Name: r.Name, ID: r.ID, Phone: r.Phone}
	if err := errors.Join(json.Unmarshal(r.Answers, &v.Answers), json.Unmarshal(r.Form, &v.Form)); err != nil {
		return CaseView{}, fmt.Errorf("case %s: %w", number, err)
	}
	return v, nil
}

func caseRow(r dbsqlc.CaseRecord) engine.CaseRow {
	c := engine.CaseRow{
		Number: r.CaseNo, Item: r.Item, ItemName: r.ItemName, Version: r.Version, Definition: r.Definition, Region: r.Region,
		Channel: r.Channel, Status: engine.Status(r.Status), Outcome: engine.Outcome(r.Outcome), LeadOrg: r.LeadOrg,
		Orgs: r.Orgs, ReceivedAt: r.ReceivedAt.UTC(), DecidedAt: instant(r.DecidedAt), ClosedAt: instant(r.ClosedAt),
		StatutoryDue: instant(r.StatutoryDue), PromisedDue: instant(r.PromisedDue), Provisional: r.Provisional,
		Overdue: r.Overdue,
	}
	if len(r.Flags) > 0 {
		c.Flags = r.Flags
	}
	if r.AcceptedOn != nil {
		d := dateOf(*r.AcceptedOn)
		c.AcceptedOn = &d
	}
	return c
}

// Steps gives a case's steps in the order of its definition.
func (s *Store) Steps(ctx context.Context, number string) ([]engine.StepRow, error) {
	return decode[engine.StepRow](s.q.Steps(ctx, number))
}

// Tasks gives all tasks of a case, open or not, in the order they were opened.
func (s *Store) Tasks(ctx context.Context, number string) ([]engine.TaskRow, error) {
	return decode[engine.TaskRow](s.q.Tasks(ctx, number))
}

// TaskByID gives one task of a case (ErrNotFound).
func (s *Store) TaskByID(ctx context.Context, number, id string) (engine.TaskRow, error) {
	b, err := s.q.Task(ctx, dbsqlc.TaskParams{CaseNo: number, ID: id})
	if err != nil {
		return engine.TaskRow{}, wrap("task", err)
	}
	var t engine.TaskRow
	err = json.Unmarshal(b, &t)
	return t, err
}

// Papers gives the papers of a case, by id.
func (s *Store) Papers(ctx context.Context, number string) ([]engine.PaperState, error) {
	return decode[engine.PaperState](s.q.Materials(ctx, number))
}

// Notices gives the notices of a case in the order they were given.
func (s *Store) Notices(ctx context.Context, number string) ([]engine.Notice, error) {
	return decode[engine.Notice](s.q.Notices(ctx, number))
}

// Results gives the results of a case in the order they were signed.
func (s *Store) Results(ctx context.Context, number string) ([]engine.ResultRow, error) {
	return decode[engine.ResultRow](s.q.Results(ctx, number))
}

// Dossier gives the entries of a case's dossier, by kind and in the order they were made.
func (s *Store) Dossier(ctx context.Context, number string) ([]engine.DossierRow, error) {
	return decode[engine.DossierRow](s.q.Dossier(ctx, number))
}

func decode[T any](rows [][]byte, err error) ([]T, error) {
	if err != nil {
		return nil, wrap("read rows", err)
	}
	out := make([]T, len(rows))
	for i, b := range rows {
		if err := json.Unmarshal(b, &out[i]); err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
	}
	return out, nil
}

func (s *Store) caseOrgs(ctx context.Context, number string) ([]engine.OrgRow, error) {
	rows, err := s.q.CaseOrgs(ctx, number)
	out := make([]engine.OrgRow, len(rows))
	for i, r := range rows {
		out[i] = engine.OrgRow{Org: r.Org, Item: r.Item, Closed: r.Closed, ReceivedAt: r.ReceivedAt.UTC()}
	}
	return out, err
}

// CaseRows gives the whole read model of a case as of one instant, with its head.
func (s *Store) CaseRows(ctx context.Context, number string) (engine.Rows, Head, error) {
	var rows engine.Rows
	var h Head
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		at := &Store{pool: s.pool, q: s.q.WithTx(tx), opts: s.opts}
		if h, err = at.HeadOf(ctx, number); err != nil {
			return err
		}
		view, err := at.CaseByNumber(ctx, number)
		if err != nil {
			return err
		}
		rows.Case = view.CaseRow
		var errs [7]error
		rows.Steps, errs[0] = at.Steps(ctx, number)
		rows.Tasks, errs[1] = at.Tasks(ctx, number)
		rows.Papers, errs[2] = at.Papers(ctx, number)
		rows.Notices, errs[3] = at.Notices(ctx, number)
		rows.Results, errs[4] = at.Results(ctx, number)
		rows.Dossier, errs[5] = at.Dossier(ctx, number)
		rows.Orgs, errs[6] = at.caseOrgs(ctx, number)
		return errors.Join(errs[:]...)
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		err = wrap("case rows", err)
	}
	return rows, h, err
}

// StoredEvent is an event as the log holds it.
type StoredEvent struct {
	Case    string
	Seq     int64
	At      time.Time
	Type    string
	By      engine.Actor // without roles
	Command string
	// Bytes are what is hashed: the canonical JSON of engine.Event.
	Bytes      []byte
	Prev, Hash string
	// Confirmed: known to be in history, never withdrawn.
	Confirmed bool
}

// Event decodes the bytes.
func (e StoredEvent) Event() (engine.Event, error) {
	var out engine.Event
	if err := json.Unmarshal(e.Bytes, &out); err != nil {
		return out, fmt.Errorf("case %s: %w", e.Case, err)
	}
	return out, nil
}

func storedEvent(r dbsqlc.CaseEvent) StoredEvent {
	return StoredEvent{
		Case: r.CaseNo, Seq: r.Seq, At: r.At.UTC(), Type: r.Type, Command: r.Command, Bytes: r.Body, Prev: hexOf(r.Prev), Hash: hexOf(r.Hash),
		By: engine.Actor{Kind: engine.ActorKind(r.ActorKind), ID: r.Actor, Org: r.Org},
	}
}

// Timeline gives events of a case after a sequence, in order. Those not Confirmed may still change.
func (s *Store) Timeline(ctx context.Context, number string, after int64, limit int) ([]StoredEvent, error) {
	rows, err := s.q.Timeline(ctx, dbsqlc.TimelineParams{CaseNo: number, After: after, Most: int32(limit)})
	out := make([]StoredEvent, len(rows))
	for i, r := range rows {
		out[i] = storedEvent(r.CaseEvent)
		out[i].Confirmed = r.CaseEvent.Seq <= r.ConfirmedSeq
	}
	return out, wrap("timeline", err)
}
