package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/definition"
)

// The second opinion on every due time: it reads the log's bytes and the
// definition, and counts as a clerk would, day by day on a wall calendar. It shares
// nothing with the engine's clocks and calendar; what they agree on was found twice.

// wall is a calendar on the wall: the days that are written on it, the rest by weekday.
type wall map[string]bool // day → working

func (w wall) working(day time.Time) bool {
	if works, written := w[day.Format(time.DateOnly)]; written {
		return works
	}
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

var hall = time.FixedZone("hall", 8*3600)

// dayOf is the civil day of an instant, at 00:00 UTC.
func dayOf(t time.Time) time.Time {
	y, m, d := t.In(hall).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// startOf and endOf are the instants at which a civil day begins and is over.
func startOf(day time.Time) time.Time { return day.Add(-8 * time.Hour) }
func endOf(day time.Time) time.Time   { return day.Add(16 * time.Hour) }

var line = regexp.MustCompile(`\{(off|work): (\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?,`)

// readWall reads calendar files by their lines.
func readWall(t require.TestingT, folder string) wall {
	names, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	w := wall{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range line.FindAllStringSubmatch(string(text), -1) {
			if m[3] == "" {
				m[3] = m[2]
			}
			for day := m[2]; day <= m[3]; {
				w[day] = m[1] == "work"
				d, err := time.Parse(time.DateOnly, day)
				require.NoError(t, err)
				day = d.AddDate(0, 0, 1).Format(time.DateOnly)
			}
		}
	}
	return w
}

// off are days that are not counted: after from, up to and including to.
type off struct{ from, to time.Time }

func leftOut(day time.Time, offs []off) bool {
	return slices.ContainsFunc(offs, func(o off) bool { return day.After(o.from) && !day.After(o.to) })
}

// count finds the instant a time is over, day by day.
func (w wall) count(start time.Time, n int, unit string, offs []off) time.Time {
	day := dayOf(start)
	switch unit {
	case "h":
		at, left := start, time.Duration(n)*time.Hour
		for {
			if leftOut(dayOf(at), offs) { // the clock stands still until this day is over
				at = endOf(dayOf(at))
				continue
			}
			rest := endOf(dayOf(at)).Sub(at)
			if left <= rest {
				return at.Add(left)
			}
			at, left = at.Add(rest), left-rest
		}
	case "wd":
		for n > 0 {
			if day = day.AddDate(0, 0, 1); w.working(day) && !leftOut(day, offs) {
				n--
			}
		}
		return endOf(day)
	case "mo", "y":
		if unit == "y" {
			n *= 12
		}
		first := time.Date(day.Year(), day.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		end := first.AddDate(0, 0, day.Day()-1)
		if end.Month() != first.Month() {
			end = first.AddDate(0, 1, -1)
		}
		n = int(end.Sub(day).Hours()) / 24 // as so many days, of which none that is left out
	}
	for n > 0 {
		if day = day.AddDate(0, 0, 1); !leftOut(day, offs) {
			n--
		}
	}
	for !w.working(day) || leftOut(day, offs) {
		day = day.AddDate(0, 0, 1)
	}
	return endOf(day)
}

// measure is one limit being counted.
type measure struct {
	class  string
	step   string // "": the case
	start  time.Time
	amount int
	unit   string
	limit  *definition.Limit
	more   int // extensions
	born   int // sequence of the event it began with
	gone   []off
	cap    time.Time             // not later than this
	until  time.Time             // nor than this: what a letter says itself
	extend *definition.Extension // by what it may grow, where no limit says so
	own    bool                  // what the step itself stands still for: no pause stops it
	late   bool
	over   bool
	end    time.Time
	wall   string // version of the calendar it is counted by
}

type stop struct {
	step         string
	stops        []string
	began, ended int // sequences; 0: running
	off          off
	needing      []string // open steps that needed it when it began
	id           string
	pause        string
	from, till   time.Time // instants: when it began, and until when it runs as far as is known
}

type chronicle struct {
	plan    *definition.Plan
	walls   map[string]wall
	version string
	answers map[string]any
	form    map[string]any
	clocks  map[string]*measure
	stops   []*stop
	filed   time.Time
	// what the log has told so far
	accepted, complete, decided time.Time
	acceptedOn                  string
	acceptance                  string // command and time of the acceptance
	ends                        map[string]time.Time
	open                        map[string]bool
	done                        map[string]bool // ended after it had been open, not gone through again since
	round                       map[string]int
	needs                       map[string][]string
	given                       map[string]time.Time
	signed                      map[string]time.Time
	silent                      map[string]bool
	notices                     int
	noticed, inTime, unanswered bool
	letters                     map[string]time.Time      // when each came
	lives                       map[string]time.Time      // until when it may stand in
	arrivals                    map[string]time.Time      // when documents were delivered
	added                       map[string]string         // time of added opinions
	papers                      map[string]map[string]any // as the log has told them last
	fact                        fact
	last                        time.Time          // of the event before
	loads                       int                // calendars hung up later
	saw                         func(string, bool) // counts what occurs
}

// fact is an event as the log has it.
type fact struct {
	Seq     int            `json:"seq"`
	At      time.Time      `json:"at"`
	Type    string         `json:"type"`
	Command string         `json:"command"`
	Body    map[string]any `json:"body"`
}

// newChronicle is the account of a case before its first event.
func newChronicle(plan *definition.Plan, walls map[string]wall) *chronicle {
	return &chronicle{
		plan: plan, walls: walls, clocks: map[string]*measure{}, papers: map[string]map[string]any{}, letters: map[string]time.Time{}, lives: map[string]time.Time{}, arrivals: map[string]time.Time{}, ends: map[string]time.Time{}, open: map[string]bool{}, done: map[string]bool{},
		round: map[string]int{}, needs: map[string][]string{}, given: map[string]time.Time{}, signed: map[string]time.Time{},
		silent: map[string]bool{}, added: map[string]string{}, inTime: true, saw: func(string, bool) {},
	}
}

// hear takes one event of the log as its bytes stand there.
func (c *chronicle) hear(t require.TestingT, event []byte) {
	c.fact = fact{}
	require.NoError(t, json.Unmarshal(event, &c.fact))
	c.timely(t)
	c.read()
	c.ceases()
	c.paperwork(t)
	if c.fact.Type == "PauseBegan" {
		c.within(t, c.stops[len(c.stops)-1])
	}
	c.last = c.fact.At
}

func text(v any) string { s, _ := v.(string); return s }

func list(v any) []any { l, _ := v.([]any); return l }

func part(v any) map[string]any { m, _ := v.(map[string]any); return m }

func instantOf(v any) time.Time { t, _ := time.Parse(time.RFC3339Nano, text(v)); return t }

func civilDay(v any) time.Time { t, _ := time.Parse(time.DateOnly, text(v)); return t }

func texts(v any) []string {
	var out []string
	for _, x := range list(v) {
		out = append(out, text(x))
	}
	return out
}

func number(s string) (int, string) {
	n := 0
	i := 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n, s[i:]
}

func (c *chronicle) read() {
	b, at := c.fact.Body, c.fact.At
	if c.fact.Command == "" && slices.Contains([]string{"ClockOverdue", "ClockWarned", "WindowClosed", "PauseEnded"}, c.fact.Type) {
		c.acceptance = "" // time did something else: what opens now waited for more than acceptance
	}
	for _, p := range list(b["papers"]) {
		if p := part(p); p["status"] == "letter" {
			c.letter(text(p["id"]), instantOf(p["at"]), civilDay(p["until"]))
		}
	}
	switch c.fact.Type {
	case "CaseFiled":
		c.filed, c.answers, c.form, c.version = at, part(b["answers"]), part(b["form"]), text(b["calendar"])
		if b["preReview"] != true {
			c.cases("receipt")
		}
	case "PreReviewOpened", "PreReviewReturned", "PreReviewAnswered", "CaseReceived":
		c.preview(text(b["step"]))
	case "StepOpened", "StepReopened":
		c.opened(text(b["step"]), int(b["round"].(float64)), texts(b["needs"]), b)
	case "StepEnded":
		for _, h := range list(b["handOuts"]) {
			c.signed[text(part(h)["id"])] = instantOf(part(h)["at"])
			c.silent[text(part(h)["id"])] = part(h)["silent"] == true
		}
		for _, o := range list(b["outputs"]) {
			c.given[text(part(o)["id"])] = at
		}
		c.ended(text(b["step"]))
	case "StepsClosed", "StepAbsent", "StepDropped", "CaseWithdrawn":
		for _, id := range texts(b["steps"]) {
			if c.fact.Type == "StepsClosed" || c.fact.Type == "CaseWithdrawn" || c.open[id] {
				c.ended(id)
			}
			c.done[id] = c.done[id] && c.fact.Type != "StepAbsent" && c.fact.Type != "StepDropped"
		}
	case "Returned":
		c.ended(text(b["step"]))
		c.awaited(texts(b["redo"]))
	case "StepsAwaited":
		c.awaited(texts(b["steps"]))
	case "CaseRefused":
		c.ended(text(b["step"]))
	case "OpinionAdded":
		c.added[text(b["step"])] = text(part(b["added"])["time"])
	case "WindowOpened":
		c.window()
	case "WindowClosed":
		if m := c.clocks["collect"]; m != nil {
			m.over = true
		}
	case "NoticeSent":
		c.notices++
		if c.acceptedOn == "" {
			c.noticed, c.complete = true, time.Time{}
		}
		if n := c.plan.Nodes[0].Intake; n.Answer != nil && n.Answer.From == "delivery" {
			if m := c.clocks["answer"]; m != nil {
				m.over = true
			}
		} else if n.Answer != nil {
			c.begin("answer", &measure{class: "promised", step: text(b["step"]), start: at, extend: (*definition.Extension)(n.Answer.Extend)}, n.Answer.Time.String())
		}
	case "DeliveryProved":
		c.arrived(part(b["delivery"]), b["clock"] != nil)
	case "HandedOut":
		for _, id := range texts(b["items"]) {
			if b["way"] != "courier" {
				c.arrivals[id] = at
			}
		}
	case "AnswerOverdue":
		c.unanswered = c.acceptedOn == ""
	case "AnswerReceived":
		c.answered(b)
	case "CaseAccepted":
		c.ended(text(b["step"]))
		c.acceptedOn, c.acceptance = text(b["on"]), c.fact.Command+at.String()
		c.accepted = c.filed
		switch {
		case !c.complete.IsZero():
			c.accepted = c.complete
		case c.unanswered: // the last asked paper never came
			c.accepted = at
		}
		for _, id := range []string{"statutory", "promised"} { // counted from receipt, they begin anew
			if m := c.clocks[id]; m != nil && c.noticed && c.inTime && m.limit.From == "receipt" {
				m.start, m.late = c.accepted, false
				m.amount, m.unit = c.chosen(m.limit)
				m.wall = c.version
			}
		}
		c.cases("acceptance")
	case "LinkPassed", "LinkSentBack", "LinkRecalled", "StepTold", "SignerRemoved":
		c.links(b)
	case "HandOutReady":
		c.hands(text(b["step"]), b)
	case "RectificationAsked", "PointsRectified", "Posted", "PostingOver", "HearingTold", "HearingRequested":
		c.special(text(b["step"]), b)
	case "InterestedTold": // told now, everybody has the five days anew
		for id, m := range c.clocks {
			if strings.HasPrefix(id, m.step+".request") && !m.over && c.open[m.step] {
				m.start, m.wall = at, c.version
			}
		}
	case "OutcomeFixed":
		c.decided = at
		for _, id := range []string{"statutory", "promised"} {
			if m := c.clocks[id]; m != nil {
				m.over = true
			}
		}
	case "ClockOverdue":
		if m := c.clocks[text(b["clock"])]; m != nil {
			m.late = true
		}
		if text(b["clock"]) == c.plan.Nodes[0].ID {
			c.inTime = false
		}
	case "ClockExtended":
		c.clocks[text(part(b["clock"])["id"])].more++
	case "AnswersAmended":
		c.amended(b)
	case "MendedOnSpot":
		if part(b["answers"]) == nil {
			b["answers"] = c.answers
		}
		c.amended(b)
	case "CalendarLoaded":
		c.hung(text(b["version"]))
	case "RatingAsked":
		c.begin("applicant.rating", &measure{class: "promised", step: "rating", start: at}, c.plan.Def.Item.Rating.Open.String())
	case "DutyOpened":
		c.owed(part(b["duty"]), b["clock"] != nil)
	case "FixOrdered", "FixEnded":
		c.orderedTo(b)
	case "PauseBegan":
		run := part(b["run"])
		s := &stop{
			id: text(run["id"]), step: text(run["step"]), stops: texts(run["stops"]), began: c.fact.Seq, off: off{civilDay(run["from"]), civilDay(run["until"])},
			pause: text(run["pause"]), from: at, till: instantOf(run["planned"]),
		}
		for id, needs := range c.needs {
			if c.open[id] && slices.Contains(needs, s.step) {
				s.needing = append(s.needing, id)
			}
		}
		c.stops = append(c.stops, s)
	case "PauseEnded":
		for _, s := range c.stops {
			if s.id == text(b["run"]) {
				s.ended, s.off.to = c.fact.Seq, civilDay(b["until"])
				if at.Before(s.till) {
					s.till = at
				}
			}
		}
	}
	c.fromLater()
}

// preview starts and ends the times before the receipt.
func (c *chronicle) preview(step string) {
	for id, m := range c.clocks {
		if strings.HasPrefix(id, step+".pre") {
			m.over, m.end = true, c.fact.At
		}
	}
	n := c.plan.Node(step).Intake
	look := func(id string) {
		c.begin(step+id, &measure{class: "promised", step: step, start: c.fact.At}, n.PreReview.String())
	}
	switch c.fact.Type {
	case "PreReviewOpened":
		look(".preReview")
	case "PreReviewReturned":
		if n.Answer != nil {
			c.begin(step+".preAnswer", &measure{class: "promised", step: step, start: c.fact.At}, n.Answer.Time.String())
		}
	case "PreReviewAnswered":
		if a := part(c.fact.Body["answers"]); a != nil {
			c.answers = a
		}
		if f := part(c.fact.Body["form"]); f != nil {
			c.form = f
		}
		look(".preReview#2")
	case "CaseReceived":
		c.filed = c.fact.At
		c.cases("receipt")
	}
}

// arrived notes when a document came, and starts the time that waited for it.
func (c *chronicle) arrived(delivery map[string]any, starts bool) {
	id, at := text(delivery["id"]), instantOf(delivery["at"])
	c.arrivals[id] = at
	step := text(delivery["step"])
	switch {
	case !starts:
	case strings.HasPrefix(id, "correction"):
		c.begin("answer", &measure{class: "promised", step: step, start: at, extend: (*definition.Extension)(c.plan.Nodes[0].Intake.Answer.Extend)}, c.plan.Nodes[0].Intake.Answer.Time.String())
	default: // 行政许可法第四十七条
		c.begin(step+".request"+suffix(c.round[step]), &measure{class: "statutory", step: step, start: at, own: true}, "5wd")
	}
}

// begin starts a measure; time overrides what its limit says.
func (c *chronicle) begin(id string, m *measure, length string) {
	m.born, m.wall = c.fact.Seq, c.version
	switch {
	case length != "":
		m.amount, m.unit = number(length)
	default:
		m.amount, m.unit = c.chosen(m.limit)
	}
	c.clocks[id] = m
}

// chosen is the first time whose condition holds on the answers.
func (c *chronicle) chosen(l *definition.Limit) (int, string) {
	for _, t := range l.Times {
		name, denied := strings.CutPrefix(string(t.When), "not ")
		if value, answered := c.answers[name]; t.When == "" || answered && value == !denied {
			return number(t.Time.String())
		}
	}
	panic("a limit without a time")
}

// from is where a limit counts from, by now.
func (c *chronicle) from(l *definition.Limit) time.Time {
	now := c.fact.At
	switch {
	case l.From == "receipt":
		if c.acceptedOn != "" && c.noticed && c.inTime {
			return c.accepted
		}
		return c.filed
	case l.From == "acceptance":
		return c.accepted
	case strings.HasPrefix(l.From, "form."):
		v := text(c.form[strings.TrimPrefix(l.From, "form.")])
		if day, err := time.Parse(time.DateOnly, v); err == nil {
			return startOf(day)
		}
		if v == "" { // nobody has said when
			return now
		}
		return instantOf(v)
	case l.From == "decision" && !c.decided.IsZero():
		return c.decided
	}
	if at, ok := c.ends[l.From]; ok {
		return at
	}
	if at, ok := c.given[l.From]; ok {
		return at
	}
	if at, ok := c.arrivals[strings.TrimPrefix(l.From, "delivery.")]; ok {
		return at
	}
	return now
}

func (c *chronicle) caseLimit(id string) *definition.Limit {
	if id == "statutory" {
		return c.plan.Def.Item.Statutory
	}
	return c.plan.Def.Item.Promised
}

// cases starts the clocks of the case that begin with receipt or acceptance.
func (c *chronicle) cases(with string) {
	for _, id := range []string{"statutory", "promised"} {
		l := c.caseLimit(id)
		if l.From == with || with == "receipt" && strings.HasPrefix(l.From, "form.") {
			c.begin(id, &measure{class: id, start: c.from(l), limit: l}, "")
		}
	}
}

// fromLater starts those that begin with the end of a step, an output, or the decision.
func (c *chronicle) fromLater() {
	for _, id := range []string{"statutory", "promised"} {
		l := c.caseLimit(id)
		_, given := c.given[l.From]
		now := l.From == "decision" && !c.decided.IsZero() || c.decided.IsZero() && (c.done[l.From] || given)
		if c.clocks[id] == nil && now && c.fact.Type == "ClockStarted" {
			c.begin(id, &measure{class: id, start: c.from(l), limit: l}, "")
		}
	}
}

func (c *chronicle) ended(step string) {
	if c.open[step] {
		c.done[step] = true
	}
	c.open[step], c.ends[step] = false, c.fact.At
	for _, m := range c.clocks {
		if m.step == step && !m.over {
			m.over, m.end = true, c.fact.At
		}
	}
}

func (c *chronicle) awaited(steps []string) {
	for _, id := range steps {
		delete(c.ends, id)
		c.done[id] = false
	}
}

func suffix(round int) string {
	if round > 1 {
		return fmt.Sprintf("#%d", round)
	}
	return ""
}

func (c *chronicle) opened(step string, round int, needs []string, b map[string]any) {
	now := c.fact.At
	limit := func() {
		n := c.plan.Node(step)
		if n.Limit != nil {
			c.begin(step+suffix(round), &measure{class: "promised", step: step, start: c.from(n.Limit), limit: n.Limit}, "")
		}
	}
	n := c.plan.Node(step)
	switch {
	case n == nil: // an added opinion
		c.begin(step+suffix(round), &measure{class: "promised", step: step, start: now}, c.added[step])
	case n.Group():
		if m := c.clocks[step]; m != nil && round > 1 {
			m.over, m.wall, m.gone = false, c.version, append(m.gone, off{dayOf(m.end), dayOf(now)})
		} else {
			limit()
		}
	case n.Intake != nil:
		limit()
		if n.Intake.Collect != nil && n.Intake.Collect.From == "receipt" {
			c.window()
		}
	case n.Visit != nil || n.Publicity != nil || n.Hearing != nil:
		limit()
		if n.Hearing != nil && n.Hearing.Required {
			c.ownClock("hold", "statutory", step, round, "20wd")
		}
	case n.Decide != nil || n.Review != nil:
		limit()
		if n.Decide != nil && n.Decide.Statutory != nil {
			l := n.Decide.Statutory
			start := c.from(l)
			if l.From == "start" && c.acceptance == c.fact.Command+now.String() {
				start = c.accepted
			}
			c.begin(step+".statutory"+suffix(round), &measure{class: "statutory", step: step, start: start, limit: l}, "")
		}
	case n.Issue != nil:
		c.hands(step, b)
	}
	c.round[step], c.needs[step], c.open[step], c.done[step] = round, needs, true, false
	delete(c.ends, step)
	c.links(b)
}

// special starts and ends the clocks of visits, postings and hearings.
func (c *chronicle) special(step string, b map[string]any) {
	n, r := c.plan.Node(step), c.round[step]
	turn := ""
	if k, _ := part(b["visit"])["turn"].(float64); k > 1 {
		turn = fmt.Sprintf(".%d", int(k))
	}
	over := func(what string) {
		for id, m := range c.clocks {
			if strings.HasPrefix(id, step+"."+what) && !m.over {
				m.over, m.end = true, c.fact.At
			}
		}
	}
	switch c.fact.Type {
	case "RectificationAsked":
		over("recheck")
		c.ownClock("rectify", "promised", step, r, n.Visit.Rectify.Time.String(), turn)
	case "PointsRectified":
		over("rectify")
		id := step + ".recheck" + suffix(r) + turn
		c.begin(id, &measure{class: "promised", step: step, start: c.fact.At}, n.Visit.Recheck.String())
	case "Posted":
		c.ownClock("posting", "promised", step, r, n.Publicity.Time.String())
	case "PostingOver":
		over("posting")
	case "HearingTold": // 行政许可法第四十七条
		if n.Hearing.From == "delivery" {
			return
		}
		c.ownClock("request", "statutory", step, r, "5wd")
	case "HearingRequested":
		over("request")
		c.ownClock("hold", "statutory", step, r, "20wd")
	}
}

// ownClock starts a clock no pause stops.
func (c *chronicle) ownClock(what, class, step string, round int, length string, turn ...string) {
	c.begin(step+"."+what+suffix(round)+strings.Join(turn, ""), &measure{class: class, step: step, start: c.fact.At, own: true}, length)
}

// links starts the clocks of those whose turn it is in a chain: the event names
// them, the definition says how long.
func (c *chronicle) links(b map[string]any) {
	n := c.plan.Node(text(b["step"]))
	if n == nil || n.Work() == nil {
		return
	}
	for _, k := range list(b["clocks"]) {
		role := text(part(k)["role"])
		for _, l := range n.Work().Chain {
			for _, r := range l.Roles {
				if r.Role == role && r.Time != nil {
					c.begin(text(part(k)["id"]), &measure{class: "promised", step: n.ID, start: c.fact.At}, r.Time.String())
				}
			}
		}
	}
}

// owed starts the clock of a declared duty.
func (c *chronicle) owed(duty map[string]any, timed bool) {
	if step, law := strings.CutPrefix(text(duty["id"]), "paper."); law && text(duty["kind"]) == "paper" { // a grant by silence
		c.begin("duty.paper."+step, &measure{class: "promised", step: "duty paper", start: c.fact.At}, "1wd")
	}
	if id := text(duty["id"]); strings.HasPrefix(id, "corrected.") { // 行政许可法第四十四条
		c.begin("duty."+id, &measure{class: "promised", step: "duty paper", start: c.fact.At}, "10wd")
	}
	if text(duty["kind"]) == "rating" {
		c.begin("duty."+text(duty["id"]), &measure{class: "promised", step: "duty rating", start: c.fact.At}, c.plan.Def.Item.Rating.FollowUp.String())
	}
	c.follows(duty)
	for i := range c.plan.Def.Duties {
		if t := &c.plan.Def.Duties[i]; t.ID == text(duty["id"]) && timed {
			c.begin("duty."+t.ID, &measure{class: "promised", step: "duty " + t.ID, start: c.from(t.Limit), limit: t.Limit}, "")
		}
	}
}

// window is the time departments have to look: not beyond the last working day
// before the intake is due.
func (c *chronicle) window() {
	n := c.plan.Nodes[0]
	m := &measure{class: "promised", step: n.ID, start: c.fact.At}
	c.begin("collect", m, n.Intake.Collect.Time.String())
	c.cut(m)
}

func (c *chronicle) answered(b map[string]any) {
	n := c.plan.Nodes[0]
	changed := b["answers"] != nil || b["form"] != nil
	if a := part(b["answers"]); a != nil {
		c.answers = a
	}
	if f := part(b["form"]); f != nil {
		c.form = f
	}
	if c.acceptedOn != "" {
		return
	}
	if b["complete"] == true {
		c.complete = c.fact.At
		c.begin(n.ID+suffix(c.notices+1), &measure{class: "promised", step: n.ID, start: c.fact.At, limit: n.Limit}, "")
	}
	if changed {
		c.choose()
	}
}

func (c *chronicle) amended(b map[string]any) {
	c.answers = part(b["answers"])
	if f := part(b["form"]); f != nil {
		c.form = f
	}
	c.choose()
}

// choose picks the limits of open clocks again.
func (c *chronicle) choose() {
	for _, m := range c.clocks {
		if m.limit != nil && !m.over && !m.late {
			m.amount, m.unit = c.chosen(m.limit)
		}
	}
}

// hands starts the clocks of results that are ready to be handed out.
func (c *chronicle) hands(step string, b map[string]any) {
	n := c.plan.Node(step)
	for _, task := range list(b["tasks"]) {
		id := text(part(task)["about"])
		m := &measure{class: "statutory", step: step, start: c.decided, limit: n.Limit}
		length := ""
		switch {
		case c.silent[id]:
			m.start, m.limit, length = c.signed[id], nil, "1wd"
		case n.Issue.Outputs == "as-ready":
			m.start = c.signed[id]
		case c.decided.IsZero():
			m.start = c.fact.At
		}
		c.begin("hand."+id, m, length)
	}
}

// due is when a measure is over.
func (c *chronicle) due(m *measure) time.Time {
	w, offs := c.walls[m.wall], c.offs(m)
	amount, more, extra, unit := m.whole()
	at := w.count(m.start, amount, m.unit, offs)
	for range more {
		from := startOf(dayOf(at.Add(-time.Nanosecond)))
		if unit == "h" {
			from = at
		}
		at = w.count(from, extra, unit, offs)
	}
	for _, last := range []time.Time{m.cap, m.until} {
		if !last.IsZero() && last.Before(at) {
			at = last
		}
	}
	return at
}

// concerns says whether a pause stops a measure.
func (c *chronicle) concerns(s *stop, m *measure) bool {
	if m.own || !slices.Contains(s.stops, m.class) {
		return false
	}
	if s.ended != 0 && m.born > s.ended { // of the step's own it matters where the count began before its end
		return m.step == s.step && s.off.to.After(dayOf(m.start))
	}
	if m.step == s.step {
		return true
	}
	switch n := c.plan.Node(m.step); {
	case m.step == "":
		return true
	case strings.HasPrefix(m.step, "duty "):
		return false
	case n != nil && n.Group():
		if inner := c.plan.Node(s.step); inner != nil {
			return inner.Within(n)
		}
		block, _, _ := strings.Cut(s.step, "+")
		return c.plan.Node(block).Within(n)
	}
	return slices.Contains(s.needing, m.step) || m.born > s.began && c.open[m.step] && slices.Contains(c.needs[m.step], s.step)
}

// hung hangs another calendar on the wall: open clocks are counted by it, unless
// they would be over already.
func (c *chronicle) hung(version string) {
	c.version = version
	c.loads++
	intake := c.plan.Nodes[0].ID
	ids := slices.Sorted(maps.Keys(c.clocks))
	slices.SortStableFunc(ids, func(a, b string) int {
		switch {
		case a == intake && b != intake:
			return -1
		case b == intake && a != intake:
			return 1
		}
		return 0
	})
	for _, id := range ids {
		m := c.clocks[id]
		if m.over || m.late {
			continue
		}
		old := *m
		m.wall, m.cap = version, time.Time{}
		if id == "collect" && c.acceptedOn == "" {
			c.cut(m)
		}
		if !c.due(m).After(c.fact.At) {
			*m = old
		}
	}
}

// agrees compares an engine's state with the account: every clock that runs is due
// when the log says it is, and one that has ended keeps its date for ever.
func (c *chronicle) agrees(t require.TestingT, s *engine.State, kept map[string]time.Time) {
	for _, k := range s.Clocks {
		if !k.Running() {
			key := fmt.Sprint(k.ID, k.Start, len(k.Ledger), k.EndedAt)
			if at, ok := kept[key]; ok {
				require.Equal(t, at, k.Due, "clock %s had ended, and its date has moved", k.ID)
			}
			kept[key] = k.Due
			continue
		}
		m := c.clocks[k.ID]
		require.NotNil(t, m, "the log tells of no clock %s", k.ID)
		require.Equal(t, c.due(m).UTC(), k.Due, "clock %+v; account %+v", *k, *m)
		require.Equal(t, dayOf(k.Due.Add(-time.Nanosecond)).Format(time.DateOnly), k.Day.String(), "day of clock %s", k.ID)
		require.Equal(t, m.late, k.Overdue, "clock %s is marked when its time is over, and not before", k.ID)
		if k.Overdue {
			continue
		}
		half, warn, told := c.warnings(k.ID, m)
		require.Equal(t, append([]time.Time{half, warn}, told...), append([]time.Time{k.Half.UTC(), k.Warn.UTC()}, k.Reminders...),
			"warnings of clock %+v; account %+v", *k, *m)
	}
}

// The account itself, held against dates counted by hand on the calendars of 2024 to 2026.
func TestWallCalendarCountsTheGoldenDates(t *testing.T) {
	t.Parallel()
	w := readWall(t, "../definitions/calendars")
	for _, g := range [][3]string{
		{"2026-02-12", "5wd", "2026-02-26"}, {"2026-02-14", "1wd", "2026-02-24"}, {"2026-02-12", "20wd", "2026-03-18"},
		{"2026-09-18", "10wd", "2026-10-09"}, {"2025-09-26", "20wd", "2025-10-30"}, {"2026-01-05", "60wd", "2026-04-03"},
		{"2024-12-31", "1wd", "2025-01-02"}, {"2026-02-09", "7cd", "2026-02-24"}, {"2026-09-24", "7cd", "2026-10-08"},
		{"2026-03-12", "1mo", "2026-04-13"}, {"2026-01-31", "1mo", "2026-02-28"}, {"2024-02-29", "2y", "2026-02-28"}, {"2026-02-13", "24h", "2026-02-14"},
	} {
		from, err := time.Parse(time.DateOnly, g[0])
		require.NoError(t, err)
		n, unit := number(g[1])
		require.Equal(t, g[2], dayOf(w.count(from.Add(2*time.Hour), n, unit, nil).Add(-time.Nanosecond)).Format(time.DateOnly), "%v", g)
	}
	march := func(day int) time.Time { return time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC) }
	require.Equal(t, "2026-04-10", dayOf(w.count(march(2), 20, "wd", []off{{march(10), march(20)}}).Add(-time.Nanosecond)).Format(time.DateOnly))
}
