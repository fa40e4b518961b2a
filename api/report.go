package api

import (
	"context"
	"slices"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/store"
)

// reported is what a report asked for is about.
func (s *Server) reported(ctx context.Context, org, item, first, last string) (scope store.ReportScope, from, until calendar.Date, err error) {
	c := official(ctx)
	if from, err = queryDay("from", first); err != nil {
		return scope, from, until, err
	}
	if until, err = queryDay("until", last); err != nil {
		return scope, from, until, err
	}
	scope.From, scope.Until = from.Start(), until.End()
	if until < from {
		return scope, from, until, problem(CodeBadRequest, "until 不能早于 from", "until is before from").at("query until").want("a day not before "+from.String(), until.String())
	}
	if scope.Item, err = s.itemCode(ctx, item); err != nil {
		return scope, from, until, err
	}
	may := s.cfg.Store.OrgsBelow
	if c.supervises() {
		may = s.cfg.Store.OrgsSupervised
	}
	mine, err := may(ctx, c.session.Org)
	if err != nil || org == "" {
		scope.Orgs = mine
		return scope, from, until, err
	}
	if !slices.Contains(mine, org) {
		return scope, from, until, problem(CodeNotPermitted, "只能统计本单位及下级，或所监察的单位", "figures can be had of one's own organisation and those below it, or of those one supervises").at("query org")
	}
	below, err := s.cfg.Store.OrgsBelow(ctx, org)
	scope.Orgs = slices.DeleteFunc(below, func(o string) bool { return !slices.Contains(mine, o) })
	return scope, from, until, err
}

func queryDay(name, day string) (calendar.Date, error) {
	d, err := calendar.ParseDate(day)
	if err != nil {
		return d, problem(CodeBadRequest, "没有这一天", "there is no such day").at("query "+name).want("2026-03-01", day)
	}
	return d, nil
}

// reportAsk is a report that is asked for, as it came.
type reportAsk struct {
	org, item, from, until string
	by                     store.ReportBy
}

// GetReport implements GET /v1/reports.
func (s *Server) GetReport(ctx context.Context, req gen.GetReportRequestObject) (gen.GetReportResponseObject, error) {
	p := req.Params
	out, err := s.figures(ctx, reportAsk{p.Org, p.Item, p.From, p.Until, store.ReportBy(p.By)})
	if err != nil {
		return nil, err
	}
	return gen.GetReport200JSONResponse(*out), nil
}

// figures are those of a report.
func (s *Server) figures(ctx context.Context, p reportAsk) (*gen.Report, error) {
	scope, from, until, err := s.reported(ctx, p.org, p.item, p.from, p.until)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	by := p.by
	out := &gen.Report{
		Org: p.org, OrgName: orgs[p.org].Name, Item: scope.Item, From: from, Until: until, By: string(by), Rows: []gen.ReportRow{},
	}
	values, err := s.cfg.Store.Report(ctx, scope, by)
	if err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for _, f := range store.Figures {
		out.Figures = append(out.Figures, figureView(f))
		for k := range values[f.ID] {
			keys[k] = true
		}
	}
	if by == store.ByNothing {
		keys[""] = true
	}
	names, err := s.itemNames(ctx, by)
	if err != nil {
		return nil, err
	}
	order := make([]string, 0, len(keys))
	for k := range keys {
		order = append(order, k)
	}
	slices.Sort(order)
	for _, k := range order {
		row := gen.ReportRow{Key: k}
		switch by {
		case store.ByOrg:
			row.Name = orgs[k].Name
		case store.ByItem:
			row.Name = names[k]
		}
		for _, f := range store.Figures {
			row.Values = append(row.Values, figureValue(f, values[f.ID][k]))
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

func figureView(f store.Figure) gen.Figure {
	return gen.Figure{Id: f.ID, Kind: gen.FigureKind(f.Kind), Zh: f.Zh, En: f.En}
}

// figureValue shows a figure: a count as it is, a share in hundredths, an average.
func figureValue(f store.Figure, v store.Value) gen.FigureValue {
	out := gen.FigureValue{Figure: f.ID, Count: v.Count}
	var n float64
	switch f.Kind {
	case store.FigureCount:
		n = float64(v.Count)
	case store.FigureShare:
		if out.Base = v.Base; v.Base == 0 {
			return out
		}
		n = 100 * float64(v.Count) / float64(v.Base)
	case store.FigureAverage:
		if out.Base = v.Base; v.Base == 0 {
			return out
		}
		n = v.Sum / float64(v.Base)
	}
	out.Value = &n
	return out
}

// itemNames are the names of items by their code, where a report needs them.
func (s *Server) itemNames(ctx context.Context, by store.ReportBy) (map[string]string, error) {
	if by != store.ByItem {
		return nil, nil
	}
	list, err := s.cfg.Store.Definitions(ctx, "")
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, d := range list {
		if names[d.Code] == "" {
			names[d.Code] = d.Name
		}
	}
	return names, nil
}

// behind is a figure, and what those it is computed of are chosen by.
func (s *Server) behind(ctx context.Context, figure string, p reportAsk) (f store.Figure, scope store.ReportScope, err error) {
	f, ok := store.FigureOf(figure)
	if !ok {
		return f, scope, problem(CodeNoSuchFigure, "没有这个指标，见 GET /v1/reports", "there is no such figure; see GET /v1/reports").at("figure")
	}
	scope, _, _, err = s.reported(ctx, p.org, p.item, p.from, p.until)
	return f, scope, err
}

// GetReportLines implements GET /v1/reports/{figure}.
func (s *Server) GetReportLines(ctx context.Context, req gen.GetReportLinesRequestObject) (gen.GetReportLinesResponseObject, error) {
	p := req.Params
	f, scope, err := s.behind(ctx, req.Figure, reportAsk{p.Org, p.Item, p.From, p.Until, store.ByNothing})
	if err != nil {
		return nil, err
	}
	list, next, err := s.cfg.Store.ReportLines(ctx, f, scope, store.Page{After: store.Cursor(p.Cursor), Limit: p.Limit})
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	out := gen.GetReportLines200JSONResponse{Figure: figureView(f), Lines: make([]gen.ReportLine, len(list)), Next: string(next)}
	for i, l := range list {
		out.Lines[i] = gen.ReportLine{Number: l.Case, Item: l.Item, Org: l.Org, OrgName: orgs[l.Org].Name, At: l.At, Card: l.Card, Counts: l.Counts, Value: l.Value}
	}
	return out, nil
}
