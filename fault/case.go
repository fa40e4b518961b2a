package fault

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"lianban/contract"
	"lianban/engine"
	"lianban/store"
)

// caseCheck compares the accounts of one case.
type caseCheck struct {
	src    *Sources
	number string
	told   []Told

	rules    *engine.Rules
	log      []store.StoredEvent
	ends     map[string]int64 // last event of each command
	state    *engine.State    // of the replayed log
	commands map[string]store.Command
	runs     []run
	outcomes map[string]contract.ActReply // what history answered, by act
	findings []Finding
}

func (c *caseCheck) find(format string, args ...any) {
	c.findings = append(c.findings, Finding{c.number, fmt.Sprintf(format, args...)})
}

// run reads everything and compares. The error is of reading.
func (c *caseCheck) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		c.readRules, c.readLog, c.readCommands, c.readHistory, c.compareView, c.compareRows,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	c.compareOutcomes()
	c.compareCommands()
	c.compareTold()
	return nil
}

// readRules takes the rules the case was started with.
func (c *caseCheck) readRules(ctx context.Context) error {
	intent, err := c.src.Store.StartIntentOf(ctx, c.number)
	if err != nil {
		return err
	}
	if !intent.Started {
		c.find("its workflow was never marked as started")
	}
	_, bundle, err := contract.DecodeStart(intent.Input)
	if err != nil {
		return err
	}
	c.rules, err = contract.RulesFor(bundle)
	return err
}

// readLog walks the log: sequence, chain, time, and replays it.
func (c *caseCheck) readLog(ctx context.Context) error {
	const page = 500
	for {
		part, err := c.src.Store.Timeline(ctx, c.number, int64(len(c.log)), page)
		if err != nil {
			return err
		}
		c.log = append(c.log, part...)
		if len(part) < page {
			break
		}
	}
	c.ends = map[string]int64{}
	prev, before, last := "", "", time.Time{}
	for i, row := range c.log {
		e, err := row.Event()
		if err != nil {
			return err
		}
		at := int64(i + 1)
		switch {
		case row.Seq != at || e.Seq != at:
			c.find("event %d stands at place %d of the log", row.Seq, at)
		case row.Prev != prev || engine.ChainHash(prev, row.Bytes) != row.Hash:
			c.find("event %d does not follow the one before by its hash", at)
		case e.At.Before(last) || !e.At.Equal(row.At):
			c.find("event %d has a time before that of the event before, or another than its row", at)
		case e.Command != row.Command:
			c.find("event %d belongs to another command than its row says", at)
		}
		if e.Command != "" {
			if _, earlier := c.ends[e.Command]; earlier && before != e.Command {
				c.find("act %s is in the log twice, again at %d", e.Command, at)
			}
			c.ends[e.Command] = at
		}
		c.state = engine.Evolve(c.state, e)
		prev, before, last = row.Hash, e.Command, e.At
	}
	if len(c.log) == 0 {
		return errors.New("it has no event at all")
	}
	return nil
}

func (c *caseCheck) readCommands(ctx context.Context) error {
	list, err := c.src.Store.CommandsOf(ctx, c.number)
	c.commands = map[string]store.Command{}
	for _, cmd := range list {
		c.commands[cmd.Key] = cmd
	}
	return err
}

// hashAt is the log's hash at a sequence, "" outside of it.
func (c *caseCheck) hashAt(seq int64) string {
	if seq < 1 || seq > int64(len(c.log)) {
		return ""
	}
	return c.log[seq-1].Hash
}

// compareView holds the workflow's own state against the log.
func (c *caseCheck) compareView(ctx context.Context) error {
	view, err := ask(ctx, c.src.Temporal, c.number)
	if err != nil {
		return err
	}
	last := int64(len(c.log))
	switch {
	case view.State == nil || view.State.Seq != last:
		c.find("its workflow has come to another event than the log's %d", last)
	case view.Hash != c.hashAt(last):
		c.find("its workflow has another last event than the log")
	case jsonOf(view.State) != jsonOf(c.state):
		c.find("the state of its workflow is not the one the log gives")
	}
	if view.Stopped != "" {
		c.find("its flushing has stopped: %s", view.Stopped)
	}
	if view.State != nil && view.Flushed != view.State.Seq {
		c.find("its workflow holds %d events it has not written", view.State.Seq-view.Flushed)
	}
	return nil
}

// compareRows holds the read model against the rows the log gives.
func (c *caseCheck) compareRows(ctx context.Context) error {
	rows, head, err := c.src.Store.CaseRows(ctx, c.number)
	if err != nil {
		return err
	}
	last := int64(len(c.log))
	switch {
	case head.LastSeq != last || head.LastHash != c.hashAt(last):
		c.find("its head names event %d as the last, the log ends at %d", head.LastSeq, last)
	case head.Confirmed > last:
		c.find("its head has confirmed event %d of %d", head.Confirmed, last)
	}
	if head.Alarm != "" || head.Rebuild {
		c.find("its head bears an alarm (%q) or waits for a rebuild", head.Alarm)
	}
	if want, have := inOrder(engine.Project(c.rules, c.state)), inOrder(rows); want != have {
		c.find("its rows in the read model are not those the log gives: %s", firstDifference(want, have))
	}
	return nil
}

// compareOutcomes holds history's answers against the log and the commands.
func (c *caseCheck) compareOutcomes() {
	for id, reply := range c.outcomes {
		cmd, recorded := c.commands[id]
		end, logged := c.ends[id]
		switch {
		case !recorded:
			c.find("history holds act %s, which was never recorded", id)
		case reply.Rejection != nil:
			if logged {
				c.find("act %s was refused and is in the log at %d", id, end)
			}
			if cmd.Status == store.CommandDone {
				c.find("act %s was refused in history, its command says done", id)
			}
		case logged && reply.Seq != end:
			c.find("act %s ends at %d in history, at %d in the log", id, reply.Seq, end)
		case reply.Hash != c.hashAt(reply.Seq):
			c.find("act %s has another event at %d in history than in the log", id, reply.Seq)
		case cmd.Status == store.CommandRejected:
			c.find("act %s was done in history, its command says rejected", id)
		}
	}
}

// compareCommands holds recorded acts against the log: each has one answer, and
// what is in the log was recorded, at the time it counts from (rule 3.1.1).
func (c *caseCheck) compareCommands() {
	for key, cmd := range c.commands {
		end, logged := c.ends[key]
		switch cmd.Status {
		case store.CommandDone:
			if !logged {
				c.find("act %s is answered as done and is not in the log", key)
			} else if cmd.Seq != end {
				c.find("act %s is answered with event %d, the log ends it at %d", key, cmd.Seq, end)
			}
		case store.CommandRejected, store.CommandFailed:
			if logged {
				c.find("act %s is answered as %s and is in the log", key, cmd.Status)
			}
		default:
			c.find("act %s has no answer", key)
		}
	}
	before := time.Time{}
	for i, row := range c.log {
		cmd, recorded := c.commands[row.Command]
		switch {
		case row.Command == "":
		case !recorded:
			c.find("event %d belongs to act %s, which was never recorded", row.Seq, row.Command)
		case i > 0 && c.log[i-1].Command == row.Command:
		case !row.At.Equal(later(cmd.RecordedAt, before)):
			c.find("act %s was recorded at %s and counts from %s", row.Command, cmd.RecordedAt.Format(time.RFC3339Nano), row.At.Format(time.RFC3339Nano))
		case row.By.ID != cmd.By.ID || row.By.Org != cmd.By.Org:
			c.find("act %s is another person's in the log than it was recorded for", row.Command)
		}
		before = row.At
	}
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// compareTold holds what clients were told against what is.
func (c *caseCheck) compareTold() {
	for _, t := range c.told {
		cmd, recorded := c.commands[t.Key]
		if !recorded {
			c.find("a client was told %s under %s, which is not recorded", t.Outcome, t.Key)
			continue
		}
		switch t.Outcome {
		case Filed, Done:
			if cmd.Status != store.CommandDone || cmd.Seq != t.Seq {
				c.find("a client was told %s at %d under %s; it is %s at %d", t.Outcome, t.Seq, t.Key, cmd.Status, cmd.Seq)
			}
		case Refused:
			var reply contract.ActReply
			if err := json.Unmarshal(cmd.Reply, &reply); err != nil || cmd.Status != store.CommandRejected || reply.Rejection == nil || reply.Rejection.Code != t.Code {
				c.find("a client was told refused (%s) under %s; it is %s", t.Code, t.Key, cmd.Status)
			}
		case Recorded:
			if cmd.Status == store.CommandPending {
				c.find("a client was told recorded under %s; it never was decided", t.Key)
			}
		}
	}
}

// inOrder writes rows in one order; tables have none.
func inOrder(r engine.Rows) string {
	r.Steps, r.Tasks = slices.Clone(r.Steps), slices.Clone(r.Tasks)
	r.Papers, r.Notices, r.Results = slices.Clone(r.Papers), slices.Clone(r.Notices), slices.Clone(r.Results)
	r.Dossier = slices.Clone(r.Dossier)
	slices.SortFunc(r.Steps, func(a, b engine.StepRow) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Tasks, func(a, b engine.TaskRow) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Papers, func(a, b engine.PaperState) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Notices, func(a, b engine.Notice) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Results, func(a, b engine.ResultRow) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Dossier, func(a, b engine.DossierRow) int { return cmp.Compare(a.Kind+"/"+a.ID, b.Kind+"/"+b.ID) })
	return jsonOf(r)
}

// firstDifference names the kinds of rows that differ, without their values.
func firstDifference(want, have string) string {
	var a, b map[string]json.RawMessage
	if json.Unmarshal([]byte(want), &a) != nil || json.Unmarshal([]byte(have), &b) != nil {
		return "unreadable"
	}
	for _, k := range slices.Sorted(mapsKeys(a, b)) {
		if string(a[k]) != string(b[k]) {
			return fmt.Sprintf("%s (%d against %d bytes)", k, len(a[k]), len(b[k]))
		}
	}
	return "order"
}

func mapsKeys(list ...map[string]json.RawMessage) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, m := range list {
			for k := range m {
				if !yield(k) {
					return
				}
			}
		}
	}
}
