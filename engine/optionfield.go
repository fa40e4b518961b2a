package engine

import (
	"encoding/json"
	"slices"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// known adds what can be said of fields no judge has asked for.
func (d *decider) known(o *Option, cmd *Command) {
	add := func(field string, list []Choice) {
		if len(list) > 0 && !slices.ContainsFunc(o.Fields, func(f OptionField) bool { return f.Field == field }) {
			o.Fields = append(o.Fields, OptionField{Field: field, Choices: list})
		}
	}
	may := func(field string) {
		choices, set := choosers[field](d, cmd)
		fit, _ := d.fitting(cmd, field, choices, set)
		add(field, fit)
	}
	n, t := d.meant(cmd), d.s.Task(cmd.Task)
	switch cmd.Do {
	case Pass, Grant, Deny, Agree, AgreeWith, Disagree:
		if n != nil && n.Work() != nil {
			ids := n.Work().Checks
			if d.s.Examined {
				ids = d.examining(n)
			}
			list := d.choicesOf(ids)
			if slices.Contains(o.Needs, "checks") {
				done := d.found(n, nil)
				for i, c := range list {
					list[i].Asked = !slices.ContainsFunc(done, func(r CheckResult) bool { return r.ID == c.ID })
				}
			}
			add("checks", list)
		}
	case Recheck:
		if n != nil && n.Visit != nil && t != nil {
			add("checks", pointsOf(d.st(n).Visit, t.Party))
		}
	case Judge:
		add("finding", d.findingChoices(cmd))
	case Rectify:
		if t != nil && t.Step == "" {
			add("statements", d.ordered(t.About))
			add("duty", d.choicesOf([]string{t.About})) // and what he says and shows
		}
		if n != nil && n.Visit != nil {
			add("statements", pointsOf(d.st(n).Visit, ""))
		}
	case Gap:
		add("lines", d.askable())
	case Mend:
		add("corrections", d.mendableFields())
		add("papers", d.mendablePapers())
	case Answer:
		add("statements", d.unanswered(t))
	case Fulfil:
		add("papers", d.following(t))
	case Accept:
		if d.r.Plan.Def.Item.Originals == "acceptance" {
			add("originals", asked(d.choicesOf(d.uncompared())))
		}
	case Hand:
		add("items", d.handable(n))
		may("way")
		if d.r.Plan.Def.Item.Originals != "never" {
			add("originals", asked(d.choicesOf(d.uncompared())))
		}
	case Consult:
		add("org", d.partyOrgs())
		if n != nil {
			add("reads", d.choicesOf(n.Reads))
		}
	case SendBack:
		may("link")
	case Return:
		may("to")
	case Add, Withdraw:
		add("branch", d.branches(cmd))
	case Challenge:
		grounds := make([]string, len(annulGrounds))
		for i, g := range annulGrounds {
			grounds[i] = g.word
		}
		add("ground", d.choicesOf(grounds))
	case Extend:
		if t != nil && t.Kind == TaskTime {
			add("clock", []Choice{{ID: t.Clock, Name: ClockName(d.r, d.s, t.Clock)}})
		}
	case RefuseTime:
		if t == nil {
			add("clock", d.askedChoices())
		}
	case Hear:
		add("of", d.interestedChoices())
	case Urge, PauseClock, Resume:
		if cmd.Step == "" {
			may("step")
		}
	case Record:
		if n != nil && n.Hearing != nil {
			add("signatures", d.participants(n))
			return
		}
		conditions := []string{}
		for i := range d.r.Plan.Conditions {
			conditions = append(conditions, d.r.Plan.Conditions[i].ID)
		}
		add("points", d.choicesOf(conditions))
	case Copy:
		add("accounts", colleagues(cmd))
		add("orgs", d.partyOrgs())
	}
	if cmd.Do == Record || cmd.Do == Recheck {
		add("inspectors", colleagues(cmd))
	}
	switch cmd.Do {
	case Grant:
		// Of each of them something must be said, as of the conditions examined (rule 3.4.3).
		add("takes", asked(d.conditionsPut(cmd)))
		add("overrides", asked(d.opinionChoices(cmd)))
		if n != nil && n.Decide != nil {
			add("outputs", outputChoices(n))
		}
	case Deny:
		add("takes", d.conditionsPut(cmd))
	case OverrideOpinion:
		add("overrides", d.opinionChoices(cmd))
	}
}

// opinionChoices are the opinions the act may go against.
func (d *decider) opinionChoices(cmd *Command) (list []Choice) {
	for _, m := range d.opinions(cmd) {
		list = append(list, d.choice(m.ID))
	}
	return list
}

// asked marks choices of which something must be said, each of them.
func asked(list []Choice) []Choice {
	for i := range list {
		list[i].Asked = true
	}
	return list
}

// partyOrgs are the organisations that take part in the case, by what they are in it.
func (d *decider) partyOrgs() (list []Choice) {
	for _, p := range d.s.Parties {
		if slices.ContainsFunc(list, func(c Choice) bool { return c.ID == p.Org }) {
			continue // one organisation may be several parties
		}
		list = append(list, Choice{ID: p.Org, Name: d.choice(p.Party).Name})
	}
	return list
}

func (d *decider) choicesOf(ids []string) (list []Choice) {
	for _, id := range ids {
		list = append(list, d.choice(id))
	}
	return list
}

// pointsOf are the open points of a visit, of one party or of all.
func pointsOf(v *VisitState, party string) (list []Choice) {
	if v == nil {
		return nil
	}
	for _, p := range v.Points {
		if len(p.Open) > 0 && (party == "" || slices.Contains(p.Open, party)) {
			list = append(list, Choice{ID: p.ID, Name: calendar.Text{ZH: p.Text, EN: p.Text}})
		}
	}
	return list
}

// askable are the papers and conditions a correction notice may name.
func (d *decider) askable() (list []Choice) {
	for i := range d.s.Papers {
		if p := &d.s.Papers[i]; d.gapLines([]GapLine{{Of: p.ID, Reason: written}}) == nil {
			list = append(list, d.choice(p.ID))
		}
	}
	for i := range d.r.Plan.Conditions {
		if id := d.r.Plan.Conditions[i].ID; d.condition(id) {
			list = append(list, d.choice(id))
		}
	}
	return list
}

// unanswered are the lines of the notice that wait for the applicant.
func (d *decider) unanswered(t *Task) (list []Choice) {
	n := d.intake()
	if n == nil || d.st(n).Intake == nil || t != nil && t.Step != n.ID {
		return nil
	}
	for _, l := range d.st(n).Intake.Lines {
		if !l.Answered {
			list = append(list, d.choice(l.Of))
		}
	}
	return list
}

// following are the papers that are to follow, those of a task or of all, and those
// a new letter may stand in for.
func (d *decider) following(task *Task) (list []Choice) {
	for i := range d.s.Papers {
		p := &d.s.Papers[i]
		owed := slices.ContainsFunc(d.s.Duties, func(t DutyState) bool {
			return t.OnPaper() && t.Owed() && t.About == p.ID && (task == nil || task.About == t.ID)
		})
		letter := d.s.since(3) && p.Status == PaperLetter && !d.over(p)
		if owed || task == nil && letter && d.standsIn(p.ID) {
			c := d.choice(p.ID)
			c.Letter = letter
			list = append(list, c)
		}
	}
	return list
}

// handable are the results that wait to be handed out.
func (d *decider) handable(n *definition.Node) (list []Choice) {
	for _, t := range d.s.Tasks {
		if t.Kind == TaskHand && t.Status == TaskOpen && (n == nil || t.Step == n.ID) {
			list = append(list, Choice{ID: t.About, Name: d.r.resultName(d.s, t.About)})
		}
	}
	return list
}

// earlierLinks are the roles before a link, the nearest first.
func earlierLinks(n *definition.Node, link int) (list []Choice) {
	for i := link - 1; i >= 0; i-- {
		for _, r := range n.Work().Chain[i].Roles {
			if !slices.ContainsFunc(list, func(c Choice) bool { return c.ID == r.Role }) {
				list = append(list, Choice{ID: r.Role, Name: definition.WordName(r.Role)})
			}
		}
	}
	return list
}

// branches are those the act may name: absent ones to be added, those that may be withdrawn.
func (d *decider) branches(cmd *Command) (list []Choice) {
	for _, n := range d.r.Plan.Nodes {
		try := *cmd
		try.Args.Branch = n.ID
		if n.Branch() && d.judged(try) == nil {
			list = append(list, d.choice(n.ID))
		}
	}
	return list
}

// byBranch looks whether an addition that no block takes as an opinion goes as a branch that was left
// out: a branch says itself where it belongs.
func (d *decider) byBranch(refused Option, cmd Command) Option {
	fillers["reason"](d, &cmd)
	branches := d.branches(&cmd)
	if len(branches) == 0 {
		return refused
	}
	return Option{Do: cmd.Do, Allowed: true, Needs: []string{"branch", "reason"}, Fields: []OptionField{{Field: "branch", Choices: branches}}}
}

func outputChoices(n *definition.Node) (list []Choice) {
	for _, o := range n.Decide.Gives {
		list = append(list, Choice{ID: o.ID, Name: calendar.Text{ZH: o.Name, EN: o.Name}, Schema: cloneJSON(o.Data)})
	}
	return list
}

// cloneJSON keeps what is handed out apart from the plan, which all cases share.
func cloneJSON(v map[string]any) map[string]any {
	if v == nil {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // it came from JSON
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		panic(err)
	}
	return out
}
