package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Corrections of clerical errors (更正): what was signed stays as it was signed, and
// an act of its own, of the organ that signed, says how it reads from now on. It
// touches the wording alone: a number, a field, a reason, a legal basis. What was
// decided, when, and on which conditions no correction changes (行政许可法第八条).
//
//	signed ── correct ──▶ reads otherwise, those concerned are told
//	              └── handed out before ──▶ a duty: hand the corrected one out (第四十四条)

// Correct is the act.
const Correct Act = "correct"

// NoticeCorrected is 更正决定书.
const NoticeCorrected NoticeKind = "corrected"

var (
	correctionActs   = []Act{Correct}
	correctionJudges = map[Act]judge{Correct: judgeCorrect}
	correctionBodies = []newBody{body[TextCorrected]()}
)

// The wording of a verdict that can be corrected. Of an output it is its number,
// and what is in its data as data.FIELD.
const (
	fieldReason = "reason"
	fieldBasis  = "basis"
	fieldNumber = "number"
	fieldData   = "data."
)

// correctedHand is the time to hand the corrected result out, from the correction.
var correctedHand = calendar.Period{Amount: 10, Unit: calendar.WorkingDays} // 行政许可法第四十四条

// Correction is one act of correcting. What it corrects keeps its own record.
type Correction struct {
	ID string `json:"id"`
	// Step is whose verdict or output it is; Output is empty for the verdict itself.
	Step   string    `json:"step"`
	Output string    `json:"output,omitempty"`
	Org    string    `json:"org"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Texts  []Reading `json:"texts"`
	// File is the corrected document, hex SHA-256.
	File string `json:"file,omitempty"`
	// Duty is the one to hand the corrected result out, where it had been handed out.
	Duty string `json:"duty,omitempty"`
}

// Reading is how a text read before and reads now: a text, a number or yes and no.
type Reading struct {
	Field string `json:"field"`
	From  any    `json:"from"`
	To    any    `json:"to"`
}

// ReadingIn is a reading as the act names it.
type ReadingIn struct {
	Field string `json:"field"`
	To    any    `json:"to"`
}

// TextCorrected records a correction, and tells of it.
type TextCorrected struct {
	Correction Correction `json:"correction"`
	Notices    []Notice   `json:"notices"`
}

// Type is the name in the log.
func (TextCorrected) Type() string { return "TextCorrected" }

func (b TextCorrected) apply(s *State, e *Event) {
	c := b.Correction
	c.By, c.At = e.By.ID, e.At
	s.Corrections = add(s.Corrections, c)
	s.Notices = add(s.Notices, b.Notices...)
}

// reads is how a text of a verdict (output empty) or an output reads now; nil: it
// has no such text.
func (s *State) reads(step, output, field string) any {
	for _, c := range slices.Backward(s.Corrections) {
		if c.Step != step || c.Output != output || c.At.Before(s.signedAt(step, output)) {
			continue
		}
		for _, x := range c.Texts {
			if x.Field == field {
				return x.To
			}
		}
	}
	written := func(text string) any {
		if text == "" {
			return nil
		}
		return text
	}
	if output == "" {
		switch v := s.must(step).Verdict; {
		case v == nil:
		case field == fieldReason:
			return written(v.Reason)
		case field == fieldBasis:
			return written(v.Basis)
		}
		return nil
	}
	for i := range s.Outputs {
		if o := &s.Outputs[i]; o.ID == output {
			if field == fieldNumber {
				return written(o.Number)
			}
			if name, ok := strings.CutPrefix(field, fieldData); ok {
				return o.Data[name]
			}
		}
	}
	return nil
}

// signedAt is when what is corrected was signed. An opinion given again is another
// one: what was corrected in the earlier says nothing about it.
func (s *State) signedAt(step, output string) time.Time {
	if output == "" {
		if v := s.must(step).Verdict; v != nil {
			return v.At
		}
	}
	return time.Time{}
}

// dataOf is the data of an output as it reads now.
func (s *State) dataOf(o *OutputState) map[string]any {
	data := o.Data
	for i := range s.Corrections {
		c := &s.Corrections[i]
		if c.Output != o.ID {
			continue
		}
		for _, x := range c.Texts {
			if name, ok := strings.CutPrefix(x.Field, fieldData); ok {
				data = with(data, name, x.To)
			}
		}
	}
	return data
}

// with is a copy of m in which name is v.
func with(m map[string]any, name string, v any) map[string]any {
	out := make(map[string]any, len(m))
	for k, x := range m {
		out[k] = x
	}
	out[name] = v
	return out
}

// corrected finds what an act corrects: an output, the verdict of a step, or the
// only verdict the actor's organisation has signed.
func (d *decider) corrected(cmd *Command) (*definition.Node, *OutputState, *Rejection) {
	if id := cmd.Args.Output; id != "" {
		i := slices.IndexFunc(d.s.Outputs, func(o OutputState) bool { return o.ID == id })
		if i < 0 {
			return nil, nil, reject(NotFound, "本案没有结果“"+id+"”", "this case has no output "+id).at("output")
		}
		o := &d.s.Outputs[i]
		return d.r.node(d.s, o.Step), o, nil
	}
	if cmd.Step != "" {
		return d.r.node(d.s, cmd.Step), nil, nil
	}
	var signed []*definition.Node
	for i := range d.s.Steps {
		st := d.s.Steps[i]
		if n := d.r.node(d.s, st.ID); st.Verdict != nil && n.Work() != nil && d.signs(cmd.By, n) {
			signed = append(signed, n)
		}
	}
	switch len(signed) {
	case 1:
		return signed[0], nil, nil
	case 0:
		return nil, nil, reject(NotOpen, "贵单位在本案中没有已签发的决定或意见", "your organisation has signed nothing in this case").
			want("a verdict of one's own", "none").at("step")
	}
	return nil, nil, reject(BadData, "有多项已签发的决定或意见，请指明环节", "several verdicts are yours; name the step").want("step", "none").at("step")
}

// signs says whether an actor holds the role that signs in a step, for the
// organisation that has signed.
func (d *decider) signs(a Actor, n *definition.Node) bool {
	org := cmp0(d.st(n).Org, d.s.Org(n.By))
	if v := d.st(n).Verdict; v != nil {
		org = v.Org
	}
	chain := n.Work().Chain
	return slices.ContainsFunc(chain[len(chain)-1].Roles, func(r definition.RoleLimit) bool { return a.may(org, r.Role) })
}

func judgeCorrect(d *decider, cmd *Command) (func(), *Rejection) {
	n, o, rej := d.corrected(cmd)
	switch {
	case rej != nil:
		return nil, rej
	case n.Work() == nil:
		return nil, reject(WrongAct, "“"+n.ID+"”没有决定或意见可以更正", n.ID+" gives no verdict that could be corrected").
			want("a decide or review", string(n.Kind)).at(n.ID)
	case !d.signs(cmd.By, n):
		last := n.Work().Chain[len(n.Work().Chain)-1]
		return nil, reject(NotAllowed, "更正由签发的机关作出", "a correction is for the organ that has signed").want(n.By+"."+roles(last), cmd.By.String()).at(n.ID)
	case d.st(n).Verdict == nil:
		return nil, reject(NotOpen, "尚未签发，不需要更正", "nothing is signed yet; there is nothing to correct").want("signed", string(d.st(n).Status)).at(n.ID)
	case o != nil && !o.Annulled.IsZero():
		return nil, reject(NotOpen, "结果“"+o.ID+"”已撤销，不再更正", "output "+o.ID+" is annulled; it is not corrected any more").want("a result that stands", Annulled).at(o.ID)
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	if f := cmd.Args.File; f != "" && !digest(f) {
		return nil, reject(BadData, "更正后的文书须有文件摘要", "the corrected document needs the SHA-256 of its file").at("file")
	}
	c := Correction{ID: "correction" + itoa(len(d.s.Corrections)+1), Step: n.ID, Org: d.st(n).Verdict.Org, Reason: cmd.Args.Reason, File: cmd.Args.File}
	if o != nil {
		c.Output = o.ID
	}
	if c.Texts, rej = d.readings(&c, cmd.Args.Corrections); rej != nil {
		return nil, rej
	}
	again := o != nil && slices.ContainsFunc(d.s.Hands, func(h HandOut) bool { return h.ID == o.ID && !h.Done.IsZero() })
	return func() {
		if again {
			c.Duty = d.openDuty(DutyState{ID: "corrected." + c.Output, Kind: DutyPaper, Name: "换发更正后的结果", By: n.By, About: c.Output},
				&term{period: correctedHand, start: d.now, from: "correction"})
		}
		d.emit(TextCorrected{Correction: c, Notices: d.tellCorrected(n, &c)})
	}, nil
}

// readings checks each text: it is there, it is wording and nothing that was
// decided, and it reads otherwise afterwards.
func (d *decider) readings(c *Correction, in []ReadingIn) ([]Reading, *Rejection) {
	if len(in) == 0 {
		return nil, reject(BadData, "须写明更正哪些内容", "say what is corrected").want("corrections", "none").at("corrections")
	}
	texts := make([]Reading, 0, len(in))
	for _, x := range in {
		at := "corrections." + x.Field
		wording, can := x.Field == fieldReason || x.Field == fieldBasis, "reason, basis"
		if c.Output != "" {
			wording, can = x.Field == fieldNumber || strings.HasPrefix(x.Field, fieldData), "number, data.FIELD"
		}
		if !wording {
			return nil, reject(Signed, "更正只改文字，不改决定：“"+x.Field+"”不能更正", "a correction changes wording, never what was decided: "+x.Field+" cannot be corrected").
				want(can, x.Field).at(at).under("8")
		}
		from := d.s.reads(c.Step, c.Output, x.Field)
		switch text, isText := x.To.(string); {
		case slices.ContainsFunc(texts, func(r Reading) bool { return r.Field == x.Field }):
			return nil, reject(BadData, "“"+x.Field+"”重复", x.Field+" comes twice").at(at)
		case from == nil:
			return nil, reject(NotFound, "原文没有“"+x.Field+"”，没有的内容不能更正", "there is no "+x.Field+" in what was signed; what is not there cannot be corrected").at(at)
		case scalar(from) == "" || scalar(from) != scalar(x.To):
			return nil, reject(BadData, "更正后的内容与原文种类不同："+x.Field, x.Field+" is of another kind than what was signed").
				want(cmp0(scalar(from), "one value"), cmp0(scalar(x.To), "none")).at(at)
		case isText && strings.TrimSpace(text) == "":
			return nil, reject(BadData, "须写明更正后的内容："+x.Field, "say how "+x.Field+" reads afterwards").want("a text", "none").at(at)
		case x.To == from:
			return nil, reject(BadData, "更正前后相同："+x.Field, x.Field+" reads the same afterwards").want("another text", "the same").at(at)
		}
		texts = append(texts, Reading{Field: x.Field, From: from, To: x.To})
	}
	return texts, nil
}

// scalar names the kind of a value that can be corrected, empty for what has parts.
func scalar(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case float64:
		return "number"
	case bool:
		return "yes or no"
	}
	return ""
}

// tellCorrected tells the applicant of what was corrected in a decision, and, of
// everything, the parties whose steps read it; where nobody reads an opinion, the lead.
func (d *decider) tellCorrected(n *definition.Node, c *Correction) []Notice {
	lines := make([]string, len(c.Texts))
	for i, x := range c.Texts {
		lines[i] = d.fieldTitle(n, c, x.Field) + "：" + inWords(x.From) + " → " + inWords(x.To)
	}
	var to []string
	if n.Decide != nil {
		to = append(to, applicant)
	}
	about := cmp0(c.Output, c.Step)
	for _, m := range d.nodes() {
		if slices.Contains(m.Reads, about) && d.st(m).Status != Absent && m.By != "" && m.By != n.By && !slices.Contains(to, m.By) {
			to = append(to, m.By)
		}
	}
	if len(to) == 0 {
		to = append(to, d.r.Plan.Def.Item.Lead)
	}
	notices := make([]Notice, len(to))
	for i, party := range to {
		notices[i] = Notice{ID: c.ID + "." + party, Kind: NoticeCorrected, To: party, Step: n.ID, At: d.now, Text: strings.Join(lines, "；") + "。" + c.Reason}
	}
	return notices
}

// fieldTitle is what those who are told call a corrected text.
func (d *decider) fieldTitle(n *definition.Node, c *Correction, field string) string {
	title, ok := map[string]string{fieldReason: "理由", fieldBasis: "法律依据", fieldNumber: "编号"}[field]
	switch {
	case !d.s.since(10):
		return field
	case ok:
		return title
	}
	gives := n.Decide.Gives // only a result has data
	i := slices.IndexFunc(gives, func(o definition.Output) bool { return o.ID == c.Output })
	return definition.FieldTitle(gives[i].Data, strings.Split(strings.TrimPrefix(field, fieldData), "."))
}

// inWords writes a value as people read it.
func inWords(v any) string {
	if text, ok := v.(string); ok {
		return "“" + text + "”"
	}
	return encode(v)
}

// correctionRows lists the corrections in the dossier.
func correctionRows(_ *Rules, s *State) []DossierRow {
	var rows []DossierRow
	for i := range s.Corrections {
		c := s.Corrections[i]
		rows = append(rows, DossierRow{Kind: DossierCorrection, ID: c.ID, Step: c.Step, Org: c.Org, Status: string(TaskDone), At: c.At, Correction: &c})
	}
	return rows
}
