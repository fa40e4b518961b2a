package engine

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"lianban/engine/definition"
)

// Decide judges one command on one state and says what it comes to. It is
// total: every command in every state gets events or a rejection. It changes
// nothing: the state passed in is left as it is, and the same arguments always
// give the same result.
//
// Before an act of time t is judged, every expiry due at or before t is applied
// (rule 3.1.3); those events stand even when the act is refused. The act's time
// is never before the last change of the case (rule 3.1.1).
func Decide(r *Rules, s *State, cmd Command) Result {
	cmd.At = instant(cmd.At)
	if s == nil {
		if cmd.Do != File {
			return Result{Rejection: reject(NotFound, "案件不存在", "there is no such case")}
		}
		res := open(r, cmd)
		res.Rejection = r.inWords(nil, res.Rejection)
		return res
	}
	d := deciders.Get().(*decider)
	defer d.forget()
	d.r, d.under, d.s, d.cmd = r.at(s), r, s.clone(), cmd
	at := cmd.At
	if at.Before(s.Last) {
		at = s.Last
	}
	d.expire(at)
	if cmd.Do == Tick {
		return d.result(nil)
	}
	d.now, d.by, d.command, d.do = at, cmd.By, cmd.ID, cmd.Do
	do, rejection := d.judge(&d.cmd)
	if rejection != nil {
		return d.result(r.inWords(d.s, rejection))
	}
	if parties := d.moved(cmd.Parties); parties != nil {
		d.emit(PartiesResolved{Parties: parties})
	}
	do()
	d.settle()
	return d.result(nil)
}

// deciders are decisions done with, for their memory: a command is large, and a
// judge that keeps a pointer to it until its closure runs would take it to the
// heap; and how many events a command comes to is known at its end alone.
var deciders = sync.Pool{New: func() any { return new(decider) }}

func (d *decider) forget() {
	events := d.events
	clear(events)
	*d = decider{events: events[:0]}
	deciders.Put(d)
}

// instant is the precision the log keeps.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// decider is one decision under way: a copy of the state that moves with each
// event emitted, so that every rule looks at the case as it is by now.
type decider struct {
	r       *Rules
	under   *Rules // with the calendar the case was filed under; nil: the same
	s       *State
	now     time.Time
	by      Actor
	command string
	do      Act
	cmd     Command
	events  []Event
	// base is the part of env that filing gives, while it holds.
	base *definition.Env
	// accepting: the case is being accepted in this very decision (3.8.2).
	accepting bool
	// opens is the step whose opening is being made.
	opens *definition.Node
}

func (d *decider) emit(b Body) {
	d.events = append(d.events, Event{
		Seq: d.s.Seq + 1, At: d.now, Type: b.Type(), By: d.by.who(), Command: d.command, Do: d.do, Body: b,
	})
	d.s.record(&d.events[len(d.events)-1])
	switch b.(type) {
	case CaseFiled, CaseReceived, PreReviewAnswered, AnswerReceived, AnswersAmended, MendedOnSpot:
		d.base = nil
	}
}

func (d *decider) result(rejection *Rejection) Result {
	d.s.share()
	return Result{Events: append([]Event(nil), d.events...), State: d.s, Rejection: rejection}
}

// An act is judged in two phases: its judge looks only and returns either a
// rejection or what is to be done. So nothing can be half done.
type judge func(d *decider, cmd *Command) (func(), *Rejection)

// judges maps each act to its judge. Order of checks in every judge: exists →
// allowed → state → rule.
var judges map[Act]judge

func init() {
	judges = map[Act]judge{
		Gap: judgeGap, Clear: judgeClear, Answer: judgeAnswer, Accept: judgeAccept, Refuse: judgeRefuse,
		Claim: judgeClaim, Release: judgeRelease, Pass: judgePass, SendBack: judgeSendBack,
		Grant: judgeVerdict, Deny: judgeVerdict, Agree: judgeVerdict, AgreeWith: judgeVerdict,
		Disagree: judgeVerdict, NotConcerned: judgeVerdict, NeedsUpper: judgeNeedsUpper,
		StopBlock: judgeObjection, ContinueBlock: judgeObjection, Return: judgeReturn,
		Drop: judgeDrop, Add: judgeAdd, Amend: judgeAmend, Extend: judgeExtend, Hand: judgeHand,
		Withdraw: judgeWithdraw, Terminate: judgeTerminate,
	}
	// A subject with a file of its own lists its judges there and is named here.
	for _, more := range []map[Act]judge{
		pauseJudges,
		peopleJudges,
		signerJudges,
		talkJudges,
		handOverJudges,
		vacancyJudges,
		dutyJudges,
		calendarJudges,
		ratingJudges,
		visitJudges,
		postingJudges,
		hearingJudges,
		correctionJudges,
		promiseJudges,
		overrideJudges,
		deliverJudges,
		challengeJudges,
		interestedJudges,
		mendJudges,
		askTimeJudges,
	} {
		maps.Copy(judges, more)
	}
}

func (d *decider) judge(cmd *Command) (func(), *Rejection) {
	j, ok := judges[cmd.Do]
	if !ok {
		return nil, reject(WrongAct, "没有“"+string(cmd.Do)+"”这一操作", "there is no act "+string(cmd.Do)).
			want(join(slices.Concat(PersonActs, ApplicantActs)), string(cmd.Do))
	}
	if d.s.Status == Closed && !d.s.outlasts(cmd.Do) {
		return nil, reject(AlreadyClosed, "案件已办结，只能查看", "the case is closed; it can only be read").
			want("an open case", "closed")
	}
	if cmd.Seq != 0 && cmd.Seq != d.s.Seq {
		return nil, reject(Stale, "办件在您查看之后已有变化，请重新查看后再办", "the case has moved on since you looked at it; look again").
			want("seq "+strconv.FormatInt(cmd.Seq, 10), "seq "+strconv.FormatInt(d.s.Seq, 10)).at("seq")
	}
	if cmd.Step != "" && d.r.node(d.s, cmd.Step) == nil {
		return nil, reject(NotFound, "本案没有环节“"+cmd.Step+"”", "this case has no step "+cmd.Step).at(cmd.Step)
	}
	if d.s.Status == PreReview {
		switch {
		case !slices.Contains(beforeReceipt, cmd.Do):
			return nil, reject(NotOpen, "本案正在预审，尚未收件", "the case is being pre-reviewed and not received yet").want("a received case", string(PreReview)).at(cmd.Step)
		case cmd.Do == Gap || cmd.Do == Clear:
			j = judgePreview
		case cmd.Do == Answer:
			j = judgePreAnswer
		}
	}
	return j(d, cmd)
}

// moved gives the parties with the directory's new answer, nil when nothing moved.
func (d *decider) moved(answer map[string]string) []PartyOrg {
	if len(answer) == 0 {
		return nil
	}
	var parties []PartyOrg
	for i, p := range d.s.Parties {
		if org, ok := answer[p.Party]; ok && org != "" && org != p.Org {
			if parties == nil {
				parties = slices.Clone(d.s.Parties)
			}
			parties[i].Org = org
		}
	}
	return parties
}

// node finds a step of the plan or an opinion added to the case.
func (r *Rules) node(s *State, id string) *definition.Node {
	if n := r.Plan.Node(id); n != nil {
		return n
	}
	for i := len(r.Plan.Nodes); i < len(s.Steps); i++ {
		if s.Steps[i].ID == id {
			return r.added(s.Steps[i], i)
		}
	}
	return nil
}

// added makes a node of an added opinion, so that it runs like a declared one.
func (r *Rules) added(st *StepState, index int) *definition.Node {
	a := st.Added
	parent := r.Plan.Node(a.Block)
	return &definition.Node{
		Step: &definition.Step{
			Kind: definition.KindReview, ID: st.ID, Name: a.Name, By: a.Party, Reads: a.Reads,
			Limit:  &definition.Limit{Times: []definition.TimedPeriod{{Time: a.Time}}, From: "start", Late: lateMark},
			Review: &definition.Work{Chain: []definition.Link{{Roles: []definition.RoleLimit{{Role: RoleHandle}}}}},
		},
		Index: index, Parent: parent, Depth: parent.Depth + 1,
	}
}

// nodes lists all steps of the case, added opinions last.
func (d *decider) nodes() []*definition.Node {
	if len(d.s.Steps) == len(d.r.Plan.Nodes) {
		return d.r.Plan.Nodes
	}
	all := slices.Clone(d.r.Plan.Nodes)
	for i := len(all); i < len(d.s.Steps); i++ {
		all = append(all, d.r.added(d.s.Steps[i], i))
	}
	return all
}

// children lists the direct members of a group, added opinions last.
func (d *decider) children(g *definition.Node) []*definition.Node {
	kids := g.Children
	for i := len(d.r.Plan.Nodes); i < len(d.s.Steps); i++ {
		if d.s.Steps[i].Added.Block == g.ID {
			kids = add(kids, d.r.added(d.s.Steps[i], i))
		}
	}
	return kids
}

// st is the state of a node's step; it must not be kept across an emit that
// may add steps.
func (d *decider) st(n *definition.Node) *StepState { return d.s.Steps[n.Index] }

// inside lists the ids of a node and everything in it, parents first.
func (d *decider) inside(n *definition.Node) []string {
	ids := []string{n.ID}
	if n.Group() {
		for _, c := range d.children(n) {
			ids = append(ids, d.inside(c)...)
		}
	}
	return ids
}

// --- who may ---------------------------------------------------------------

// departmentRanks orders the roles of a department: who may do a later role's
// work may also do an earlier one's (an approver concludes what a handler may).
var departmentRanks = []string{RoleHandle, RoleCheck, RoleApprove, RoleOrganHead}

// holds says whether somebody with these roles may do the work of role.
func holds(roles []string, role string) bool {
	if slices.Contains(roles, role) {
		return true
	}
	rank := slices.Index(departmentRanks, role)
	if role == RoleLead {
		rank = slices.Index(departmentRanks, RoleApprove)
	}
	for _, have := range roles {
		if h := slices.Index(departmentRanks, have); rank >= 0 && h >= rank {
			return true
		}
	}
	return false
}

// may says whether the actor works for org in role.
func (a Actor) may(org, role string) bool {
	return a.Kind == Person && org != "" && a.Org == org && holds(a.Roles, role)
}

// deskRole is the role that works for a party outside chains: the clerk of a
// hall, the handler of everybody else.
func (d *decider) deskRole(party string) string { return d.r.deskRole(party) }

func (r *Rules) deskRole(party string) string {
	for i := range r.Plan.Def.Parties {
		if p := &r.Plan.Def.Parties[i]; p.ID == party && p.Kind == "hall" {
			return RoleClerk
		}
	}
	return RoleHandle
}

// desk is the party that takes the case in: the intake's, else the lead.
func (d *decider) desk() (party, org string) {
	party = d.r.desk()
	return party, d.s.Org(party)
}

func (r *Rules) desk() string {
	if n := r.Plan.Intake; n != nil {
		return n.By
	}
	return r.Plan.Def.Item.Lead
}

// atDesk says whether the actor is the applicant or a clerk recording for him.
func (d *decider) atDesk(a Actor) bool {
	party, org := d.desk()
	return a.Kind == Applicant || d.may(a, org, d.deskRole(party))
}

// leads refuses everybody but the lead department's coordinator or approver.
func (d *decider) leads(a Actor) *Rejection {
	lead := d.r.Plan.Def.Item.Lead
	if d.may(a, d.s.Org(lead), RoleLead) {
		return nil
	}
	return reject(NotAllowed, "只有牵头部门的牵头协调人或批准人可以这样做", "only the coordinator or an approver of the lead department may do this").
		want(lead+"."+RoleLead, a.String())
}

// String names an actor by organisation and roles, never by person.
func (a Actor) String() string {
	if a.Kind != Person {
		return string(a.Kind)
	}
	return a.Org + "." + strings.Join(slices.Concat(a.Roles, a.Beyond), "+")
}

// --- finding the task an act is for ----------------------------------------

// task finds the open task of a kind the act is meant for. The message of a
// rejection depends on how far the search came: no such step, not open, not
// yours, claimed by somebody else, or more than one.
func (d *decider) task(cmd *Command, kinds ...TaskKind) (*Task, *Rejection) {
	if cmd.Task != "" && d.s.Task(cmd.Task) == nil {
		return nil, reject(NotFound, "本案没有工作“"+cmd.Task+"”", "this case has no task "+cmd.Task).at("task")
	}
	var room [2][8]*Task // nearly always enough, and not on the heap
	open, mine := room[0][:0], room[1][:0]
	ended := false
	for i := range d.s.Tasks {
		t := d.s.Tasks[i]
		if cmd.Step != "" && t.Step != cmd.Step || cmd.Task != "" && t.ID != cmd.Task || !slices.Contains(kinds, t.Kind) {
			continue
		}
		if t.Status != TaskOpen {
			ended = true
			continue
		}
		open = append(open, t)
		if d.mine(t, cmd.By) {
			mine = append(mine, t)
		}
	}
	switch {
	case len(mine) > 0:
		return d.pick(cmd, mine)
	case len(open) > 0:
		expected := make([]string, len(open))
		for i, t := range open {
			expected[i] = t.Party + "." + t.Role
		}
		return nil, reject(NotAllowed, "这项工作不归您的单位或岗位办理", "this is not a task of your organisation and role").
			want(strings.Join(slices.Compact(expected), ", "), cmd.By.String()).at(cmd.Step)
	case ended:
		return nil, reject(NotOpen, "这项工作已经办完或已取消", "this task is already done or was cancelled").
			want("an open task", "done").at(cmp0(cmd.Task, cmd.Step))
	case cmd.Step != "":
		st := d.s.Step(cmd.Step)
		zh, en := "环节“"+cmd.Step+"”现在没有可办的这类工作", "step "+cmd.Step+" has no such task open now"
		if st.Status == Waiting && d.s.AcceptedOn == nil {
			zh, en = "本案尚未受理，环节“"+cmd.Step+"”还没有开始", "the case is not accepted yet; step "+cmd.Step+" has not begun"
		}
		return nil, reject(NotOpen, zh, en).want("an open task", string(st.Status)+suffix(st.End)).at(cmd.Step)
	}
	return nil, reject(NotOpen, "现在没有可以这样办理的工作", "no task is open for this act now").want(join(kinds), "none")
}

// claimsNext is the engine version from which on whoever holds a task of a step and
// claims there once more claims the next one.
const claimsNext = 11

// pick chooses among the actor's open tasks: the one he has claimed (but to claim it
// again, for which it comes last), else that of his own role, else one he may stand in for.
func (d *decider) pick(cmd *Command, mine []*Task) (*Task, *Rejection) {
	var best *Task
	rank := func(t *Task) int {
		switch {
		case cmd.By.is(t.Claimed) && cmd.Do == Claim && d.s.since(claimsNext):
			return 0
		case cmd.By.is(t.Claimed):
			return 3
		case slices.Contains(cmd.By.Roles, t.Role): // side by side in one link: rather his own role's than one he could stand in for
			return 2
		}
		return 1
	}
	several := false
	for _, t := range mine {
		if t.Claimed != "" && !cmd.By.is(t.Claimed) {
			continue
		}
		several = several || best != nil && t.Step != best.Step
		if best == nil || rank(t) > rank(best) {
			best = t
		}
	}
	switch {
	case best == nil:
		return nil, reject(Claimed, "这项工作已由他人认领", "somebody else has claimed this task").at(mine[0].ID)
	case several:
		var names []string
		for _, t := range mine {
			if t.Claimed == "" || cmd.By.is(t.Claimed) {
				names = append(names, t.Step)
			}
		}
		slices.Sort(names)
		return nil, reject(BadData, "有多个环节可办，请指明环节", "several steps are open for you; name one").
			want("step: one of "+strings.Join(slices.Compact(names), ", "), "none").at("step")
	}
	return best, nil
}

// mine says whether the actor may do the task by organisation and role.
func (d *decider) mine(t *Task, a Actor) bool {
	if t.Party == applicant {
		return d.atDesk(a)
	}
	if t.Signer != "" || t.Owner != "" && a.is(t.Claimed) { // an added signature is one person's; a delegate needs no role
		return a.Org == t.Org && a.is(cmp0(t.Signer, t.Claimed))
	}
	return d.may(a, t.Org, t.Role)
}

func judgeClaim(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, holding...)
	if rej != nil {
		return nil, rej
	}
	if t.Party == applicant {
		return nil, reject(WrongAct, "申请人的事项不需认领", "what the applicant has to do is not claimed").at(t.ID)
	}
	if cmd.By.is(t.Claimed) {
		return nil, reject(Claimed, "您已认领这项工作", "you have already claimed this task").at(t.ID)
	}
	if t.Kind == TaskWork {
		if rej := d.separate(cmd.By, d.r.node(d.s, t.Step)); rej != nil {
			return nil, rej
		}
	}
	id := t.ID
	return func() { d.emit(TaskClaimed{Task: id}) }, nil
}

func judgeRelease(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, holding...)
	if rej != nil {
		return nil, rej
	}
	if rej := delegated(t); rej != nil {
		return nil, rej
	}
	if t.Signer != "" {
		return nil, reject(WrongAct, "加签只能由本人办理，不能放回；可请减签", "an added signature is one person's and cannot be put back; have it removed").
			want("removeSigner", "release").at(t.ID)
	}
	if !cmd.By.is(t.Claimed) {
		return nil, reject(NotOpen, "您没有认领这项工作", "you have not claimed this task").want("claimed by you", "unclaimed").at(t.ID)
	}
	id := t.ID
	return func() { d.emit(TaskReleased{Task: id}) }, nil
}

// --- rejections ------------------------------------------------------------

const licensingLaw = "中华人民共和国行政许可法"

func reject(code Code, zh, en string) *Rejection { return &Rejection{Code: code, Zh: zh, En: en} }

func (r *Rejection) want(expected, actual string) *Rejection {
	r.Expected, r.Actual = expected, actual
	return r
}

func (r *Rejection) at(where string) *Rejection {
	r.Where = where
	return r
}

// under names the article of the Administrative Licensing Law that is the reason.
func (r *Rejection) under(article string) *Rejection {
	r.Law = &definition.Article{Law: licensingLaw, Article: article}
	return r
}

func needReason(cmd *Command) *Rejection {
	if strings.TrimSpace(cmd.Args.Reason) != "" {
		return nil
	}
	return reject(ReasonNeeded, "须写明理由", "a reason is needed").want("reason", "none").at("reason")
}

func join[T ~string](words []T) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return strings.Join(out, ", ")
}

func cmp0(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func suffix(e End) string {
	if e == "" {
		return ""
	}
	return ": " + string(e)
}
