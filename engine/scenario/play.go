package scenario

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/engine/supervision"
)

// Bounds of a play: it is for trying out a process, and answered while somebody waits.
const (
	MaxMoves  = 300
	maxEvents = 5000
	maxYears  = 30
)

// Words of moves that are no acts of the engine.
const Wait = "wait"

// Move is one move of a play: the filing, an act, or time that passes.
type Move struct {
	Do string
	// At is a date and time; empty: a minute after the move before, and the first at nine on the next working day.
	At string
	// By is PARTY.ROLE, PARTY.ROLE.NUMBER or applicant; empty: the applicant, and for a filing nobody may send in the
	// desk that takes it.
	By   string
	Step string
	Task string
	Data map[string]any
}

// Moved is a move that was played, and how the case stood after it.
type Moved struct {
	Do      string
	By      string
	Step    string
	At      time.Time
	Refused *engine.Rejection
	Status  engine.Status
	// Open are the open steps but groups, in written order.
	Open []string
}

// Told is an event and the move it came of.
type Told struct {
	engine.Event
	Move int
}

// Played is where the case of a play stands.
type Played struct {
	Moves  []Moved
	Events []Told
	// State is nil while nothing is filed.
	State     *engine.State
	Now       time.Time
	Questions []engine.Asked
	Answers   map[string]any
	// Papers are those of the case; before the filing those it would ask for, as far as that can be said.
	Papers []engine.PaperState
	Tasks  []Doable
	// Acts belong to no task.
	Acts []Offer
	// Sources are those the guide asks before the applicant, for whom the filing may say what they answer.
	Sources []Asks
	// Cards are those the rules of supervision have raised by now.
	Cards []supervision.Card
	// Vacant are the posts nobody holds, as PARTY.ROLE.
	Vacant []string
}

// Asks is a source and what it is asked of: a paper, or a question of the guide.
type Asks struct {
	Source, Of string
	Question   bool
}

// Play plays moves on a definition under virtual time, up to the first that is refused. Everybody in it is named after
// his party and role, and every party is an organisation of its own. today is where virtual time begins. The definition
// is taken to be in force when the case is filed. Cards are those of supervise; nil: nobody supervises.
func Play(def *definition.Definition, supervise *supervision.Rules, cal *calendar.Calendar, region string, today calendar.Date, moves []Move) (*Played, *engine.Rules, error) {
	p := &play{today: today, run: run{
		file: &definition.Scenarios{Region: region}, report: &Report{Cases: 1}, opened: map[string]bool{}, absent: map[string]bool{}, done: &Case{},
		current: &definition.Scenario{}, headless: map[string]bool{},
	}}
	early := *def
	if day := calendar.DateOf(p.begins(cal, moves)).String(); day < early.Item.Effective {
		early.Item.Effective = day
	}
	plan, err := definition.Compile(&early)
	if err != nil {
		return nil, nil, err
	}
	p.rules = &engine.Rules{Plan: plan, Calendar: cal}
	if supervise != nil {
		p.cards = supervise.Watch(p.rules, nil)
	}
	p.cast = p.person
	p.watch = func(e engine.Event) { p.out.Events = append(p.out.Events, Told{Event: e, Move: len(p.out.Moves)}) }
	for _, m := range moves {
		if !p.move(m) {
			break
		}
	}
	p.ask(moves)
	p.offer()
	p.out.Sources = p.askable()
	if p.cards != nil && p.state != nil {
		p.out.Cards = slices.DeleteFunc(p.cards.Cards(p.now), func(c supervision.Card) bool { return c.Level == supervision.Mark })
	}
	return &p.out, p.rules, nil
}

type play struct {
	run
	today calendar.Date
	out   Played
}

// begins is when the first move is made.
func (p *play) begins(cal *calendar.Calendar, moves []Move) time.Time {
	if len(moves) > 0 {
		if at, ok := instant(moves[0].At); ok {
			return at
		}
	}
	return cal.Add(p.today, 1).Start().Add(9 * time.Hour)
}

// move plays one move; false: it was refused.
func (p *play) move(m Move) bool {
	at, refused := p.at(m)
	done := Moved{Do: m.Do, By: m.By, Step: m.Step, At: at}
	if refused == nil {
		refused = p.fits(m)
	}
	if refused == nil {
		p.now = at
		if m.Do == engineFile {
			refused = p.fileMove(m, &done)
		} else {
			refused = p.actMove(m, &done)
		}
	}
	if refused == nil && len(p.out.Events) > maxEvents {
		refused = refuse(engine.BadData, "试办过长，到此为止", "the play is too long and ends here", "")
	}
	done.Refused = refused
	if p.state != nil {
		done.Status, done.Open = p.state.Status, p.run.open()
	}
	p.out.State, p.out.Now = p.state, p.now
	p.out.Moves = append(p.out.Moves, done)
	return refused == nil
}

const engineFile = string(engine.File)

func refuse(code engine.Code, zh, en, where string) *engine.Rejection {
	return &engine.Rejection{Code: code, Zh: zh, En: en, Where: where}
}

// at is when a move is made; time never goes back.
func (p *play) at(m Move) (time.Time, *engine.Rejection) {
	last := p.now
	if m.At == "" {
		if last.IsZero() {
			return p.begins(p.rules.Calendar, nil), nil
		}
		return last.Add(time.Minute), nil
	}
	at, ok := instant(m.At)
	switch {
	case !ok:
		r := refuse(engine.BadData, "时间须写成 2026-03-02T09:00（北京时间）或 RFC 3339", "a time is written as 2026-03-02T09:00 (Beijing time) or RFC 3339", "at")
		r.Expected, r.Actual = "2026-03-02T09:00", "another form"
		return last, r
	case at.Before(last):
		r := refuse(engine.TooSoon, "时间不能早于前一步", "time never goes back behind the move before", "at")
		r.Expected, r.Actual = "at or after "+written(last), written(at)
		return last, r
	case !p.first().IsZero() && at.After(p.first().AddDate(maxYears, 0, 0)):
		return last, refuse(engine.TooLate, "试办的时间不能超过三十年", "a play covers thirty years at most", "at")
	}
	return at, nil
}

func (p *play) first() time.Time {
	if len(p.out.Moves) == 0 {
		return time.Time{}
	}
	return p.out.Moves[0].At
}

func written(at time.Time) string { return at.In(calendar.Zone).Format("2006-01-02T15:04") }

// fits says why a move cannot be one at this place.
func (p *play) fits(m Move) *engine.Rejection {
	act := engine.Act(m.Do)
	switch {
	case len(p.out.Moves) >= MaxMoves:
		return refuse(engine.BadData, "步数过多", "there are too many moves", "")
	case m.Do == engineFile && p.state != nil:
		return refuse(engine.WrongAct, "申请已经提交", "the case is filed already", "do")
	case m.Do != engineFile && p.state == nil:
		return refuse(engine.WrongAct, "第一步是提交申请", "the first move is the filing", "do")
	case m.Do != engineFile && m.Do != Wait && !ofPosts(m.Do) && !slices.Contains(engine.PersonActs, act) && !slices.Contains(engine.ApplicantActs, act):
		return refuse(engine.WrongAct, "没有这种操作", "there is no such act", "do")
	}
	return nil
}

var playerName = regexp.MustCompile(`^([a-z][A-Za-z0-9]*)\.([a-z-]+?)(\.[1-9][0-9]?)?$`)

// person finds somebody by his name: he works for the organisation named after his party. Nobody is on a vacant post.
func (p *play) person(name string) (engine.Actor, bool) {
	m := playerName.FindStringSubmatch(name)
	if m == nil || !slices.Contains(definition.Roles, m[2]) || !p.plays(m[1]) || slices.Contains(p.out.Vacant, m[1]+"."+m[2]) {
		return engine.Actor{}, false
	}
	return engine.Actor{Kind: engine.Person, ID: name, Org: m[1], Roles: []string{m[2]}}, true
}

// plays says whether an organisation has anything to do with the case: a party's, or one that was added.
func (p *play) plays(org string) bool {
	if slices.ContainsFunc(p.rules.Plan.Def.Parties, func(x definition.Party) bool { return x.ID == org }) {
		return true
	}
	return p.state != nil && slices.ContainsFunc(p.state.Tasks, func(t *engine.Task) bool { return t.Org == org })
}

func (p *play) actor(name string) (engine.Actor, *engine.Rejection) {
	by, ok := p.run.actor(name)
	if ok {
		return by, nil
	}
	if m := playerName.FindStringSubmatch(name); m != nil && slices.Contains(p.out.Vacant, m[1]+"."+m[2]) {
		return by, refuse(engine.NotFound, "该岗位现在空缺", "nobody holds this post now", "by")
	}
	r := refuse(engine.NotFound, "没有这个人：写成 参与单位.岗位，如 market.check，第二人写 market.check.2", "there is nobody of that name: PARTY.ROLE, as market.check; the second one is market.check.2", "by")
	r.Expected = "PARTY.ROLE or applicant"
	return by, r
}

// ofPosts says whether a move is the directory's word on a post: that nobody holds it, or somebody does again.
func ofPosts(do string) bool { return do == string(engine.Vacate) || do == string(engine.Fill) }

// postMove reads the post of such a move: PARTY.ROLE under "post", as scenario files write it.
func (p *play) postMove(m Move) (refused *engine.Rejection) {
	post, _ := m.Data["post"].(string)
	party, role, _ := strings.Cut(post, ".")
	if !p.plays(party) || !slices.Contains(definition.Roles, role) {
		r := refuse(engine.NotFound, "没有这个岗位：写成 参与单位.岗位，如 market.check", "there is no such post: PARTY.ROLE, as market.check", "data.post")
		r.Expected = "PARTY.ROLE"
		return r
	}
	p.held(engine.Act(m.Do), []definition.TestPost{{Party: party, Role: role}}, func(_ definition.TestPost, no *engine.Rejection) { refused = no })
	if refused != nil {
		return refused
	}
	p.out.Vacant = slices.DeleteFunc(p.out.Vacant, func(x string) bool { return x == post })
	if m.Do == string(engine.Vacate) {
		p.out.Vacant = append(p.out.Vacant, post)
	}
	return nil
}

// answer is what a source says, as scenario files write it.
type answer struct {
	Source string `json:"source"`
	Of     string `json:"of"`
	Result string `json:"result"`
	Value  any    `json:"value"`
	Grade  string `json:"grade"`
	Until  string `json:"until"`
}

// askable lists the sources of the guide in its order, the applicant apart.
func (p *play) askable() (list []Asks) {
	for _, q := range p.rules.Plan.Questions {
		for _, from := range q.From {
			list = append(list, Asks{Source: from.String(), Of: q.ID, Question: true})
		}
	}
	for i := range p.rules.Plan.Papers {
		for _, from := range p.rules.Plan.Papers[i].From {
			list = append(list, Asks{Source: from.String(), Of: p.rules.Plan.Papers[i].ID})
		}
	}
	return slices.DeleteFunc(list, func(a Asks) bool { return a.Source == applicant })
}

// sourcesOf takes what a filing's data says of sources. An answer found fills in a question nobody has answered,
// as it would at the window.
func (p *play) sourcesOf(f *filed) ([]definition.SourceAnswer, *engine.Rejection) {
	var list []definition.SourceAnswer
	for i, a := range f.Sources {
		at := slices.IndexFunc(p.askable(), func(x Asks) bool { return x.Source == a.Source && x.Of == a.Of })
		if at < 0 || !slices.Contains(definition.SourceResults, a.Result) {
			r := refuse(engine.BadData, "指南没有这个来源，或没有这种答复", "the guide names no such source, or there is no such answer", "data.sources."+strconv.Itoa(i))
			r.Expected, r.Actual = strings.Join(definition.SourceResults, ", "), a.Result
			return nil, r
		}
		if p.askable()[at].Question && a.Result == string(engine.TrialFound) && f.Answers[a.Of] == nil {
			if f.Answers == nil {
				f.Answers = map[string]any{}
			}
			f.Answers[a.Of] = a.Value
		}
		list = append(list, definition.SourceAnswer{Source: a.Source, Of: a.Of, Result: a.Result, Value: a.Value, Grade: a.Grade, Until: a.Until})
	}
	return list, nil
}

// filed is what the data of a filing may say.
type filed struct {
	Sources   []answer                 `json:"sources"`
	Answers   map[string]any           `json:"answers"`
	Form      map[string]any           `json:"form"`
	Without   []string                 `json:"without"`
	Defer     []string                 `json:"defer"`
	Letter    []string                 `json:"letter"`
	Until     map[string]calendar.Date `json:"until"` // the days letters bear
	Unsigned  bool                     `json:"unsigned"`
	Channel   string                   `json:"channel"`
	Agent     map[string]any           `json:"agent"`
	BadCredit map[string]any           `json:"badCredit"`
	Cause     map[string]any           `json:"cause"`
}

func (f *filed) data() map[string]any {
	data := map[string]any{}
	if f.Agent != nil {
		data["agent"] = f.Agent
	}
	if f.BadCredit != nil {
		data["badCredit"] = f.BadCredit
	}
	if f.Cause != nil {
		data["cause"] = f.Cause
	}
	return data
}

// filing reads a filing's data. Answers to questions that are not asked, after the others, are left out: whoever plays
// changes his answers.
func (p *play) filingOf(m Move, at time.Time) (filed, string, *engine.Rejection) {
	var f filed
	b, err := json.Marshal(m.Data)
	if err == nil {
		dec := json.NewDecoder(strings.NewReader(string(b)))
		dec.DisallowUnknownFields()
		err = dec.Decode(&f)
	}
	if err != nil {
		return f, "", badData(err)
	}
	by := m.By
	if by == "" {
		by = p.filer()
	}
	if f.Channel == "" {
		f.Channel = p.channel(by)
	}
	var refused *engine.Rejection
	if p.current.File.Sources, refused = p.sourcesOf(&f); refused != nil {
		return f, by, refused
	}
	asked := map[string]bool{}
	for _, q := range engine.Ask(p.rules, engine.Args{Answers: f.Answers, Form: f.Form, Region: p.file.Region, Channel: f.Channel}, at) {
		asked[q.ID] = q.Now
	}
	for id := range asked {
		if !asked[id] {
			delete(f.Answers, id)
		}
	}
	return f, by, nil
}

func badData(err error) *engine.Rejection {
	why := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "the act's data: "), "json: ")
	return refuse(engine.BadData, "内容不合要求："+why, "the data cannot be used: "+why, "data")
}

// filer files when nobody is named: the applicant, where a channel lets him.
func (p *play) filer() string {
	if slices.ContainsFunc(p.rules.Plan.Def.Item.Channels, func(c string) bool { return c != window }) {
		return "applicant"
	}
	party, role := engine.Desk(p.rules)
	return party + "." + role
}

const window = "window"

// channel is the one somebody files through: the applicant not at the window.
func (p *play) channel(by string) string {
	channels := p.rules.Plan.Def.Item.Channels
	if by == "applicant" {
		if i := slices.IndexFunc(channels, func(c string) bool { return c != window }); i >= 0 {
			return channels[i]
		}
	}
	return window
}

func (p *play) fileMove(m Move, done *Moved) *engine.Rejection {
	f, by, refused := p.filingOf(m, done.At)
	if refused != nil {
		return refused
	}
	done.By = by
	actor, refused := p.actor(by)
	if refused != nil {
		return refused
	}
	p.current.File = definition.Filing{
		At: done.At, By: by, Answers: f.Answers, Form: f.Form, Without: f.Without, Defer: f.Defer, Letter: f.Letter, Until: f.Until, Unsigned: f.Unsigned, Data: f.data(),
		Sources: p.current.File.Sources,
	}
	cmd, refused, err := p.run.filing(&p.current.File, actor, f.Channel)
	switch {
	case err != nil:
		return badData(err)
	case refused != nil:
		return refused
	}
	res := engine.Decide(p.rules, nil, cmd)
	p.note(res)
	return res.Rejection
}

func (p *play) actMove(m Move, done *Moved) *engine.Rejection {
	p.note(engine.Decide(p.rules, p.state, engine.Command{Do: engine.Tick, At: done.At}))
	switch {
	case m.Do == Wait:
		return nil
	case ofPosts(m.Do):
		return p.postMove(m)
	}
	if done.By == "" {
		done.By = "applicant"
	}
	by, refused := p.actor(done.By)
	if refused != nil {
		return refused
	}
	args, err := p.args(m.Data)
	if err != nil {
		return badData(err)
	}
	cmd := engine.Command{ID: p.id(), Do: engine.Act(m.Do), By: by, At: done.At, Step: m.Step, Task: m.Task, Args: args}
	cmd.People = p.colleagues(&cmd.Args)
	res := engine.Decide(p.rules, p.state, cmd)
	p.note(res)
	return res.Rejection
}

// ask says what the filing asks for: with the data of the first move where that is one.
func (p *play) ask(moves []Move) {
	at := p.out.Now
	if len(p.out.Moves) > 0 {
		at = p.out.Moves[0].At
	}
	if at.IsZero() {
		at = p.begins(p.rules.Calendar, moves)
	}
	first := Move{Do: engineFile}
	if len(moves) > 0 && moves[0].Do == engineFile {
		first = moves[0]
	}
	f, _, refused := p.filingOf(first, at)
	if refused != nil {
		f = filed{Channel: p.channel(p.filer())}
	}
	args := engine.Args{Answers: f.Answers, Form: f.Form, Region: p.file.Region, Channel: f.Channel}
	p.out.Questions, p.out.Answers = engine.Ask(p.rules, args, at), f.Answers
	if p.state != nil {
		p.out.Papers = p.state.Papers
		return
	}
	if asked, rejection := engine.Checklist(p.rules, args, at); rejection == nil {
		p.out.Papers = slices.DeleteFunc(asked, func(x engine.PaperState) bool { return x.Status == engine.PaperAbsent })
	}
}
