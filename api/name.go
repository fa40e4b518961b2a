package api

import (
	"context"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/definition"
	"lianban/store"
)

// Screens show names beside the ids that acts are written with: a clerk knows
// 市场监管部门, not market.

// partyName names who goes by an id in a case: a party of the definition, or an organisation that came in without
// being one (consulted, asked for one more opinion, above the one that granted) and goes by its code; "" for what is
// neither.
func partyName(plan *definition.Plan, orgs map[string]store.Organisation, id string) string {
	for _, p := range plan.Def.Parties {
		if p.ID == id {
			return p.Name
		}
	}
	return orgs[id].Name
}

// guideName names a paper of the guide, or says what a condition asks; "" for
// what is neither.
func guideName(plan *definition.Plan, id string) string {
	if p := plan.Paper(id); p != nil {
		return p.Name
	}
	for _, c := range plan.Conditions {
		if c.ID == id {
			return c.Text
		}
	}
	return ""
}

// waitViews names the parties, organisations, steps and people a case waits for.
func (s *Server) waitViews(ctx context.Context, tell story) ([]gen.Wait, error) {
	waits := engine.WaitingFor(tell.r, tell.s)
	var claimed []string
	for _, w := range waits {
		if w.Account != "" {
			claimed = append(claimed, w.Account)
		}
	}
	names, err := s.cfg.Store.AccountNames(ctx, claimed)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	deputies, err := s.cfg.Store.DeputiesOf(ctx, claimed, s.today())
	if err != nil {
		return nil, err
	}
	out := make([]gen.Wait, len(waits))
	for i, w := range waits {
		out[i] = gen.Wait{
			Who: w.Who, WhoName: partyName(tell.r.Plan, orgs, w.Who), Org: w.Org, OrgName: orgs[w.Org].Name, Role: w.Role,
			Account: w.Account, AccountName: names[w.Account], Step: w.Step, Task: w.Task, WhyZh: w.WhyZh, WhyEn: w.WhyEn, Since: w.Since, Due: w.Due,
		}
		for _, d := range deputies[w.Account] {
			if d.Org == w.Org {
				out[i].Deputies = append(out[i].Deputies, d.Name)
			}
		}
		if w.Step != "" {
			out[i].StepName = tell.step(w.Step)
		}
	}
	return out, nil
}

// noticeViews names what notices are about and to whom they went. The applicant
// is not told which department asked for a line: to him the hall is one.
func noticeViews(plan *definition.Plan, orgs map[string]store.Organisation, list []engine.Notice, askers bool) []gen.Notice {
	out := make([]gen.Notice, len(list))
	for i, n := range list {
		out[i] = gen.Notice{
			Id: n.ID, Kind: gen.NoticeKind(n.Kind), Title: n.Name(), To: n.To, ToName: partyName(plan, orgs, n.To), Step: n.Step, At: n.At,
			Clock: n.Clock, Text: n.Text,
		}
		if n.Until != nil {
			out[i].Until = *n.Until
		}
		for _, l := range n.Lines {
			line := gen.NoticeLine{Of: l.Of, Name: guideName(plan, l.Of), Reason: l.Reason, Answered: l.Answered, Statement: l.Statement}
			if askers {
				line.Askers = l.Askers
				for _, a := range l.Askers {
					line.AskerNames = append(line.AskerNames, orElse(partyName(plan, orgs, a), a))
				}
			}
			out[i].Lines = append(out[i].Lines, line)
		}
	}
	return out
}
