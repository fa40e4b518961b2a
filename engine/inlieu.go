package engine

import (
	"slices"

	"lianban/engine/calendar"
)

// A letter that stands in for a paper (以函代证) has a life: as long as the guide lets
// one stand in, and no longer than it says itself. Before it is over a new letter may
// take its place; when it is over, only the paper itself is left.

// lives says until when a letter taken now may stand in: the day it bears, where that
// is before the end of the time the guide gives.
func (d *decider) lives(p *PaperIn) *calendar.Date {
	until := d.r.Calendar.Due(d.now, d.r.Plan.Paper(p.ID).Letter.Time, nil).Day
	if d.s.since(3) && p.Until != nil && *p.Until < until {
		until = *p.Until
	}
	return &until
}

// bears is the day that ends a letter before the time of the guide does, nil when
// none does.
func (d *decider) bears(p *PaperState) *calendar.Date {
	if !d.s.since(3) || p.Until == nil || *p.Until >= d.r.Calendar.Due(p.At, d.r.Plan.Paper(p.ID).Letter.Time, nil).Day {
		return nil
	}
	return p.Until
}

// standsIn says whether a letter stands in for a paper that a new one may take the
// place of: nobody needs one any more when the outcome is there, but whoever owes the
// paper itself.
func (d *decider) standsIn(paper string) bool {
	p := d.s.Paper(paper)
	return d.s.since(3) && p != nil && p.Status == PaperLetter && d.s.Outcome == ""
}

// renewed judges a new letter in the place of one that stands in.
func (d *decider) renewed(p *PaperIn) *Rejection {
	where := "papers." + p.ID
	old := d.s.Paper(p.ID)
	switch {
	case !d.s.since(3) || old == nil || old.Status != PaperLetter:
		return reject(BadPaper, "须补交材料“"+p.ID+"”本身，不能再以函代替", "paper "+p.ID+" itself is to follow, not a letter").at(where)
	case d.over(old):
		return reject(TooLate, "代替“"+p.ID+"”的函已过有效期，须补交材料本身，不能再以函代替", "the letter in lieu of "+p.ID+" has run out; the paper itself is to follow, no new letter").
			want("until "+old.Until.String(), on(d.now).String()).at(where)
	case old.Hash == p.Hash:
		return reject(BadPaper, "提交的仍是原来的函", "this is the letter that stands in already").want("a new letter", "the same").at(where)
	}
	return nil
}

// over says whether a letter stands in no more, by its day.
func (d *decider) over(p *PaperState) bool {
	return p.Until != nil && *p.Until < calendar.DateOf(d.now)
}

// renew counts the duty of a letter's paper anew from a new letter, and tells the
// applicant the new day.
func (d *decider) renew(papers []PaperState) {
	var lines []NamedLine
	for i := range papers {
		p := &papers[i]
		if p.Status != PaperLetter {
			continue
		}
		k := slices.IndexFunc(d.s.Duties, func(t DutyState) bool { return t.Kind == DutyLetter && t.Owed() && t.About == p.ID })
		if k < 0 {
			continue
		}
		c := *d.s.Clock(dutyClock(d.s.Duties[k].ID))
		c.Start, c.From, c.Until, c.Calendar, c.Warned = d.now, "letter", d.bears(p), "", 0
		c = d.clock(c)
		c.ledger(Entry{At: d.now, What: "restarted", Due: c.Due, Why: "letter"})
		d.emit(ClockChanged{Clock: c, Why: "letter"})
		lines = append(lines, follows(p.ID, c.Day))
	}
	if len(lines) > 0 {
		d.emit(PartyTold{Notice: Notice{ID: string(NoticeTolerance) + "." + itoa(int(d.s.Seq)), Kind: NoticeTolerance, To: applicant, At: d.now, Lines: lines}})
	}
}

// follows is the line that tells by when a paper has to follow.
func follows(paper string, day calendar.Date) NamedLine {
	return NamedLine{Of: paper, Reason: "须于" + day.String() + "前补交", Askers: []string{"guide"}}
}
