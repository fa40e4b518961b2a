package supervision

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Watch follows one case through its events and finds its cards.
type Watch struct {
	rules     *Rules
	engine    *engine.Rules
	calendars func(version string) *calendar.Calendar
	terms     terms
	state     *engine.State
	rows      *engine.Rows // of state, made when first asked for
	waiting   []waiting    // of state, made when first asked for
	looked    bool         // waiting is made
	results   map[string][]engine.CheckResult
	cards     []Card
	raised    map[name]bool
	faults    []Fault
	fact      Fact // what reports count, as far as it happened
	machine   vm.VM
}

// name is what a card is known by in its case.
type name struct {
	rule    string
	fire    int
	subject string
}

// Fault is an expression that met something it cannot work with. It fires
// nothing; somebody should look at the rule.
type Fault struct {
	Rule string
	Fire int
	Case string
	Err  string
}

// Watch begins to follow a case under its rules. calendars gives the other
// versions a case may have been moved to; nil where the case's own is enough.
func (r *Rules) Watch(rules *engine.Rules, calendars func(version string) *calendar.Calendar) *Watch {
	return &Watch{rules: r, engine: rules, calendars: calendars, results: map[string][]engine.CheckResult{}, raised: map[name]bool{}}
}

// Cards finds all cards of a case from its events and the instant until which
// time is known to have passed.
func (r *Rules) Cards(rules *engine.Rules, events []engine.Event, until time.Time) []Card {
	w := r.Watch(rules, nil)
	for _, e := range events {
		w.Add(e)
	}
	return w.Cards(until)
}

// Add takes the next event of the case.
func (w *Watch) Add(e engine.Event) {
	if w.state != nil {
		for _, c := range w.reached(w.state.Last, e.At) {
			w.keep(c)
		}
	}
	first := w.state == nil
	w.state, w.rows, w.waiting, w.looked = engine.Evolve(w.state, e), nil, w.waiting[:0], false
	if first {
		w.terms = w.rules.terms(w.state.Item, w.hall(), w.state.Region)
	}
	w.examine(e)
	w.count(&e)
	for i := range w.rules.rules {
		ru := &w.rules.rules[i]
		if w.terms.silent(ru.ID) {
			continue
		}
		for j := range ru.fires {
			if f := &ru.fires[j]; f.On == e.Type {
				w.at(ru, f, &e)
			}
		}
	}
}

// Rules are those the case is judged by.
func (w *Watch) Rules() *Rules { return w.rules }

// Seq is the last event taken.
func (w *Watch) Seq() int64 {
	if w.state == nil {
		return 0
	}
	return w.state.Seq
}

// Cards gives what has been found, and what time alone has brought about until
// an instant, in order.
func (w *Watch) Cards(until time.Time) []Card {
	out := slices.Clone(w.cards)
	if w.state != nil {
		out = append(out, w.reached(w.state.Last, until)...)
	}
	Sort(out)
	return out
}

// Next is the nearest instant after the given one at which time alone may bring
// a card about; zero for none.
func (w *Watch) Next(after time.Time) time.Time {
	var next time.Time
	if w.state == nil {
		return next
	}
	for _, x := range w.wait() {
		if x.at.After(after) && (next.IsZero() || x.at.Before(next)) && !w.raised[x.name()] {
			next = x.at
		}
	}
	return next
}

// Faults are the expressions that could not be evaluated so far.
func (w *Watch) Faults() []Fault { return w.faults }

// State is the case as it stands after the last event taken.
func (w *Watch) State() *engine.State { return w.state }

func (w *Watch) keep(c Card) {
	k := name{c.Rule, c.Fire, c.Subject}
	if !w.raised[k] {
		w.raised[k] = true
		w.cards = append(w.cards, c)
	}
}

// examine keeps the results of examined conditions per step and round.
func (w *Watch) examine(e engine.Event) {
	take := func(step string, list []engine.CheckResult) {
		for _, c := range list {
			have := slices.DeleteFunc(slices.Clone(w.results[step]), func(x engine.CheckResult) bool { return x.ID == c.ID })
			w.results[step] = append(have, c)
		}
	}
	switch b := e.Body.(type) {
	case engine.StepOpened:
		delete(w.results, b.Step)
	case engine.StepReopened:
		delete(w.results, b.Step)
	case engine.LinkPassed:
		take(b.Step, b.Checks)
	case engine.StepEnded:
		if b.Verdict != nil {
			take(b.Step, b.Verdict.Checks)
		}
	}
}

// at judges an event.
func (w *Watch) at(ru *rule, f *fire, e *engine.Event) {
	level := w.terms.levelOf(ru.ID, f.Level)
	if level == Warning && w.state.Status == engine.Closed && ru.Class != "service" { // a service is found fault with afterwards
		return
	}
	o := &opening{event: e, step: textField(e.Body, "Step"), clock: clockOf(w.state, e.Body), base: Card{At: e.At, Seq: e.Seq, Subject: fmt.Sprintf("#%d", e.Seq)}}
	if !w.holds(ru, f, o) {
		return
	}
	c := &o.base
	if o.clock != nil {
		if o.step == "" {
			o.step = o.clock.Step
		}
	}
	c.Step = o.step
	c.Org, c.Person = w.answers(o.step), ""
	if e.By.Kind == engine.Person {
		c.Person = e.By.ID
		if o.step == "" {
			c.Org = e.By.Org
		}
	} else if o.step != "" {
		c.Person = w.holder(o.step)
	}
	w.ask(ru, f, o, f.org, &c.Org)
	w.ask(ru, f, o, f.person, &c.Person)
	if v, ok := w.value(ru, f, o, f.order); ok {
		c.Order, _ = v.(time.Time)
	}
	subjects := []string{c.Subject}
	if f.subject != nil {
		v, ok := w.value(ru, f, o, f.subject)
		if !ok {
			return
		}
		subjects = texts(v)
	}
	for _, s := range subjects {
		c.Subject = s
		w.keep(w.finish(ru, f, o, level))
	}
}

func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		out := make([]string, 0, len(v))
		for _, x := range v {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return []string{fmt.Sprint(v)}
}

// opening is what a fire looks at: an event, or a thing that is open.
type opening struct {
	event   *engine.Event
	clock   *engine.Clock
	task    *engine.Task
	result  *resultView
	dossier *engine.DossierRow
	step    string
	due     time.Time
	base    Card
}

// waiting is an open thing and when a fire is due for it.
type waiting struct {
	ru *rule
	f  *fire
	o  *opening
	at time.Time
}

func (x *waiting) name() name { return name{x.ru.ID, x.f.index, x.o.base.Subject} }

// wait lists what is open and when it is due. It holds until the next event.
func (w *Watch) wait() []waiting {
	if !w.looked {
		w.open(func(ru *rule, f *fire, o *opening) {
			if t, ok := w.instant(ru, f, o); ok {
				w.waiting = append(w.waiting, waiting{ru, f, o, t})
			}
		})
		w.looked = true
	}
	return w.waiting
}

// open visits every open thing with every fire that looks at its kind.
func (w *Watch) open(visit func(*rule, *fire, *opening)) {
	closed := w.state.Status == engine.Closed
	for i := range w.rules.rules {
		ru := &w.rules.rules[i]
		if w.terms.silent(ru.ID) {
			continue
		}
		for j := range ru.fires {
			f := &ru.fires[j]
			if f.Each == "" || closed && w.terms.levelOf(ru.ID, f.Level) == Warning {
				continue
			}
			each := func(o *opening, id string) {
				if !w.raised[name{ru.ID, f.index, id}] {
					o.base.Subject = id
					visit(ru, f, o)
				}
			}
			switch f.Each {
			case "clock":
				for _, c := range w.state.Clocks {
					if c.Running() {
						each(&opening{clock: c, step: c.Step, due: c.Due}, w.timeOf(c))
					}
				}
			case "task":
				for _, t := range w.state.Tasks {
					if t.Status == engine.TaskOpen {
						o := &opening{task: t, step: t.Step}
						if c := w.state.Clock(t.Clock); c != nil {
							o.due = c.Due
						}
						each(o, t.ID)
					}
				}
			case "result":
				for _, h := range w.handOuts() {
					if h.Done.IsZero() {
						each(&opening{result: &h, step: h.Step}, h.ID)
					}
				}
			case "dossier":
				for _, d := range w.project().Dossier {
					if d.Status == "open" {
						each(&opening{dossier: &d, step: d.Step, due: d.Due}, d.Kind+"/"+d.ID)
					}
				}
			}
		}
	}
}

// timeOf is what a card says of a clock's time: each extension begins another one, with an end of its own that
// somebody has to be warned of. (Up to engine 11 a clock was warned of once.) It is not written with #, which stands
// in the id of a clock that began again.
func (w *Watch) timeOf(c *engine.Clock) string {
	if n := len(c.Extended); n > 0 && w.state.Engine >= 12 {
		return fmt.Sprintf("%s+%d", c.ID, n)
	}
	return c.ID
}

func (w *Watch) project() *engine.Rows {
	if w.rows == nil {
		rows := engine.Project(w.engine, w.state)
		w.rows = &rows
	}
	return w.rows
}

// reached finds what time alone brings about while the present state holds: from
// its event to another instant. As with expiries, what is due at the very instant
// of an event comes before it; between events of one instant nothing is reached.
func (w *Watch) reached(from, to time.Time) []Card {
	var out []Card
	if !from.Before(to) {
		return nil
	}
	list := w.wait()
	for i := range list {
		x := &list[i]
		ru, f, o, t := x.ru, x.f, x.o, x.at
		if t.Before(from) {
			t = from
		}
		if t.After(to) || w.raised[x.name()] || !w.holds(ru, f, o) {
			continue
		}
		kept := o.base // looked at again when nothing has happened since
		c := &o.base
		c.At, c.Step = t, o.step
		c.Org, c.Person = w.answers(o.step), w.holder(o.step)
		switch {
		case o.task != nil:
			c.Org, c.Person = o.task.Org, o.task.Claimed
		case o.result != nil:
			c.Org, c.Person = o.result.Org, ""
			for _, t := range w.state.Tasks {
				if t.Kind == engine.TaskHand && t.About == o.result.ID && t.Org != "" {
					c.Org, c.Person = t.Org, t.Claimed
				}
			}
		case o.dossier != nil && o.dossier.Org != "":
			c.Org = o.dossier.Org
		}
		w.ask(ru, f, o, f.org, &c.Org)
		w.ask(ru, f, o, f.person, &c.Person)
		out = append(out, w.finish(ru, f, o, w.terms.levelOf(ru.ID, f.Level)))
		o.base = kept
	}
	return out
}

// instant is when a fire's thing is due.
func (w *Watch) instant(ru *rule, f *fire, o *opening) (time.Time, bool) {
	v, _ := w.value(ru, f, o, f.at)
	t, ok := v.(time.Time)
	return t.UTC().Truncate(time.Microsecond), ok && !t.IsZero()
}

// answers is the organisation that answers for a step, or for the whole case.
func (w *Watch) answers(step string) string {
	if st := w.state.Step(step); st != nil {
		if st.Org != "" {
			return st.Org
		}
		if n := w.engine.Plan.Node(step); n != nil && n.By != "" {
			return w.state.Org(n.By)
		}
	}
	return w.state.Org(w.engine.Plan.Def.Item.Lead)
}

// holder is who has claimed the step's work now.
func (w *Watch) holder(step string) string {
	if step == "" {
		return ""
	}
	for _, t := range w.state.Tasks {
		if t.Step == step && t.Status == engine.TaskOpen && t.Claimed != "" {
			return t.Claimed
		}
	}
	return ""
}

func (w *Watch) hall() string {
	for _, n := range w.engine.Plan.Nodes {
		if n.Kind == definition.KindIntake {
			return w.state.Org(n.By)
		}
	}
	return ""
}

func (w *Watch) handOuts() []resultView {
	out := make([]resultView, len(w.state.Hands))
	for i, h := range w.state.Hands {
		out[i] = resultView{h, w.answers(h.Step)}
	}
	return out
}

func (w *Watch) calendar() *calendar.Calendar {
	if own := w.engine.Calendar; w.calendars == nil || w.state.Calendar == own.Version() {
		return own
	}
	if c := w.calendars(w.state.Calendar); c != nil {
		return c
	}
	return w.engine.Calendar
}

// holds evaluates `when`.
func (w *Watch) holds(ru *rule, f *fire, o *opening) bool {
	if f.when == nil {
		return true
	}
	v, ok := w.value(ru, f, o, f.when)
	b, _ := v.(bool)
	return ok && b
}

func (w *Watch) ask(ru *rule, f *fire, o *opening, p *program, to *string) {
	if v, ok := w.value(ru, f, o, p); ok {
		*to, _ = v.(string)
	}
}

// value evaluates an expression; false where it is not written or fails.
func (w *Watch) value(ru *rule, f *fire, o *opening, p *program) (any, bool) {
	if p == nil {
		return nil, false
	}
	v, err := p.run(&w.machine, func(r reading) any { return w.read(r, o) })
	if err != nil {
		if fault := (Fault{ru.ID, f.index, w.state.Number, err.Error()}); !slices.Contains(w.faults, fault) {
			w.faults = append(w.faults, fault)
		}
		return nil, false
	}
	return v, true
}

// finish fills in what all cards have.
func (w *Watch) finish(ru *rule, f *fire, o *opening, level Level) Card {
	c := o.base
	c.Rule, c.Fire, c.Rules, c.Class, c.Level = ru.ID, f.index, w.rules.Version, ru.Class, level
	c.Case, c.Item, c.Region = w.state.Number, w.state.Item, w.state.Region
	if level == Mark {
		return c
	}
	c.Explain = w.calendar().Due(c.At, w.rules.Explain, nil).At
	c.Basis = ru.Basis
	due := ""
	switch {
	case o.clock != nil:
		due = o.clock.Day.String()
	case !o.due.IsZero():
		due = calendar.DateOf(o.due.Add(-time.Microsecond)).String()
	}
	step := w.engine.Plan.Def.Item.Name // of the whole case
	if c.Step != "" {
		step = w.nameOf(c.Step)
	}
	id := c.Subject
	switch {
	case f.Each == "clock":
		id = o.clock.ID
	case o.dossier != nil:
		id = o.dossier.ID // of its kind
	}
	subject := engine.Called(w.engine, w.state, id)
	fill := func(text, subject string) string {
		return strings.NewReplacer("{case}", c.Case, "{item}", w.engine.Plan.Def.Item.Name, "{step}", step, "{subject}", subject, "{due}", due, "{count}", "", "{cases}", "").Replace(text)
	}
	c.Zh, c.En = fill(f.Text.ZH, subject.ZH), fill(f.Text.EN, subject.EN)
	return c
}

// textField reads a field of an event's body, "" when it has none of that name.
func textField(b engine.Body, field string) string {
	v := reflect.ValueOf(b)
	if f := v.FieldByName(field); f.IsValid() && f.Kind() == reflect.String {
		return f.String()
	}
	return ""
}

// clockOf is the clock an event is about, as it is after it.
func clockOf(s *engine.State, b engine.Body) *engine.Clock {
	if id := textField(b, "Clock"); id != "" {
		return s.Clock(id)
	}
	if f := reflect.ValueOf(b).FieldByName("Clock"); f.IsValid() {
		if c, ok := f.Interface().(engine.Clock); ok {
			return s.Clock(c.ID)
		}
	}
	return nil
}
