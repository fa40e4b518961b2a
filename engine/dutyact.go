package engine

import (
	"slices"
	"strings"
)

// dutyOf finds the duty an act is for and the actor's task with it.
func (d *decider) dutyOf(cmd *Command, kinds ...TaskKind) (*DutyState, *Task, *Rejection) {
	if id := cmd.Args.Duty; id != "" {
		t := d.s.Duty(id)
		if t == nil {
			if d.r.Plan.Duty(id) == nil {
				return nil, nil, reject(NotFound, "本案没有义务“"+id+"”", "this case has no duty "+id).at("duty")
			}
			return nil, nil, reject(NotOpen, "义务“"+id+"”尚未产生", "duty "+id+" is not owed yet").want("an open duty", "not yet owed").at("duty")
		}
		if t.Status == DutyFixing && !slices.Contains(kinds, TaskRectify) {
			day := t.Orders[len(t.Orders)-1].Day.String()
			return nil, nil, reject(NotOpen, "义务“"+id+"”正在责令整改，期限至 "+day+"，期满或申请人报告后复查", "something is to be put right under the duty "+id+" until "+day+"; it is looked at again then, or when the holder says so").
				want("a report, or after "+day, string(DutyFixing)).at("duty")
		}
		if !t.Owed() {
			return nil, nil, reject(NotOpen, "义务“"+id+"”已了结", "duty "+id+" is settled").want("an open duty", string(t.Status)).at("duty")
		}
	}
	var theirs *Task
	var mine []*Task
	for _, k := range d.s.Tasks {
		if k.Status != TaskOpen || k.Step != "" || !slices.Contains(kinds, k.Kind) || cmd.Args.Duty != "" && k.About != cmd.Args.Duty || cmd.Task != "" && k.ID != cmd.Task {
			continue
		}
		if d.mine(k, cmd.By) {
			mine = append(mine, k)
		}
		theirs = k
	}
	switch {
	case len(mine) > 1:
		names := make([]string, len(mine))
		for i, k := range mine {
			names[i] = k.About
		}
		return nil, nil, reject(BadData, "有多项义务，请指明一项", "several duties are open for you; name one").want("duty: one of "+strings.Join(names, ", "), "none").at("duty")
	case len(mine) == 0 && theirs != nil:
		return nil, nil, reject(NotAllowed, "这项义务不归您的单位或岗位办理", "this duty is not for your organisation and role").
			want(strings.TrimSuffix(theirs.Party+"."+theirs.Role, "."), cmd.By.String()).at(theirs.About)
	case len(mine) == 0:
		return nil, nil, reject(NotOpen, "现在没有这样的义务", "no such duty is open now").want("an open duty", "none").at("duty")
	case mine[0].Claimed != "" && !cmd.By.is(mine[0].Claimed):
		return nil, nil, reject(Claimed, "这项工作已由他人认领", "somebody else has claimed this task").at(mine[0].ID)
	}
	return d.s.Duty(mine[0].About), mine[0], nil
}

// proofs checks the files that prove something.
func proofs(list []Evidence) *Rejection {
	for i, p := range list {
		if strings.TrimSpace(p.Name) == "" || !digest(p.Hash) {
			return reject(BadData, "凭证须有名称和文件摘要", "evidence needs a name and the SHA-256 of its file").at("evidence." + itoa(i))
		}
	}
	return nil
}

func judgeFulfil(d *decider, cmd *Command) (func(), *Rejection) {
	if len(cmd.Args.Papers) > 0 {
		return d.supply(cmd)
	}
	t, k, rej := d.dutyOf(cmd, TaskDuty)
	if rej != nil && rej.Code == NotOpen && cmd.Args.Duty == "" && cmd.Task == "" && d.atDesk(cmd.By) && slices.ContainsFunc(d.s.Papers, func(p PaperState) bool { return d.standsIn(p.ID) }) {
		return nil, reject(BadData, "没有待履行的义务；以函代替的材料可以提交新的函", "no duty is open; a new letter may be handed in where one stands in").want("a new letter", "none").at("papers")
	}
	if rej != nil {
		return nil, rej
	}
	if t.OnPaper() {
		return nil, reject(BadData, "须补交材料“"+t.About+"”", "the duty is met by paper "+t.About).want("papers: "+t.About, "none").at("papers")
	}
	if rej := proofs(cmd.Args.Evidence); rej != nil {
		return nil, rej
	}
	if len(cmd.Args.Evidence) == 0 && strings.TrimSpace(cmd.Args.Reason) == "" {
		return nil, reject(BadData, "须附凭证或写明履行情况", "say how it was fulfilled, or give evidence").want("evidence or reason", "none").at("evidence")
	}
	a, id, task := cmd.Args, t.ID, k.ID
	if t.By != applicant {
		return func() {
			d.emit(DutySettled{Duty: id, Status: DutyMet, Evidence: a.Evidence, Reason: a.Reason, Task: task})
		}, nil
	}
	judging := d.dutyTask(TaskJudge, t, t.Judge, 1)
	return func() {
		d.emit(DutyReport{Duty: id, Evidence: a.Evidence, Reason: a.Reason, Task: task, Judging: judging})
	}, nil
}

// judgeDuty judges what was found about a duty: by its judge when the applicant
// has reported, or has let the time pass; by the party that is bound itself.
func judgeDuty(d *decider, cmd *Command) (func(), *Rejection) {
	t, task, rej := d.judging(cmd)
	if rej != nil {
		return nil, rej
	}
	status, findings := DutyStatus(cmd.Args.Finding), d.findings(t)
	switch {
	case !slices.Contains(findings, cmd.Args.Finding):
		return nil, reject(BadData, "须写明义务是否履行", "say whether the duty is met").want("finding: "+strings.Join(findings, ", "), cmp0(cmd.Args.Finding, "none")).at("finding")
	case cmd.Args.Finding == FindingFix:
		return d.orderFix(cmd, t, task)
	case status == DutyFailed:
		if rej := needReason(cmd); rej != nil {
			return nil, rej
		}
	}
	if rej := proofs(cmd.Args.Evidence); rej != nil {
		return nil, rej
	}
	e := DutySettled{Duty: t.ID, Status: status, Evidence: cmd.Args.Evidence, Reason: cmd.Args.Reason, Task: task}
	affects := t.Affects
	return func() {
		d.emit(e)
		if status == DutyFailed && affects != "" {
			d.openAnnulment(affects, e.Duty, "failed", cmd.Args.Reason)
		}
	}, nil
}

func (d *decider) judging(cmd *Command) (*DutyState, string, *Rejection) {
	t, k, rej := d.dutyOf(cmd, TaskJudge, TaskDuty)
	if rej == nil && (k.Kind == TaskJudge || t.By != applicant) {
		return t, k.ID, nil
	}
	if t == nil {
		t = d.s.Duty(cmd.Args.Duty)
	}
	if t == nil || t.Status != DutyOpen && t.Status != DutyReported || t.By != applicant || rej != nil && rej.Code != NotAllowed {
		return nil, "", rej
	}
	c := d.s.Clock(dutyClock(t.ID))
	switch {
	case !d.may(cmd.By, d.s.Org(t.Judge), d.deskRole(t.Judge)):
		return nil, "", reject(NotAllowed, "申请人的义务由“"+t.Judge+"”认定", "the applicant's duty is judged by "+t.Judge).
			want(t.Judge+"."+d.deskRole(t.Judge), cmd.By.String()).at(t.ID)
	case c == nil || !c.Overdue:
		return nil, "", reject(NotOpen, "申请人尚未报告，期限也未满", "the applicant has not reported, and his time is not over").want("a report, or the due time", "open").at(t.ID)
	}
	return t, "", nil
}
