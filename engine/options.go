package engine

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// What somebody may do, for screens that show every act and grey those that are
// refused: the judges are asked, so that a screen can never know better than the
// rules. A judge looks only; asking changes nothing.

// Option is one act as it would be judged now.
type Option struct {
	Do Act `json:"do"`
	// Allowed: the act goes through once what Needs names is given rightly.
	Allowed bool `json:"allowed"`
	// Rejection says why not.
	Rejection *Rejection `json:"rejection,omitempty"`
	// Needs are fields the rules ask for in this state, in the order they ask.
	Needs []string `json:"needs,omitempty"`
	// Fields are what is known of what a field may hold here.
	Fields []OptionField `json:"fields,omitempty"`
}

// OptionField is what a field of an act may hold: one of the choices, or for a
// field that is a list, entries about them.
type OptionField struct {
	Field   string   `json:"field"`
	Choices []Choice `json:"choices"`
}

// Choice is one thing a field may name. Name is empty for accounts: names of
// people are not the engine's.
type Choice struct {
	ID   string        `json:"id"`
	Name calendar.Text `json:"name,omitzero"`
	// Of is what it belongs to where the id alone does not tell: the opinion a
	// condition comes from.
	Of string `json:"of,omitempty"`
	// Letter: a letter stands in for this paper, and a new one may take its place.
	Letter bool `json:"letter,omitempty"`
	// Schema is the JSON Schema of an output's data.
	Schema map[string]any `json:"schema,omitempty"`
	// Asked: of each of these something must be said before the act goes through.
	Asked bool `json:"asked,omitempty"`
}

// TaskOptions lists the acts on one task as they would be judged for somebody at
// an instant; ok is false when the case has no such task. people are his
// colleagues: the directory's word on whom he may name.
func TaskOptions(r *Rules, s *State, by Actor, at time.Time, task string, people []Colleague) (list []Option, ok bool) {
	d := looking(r, s, by, at)
	t := d.s.Task(task)
	if t == nil {
		return nil, false
	}
	n := d.r.node(d.s, t.Step)
	for _, do := range actsOn(t) {
		if !d.takes(n, t, do) {
			continue
		}
		list = append(list, d.option(Command{Do: do, By: by, Step: t.Step, Task: task, People: people}))
	}
	return list, true
}

// CaseOptions lists all acts of people as they would be judged for somebody who
// names no task; step narrows them to one step, empty: any.
func CaseOptions(r *Rules, s *State, by Actor, at time.Time, step string, people []Colleague) []Option {
	return ActOptions(r, s, by, at, step, people, PersonActs)
}

// ActOptions is CaseOptions for some acts only.
func ActOptions(r *Rules, s *State, by Actor, at time.Time, step string, people []Colleague, acts []Act) []Option {
	d := looking(r, s, by, at)
	list := make([]Option, 0, len(acts))
	for _, do := range acts {
		cmd := Command{Do: do, By: by, Step: step, People: people}
		o := d.option(cmd)
		if !o.Allowed && d.s.Status != Closed {
			o = d.byTask(o, cmd)
		}
		if !o.Allowed && do == Add {
			o = d.byBranch(o, cmd)
		}
		list = append(list, o)
	}
	return list
}

// byTask looks whether an act that is refused as a whole goes on one of the open
// tasks, when it is named: another one may be somebody else's.
func (d *decider) byTask(refused Option, cmd Command) Option {
	var found Option
	var tasks []Choice
	for _, t := range d.s.Tasks {
		if t.Status != TaskOpen || cmd.Step != "" && t.Step != cmd.Step || !slices.Contains(actsOn(t), cmd.Do) {
			continue
		}
		cmd.Task = t.ID
		if o := d.option(cmd); o.Allowed {
			name := taskName(d.r, d.s, t)
			tasks = append(tasks, Choice{ID: t.ID, Name: calendar.Text{ZH: name, EN: name}})
			found = o
		}
	}
	if len(tasks) == 0 {
		return refused
	}
	found.Needs = append([]string{"task"}, found.Needs...)
	found.Fields = append([]OptionField{{Field: "task", Choices: tasks}}, found.Fields...)
	return found
}

// looking is a decider that has applied what was due and judges, no more.
func looking(r *Rules, s *State, by Actor, at time.Time) *decider {
	at = instant(at)
	if at.Before(s.Last) {
		at = s.Last
	}
	d := &decider{r: r.at(s), under: r, s: s.clone()}
	d.expire(at)
	d.now, d.by = at, by
	return d
}

// judged asks the judge of an act, who may change the command he is given.
func (d *decider) judged(cmd Command) *Rejection {
	d.do, d.by, d.cmd = cmd.Do, cmd.By, cmd
	_, rej := d.judge(&d.cmd)
	return rej
}

// option judges an act as far as can be known before its data is written: what a
// field lacks is filled in with the first thing that goes, and the act is judged
// again, until it goes through, or is refused for another reason than its data.
func (d *decider) option(cmd Command) Option {
	o := Option{Do: cmd.Do}
	for {
		rej := d.judged(cmd)
		field := ""
		if rej != nil {
			field = fieldOf(rej)
		}
		switch {
		case rej == nil:
			o.Allowed = true
		case field == "":
			o.Rejection = d.r.inWords(d.s, rej)
		case slices.Contains(o.Needs, field): // what can be filled in is not what the rules want there
			o.Allowed = true
		default:
			if o.Needs = append(o.Needs, field); d.fill(&o, &cmd, field) {
				continue
			}
		}
		break
	}
	if o.Rejection != nil {
		o.Needs, o.Fields = nil, nil
		return o
	}
	d.known(&o, &cmd)
	return o
}

// fill gives a field of the act something to be judged with. It is false where
// the search ends: with a rejection when nothing fits the field, else because its
// content is for people to write.
func (d *decider) fill(o *Option, cmd *Command, field string) bool {
	if choose, ok := choosers[field]; ok {
		choices, set := choose(d, cmd)
		fit, why := d.fitting(cmd, field, choices, set)
		if len(fit) == 0 && (cmd.Do == Consult || len(choices) == 0 && d.judged(*cmd).Code == BadData) {
			o.Allowed = true // another organisation may be asked; what it may be is not known here, as colleagues nobody told of
			return false
		}
		if len(fit) == 0 {
			if why == nil {
				why = d.judged(*cmd)
			}
			o.Rejection = d.r.inWords(d.s, why)
			return false
		}
		o.Fields = append(o.Fields, OptionField{Field: field, Choices: fit})
		set(cmd, fit[0].ID)
		return true
	}
	if write, ok := fillers[field]; ok {
		write(d, cmd)
		return true
	}
	o.Allowed = true
	return false
}

// fitting keeps the choices the rules take for the field. why is what speaks
// against one that does not fit, rather a reason in the case than one in its kind.
func (d *decider) fitting(cmd *Command, field string, choices []Choice, set func(*Command, string)) (fit []Choice, why *Rejection) {
	for _, c := range choices {
		try := *cmd
		set(&try, c.ID)
		rej := d.judged(try)
		if rej == nil || fieldOf(rej) != "" && fieldOf(rej) != field {
			fit = append(fit, c)
			continue
		}
		if why == nil || poor(why.Code) && !poor(rej.Code) {
			why = rej
		}
	}
	return fit, why
}

func poor(c Code) bool { return c == WrongAct || c == NotFound || c == NoExtension || c == BadData }

// fieldOf is the field of the act a rejection is about, when it can be mended by
// writing something else there; empty otherwise.
func fieldOf(rej *Rejection) string {
	field, _, _ := strings.Cut(rej.Where, ".")
	if !argFields[field] {
		return ""
	}
	switch rej.Code {
	case BadData, ReasonNeeded, BadAnswer, BadPaper, TooFew, NotFound, NoReturn, WrongLink, TooSoon:
		return field
	case NotAllowed, NotOpen, TooLate, NoExtension, Claimed, WindowOpen, AnswerOpen:
		if _, chosen := choosers[field]; chosen && field != "step" && field != "task" {
			return field
		}
	case GateShut:
		if field == "originals" { // the copies to be compared can be named, which opens the gate
			return field
		}
	case NoPause:
		if field == "until" { // it runs already: a longer time goes
			return "time"
		}
	}
	return ""
}

// argFields are the fields of acts, with the step and the task.
var argFields = func() map[string]bool {
	fields := map[string]bool{"step": true, "task": true}
	t := reflect.TypeFor[Args]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields[name] = true
	}
	return fields
}()

const written = "…" // stands for a text somebody still has to write

// fillers write something the judges take, so that they look further.
var fillers = map[string]func(*decider, *Command){
	"reason":     func(_ *decider, c *Command) { c.Args.Reason = written },
	"basis":      func(_ *decider, c *Command) { c.Args.Basis = written },
	"text":       func(_ *decider, c *Command) { c.Args.Text = written },
	"proof":      func(_ *decider, c *Command) { c.Args.Proof = written },
	"rightOrgan": func(_ *decider, c *Command) { c.Args.RightOrgan = written },
	"document":   func(_ *decider, c *Command) { c.Args.Document = written },
	"evidence":   func(_ *decider, c *Command) { c.Args.Reason = written },
	"conditions": func(_ *decider, c *Command) { c.Args.Conditions = []string{written} },
	"ground":     writeGround, "checks": writeChecks, "signatures": writeSignatures,
	"originals": func(d *decider, c *Command) { c.Args.Originals = d.uncompared() },
	"confirmed": func(_ *decider, c *Command) { c.Args.Confirmed = true },
	"finding":   func(_ *decider, c *Command) { c.Args.Finding = string(DutyMet) },
	"time": func(_ *decider, c *Command) {
		c.Args.Time = calendar.Period{Amount: 1, Unit: calendar.WorkingDays}
	},
	"overrides": func(d *decider, c *Command) {
		for _, n := range d.opinions(c) {
			c.Args.Overrides = append(c.Args.Overrides, Override{Step: n.ID, Reason: written})
		}
	},
	"takes": func(d *decider, c *Command) {
		for _, x := range d.conditionsPut(c) {
			c.Args.Takes = append(c.Args.Takes, Take{Step: x.Of, Condition: x.ID, Taken: true})
		}
	},
}

// opinions are those an act of a decide goes against.
func (d *decider) opinions(cmd *Command) []*definition.Node {
	if n := d.meant(cmd); n != nil && n.Decide != nil {
		return d.disagreeing(n)
	}
	return nil
}

// conditionsPut are the conditions put to a decide.
func (d *decider) conditionsPut(cmd *Command) (list []Choice) {
	n := d.meant(cmd)
	if n == nil || n.Decide == nil {
		return nil
	}
	for _, m := range d.conditional(n) {
		for _, c := range d.st(m).Verdict.Conditions {
			list = append(list, Choice{ID: c, Of: m.ID, Name: calendar.Text{ZH: m.Name, EN: m.Name}})
		}
	}
	return list
}

// meant is the step an act is for: the one it names, or that of the task the rules would pick.
func (d *decider) meant(cmd *Command) *definition.Node {
	if cmd.Step != "" {
		return d.r.node(d.s, cmd.Step)
	}
	if t := d.meantTask(cmd); t != nil {
		return d.r.node(d.s, t.Step)
	}
	return nil
}

func (d *decider) meantTask(cmd *Command) *Task {
	if t := d.s.Task(cmd.Task); t != nil {
		return t
	}
	probe := *cmd
	if t, rej := d.task(&probe, TaskWork, TaskHand); rej == nil {
		return t
	}
	return nil
}

// choosers find what a field may name: everything of the kind in this case. Which
// of it goes, the judge says.
var choosers map[string]func(*decider, *Command) ([]Choice, func(*Command, string))

func init() {
	choosers = map[string]func(*decider, *Command) ([]Choice, func(*Command, string)){
		"step": func(d *decider, _ *Command) (list []Choice, set func(*Command, string)) {
			for _, n := range d.nodes() {
				list = append(list, d.choice(n.ID))
			}
			return list, func(c *Command, id string) { c.Step = id }
		},
		"task": func(d *decider, _ *Command) (list []Choice, set func(*Command, string)) {
			for _, t := range d.s.Tasks {
				if t.Status == TaskOpen {
					name := taskName(d.r, d.s, t)
					list = append(list, Choice{ID: t.ID, Name: calendar.Text{ZH: name, EN: name}})
				}
			}
			return list, func(c *Command, id string) { c.Task = id }
		},
		"party": func(d *decider, _ *Command) (list []Choice, set func(*Command, string)) {
			for _, p := range d.s.Parties {
				list = append(list, d.choice(p.Party))
			}
			return list, func(c *Command, id string) { c.Args.Party = id }
		},
		"clock": func(d *decider, _ *Command) (list []Choice, set func(*Command, string)) {
			for _, k := range d.s.Clocks {
				list = append(list, Choice{ID: k.ID, Name: ClockName(d.r, d.s, k.ID)})
			}
			return list, func(c *Command, id string) { c.Args.Clock = id }
		},
		"pause": func(d *decider, cmd *Command) (list []Choice, set func(*Command, string)) {
			for i := range d.r.Plan.Def.Pauses {
				p := &d.r.Plan.Def.Pauses[i]
				if n := d.r.node(d.s, cmd.Step); n == nil || n.Work() == nil || slices.Contains(n.Work().Pauses, p.ID) {
					name := cmp0(p.Notice, p.ID)
					list = append(list, Choice{ID: p.ID, Name: calendar.Text{ZH: name, EN: p.Kind}})
				}
			}
			return list, func(c *Command, id string) { c.Args.Pause = id }
		},
		"duty": func(d *decider, _ *Command) (list []Choice, set func(*Command, string)) {
			for i := range d.s.Duties {
				if k := &d.s.Duties[i]; k.Owed() {
					name := cmp0(k.Name, k.ID)
					list = append(list, Choice{ID: k.ID, Name: calendar.Text{ZH: name, EN: name}})
				}
			}
			return list, func(c *Command, id string) { c.Args.Duty = id }
		},
		"output": func(d *decider, _ *Command) (list []Choice, set func(*Command, string)) {
			for i := range d.s.Outputs {
				list = append(list, d.choice(d.s.Outputs[i].ID))
			}
			return list, func(c *Command, id string) { c.Args.Output = id }
		},
		"objection": func(d *decider, _ *Command) (list []Choice, set func(*Command, string)) {
			for _, t := range d.s.Tasks {
				if t.Status == TaskOpen && (t.Kind == TaskQuestion || t.Kind == TaskObjection) {
					list = append(list, Choice{ID: t.ID, Name: d.choice(t.Step).Name})
				}
			}
			return list, func(c *Command, id string) { c.Args.Objection = id }
		},
		"of": func(d *decider, cmd *Command) (list []Choice, set func(*Command, string)) {
			if cmd.Do == Hear {
				return d.interestedChoices(), func(c *Command, id string) { c.Args.Of = id }
			}
			for i := range d.s.Deliveries {
				x := &d.s.Deliveries[i]
				list = append(list, Choice{ID: x.ID, Name: calendar.Text{ZH: x.Name, EN: x.Name}})
			}
			for i := range d.s.Notices {
				n := &d.s.Notices[i]
				if !slices.ContainsFunc(list, func(c Choice) bool { return c.ID == n.ID }) {
					list = append(list, Choice{ID: n.ID, Name: calendar.Text{ZH: n.Name(), EN: n.Name()}})
				}
			}
			return list, func(c *Command, id string) { c.Args.Of = id }
		},
		"promise": func(d *decider, _ *Command) (list []Choice, set func(*Command, string)) {
			for i := range d.s.Promises {
				if p := &d.s.Promises[i]; !p.Retracted {
					list = append(list, Choice{ID: p.ID, Name: calendar.Text{ZH: p.Text, EN: p.Text}})
				}
			}
			return list, func(c *Command, id string) { c.Args.Promise = id }
		},
		"to": func(d *decider, cmd *Command) (list []Choice, set func(*Command, string)) {
			n := d.meant(cmd)
			if t := d.s.Task(cmd.Args.Objection); n == nil && t != nil {
				n = d.r.node(d.s, t.Step)
			}
			switch {
			case n != nil && n.Decide != nil:
				for _, id := range n.Decide.Back {
					list = append(list, d.choice(id))
				}
			case n != nil && n.Publicity != nil:
				for _, id := range n.Publicity.Back {
					list = append(list, d.choice(id))
				}
			}
			return list, func(c *Command, id string) { c.Args.To = id }
		},
		"way": func(d *decider, cmd *Command) (list []Choice, set func(*Command, string)) {
			ways := DeliveryWays
			if cmd.Do != Deliver {
				ways = nil
				if n := d.meant(cmd); n != nil && n.Issue != nil {
					ways = n.Issue.Ways
				}
			}
			for _, way := range ways {
				list = append(list, Choice{ID: way, Name: definition.WordName(way)})
			}
			return list, func(c *Command, id string) { c.Args.Way = id }
		},
		"outcome": func(_ *decider, _ *Command) (list []Choice, set func(*Command, string)) {
			for _, o := range []Outcome{Refused, NotRequired, NotCompetent} {
				list = append(list, Choice{ID: string(o), Name: definition.WordName(string(o))})
			}
			return list, func(c *Command, id string) { c.Args.Outcome = id }
		},
		"link": func(d *decider, cmd *Command) (list []Choice, set func(*Command, string)) {
			if t := d.meantTask(cmd); t != nil && t.Kind == TaskWork {
				list = earlierLinks(d.r.node(d.s, t.Step), t.Link)
			}
			return list, func(c *Command, id string) { c.Args.Link = id }
		},
		"account": func(d *decider, cmd *Command) (list []Choice, set func(*Command, string)) {
			set = func(c *Command, id string) { c.Args.Account = id }
			if cmd.Do == RemoveSigner {
				return d.askedToSign(cmd.Step), set
			}
			return colleagues(cmd), set
		},
		"chair": func(_ *decider, cmd *Command) (list []Choice, set func(*Command, string)) {
			return colleagues(cmd), func(c *Command, id string) { c.Args.Chair = id }
		},
		"from": func(d *decider, cmd *Command) (list []Choice, set func(*Command, string)) {
			for _, t := range d.s.Tasks {
				for _, id := range []string{t.Claimed, t.Owner, t.Signer} {
					if id != "" && t.Status == TaskOpen && t.Org == cmd.By.Org && !slices.ContainsFunc(list, func(c Choice) bool { return c.ID == id }) {
						list = append(list, Choice{ID: id})
					}
				}
			}
			return list, func(c *Command, id string) { c.Args.From = id }
		},
	}
}

// choice names something of the case.
func (d *decider) choice(id string) Choice {
	name := cmp0(d.r.nameOf(d.s, id), id)
	return Choice{ID: id, Name: calendar.Text{ZH: name, EN: name}}
}

func colleagues(cmd *Command) (list []Choice) {
	for _, p := range cmd.People {
		if p.Org == cmd.By.Org && !slices.ContainsFunc(list, func(c Choice) bool { return c.ID == p.ID }) {
			list = append(list, Choice{ID: p.ID})
		}
	}
	return list
}

// askedToSign are the added signers of a step, or of any, who have not signed.
func (d *decider) askedToSign(step string) (list []Choice) {
	add := func(account string) {
		if !slices.ContainsFunc(list, func(c Choice) bool { return c.ID == account }) {
			list = append(list, Choice{ID: account})
		}
	}
	for _, t := range d.s.Tasks {
		if t.Signer != "" && t.Kind == TaskWork && t.Status == TaskOpen && (step == "" || t.Step == step) {
			add(t.Signer)
		}
	}
	for _, st := range d.s.Steps {
		for _, x := range st.Signers {
			if !slices.Contains(st.Signed, x.Account) && (step == "" || st.ID == step) {
				add(x.Account)
			}
		}
	}
	return list
}
