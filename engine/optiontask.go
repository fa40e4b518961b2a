package engine

import (
	"maps"
	"slices"

	"lianban/engine/definition"
)

// Which acts a task takes, by its kind and its step's.

// actsOnTask are the acts on an open task by its kind. What every task in
// somebody's hands takes is in actsOnAnyTask.
var actsOnTask = map[TaskKind][]Act{
	TaskLook:   {Gap, Clear, Mend},
	TaskAccept: {Accept, Gap, Mend, Refuse},
	TaskAnswer: {Answer},
	TaskWork: {
		Pass, SendBack, Grant, Deny, Agree, AgreeWith, Disagree, NotConcerned, NeedsUpper, Return, OverrideOpinion,
		Gap, PauseClock, Resume, AddSigner, RemoveSigner, Consult, Inform,
	},
	TaskQuestion:  {ContinueBlock, StopBlock},
	TaskHand:      {Hand},
	TaskConsult:   {Reply},
	TaskDuty:      {Fulfil, Judge},
	TaskJudge:     {Judge},
	TaskAnnul:     {Annul, Keep},
	TaskArrange:   {Arrange},
	TaskRecord:    {Record, Arrange},
	TaskRectify:   {Rectify},
	TaskRecheck:   {Recheck},
	TaskPost:      {Post},
	TaskObjection: {Uphold, Dismiss},
	TaskRequest:   {Request},
	TaskDeliver:   {Deliver},
	TaskTime:      {Extend, RefuseTime},
}

var actsOnAnyTask = []Act{Claim, Release, Assign, Transfer, Delegate, GiveBack, Urge}

// What a review ends with, and what only a decide does: the other kind's are not shown.
var (
	reviewActs = []Act{Agree, AgreeWith, Disagree, NotConcerned}
	decideActs = []Act{Grant, Deny, Return, OverrideOpinion}
)

// OfTask says whether an act is always done on a task.
func OfTask(do Act) bool {
	if do == Urge || do == Mend || do == Extend { // done by others and at other times, too
		return false
	}
	if slices.Contains(actsOnAnyTask, do) {
		return true
	}
	for _, kind := range slices.Sorted(maps.Keys(actsOnTask)) {
		if slices.Contains(actsOnTask[kind], do) {
			return true
		}
	}
	return false
}

// actsOn are the acts a task takes: those of its kind, and those on who has it in hand.
func actsOn(t *Task) []Act {
	acts := actsOnTask[t.Kind]
	if t.Party != applicant && slices.Contains(holding, t.Kind) {
		acts = slices.Concat(acts, actsOnAnyTask)
	}
	return acts
}

// takes says whether a kind of step knows an act of work at all.
func (d *decider) takes(n *definition.Node, t *Task, do Act) bool {
	if do == Mend && n != nil { // the window's alone, whoever looks
		return t.Party == n.By
	}
	if n == nil || n.Work() == nil {
		return true
	}
	switch do {
	case Return:
		return n.Decide != nil && len(n.Decide.Back) > 0
	case PauseClock, Resume:
		return len(n.Work().Pauses) > 0
	case Gap: // only where correction may still be asked for after acceptance
		i := d.intake()
		return i != nil && i.Intake.Collect != nil && i.Intake.Collect.From == "gap"
	}
	if n.Decide != nil {
		return !slices.Contains(reviewActs, do)
	}
	return !slices.Contains(decideActs, do)
}
