package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/engine/supervision"
)

// Report is what running a scenario file came to.
type Report struct {
	Cases    int       `json:"cases"`
	Acts     int       `json:"acts"`
	Failures []Failure `json:"failures,omitempty"`
	Coverage Coverage  `json:"coverage"`
	Played   []Case    `json:"played,omitempty"`
}

// Case is what one scenario came to.
type Case struct {
	Name     string              `json:"name"`
	Position definition.Position `json:"position"`
	Acts     int                 `json:"acts"`
	Failures int                 `json:"failures,omitempty"`
	// Opened and Absent are the steps that were open, or found absent; Ended how the others ended, in every round.
	Opened []string    `json:"opened,omitempty"`
	Absent []string    `json:"absent,omitempty"`
	Ended  []EndedStep `json:"ended,omitempty"`
}

// EndedStep is how a step ended in one round.
type EndedStep struct {
	Step string `json:"step"`
	End  string `json:"end"`
}

// OK says whether every expectation held.
func (r *Report) OK() bool { return len(r.Failures) == 0 }

// Failure is one expectation that did not hold, at its place in the file.
type Failure struct {
	Position definition.Position `json:"position"`
	Case     string              `json:"case"`
	Text     calendar.Text       `json:"text"`
}

// Coverage says what the scenarios reached.
type Coverage struct {
	// Opened and Absent are the steps that were open, or found absent, in some case.
	Opened []string `json:"opened"`
	Absent []string `json:"absent"`
	// Never are the steps no scenario reached.
	Never []string `json:"never,omitempty"`
	// OneSided are the steps whose condition was only ever true, or only ever false.
	OneSided []string `json:"oneSided,omitempty"`
}

type run struct {
	rules   *engine.Rules
	file    *definition.Scenarios
	report  *Report
	opened  map[string]bool
	absent  map[string]bool
	done    *Case
	papers  int
	acts    int
	current *definition.Scenario
	state   *engine.State
	watch   func(engine.Event)
	// cast finds people for a play, which names nobody beforehand.
	cast func(name string) (engine.Actor, bool)
	// cards follows the case by the rules of supervision; nil: nobody does.
	supervise *supervision.Rules
	cards     *supervision.Watch
	now       time.Time
	headless  map[string]bool // organisations nobody heads
}

// Run runs all cases of a scenario file on one definition and calendar. The cards a
// file expects are those of the rules of supervision; nil: there are none.
func Run(rules *engine.Rules, supervise *supervision.Rules, file *definition.Scenarios) *Report {
	return watched(rules, supervise, file, func(engine.Event) {})
}

// Watch is Run for those who want to see what happens: watch is given every event, case after case.
func Watch(rules *engine.Rules, file *definition.Scenarios, watch func(engine.Event)) *Report {
	return watched(rules, nil, file, watch)
}

func watched(rules *engine.Rules, supervise *supervision.Rules, file *definition.Scenarios, watch func(engine.Event)) *Report {
	r := &run{
		rules: rules, file: file, report: &Report{}, opened: map[string]bool{}, absent: map[string]bool{}, watch: watch, supervise: supervise,
	}
	for i := range file.Cases {
		r.current, r.state, r.cards, r.headless = &file.Cases[i], nil, nil, map[string]bool{}
		if supervise != nil {
			r.cards = supervise.Watch(rules, nil)
		}
		r.report.Cases++
		r.done = &Case{Name: r.current.Name, Position: r.current.Position}
		acts, failures := r.acts, len(r.report.Failures)
		r.play()
		r.ended()
		r.done.Acts, r.done.Failures = r.acts-acts, len(r.report.Failures)-failures
		r.report.Played = append(r.report.Played, *r.done)
	}
	r.report.Acts = r.acts
	r.cover()
	return r.report
}

// fail notes what did not hold; both sentences get the same arguments.
func (r *run) fail(at definition.Position, zh, en string, args ...any) {
	r.failure(at, calendar.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)})
}

func (r *run) failure(at definition.Position, text calendar.Text) {
	r.report.Failures = append(r.report.Failures, Failure{Position: at, Case: r.current.Name, Text: text})
}

func (r *run) play() {
	if !r.fileCase() {
		return
	}
	for i := range r.current.Then {
		s := &r.current.Then[i]
		r.now = s.At
		r.note(engine.Decide(r.rules, r.state, engine.Command{Do: engine.Tick, At: s.At}))
		r.posts(engine.Vacate, s.Vacant)
		r.posts(engine.Fill, s.Filled)
		if s.Do != "" {
			r.act(s)
		}
		if s.Expect != nil {
			r.expect(s.Expect)
		}
	}
}

// posts says of posts what the directory would: that nobody holds them, or somebody does
// again. No case waits for a head; whether there is one counts for the other posts. What is
// refused of it is a failure of the scenario.
func (r *run) posts(do engine.Act, posts []definition.TestPost) {
	r.held(do, posts, func(p definition.TestPost, no *engine.Rejection) {
		r.failure(p.Position, said(no))
	})
}

func (r *run) held(do engine.Act, posts []definition.TestPost, refused func(definition.TestPost, *engine.Rejection)) {
	for _, p := range posts {
		if p.Role == engine.RoleOrganHead {
			r.headless[p.Party] = do == engine.Vacate
		}
	}
	for _, v := range r.state.Vacancies {
		if v.Until.IsZero() && v.Headless != r.headless[v.Org] {
			r.post(engine.Vacate, definition.TestPost{Party: v.Org, Role: v.Role}, refused)
		}
	}
	for _, p := range posts {
		if p.Role != engine.RoleOrganHead {
			r.post(do, p, refused)
		}
	}
}

func (r *run) post(do engine.Act, p definition.TestPost, refused func(definition.TestPost, *engine.Rejection)) {
	res := engine.Decide(r.rules, r.state, engine.Command{
		ID: r.id(), Do: do, By: engine.Actor{Kind: engine.System}, At: r.now, Args: engine.Args{Org: p.Party, Role: p.Role, Headless: r.headless[p.Party]},
	})
	r.note(res)
	if res.Rejection != nil {
		refused(p, res.Rejection)
	}
}

// fileCase files the case with all papers that are asked for but those left out.
func (r *run) fileCase() bool {
	f := &r.current.File
	by, ok := r.actor(f.By)
	if !ok {
		r.fail(f.Position, "people 中没有 %s", "nobody is called %s", f.By)
		return false
	}
	channel := "window"
	if by.Kind == engine.Applicant {
		channel = "online"
	}
	cmd, rejection, err := r.filing(f, by, channel)
	if err != nil {
		r.fail(f.Position, "%v", "%v", err)
		return false
	}
	var res engine.Result
	if rejection == nil {
		res = engine.Decide(r.rules, nil, cmd)
		rejection = res.Rejection
	}
	r.verdict(f.Position, calendar.Text{ZH: f.By + "的申请", EN: "filing by " + f.By}, rejection, f.Refused)
	r.note(res)
	return rejection == nil
}

// filing is the command of a filing with all papers that are asked for but those left out; the rejection
// says why there is none.
func (r *run) filing(f *definition.Filing, by engine.Actor, channel string) (engine.Command, *engine.Rejection, error) {
	args, err := r.args(f.Data)
	if err != nil {
		return engine.Command{}, nil, err
	}
	args.Number, args.Region, args.Channel, args.Answers, args.Form = "T"+itoa(r.report.Cases), r.file.Region, channel, f.Answers, f.Form
	asked, rejection := engine.Checklist(r.rules, args, f.At)
	if rejection != nil {
		return engine.Command{}, rejection, nil
	}
	for _, p := range asked {
		found, tried := r.sources(p.ID)
		args.Tried = append(args.Tried, tried...)
		if found != nil {
			args.Papers = append(args.Papers, *found)
			continue
		}
		if p.Status == engine.PaperMissing && !slices.Contains(f.Without, p.ID) && !slices.Contains(f.Defer, p.ID) {
			in := engine.Whole(r.rules, f.Form, r.paper(p.ID))
			in.Letter = slices.Contains(f.Letter, p.ID)
			if day, ok := f.Until[p.ID]; ok {
				in.Until = &day
			}
			args.Papers = append(args.Papers, in)
		}
	}
	args.Offers = r.offers()
	first := engine.ActsFirst(r.rules, args, f.At)
	if first && args.Cause == nil {
		args.Cause = &engine.Cause{Reason: "情况紧急，先行办理", Evidence: []engine.Evidence{{Name: "现场记录", Hash: r.paper("cause").Hash}}}
	}
	if args.Defer = f.Defer; len(f.Defer) > 0 && !f.Unsigned && !first {
		args.Undertaking = &engine.UndertakingIn{Hash: r.paper("undertaking").Hash}
	}
	for _, id := range engine.Promises(r.rules, args, f.At) {
		args.Promises = append(args.Promises, engine.PromiseIn{ID: id, Hash: r.paper(id).Hash})
	}
	parties := map[string]string{}
	for _, p := range r.rules.Plan.Def.Parties {
		parties[p.ID] = p.ID
	}
	return engine.Command{ID: r.id(), Do: engine.File, By: by, At: f.At, Args: args, Parties: parties}, nil, nil
}

func (r *run) id() string {
	r.acts++
	return "act-" + itoa(r.acts)
}

func itoa(n int) string { return fmt.Sprint(n) }

// actor is a person of the file, working for the organisation named after his party.
func (r *run) actor(name string) (engine.Actor, bool) {
	if name == "applicant" {
		return engine.Actor{Kind: engine.Applicant}, true
	}
	if r.cast != nil {
		by, ok := r.cast(name)
		by.Over = r.below(by.Org)
		return by, ok
	}
	for _, p := range r.file.People {
		if p.Name == name {
			return engine.Actor{Kind: engine.Person, ID: "p-" + name, Org: p.Party, Roles: []string{p.Role}, Over: r.below(p.Party)}, true
		}
	}
	return engine.Actor{}, false
}

// below are the organisations a government of the file stands above: those of all other parties.
func (r *run) below(party string) (orgs []string) {
	parties := r.rules.Plan.Def.Parties
	if !slices.ContainsFunc(parties, func(p definition.Party) bool { return p.ID == party && p.Kind == "government" }) {
		return nil
	}
	for i := range parties {
		if parties[i].ID != party {
			orgs = append(orgs, parties[i].ID)
		}
	}
	return orgs
}

// colleagues are the people of the file an act names, as the directory would
// answer; the act's names become their accounts.
func (r *run) colleagues(a *engine.Args) []engine.Colleague {
	var people []engine.Colleague
	names := []*string{&a.Account, &a.From, &a.Chair}
	for i := range a.Inspectors {
		names = append(names, &a.Inspectors[i])
	}
	for i := range a.Accounts {
		names = append(names, &a.Accounts[i])
	}
	for _, name := range names {
		if by, ok := r.actor(*name); ok && by.Kind == engine.Person {
			*name = by.ID
			people = append(people, engine.Colleague{ID: by.ID, Org: by.Org, Roles: by.Roles})
		}
	}
	return people
}

func (r *run) act(s *definition.ScenarioStep) {
	by, ok := r.actor(s.By)
	if !ok {
		r.fail(s.Position, "people 中没有 %s", "nobody is called %s", s.By)
		return
	}
	args, err := r.args(s.Data)
	if err != nil {
		r.fail(s.Position, "%v", "%v", err)
		return
	}
	cmd := engine.Command{ID: r.id(), Do: engine.Act(s.Do), By: by, At: s.At, Step: s.Step, Args: args}
	cmd.People = r.colleagues(&cmd.Args)
	res := engine.Decide(r.rules, r.state, cmd)
	r.note(res)
	r.verdict(s.Position, calendar.Text{ZH: s.By + "的操作 " + s.Do, EN: s.Do + " by " + s.By}, res.Rejection, s.Refused)
}

// verdict compares whether something was refused, and why, with what the file says.
func (r *run) verdict(at definition.Position, what calendar.Text, got *engine.Rejection, refused string) {
	fail := func(zh, en string) {
		r.failure(at, calendar.Text{ZH: what.ZH + zh, EN: what.EN + en})
	}
	switch {
	case got == nil && refused != "":
		fail("已经完成，应以 "+refused+" 被拒绝", " was done; expected to be refused with "+refused)
	case got != nil && refused == "":
		say := said(got)
		fail("被拒绝："+say.ZH, " was refused: "+say.EN)
	case got != nil && string(got.Code) != refused:
		say := said(got)
		fail("被拒绝："+say.ZH+"；应为 "+refused, " was refused with "+say.EN+"; expected "+refused)
	}
}

// note keeps the state and what was covered.
func (r *run) note(res engine.Result) {
	if res.State != nil {
		r.state = res.State
	}
	for _, e := range res.Events {
		r.watch(e)
		if r.cards != nil {
			r.cards.Add(e)
		}
		switch b := e.Body.(type) {
		case engine.StepOpened:
			r.opened[b.Step] = true
			r.done.Opened = with(r.done.Opened, b.Step)
		case engine.StepAbsent:
			for _, id := range b.Steps {
				r.absent[id] = true
				r.done.Absent = with(r.done.Absent, id)
			}
		case engine.StepEnded:
			r.done.Ended = append(r.done.Ended, EndedStep{Step: b.Step, End: string(b.End)})
		}
	}
}

// ended adds the steps that ended with their case, without an event of their own.
func (r *run) ended() {
	if r.state == nil {
		return
	}
	for i := range r.state.Steps {
		st := r.state.Steps[i]
		e := EndedStep{Step: st.ID, End: string(st.End)}
		if st.End != "" && !slices.Contains(r.done.Ended, e) {
			r.done.Ended = append(r.done.Ended, e)
		}
	}
}

func with(ids []string, id string) []string {
	if slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}

func (r *run) cover() {
	c := &r.report.Coverage
	c.Opened, c.Absent = slices.Sorted(maps.Keys(r.opened)), slices.Sorted(maps.Keys(r.absent))
	for _, n := range r.rules.Plan.Nodes {
		switch {
		case !r.opened[n.ID] && !r.absent[n.ID]:
			c.Never = append(c.Never, n.ID)
		case n.WhenP != nil && r.opened[n.ID] != r.absent[n.ID]:
			c.OneSided = append(c.OneSided, n.ID)
		}
	}
}

// expect compares what the file expects: lists whole, maps in part.
func (r *run) expect(x *definition.Expectation) {
	s := r.state
	same := func(what, want, got string) {
		if want != "" && want != got {
			is := gone(got)
			r.failure(x.Position, calendar.Text{ZH: what + "：应为 " + want + "，实为 " + is.ZH, EN: what + ": expected " + want + ", is " + is.EN})
		}
	}
	same("state", x.State, string(s.Status))
	same("outcome", x.Outcome, string(s.Outcome))
	if x.Accepted != "" {
		got := "not accepted"
		if s.AcceptedOn != nil {
			got = s.AcceptedOn.String()
		}
		same("accepted", x.Accepted, got)
	}
	if x.Open != nil {
		same("open", listed(x.Open), listed(r.open()))
	}
	if x.Flags != nil {
		same("flags", listed(x.Flags), listed(s.Flags))
	}
	for _, id := range slices.Sorted(maps.Keys(x.Due)) {
		same("due."+id, x.Due[id], r.due(id, x.Due[id]))
	}
	for _, id := range slices.Sorted(maps.Keys(x.Verdicts)) {
		got := "no such step"
		if st := s.Step(id); st != nil {
			got = string(st.Status)
			if st.End != "" {
				got = string(st.End)
			}
		}
		same("verdicts."+id, x.Verdicts[id], got)
	}
	r.notices(x)
	for _, id := range slices.Sorted(maps.Keys(x.Deliveries)) {
		same("deliveries."+id, x.Deliveries[id], r.delivery(id))
	}
	for _, id := range slices.Sorted(maps.Keys(x.Duties)) {
		same("duties."+id, x.Duties[id], r.duty(id, x.Duties[id]))
	}
	switch {
	case x.Cards == nil:
	case r.cards == nil:
		r.fail(x.Position, "cards：没有监察规则可依", "cards: there are no rules of supervision to judge by")
	default:
		same("cards", listed(x.Cards), listed(r.carded()))
	}
}

// carded are the rules that have given a card by now, each once. Marks are none.
func (r *run) carded() []string {
	var ids []string
	for _, c := range r.cards.Cards(r.now) {
		if c.Level != supervision.Mark {
			ids = with(ids, c.Rule)
		}
	}
	return ids
}

// waitsDelivery is what is expected of a time that has not started.
const waitsDelivery = "等待送达"

// delivery is where the delivery of a document stands.
func (r *run) delivery(id string) string {
	for i := range r.state.Deliveries {
		if x := &r.state.Deliveries[i]; x.ID == id {
			return string(x.Status)
		}
	}
	return "no such delivery"
}

func listed(ids []string) string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return "[" + strings.Join(ids, ", ") + "]"
}

// open lists the open steps; groups are not named.
func (r *run) open() []string {
	var ids []string
	for i := range r.state.Steps {
		st := r.state.Steps[i]
		n := r.rules.Plan.Node(st.ID)
		if st.Status == engine.Open && (n == nil || !n.Group()) {
			ids = append(ids, st.ID)
		}
	}
	return ids
}

// due is the due day of a clock's latest round; an instant when one is expected.
func (r *run) due(id, want string) string {
	got := "no such clock"
	for i := range r.state.Deliveries {
		if x := &r.state.Deliveries[i]; x.Waits != nil && x.Waits.ID == id && x.Status == engine.DeliveryOpen {
			return waitsDelivery
		}
	}
	for i := range r.state.Clocks {
		c := r.state.Clocks[i]
		base, _, _ := strings.Cut(c.ID, "#")
		if base != id && c.ID != id {
			continue
		}
		got = c.Day.String()
		if strings.Contains(want, "T") {
			got = c.Due.In(calendar.Zone).Format("2006-01-02T15:04")
		}
	}
	return got
}

// duty is the due day of a duty that is open, or the word for how it ended; the
// word in any case when a word is expected.
func (r *run) duty(id, want string) string {
	t := r.state.Duty(id)
	if t == nil {
		return "no such duty"
	}
	c := r.state.DutyClock(t)
	if _, err := calendar.ParseDate(want); err == nil && t.Owed() && c != nil {
		return c.Day.String()
	}
	return string(t.Status)
}

// notices compares those of the kinds named: how many, and their lines.
func (r *run) notices(x *definition.Expectation) {
	for i, want := range x.Notices {
		var found []engine.Notice
		for _, n := range r.state.Notices {
			if n.Name() == want.Kind {
				found = append(found, n)
			}
		}
		nth := 0
		for _, earlier := range x.Notices[:i] {
			if earlier.Kind == want.Kind {
				nth++
			}
		}
		if nth >= len(found) {
			r.fail(x.Position, "notices：应有 %s，没有", "notices: expected %s, there is none", want.Kind)
			continue
		}
		var lines []string
		for _, l := range found[nth].Lines {
			lines = append(lines, l.Of)
		}
		if listed(want.Lines) != listed(lines) {
			r.fail(x.Position, "notices：%s 各项为 %s，应为 %s", "notices: %s has lines %s, expected %s", want.Kind, listed(lines), listed(want.Lines))
		}
	}
}
