package api

import (
	"context"
	"slices"

	"lianban/engine"
)

// How far somebody's office goes beyond his own organisation is the directory's word, not the case's. What he may
// read of a case and what his office counts for in it are both judged here, by the same lists.

// reach is how far a caller's office goes.
type reach struct {
	watched []string // a supervisor's: the organisations he looks after
	below   []string // of whoever approves in or heads an organ: the organ and those below it
}

// reach asks the directory how far the caller's office goes.
func (s *Server) reach(ctx context.Context, c *caller) (r reach, err error) {
	if c.supervises() {
		if r.watched, err = s.cfg.Store.OrgsSupervised(ctx, c.session.Org); err != nil {
			return r, err
		}
	}
	if c.oversees() {
		r.below, err = s.cfg.Store.OrgsBelow(ctx, c.session.Org)
	}
	return r, err
}

// watches says whether a supervisor looks after one of the organisations.
func (r reach) watches(orgs []string) bool { return meet(r.watched, orgs) }

// governs says whether one of the organisations is below the caller's, or is his own.
func (r reach) governs(orgs []string) bool { return meet(r.below, orgs) }

// meet says whether two lists of organisations have one in common.
func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// workers are the organisations that lead a case or have a step in it. Others only hear of it: they are asked for an
// opinion, or are sent a copy.
func workers(view *engine.CaseRow, steps []engine.StepRow) []string {
	orgs := []string{view.LeadOrg}
	for i := range steps {
		orgs = append(orgs, steps[i].Org)
	}
	return orgs
}

// counting leaves of an official's roles those that count in the case, and names the others (engine.Actor.Beyond). The
// engine takes an office over others on trust; it counts where an organisation that leads the case or has a step in it is
// in its reach: being consulted or sent a copy brings nobody's head or supervisor into a case of others. Whether a
// colleague's part allows an act stays the case's own word, because acts that wait there may give him one.
func (s *Server) counting(ctx context.Context, number string, by engine.Actor) (engine.Actor, error) {
	if by.Kind != engine.Person || !contains(by.Roles, engine.RoleSupervisor, engine.RoleGovernmentHead) {
		return by, nil
	}
	r, err := s.reach(ctx, official(ctx))
	if err != nil {
		return by, err
	}
	view, err := s.cfg.Store.CaseByNumber(ctx, number)
	if err != nil {
		return by, caseError(err)
	}
	steps, err := s.cfg.Store.Steps(ctx, number)
	if err != nil {
		return by, err
	}
	orgs, roles := workers(&view.CaseRow, steps), by.Roles
	by.Roles = nil
	for _, role := range roles {
		if role == engine.RoleSupervisor && !r.watches(orgs) || role == engine.RoleGovernmentHead && !r.governs(orgs) {
			by.Beyond = append(by.Beyond, role)
		} else {
			by.Roles = append(by.Roles, role)
		}
	}
	return by, nil
}
