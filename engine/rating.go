package engine

import "time"

// Rating is 好差评 (国办发〔2019〕51号): when a case is closed the applicant is
// invited to rate it, once, if he likes. A bad grade binds the party the
// definition names to call back and put right within its limit: a duty like any
// other, which lives on after closing and is watched like any other. No rating is
// kept as just that; what silence counts as is a matter of reports.
//
//	closed ──▶ invited ── rate ──▶ rated ── bad ──▶ the duty "rating"
//	              │ time
//	              ▼
//	            lapsed

// TaskRate asks the applicant to rate the case.
const TaskRate TaskKind = "rate"

// Rate is the applicant's act: one of five grades, 1 the best.
const Rate Act = "rate"

// The grades of a rating and the worst that is still good (国办发〔2019〕51号: 差、很差 are bad).
const (
	BestGrade  = 1
	WorstGrade = 5
	GoodGrade  = 3
)

// DutyRating is the kind of the duty a bad rating brings.
const DutyRating DutyKind = "rating"

// The words a rating goes through.
const (
	RatingInvited = "invited"
	RatingGiven   = "rated"
	RatingLapsed  = "lapsed" // he did not rate in time
)

// clockRating cannot be a clock of a step: applicant is no id.
const clockRating = "applicant.rating"

// Rating is where the rating of a closed case stands.
type Rating struct {
	Status string    `json:"status"`
	At     time.Time `json:"at"` // of the invitation, then of the rating
	// Grade is 1 非常满意, 2 满意, 3 基本满意, 4 不满意, 5 非常不满意; 0 before.
	Grade int `json:"grade,omitempty"`
	// Comment is what the applicant wrote, in his own words.
	Comment string `json:"comment,omitempty"`
}

// Bad says whether a grade is a bad one (差评), which asks for a follow-up.
func (r *Rating) Bad() bool { return r.Grade > GoodGrade }

var (
	ratingJudges = map[Act]judge{Rate: judgeRate}
	ratingBodies = []newBody{body[RatingAsked](), body[CaseRated](), body[RatingClosed]()}
)

// RatingAsked invites the applicant to rate the closed case.
type RatingAsked struct {
	Task  Task  `json:"task"`
	Clock Clock `json:"clock"`
}

// CaseRated is the applicant's rating.
type CaseRated struct {
	Grade   int    `json:"grade"`
	Comment string `json:"comment,omitempty"`
	Task    string `json:"task"`
}

// RatingClosed is the end of the time for rating, without one.
type RatingClosed struct{}

// Type names the event in the log.
func (RatingAsked) Type() string { return "RatingAsked" }

// Type names the event in the log.
func (CaseRated) Type() string { return "CaseRated" }

// Type names the event in the log.
func (RatingClosed) Type() string { return "RatingClosed" }

func (b RatingAsked) apply(s *State, e *Event) {
	s.Rating = &Rating{Status: RatingInvited, At: e.At}
	s.putClocks([]Clock{b.Clock})
	s.putTasks([]Task{b.Task})
}

func (b CaseRated) apply(s *State, e *Event) {
	s.Rating = &Rating{Status: RatingGiven, At: e.At, Grade: b.Grade, Comment: b.Comment}
	s.done(b.Task, e)
	s.endClocks(e.At, RatingGiven, func(c *Clock) bool { return c.ID == clockRating })
}

func (RatingClosed) apply(s *State, e *Event) {
	r := *s.Rating
	r.Status = RatingLapsed
	s.Rating = &r
	s.cancelTasks(e.At, func(t *Task) bool { return t.Kind == TaskRate })
	s.endClocks(e.At, RatingLapsed, func(c *Clock) bool { return c.ID == clockRating })
}

// invite asks for a rating when the case is closed, where the definition wants one.
// Whoever withdrew has not been served.
func (d *decider) invite() {
	r := d.r.Plan.Def.Item.Rating
	if r == nil || d.s.Outcome == Withdrawn {
		return
	}
	c := d.clock(Clock{ID: clockRating, Class: Promised, Period: r.Open, Late: lateWindow, Start: d.now, From: "closing"})
	d.emit(RatingAsked{Clock: c, Task: Task{
		ID: "applicant.rate", Kind: TaskRate, Party: applicant, Clock: c.ID, Status: TaskOpen, OpenedAt: d.now,
	}})
}

func judgeRate(d *decider, cmd *Command) (func(), *Rejection) {
	switch r := d.s.Rating; {
	case d.r.Plan.Def.Item.Rating == nil:
		return nil, reject(NotOpen, "本事项不在办件中评价", "this item does not ask for ratings").want("an item with a rating", "none")
	case r == nil:
		return nil, reject(NotOpen, "办结后才能评价", "a case is rated once it is closed").want(string(Closed), string(d.s.Status))
	case r.Status == RatingLapsed:
		return nil, reject(TooLate, "评价期已过", "the time for rating is over").want(RatingInvited, r.Status)
	case r.Status == RatingGiven:
		return nil, reject(NotOpen, "本案已评价，一事一评", "this case has been rated; one case, one rating").want(RatingInvited, r.Status)
	}
	if cmd.By.Kind != Applicant {
		return nil, reject(NotAllowed, "评价只由申请人本人作出", "only the applicant himself rates").want(string(Applicant), string(cmd.By.Kind))
	}
	t, rej := d.task(cmd, TaskRate)
	if rej != nil {
		return nil, rej
	}
	a := cmd.Args
	if a.Grade < BestGrade || a.Grade > WorstGrade {
		return nil, reject(BadData, "评价分五级：1非常满意、2满意、3基本满意、4不满意、5非常不满意", "a rating is a grade from 1 (best) to 5 (worst)").
			want("grade: 1 to 5", itoa(a.Grade)).at("grade")
	}
	e := CaseRated{Grade: a.Grade, Comment: a.Reason, Task: t.ID}
	follow := d.r.Plan.Def.Item.Rating
	return func() {
		d.emit(e)
		if d.s.Rating.Bad() {
			d.openDuty(DutyState{ID: "rating", Kind: DutyRating, Name: "差评回访整改", By: follow.By, About: string(Closed)},
				&term{period: follow.FollowUp, start: d.now, from: "rating"})
		}
	}, nil
}

// ratingRows lists the rating in the dossier. The organisation that follows up sees it.
func ratingRows(r *Rules, s *State) []DossierRow {
	if s.Rating == nil {
		return nil
	}
	g := *s.Rating
	row := DossierRow{Kind: DossierRating, ID: DossierRating, Status: g.Status, At: g.At, Rating: &g}
	if ask := r.Plan.Def.Item.Rating; ask != nil {
		row.Org = s.Org(ask.By)
	}
	if c := s.Clock(clockRating); c != nil && g.Status == RatingInvited {
		row.Due = c.Due
	}
	return []DossierRow{row}
}
