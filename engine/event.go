package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"lianban/engine/calendar"
)

// Event is a fact about one case, in the past tense. The events of a case are
// its audit trail, the source of its read model and of the exchange feed.
type Event struct {
	Seq  int64     `json:"seq"` // 1, 2, 3 … without gaps
	At   time.Time `json:"at"`  // UTC, microseconds; never before the event before
	Type string    `json:"type"`
	// By is who caused it; System for expiries.
	By Who `json:"by"`
	// Command is the id of the act; empty for expiries. One act may cause
	// several events.
	Command string `json:"command,omitempty"`
	// Do is the act's word; empty for expiries.
	Do   Act  `json:"do,omitempty"`
	Body Body `json:"body"`
}

// Who is the one that caused an event: an actor without what the directory said
// of him at the time, which only his act was judged by.
type Who struct {
	Kind ActorKind `json:"kind"`
	// ID, Org and For are as in [Actor].
	ID  string `json:"id,omitempty"`
	Org string `json:"org,omitempty"`
	For string `json:"for,omitempty"`
}

func (a Actor) who() Who { return Who{Kind: a.Kind, ID: a.ID, Org: a.Org, For: a.For} }

// self is the account whose desk somebody works at: his own, or that of whom he
// stands in for.
func (w Who) self() string { return cmp0(w.For, w.ID) }

// Body is the content of an event of one type. Applying it is the only way a
// State changes.
type Body interface {
	// Type is the event's name in the log; it is never renamed.
	Type() string
	apply(s *State, e *Event)
}

// UnmarshalJSON decodes an event by its type. An unknown type is an error: a
// case must never be read by an engine older than its events.
func (e *Event) UnmarshalJSON(b []byte) error {
	type head Event
	raw := struct {
		*head
		Body json.RawMessage `json:"body"`
	}{head: (*head)(e)}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	i, ok := slices.BinarySearchFunc(bodies, e.Type, func(n newBody, t string) int { return compare(n.name, t) })
	if !ok {
		return fmt.Errorf("event %d: unknown type %q", e.Seq, e.Type)
	}
	body, err := bodies[i].decode(raw.Body)
	if err != nil {
		return fmt.Errorf("event %d (%s): %w", e.Seq, e.Type, err)
	}
	e.Body = body
	return nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

type newBody struct {
	name   string
	decode func([]byte) (Body, error)
}

func body[T Body]() newBody {
	var zero T
	return newBody{zero.Type(), func(b []byte) (Body, error) {
		var v T
		err := json.Unmarshal(b, &v)
		return v, err
	}}
}

// bodies lists every event type, by name.
var bodies = func() []newBody {
	// A subject with a file of its own lists its events there and is named here.
	all := slices.Concat(
		coreBodies,
		pauseBodies,
		peopleBodies,
		linkBodies,
		talkBodies,
		handOverBodies,
		vacancyBodies,
		dutyBodies,
		fixBodies,
		calendarBodies,
		ratingBodies,
		visitBodies,
		postingBodies,
		hearingBodies,
		deliverBodies,
		challengeBodies,
		interestedBodies,
		preReviewBodies,
		correctionBodies,
		mendBodies,
		askTimeBodies,
		paperBodies,
		promiseBodies,
		overrideBodies,
	)
	slices.SortFunc(all, func(a, b newBody) int { return compare(a.name, b.name) })
	return all
}()

// coreBodies are the events of filing, the process and its clocks.
var coreBodies = []newBody{
	body[CaseFiled](), body[StepOpened](), body[StepAbsent](), body[StepEnded](), body[StepsClosed](),
	body[WindowOpened](), body[GapNamed](), body[PartyCleared](), body[WindowClosed](), body[NoticeSent](),
	body[AnswerReceived](), body[AnswerOverdue](), body[CaseAccepted](), body[CaseRefused](),
	body[TaskClaimed](), body[TaskReleased](), body[LinkPassed](), body[LinkSentBack](), body[UpperNoted](),
	body[ObjectionRaised](), body[ObjectionAnswered](), body[Returned](), body[StepReopened](), body[StepTold](),
	body[DecisionAffected](), body[ClockStarted](), body[ClockWarned](), body[ClockOverdue](), body[ClockExtended](), body[ClockChanged](),
	body[AnswersAmended](), body[PaperFell](), body[OpinionAdded](), body[StepDropped](), body[PartyTold](),
	body[HandOutReady](), body[HandedOut](), body[OutcomeFixed](), body[CaseWithdrawn](), body[CaseClosed](),
	body[PartiesResolved](), body[StepsAwaited](),
}

// EventTypes lists the names of all event types, sorted.
func EventTypes() []string {
	names := make([]string, len(bodies))
	for i, b := range bodies {
		names[i] = b.name
	}
	return names
}

// EmptyBody gives the body of an event type with nothing in it, for those who
// describe events by their fields; nil when there is no such type.
func EmptyBody(name string) Body {
	i, ok := slices.BinarySearchFunc(bodies, name, func(n newBody, t string) int { return compare(n.name, t) })
	if !ok {
		return nil
	}
	b, err := bodies[i].decode([]byte("{}"))
	if err != nil {
		panic(fmt.Sprintf("engine: event %s has no empty body: %v", name, err))
	}
	return b
}

// Sealed is an event with its place in the case's hash chain: the exact bytes
// that are stored and hashed.
type Sealed struct {
	Event
	Bytes []byte // canonical JSON of Event
	Prev  string // hex; "" for the first event
	Hash  string // hex SHA-256 of Prev and Bytes
}

// Seal chains events behind the hash prev. It panics when an event cannot be
// encoded, which would be a bug in a Body.
func Seal(prev string, events []Event) []Sealed {
	sealed := make([]Sealed, len(events))
	for i, e := range events {
		b, err := json.Marshal(e)
		if err != nil {
			panic(fmt.Sprintf("engine: event %s cannot be encoded: %v", e.Type, err))
		}
		sealed[i] = Sealed{Event: e, Bytes: b, Prev: prev, Hash: ChainHash(prev, b)}
		prev = sealed[i].Hash
	}
	return sealed
}

// ChainHash is the hash of an event's bytes in the chain: SHA-256 over the
// previous hash (hex), a zero byte, and the bytes. The rule is simple enough to
// be checked by hand.
func ChainHash(prev string, bytes []byte) string {
	h := sha256.New()
	h.Write([]byte(prev))
	h.Write([]byte{0})
	h.Write(bytes)
	return hex.EncodeToString(h.Sum(nil))
}

// The events. Each carries all that Evolve needs: dates are computed once, when
// the act is decided, and never again on replay.

// CaseFiled opens a case with everything that was handed over at the window.
type CaseFiled struct {
	Engine     int            `json:"engine"`
	Number     string         `json:"number"`
	Item       string         `json:"item"`
	Version    string         `json:"version"`
	Definition string         `json:"definition"`
	Calendar   string         `json:"calendar"`
	Region     string         `json:"region"`
	Channel    string         `json:"channel"`
	Answers    map[string]any `json:"answers"`
	Form       map[string]any `json:"form,omitempty"`
	Papers     []PaperState   `json:"papers"`
	Parties    []PartyOrg     `json:"parties"`
	Steps      []string       `json:"steps"`            // ids in definition order
	Clocks     []Clock        `json:"clocks,omitempty"` // case clocks from receipt
	Offers     []Offer        `json:"offers,omitempty"` // what sources answered before the applicant

	Promises []PromiseState `json:"promises,omitempty"` // signed instead of papers
	// Undertaking is the commitment to bring the deferred papers; none in cases of engine versions before 4.
	Undertaking *Undertaking `json:"undertaking,omitempty"`
	Credit      *Credit      `json:"credit,omitempty"`   // marked as bad by the desk
	Agent       *Agent       `json:"agent,omitempty"`    // who files on the applicant's behalf
	ActFirst    bool         `json:"actFirst,omitempty"` // the act came before its formalities
	// Cause is why it did, with what proves it; none in cases of engine versions before 5.
	Cause *Cause `json:"cause,omitempty"`
	// PreReview: the window looks at it before it is received.
	PreReview bool `json:"preReview,omitempty"`
	// Examined: the definition has conditions to be worked through, and verdicts are
	// held to them. Cases filed before they were do not carry it, and replay as they ran.
	Examined bool `json:"examined,omitempty"`
}

// StepOpened starts a round of a step with its clocks and tasks.
type StepOpened struct {
	Step   string       `json:"step"`
	Round  int          `json:"round"`
	Org    string       `json:"org,omitempty"`
	Needs  []string     `json:"needs,omitempty"`
	Clocks []Clock      `json:"clocks,omitempty"`
	Tasks  []Task       `json:"tasks,omitempty"`
	Intake *IntakeState `json:"intake,omitempty"`
	Values []Seen       `json:"values,omitempty"` // what `when` read (3.2.1)
	Visit  *VisitState  `json:"visit,omitempty"`

	Posting *PostingState `json:"posting,omitempty"`
	Hearing *HearingState `json:"hearing,omitempty"`
}

// StepAbsent records steps that are not part of this case.
type StepAbsent struct {
	Steps  []string `json:"steps"`
	Why    string   `json:"why"` // when | amended | group
	Values []Seen   `json:"values,omitempty"`
}

// StepEnded ends a step with its verdict, its outputs and their hand-outs.
type StepEnded struct {
	Step    string        `json:"step"`
	End     End           `json:"end"`
	Why     string        `json:"why,omitempty"`
	Task    string        `json:"task,omitempty"` // done by this act
	Verdict *Verdict      `json:"verdict,omitempty"`
	Seen    []Seen        `json:"seen,omitempty"`
	Outputs []OutputState `json:"outputs,omitempty"`
	Papers  []PaperState  `json:"papers,omitempty"` // awaited papers that have come
	Hands   []HandOut     `json:"handOuts,omitempty"`
}

// StepsClosed ends several steps at once without an act of theirs: skipped,
// stopped, barred, withdrawn.
type StepsClosed struct {
	Steps []string `json:"steps"`
	End   End      `json:"end"`
	Why   string   `json:"why,omitempty"`
}

// WindowOpened opens the collect window after the first gap (`from: gap`).
type WindowOpened struct {
	Step   string      `json:"step"`
	Intake IntakeState `json:"intake"`
	Clock  Clock       `json:"clock"`
	Tasks  []Task      `json:"tasks"`
}

// GapNamed records what a party asks the applicant to correct.
type GapNamed struct {
	Step   string      `json:"step"`
	Task   string      `json:"task"`
	Intake IntakeState `json:"intake"`
	Lines  []GapLine   `json:"lines"`
	Party  string      `json:"party"`
}

// PartyCleared records that a party has nothing to ask.
type PartyCleared struct {
	Step   string      `json:"step"`
	Task   string      `json:"task,omitempty"`
	Intake IntakeState `json:"intake"`
	Party  string      `json:"party"`
}

// WindowClosed ends the collect window.
type WindowClosed struct {
	Step   string      `json:"step"`
	Why    string      `json:"why"` // spoken | time | decided
	Intake IntakeState `json:"intake"`
	Tasks  []Task      `json:"tasks,omitempty"` // the clerk's task to accept
}

// NoticeSent is the one correction notice (行政许可法第三十二条第一款第四项).
type NoticeSent struct {
	Step   string      `json:"step"`
	Notice Notice      `json:"notice"`
	Intake IntakeState `json:"intake"`
	Clocks []Clock     `json:"clocks,omitempty"` // the applicant's time
	// Override: sent by a supervisor when nothing more could be asked, an anomaly
	// of the first rank (3.7.6).
	Override bool   `json:"override,omitempty"`
	Tasks    []Task `json:"tasks,omitempty"`
}

// AnswerReceived records what the applicant handed in on the notice.
type AnswerReceived struct {
	Step     string         `json:"step"`
	Intake   IntakeState    `json:"intake"`
	Papers   []PaperState   `json:"papers,omitempty"`
	Answers  map[string]any `json:"answers,omitempty"` // all answers, when they changed
	Form     map[string]any `json:"form,omitempty"`    // the whole form, when it changed
	Complete bool           `json:"complete,omitempty"`
	Clocks   []Clock        `json:"clocks,omitempty"` // the intake's clock anew
	Tasks    []Task         `json:"tasks,omitempty"`
}

// AnswerOverdue records that the answer was not complete in time (late: mark or ask).
type AnswerOverdue struct {
	Step   string      `json:"step"`
	Intake IntakeState `json:"intake"`
	Tasks  []Task      `json:"tasks,omitempty"`
}

// CaseAccepted is the acceptance; the legal clocks start (行政许可法第三十二、四十二条).
type CaseAccepted struct {
	Step   string        `json:"step"`
	On     calendar.Date `json:"on"`
	Deemed bool          `json:"deemed,omitempty"` // by silence
	Task   string        `json:"task,omitempty"`
	Intake IntakeState   `json:"intake"`
	Clocks []Clock       `json:"clocks,omitempty"`
	// Originals are the copies that were compared with their originals.
	Originals []string `json:"originals,omitempty"`
}

// CaseRefused is the refusal of acceptance with its reason (行政许可法第三十二条).
type CaseRefused struct {
	Step       string      `json:"step"`
	Task       string      `json:"task,omitempty"`
	Outcome    Outcome     `json:"outcome"`
	Reason     string      `json:"reason"`
	RightOrgan string      `json:"rightOrgan,omitempty"`
	Intake     IntakeState `json:"intake"`
}

// TaskClaimed gives a task to one person.
type TaskClaimed struct {
	Task string `json:"task"`
}

// TaskReleased puts a task back into the pool.
type TaskReleased struct {
	Task string `json:"task"`
}

// LinkPassed passes the work on to the next link of the chain.
type LinkPassed struct {
	Step   string        `json:"step"`
	Task   string        `json:"task"`
	Passed Passed        `json:"passed"`
	Note   string        `json:"note,omitempty"`
	Checks []CheckResult `json:"checks,omitempty"`
	Link   int           `json:"link"` // whose turn it is now
	Tasks  []Task        `json:"tasks,omitempty"`
	Clocks []Clock       `json:"clocks,omitempty"`
	// Kept: the work went straight back to who had sent it back; these passes count again.
	Kept     []Passed `json:"kept,omitempty"`
	Straight bool     `json:"straight,omitempty"`
	// Over are open tasks of the link it made needless; Skipped are added signers
	// who have signed this round already.
	Over    []string `json:"over,omitempty"`
	Skipped []string `json:"skipped,omitempty"`
}

// LinkSentBack sends the work back to an earlier link of the same round.
type LinkSentBack struct {
	Step   string  `json:"step"`
	Task   string  `json:"task"`
	Link   int     `json:"link"`
	Reason string  `json:"reason"`
	Tasks  []Task  `json:"tasks"`
	Clocks []Clock `json:"clocks,omitempty"`
	// Straight: once put right, it comes back to the sender directly; Index is the
	// place of his role in his link.
	Straight bool `json:"straight,omitempty"`
	Index    int  `json:"index,omitempty"`
}

// UpperNoted records that the matter must be asked of the upper level (3.4.2).
type UpperNoted struct {
	Step   string `json:"step"`
	Reason string `json:"reason"`
}

// ObjectionRaised asks the lead: stop or continue (3.5.3).
type ObjectionRaised struct {
	Objection Objection `json:"objection"`
	Task      Task      `json:"task"`
}

// ObjectionAnswered is the lead's answer. Continue is no override.
type ObjectionAnswered struct {
	Objection string `json:"objection"`
	Task      string `json:"task"`
	Answer    Act    `json:"answer"`
	Reason    string `json:"reason"`
}

// Returned sends a stretch of the process through again (3.6.1).
type Returned struct {
	Step   string   `json:"step"` // the returner
	Target string   `json:"target"`
	Reason string   `json:"reason"`
	Redo   []string `json:"redo"` // steps and groups judged anew: waiting again
	Stay   []Stay   `json:"stay,omitempty"`
}

// Stay is a step that a return leaves as it is, with the recorded reason.
type Stay struct {
	Step string `json:"step"`
	Why  string `json:"why"`
}

// StepReopened starts an ended review again because what it read has changed (3.6.5).
type StepReopened struct {
	Step    string   `json:"step"`
	Round   int      `json:"round"`
	Org     string   `json:"org,omitempty"`
	Changed []string `json:"changed"`
	Needs   []string `json:"needs,omitempty"`
	Clocks  []Clock  `json:"clocks,omitempty"`
	Tasks   []Task   `json:"tasks,omitempty"`

	Visit   *VisitState   `json:"visit,omitempty"`
	Hearing *HearingState `json:"hearing,omitempty"`
}

// StepTold tells an open step that something it reads has changed; its chain
// goes back to the first link, the clock runs on (3.6.5).
type StepTold struct {
	Step    string   `json:"step"`
	Changed []string `json:"changed"`
	Tasks   []Task   `json:"tasks"`
	Clocks  []Clock  `json:"clocks,omitempty"`
}

// DecisionAffected tells the party and the supervisor that something a signed
// decision read has changed; the decision stands (3.6.7).
type DecisionAffected struct {
	Step    string   `json:"step"`
	Changed []string `json:"changed"`
	Notice  Notice   `json:"notice"`
}

// ClockStarted starts a clock of the case that counts from a step, an output or
// the decision.
type ClockStarted struct {
	Clock Clock `json:"clock"`
}

// ClockWarned is a warning before an effect: at half time, then at `warn`; or a reminder of
// a list of them, whatever the end of the time does.
type ClockWarned struct {
	Clock string `json:"clock"`
	Which int    `json:"which"` // 1 half, 2 warn, 3 and on the further ones of a list
}

// Reminder is how often, with this one, people have been reminded; 0: it tells of half time.
func (b ClockWarned) Reminder() int { return b.Which - firstReminder + 1 }

// ClockOverdue marks a clock that has run out.
type ClockOverdue struct {
	Clock string `json:"clock"`
}

// ClockExtended extends a clock before its due time (3.8.4); the applicant's
// notice is part of the act (行政许可法第四十二条).
type ClockExtended struct {
	Clock  Clock  `json:"clock"` // as it is now
	Notice Notice `json:"notice"`
	Ask    string `json:"ask,omitempty"` // the request it answers, whose task is done by this act
}

// ClockChanged records another period or calendar for an open clock.
type ClockChanged struct {
	Clock Clock  `json:"clock"` // as it is now
	Why   string `json:"why"`
}

// AnswersAmended changes answers or form after acceptance (3.10.2).
type AnswersAmended struct {
	Answers map[string]any `json:"answers"`        // all answers now
	Form    map[string]any `json:"form,omitempty"` // the whole form now
	Papers  []PaperState   `json:"papers,omitempty"`
	Changed []string       `json:"changed"`
	Reason  string         `json:"reason"`
}

// PaperFell records that an awaited output will not come; the paper falls to
// its other sources (3.7.2).
type PaperFell struct {
	Papers []PaperState `json:"papers"`
}

// OpinionAdded asks a further party for an opinion (3.11.2).
type OpinionAdded struct {
	Step   string    `json:"step"`
	Added  AddedStep `json:"added"`
	Org    string    `json:"org"`
	Reason string    `json:"reason"`
}

// StepsAwaited makes absent steps part of the case again: an amendment made
// their condition true (3.10.3), or the lead added a declared branch (3.11.2).
type StepsAwaited struct {
	Steps  []string `json:"steps"`
	Why    string   `json:"why"` // amended | added
	Reason string   `json:"reason,omitempty"`
}

// StepDropped takes a branch out of the case (3.11.1).
type StepDropped struct {
	Steps  []string `json:"steps"` // the branch and everything inside it
	Reason string   `json:"reason"`
}

// PartyTold is a notice to a party or the applicant that needs no answer.
type PartyTold struct {
	Notice Notice `json:"notice"`
}

// HandOutReady opens the hand-out of results that are ready (as-ready, 3.9.4).
type HandOutReady struct {
	Step   string  `json:"step"`
	Tasks  []Task  `json:"tasks"`
	Clocks []Clock `json:"clocks,omitempty"`
}

// HandedOut records that results were handed out.
type HandedOut struct {
	Step  string   `json:"step"`
	Items []string `json:"items"`
	Tasks []string `json:"tasks"`
	Way   string   `json:"way"`
	Proof string   `json:"proof,omitempty"`
	// Outputs: numbers of papers silence had granted, made out now.
	Outputs []OutputIn `json:"outputs,omitempty"`
	// Originals are the copies that were compared with their originals.
	Originals []string `json:"originals,omitempty"`
}

// OutcomeFixed fixes the outcome of the case (3.9.1); the case clocks end.
type OutcomeFixed struct {
	Outcome Outcome `json:"outcome"`
}

// CaseWithdrawn records that the applicant withdraws the case or one branch
// (3.11.3), or that it is terminated on a ground (3.11.4).
type CaseWithdrawn struct {
	Branch string   `json:"branch,omitempty"`
	Steps  []string `json:"steps"` // ended withdrawn
	Ground string   `json:"ground,omitempty"`
	Reason string   `json:"reason"`
}

// CaseClosed is the end of the case (3.9.5).
type CaseClosed struct{}

// PartiesResolved records that the directory now names other organisations;
// it counts for steps that open from now on (3.4.1).
type PartiesResolved struct {
	Parties []PartyOrg `json:"parties"`
}
