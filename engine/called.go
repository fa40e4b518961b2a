package engine

import (
	"slices"
	"strings"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Called is what something of a case is called, whatever it is: a clock, a task, a pause, a step, a paper, a result, a
// duty, a document on its way, a role; its own id where the definition gives it no name. Names the definition gives stand
// as they are in both languages.
func Called(r *Rules, s *State, id string) calendar.Text {
	if s.Clock(id) != nil {
		return ClockName(r, s, id)
	}
	if t := s.Task(id); t != nil {
		return same(stepName(r, s, t.Step))
	}
	if i := slices.IndexFunc(s.Pauses, func(p PauseRun) bool { return p.ID == id }); i >= 0 {
		return definition.PauseName(s.Pauses[i].Kind)
	}
	if k := s.Duty(id); k != nil && k.Name != "" {
		return same(k.Name)
	}
	if r.nameOf(s, id) != "" || strings.HasPrefix(id, "denial:") {
		return r.resultName(s, id)
	}
	if x := s.delivery(id); x != nil {
		return same(x.Name)
	}
	if org, role, ok := strings.Cut(id, "."); ok {
		if i := slices.IndexFunc(s.Parties, func(p PartyOrg) bool { return p.Org == org }); i >= 0 {
			name, of := definition.RoleName(role), cmp0(r.nameOf(s, s.Parties[i].Party), org)
			return calendar.Text{ZH: of + "的" + name.ZH, EN: name.EN + " of " + of}
		}
	}
	return definition.RoleName(id)
}

// ClockName is what a clock is called: of the case, of a step, of a duty, or of a hand-out.
func ClockName(r *Rules, s *State, id string) calendar.Text {
	base, _, _ := strings.Cut(id, "#")
	if n, ok := clockNames[base]; ok {
		return n
	}
	if c := s.Clock(id); c != nil && c.Duty != "" && c.ID != dutyClock(c.Duty) { // an order on it
		of := ClockName(r, s, dutyClock(c.Duty))
		part, _, _ := strings.Cut(strings.TrimPrefix(id, dutyClock(c.Duty)+"."), "#")
		name := dutyName(r, s, c.Duty)
		return calendar.Text{ZH: "义务“" + name + "”的" + clockParts[part].ZH + "期限", EN: of.EN + " (" + clockParts[part].EN + ")"}
	}
	if duty, ok := strings.CutPrefix(id, "duty."); ok {
		name := dutyName(r, s, duty)
		return calendar.Text{ZH: "义务“" + name + "”的期限", EN: "limit for the duty " + name}
	}
	step, rest, _ := strings.Cut(base, ".")
	if step == "hand" {
		return calendar.Text{ZH: "送达期限", EN: "limit for the hand-out"}
	}
	name := stepName(r, s, step)
	if rest == "" {
		return same(name)
	}
	part, _, _ := strings.Cut(rest, ".") // which of several people, which turn
	n, ok := clockParts[part]
	if !ok {
		n = definition.RoleName(part)
	}
	return calendar.Text{ZH: name + "（" + n.ZH + "）", EN: name + " (" + n.EN + ")"}
}

func dutyName(r *Rules, s *State, id string) string {
	if k := s.Duty(id); k != nil && k.Name != "" {
		return k.Name
	}
	return cmp0(r.nameOf(s, id), id)
}

var (
	clockNames = map[string]calendar.Text{
		clockStatutory:     {ZH: "法定办结时限", EN: "statutory limit of the case"},
		clockPromised:      {ZH: "承诺办结时限", EN: "promised limit of the case"},
		clockCollect:       {ZH: "材料查看窗口期", EN: "collect window"},
		clockAnswer:        {ZH: "补正期限", EN: "limit for the applicant's answer"},
		"applicant.rating": {ZH: "评价期", EN: "time for rating"},
	}
	clockParts = map[string]calendar.Text{
		"request": {ZH: "申请听证", EN: "to ask for it"}, "hold": {ZH: "组织听证", EN: "to be held"},
		"posting": {ZH: "公示期", EN: "time it hangs"}, "rectify": {ZH: "整改", EN: "to put right"},
		"recheck": {ZH: "复查", EN: "re-check"}, "fix": {ZH: "整改", EN: "to put right"}, "statutory": {ZH: "法定", EN: "statutory"},
	}
)

func stepName(r *Rules, s *State, id string) string {
	if n := r.node(s, id); n != nil && n.Name != "" {
		return n.Name
	}
	return id
}

func same(name string) calendar.Text { return calendar.Text{ZH: name, EN: name} }
