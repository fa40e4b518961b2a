package engine_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Random definitions: every shape of process the language can write with the
// steps this engine runs, references pointing upward only.

type builder struct {
	t       *rapid.T
	def     *definition.Definition
	n       int
	above   []string // ended-before candidates: ids of steps written above
	outputs []string
	visits  []string // written above, wherever: any step below may need them
	parties []string
}

func wd(n int) calendar.Period { return calendar.Period{Amount: n, Unit: calendar.WorkingDays} }

func limitOf(n int, late string) *definition.Limit {
	return &definition.Limit{Times: []definition.TimedPeriod{{Time: wd(n)}}, From: "start", Late: late}
}

var questions = []string{"q1", "q2", "q3"}

func randomDefinition(t *rapid.T) *definition.Definition {
	b := &builder{t: t, parties: []string{"market", "fire", "eco", "city"}}
	b.def = &definition.Definition{
		Language: "lianban/v1",
		Item: definition.Item{
			Code: "R1", Name: "随机事项", Version: "1", Effective: "2026-01-01", Type: definition.Licence, Level: "county",
			Handling: pick(b, "promised", "promised", "promised", "instant"), Mode: "joint", Lead: "market", Basis: []definition.Article{{Law: "行政许可法"}},
			Channels: []string{"window", "online"}, Originals: pick(b, "never", "acceptance", "collection", "collection"), Agents: rapid.Bool().Draw(t, "agents"),
			Statutory: &definition.Limit{Times: []definition.TimedPeriod{{Time: wd(45)}}, From: "acceptance", Late: "mark",
				Extend: &definition.Extension{Time: wd(15), Role: "government-head", Times: 1}},
			Promised: &definition.Limit{Times: []definition.TimedPeriod{{When: "q1", Time: wd(9)}, {Time: wd(13)}},
				From: pick(b, "acceptance", "receipt", "form.since", "receive", "decision"), Late: "mark"},
		},
		Parties: []definition.Party{
			{ID: "hall", Name: "综合窗口", Kind: "hall"}, {ID: "market", Name: "市场", Kind: "department"},
			{ID: "fire", Name: "消防", Kind: "department"}, {ID: "eco", Name: "环境", Kind: "department"}, {ID: "city", Name: "城管", Kind: "department"},
		},
		Situations: []definition.Situation{
			{ID: "q1", Ask: "一？", Type: "boolean"}, {ID: "q2", Ask: "二？", Type: "boolean"},
			{ID: "q3", Ask: "三？", Type: "boolean", When: "q1"},
		},
		Pauses: []definition.Pause{
			{ID: "expert", Kind: "expert-review", Stops: []string{"statutory", "promised"}, Max: wd(6), Notice: "告知书", Basis: []definition.Article{{Law: "行政许可法"}}},
			{ID: "law", Kind: "testing", Stops: []string{"statutory"}, Max: calendar.Period{Amount: 1, Unit: calendar.Months}, Notice: "告知书", Basis: []definition.Article{{Law: "行政许可法"}}},
			{ID: "site", Kind: "site-visit", Stops: []string{"promised"}, Max: calendar.Period{Amount: 5, Unit: calendar.CalendarDays}},
			{ID: "quick", Kind: "other", Stops: []string{"promised"}, Max: calendar.Period{Amount: 50, Unit: calendar.Hours}},
			{ID: "heard", Kind: "hearing", Stops: []string{"statutory", "promised"}, Max: wd(20), Notice: "特殊程序期限告知书"},
		},
		Form: map[string]any{"type": "object", "properties": map[string]any{
			"site": map[string]any{"type": "object", "properties": map[string]any{"street": map[string]any{"type": "string"}}}, "since": map[string]any{"type": "string"},
			"owners": map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
		}},
		Conditions: []definition.Condition{
			{ID: "c1", Text: "条件", Basis: []definition.Article{{Law: "法"}}},
			{ID: "c2", Text: "条件二", Basis: []definition.Article{{Law: "法"}}, When: "q2"},
		},
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "papers") {
		m := definition.Material{
			ID: fmt.Sprintf("p%d", i+1), Name: "材料", Basis: []definition.Article{{Law: "法"}},
			From: b.sources(), Form: pick(b, "electronic", "copy", "copy", "original"), Count: pick(b, 1, 1, 2), SignedBy: b.signers(), When: b.when(),
		}
		switch pick(b, "", "", "defer", "letter") {
		case "defer":
			m.Defer = &definition.Defer{Before: pick(b, "conclude", "handOut"), Time: wd(3), Late: pick(b, "mark", "lapse", "revoke"), Extend: b.onRequest()}
		case "letter":
			m.Letter = &definition.LetterInLieu{Before: pick(b, "", "conclude"), Time: wd(4)}
		}
		b.def.Materials = append(b.def.Materials, m)
	}
	if rapid.IntRange(0, 3).Draw(t, "actFirst") == 0 {
		b.def.ActFirst = &definition.ActFirst{When: "q2", Time: wd(1), From: pick(b, "form.done", "form.since"), Basis: []definition.Article{{Law: "法"}}}
	}
	for range rapid.IntRange(0, 1).Draw(t, "promises") {
		b.def.Commitments = append(b.def.Commitments, definition.Commitment{
			ID: "k1", When: pick(b, definition.Expr("q2"), "not q2", "q1 and q3"), Step: "conclude", Text: "承诺书",
			Replaces: []string{fmt.Sprintf("p%d", rapid.IntRange(1, len(b.def.Materials)).Draw(t, "replaced"))},
			Basis:    []definition.Article{{Law: "法"}},
		})
	}
	intake := &definition.Step{Kind: definition.KindIntake, ID: "receive", By: "hall", Limit: limitOf(5, "accept"),
		Intake: &definition.Intake{Answer: &definition.Answer{Time: wd(10)}}}
	intake.Limit.From = "receipt"
	if rapid.Bool().Draw(t, "preReview") {
		p := pick(b, wd(1), wd(2), calendar.Period{Amount: 30, Unit: calendar.Hours})
		intake.Intake.PreReview = &p
	}
	from := pick(b, "receipt", "gap", "none")
	if from != "none" {
		intake.Intake.Collect = &definition.Collect{Time: pick(b, wd(2), wd(2), wd(8)), From: from} // the long one is cut to what the intake leaves
	}
	intake.Intake.Answer.Extend = b.onRequest()
	intake.Intake.Answer.Late, intake.Intake.Answer.From = pick(b, "lapse", "mark", "ask"), pick(b, "", "delivery")
	if from == "gap" && intake.Intake.Answer.Late == "lapse" {
		intake.Intake.Answer.Late = "mark"
	}
	b.def.Process = append(b.def.Process, intake)
	last := ""
	for range rapid.IntRange(1, 3).Draw(t, "stages") {
		s := b.step(2, false)
		b.def.Process = append(b.def.Process, s)
		b.above = append(b.above, s.ID)
		if s.Kind != definition.KindDecide {
			last = s.ID
		}
	}
	conclude := &definition.Step{Kind: definition.KindDecide, ID: "conclude", By: "market", Limit: limitOf(2, "mark"),
		Decide: &definition.Decide{Work: definition.Work{Chain: b.chain(), Pauses: b.pauses()}, Item: definition.Matter{Name: "结论", Type: definition.Licence}, Times: 2}}
	if last != "" {
		conclude.Decide.Back = []string{last}
	}
	if rapid.SampledFrom([]bool{true, true, true, false}).Draw(t, "concludes with a result") { // what checks afterwards and orders are about
		conclude.Decide.Gives = []definition.Output{{ID: "result", Kind: "certificate", Name: "结果"}}
		b.outputs = append(b.outputs, "result")
	}
	issueLimit := limitOf(10, "mark")
	issueLimit.From = "decision"
	b.def.Process = append(b.def.Process, conclude, &definition.Step{
		Kind: definition.KindIssue, ID: "handOut", By: "hall", Limit: issueLimit,
		Issue: &definition.Issue{Ways: []string{"counter", "courier"}, Outputs: pick(b, "together", "as-ready")},
	})
	b.duties()
	if rapid.Bool().Draw(b.t, "rating") {
		b.def.Item.Rating = &definition.Rating{Open: calendar.Period{Amount: 9, Unit: calendar.CalendarDays}, FollowUp: wd(5), By: pick(b, b.parties...)}
	}
	return b.def
}

// sources are where a paper comes from: what others have comes before the applicant, who may always bring it.
func (b *builder) sources() []definition.Source {
	own := definition.Source{Name: "applicant"}
	return pick(b, []definition.Source{own}, []definition.Source{{Data: "register"}, own}, []definition.Source{{Name: "library"}, own},
		[]definition.Source{{Name: "e-licence"}, own}, []definition.Source{{Name: "e-licence"}, {Name: "library"}, own}, []definition.Source{{Party: "fire"}, own}, []definition.Source{{Party: "fire"}, {Data: "register"}, own})
}

// signers are those whose signatures a paper needs.
func (b *builder) signers() []string {
	return pick(b, nil, nil, []string{"applicant"}, []string{"applicant", "form.owners"}, []string{"form.owners"})
}

// duties are obligations from acceptance, decision, a stage or an output, before
// a step that comes after that, before the closing, or beyond it.
func (b *builder) duties() {
	for i := range rapid.SampledFrom([]int{0, 1, 1, 2, 2}).Draw(b.t, "duties") {
		from := pick(b, append([]string{"acceptance", "decision"}, append(slices.Clone(b.above), b.outputs...)...)...)
		d := definition.Duty{
			ID: fmt.Sprintf("t%d", i+1), Name: "义务", By: pick(b, append([]string{"applicant"}, b.parties...)...), When: b.when(),
			Limit: limitOf(4, "mark"), Before: pick(b, "", "closing", "handOut", "conclude"), Late: pick(b, "mark", "revoke"),
			Basis: []definition.Article{{Law: "法"}},
		}
		d.Limit.From = from
		if (from == "decision" || from == "result") && d.Before == "conclude" {
			d.Before = "handOut"
		}
		if len(b.outputs) > 0 {
			d.Affects = pick(b, b.outputs...)
			if rapid.SampledFrom([]bool{true, true, true, false}).Draw(b.t, "fix") {
				d.Fix = &definition.Fix{Time: pick(b, wd(5), wd(5), calendar.Period{Amount: 6, Unit: calendar.CalendarDays}, calendar.Period{Amount: 1, Unit: calendar.Months}),
					Notice: wd(3), Recheck: pick(b, wd(3), calendar.Period{Amount: 30, Unit: calendar.Hours}), Times: rapid.IntRange(1, 2).Draw(b.t, "orders"),
					Extend: pick(b, nil, &definition.MoreToFix{Time: wd(2), Role: "handle", Times: 1}, &definition.MoreToFix{Time: calendar.Period{Amount: 3, Unit: calendar.CalendarDays}, Role: "lead", Times: 2})}
			}
			if rapid.IntRange(0, 2).Draw(b.t, "delivered") == 0 {
				d.Limit.From, d.Before = "delivery."+pick(b, b.outputs...), pick(b, "", "closing")
			}
		}
		b.def.Duties = append(b.def.Duties, d)
	}
}

func pick[T any](b *builder, options ...T) T {
	return options[rapid.IntRange(0, len(options)-1).Draw(b.t, "pick")]
}

func (b *builder) when() definition.Expr {
	return pick(b, definition.Expr(""), "", "q1", "not q2", "q1 and q3")
}

// limit is a step's: of any unit, mostly from its start, now and then from
// something that happened before, to be extended or not.
func (b *builder) limit(n int, late string) *definition.Limit {
	l := limitOf(n, late)
	if rapid.IntRange(0, 3).Draw(b.t, "unit") == 0 {
		l.Times[0].Time = pick(b, calendar.Period{Amount: n, Unit: calendar.CalendarDays}, calendar.Period{Amount: 20 * n, Unit: calendar.Hours},
			calendar.Period{Amount: 1, Unit: calendar.Months}, calendar.Period{Amount: 1, Unit: calendar.Years})
	}
	if rapid.IntRange(0, 3).Draw(b.t, "from") == 0 {
		l.From = pick(b, append(append([]string{"receipt", "acceptance", "form.since", "receive"}, b.above...), b.outputs...)...)
	}
	if rapid.IntRange(0, 2).Draw(b.t, "extends") == 0 {
		l.Extend = &definition.Extension{Role: "organ-head", Times: 2,
			Time: pick(b, wd(4), calendar.Period{Amount: 3, Unit: calendar.CalendarDays}, calendar.Period{Amount: 30, Unit: calendar.Hours})}
	}
	return l
}

// warn is when a step's people are told that its time is going: as nobody says, once, or several times.
func (b *builder) warn() definition.Warnings {
	cd, h := func(n int) calendar.Period { return calendar.Period{Amount: n, Unit: calendar.CalendarDays} }, func(n int) calendar.Period { return calendar.Period{Amount: n, Unit: calendar.Hours} }
	return pick(b, nil, nil, nil, definition.Warnings{wd(2)}, definition.Warnings{cd(3)}, definition.Warnings{wd(5), wd(3), wd(1)},
		definition.Warnings{h(4), cd(4), wd(2)}, definition.Warnings{wd(9), h(30), cd(1), wd(1), h(1)})
}

// onRequest is more time for the applicant, or none.
func (b *builder) onRequest() *definition.OnRequest {
	return pick(b, nil, &definition.OnRequest{Time: wd(2), Role: "clerk", Times: 2}, &definition.OnRequest{Time: calendar.Period{Amount: 3, Unit: calendar.CalendarDays}, Role: "lead", Times: 1})
}

// pauses are the grounds a step may stop its clocks by.
func (b *builder) pauses() []string {
	return pick(b, nil, []string{"expert"}, []string{"site", "quick"}, []string{"expert", "law", "site", "quick"})
}

func (b *builder) id(kind string) string {
	b.n++
	return fmt.Sprintf("%s%d", kind, b.n)
}

func (b *builder) chain() []definition.Link {
	one := func(roles ...string) definition.Link {
		l := definition.Link{}
		for _, r := range roles {
			l.Roles = append(l.Roles, definition.RoleLimit{Role: r})
		}
		return l
	}
	d := wd(1)
	timed := one("handle")
	timed.Roles[0].Time = &d
	mode := func(l definition.Link, mode string, share int) definition.Link {
		l.Mode, l.Share = mode, share
		return l
	}
	two := one("check", "check", "approve")
	two.Roles[0].Time, two.Roles[1].Time, two.Roles[2].Weight = &d, &d, 2
	return pick(b, []definition.Link{one("handle")}, []definition.Link{timed, one("check"), one("approve")},
		[]definition.Link{one("handle"), one("check", "approve")},
		[]definition.Link{one("handle"), mode(one("check", "approve"), definition.LinkAny, 0)},
		[]definition.Link{timed, mode(two, definition.LinkShare, pick(b, 1, 2, 3)), one("approve")},
		[]definition.Link{mode(one("handle", "check"), definition.LinkAny, 0), mode(two, definition.LinkOrder, 0)},
		[]definition.Link{mode(two, definition.LinkOrder, 0), mode(one("approve", "check"), definition.LinkAny, 0), one("approve")})
}

func (b *builder) reads() []string {
	var ids []string
	for _, m := range b.def.Materials {
		if rapid.Bool().Draw(b.t, "reads") {
			ids = append(ids, m.ID)
		}
	}
	if rapid.IntRange(0, 3).Draw(b.t, "readsForm") == 0 {
		ids = append(ids, pick(b, "form.site", "form.site.street"))
	}
	for _, a := range b.above {
		if rapid.IntRange(0, 3).Draw(b.t, "readsStep") == 0 {
			ids = append(ids, a)
		}
	}
	for _, o := range b.outputs {
		if rapid.IntRange(0, 3).Draw(b.t, "readsOutput") == 0 {
			ids = append(ids, o)
		}
	}
	return ids
}

// step makes a random step; branch steps may have after and optional.
func (b *builder) step(depth int, branch bool) *definition.Step {
	kind := rapid.IntRange(0, 6).Draw(b.t, "kind")
	if depth == 0 && (kind == 2 || kind == 3) {
		kind %= 2
	}
	s := &definition.Step{When: b.when(), Warn: b.warn()}
	if branch {
		s.Optional = rapid.IntRange(0, 3).Draw(b.t, "optional") == 0
	}
	switch kind {
	case 0:
		s.Kind, s.ID, s.By, s.Reads = definition.KindReview, b.id("r"), pick(b, b.parties...), b.reads()
		s.Limit = b.limit(3, pick(b, "mark", "agree"))
		s.Review = &definition.Work{Chain: b.chain(), Checks: []string{"c1", "c2"}, Pauses: b.pauses()}
	case 1:
		s.Kind, s.ID, s.By, s.Reads = definition.KindDecide, b.id("d"), pick(b, b.parties...), b.reads()
		s.Limit = b.limit(5, pick(b, "mark", "mark", "grant"))
		s.Decide = &definition.Decide{Work: definition.Work{Chain: b.chain(), Pauses: b.pauses()}, Item: definition.Matter{Name: "决定", Type: definition.Licence}, Times: 2,
			Statutory: &definition.Limit{Times: []definition.TimedPeriod{{Time: wd(20)}}, From: "start", Late: "mark", Extend: &definition.Extension{Time: wd(10), Role: "organ-head", Times: 1}}}
		if rapid.Bool().Draw(b.t, "examines") {
			s.Decide.Checks = []string{"c1"}
		}
		if rapid.Bool().Draw(b.t, "gives") {
			out := "o" + s.ID
			if i := rapid.IntRange(0, 4).Draw(b.t, "paperOutput"); i < len(b.def.Materials) && !slices.Contains(b.outputs, b.def.Materials[i].ID) && !slices.Contains(s.Reads, b.def.Materials[i].ID) {
				out = b.def.Materials[i].ID
			}
			s.Decide.Gives = []definition.Output{{ID: out, Kind: "certificate", Name: "证"}}
			defer func() { b.outputs = append(b.outputs, out) }()
		}
	case 2:
		s.Kind, s.ID = definition.KindSequence, b.id("s")
		s.Sequence = &definition.Sequence{}
		var targets []string
		for range rapid.IntRange(1, 3).Draw(b.t, "steps") {
			c := b.step(depth-1, false)
			s.Sequence.Steps = append(s.Sequence.Steps, c)
			if c.Publicity != nil && len(targets) > 0 && rapid.Bool().Draw(b.t, "backPosting") {
				c.Publicity.Back = slices.Clone(targets)
			}
			if c.Kind != definition.KindDecide {
				targets = append(targets, c.ID)
			} else if rapid.Bool().Draw(b.t, "back") {
				c.Decide.Back = slices.Clone(targets)
			}
		}
		s.Limit = b.limit(8, "mark")
	case 4:
		b.visit(s)
	case 6:
		s.Kind, s.ID, s.By, s.Reads = definition.KindHearing, b.id("h"), pick(b, b.parties...), b.reads()
		s.Hearing = &definition.Hearing{Required: rapid.Bool().Draw(b.t, "required"), Chair: pick(b, "", "organ-head"), Pause: "heard", From: pick(b, "", "delivery")}
	case 5:
		s.Kind, s.ID, s.By, s.Reads = definition.KindPublicity, b.id("u"), pick(b, b.parties...), b.reads()
		s.Publicity = &definition.Publicity{Time: pick(b, wd(3), calendar.Period{Amount: 7, Unit: calendar.CalendarDays}), Where: []string{"site"}, Shows: []string{"form.site"}, Pause: pick(b, "", "site"), Times: 2}
	default:
		s.Kind, s.ID = definition.KindParallel, b.id("b")
		s.Parallel = &definition.Parallel{Objection: pick(b, "finish", "stop", "lead")}
		var siblings, given []string
		for range rapid.IntRange(1, 4).Draw(b.t, "branches") {
			c := b.step(depth-1, true)
			for _, sib := range append(slices.Clip(siblings), given...) {
				if rapid.IntRange(0, 3).Draw(b.t, "after") == 0 {
					c.After = append(c.After, sib)
				}
			}
			siblings = append(siblings, c.ID)
			if c.Decide != nil {
				for _, o := range c.Decide.Gives {
					given = append(given, o.ID)
				}
			}
			s.Parallel.Branches = append(s.Parallel.Branches, c)
		}
		s.Parallel.Passes = definition.Expr(pick(b, "", "", "", fmt.Sprintf("objected(%q) == 0", s.ID), fmt.Sprintf("agreed(%q) > 0", s.ID)))
		s.Optional = s.Optional && branch
		s.Limit = b.limit(10, "mark")
	}
	if !b.group(s) {
		for _, a := range append(slices.Clip(b.above), b.visits...) {
			if a == s.ID {
				continue
			}
			if rapid.IntRange(0, 5).Draw(b.t, "need") == 0 {
				s.Needs = append(s.Needs, definition.Need{ID: a, When: b.when()})
			}
		}
		if len(s.Needs) > 0 && s.Limit != nil && s.Limit.Late == "grant" {
			s.Limit.Late = "mark"
		}
	}
	return s
}

func (b *builder) group(s *definition.Step) bool {
	return s.Kind == definition.KindParallel || s.Kind == definition.KindSequence
}

// visit makes a step a visit: with parties of its own, or of the steps that need it.
func (b *builder) visit(s *definition.Step) {
	s.Kind, s.ID, s.By, s.Reads = definition.KindVisit, b.id("v"), pick(b, b.parties...), b.reads()
	s.Limit = limitOf(4, "mark")
	recheck := wd(2)
	s.Visit = &definition.Visit{Inspectors: 2, Pause: pick(b, "", "site"), Rounds: rapid.IntRange(1, 2).Draw(b.t, "rounds"), Recheck: &recheck}
	for _, p := range b.parties {
		if rapid.IntRange(0, 2).Draw(b.t, "attends") == 0 {
			s.Visit.Parties = append(s.Visit.Parties, p)
		}
	}
	if rapid.Bool().Draw(b.t, "rectify") {
		s.Visit.Rectify = &definition.Rectify{Time: wd(3), Pause: pick(b, "", "site")}
	}
	b.visits = append(b.visits, s.ID)
}

// people of the random cases: one of each role in every organisation.
func person(party, role string, nth int) engine.Actor {
	return engine.Actor{Kind: engine.Person, ID: fmt.Sprintf("%s-%s-%d", party, role, nth), Org: party, Roles: []string{role}}
}

func (w *world) anyone(t *rapid.T) engine.Actor {
	if rapid.IntRange(0, 9).Draw(t, "applicant") == 0 {
		return engine.Actor{Kind: engine.Applicant}
	}
	party := rapid.SampledFrom([]string{"hall", "market", "fire", "eco", "city", "gov", "watch"}).Draw(t, "party")
	role := "clerk"
	switch party {
	case "hall":
	case "gov":
		role = "government-head"
	case "watch":
		role = "supervisor"
	default:
		role = rapid.SampledFrom([]string{"handle", "check", "approve", "organ-head", "lead"}).Draw(t, "role")
	}
	return person(party, role, rapid.IntRange(1, 2).Draw(t, "nth"))
}

// forTask is somebody who may do a task.
func forTask(t *rapid.T, task engine.Task) engine.Actor {
	if task.Party == "applicant" {
		return engine.Actor{Kind: engine.Applicant}
	}
	role := task.Role
	if role == engine.RoleLead {
		role = "approve"
	}
	by := person(task.Party, role, rapid.IntRange(1, 4).Draw(t, "nth"))
	if task.Signer != "" {
		by.ID = task.Signer
	}
	return by
}

type world struct {
	rules *engine.Rules
	told  *chronicle // the second opinion on every date
	kept  map[string]time.Time
	state *engine.State
	filed *engine.State  // as it was filed
	form  map[string]any // of the filing, before there is a state
	log   []engine.Event
	now   time.Time
	acts  int
	hasty int             // verdicts refused because a condition was not worked through
	seen  map[string]int  // what occurred, by name; nil: nobody counts
	idle  map[string]bool // the tasks of orders whose time the holder lets pass, and of requests nobody answers
}

// saw counts what a random case came to.
func (w *world) saw(what string, is bool) {
	if is && w.seen != nil {
		w.seen[what]++
	}
}

func hashOf(n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "paper %d", n))
	return hex.EncodeToString(sum[:])
}

func (w *world) paper(id string) engine.PaperIn {
	w.acts++
	form := w.form
	if w.state != nil {
		form = w.state.Form
	}
	return engine.Whole(w.rules, form, engine.PaperIn{ID: id, Hash: hashOf(w.acts)})
}
