package contract

// Names of the case workflow and of what can be sent to it.
const (
	// TaskQueue is the queue of the workers of an installation; one with several
	// regions gives each its own.
	TaskQueue = "lianban"
	// CaseWorkflow is the type of the one workflow per case.
	CaseWorkflow = "case"
	// ActUpdate does one act: argument engine.Command, answer [ActReply]. Its
	// update id is the command's id ([UpdateOptions]).
	ActUpdate = "act"
	// SettleUpdate does one act as [ActUpdate] does, under the same id, but a
	// refusal of it is history, too: what it answers holds for good. For acts
	// that somebody else may have, the case itself included, since it may have
	// been given them as earlier intents ([SettleOptions]).
	SettleUpdate = "settle"
	// ReflushUpdate writes the read model once more without new events: rows
	// behind the case's last event, which a lost workflow task left there, go
	// away, and all before are known to be in history. Also the way to resume
	// after a repair. No argument, answer [ReflushReply].
	ReflushUpdate = "reflush"
	// StateQuery gives the case as its workflow sees it: a [View].
	StateQuery = "state"
	// ClockSignal tells that the business clock was moved: a [ClockMoved].
	ClockSignal = "clock"
)

// Names of the activities the case workflow asks for.
const (
	// FlushActivity writes events and read model: [FlushRequest] → [FlushReply].
	FlushActivity = "flush"
	// IntentsActivity asks for acts recorded earlier: [IntentsRequest] → [IntentsReply].
	IntentsActivity = "earlier-intents"
	// HeadActivity says how far the log goes: [HeadRequest] → [HeadReply].
	HeadActivity = "head"
	// AlarmActivity calls the operators: [Alarm].
	AlarmActivity = "alarm"
)

// WorkflowID is the id of a case's workflow: its number, which says nothing
// about the applicant.
func WorkflowID(number string) string { return number }
