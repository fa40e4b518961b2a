package definition

import (
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"lianban/engine/calendar"
)

// Supervision is a catalogue of supervision rules (电子监察规则) as written: what
// is an anomaly, how grave it is, and with which figures per item, hall or region.
// Its expressions are compiled by engine/supervision, which runs them.
type Supervision struct {
	Version string
	Name    string
	// Explain is the time to explain a card, Appeal that to appeal against a confirmed one.
	Explain, Appeal calendar.Period
	Parameters      []SuperviseParameter
	Settings        []SuperviseSetting
	Rules           []SuperviseRule
}

// SuperviseParameter is a figure of the rules; settings may give it another value.
type SuperviseParameter struct {
	ID    string
	Value any // number, text or boolean
	Text  calendar.Text
}

// SuperviseSetting changes figures or rules where all that is given fits; of
// several that fit a case the later one counts.
type SuperviseSetting struct {
	Item   string // item code
	Hall   string // code of the organisation that takes the case in
	Region string // region and everything below it
	Set    map[string]any
	Off    []string
	Level  map[string]int
}

// SuperviseRule is one rule.
type SuperviseRule struct {
	ID       string
	Class    string // one of SuperviseClasses
	Name     calendar.Text
	Basis    []Article
	Fires    []SuperviseFire
	Position Position
}

// SuperviseFire says when a rule fires. Exactly one of On, Each, Over and Hand is
// set: at an event of a case, at an instant that is reached while something of a
// case is open, over the cards of many cases, or by a supervisor's hand.
type SuperviseFire struct {
	Level  int // 0 a mark that only other rules count, 1 warning, 2 yellow card, 3 red card
	On     string
	Each   string // one of SuperviseEach
	Over   string // the rule whose cards and marks are counted
	By     []string
	Within calendar.Period
	Hand   bool

	When    Written
	At      Written
	Subject Written
	Org     Written
	Person  Written
	Order   Written
	Text    calendar.Text

	Position Position
}

// Written is the text of an expression with its place. The zero value stands for
// one that was not written.
type Written struct {
	Text     string
	Position Position
	// flat: written on one line without quotes, so that offsets are columns.
	flat bool
}

// At is the place of a character of the expression.
func (w Written) At(offset int) Position {
	p := w.Position
	if w.flat {
		p.Column += min(offset, utf8.RuneCountInString(w.Text))
	}
	return p
}

// SuperviseClasses are the classes of anomalies.
var SuperviseClasses = []string{"time", "procedure", "material", "content", "fee", "service"}

// SuperviseEach are the things of a case a rule can look at while they are open.
var SuperviseEach = []string{"clock", "task", "result", "dossier"}

// SuperviseBy are what cards of many cases can be gathered by.
var SuperviseBy = []string{"org", "item", "region"}

// SupervisePlaces are the blanks to be filled in in a card's text.
var SupervisePlaces = []string{"case", "item", "step", "subject", "due", "count", "cases"}

var rulePattern = regexp.MustCompile(`^[A-Z][0-9]{1,3}$`)

// ParseSupervision reads a catalogue of supervision rules. It reports everything
// that is wrong with the file and never panics; expressions are only taken over.
func ParseSupervision(name string, src []byte) (*Supervision, Diagnostics) {
	d := newDecoder(name, nil)
	root := d.read(src)
	if root == nil {
		return nil, d.out.sorted()
	}
	s := &Supervision{}
	if root.kind != isMap {
		if !d.wide(src, 0) {
			d.report(Diagnostic{Code: "S008", Position: root.pos, Text: text("文件应以 supervision: lianban/v1 开头", "a file of rules starts with supervision: lianban/v1")})
		}
		return nil, d.out.sorted()
	}
	d.fields(root,
		must("supervision", func(v *value) { d.word(v, "lianban/v1") }),
		must("version", func(v *value) { s.Version = d.version(v) }),
		must("name", func(v *value) { s.Name = d.str(v) }),
		must("explain", func(v *value) { s.Explain = d.period(v) }),
		must("appeal", func(v *value) { s.Appeal = d.period(v) }),
		may("parameters", func(v *value) {
			d.named(v, func(id string, v *value) { s.Parameters = append(s.Parameters, d.superviseParameter(id, v)) })
		}),
		must("rules", func(v *value) { s.Rules = d.superviseRules(v) }),
		may("settings", func(v *value) {
			d.each(v, func(v *value) { s.Settings = append(s.Settings, d.superviseSetting(v, root)) })
		}),
	)
	d.superviseOver(s)
	return s, d.out.sorted()
}

func (d *decoder) superviseParameter(id string, v *value) SuperviseParameter {
	p := SuperviseParameter{ID: id}
	d.fields(v,
		must("value", func(v *value) { p.Value = d.plainScalar(v) }),
		must("zh", func(v *value) { p.Text.ZH = d.str(v) }),
		must("en", func(v *value) { p.Text.EN = d.str(v) }))
	return p
}

func (d *decoder) plainScalar(v *value) any {
	if v.kind != isScalar || v.scalar == nil {
		d.wrong(v, "数值、文字或 true、false", "a number, a text, true or false")
		return 0.0
	}
	return v.scalar
}

func (d *decoder) superviseRules(v *value) []SuperviseRule {
	var out []SuperviseRule
	if v.kind != isMap || len(v.pairs) == 0 {
		d.wrong(v, "以规则编号为键的一组规则", "rules by their id")
		return nil
	}
	for _, p := range v.pairs {
		if !rulePattern.MatchString(p.key) {
			d.fail("S106", p.pos, "规则编号“"+clip(p.key)+"”写法有误", fmt.Sprintf("%q is not the id of a rule", clip(p.key)),
				text("一个大写字母加数字，如 T3", "a capital letter and a number, like T3"))
		}
		d.enter(p.key, p.pos, p.value, func(v *value) {
			r := SuperviseRule{ID: p.key, Position: p.pos}
			d.fields(v,
				must("class", func(v *value) { r.Class = d.word(v, SuperviseClasses...) }),
				must("name", func(v *value) { r.Name = d.twoTexts(v) }),
				must("basis", func(v *value) { r.Basis = d.basis(v) }),
				must("fires", func(v *value) {
					d.each(v, func(v *value) { r.Fires = append(r.Fires, d.superviseFire(v)) })
					if len(v.items) == 0 {
						d.wrong(v, "至少一项", "at least one entry")
					}
				}))
			out = append(out, r)
		})
	}
	return out
}

func (d *decoder) twoTexts(v *value) (t calendar.Text) {
	d.fields(v,
		must("zh", func(v *value) { t.ZH = d.str(v) }),
		must("en", func(v *value) { t.EN = d.str(v) }))
	return t
}

// superviseKeys says which keys go with which kind of fire.
var superviseKeys = map[string][]string{
	"on":   {"when", "subject", "org", "person", "order"},
	"each": {"when", "at", "org", "person"},
	"over": {"when", "by", "within"},
	"hand": {},
}

func (d *decoder) superviseFire(v *value) SuperviseFire {
	f := SuperviseFire{Position: v.pos}
	written := func(to *Written) func(*value) { return func(v *value) { *to = d.written(v) } }
	d.fields(v,
		must("level", func(v *value) { f.Level = d.integer(v, 0, 3) }),
		may("on", func(v *value) { f.On = d.str(v) }),
		may("each", func(v *value) { f.Each = d.word(v, SuperviseEach...) }),
		may("over", func(v *value) { f.Over = d.str(v) }),
		may("hand", func(v *value) { f.Hand = d.boolean(v) }),
		may("by", func(v *value) { f.By = d.words(v, SuperviseBy...) }),
		may("within", func(v *value) { f.Within = d.period(v) }),
		may("when", written(&f.When)),
		may("at", written(&f.At)),
		may("subject", written(&f.Subject)),
		may("org", written(&f.Org)),
		may("person", written(&f.Person)),
		may("order", written(&f.Order)),
		may("text", func(v *value) {
			f.Text = d.twoTexts(v)
			d.places(v)
		}))
	kind, kinds := "", 0
	for _, k := range []string{"on", "each", "over", "hand"} {
		if v.get(k) != nil {
			kind, kinds = k, kinds+1
		}
	}
	if v.kind != isMap {
		return f
	}
	if kinds != 1 {
		d.fail("S102", v.pos, "on、each、over、hand 须写一个，且只写一个", "one of on, each, over and hand is needed, and only one")
		return f
	}
	for _, p := range v.pairs {
		if !slices.Contains(superviseKeys[kind], p.key) && !slices.Contains([]string{"level", "text", kind}, p.key) && f.knows(p.key) {
			d.fail("S112", p.pos, p.key+" 不能与 "+kind+" 同用", p.key+" does not go with "+kind)
		}
	}
	need := map[string][]string{"each": {"at"}, "over": {"when", "by", "within"}}[kind]
	for _, k := range need {
		if v.get(k) == nil {
			d.missing(v.pos, k)
		}
	}
	if v.get("text") == nil && f.Level > 0 {
		d.missing(v.pos, "text")
	}
	return f
}

// knows says whether a key is one of fires at all; others have been reported.
func (SuperviseFire) knows(key string) bool {
	return slices.Contains([]string{"by", "within", "when", "at", "subject", "org", "person", "order"}, key)
}

func (d *decoder) written(v *value) Written {
	if v.kind != isScalar || v.scalar == nil {
		d.wrong(v, "表达式", "an expression")
		return Written{}
	}
	return Written{Text: v.text, Position: v.pos, flat: v.plain}
}

var placePattern = regexp.MustCompile(`\{([^{}]*)\}`)

// places checks the blanks of a text in both languages.
func (d *decoder) places(v *value) {
	for _, p := range v.pairs {
		for _, m := range placePattern.FindAllStringSubmatch(p.value.text, -1) {
			if !slices.Contains(SupervisePlaces, m[1]) {
				d.fail("S104", p.value.pos, "没有占位符 {"+clip(m[1])+"}", "there is no blank {"+clip(m[1])+"}", oneOf(m[1], SupervisePlaces))
			}
		}
	}
}

func (d *decoder) superviseSetting(v *value, root *value) SuperviseSetting {
	s := SuperviseSetting{}
	keys := func(part string) []string {
		var out []string
		if at := root.get(part); at != nil {
			for _, p := range at.pairs {
				out = append(out, p.key)
			}
		}
		return out
	}
	rule := func(id string, at Position) {
		if known := keys("rules"); !slices.Contains(known, id) {
			d.fail("S201", at, "没有规则 "+clip(id), "there is no rule "+clip(id), oneOf(id, known))
		}
	}
	d.fields(v,
		may("item", func(v *value) { s.Item = d.str(v) }),
		may("hall", func(v *value) { s.Hall = d.str(v) }),
		may("region", func(v *value) { s.Region = d.region(v) }),
		may("set", func(v *value) {
			if v.kind != isMap {
				d.wrong(v, "一组参数", "parameters with their values")
				return
			}
			s.Set = make(map[string]any, len(v.pairs))
			for _, p := range v.pairs {
				known := keys("parameters")
				if !slices.Contains(known, p.key) {
					d.fail("S204", p.pos, "没有参数 "+clip(p.key), "there is no parameter "+clip(p.key), oneOf(p.key, known))
					continue
				}
				s.Set[p.key] = d.plainScalar(p.value)
				if was := root.get("parameters").get(p.key).get("value"); was != nil && fmt.Sprintf("%T", was.scalar) != fmt.Sprintf("%T", p.value.scalar) {
					_, en := was.what()
					zh, _ := was.what()
					d.fail("S103", p.value.pos, "参数 "+p.key+" 的默认值是"+zh+"，这里须是同类的值", "the parameter "+p.key+" has "+en+" by default; the value here must be of that kind")
				}
			}
		}),
		may("off", func(v *value) {
			d.each(v, func(v *value) {
				id := d.str(v)
				rule(id, v.pos)
				s.Off = append(s.Off, id)
			})
		}),
		may("level", func(v *value) {
			if v.kind != isMap {
				d.wrong(v, "一组规则及其级别", "rules with their levels")
				return
			}
			s.Level = make(map[string]int, len(v.pairs))
			for _, p := range v.pairs {
				rule(p.key, p.pos)
				s.Level[p.key] = d.integer(p.value, 1, 3)
			}
		}))
	if v.kind == isMap && s.Item == "" && s.Hall == "" && s.Region == "" {
		d.fail("S102", v.pos, "应写明适用于哪个 item、hall 或 region", "it must say for which item, hall or region it is")
	}
	return s
}

// superviseOver checks that what rules over many cases count is a rule.
func (d *decoder) superviseOver(s *Supervision) {
	var ids []string
	for _, r := range s.Rules {
		ids = append(ids, r.ID)
	}
	for _, r := range s.Rules {
		for _, f := range r.Fires {
			if f.Over != "" && !slices.Contains(ids, f.Over) {
				d.fail("S201", f.Position, "没有规则 "+clip(f.Over), "there is no rule "+clip(f.Over), oneOf(f.Over, ids))
			}
		}
	}
}

// DidYouMean is the fix for a word that is nearly one of the known ones, else the
// list of what is known; empty when neither helps.
func DidYouMean(word string, known []string) calendar.Text { return oneOf(word, known) }
