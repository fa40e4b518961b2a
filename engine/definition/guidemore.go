package definition

import (
	"slices"

	"lianban/engine/calendar"
)

// What a guide says besides papers and steps: promises that stand in for papers, what may
// come in between and how much of its time is not counted, acts that may come before their
// formalities, and what binds somebody afterwards.

// The times of a hearing that is not required (行政许可法第四十七条).
var (
	HearingAsk  = calendar.Period{Amount: 5, Unit: calendar.WorkingDays}
	HearingHold = calendar.Period{Amount: 20, Unit: calendar.WorkingDays}
)

// GuidePromise is a promise the applicant may choose instead of papers (告知承诺).
type GuidePromise struct {
	ID       string        `json:"id"`
	Text     string        `json:"text"` // the document that is signed
	When     calendar.Text `json:"when"`
	Expr     Expr          `json:"expr"`
	Grants   string        `json:"grants"` // the matter granted on it
	Party    string        `json:"party"`
	Replaces []string      `json:"replaces"` // names of papers that are not asked for then
	Basis    []Article     `json:"basis"`
}

// GuideProcedure is what may come in between in a step: a visit, a posting, a hearing, an
// expert review and the like.
type GuideProcedure struct {
	Step  string        `json:"step"`
	Name  string        `json:"name"` // of the step
	Party string        `json:"party,omitempty"`
	Kind  GuideWord     `json:"kind"`
	When  calendar.Text `json:"when,omitzero"` // of the step; empty: always
	// Takes says how long it takes as far as the definition or the law tells.
	Takes calendar.Text `json:"takes,omitzero"`
	// NotCounted is the most that is left out of the limits, Stops of which; empty: the
	// limits run on.
	NotCounted calendar.Text `json:"notCounted,omitzero"`
	Stops      []GuideWord   `json:"stops"`
	Told       string        `json:"told,omitempty"` // the document that tells the applicant
	Basis      []Article     `json:"basis"`
}

// GuideActFirst is an act that may come before its formalities (先办后补).
type GuideActFirst struct {
	When  calendar.Text `json:"when"`
	Expr  Expr          `json:"expr"`
	Time  calendar.Text `json:"time"` // for the formalities, from the act on
	Basis []Article     `json:"basis"`
}

// GuideDuty is what binds somebody besides the steps, often after the decision.
type GuideDuty struct {
	ID    string        `json:"id"`
	Name  string        `json:"name"`
	By    string        `json:"by"`
	When  calendar.Text `json:"when,omitzero"`
	Limit *GuideLimit   `json:"limit"`
	// Touches names the result that may be annulled when the duty is not met.
	Touches string `json:"touches,omitempty"`
	// Fix says how what falls short may be put right first.
	Fix   calendar.Text `json:"fix,omitzero"`
	Basis []Article     `json:"basis"`
}

// more fills in what the guide says besides papers and steps.
func (g *guideMaker) more(out *Guide) {
	out.Promises, out.Procedures, out.Duties = []GuidePromise{}, []GuideProcedure{}, []GuideDuty{}
	names := g.def.Called()
	for _, c := range g.def.Commitments {
		p := GuidePromise{ID: c.ID, Text: c.Text, When: g.words.condition(c.When), Expr: c.When, Replaces: []string{}, Basis: c.Basis}
		for _, id := range c.Replaces {
			p.Replaces = append(p.Replaces, names[id])
		}
		walk(g.def.Process, func(s *Step) {
			if s.ID == c.Step && s.Decide != nil {
				p.Grants, p.Party = s.Decide.Item.Name, g.party(s.By)
			}
		})
		out.Promises = append(out.Promises, p)
	}
	walk(g.def.Process, func(s *Step) { out.Procedures = append(out.Procedures, g.procedures(s)...) })
	if a := g.def.ActFirst; a != nil {
		out.ActFirst = &GuideActFirst{When: g.words.condition(a.When), Expr: a.When, Time: a.Time.Text(), Basis: a.Basis}
	}
	for _, k := range g.def.Duties {
		d := GuideDuty{ID: k.ID, Name: k.Name, By: g.party(k.By), When: g.words.condition(k.When), Limit: g.limit(k.Limit), Basis: k.Basis}
		if k.Affects != "" {
			d.Touches = names[k.Affects]
		}
		if f := k.Fix; f != nil {
			most, again := f.Time.Text(), f.Recheck.Text()
			d.Fix = text("核查不符合的，责令限期整改，最长 "+most.ZH+"，报告整改或者期满后 "+again.ZH+"内复查",
				"what falls short is to be put right, within "+most.EN+" at the most, and is checked again within "+again.EN+" of saying so or of the end of that time")
			if x := f.Extend; x != nil {
				more := x.Time.Text()
				d.Fix = text(d.Fix.ZH+"；整改期限届满前可以批准延长"+more.ZH, d.Fix.EN+"; before it ends that time may be extended by "+more.EN)
			}
		}
		out.Duties = append(out.Duties, d)
	}
}

// procedures are what may come in between in one step.
func (g *guideMaker) procedures(s *Step) []GuideProcedure {
	one := GuideProcedure{Step: s.ID, Name: s.Name, Party: g.party(s.By), When: g.words.condition(s.When), Stops: []GuideWord{}, Basis: []Article{}}
	switch {
	case s.Visit != nil:
		one.Kind = word(string(s.Kind))
		list := []GuideProcedure{g.stopping(one, s.Visit.Pause)}
		if r := s.Visit.Rectify; r != nil {
			one.Kind, one.Takes = GuideWord{ID: "rectification", Name: PauseName("rectification")}, r.Time.Text()
			list = append(list, g.stopping(one, r.Pause))
		}
		return list
	case s.Publicity != nil:
		one.Kind, one.Takes = word(string(s.Kind)), s.Publicity.Time.Text()
		return []GuideProcedure{g.stopping(one, s.Publicity.Pause)}
	case s.Hearing != nil:
		ask, hold := HearingAsk.Text(), HearingHold.Text()
		one.Kind = word(string(s.Kind))
		one.Takes = text(hold.ZH+"内组织", "held within "+hold.EN)
		if !s.Hearing.Required {
			one.Takes = text("被告知权利之日起"+ask.ZH+"内可以申请，申请之日起"+hold.ZH+"内组织", "may be asked for within "+ask.EN+" of being told, and is held within "+hold.EN+" of that")
		}
		return []GuideProcedure{g.stopping(one, s.Hearing.Pause)}
	}
	w := s.Review
	if s.Decide != nil {
		w = &s.Decide.Work
	}
	if w == nil {
		return nil
	}
	var list []GuideProcedure
	for _, id := range w.Pauses {
		if i := slices.IndexFunc(g.def.Pauses, func(p Pause) bool { return p.ID == id }); i >= 0 {
			one.Kind = GuideWord{ID: g.def.Pauses[i].Kind, Name: PauseName(g.def.Pauses[i].Kind)}
			list = append(list, g.stopping(one, id))
		}
	}
	return list
}

// stopping adds what a pause leaves out of the limits.
func (g *guideMaker) stopping(p GuideProcedure, pause string) GuideProcedure {
	i := slices.IndexFunc(g.def.Pauses, func(k Pause) bool { return k.ID == pause })
	if i < 0 {
		return p
	}
	k := &g.def.Pauses[i]
	p.NotCounted, p.Told, p.Stops = k.Max.Text(), k.Notice, []GuideWord{}
	for _, class := range k.Stops {
		p.Stops = append(p.Stops, GuideWord{ID: class, Name: stopNames[class]})
	}
	if k.Basis != nil {
		p.Basis = k.Basis
	}
	return p
}

var stopNames = map[string]calendar.Text{"statutory": text("法定时限", "legal limit"), "promised": text("承诺时限", "promised limit")}

// PauseName is what a ground to stop clocks is called, the word itself where it has no name.
func PauseName(kind string) calendar.Text {
	if n, ok := pauseNames[kind]; ok {
		return text(n[0], n[1])
	}
	return text(kind, kind)
}

var pauseNames = map[string][2]string{
	"hearing": {"听证", "hearing"}, "tender": {"招标", "tender"}, "auction": {"拍卖", "auction"}, "inspection": {"检验", "inspection"},
	"testing": {"检测", "testing"}, "quarantine": {"检疫", "quarantine"}, "appraisal": {"鉴定", "appraisal"}, "expert-review": {"专家评审", "expert review"},
	"site-visit": {"现场踏勘", "site visit"}, "publicity": {"公示", "publicity"}, "rectification": {"整改", "rectification"},
	"payment": {"缴费", "payment"}, "other": {"其他程序", "another procedure"},
}
