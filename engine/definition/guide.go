package definition

import (
	"slices"

	"lianban/engine/calendar"
)

// Guide is an item as the public sees it (办事指南), generated from its
// definition, so that what is published and what is run cannot differ.
// Source: 行政许可法第三十条 says what must be published.
type Guide struct {
	Item       GuideItem        `json:"item"`
	Basis      []Article        `json:"basis"`
	Statutory  *GuideLimit      `json:"statutory,omitempty"`
	Promised   *GuideLimit      `json:"promised,omitempty"`
	Parties    []GuideParty     `json:"parties"`
	Questions  []GuideQuestion  `json:"questions"`
	Form       map[string]any   `json:"form,omitempty"` // JSON Schema 2020-12
	Papers     []GuidePaper     `json:"papers"`
	Conditions []GuideCondition `json:"conditions"`
	Steps      []GuideStep      `json:"steps"`
	Outputs    []GuideOutput    `json:"outputs"`
	// Promises may be chosen instead of papers; Procedures may come in between; Duties bind besides the steps.
	Promises   []GuidePromise   `json:"promises"`
	Procedures []GuideProcedure `json:"procedures"`
	ActFirst   *GuideActFirst   `json:"actFirst,omitempty"`
	Duties     []GuideDuty      `json:"duties"`
	Fees       []GuideFee       `json:"fees"` // empty: free of charge
	Ways       []GuideWord      `json:"ways"` // how results are handed out
	Texts      []GuideText      `json:"texts"`
}

// GuideItem is the head of a guide.
type GuideItem struct {
	Code      string      `json:"code"`
	Name      string      `json:"name"`
	Version   string      `json:"version"`
	Effective string      `json:"effective"`
	Type      GuideWord   `json:"type"`
	Level     string      `json:"level"`
	Handling  GuideWord   `json:"handling"`
	Mode      *GuideWord  `json:"mode,omitempty"`
	Lead      string      `json:"lead"` // name of the party
	Channels  []GuideWord `json:"channels"`
	Agents    bool        `json:"agents"`
	Visits    int         `json:"visits"`
	Originals GuideWord   `json:"originals"`
	Quota     bool        `json:"quota"`
}

// GuideWord is a word of the language with what it is called.
type GuideWord struct {
	ID   string        `json:"id"`
	Name calendar.Text `json:"name"`
}

// GuideLimit is a time limit in words.
type GuideLimit struct {
	Times  []GuideTime    `json:"times"`
	From   string         `json:"from"`
	Late   string         `json:"late"`
	Extend *calendar.Text `json:"extend,omitempty"`
	Basis  []Article      `json:"basis,omitempty"`
}

// GuideTime is one choice of a limit.
type GuideTime struct {
	Period string        `json:"period"` // 10wd
	Text   calendar.Text `json:"text"`
	When   calendar.Text `json:"when,omitzero"` // empty: otherwise, or always
}

// GuideParty is who takes part.
type GuideParty struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
	Lead bool   `json:"lead,omitempty"`
}

// GuideQuestion is a question the applicant is asked.
type GuideQuestion struct {
	ID      string        `json:"id"`
	Ask     string        `json:"ask"`
	Type    string        `json:"type"`
	Options []Option      `json:"options,omitempty"`
	Min     *float64      `json:"min,omitempty"`
	Max     *float64      `json:"max,omitempty"`
	When    calendar.Text `json:"when,omitzero"`
	Expr    Expr          `json:"expr,omitempty"` // the condition as written
	From    []GuideWord   `json:"from"`
}

// GuidePaper is a paper that may be asked for; nothing else may be.
type GuidePaper struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Form     GuideWord     `json:"form"`
	Count    int           `json:"count"`
	When     calendar.Text `json:"when,omitzero"` // empty: always
	Expr     Expr          `json:"expr,omitempty"`
	From     []GuideWord   `json:"from"`
	SignedBy []string      `json:"signedBy"`
	Basis    []Article     `json:"basis"`
	// MadeHere names the step of this case that gives the paper, when one does:
	// then it is not asked for.
	MadeHere string   `json:"madeHere,omitempty"`
	UsedBy   []string `json:"usedBy"` // names of steps
	// Later says that the paper may follow after acceptance, within this time.
	Later calendar.Text `json:"later,omitzero"`
}

// GuideCondition is what is examined.
type GuideCondition struct {
	ID    string        `json:"id"`
	Text  string        `json:"text"`
	When  calendar.Text `json:"when,omitzero"`
	Basis []Article     `json:"basis"`
}

// GuideStep is one step of the process.
type GuideStep struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Kind     GuideWord     `json:"kind"`
	Party    string        `json:"party,omitempty"` // name
	Inside   string        `json:"inside,omitempty"`
	Depth    int           `json:"depth"`
	When     calendar.Text `json:"when,omitzero"`
	After    []string      `json:"after,omitempty"` // names of what it waits for
	Limit    *GuideLimit   `json:"limit,omitempty"`
	Optional bool          `json:"optional,omitempty"`
	Matter   string        `json:"matter,omitempty"` // name of the matter decided
}

// GuideOutput is what the applicant may get.
type GuideOutput struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Kind     GuideWord     `json:"kind"`
	By       string        `json:"by"`
	Validity calendar.Text `json:"validity,omitzero"`
	When     calendar.Text `json:"when,omitzero"`
}

// GuideFee is a fee with its basis.
type GuideFee struct {
	Step   string        `json:"step"`
	Amount calendar.Text `json:"amount"`
	Basis  []Article     `json:"basis"`
}

// NewGuide makes the guide of a resolved definition.
func NewGuide(def *Definition) *Guide {
	g := &guideMaker{def: def, words: newWording(def)}
	it := def.Item
	out := &Guide{
		Item: GuideItem{
			Code: it.Code, Name: it.Name, Version: it.Version, Effective: it.Effective,
			Type: word(string(it.Type)), Level: it.Level, Handling: word(it.Handling), Lead: g.party(it.Lead),
			Channels: wordsOf(it.Channels), Agents: it.Agents, Visits: it.Visits, Originals: word(it.Originals), Quota: it.Quota,
		},
		Basis:      it.Basis,
		Statutory:  g.limit(it.Statutory),
		Promised:   g.limit(it.Promised),
		Form:       def.Form,
		Parties:    []GuideParty{},
		Questions:  []GuideQuestion{},
		Conditions: []GuideCondition{},
		Outputs:    []GuideOutput{},
		Fees:       []GuideFee{},
		Ways:       []GuideWord{},
		Texts:      append([]GuideText{}, def.Guide...),
		Papers:     []GuidePaper{},
		Steps:      []GuideStep{},
	}
	if it.Mode != "" {
		m := word(it.Mode)
		out.Item.Mode = &m
	}
	for _, p := range def.Parties {
		out.Parties = append(out.Parties, GuideParty{ID: p.ID, Name: p.Name, Kind: p.Kind, Lead: p.ID == it.Lead})
	}
	for _, q := range def.Situations {
		if q.Is != "" {
			continue // never asked
		}
		out.Questions = append(out.Questions, GuideQuestion{
			ID: q.ID, Ask: q.Ask, Type: q.Type, Options: q.Options, Min: q.Min, Max: q.Max,
			When: g.words.condition(q.When), Expr: q.When, From: g.sources(q.From),
		})
	}
	for i := range def.Materials {
		out.Papers = append(out.Papers, g.paper(&def.Materials[i]))
	}
	for _, c := range def.Conditions {
		out.Conditions = append(out.Conditions, GuideCondition{ID: c.ID, Text: c.Text, When: g.words.condition(c.When), Basis: c.Basis})
	}
	g.steps(out, def.Process, "", 0)
	g.more(out)
	return out
}

type guideMaker struct {
	def   *Definition
	words *wording
}

func (g *guideMaker) party(id string) string {
	if id == "applicant" {
		return "申请人"
	}
	for _, p := range g.def.Parties {
		if p.ID == id {
			return p.Name
		}
	}
	return id
}

func (g *guideMaker) limit(l *Limit) *GuideLimit {
	if l == nil {
		return nil
	}
	out := &GuideLimit{From: l.From, Late: l.Late, Basis: l.Basis}
	for _, t := range l.Times {
		out.Times = append(out.Times, GuideTime{Period: t.Time.String(), Text: t.Time.Text(), When: g.words.condition(t.When)})
	}
	if x := l.Extend; x != nil {
		role, time := word(x.Role).Name, x.Time.Text()
		e := text("经"+role.ZH+"批准可延长"+time.ZH, "may be extended by "+time.EN+" with the approval of the "+role.EN)
		out.Extend = &e
	}
	return out
}

func (g *guideMaker) sources(from []Source) []GuideWord {
	out := []GuideWord{}
	for _, s := range from {
		switch {
		case s.Data != "":
			out = append(out, GuideWord{ID: "data:" + s.Data, Name: text("数据共享核验", "shared data")})
		case s.Party != "":
			out = append(out, GuideWord{ID: "party:" + s.Party, Name: text("由"+g.party(s.Party)+"提供", "provided by "+g.party(s.Party))})
		default:
			out = append(out, word(s.Name))
		}
	}
	return out
}

func (g *guideMaker) paper(m *Material) GuidePaper {
	p := GuidePaper{
		ID: m.ID, Name: m.Name, Form: word(m.Form), Count: m.Count, When: g.words.condition(m.When), Expr: m.When,
		From: g.sources(m.From), SignedBy: m.SignedBy, Basis: m.Basis, UsedBy: []string{},
	}
	walk(g.def.Process, func(s *Step) {
		if slices.Contains(s.Reads, m.ID) {
			p.UsedBy = append(p.UsedBy, s.Name)
		}
		if s.Decide != nil && slices.ContainsFunc(s.Decide.Gives, func(o Output) bool { return o.ID == m.ID }) {
			p.MadeHere = s.Name
		}
	})
	if m.Defer != nil {
		t := m.Defer.Time.Text()
		p.Later = text("可在受理后"+t.ZH+"内补交", "may follow within "+t.EN+" of acceptance")
		if x := m.Defer.Extend; x != nil {
			more := x.Time.Text()
			p.Later = text(p.Later.ZH+"，因不可抗力可申请延长"+more.ZH, p.Later.EN+", for force majeure "+more.EN+" more on request")
		}
	}
	return p
}

func (g *guideMaker) steps(out *Guide, steps []*Step, inside string, depth int) {
	for _, s := range steps {
		if s.Kind == KindInclude {
			continue
		}
		step := GuideStep{
			ID: s.ID, Name: s.Name, Kind: word(string(s.Kind)), Inside: inside, Depth: depth,
			When: g.words.condition(s.When), Limit: g.limit(s.Limit), Optional: s.Optional,
		}
		if s.By != "" {
			step.Party = g.party(s.By)
		}
		for _, id := range s.After {
			name := g.words.names[id]
			if name == "" {
				name = id
			}
			step.After = append(step.After, name)
		}
		switch {
		case s.Decide != nil:
			step.Matter = s.Decide.Item.Name
			for _, o := range s.Decide.Gives {
				output := GuideOutput{ID: o.ID, Name: o.Name, Kind: word(o.Kind), By: g.party(s.By), When: g.words.condition(s.When)}
				if o.Validity != nil {
					output.Validity = o.Validity.Text()
				}
				out.Outputs = append(out.Outputs, output)
			}
		case s.Pay != nil:
			out.Fees = append(out.Fees, GuideFee{Step: s.Name, Amount: g.words.condition(s.Pay.Amount), Basis: s.Pay.Basis})
		case s.Issue != nil:
			for _, w := range s.Issue.Ways {
				if !slices.ContainsFunc(out.Ways, func(have GuideWord) bool { return have.ID == w }) {
					out.Ways = append(out.Ways, word(w))
				}
			}
		}
		out.Steps = append(out.Steps, step)
		g.steps(out, s.Members(), s.ID, depth+1)
	}
}

func wordsOf(ids []string) []GuideWord {
	out := []GuideWord{}
	for _, id := range ids {
		out = append(out, word(id))
	}
	return out
}

// WordName is what a word of the language is called, the word itself where it has no name.
func WordName(id string) calendar.Text { return word(id).Name }

// word names a word of the language.
func word(id string) GuideWord {
	if n, ok := wordNames[id]; ok {
		return GuideWord{ID: id, Name: text(n[0], n[1])}
	}
	return GuideWord{ID: id, Name: text(id, id)}
}

// wordNames are what the words of the language are called (GB/T 39046 where it
// has them).
var wordNames = map[string][2]string{
	"licence": {"行政许可", "licence"}, "benefit": {"行政给付", "benefit"}, "confirmation": {"行政确认", "confirmation"},
	"inspection": {"行政检查", "inspection"}, "levy": {"行政征收", "levy"}, "award": {"行政奖励", "award"},
	"ruling": {"行政裁决", "ruling"}, "other": {"其他行政权力", "other"}, "public-service": {"公共服务", "public service"},
	"programme": {"分阶段事项", "programme"},
	"promised":  {"承诺件", "promised case"}, "instant": {"即办件", "instant case"},
	"unified": {"统一办理", "uniform handling"}, "joint": {"联合办理", "joint handling"}, "centralised": {"集中办理", "centralised handling"},
	"window": {"窗口", "counter"}, "online": {"网上", "online"}, "mobile": {"移动端", "mobile"}, "courier": {"快递", "courier"},
	"push": {"系统推送", "filed by another system"}, "counter": {"窗口领取", "at the counter"},
	"never": {"不核验原件", "never"}, "acceptance": {"受理时核验原件", "at acceptance"}, "collection": {"领取时核验原件", "at collection"},
	"electronic": {"电子件", "electronic"}, "copy": {"复印件", "copy"}, "original": {"原件", "original"},
	"e-licence": {"电子证照", "e-licence"}, "library": {"历史材料库", "the applicant's library"}, "project": {"同一项目的其他办件", "another case of the project"},
	"intermediary": {"中介机构", "intermediary"}, "applicant": {"申请人提交", "the applicant"},
	"certificate": {"证照", "certificate"}, "approval": {"批文", "approval"}, "registration": {"登记或备案", "registration"}, "notice": {"通知", "notice"},
	"clerk": {"窗口", "counter clerk"}, "handle": {"承办", "handler"}, "check": {"审核", "checker"}, "approve": {"批准", "approver"}, "supervisor": {"监察", "supervisor"},
	"organ-head": {"行政机关负责人", "head of the organ"}, "government-head": {"本级人民政府负责人", "head of the government"}, "lead": {"牵头部门", "lead department"},
	"intake": {"收件受理", "intake"}, "review": {"审查意见", "review"}, "decide": {"决定", "decision"}, "sequence": {"依次办理", "in sequence"},
	"parallel": {"并联办理", "in parallel"}, "visit": {"现场踏勘", "site visit"}, "publicity": {"公示", "publicity"}, "hearing": {"听证", "hearing"},
	"refused": {"不予受理", "refused"}, "not-required": {"依法不需要许可", "no licence is needed"}, "not-competent": {"不属于本机关职权", "another organ is competent"},
	"pay": {"缴费", "payment"}, "call": {"数据核验", "outside system"}, "issue": {"统一出件", "hand-out"}, "case": {"子办件", "child case"},
}
