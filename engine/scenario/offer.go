package scenario

import (
	"regexp"
	"slices"

	"lianban/engine"
)

// Offer is an act somebody of the play may do now.
type Offer struct {
	Do   engine.Act
	By   string
	Step string
	// Needs is the code it is refused with while nothing is said with it; empty: it can be done as it is.
	Needs engine.Code
	// Says is what may be said with it, as the engine tells those who do it in a case.
	Says engine.Option
}

// Doable is an open task with what may be done on it.
type Doable struct {
	engine.TaskRow
	Acts []Offer
}

// maxDoable is for how many tasks it is worked out what may be done on them.
const maxDoable = 100

// offer works out who may do what now.
func (p *play) offer() {
	if p.state == nil {
		return
	}
	rows := engine.Project(p.rules, p.state).Tasks
	for i := range rows {
		if rows[i].Status != engine.TaskOpen {
			continue
		}
		k := Doable{TaskRow: rows[i]}
		if len(p.out.Tasks) < maxDoable {
			k.Acts = p.onTask(&rows[i].Task)
		}
		p.out.Tasks = append(p.out.Tasks, k)
	}
	p.free()
}

// onTask are the acts on a task, each by the first who may do it: whoever has it in hand, one of its role, who distributes.
func (p *play) onTask(t *engine.Task) []Offer {
	if t.Kind == engine.TaskRate {
		return []Offer{p.tried(Offer{Do: engine.Rate, By: applicant, Says: engine.Option{Do: engine.Rate, Allowed: true}}, t.ID)}
	}
	var out []Offer
	for _, name := range p.candidates(t) {
		if second.MatchString(name) && slices.ContainsFunc(out, func(o Offer) bool { return !slices.Contains(handing, o.Do) }) {
			continue // a second one of a role is for what separation of duties keeps the first from
		}
		by, ok := p.run.actor(name)
		if !ok {
			continue
		}
		list, _ := engine.TaskOptions(p.rules, p.state, by, p.now, t.ID, staff(by.Org))
		for _, o := range list {
			if o.Allowed && !slices.ContainsFunc(out, func(x Offer) bool { return x.Do == o.Do }) {
				out = append(out, p.tried(Offer{Do: o.Do, By: name, Step: t.Step, Says: o}, t.ID))
			}
		}
	}
	return out
}

// handing are acts on who has a task, which do none of its work.
var handing = []engine.Act{engine.Claim, engine.Release, engine.Assign, engine.Transfer, engine.Delegate, engine.GiveBack, engine.Urge}

var second = regexp.MustCompile(`\.[0-9]+$`)

const applicant = "applicant"

func (p *play) candidates(t *engine.Task) []string {
	if t.Party == applicant {
		party, role := engine.Desk(p.rules)
		return []string{applicant, party + "." + role}
	}
	var names []string
	for _, claimed := range []string{t.Claimed, t.Signer, t.Owner} {
		if claimed != "" {
			names = append(names, claimed)
		}
	}
	for _, role := range []string{t.Role, engine.RoleLead, engine.RoleApprove, engine.RoleOrganHead} {
		if role != "" {
			names = append(names, t.Org+"."+role, t.Org+"."+role+".2", t.Org+"."+role+".3")
		}
	}
	return unique(names)
}

func unique(list []string) []string {
	var out []string
	for _, x := range list {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// staff are the people an act may name: two of each role of an organisation.
func staff(org string) []engine.Colleague {
	var people []engine.Colleague
	for _, role := range []string{engine.RoleClerk, engine.RoleHandle, engine.RoleCheck, engine.RoleApprove, engine.RoleLead, engine.RoleOrganHead} {
		for _, second := range []string{"", ".2"} {
			people = append(people, engine.Colleague{ID: org + "." + role + second, Org: org, Roles: []string{role}})
		}
	}
	return people
}

// tried says what an act needs: it is done as it is, without anything being kept.
func (p *play) tried(o Offer, task string) Offer {
	by, _ := p.run.actor(o.By)
	res := engine.Decide(p.rules, p.state, engine.Command{ID: "try", Do: o.Do, By: by, At: p.now, Step: o.Step, Task: task})
	if res.Rejection != nil {
		o.Needs = res.Rejection.Code
	}
	return o
}

// freeActs are the acts that are done on no task.
var freeActs = slices.DeleteFunc(slices.Clone(engine.PersonActs), engine.OfTask)

// free are the acts that belong to no task: each by the first who may, and by the applicant as well.
func (p *play) free() {
	desk, role := engine.Desk(p.rules)
	lead := p.rules.Plan.Def.Item.Lead
	names := []string{applicant, lead + "." + engine.RoleLead, lead + "." + engine.RoleOrganHead, lead + "." + engine.RoleGovernmentHead, desk + "." + role}
	for _, t := range p.state.Tasks {
		if t.Status == engine.TaskOpen && t.Party != applicant && len(names) < 20 {
			names = append(names, t.Org+"."+engine.RoleHandle, t.Org+"."+engine.RoleOrganHead)
		}
	}
	for _, name := range unique(names) {
		by, ok := p.run.actor(name)
		if !ok {
			continue
		}
		for _, o := range engine.ActOptions(p.rules, p.state, by, p.now, "", staff(by.Org), freeActs) {
			known := slices.ContainsFunc(p.out.Acts, func(x Offer) bool { return x.Do == o.Do && x.By != applicant })
			if !o.Allowed || known {
				continue
			}
			for _, step := range stepsOf(&o) {
				p.out.Acts = append(p.out.Acts, p.tried(Offer{Do: o.Do, By: name, Step: step, Says: o}, ""))
			}
		}
	}
}

// stepsOf are the steps an act must choose one of; the empty one alone where it need not.
func stepsOf(o *engine.Option) []string {
	if !slices.Contains(o.Needs, "step") {
		return []string{""}
	}
	var steps []string
	for _, f := range o.Fields {
		if f.Field == "step" {
			for _, c := range f.Choices {
				steps = append(steps, c.ID)
			}
		}
	}
	return steps
}
