package engine

import (
	"lianban/engine/definition"
)

// Times of the applicant's own that may grow longer on his request: that to answer the
// one correction notice, that of a paper to follow which he cannot bring for force
// majeure (不可抗力), and that of an order to put something right. The Licensing Law sets none of them; the definition says by how much, how
// often, and who grants it.

// extension is what a definition says about making a clock longer.
type extension struct {
	definition.Extension
	law   bool // a limit of an organ: 行政许可法第四十二条
	proof bool // only for force majeure, with what proves it
}

// extensible finds it; nil: the clock is what it is.
func (d *decider) extensible(c *Clock) *extension {
	if l, _ := d.limitOf(c); l != nil {
		if l.Extend == nil {
			return nil
		}
		return &extension{Extension: *l.Extend, law: true}
	}
	if t := d.s.Duty(c.Duty); c.Duty != "" && t != nil && t.Kind == DutyDeferred {
		if x := d.r.Plan.Paper(t.About).Defer.Extend; x != nil {
			return &extension{Extension: definition.Extension(*x), proof: true}
		}
		return nil
	}
	if c.Late == lateFix {
		if x := d.fixRule(c.Duty).Extend; x != nil {
			return &extension{Extension: definition.Extension(*x)}
		}
		return nil
	}
	if n := d.intake(); n != nil && c.ID == clockAnswer && n.Intake.Answer != nil && n.Intake.Answer.Extend != nil {
		return &extension{Extension: definition.Extension(*n.Intake.Answer.Extend)}
	}
	return nil
}

// under names the law a refusal to extend rests on, where it is a law that binds.
func (x *extension) under(rej *Rejection) *Rejection {
	if x == nil || x.law {
		return rej.under("42")
	}
	return rej
}

// proven checks what proves the force majeure a longer time is asked for.
func (x *extension) proven(a *Args) *Rejection {
	if x.proof && len(a.Evidence) == 0 {
		return reject(BadData, "因不可抗力延长补交期限的，须附证明", "more time for force majeure needs what proves it").want("reason and evidence", "none").at("evidence")
	}
	return proofs(a.Evidence)
}
