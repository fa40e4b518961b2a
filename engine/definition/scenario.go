package definition

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"lianban/engine/calendar"
)

// Scenarios is a file of scenario tests: cases with answers, acts with dates,
// and what is expected (language 2.10).
type Scenarios struct {
	Tests  string // the item, by folder or file name
	Region string
	People []TestPerson
	Cases  []Scenario
}

// TestPerson is somebody who acts in the tests: a name, the party whose
// organisation employs the person, and the role there.
type TestPerson struct {
	Name     string
	Party    string
	Role     string
	Position Position
}

// Scenario is one case.
type Scenario struct {
	Name     string
	Position Position
	File     Filing
	Then     []ScenarioStep
}

// Filing is how the case begins.
type Filing struct {
	Position Position
	At       time.Time
	By       string // a person of the file, or applicant
	Answers  map[string]any
	Form     map[string]any
	// Without lists the papers that are asked for and not handed in.
	Without []string
	// Defer lists those asked to be brought after acceptance, Letter those an
	// official letter stands in for, Until the days such letters bear.
	Defer  []string
	Letter []string
	Until  map[string]calendar.Date
	// Unsigned: the commitment to bring what is deferred is not signed.
	Unsigned bool
	// Sources are what the sources of the guide answer before the applicant is asked.
	Sources []SourceAnswer
	// Data is what else is filed: agent, badCredit, cause.
	Data    map[string]any
	Refused string // code the filing must be refused with
}

// SourceAnswer is what one source answers when it is asked for a paper or a question.
type SourceAnswer struct {
	Position Position
	Source   string // as written in the guide: e-licence, data:credit
	Of       string // the paper or question
	Result   string // one of SourceResults
	Value    any    // the answer to a question
	Grade    string // how far a paper can be trusted
	Until    string // the last day a paper may be used, empty when nobody limits it
}

// SourceResults are what can come of asking a source.
var SourceResults = []string{"found", "none", "expired", "unchecked", "failed", "unconnected"}

// TestPost is a role in the organisation that plays a party.
type TestPost struct {
	Position Position
	Party    string
	Role     string
}

// ScenarioStep moves the time, then lets somebody act or compares, or both.
type ScenarioStep struct {
	Position Position
	At       time.Time
	By       string         // a person of the file, or applicant; empty when nothing is done
	Do       string         // the act; empty when nothing is done
	Step     string         // empty: the only step open for By
	Data     map[string]any // the act's own keys
	Refused  string         // code the act must be refused with
	// Vacant are posts nobody holds from now on, Filled those somebody holds again.
	Vacant, Filled []TestPost
	Expect         *Expectation
}

// Expectation is what must hold. Nil and empty fields are not compared, Open
// is complete when it is there, maps are partial.
type Expectation struct {
	Position Position
	State    string
	Outcome  string
	Open     []string // nil: not compared
	Due      map[string]string
	Accepted string
	Flags    []string
	Notices  []ExpectedNotice
	Duties   map[string]string
	Verdicts map[string]string
	// Deliveries of documents, by the id of the notice or result.
	Deliveries map[string]string
	// Cards are the rules of supervision that have given a card in the case, each
	// once; nil: not compared.
	Cards []string
}

// ExpectedNotice is a notice that must have been sent.
type ExpectedNotice struct {
	Kind  string
	Lines []string
}

// Acts are the acts a scenario can do.
var Acts = []string{
	"gap", "clear", "answer", "accept", "refuse", "claim", "pass", "sendBack", "grant", "deny", "agree", "agreeWith", "disagree",
	"notConcerned", "needsUpper", "arrange", "record", "rectify", "recheck", "stop", "continue", "return", "drop", "add", "amend", "extend", "pause",
	"resume", "post", "object", "uphold", "dismiss", "request", "pay", "hand", "withdraw", "terminate",
	"release", "assign", "transfer", "delegate", "giveBack", "recall", "urge", "addSigner", "removeSigner",
	"consult", "reply", "copy", "read", "comment", "handOver",
	"fulfil", "judge", "challenge", "defend", "annul", "keep", "retract", "rate", "correct", "override", "deliver", "mend", "inform", "hear", "askTime", "refuseTime",
}

// Roles are what a person can be in an organisation. Whoever may approve may
// also check and handle, whoever may check may also handle.
var Roles = []string{
	"clerk", "handle", "check", "approve", "lead", "organ-head", "government-head", "supervisor", "analyst", "publisher", "admin", "operator",
}

var personPattern = regexp.MustCompile(`^([a-z][A-Za-z0-9]*)\.([a-z-]+)$`)

func (d *decoder) scenarios(root *value) *Scenarios {
	t := &Scenarios{}
	d.fields(root,
		must("language", func(v *value) { d.language(v) }),
		must("tests", func(v *value) { t.Tests = d.str(v) }),
		must("region", func(v *value) { t.Region = d.region(v) }),
		must("people", func(v *value) { t.People = d.people(v) }),
		must("cases", func(v *value) {
			d.each(v, func(v *value) { t.Cases = append(t.Cases, d.scenario(v, t)) })
		}),
	)
	return t
}

func (d *decoder) people(v *value) []TestPerson {
	var out []TestPerson
	if v.kind != isMap {
		d.wrong(v, "姓名和岗位，如 {周: market.handle}", "names with their roles, like {周: market.handle}")
		return nil
	}
	for _, p := range v.pairs {
		d.enter(p.key, p.pos, p.value, func(v *value) {
			post, ok := d.post(v)
			if !ok {
				return
			}
			if p.key == "applicant" {
				d.fail("S106", p.pos, "applicant 是申请人，不能作人名", "applicant is built in and cannot be a person of the file")
			}
			out = append(out, TestPerson{Name: p.key, Party: post.Party, Role: post.Role, Position: p.pos})
		})
	}
	return out
}

// post reads PARTY.ROLE.
func (d *decoder) post(v *value) (TestPost, bool) {
	m := personPattern.FindStringSubmatch(d.str(v))
	if m == nil {
		d.fail("S103", v.pos, "这里需要 部门.岗位，如 market.handle", "PARTY.ROLE is needed here, like market.handle")
		return TestPost{}, false
	}
	if !slices.Contains(Roles, m[2]) {
		d.fail("S104", v.pos, "没有岗位“"+clip(m[2])+"”", fmt.Sprintf("there is no role %q", clip(m[2])), oneOf(m[2], Roles))
	}
	return TestPost{Position: v.pos, Party: m[1], Role: m[2]}, true
}

func (d *decoder) posts(to *[]TestPost) func(*value) {
	return func(v *value) {
		d.each(v, func(v *value) {
			if p, ok := d.post(v); ok {
				*to = append(*to, p)
			}
		})
	}
}

// answersOf reads what sources answer: by source, by paper or question.
func (d *decoder) answersOf(v *value) []SourceAnswer {
	var out []SourceAnswer
	if v.kind != isMap {
		d.wrong(v, "来源和答复，如 {e-licence: {permit: none}}", "sources with their answers, like {e-licence: {permit: none}}")
		return nil
	}
	for _, source := range v.pairs {
		d.enter(source.key, source.pos, source.value, func(v *value) {
			if v.kind != isMap {
				d.wrong(v, "材料或问题，和答复", "papers or questions with the answer to each")
				return
			}
			for _, p := range v.pairs {
				d.enter(p.key, p.pos, p.value, func(v *value) {
					a := SourceAnswer{Position: p.pos, Source: source.key, Of: p.key, Result: "found"}
					if v.kind != isMap {
						a.Result = d.word(v, SourceResults...)
					} else {
						d.fields(v,
							may("value", func(v *value) { a.Value = d.any(v) }),
							may("grade", func(v *value) { a.Grade = d.word(v, "A", "B", "C", "D") }),
							may("until", func(v *value) { a.Until = d.date(v) }))
					}
					out = append(out, a)
				})
			}
		})
	}
	return out
}

func (d *decoder) scenario(v *value, t *Scenarios) Scenario {
	s := Scenario{Position: v.pos}
	d.fields(v,
		must("name", func(v *value) { s.Name = d.str(v) }),
		must("file", func(v *value) { s.File = d.filing(v, t) }),
		may("then", func(v *value) {
			d.each(v, func(v *value) { s.Then = append(s.Then, d.scenarioStep(v, t)) })
		}),
	)
	switch then := v.get("then"); {
	case then == nil && s.File.Refused == "":
		d.missing(v.pos, "then")
	case then != nil && s.File.Refused != "":
		d.fail("S112", then.pos, "申请被拒绝的，没有 then", "a filing that is refused has no then")
	}
	last := s.File.At
	for _, step := range s.Then {
		if step.At.Before(last) && !step.At.IsZero() {
			d.fail("S108", step.Position, "时间早于前一步", "the time is before that of the step above")
		}
		last = step.At
	}
	return s
}

func (d *decoder) filing(v *value, t *Scenarios) Filing {
	f := Filing{Position: v.pos}
	data := func(key string, v *value) {
		if f.Data == nil {
			f.Data = map[string]any{}
		}
		f.Data[key] = d.object(v)
	}
	d.fields(v,
		must("at", func(v *value) { f.At = d.instant(v) }),
		must("by", func(v *value) { f.By = d.person(v, t) }),
		may("answers", func(v *value) { f.Answers = d.object(v) }),
		may("form", func(v *value) { f.Form = d.object(v) }),
		may("papers", func(v *value) {
			d.fields(v,
				may("without", func(v *value) { f.Without = d.ids(v) }),
				may("defer", func(v *value) { f.Defer = d.ids(v) }),
				may("letter", func(v *value) { d.letters(v, &f) }),
				may("unsigned", func(v *value) { f.Unsigned = d.boolean(v) }))
		}),
		may("sources", func(v *value) { f.Sources = d.answersOf(v) }),
		may("agent", func(v *value) { data("agent", v) }),
		may("badCredit", func(v *value) { data("badCredit", v) }),
		may("cause", func(v *value) { data("cause", v) }),
		may("refused", func(v *value) { f.Refused = d.str(v) }),
	)
	return f
}

// letters reads the papers letters stand in for: a list, or a map with the day each
// letter bears.
func (d *decoder) letters(v *value, f *Filing) {
	if v.kind != isMap {
		f.Letter = d.ids(v)
		return
	}
	f.Until = map[string]calendar.Date{}
	for _, p := range v.pairs {
		f.Letter = append(f.Letter, p.key)
		day, err := calendar.ParseDate(d.str(p.value))
		if err != nil {
			d.fail("S108", p.value.pos, "“"+clip(p.value.text)+"”不是日期", fmt.Sprintf("%q is not a date", clip(p.value.text)),
				text("写作 2026-03-02", "write 2026-03-02"))
		}
		f.Until[p.key] = day
	}
}

// instant reads a date and time in the business zone.
func (d *decoder) instant(v *value) time.Time {
	s := d.str(v)
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, s, calendar.Zone); err == nil {
			return at
		}
	}
	d.fail("S108", v.pos, "“"+clip(s)+"”不是日期和时刻", fmt.Sprintf("%q is not a date and time", clip(s)),
		text("写成 \"2026-02-12T10:00\"（北京时间）", "write it like \"2026-02-12T10:00\" (Beijing time)"))
	return time.Time{}
}

func (d *decoder) person(v *value, t *Scenarios) string {
	s := d.str(v)
	if s == "" || s == "applicant" {
		return s
	}
	known := []string{"applicant"}
	for _, p := range t.People {
		known = append(known, p.Name)
	}
	if !slices.Contains(known, s) && len(t.People) > 0 {
		d.fail("S201", v.pos, "people 中没有“"+clip(s)+"”", fmt.Sprintf("%q is not among people", clip(s)), oneOf(s, known))
	}
	return s
}

func (d *decoder) scenarioStep(v *value, t *Scenarios) ScenarioStep {
	s := ScenarioStep{Position: v.pos}
	if v.kind != isMap {
		d.wrong(v, "一步，如 {at: …, by: …, do: …}", "a step such as {at: …, by: …, do: …}")
		return s
	}
	fs := []field{
		must("at", func(v *value) { s.At = d.instant(v) }),
		may("by", func(v *value) { s.By = d.person(v, t) }),
		may("do", func(v *value) { s.Do = d.word(v, Acts...) }),
		may("step", func(v *value) { s.Step = d.id(v) }),
		may("refused", func(v *value) { s.Refused = d.str(v) }),
		may("vacant", d.posts(&s.Vacant)),
		may("filled", d.posts(&s.Filled)),
		may("expect", func(v *value) { s.Expect = d.expectation(v) }),
	}
	known := &value{kind: isMap, pos: v.pos}
	for _, p := range v.pairs {
		if slices.ContainsFunc(fs, func(f field) bool { return f.key == p.key }) {
			known.pairs = append(known.pairs, p)
			continue
		}
		if v.get("do") == nil {
			d.unknownKey(p, []string{"at", "by", "do", "step", "refused", "vacant", "filled", "expect"})
			continue
		}
		if s.Data == nil {
			s.Data = map[string]any{}
		}
		d.enter(p.key, p.pos, p.value, func(v *value) { s.Data[p.key] = d.any(v) })
	}
	d.fields(known, fs...)
	if v.get("do") != nil && v.get("by") == nil {
		d.missing(v.pos, "by")
	}
	if v.get("do") == nil {
		for _, k := range []string{"by", "step", "refused"} {
			if w := v.get(k); w != nil {
				d.fail("S112", w.pos, k+" 要和 do 一起写", k+" goes with do only")
			}
		}
	}
	return s
}

func (d *decoder) expectation(v *value) *Expectation {
	e := &Expectation{Position: v.pos}
	texts := func(to *map[string]string) func(*value) {
		return func(v *value) {
			*to = map[string]string{}
			if v.kind != isMap {
				d.wrong(v, "标识和值", "ids with values")
				return
			}
			for _, p := range v.pairs {
				d.enter(p.key, p.pos, p.value, func(v *value) { (*to)[p.key] = d.str(v) })
			}
		}
	}
	d.fields(v,
		may("state", func(v *value) { e.State = d.str(v) }),
		may("outcome", func(v *value) { e.Outcome = d.str(v) }),
		may("open", func(v *value) {
			if e.Open = d.ids(v); e.Open == nil {
				e.Open = []string{}
			}
		}),
		may("due", texts(&e.Due)),
		may("accepted", func(v *value) { e.Accepted = d.date(v) }),
		may("flags", func(v *value) { d.each(v, func(v *value) { e.Flags = append(e.Flags, d.str(v)) }) }),
		may("notices", func(v *value) {
			d.each(v, func(v *value) {
				var n ExpectedNotice
				d.fields(v,
					must("kind", func(v *value) { n.Kind = d.str(v) }),
					may("lines", func(v *value) { n.Lines = d.ids(v) }))
				e.Notices = append(e.Notices, n)
			})
		}),
		may("duties", texts(&e.Duties)),
		may("verdicts", texts(&e.Verdicts)),
		may("deliveries", texts(&e.Deliveries)),
		may("cards", func(v *value) {
			e.Cards = []string{}
			d.each(v, func(v *value) { e.Cards = append(e.Cards, d.str(v)) })
		}),
	)
	return e
}
