package engine_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

// following is a process in which paper p1 carries the given keys; fire decides on it.
func following(keys string) string {
	src := head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: ask}}
  - {decide: check, by: fire, reads: [p1], limit: 9wd, gives: {licence: {kind: certificate, name: 证}}}
  - {decide: conclude, by: market, limit: 9wd, gives: {result: {kind: approval, name: 批复}}}
  - {issue: handOut, by: hall, ways: [counter, courier]}
`
	return strings.Replace(src, "p1: {name: 材料一, from: [applicant], basis: 法}", "p1: {name: 材料一, from: [applicant], basis: 法"+keys+"}", 1)
}

const deferred = ", defer: {before: conclude, time: 5wd, late: mark}"

// without files without p1, with the given data, and accepts.
func (s *story) without(a engine.Args) *story {
	s.t.Helper()
	cmd := s.filing(nil, "p1")
	cmd.Args.Defer, cmd.Args.BadCredit, cmd.Args.Promises, cmd.Args.Agent = a.Defer, a.BadCredit, a.Promises, a.Agent
	cmd.Args.Undertaking = a.Undertaking
	cmd.Args.Papers = append(cmd.Args.Papers, a.Papers...)
	require.Nil(s.t, s.run(cmd))
	return s.later(1).clear().do("hall.clerk.2", engine.Accept, "receive")
}

func (s *story) notFiled(code engine.Code, change func(*engine.Args)) *engine.Rejection {
	s.t.Helper()
	cmd := s.filing(nil, "p1")
	change(&cmd.Args)
	res := engine.Decide(s.rules, nil, cmd)
	require.NotNil(s.t, res.Rejection)
	require.Equal(s.t, code, res.Rejection.Code, "%v", res.Rejection)
	return res.Rejection
}

var tolerated = engine.Args{Defer: []string{"p1"}, Undertaking: &engine.UndertakingIn{Hash: hashOf(50)}}

func TestRule_3_7_10_DeferredPapersAreListedAtAcceptance(t *testing.T) {
	t.Parallel()
	s := tell(t, following(deferred)).without(tolerated).status(engine.Accepted, "").paperIs("p1", engine.PaperDeferred)
	s.duty("defer.p1", engine.DutyOpen).due("duty.defer.p1", "2026-03-09")
	require.Contains(t, s.state.Flags, "tolerant")
	n := s.state.Notices[0]
	require.Equal(t, engine.NoticeTolerance, n.Kind)
	require.Equal(t, "容缺受理通知书", n.Kind.Title())
	require.Contains(t, n.Lines[0].Reason, "2026-03-09")
	require.Empty(t, eventsOf[engine.NoticeSent](s), "what is tolerated is no correction")

	// the gate stays shut; a reader grants on tolerance
	s.do("fire.handle", engine.Grant, "check").is("check=grant-tolerant")
	s.refused(engine.GateShut, "market.handle", engine.Grant, "conclude")
	s.refused(engine.BadData, "applicant", engine.Fulfil, "", engine.Args{Duty: "defer.p1", Reason: "已办"})
	s.refused(engine.NotOpen, "applicant", engine.Fulfil, "", s.answer("p2"))
	s.refused(engine.NotAllowed, "eco.handle", engine.Fulfil, "", s.answer("p1"))
	s.do("hall.clerk", engine.Fulfil, "", s.answer("p1")).paperIs("p1", engine.PaperPresent).duty("defer.p1", engine.DutyMet)
	require.False(t, s.state.Clock("duty.defer.p1").Running())
	require.Empty(t, eventsOf[engine.DecisionAffected](s), "what was granted on tolerance is not affected by the paper's coming")
	s.do("market.handle", engine.Grant, "conclude").status(engine.Decided, engine.GrantedTolerant)
}

// Whoever asks to bring papers later signs for them; the case says who, when and over what.
func TestTolerance_IsSignedFor(t *testing.T) {
	t.Parallel()
	s := tell(t, following(deferred))
	rej := s.notFiled(engine.BadPaper, func(a *engine.Args) { a.Defer = tolerated.Defer })
	require.Equal(t, "undertaking", rej.Where)
	rej = s.notFiled(engine.BadPaper, func(a *engine.Args) { a.Defer, a.Undertaking = tolerated.Defer, &engine.UndertakingIn{Hash: "x"} })
	require.Equal(t, "undertaking", rej.Where)
	s.notFiled(engine.BadPaper, func(a *engine.Args) { a.Undertaking = tolerated.Undertaking }) // for nothing
	filed := s.now
	s.without(tolerated)
	require.Equal(t, &engine.Undertaking{
		Hash: hashOf(50), By: "applicant", At: filed, Taken: "p-hall.clerk",
		Papers: []engine.Undertaken{{Paper: "p1", Time: calendar.Period{Amount: 5, Unit: calendar.WorkingDays}, Before: "conclude", Late: "mark"}},
	}, s.state.Undertaking)
	rows := engine.Project(s.rules, s.state).Dossier
	i := slices.IndexFunc(rows, func(d engine.DossierRow) bool { return d.Kind == engine.DossierUndertaking })
	require.Equal(t, s.state.Undertaking, rows[i].Undertaking)
	require.Equal(t, "hall", rows[i].Org)

	// what was done first follows by its own law
	src := strings.Replace(following(deferred)+"\nactFirst: {when: qb, time: 24h, from: form.done, basis: 城市道路管理条例第三十四条}\n", "staff: {type: integer}", "staff: {type: integer}, done: {type: string}", 1)
	tell(t, src).notFiled(engine.BadPaper, func(a *engine.Args) {
		a.Answers["qb"], a.Form["done"], a.Defer, a.Undertaking = true, "2026-03-02T06:00:00+08:00", tolerated.Defer, tolerated.Undertaking
		a.Cause = &engine.Cause{Reason: "抢修", Evidence: proof("抢修记录").Evidence}
	})
}

func TestTolerance_WhoMayAsk(t *testing.T) {
	t.Parallel()
	s := tell(t, following(deferred))
	s.notFiled(engine.BadPaper, func(a *engine.Args) { a.Defer = []string{"x"} })
	s.notFiled(engine.BadPaper, func(a *engine.Args) { a.Defer = []string{"p1", "p1"} })
	s.notFiled(engine.BadPaper, func(a *engine.Args) { a.Defer, a.Papers = []string{"p1"}, []engine.PaperIn{s.paper("p1")} })
	tell(t, following("")).notFiled(engine.BadPaper, func(a *engine.Args) { a.Defer = []string{"p1"} })
	bad := &engine.Credit{Reason: "列入失信名单", Evidence: proof("查询结果").Evidence}
	s.notFiled(engine.NotAllowed, func(a *engine.Args) { a.Defer, a.BadCredit = []string{"p1"}, bad })
	s.notFiled(engine.BadData, func(a *engine.Args) { a.BadCredit = &engine.Credit{Reason: "失信"} })
	s.notFiled(engine.BadData, func(a *engine.Args) {
		a.BadCredit = &engine.Credit{Reason: "失信", Evidence: []engine.Evidence{{Name: "无"}}}
	})
	online := s.filing(nil, "p1")
	online.By, online.Args.Channel, online.Args.BadCredit = engine.Actor{Kind: engine.Applicant}, "online", bad
	require.Equal(t, engine.NotAllowed, engine.Decide(s.rules, nil, online).Rejection.Code)

	// with bad credit the ordinary way is open, and the paper is a gap
	cmd := s.filing(nil, "p1")
	cmd.Args.BadCredit = bad
	require.Nil(t, s.run(cmd))
	require.Contains(t, s.state.Flags, "bad-credit")
	s.clear().status(engine.Correcting, "")
	s.refused(engine.NotOpen, "applicant", engine.Fulfil, "", s.answer("p1"))
}

func TestTolerance_DeferredIsNoGap(t *testing.T) {
	t.Parallel()
	s := tell(t, following(deferred))
	cmd := s.filing(nil, "p1")
	cmd.Args.Defer, cmd.Args.Undertaking = tolerated.Defer, tolerated.Undertaking
	require.Nil(t, s.run(cmd))
	requireLaw(t, s.refused(engine.BadPaper, "fire.handle", engine.Gap, "receive", gap("p1")), "31")
}

func TestTolerance_Late(t *testing.T) {
	t.Parallel()
	late := func(word string) *story {
		return tell(t, following(strings.Replace(deferred, "mark", word, 1))).without(tolerated)
	}
	// mark: the gate stays shut, and nobody grants on a patience that is over
	s := late("mark").at("2026-03-12T09:00").duty("defer.p1", engine.DutyOpen)
	require.True(t, s.state.Clock("duty.defer.p1").Overdue)
	s.refused(engine.GateShut, "fire.handle", engine.Grant, "check")
	s.do("applicant", engine.Fulfil, "", s.answer("p1")).do("fire.handle", engine.Grant, "check").is("check=grant")
	s.do("market.handle", engine.Grant, "conclude").status(engine.Decided, engine.Granted)

	// lapse: the step that waits for it ends
	s = late("lapse").do("fire.handle", engine.Grant, "check").at("2026-03-12T09:00")
	s.is("conclude=lapsed").duty("defer.p1", engine.DutyFailed).paperIs("p1", engine.PaperMissing).status(engine.Decided, engine.PartlyGrant)
	require.Len(t, eventsOf[engine.ClockWarned](s), 2, "two warnings before")
	require.Equal(t, engine.NoticeLapsed, s.state.Notices[len(s.state.Notices)-1].Kind)
	s = late("lapse").do("fire.handle", engine.Deny, "check", reasoned)
	s.duty("defer.p1", engine.DutyDropped) // nobody needs it any more

	// revoke: what was granted meanwhile is in question
	s = late("revoke").do("fire.handle", engine.Grant, "check").at("2026-03-12T09:00")
	require.Equal(t, "licence", s.state.Annulments[0].Output)
	require.Equal(t, "late", s.state.Annulments[0].Why)
	s.do("applicant", engine.Defend, "", reasoned).do("fire.handle", engine.Annul, "", reasoned).is("check=grant-tolerant")
}

// A paper to follow gets more time for force majeure, on proof, as often as the definition says.
func TestTolerance_ForceMajeure(t *testing.T) {
	t.Parallel()
	src := following(strings.Replace(deferred, "late: mark", "late: lapse, extend: {time: 3wd, role: organ-head}", 1))
	s := tell(t, src).without(tolerated).due("duty.defer.p1", "2026-03-09")
	more := engine.Args{Clock: "duty.defer.p1", Reason: "洪水封路", Evidence: proof("气象证明").Evidence}
	s.refused(engine.NotAllowed, "hall.clerk", engine.Extend, "", more)
	s.refused(engine.ReasonNeeded, "market.organ-head", engine.Extend, "", engine.Args{Clock: more.Clock, Evidence: more.Evidence})
	rej := s.refused(engine.BadData, "market.organ-head", engine.Extend, "", engine.Args{Clock: more.Clock, Reason: more.Reason})
	require.Equal(t, "evidence", rej.Where)
	require.Nil(t, rej.Law, "no article of the licensing law speaks of it")
	s.do("market.organ-head", engine.Extend, "", more).due("duty.defer.p1", "2026-03-12")
	c := s.state.Clock("duty.defer.p1")
	require.Equal(t, more.Evidence, c.Extended[0].Evidence)
	require.Equal(t, []string{"started", "extended"}, ledger(c))
	require.Equal(t, engine.NoticeExtension, s.state.Notices[len(s.state.Notices)-1].Kind)
	s.refused(engine.NoExtension, "market.organ-head", engine.Extend, "", more)
	s.at("2026-03-12T23:59").duty("defer.p1", engine.DutyOpen).at("2026-03-13T00:00").is("conclude=lapsed")

	e, ok := engine.Explain(s.rules, s.state, "duty.defer.p1")
	require.True(t, ok)
	require.Equal(t, c.Due, e.Due.At)
	require.True(t, slices.ContainsFunc(e.Lines, func(l calendar.Line) bool {
		return strings.Contains(l.Text.ZH, "洪水封路") && strings.Contains(l.Text.ZH, "市场") && l.Law.ZH == ""
	}), "who granted it and why, and no article of the licensing law: %v", e.Lines)
	// where the definition names nobody, the window grants it
	w := tell(t, strings.Replace(src, ", role: organ-head", "", 1)).without(tolerated).do("hall.clerk", engine.Extend, "", more)
	e, _ = engine.Explain(w.rules, w.state, "duty.defer.p1")
	require.True(t, slices.ContainsFunc(e.Lines, func(l calendar.Line) bool {
		return strings.Contains(l.Text.ZH, "综合窗口") && strings.Contains(l.Text.ZH, "洪水封路")
	}), "%v", e.Lines)

	s = tell(t, following(deferred)).without(tolerated) // by its definition the time does not grow
	s.refused(engine.NoExtension, "market.organ-head", engine.Extend, "", more)
	s.at("2026-03-10T09:00").refused(engine.NoExtension, "market.organ-head", engine.Extend, "", more)
}

func TestTolerance_OutlivesTheCase(t *testing.T) {
	t.Parallel()
	s := tell(t, following(", defer: {before: handOut, time: 5wd, late: mark}")).without(tolerated)
	s.do("fire.handle", engine.Grant, "check").do("market.handle", engine.Grant, "conclude").status(engine.Decided, engine.GrantedTolerant)
	s.refused(engine.GateShut, "hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"})

	// what was granted on tolerance binds beyond the closing
	s = tell(t, following(deferred)).without(tolerated).do("fire.handle", engine.Grant, "check").do("market.handle", engine.Deny, "conclude", reasoned)
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Closed, engine.PartlyGrant).duty("defer.p1", engine.DutyOpen)
	require.False(t, s.state.Over())
	s.do("applicant", engine.Fulfil, "", s.answer("p1")).paperIs("p1", engine.PaperPresent)
	require.True(t, s.state.Over())
}

func TestLetterInLieu(t *testing.T) {
	t.Parallel()
	letter := func(s *story) engine.Args {
		p := s.paper("p1")
		p.Letter = true
		return engine.Args{Papers: []engine.PaperIn{p}}
	}
	s := tell(t, following(", letter: {before: conclude, time: 6mo}"))
	s.without(letter(s)).paperIs("p1", engine.PaperLetter).duty("letter.p1", engine.DutyOpen)
	require.Equal(t, "2026-09-02", s.state.Paper("p1").Until.String())
	s.do("fire.handle", engine.Grant, "check").is("check=grant") // a letter stands in, it is no tolerance
	s.refused(engine.GateShut, "market.handle", engine.Grant, "conclude")
	s.state.Engine = 2 // of an engine version that took the paper itself alone
	s.refused(engine.BadPaper, "applicant", engine.Fulfil, "", letter(s))
	s.state.Engine = engine.Version
	s.do("applicant", engine.Fulfil, "", s.answer("p1")).paperIs("p1", engine.PaperPresent)
	require.Len(t, s.state.Paper("p1").Earlier, 1, "the letter stays on file")
	s.do("market.handle", engine.Grant, "conclude").status(engine.Decided, engine.Granted)

	// its life is over: it stands in no more
	s = tell(t, following(", letter: {time: 1wd}"))
	s.without(letter(s)).at("2026-03-05T09:00")
	require.Empty(t, s.state.Duties, "without a gate this case never asks for the paper itself")
	s.refused(engine.GateShut, "fire.handle", engine.Grant, "check")
	s = tell(t, following(""))
	s.notFiled(engine.BadPaper, func(a *engine.Args) { a.Papers = letter(s).Papers })
}

// The day a letter bears counts where it comes before the guide's time, and a new one may take its place until then.
func TestLetterBearsItsDay(t *testing.T) {
	t.Parallel()
	n := 900
	letter := func(until string) engine.Args {
		n++
		p := engine.PaperIn{ID: "p1", Hash: hashOf(n), Letter: true}
		if until != "" {
			day := dateOn(until)
			p.Until = &day
		}
		return engine.Args{Papers: []engine.PaperIn{p}}
	}
	src := following(", letter: {before: conclude, time: 20wd}")
	s := tell(t, src).without(letter("2026-03-10")).due("duty.letter.p1", "2026-03-10")
	require.Equal(t, "2026-03-10", s.state.Paper("p1").Until.String())
	s.refused(engine.BadPaper, "applicant", engine.Fulfil, "", letter("2026-03-01")) // over before it came
	s.at("2026-03-10T16:00").do("applicant", engine.Fulfil, "", letter("2026-03-20")).due("duty.letter.p1", "2026-03-20").duty("letter.p1", engine.DutyOpen).paperIs("p1", engine.PaperLetter)
	require.Equal(t, []string{"started", "restarted"}, ledger(s.state.Clock("duty.letter.p1")))
	told := s.state.Notices[len(s.state.Notices)-1]
	require.Equal(t, engine.NoticeTolerance, told.Kind)
	require.Contains(t, told.Lines[0].Reason, "2026-03-20")
	same := engine.PaperIn{ID: "p1", Hash: s.state.Paper("p1").Hash, Letter: true}
	s.refused(engine.BadPaper, "applicant", engine.Fulfil, "", engine.Args{Papers: []engine.PaperIn{same}})
	// a later day than the guide gives: the guide's time counts, from the new letter's arrival
	s.do("hall.clerk", engine.Fulfil, "", letter("2027-01-01")).due("duty.letter.p1", "2026-04-08")
	e, ok := engine.Explain(s.rules, s.state, "duty.letter.p1")
	require.True(t, ok)
	require.Equal(t, s.state.Clock("duty.letter.p1").Due, e.Due.At)
	// over: the paper itself is left, the gate stays shut
	s.at("2026-04-09T09:00").refused(engine.TooLate, "applicant", engine.Fulfil, "", letter("2026-05-01"))
	s.refused(engine.GateShut, "fire.handle", engine.Grant, "check")
	s.do("applicant", engine.Fulfil, "", s.answer("p1")).do("fire.handle", engine.Grant, "check").is("check=grant")
	require.Len(t, s.state.Paper("p1").Earlier, 3, "the letters stay on file")

	// without a gate a new letter is all that can come; and nothing that was deferred comes as a letter
	s = tell(t, following(", letter: {time: 20wd}")).without(letter("2026-03-04"))
	s.refused(engine.BadData, "applicant", engine.Fulfil, "")
	s.refused(engine.NotOpen, "applicant", engine.Fulfil, "", s.answer("p1")) // nobody is owed the paper itself
	may := engine.ActOptions(s.rules, s.state, s.who("hall.clerk"), s.now, "", nil, []engine.Act{engine.Fulfil})
	require.True(t, may[0].Allowed)
	require.Equal(t, "p1", may[0].Fields[0].Choices[0].ID)
	require.True(t, may[0].Fields[0].Choices[0].Letter)
	s.do("applicant", engine.Fulfil, "", letter("2026-03-12"))
	s.at("2026-03-12T09:00").do("fire.handle", engine.Grant, "check").is("check=grant")
	s = tell(t, following(deferred+", letter: {before: conclude, time: 20wd}")).without(tolerated)
	s.refused(engine.BadPaper, "applicant", engine.Fulfil, "", letter("2026-03-12"))
}

func TestActFirst(t *testing.T) {
	t.Parallel()
	src := following("") + "\nactFirst: {when: qb, time: 24h, from: form.done, basis: 城市道路管理条例第三十四条}\n"
	src = strings.Replace(src, "staff: {type: integer}", "staff: {type: integer}, done: {type: string}", 1)
	s := tell(t, src)
	cmd := s.filing(map[string]any{"qb": true}, "p1", "p2")
	cmd.Args.Form["done"] = "2026-03-02T06:00:00+08:00"
	burst := &engine.Cause{Reason: "水管爆裂抢修", Evidence: proof("抢修记录").Evidence}
	for _, lacking := range []*engine.Cause{nil, {Evidence: burst.Evidence}, {Reason: burst.Reason}, {Reason: burst.Reason, Evidence: []engine.Evidence{{Name: "无"}}}} {
		cmd.Args.Cause = lacking
		require.Equal(t, engine.BadData, engine.Decide(s.rules, nil, cmd).Rejection.Code)
	}
	s.notFiled(engine.BadData, func(a *engine.Args) { a.Cause = burst }) // nothing was done first
	cmd.Args.Cause = burst
	require.Nil(t, s.run(cmd))
	require.Equal(t, burst, s.state.Cause)
	rows := engine.Project(s.rules, s.state).Dossier
	require.True(t, slices.ContainsFunc(rows, func(d engine.DossierRow) bool {
		return d.Kind == engine.DossierCause && d.Cause == s.state.Cause && d.Org == "hall"
	}))
	s.later(1).clear().do("hall.clerk.2", engine.Accept, "receive").paperIs("p1", engine.PaperDeferred).paperIs("p2", engine.PaperDeferred)
	require.Contains(t, s.state.Flags, "act-first")
	require.Equal(t, "2026-03-02T22:00:00Z", s.state.Clock("duty.defer.p1").Due.Format("2006-01-02T15:04:05Z07:00"))
	s.at("2026-03-05T09:00").do("fire.handle", engine.Grant, "check").is("check=grant-tolerant") // judged on its merits, late as the papers are
	s.do("market.handle", engine.Grant, "conclude").do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"})
	s.status(engine.Decided, engine.GrantedTolerant) // the gate is the closing
	s.do("applicant", engine.Fulfil, "", s.answer("p1", "p2")).status(engine.Closed, engine.GrantedTolerant)
	require.True(t, s.state.Over())
}

func TestPapersHaveCopiesAndSignatures(t *testing.T) {
	t.Parallel()
	src := strings.Replace(following(", count: 2, signedBy: [applicant, form.owner, form.partners]"), "staff: {type: integer}",
		"staff: {type: integer}, owner: {type: string}, partners: {type: array, items: {type: string}}", 1)
	s := tell(t, src)
	with := func(copies int, by ...string) func(*engine.Args) {
		return func(a *engine.Args) {
			p := s.paper("p1")
			p.Copies, p.SignedBy = copies, by
			a.Papers, a.Form = []engine.PaperIn{p}, map[string]any{"partners": []any{"甲", "乙"}}
		}
	}
	s.notFiled(engine.BadPaper, with(0, "form.owner", "form.partners.0", "form.partners.1"))
	r := s.notFiled(engine.BadPaper, with(2, "form.owner", "form.partners.0"))
	require.Equal(t, "signed by form.partners.1", r.Expected)
	cmd := s.filing(nil, "p1")
	with(2, "form.owner", "form.partners.0", "form.partners.1")(&cmd.Args)
	require.Nil(t, s.run(cmd))
	require.Equal(t, 2, s.state.Paper("p1").Copies)
	require.Len(t, s.state.Paper("p1").SignedBy, 3)
}

func TestOriginalsAreCompared(t *testing.T) {
	t.Parallel()
	src := func(when string) string {
		return strings.Replace(following(", form: copy"), "channels: [window, online],", "channels: [window, online], originals: "+when+",", 1)
	}
	compared := engine.Args{Originals: []string{"p1"}}
	s := tell(t, src("acceptance")).file(nil).clear()
	// What can be named opens the gate: the act is offered, with each copy somebody has to look at.
	offered := func(who, step string, do engine.Act) engine.Option {
		t.Helper()
		o := optionOf(t, engine.CaseOptions(s.rules, s.state, s.who(who), s.now, step, nil), do)
		require.True(t, o.Allowed, "%v", o.Rejection)
		return o
	}
	o := offered("hall.clerk.2", "receive", engine.Accept)
	require.Equal(t, []string{"originals"}, o.Needs)
	require.Equal(t, []engine.OptionField{{Field: "originals", Choices: []engine.Choice{{ID: "p1", Name: calendar.Text{ZH: "材料一", EN: "材料一"}, Asked: true}}}}, o.Fields)
	s.refused(engine.GateShut, "hall.clerk.2", engine.Accept, "receive")
	s.refused(engine.BadData, "hall.clerk.2", engine.Accept, "receive", engine.Args{Originals: []string{"p2"}})
	s.do("hall.clerk.2", engine.Accept, "receive", compared)
	require.Equal(t, "p-hall.clerk.2", s.state.Paper("p1").CheckedBy)
	s.do("fire.handle", engine.Grant, "check").do("market.handle", engine.Grant, "conclude")
	require.NotContains(t, offered("hall.clerk", "handOut", engine.Hand).Needs, "originals", "it was seen already")

	s = tell(t, src("collection")).file(nil).clear().do("hall.clerk.2", engine.Accept, "receive")
	s.do("fire.handle", engine.Grant, "check").do("market.handle", engine.Grant, "conclude")
	require.Contains(t, offered("hall.clerk", "handOut", engine.Hand).Needs, "originals")
	s.refused(engine.GateShut, "hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"})
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter", Originals: []string{"p1"}}).status(engine.Closed, engine.Granted)
	require.False(t, s.state.Paper("p1").Compared.IsZero())

	// Seen early is seen; what is no copy is never on record as seen, whatever the act needs.
	s = tell(t, src("collection")).file(nil).clear()
	s.refused(engine.BadData, "hall.clerk.2", engine.Accept, "receive", engine.Args{Originals: []string{"p1", "p2"}})
	s.do("hall.clerk.2", engine.Accept, "receive", compared)
	require.False(t, s.state.Paper("p1").Compared.IsZero())
	s = tell(t, following("")).file(nil).clear()
	s.refused(engine.BadData, "hall.clerk.2", engine.Accept, "receive", compared)
	s.state.Engine = 7 // of an engine version that did not look at what nobody needed
	s.do("hall.clerk.2", engine.Accept, "receive", compared)
}

func dateOn(text string) calendar.Date {
	d, err := calendar.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestAgentsAreRecorded(t *testing.T) {
	t.Parallel()
	agent := &engine.Agent{Name: "代办人", Until: dateOn("2026-04-01"), Evidence: proof("授权委托书").Evidence[0]}
	tell(t, following("")).notFiled(engine.NotAllowed, func(a *engine.Args) { a.Agent = agent })
	s := tell(t, strings.Replace(following(""), "channels: [window, online],", "channels: [window, online], agents: true,", 1))
	s.notFiled(engine.BadData, func(a *engine.Args) { a.Agent = &engine.Agent{Until: dateOn("2026-04-01")} })
	s.notFiled(engine.BadData, func(a *engine.Args) {
		a.Agent = &engine.Agent{Name: "代办人", Until: dateOn("2026-03-01"), Evidence: agent.Evidence}
	})
	cmd := s.filing(nil)
	cmd.Args.Agent = agent
	require.Nil(t, s.run(cmd))
	require.Equal(t, agent, s.state.Agent)
	require.Contains(t, s.state.Flags, "agent")
}

// promising lets the applicant choose a promise by qb instead of paper p2.
func promising() string {
	return head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd, late: lapse}}
  - parallel: block
    branches:
      - {decide: check, by: fire, reads: [p1, p2], limit: [{when: qb, time: 1wd}, {time: 9wd}], gives: {licence: {kind: certificate, name: 证}}}
      - {review: look, by: eco, reads: [p1]}
  - {decide: conclude, by: market, limit: 9wd}
  - {issue: handOut, by: hall, ways: [counter]}
commitments:
  fast: {when: qa, step: check, replaces: [p3], text: 告知承诺书, basis: 应急〔2021〕34号}
duties:
  verify: {name: 现场核查, by: fire, when: qa, limit: {time: 20wd, from: licence}, affects: licence, basis: 应急〔2021〕34号}
`
}

func promisingDef() string {
	src := strings.Replace(promising(), "  permit: {name", "  p3: {name: 材料三, from: [applicant], basis: 法}\n  permit: {name", 1)
	return strings.Replace(src, "reads: [p1, p2]", "reads: [p1, p3]", 1)
}

func (s *story) promised() *story {
	s.t.Helper()
	cmd := s.filing(map[string]any{"qa": true})
	cmd.Args.Promises = []engine.PromiseIn{{ID: "fast", Hash: hashOf(7)}}
	require.Nil(s.t, s.run(cmd))
	return s.later(1).clear().do("hall.clerk.2", engine.Accept, "receive")
}

func TestPromiseReplacesPapers(t *testing.T) {
	t.Parallel()
	s := tell(t, promisingDef())
	unsigned := s.filing(map[string]any{"qa": true})
	require.Equal(t, engine.BadPaper, engine.Decide(s.rules, nil, unsigned).Rejection.Code)
	notChosen := s.filing(nil)
	notChosen.Args.Promises = []engine.PromiseIn{{ID: "fast", Hash: hashOf(7)}}
	require.Equal(t, engine.BadPaper, engine.Decide(s.rules, nil, notChosen).Rejection.Code)
	brought := s.filing(map[string]any{"qa": true})
	brought.Args.Promises = []engine.PromiseIn{{ID: "fast", Hash: hashOf(7)}}
	brought.Args.Papers = append(brought.Args.Papers, s.paper("p3"))
	requireLaw(t, engine.Decide(s.rules, nil, brought).Rejection, "31")
	bad := s.filing(map[string]any{"qa": true})
	bad.Args.Promises = brought.Args.Promises
	bad.Args.BadCredit = &engine.Credit{Reason: "曾作虚假承诺", Evidence: proof("记录").Evidence}
	require.Equal(t, engine.NotAllowed, engine.Decide(s.rules, nil, bad).Rejection.Code)

	s.promised().paperIs("p3", engine.PaperPromised)
	require.Equal(t, "告知承诺书", s.state.Promises[0].Text)
	s.do("fire.handle", engine.Grant, "check").is("check=grant").duty("verify", engine.DutyOpen)
	s.refused(engine.Signed, "applicant", engine.Retract, "", engine.Args{Answers: map[string]any{"qa": false}, Papers: []engine.PaperIn{s.paper("p3")}})
	s.do("eco.handle", engine.Agree, "look").do("market.handle", engine.Grant, "conclude")
	s.do("hall.clerk", engine.Hand, "handOut", engine.Args{Way: "counter"}).status(engine.Closed, engine.Granted)

	// the check afterwards fails: a person decides, the history of the case stays
	s.do("fire.handle", engine.Judge, "", found("failed", "承诺不实")).do("applicant", engine.Defend, "", reasoned).do("fire.handle", engine.Annul, "", reasoned)
	require.False(t, s.state.Outputs[0].Annulled.IsZero())
	s.is("check=grant").status(engine.Closed, engine.Granted)
}

func TestPromiseIsTakenBackBeforeTheDecision(t *testing.T) {
	t.Parallel()
	s := tell(t, promisingDef()).promised()
	back := engine.Args{Answers: map[string]any{"qa": false}}
	s.refused(engine.NotAllowed, "eco.handle", engine.Retract, "", back)
	s.refused(engine.NotOpen, "applicant", engine.Retract, "", engine.Args{Promise: "other", Answers: back.Answers})
	s.refused(engine.BadPaper, "applicant", engine.Retract, "", back) // the papers come with it
	s.refused(engine.BadAnswer, "applicant", engine.Retract, "", engine.Args{Form: map[string]any{"site": "别处"}})
	back.Papers = []engine.PaperIn{s.paper("p3")}
	s.do("applicant", engine.Retract, "", back).paperIs("p3", engine.PaperPresent).open("check", "look")
	require.True(t, s.state.Promises[0].Retracted)
	s.refused(engine.NotOpen, "applicant", engine.Retract, "", back)
	s.do("fire.handle", engine.Grant, "check").duty("verify", engine.DutyAbsent)

	// nobody comes to a promise in the middle
	s = tell(t, promisingDef()).accepted(nil)
	s.refused(engine.BadAnswer, "market.lead", engine.Amend, "", amend(map[string]any{"qa": true, "qc": false}))
	// and the lead's amendment takes it back as well
	s = tell(t, promisingDef()).promised()
	a := amend(map[string]any{"qa": false})
	a.Papers = []engine.PaperIn{s.paper("p3")}
	s.do("market.lead", engine.Amend, "", a)
	require.True(t, s.state.Promises[0].Retracted)
}

func TestAcceptedWithAnIncompleteAnswer(t *testing.T) {
	t.Parallel()
	s := tell(t, following("")).file(nil, "p1").clear().status(engine.Correcting, "").at("2026-03-20T09:00")
	s.do("hall.clerk.2", engine.Accept, "receive")
	require.Equal(t, "2026-03-20", s.state.AcceptedOn.String(), "what there is was accepted as it is, on that day")
	s.due("promised", "2026-04-20")
}

func TestNothingToDecide(t *testing.T) {
	t.Parallel()
	src := head + `
  - {intake: receive, by: hall, collect: {time: 2wd}, answer: {time: 10wd}}
  - {decide: only, when: qb, by: market, reads: [p1]}
  - {issue: handOut, by: hall, ways: [counter]}
`
	tell(t, src).accepted(nil).status(engine.Closed, engine.NotRequired)
}

// paperStories meet every event of papers that follow and of promises.
func paperStories(t *testing.T) []*story {
	t.Helper()
	s := tell(t, following(deferred)).without(tolerated)
	p := tell(t, promisingDef()).promised()
	return []*story{
		s.do("applicant", engine.Fulfil, "", s.answer("p1")),
		p.do("applicant", engine.Retract, "", engine.Args{Answers: map[string]any{"qa": false}, Papers: []engine.PaperIn{p.paper("p3")}}),
	}
}

// A grant by silence is one on tolerance while a paper is still due; when its day is
// over nothing is granted by silence.
func TestTolerance_Silence(t *testing.T) {
	t.Parallel()
	src := func(limit string) string {
		return replace(following(deferred), "reads: [p1], limit: 9wd,", "reads: [p1], limit: {time: "+limit+", late: grant, basis: 某条例},")
	}
	s := tell(t, src("3wd")).without(tolerated).at("2026-03-06T09:00").is("check=grant-tolerant")
	require.Equal(t, "silence", s.state.Step("check").Why)
	s = tell(t, src("7wd")).without(tolerated).at("2026-03-16T09:00").is("check=open")
	require.True(t, s.state.Clock("check").Overdue)
}

// What a source has comes as it is: copies and signatures are the applicant's to bring.
func TestSourcesBringOnePaper(t *testing.T) {
	t.Parallel()
	src := strings.Replace(following(""), "p1: {name: 材料一, from: [applicant],", "p1: {name: 材料一, from: [e-licence, applicant], count: 2,", 1)
	s := tell(t, src)
	s.notFiled(engine.BadPaper, func(a *engine.Args) { a.Papers = append(a.Papers, engine.PaperIn{ID: "p1", Hash: s.paper("p1").Hash}) })
	cmd := s.filing(nil, "p1")
	cmd.Args.Papers = append(cmd.Args.Papers, engine.PaperIn{ID: "p1", Source: "e-licence", Hash: s.paper("p1").Hash})
	require.Nil(t, s.run(cmd))
	s.paperIs("p1", engine.PaperPresent)
}
