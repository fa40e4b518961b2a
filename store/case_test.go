package store_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

const (
	code    = "11440106MB2C5010XX4440125001000" // an implementation code of 31 characters
	window  = "hall-1"
	market  = "market-1"
	fire    = "fire-1"
	clerkID = "acc-7"
)

// film is a case as its workflow would hold it: the chain so far and the rows.
type film struct {
	number string
	seq    int64
	hash   string
	fence  int64
	at     time.Time
	rows   engine.Rows
}

// seal chains the next events of the case, one second apart.
func (f *film) seal(command string, bodies ...engine.Body) []engine.Sealed {
	events := make([]engine.Event, len(bodies))
	for i, b := range bodies {
		f.at = f.at.Add(time.Second)
		f.seq++
		events[i] = engine.Event{Seq: f.seq, At: f.at, Type: b.Type(), By: engine.Who{Kind: engine.Person, ID: clerkID, Org: window}, Command: command, Body: b}
	}
	sealed := engine.Seal(f.hash, events)
	f.hash = sealed[len(sealed)-1].Hash
	return sealed
}

// flush makes the next flush of the case with these events and the rows as they are now.
func (f *film) flush(command string, bodies ...engine.Body) store.Flush {
	f.fence += int64(time.Second)
	f.rows.Orgs = orgsOf(f.rows.Case)
	fl := store.Flush{Case: f.number, First: f.seq + 1, Prev: f.hash, Fence: f.fence, Fence2: f.fence, Durable: f.seq, Changed: f.rows, Full: f.rows.All()}
	if len(bodies) > 0 {
		fl.Events = f.seal(command, bodies...)
	}
	return fl
}

// fork is the case as another decision sees it from here.
func (f *film) fork() *film {
	g := *f
	g.rows.Tasks = append([]engine.TaskRow(nil), f.rows.Tasks...)
	return &g
}

// orgsOf puts a case into the lists of its organisations, as the engine does.
func orgsOf(c engine.CaseRow) []engine.OrgRow {
	rows := make([]engine.OrgRow, len(c.Orgs))
	for i, org := range c.Orgs {
		rows[i] = engine.OrgRow{Org: org, Item: c.Item, Closed: c.Status == engine.Closed, ReceivedAt: c.ReceivedAt}
	}
	return rows
}

func rowsOf(number string, at time.Time) engine.Rows {
	day := at.Add(8 * 24 * time.Hour)
	return engine.Rows{
		Case: engine.CaseRow{
			Number: number, Item: "restaurant", ItemName: "开办餐饮店", Version: "1.0", Definition: "d0", Region: "440106", Channel: "window",
			Status: engine.Received, LeadOrg: market, Orgs: []string{fire, window, market}, ReceivedAt: at, StatutoryDue: day,
			Applicant: engine.ApplicantRow{Name: "广州市天河区老王餐饮店", ID: "92440106MA5XXXXX1k", Phone: "13800138000"},
			Answers:   map[string]any{"seats": 40.0}, Form: map[string]any{"applicant": map[string]any{"name": "老王"}},
		},
		Steps: []engine.StepRow{
			{StepState: engine.StepState{ID: "receive", Status: engine.Open, Round: 1, Org: window, OpenedAt: at}, Kind: definition.KindIntake, Name: "收件", Party: "window"},
			{StepState: engine.StepState{ID: "food", Status: engine.Waiting}, Order: 1, Depth: 1, Parent: "together", Kind: definition.KindReview, Name: "食品经营", Party: "market"},
		},
		Tasks: []engine.TaskRow{{
			Task:     engine.Task{ID: "receive.1.accept", Kind: engine.TaskAccept, Step: "receive", Round: 1, Party: "window", Org: window, Role: engine.RoleClerk, Clock: "receive", Status: engine.TaskOpen, OpenedAt: at},
			StepName: "收件", Class: engine.Statutory, Due: day, Warn: day.Add(-24 * time.Hour),
			Basis: engine.Basis{From: "receipt", Period: calendar.Period{Amount: 5, Unit: calendar.WorkingDays}},
		}},
		Papers: []engine.PaperState{{ID: "licence", Status: engine.PaperPresent, Source: "applicant", Hash: fmt.Sprintf("%064x", 7), Name: "执照.pdf", Type: "application/pdf", Size: 1200, At: at}},
	}
}

// start files a case and gives its film.
func start(t testing.TB, s *store.Store, key string, at time.Time) *film {
	t.Helper()
	f := &film{at: at}
	r, err := s.StartCase(t.Context(), request(key, at), f.decide(key))
	require.NoError(t, err)
	require.False(t, r.Repeated)
	require.Equal(t, f.number, r.Number)
	return f
}

func request(key string, at time.Time) store.StartRequest {
	return store.StartRequest{Key: key, By: engine.Actor{Kind: engine.Person, ID: clerkID, Org: window}, Code: code, Body: []byte(`{"item":"restaurant"}`), At: at}
}

func (f *film) decide(key string) func(number string) (store.StartData, error) {
	return func(number string) (store.StartData, error) {
		f.number, f.rows = number, rowsOf(number, f.at)
		f.rows.Orgs = orgsOf(f.rows.Case)
		return store.StartData{
			Events:     f.seal(key, engine.CaseFiled{Engine: 1, Number: number, Item: "restaurant"}, engine.StepOpened{Step: "receive", Round: 1, Org: window}),
			Rows:       f.rows,
			Definition: "d0", Input: []byte("input of " + number), Code: "4711", Reply: json.RawMessage(`{"number":"` + number + `"}`),
		}, nil
	}
}

func mustFlush(t testing.TB, s *store.Store, f store.Flush) store.FlushReply {
	t.Helper()
	r, err := s.Flush(t.Context(), f)
	require.NoError(t, err)
	require.Equal(t, store.Written, r.Refused)
	return r
}

// hashes gives the log of a case as it is stored.
func hashes(t testing.TB, s *store.Store, number string) []string {
	t.Helper()
	list, err := s.Timeline(t.Context(), number, 0, 1000)
	require.NoError(t, err)
	out := make([]string, len(list))
	for i, e := range list {
		require.EqualValues(t, i+1, e.Seq)
		out[i] = e.Hash
	}
	return out
}

func exec(t testing.TB, s *store.Store, sql string, args ...any) {
	t.Helper()
	_, err := s.Pool().Exec(t.Context(), sql, args...)
	require.NoError(t, err)
}

// sameRows compares two read models as the screens get them.
func sameRows(t testing.TB, want, got engine.Rows) {
	t.Helper()
	w, err := json.Marshal(want)
	require.NoError(t, err)
	g, err := json.Marshal(got)
	require.NoError(t, err)
	require.JSONEq(t, string(w), string(g))
}
