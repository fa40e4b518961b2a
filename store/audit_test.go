package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/store"
)

// found gives what verify finds as "kind case seq position", the case as its letter.
func found(t testing.TB, s *store.Store, file string, names map[string]string) []string {
	t.Helper()
	var got []string
	sum, err := s.Verify(t.Context(), store.VerifyOptions{AnchorFile: file}, func(f store.Finding) {
		require.NotEmpty(t, f.Zh)
		require.NotEmpty(t, f.En)
		got = append(got, fmt.Sprintf("%s %s %d %d", f.Kind, names[f.Case], f.Seq, f.Position))
	})
	require.NoError(t, err)
	require.EqualValues(t, len(got), sum.Findings)
	slices.Sort(got)
	return got
}

// tamper runs SQL as somebody who may switch off triggers, keys and checks.
func tamper(t testing.TB, s *store.Store, sql string, args ...any) {
	t.Helper()
	tx, err := s.Pool().Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	_, err = tx.Exec(t.Context(), `SET LOCAL session_replication_role = replica`)
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), `ALTER TABLE case_event DROP CONSTRAINT IF EXISTS case_event_chain`)
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), sql, args...)
	require.NoError(t, err)
	require.NoError(t, tx.Commit(t.Context()))
}

// rewrite replaces the bytes of events from seq on and makes every hash of the case fit again.
func rewrite(t testing.TB, s *store.Store, number string, seq int64) {
	t.Helper()
	list, err := s.Timeline(t.Context(), number, 0, 100)
	require.NoError(t, err)
	prev := ""
	for _, e := range list {
		b := e.Bytes
		if e.Seq == seq {
			b = []byte(strings.Replace(string(b), `"body":{`, `"body":{"bribe":true,`, 1))
			require.NotEqual(t, e.Bytes, b)
		}
		hash := engine.ChainHash(prev, b)
		tamper(t, s, `UPDATE case_event SET body = $3, prev = decode($4, 'hex'), hash = decode($5, 'hex') WHERE case_no = $1 AND seq = $2`, number, e.Seq, b, prev, hash)
		prev = hash
	}
	tamper(t, s, `UPDATE case_head SET last_hash = decode($2, 'hex') WHERE case_no = $1`, number, prev)
}

// rechain makes the anchors fit the log as it is, and each other.
func rechain(t testing.TB, s *store.Store) {
	t.Helper()
	tamper(t, s, `UPDATE feed f SET hash = e.hash FROM case_event e WHERE e.case_no = f.case_no AND e.seq = f.to_seq`)
	tamper(t, s, `WITH RECURSIVE r AS (
			SELECT position, feed_chain('', position, case_no, from_seq, to_seq, hash) AS chain FROM feed WHERE position = 1
			UNION ALL SELECT f.position, feed_chain(r.chain, f.position, f.case_no, f.from_seq, f.to_seq, f.hash) FROM r JOIN feed f ON f.position = r.position + 1
		) UPDATE feed f SET chain = r.chain FROM r WHERE r.position = f.position`)
}

func removeCase(t testing.TB, s *store.Store, number string, tables ...string) {
	t.Helper()
	for _, table := range append(tables, "case_event", "case_head", "case_record", "task", "command", "start_intent", "case_intent") {
		tamper(t, s, `DELETE FROM `+table+` WHERE case_no = $1`, number)
	}
}

func TestVerifyFindsWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	// Cases a, b, c of four events each; all certain but the last event of c. The anchors are
	// a 1-2, b 1-2, c 1-2, a 3-4, b 3-4, c 3 at positions 1 to 6.
	for name, c := range map[string]struct {
		do   func(t *testing.T, s *store.Store, a, b, c string)
		want []string
	}{
		"nothing": {func(*testing.T, *store.Store, string, string, string) {}, nil},
		"a changed byte": {func(t *testing.T, s *store.Store, _, b, _ string) {
			tamper(t, s, `UPDATE case_event SET body = set_byte(body, 20, get_byte(body, 20) # 1) WHERE case_no = $1 AND seq = 2`, b)
		}, []string{"bytes-changed b 2 0", "column-changed b 2 0"}},
		"a changed byte of an unconfirmed event": {func(t *testing.T, s *store.Store, _, _, c string) {
			tamper(t, s, `UPDATE case_event SET body = set_byte(body, length(body) - 5, 65) WHERE case_no = $1 AND seq = 4`, c)
		}, []string{"bytes-changed c 4 0"}},
		"a changed hash": {func(t *testing.T, s *store.Store, _, b, _ string) {
			tamper(t, s, `UPDATE case_event SET hash = sha256('x') WHERE case_no = $1 AND seq = 3`, b)
		}, []string{"bytes-changed b 3 0", "chain-broken b 4 0"}},
		"a changed column": {func(t *testing.T, s *store.Store, a, b, c string) {
			tamper(t, s, `UPDATE case_event SET at = at + interval '1 day' WHERE case_no = $1 AND seq = 3`, a)
			tamper(t, s, `UPDATE case_event SET actor = 'acc-8' WHERE case_no = $1 AND seq = 3`, b)
			tamper(t, s, `UPDATE case_event SET type = 'TaskReleased' WHERE case_no = $1 AND seq = 3`, c)
		}, []string{"column-changed a 3 0", "column-changed a 4 0", "column-changed b 3 0", "column-changed c 3 0"}},
		"a missing tail": {func(t *testing.T, s *store.Store, _, b, _ string) {
			tamper(t, s, `DELETE FROM case_event WHERE case_no = $1 AND seq > 2`, b)
		}, []string{"tail-missing b 3 0", "tail-missing b 3 5"}},
		"a missing tail with its head": {func(t *testing.T, s *store.Store, _, b, _ string) {
			tamper(t, s, `DELETE FROM case_event WHERE case_no = $1 AND seq > 2`, b)
			tamper(t, s, `UPDATE case_head SET last_seq = 2, confirmed_seq = 2, last_hash = (SELECT hash FROM case_event WHERE case_no = $1 AND seq = 2) WHERE case_no = $1`, b)
		}, []string{"tail-missing b 3 5"}},
		"a missing event in the middle": {func(t *testing.T, s *store.Store, _, b, _ string) {
			tamper(t, s, `DELETE FROM case_event WHERE case_no = $1 AND seq = 3`, b)
		}, []string{"event-missing b 3 0"}},
		"a head that says otherwise": {func(t *testing.T, s *store.Store, _, b, _ string) {
			tamper(t, s, `UPDATE case_head SET last_hash = sha256('x') WHERE case_no = $1`, b)
		}, []string{"head-changed b 4 0"}},
		"a removed case": {func(t *testing.T, s *store.Store, a, _, _ string) {
			removeCase(t, s, a)
		}, []string{"case-missing a 1 1", "case-missing a 1 4"}},
		"a case whose events are gone": {func(t *testing.T, s *store.Store, a, _, _ string) {
			tamper(t, s, `DELETE FROM case_event WHERE case_no = $1`, a)
		}, []string{"case-missing a 1 0", "case-missing a 1 1", "case-missing a 1 4"}},
		"a removed case with its anchors": {func(t *testing.T, s *store.Store, a, _, _ string) {
			removeCase(t, s, a, "feed")
		}, []string{"feed-missing  0 1", "feed-missing  0 4", "file-differs a 2 1", "file-differs a 4 4"}},
		"a rewritten chain": {func(t *testing.T, s *store.Store, _, b, _ string) {
			rewrite(t, s, b, 3)
		}, []string{"rewritten b 4 5"}},
		"a chain rewritten from its start": {func(t *testing.T, s *store.Store, _, b, _ string) {
			rewrite(t, s, b, 1)
		}, []string{"rewritten b 2 2", "rewritten b 4 5"}},
		"a rewritten chain with its anchor": {func(t *testing.T, s *store.Store, _, b, _ string) {
			rewrite(t, s, b, 3)
			tamper(t, s, `UPDATE feed f SET hash = e.hash FROM case_event e WHERE e.case_no = f.case_no AND e.seq = f.to_seq`)
		}, []string{"feed-broken b 4 5"}},
		"a rewritten chain with all anchors": {func(t *testing.T, s *store.Store, _, b, _ string) {
			rewrite(t, s, b, 3)
			rechain(t, s)
		}, []string{"file-differs b 4 5", "file-differs c 3 6"}},
		"anchors cut off": {func(t *testing.T, s *store.Store, _, _, _ string) {
			tamper(t, s, `DELETE FROM feed WHERE position > 4`)
		}, []string{"feed-missing b 3 0", "feed-missing c 3 0", "file-differs b 4 5", "file-differs c 3 6"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			names := map[string]string{}
			var films []*film
			for i := range 3 {
				f := start(t, s, fmt.Sprintf("k%d", i), morning)
				names[f.number] = string(rune('a' + i))
				films = append(films, f)
			}
			publish(t, s)
			for _, f := range films {
				mustFlush(t, s, f.flush("c", engine.TaskClaimed{Task: "receive.1.accept"}))
				last := f.hash
				mustFlush(t, s, f.flush("d", engine.OpinionAdded{Step: "x", Reason: "a reason"}))
				if f != films[2] {
					last = f.hash
				}
				_, err := s.Confirm(t.Context(), []store.Confirmed{{Case: f.number, Seq: f.seq, Hash: last}})
				require.NoError(t, err)
			}
			require.Equal(t, 3, publish(t, s))
			path := filepath.Join(t.TempDir(), "anchors")
			file, err := store.OpenAnchorFile(path)
			require.NoError(t, err)
			n, err := file.Follow(t.Context(), s)
			require.NoError(t, err)
			require.Equal(t, 6, n)
			require.NoError(t, file.Close())
			c.do(t, s, films[0].number, films[1].number, films[2].number)
			require.Equal(t, c.want, found(t, s, path, names))
		})
	}
}

func TestAnchorFileOnlyGrows(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := filepath.Join(t.TempDir(), "anchors")
	follow := func() (int, error) {
		f, err := store.OpenAnchorFile(path)
		require.NoError(t, err)
		defer func() { require.NoError(t, f.Close()) }()
		return f.Follow(t.Context(), s)
	}
	f := start(t, s, "k1", morning)
	publish(t, s)
	n, err := follow()
	require.NoError(t, err)
	require.Equal(t, 1, n)
	n, err = follow()
	require.NoError(t, err)
	require.Zero(t, n)

	// A crash in the middle of a line: it was never synced, and is written again.
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	start(t, s, "k2", morning)
	publish(t, s)
	require.NoError(t, os.WriteFile(path, append(whole, "2 1144010"...), 0o600))
	n, err = follow()
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Empty(t, found(t, s, path, nil))
	lines, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(lines), "\n"))
	require.True(t, strings.HasPrefix(string(lines), string(whole)))

	// A database with another past is not followed.
	rewrite(t, s, f.number, 2)
	rechain(t, s)
	_, err = follow()
	require.ErrorIs(t, err, store.ErrAnchorsDiffer)

	// Lines taken out of the file are seen in the file itself.
	require.NoError(t, os.WriteFile(path, lines[len(whole):], 0o600))
	require.Contains(t, found(t, open(t), path, map[string]string{}), "file-broken  2 2")

	require.NoError(t, os.WriteFile(path, []byte("no anchor\n"), 0o600))
	_, err = store.OpenAnchorFile(path)
	require.ErrorContains(t, err, "no anchor after position 0")
}

func TestVerifyTellsItsProgress(t *testing.T) {
	t.Parallel()
	s := open(t)
	// 12,000 events in one case, made by the database itself: the walk is over bytes, not over Go values.
	f := start(t, s, "k1", morning)
	exec(t, s, `DO $$
		DECLARE h bytea; b bytea; t timestamptz; c text; n bigint := 2;
		BEGIN
			SELECT case_no, hash, at INTO c, h, t FROM case_event WHERE seq = 2;
			FOR n IN 3..12000 LOOP
				b := convert_to(format('{"seq":%s,"at":"%s","type":"TaskClaimed","by":{"kind":"system"},"body":{}}', n, to_char(t, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), 'UTF8');
				INSERT INTO case_event VALUES (c, n, date_trunc('second', t), 'TaskClaimed', 'system', '', '', '', b, h,
					sha256(decode(encode(h, 'hex'), 'escape') || '\x00'::bytea || b)) RETURNING hash INTO h;
			END LOOP;
			UPDATE case_head SET last_seq = 12000, last_hash = h;
		END $$`)
	var told []int64
	sum, err := s.Verify(t.Context(), store.VerifyOptions{Progress: func(events, _ int64) { told = append(told, events) }}, func(x store.Finding) {
		require.Fail(t, "nothing is wrong", "%+v", x)
	})
	require.NoError(t, err)
	require.Equal(t, store.Verified{Cases: 1, Events: 12000}, sum)
	require.Equal(t, []int64{10000}, told)
	require.NotEmpty(t, f.number)
}
