package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Interested parties (利害关系人, 行政许可法第三十六、四十七条): whoever reviews the application and
// finds that it directly touches somebody else's major interests tells him, says why and
// until when he may state his case, and hears him before saying anything himself. From
// then on he belongs to those who are told of the hearings of the case. Where nobody is
// known by name a posting tells the public.
//
//	found ── inform ──▶ told ── hear ──▶ heard
//	                      └ his time is over
//
// The reviewer's verdict, and the decision that rests on it, wait for one of the two.

// The acts.
const (
	Inform Act = "inform" // 告知利害关系人
	Hear   Act = "hear"   // 听取利害关系人意见: what he says is put on record
)

// NoticeInterested is 利害关系人告知书.
const NoticeInterested NoticeKind = "interested"

// DossierInterested is the kind of its entries in the dossier.
const DossierInterested = "interested"

var (
	interestedActs   = []Act{Inform, Hear}
	interestedJudges = map[Act]judge{Inform: judgeInform, Hear: judgeHear}
	interestedBodies = []newBody{body[InterestedTold](), body[InterestedHeard]()}
)

// The states of an interested party.
const (
	interestedIsTold = "told"
	interestedSpoke  = "heard"
)

// interestedParty stands for those who objected to a posting, where somebody is told;
// with a number after it, for somebody known by name.
const interestedParty = "interested"

// Interested is somebody whose major interests the application directly touches.
type Interested struct {
	// ID is interested.1, interested.2 …: what others name him by; Who is his name.
	ID  string `json:"id"`
	Who string `json:"who"`
	// Step is where it was found, Org the organisation that found it, By the account.
	Step string    `json:"step"`
	Org  string    `json:"org"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	// Reason is what touches him.
	Reason string `json:"reason"`
	// Day is the last day he is waited for, Until its end.
	Day   calendar.Date `json:"day"`
	Until time.Time     `json:"until"`
	// Statements are what he has said.
	Statements []Defence `json:"statements,omitempty"`
	// Short are hearings whose day was set when he was found, and nearer than he may be told
	// of it (行政许可法第四十八条第一款第一项).
	Short []ShortNotice `json:"short,omitempty"`
}

// ShortNotice is a day of a hearing somebody was told of too late.
type ShortNotice struct {
	Step string    `json:"step"`
	On   time.Time `json:"on"`
}

// NamesInterested says whether an id names an interested party, known by name or not.
func NamesInterested(id string) bool {
	return id == interestedParty || strings.HasPrefix(id, interestedParty+".")
}

// InterestedOf finds an interested party by his id, nil when there is none.
func (s *State) InterestedOf(id string) *Interested {
	for i := range s.Interested {
		if s.Interested[i].ID == id {
			return &s.Interested[i]
		}
	}
	return nil
}

// InterestedTold says that an interested party was found and told. Clocks are the times
// to ask for a hearing: he has as long for it as everybody had.
type InterestedTold struct {
	Interested Interested `json:"interested"`
	Notices    []Notice   `json:"notices"`
	Clocks     []Clock    `json:"clocks,omitempty"`
}

// InterestedHeard records what an interested party has said.
type InterestedHeard struct {
	Interested string  `json:"interested"`
	Statement  Defence `json:"statement"`
}

// Type names the event in the log.
func (InterestedTold) Type() string { return "InterestedTold" }

// Type names the event in the log.
func (InterestedHeard) Type() string { return "InterestedHeard" }

func (b InterestedTold) apply(s *State, _ *Event) {
	s.Interested = add(s.Interested, b.Interested)
	s.Notices = add(s.Notices, b.Notices...)
	s.putClocks(b.Clocks)
}

func (b InterestedHeard) apply(s *State, e *Event) {
	s.Interested = slices.Clone(s.Interested)
	x := s.InterestedOf(b.Interested)
	said := b.Statement
	said.By, said.At = e.By.ID, e.At
	x.Statements = add(x.Statements, said)
}

func judgeInform(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, TaskWork)
	if rej != nil {
		return nil, rej
	}
	n := d.r.node(d.s, t.Step)
	a := &cmd.Args
	who := strings.TrimSpace(a.Name)
	if who == "" {
		return nil, reject(BadData, "须写明利害关系人", "name the interested party").want("a name", "none").at("name").under("36")
	}
	if slices.ContainsFunc(d.s.Interested, func(x Interested) bool { return x.Who == who && x.Step == n.ID }) {
		return nil, reject(NotOpen, "本环节已告知该利害关系人", "this step has told this interested party already").want("somebody not told yet", "told").at("name").under("36")
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej.under("36")
	}
	least := d.r.Calendar.Due(d.now, defenceTime, nil)
	due := least
	if a.Time.Amount != 0 {
		if due = d.r.Calendar.Due(d.now, a.Time, nil); due.Day < least.Day {
			return nil, reject(BadData, "陈述、申辩的时间不少于五个工作日", "no less than five working days are given to state one's case").
				want(defenceTime.String()+" or more", a.Time.String()).at("time").under("36")
		}
	}
	x := Interested{
		ID: interestedParty + "." + itoa(len(d.s.Interested)+1), Who: who, Step: n.ID, Org: t.Org, By: cmd.By.ID, At: d.now, Reason: strings.TrimSpace(a.Reason),
		Day: due.Day, Until: due.At,
	}
	until := x.Day
	e := InterestedTold{Interested: x, Notices: []Notice{{ID: x.ID, Kind: NoticeInterested, To: x.ID, Step: n.ID, At: d.now, Text: x.Reason, Until: &until, Org: x.Org}}}
	return func() {
		dates := d.tellHearings(&e)
		d.emit(e)
		for _, m := range dates {
			h := d.st(m).Hearing
			d.tellDate(m, NoticeHearing, h.On, h.Place, []string{x.ID})
		}
	}, nil
}

// tellHearings tells somebody who was found later of the hearings that are open: of the
// right to one, with as long to ask for it as everybody had (行政许可法第四十七条). It gives
// those whose day is set.
func (d *decider) tellHearings(e *InterestedTold) (dates []*definition.Node) {
	for _, m := range d.r.Plan.Nodes {
		if m.Hearing == nil || d.st(m).Status != Open {
			continue
		}
		switch h := d.st(m).Hearing; {
		case !h.HeldAt.IsZero():
		case !h.On.IsZero():
			if d.s.since(tellsSince) && calendar.DateOf(h.On) < d.r.Calendar.Due(d.now, hearingTell, nil).Day {
				e.Interested.Short = append(e.Interested.Short, ShortNotice{Step: m.ID, On: h.On})
			}
			dates = append(dates, m)
		case !h.ToldAt.IsZero() && h.RequestedAt.IsZero():
			nth := d.st(m).Round
			told := Notice{
				ID:   string(NoticeHearingRight) + "." + m.ID + round(nth) + "." + e.Interested.ID,
				Kind: NoticeHearingRight, To: e.Interested.ID, Step: m.ID, At: d.now, Clock: m.ID + ".request" + round(nth),
			}
			if old := d.s.Clock(told.Clock); old != nil && old.Running() {
				c := *old
				c.Start = d.now
				c = d.clock(c)
				c.Warned = c.passed(d.now)
				c.ledger(Entry{At: d.now, What: "restarted", Due: c.Due, Why: "notice"})
				e.Clocks = append(e.Clocks, c)
				until := c.Day
				told.Until = &until
			}
			e.Notices = append(e.Notices, told)
		}
	}
	return dates
}

func judgeHear(d *decider, cmd *Command) (func(), *Rejection) {
	if cmd.By.Kind == Applicant {
		return nil, reject(NotAllowed, "利害关系人的意见不由申请人登记", "what an interested party says is not recorded by the applicant").
			want("the window, or who has told him", "applicant").at("of").under("36")
	}
	of := cmd.Args.Of
	if of == "" {
		switch len(d.s.Interested) {
		case 0:
			return nil, reject(NotOpen, "本案没有告知利害关系人", "this case has told no interested party").want("an interested party", "none").at("of").under("36")
		case 1:
			of = d.s.Interested[0].ID
		default:
			return nil, reject(BadData, "有多名利害关系人，请指明一名", "there are several interested parties; name one").want("of", "none").at("of")
		}
	}
	x := d.s.InterestedOf(of)
	if x == nil {
		return nil, reject(NotFound, "本案没有利害关系人“"+of+"”", "this case has no interested party "+of).at("of")
	}
	if !d.atDesk(cmd.By) && !d.reviewsAt(cmd.By, x) {
		return nil, reject(NotAllowed, "利害关系人的意见由窗口或告知他的单位登记", "what an interested party says is recorded by the window or by the organ that has told him").
			want(x.Org+", or the window", cmd.By.String()).at("of").under("36")
	}
	if d.s.Outcome != "" {
		return nil, reject(TooLate, "结果已确定，不再登记意见", "the outcome is fixed; nothing more is put on record").want("no outcome", string(d.s.Outcome)).at("of")
	}
	if rej := needReason(cmd); rej != nil {
		return nil, rej
	}
	if rej := proofs(cmd.Args.Evidence); rej != nil {
		return nil, rej
	}
	e := InterestedHeard{Interested: x.ID, Statement: Defence{Text: strings.TrimSpace(cmd.Args.Reason), Evidence: cmd.Args.Evidence}}
	return func() { d.emit(e) }, nil
}

// reviewsAt says whether an actor works in the chain of the step that has told somebody.
func (d *decider) reviewsAt(a Actor, x *Interested) bool {
	n := d.r.node(d.s, x.Step)
	return n != nil && n.Work() != nil && slices.ContainsFunc(n.Work().Chain, func(l definition.Link) bool {
		return slices.ContainsFunc(l.Roles, func(r definition.RoleLimit) bool { return a.may(x.Org, r.Role) })
	})
}

// interestsHeard refuses a verdict while somebody told in this step, or in one the
// verdict rests on, may still state his case and has not.
func (d *decider) interestsHeard(n *definition.Node) *Rejection {
	for i := range d.s.Interested {
		x := &d.s.Interested[i]
		if len(x.Statements) > 0 || !d.now.Before(x.Until) {
			continue
		}
		if x.Step == n.ID || slices.ContainsFunc(d.above(n), func(m *definition.Node) bool { return m.ID == x.Step }) {
			return reject(TooSoon, "已告知的利害关系人尚可陈述、申辩，期满或其陈述之后方可作出结论", "an interested party may still state his case; the verdict comes afterwards").
				want("his statement, or after "+x.Day.String(), "neither").at(n.ID).under("36")
		}
	}
	return nil
}

// interestedChoices are the interested parties of the case, by name.
func (d *decider) interestedChoices() (list []Choice) {
	for i := range d.s.Interested {
		x := &d.s.Interested[i]
		list = append(list, Choice{ID: x.ID, Name: calendar.Text{ZH: x.Who, EN: x.Who}})
	}
	return list
}

// interestedRows lists the interested parties in the dossier.
func interestedRows(_ *Rules, s *State) []DossierRow {
	var rows []DossierRow
	for i := range s.Interested {
		x := s.Interested[i]
		row := DossierRow{Kind: DossierInterested, ID: x.ID, Step: x.Step, Org: x.Org, Status: interestedIsTold, Due: x.Until, At: x.At, Interested: &x}
		if len(x.Statements) > 0 {
			row.Status, row.Due = interestedSpoke, time.Time{}
		}
		rows = append(rows, row)
	}
	return rows
}
