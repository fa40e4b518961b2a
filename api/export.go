package api

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"lianban/api/gen"
	"lianban/api/sheet"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/store"
)

const (
	// defaultRows bounds a table; what is left out is said in its last row.
	defaultRows = 50_000
	// exportPage is how many are read at once.
	exportPage = store.MaxPage
	// exports is how many tables are made at a time: each may need a temporary file.
	exports = 4
)

// table is what is exported: made while it is sent.
type table struct {
	s      *Server
	ctx    context.Context
	name   string // of the file
	title  string
	format sheet.Format
	lang   string
	head   []string
	rows   iter.Seq2[[]any, error]
	done   func()
}

// say chooses the words of a language.
func say(lang, zh, en string) string {
	if lang == "en" {
		return en
	}
	return zh
}

// newTable begins an export: one of few at a time, on the audit before anything is read.
func (s *Server) newTable(ctx context.Context, what string, f gen.ExportFormat, asked map[string]any) (*table, error) {
	c := official(ctx)
	select {
	case s.tables <- struct{}{}:
	default:
		return nil, tooMany(5)
	}
	t := &table{
		s: s, ctx: ctx, format: sheet.Format(orElse(string(f), string(sheet.CSV))), lang: callOf(ctx).lang, done: func() { <-s.tables },
	}
	now := s.cfg.Clock.Now()
	t.name = fmt.Sprintf("%s-%s.%s", what, now.In(calendar.Zone).Format("20060102-150405"), t.format)
	for k, v := range asked {
		if v == "" || v == false {
			delete(asked, k)
		}
	}
	asked["format"] = t.format
	note, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	err := s.cfg.Store.Audited(note, store.Administrator{Account: c.session.Account, Org: c.session.Org, At: now}, func(reg *store.Registry) error {
		return reg.NoteExport(note, what, asked)
	})
	if err != nil {
		t.done()
		return nil, err
	}
	return t, nil
}

// VisitExportCasesResponse sends the table.
func (t *table) VisitExportCasesResponse(w http.ResponseWriter) error { return t.write(w) }

// VisitExportAgeingResponse sends the table.
func (t *table) VisitExportAgeingResponse(w http.ResponseWriter) error { return t.write(w) }

// VisitExportReportResponse sends the table.
func (t *table) VisitExportReportResponse(w http.ResponseWriter) error { return t.write(w) }

// VisitExportReportLinesResponse sends the table.
func (t *table) VisitExportReportLinesResponse(w http.ResponseWriter) error { return t.write(w) }

func (t *table) write(w http.ResponseWriter) error {
	defer t.done()
	sent := &late{to: w, head: func() {
		w.Header().Set("Content-Type", t.format.Type())
		w.Header().Set("Content-Disposition", `attachment; filename="`+t.name+`"`)
		w.WriteHeader(http.StatusOK)
	}}
	n, err := t.fill(sent)
	if err == nil {
		err = sent.flush()
	}
	if err == nil {
		t.s.log.Info("exported", "request", callOf(t.ctx).id, "table", t.name, "rows", n)
		return nil
	}
	if sent.begun {
		// What was sent looks whole: break it off, so that nobody takes it for that.
		t.s.log.Warn("export broken off", "request", callOf(t.ctx).id, "table", t.name, "rows", n, "error", err.Error())
		panic(http.ErrAbortHandler)
	}
	return err
}

func (t *table) fill(w io.Writer) (rows int, err error) {
	out, err := sheet.New(t.format, w, t.title, sheet.Words{Yes: say(t.lang, "是", "yes"), No: say(t.lang, "否", "no")})
	if err != nil {
		return 0, err
	}
	head := make([]any, len(t.head))
	for i, h := range t.head {
		head[i] = h
	}
	if err := out.Row(head...); err != nil {
		return 0, err
	}
	for row, err := range t.rows {
		if err != nil {
			return rows, err
		}
		if rows == t.s.cfg.ExportRows {
			last := make([]any, len(head))
			last[0] = fmt.Sprintf(say(t.lang, "仅前 %d 行，请缩小范围后分次导出", "the first %d rows only: narrow it down and export in parts"), rows)
			if err := out.Row(last...); err != nil {
				return rows, err
			}
			break
		}
		rows++
		if err := out.Row(row...); err != nil {
			return rows, err
		}
	}
	return rows, out.Close()
}

// late holds a table back until there is more of it than its beginning: what fails at first is still answered as a problem.
type late struct {
	to    io.Writer
	head  func()
	begun bool
	kept  []byte
}

// beginning is how much is held back: more than the head, less than a page.
const beginning = 2048

func (l *late) Write(b []byte) (int, error) {
	if !l.begun && len(l.kept)+len(b) < beginning {
		l.kept = append(l.kept, b...)
		return len(b), nil
	}
	if err := l.flush(); err != nil {
		return 0, err
	}
	return l.to.Write(b)
}

func (l *late) flush() error {
	if l.begun {
		return nil
	}
	l.begun = true
	l.head()
	_, err := l.to.Write(l.kept)
	return err
}

// paged reads pages until the last one; each has its own time.
func paged[T any](ctx context.Context, read func(ctx context.Context, page store.Page) ([]T, store.Cursor, error), row func(*T) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		var cursor store.Cursor
		for {
			one, cancel := context.WithTimeout(ctx, storeWait)
			list, next, err := read(one, store.Page{After: cursor, Limit: exportPage})
			cancel()
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range list {
				if r := row(&list[i]); r != nil && !yield(r, nil) {
					return
				}
			}
			if cursor = next; cursor == "" {
				return
			}
		}
	}
}

// ExportCases implements GET /v1/exports/cases.
func (s *Server) ExportCases(ctx context.Context, r gen.ExportCasesRequestObject) (gen.ExportCasesResponseObject, error) {
	p := r.Params
	ctx = speaking(ctx, string(p.Lang))
	f, err := s.caseFilter(ctx, p.Q, p.Item, string(p.Status))
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	// What was searched for may be somebody's number: the audit says that, not for what.
	t, err := s.newTable(ctx, "cases", p.Format, map[string]any{
		"item": f.Item, "status": string(p.Status), "region": p.Region, "lead": p.Lead, "open": p.Open, "overdue": p.Overdue, "searched": p.Q != "",
	})
	if err != nil {
		return nil, err
	}
	t.title = say(t.lang, "办件", "cases")
	t.head = caseHead(t.lang)
	now, kept := s.cfg.Clock.Now(), kept{p.Overdue, p.Open, p.Region, p.Lead}
	read := func(ctx context.Context, page store.Page) ([]store.CaseItem, store.Cursor, error) {
		return s.cfg.Store.ListCases(ctx, f, page)
	}
	t.rows = paged(ctx, read, func(x *store.CaseItem) []any {
		if !kept.has(&x.CaseRow) {
			return nil
		}
		return caseCells(t.lang, x, orgs, now)
	})
	return t, nil
}

func caseHead(lang string) []string {
	var head []string
	for _, h := range [][2]string{
		{"办件编号", "case"}, {"事项编码", "item"}, {"事项", "item name"}, {"版本", "version"}, {"申请人", "applicant"}, {"区划", "region"}, {"渠道", "channel"},
		{"状态", "state"}, {"结果", "outcome"}, {"灯", "light"}, {"超期", "overdue"}, {"牵头单位", "lead"}, {"收件时间", "received"}, {"受理日期", "accepted"},
		{"承诺到期", "promised due"}, {"法定到期", "statutory due"}, {"到期日为暂定", "due days provisional"}, {"决定时间", "decided"}, {"办结时间", "closed"},
	} {
		head = append(head, say(lang, h[0], h[1]))
	}
	return head
}

func caseCells(lang string, x *store.CaseItem, orgs map[string]store.Organisation, now time.Time) []any {
	r := caseRow(&x.CaseRow, now)
	var accepted calendar.Date
	if x.AcceptedOn != nil {
		accepted = *x.AcceptedOn
	}
	return []any{
		r.Number, r.Item, r.ItemName, r.Version, x.Applicant.Name, r.Region, caseWord(lang, r.Channel), caseWord(lang, string(r.Status)), caseWord(lang, r.Outcome),
		caseWord(lang, string(r.Light)), r.Overdue, orElse(orgs[r.LeadOrg].Name, r.LeadOrg), r.ReceivedAt, accepted, r.PromisedDue, r.StatutoryDue, r.Provisional,
		r.DecidedAt, r.ClosedAt,
	}
}

// caseWords are states, outcomes, channels and lights of cases in words.
var caseWords = map[string][2]string{
	string(engine.PreReview): {"预审中", "pre-review"}, string(engine.Received): {"已收件", "received"}, string(engine.Correcting): {"待补正", "correcting"},
	string(engine.Accepted): {"已受理", "accepted"}, string(engine.Decided): {"已决定", "decided"}, string(engine.Closed): {"已办结", "closed"},
	string(engine.Granted): {"准予", "granted"}, string(engine.GrantedTolerant): {"准予（容缺）", "granted on tolerance"}, string(engine.PartlyGrant): {"部分准予", "partly granted"},
	string(engine.Denied): {"不予许可", "denied"}, string(engine.Refused): {"不予受理", "refused"}, string(engine.NotRequired): {"不需许可", "not required"},
	string(engine.NotCompetent): {"不属本机关职权", "of another organ"}, string(engine.Withdrawn): {"撤件", "withdrawn"}, string(engine.Terminated): {"终止", "terminated"},
	string(engine.Lapsed): {"逾期未补正", "lapsed"},
	"window":              {"窗口", "window"}, "online": {"网上", "online"}, "mobile": {"移动端", "mobile"}, "courier": {"邮寄", "courier"}, "push": {"推送", "push"},
	"green": {"绿", "green"}, "yellow": {"黄", "yellow"}, "red": {"红", "red"},
}

func caseWord(lang, id string) string {
	if w, ok := caseWords[id]; ok {
		return say(lang, w[0], w[1])
	}
	return id
}

// ExportReport implements GET /v1/exports/report.
func (s *Server) ExportReport(ctx context.Context, r gen.ExportReportRequestObject) (gen.ExportReportResponseObject, error) {
	p := r.Params
	ctx = speaking(ctx, string(p.Lang))
	rep, err := s.figures(ctx, reportAsk{p.Org, p.Item, p.From, p.Until, store.ReportBy(p.By)})
	if err != nil {
		return nil, err
	}
	t, err := s.newTable(ctx, "report", p.Format, map[string]any{"org": p.Org, "item": rep.Item, "from": p.From, "until": p.Until, "by": string(p.By)})
	if err != nil {
		return nil, err
	}
	t.title = say(t.lang, "统计", "report")
	t.head = []string{say(t.lang, "代码", "key"), say(t.lang, "名称", "name")}
	for _, f := range rep.Figures {
		name := say(t.lang, f.Zh, f.En)
		switch f.Kind {
		case gen.FigureKind(store.FigureShare):
			t.head = append(t.head, name+say(t.lang, "（%）", " (%)"), name+say(t.lang, "：计入", ": count"), name+say(t.lang, "：基数", ": of"))
		case gen.FigureKind(store.FigureAverage):
			t.head = append(t.head, name, name+say(t.lang, "：基数", ": of"))
		default:
			t.head = append(t.head, name)
		}
	}
	t.rows = func(yield func([]any, error) bool) {
		for i := range rep.Rows {
			if !yield(reportCells(rep, &rep.Rows[i]), nil) {
				return
			}
		}
	}
	return t, nil
}

func reportCells(rep *gen.Report, row *gen.ReportRow) []any {
	cells := []any{row.Key, row.Name}
	for i, f := range rep.Figures {
		v := row.Values[i]
		switch f.Kind {
		case gen.FigureKind(store.FigureShare):
			cells = append(cells, v.Value, v.Count, v.Base)
		case gen.FigureKind(store.FigureAverage):
			cells = append(cells, v.Value, v.Base)
		default:
			cells = append(cells, v.Count)
		}
	}
	return cells
}

// ExportReportLines implements GET /v1/exports/report/{figure}.
func (s *Server) ExportReportLines(ctx context.Context, r gen.ExportReportLinesRequestObject) (gen.ExportReportLinesResponseObject, error) {
	p := r.Params
	ctx = speaking(ctx, string(p.Lang))
	f, scope, err := s.behind(ctx, r.Figure, reportAsk{p.Org, p.Item, p.From, p.Until, store.ByNothing})
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	t, err := s.newTable(ctx, "report-"+f.ID, p.Format, map[string]any{"org": p.Org, "item": scope.Item, "from": p.From, "until": p.Until})
	if err != nil {
		return nil, err
	}
	t.title = say(t.lang, "明细", "lines")
	for _, h := range [][2]string{{"办件编号", "case"}, {"牌号", "card"}, {"事项编码", "item"}, {"单位代码", "organisation"}, {"单位", "name"}, {"时间", "at"}, {"计入", "counts"}, {"数值", "value"}} {
		t.head = append(t.head, say(t.lang, h[0], h[1]))
	}
	read := func(ctx context.Context, page store.Page) ([]store.ReportLine, store.Cursor, error) {
		return s.cfg.Store.ReportLines(ctx, f, scope, page)
	}
	t.rows = paged(ctx, read, func(x *store.ReportLine) []any {
		var card, counts, value any
		if x.Card != 0 {
			card = x.Card
		}
		switch f.Kind {
		case store.FigureShare:
			counts = x.Counts
		case store.FigureAverage:
			value = x.Value
		}
		return []any{x.Case, card, x.Item, x.Org, orgs[x.Org].Name, x.At, counts, value}
	})
	return t, nil
}
