package api

import (
	"lianban/api/gen"
	"lianban/engine"
)

// What marks an entry of the timeline besides its sentence: the clocks it moved,
// and the place it is about.

// dues lists the clocks an event started or moved.
func (t story) dues(e *engine.Event) []gen.DueMark {
	var list []engine.Clock
	switch b := e.Body.(type) {
	case engine.CaseFiled:
		list = b.Clocks
	case engine.StepOpened:
		list = b.Clocks
	case engine.WindowOpened:
		list = []engine.Clock{b.Clock}
	case engine.NoticeSent:
		list = b.Clocks
	case engine.AnswerReceived:
		list = b.Clocks
	case engine.CaseAccepted:
		list = b.Clocks
	case engine.LinkPassed:
		list = b.Clocks
	case engine.LinkSentBack:
		list = b.Clocks
	case engine.LinkRecalled:
		list = b.Clocks
	case engine.SignerRemoved:
		list = b.Clocks
	case engine.StepReopened:
		list = b.Clocks
	case engine.StepTold:
		list = b.Clocks
	case engine.HandOutReady:
		list = b.Clocks
	case engine.DutyOpened:
		if b.Clock != nil {
			list = []engine.Clock{*b.Clock}
		}
	case engine.PreReviewOpened:
		list = b.Clocks
	case engine.PreReviewReturned:
		list = b.Clocks
	case engine.PreReviewAnswered:
		list = b.Clocks
	case engine.CaseReceived:
		list = b.Clocks
	case engine.DeliveryProved:
		if b.Clock != nil {
			list = []engine.Clock{*b.Clock}
		}
	case engine.RectificationAsked:
		list = b.Clocks
	case engine.HearingTold:
		list = b.Clocks
	case engine.InterestedTold:
		list = b.Clocks
	case engine.HearingRequested:
		list = b.Clocks
	case engine.Posted:
		list = []engine.Clock{b.Clock}
	case engine.FixOrdered:
		list = []engine.Clock{b.Clock}
	case engine.FixEnded:
		list = []engine.Clock{b.Clock}
	case engine.PointsRectified:
		list = b.Clocks
	case engine.ClockExtended:
		list = []engine.Clock{b.Clock}
	case engine.ClockChanged:
		list = []engine.Clock{b.Clock}
	case engine.ClockStarted:
		list = []engine.Clock{b.Clock}
	case engine.PauseBegan:
		list = b.Clocks
	case engine.CalendarLoaded:
		list = b.Clocks
	case engine.PauseEnded:
		list = b.Clocks
	}
	var marks []gen.DueMark
	for _, c := range list {
		if c.Running() {
			marks = append(marks, gen.DueMark{Clock: c.ID, Name: engine.ClockName(t.r, t.s, c.ID), Due: c.Due, Day: c.Day, Provisional: c.Provisional})
		}
	}
	return marks
}

// place is the step and task an event is about.
func place(e *engine.Event) (step, task string) {
	switch b := e.Body.(type) {
	case engine.StepOpened:
		return b.Step, ""
	case engine.StepEnded:
		return b.Step, b.Task
	case engine.WindowOpened:
		return b.Step, ""
	case engine.WindowClosed:
		return b.Step, ""
	case engine.GapNamed:
		return b.Step, b.Task
	case engine.PartyCleared:
		return b.Step, b.Task
	case engine.NoticeSent:
		return b.Step, ""
	case engine.MendedOnSpot:
		return b.Step, ""
	case engine.AnswerReceived:
		return b.Step, ""
	case engine.AnswerOverdue:
		return b.Step, ""
	case engine.CaseAccepted:
		return b.Step, b.Task
	case engine.CaseRefused:
		return b.Step, b.Task
	case engine.TaskClaimed:
		return "", b.Task
	case engine.TaskReleased:
		return "", b.Task
	case engine.TaskAssigned:
		return "", b.Task
	case engine.TaskTransferred:
		return "", b.Task
	case engine.TaskDelegated:
		return "", b.Task
	case engine.TaskGivenBack:
		return "", b.Task
	case engine.LinkRecalled:
		return b.Step, b.Task
	case engine.Urged:
		return b.Step, ""
	case engine.LinkVoted:
		return b.Step, b.Task
	case engine.Consulted:
		return b.Consultation.Step, b.Task.ID
	case engine.ConsultAnswered:
		return "", b.Task
	case engine.PostVacant:
		return b.Vacancy.Step, ""
	case engine.Commented:
		return b.Remark.Step, ""
	case engine.SignerAdded:
		return b.Step, b.Hold
	case engine.SignerRemoved:
		return b.Step, b.Task
	case engine.LinkPassed:
		return b.Step, b.Task
	case engine.LinkSentBack:
		return b.Step, b.Task
	case engine.UpperNoted:
		return b.Step, ""
	case engine.ObjectionRaised:
		return b.Objection.Step, b.Task.ID
	case engine.ObjectionAnswered:
		return "", b.Task
	case engine.Returned:
		return b.Step, ""
	case engine.StepReopened:
		return b.Step, ""
	case engine.StepTold:
		return b.Step, ""
	case engine.DecisionAffected:
		return b.Step, ""
	case engine.OpinionAdded:
		return b.Step, ""
	case engine.PauseBegan:
		return b.Run.Step, ""
	case engine.HandOutReady:
		return b.Step, ""
	case engine.HearingTold:
		return b.Step, ""
	case engine.HearingRequested:
		return b.Step, b.Task
	case engine.HearingArranged:
		return b.Step, b.Task
	case engine.HearingHeld:
		return b.Step, b.Task
	case engine.Posted:
		return b.Step, b.Task
	case engine.PostingOver:
		return b.Step, ""
	case engine.Objected:
		return b.Step, b.Task.ID
	case engine.ObjectionJudged:
		return b.Step, b.Task
	case engine.VisitArranged:
		return b.Step, b.Task
	case engine.VisitJoined:
		return b.Step, ""
	case engine.VisitRecorded:
		return b.Step, b.Task
	case engine.RectificationAsked:
		return b.Step, ""
	case engine.PointsRectified:
		return b.Step, b.Task
	case engine.PointsRechecked:
		return b.Step, b.Task
	case engine.HandedOut:
		return b.Step, ""
	case engine.PreReviewOpened:
		return b.Step, ""
	case engine.PreReviewReturned:
		return b.Step, b.Task
	case engine.PreReviewAnswered:
		return b.Step, b.Task
	case engine.CaseReceived:
		return b.Step, b.Task
	case engine.DeliveryAwaited:
		return b.Delivery.Step, b.Task.ID
	case engine.DeliveryProved:
		return b.Delivery.Step, b.Task
	case engine.DutyOpened:
		return "", b.Task.ID
	case engine.DutyReport:
		return "", b.Task
	case engine.FixOrdered:
		return b.Notice.Step, b.Task
	case engine.FixEnded:
		return "", b.Task
	case engine.TimeAsked:
		return b.Task.Step, b.Task.ID
	case engine.TimeRefused:
		return "", b.Ask
	case engine.ClockExtended:
		return "", b.Ask
	case engine.DutySettled:
		return "", b.Task
	case engine.AnnulmentOpened:
		return b.Annulment.Step, b.Task.ID
	case engine.InterestedTold:
		return b.Interested.Step, ""
	case engine.DefenceGiven:
		return "", b.Annulment
	case engine.AnnulmentDecided:
		return b.Notice.Step, b.Task
	}
	return "", ""
}
