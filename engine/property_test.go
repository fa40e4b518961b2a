package engine_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/definition"
)

var parties = map[string]string{"hall": "hall", "market": "market", "fire": "fire", "eco": "eco", "city": "city"}

// newWorld files a case of a random definition.
func newWorld(t *rapid.T, seen map[string]int) *world {
	cal, err := calendars.National()
	require.NoError(t, err)
	plan, err := definition.Compile(randomDefinition(t))
	require.NoError(t, err)
	walls := map[string]wall{cal.Version(): nationalWall(t)}
	if rapid.Bool().Draw(t, "otherCalendar") {
		cal = randomCalendar(t, walls)
	}
	w := &world{rules: &engine.Rules{Plan: plan, Calendar: cal}, now: time.Date(2026, 2, 12, 2, 0, 0, 0, time.UTC), kept: map[string]time.Time{}, seen: seen}
	w.told = newChronicle(plan, walls)
	w.told.saw = w.saw
	res := w.filing(t)
	w.take(t, nil, res)
	return w
}

// changes checks the rows that differ, since the state before, since the one the case was filed with, and
// since one that is the same but shares nothing: each time what comparing all rows finds.
func (w *world) changes(t *rapid.T, before, same, after *engine.State) {
	if before == nil {
		w.filed = after
	}
	for _, since := range []*engine.State{before, w.filed, same} {
		if since != nil {
			want := engine.Project(w.rules, after).Since(engine.Project(w.rules, since))
			require.Equal(t, want, engine.Changes(w.rules, since, after), "rows that differ")
		}
	}
}

// take checks what must hold of every decision, whatever it was.
func (w *world) take(t *rapid.T, before *engine.State, res engine.Result) {
	live := before
	for _, e := range res.Events {
		b, err := json.Marshal(e)
		require.NoError(t, err)
		var back engine.Event
		require.NoError(t, json.Unmarshal(b, &back))
		live = engine.Evolve(live, back)
	}
	require.Equal(t, asJSON(t, res.State), asJSON(t, live), "replaying the events gives the live state")
	var round engine.State
	require.NoError(t, json.Unmarshal(asJSON(t, res.State), &round))
	require.Equal(t, string(asJSON(t, &round)), string(asJSON(t, res.State)), "the state survives JSON")
	require.Equal(t, engine.Project(w.rules, &round), engine.Project(w.rules, live), "and so does everything the screens show")
	w.changes(t, before, &round, res.State)
	w.log = append(w.log, res.Events...)
	for _, e := range res.Events {
		b, err := json.Marshal(e)
		require.NoError(t, err)
		w.told.hear(t, b)
	}
	w.told.agrees(t, live, w.kept)
	w.told.missing(t, live)
	w.told.samePapers(t, live)
	for i, e := range w.log {
		require.EqualValues(t, i+1, e.Seq)
		require.True(t, i == 0 || !e.At.Before(w.log[i-1].At), "time never goes back")
	}
	w.state = &round
	w.invariants(t, before)
}

func (w *world) invariants(t *rapid.T, before *engine.State) {
	s := w.state
	notices := 0
	for _, n := range s.Notices {
		if n.Kind == engine.NoticeCorrection {
			notices++
		}
	}
	overrides := 0
	for _, e := range w.log {
		if sent, ok := e.Body.(engine.NoticeSent); ok && sent.Override {
			overrides++
		}
	}
	require.LessOrEqual(t, notices, 1+overrides, "one correction notice, but for a supervisor's")
	w.whole(t)
	w.ordered(t)
	w.timeAsked(t)
	w.explained(t)
	w.stops(t)
	if !s.Over() {
		require.NotEmpty(t, engine.WaitingFor(w.rules, s), "somebody or time can move the case on")
		for _, wait := range engine.WaitingFor(w.rules, s) {
			require.NotEmpty(t, wait.Who)
			require.NotEmpty(t, wait.WhyZh)
			require.NotEmpty(t, wait.WhyEn)
			w.couldAct(t, wait)
		}
	}
	if before == nil {
		return
	}
	w.opinions(t, before)
	for i := range before.Steps {
		old, now := before.Steps[i], s.Steps[i]
		if old.Verdict != nil && (old.End.Granted() || old.End == engine.EndDeny) {
			require.Equal(t, old.Verdict, now.Verdict, "a signed decision stands: %s", old.ID)
			require.Equal(t, old.End, now.End, "and its end: %s", old.ID)
			require.Equal(t, engine.Ended, now.Status)
		}
	}
	for i := range s.Steps {
		st := s.Steps[i]
		open := slices.ContainsFunc(s.Tasks, func(k *engine.Task) bool {
			return k.Step == st.ID && k.Kind == engine.TaskWork && k.Status == engine.TaskOpen
		})
		n := w.rules.Plan.Node(st.ID)
		work := st.Added != nil || n != nil && n.Work() != nil
		if n != nil && n.Visit != nil && st.Status == engine.Open {
			require.True(t, slices.ContainsFunc(s.Tasks, func(k *engine.Task) bool { return k.Step == st.ID && k.Status == engine.TaskOpen }), "an open visit has an open task: %s", st.ID)
			require.NotEmpty(t, st.Visit.Parties, "somebody attends an open visit: %s", st.ID)
		}
		if n != nil && n.Hearing != nil && st.Status == engine.Open {
			require.True(t, slices.ContainsFunc(s.Tasks, func(k *engine.Task) bool { return k.Step == st.ID && k.Status == engine.TaskOpen }), "an open hearing has an open task: %s", st.ID)
		}
		if n != nil && n.Publicity != nil && st.Status == engine.Open {
			c := s.Clock(n.ID + ".posting" + roundOf(st.Round))
			require.True(t, c != nil && c.Running() || slices.ContainsFunc(s.Tasks, func(k *engine.Task) bool { return k.Step == st.ID && k.Status == engine.TaskOpen }),
				"an open posting hangs, or somebody has to act: %s", st.ID)
			if p := st.Posting; c != nil && c.Running() {
				require.Equal(t, c.Day, p.Until, "it hangs until the day its clock runs out: %s", st.ID)
			}
		}
		require.Equal(t, work && st.Status == engine.Open, open, "an open step has an open task, no other has: %s", st.ID)
		if open {
			w.chain(t, st, n)
		}
	}
}

// chain checks that a chain has lost no task and doubled none, whatever was sent
// back, recalled, assigned, delegated or added in it.
func (w *world) chain(t *rapid.T, st *engine.StepState, n *definition.Node) {
	link := definition.Link{Roles: []definition.RoleLimit{{Role: "handle"}}}
	if n != nil {
		link = n.Work().Chain[st.Link]
	}
	own, signers, passed, against := 0, 0, 0, 0
	latest := map[string]*engine.Task{} // of each role of the link
	for _, k := range w.state.Tasks {
		if k.Step != st.ID || k.Kind != engine.TaskWork || k.Round != st.Round {
			continue
		}
		if k.Link == st.Link && k.Signer == "" {
			latest[strings.Split(strings.TrimPrefix(k.ID, st.ID), ".")[1]] = k
		}
		if k.Status != engine.TaskOpen {
			continue
		}
		require.Equal(t, st.Link, k.Link, "only the link whose turn it is has open tasks: %s", k.ID)
		require.True(t, k.Owner == "" || k.Claimed != "", "a delegated task is with somebody: %s", k.ID)
		if c := w.state.Clock(k.Clock); c != nil && c.Role != "" {
			require.True(t, c.Running(), "the node clock of an open task runs: %s", k.ID)
		}
		if k.Signer == "" {
			own++
			continue
		}
		signers++
		if k.Before != "" {
			require.Equal(t, engine.TaskOpen, w.state.Task(k.Before).Status, "nobody waits for the signature of %s", k.ID)
		}
		require.NotContains(t, st.Signed, k.Signer, "asked to sign twice")
	}
	for _, k := range latest {
		if k.Status == engine.TaskDone && k.DoneAct == engine.SendBack {
			against++
		}
	}
	people, links := map[string]bool{}, map[int]bool{}
	for _, p := range st.Passed {
		require.False(t, people[p.By], "%s passed twice in %s", p.By, st.ID)
		people[p.By] = true
		if !p.Signer {
			links[p.Link] = true
			if p.Link == st.Link {
				passed++
			}
		}
	}
	count, over := len(link.Roles), signers > 0
	switch link.Mode {
	case definition.LinkAny:
		require.True(t, passed == 0 && own > 0 || passed == 1 && own == 0 && over, "any one of %s: %d passed, %d open", st.ID, passed, own)
	case definition.LinkOrder:
		require.True(t, own == 1 && passed < count || own == 0 && passed == count && over, "one after another in %s: %d passed, %d open", st.ID, passed, own)
	case definition.LinkShare:
		require.True(t, own+passed+against == count || own == 0 && over, "a share of %s: %d passed, %d against, %d open", st.ID, passed, against, own)
	default:
		require.Equal(t, count, own+passed, "each role of the link has passed or has its task: %s", st.ID)
		require.True(t, own > 0 || over, st.ID)
	}
	if !(st.Back != nil && st.Back.Straight) {
		for l := range st.Link {
			require.True(t, links[l], "link %d of %s was leapt over", l, st.ID)
		}
	}
	for _, c := range w.state.Clocks {
		if c.Step == st.ID && c.Role != "" && c.Running() {
			require.True(t, slices.ContainsFunc(w.state.Tasks, func(k *engine.Task) bool { return k.Clock == c.ID && k.Status == engine.TaskOpen }),
				"a node clock runs for nobody: %s", c.ID)
		}
	}
}

func roundOf(n int) string {
	if n > 1 {
		return fmt.Sprintf("#%d", n)
	}
	return ""
}

// whole checks that the parts of a state agree with each other.
func (w *world) whole(t *rapid.T) {
	s := w.state
	status := func(id string) engine.StepStatus {
		if st := s.Step(id); st != nil {
			return st.Status
		}
		return engine.Open // the process itself
	}
	for _, n := range w.rules.Plan.Nodes {
		if status(n.ID) == engine.Open {
			require.Equal(t, engine.Open, status(n.Parent.ID), "%s is open in a group that is not", n.ID)
		}
		if st := s.Step(n.ID); n.Group() && st.Status == engine.Ended && st.End == engine.EndDone {
			for _, c := range n.Children {
				require.NotContains(t, []engine.StepStatus{engine.Open, engine.Waiting}, status(c.ID), "%s in %s, which is done", c.ID, n.ID)
			}
		}
	}
	for i := range s.Tasks {
		k := s.Tasks[i]
		if k.Status != engine.TaskOpen {
			continue
		}
		require.True(t, s.Status != engine.Closed || k.Kind == engine.TaskDuty || k.Kind == engine.TaskJudge || k.Kind == engine.TaskAnnul || k.Kind == engine.TaskRate || k.Kind == engine.TaskDeliver || k.Kind == engine.TaskTime || k.Kind == engine.TaskRectify && k.Step == "",
			"an open task in a closed case: %s", k.ID)
		if k.Kind == engine.TaskQuestion {
			require.Equal(t, engine.Open, status(k.Step), "a question of a block that has ended: %s", k.ID)
		}
	}
	for i := range s.Clocks {
		c := s.Clocks[i]
		require.False(t, c.Running() && s.Status == engine.Closed && c.Duty == "" && c.ID != "applicant.rating", "a clock runs in a closed case: %s", c.ID)
		require.False(t, c.Running() && c.Duty != "" && !s.Duty(c.Duty).Owed(), "the clock of a settled duty runs: %s", c.ID)
		require.NotEmpty(t, c.Ledger)
		if st := s.Step(c.Step); c.Running() && st != nil && st.Status == engine.Absent {
			require.Equal(t, "hand", c.Late, "a clock of an absent step runs: %s", c.ID)
		}
		for _, k := range s.Clocks[i+1:] {
			require.NotEqual(t, c.ID, k.ID)
		}
	}
	for i, k := range s.Tasks {
		for _, o := range s.Tasks[i+1:] {
			require.NotEqual(t, k.ID, o.ID)
		}
	}
}

func asJSON(t require.TestingT, s *engine.State) []byte {
	b, err := json.Marshal(s)
	require.NoError(t, err)
	return b
}

// do decides one command and checks that it was neither ignored nor half done.
func (w *world) do(t *rapid.T, cmd engine.Command) *engine.Rejection {
	w.offered(t, cmd)
	before, old := asJSON(t, w.state), w.state
	res := engine.Decide(w.rules, w.state, cmd)
	require.Equal(t, string(before), string(asJSON(t, w.state)), "Decide leaves the state as it is")
	again := engine.Decide(w.rules, w.state, cmd)
	require.Equal(t, asJSON(t, res.State), asJSON(t, again.State), "Decide is a function")
	own := slices.ContainsFunc(res.Events, func(e engine.Event) bool { return e.Command == cmd.ID && cmd.ID != "" })
	if res.Rejection == nil && slices.Contains(within, cmd.Do) {
		apart(t, old, res.State, res.Events)
	}
	if cmd.Do != engine.Tick {
		require.Equal(t, res.Rejection == nil, own, "an act has events or a rejection: %s %v", cmd.Do, res.Rejection)
	}
	if r := res.Rejection; r != nil {
		require.Contains(t, engine.Codes, r.Code)
		speaksBoth(t, r)
		if strings.HasPrefix(r.Expected, "checks: ") && strings.HasPrefix(r.Actual, "no result for ") {
			w.hasty++
		}
	}
	w.take(t, old, res)
	return res.Rejection
}

// within are the acts inside one department's step: who does the work, and talk.
var within = []engine.Act{
	engine.Claim, engine.Release, engine.Assign, engine.Transfer, engine.Delegate, engine.GiveBack, engine.Recall, engine.SendBack, engine.AddSigner,
	engine.RemoveSigner, engine.Pass, engine.Consult, engine.Reply, engine.Copy, engine.Read, engine.Comment, engine.Urge,
}

// apart checks that such an act has left every other step and its tasks, and all
// clocks but those of one step's links, exactly as they were (3.4.6).
func apart(t *rapid.T, before, after *engine.State, events []engine.Event) {
	touched := map[string]bool{}
	for _, e := range events {
		if e.Command == "" { // what time did meanwhile
			return
		}
	}
	for i := range after.Steps {
		if a, b := after.Steps[i], before.Steps[i]; !reflect.DeepEqual(a, b) {
			touched[a.ID] = true
		}
	}
	for _, k := range after.Tasks {
		if old := before.Task(k.ID); old == nil || !reflect.DeepEqual(old, k) {
			touched[k.Step] = true
		}
	}
	require.LessOrEqual(t, len(touched), 1, "an act inside one step has changed others, or tasks of others: %v", touched)
	for _, c := range after.Clocks {
		if !touched[c.Step] || c.Role == "" {
			require.Equal(t, before.Clock(c.ID), c, "an act inside a step has touched another clock, or begun one")
		}
	}
	for _, c := range before.Clocks {
		require.NotNil(t, after.Clock(c.ID), "no clock goes away")
	}
	for name, same := range map[string]bool{
		"status": before.Status == after.Status, "outcome": before.Outcome == after.Outcome, "papers": reflect.DeepEqual(before.Papers, after.Papers),
		"outputs": reflect.DeepEqual(before.Outputs, after.Outputs), "hand-outs": reflect.DeepEqual(before.Hands, after.Hands),
		"duties": reflect.DeepEqual(before.Duties, after.Duties), "pauses": reflect.DeepEqual(before.Pauses, after.Pauses),
		"answers": reflect.DeepEqual(before.Answers, after.Answers),
	} {
		require.True(t, same, "an act inside one step has changed the case's %s", name)
	}
}

// couldAct holds who a case is said to wait for to what the rules let him do: he is offered an act that goes
// through, or something else that is waited for comes first.
func (w *world) couldAct(t *rapid.T, wait engine.Wait) {
	if wait.Who == "time" {
		next := engine.NextDue(w.state) // a changed answer may have shortened a limit: it is over at once
		require.True(t, wait.Due.After(w.state.Last) || next.Equal(wait.Due), "time that is still to come, or is over by what the last act changed")
		return
	}
	task := w.state.Task(wait.Task)
	require.NotNil(t, task, "what is waited for is a task")
	require.Equal(t, engine.TaskOpen, task.Status)
	require.Equal(t, task.Step, wait.Step)
	require.Equal(t, task.Claimed, wait.Account)
	for _, v := range w.state.Vacancies {
		if v.Until.IsZero() && v.Org == task.Org && v.Role == task.Role && task.Claimed == "" && v.Headless {
			require.NotEqual(t, v.Org, wait.Org, "nobody is there: somebody else has to see to it")
			return
		}
	}
	require.Equal(t, []string{task.Party, task.Org}, []string{wait.Who, wait.Org})
	by := engine.Actor{Kind: engine.Person, ID: cmp.Or(wait.Account, "p-somebody-else"), Org: wait.Org, Roles: []string{wait.Role}}
	if wait.Who == "applicant" {
		by = engine.Actor{Kind: engine.Applicant}
	}
	if task.Kind == engine.TaskRate {
		return // rating is the applicant's alone and no act of the options
	}
	if next := engine.NextDue(w.state); !next.IsZero() && !next.After(w.state.Last) {
		return // time will have changed the case before anybody comes
	}
	options, ok := engine.TaskOptions(w.rules, w.state, by, w.state.Last, wait.Task, nil)
	require.True(t, ok)
	can := slices.ContainsFunc(options, func(o engine.Option) bool { return o.Allowed && !passing[o.Do] })
	first := slices.ContainsFunc(w.state.Tasks, func(k *engine.Task) bool { return k.Status == engine.TaskOpen && k.Before == task.ID }) ||
		slices.ContainsFunc(options, func(o engine.Option) bool {
			return o.Rejection != nil && (o.Rejection.Code == engine.GateShut && strings.Contains(wait.WhyEn, o.Rejection.En) ||
				o.Rejection.Code == engine.TooSoon && strings.Contains(wait.WhyEn, "it is set for"))
		})
	require.True(t, can || first, "the case waits for %s %s, who can do nothing (%s): %+v in %s", wait.Who, wait.Role, wait.WhyEn, options, asJSON(t, w.state))
}

// passing are acts on a task that leave it where it is.
var passing = map[engine.Act]bool{engine.Claim: true, engine.Release: true, engine.Urge: true, engine.Consult: true, engine.Mend: true}

// fitting are acts that a task may be for.
var fitting = map[engine.TaskKind][]engine.Act{
	engine.TaskLook: {engine.Gap, engine.Clear, engine.Clear, engine.Claim, engine.Mend}, engine.TaskAccept: {engine.Accept, engine.Accept, engine.Accept, engine.Refuse, engine.Gap, engine.Mend},
	engine.TaskAnswer: {engine.Answer},
	engine.TaskWork: {
		engine.Pass, engine.Pass, engine.Pass, engine.SendBack, engine.SendBack, engine.Gap, engine.NeedsUpper, engine.Claim, engine.Release, engine.Grant,
		engine.Assign, engine.Transfer, engine.Delegate, engine.GiveBack, engine.Recall, engine.Recall, engine.Urge, engine.PauseClock, engine.PauseClock, engine.PauseClock, engine.PauseClock,
		engine.AddSigner, engine.AddSigner, engine.RemoveSigner, engine.Pass,
		engine.Consult, engine.Copy, engine.Comment, engine.HandOver, engine.HandOver, engine.Inform, engine.Hear,
	},
	engine.TaskConsult:  {engine.Reply, engine.Reply, engine.Claim, engine.Assign},
	engine.TaskQuestion: {engine.StopBlock, engine.ContinueBlock}, engine.TaskHand: {engine.Hand, engine.Claim},
	engine.TaskDuty: {engine.Fulfil, engine.Judge, engine.Claim}, engine.TaskJudge: {engine.Judge}, engine.TaskAnnul: {engine.Annul, engine.Keep, engine.Defend},
	engine.TaskRate:    {engine.Rate},
	engine.TaskDeliver: {engine.Deliver, engine.Deliver, engine.Claim}, engine.TaskTime: {engine.Extend, engine.Extend, engine.RefuseTime, engine.Claim},
	engine.TaskArrange: {engine.Arrange}, engine.TaskRecord: {engine.Record, engine.Record, engine.Arrange, engine.Claim},
	engine.TaskRectify: {engine.Rectify}, engine.TaskRecheck: {engine.Recheck, engine.Recheck, engine.Claim},
	engine.TaskPost: {engine.Post}, engine.TaskObjection: {engine.Uphold, engine.Uphold, engine.Dismiss}, engine.TaskRequest: {engine.Request},
}

// fits draws an act for a task; the last link of a chain mostly concludes.
func (w *world) fits(t *rapid.T, task engine.Task) engine.Act {
	acts := fitting[task.Kind]
	n := w.rules.Plan.Node(task.Step)
	if task.Kind == engine.TaskWork && (n == nil || task.Link == len(n.Work().Chain)-1) && rapid.IntRange(0, 4).Draw(t, "concludes") > 0 {
		acts = []engine.Act{engine.Agree, engine.AgreeWith, engine.Disagree, engine.Disagree, engine.NotConcerned}
		if n != nil && n.Decide != nil {
			acts = []engine.Act{engine.Grant, engine.Deny, engine.Return, engine.Return, engine.Return}
		}
	}
	return rapid.SampledFrom(acts).Draw(t, "fitting")
}

// leading are the acts of the lead, so that they are not left to chance.
var leading = []engine.Act{engine.Amend, engine.Amend, engine.Drop, engine.Add, engine.Add, engine.StopBlock, engine.ContinueBlock, engine.Extend, engine.Resume}

// randomAct draws an act: of somebody whose task it is, of the lead, or of
// anybody; it may well be wrong.
func (w *world) randomAct(t *rapid.T) engine.Command {
	w.acts++
	ids := make([]string, len(w.state.Steps))
	for i := range w.state.Steps {
		ids[i] = w.state.Steps[i].ID
	}
	cmd := engine.Command{ID: fmt.Sprintf("c%d", w.acts), At: w.now}
	step := rapid.SampledFrom(ids).Draw(t, "step")
	var open []engine.Task
	for _, k := range w.state.Tasks {
		if k.Status == engine.TaskOpen {
			open = append(open, *k)
		}
	}
	if rapid.IntRange(0, 14).Draw(t, "notice") == 0 {
		cmd.By, cmd.Do = engine.Actor{Kind: engine.System}, engine.Recalendar
		cmd.Args = engine.Args{Calendar: randomCalendar(t, w.told.walls), Reason: "放假通知"}
		return cmd
	}
	if rapid.IntRange(0, 19).Draw(t, "post") == 0 && len(open) > 0 {
		of := rapid.SampledFrom(open).Draw(t, "vacant")
		cmd.By, cmd.Do = engine.Actor{Kind: engine.System}, rapid.SampledFrom([]engine.Act{engine.Vacate, engine.Vacate, engine.Fill}).Draw(t, "word")
		cmd.Args = engine.Args{Org: of.Org, Role: of.Role, Headless: rapid.Bool().Draw(t, "headless")}
		return cmd
	}
	if rapid.IntRange(0, 3).Draw(t, "goes against") == 0 {
		if c, ok := w.goesAgainst(t, cmd); ok {
			return c
		}
	}
	switch draw := rapid.IntRange(0, 9).Draw(t, "likely"); {
	case draw < 5 && len(open) > 0:
		task := rapid.SampledFrom(open).Draw(t, "task")
		cmd.By, cmd.Task, cmd.Step = forTask(t, task), task.ID, task.Step
		cmd.Do = w.fits(t, task)
		if task.Claimed != "" && rapid.IntRange(0, 3).Draw(t, "claimer") > 0 {
			cmd.By.ID = task.Claimed
		}
	case draw < 8:
		cmd.By, cmd.Do = person("market", "lead", 1), rapid.SampledFrom(leading).Draw(t, "leading")
		if cmd.Do == engine.Extend {
			cmd.By = rapid.SampledFrom([]engine.Actor{person("gov", "government-head", 1), person("fire", "organ-head", 1), person("hall", "clerk", 1), person("market", "lead", 1)}).Draw(t, "head")
		}
		if cmd.Do == engine.Resume && len(w.state.Pauses) > 0 {
			p := rapid.SampledFrom(w.state.Pauses).Draw(t, "run")
			step, cmd.By = p.Step, person(w.state.Step(p.Step).Org, "handle", 1)
		}
		if cmd.Do != engine.StopBlock && cmd.Do != engine.ContinueBlock {
			cmd.Step = step
		}
	case draw == 9 && rapid.Bool().Draw(t, "corrects"):
		cmd.Do = rapid.SampledFrom([]engine.Act{engine.Correct, engine.OverrideOpinion}).Draw(t, "signed")
	case draw == 8 && rapid.Bool().Draw(t, "objects"):
		cmd.By, cmd.Do = person("hall", "clerk", 1), engine.Object
	default:
		cmd.By, cmd.Do = w.anyone(t), rapid.SampledFrom(slices.Concat(engine.PersonActs, engine.ApplicantActs)).Draw(t, "do")
		if cmd.Do == engine.Terminate {
			cmd.Do = engine.Gap
		}
		if rapid.Bool().Draw(t, "named") {
			cmd.Step = step
		}
		if cmd.Do == engine.Withdraw && rapid.IntRange(0, 3).Draw(t, "whole") > 0 {
			cmd.By, cmd.Step = engine.Actor{Kind: engine.Applicant}, step
		}
	}
	a := &cmd.Args
	w.kindArgs(a)
	a.Reason = rapid.SampledFrom([]string{"理由", "理由", "理由", ""}).Draw(t, "reason")
	a.Text = rapid.SampledFrom([]string{"问", "问", ""}).Draw(t, "text")
	a.Ground, a.Time, a.Party = "death", wd(2), rapid.SampledFrom([]string{"fire", "eco", "relics"}).Draw(t, "party")
	a.Outcome, a.RightOrgan = rapid.SampledFrom([]string{"", "not-required", "not-competent"}).Draw(t, "outcome"), "某局"
	a.Finding = rapid.SampledFrom([]string{"met", "failed", "fix", ""}).Draw(t, "finding")
	a.Grade = rapid.IntRange(0, 6).Draw(t, "grade")
	switch cmd.Do {
	case engine.Fulfil, engine.Judge:
		if rapid.IntRange(0, 2).Draw(t, "supply") == 0 {
			a.Papers = []engine.PaperIn{w.paper(rapid.SampledFrom([]string{"p1", "p2"}).Draw(t, "follows"))}
			if rapid.IntRange(0, 2).Draw(t, "letter") == 0 {
				a.Papers[0].Letter, a.Papers[0].Until = true, w.bearing(t)
			}
		}
		if a.Finding == engine.FindingFix {
			w.orders(t, a, false)
		}
		a.Duty = rapid.SampledFrom([]string{"", "t1", "t2", "x"}).Draw(t, "duty")
	case engine.Challenge:
		w.challenge(t, &cmd)
	case engine.Gap:
		a.Lines = []engine.GapLine{{Of: rapid.SampledFrom([]string{"p1", "p2", "c1", "x"}).Draw(t, "of"), Reason: "缺"}}
		cmd.Step, cmd.Task = "", ""
	case engine.Answer:
		if rapid.Bool().Draw(t, "incomplete") {
			a.Statements = a.Statements[:min(1, len(a.Statements))]
		}
		if rapid.Bool().Draw(t, "paper") {
			a.Papers = []engine.PaperIn{w.paper("p1")}
		}
		if rapid.IntRange(0, 3).Draw(t, "answers") == 0 {
			a.Answers = map[string]any{"q2": rapid.Bool().Draw(t, "q2")}
		}
	case engine.Return:
		var target *definition.Node
		if n := w.rules.Plan.Node(cmd.Step); n != nil && n.Decide != nil && len(n.Decide.Back) > 0 {
			a.To = rapid.SampledFrom(n.Decide.Back).Draw(t, "to")
			target = w.rules.Plan.Node(a.To)
		}
		again := w.redoable(target)
		if len(again) == 0 {
			again = ids
		}
		a.Steps = rapid.SliceOfNDistinct(rapid.SampledFrom(again), 1, min(3, len(again)), rapid.ID[string]).Draw(t, "redo")
	case engine.Retract:
		cmd.By = rapid.SampledFrom([]engine.Actor{{Kind: engine.Applicant}, cmd.By}).Draw(t, "retractor")
		a.Answers = map[string]any{"q2": rapid.Bool().Draw(t, "q2")}
		for _, p := range w.state.Papers { // what the promise replaced comes with it
			if p.Status == engine.PaperPromised {
				a.Papers = append(a.Papers, w.paper(p.ID))
			}
		}
	case engine.Amend:
		a.Answers = map[string]any{"q2": rapid.Bool().Draw(t, "q2"), "q1": rapid.Bool().Draw(t, "q1")}
		if a.Answers["q1"].(bool) {
			a.Answers["q3"] = rapid.Bool().Draw(t, "q3")
		}
		if rapid.IntRange(0, 2).Draw(t, "answersToo") == 0 {
			a.Answers = nil
		}
		if rapid.Bool().Draw(t, "form") {
			a.Form = map[string]any{"site": map[string]any{"street": rapid.SampledFrom([]string{"甲", "乙"}).Draw(t, "street")}}
		}
		for i := range w.state.Papers { // those there are, and those that may be asked now
			if p := &w.state.Papers[i]; p.Status != engine.PaperAwaited && rapid.Bool().Draw(t, "paper") {
				a.Papers = append(a.Papers, w.paper(p.ID))
			}
		}
	case engine.Assign, engine.Transfer, engine.Delegate, engine.AddSigner:
		w.colleague(t, &cmd)
		a.Place = rapid.SampledFrom([]string{"before", "after", "beside", ""}).Draw(t, "place")
	case engine.HandOver:
		if task := w.state.Task(cmd.Task); task != nil {
			a.From = rapid.SampledFrom([]string{task.Claimed, task.Owner, task.Signer}).Draw(t, "from")
		}
		w.colleague(t, &cmd)
		cmd.By = person(cmd.People[0].Org, "organ-head", 7)
	case engine.Consult:
		if w.colleague(t, &cmd); rapid.Bool().Draw(t, "org") {
			a.Account, a.Org = "", rapid.SampledFrom([]string{"relics", "fire", "eco"}).Draw(t, "asked")
		}
	case engine.Copy:
		a.Orgs = rapid.SliceOfN(rapid.SampledFrom([]string{"relics", "fire", "eco", "city"}), 0, 2).Draw(t, "orgs")
	case engine.RemoveSigner:
		for _, k := range w.state.Tasks {
			if k.Signer != "" && (a.Account == "" || rapid.Bool().Draw(t, "signer")) {
				a.Account, cmd.By = k.Signer, person(k.Org, "organ-head", 7)
			}
		}
		cmd.Task = ""
	case engine.SendBack:
		a.Straight = rapid.Bool().Draw(t, "straight")
		a.Link = rapid.SampledFrom([]string{"", "", "handle"}).Draw(t, "link")
	case engine.Recall, engine.Urge:
		if cmd.Task = ""; rapid.Bool().Draw(t, "anywhere") {
			cmd.Step = ""
		}
		if last := w.lastOf(cmd.Step); cmd.Do == engine.Recall && last.DoneBy != "" {
			cmd.By = engine.Actor{Kind: engine.Person, ID: last.DoneBy, Org: last.Org, Roles: []string{last.Role}}
		}
		if cmd.Do == engine.Urge {
			cmd.By = rapid.SampledFrom([]engine.Actor{{Kind: engine.Applicant}, person("market", "lead", 1), person("watch", "supervisor", 1)}).Draw(t, "urger")
		}
	case engine.Record:
		recorded(t, a)
	case engine.Arrange:
		a.On = w.now.Add(time.Duration(rapid.IntRange(-1, 60).Draw(t, "in")) * time.Hour)
		if n := w.rules.Plan.Node(cmd.Step); n != nil && n.Hearing != nil {
			a.On = w.now.Add(time.Duration(rapid.IntRange(5, 25).Draw(t, "inDays")) * 24 * time.Hour)
			presiding(&cmd)
		}
	case engine.Hand:
		a.Proof = rapid.SampledFrom([]string{"单号", "单号", ""}).Draw(t, "waybill")
		a.Way = rapid.SampledFrom([]string{"counter", "courier"}).Draw(t, "way")
	case engine.Deliver:
		w.arrival(t, &cmd)
	case engine.Inform, engine.Hear:
		interests(t, &cmd)
	case engine.Rectify:
		onOrder(t, a)
	case engine.Recheck:
		w.ownPoints(t, cmd.By.Org, a)
	case engine.Mend:
		w.mends(t, &cmd)
	case engine.Correct:
		w.misprint(t, &cmd)
	case engine.OverrideOpinion:
		w.decideAgainst(t, &cmd)
	case engine.Extend, engine.AskTime, engine.RefuseTime:
		a.Clock = rapid.SampledFrom(append([]string{"x"}, clockIDs(w.state)...)).Draw(t, "clock")
		if rapid.Bool().Draw(t, "proved") {
			a.Evidence = []engine.Evidence{{Name: "证明", Hash: hashOf(77)}}
		}
	case engine.PauseClock, engine.Resume:
		w.pauseArgs(t, &cmd)
	case engine.Add:
		if rapid.Bool().Draw(t, "branch") {
			a.Branch = step
		}
	}
	if draw := rapid.IntRange(0, 5).Draw(t, "examines"); draw < 4 { // else nothing was looked at
		a.Checks = slices.Concat(a.Checks, w.findings(cmd.Step, draw < 3))
	}
	inspecting(&cmd)
	w.numbers(&cmd)
	w.spoils(t, a)
	return cmd
}

// TestRandomCases runs random acts of anybody on random definitions, then lets
// people of good will finish: every case comes to its end. What is rare is looked for in up to
// four times as many cases: a run that has not met it has asserted nothing of it.
func TestRandomCases(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	unmet := func() string {
		i := slices.IndexFunc(sightings, func(what string) bool { return seen[what] == 0 })
		if i < 0 {
			return ""
		}
		return sightings[i]
	}
	for round := 0; round == 0 || round < 4 && unmet() != ""; round++ {
		rapid.Check(t, func(t *rapid.T) { randomCase(t, seen) })
	}
	t.Logf("what occurred: %v", seen)
	require.Empty(t, unmet(), "no random case had to explain it (%v)", seen)
}

// randomCase runs one of them.
func randomCase(t *rapid.T, seen map[string]int) {
	w := newWorld(t, seen)
	for range rapid.IntRange(0, 24).Draw(t, "kindly") { // further states than random acts alone reach
		w.override(t)
		w.putRight(t)
		w.lengthen(t)
		w.halt(t)
		w.haltAgain(t)
		w.sendsBack(t)
		w.asksAgain(t)
		w.asksTwice(t)
		w.meddles(t)
		w.lookAway(t)
		w.again(t)
		w.asksAnew(t)
		w.kind(t, true)
	}
	for range rapid.IntRange(0, 40).Draw(t, "acts") {
		if w.state.Over() && rapid.Bool().Draw(t, "enough") {
			break
		}
		if rapid.IntRange(0, 4).Draw(t, "tick") == 0 {
			w.advance(t)
		}
		w.do(t, w.randomAct(t))
		w.asksTwice(t)
		w.meddles(t)
	}
	w.finish(t)
	for _, e := range w.log {
		if _, ok := e.Body.(engine.OpinionOverridden); ok {
			w.saw("an opinion overridden", true)
		}
		if _, ok := e.Body.(engine.MendedOnSpot); ok {
			w.saw("a mistake put right on the spot", true)
		}
	}
	w.saw("a verdict before the conditions were worked through", w.hasty > 0)
}

// sightings are what random cases have to meet.
var sightings = []string{
	"extended in its unit", "extended in another unit", "capped", "gap", "no day left out", "started while a pause ran",
	"a pause with its most in wd", "a pause with its most in cd", "ClockOverdue", "ClockWarned", "PauseEnded",
	"a warning of its own in wd", "a list of warnings", "warnings of a list that come together", "reminded again",
	"a pause again", "WindowClosed",
	"a paper from applicant", "a paper from data", "a paper from library", "a paper from e-licence", "a paper from party", "a signature beside the applicant's",
	"an original compared by CaseAccepted", "filed by an agent", "filed with bad credit",
	"too few copies", "a signature lacks", "a source that is none of the guide's", "an agent where there may be none", "an authorisation that has run out",
	"bad credit with a promise or tolerance", "asked again for what an organ has given", "asked once more after the notice", "the window asked once more, waiting for the answer", "somebody spoke for another", "an opinion asked for again", "a signed decision asked for again",
	"an order to fix ended by reported", "an order to fix ended by time", "more time to fix",
	"more time asked for: granted", "more time asked for: refused", "more time asked for: over",
	"an opinion overridden", "a mistake put right on the spot", "a verdict before the conditions were worked through",
}

// override decides against an opinion where somebody could, every other time.
func (w *world) override(t *rapid.T) {
	w.acts++
	if c, ok := w.goesAgainst(t, engine.Command{ID: fmt.Sprintf("o%d", w.acts), At: w.now}); ok && rapid.Bool().Draw(t, "overrides") {
		require.Nil(t, w.do(t, c))
	}
}

// advance lets time pass: to the next due instant, or somewhat.
func (w *world) advance(t *rapid.T) {
	next := engine.NextDue(w.state)
	if !next.IsZero() && rapid.Bool().Draw(t, "due") {
		w.now = later(w.now, next)
	} else {
		w.now = w.now.Add(time.Duration(rapid.IntRange(1, 72).Draw(t, "hours")) * time.Hour)
	}
	w.do(t, engine.Command{Do: engine.Tick, At: w.now})
	require.True(t, engine.NextDue(w.state).IsZero() || engine.NextDue(w.state).After(w.now), "everything due has happened")
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// kind does the first open task that can be done; with a mind to it, opinions and
// decisions may also be against.
func (w *world) kind(t *rapid.T, critical bool) bool {
	for _, task := range w.state.Tasks {
		if task.Status != engine.TaskOpen {
			continue
		}
		if w.letsPass(t, task) || w.wantsMore(t, task) || w.unanswered(t, task) {
			continue
		}
		acts := map[engine.TaskKind][]engine.Act{
			engine.TaskLook: {engine.Clear}, engine.TaskAccept: {engine.Accept, engine.Gap, engine.Refuse}, engine.TaskAnswer: {engine.Answer},
			engine.TaskWork:     {engine.Pass, engine.Grant, engine.Agree, engine.Deny, engine.Disagree},
			engine.TaskQuestion: {engine.ContinueBlock}, engine.TaskHand: {engine.Hand},
			engine.TaskDuty: {engine.Fulfil}, engine.TaskJudge: {engine.Judge}, engine.TaskAnnul: {engine.Annul}, engine.TaskRate: {engine.Rate},
			engine.TaskArrange: {engine.Arrange}, engine.TaskRecord: {engine.Record}, engine.TaskRectify: {engine.Rectify}, engine.TaskRecheck: {engine.Recheck},
			engine.TaskPost: {engine.Post}, engine.TaskObjection: {engine.Uphold, engine.Dismiss}, engine.TaskRequest: {engine.Request},
			engine.TaskDeliver: {engine.Deliver}, engine.TaskTime: {rapid.SampledFrom([]engine.Act{engine.Extend, engine.RefuseTime}).Draw(t, "answers"), engine.RefuseTime},
		}[task.Kind]
		if task.Kind == engine.TaskDuty && task.Party != "applicant" && rapid.Bool().Draw(t, "checks itself") {
			acts = []engine.Act{engine.Judge, engine.Fulfil}
		}
		odds := 3
		if n := w.rules.Plan.Node(task.Step); n == nil || n.Review != nil {
			odds = 1 // opinions against are what decides go against
		}
		if critical && task.Kind == engine.TaskWork && rapid.IntRange(0, odds).Draw(t, "against") == 0 {
			acts = []engine.Act{engine.Pass, engine.Deny, engine.Disagree}
		}
		for _, do := range acts {
			for nth := 21; nth < 26; nth++ {
				if w.kindly(t, *task, do, nth) {
					return true
				}
			}
		}
	}
	return false
}

func (w *world) kindly(t *rapid.T, task engine.Task, do engine.Act, nth int) bool {
	w.acts++
	role := task.Role
	if role == engine.RoleLead {
		role = "approve"
	}
	by := person(task.Party, role, nth)
	by.Org = task.Org
	if slices.ContainsFunc(w.state.Vacancies, func(v engine.Vacancy) bool { return v.Org == task.Org && v.Role == task.Role && v.Until.IsZero() }) && task.Claimed == "" {
		by.Roles = []string{"organ-head"} // nobody else is there
	}
	if task.Party == "applicant" {
		by = engine.Actor{Kind: engine.Applicant}
	}
	if task.Owner != "" {
		by.ID, do = task.Owner, engine.GiveBack
	} else if task.Claimed != "" {
		by.ID = task.Claimed
	}
	cmd := engine.Command{ID: fmt.Sprintf("k%d", w.acts), Do: do, By: by, At: w.now, Step: task.Step, Task: task.ID}
	w.kindArgs(&cmd.Args)
	cmd.Args.Grade = rapid.IntRange(1, 5).Draw(t, "grade")
	if k := w.state.Duty(task.About); do == engine.Fulfil && k != nil && k.About != "" && w.rules.Plan.Paper(k.About) != nil && k.Kind != engine.DutyDeclared && k.Kind != engine.DutyPaper {
		cmd.Args.Papers, cmd.Args.Duty = []engine.PaperIn{w.paper(k.About)}, k.ID
	}
	if do == engine.Accept && w.rules.Plan.Def.Item.Originals == "collection" && rapid.IntRange(0, 3).Draw(t, "seen early") > 0 {
		cmd.Args.Originals = nil
	}
	if do == engine.Judge {
		cmd.Args.Finding = w.found(t, task.About)
		if cmd.Args.Finding == engine.FindingFix {
			w.orders(t, &cmd.Args, true)
			if w.do(t, cmd) == nil {
				return true
			}
			cmd.ID, cmd.Args.Finding = cmd.ID+"again", "met"
		}
	}
	switch do {
	case engine.Hand:
		cmd.Args.Way = rapid.SampledFrom([]string{"counter", "courier"}).Draw(t, "handed")
		cmd.Args.Proof = "单号"
	case engine.Deliver:
		cmd.Args.Proof = "回执"
		cmd.Args.Way, cmd.Args.On = "post", time.Time{}
	}
	if do == engine.Rectify {
		cmd.Args.Statements = nil
	}
	if do == engine.Recheck {
		w.ownPoints(nil, task.Party, &cmd.Args)
	}
	inspecting(&cmd)
	w.numbers(&cmd)
	if n := w.rules.Plan.Node(task.Step); do == engine.Arrange && n.Hearing != nil {
		cmd.Args.On = w.now.Add(20 * 24 * time.Hour)
		presiding(&cmd)
	}
	if len(w.findings(task.Step, true)) > 0 && rapid.Bool().Draw(t, "hasty") { // an early verdict, unless a link before has looked
		if hasty := w.do(t, cmd); hasty == nil {
			return true
		}
		cmd.ID += "again"
	}
	if do != engine.Pass || rapid.Bool().Draw(t, "the link looks") {
		cmd.Args.Checks = slices.Concat(cmd.Args.Checks, w.findings(task.Step, true))
	}
	if do == engine.Gap {
		cmd.Step, cmd.Task = "", ""
		for i := range w.state.Papers {
			if p := &w.state.Papers[i]; p.Status == engine.PaperMissing {
				cmd.Args.Lines = append(cmd.Args.Lines, engine.GapLine{Of: p.ID, Reason: "未提交"})
			}
		}
	}
	return w.do(t, cmd) == nil
}
