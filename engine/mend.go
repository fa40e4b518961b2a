package engine

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"lianban/engine/definition"
)

// Mistakes put right on the spot (当场更正, 行政许可法第三十二条第一款第三项): between the
// receipt and the acceptance or the one notice, the window lets the applicant put
// right what is wrong in the form, in an answer or in a paper he has handed in.
//
//	received ── mend ──▶ received: the value reads otherwise, what it was stays on record
//	              └── what a party has looked at is another now ──▶ it looks again
//
// It is no notice and uses up none, and no clock stops for it. What is not there at
// all is no mistake but a gap, which is told with all others in the one notice.

// Mend is the act.
const Mend Act = "mend"

var (
	mendActs   = []Act{Mend}
	mendJudges = map[Act]judge{Mend: judgeMend}
	mendBodies = []newBody{body[MendedOnSpot]()}
)

const formPrefix = "form."

// Mending is one act of putting right on the spot, confirmed by the applicant.
type Mending struct {
	ID  string    `json:"id"`
	Org string    `json:"org"`
	By  string    `json:"by"`
	At  time.Time `json:"at"`
	// Texts are form fields (form.PATH) and questions, as they were and as they read now.
	Texts []Reading `json:"texts,omitempty"`
	// Papers were handed in anew; what they were is kept with each.
	Papers []string `json:"papers,omitempty"`
	Reason string   `json:"reason,omitempty"`
	// File is the sheet the applicant has signed, hex SHA-256.
	File string `json:"file,omitempty"`
}

// MendedOnSpot records what was put right, and who looks again because of it.
type MendedOnSpot struct {
	Step    string         `json:"step"`
	Mending Mending        `json:"mending"`
	Papers  []PaperState   `json:"papers,omitempty"`
	Answers map[string]any `json:"answers,omitempty"` // all answers, when they changed
	Form    map[string]any `json:"form,omitempty"`    // the whole form, when it changed
	Changed []string       `json:"changed"`
	// Intake, Tasks, Dropped: what becomes of the window while it is open.
	Intake  IntakeState `json:"intake"`
	Tasks   []Task      `json:"tasks,omitempty"`
	Dropped []string    `json:"dropped,omitempty"`
}

// Type is the name in the log.
func (MendedOnSpot) Type() string { return "MendedOnSpot" }

func (b MendedOnSpot) apply(s *State, e *Event) {
	m := b.Mending
	m.By, m.At = e.By.ID, e.At
	s.Mendings = add(s.Mendings, m)
	s.putPapers(b.Papers)
	if b.Answers != nil {
		s.Answers = b.Answers
	}
	if b.Form != nil {
		s.Form = b.Form
	}
	s.setIntake(b.Step, b.Intake)
	s.cancelTasks(e.At, func(t *Task) bool { return slices.Contains(b.Dropped, t.ID) })
	s.putTasks(b.Tasks)
}

func judgeMend(d *decider, cmd *Command) (func(), *Rejection) {
	n, rej := d.mendable(cmd.By)
	if rej != nil {
		return nil, rej
	}
	a := &cmd.Args
	switch {
	case !a.Confirmed:
		return nil, reject(BadData, "更正由申请人作出：须由其当场核对并确认", "it is the applicant who puts it right: he has to look at it and confirm it on the spot").
			want("confirmed", "not confirmed").at("confirmed").under("32")
	case len(a.Corrections)+len(a.Papers) == 0:
		return nil, reject(BadData, "须写明更正哪些内容", "say what is put right").want("corrections or papers", "none").at("corrections")
	case a.File != "" && !digest(a.File):
		return nil, reject(BadData, "申请人签字的更正单须有文件摘要", "the sheet the applicant has signed needs the SHA-256 of its file").at("file")
	}
	change, texts, rej := d.rewritten(a.Corrections)
	if rej != nil {
		return nil, rej
	}
	in := *d.st(n).Intake
	change.Papers = a.Papers
	r, rej := d.revised(&change, true, in.ClosedAt.IsZero())
	if rej != nil {
		if q, ok := strings.CutPrefix(rej.Where, "answers."); ok {
			rej = rej.at("corrections." + q)
		}
		return nil, rej
	}
	ids := make([]string, len(a.Papers))
	for i, p := range a.Papers {
		if d.s.Paper(p.ID).Hash == "" && d.s.Paper(p.ID).Status != PaperAbsent {
			return nil, reject(BadPaper, "材料“"+p.ID+"”没有提交过，没有可以当场更正的内容；所缺材料由补正告知书一次告知", "paper "+p.ID+" was not handed in, so nothing in it can be put right; what is missing is told in the one notice").
				want("a paper that was handed in", string(d.s.Paper(p.ID).Status)).at("papers." + p.ID).under("32")
		}
		ids[i] = p.ID
		next, old := paperOf(r.taken, p.ID), d.s.Paper(p.ID)
		if !slices.Contains(r.changed, p.ID) && (next.Copies != old.Copies || !slices.Equal(next.SignedBy, old.SignedBy)) { // with the same file
			r.papers, r.changed = append(r.papers, next), append(r.changed, p.ID)
		}
	}
	if len(r.changed) == 0 {
		return nil, reject(BadData, "没有任何变化", "nothing would change").at("corrections")
	}
	after := d.as(r)
	if rej := after.filingGate(after.s.Papers); rej != nil {
		return nil, rej
	}
	if rej := d.lookedAt(n, &in, after); rej != nil {
		return nil, rej
	}
	m := Mending{ID: "mending" + itoa(len(d.s.Mendings)+1), Org: d.s.Org(n.By), Texts: texts, Papers: ids, Reason: a.Reason, File: a.File}
	return func() {
		e := MendedOnSpot{Step: n.ID, Mending: m, Papers: r.papers, Answers: r.answers, Form: r.form, Changed: r.changed, Intake: in}
		if in.Window {
			d.lookAgain(n, &e, after)
		}
		d.emit(e)
		d.retractions()
		d.rechoose("mended") // everything is evaluated as at filing (3.10.1)
	}, nil
}

func paperOf(papers []PaperState, id string) PaperState {
	return papers[slices.IndexFunc(papers, func(p PaperState) bool { return p.ID == id })]
}

// mendable finds the intake at which something may still be put right on the spot,
// and says what to do instead where it may not.
func (d *decider) mendable(by Actor) (*definition.Node, *Rejection) {
	n := d.intake()
	if n == nil || d.st(n).Intake == nil {
		return nil, reject(WrongAct, "本事项没有收件环节", "this item has no intake")
	}
	switch in := d.st(n).Intake; {
	case by.Kind != Person || !d.may(by, d.s.Org(n.By), d.deskRole(n.By)):
		return nil, reject(NotAllowed, "当场更正由受理窗口为申请人办理", "putting right on the spot is done with the applicant at the receiving window").
			want(n.By+"."+d.deskRole(n.By), by.String()).under("32")
	case d.s.AcceptedOn != nil:
		return nil, reject(TooLate, "已受理，不再当场更正：申请内容由牵头部门变更，已签发文书的笔误由签发机关更正", "the case is accepted, nothing is put right on the spot any more: the lead amends the application, and who has signed a document corrects it").
			want("before acceptance; now amend or correct", "accepted on "+d.s.AcceptedOn.String()).at(n.ID).under("32")
	case d.s.Outcome != "" || d.st(n).Status != Open:
		return nil, reject(NotOpen, "收件环节已结束，不再当场更正", "the intake is over; nothing is put right on the spot any more").
			want("open intake", string(d.st(n).Status)+suffix(d.st(n).End)).at(n.ID).under("32")
	case in.Notice != "":
		return nil, reject(TooLate, "补正告知书已发出，不再当场更正：请申请人在答复补正时一并更改", "the correction notice has gone out, nothing is put right on the spot any more: the applicant changes it with his answer").
			want("before the notice; now answer", in.Notice).at(n.ID).under("32")
	}
	return n, nil
}

// as is the case as it will be with what a revision comes to.
func (d *decider) as(r revision) *decider {
	after := &decider{r: d.r, under: d.under, s: d.s.clone(), now: d.now, by: d.by}
	if r.answers != nil {
		after.s.Answers = r.answers
	}
	if r.form != nil {
		after.s.Form = r.form
	}
	after.s.putPapers(r.papers)
	return after
}

// lookedAt refuses what would bring in a party that could not look any more: the
// window is over without a notice, and nobody may ask for anything now (3.7.6).
func (d *decider) lookedAt(n *definition.Node, in *IntakeState, after *decider) *Rejection {
	if in.ClosedAt.IsZero() {
		return nil
	}
	for _, l := range after.looks(n) {
		if !slices.ContainsFunc(in.Looks, func(x Look) bool { return x.Party == l.Party }) {
			return reject(TooLate, "更正后须由“"+l.Party+"”办理，而各部门查看材料的汇总期已过：请受理后由牵头部门变更", "put right, the case would go to "+l.Party+" too, and the window in which it could look is over: accept, then let the lead amend").
				want("a party that has looked", l.Party).at("corrections").under("32")
		}
	}
	return nil
}

// lookAgain gives those their turn in the window whom the case concerns now, and
// asks those again who have spoken on what is another by now (3.6.4). The rest of
// what was said stands.
func (d *decider) lookAgain(n *definition.Node, e *MendedOnSpot, after *decider) {
	in := &e.Intake
	asked := d.withoutMended(in, e, after)
	var again []Look
	looks := after.looks(n)
	in.Looks = slices.Clone(in.Looks)
	for i := range in.Looks {
		l := &in.Looks[i]
		still := slices.ContainsFunc(looks, func(x Look) bool { return x.Party == l.Party })
		switch {
		case l.Spoken && still && l.Party != n.By && (slices.Contains(asked, l.Party) || d.otherwise(l.Party, after)):
			*l = Look{Party: l.Party, Org: l.Org}
			again = append(again, *l)
		case !l.Spoken && !still:
			for _, t := range d.s.Tasks {
				if t.Kind == TaskLook && t.Status == TaskOpen && t.Party == l.Party {
					e.Dropped = append(e.Dropped, t.ID)
				}
			}
		}
	}
	in.Looks = slices.DeleteFunc(in.Looks, func(l Look) bool {
		return !l.Spoken && !slices.ContainsFunc(looks, func(x Look) bool { return x.Party == l.Party })
	})
	for _, l := range looks {
		if !slices.ContainsFunc(in.Looks, func(x Look) bool { return x.Party == l.Party }) {
			in.Looks, again = append(in.Looks, l), append(again, l)
		}
	}
	e.Tasks = d.lookTasks(n, again)
	for i := range e.Tasks {
		t := &e.Tasks[i]
		before := 0
		for _, old := range d.s.Tasks {
			if old.Kind == TaskLook && old.Step == n.ID && old.Party == t.Party {
				before++
			}
		}
		t.ID += round(before + 1)
	}
}

// withoutMended takes the lines back that are about what was put right, or not asked
// of the applicant any more, because it is not needed or comes from this very case, and
// says whose they were.
func (d *decider) withoutMended(in *IntakeState, e *MendedOnSpot, after *decider) (askers []string) {
	in.Lines = slices.DeleteFunc(slices.Clone(in.Lines), func(l NamedLine) bool {
		gone := !after.condition(l.Of)
		if p := after.s.Paper(l.Of); p != nil {
			gone = p.Status == PaperAbsent || d.s.since(12) && (p.Status == PaperAwaited || p.Status == PaperPromised)
		}
		mended := slices.Contains(e.Mending.Papers, l.Of)
		if mended {
			askers = append(askers, l.Askers...)
		}
		return gone || mended
	})
	if len(in.Lines) == 0 {
		in.Lines = nil
	}
	return askers
}

// otherwise says whether a step of a party would read something else than before.
func (d *decider) otherwise(party string, after *decider) bool {
	return slices.ContainsFunc(d.nodes(), func(n *definition.Node) bool {
		return n.By == party && !n.Group() && slices.ContainsFunc(n.Reads, func(of string) bool { return d.print(of) != after.print(of) })
	})
}

// rewritten turns corrections into what changes of form and answers, and says how
// each read and reads.
func (d *decider) rewritten(in []ReadingIn) (Args, []Reading, *Rejection) {
	var a Args
	texts := make([]Reading, 0, len(in))
	form := d.s.Form
	for _, x := range in {
		at := "corrections." + x.Field
		from, rej := d.readsNow(x.Field)
		text, isText := x.To.(string)
		switch {
		case rej != nil:
			return a, nil, rej.at(at)
		case slices.ContainsFunc(texts, func(t Reading) bool { return t.Field == x.Field }):
			return a, nil, reject(BadData, "“"+x.Field+"”重复", x.Field+" comes twice").at(at)
		case x.To == nil || isText && strings.TrimSpace(text) == "":
			return a, nil, reject(BadData, "须写明更正后的内容："+x.Field, "say how "+x.Field+" reads afterwards").want("a value", "none").at(at)
		case !plain(x.To):
			return a, nil, reject(BadData, "“"+x.Field+"”须逐项更正", x.Field+" is put right one field at a time").want("one value, or a list of options", kindOf(x.To)).at(at)
		case encode(from) == encode(x.To):
			return a, nil, reject(BadData, "更正前后相同："+x.Field, x.Field+" reads the same afterwards").want("another value", "the same").at(at)
		}
		texts = append(texts, Reading{Field: x.Field, From: from, To: x.To})
		path, isForm := strings.CutPrefix(x.Field, formPrefix)
		if !isForm {
			a.Answers = with(a.Answers, x.Field, x.To)
			continue
		}
		keys := strings.Split(path, ".")
		form, _ = put(form, keys, x.To).(map[string]any)
		a.Form = with(a.Form, keys[0], form[keys[0]])
	}
	return a, texts, nil
}

// MendedForm is the form of a case as corrections on the spot would leave it, for a
// look at it before the act is recorded; nil when they do not touch it.
func MendedForm(r *Rules, s *State, in []ReadingIn) map[string]any {
	d := &decider{r: r, s: s}
	a, _, rej := d.rewritten(in)
	if rej != nil || a.Form == nil {
		return nil // the judge says why
	}
	form := maps.Clone(s.Form)
	if form == nil {
		form = map[string]any{}
	}
	maps.Copy(form, a.Form)
	return form
}

// plain says whether a value has no parts, or is a list of texts: a question with
// several choices.
func plain(v any) bool {
	if list, ok := v.([]any); ok {
		return !slices.ContainsFunc(list, func(x any) bool { return scalar(x) != "text" })
	}
	return scalar(v) != ""
}

// readsNow is how a field of the form or a question reads. What the form does not
// know, or what has parts, is nothing that could be put right.
func (d *decider) readsNow(field string) (any, *Rejection) {
	path, isForm := strings.CutPrefix(field, formPrefix)
	if !isForm {
		if slices.ContainsFunc(d.r.Plan.Questions, func(q definition.Question) bool { return q.ID == field }) {
			return d.s.Answers[field], nil
		}
		return nil, reject(NotFound, "没有问题“"+field+"”；表单字段写作 form.字段", "there is no question "+field+"; a form field is written form.FIELD").want("form.FIELD or a question", field)
	}
	var value any = d.s.Form
	schema := d.r.Plan.Def.Form
	for key := range strings.SplitSeq(path, ".") {
		var ok bool
		if schema, value, ok = inside(schema, value, key); !ok {
			return nil, reject(NotFound, "表单没有字段“"+field+"”", "the form has no field "+field)
		}
	}
	if _, parts := value.(map[string]any); parts {
		return nil, reject(BadData, "“"+field+"”分项填写，须写明更正哪一项", field+" has fields of its own; name the one that is put right").want(field+".FIELD", "all of it")
	}
	return value, nil
}

// inside goes one step into a form, by the name of a field or the place in a list.
func inside(schema map[string]any, value any, key string) (map[string]any, any, bool) {
	if list, ok := value.([]any); ok {
		i, err := strconv.Atoi(key)
		items, ok := schema["items"].(map[string]any)
		if err != nil || !ok || i < 0 || i >= len(list) {
			return nil, nil, false
		}
		return items, list[i], true
	}
	props, _ := schema["properties"].(map[string]any)
	next, ok := props[key].(map[string]any)
	fields, isMap := value.(map[string]any)
	if !ok || value != nil && !isMap { // written as one text: it has no fields here
		return nil, nil, false
	}
	return next, fields[key], true
}

// put is a copy of a form in which the value at a path is another.
func put(at any, path []string, to any) any {
	if len(path) == 0 {
		return to
	}
	if list, ok := at.([]any); ok {
		list = slices.Clone(list)
		i, err := strconv.Atoi(path[0])
		if err == nil && i >= 0 && i < len(list) {
			list[i] = put(list[i], path[1:], to)
		}
		return list
	}
	fields, _ := at.(map[string]any)
	return with(fields, path[0], put(fields[path[0]], path[1:], to))
}

// mendableFields are the questions and form fields that can be put right, each with
// the schema of what it may hold.
func (d *decider) mendableFields() (list []Choice) {
	add := func(id, name string, schema map[string]any) {
		c := Choice{ID: id, Schema: cloneJSON(schema)}
		c.Name.ZH, c.Name.EN = name, name
		list = append(list, c)
	}
	for _, q := range d.r.Plan.Questions {
		if _, asked := d.s.Answers[q.ID]; asked && q.IsP == nil {
			add(q.ID, q.Ask, schemaOf(q.Situation))
		}
	}
	var walk func(schema map[string]any, value any, path, title string)
	walk = func(schema map[string]any, value any, path, title string) {
		_, isText := value.(string)
		props, _ := schema["properties"].(map[string]any)
		items, isList := schema["items"].(map[string]any)
		switch {
		case isList:
			entries, _ := value.([]any)
			for i, x := range entries {
				walk(items, x, path+"."+itoa(i), title+" "+itoa(i+1))
			}
		case len(props) > 0 && !isText:
			fields, _ := value.(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(props)) {
				if field, ok := props[name].(map[string]any); ok {
					walk(field, fields[name], path+"."+name, strings.TrimPrefix(title+"："+titleOf(field, name), "："))
				}
			}
		case path != strings.TrimSuffix(formPrefix, "."):
			add(path, title, schema)
		}
	}
	walk(d.r.Plan.Def.Form, d.s.Form, strings.TrimSuffix(formPrefix, "."), "")
	return list
}

// schemaOf is what an answer may be, as a JSON Schema.
func schemaOf(q *definition.Situation) map[string]any {
	options := make([]any, len(q.Options))
	for i, o := range q.Options {
		options[i] = map[string]any{"const": o.ID, "title": o.Label}
	}
	switch q.Type {
	case "boolean", "number":
		return map[string]any{"type": q.Type}
	case "choices":
		return map[string]any{"type": "array", "items": map[string]any{"type": "string", "oneOf": options}}
	}
	return map[string]any{"type": "string", "oneOf": options}
}

// mendablePapers are those that were handed in.
func (d *decider) mendablePapers() (list []Choice) {
	for i := range d.s.Papers {
		if p := &d.s.Papers[i]; p.Hash != "" && p.Status != PaperAbsent {
			list = append(list, d.choice(p.ID))
		}
	}
	return list
}

// mendingRows lists what was put right on the spot in the dossier.
func mendingRows(_ *Rules, s *State) []DossierRow {
	var rows []DossierRow
	for i := range s.Mendings {
		m := s.Mendings[i]
		rows = append(rows, DossierRow{Kind: DossierMending, ID: m.ID, Org: m.Org, Status: string(TaskDone), At: m.At, Mending: &m})
	}
	return rows
}
