package definition

import "lianban/engine/calendar"

// Words says an expression of the definition in words; "" is always.
func (def *Definition) Words(e Expr) calendar.Text {
	if e == "" {
		return text("总是", "always")
	}
	return newWording(def).condition(e)
}

// Called are what the things of a definition are called, by id: parties, papers, steps, outputs, conditions,
// pauses, duties.
func (def *Definition) Called() map[string]string {
	names := map[string]string{"applicant": "申请人"}
	add := func(id, name string) {
		if name != "" {
			names[id] = name
		}
	}
	for _, p := range def.Parties {
		add(p.ID, p.Name)
	}
	for _, m := range def.Materials {
		add(m.ID, m.Name)
	}
	for _, c := range def.Conditions {
		add(c.ID, c.Text)
	}
	for _, p := range def.Pauses {
		add(p.ID, PauseName(p.Kind).ZH)
	}
	for _, k := range def.Duties {
		add(k.ID, k.Name)
	}
	for _, q := range def.Situations {
		add(q.ID, q.Ask)
	}
	walk(def.Process, func(s *Step) {
		add(s.ID, s.Name)
		if s.Decide != nil {
			for _, o := range s.Decide.Gives {
				add(o.ID, o.Name)
			}
		}
	})
	return names
}

// Output is the result of an id that a decision of the definition gives, nil when none does.
func (def *Definition) Output(id string) *Output {
	var found *Output
	walk(def.Process, func(s *Step) {
		if s.Decide == nil {
			return
		}
		for i := range s.Decide.Gives {
			if o := &s.Decide.Gives[i]; o.ID == id {
				found = o
			}
		}
	})
	return found
}

// RoleName is what a role is called, the word itself where it has no name. The console has the same words
// (common.json, role), which a test holds.
func RoleName(role string) calendar.Text {
	if n, ok := roleNames[role]; ok {
		return text(n[0], n[1])
	}
	return text(role, role)
}

// roleNames are what Roles are called.
var roleNames = map[string][2]string{
	"clerk": {"窗口人员", "window clerk"}, "handle": {"承办", "case officer"}, "check": {"审核", "checker"}, "approve": {"批准", "approver"},
	"lead": {"牵头协调", "lead coordinator"}, "organ-head": {"行政机关负责人", "head of organ"}, "government-head": {"本级人民政府负责人", "head of government"},
	"supervisor": {"监察员", "supervisor"}, "analyst": {"事项编制", "item editor"}, "publisher": {"事项发布", "item publisher"},
	"admin": {"管理员", "administrator"}, "operator": {"运维人员", "operator"},
}
