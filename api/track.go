package api

import (
	"context"
	"slices"
	"time"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Track implements GET /v1/track: the case as the applicant may see it, without
// the names of officials and without what parties said among themselves.
func (s *Server) Track(ctx context.Context, _ gen.TrackRequestObject) (gen.TrackResponseObject, error) {
	number := official(ctx).number
	f, err := s.fold(ctx, number)
	if err != nil {
		return nil, err
	}
	tell, err := s.story(ctx, f)
	if err != nil {
		return nil, err
	}
	st := f.state
	rows := engine.Project(f.rules, st)
	out := gen.Track200JSONResponse{
		Number: number, Seq: st.Seq, ItemName: rows.Case.ItemName, Status: gen.TrackViewStatus(st.Status), Outcome: string(st.Outcome),
		ReceivedAt: st.ReceivedAt, PromisedDue: rows.Case.PromisedDue, StatutoryDue: rows.Case.StatutoryDue, Provisional: rows.Case.Provisional,
		Waits: []gen.TrackWait{}, Results: resultViews(rows.Results, tell.orgs),
		Papers: paperViews(f.rules.Plan, st.Papers, func(id string) bool {
			p := st.Paper(id)
			return p != nil && p.Status != engine.PaperAbsent
		}),
	}
	if st.Rating != nil {
		out.Rating = *st.Rating
	}
	if st.AcceptedOn != nil {
		out.AcceptedOn = *st.AcceptedOn
	}
	var told []engine.Notice
	for _, n := range st.Notices {
		if n.To == "applicant" {
			told = append(told, n)
		}
	}
	out.Notices = noticeViews(f.rules.Plan, tell.orgs, told, false)
	out.Asks = append(asksOf(st, rows.Tasks), defences(tell)...)
	out.Asks = append(out.Asks, renewals(tell, s.cfg.Clock.Now(), out.Asks)...)
	s.moreTime(tell, out.Asks)
	out.Delays = delays(tell)
	out.Questions = questions(tell)
	for _, w := range engine.WaitingFor(f.rules, st) {
		who := w.Who
		if who != "applicant" && who != "time" {
			who = tell.party(who).In(callOf(ctx).lang)
		}
		out.Waits = append(out.Waits, gen.TrackWait{Who: who, Text: calendar.Text{ZH: w.WhyZh, EN: w.WhyEn}, Since: w.Since, Due: w.Due})
	}
	return out, nil
}

// asksOf are the tasks that are the applicant's own: what his page offers him to do.
func asksOf(st *engine.State, tasks []engine.TaskRow) (out []gen.TrackAsk) {
	for _, t := range tasks {
		if t.Party != "applicant" || t.Status != engine.TaskOpen {
			continue
		}
		ask := gen.TrackAsk{Kind: gen.TrackAskKind(t.Kind), Step: t.Step, Task: t.ID, Name: t.StepName, OpenedAt: t.OpenedAt, Due: t.Due, Provisional: t.Provisional}
		if d := st.Duty(t.About); (t.Kind == engine.TaskDuty || t.Kind == engine.TaskRectify && t.Step == "") && d != nil {
			ask.Duty, ask.Name = d.ID, d.Name
			if d.OnPaper() {
				ask.Paper = d.About
			}
		}
		out = append(out, ask)
	}
	return out
}

// renewals are the letters in lieu that run out, where no duty asks for the paper itself: until then a new letter may
// take the place of the old one, which a decision would not rest on any more.
func renewals(tell story, now time.Time, asked []gen.TrackAsk) (out []gen.TrackAsk) {
	for _, o := range engine.ActOptions(tell.r, tell.s, engine.Actor{Kind: engine.Applicant}, now, "", nil, []engine.Act{engine.Fulfil}) {
		for _, f := range o.Fields {
			for _, c := range f.Choices {
				p := tell.s.Paper(c.ID)
				if !o.Allowed || f.Field != "papers" || !c.Letter || p == nil || p.Until == nil || slices.ContainsFunc(asked, func(a gen.TrackAsk) bool { return a.Paper == c.ID }) {
					continue
				}
				out = append(out, gen.TrackAsk{
					Kind: gen.TrackAskKindLetter, Task: "letter." + c.ID, Name: tell.of(c.ID), Paper: c.ID, OpenedAt: p.At, Due: p.Until.End(),
				})
			}
		}
	}
	return out
}

// defences are the results that are to be annulled and that nothing has been said for yet (行政许可法第七条).
func defences(tell story) (out []gen.TrackAsk) {
	for i := range tell.s.Annulments {
		a := &tell.s.Annulments[i]
		_, until := a.Hearing()
		if a.Status != engine.AnnulOpen || until.IsZero() || len(a.Defences) > 0 {
			continue
		}
		ask := gen.TrackAsk{
			Kind: gen.TrackAskKindDefend, Step: a.Step, Task: a.ID, Name: tell.output(a.Output), Output: a.Output, OpenedAt: a.At, Due: until,
			Why: gen.WhyInQuestion(a.Why),
		}
		ask.Law, ask.Failing, ask.Reason = tell.inQuestion(a)
		out = append(out, ask)
	}
	return out
}

// inQuestion says why a result is in question: the ground an organ asks on, or the duty that was not met, and what
// was said about it.
func (t story) inQuestion(a *engine.Annulment) (ground definition.Article, duty, reason string) {
	if a.Asked != nil {
		return definition.Article{Law: "中华人民共和国行政许可法", Article: a.Asked.Article}, "", a.Asked.Reason
	}
	for _, n := range t.s.Notices {
		if n.ID == string(engine.NoticeAnnulling)+"."+a.ID {
			reason = n.Text
		}
	}
	return ground, t.duty(a.Duty), reason
}

// questions tell the holder of every result whether it stands, also after he has spoken and after it was decided.
func questions(tell story) (out []gen.TrackQuestion) {
	for i := range tell.s.Annulments {
		a := &tell.s.Annulments[i]
		q := gen.TrackQuestion{
			Id: a.ID, Output: a.Output, Name: tell.output(a.Output), Status: gen.TrackQuestionStatus(a.Status), OpenedAt: a.At,
			Why: gen.WhyInQuestion(a.Why), DecidedAt: a.Done, Decision: a.Reason, Basis: a.Basis,
		}
		_, q.Until = a.Hearing()
		q.Law, q.Duty, q.Reason = tell.inQuestion(a)
		q.Said = make([]gen.TrackStatement, len(a.Defences))
		for i, d := range a.Defences {
			q.Said[i] = gen.TrackStatement{At: d.At, Text: d.Text}
			for _, f := range d.Evidence {
				q.Said[i].Evidence = append(q.Said[i].Evidence, f.Name)
			}
		}
		out = append(out, q)
	}
	return out
}

// TrackAnswer implements POST /v1/track/answer.
func (s *Server) TrackAnswer(ctx context.Context, req gen.TrackAnswerRequestObject) (gen.TrackAnswerResponseObject, error) {
	return s.done(ctx, engine.Answer, official(ctx).number, req.Params.IdempotencyKey, req.Body)
}

// TrackWithdraw implements POST /v1/track/withdraw.
func (s *Server) TrackWithdraw(ctx context.Context, req gen.TrackWithdrawRequestObject) (gen.TrackWithdrawResponseObject, error) {
	return s.done(ctx, engine.Withdraw, official(ctx).number, req.Params.IdempotencyKey, req.Body)
}

// TrackRate implements POST /v1/track/rate.
func (s *Server) TrackRate(ctx context.Context, req gen.TrackRateRequestObject) (gen.TrackRateResponseObject, error) {
	return s.done(ctx, engine.Rate, official(ctx).number, req.Params.IdempotencyKey, req.Body)
}

// TrackUrge implements POST /v1/track/urge.
func (s *Server) TrackUrge(ctx context.Context, req gen.TrackUrgeRequestObject) (gen.TrackUrgeResponseObject, error) {
	return s.done(ctx, engine.Urge, official(ctx).number, req.Params.IdempotencyKey, req.Body)
}
