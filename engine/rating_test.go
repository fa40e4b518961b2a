package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

// rated is a process whose cases the applicant may rate.
func rated(t *testing.T) *story {
	t.Helper()
	return tell(t, strings.Replace(owing(`{name: 核查, by: fire, when: qa, limit: {time: 20wd, from: permit}, basis: 规定}`),
		"  promised:", "  rating: {open: 10cd, followUp: 5wd, by: hall},\n  promised:", 1))
}

func (s *story) ratingOver() *story {
	return s.at(s.state.Clock("applicant.rating").Due.In(calendar.Zone).Format("2006-01-02T15:04"))
}

func grade(n int) engine.Args { return engine.Args{Grade: n, Reason: "办得慢"} }

func TestRatingAfterClosing(t *testing.T) {
	t.Parallel()
	s := rated(t).permitted(false)
	s.refused(engine.NotOpen, "applicant", engine.Rate, "", grade(1))
	s.do("eco.handle", engine.Agree, "look").do("market.handle", engine.Grant, "conclude").do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"})
	s.status(engine.Closed, engine.Granted)
	require.False(t, s.state.Over(), "the applicant may still rate")
	require.Equal(t, engine.RatingInvited, s.state.Rating.Status)
	require.Equal(t, s.state.Clock("applicant.rating").Due, engine.NextDue(s.state))
	waits := engine.WaitingFor(s.rules, s.state)
	require.Len(t, waits, 1)
	require.Equal(t, "applicant", waits[0].Who)

	s.refused(engine.NotAllowed, "hall.clerk", engine.Rate, "", grade(1)) // nobody rates in his place
	s.refused(engine.BadData, "applicant", engine.Rate, "", grade(0))
	s.refused(engine.BadData, "applicant", engine.Rate, "", grade(6))
	good := *s
	s.do("applicant", engine.Rate, "", grade(3))
	require.Equal(t, engine.Rating{Status: engine.RatingGiven, At: s.state.Last, Grade: 3, Comment: "办得慢"}, *s.state.Rating)
	require.Nil(t, s.state.Duty("rating"), "3 is not a bad grade")
	require.True(t, s.state.Over())
	s.refused(engine.AlreadyClosed, "applicant", engine.Rate, "", grade(1))

	s = &good
	s.do("applicant", engine.Rate, "", grade(4)).duty("rating", engine.DutyOpen)
	require.Equal(t, "hall", s.state.Duty("rating").Org)
	require.False(t, s.state.Over())
	s.refused(engine.NotOpen, "applicant", engine.Rate, "", grade(1))
	s.do("hall.clerk", engine.Fulfil, "", dutyTask("rating")).duty("rating", engine.DutyMet)
	require.True(t, s.state.Over())
	rows := engine.Project(s.rules, s.state).Dossier
	require.Len(t, rows, 2)
	require.Equal(t, engine.DossierRating, rows[1].Kind)
	require.Equal(t, 4, rows[1].Rating.Grade)
}

// Silence is kept as silence, and ends the case.
func TestRatingLapses(t *testing.T) {
	t.Parallel()
	s := rated(t).finished(false).ratingOver()
	require.Equal(t, engine.RatingLapsed, s.state.Rating.Status)
	require.Zero(t, s.state.Rating.Grade)
	require.True(t, s.state.Over())
	require.Zero(t, engine.NextDue(s.state))
	s.refused(engine.AlreadyClosed, "applicant", engine.Rate, "", grade(1))

	s = rated(t).finished(true).ratingOver() // a duty lives longer
	require.False(t, s.state.Over())
	s.refused(engine.TooLate, "applicant", engine.Rate, "", grade(1))
}

func TestWhoWithdrewIsNotAskedToRate(t *testing.T) {
	t.Parallel()
	s := rated(t).accepted(map[string]any{"qa": false}).do("applicant", engine.Withdraw, "", reasoned)
	require.Nil(t, s.state.Rating)
	require.True(t, s.state.Over())
	other := tell(t, owing(`{name: 核查, by: fire, when: qa, limit: {time: 20wd, from: permit}, basis: 规定}`)).finished(true)
	other.refused(engine.NotOpen, "applicant", engine.Rate, "", grade(1))
}

func ratingStories(t *testing.T) []*story {
	t.Helper()
	return []*story{rated(t).finished(false).do("applicant", engine.Rate, "", grade(5)), rated(t).finished(false).ratingOver()}
}
