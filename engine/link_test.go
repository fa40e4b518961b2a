package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// by is a link mode in a chain between a handler and an approver.
func by(link string) string {
	return withBack(simple(`
  - {review: view, by: fire, limit: 9wd, chain: [handle, `+link+`, approve], reads: [p1]}
`), "view")
}

var voting = by("{share: 2, of: [check, check, check]}")

func TestLinkOfAnyOne(t *testing.T) {
	t.Parallel()
	s := tell(t, by("{any: [{check: 1wd}, lead]}")).accepted(nil).do("fire.handle", engine.Pass, "view")
	require.Len(t, openWork(s, "view"), 2)
	s.do("fire.lead", engine.Pass, "view")
	require.Equal(t, 2, s.state.Step("view").Link, "one is enough")
	require.Len(t, openWork(s, "view"), 1)
	require.False(t, s.state.Clock("view.check").Running(), "nobody is waited for any more")
	// recalled, both are asked again
	s.do("fire.lead", engine.Recall, "view")
	require.Len(t, openWork(s, "view"), 2)
	s.do("fire.check", engine.SendBack, "view", reasoned)
	require.Equal(t, 0, s.state.Step("view").Link, "one sends back, too")
	require.Len(t, openWork(s, "view"), 1)
	s.do("fire.handle", engine.Pass, "view").do("fire.check", engine.Pass, "view").do("fire.approve", engine.Agree, "view").is("view=agree")
}

func TestVerdictOfAnyOne(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`  - {review: view, by: fire, chain: [handle, {any: [check, approve]}]}`), "view")).accepted(nil)
	s.do("fire.handle", engine.Pass, "view")
	s.refused(engine.WrongLink, "fire.check", engine.Pass, "view")
	s.do("fire.check", engine.Agree, "view").is("view=agree")
	require.Empty(t, openWork(s, "view"))
}

func TestLinkInOrder(t *testing.T) {
	t.Parallel()
	s := tell(t, by("{order: [check, check, lead]}")).accepted(nil).do("fire.handle", engine.Pass, "view")
	require.Len(t, openWork(s, "view"), 1)
	s.do("fire.check", engine.Pass, "view")
	require.Equal(t, 1, s.state.Step("view").Link)
	s.refused(engine.NotAllowed, "fire.check", engine.Pass, "view") // another person each
	s.do("fire.check", engine.Recall, "view")
	require.Len(t, openWork(s, "view"), 1)
	s.do("fire.check", engine.Pass, "view").do("fire.check.2", engine.Pass, "view")
	s.do("fire.lead", engine.SendBack, "view", engine.Args{Reason: "补", Straight: true})
	s.do("fire.handle", engine.Pass, "view")
	require.Len(t, s.state.Step("view").Passed, 3, "those before him in his own link count again")
	s.do("fire.lead", engine.Pass, "view").do("fire.approve", engine.Agree, "view").is("view=agree")
}

func TestLinkByShare(t *testing.T) {
	t.Parallel()
	s := tell(t, voting).accepted(nil).do("fire.handle", engine.Pass, "view")
	require.Len(t, openWork(s, "view"), 3)
	s.do("fire.check", engine.SendBack, "view", reasoned)
	require.Equal(t, []string{"LinkVoted"}, s.events(), "two of three can still pass it")
	s.refused(engine.NotAllowed, "fire.check", engine.Pass, "view")
	s.do("fire.check.2", engine.Pass, "view")
	s.do("fire.check.3", engine.SendBack, "view", reasoned)
	require.Equal(t, 0, s.state.Step("view").Link, "the share cannot be reached any more")
	s.do("fire.handle", engine.Pass, "view").do("fire.check", engine.Pass, "view").do("fire.check.2", engine.Pass, "view")
	require.Equal(t, 2, s.state.Step("view").Link, "the third is not waited for")
	require.Len(t, openWork(s, "view"), 1)
	s.do("fire.approve", engine.Agree, "view").is("view=agree")
}

func TestLinkByWeight(t *testing.T) {
	t.Parallel()
	s := tell(t, by("{share: 3, of: [check, check, organ-head], weights: [1, 1, 3]}")).accepted(nil).do("fire.handle", engine.Pass, "view")
	s.do("fire.check", engine.SendBack, "view", reasoned).do("fire.check.2", engine.SendBack, "view", reasoned)
	s.do("fire.organ-head", engine.Pass, "view")
	require.Equal(t, 2, s.state.Step("view").Link, "his weight is enough alone")
}

func signer(who, place string) engine.Args {
	return engine.Args{Account: "p-" + who, Reason: "请核", Place: place}
}

func TestSignerBefore(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	clocks := clocksOf(s)
	s.refused(engine.ReasonNeeded, "fire.handle", engine.AddSigner, "view", engine.Args{Account: "p-fire.clerk", Place: "before"})
	s.refused(engine.BadData, "fire.handle", engine.AddSigner, "view", signer("fire.clerk", "above"))
	s.refused(engine.BadData, "fire.handle", engine.AddSigner, "view", signer("fire.handle", "before"))
	s.refused(engine.BadData, "fire.handle", engine.AddSigner, "view", signer("eco.handle", "before"))
	s.do("fire.handle", engine.AddSigner, "view", signer("fire.clerk", "before"))
	require.Contains(t, waitsFor(s, "view"), "signature")
	s.refused(engine.WrongLink, "fire.handle", engine.Pass, "view")
	s.refused(engine.Claimed, "fire.handle.2", engine.Pass, "view") // the asker keeps his task
	s.refused(engine.WrongAct, "fire.clerk", engine.Release, "view")
	s.refused(engine.WrongAct, "fire.clerk", engine.AddSigner, "view", signer("fire.clerk.2", "before"))
	s.do("fire.clerk", engine.Pass, "view")
	require.Equal(t, 0, s.state.Step("view").Link)
	s.refused(engine.NotAllowed, "fire.handle", engine.AddSigner, "view", signer("fire.clerk", "after")) // has signed this round
	s.do("fire.clerk", engine.Recall, "view")
	s.do("fire.clerk", engine.Pass, "view")
	s.do("fire.handle", engine.Pass, "view")
	require.Equal(t, 1, s.state.Step("view").Link)
	require.Equal(t, clocks, clocksOf(s))
}

func TestSignerBeside(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	s.do("fire.handle", engine.AddSigner, "view", signer("fire.clerk", ""))
	s.refused(engine.Claimed, "fire.handle", engine.AddSigner, "view", signer("fire.clerk", "after"))
	s.do("fire.handle", engine.Pass, "view")
	require.Equal(t, 0, s.state.Step("view").Link, "the link waits for all its signatures")
	s.refused(engine.NotAllowed, "eco.check", engine.RemoveSigner, "view", to("fire.clerk"))
	s.refused(engine.NotFound, "fire.check", engine.RemoveSigner, "view", to("fire.clerk.2"))
	s.refused(engine.ReasonNeeded, "fire.check", engine.RemoveSigner, "view", engine.Args{Account: "p-fire.clerk"})
	s.do("fire.check", engine.RemoveSigner, "view", to("fire.clerk"))
	require.Equal(t, 1, s.state.Step("view").Link, "nobody else of the link is left: it goes on")
	require.Len(t, openWork(s, "view"), 2)
}

// In the last link the verdict waits for signatures, and is never a signer's.
func TestSignerAtTheLastLink(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(`  - {review: view, by: fire, chain: [handle]}`), "view")).accepted(nil)
	s.refused(engine.WrongLink, "fire.handle", engine.AddSigner, "view", signer("fire.check", "after"))
	s.do("fire.handle", engine.AddSigner, "view", signer("fire.check", "beside"))
	s.refused(engine.WrongLink, "fire.handle", engine.Agree, "view")
	s.refused(engine.WrongLink, "fire.check", engine.Agree, "view")
	s.do("fire.check", engine.Pass, "view")
	s.do("fire.handle", engine.Agree, "view").is("view=agree")
}

func TestSignerAfterAndWhoHasSigned(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	s.do("fire.handle", engine.AddSigner, "view", signer("fire.clerk", "after"))
	s.do("fire.handle", engine.Pass, "view")
	require.Equal(t, 0, s.state.Step("view").Link)
	require.Equal(t, "p-fire.clerk", s.openTask("view", engine.TaskWork).Signer)
	s.do("fire.clerk", engine.Pass, "view")
	require.Equal(t, 1, s.state.Step("view").Link)
	// sent back in the same round: his signature stands, and he is skipped
	s.do("fire.check", engine.SendBack, "view", reasoned).do("fire.handle", engine.Pass, "view")
	require.Equal(t, []string{"p-fire.clerk"}, eventsOf[engine.LinkPassed](s)[2].Skipped)
	require.Equal(t, 1, s.state.Step("view").Link)
	// duties stay apart: who has signed as a signer does no link's work, although his signature is there
	cmd := s.command("fire.check", engine.Pass, "view", engine.Args{})
	cmd.By.ID = "p-fire.clerk"
	require.Equal(t, engine.NotAllowed, s.run(cmd).Code)
	// and a link is never skipped because its person has signed elsewhere
	s.do("fire.check", engine.Pass, "view").do("fire.approve", engine.Pass, "view")
	s.refused(engine.NotAllowed, "fire.approve", engine.Agree, "view")
	s.do("fire.organ-head", engine.Agree, "view", safe)
	// another round asks anew
	s.do("market.handle", engine.Return, "conclude", engine.Args{Reason: "再看", Steps: []string{"view"}})
	require.Empty(t, s.state.Step("view").Signed)
	require.Empty(t, s.state.Step("view").Signers)
}

// What has changed since is signed again.
func TestSignatureOnWhatHasChanged(t *testing.T) {
	t.Parallel()
	s := tell(t, chained).accepted(nil)
	s.do("fire.handle", engine.AddSigner, "view", signer("fire.clerk", "after")).do("fire.handle", engine.Pass, "view").do("fire.clerk", engine.Pass, "view")
	s.do("market.lead", engine.Amend, "", engine.Args{Reason: "换件", Papers: []engine.PaperIn{s.paper("p1")}})
	require.Contains(t, s.events(), "StepTold")
	s.do("fire.handle", engine.Pass, "view")
	require.Equal(t, "p-fire.clerk", s.openTask("view", engine.TaskWork).Signer)
}
