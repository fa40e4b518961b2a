package engine

import (
	"slices"
	"time"

	"lianban/engine/calendar"
)

// Status is where the case as a whole stands (domain: 收件, 补正, 受理, 办结).
type Status string

// The states of a case, in the order a case goes through them.
const (
	Received   Status = "received"   // 已收件: the five-day clock runs
	Correcting Status = "correcting" // 补正中: the one notice is out, before acceptance
	Accepted   Status = "accepted"   // 已受理: departments at work
	Decided    Status = "decided"    // outcome fixed, something still to hand out or do
	Closed     Status = "closed"     // 办结
)

// Outcome is how a case ended (rule 3.9.2).
type Outcome string

// The outcomes. Empty: not fixed yet.
const (
	Granted      Outcome = "granted"
	PartlyGrant  Outcome = "partly"
	Denied       Outcome = "denied"
	Refused      Outcome = "refused"       // 不予受理
	NotRequired  Outcome = "not-required"  // 不需要取得许可, art. 32 (1)
	NotCompetent Outcome = "not-competent" // 不属于本机关职权, art. 32 (2)
	Lapsed       Outcome = "lapsed"        // the notice was not answered
	Withdrawn    Outcome = "withdrawn"     // 撤件
	Terminated   Outcome = "terminated"    // 终止
)

// StepStatus is the state of a step (rule 3.3.1).
type StepStatus string

// The states of a step.
const (
	Waiting StepStatus = "waiting"
	Open    StepStatus = "open"
	Ended   StepStatus = "ended"
	Absent  StepStatus = "absent"
)

// End is how an ended step ended (rule 3.3.1).
type End string

// The ends of steps.
const (
	EndDone         End = "done"
	EndFailed       End = "failed" // groups only
	EndGrant        End = "grant"
	EndDeny         End = "deny"
	EndAgree        End = "agree"
	EndAgreeWith    End = "agree-with-conditions"
	EndDisagree     End = "disagree"
	EndNotConcerned End = "not-concerned"
	EndDefaulted    End = "defaulted"
	EndStopped      End = "stopped"
	EndBarred       End = "barred"
	EndSkipped      End = "skipped"
	EndLapsed       End = "lapsed"
	EndWithdrawn    End = "withdrawn"
)

// Negative says whether an end is negative (rule 3.3.2). Withdrawn is negative
// for `after` and `needs` only; elsewhere it counts as absent.
func (e End) Negative() bool {
	switch e {
	case EndDeny, EndStopped, EndBarred, EndSkipped, EndLapsed, EndFailed:
		return true
	}
	return false
}

// State is everything the rules need to know about one case. It is built only
// by applying events, round-trips through JSON without loss, and holds no map
// whose order could reach an event.
//
// Slices inside elements are never changed in place: an event replaces them.
// That lets Decide copy a State by copying its top-level slices.
type State struct {
	Engine     int    `json:"engine"` // engine version of the case
	Number     string `json:"number"` // 办件编号
	Item       string `json:"item"`
	Version    string `json:"version"`
	Definition string `json:"definition"` // hash of the plan
	Calendar   string `json:"calendar"`   // calendar version in use
	Region     string `json:"region"`
	Channel    string `json:"channel"`
	// ReceivedAt is the receipt; while the case is pre-reviewed, the filing, which FiledAt is after that.
	ReceivedAt time.Time `json:"receivedAt"`
	FiledAt    time.Time `json:"filedAt,omitzero"`
	// PreReviewed: it was filed to be looked at before its receipt.
	PreReviewed bool `json:"preReviewed,omitempty"`
	// AcceptedOn is the acceptance date (3.7.8); AcceptedAt when it was recorded.
	AcceptedOn *calendar.Date `json:"acceptedOn,omitempty"`
	AcceptedAt time.Time      `json:"acceptedAt,omitzero"`
	// AcceptedAs is the instant the clocks from acceptance count from: receipt, or
	// the arrival of the last paper asked before acceptance.
	AcceptedAs time.Time `json:"acceptedAs,omitzero"`
	// Flags: deemed (accepted by silence), corrected (a notice was sent),
	// overridden (a supervisor sent one when nothing more could be asked), tolerant
	// (papers follow), act-first, promised, agent, bad-credit.
	Flags []string `json:"flags,omitempty"`
	// Examined: a verdict needs the conditions of its step worked through.
	Examined bool   `json:"examined,omitempty"`
	Status   Status `json:"status"`
	// Ending is the outcome that waits to be fixed when a case ends otherwise
	// than by its decisions: refused, lapsed, withdrawn, terminated.
	Ending Outcome `json:"ending,omitempty"`
	// Ground is why a case was terminated.
	Ground    string    `json:"ground,omitempty"`
	Outcome   Outcome   `json:"outcome,omitempty"`
	DecidedAt time.Time `json:"decidedAt,omitzero"`
	ClosedAt  time.Time `json:"closedAt,omitzero"`

	Seq  int64     `json:"seq"`  // last event
	Last time.Time `json:"last"` // time of the last event

	Answers map[string]any `json:"answers,omitempty"` // asked and derived
	Form    map[string]any `json:"form,omitempty"`
	// Offers are the answers sources gave before the applicant did.
	Offers  []Offer    `json:"offers,omitempty"`
	Parties []PartyOrg `json:"parties"`
	Intakes []string   `json:"intakes"` // accounts that took the case in (3.4.5)

	Steps   []*StepState  `json:"steps"`
	Papers  []PaperState  `json:"papers"`
	Clocks  []*Clock      `json:"clocks"`
	Tasks   []*Task       `json:"tasks"`
	Notices []Notice      `json:"notices,omitempty"`
	Objects []Objection   `json:"objections,omitempty"`
	Outputs []OutputState `json:"outputs,omitempty"`
	Hands   []HandOut     `json:"handOuts,omitempty"`
	// Talk beside the work.
	Consults []Consultation `json:"consultations,omitempty"`
	Copies   []CopyTo       `json:"copies,omitempty"`
	Remarks  []Remark       `json:"remarks,omitempty"`
	// Successors have the desks of people who left, Vacancies are posts nobody holds.
	Successors []Successor `json:"successors,omitempty"`
	Vacancies  []Vacancy   `json:"vacancies,omitempty"`
	Pauses     []PauseRun  `json:"pauses,omitempty"`
	// Calendars are those loaded since filing, the last one in use (3.8.8).
	Calendars []*calendar.Calendar `json:"calendars,omitempty"`

	Duties     []DutyState `json:"duties,omitempty"`
	Annulments []Annulment `json:"annulments,omitempty"`
	// Interested are those whose interests the case touches, as who reviews it has found.
	Interested []Interested `json:"interested,omitempty"`
	// TimeAsks are the applicant's requests for more time.
	TimeAsks []TimeAsk `json:"timeAsks,omitempty"`
	// Deliveries of documents: awaited, or proved.
	Deliveries []DeliveryState `json:"deliveries,omitempty"`
	// Corrections of clerical errors, in the order they were made.
	Corrections []Correction `json:"corrections,omitempty"`
	// Mendings are the mistakes put right on the spot, before the acceptance.
	Mendings []Mending `json:"mendings,omitempty"`
	Rating   *Rating   `json:"rating,omitempty"` // nil before the case is closed

	Promises []PromiseState `json:"promises,omitempty"`
	// Cause is why the act came before its formalities.
	Cause *Cause `json:"cause,omitempty"`
	// Undertaking is the signed commitment to bring deferred papers.
	Undertaking *Undertaking `json:"undertaking,omitempty"`
	Credit      *Credit      `json:"credit,omitempty"`
	Agent       *Agent       `json:"agent,omitempty"`

	// which elements this copy of the state has made its own, see edit.
	ownSteps, ownClocks, ownTasks marks
}

// PartyOrg is the organisation that plays a party in this case.
type PartyOrg struct {
	Party string `json:"party"`
	Org   string `json:"org"`
}

// StepState is the state of one step. Steps stand in the order of the
// definition; added opinions follow.
type StepState struct {
	ID       string     `json:"id"`
	Status   StepStatus `json:"status"`
	End      End        `json:"end,omitempty"`
	Round    int        `json:"round,omitempty"` // 0 before its first round
	Org      string     `json:"org,omitempty"`   // kept for the round (3.4.1)
	OpenedAt time.Time  `json:"openedAt,omitzero"`
	EndedAt  time.Time  `json:"endedAt,omitzero"`

	// Needs are the entries of the gate that hold in this round (3.2.2).
	Needs []string `json:"needs,omitempty"`
	// Link is the index of the chain's link whose turn it is; Passed are the
	// people who have passed in this round, in order.
	Link   int      `json:"link,omitempty"`
	Passed []Passed `json:"passed,omitempty"`
	// Overridden are the opinions this decide goes against.
	Overridden []Overridden `json:"overridden,omitempty"`
	// Moved is the act that moved the chain last, Back the chain's last send-back.
	Moved *Moved    `json:"moved,omitempty"`
	Back  *SentBack `json:"sentBack,omitempty"`
	// Signers are to sign after a link of this round, Signed the added signers who
	// have signed in it.
	Signers []Signer `json:"signers,omitempty"`
	Signed  []string `json:"signed,omitempty"`
	// Seen fingerprints what the step read at its last end (3.6.4).
	Seen []Seen `json:"seen,omitempty"`
	// Verdict is the opinion or decision of the round, nil before.
	Verdict *Verdict `json:"verdict,omitempty"`
	// Rounds are the earlier rounds: readable, counting no more (3.6.6).
	Rounds []Round `json:"rounds,omitempty"`
	// Upper: needs-upper-level was recorded in this round (3.4.2).
	Upper bool `json:"upper,omitempty"`
	// Affected: something it read has changed after its decision was signed (3.6.7).
	Affected bool `json:"affected,omitempty"`
	// Forced: added by the lead although its condition is false (3.11.2).
	Forced bool `json:"forced,omitempty"`
	// Stayed: kept in the last return without being done again (3.6.2).
	Stayed bool `json:"stayed,omitempty"`
	// Returns counts the returns by this step (3.6.1).
	Returns int `json:"returns,omitempty"`
	// Intake is the phase of an intake step.
	Intake *IntakeState `json:"intake,omitempty"`
	// Visit, Posting and Hearing are the round of such a step.
	Visit   *VisitState   `json:"visit,omitempty"`
	Posting *PostingState `json:"posting,omitempty"`
	Hearing *HearingState `json:"hearing,omitempty"`
	// Added describes an opinion added to a block (3.11.2), nil for declared steps.
	Added *AddedStep `json:"added,omitempty"`
	// Why says why it is absent or negative without an act: when, dropped,
	// amended, nobody, after, needs:ID, sequence, block, withdrawn; why a visit
	// ended: clear, open, rounds, time; on a waiting step,
	// absent: it was, and is evaluated anew.
	Why string `json:"why,omitempty"`
}

// Seen is the fingerprint of one thing a step reads.
type Seen struct {
	Of    string `json:"of"`
	Print string `json:"print"`
}

// Verdict is an opinion or a signed decision: its party's own record, never
// edited (行政许可法第八条; 法释〔2009〕20号第五条).
type Verdict struct {
	End        End           `json:"end"`
	By         string        `json:"by,omitempty"`  // account; empty for silence
	For        string        `json:"for,omitempty"` // whom By stood in for
	Org        string        `json:"org"`
	At         time.Time     `json:"at"`
	Reason     string        `json:"reason,omitempty"`
	Basis      string        `json:"basis,omitempty"`
	Remedy     string        `json:"remedy,omitempty"` // denials: reconsideration and suit
	Conditions []string      `json:"conditions,omitempty"`
	Takes      []Take        `json:"takes,omitempty"`
	Overrides  []Override    `json:"overrides,omitempty"`
	Checks     []CheckResult `json:"checks,omitempty"`
}

// Round is an earlier round of a step.
type Round struct {
	Round    int           `json:"round"`
	OpenedAt time.Time     `json:"openedAt,omitzero"`
	EndedAt  time.Time     `json:"endedAt,omitzero"`
	End      End           `json:"end"`
	Org      string        `json:"org,omitempty"`
	Verdict  *Verdict      `json:"verdict,omitempty"`
	Visit    *VisitState   `json:"visit,omitempty"`
	Posting  *PostingState `json:"posting,omitempty"`
	Hearing  *HearingState `json:"hearing,omitempty"`
}

// IntakePhase is where an intake stands.
type IntakePhase string

// The phases of an intake.
const (
	Collecting IntakePhase = "collecting" // the window is open: departments look
	Judging    IntakePhase = "judging"    // window closed or answer complete: the clerk accepts or refuses
	Noticed    IntakePhase = "noticed"    // the notice is out, not completely answered
	Over       IntakePhase = "over"       // accepted or refused
)

// IntakeState is the window and the one notice.
type IntakeState struct {
	Phase  IntakePhase `json:"phase"`
	Lines  []NamedLine `json:"lines,omitempty"`
	Looks  []Look      `json:"looks,omitempty"`
	Notice string      `json:"notice,omitempty"` // id of the one notice, when sent
	// Window: whether the collect window is open (it may open after acceptance
	// with `from: gap`), and when it closed.
	Window   bool      `json:"window,omitempty"`
	ClosedAt time.Time `json:"closedAt,omitzero"`
	// CompleteAt is the arrival of the last asked paper (3.7.8).
	CompleteAt time.Time `json:"completeAt,omitzero"`
	// Overdue: the answer was not complete in time (late: mark or ask).
	Overdue bool `json:"overdue,omitempty"`
}

// Look is one party's turn to look at the papers in the window.
type Look struct {
	Party  string    `json:"party"`
	Org    string    `json:"org"`
	Spoken bool      `json:"spoken,omitempty"`
	Clear  bool      `json:"clear,omitempty"`
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// NamedLine is one line of the notice: a paper or condition with a reason and
// everybody who asked for it (3.7.5).
type NamedLine struct {
	Of        string   `json:"of"`
	Reason    string   `json:"reason"`
	Askers    []string `json:"askers"` // parties; "guide" for a paper that did not come at all
	Answered  bool     `json:"answered,omitempty"`
	Statement string   `json:"statement,omitempty"`
}

// PaperStatus is the state of a paper of the guide in this case.
type PaperStatus string

// The states of a paper.
const (
	PaperAbsent  PaperStatus = "absent"  // not asked in this case
	PaperAwaited PaperStatus = "awaited" // the output of a step that can still grant
	PaperMissing PaperStatus = "missing" // asked, not there
	PaperPresent PaperStatus = "present"
)

// PaperState is one paper of the guide in this case: a snapshot, never changed
// by later changes at its source.
type PaperState struct {
	ID     string      `json:"id"`
	Status PaperStatus `json:"status"`
	Source string      `json:"source,omitempty"`
	Hash   string      `json:"hash,omitempty"`
	Name   string      `json:"name,omitempty"`
	Type   string      `json:"type,omitempty"`
	Size   int64       `json:"size,omitempty"`
	At     time.Time   `json:"at,omitzero"`
	// Voucher says how far it can be trusted, and until when: a letter, until the paper has to follow.
	Voucher
	// CheckedBy is the account that compared it with the original, Compared when.
	CheckedBy string    `json:"checkedBy,omitempty"`
	Compared  time.Time `json:"compared,omitzero"`
	// Tried are the sources that were asked for it at the filing, in order.
	Tried []Trial `json:"tried,omitempty"`
	// Copies, SignedBy: how many, and signed by whom besides the applicant.
	Copies   int      `json:"copies,omitempty"`
	SignedBy []string `json:"signedBy,omitempty"`
	// Earlier are the snapshots it replaced.
	Earlier []PaperIn `json:"earlier,omitempty"`
}

// ClockClass tells legal clocks from promises (rule 3.8.1).
type ClockClass string

// The classes of clock.
const (
	Statutory ClockClass = "statutory"
	Promised  ClockClass = "promised"
)

// Clock is one time limit at work. Due is a pure function of start, period,
// extensions, excluded spans and calendar version; the ledger says what
// happened to it.
type Clock struct {
	// ID: statutory, promised (of the case); collect, answer; a step's id
	// (its limit); STEP.statutory; STEP.ROLE (node clock of a link);
	// hand.ITEM; duty.ID. A later round appends #ROUND.
	ID    string     `json:"id"`
	Class ClockClass `json:"class"`
	Step  string     `json:"step,omitempty"` // empty: the case, or a duty
	Duty  string     `json:"duty,omitempty"` // the duty it measures
	Round int        `json:"round,omitempty"`
	// What the limit says.
	Period calendar.Period `json:"period"`
	Late   string          `json:"late"` // effect when it runs out: mark, accept, agree, lapse, ask, window, hand
	// Role is the role whose turn it measures: a node clock of a chain; empty otherwise.
	Role string `json:"role,omitempty"`
	// Start is the instant the count begins at; its day does not count (民法典第二百零一条).
	Start time.Time `json:"start"`
	// From names the start event for people: receipt, acceptance, start, decision, notice, answer, or an id.
	From string `json:"from"`
	// Until is the last day at the latest, whatever the count comes to: what a letter says itself.
	Until    *calendar.Date   `json:"until,omitempty"`
	Extended []ClockExtension `json:"extended,omitempty"`
	Excluded []calendar.Span  `json:"excluded,omitempty"`
	// Stops are the days pauses take out (3.8.6).
	Stops    []ClockStop `json:"stops,omitempty"`
	Calendar string      `json:"calendar"`

	Due         time.Time     `json:"due"` // exclusive instant (3.1.2)
	Day         calendar.Date `json:"day"` // the due day
	Provisional bool          `json:"provisional,omitempty"`
	// Half and Warn are the warning instants before an effect; Warn also colours the light.
	Half time.Time `json:"half,omitzero"`
	Warn time.Time `json:"warn,omitzero"`

	// Reminders are all instants of a list of warnings, Warn the first; none where `warn` is one length.
	Reminders []time.Time `json:"reminders,omitempty"`

	Warned  int       `json:"warned,omitempty"` // 0 none, 1 half, 2 warn, 3 and on further reminders
	Overdue bool      `json:"overdue,omitempty"`
	EndedAt time.Time `json:"endedAt,omitzero"` // zero: running
	Ledger  []Entry   `json:"ledger"`
}

// Running says whether the clock has not ended.
func (c *Clock) Running() bool { return c.EndedAt.IsZero() }

// ClockExtension is one granted extension (行政许可法第四十二条).
type ClockExtension struct {
	Period calendar.Period `json:"period"`
	By     string          `json:"by"`
	Role   string          `json:"role"`
	At     time.Time       `json:"at"`
	Reason string          `json:"reason"`
	// Evidence proves the force majeure more time was asked for.
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Entry is one line of a clock's ledger.
type Entry struct {
	At   time.Time `json:"at"`
	What string    `json:"what"` // started, ended, extended, changed, restarted, overdue, reopened, stopped, resumed, recounted
	Due  time.Time `json:"due,omitzero"`
	Why  string    `json:"why,omitempty"`
}

// NoticeKind is the kind of a notice.
type NoticeKind string

// The notices this engine gives. Their Chinese titles are NoticeTitle's.
const (
	NoticeCorrection NoticeKind = "correction" // 补正告知书
	NoticeExtension  NoticeKind = "extension"  // 延长办理期限通知书
	NoticeOverridden NoticeKind = "overridden" // 意见未采纳告知书
	NoticeChange     NoticeKind = "change"     // 办理变更告知书: a department added or dropped, a signed decision affected
	NoticeGranted    NoticeKind = "granted"    // 决定抄告: a party the definition tells of a grant
	NoticePause      NoticeKind = "pause"      // 特殊程序期限告知书 (行政许可法第四十五条), by the name the definition gives it
	NoticeUrge       NoticeKind = "urge"       // 催办通知: the applicant, the lead or supervision reminds a party
	NoticeVacant     NoticeKind = "vacant"     // 岗位空缺告知: nobody holds a post the case waits for, its organisation's head may do the work
)

// Notice is something the engine told somebody in writing.
type Notice struct {
	ID    string      `json:"id"`
	Kind  NoticeKind  `json:"kind"`
	To    string      `json:"to"` // applicant, or a party
	Step  string      `json:"step,omitempty"`
	At    time.Time   `json:"at"`
	Lines []NamedLine `json:"lines,omitempty"`
	Clock string      `json:"clock,omitempty"`
	Text  string      `json:"text,omitempty"`
	// Title is the document's name where the definition gives it one; Until the
	// last day of the time it speaks of.
	Title string         `json:"title,omitempty"`
	Until *calendar.Date `json:"until,omitempty"`
	// Org is the organisation that gives it, where it is another one than the step's.
	Org string `json:"org,omitempty"`
}

// Objection is a disagree, or the negative end of a branch that is not
// optional, in a block whose lead is asked (rule 3.5.2).
type Objection struct {
	ID     string    `json:"id"`
	Block  string    `json:"block"`
	Step   string    `json:"step"`
	Round  int       `json:"round"`
	At     time.Time `json:"at"`
	Answer Act       `json:"answer,omitempty"` // stop or continue; empty: open
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// OutputState is a result given by a granted decide.
type OutputState struct {
	ID     string         `json:"id"`
	Step   string         `json:"step"`
	Kind   string         `json:"kind"`
	Name   string         `json:"name"`
	Number string         `json:"number,omitempty"`
	Data   map[string]any `json:"data,omitempty"`
	Hash   string         `json:"hash,omitempty"`
	Org    string         `json:"org"` // the deciding organ
	At     time.Time      `json:"at"`
	Until  *calendar.Date `json:"until,omitempty"`
	// Annulled is when the organ that gave it annulled it.
	Annulled time.Time `json:"annulled,omitzero"`
}

// Step finds the state of a step, nil when there is none of that id.
func (s *State) Step(id string) *StepState {
	for i := range s.Steps {
		if s.Steps[i].ID == id {
			return s.Steps[i]
		}
	}
	return nil
}

// Paper finds the state of a paper, nil when the guide has none of that id.
func (s *State) Paper(id string) *PaperState {
	for i := range s.Papers {
		if s.Papers[i].ID == id {
			return &s.Papers[i]
		}
	}
	return nil
}

// Clock finds a clock by id, nil when there is none.
func (s *State) Clock(id string) *Clock {
	for i := range s.Clocks {
		if s.Clocks[i].ID == id {
			return s.Clocks[i]
		}
	}
	return nil
}

// Task finds a task by id, nil when there is none.
func (s *State) Task(id string) *Task {
	for i := range s.Tasks {
		if s.Tasks[i].ID == id {
			return s.Tasks[i]
		}
	}
	return nil
}

// Org gives the organisation of a party, "" when the directory knows none.
func (s *State) Org(party string) string {
	for _, p := range s.Parties {
		if p.Party == party {
			return p.Org
		}
	}
	return ""
}

// Flag says whether the case bears a flag.
func (s *State) Flag(name string) bool { return slices.Contains(s.Flags, name) }

// clone copies the state so that applying events to the copy leaves the
// original as it is. All but the pointers to steps, clocks and tasks is shared:
// an element is copied before its first change (edit), any other list is
// replaced, never changed (add).
func (s *State) clone() *State {
	const usual = 6 // what a decision may add to a list
	room := &struct {
		State  // with its lists in one piece of memory, as long as they are short
		steps  [9]*StepState
		clocks [15]*Clock
		tasks  [15]*Task
	}{State: *s}
	c := &room.State
	c.share()
	c.Steps = roomy(s.Steps, room.steps[:0], 0)
	c.Clocks = roomy(s.Clocks, room.clocks[:0], usual)
	c.Tasks = roomy(s.Tasks, room.tasks[:0], usual)
	return c
}

// roomy copies a list with room for more elements: into the room there is, where
// that is enough.
func roomy[T any](items, room []T, more int) []T {
	switch {
	case items == nil:
		return nil // the state survives JSON
	case len(items)+more > cap(room):
		room = make([]T, 0, len(items)+more)
	}
	return append(room, items...)
}
