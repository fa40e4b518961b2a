package engine

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Papers that nobody has to bring (rule 3.7.1): what the caller of the engine
// found at the guide's sources comes with the filing as papers and as a record of
// every source that was asked. The engine looks nothing up. It judges whether what
// was found may be used, and keeps it as a snapshot: later changes at the source do
// not touch the case.

// Grade is how far a copy of a paper can be trusted (国办函〔2016〕108号).
type Grade string

// The grades.
const (
	GradeA Grade = "A" // made by the organ that issues it: used directly
	GradeB Grade = "B" // compared with the original by a clerk: used directly
	GradeC Grade = "C" // uploaded: the original must be seen before it is used again
	GradeD Grade = "D" // made by the applicant himself with a promise of its truth
)

// TrialResult is what came of asking a source.
type TrialResult string

// The results.
const (
	TrialFound       TrialResult = "found"
	TrialNone        TrialResult = "none"        // the source has nothing of this applicant
	TrialExpired     TrialResult = "expired"     // it has one that is no longer valid, or too old to be used again
	TrialUnchecked   TrialResult = "unchecked"   // it has a copy whose original nobody has seen
	TrialFailed      TrialResult = "failed"      // it gave no answer that could be used
	TrialUnconnected TrialResult = "unconnected" // this hall has no such source
)

// Trial is one source that was asked for a paper before the applicant was.
type Trial struct {
	// Paper is the paper asked for; empty in the paper's own record.
	Paper  string      `json:"paper,omitempty"`
	Source string      `json:"source"`
	Result TrialResult `json:"result"`
	// Why is a short word for machines: timeout, status-500, no-holder and so on.
	Why string    `json:"why,omitempty"`
	At  time.Time `json:"at"`
}

// Offer is an answer a source gave to a question before the applicant did. The
// applicant confirms it by giving it himself, or gives another (rule 2.2, from).
type Offer struct {
	Question string      `json:"question"`
	Source   string      `json:"source"`
	Result   TrialResult `json:"result"`
	Why      string      `json:"why,omitempty"`
	Value    any         `json:"value,omitempty"`
	// Confirmed: the applicant's answer is the one that was offered.
	Confirmed bool      `json:"confirmed,omitempty"`
	At        time.Time `json:"at"`
}

// Voucher is what vouches for a paper besides its content.
type Voucher struct {
	Grade Grade `json:"grade,omitempty"`
	// Until is the last day on which it may be used, nil when nobody limits it.
	Until *calendar.Date `json:"until,omitempty"`
	// FetchedAt is when a source gave it; zero: it was handed in.
	FetchedAt time.Time `json:"fetchedAt,omitzero"`
	// Ref is the record's name at its source, never a name or number of a person.
	Ref string `json:"ref,omitempty"`
}

// vouched carries over what vouches for a paper that is taken, and refuses one
// that may not be used.
func (d *decider) vouched(next *PaperState, p *PaperIn) *Rejection {
	where := "papers." + p.ID
	day := calendar.DateOf(d.now)
	switch {
	case p.Grade != "" && !slices.Contains([]Grade{GradeA, GradeB, GradeC, GradeD}, p.Grade):
		return reject(BadPaper, "材料“"+p.ID+"”的可信等级不对", "the trust grade of paper "+p.ID+" is not one").want("A, B, C, D", "another word").at(where)
	case p.Until != nil && *p.Until < day:
		return reject(BadPaper, "材料“"+p.ID+"”已过有效期", "paper "+p.ID+" is no longer valid").
			want("valid on "+day.String(), "until "+p.Until.String()).at(where)
	case p.Original && p.SelfMade:
		return reject(BadPaper, "材料“"+p.ID+"”不能既是核对过原件的，又是申请人自制的", "paper "+p.ID+" cannot be both compared with an original and made by the applicant").at(where)
	case p.Original && d.by.Kind != Person:
		return reject(NotAllowed, "只有工作人员可以核对原件", "only officials compare papers with their originals").
			want("an official", string(d.by.Kind)).at(where)
	case p.Source == "library" && p.Grade == GradeC && !p.Original:
		return reject(BadPaper, "材料库中的“"+p.ID+"”未核对过原件，须先核对", "nobody has seen the original of "+p.ID+" in the library; it must be compared first").
			want("compared with the original", "not compared").at(where)
	}
	next.Voucher = p.Voucher
	switch {
	case p.Original:
		next.CheckedBy, next.Compared = d.by.ID, d.now
		if next.Grade != GradeA {
			next.Grade = GradeB
		}
	case p.SelfMade:
		next.Grade = GradeD
	}
	return nil
}

// snapshot is a paper as it was before another took its place.
func (p *PaperState) snapshot() PaperIn {
	return PaperIn{ID: p.ID, Hash: p.Hash, Source: p.Source, Name: p.Name, Type: p.Type, Size: p.Size, Voucher: p.Voucher}
}

// tried puts the record of the sources that were asked to their papers.
func (d *decider) tried(papers []PaperState, trials []Trial) ([]PaperState, *Rejection) {
	for _, t := range trials {
		i := slices.IndexFunc(papers, func(p PaperState) bool { return p.ID == t.Paper })
		if i < 0 {
			return nil, reject(BadPaper, "办事指南中没有材料“"+t.Paper+"”", "the guide has no paper "+t.Paper).at("tried." + t.Paper)
		}
		if rej := d.listed(t.Paper, t.Source); rej != nil {
			return nil, rej
		}
		t.Paper = ""
		papers[i].Tried = add(papers[i].Tried, t)
	}
	return papers, nil
}

// listed refuses a source that is none of the guide's for a paper.
func (d *decider) listed(paper, source string) *Rejection {
	var names []string
	for _, f := range d.r.Plan.Paper(paper).From {
		names = append(names, f.String())
	}
	if slices.Contains(names, source) {
		return nil
	}
	return reject(BadPaper, "材料“"+paper+"”的来源不在办事指南之列", "the source of paper "+paper+" is none of the guide's").
		want(strings.Join(names, ", "), source).at("papers." + paper)
}

// offered says of every answer that was offered whether the applicant's is the same.
func (r *Rules) offered(offers []Offer, answers map[string]any) ([]Offer, *Rejection) {
	if len(offers) == 0 {
		return nil, nil
	}
	out := slices.Clone(offers)
	for i := range out {
		o := &out[i]
		q := slices.IndexFunc(r.Plan.Def.Situations, func(q definition.Situation) bool { return q.ID == o.Question })
		if q < 0 {
			return nil, badAnswer(o.Question, "本事项没有问题“"+o.Question+"”", "this item has no question "+o.Question)
		}
		if o.Result != TrialFound {
			continue
		}
		v, ok := answer(&r.Plan.Def.Situations[q], o.Value)
		if !ok {
			o.Result, o.Why, o.Value = TrialFailed, "not-an-answer", nil
			continue
		}
		given, has := answers[o.Question]
		o.Value, o.Confirmed = v, has && encode(given) == encode(v)
	}
	return out, nil
}

// Fits brings a value a source gave into the form of an answer to a question;
// false when it is none.
func (r *Rules) Fits(question string, value any) (any, bool) {
	for i := range r.Plan.Def.Situations {
		if q := &r.Plan.Def.Situations[i]; q.ID == question {
			return answer(q, value)
		}
	}
	return nil, false
}

// ApplicantID is the number of the applicant's identity document, or his credit
// code, as the form has it: personal data.
func ApplicantID(form map[string]any) string { return applicantOf(form).ID }

// AskedThoughHeld says that the applicant brought a paper although a source of
// the guide had it: what may not be asked of him
// (国务院关于在线政务服务的若干规定第七条).
func (p *PaperState) AskedThoughHeld() bool {
	return p.Source == "applicant" && slices.ContainsFunc(p.Tried, func(t Trial) bool { return t.Result == TrialFound })
}

// official says that the paper came from an organ or a register of the state, and is valid on a day: what is there so
// is not asked for, whoever finds a fault in it asks the source (行政许可法第三十三条、国务院关于在线政务服务的若干规定第七条).
// What the library has the applicant brought himself, once.
func (p *PaperState) official(day calendar.Date) bool {
	kind, _, _ := strings.Cut(p.Source, ":")
	return (kind == "e-licence" || kind == "data" || kind == "party") && (p.Until == nil || *p.Until >= day)
}

// OutputChange is what an event makes of an output that was given before.
type OutputChange struct {
	ID     string
	Number string // empty: as before
	Hash   string // of its file; empty: as before
	// Data are the fields that read otherwise now.
	Data     map[string]any
	Annulled bool
}

// Changed gives what an event makes of outputs given before: numbers of what silence had
// granted, corrections, an annulment.
func Changed(b Body) []OutputChange {
	switch b := b.(type) {
	case HandedOut:
		var out []OutputChange
		for _, o := range b.Outputs {
			out = append(out, OutputChange{ID: o.ID, Number: o.Number, Hash: o.Hash, Data: o.Data})
		}
		return out
	case TextCorrected:
		c := OutputChange{ID: b.Correction.Output, Hash: b.Correction.File}
		if c.ID == "" {
			return nil
		}
		for _, t := range b.Correction.Texts {
			if name, ok := strings.CutPrefix(t.Field, fieldData); ok {
				c.Data = with(c.Data, name, t.To)
			} else if number, ok := t.To.(string); ok && t.Field == fieldNumber {
				c.Number = number
			}
		}
		return []OutputChange{c}
	case AnnulmentDecided:
		if b.Status == Annulled {
			return []OutputChange{{ID: b.Output, Annulled: true}}
		}
	}
	return nil
}

// ForSources gives the types of events that can carry what [Handled] and [Changed] give, in order: all
// others need not be read.
func ForSources() []string { return forSources }

var forSources = func() []string {
	types := []string{TextCorrected{}.Type(), AnnulmentDecided{}.Type()}
	for _, name := range EventTypes() {
		body := reflect.TypeOf(EmptyBody(name))
		_, papers := body.FieldByName("Papers")
		_, outputs := body.FieldByName("Outputs")
		if (papers || outputs) && !slices.Contains(types, name) {
			types = append(types, name)
		}
	}
	slices.Sort(types)
	return types
}()

// Handled gives the papers and the outputs an event carries, whatever its type:
// what later cases of the same applicant may use.
func Handled(b Body) (papers []PaperState, outputs []OutputState) {
	v := reflect.ValueOf(b)
	if f := v.FieldByName("Papers"); f.IsValid() {
		papers, _ = f.Interface().([]PaperState)
	}
	if f := v.FieldByName("Outputs"); f.IsValid() {
		outputs, _ = f.Interface().([]OutputState)
	}
	return papers, outputs
}
