package engine

import (
	"slices"
	"time"

	"lianban/engine/calendar"
)

// Act is the word of a command. The words are those of scenario files
// (language reference, "Scenario tests").
type Act string

// The acts this engine runs. File opens a case, Tick says that time has moved;
// all others are done by people.
const (
	File          Act = "file"
	Tick          Act = "tick"
	Gap           Act = "gap"
	Clear         Act = "clear"
	Answer        Act = "answer"
	Accept        Act = "accept"
	Refuse        Act = "refuse"
	Claim         Act = "claim"
	Release       Act = "release"
	Pass          Act = "pass"
	SendBack      Act = "sendBack"
	Grant         Act = "grant"
	Deny          Act = "deny"
	Agree         Act = "agree"
	AgreeWith     Act = "agreeWith"
	Disagree      Act = "disagree"
	NotConcerned  Act = "notConcerned"
	NeedsUpper    Act = "needsUpper"
	StopBlock     Act = "stop"
	ContinueBlock Act = "continue"
	Return        Act = "return"
	Drop          Act = "drop"
	Add           Act = "add"
	Amend         Act = "amend"
	Extend        Act = "extend"
	Hand          Act = "hand"
	Withdraw      Act = "withdraw"
	Terminate     Act = "terminate"
)

// PersonActs lists the acts people do on an existing case, in the order they are
// documented. A subject with a file of its own lists its acts there and is named here.
var PersonActs = slices.Concat(
	coreActs,
	pauseActs,
	peopleActs,
	signerActs,
	talkActs,
	handOverActs,
	dutyActs,
	visitActs,
	postingActs,
	hearingActs,
	interestedActs,
	correctionActs,
	promiseActs,
	overrideActs,
	deliverActs,
	challengeActs,
	mendActs,
	askTimeActs,
)

// ApplicantActs are those only the applicant does, with his number and code.
var ApplicantActs = []Act{Rate}

var coreActs = []Act{
	Gap, Clear, Answer, Accept, Refuse, Claim, Release, Pass, SendBack, Grant, Deny, Agree, AgreeWith, Disagree,
	NotConcerned, NeedsUpper, StopBlock, ContinueBlock, Return, Drop, Add, Amend, Extend, Hand, Withdraw, Terminate,
}

// Roles inside an organisation. A role further down the list of a department
// (handle, check, approve, organ-head) may also do the work of those before it.
const (
	RoleClerk          = "clerk"           // comprehensive window, issue window
	RoleHandle         = "handle"          // 承办
	RoleCheck          = "check"           // 审核
	RoleApprove        = "approve"         // 批准
	RoleLead           = "lead"            // coordinator of the lead department
	RoleOrganHead      = "organ-head"      // 行政机关负责人, extends under 行政许可法第四十二条
	RoleGovernmentHead = "government-head" // 本级人民政府负责人
	RoleSupervisor     = "supervisor"      // 监察员
)

// ActorKind tells people of organisations from the applicant and the system.
type ActorKind string

// The kinds of actor.
const (
	Person    ActorKind = "person"
	Applicant ActorKind = "applicant"
	System    ActorKind = "system"
)

// Actor is who acts: an account in an organisation with its roles there, the
// applicant, or the system (expiries).
type Actor struct {
	Kind ActorKind `json:"kind"`
	// ID is the opaque account id, never a name or number of a person. Empty for
	// applicant and system.
	ID string `json:"id,omitempty"`
	// Org is the code of the organisation the person acts for.
	Org string `json:"org,omitempty"`
	// Roles are the person's roles in Org; of a deputy, those of whom he stands in for.
	Roles []string `json:"roles,omitempty"`
	// Over are the organisations below Org that have given a result in the case, the directory's
	// answer; challenge reads it.
	Over []string `json:"over,omitempty"`
	// Beyond are the offices over others (government head, supervisor) the person holds in Org that
	// reach no organisation which leads the case or has a step in it: the directory's answer, too.
	// They are not among Roles.
	Beyond []string `json:"beyond,omitempty"`
	// For is the account the person stands in for as its deputy, empty when he acts for himself.
	For string `json:"for,omitempty"`
}

// Command is one act: who wants what, since when it is durably recorded.
type Command struct {
	// ID is unique over all cases; the same id is the same act.
	ID string `json:"id"`
	Do Act    `json:"do"`
	By Actor  `json:"by"`
	// At is when the act was durably recorded (rule 3.1.1), UTC, microseconds.
	At time.Time `json:"at"`
	// Step names the step, or the block for stop, continue and add. Empty: the
	// only step open for the actor that knows the act.
	Step string `json:"step,omitempty"`
	// Seq is the last event of the case the actor had seen when he decided; the act
	// is refused as stale when the case has moved on since. 0: he does not say.
	Seq int64 `json:"seq,omitempty"`
	// Task names one task of the step where several are open for the actor.
	Task string `json:"task,omitempty"`
	Args Args   `json:"args,omitzero"`
	// Parties is the directory's answer, party → organisation code, at the time
	// of the act. Required with file; later only where it has changed.
	Parties map[string]string `json:"parties,omitempty"`
	// People is the directory's answer about the accounts the act names.
	People []Colleague `json:"people,omitempty"`
}

// Args is the data of an act. Each act reads the fields its comment names and
// refuses the act when a required one is missing.
type Args struct {
	// file: number of the case, region it is filed in, channel.
	Number  string `json:"number,omitempty"`
	Region  string `json:"region,omitempty"`
	Channel string `json:"channel,omitempty"`
	// file, answer, amend: answers by question, form data; for answer and amend only what changes.
	Answers map[string]any `json:"answers,omitempty"`
	Form    map[string]any `json:"form,omitempty"`
	// file, answer, amend, retract, and fulfil of a duty about papers: papers handed in.
	Papers []PaperIn `json:"papers,omitempty"`
	// file: which sources were asked for papers and answers before the applicant was.
	Tried  []Trial `json:"tried,omitempty"`
	Offers []Offer `json:"offers,omitempty"`
	// gap: what is missing or wrong.
	Lines []GapLine `json:"lines,omitempty"`
	// answer: statements on lines (a condition can only be answered by one).
	Statements []Statement `json:"statements,omitempty"`
	// refuse, sendBack, deny, disagree, notConcerned, needsUpper, stop, continue, return, drop, add, amend,
	// extend, withdraw, terminate, annul, keep, correct, judge as failed: the reason (required); agree, agreeWith, pass, grant,
	// fulfil, mend: a remark.
	Reason string `json:"reason,omitempty"`
	// challenge, defend: the reason (required).
	// deny, disagree, annul: the legal basis (required).
	Basis string `json:"basis,omitempty"`
	// refuse: refused (default) | not-required | not-competent; RightOrgan is required with not-competent.
	Outcome    string `json:"outcome,omitempty"`
	RightOrgan string `json:"rightOrgan,omitempty"`
	// sendBack: the role of the earlier link; empty: the link before.
	Link string `json:"link,omitempty"`
	// sendBack: once put right, the work comes back to the sender directly.
	Straight bool `json:"straight,omitempty"`
	// assign, transfer, delegate, handOver, addSigner, removeSigner: the colleague (required). Assigning what somebody has,
	// transferring, handing over, adding and removing signers need a reason.
	Account string `json:"account,omitempty"`
	// consult, reply, comment: what is asked, answered, said (required); copy: a word with it.
	Text string `json:"text,omitempty"`
	// copy: colleagues and organisations. consult asks Account, or the organisation Org, and shows Reads;
	// read marks the copies in Items, all of the actor's when empty.
	Accounts []string `json:"accounts,omitempty"`
	Orgs     []string `json:"orgs,omitempty"`
	// handOver: whose desk goes to Account (required).
	From string `json:"from,omitempty"`
	// vacate, fill: the role of Org; Headless: nobody heads Org either.
	Role     string `json:"role,omitempty"`
	Headless bool   `json:"headless,omitempty"`
	// pass and verdicts: the examined conditions.
	Checks []CheckResult `json:"checks,omitempty"`
	// agreeWith: the conditions put to the next decide (required).
	Conditions []string `json:"conditions,omitempty"`
	// grant, deny: what becomes of each condition put to this decide (required where there are any).
	Takes []Take `json:"takes,omitempty"`
	// grant against a disagree: a reason per opinion (required, 3.4.3).
	Overrides []Override `json:"overrides,omitempty"`
	// grant: numbers and data of the outputs; an output left out gets neither.
	// hand: those of outputs granted by silence, which have none yet.
	Outputs []OutputIn `json:"outputs,omitempty"`
	// return: the target step (empty: the only one of `back`) and the steps to be done again.
	To    string   `json:"to,omitempty"`
	Steps []string `json:"steps,omitempty"`
	// stop, continue, uphold, dismiss: the objection; empty: the only open one.
	// object: Reason is the objection, Name who objects. uphold: To and Steps as of a return.
	Objection string `json:"objection,omitempty"`
	// withdraw: the branch; empty, and no step named: the whole case.
	// add: a declared absent branch (Branch), or a new opinion of Party/Org with Reads and Time.
	Branch string          `json:"branch,omitempty"`
	Party  string          `json:"party,omitempty"`
	Org    string          `json:"org,omitempty"`
	Name   string          `json:"name,omitempty"`
	Reads  []string        `json:"reads,omitempty"`
	Time   calendar.Period `json:"time,omitzero"`
	// extend: the clock.
	Clock string `json:"clock,omitempty"`
	// pause: the ground of the definition, how long by Time or by the last day that
	// is not counted, Reason for the notice, and the number of the document that
	// proves it (required where the legal clock stops). resume: the ground where
	// several run; Reason is the result.
	Pause    string        `json:"pause,omitempty"`
	Until    calendar.Date `json:"until,omitzero"`
	Document string        `json:"document,omitempty"`
	// recalendar: the calendar of the case's region by now; Reason names the notice.
	Calendar *calendar.Calendar `json:"calendar,omitempty"`
	// hand: which hand-outs (empty: all that are ready), the way, and a reference to the proof of
	// delivery (required with courier: the waybill); post: the proof that it hangs. deliver: the way
	// and the proof (both required), On when it came, or was announced (empty: now).
	Items []string `json:"items,omitempty"`
	Way   string   `json:"way,omitempty"`
	Proof string   `json:"proof,omitempty"`
	// inform: Name is the interested party, Reason what touches him (both required), Time how long he may state his
	// case (empty: five working days). hear: Reason is what he says (required), Evidence with it.
	// deliver: the notice or result that has come; empty: the only one awaited. hear: the interested party; empty: the only one.
	Of string `json:"of,omitempty"`
	// terminate: lapse | death | dissolution. challenge: abuse | power | procedure | conditions | other | fraud.
	Ground string `json:"ground,omitempty"`
	// file: papers the applicant asks to bring after acceptance (容缺).
	Defer []string `json:"defer,omitempty"`
	// file: why the act came before its formalities.
	Cause *Cause `json:"cause,omitempty"`
	// file: the signed commitment to bring them (容缺受理承诺书).
	Undertaking *UndertakingIn `json:"undertaking,omitempty"`
	// file: signed promises (告知承诺), one for each the answers choose.
	Promises []PromiseIn `json:"promises,omitempty"`
	// file: the applicant's credit is bad, by the desk.
	BadCredit *Credit `json:"badCredit,omitempty"`
	// file: who files on the applicant's behalf.
	Agent *Agent `json:"agent,omitempty"`
	// accept, hand: copies compared with their originals.
	Originals []string `json:"originals,omitempty"`
	// retract: the promise; empty: the only one.
	Promise string `json:"promise,omitempty"`
	// fulfil, judge: the duty; empty: the only one open for the actor.
	Duty string `json:"duty,omitempty"`
	// fulfil, judge, challenge, defend: files that prove it.
	Evidence []Evidence `json:"evidence,omitempty"`
	// judge: met | failed | fix, where the definition allows an order to put something right: Reason, Points and
	// Until, the last day, are required then, and On is when the check was (empty: now). rectify of such an order:
	// Duty, Statements on its points, Reason and Evidence are what the holder says and shows.
	Finding string `json:"finding,omitempty"`
	// annul, keep, challenge, defend: the output in question; empty: the only one (challenge: Name is who
	// has asked for it, empty: the organ itself). correct: the output; empty: the verdict itself.
	Output string `json:"output,omitempty"`
	// rate: 1 (best) to 5; Reason is what the applicant says.
	Grade int `json:"grade,omitempty"`
	// arrange: when and where all meet; of a hearing also the account of its chair.
	// addSigner: Place is before, after or beside the actor's own (default beside).
	On    time.Time `json:"on,omitzero"`
	Place string    `json:"place,omitempty"`
	Chair string    `json:"chair,omitempty"`
	// record, recheck of a visit: the accounts of those who looked (行政许可法第三十四条).
	Inspectors []string `json:"inspectors,omitempty"`
	// record of a visit: what is to be put right; nothing: clear.
	Points []PointIn `json:"points,omitempty"`
	// record of a hearing: who has signed the record, or why not (行政许可法第四十八条).
	Signatures []Signature `json:"signatures,omitempty"`
	// record: the signed record's file (required of a hearing), correct: the corrected document's, mend: the sheet the applicant has signed; hex SHA-256.
	File string `json:"file,omitempty"`
	// correct: how the texts read afterwards.
	// mend: form fields (form.PATH) and questions, and how they read now; Papers are those put right.
	Corrections []ReadingIn `json:"corrections,omitempty"`
	// mend: the applicant has looked at what was put right and confirmed it (required).
	Confirmed bool `json:"confirmed,omitempty"`
}

// PaperIn is a paper handed in: its id in the guide and the file's identity.
type PaperIn struct {
	ID string `json:"id"`
	// Hash is the hex SHA-256 of the content.
	Hash string `json:"hash"`
	// Source is one of the guide's sources for the paper; empty: applicant, or the first of the guide.
	Source string `json:"source,omitempty"`
	// Name, Type and Size describe the file for people.
	Name string `json:"name,omitempty"`
	Type string `json:"type,omitempty"`
	Size int64  `json:"size,omitempty"`
	// Voucher is set when a source gave it.
	Voucher
	// Original: the official who hands it in has compared it with the original.
	Original bool `json:"original,omitempty"`
	// SelfMade: made by the applicant himself, who promises that it is true.
	SelfMade bool `json:"selfMade,omitempty"`
	// Letter: a letter that stands in for the paper.
	Letter bool `json:"letter,omitempty"`
	// Copies is how many were handed in; 0: one.
	Copies int `json:"copies,omitempty"`
	// SignedBy are the form paths of those who have signed it, besides the applicant.
	SignedBy []string `json:"signedBy,omitempty"`
}

// GapLine names a paper or condition of the guide and says what is wrong.
type GapLine struct {
	Of     string `json:"of"`
	Reason string `json:"reason"`
}

// Statement is the applicant's word on a line of the notice.
type Statement struct {
	Of   string `json:"of"`
	Text string `json:"text"`
}

// CheckResult is what the examination of a condition found.
type CheckResult struct {
	ID   string `json:"id"`
	OK   bool   `json:"ok"`
	Note string `json:"note,omitempty"`
}

// Take says whether a condition put to the decide is taken over into it.
type Take struct {
	// Step is the review that set the condition, Condition its text.
	Step      string `json:"step"`
	Condition string `json:"condition"`
	Taken     bool   `json:"taken"`
	Reason    string `json:"reason,omitempty"`
}

// Override is the reason for deciding against an opinion (override, grant).
type Override struct {
	Step   string `json:"step"`
	Reason string `json:"reason"`
}

// OutputIn is what a grant writes on an output.
type OutputIn struct {
	ID     string         `json:"id"`
	Number string         `json:"number,omitempty"`
	Data   map[string]any `json:"data,omitempty"`
	Hash   string         `json:"hash,omitempty"`
}
