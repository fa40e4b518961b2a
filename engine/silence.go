package engine

import (
	"slices"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// A grant by silence (行政许可法第五十条, and where another law provides for it): a
// decide whose limit says `late: grant`.

// paperTime is the time to make out the paper of a grant by silence.
var paperTime = calendar.Period{Amount: 1, Unit: calendar.WorkingDays}

// silenceGrants says whether running out grants: the time had not run out before
// the step opened, and nothing stands against a grant that a person would have to
// answer, an opinion that disagrees or a negative end above (3.3.8, 3.4.3).
// Otherwise it is late and no more.
func (d *decider) silenceGrants(n *definition.Node, c *Clock) bool {
	if !c.Due.After(d.st(n).OpenedAt) || d.gate(n) != nil {
		return false
	}
	return d.grantable(n, &Args{Takes: d.allTaken(n)}) == nil
}

// allTaken takes over every condition put to a decide: silence refuses none.
func (d *decider) allTaken(n *definition.Node) []Take {
	var takes []Take
	for _, m := range d.conditional(n) {
		for _, c := range d.st(m).Verdict.Conditions {
			takes = append(takes, Take{Step: m.ID, Condition: c, Taken: true})
		}
	}
	return takes
}

// madeOut checks the numbers that come with a hand-out: only what silence granted
// has none from its decision.
func (d *decider) madeOut(in []OutputIn, chosen []string) *Rejection {
	for _, o := range in {
		i := slices.IndexFunc(d.s.Hands, func(h HandOut) bool { return h.ID == o.ID && h.Silent })
		if i < 0 || !slices.Contains(chosen, o.ID) {
			return reject(BadData, "只有视为准予的结果才在出件时补写编号："+o.ID, "only a result granted by silence gets its number when it is handed out: "+o.ID).
				want("a result granted by silence that is handed out now", o.ID).at("outputs." + o.ID)
		}
	}
	return nil
}

// makeOut writes numbers, data and documents on outputs.
func (s *State) makeOut(in []OutputIn) {
	if len(in) == 0 {
		return
	}
	s.Outputs = slices.Clone(s.Outputs)
	for _, x := range in {
		for i := range s.Outputs {
			if o := &s.Outputs[i]; o.ID == x.ID {
				o.Number, o.Data, o.Hash = x.Number, x.Data, x.Hash
			}
		}
	}
}

// grantedBySilence ends a decide as granted. The party that was silent owes the paper
// within a working day, and the window hands it out in the same time, whenever the
// other results are.
func (d *decider) grantedBySilence(n *definition.Node, due time.Time) {
	takes, end := d.allTaken(n), EndGrant
	if d.tolerating(n) {
		end = EndGrantTolerant
	}
	d.emit(ClockOverdue{Clock: d.running(n)})
	outputs, _ := d.outputs(n, nil)
	hands, papers := d.results(outputs)
	for i := range hands {
		hands[i].Silent = true
	}
	d.emit(StepEnded{
		Step: n.ID, End: end, Why: "silence", Seen: d.seen(n), Outputs: outputs, Hands: hands, Papers: papers,
		Verdict: &Verdict{End: end, Org: d.st(n).Org, At: due, Takes: takes},
	})
	if d.st(n).Round > 1 {
		d.affect([]string{n.ID})
	}
	d.openDuty(DutyState{ID: "paper." + n.ID, Kind: DutyPaper, Name: "补发准予决定书", By: n.By, About: n.ID},
		&term{period: paperTime, start: d.now, from: n.ID})
	d.tellGrant(n)
}
