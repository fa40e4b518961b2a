package engine

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// open decides the filing of a case: who files, whether the version takes
// cases, the answers, the papers, the parties.
func open(r *Rules, cmd Command) Result {
	def, args := r.Plan.Def, &cmd.Args
	refuse := func(rej *Rejection) Result { return Result{Rejection: rej} }
	switch {
	case args.Number == "" || args.Region == "":
		return refuse(reject(BadData, "须有办件编号和行政区划", "a case number and a region are needed").at("number"))
	case !slices.Contains(def.Item.Channels, cmp0(args.Channel, "window")):
		return refuse(reject(BadData, "本事项不从“"+args.Channel+"”渠道受理", "this item does not take cases from channel "+args.Channel).
			want(strings.Join(def.Item.Channels, ", "), args.Channel).at("channel"))
	}
	day := calendar.DateOf(cmd.At)
	if from, err := calendar.ParseDate(def.Item.Effective); err != nil || day < from {
		return refuse(reject(NotYetEffective, "本版本自"+def.Item.Effective+"起施行，尚不接收申请", "this version takes cases from "+def.Item.Effective+" on").
			want("filed on or after "+def.Item.Effective, day.String()))
	}
	for _, p := range def.Parties {
		if cmd.Parties[p.ID] == "" {
			return refuse(reject(BadData, "通讯录中“"+p.Name+"”在本行政区划没有对应单位", "the directory names no organisation for party "+p.ID+" in this region").
				want("an organisation for "+p.ID, "none").at("parties." + p.ID))
		}
	}
	if rej := mayFile(r, &cmd); rej != nil {
		return refuse(rej)
	}
	answers, rej := r.answers(args.Answers, args.Form, args.Region, cmp0(args.Channel, "window"), day)
	if rej != nil {
		return refuse(rej)
	}
	s := &State{
		Engine: Version, Region: args.Region, Channel: cmp0(args.Channel, "window"), ReceivedAt: cmd.At, Answers: answers, Form: args.Form,
		Parties: make([]PartyOrg, len(def.Parties)),
	}
	for i := range def.Parties {
		id := def.Parties[i].ID
		s.Parties[i] = PartyOrg{Party: id, Org: cmd.Parties[id]}
	}
	d := deciders.Get().(*decider)
	defer d.forget()
	d.r, d.s, d.now, d.by, d.command, d.do = r, s, cmd.At, cmd.By, cmd.ID, cmd.Do
	papers := d.papersAtFiling()
	if rej := d.filer(&cmd); rej != nil {
		return refuse(rej)
	}
	signed, rej := d.promises(args)
	if rej != nil {
		return refuse(rej)
	}
	if papers, rej = d.take(papers, args.Papers); rej != nil {
		return refuse(rej)
	}
	if papers, rej = d.tried(papers, args.Tried); rej != nil {
		return refuse(rej)
	}
	offers, rej := r.offered(args.Offers, answers)
	if rej != nil {
		return refuse(rej)
	}
	papers, first, rej := d.tolerate(papers, args)
	if rej != nil {
		return refuse(rej)
	}
	if rej := d.cause(args, first); rej != nil {
		return refuse(rej)
	}
	undertaking, rej := d.undertaken(args, first)
	if rej != nil {
		return refuse(rej)
	}
	if rej := d.filingGate(papers); rej != nil {
		return refuse(rej)
	}
	filed := CaseFiled{
		Engine: Version, Number: args.Number, Item: def.Item.Code, Version: def.Item.Version, Definition: r.Plan.Hash,
		Calendar: r.Calendar.Version(), Region: s.Region, Channel: s.Channel, Answers: answers, Form: args.Form,
		Papers: papers, Parties: s.Parties, Offers: offers,
		Promises: signed, Credit: args.BadCredit, Agent: args.Agent, ActFirst: first,
		Examined: examines(r.Plan), Undertaking: undertaking, Cause: args.Cause,
	}
	for _, n := range r.Plan.Nodes {
		filed.Steps = append(filed.Steps, n.ID)
	}
	if filed.PreReview = previewed(d.intake(), s.Channel); !filed.PreReview {
		filed.Clocks = d.caseClocks("receipt", cmd.At)
	}
	d.s = &State{}
	d.emit(filed)
	d.settle()
	return d.result(nil)
}

// mayFile: the applicant himself through a channel without a clerk, or the desk.
func mayFile(r *Rules, cmd *Command) *Rejection {
	party := r.desk()
	org := cmd.Parties[party]
	switch {
	case cmd.By.Kind == Applicant && cmp0(cmd.Args.Channel, "window") != "window":
		return nil
	case cmd.By.may(org, r.deskRole(party)):
		return nil
	}
	return reject(NotAllowed, "只有受理窗口的工作人员可以收件", "only the receiving window may take cases in").
		want(party+"."+r.deskRole(party), cmd.By.String())
}

// answers checks the answers against the questions in written order and adds
// the derived ones: every asked question is answered, nothing else is.
func (r *Rules) answers(in, form map[string]any, region, channel string, day calendar.Date) (map[string]any, *Rejection) {
	out := make(map[string]any, len(in))
	env := r.filingEnv(out, form, region, channel, day)
	answered := 0
	for _, q := range r.Plan.Questions {
		given, has := in[q.ID]
		if q.IsP != nil {
			if has {
				return nil, badAnswer(q.ID, "“"+q.ID+"”由其他回答推出，不能填写", q.ID+" is derived from other answers and cannot be given").want("no answer", "an answer")
			}
			if v, err := q.IsP.Eval(env); err == nil {
				out[q.ID] = v
			}
			continue
		}
		asked := q.WhenP == nil || q.WhenP.Bool(env)
		switch {
		case !asked && has:
			return nil, badAnswer(q.ID, "按前面的回答，不需要回答“"+q.Ask+"”", q.ID+" is not asked after the answers before it").want("no answer", "an answer")
		case !asked:
			continue
		case !has:
			return nil, badAnswer(q.ID, "请回答“"+q.Ask+"”", q.ID+" is not answered").want(wanted(q.Situation), "none")
		}
		v, ok := answer(q.Situation, given)
		if !ok {
			return nil, badAnswer(q.ID, "“"+q.Ask+"”的回答不合要求", "the answer to "+q.ID+" is not of the kind asked for").want(wanted(q.Situation), kindOf(given))
		}
		out[q.ID] = v
		answered++
	}
	if answered < len(in) {
		for _, id := range slices.Sorted(maps.Keys(in)) {
			if !slices.ContainsFunc(r.Plan.Questions, func(q definition.Question) bool { return q.ID == id }) {
				return nil, badAnswer(id, "本事项没有问题“"+id+"”", "this item has no question "+id)
			}
		}
	}
	return out, nil
}

func badAnswer(id, zh, en string) *Rejection { return reject(BadAnswer, zh, en).at("answers." + id) }

// answer brings a given answer into canonical form: choices in written order.
func answer(q *definition.Situation, given any) (any, bool) {
	switch q.Type {
	case "boolean":
		b, ok := given.(bool)
		return b, ok
	case "number":
		f, ok := number(given)
		ok = ok && !math.IsNaN(f) && !math.IsInf(f, 0) && (q.Min == nil || f >= *q.Min) && (q.Max == nil || f <= *q.Max)
		return f, ok
	case "choice":
		s, ok := given.(string)
		return s, ok && slices.ContainsFunc(q.Options, func(o definition.Option) bool { return o.ID == s })
	case "choices":
		list, ok := given.([]any)
		if texts, is := given.([]string); is {
			for _, t := range texts {
				list = append(list, t)
			}
			ok = true
		}
		chosen := []any{}
		for _, o := range q.Options {
			if slices.Contains(list, any(o.ID)) {
				chosen = append(chosen, o.ID)
			}
		}
		return chosen, ok && len(chosen) == len(list) && len(list) > 0
	}
	return nil, false
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case uint64:
		return float64(n), true
	}
	return 0, false
}

// wanted says what an answer should be, for people and machines.
func wanted(q *definition.Situation) string {
	ids := make([]string, len(q.Options))
	for i, o := range q.Options {
		ids[i] = o.ID
	}
	switch q.Type {
	case "choice":
		return "one of " + strings.Join(ids, ", ")
	case "choices":
		return "a list of some of " + strings.Join(ids, ", ")
	case "number":
		w := "number"
		if q.Min != nil {
			w += fmt.Sprintf(" ≥ %v", *q.Min)
		}
		if q.Max != nil {
			w += fmt.Sprintf(" ≤ %v", *q.Max)
		}
		return w
	}
	return q.Type
}

// kindOf names the kind of a value without showing it: it may be personal.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "text"
	case []any, []string:
		return "list"
	case map[string]any:
		return "object"
	}
	if _, ok := number(v); ok {
		return "number"
	}
	return fmt.Sprintf("%T", v)
}

// papersAtFiling says of every paper of the guide whether this case asks for it,
// and from where: the output of a step of this case is awaited (3.7.1).
func (d *decider) papersAtFiling() []PaperState {
	env := d.filed()
	papers := make([]PaperState, 0, len(d.r.Plan.Papers))
	for i := range d.r.Plan.Papers {
		p := &d.r.Plan.Papers[i]
		st := PaperState{ID: p.ID, Status: PaperMissing}
		switch {
		case p.WhenP != nil && !p.WhenP.Bool(env):
			st.Status = PaperAbsent
		case d.promisedNow(p.ID):
			st.Status = PaperPromised
		case p.Giver != nil && d.maybePresent(p.Giver, env):
			st.Status = PaperAwaited
		}
		papers = append(papers, st)
	}
	return papers
}

// maybePresent says whether a step will be part of the case, or whether that
// cannot be known yet.
func (d *decider) maybePresent(n *definition.Node, env *definition.Env) bool {
	for ; n.Parent != nil; n = n.Parent {
		if n.WhenP != nil && !n.WhenP.Late && !n.WhenP.Bool(env) {
			return false
		}
	}
	return true
}

// take puts papers that were handed in into the list of papers. Only papers the
// guide asks for in this case are taken (行政许可法第三十一条). The list is the
// caller's own: it is changed in place, as by tried and tolerate.
func (d *decider) take(papers []PaperState, in []PaperIn) ([]PaperState, *Rejection) {
	for nth, p := range in {
		i := slices.IndexFunc(papers, func(s PaperState) bool { return s.ID == p.ID })
		where := "papers." + p.ID
		switch {
		case i < 0:
			return nil, reject(BadPaper, "办事指南中没有材料“"+p.ID+"”，不得收取", "the guide has no paper "+p.ID+"; it may not be taken").at(where).under("31")
		case slices.ContainsFunc(in[:nth], func(q PaperIn) bool { return q.ID == p.ID }):
			return nil, reject(BadPaper, "材料“"+p.ID+"”重复", "paper "+p.ID+" comes twice").at(where)
		case papers[i].Status == PaperAbsent:
			return nil, reject(BadPaper, "按本案情形不需要材料“"+p.ID+"”", "paper "+p.ID+" is not asked in this case").at(where).under("31")
		case papers[i].Status == PaperAwaited:
			return nil, reject(BadPaper, "材料“"+p.ID+"”由本案其他环节产生，不得要求提交", "paper "+p.ID+" is an output of this very case; it may not be asked for").at(where).under("31")
		}
		if papers[i].Status == PaperPromised {
			return nil, reject(BadPaper, "材料“"+p.ID+"”已由告知承诺代替，不得收取", "paper "+p.ID+" is replaced by the promise; it may not be taken").at(where).under("31")
		}
		if rej := d.worth(&p); rej != nil {
			return nil, rej
		}
		source, rej := d.source(p)
		if rej != nil {
			return nil, rej
		}
		if !digest(p.Hash) {
			return nil, reject(BadPaper, "材料“"+p.ID+"”须附文件摘要", "paper "+p.ID+" needs the SHA-256 of its file").want("64 hex digits", itoa(len(p.Hash))+" characters").at(where)
		}
		old := papers[i]
		next := PaperState{
			ID: p.ID, Status: PaperPresent, Source: source, Hash: p.Hash, Name: p.Name, Type: p.Type, Size: p.Size,
			At: d.now, Copies: p.Copies, SignedBy: p.SignedBy, Tried: old.Tried, Earlier: old.Earlier,
		}
		if rej := d.vouched(&next, &p); rej != nil {
			return nil, rej
		}
		if p.Letter {
			next.Status, next.Until = PaperLetter, d.lives(&p)
		}
		if old.Hash != "" {
			next.Earlier = add(old.Earlier, old.snapshot())
		}
		papers[i] = next
	}
	return papers, nil
}

// digest says whether a text is a SHA-256 in hex.
func digest(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return len(s) == 64
}

// source finds the guide's source a paper came from.
func (d *decider) source(p PaperIn) (string, *Rejection) {
	from := d.r.Plan.Paper(p.ID).From
	has := func(name string) bool {
		return slices.ContainsFunc(from, func(s definition.Source) bool { return s.String() == name })
	}
	switch {
	case p.Source != "":
		return p.Source, d.listed(p.ID, p.Source)
	case has("applicant") || len(from) == 0:
		return "applicant", nil
	}
	return from[0].String(), nil
}

// filingGate refuses a filing while the intake's needs are not there (3.3.7).
func (d *decider) filingGate(papers []PaperState) *Rejection {
	n := d.intake()
	if n == nil {
		return nil
	}
	env := d.filed()
	for i, need := range n.Needs {
		if n.NeedsP[i] != nil && !n.NeedsP[i].Bool(env) {
			continue
		}
		for _, p := range papers {
			if p.ID == need.ID && p.Status == PaperMissing {
				return reject(GateShut, "没有材料“"+p.ID+"”不能收件", "without paper "+p.ID+" the case cannot be filed").at("papers." + p.ID)
			}
		}
	}
	return nil
}

// Checklist says which papers a filing with these answers asks for, without
// filing it: the list the window shows. Only Answers, Form, Region and Channel
// of args are read; at is the day of filing.
func Checklist(r *Rules, args Args, at time.Time) ([]PaperState, *Rejection) {
	channel := cmp0(args.Channel, "window")
	answers, rej := r.answers(args.Answers, args.Form, args.Region, channel, calendar.DateOf(at))
	if rej != nil {
		return nil, rej
	}
	d := &decider{r: r, now: instant(at), s: &State{
		Region: args.Region, Channel: channel, ReceivedAt: instant(at), Answers: answers, Form: args.Form,
	}}
	return d.papersAtFiling(), nil
}
