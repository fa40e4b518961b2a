package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/definition"
)

// Opinions put to a decide (rule 3.4.3): those above it in its sequence and in
// every sequence around it, and those its place in a parallel waits for. It decides
// against one that disagrees by an act of its own, of whoever signs the decision:
// with a reason, told to the opinion's party at once. The opinion stays as it was
// given. What another department has decided is no opinion: its denial stands.

// OverrideOpinion decides against an opinion. A grant that gives the reasons itself
// does it, too.
const OverrideOpinion Act = "override"

var (
	overrideActs   = []Act{OverrideOpinion}
	overrideJudges = map[Act]judge{OverrideOpinion: judgeOverride}
	overrideBodies = []newBody{body[OpinionOverridden]()}
)

// Overridden is an opinion a decide goes against. An opinion given again is another
// one: only that of Round is overridden.
type Overridden struct {
	Opinion string    `json:"opinion"`
	Round   int       `json:"round"`
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason"`
}

// OpinionOverridden records that a decide goes against an opinion, and tells its party.
type OpinionOverridden struct {
	Step    string `json:"step"` // the decide
	Opinion string `json:"opinion"`
	Round   int    `json:"round"`
	Reason  string `json:"reason"`
	Notice  Notice `json:"notice"`
}

// Type is the name in the log.
func (OpinionOverridden) Type() string { return "OpinionOverridden" }

func (b OpinionOverridden) apply(s *State, e *Event) {
	st := s.must(b.Step)
	st.Overridden = add(st.Overridden, Overridden{Opinion: b.Opinion, Round: b.Round, By: e.By.ID, At: e.At, Reason: b.Reason})
	s.Notices = add(s.Notices, b.Notice)
}

// precedes says whether m comes before a decide and speaks to it.
func (d *decider) precedes(m, n *definition.Node) bool {
	for at := n; at.Parent != nil && !m.Within(at); at = at.Parent {
		waits := func(id string) bool { x := d.r.node(d.s, id); return x != nil && m.Within(x) }
		switch {
		case slices.ContainsFunc(at.After, waits), slices.ContainsFunc(at.Needs, func(x definition.Need) bool { return waits(x.ID) }):
			return true
		case at.Parent.Kind != definition.KindParallel && m != at.Parent && m.Within(at.Parent) && childOf(at.Parent, m).Index < at.Index:
			return true
		}
	}
	return false
}

// disagreeing lists the opinions put to a decide that disagree, and that it has not
// decided against yet.
func (d *decider) disagreeing(n *definition.Node) []*definition.Node {
	var found []*definition.Node
	for _, m := range d.nodes() {
		if d.disagrees(m) && !d.overrode(n, m) && d.precedes(m, n) {
			found = append(found, m)
		}
	}
	return found
}

func (d *decider) disagrees(m *definition.Node) bool {
	st := d.st(m)
	return m.Kind == definition.KindReview && st.Status == Ended && st.End == EndDisagree
}

func (d *decider) overrode(n, m *definition.Node) bool {
	return slices.ContainsFunc(d.st(n).Overridden, func(o Overridden) bool { return o.Opinion == m.ID && o.Round == d.st(m).Round })
}

// conditional lists the opinions put to a decide whose conditions no decide before
// it has dealt with.
func (d *decider) conditional(n *definition.Node) []*definition.Node {
	var found []*definition.Node
	for _, m := range d.nodes() {
		st := d.st(m)
		if m.Kind != definition.KindReview || st.Status != Ended || st.End != EndAgreeWith || st.Verdict == nil || !d.precedes(m, n) {
			continue
		}
		if !slices.ContainsFunc(d.nodes(), func(x *definition.Node) bool {
			v := d.st(x).Verdict
			return v != nil && v.End.Granted() && !v.At.Before(st.EndedAt) && slices.ContainsFunc(v.Takes, func(t Take) bool { return t.Step == m.ID }) && d.precedes(x, n)
		}) {
			found = append(found, m)
		}
	}
	return found
}

// overriding is the open decide an act of overriding belongs to: the one named, or
// the only one the actor signs.
func (d *decider) overriding(cmd *Command) (*definition.Node, *Rejection) {
	if cmd.Step != "" {
		return d.r.node(d.s, cmd.Step), nil
	}
	var found []*definition.Node
	for _, n := range d.r.Plan.Nodes {
		if n.Decide != nil && d.st(n).Status == Open && d.signs(cmd.By, n) {
			found = append(found, n)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, reject(NotOpen, "现在没有由您作出的决定", "no decision is yours to make now").want("an open decide", "none").at("step")
	}
	return nil, reject(BadData, "有多项进行中的决定，请指明环节", "several decisions are open; name the step").want("step", "none").at("step")
}

func judgeOverride(d *decider, cmd *Command) (func(), *Rejection) {
	n, rej := d.overriding(cmd)
	switch {
	case rej != nil:
		return nil, rej
	case n.Decide == nil:
		return nil, reject(WrongAct, "只有作决定的环节可以不采纳意见", "only a decide can go against an opinion").want("a decide", string(n.Kind)).at(n.ID)
	case !d.signs(cmd.By, n):
		return nil, reject(NotAllowed, "不采纳意见由作出决定的人决定", "whoever signs the decision decides against an opinion").
			want(n.By+"."+roles(n.Work().Chain[len(n.Work().Chain)-1]), cmd.By.String()).at(n.ID)
	case d.st(n).Status != Open:
		return nil, reject(NotOpen, "该环节未开启或已结束", "the step is not open").want("open", string(d.st(n).Status)).at(n.ID)
	}
	if rej := d.separate(cmd.By, n); rej != nil {
		return nil, rej
	}
	if len(cmd.Args.Overrides) == 0 {
		return nil, reject(BadData, "须写明不采纳哪项意见", "name the opinion decided against").want("overrides", "none").at("overrides")
	}
	for i, o := range cmd.Args.Overrides {
		if rej := d.overridable(n, o); rej != nil {
			return nil, rej
		}
		if slices.ContainsFunc(cmd.Args.Overrides[:i], func(x Override) bool { return x.Step == o.Step }) {
			return nil, reject(BadData, "“"+o.Step+"”重复", o.Step+" comes twice").at("overrides." + o.Step)
		}
	}
	return func() { d.goAgainst(n, cmd.Args.Overrides) }, nil
}

// overridable says whether a decide may go against what a step gave.
func (d *decider) overridable(n *definition.Node, o Override) *Rejection {
	at := "overrides." + o.Step
	m := d.r.node(d.s, o.Step)
	switch {
	case m == nil:
		return reject(NotFound, "本案没有环节“"+o.Step+"”", "this case has no step "+o.Step).at(at)
	case m.Decide != nil:
		return reject(Signed, "“"+m.ID+"”是其他机关的决定，不是意见，其不予许可不能被推翻", m.ID+" is a decision of its organ, no opinion: its denial stands").
			want("an opinion", string(m.Kind)).at(at).under("8")
	case m.Kind != definition.KindReview:
		return reject(WrongAct, "“"+m.ID+"”不提出意见", m.ID+" gives no opinion").want("a review", string(m.Kind)).at(at)
	case !d.precedes(m, n):
		return reject(WrongAct, "“"+m.ID+"”的意见不由本环节取舍", "the opinion of "+m.ID+" is not put to this step").want("an opinion before "+n.ID, m.ID).at(at)
	case !d.disagrees(m):
		return reject(NotOpen, "“"+m.ID+"”没有不同意", m.ID+" does not disagree").want(string(EndDisagree), cmp0(string(d.st(m).End), string(d.st(m).Status))).at(at)
	case d.overrode(n, m):
		return reject(NotOpen, "“"+m.ID+"”的意见已决定不采纳", "it was decided against "+m.ID+" before").want("an opinion that counts", "overridden").at(at)
	case strings.TrimSpace(o.Reason) == "":
		return reject(ReasonNeeded, "不采纳“"+m.ID+"”的意见须写明理由", "deciding against "+m.ID+" needs a reason").want("a reason", "none").at(at)
	}
	return nil
}

// goAgainst records each opinion decided against and tells its party in the same
// act: well within the ten working days it has.
func (d *decider) goAgainst(n *definition.Node, list []Override) {
	for _, o := range list {
		m := d.r.node(d.s, o.Step)
		nth := d.st(m).Round
		d.emit(OpinionOverridden{Step: n.ID, Opinion: m.ID, Round: nth, Reason: o.Reason, Notice: Notice{
			ID: "overridden." + m.ID + round(nth) + "." + n.ID, Kind: NoticeOverridden, To: m.By, Step: m.ID, At: d.now, Text: o.Reason,
		}})
	}
}

// against are the reasons of a grant for deciding against opinions: those of acts of
// their own before it, then its own, which are given of those that are left.
func (d *decider) against(n *definition.Node, in []Override) (all, given []Override) {
	for _, o := range d.st(n).Overridden {
		if m := d.r.node(d.s, o.Opinion); d.disagrees(m) && o.Round == d.st(m).Round {
			all = append(all, Override{Step: o.Opinion, Reason: o.Reason})
		}
	}
	for _, m := range d.disagreeing(n) {
		if i := slices.IndexFunc(in, func(o Override) bool { return o.Step == m.ID }); i >= 0 {
			given = append(given, in[i])
		}
	}
	return append(all, given...), given
}
