package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

var plainResult = head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - {decide: check, by: fire, chain: [handle, approve], limit: 5wd, gives: {permit: {kind: certificate, name: 证}}}
  - {decide: conclude, by: market, limit: 5wd, gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, ways: [counter, courier]}
`

// ground is a challenge of an output on a ground.
func ground(output, word string) engine.Args {
	return engine.Args{Output: output, Ground: word, Reason: "现场与申报不符", Name: "邻户"}
}

func allGranted(t *testing.T) *story {
	t.Helper()
	s := tell(t, plainResult).accepted(map[string]any{"qa": false}).do("fire.handle", engine.Pass, "check").do("fire.approve", engine.Grant, "check")
	return s.do("market.handle", engine.Grant, "conclude").do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"})
}

func TestAClosedCaseIsChallengedOnAGroundOfTheLaw(t *testing.T) {
	t.Parallel()
	s := allGranted(t)
	require.True(t, s.state.Over())
	s.refused(engine.NotFound, "fire.handle", engine.Challenge, "", ground("x", engine.GroundFraud))
	s.refused(engine.BadData, "fire.handle", engine.Challenge, "", ground("", engine.GroundFraud)) // two results
	requireLaw(t, s.refused(engine.NotAllowed, "market.handle", engine.Challenge, "", ground("permit", engine.GroundFraud)), "69")
	requireLaw(t, s.refused(engine.BadData, "fire.handle", engine.Challenge, "", ground("permit", "unfair")), "69")
	s.refused(engine.ReasonNeeded, "fire.handle", engine.Challenge, "", engine.Args{Output: "permit", Ground: engine.GroundPower})
	s.refused(engine.BadData, "fire.handle", engine.Challenge, "", engine.Args{
		Output: "permit", Ground: engine.GroundPower, Reason: "越权", Evidence: []engine.Evidence{{Name: "函", Hash: "x"}},
	})
	s.refused(engine.AlreadyClosed, "applicant", engine.Defend, "", reasoned)

	verdict := s.state.Step("check").Verdict
	s.at("2029-03-05T09:00").do("fire.handle", engine.Challenge, "", ground("permit", engine.GroundConditions))
	a := s.state.Annulments[0]
	require.Equal(t, engine.Asking{
		Ground: engine.GroundConditions, Article: "69(1)(4)", By: "p-fire.handle", Request: "邻户", Reason: "现场与申报不符", Day: *day(t, "2029-03-12"), Until: a.Asked.Until,
	}, *a.Asked)
	require.Equal(t, "2029-03-12T16:00:00Z", a.Asked.Until.Format("2006-01-02T15:04:05Z07:00"))
	require.False(t, s.state.Over(), "a run goes on until it is decided")
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.NoticeAnnulling, told.Kind)
	require.Equal(t, "applicant", told.To)
	require.Equal(t, day(t, "2029-03-12"), told.Until)
	waits := engine.WaitingFor(s.rules, s.state)
	require.Len(t, waits, 1)
	require.Equal(t, "fire", waits[0].Who)

	s.refused(engine.NotOpen, "fire.approve", engine.Challenge, "", ground("permit", engine.GroundFraud))
	s.refused(engine.NotAllowed, "fire.handle", engine.Annul, "", engine.Args{Output: "permit", Reason: "不符", Basis: "第六十九条"})
	requireLaw(t, s.refused(engine.TooSoon, "fire.approve", engine.Annul, "", engine.Args{Output: "permit", Reason: "不符", Basis: "第六十九条"}), "7")
	requireLaw(t, s.refused(engine.NotAllowed, "market.handle", engine.Defend, "", reasoned), "7")
	s.refused(engine.NotFound, "applicant", engine.Defend, "", engine.Args{Output: "x", Reason: "不服"})
	s.refused(engine.NotOpen, "applicant", engine.Defend, "", engine.Args{Output: "result", Reason: "不服"})
	s.refused(engine.ReasonNeeded, "applicant", engine.Defend, "")
	s.do("applicant", engine.Defend, "", engine.Args{Reason: "已整改", Evidence: proof("整改照片").Evidence})
	s.do("hall.clerk", engine.Defend, "", engine.Args{Reason: "补充"})
	require.Equal(t, []string{"已整改", "补充"}, []string{s.state.Annulments[0].Defences[0].Text, s.state.Annulments[0].Defences[1].Text})
	require.Equal(t, "p-hall.clerk", s.state.Annulments[0].Defences[1].By)
	s.do("fire.approve", engine.Annul, "", engine.Args{Output: "permit", Reason: "不符", Basis: "第六十九条"})
	require.True(t, s.state.Over())
	require.Equal(t, verdict, s.state.Step("check").Verdict, "the result is touched, never the history")
	require.Equal(t, engine.Granted, s.state.Outcome)
	s.refused(engine.NotOpen, "fire.handle", engine.Challenge, "", ground("permit", engine.GroundFraud))
	s.do("market.handle", engine.Challenge, "", ground("result", engine.GroundAbuse))
	require.Equal(t, "69(1)(1)", s.state.Annulments[1].Asked.Article)
}

func TestNobodyNeedsToWaitForADefenceForEver(t *testing.T) {
	t.Parallel()
	s := allGranted(t).at("2026-03-09T09:00").do("fire.approve", engine.Challenge, "", ground("permit", engine.GroundProcedure))
	annul := engine.Args{Output: "permit", Reason: "程序违法", Basis: "第六十九条"}
	s.at("2026-03-16T23:59").refused(engine.TooSoon, "fire.approve", engine.Annul, "", annul)
	s.at("2026-03-17T00:00").do("fire.approve", engine.Annul, "", annul)
	require.False(t, s.state.Outputs[0].Annulled.IsZero())

	s = allGranted(t).do("fire.approve", engine.Challenge, "", ground("permit", engine.GroundProcedure))
	s.do("fire.approve", engine.Keep, "", reasoned) // what takes nothing from him needs no word of his
	require.True(t, s.state.Over())
	s.do("fire.approve", engine.Challenge, "", ground("permit", engine.GroundOther))
	require.Equal(t, "annul.permit#2", s.state.Annulments[1].ID)
}

// Years later the people of the case have left: the head decides for a vacant post, a
// successor goes on with what was claimed, and nothing else of a closed case opens again.
func TestSomebodyDecidesLongAfterTheCaseIsClosed(t *testing.T) {
	t.Parallel()
	s := allGranted(t)
	require.Equal(t, engine.AlreadyClosed, s.post(engine.Vacate, "fire", "approve").Code, "nothing waits for the post")
	s.at("2029-03-05T09:00").do("fire.handle", engine.Challenge, "", ground("permit", engine.GroundConditions))
	require.Nil(t, s.post(engine.Vacate, "fire", "approve"))
	require.Equal(t, "organ-head", engine.WaitingFor(s.rules, s.state)[0].Role)
	require.Nil(t, s.post(engine.Fill, "fire", "approve"))
	cmd := s.command("fire.approve", engine.Claim, "", engine.Args{})
	cmd.Task = s.openTask("", engine.TaskAnnul).ID
	require.Nil(t, s.run(cmd))
	s.do("fire.organ-head", engine.HandOver, "", desk("fire.approve", "fire.approve.2"))
	require.Equal(t, "p-fire.approve.2", engine.WaitingFor(s.rules, s.state)[0].Account)
	s.do("fire.approve.2", engine.HandOver, "", desk("fire.approve.2", "fire.handle")) // who does not approve: it is free again
	require.Nil(t, s.post(engine.Vacate, "fire", "approve"))
	s.refused(engine.AlreadyClosed, "fire.organ-head", engine.Urge, "", reasoned)
	s.at("2029-03-20T09:00").do("fire.organ-head", engine.Annul, "", engine.Args{Output: "permit", Reason: "不符", Basis: "第六十九条"})
	require.True(t, s.state.Over())
	require.Equal(t, engine.AlreadyClosed, s.post(engine.Fill, "fire", "approve").Code)
}

func TestAResultIsChallengedWhileItsCaseGoesOn(t *testing.T) {
	t.Parallel()
	s := tell(t, plainResult).accepted(map[string]any{"qa": false}).do("fire.handle", engine.Pass, "check").do("fire.approve", engine.Grant, "check")
	s.do("fire.handle", engine.Challenge, "", ground("", engine.GroundAbuse)) // the only one
	o := optionOf(t, engine.CaseOptions(s.rules, s.state, s.who("fire.approve"), s.now, "", nil), engine.Annul)
	require.False(t, o.Allowed)
	require.Equal(t, engine.TooSoon, o.Rejection.Code)
	s.do("market.handle", engine.Grant, "conclude")
	s.do("applicant", engine.Defend, "", reasoned).do("fire.approve", engine.Annul, "", engine.Args{Reason: "不符", Basis: "第六十九条"})
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Closed, engine.Granted)
	require.True(t, s.state.Over())
	c := optionOf(t, engine.CaseOptions(s.rules, s.state, s.who("market.handle"), s.now, "", nil), engine.Challenge)
	require.True(t, c.Allowed)
	var grounds []string
	for _, f := range c.Fields {
		if f.Field == "ground" {
			for _, x := range f.Choices {
				grounds = append(grounds, x.ID)
			}
		}
	}
	require.Equal(t, []string{"abuse", "power", "procedure", "conditions", "other", "fraud"}, grounds)
}

func challengeStories(t *testing.T) []*story {
	t.Helper()
	s := allGranted(t).do("fire.handle", engine.Challenge, "", ground("permit", engine.GroundFraud))
	return []*story{s.do("applicant", engine.Defend, "", reasoned)}
}

// The organ above may ask, and then decides itself: its letters, the same hearing of the holder, and the organ that
// granted is told. Who may speak for it is the directory's word and a role that signs there.
func TestTheOrganAboveAnnulsItself(t *testing.T) {
	t.Parallel()
	above := func(roles string, over ...string) engine.Actor {
		return engine.Actor{Kind: engine.Person, ID: "p-city", Org: "city-health", Roles: strings.Split(roles, "+"), Over: over}
	}
	s := allGranted(t).at("2027-03-01T09:00")
	as := func(by engine.Actor, do engine.Act, a engine.Args) *engine.Rejection {
		cmd := s.command("fire.handle", do, "", a)
		cmd.By = by
		return s.run(cmd)
	}
	for _, by := range []engine.Actor{
		above("organ-head"), above("organ-head", "market"), above("handle+check", "fire"), above("supervisor", "fire"),
		{Kind: engine.Applicant, Org: "city-health", Roles: []string{"approve"}, Over: []string{"fire"}},
	} {
		rejection := as(by, engine.Challenge, ground("permit", engine.GroundPower))
		require.NotNil(t, rejection, "%+v", by)
		require.Equal(t, engine.NotAllowed, rejection.Code, "%+v", by)
		requireLaw(t, rejection, "69")
	}
	head := above("organ-head", "fire")
	options := engine.CaseOptions(s.rules, s.state, head, s.now, "", nil)
	require.True(t, optionOf(t, options, engine.Challenge).Allowed)
	require.Nil(t, as(head, engine.Challenge, ground("permit", engine.GroundPower)))
	a := s.state.Annulments[0]
	require.Equal(t, []string{"city-health", "city-health"}, []string{a.Org, a.Asked.Org})
	notices := s.state.Notices[len(s.state.Notices)-2:]
	require.Equal(t, []string{"applicant", "fire"}, []string{notices[0].To, notices[1].To})
	require.Equal(t, []string{"city-health", "city-health"}, []string{notices[0].Org, notices[1].Org}, "its letters")
	require.Contains(t, engine.Project(s.rules, s.state).Case.Orgs, "city-health", "it has a part in the case now")

	annul := engine.Args{Output: "permit", Reason: "越权", Basis: "第六十九条"}
	s.refused(engine.NotAllowed, "fire.approve", engine.Annul, "", annul)
	require.Equal(t, engine.TooSoon, as(head, engine.Annul, annul).Code)
	s.refused(engine.NotAllowed, "fire.handle", engine.Defend, "", reasoned)
	require.Nil(t, as(above("approve"), engine.Defend, engine.Args{Reason: "当面陈述"}), "the organ that asks may record it")
	require.Nil(t, as(above("approve"), engine.Annul, annul))
	require.False(t, s.state.Outputs[0].Annulled.IsZero())
	require.Equal(t, "city-health", s.state.Notices[len(s.state.Notices)-2].Org)
	require.Equal(t, "fire", s.state.Notices[len(s.state.Notices)-1].To)
	require.True(t, s.state.Over())

	mayor := engine.Actor{Kind: engine.Person, ID: "p-mayor", Org: "gov-210304", Roles: []string{"government-head"}, Over: []string{"market", "fire"}}
	require.Nil(t, as(mayor, engine.Challenge, ground("result", engine.GroundAbuse)))
	require.Equal(t, engine.RoleGovernmentHead, s.state.Task("annul.result").Role)
	require.Nil(t, as(mayor, engine.Keep, reasoned))
}
