package definition

import "lianban/engine/calendar"

// Expr is the source text of an expression of the language (section "Names in
// expressions" of the language reference). The empty Expr stands for the
// default of the key it belongs to, mostly "always".
type Expr string

// Article is one legal ground: a law and, where it is known, its article.
// A basis written as plain text has an empty Article.
type Article struct {
	Law     string `json:"law"`
	Article string `json:"article,omitempty"`
}

// Definition is one version of one service item with every default filled in:
// its guide, its papers, its process and its clocks. It is plain data; two
// definitions are the same when their canonical JSON (Canonical) is the same.
type Definition struct {
	Language    string         `json:"language"`
	Item        Item           `json:"item"`
	Parameters  []Parameter    `json:"parameters,omitempty"`
	Parties     []Party        `json:"parties,omitempty"`
	Guide       []GuideText    `json:"guide,omitempty"`
	Situations  []Situation    `json:"situations,omitempty"`
	Form        map[string]any `json:"form,omitempty"` // JSON Schema 2020-12, dictionary references resolved
	Materials   []Material     `json:"materials,omitempty"`
	Conditions  []Condition    `json:"conditions,omitempty"`
	Pauses      []Pause        `json:"pauses,omitempty"`
	Commitments []Commitment   `json:"commitments,omitempty"`
	ActFirst    *ActFirst      `json:"actFirst,omitempty"`
	Duties      []Duty         `json:"duties,omitempty"`
	Process     []*Step        `json:"process"`
}

// Item is the head of a definition: what can be applied for, under which law,
// and who answers for the whole.
type Item struct {
	Code      string    `json:"code"`
	Name      string    `json:"name"`
	Version   string    `json:"version"`
	Effective string    `json:"effective"` // new cases from this day, 2006-01-02
	Type      ItemType  `json:"type"`
	Level     string    `json:"level"`
	Handling  string    `json:"handling"`       // promised | instant
	Mode      string    `json:"mode,omitempty"` // unified | joint | centralised, 行政许可法第二十六条
	Lead      string    `json:"lead"`           // party
	Basis     []Article `json:"basis"`
	Channels  []string  `json:"channels"`
	Agents    bool      `json:"agents,omitempty"`
	Visits    int       `json:"visits,omitempty"`
	Originals string    `json:"originals"`
	Quota     bool      `json:"quota,omitempty"`
	Statutory *Limit    `json:"statutory,omitempty"` // legal clock of the case
	Promised  *Limit    `json:"promised,omitempty"`  // promise clock of the case
	Rating    *Rating   `json:"rating,omitempty"`
}

// Rating invites the applicant to rate the case once it is closed (好差评,
// 国办发〔2019〕51号): one case one rating, voluntary.
type Rating struct {
	// Open is how long he may, from closing.
	Open calendar.Period `json:"open"`
	// FollowUp is how long By, the party that calls back and puts right, has after a bad one.
	FollowUp calendar.Period `json:"followUp"`
	By       string          `json:"by"`
}

// ItemType says which legal defaults hold (GB/T 39046 annex A names the codes).
type ItemType string

// The item types of the language.
const (
	Licence       ItemType = "licence"
	Benefit       ItemType = "benefit"
	Confirmation  ItemType = "confirmation"
	Inspection    ItemType = "inspection"
	Levy          ItemType = "levy"
	Award         ItemType = "award"
	Ruling        ItemType = "ruling"
	Other         ItemType = "other"
	PublicService ItemType = "public-service"
	Programme     ItemType = "programme"
)

// Parameter is a value a region may set when it claims the item.
type Parameter struct {
	ID      string `json:"id"`
	Type    string `json:"type"` // boolean | number | duration | text | party
	Default any    `json:"default,omitempty"`
	Max     any    `json:"max,omitempty"`
	Options []any  `json:"options,omitempty"`
	Value   any    `json:"value,omitempty"` // after Resolve: the claim's value, else the default
}

// Party is a legal body that takes part, by its role in this item. The
// directory says which organisation plays it in which region.
type Party struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"` // hall | department | government | enterprise | organisation
	At   Expr   `json:"at"`   // region or organisation code the directory starts from
}

// GuideText is one free text of the public guide, in written order.
type GuideText struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Situation is a guided question, or a value derived from earlier answers (Is).
type Situation struct {
	ID      string   `json:"id"`
	Ask     string   `json:"ask,omitempty"`
	Type    string   `json:"type"` // boolean | number | choice | choices
	Options []Option `json:"options,omitempty"`
	Min     *float64 `json:"min,omitempty"`
	Max     *float64 `json:"max,omitempty"`
	When    Expr     `json:"when,omitempty"`
	From    []Source `json:"from,omitempty"`
	Is      Expr     `json:"is,omitempty"`
}

// Option is one choice of a question, in written order.
type Option struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// Source is one place a paper or an answer may come from. Exactly one of Name,
// Data and Party is set.
type Source struct {
	Name  string `json:"name,omitempty"`  // e-licence | library | project | intermediary | applicant
	Data  string `json:"data,omitempty"`  // a data source
	Party string `json:"party,omitempty"` // a party of this item gives it
}

// Material is one paper the published guide may ask for (行政许可法第三十、三十一条:
// nothing outside this list may be demanded).
type Material struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Basis    []Article     `json:"basis"`
	From     []Source      `json:"from"`
	Form     string        `json:"form"` // electronic | copy | original
	Count    int           `json:"count"`
	When     Expr          `json:"when,omitempty"`
	SignedBy []string      `json:"signedBy,omitempty"` // form paths, or "applicant"
	Defer    *Defer        `json:"defer,omitempty"`
	Letter   *LetterInLieu `json:"letter,omitempty"`
}

// Defer allows a paper to follow after acceptance (容缺受理).
type Defer struct {
	Before string          `json:"before"`
	Time   calendar.Period `json:"time"`
	Late   string          `json:"late"` // mark | lapse | revoke
	// Extend gives more time for force majeure, on the applicant's request.
	Extend *OnRequest `json:"extend,omitempty"`
}

// LetterInLieu allows a letter to stand in for a paper (以函代证).
type LetterInLieu struct {
	Before string          `json:"before,omitempty"`
	Time   calendar.Period `json:"time"`
}

// Condition is what is examined; correction lines and denials name it.
type Condition struct {
	ID    string    `json:"id"`
	Text  string    `json:"text"`
	Basis []Article `json:"basis"`
	When  Expr      `json:"when,omitempty"`
}

// Pause is a ground on which clocks may stop (行政许可法第四十五条).
type Pause struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"`
	Stops  []string        `json:"stops"` // statutory, promised
	Max    calendar.Period `json:"max"`
	Notice string          `json:"notice,omitempty"`
	Basis  []Article       `json:"basis,omitempty"`
}

// Commitment is the informed promise that replaces papers (告知承诺).
type Commitment struct {
	ID       string    `json:"id"`
	When     Expr      `json:"when"`
	Step     string    `json:"step"`
	Replaces []string  `json:"replaces,omitempty"`
	Text     string    `json:"text"`
	Basis    []Article `json:"basis"`
}

// ActFirst lets the act come before its formalities (先办后补).
type ActFirst struct {
	When  Expr            `json:"when"`
	Time  calendar.Period `json:"time"`
	From  string          `json:"from"` // form path
	Basis []Article       `json:"basis"`
}

// Duty is an obligation outside the steps; it may live on after closing.
type Duty struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	By      string `json:"by"` // party or "applicant"
	When    Expr   `json:"when,omitempty"`
	Limit   *Limit `json:"limit"`
	Before  string `json:"before,omitempty"` // step or "closing"
	Affects string `json:"affects,omitempty"`
	Late    string `json:"late"` // mark | revoke
	// Fix: what falls short is ordered to be put right before the duty is found failed.
	Fix   *Fix      `json:"fix,omitempty"`
	Basis []Article `json:"basis"`
}

// Fix is the order to put something right within a time (责令限期整改): what a check
// after the grant may do before it fails the duty.
type Fix struct {
	Time    calendar.Period `json:"time"`    // the most the holder may be given
	Notice  calendar.Period `json:"notice"`  // from the check to the order
	Recheck calendar.Period `json:"recheck"` // from the holder's word, or the end of his time
	Times   int             `json:"times"`
	// Extend gives the holder more time, before his is over.
	Extend *MoreToFix `json:"extend,omitempty"`
}

// MoreToFix says by how much, by whom and how often the time of an order is made longer.
type MoreToFix struct {
	Time  calendar.Period `json:"time"`
	Role  string          `json:"role"` // handle: whoever judges the duty, or heads that organ | organ-head | lead
	Times int             `json:"times"`
}

// Limit is a time limit: how long, counted from what, who may extend it and
// what happens when it runs out.
type Limit struct {
	Times  []TimedPeriod `json:"times"` // the first whose When holds; the last has none
	From   string        `json:"from"`  // start | receipt | acceptance | decision | step or output id | form path
	Extend *Extension    `json:"extend,omitempty"`
	Late   string        `json:"late"` // word of section "late"
	Basis  []Article     `json:"basis,omitempty"`
}

// TimedPeriod is one choice of a limit.
type TimedPeriod struct {
	When Expr            `json:"when,omitempty"`
	Time calendar.Period `json:"time"`
}

// Extension says by how much, by whom and how often a limit may be extended
// (行政许可法第四十二条).
type Extension struct {
	Time  calendar.Period `json:"time"`
	Role  string          `json:"role"` // organ-head | government-head | lead
	Times int             `json:"times"`
}

// OnRequest says by how much, by whom and how often a time of the applicant's own is
// made longer when he asks for it.
type OnRequest struct {
	Time  calendar.Period `json:"time"`
	Role  string          `json:"role"` // clerk | organ-head | lead
	Times int             `json:"times"`
}

// Kind is the kind of a step.
type Kind string

// The step kinds of the language.
const (
	KindIntake    Kind = "intake"
	KindReview    Kind = "review"
	KindDecide    Kind = "decide"
	KindSequence  Kind = "sequence"
	KindParallel  Kind = "parallel"
	KindVisit     Kind = "visit"
	KindPublicity Kind = "publicity"
	KindHearing   Kind = "hearing"
	KindPay       Kind = "pay"
	KindCall      Kind = "call"
	KindIssue     Kind = "issue"
	KindCase      Kind = "case"
	KindInclude   Kind = "include"
)

// Step is one step of the process. Exactly one of the kind fields below the
// common keys is set, the one Kind names.
type Step struct {
	Kind     Kind     `json:"kind"`
	ID       string   `json:"id"`
	Name     string   `json:"name,omitempty"`
	When     Expr     `json:"when,omitempty"`
	By       string   `json:"by,omitempty"` // party; empty on groups and case steps
	Limit    *Limit   `json:"limit,omitempty"`
	Warn     Warnings `json:"warn,omitempty"` // nil: 20 %, at least 1wd
	Needs    []Need   `json:"needs,omitempty"`
	Reads    []string `json:"reads,omitempty"` // paper, output, step, call, form.x
	After    []string `json:"after,omitempty"` // sibling ids or outputs given in them
	Optional bool     `json:"optional,omitempty"`

	Sequence  *Sequence  `json:"sequence,omitempty"`
	Parallel  *Parallel  `json:"parallel,omitempty"`
	Intake    *Intake    `json:"intake,omitempty"`
	Review    *Work      `json:"review,omitempty"`
	Decide    *Decide    `json:"decide,omitempty"`
	Visit     *Visit     `json:"visit,omitempty"`
	Publicity *Publicity `json:"publicity,omitempty"`
	Hearing   *Hearing   `json:"hearing,omitempty"`
	Pay       *Pay       `json:"pay,omitempty"`
	Call      *Call      `json:"call,omitempty"`
	Issue     *Issue     `json:"issue,omitempty"`
	Case      *Child     `json:"case,omitempty"`
	Include   *Include   `json:"include,omitempty"`
}

// Need is one entry of a step's gate: a step, paper or duty that must be
// there before the step may end positively, where When holds.
type Need struct {
	ID   string `json:"id"`
	When Expr   `json:"when,omitempty"`
}

// Sequence runs its steps one after another.
type Sequence struct {
	Steps []*Step `json:"steps"`
}

// Parallel runs its branches side by side.
type Parallel struct {
	Branches  []*Step `json:"branches"`
	Passes    Expr    `json:"passes,omitempty"`
	Objection string  `json:"objection"` // finish | stop | lead
}

// Intake is the one window: receipt, the one correction notice, acceptance
// (行政许可法第三十二条).
type Intake struct {
	PreReview *calendar.Period `json:"preReview,omitempty"`
	Collect   *Collect         `json:"collect,omitempty"`
	Answer    *Answer          `json:"answer,omitempty"`
}

// Collect is the window in which all departments look at the papers.
type Collect struct {
	Time calendar.Period `json:"time"`
	From string          `json:"from"` // receipt | gap
}

// Answer is the applicant's time to answer the notice.
type Answer struct {
	Time calendar.Period `json:"time"`
	// From: the notice (empty), or its delivery.
	From string `json:"from,omitempty"`
	Late string `json:"late"` // lapse | mark | ask
	// Extend gives more time on the applicant's request.
	Extend *OnRequest `json:"extend,omitempty"`
}

// Link is one link of a chain inside a department: one role, or several people.
type Link struct {
	Roles []RoleLimit `json:"roles"`
	// Mode says how several people pass: empty, all of them side by side.
	Mode string `json:"mode,omitempty"`
	// Share is how many of them, or how much of their weights, are enough (LinkShare).
	Share int `json:"share,omitempty"`
}

// The ways several people of a link pass, besides all of them side by side.
const (
	LinkAny   = "any"   // 或签: one of them is enough
	LinkOrder = "order" // 依次会签: one after another
	LinkShare = "share" // 票签: as soon as enough have passed
)

// RoleLimit is a role in a chain with its node clock, if any.
type RoleLimit struct {
	Role string           `json:"role"`
	Time *calendar.Period `json:"time,omitempty"`
	// Weight is what the role's pass counts in a link that passes by share; 0: one.
	Weight int `json:"weight,omitempty"`
}

// Work is what review and decide steps share: the chain inside the
// department, what it examines and which pauses it may begin.
type Work struct {
	Chain    []Link   `json:"chain"`
	Checks   []string `json:"checks,omitempty"`
	Pauses   []string `json:"pauses,omitempty"`
	Protects []string `json:"protects,omitempty"` // safety, environment, health, finance: no silence rule
}

// Decide is a department's own legal act, or the lead's conclusion.
type Decide struct {
	Work
	Item      Matter   `json:"item"`
	Statutory *Limit   `json:"statutory,omitempty"`
	Gives     []Output `json:"gives,omitempty"`
	Back      []string `json:"back,omitempty"`
	Times     int      `json:"times"`
	Tells     []string `json:"tells,omitempty"`
}

// Matter is the matter a decide step decides.
type Matter struct {
	Code  string    `json:"code,omitempty"`
	Name  string    `json:"name"`
	Type  ItemType  `json:"type"`
	Basis []Article `json:"basis,omitempty"`
}

// Output is what a decide gives when it grants.
type Output struct {
	ID       string           `json:"id"`
	Kind     string           `json:"kind"` // certificate | approval | registration | notice
	Name     string           `json:"name"`
	Validity *calendar.Period `json:"validity,omitempty"`
	Data     map[string]any   `json:"data,omitempty"` // JSON Schema
	Seals    []string         `json:"seals,omitempty"`
}

// Visit is the joint site visit (联合踏勘).
type Visit struct {
	Parties    []string         `json:"parties,omitempty"`
	Inspectors int              `json:"inspectors"`
	Pause      string           `json:"pause,omitempty"`
	Rectify    *Rectify         `json:"rectify,omitempty"`
	Recheck    *calendar.Period `json:"recheck,omitempty"`
	Rounds     int              `json:"rounds"`
}

// Rectify is the applicant's time to put the open points of a visit right.
type Rectify struct {
	Time  calendar.Period `json:"time"`
	Pause string          `json:"pause,omitempty"`
}

// Publicity is a posting with its time for objections (公示).
type Publicity struct {
	Time  calendar.Period `json:"time"`
	Where []string        `json:"where"`
	Shows []string        `json:"shows"`
	Pause string          `json:"pause,omitempty"`
	Back  []string        `json:"back,omitempty"`
	Times int             `json:"times"`
}

// Hearing is a hearing on notice (听证, 行政许可法第四十六至四十八条).
type Hearing struct {
	Required bool     `json:"required,omitempty"`
	Chair    string   `json:"chair,omitempty"`
	Parties  []string `json:"parties,omitempty"`
	Pause    string   `json:"pause"`
	// From is what the time to ask counts from: being told (empty), or the delivery.
	From string `json:"from,omitempty"`
}

// Pay is a fee with its basis (行政许可法第五十八条).
type Pay struct {
	Amount Expr      `json:"amount"`
	Basis  []Article `json:"basis"`
	Pause  string    `json:"pause,omitempty"`
}

// Call asks an outside system.
type Call struct {
	System  string         `json:"system"`
	Ask     string         `json:"ask,omitempty"`
	Send    []SendField    `json:"send,omitempty"`
	Answer  map[string]any `json:"answer"` // JSON Schema
	Without any            `json:"without,omitempty"`
}

// SendField is one value sent to an outside system.
type SendField struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

// Issue hands out outputs and written denials at one window.
type Issue struct {
	Ways    []string `json:"ways"`    // counter, courier, online
	Outputs string   `json:"outputs"` // together | as-ready
}

// Child is a child case of another item.
type Child struct {
	Item   string          `json:"item"`
	Open   calendar.Period `json:"open"`
	Refile bool            `json:"refile,omitempty"`
	Gives  []string        `json:"gives,omitempty"`
}

// Include stands for the steps of a fragment until Resolve puts them there.
type Include struct {
	Fragment string `json:"fragment"`
	Version  string `json:"version"`
	For      []Copy `json:"for,omitempty"`
}

// Copy is one copy of an included fragment.
type Copy struct {
	As   string         `json:"as"`
	With map[string]any `json:"with,omitempty"`
	When Expr           `json:"when,omitempty"`
}
