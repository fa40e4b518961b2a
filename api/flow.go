package api

import (
	"context"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/definition"
)

// GetVersionFlow implements GET /v1/items/{item}/versions/{version}/flow.
func (s *Server) GetVersionFlow(ctx context.Context, req gen.GetVersionFlowRequestObject) (gen.GetVersionFlowResponseObject, error) {
	v, err := s.version(ctx, req.Item, req.Version)
	if err != nil {
		return nil, err
	}
	plan, err := s.catalogue.compile(v)
	if err != nil {
		return nil, err
	}
	return gen.GetVersionFlow200JSONResponse(*definition.NewFlow(plan.Def)), nil
}

// GetCaseFlow implements GET /v1/cases/{number}/flow.
func (s *Server) GetCaseFlow(ctx context.Context, req gen.GetCaseFlowRequestObject) (gen.GetCaseFlowResponseObject, error) {
	if _, err := s.look(ctx, req.Number); err != nil {
		return nil, err
	}
	f, err := s.fold(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	flow, steps := engine.FlowOf(f.rules, f.state)
	var holders []string
	for _, p := range steps {
		holders = append(holders, p.Holders...)
	}
	names, err := s.cfg.Store.AccountNames(ctx, holders)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	out := gen.GetCaseFlow200JSONResponse{Number: req.Number, Seq: f.state.Seq, Flow: *flow, Steps: make([]gen.FlowStep, len(steps))}
	now := s.cfg.Clock.Now()
	for i, p := range steps {
		v := gen.FlowStep{
			Step: p.Step, State: gen.FlowStepState(p.State), End: string(p.End), Negative: p.Negative, Round: p.Round, Org: p.Org, OrgName: orgs[p.Org].Name,
			Due: p.Due, Stop: stopView(p.Stop), Open: p.Open, OpenedAt: p.OpenedAt, EndedAt: p.EndedAt,
		}
		if p.State == engine.FlowActive || p.State == engine.FlowReturned {
			v.Light, v.LightChangesAt = lightOf(p.Due, p.Warn, p.Stop != nil, now)
		}
		for _, id := range p.Holders {
			v.Holders = append(v.Holders, orElse(names[id], id))
		}
		out.Steps[i] = v
	}
	return out, nil
}

func stopView(p *engine.Stop) gen.Stop {
	if p == nil {
		return gen.Stop{}
	}
	return gen.Stop{Pause: p.Pause, Kind: p.Kind, Name: definition.PauseName(p.Kind), Until: p.Until}
}
