package api

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/store"
)

// ageingAsk is a report on ageing that is asked for, as it came.
type ageingAsk struct {
	org, item, on, band string
}

// ageing is what such a report is about; band is nil for all.
func (s *Server) ageing(ctx context.Context, p ageingAsk) (scope store.AgeingScope, band *store.Band, err error) {
	today := calendar.DateOf(s.cfg.Clock.Now())
	if scope.On = today; p.on != "" {
		if scope.On, err = queryDay("on", p.on); err != nil {
			return scope, nil, err
		}
	}
	if scope.On > today {
		return scope, nil, problem(CodeBadRequest, "on 不能晚于今天", "on is after today").at("query on").want("a day not after "+today.String(), scope.On.String())
	}
	if p.band != "" {
		b, ok := store.BandOf(p.band)
		if !ok {
			return scope, nil, problem(CodeBadRequest, "没有这个时长段", "there is no such band").at("query band").want("a band of GET /v1/reports/ageing", "another")
		}
		band = &b
	}
	day := scope.On.String()
	mine, _, _, err := s.reported(ctx, p.org, p.item, day, day)
	scope.Orgs, scope.Item = mine.Orgs, mine.Item
	return scope, band, err
}

func bandView(b store.Band) gen.AgeBand { return gen.AgeBand{Id: b.ID, First: b.First, Last: b.Last} }

// aged is a report on ageing.
func (s *Server) aged(ctx context.Context, p ageingAsk, by store.ReportBy) (*gen.Ageing, error) {
	scope, _, err := s.ageing(ctx, p)
	if err != nil {
		return nil, err
	}
	counts, err := s.cfg.Store.Ageing(ctx, scope, by)
	if err != nil {
		return nil, err
	}
	if by == store.ByNothing && counts[""] == nil {
		counts[""] = make([]int64, len(store.Bands))
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	items, err := s.itemNames(ctx, by)
	if err != nil {
		return nil, err
	}
	out := &gen.Ageing{Org: p.org, OrgName: orgs[p.org].Name, Item: scope.Item, On: scope.On, By: string(by), Rows: []gen.AgeingRow{}}
	for _, b := range store.Bands {
		out.Bands = append(out.Bands, bandView(b))
	}
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		row := gen.AgeingRow{Key: k, Counts: counts[k]}
		switch by {
		case store.ByOrg:
			row.Name = orgs[k].Name
		case store.ByItem:
			row.Name = items[k]
		}
		for _, n := range counts[k] {
			row.Total += n
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// GetAgeing implements GET /v1/reports/ageing.
func (s *Server) GetAgeing(ctx context.Context, r gen.GetAgeingRequestObject) (gen.GetAgeingResponseObject, error) {
	p := r.Params
	out, err := s.aged(ctx, ageingAsk{org: p.Org, item: p.Item, on: p.On}, store.ReportBy(p.By))
	if err != nil {
		return nil, err
	}
	return gen.GetAgeing200JSONResponse(*out), nil
}

// GetAgeingLines implements GET /v1/reports/ageing/lines.
func (s *Server) GetAgeingLines(ctx context.Context, r gen.GetAgeingLinesRequestObject) (gen.GetAgeingLinesResponseObject, error) {
	p := r.Params
	scope, band, err := s.ageing(ctx, ageingAsk{p.Org, p.Item, p.On, p.Band})
	if err != nil {
		return nil, err
	}
	list, next, err := s.cfg.Store.AgeingLines(ctx, scope, band, store.Page{After: store.Cursor(p.Cursor), Limit: p.Limit})
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	out := gen.GetAgeingLines200JSONResponse{On: scope.On, Lines: make([]gen.AgeingLine, len(list)), Next: string(next)}
	for i, l := range list {
		out.Lines[i] = gen.AgeingLine{
			Number: l.Case, Item: l.Item, ItemName: l.ItemName, Org: l.Lead, OrgName: orgs[l.Lead].Name, ReceivedAt: l.ReceivedAt, AcceptedAt: l.AcceptedAt,
			Days: age(scope.On, &l),
		}
	}
	return out, nil
}

// age is how many days a case was open when a day ended.
func age(on calendar.Date, l *store.AgeingLine) int { return int(on - calendar.DateOf(l.ReceivedAt)) }

// ExportAgeing implements GET /v1/exports/ageing: with a band its cases, else the report.
func (s *Server) ExportAgeing(ctx context.Context, r gen.ExportAgeingRequestObject) (gen.ExportAgeingResponseObject, error) {
	p := r.Params
	ctx = speaking(ctx, string(p.Lang))
	ask := ageingAsk{p.Org, p.Item, p.On, p.Band}
	scope, band, err := s.ageing(ctx, ask)
	if err != nil {
		return nil, err
	}
	var rep *gen.Ageing
	if band == nil {
		if rep, err = s.aged(ctx, ask, store.ReportBy(p.By)); err != nil {
			return nil, err
		}
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	t, err := s.newTable(ctx, "ageing", p.Format, map[string]any{"org": p.Org, "item": scope.Item, "on": scope.On.String(), "band": p.Band, "by": string(p.By)})
	if err != nil {
		return nil, err
	}
	t.title = say(t.lang, "在办时长", "ageing")
	if band == nil {
		t.head, t.rows = ageingTable(t.lang, rep)
		return t, nil
	}
	for _, h := range [][2]string{{"办件编号", "case"}, {"事项编码", "item"}, {"事项", "item name"}, {"牵头单位代码", "lead"}, {"牵头单位", "name"}, {"收件时间", "received"}, {"受理时间", "accepted"}, {"天数", "days"}} {
		t.head = append(t.head, say(t.lang, h[0], h[1]))
	}
	read := func(ctx context.Context, page store.Page) ([]store.AgeingLine, store.Cursor, error) {
		return s.cfg.Store.AgeingLines(ctx, scope, band, page)
	}
	t.rows = paged(ctx, read, func(l *store.AgeingLine) []any {
		return []any{l.Case, l.Item, l.ItemName, l.Lead, orgs[l.Lead].Name, l.ReceivedAt, l.AcceptedAt, int64(age(scope.On, l))}
	})
	return t, nil
}

func ageingTable(lang string, rep *gen.Ageing) ([]string, iter.Seq2[[]any, error]) {
	head := []string{say(lang, "代码", "key"), say(lang, "名称", "name"), say(lang, "在办", "open")}
	for _, b := range rep.Bands {
		head = append(head, bandName(lang, b))
	}
	return head, func(yield func([]any, error) bool) {
		for _, r := range rep.Rows {
			cells := []any{r.Key, r.Name, r.Total}
			for _, n := range r.Counts {
				cells = append(cells, n)
			}
			if !yield(cells, nil) {
				return
			}
		}
	}
}

func bandName(lang string, b gen.AgeBand) string {
	if b.Last == 0 && b.First > 0 {
		return fmt.Sprintf(say(lang, "%d 天及以上", "%d days and more"), b.First)
	}
	return fmt.Sprintf(say(lang, "%d–%d 天", "%d to %d days"), b.First, b.Last)
}
