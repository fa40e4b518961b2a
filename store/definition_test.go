package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"lianban/store"
)

func analyst(t *testing.T, s *store.Store, ids ...string) {
	t.Helper()
	for _, id := range ids {
		require.NoError(t, s.PutAccount(t.Context(), store.Account{ID: id, Login: id, Name: "某", Active: true}))
	}
}

func begin(t *testing.T, s *store.Store, id string) store.DefinitionDraft {
	t.Helper()
	d, err := s.NewDefinitionDraft(t.Context(), store.DefinitionDraft{ID: id, Name: "草稿", Text: "a", Writers: []string{"one"}, CreatedBy: "one", CreatedAt: morning})
	require.NoError(t, err)
	return d
}

// always does one change, whatever the draft is.
func always(c store.DraftChange) func(store.DefinitionDraft) (store.DraftChange, error) {
	return func(store.DefinitionDraft) (store.DraftChange, error) { return c, nil }
}

// Many save at once, each over what he has read: one per revision wins.
func TestOneSavePerRevision(t *testing.T) {
	t.Parallel()
	s := open(t)
	analyst(t, s, "one", "two")
	d := begin(t, s, "d1")
	stale := errors.New("stale")
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 8 {
		wg.Go(func() {
			err := s.ChangeDefinitionDraft(context.Background(), "d1", func(now store.DefinitionDraft) (store.DraftChange, error) {
				if now.Revision != d.Revision {
					return nil, stale
				}
				return store.SaveDraftText{Name: "n", Text: fmt.Sprint(i), Account: "two", Writers: []string{"two"}, At: morning.Add(time.Hour)}, nil
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, stale) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Equal(t, 1, won)
	now, err := s.DefinitionDraft(t.Context(), "d1")
	require.NoError(t, err)
	require.Equal(t, int64(2), now.Revision)
	require.Equal(t, []string{"one", "two"}, now.Writers)
	require.Equal(t, []store.TestText{}, now.Tests)
}

// The schema itself keeps the two persons apart, and what was decided as it is.
func TestSchemaKeepsFourEyes(t *testing.T) {
	t.Parallel()
	s := open(t)
	analyst(t, s, "one", "two")
	begin(t, s, "d1")
	require.NoError(t, s.ChangeDefinitionDraft(t.Context(), "d1", always(store.AskPublication{Note: "n", Account: "one", At: morning})))
	var broken *store.ConstraintError
	v := version("7.0", 2026, 1, 1)
	for _, c := range []store.DecidePublication{
		{Decision: store.RequestPublished, Account: "one", At: morning, Version: &v},
		{Decision: store.RequestReturned, Reason: "r", Account: "one", At: morning},
	} {
		require.ErrorAs(t, s.ChangeDefinitionDraft(t.Context(), "d1", always(c)), &broken)
		require.Equal(t, "definition_request_four_eyes", broken.Constraint)
	}
	_, err := s.Definition(t.Context(), v.Item, v.Version)
	require.ErrorIs(t, err, store.ErrNotFound, "nothing was published")
	require.ErrorAs(t, s.ChangeDefinitionDraft(t.Context(), "d1", always(store.AskPublication{Note: "n", Account: "one", At: morning})), &broken)
	require.Equal(t, "definition_request_open", broken.Constraint)
	require.NoError(t, s.ChangeDefinitionDraft(t.Context(), "d1", always(store.DecidePublication{Decision: store.RequestPublished, Account: "two", At: morning, Version: &v})))
	require.ErrorIs(t, s.ChangeDefinitionDraft(t.Context(), "d1", always(store.DecidePublication{Decision: store.RequestPublished, Account: "two", At: morning, Version: &v})), store.ErrExists)
	require.NoError(t, s.PutDefinitionTests(t.Context(), v.Item, v.Version, []store.TestText{{Name: "a", Text: "b"}}))
	done, err := s.Suspend(t.Context(), store.Suspension{Item: v.Item, Version: v.Version, Suspended: true, Reason: "r", Account: "two", At: morning})
	require.NoError(t, err)
	require.True(t, done)
	origins, err := s.DefinitionOrigins(t.Context(), v.Item)
	require.NoError(t, err)
	require.Equal(t, v.Version, origins[0].Version)
	for name, sql := range map[string]string{
		"definition_request_append_only":    `UPDATE definition_request SET note = 'x'`,
		"definition_test_append_only":       `UPDATE definition_test SET text = 'x'`,
		"definition_suspension_append_only": `DELETE FROM definition_suspension`,
		"definition_draft_state_check":      `UPDATE definition_draft SET state = 'lost'`,
		"definition_draft_base":             `UPDATE definition_draft SET base_item = 'x'`,
		"definition_request_reason":         `INSERT INTO definition_request (draft, revision, note, writers, asked_by, asked_at, decision, decided_by, decided_at) VALUES ('d', 1, 'n', '{one}', 'one', now(), 'returned', 'two', now())`,
		"definition_request_decided":        `INSERT INTO definition_request (draft, revision, note, writers, asked_by, asked_at, decision) VALUES ('d', 1, 'n', '{one}', 'one', now(), 'withdrawn')`,
		"definition_request_version":        `INSERT INTO definition_request (draft, revision, note, writers, asked_by, asked_at, decision, decided_by, decided_at) VALUES ('d', 1, 'n', '{one}', 'one', now(), 'published', 'two', now())`,
	} {
		_, err := s.Pool().Exec(t.Context(), sql)
		var refused *pgconn.PgError
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, name, refused.ConstraintName)
	}
}

func TestCasesOfAVersionArePaged(t *testing.T) {
	t.Parallel()
	s := open(t)
	first := start(t, s, "k1", morning)
	for i := range 4 {
		start(t, s, fmt.Sprintf("k%d", i+2), morning.Add(time.Duration(i)*time.Minute))
	}
	hash := first.rows.Case.Definition
	seen := map[string]bool{}
	var after store.Cursor
	for pages := 0; ; pages++ {
		list, next, err := s.CasesOfVersion(t.Context(), hash, "", store.Page{After: after, Limit: 2})
		require.NoError(t, err)
		for _, c := range list {
			require.False(t, seen[c.Number])
			seen[c.Number] = true
		}
		if after = next; next == "" {
			require.Equal(t, 2, pages)
			break
		}
	}
	require.Len(t, seen, 5)
	none, _, err := s.CasesOfVersion(t.Context(), hash, "closed", store.Page{})
	require.NoError(t, err)
	require.Empty(t, none)
	_, _, err = s.CasesOfVersion(t.Context(), hash, "", store.Page{After: "x"})
	require.ErrorIs(t, err, store.ErrCursor)
}

// Pages of drafts follow one another, those changed last first; of one instant by their ids.
func TestPagesOfDrafts(t *testing.T) {
	t.Parallel()
	s := open(t)
	analyst(t, s, "one")
	for _, id := range []string{"d3", "d1", "d2"} {
		begin(t, s, id)
	}
	save := func(id string, at time.Time) {
		require.NoError(t, s.ChangeDefinitionDraft(t.Context(), id, always(store.SaveDraftText{Name: id, Text: "x", Account: "one", Writers: []string{"one"}, At: at})))
	}
	begin(t, s, "d9")
	save("d9", morning.Add(time.Hour))
	var ids []string
	page := store.Page{Limit: 2}
	for {
		list, next, err := s.DefinitionDrafts(t.Context(), page)
		require.NoError(t, err)
		require.LessOrEqual(t, len(list), 2)
		for _, d := range list {
			ids = append(ids, d.ID)
			require.Empty(t, d.Text)
		}
		if next == "" {
			break
		}
		if len(ids) == 2 {
			save("d3", morning.Add(2*time.Hour)) // to the front, where the walk has been
		}
		page.After = next
	}
	require.Equal(t, []string{"d9", "d1", "d2"}, ids)
	_, _, err := s.DefinitionDrafts(t.Context(), store.Page{After: "x"})
	require.ErrorIs(t, err, store.ErrCursor)
}
