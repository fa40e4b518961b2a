package api

import (
	"context"
	"errors"
	"slices"
	"strings"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/engine/scenario"
)

// A definition played: the process tried out, by everybody in turn, without a case.

// PlayDefinition implements POST /v1/definitions/play.
func (s *Server) PlayDefinition(ctx context.Context, req gen.PlayDefinitionRequestObject) (gen.PlayDefinitionResponseObject, error) {
	r, err := read("definition.yaml", []byte(req.Body.Text))
	if err != nil {
		return nil, err
	}
	if r.def == nil {
		return gen.PlayDefinition200JSONResponse(unplayed(r)), nil
	}
	region := req.Body.Region
	if region == "" {
		orgs, err := s.catalogue.organisations(ctx)
		if err != nil {
			return nil, err
		}
		region = orgs[official(ctx).session.Org].Region
	}
	cal, err := s.calendarOf(ctx, region)
	if err != nil {
		return nil, err
	}
	moves := make([]scenario.Move, len(req.Body.Moves))
	for i, m := range req.Body.Moves {
		moves[i] = scenario.Move{Do: m.Do, At: m.At, By: m.By, Step: m.Step, Task: m.Task, Data: m.Data}
	}
	_, supervise, err := s.inForce(ctx)
	if p := (*Problem)(nil); err != nil && !(errors.As(err, &p) && p.Code == CodeNoRules) {
		return nil, err
	}
	played, rules, err := scenario.Play(r.def, supervise, cal, region, s.today(), moves)
	if err != nil {
		return nil, err
	}
	out := s.playedView(played, rules)
	for _, c := range played.Cards {
		v := gen.PlayedCard{Rule: c.Rule, Level: int(c.Level), At: c.At, Step: c.Step, Party: story{r: rules, s: played.State}.party(c.Org).ZH, Explain: c.Explain, Zh: c.Zh, En: c.En}
		if ru := supervise.Rule(c.Rule); ru != nil {
			v.Name = ru.Name
		}
		out.Cards = append(out.Cards, v)
	}
	out.Findings = findings(r.found)
	return gen.PlayDefinition200JSONResponse(out), nil
}

// unplayed is the answer for a text with errors.
func unplayed(r *reading) gen.Played {
	found := r.found
	if r.file.Kind != definition.FileItem && !found.Failed() {
		found = append(found, notAnItem())
	}
	out := emptyPlay()
	out.Findings = findings(found)
	return out
}

func emptyPlay() gen.Played {
	return gen.Played{
		Moves: []gen.PlayedMove{}, Findings: []gen.Finding{}, Questions: []gen.PlayedQuestion{}, Papers: []gen.PlayedPaper{}, Parties: []gen.PlayedParty{},
		Acts: []gen.PlayAct{}, Steps: []gen.PlayedStep{}, Clocks: []gen.PlayedClock{}, Timeline: []gen.PlayedEvent{}, Waiting: []gen.PlayedWait{},
		Notices: []gen.PlayedNotice{}, Results: []gen.PlayedResult{}, Sources: []gen.PlayedSource{}, Posts: []gen.PlayedPost{}, Cards: []gen.PlayedCard{},
	}
}

// playedView says in words where a play stands.
func (s *Server) playedView(p *scenario.Played, rules *engine.Rules) gen.Played {
	out := emptyPlay()
	out.Now, out.Form = p.Now, rules.Plan.Def.Form
	for _, m := range p.Moves {
		v := gen.PlayedMove{Do: m.Do, Name: moveName(m.Do), By: m.By, Step: m.Step, At: m.At, Ok: m.Refused == nil, Status: string(m.Status), Open: m.Open}
		if m.Refused != nil {
			v.Refusal = refusalView(m.Refused)
		}
		out.Moves = append(out.Moves, v)
	}
	for _, q := range p.Questions {
		v := gen.PlayedQuestion{Id: q.ID, Ask: q.Ask, Type: q.Type, Asked: q.Now}
		if q.Now {
			v.Answer = p.Answers[q.ID]
		}
		for _, o := range q.Options {
			v.Options = append(v.Options, gen.PlayedOption{Id: o.ID, Label: o.Label})
		}
		out.Questions = append(out.Questions, v)
	}
	for _, x := range inGuideOrder(rules.Plan, p.Papers) {
		if x.Status != engine.PaperAbsent {
			out.Papers = append(out.Papers, gen.PlayedPaper{Id: x.ID, Name: orElse(guideName(rules.Plan, x.ID), x.ID), Status: string(x.Status)})
		}
	}
	for _, x := range p.Sources {
		v := gen.PlayedSource{Source: x.Source, Of: x.Of, Name: orElse(guideName(rules.Plan, x.Of), x.Of), Question: x.Question}
		if i := slices.IndexFunc(p.Questions, func(q engine.Asked) bool { return q.ID == x.Of }); i >= 0 && x.Question {
			v.Name = p.Questions[i].Ask
		}
		out.Sources = append(out.Sources, v)
	}
	if p.State != nil {
		stand := standing{fields: s.fieldViews, played: p, tell: story{r: rules, s: p.State}, rows: engine.Project(rules, p.State)}
		stand.view(&out)
	}
	return out
}

// standing is how a case that is filed stands.
type standing struct {
	// fields are what an act's data are in words.
	fields func(*engine.Option, map[string]string) []gen.ActField
	played *scenario.Played
	tell   story
	rows   engine.Rows
}

func (x *standing) view(out *gen.Played) {
	c := &x.rows.Case
	out.Status, out.Outcome, out.NextAt = string(c.Status), string(c.Outcome), engine.NextDue(x.tell.s)
	if c.AcceptedOn != nil {
		out.AcceptedOn = *c.AcceptedOn
	}
	x.tasks(out)
	x.posts(out)
	for _, st := range x.rows.Steps {
		out.Steps = append(out.Steps, gen.PlayedStep{
			Id: st.ID, Name: orElse(st.Name, st.ID), Status: gen.PlayedStepStatus(st.Status), End: string(st.End), Why: st.Why, Round: st.Round,
		})
	}
	for _, k := range x.tell.s.Clocks {
		out.Clocks = append(out.Clocks, x.clock(k))
	}
	for _, e := range x.played.Events {
		text := x.tell.tell(&e.Event)
		step, _ := place(&e.Event)
		out.Timeline = append(out.Timeline, gen.PlayedEvent{At: e.At, Type: e.Type, By: player(e.By), Step: step, Zh: text.ZH, En: text.EN, Move: e.Move})
	}
	for _, w := range engine.WaitingFor(x.tell.r, x.tell.s) {
		out.Waiting = append(out.Waiting, gen.PlayedWait{Who: w.Who, Role: w.Role, Step: w.Step, Zh: w.WhyZh, En: w.WhyEn, Due: w.Due})
	}
	for _, n := range x.rows.Notices {
		v := gen.PlayedNotice{Kind: n.Name(), At: n.At, Lines: []string{}}
		for _, l := range n.Lines {
			reason, _ := because(l.Reason)
			v.Lines = append(v.Lines, x.tell.of(l.Of)+reason)
		}
		out.Notices = append(out.Notices, v)
	}
	for _, r := range x.rows.Results {
		out.Results = append(out.Results, gen.PlayedResult{Id: r.ID, Name: r.Name, Status: x.result(&r)})
	}
}

// player is what somebody of the play is called; time is nobody.
func player(a engine.Who) string {
	switch a.Kind {
	case engine.Person:
		return a.ID
	case engine.Applicant:
		return string(engine.Applicant)
	}
	return ""
}

// tasks lists what is open, by who has it to do.
func (x *standing) tasks(out *gen.Played) {
	for _, k := range x.played.Tasks {
		v := gen.PlayTask{Id: k.ID, Step: k.Step, Kind: string(k.Kind), Name: orElse(k.StepName, k.Step), Role: k.Role, Claimed: k.Claimed, Due: k.Due, Acts: x.acts(k.Acts)}
		i := slices.IndexFunc(out.Parties, func(p gen.PlayedParty) bool { return p.Party == k.Party })
		if i < 0 {
			i = len(out.Parties)
			out.Parties = append(out.Parties, gen.PlayedParty{Party: k.Party, Name: x.tell.party(k.Party).ZH})
		}
		out.Parties[i].Tasks = append(out.Parties[i].Tasks, v)
	}
	out.Acts = x.acts(x.played.Acts)
}

// posts lists the posts of whoever has something to do, and those nobody holds.
func (x *standing) posts(out *gen.Played) {
	add := func(org, role string, vacant bool) {
		post := org + "." + role
		if role == "" || slices.ContainsFunc(out.Posts, func(p gen.PlayedPost) bool { return p.Post == post }) {
			return
		}
		out.Posts = append(out.Posts, gen.PlayedPost{Post: post, Party: x.tell.party(org).ZH, Role: role, Vacant: vacant})
	}
	for _, post := range x.played.Vacant {
		org, role, _ := strings.Cut(post, ".")
		add(org, role, true)
	}
	for _, k := range x.played.Tasks {
		if k.Party == string(engine.Applicant) {
			continue
		}
		add(k.Org, k.Role, false)
		// Whether somebody heads the organisation counts where another post is vacant.
		add(k.Org, engine.RoleOrganHead, false)
	}
}

// acts are those on offer with what may be said with each: people of the play are called by what they are, and
// every party is an organisation of its own. Where an act is done is said already.
func (x *standing) acts(list []scenario.Offer) []gen.PlayAct {
	out := make([]gen.PlayAct, len(list))
	for i := range list {
		o := &list[i]
		out[i] = gen.PlayAct{Do: string(o.Do), Name: engine.ActName(o.Do), By: o.By, Step: o.Step, Needs: string(o.Needs), Fields: []gen.ActField{}}
		for _, f := range x.fields(&o.Says, nil) {
			if f.Field == "step" || f.Field == "task" {
				continue
			}
			if (f.Kind == gen.ActFieldKindOrganisation || f.Kind == gen.ActFieldKindOrganisations) && len(f.Choices) == 0 {
				f.Choices = x.organisations()
			}
			out[i].Fields = append(out[i].Fields, f)
		}
	}
	return out
}

func (x *standing) organisations() []gen.ActChoice {
	list := make([]gen.ActChoice, len(x.tell.s.Parties))
	for i, p := range x.tell.s.Parties {
		list[i] = gen.ActChoice{Id: p.Org, Name: x.tell.party(p.Party)}
	}
	return list
}

// moveName is what a move is called: an act as everywhere, and what only a play has.
func moveName(do string) calendar.Text {
	switch do {
	case scenario.Wait:
		return calendar.Text{ZH: "推进时间", EN: "Let time pass"}
	case string(engine.Vacate):
		return calendar.Text{ZH: "岗位空缺", EN: "A post falls vacant"}
	case string(engine.Fill):
		return calendar.Text{ZH: "岗位补齐", EN: "A post is filled"}
	}
	return engine.ActName(engine.Act(do))
}

func (x *standing) clock(c *engine.Clock) gen.PlayedClock {
	zh, en := x.tell.clock(c.ID)
	v := gen.PlayedClock{
		Id: c.ID, Class: string(c.Class), Step: c.Step, Name: calendar.Text{ZH: zh, EN: en}, Day: c.Day, Due: c.Due,
		Running: c.Running(), Overdue: c.Overdue, Why: []calendar.Text{},
	}
	for i := range x.tell.s.Pauses {
		p := &x.tell.s.Pauses[i]
		v.Stopped = v.Stopped || c.Running() && p.Running() && slices.ContainsFunc(c.Stops, func(s engine.ClockStop) bool { return s.Run == p.ID })
	}
	if e, ok := engine.Explain(x.tell.r, x.tell.s, c.ID); ok {
		for _, l := range e.Lines {
			v.Why = append(v.Why, calendar.Text{ZH: l.In("zh"), EN: l.In("en")})
		}
	}
	return v
}

// result says whether a result can be handed out, has been, or has been annulled.
func (x *standing) result(r *engine.ResultRow) string {
	switch {
	case !r.Annulled.IsZero():
		return "annulled"
	case !r.Done.IsZero():
		return "handed"
	case slices.ContainsFunc(x.rows.Tasks, func(t engine.TaskRow) bool { return t.Kind == engine.TaskHand && t.Status == engine.TaskOpen }):
		return "ready"
	}
	return "made"
}
