package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// The data of random acts: who is named, what is corrected, when it came.

// colleague names somebody of the organisation whose task it is, mostly in its role.
func (w *world) colleague(t *rapid.T, cmd *engine.Command) {
	c := w.anyone(t)
	if task := w.state.Task(cmd.Task); task != nil && task.Role != "" && rapid.IntRange(0, 3).Draw(t, "ofHis") > 0 {
		c = person(task.Party, task.Role, rapid.IntRange(1, 6).Draw(t, "nth"))
		c.Org = task.Org
		if cmd.Do == engine.Assign && rapid.Bool().Draw(t, "head") {
			cmd.By = person(task.Org, "organ-head", 7)
		}
	}
	cmd.Args.Account = c.ID
	cmd.People = []engine.Colleague{{ID: c.ID, Org: c.Org, Roles: c.Roles}}
}

// lastOf is the task that moved a step's chain last.
func (w *world) lastOf(step string) engine.Task {
	if st := w.state.Step(step); st != nil && st.Moved != nil {
		return *w.state.Task(st.Moved.Task)
	}
	return engine.Task{}
}

// inspecting is what the directory says of inspectors: they are of the actor's organisation.
func inspecting(cmd *engine.Command) {
	for _, id := range cmd.Args.Inspectors {
		cmd.People = append(cmd.People, engine.Colleague{ID: id, Org: cmd.By.Org, Roles: []string{"handle"}})
	}
}

// numbers gives what a grant makes out its numbers.
func (w *world) numbers(cmd *engine.Command) {
	if n := w.rules.Plan.Node(cmd.Step); cmd.Do == engine.Grant && n != nil && n.Decide != nil {
		for _, g := range n.Decide.Gives {
			cmd.Args.Outputs = append(cmd.Args.Outputs, engine.OutputIn{ID: g.ID, Number: "号" + g.ID})
		}
	}
}

// presiding names a chair of the actor's organisation who does nothing else.
func presiding(cmd *engine.Command) {
	cmd.Args.Chair = "chair-" + cmd.By.Org
	cmd.People = append(cmd.People, engine.Colleague{ID: cmd.Args.Chair, Org: cmd.By.Org, Roles: []string{"organ-head"}})
}

// recorded draws what a visit or a hearing is recorded with.
func recorded(t *rapid.T, a *engine.Args) {
	for range rapid.IntRange(0, 2).Draw(t, "points") {
		a.Points = append(a.Points, engine.PointIn{Text: rapid.SampledFrom([]string{"甲", "乙", "丙"}).Draw(t, "point")})
	}
	a.Inspectors = a.Inspectors[:rapid.SampledFrom([]int{2, 2, 2, 1}).Draw(t, "inspectors")]
	if rapid.IntRange(0, 4).Draw(t, "unsigned") == 0 {
		a.Signatures = a.Signatures[:rapid.IntRange(0, 1).Draw(t, "signatures")]
	}
}

// interests draws whose interests are touched, or which of them speaks.
func interests(t *rapid.T, cmd *engine.Command) {
	a := &cmd.Args
	if cmd.Do == engine.Hear {
		cmd.Step, cmd.Task = "", ""
		a.Of = rapid.SampledFrom([]string{"", "", "interested.1", "interested.2"}).Draw(t, "who speaks")
		return
	}
	a.Name = rapid.SampledFrom([]string{"邻户甲", "邻户乙", "邻户丙", ""}).Draw(t, "interested")
	a.Time = rapid.SampledFrom([]calendar.Period{{}, {}, wd(7), wd(2)}).Draw(t, "to state his case")
}

// ownPoints are what a party may have found at the points it named; without t all is well.
func (w *world) ownPoints(t *rapid.T, party string, a *engine.Args) {
	a.Checks = nil
	for i := range w.state.Steps {
		if v := w.state.Steps[i].Visit; v != nil && w.state.Steps[i].Status == engine.Open {
			for _, p := range v.Points {
				if slices.Contains(p.Open, party) {
					a.Checks = append(a.Checks, engine.CheckResult{ID: p.ID, OK: t == nil || rapid.Bool().Draw(t, "ok")})
				}
			}
		}
	}
}

// arrival draws that a document has come, now or before; any document, now and then.
func (w *world) arrival(t *rapid.T, cmd *engine.Command) {
	a := &cmd.Args
	a.Proof = rapid.SampledFrom([]string{"回执", "回执", ""}).Draw(t, "proof")
	a.Way = rapid.SampledFrom([]string{"post", "direct", "public", "pigeon"}).Draw(t, "way")
	a.On = w.now.Add(-time.Duration(rapid.IntRange(-1, 40).Draw(t, "ago")) * 24 * time.Hour)
	if rapid.Bool().Draw(t, "now") {
		a.On = time.Time{}
	}
	if len(w.state.Notices) > 0 && rapid.IntRange(0, 2).Draw(t, "any") == 0 {
		a.Of, cmd.Task = rapid.SampledFrom(w.state.Notices).Draw(t, "of").ID, ""
	}
	if rapid.IntRange(0, 4).Draw(t, "told") == 0 {
		cmd.By = engine.Actor{Kind: engine.System}
	}
}

// misprint draws a correction of something that is signed, mostly by who signed it.
func (w *world) misprint(t *rapid.T, cmd *engine.Command) {
	a := &cmd.Args
	a.Corrections = []engine.ReadingIn{{Field: rapid.SampledFrom([]string{"reason", "basis", "end"}).Draw(t, "field"), To: rapid.SampledFrom([]any{"更正", "又更正", 1.0}).Draw(t, "reads")}}
	cmd.Step, cmd.Task = "", ""
	if len(w.state.Outputs) > 0 && rapid.Bool().Draw(t, "output") {
		o := rapid.SampledFrom(w.state.Outputs).Draw(t, "misprinted")
		a.Output, a.Corrections[0].Field, cmd.Step = o.ID, "number", o.Step
	}
	for i := range w.state.Steps {
		if st := w.state.Steps[i]; st.Verdict != nil && (cmd.Step == "" || cmd.Step == st.ID) {
			cmd.Step, cmd.By = st.ID, person(st.Org, rapid.SampledFrom([]string{"approve", "approve", "handle"}).Draw(t, "corrector"), 1)
		}
	}
}

// mends draws a mistake put right on the spot, mostly by the window.
func (w *world) mends(t *rapid.T, cmd *engine.Command) {
	a := &cmd.Args
	a.Corrections, a.Confirmed, a.File = nil, rapid.IntRange(0, 5).Draw(t, "confirmed") > 0, ""
	if rapid.IntRange(0, 4).Draw(t, "window's") > 0 {
		cmd.By = person(w.state.Org("hall"), "clerk", rapid.IntRange(1, 3).Draw(t, "mender"))
	}
	for _, field := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"q1", "q2", "q3", "form.site.street", "form.site", "x"}), 0, 2, rapid.ID[string]).Draw(t, "mended") {
		var to any = rapid.Bool().Draw(t, "reads")
		if strings.HasPrefix(field, "form.") {
			to = rapid.SampledFrom([]string{"甲", "乙"}).Draw(t, "street")
		}
		a.Corrections = append(a.Corrections, engine.ReadingIn{Field: field, To: to})
	}
	for i := range w.state.Papers {
		if p := &w.state.Papers[i]; (p.Hash != "" || rapid.IntRange(0, 5).Draw(t, "missing") == 0) && rapid.IntRange(0, 2).Draw(t, "anew") == 0 {
			a.Papers = append(a.Papers, w.paper(p.ID))
		}
	}
}

// putRight has a mistake put right on the spot where that may be, every other time.
func (w *world) putRight(t *rapid.T) {
	w.acts++
	c := engine.Command{ID: fmt.Sprintf("m%d", w.acts), Do: engine.Mend, At: w.now, By: person(w.state.Org("hall"), "clerk", 2)}
	c.Args = engine.Args{Confirmed: true, Reason: "笔误"}
	street := rapid.SampledFrom([]string{"甲", "乙", "丙"}).Draw(t, "right street")
	field, to := "form.site.street", any(street)
	if rapid.Bool().Draw(t, "an answer") {
		now, _ := w.state.Answers["q2"].(bool)
		field, to = "q2", !now
	}
	c.Args.Corrections = []engine.ReadingIn{{Field: field, To: to}}
	for i := range w.state.Papers {
		if p := &w.state.Papers[i]; p.Hash != "" && p.Status != engine.PaperAbsent && rapid.IntRange(0, 3).Draw(t, "paper right") == 0 {
			c.Args.Papers = append(c.Args.Papers, w.paper(p.ID))
		}
	}
	if rapid.Bool().Draw(t, "puts right") && engine.Decide(w.rules, w.state, c).Rejection == nil {
		require.Nil(t, w.do(t, c))
	}
}

// challenge draws a challenge of a result, mostly by who has granted it.
func (w *world) challenge(t *rapid.T, cmd *engine.Command) {
	a := &cmd.Args
	cmd.Step, cmd.Task, a.Name = "", "", rapid.SampledFrom([]string{"", "邻户"}).Draw(t, "asked by")
	a.Ground = rapid.SampledFrom([]string{"abuse", "power", "procedure", "conditions", "other", "fraud", "death"}).Draw(t, "on")
	if len(w.state.Outputs) > 0 {
		o := rapid.SampledFrom(w.state.Outputs).Draw(t, "challenged")
		a.Output, cmd.By = o.ID, person(o.Org, rapid.SampledFrom([]string{"handle", "approve"}).Draw(t, "challenger"), 1)
		if rapid.IntRange(0, 3).Draw(t, "from above") == 0 {
			cmd.By = person("gov", rapid.SampledFrom([]string{"organ-head", "government-head", "handle"}).Draw(t, "superior"), 1)
			cmd.By.Over = rapid.SampledFrom([][]string{{o.Org}, {o.Org}, nil}).Draw(t, "over")
		}
	}
}

// decideAgainst draws an override, mostly of an opinion that disagrees, on an open decide.
func (w *world) decideAgainst(t *rapid.T, cmd *engine.Command) {
	var open, disagree []string
	for i := range w.state.Steps {
		st := w.state.Steps[i]
		n := w.rules.Plan.Node(st.ID)
		if n != nil && n.Decide != nil && st.Status == engine.Open {
			open = append(open, st.ID)
		}
		if st.End == engine.EndDisagree || rapid.IntRange(0, 9).Draw(t, "whatever") == 0 {
			disagree = append(disagree, st.ID)
		}
	}
	if len(open) == 0 || len(disagree) == 0 {
		return
	}
	cmd.Step, cmd.Task = rapid.SampledFrom(open).Draw(t, "decide"), ""
	cmd.By = person(w.state.Step(cmd.Step).Org, rapid.SampledFrom([]string{"approve", "handle"}).Draw(t, "signer"), 2)
	cmd.Args.Overrides = []engine.Override{{Step: rapid.SampledFrom(disagree).Draw(t, "opinion"), Reason: cmd.Args.Reason}}
}

// goesAgainst draws an override that is in its place, false when there is none: what an open decide could
// still decide against, by whoever signs it.
func (w *world) goesAgainst(t *rapid.T, cmd engine.Command) (engine.Command, bool) {
	var found []engine.Command
	for i := range w.state.Steps {
		decide := w.state.Steps[i]
		n := w.rules.Plan.Node(decide.ID)
		if n == nil || n.Decide == nil || decide.Status != engine.Open {
			continue
		}
		last := n.Work().Chain[len(n.Work().Chain)-1].Roles
		for j := range w.state.Steps {
			if w.state.Steps[j].End != engine.EndDisagree {
				continue
			}
			c := cmd
			c.Do, c.Step, c.By = engine.OverrideOpinion, decide.ID, person(decide.Org, last[0].Role, 2)
			c.Args = engine.Args{Reason: "理由", Overrides: []engine.Override{{Step: w.state.Steps[j].ID, Reason: "不采纳"}}}
			if engine.Decide(w.rules, w.state, c).Rejection == nil {
				found = append(found, c)
			}
		}
	}
	if len(found) == 0 {
		return cmd, false
	}
	return rapid.SampledFrom(found).Draw(t, "against"), true
}

// redoable are the steps a return to target may well name: opinions in it.
func (w *world) redoable(target *definition.Node) []string {
	var ended []string
	for _, n := range w.rules.Plan.Nodes {
		if target != nil && n.Within(target) && (n.Review != nil || n.Visit != nil || n.Hearing != nil) && w.state.Step(n.ID).Status == engine.Ended {
			ended = append(ended, n.ID)
		}
	}
	return ended
}

// audience are those besides the applicant who may have been told of a hearing.
func (w *world) audience() (who []string) {
	for _, n := range w.rules.Plan.Nodes {
		if n.Hearing != nil {
			who = append(who, n.Hearing.Parties...)
		}
	}
	for i := range w.state.Interested {
		who = append(who, w.state.Interested[i].ID)
	}
	return append(who, "interested")
}

// kindArgs is the data with which any act may be done.
func (w *world) kindArgs(a *engine.Args) {
	a.Originals = w.unseen()
	a.On, a.Inspectors = w.now, []string{"i1", "i2"}
	a.Signatures, a.File = nil, hashOf(1)
	for _, who := range append([]string{"applicant"}, w.audience()...) {
		a.Signatures = append(a.Signatures, engine.Signature{Of: who})
	}
	a.Reason, a.Basis, a.Way, a.Conditions = "理由", "法", "counter", []string{"条件甲"}
	for i := range w.state.Steps {
		st := w.state.Steps[i]
		a.Overrides = append(a.Overrides, engine.Override{Step: st.ID, Reason: "不采纳"})
		if st.End == engine.EndAgreeWith {
			a.Takes = append(a.Takes, engine.Take{Step: st.ID, Condition: "条件甲", Taken: true})
		}
	}
	if in := w.state.Step("receive").Intake; in != nil {
		for _, l := range in.Lines {
			a.Statements = append(a.Statements, engine.Statement{Of: l.Of, Text: "说明"})
		}
	}
}

func clockIDs(s *engine.State) []string {
	ids := make([]string, len(s.Clocks))
	for i := range s.Clocks {
		ids[i] = s.Clocks[i].ID
	}
	return ids
}

// bearing is the day a letter bears, or none.
func (w *world) bearing(t *rapid.T) *calendar.Date {
	days := rapid.IntRange(-1, 9).Draw(t, "bears")
	if days < 0 {
		return nil
	}
	day := calendar.DateOf(w.now).AddDays(days)
	return &day
}
