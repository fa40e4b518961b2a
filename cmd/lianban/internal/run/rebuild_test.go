package run

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"lianban/activities"
	"lianban/cmd/lianban/internal/cli"
	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/fault"
	"lianban/standalone/devtest"
	"lianban/store"
	"lianban/workflows"
)

// site is a database, a worker and a Temporal that cases are damaged on.
type site struct {
	t      *testing.T
	env    *devtest.Env
	dsn    string
	store  *store.Store
	client client.Client
	queue  string
	// answers are written when a test is over: what is answered is confirmed.
	answers []store.Answer
}

func newSite(t *testing.T, name string) *site {
	t.Helper()
	s := &site{t: t, env: devtest.Shared(t)}
	s.dsn, s.client = s.env.Database(t, store.Migrate), s.env.Client(t, nil)
	s.queue = fmt.Sprintf("rebuild-%s-%d", name, os.Getpid())
	var err error
	s.store, err = store.Open(t.Context(), s.dsn, store.Options{
		Number: func(_ string, _ calendar.Date, serial int64) string { return fmt.Sprintf("%s-%04d", s.queue, serial) },
	})
	require.NoError(t, err)
	t.Cleanup(s.store.Close)
	w := worker.New(s.client, s.queue, contract.WorkerOptions())
	acts := activities.New(s.store, nil, nil, nil)
	workflows.Register(w, acts.Write)
	acts.Register(w)
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	return s
}

// file files the one case of a site, which has been accepted and claimed by a department.
func (s *site) file(maxActs int) string {
	s.t.Helper()
	bundle, at := contracttest.Bundle(s.t), time.Now().UTC().Truncate(time.Microsecond)
	var in contract.StartInput
	reply, err := s.store.StartCase(s.t.Context(), store.StartRequest{
		Key: "file-" + s.queue + "-0001", By: contracttest.Clerk, Code: "c", Body: []byte("{}"), At: at,
	}, func(number string) (store.StartData, error) {
		filed := contracttest.File(s.t, number, at, true)
		in = filed.Input
		in.MaxActs = maxActs
		input, err := contract.EncodeStart(in, bundle)
		return store.StartData{Events: in.Opening, Rows: filed.Rows, Definition: filed.State.Definition, Input: input, Reply: json.RawMessage(`{}`)}, err
	})
	require.NoError(s.t, err)
	require.NoError(s.t, contract.Start(s.t.Context(), s.client, s.queue, in, bundle))
	require.NoError(s.t, s.store.MarkStarted(s.t.Context(), reply.Number))
	s.must(reply.Number, engine.Accept, contracttest.Clerk, "receive")
	s.must(reply.Number, engine.Claim, contracttest.Officer("one"), "one")
	return reply.Number
}

func (s *site) must(number string, do engine.Act, by engine.Actor, step string) contract.ActReply {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	cmd := contracttest.Act(fmt.Sprintf("%s-%s-%s", do, step, number), do, by, time.Time{}, step)
	body, err := contract.EncodeCommand(cmd)
	require.NoError(s.t, err)
	c, _, err := s.store.RecordCommand(ctx, store.Intent{Key: cmd.ID, Case: number, Act: do, By: by, Body: body, At: time.Now().UTC().Truncate(time.Microsecond)})
	require.NoError(s.t, err)
	cmd, err = contract.DecodeCommand(c.Body, c.Key, c.RecordedAt)
	require.NoError(s.t, err)
	var reply contract.ActReply
	handle, err := s.client.UpdateWorkflow(ctx, contract.UpdateOptions(number, cmd))
	require.NoError(s.t, err)
	require.NoError(s.t, handle.Get(ctx, &reply))
	answer, err := json.Marshal(reply)
	require.NoError(s.t, err)
	s.answers = append(s.answers, store.Answer{Key: cmd.ID, Status: store.CommandDone, Reply: answer, Seq: reply.Seq, Hash: reply.Hash, At: c.RecordedAt})
	return reply
}

// damage does what only who switches the triggers off can do.
func (s *site) damage(number string, statements ...string) {
	s.t.Helper()
	tx, err := s.store.Pool().Begin(s.t.Context())
	require.NoError(s.t, err)
	defer tx.Rollback(context.WithoutCancel(s.t.Context())) //nolint:errcheck // after commit it does nothing
	_, err = tx.Exec(s.t.Context(), `SET LOCAL session_replication_role = replica`)
	require.NoError(s.t, err)
	for _, sql := range statements {
		tag, err := tx.Exec(s.t.Context(), sql, number)
		require.NoError(s.t, err, sql)
		require.NotZero(s.t, tag.RowsAffected(), "%s changes nothing", sql)
	}
	require.NoError(s.t, tx.Commit(s.t.Context()))
}

// whole holds every account of every case against each other.
func (s *site) whole() {
	s.t.Helper()
	_, err := s.store.AnswerCommands(s.t.Context(), s.answers)
	require.NoError(s.t, err)
	s.answers = nil
	report, err := fault.Check(s.t.Context(), fault.Sources{Store: s.store, Temporal: s.client})
	require.NoError(s.t, err)
	require.Empty(s.t, report.Findings, report.String())
}

// rebuild runs the command.
func (s *site) rebuild(number string) (rebuilt, error) {
	s.t.Helper()
	done, err := rebuildCase(s.t.Context(), s.store, s.client, number)
	return done, err
}

// The log's tail and tasks are gone, an alarm stands: all of it comes back as it was.
func TestRebuildBringsBackWhatWasLost(t *testing.T) {
	t.Parallel()
	s := newSite(t, "lost")
	number := s.file(0)
	before, err := s.store.Timeline(t.Context(), number, 0, 1000)
	require.NoError(t, err)
	head, err := s.store.HeadOf(t.Context(), number)
	require.NoError(t, err)
	require.Less(t, head.Confirmed, head.LastSeq, "the last act is not confirmed yet")
	s.damage(number,
		`DELETE FROM task WHERE case_no = $1`,
		`UPDATE case_record SET statutory_due = received_at + interval '9 days' WHERE case_no = $1`,
		`DELETE FROM case_event e USING case_head h WHERE h.case_no = $1 AND e.case_no = h.case_no AND e.seq > h.confirmed_seq`,
		`UPDATE case_head h SET alarm = 'flush-gap', last_seq = confirmed_seq,
			last_hash = (SELECT hash FROM case_event e WHERE e.case_no = h.case_no AND e.seq = h.confirmed_seq) WHERE case_no = $1`)

	done, err := s.rebuild(number)
	require.NoError(t, err)
	lost := int(head.LastSeq - head.Confirmed)
	require.Equal(t, []int{len(before) - lost, len(before), lost, 0}, []int{done.Before, done.After, done.Added, done.Withdrawn})
	require.Positive(t, done.Rows)
	require.True(t, done.Running && done.Resumed)
	after, err := s.store.Timeline(t.Context(), number, 0, 1000)
	require.NoError(t, err)
	for i := range before {
		before[i].Confirmed = true
	}
	require.Equal(t, before, after, "byte for byte what was there")
	mended, err := s.store.HeadOf(t.Context(), number)
	require.NoError(t, err)
	require.Empty(t, mended.Alarm)
	s.whole()

	// Again changes nothing, and the case goes on.
	done, err = s.rebuild(number)
	require.NoError(t, err)
	require.Zero(t, done.Added+done.Withdrawn)
	s.must(number, engine.Agree, contracttest.Officer("one"), "one")
	s.whole()
}

// More is gone than the case can send again: it has stopped writing, over several runs.
func TestRebuildLetsAStoppedCaseGoOn(t *testing.T) {
	t.Parallel()
	s := newSite(t, "stopped")
	number := s.file(2) // continued as a new run by now
	s.must(number, engine.Agree, contracttest.Officer("one"), "one")
	s.damage(number, `DELETE FROM case_event WHERE case_no = $1 AND seq > 1`,
		`UPDATE case_head h SET last_seq = 1, confirmed_seq = 1, last_hash = (SELECT hash FROM case_event e WHERE e.case_no = h.case_no) WHERE case_no = $1`)
	reply := s.must(number, engine.Claim, contracttest.Officer("two"), "two")
	require.Eventually(t, func() bool {
		h, err := s.store.HeadOf(t.Context(), number)
		return err == nil && h.Alarm == "flush-gap"
	}, 30*time.Second, 20*time.Millisecond)
	done, err := s.rebuild(number)
	require.NoError(t, err)
	require.Equal(t, []int{1, int(reply.Seq), int(reply.Seq) - 1, 0}, []int{done.Before, done.After, done.Added, done.Withdrawn})
	require.Greater(t, done.Runs, 1)
	require.True(t, done.Resumed)
	s.must(number, engine.Agree, contracttest.Officer("two"), "two")
	s.whole()
}

// Rows of a decision that was lost stand in the log: they are withdrawn.
func TestRebuildWithdrawsWhatHistoryDoesNotHold(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ghost")
	number := s.file(0)
	head, err := s.store.HeadOf(t.Context(), number)
	require.NoError(t, err)
	rows, _, err := s.store.CaseRows(t.Context(), number)
	require.NoError(t, err)
	ghost := engine.Seal(head.LastHash, []engine.Event{{
		Seq: head.LastSeq + 1, At: time.Now().UTC().Truncate(time.Microsecond), Type: "TaskClaimed", Body: engine.TaskClaimed{Task: rows.Tasks[0].ID},
		By: engine.Who{Kind: contracttest.Clerk.Kind, ID: contracttest.Clerk.ID, Org: contracttest.Clerk.Org}, Command: "lost", Do: engine.Claim,
	}})
	flushed, err := s.store.Flush(t.Context(), store.Flush{
		Case: number, First: head.LastSeq + 1, Prev: head.LastHash, Fence: head.Fence, Fence2: head.Fence2, Events: ghost, Changed: rows, Full: rows.All(),
	})
	require.NoError(t, err)
	require.Equal(t, store.Written, flushed.Refused)
	done, err := s.rebuild(number)
	require.NoError(t, err)
	require.Equal(t, 1, done.Withdrawn)
	require.Equal(t, int(head.LastSeq), done.After)
	s.whole()
}

// A certain event was changed: it is named, and nothing is touched.
func TestRebuildNeverTouchesWhatIsCertain(t *testing.T) {
	t.Parallel()
	s := newSite(t, "certain")
	number := s.file(0)
	s.damage(number, `UPDATE case_event SET actor = 'somebody-else' WHERE case_no = $1 AND seq = 2`, `DELETE FROM task WHERE case_no = $1`)
	_, err := s.rebuild(number)
	var told *cli.Error
	require.ErrorAs(t, err, &told)
	require.Equal(t, cli.Refused, told.Code)
	require.Contains(t, told.En, "event 2 of case "+number+" is certain")
	var tasks int
	require.NoError(t, s.store.Pool().QueryRow(t.Context(), `SELECT count(*) FROM task WHERE case_no = $1`, number).Scan(&tasks))
	require.Zero(t, tasks)
	s.damage(number, `UPDATE case_event SET actor = convert_from(body, 'UTF8')::json #>> '{by,id}' WHERE case_no = $1 AND seq = 2`)
	_, err = s.rebuild(number)
	require.NoError(t, err)
	s.whole()
}

// The command itself: what it prints, and what it says of a case without history.
func TestRebuildCommand(t *testing.T) {
	t.Parallel()
	s := newSite(t, "command")
	number := s.file(0)
	s.damage(number, `DELETE FROM task WHERE case_no = $1`)
	audit := func(args ...string) (cli.Exit, string, string) {
		var out, errs bytes.Buffer
		args = append(args, "--lang", "en", "--database", s.dsn, "--temporal", s.env.HostPort(), "--namespace", devtest.Namespace)
		a := cli.New(append([]string{"audit", "rebuild"}, args...), strings.NewReader(""), &out, &errs, func(string) string { return "" })
		a.Root().AddCommand(Audit(a))
		code := a.Run(t.Context())
		return code, out.String(), errs.String()
	}
	code, out, errs := audit(number, "--json")
	require.Zero(t, code, errs)
	var done rebuilt
	require.NoError(t, json.Unmarshal([]byte(out), &done), out)
	require.Equal(t, number, done.Case)
	require.Equal(t, done.Before, done.After)
	s.whole()
	code, out, errs = audit(number)
	require.Zero(t, code, errs)
	require.Contains(t, out, "0 added, 0 withdrawn")
	require.Contains(t, out, "the case goes on writing")
	code, _, errs = audit("no-such-case")
	require.Equal(t, cli.NotFound, code)
	require.Contains(t, errs, "holds no history of case no-such-case")
}
