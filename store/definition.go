package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/store/dbsqlc"
)

// TestText is a file of scenario tests.
type TestText struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// DraftState is how far a draft of a definition has come.
type DraftState string

// The states of drafts: worked on, publication asked for, published.
const (
	DraftOpen      DraftState = "open"
	DraftAsked     DraftState = "asked"
	DraftPublished DraftState = "published"
)

// DefinitionDraft is a definition somebody works on. Lists leave Text and Tests out.
type DefinitionDraft struct {
	ID, Name, Text string
	Tests          []TestText
	// BaseItem and BaseVersion are what it was begun from; empty: from nothing.
	BaseItem, BaseVersion string
	// Revision counts the writes.
	Revision int64
	State    DraftState
	// Writers are all who have written in it.
	Writers   []string
	CreatedBy string
	CreatedAt time.Time
	ChangedBy string
	ChangedAt time.Time
}

// DefinitionRequest asks that a draft be published, and says what became of it.
type DefinitionRequest struct {
	Draft    string
	Revision int64
	Note     string
	Writers  []string
	AskedBy  string
	AskedAt  time.Time
	// Decision is empty while nobody has decided; else published, returned or withdrawn.
	Decision  string
	DecidedBy string
	DecidedAt time.Time
	Reason    string
	// Item and Version are what it became.
	Item, Version string
}

// What becomes of a request.
const (
	RequestPublished = "published"
	RequestReturned  = "returned"
	RequestWithdrawn = "withdrawn"
)

// DefinitionDrafts gives a page of the drafts that are not published yet, those changed last first, without texts. A
// draft that is saved meanwhile moves to the front: it may come twice in a walk, and no other is left out by it.
func (s *Store) DefinitionDrafts(ctx context.Context, p Page) ([]DefinitionDraft, Cursor, error) {
	const list = "definition-drafts"
	at, ok, err := p.After.place(list, 1)
	if err != nil {
		return nil, "", err
	}
	if !ok {
		at.At = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	rows, err := s.q.DefinitionDrafts(ctx, dbsqlc.DefinitionDraftsParams{BeforeAt: at.At, AfterID: at.Names[0], Most: int32(p.limit() + 1)})
	if err != nil {
		return nil, "", wrap("definition drafts", err)
	}
	var next Cursor
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		last := rows[len(rows)-1]
		next = place{List: list, At: last.ChangedAt, Names: []string{last.ID}}.cursor()
	}
	out := make([]DefinitionDraft, len(rows))
	for i, r := range rows {
		out[i] = DefinitionDraft{
			ID: r.ID, Name: r.Name, BaseItem: r.BaseItem, BaseVersion: r.BaseVersion, Revision: r.Revision, State: DraftState(r.State),
			Writers: r.Writers, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt.UTC(), ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt.UTC(),
		}
	}
	return out, next, nil
}

// DefinitionDraft gives a draft (ErrNotFound).
func (s *Store) DefinitionDraft(ctx context.Context, id string) (DefinitionDraft, error) {
	r, err := s.q.DefinitionDraft(ctx, id)
	if err != nil {
		return DefinitionDraft{}, wrap("definition draft", err)
	}
	return definitionDraft(r)
}

func definitionDraft(r dbsqlc.DefinitionDraft) (DefinitionDraft, error) {
	d := DefinitionDraft{
		ID: r.ID, Name: r.Name, Text: r.Text, BaseItem: r.BaseItem, BaseVersion: r.BaseVersion, Revision: r.Revision, State: DraftState(r.State),
		Writers: r.Writers, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt.UTC(), ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt.UTC(),
	}
	return d, json.Unmarshal(r.Tests, &d.Tests)
}

// NewDefinitionDraft begins a draft. One of its id that is there already is given instead.
func (s *Store) NewDefinitionDraft(ctx context.Context, d DefinitionDraft) (DefinitionDraft, error) {
	tests, err := testsJSON(d.Tests)
	if err != nil {
		return d, err
	}
	_, err = s.q.NewDefinitionDraft(ctx, dbsqlc.NewDefinitionDraftParams{
		ID: d.ID, Name: d.Name, Text: d.Text, Tests: tests, BaseItem: d.BaseItem, BaseVersion: d.BaseVersion,
		Writers: d.Writers, Account: d.CreatedBy, At: d.CreatedAt,
	})
	if err != nil {
		return d, wrap("new definition draft", err)
	}
	return s.DefinitionDraft(ctx, d.ID)
}

func testsJSON(tests []TestText) ([]byte, error) {
	if tests == nil {
		tests = []TestText{}
	}
	return json.Marshal(tests)
}

// ChangeDefinitionDraft locks a draft and lets change look at it as it stands; what change returns is done
// in the same transaction. An error of change is passed on, and nothing is done.
func (s *Store) ChangeDefinitionDraft(ctx context.Context, id string, change func(d DefinitionDraft) (DraftChange, error)) error {
	published := false
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		r, err := q.LockDefinitionDraft(ctx, id)
		if err != nil {
			return wrap("lock definition draft", err)
		}
		d, err := definitionDraft(r)
		if err != nil {
			return err
		}
		c, err := change(d)
		if err != nil || c == nil {
			return err
		}
		decided, ok := c.(DecidePublication)
		published = ok && decided.Version != nil
		return c.write(ctx, q, d)
	})
	if err != nil || !published {
		return err
	}
	return s.Notify(ctx, TopicCatalogue)
}

// DraftChange is something done to a draft: SaveDraftText, DropDraftText, AskPublication or DecidePublication.
type DraftChange interface {
	write(ctx context.Context, q *dbsqlc.Queries, d DefinitionDraft) error
}

// SaveDraftText writes the next revision.
type SaveDraftText struct {
	Name, Text string
	Tests      []TestText
	// Account saves; Writers are he and whom he stands in for.
	Account string
	Writers []string
	At      time.Time
}

func (c SaveDraftText) write(ctx context.Context, q *dbsqlc.Queries, d DefinitionDraft) error {
	tests, err := testsJSON(c.Tests)
	if err != nil {
		return err
	}
	return wrap("save definition draft", q.SaveDefinitionDraft(ctx, dbsqlc.SaveDefinitionDraftParams{
		ID: d.ID, Name: c.Name, Text: c.Text, Tests: tests, Writers: c.Writers, Account: c.Account, At: c.At,
	}))
}

// DropDraftText throws the draft away.
type DropDraftText struct{}

func (DropDraftText) write(ctx context.Context, q *dbsqlc.Queries, d DefinitionDraft) error {
	return wrap("drop definition draft", q.DropDefinitionDraft(ctx, d.ID))
}

// AskPublication asks that the draft be published as it stands.
type AskPublication struct {
	Note, Account string
	At            time.Time
}

func (c AskPublication) write(ctx context.Context, q *dbsqlc.Queries, d DefinitionDraft) error {
	err := q.NewDefinitionRequest(ctx, dbsqlc.NewDefinitionRequestParams{
		Draft: d.ID, Revision: d.Revision, Note: c.Note, Writers: d.Writers, AskedBy: c.Account, AskedAt: c.At,
	})
	if err == nil {
		err = q.MoveDefinitionDraft(ctx, dbsqlc.MoveDefinitionDraftParams{ID: d.ID, State: string(DraftAsked)})
	}
	return wrap("ask for publication", err)
}

// DecidePublication ends a request: Version is set when it is published.
type DecidePublication struct {
	Decision, Reason, Account string
	At                        time.Time
	Version                   *DefinitionVersion
}

func (c DecidePublication) write(ctx context.Context, q *dbsqlc.Queries, d DefinitionDraft) error {
	p := dbsqlc.DecideDefinitionRequestParams{Draft: d.ID, Decision: c.Decision, DecidedBy: c.Account, DecidedAt: c.At, Reason: c.Reason}
	state := DraftOpen
	if v := c.Version; v != nil {
		p.Item, p.Version, state = &v.Item, &v.Version, DraftPublished
		n, err := putDefinition(ctx, q, *v)
		if err != nil {
			return wrap("publish definition", err)
		}
		if n == 0 {
			return fmt.Errorf("publish definition %s %s: %w", v.Item, v.Version, ErrExists)
		}
		if err := putTests(ctx, q, v.Item, v.Version, d.Tests); err != nil {
			return err
		}
	}
	err := q.DecideDefinitionRequest(ctx, p)
	if err == nil {
		err = q.MoveDefinitionDraft(ctx, dbsqlc.MoveDefinitionDraftParams{ID: d.ID, State: string(state)})
	}
	return wrap("decide on publication", err)
}

func putTests(ctx context.Context, q *dbsqlc.Queries, item, version string, tests []TestText) error {
	for _, t := range tests {
		if err := q.PutDefinitionTest(ctx, dbsqlc.PutDefinitionTestParams{Item: item, Version: version, Name: t.Name, Text: t.Text}); err != nil {
			return wrap("put definition test", err)
		}
	}
	return nil
}

// PutDefinitionTests keeps the scenario tests a version came with; one of a name that is there stays.
func (s *Store) PutDefinitionTests(ctx context.Context, item, version string, tests []TestText) error {
	return putTests(ctx, s.q, item, version, tests)
}

// DefinitionTests are the scenario tests of a version, by name.
func (s *Store) DefinitionTests(ctx context.Context, item, version string) ([]TestText, error) {
	rows, err := s.q.DefinitionTests(ctx, dbsqlc.DefinitionTestsParams{Item: item, Version: version})
	out := make([]TestText, len(rows))
	for i, r := range rows {
		out[i] = TestText{Name: r.Name, Text: r.Text}
	}
	return out, wrap("definition tests", err)
}

// DefinitionRequests are the requests to publish a draft, the newest first.
func (s *Store) DefinitionRequests(ctx context.Context, draft string) ([]DefinitionRequest, error) {
	rows, err := s.q.DefinitionRequests(ctx, draft)
	return definitionRequests(rows), wrap("definition requests", err)
}

// DefinitionOrigins are the requests by which versions of an item were published, the oldest first.
func (s *Store) DefinitionOrigins(ctx context.Context, item string) ([]DefinitionRequest, error) {
	rows, err := s.q.DefinitionOrigins(ctx, item)
	return definitionRequests(rows), wrap("definition origins", err)
}

func definitionRequests(rows []dbsqlc.DefinitionRequest) []DefinitionRequest {
	out := make([]DefinitionRequest, len(rows))
	for i, r := range rows {
		out[i] = DefinitionRequest{
			Draft: r.Draft, Revision: r.Revision, Note: r.Note, Writers: r.Writers, AskedBy: r.AskedBy, AskedAt: r.AskedAt.UTC(),
			Decision: r.Decision, DecidedBy: r.DecidedBy, DecidedAt: instant(r.DecidedAt), Reason: r.Reason,
		}
		if r.Item != nil && r.Version != nil {
			out[i].Item, out[i].Version = *r.Item, *r.Version
		}
	}
	return out
}

// Suspension is one stop, or end of a stop, of new cases under a version.
type Suspension struct {
	Item, Version string
	Suspended     bool
	Reason        string
	Account       string
	At            time.Time
}

// Suspend stops new cases under a version, or allows them again, and keeps who did so and why. done is false
// when it was so already (ErrNotFound: no such version).
func (s *Store) Suspend(ctx context.Context, x Suspension) (done bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		n, err := q.TurnDefinition(ctx, dbsqlc.TurnDefinitionParams{Item: x.Item, Version: x.Version, Suspended: x.Suspended, SuspendedWhy: x.Reason})
		if err != nil {
			return err
		}
		if done = n > 0; !done {
			_, err := q.Definition(ctx, dbsqlc.DefinitionParams{Item: x.Item, Version: x.Version})
			return err
		}
		return q.NoteDefinitionSuspension(ctx, dbsqlc.NoteDefinitionSuspensionParams{
			Item: x.Item, Version: x.Version, Suspended: x.Suspended, Reason: x.Reason, Account: x.Account, At: x.At,
		})
	})
	if err != nil || !done {
		return false, wrap("suspend definition", err)
	}
	return true, s.Notify(ctx, TopicCatalogue)
}

// Suspensions are those of an item's versions, the oldest first.
func (s *Store) Suspensions(ctx context.Context, item string) ([]Suspension, error) {
	rows, err := s.q.DefinitionSuspensions(ctx, item)
	out := make([]Suspension, len(rows))
	for i, r := range rows {
		out[i] = Suspension{Item: r.Item, Version: r.Version, Suspended: r.Suspended, Reason: r.Reason, Account: r.Account, At: r.At.UTC()}
	}
	return out, wrap("suspensions", err)
}

// VersionCases is how many cases of a version are in a state.
type VersionCases struct {
	Version, Status string
	Cases           int
}

// CasesPerVersion counts the cases of an item by version and state.
func (s *Store) CasesPerVersion(ctx context.Context, item string) ([]VersionCases, error) {
	rows, err := s.q.CasesPerVersion(ctx, item)
	out := make([]VersionCases, len(rows))
	for i, r := range rows {
		out[i] = VersionCases{Version: r.Version, Status: r.Status, Cases: int(r.Cases)}
	}
	return out, wrap("cases per version", err)
}

// VersionCase is a case of a version, without anything of the applicant.
type VersionCase struct {
	Number, Status, Outcome, Region string
	ReceivedAt, ClosedAt            time.Time
}

// CasesOfVersion pages through the cases filed under a definition, the newest first; status "" is every state.
func (s *Store) CasesOfVersion(ctx context.Context, hash, status string, p Page) ([]VersionCase, Cursor, error) {
	const list = "version-cases"
	at, ok, err := p.After.place(list, 1)
	if err != nil {
		return nil, "", err
	}
	if !ok {
		at.At, at.Names = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), []string{""}
	}
	rows, err := s.q.CasesOfVersion(ctx, dbsqlc.CasesOfVersionParams{
		Definition: hash, Status: status, BeforeAt: at.At, BeforeCase: at.Names[0], Most: int32(p.limit() + 1),
	})
	if err != nil {
		return nil, "", wrap("cases of version", err)
	}
	var next Cursor
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		last := rows[len(rows)-1]
		next = place{List: list, At: last.ReceivedAt, Names: []string{last.CaseNo}}.cursor()
	}
	out := make([]VersionCase, len(rows))
	for i, r := range rows {
		out[i] = VersionCase{Number: r.CaseNo, Status: r.Status, Outcome: r.Outcome, Region: r.Region, ReceivedAt: r.ReceivedAt.UTC(), ClosedAt: instant(r.ClosedAt)}
	}
	return out, next, nil
}
