package engine

import "time"

// TaskKind says what a task asks for.
type TaskKind string

// The kinds of task.
const (
	TaskLook     TaskKind = "look"     // gap or clear, in the collect window
	TaskAccept   TaskKind = "accept"   // accept or refuse
	TaskAnswer   TaskKind = "answer"   // the applicant answers the notice
	TaskWork     TaskKind = "work"     // a link of a chain
	TaskQuestion TaskKind = "question" // stop or continue
	TaskHand     TaskKind = "hand"     // hand out
	TaskConsult  TaskKind = "consult"  // answer a question beside the work
)

// TaskStatus is the state of a task.
type TaskStatus string

// The states of a task.
const (
	TaskOpen      TaskStatus = "open"
	TaskDone      TaskStatus = "done"
	TaskCancelled TaskStatus = "cancelled"
)

// Task is one thing one organisation (or the applicant) has to do.
type Task struct {
	ID        string     `json:"id"` // unique in the case
	Kind      TaskKind   `json:"kind"`
	Step      string     `json:"step"` // empty: a duty's or an annulment's, which belong to no step
	Round     int        `json:"round"`
	Party     string     `json:"party"`         // "applicant" for what he has to do
	Org       string     `json:"org,omitempty"` // empty for the applicant
	Role      string     `json:"role,omitempty"`
	Link      int        `json:"link,omitempty"`
	About     string     `json:"about,omitempty"` // objection, hand-out, duty, or the output in question
	Clock     string     `json:"clock,omitempty"` // the clock whose due time is the task's
	Status    TaskStatus `json:"status"`
	OpenedAt  time.Time  `json:"openedAt"`
	Claimed   string     `json:"claimed,omitempty"`
	ClaimedAt time.Time  `json:"claimedAt,omitzero"`
	// Owner delegated the task to whoever has it now and gets it back.
	Owner string `json:"owner,omitempty"`
	// Signer: an added signature, of this account alone; Place says where it was
	// added, Before which task waits for it.
	Signer  string    `json:"signer,omitempty"`
	Place   string    `json:"place,omitempty"`
	Before  string    `json:"before,omitempty"`
	Reads   []string  `json:"reads,omitempty"` // what a consultation shows
	DoneBy  string    `json:"doneBy,omitempty"`
	DoneFor string    `json:"doneFor,omitempty"` // whom DoneBy stood in for
	DoneAct Act       `json:"doneAct,omitempty"`
	DoneAt  time.Time `json:"doneAt,omitzero"`
}
