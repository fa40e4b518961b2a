package contract

import (
	"time"

	"lianban/engine"
)

// StartInput begins a case's workflow, or its next run. The definition and
// calendar come as a second argument of their own, the bundle ([Pack]): bytes
// inside JSON would grow by a third.
type StartInput struct {
	Number string `json:"number"`
	// Opening are the events of the filing, decided and stored by the api before
	// the workflow starts; the workflow never writes them again.
	Opening Events `json:"opening,omitempty"`
	// Offset is how far the business clock is ahead of real time.
	Offset time.Duration `json:"offset,omitempty"`
	// Carry is set by a run that continues as a new one, instead of Opening.
	Carry *Carry `json:"carry,omitempty"`
	// Again is the act a case is taken up again for after its workflow had ended. Carry
	// is then what the log told, and the run does the act first, provided that the log
	// still ends there ([Reopen]).
	Again *engine.Command `json:"again,omitempty"`
	// MaxActs overrides the constant of that name; tests force short runs with it.
	MaxActs int `json:"maxActs,omitempty"`
}

// Carry is what a run hands to the next one.
type Carry struct {
	State *engine.State `json:"state"`
	// Hash is that of the last event.
	Hash string `json:"hash"`
	// Flushed is the last event known to be in the read model. It equals
	// State.Seq, unless flushing has stopped.
	Flushed int64 `json:"flushed"`
	// Batch is the last batch flushed, for a read model that has lost it.
	Batch Events `json:"batch,omitempty"`
	// Tail are events not flushed yet; empty unless flushing has stopped.
	Tail Events `json:"tail,omitempty"`
	// MinFence is the least fence the next flush may carry.
	MinFence int64 `json:"minFence,omitempty"`
	// Stopped: flushing has stopped and waits for a repair.
	Stopped string `json:"stopped,omitempty"`
	// Handled are the acts answered last, oldest first.
	Handled []Handled `json:"handled,omitempty"`
}

// Handled is an act that was answered.
type Handled struct {
	ID    string   `json:"id"`
	Reply ActReply `json:"reply"`
}

// ActReply is the answer to an act.
type ActReply struct {
	// Seq is the last event of the case after the act. A reader who must see the
	// act waits until the read model has come this far; in normal operation it has.
	Seq int64 `json:"seq"`
	// Hash is the chain's hash at Seq.
	Hash string `json:"hash,omitempty"`
	// At is the time the act counts from (rule 3.1.1).
	At      time.Time      `json:"at,omitzero"`
	Status  engine.Status  `json:"status"`
	Outcome engine.Outcome `json:"outcome,omitempty"`
	// Rejection says why the act was refused; nil when it was done. Expiries due
	// before a refused act may have moved Seq all the same.
	Rejection *engine.Rejection `json:"rejection,omitempty"`
}

// ReflushReply says how far the case itself has come.
type ReflushReply struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// ClockMoved is the business clock's new lead over real time. Only forward:
// a smaller one than the case knows is ignored.
type ClockMoved struct {
	Offset time.Duration `json:"offset"`
}

// View is the case as its workflow sees it.
type View struct {
	State *engine.State `json:"state"`
	Hash  string        `json:"hash"`
	// Flushed is the last event written to the read model.
	Flushed int64 `json:"flushed"`
	// Stopped says why the read model is no longer written; empty: it is.
	Stopped string        `json:"stopped,omitempty"`
	Waiting []engine.Wait `json:"waiting,omitempty"`
	// Run counts acts handled in this run.
	Acts   int           `json:"acts"`
	Offset time.Duration `json:"offset,omitempty"`
}

// Final is the result of a case's workflow.
type Final struct {
	Seq     int64          `json:"seq"`
	Hash    string         `json:"hash"`
	Status  engine.Status  `json:"status"`
	Outcome engine.Outcome `json:"outcome"`
	// Again is the answer to the act this run was begun for.
	Again *Handled `json:"again,omitempty"`
}

// HeadRequest asks how far the log of a case goes.
type HeadRequest struct {
	Case string `json:"case"`
}

// HeadReply is the head of the log.
type HeadReply struct {
	LastSeq  int64  `json:"lastSeq"`
	LastHash string `json:"lastHash"`
	Fence    int64  `json:"fence"`
	// Offset is the business clock's lead at the worker.
	Offset time.Duration `json:"offset,omitempty"`
}

// FlushRequest is one write of the read model: everything from event First on
// is replaced by Events.
type FlushRequest struct {
	Case  string `json:"case"`
	First int64  `json:"first"` // sequence of the first event; without events the next one's
	Prev  string `json:"prev"`  // hash of event First-1
	// Fence is the first part of the fence, the task's time as Unix nanoseconds; the activity
	// adds the second, the instant it was scheduled.
	Fence int64 `json:"fence"`
	// Durable is the last event known to be in history: flushed by an earlier
	// workflow task.
	Durable int64  `json:"durable"`
	Events  Events `json:"events,omitempty"`
	// Changed are the rows that differ since the last flush; Full are all rows,
	// for a read model whose rows from First on turn out to be another decision's.
	Changed engine.Rows    `json:"changed"`
	Full    engine.AllRows `json:"full"`
}

// Refused says why the store did not take a flush.
type Refused string

// The refusals of a flush.
const (
	// ByFence: a later task of the case has written already.
	ByFence Refused = "fence"
	// ByGap: events before First are missing, as after a restored backup.
	ByGap Refused = "gap"
	// Diverged: event First-1 has another hash.
	Diverged Refused = "diverged"
	// ByConstraint: the schema refuses the rows; a bug. The case needs a repair.
	ByConstraint Refused = "constraint"
	// ByOutage: the store gave no answer within [FlushTotal]. What the flush has done is not
	// known; the same one is tried without end outside the task.
	ByOutage Refused = "outage"
)

// Writer does a flush inside a workflow task: it tries for [FlushTotal] and always answers.
// The second part of the fence is the instant it was called.
type Writer func(FlushRequest) FlushReply

// FlushReply says what became of a flush. It is small: it stands in the history.
type FlushReply struct {
	Refused Refused `json:"refused,omitempty"`
	// LastSeq and Fence are those of the stored head.
	LastSeq int64 `json:"lastSeq"`
	Fence   int64 `json:"fence,omitempty"`
	// Offset is the business clock's lead at the worker, so that a case that
	// missed a signal learns it.
	Offset time.Duration `json:"offset,omitempty"`
}

// IntentsRequest asks for acts on a case that were durably recorded before an
// instant and are not in the event log.
type IntentsRequest struct {
	Case   string    `json:"case"`
	Before time.Time `json:"before"`
	// Known are ids the case has handled; they are left out.
	Known []string `json:"known,omitempty"`
}

// IntentsReply are those acts, by time, then id; at most [IntentsPage].
type IntentsReply struct {
	Commands []engine.Command `json:"commands,omitempty"`
	More     bool             `json:"more,omitempty"`
	Offset   time.Duration    `json:"offset,omitempty"`
}

// Alarm tells the operators that a case needs their hands.
type Alarm struct {
	Case string `json:"case"`
	// Code is a stable name: flush-gap, flush-diverged, flush-constraint.
	Code string `json:"code"`
	Seq  int64  `json:"seq"`
}
