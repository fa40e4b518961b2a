package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

// Every rule of the schema is tried by breaking it.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	mustFlush(t, s, f.flush("k2", engine.CaseAccepted{Step: "receive"}))
	publish(t, s)
	_, _, err := s.RecordCommand(t.Context(), claim(f, "c1", morning.Add(time.Minute)))
	require.NoError(t, err)
	require.NoError(t, s.PublishDefinition(t.Context(), version("1.0", 2026, 1, 1)))
	_, err = s.PutCalendar(t.Context(), store.CalendarVersion{Version: "2026-aa", LoadedAt: morning})
	require.NoError(t, err)
	_, err = s.MoveBusinessClock(t.Context(), time.Hour)
	require.NoError(t, err)
	require.NoError(t, s.MarkStarted(t.Context(), f.number))
	_, err = s.PutUpload(t.Context(), store.Upload{File: store.File{Hash: hash64(1), Size: 1, Type: "text/plain"}, At: morning})
	require.NoError(t, err)

	// $1 is the case.
	for name, sql := range map[string]string{
		// The log.
		"case_event_append_only 1": `UPDATE case_event SET body = '{}' WHERE case_no = $1`,
		"case_event_append_only 2": `DELETE FROM case_event WHERE case_no = $1 AND seq = 2`,
		"case_event_append_only 3": `TRUNCATE case_event CASCADE`,
		"case_event_chain":         `INSERT INTO case_event SELECT case_no, 4, at, type, actor_kind, actor, org, command, body, hash, hash FROM case_event WHERE case_no = $1 AND seq = 2`,
		"case_event_pkey":          insertEvent(3, "TaskClaimed"),
		"case_event_first":         `INSERT INTO case_event SELECT case_no, 4, at, 'TaskClaimed', actor_kind, actor, org, command, body, '', sha256('\x00'::bytea || body) FROM case_event WHERE case_no = $1 AND seq = 2`,
		"case_event_filed":         insertEvent(4, "CaseFiled"),
		"case_event_once":          insertEvent(4, "CaseAccepted"), // one acceptance
		"case_event_type_check":    insertEvent(4, ""),
		"case_event_case_no_fkey":  `INSERT INTO case_event SELECT 'nobody', 1, at, 'CaseFiled', actor_kind, actor, org, command, body, prev, hash FROM case_event WHERE case_no = $1 AND seq = 1`,
		"case_head_append_only":    `DELETE FROM case_head WHERE case_no = $1`,
		"case_head_forward 1":      `UPDATE case_head SET confirmed_seq = 1 WHERE case_no = $1`,
		"case_head_forward 2":      `UPDATE case_head SET fence = fence - 1 WHERE case_no = $1`,
		"case_head_check":          `UPDATE case_head SET confirmed_seq = last_seq + 1 WHERE case_no = $1`,
		"feed_append_only 1":       `UPDATE feed SET hash = chain WHERE case_no = $1`,
		"feed_append_only 2":       `DELETE FROM feed WHERE case_no = $1`,
		"feed_append_only 3":       `TRUNCATE feed CASCADE`,
		"feed_case_no_to_seq_fkey": `INSERT INTO feed VALUES (2, $1, 3, 99, sha256(''), now(), sha256(''))`,
		"feed_case_no_to_seq_key":  `INSERT INTO feed VALUES (2, $1, 1, 2, sha256(''), now(), sha256(''))`,
		"feed_pkey":                `INSERT INTO feed VALUES (1, $1, 3, 3, sha256(''), now(), sha256(''))`,
		"feed_check":               `INSERT INTO feed VALUES (2, $1, 4, 3, sha256(''), now(), sha256(''))`,
		// The read model.
		"case_record_closed 1":     `UPDATE case_record SET status = 'closed', outcome = 'granted' WHERE case_no = $1`,
		"case_record_closed 2":     `UPDATE case_record SET closed_at = received_at WHERE case_no = $1`,
		"case_record_outcome":      `UPDATE case_record SET status = 'closed', closed_at = received_at WHERE case_no = $1`,
		"case_record_accepted":     `UPDATE case_record SET status = 'accepted', accepted_on = NULL WHERE case_no = $1`,
		"case_record_order":        `UPDATE case_record SET status = 'closed', outcome = 'denied', closed_at = received_at - interval '1 s' WHERE case_no = $1`,
		"case_record_status_check": `UPDATE case_record SET status = 'lost' WHERE case_no = $1`,
		"case_step_ended 1":        `UPDATE case_step SET status = 'ended' WHERE case_no = $1`,
		"case_step_ended 2":        `UPDATE case_step SET ending = 'grant' WHERE case_no = $1`,
		"task_done 1":              `UPDATE task SET status = 'done' WHERE case_no = $1`,
		"task_done 2":              `UPDATE task SET done_at = now() WHERE case_no = $1`,
		"task_status_check":        `UPDATE task SET status = 'lost', done_at = now() WHERE case_no = $1`,
		"notice_once":              `INSERT INTO notice SELECT $1, id, 'correction', 'applicant', now(), '{}' FROM (VALUES ('another')) x(id)`, // 一次性告知
		"result_handed":            `INSERT INTO result VALUES ($1, 'r', 's', 'o', '', now(), now(), '', '{}')`,
		"material_status_check":    `UPDATE material SET status = 'lost' WHERE case_no = $1`,
		"case_org_org_check":       `UPDATE case_org SET org = '' WHERE case_no = $1`,
		// Commands and starts.
		"command_append_only 1":    `UPDATE command SET reply = '{}' WHERE case_no = $1 AND status = 'done'`,
		"command_append_only 2":    `UPDATE command SET body = 'x' WHERE case_no = $1 AND status = 'pending'`,
		"command_append_only 3":    `DELETE FROM command WHERE case_no = $1`,
		"command_answered":         `UPDATE command SET status = 'done', reply = '{}' WHERE case_no = $1 AND status = 'pending'`,
		"command_reply":            `UPDATE command SET status = 'done', answered_at = now() WHERE case_no = $1 AND status = 'pending'`,
		"command_order":            `INSERT INTO command SELECT 'x', case_no, act, actor_kind, actor, org, body, print, recorded_at, 'pending', NULL, 0, 0, now() FROM command WHERE case_no = $1 AND status = 'done'`,
		"command_key_check":        `INSERT INTO command SELECT '', case_no, act, actor_kind, actor, org, body, print, now(), 'pending', NULL, 0, 0, now() FROM command WHERE case_no = $1 AND status = 'done'`,
		"start_intent_append_only": `UPDATE start_intent SET started = false WHERE case_no = $1`,
		// Catalogue, directory, files, clock.
		"definition_version_append_only 1": `UPDATE definition_version SET source = 'x' WHERE $1 <> ''`,
		"definition_version_append_only 2": `DELETE FROM definition_version WHERE $1 <> ''`,
		"calendar_version_append_only":     `UPDATE calendar_version SET data = 'x' WHERE $1 <> ''`,
		"business_clock_append_only 1":     `UPDATE business_clock SET ahead = 0 WHERE $1 <> ''`,
		"business_clock_append_only 2":     `DELETE FROM business_clock WHERE $1 <> ''`,
		"business_clock_pkey":              `INSERT INTO business_clock SELECT true WHERE $1 <> ''`,
		"file_append_only":                 `UPDATE file SET size = 2 WHERE $1 <> ''`,
		"file_hash_check":                  `INSERT INTO file SELECT 'XYZ', 1, '' WHERE $1 <> ''`,
		"deputy_another":                   `INSERT INTO deputy (org, account, deputy, from_day, until_day, made_by, made_at) SELECT 'o', 'a', 'a', date '2026-01-01', date '2026-01-02', 'x', now() WHERE $1 <> ''`,
		"deputy_period":                    `INSERT INTO deputy (org, account, deputy, from_day, until_day, made_by, made_at) SELECT 'o', 'a', 'x', date '2026-01-02', date '2026-01-02', 'x', now() WHERE $1 <> ''`,
		"deputy_ended":                     `INSERT INTO deputy (org, account, deputy, from_day, until_day, made_by, made_at, ended_by) SELECT 'o', 'a', 'x', date '2026-01-01', date '2026-01-02', 'x', now(), 'y' WHERE $1 <> ''`,
		"handover_another":                 `INSERT INTO handover SELECT 'h', 'o', 'a', 'a', 'r', 'x', now() WHERE $1 <> ''`,
		"handover_reason_check":            `INSERT INTO handover SELECT 'h', 'o', 'a', 'x', '', 'x', now() WHERE $1 <> ''`,
		"draft_version_check":              `INSERT INTO draft SELECT 'a', 'o', 'n', 0, '{}'::jsonb, now() WHERE $1 <> ''`,
		"draft_name_check":                 `INSERT INTO draft SELECT 'a', 'o', '', 1, '{}'::jsonb, now() WHERE $1 <> ''`,
		"organisation_check":               `INSERT INTO organisation SELECT 'o', '', 'n', '', 'o', 'r', 'k' WHERE $1 <> ''`,
		"party_org_check":                  `INSERT INTO party_org SELECT '*', 'p', 'r', 'o', '2026-02-01', '2026-01-01' WHERE $1 <> ''`,
		"party_org_org_fkey":               `INSERT INTO party_org SELECT '*', 'p', 'r', 'no-such-org' WHERE $1 <> ''`,
	} {
		t.Run(name, func(t *testing.T) {
			var args []any
			if strings.Contains(sql, "$1") {
				args = append(args, f.number)
			}
			_, err := s.Pool().Exec(t.Context(), sql, args...)
			var refused *pgconn.PgError
			require.ErrorAs(t, err, &refused)
			want := name
			if i := len(name) - 2; i > 0 && name[i] == ' ' {
				want = name[:i]
			}
			require.Equal(t, want, refused.ConstraintName, refused.Message)
			require.Equal(t, "23", refused.Code[:2])
			require.NotContains(t, refused.Message, "王")
		})
	}
}

// insertEvent makes an event that fits the chain but for what is wrong with it.
func insertEvent(seq int, kind string) string {
	return `INSERT INTO case_event SELECT case_no, ` + string(rune('0'+seq)) + `, at, '` + kind + `', actor_kind, actor, org, command, body, hash,
		sha256(decode(encode(hash, 'hex'), 'escape') || '\x00'::bytea || body) FROM case_event WHERE case_no = $1 AND seq = 3`
}

// What the rules allow is not refused: the same facts in the states the engine gives.
func TestSchemaAcceptsAWholeLife(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := start(t, s, "k1", morning)
	r := &f.rows
	on := calendar.DateOf(morning)
	r.Notices = []engine.Notice{{ID: "correction", Kind: engine.NoticeCorrection, To: "applicant", Step: "receive", At: f.at}}
	r.Case.Status, r.Case.Flags = engine.Correcting, []string{"corrected"}
	mustFlush(t, s, f.flush("c1", engine.NoticeSent{Step: "receive"}))
	r.Case.Status, r.Case.AcceptedOn = engine.Accepted, &on
	r.Tasks[0].Status, r.Tasks[0].DoneAt, r.Tasks[0].DoneBy, r.Tasks[0].DoneAct = engine.TaskDone, f.at, clerkID, engine.Accept
	r.Steps[0].Status, r.Steps[0].End, r.Steps[0].EndedAt = engine.Ended, engine.EndDone, f.at
	r.Notices = append(r.Notices, engine.Notice{ID: "n2", Kind: engine.NoticeExtension, To: "applicant", At: f.at}, engine.Notice{ID: "n3", Kind: engine.NoticeExtension, To: "applicant", At: f.at})
	mustFlush(t, s, f.flush("c2", engine.CaseAccepted{Step: "receive"}))
	r.Case.Status, r.Case.Outcome, r.Case.DecidedAt = engine.Decided, engine.Granted, f.at
	r.Results = []engine.ResultRow{{ID: "licence", Step: "food", Org: market, Kind: "certificate", Name: "食品经营许可证", At: f.at}}
	mustFlush(t, s, f.flush("c3", engine.OutcomeFixed{Outcome: engine.Granted}))
	r.Case.Status, r.Case.ClosedAt = engine.Closed, f.at
	r.Results[0].Way, r.Results[0].Done = "window", f.at.Add(time.Second)
	r.Steps[1].Kind = definition.KindDecide
	mustFlush(t, s, f.flush("c4", engine.HandedOut{Step: "issue"}, engine.CaseClosed{}))
	rows, _, err := s.CaseRows(t.Context(), f.number)
	require.NoError(t, err)
	sameRows(t, f.rows, rows)
	require.Equal(t, rows.Case.AcceptedOn, &on)
}
