package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lianban/engine"
	"lianban/engine/calendar"
)

// The papers of random cases: who files and how he stands, where a paper comes from, what it lacks.

// filing is a filing that goes through; before it, others that do not, each for what is wrong with it alone.
func (w *world) filing(t *rapid.T) engine.Result {
	answers := map[string]any{"q1": rapid.Bool().Draw(t, "q1"), "q2": rapid.Bool().Draw(t, "q2")}
	if answers["q1"].(bool) {
		answers["q3"] = rapid.Bool().Draw(t, "q3")
	}
	w.form = map[string]any{
		"since":  rapid.SampledFrom([]string{"2026-02-10", "2026-02-12T09:30:00+08:00", "2026-01-31"}).Draw(t, "since"),
		"owners": rapid.SliceOfN(rapid.Just[any]("某人"), 0, 2).Draw(t, "owners"),
	}
	args := engine.Args{Number: "N1", Region: "210304", Answers: answers, Form: w.form, Channel: rapid.SampledFrom([]string{"window", "online"}).Draw(t, "channel")}
	if rapid.Bool().Draw(t, "offered") {
		args.Offers = []engine.Offer{{Question: "q1", Source: "e-licence", Result: engine.TrialFound, Value: rapid.Bool().Draw(t, "offer"), At: w.now}}
	}
	if w.rules.Plan.Def.Item.Agents && rapid.Bool().Draw(t, "agent") {
		args.Agent = &engine.Agent{Name: "代办人", Until: calendar.DateOf(w.now).AddDays(rapid.IntRange(0, 30).Draw(t, "authorised")), Evidence: engine.Evidence{Name: "授权委托书", Hash: hashOf(79)}}
	}
	asked, rejection := engine.Checklist(w.rules, args, w.now)
	require.Nil(t, rejection)
	w.files(t, &args, asked)
	file := func(args engine.Args) engine.Result {
		return engine.Decide(w.rules, nil, engine.Command{ID: "file", Do: engine.File, By: person("hall", "clerk", 9), At: w.now, Args: args, Parties: parties})
	}
	w.misfiles(t, args, file)
	res := file(args)
	require.Nil(t, res.Rejection)
	return res
}

// misfiles tries filings that must be refused: papers that lack something, an agent who may not, and whoever has
// bad credit with a promise or with papers put off. Without those he is taken in: what he chooses is then gone.
func (w *world) misfiles(t *rapid.T, args engine.Args, file func(engine.Args) engine.Result) {
	refused := func(what string, code engine.Code, spoil func(*engine.Args)) {
		bad := args
		bad.Papers = slices.Clone(args.Papers)
		spoil(&bad)
		res := file(bad)
		require.NotNil(t, res.Rejection, what)
		require.Equal(t, code, res.Rejection.Code, what)
		require.Empty(t, res.Events, what)
		w.saw(what, true)
	}
	for i := range args.Papers {
		p := &args.Papers[i]
		m := w.rules.Plan.Paper(p.ID)
		if p.Letter || p.Source != "" && p.Source != "applicant" {
			continue
		}
		if m.Count > 1 {
			refused("too few copies", engine.BadPaper, func(a *engine.Args) { a.Papers[i].Copies = m.Count - 1 })
		}
		if len(p.SignedBy) > 0 {
			refused("a signature lacks", engine.BadPaper, func(a *engine.Args) { a.Papers[i].SignedBy = p.SignedBy[1:] })
		}
		refused("a source that is none of the guide's", engine.BadPaper, func(a *engine.Args) { a.Papers[i].Source = "project" })
	}
	day := calendar.DateOf(w.now)
	agent := engine.Agent{Name: "代办人", Until: day, Evidence: engine.Evidence{Name: "授权委托书", Hash: hashOf(79)}}
	if !w.rules.Plan.Def.Item.Agents {
		refused("an agent where there may be none", engine.NotAllowed, func(a *engine.Args) { a.Agent = &agent })
	} else {
		refused("an authorisation that has run out", engine.BadData, func(a *engine.Args) { late := agent; late.Until = day.AddDays(-1); a.Agent = &late })
		refused("no authorisation", engine.BadData, func(a *engine.Args) { none := agent; none.Evidence = engine.Evidence{}; a.Agent = &none })
	}
	if args.BadCredit == nil && (len(args.Promises) > 0 || len(args.Defer) > 0) {
		refused("bad credit with a promise or tolerance", engine.NotAllowed, func(a *engine.Args) { a.BadCredit = credit() })
	}
}

func credit() *engine.Credit {
	return &engine.Credit{Reason: "失信记录", Evidence: []engine.Evidence{{Name: "记录", Hash: hashOf(80)}}}
}

// files says what comes with a filing: papers, letters in their place, what is put off, what sources answered, what is signed.
func (w *world) files(t *rapid.T, args *engine.Args, asked []engine.PaperState) {
	badCredit := rapid.IntRange(0, 3).Draw(t, "credit") == 0
	for _, p := range asked {
		if p.Status != engine.PaperMissing {
			continue
		}
		m := w.rules.Plan.Paper(p.ID)
		given := false
		for _, from := range m.From {
			result := rapid.SampledFrom([]engine.TrialResult{engine.TrialFound, engine.TrialFound, engine.TrialNone, engine.TrialFailed}).Draw(t, "trial")
			args.Tried = append(args.Tried, engine.Trial{Paper: p.ID, Source: from.String(), Result: result, At: w.now})
			if result == engine.TrialFound && from.Name != "applicant" && rapid.IntRange(0, 3).Draw(t, "taken") > 0 {
				args.Papers = append(args.Papers, w.sourced(t, p.ID, from.String()))
				given = true
				break
			}
		}
		if given {
			continue
		}
		switch brings := rapid.IntRange(0, 3).Draw(t, "brings"); {
		case brings == 1 && m.Defer != nil && !badCredit:
			args.Defer = append(args.Defer, p.ID)
		case brings > 0:
			in := w.paper(p.ID)
			in.Original = rapid.IntRange(0, 3).Draw(t, "compared") == 0
			in.SelfMade = !in.Original && rapid.IntRange(0, 5).Draw(t, "self-made") == 0
			if in.Letter = brings == 1 && m.Letter != nil; in.Letter {
				in.Until = w.bearing(t)
			}
			args.Papers = append(args.Papers, in)
		}
	}
	first := engine.ActsFirst(w.rules, *args, w.now)
	if len(args.Defer) > 0 && !first {
		args.Undertaking = &engine.UndertakingIn{Hash: w.paper("undertaking").Hash}
	}
	if first {
		args.Cause = &engine.Cause{Reason: "抢修", Evidence: []engine.Evidence{{Name: "现场照片", Hash: hashOf(78)}}}
	}
	for _, id := range engine.Promises(w.rules, *args, w.now) {
		args.Promises = append(args.Promises, engine.PromiseIn{ID: id, Hash: w.paper(id).Hash})
	}
	if badCredit && len(args.Promises) == 0 { // else he chooses by his answers what he may not have
		args.BadCredit = credit()
		w.saw("filed with bad credit", true)
	}
}

// sourced is a paper as a source of the guide gives it: none of what the applicant's own has.
func (w *world) sourced(t *rapid.T, id, source string) engine.PaperIn {
	p := engine.PaperIn{ID: id, Hash: w.paper(id).Hash, Source: source}
	p.Grade = rapid.SampledFrom([]engine.Grade{engine.GradeA, engine.GradeB}).Draw(t, "grade")
	if rapid.IntRange(0, 3).Draw(t, "valid until") == 0 {
		until := calendar.DateOf(w.now).AddDays(rapid.IntRange(0, 20).Draw(t, "days"))
		p.Until = &until
	}
	return p
}

// spoils takes from a paper of an act what it must have, names an original that is none, or brings a paper as a source does, now and then.
func (w *world) spoils(t *rapid.T, a *engine.Args) {
	for i := range a.Papers {
		p := &a.Papers[i]
		switch rapid.IntRange(0, 11).Draw(t, "spoilt") {
		case 0:
			p.Copies = 0
		case 1:
			p.SignedBy = nil
		case 2:
			p.Original = true
		case 3:
			if m := w.rules.Plan.Paper(p.ID); m != nil && len(m.From) > 1 {
				*p = w.sourced(t, p.ID, m.From[0].String())
			}
		}
	}
	switch rapid.IntRange(0, 9).Draw(t, "originals") {
	case 0:
		a.Originals = nil
	case 1:
		a.Originals = append(slices.Clone(a.Originals), rapid.SampledFrom([]string{"p1", "p2", "x"}).Draw(t, "original"))
	}
}

// unseen are the copies of the applicant nobody has compared with the original.
func (w *world) unseen() (ids []string) {
	for i := range w.state.Papers {
		p := &w.state.Papers[i]
		if w.rules.Plan.Paper(p.ID).Form == "copy" && p.Source == "applicant" && p.Status == engine.PaperPresent && p.Compared.Equal(time.Time{}) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// asksAgain names in a gap what an organ has given, now and then: whatever is open, nobody gets it through.
func (w *world) asksAgain(t *rapid.T) {
	for _, task := range w.state.Tasks {
		if task.Kind != engine.TaskLook && task.Kind != engine.TaskAccept || task.Status != engine.TaskOpen || rapid.Bool().Draw(t, "asks for no more") {
			continue
		}
		for i := range w.state.Papers {
			p := &w.state.Papers[i]
			if p.Status != engine.PaperPresent || !strings.HasPrefix(p.Source, "data:") && !strings.HasPrefix(p.Source, "party:") && p.Source != "e-licence" ||
				p.Until != nil && *p.Until < calendar.DateOf(w.now) {
				continue
			}
			w.acts++
			cmd := engine.Command{ID: fmt.Sprintf("g%d", w.acts), Do: engine.Gap, By: forTask(t, *task), At: w.now, Step: task.Step, Task: task.ID}
			cmd.Args.Lines = []engine.GapLine{{Of: p.ID, Reason: "不清晰"}}
			rej := w.do(t, cmd)
			require.NotNil(t, rej, "%s came from %s", p.ID, p.Source)
			w.saw("asked again for what an organ has given", rej.Code == engine.BadPaper && rej.Law.Article == "33")
			return
		}
	}
}
