package api

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"

	"lianban/api/gen"
	"lianban/contract"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/store"
)

// ListCalendars implements GET /v1/calendars.
func (s *Server) ListCalendars(ctx context.Context, _ gen.ListCalendarsRequestObject) (gen.ListCalendarsResponseObject, error) {
	list, err := s.cfg.Store.Calendars(ctx)
	if err != nil {
		return nil, err
	}
	loads, err := s.cfg.Store.CalendarLoads(ctx)
	if err != nil {
		return nil, err
	}
	out := gen.ListCalendars200JSONResponse{Calendars: make([]gen.CalendarVersion, len(list)), Loads: make([]gen.CalendarLoad, len(loads))}
	for i, c := range list {
		out.Calendars[i] = gen.CalendarVersion{Region: c.Region, Version: c.Version, LoadedAt: c.LoadedAt, Current: c.Current}
	}
	for i := range loads {
		out.Loads[i] = loadView(&loads[i])
	}
	return out, nil
}

func loadView(l *store.CalendarLoad) gen.CalendarLoad {
	return gen.CalendarLoad{
		Key: l.Key, Regions: l.Regions, Versions: l.Versions, Reason: l.Reason, By: l.By, At: l.At, DoneAt: l.DoneAt,
		Open: l.Open, Told: l.Told, Done: l.Done, Refused: l.Refused,
	}
}

// LoadCalendars implements POST /v1/calendars.
func (s *Server) LoadCalendars(ctx context.Context, r gen.LoadCalendarsRequestObject) (gen.LoadCalendarsResponseObject, error) {
	key, now := r.Params.IdempotencyKey, s.cfg.Clock.Now()
	loads, err := s.cfg.Store.CalendarLoads(ctx)
	if err != nil {
		return nil, err
	}
	for i := range loads { // said before: the calendars in use have changed by it since
		if loads[i].Key == key && loads[i].By == official(ctx).session.Account {
			return gen.LoadCalendars200JSONResponse(loadView(&loads[i])), nil
		}
	}
	made, err := s.renewed(ctx, r.Body)
	if err != nil {
		return nil, err
	}
	versions := make([]store.CalendarVersion, len(made))
	for i, c := range made {
		data, err := c.MarshalJSON()
		if err != nil {
			return nil, err
		}
		versions[i] = store.CalendarVersion{Region: c.Region(), Version: c.Version(), Data: data}
	}
	load, _, err := s.cfg.Store.LoadCalendars(ctx, store.CalendarLoad{Key: key, Reason: r.Body.Reason, By: official(ctx).session.Account, At: now}, versions)
	if err != nil {
		return nil, err
	}
	return gen.LoadCalendars200JSONResponse(loadView(&load)), nil
}

// renewed are the calendars a content leads to: one for each region whose calendar it changes.
func (s *Server) renewed(ctx context.Context, body *gen.CalendarContent) ([]*calendar.Calendar, error) {
	list, err := s.cfg.Store.Calendars(ctx)
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	var regions []string
	add := func(region string) {
		if !have[region] {
			have[region], regions = true, append(regions, region)
		}
	}
	for _, c := range list {
		add(c.Region)
	}
	for _, l := range body.Layers {
		add(l.Region)
	}
	var made []*calendar.Calendar
	for _, region := range regions {
		concerns := len(body.Years) > 0
		for _, l := range body.Layers {
			concerns = concerns || strings.HasPrefix(region, l.Region)
		}
		if !concerns {
			continue
		}
		base, err := s.cfg.Store.LatestCalendar(ctx, region)
		if err != nil {
			return nil, err
		}
		old, err := calendar.Decode(base.Data)
		if err != nil {
			return nil, err
		}
		next, err := calendar.New(old.Data().Renew(region, body.Years, body.Layers))
		if err != nil {
			return nil, badCalendar(err)
		}
		if next.Version() != base.Version || next.Region() != base.Region {
			made = append(made, next)
		}
	}
	if made == nil {
		return nil, problem(CodeBadCalendar, "内容与现用日历相同，没有变化", "the calendars in use say so already; nothing would change").at("years").want("other days", "the same")
	}
	return made, nil
}

func badCalendar(err error) error {
	var e *calendar.Error
	if errors.As(err, &e) {
		return problem(CodeBadCalendar, "%[1]s", "%[2]s", e.Text.ZH, e.Text.EN).at("body")
	}
	return err
}

// previewPage is how many open cases a preview looks at unless it is told otherwise.
const previewPage = 100

// PreviewCalendars implements POST /v1/calendars/preview.
func (s *Server) PreviewCalendars(ctx context.Context, r gen.PreviewCalendarsRequestObject) (gen.PreviewCalendarsResponseObject, error) {
	made, err := s.renewed(ctx, r.Body)
	if err != nil {
		return nil, err
	}
	var regions []string
	out := gen.PreviewCalendars200JSONResponse{Moves: []gen.CalendarMove{}}
	for _, c := range made {
		regions = append(regions, c.Region())
		out.Calendars = append(out.Calendars, gen.CalendarVersion{Region: c.Region(), Version: c.Version(), Years: c.Years()})
	}
	limit := previewPage
	if r.Params.Limit > 0 {
		limit = r.Params.Limit
	}
	cases, err := s.cfg.Store.OpenCasesIn(ctx, regions, r.Params.After, limit)
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		moves, err := s.wouldMove(ctx, c, made, r.Body.Reason)
		if err != nil {
			return nil, err
		}
		out.Moves = append(out.Moves, moves...)
	}
	if out.Cases = len(cases); len(cases) == limit {
		out.Next = cases[len(cases)-1].Number
	}
	return out, nil
}

// wouldMove decides the loading on a copy of a case, from its log.
func (s *Server) wouldMove(ctx context.Context, c store.CasePlace, made []*calendar.Calendar, reason string) ([]gen.CalendarMove, error) {
	var cal *calendar.Calendar
	for _, m := range made {
		if strings.HasPrefix(c.Region, m.Region()) && (cal == nil || len(m.Region()) > len(cal.Region())) {
			cal = m
		}
	}
	f, err := s.fold(ctx, c.Number)
	if err != nil || cal == nil {
		return nil, err
	}
	res := engine.Decide(f.rules, f.state, engine.Command{
		Do: engine.Recalendar, By: engine.Actor{Kind: engine.System}, At: s.cfg.Clock.Now(), Args: engine.Args{Calendar: cal, Reason: reason},
	})
	var moves []gen.CalendarMove
	for _, m := range engine.Moves(f.state, res.Events) {
		moves = append(moves, gen.CalendarMove{
			Number: c.Number, Clock: m.Clock, Name: engine.ClockName(f.rules, f.state, m.Clock), Step: m.Step, From: m.From, To: m.To, Was: m.Was, Is: m.Is,
		})
	}
	return moves, nil
}

// sweepCalendars tells open cases of calendars that were loaded, until none is left.
// A case has been told when its command is recorded: from then on it is an act like
// any other, sent again until it is answered. What is told twice is refused.
func (s *Server) sweepCalendars(ctx context.Context) error {
	loads, err := s.cfg.Store.CalendarLoadsOpen(ctx)
	if err != nil {
		return err
	}
	for i := range loads {
		if err := s.tell(ctx, &loads[i]); err != nil {
			return err
		}
		if _, err := s.cfg.Store.FinishCalendarLoad(ctx, loads[i].ID, s.cfg.Clock.Now()); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) tell(ctx context.Context, load *store.CalendarLoad) error {
	for {
		cases, err := s.cfg.Store.ToRecount(ctx, load.ID, sweepBatch)
		if err != nil {
			return err
		}
		var mu sync.Mutex
		var failed error
		parallel(len(cases), sweepWidth, func(i int) {
			if err := s.recount(ctx, load, cases[i]); err != nil {
				mu.Lock()
				failed = errors.Join(failed, err)
				mu.Unlock()
			}
		})
		if failed != nil || len(cases) < sweepBatch || ctx.Err() != nil {
			return errors.Join(failed, ctx.Err())
		}
	}
}

// recount records the command that gives a case the calendar of its region, and carries it there.
func (s *Server) recount(ctx context.Context, load *store.CalendarLoad, c store.CasePlace) error {
	latest, err := s.cfg.Store.LatestCalendar(ctx, c.Region)
	if err != nil {
		return err
	}
	key := derivedKey("calendar "+load.Key, c.Number, latest.Version)
	cmd := engine.Command{Do: engine.Recalendar, By: engine.Actor{Kind: engine.System}}
	cmd.Args.Reason = load.Reason
	if err := json.Unmarshal(latest.Data, &cmd.Args.Calendar); err != nil {
		return err
	}
	body, err := contract.EncodeCommand(cmd)
	if err != nil {
		return err
	}
	recorded, repeated, err := s.cfg.Store.RecordCommand(ctx, store.Intent{
		Key: key, Case: c.Number, Act: engine.Recalendar, By: cmd.By, Body: body, At: s.cfg.Clock.Now(),
	})
	if err != nil {
		return err
	}
	if err := s.cfg.Store.NoteRecount(ctx, load.ID, c.Number, key); err != nil {
		return err
	}
	if recorded.Status != store.CommandPending {
		return nil
	}
	wait, cancel := s.temporal.within(ctx, s.cfg.Wait)
	defer cancel()
	s.metrics.swept.WithLabelValues("calendar").Inc()
	s.carry(wait, recorded, repeated) // without an answer the sweeper of acts goes on
	return nil
}
