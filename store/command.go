package store

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
	"lianban/store/dbsqlc"
)

// Intent is an act on an existing case, to be recorded before anybody is asked to decide it.
type Intent struct {
	// Key is the command's id, unique over all cases.
	Key  string
	Case string
	Act  engine.Act
	By   engine.Actor
	// Body is what the workflow is sent (the command as the api encodes it); a repeated Key must
	// come with the same one.
	Body []byte
	// At is the business time; the recorded one may be later (see package comment).
	At time.Time
}

// CommandStatus is what became of a command.
type CommandStatus string

// The states of a command; all but pending are final.
const (
	CommandPending  CommandStatus = "pending"
	CommandDone     CommandStatus = "done"
	CommandRejected CommandStatus = "rejected" // the rules do not allow it
	CommandFailed   CommandStatus = "failed"   // it could not be decided: a fault, not a rule
)

// Command is a durable intent and what became of it.
type Command struct {
	Key        string
	Case       string
	Act        engine.Act
	By         engine.Actor // without roles
	Body       []byte
	RecordedAt time.Time // the time of the act (rule 3.1.1)
	Status     CommandStatus
	Reply      json.RawMessage // nil while pending
	Seq        int64           // last event of the case after a done command
	Attempts   int             // by sweepers
	// Handed: given to another than the process that recorded it, who may do it yet (see Answer.Settled).
	Handed bool
	// Behind: an earlier act of the case waits that nobody may be carrying any more; it has its turn
	// first (EarlierUnanswered). Known of a command just recorded only.
	Behind     bool
	AnsweredAt time.Time

	print []byte
}

const commandColumns = `(c).key, (c).case_no, (c).act, (c).actor_kind, (c).actor, (c).org, (c).body, (c).print, (c).recorded_at,
	(c).status, (c).reply, (c).seq, (c).attempts, (c).answered_at, (c).handed`

const recordSQL = `SELECT fresh, behind, ` + commandColumns + ` FROM record_command($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

// RecordCommand writes the intent, once per key. repeated is true when the key was there already;
// the command is then the first one with its answer, if it has one; without one it is now handed, since two callers have it.
//
// Errors: ErrNotFound (no such case), ErrKeyReused, ErrUnavailable.
func (s *Store) RecordCommand(ctx context.Context, in Intent) (c Command, repeated bool, err error) {
	print := printOf(string(in.Act), in.Case, in.By, in.Body)
	r, err := s.intents.do(ctx, intentCall{&in, print})
	err = cmp.Or(err, r.err)
	switch {
	case err != nil:
		return Command{}, false, wrap("record command", err)
	case !r.found:
		return Command{}, false, wrap("record command", pgx.ErrNoRows)
	case string(r.print) != string(print):
		return Command{}, false, ErrKeyReused
	}
	return r.Command, !r.fresh, nil
}

// intentCall is an intent to be recorded, recorded is what became of it.
type (
	intentCall struct {
		*Intent
		print []byte
	}
	recorded struct {
		Command
		found, fresh bool // found: there is such a case
		err          error
	}
)

// recordAll writes intents. Those that are out of the ordinary (repeated, a second one of its case, of no
// case) go one by one after the others, each with an error of its own: those written already must not be
// sent again, which would count as somebody repeating them (Command.Handed).
func (s *Store) recordAll(ctx context.Context, calls []intentCall) ([]recorded, error) {
	replies := make([]recorded, len(calls))
	if err := s.recordTogether(ctx, calls, replies); err != nil {
		return nil, err
	}
	for i, c := range calls {
		if replies[i].found {
			continue
		}
		var answered *time.Time
		r := &replies[i]
		err := s.pool.QueryRow(ctx, recordSQL, c.Key, c.Case, string(c.Act), string(c.By.Kind), c.By.ID, c.By.Org, notNull(c.Body), c.print, c.At, s.opts.Grace).
			Scan(&r.fresh, &r.Behind, &r.Key, &r.Case, &r.Act, &r.By.Kind, &r.By.ID, &r.By.Org, &r.Body, &r.print, &r.RecordedAt,
				&r.Status, &r.Reply, &r.Seq, &r.Attempts, &answered, &r.Handed)
		if errors.Is(err, pgx.ErrNoRows) {
			continue
		}
		if err != nil {
			r.err = err
			continue
		}
		r.found, r.RecordedAt, r.AnsweredAt = true, r.RecordedAt.UTC(), instant(answered)
	}
	return replies, nil
}

const recordTogetherSQL = `SELECT nth, at, behind FROM record_commands($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

// recordTogether writes the first intent of each case where its key is new, and answers it.
func (s *Store) recordTogether(ctx context.Context, calls []intentCall, replies []recorded) error {
	var of []int // their places among all
	var key, number, act, kind, actor, org []string
	var body, print [][]byte
	var at []time.Time
	for i, c := range calls {
		if slices.Contains(number, c.Case) {
			continue
		}
		of, key, number, act = append(of, i), append(key, c.Key), append(number, c.Case), append(act, string(c.Act))
		kind, actor, org = append(kind, string(c.By.Kind)), append(actor, c.By.ID), append(org, c.By.Org)
		body, print, at = append(body, notNull(c.Body)), append(print, c.print), append(at, c.At)
	}
	result, err := s.pool.Query(ctx, recordTogetherSQL, bytesArray(body), key, number, act, kind, actor, org, bytesArray(print), at, s.opts.Grace)
	if err != nil {
		return err
	}
	var nth int
	var recordedAt time.Time
	var behind bool
	_, err = pgx.ForEachRow(result, []any{&nth, &recordedAt, &behind}, func() error {
		c := calls[of[nth-1]]
		replies[of[nth-1]] = recorded{found: true, fresh: true, Command: Command{
			Key: c.Key, Case: c.Case, Act: c.Act, By: engine.Actor{Kind: c.By.Kind, ID: c.By.ID, Org: c.By.Org}, Body: notNull(c.Body),
			RecordedAt: recordedAt.UTC(), Status: CommandPending, Behind: behind, print: c.print,
		}}
		return nil
	})
	return err
}

// CommandByKey gives a command (ErrNotFound).
func (s *Store) CommandByKey(ctx context.Context, key string) (Command, error) {
	r, err := s.q.Command(ctx, key)
	if err != nil {
		return Command{}, wrap("command", err)
	}
	return command(r), nil
}

func command(r dbsqlc.Command) Command {
	return Command{
		Key: r.Key, Case: r.CaseNo, Act: engine.Act(r.Act),
		By:   engine.Actor{Kind: engine.ActorKind(r.ActorKind), ID: r.Actor, Org: r.Org},
		Body: r.Body, RecordedAt: r.RecordedAt.UTC(), Status: CommandStatus(r.Status), Reply: r.Reply,
		Seq: r.Seq, Attempts: int(r.Attempts), AnsweredAt: instant(r.AnsweredAt), Handed: r.Handed, print: r.Print,
	}
}

// Answer is the final answer to a command.
type Answer struct {
	Key    string
	Status CommandStatus // done, rejected or failed
	// Settled says that a rejection stands: history holds it, or the case is over. A rejection that is
	// not counts only while the command was handed to nobody else, who may do it yet.
	Settled bool
	Reply   json.RawMessage
	// Seq and Hash name the case's last event after a done command. The answer proves that it is
	// in history, so it is confirmed too, but only where the log holds this very event.
	Seq  int64
	Hash string
	// At is the business time of the answer.
	At time.Time
}

// AnswerCommands records answers in one statement; the first answer to a command counts, later ones
// are ignored, and so are rejections that are not settled of commands that were handed on. It returns
// how many counted.
func (s *Store) AnswerCommands(ctx context.Context, answers []Answer) (int, error) {
	if len(answers) == 0 {
		return 0, nil
	}
	n := len(answers)
	keys, status, reply := make([]string, n), make([]string, n), make([]string, n)
	settled := make([]bool, n)
	seq, hash, at := make([]int64, n), make([][]byte, n), make([]time.Time, n)
	for i, a := range answers {
		h, err := hex.DecodeString(a.Hash)
		if err != nil {
			return 0, fmt.Errorf("answer command: hash: %w", err)
		}
		keys[i], status[i], settled[i], reply[i], seq[i], hash[i], at[i] = a.Key, string(a.Status), a.Settled, string(a.Reply), a.Seq, notNull(h), a.At
	}
	var count int
	err := s.pool.QueryRow(ctx, `SELECT answer_commands($1, $2, $3, $4, $5, $6, $7)`, keys, status, settled, reply, seq, hash, at).Scan(&count)
	return count, wrap("answer commands", err)
}

// ClaimUnanswered takes commands without an answer whose time for another try has come, of cases
// whose workflow has been started; nobody else gets them for lease. They come by case, oldest first,
// and a command only after all earlier ones of its case: none overtakes one that another sweeper, or
// the api that recorded it, has in hand.
func (s *Store) ClaimUnanswered(ctx context.Context, limit int, lease time.Duration) ([]Command, error) {
	rows, err := s.q.ClaimUnanswered(ctx, dbsqlc.ClaimUnansweredParams{Lease: lease, Most: int32(limit)})
	slices.SortFunc(rows, func(a, b dbsqlc.Command) int {
		return cmp.Or(cmp.Compare(a.CaseNo, b.CaseNo), a.RecordedAt.Compare(b.RecordedAt))
	})
	return commands(rows), wrap("unanswered commands", err)
}

// EarlierUnanswered gives the acts of a case recorded before an instant that have no answer yet, oldest
// first, at most so many. They are handed to the caller, whoever else has them: an act sent twice is one.
func (s *Store) EarlierUnanswered(ctx context.Context, number string, before time.Time, limit int) ([]Command, error) {
	rows, err := s.q.EarlierUnanswered(ctx, dbsqlc.EarlierUnansweredParams{CaseNo: number, Before: before, Most: int32(limit)})
	out := make([]Command, len(rows))
	for i, r := range rows {
		out[i] = command(dbsqlc.Command(r))
	}
	return out, wrap("earlier unanswered commands", err)
}

// GiveUp says that who recorded a command no longer carries it: sweepers may take it at once, and acts
// recorded later see to it first.
func (s *Store) GiveUp(ctx context.Context, key string) error {
	return wrap("give a command up", s.q.GiveUp(ctx, key))
}

// EarlierIntents gives the acts of a case recorded before an instant and not certainly in its log, in
// order: rows above the confirmed sequence may be a lost decision's. The answer is final: no act will be recorded before that instant
// any more, and what it gives is marked as handed: a rejection of it that no history holds is not recorded from now on.
func (s *Store) EarlierIntents(ctx context.Context, number string, before time.Time) ([]Command, error) {
	rows, err := s.pool.Query(ctx, `SELECT * FROM earlier_intents($1, $2)`, number, before)
	if err != nil {
		return nil, wrap("earlier intents", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[dbsqlc.Command])
	return commands(list), wrap("earlier intents", err)
}

func commands(rows []dbsqlc.Command) []Command {
	out := make([]Command, len(rows))
	for i, r := range rows {
		out[i] = command(r)
	}
	return out
}

// CommandsOf gives all commands of a case in the order they were recorded, its filing first.
func (s *Store) CommandsOf(ctx context.Context, number string) ([]Command, error) {
	rows, err := s.q.CommandsOf(ctx, number)
	return commands(rows), wrap("commands", err)
}

// CommandSeq gives the last event a command has caused, 0 when the log has none of it: a sweeper
// looks here before it sends an old command again.
func (s *Store) CommandSeq(ctx context.Context, number, key string) (int64, error) {
	seq, err := s.q.CommandSeq(ctx, dbsqlc.CommandSeqParams{CaseNo: number, Command: key})
	return seq, wrap("command sequence", err)
}
