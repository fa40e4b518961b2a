package engine

// Type names: the events' names in the log.

func (CaseFiled) Type() string         { return "CaseFiled" }
func (StepOpened) Type() string        { return "StepOpened" }
func (StepAbsent) Type() string        { return "StepAbsent" }
func (StepEnded) Type() string         { return "StepEnded" }
func (StepsClosed) Type() string       { return "StepsClosed" }
func (StepsAwaited) Type() string      { return "StepsAwaited" }
func (WindowOpened) Type() string      { return "WindowOpened" }
func (GapNamed) Type() string          { return "GapNamed" }
func (PartyCleared) Type() string      { return "PartyCleared" }
func (WindowClosed) Type() string      { return "WindowClosed" }
func (NoticeSent) Type() string        { return "NoticeSent" }
func (AnswerReceived) Type() string    { return "AnswerReceived" }
func (AnswerOverdue) Type() string     { return "AnswerOverdue" }
func (CaseAccepted) Type() string      { return "CaseAccepted" }
func (CaseRefused) Type() string       { return "CaseRefused" }
func (TaskClaimed) Type() string       { return "TaskClaimed" }
func (TaskReleased) Type() string      { return "TaskReleased" }
func (LinkPassed) Type() string        { return "LinkPassed" }
func (LinkSentBack) Type() string      { return "LinkSentBack" }
func (UpperNoted) Type() string        { return "UpperNoted" }
func (ObjectionRaised) Type() string   { return "ObjectionRaised" }
func (ObjectionAnswered) Type() string { return "ObjectionAnswered" }
func (Returned) Type() string          { return "Returned" }
func (StepReopened) Type() string      { return "StepReopened" }
func (StepTold) Type() string          { return "StepTold" }
func (DecisionAffected) Type() string  { return "DecisionAffected" }
func (ClockStarted) Type() string      { return "ClockStarted" }
func (ClockWarned) Type() string       { return "ClockWarned" }
func (ClockOverdue) Type() string      { return "ClockOverdue" }
func (ClockExtended) Type() string     { return "ClockExtended" }
func (ClockChanged) Type() string      { return "ClockChanged" }
func (AnswersAmended) Type() string    { return "AnswersAmended" }
func (PaperFell) Type() string         { return "PaperFell" }
func (OpinionAdded) Type() string      { return "OpinionAdded" }
func (StepDropped) Type() string       { return "StepDropped" }
func (PartyTold) Type() string         { return "PartyTold" }
func (HandOutReady) Type() string      { return "HandOutReady" }
func (HandedOut) Type() string         { return "HandedOut" }
func (OutcomeFixed) Type() string      { return "OutcomeFixed" }
func (CaseWithdrawn) Type() string     { return "CaseWithdrawn" }
func (CaseClosed) Type() string        { return "CaseClosed" }
func (PartiesResolved) Type() string   { return "PartiesResolved" }
