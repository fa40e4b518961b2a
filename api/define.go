package api

import (
	"context"
	"errors"
	"slices"
	"strings"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/engine/scenario"
	"lianban/store"
)

// What an editor asks about a text while somebody writes it. Nothing is kept.

// reading is a definition's text, read and judged.
type reading struct {
	src   []byte
	file  *definition.File
	found definition.Diagnostics
	def   *definition.Definition // nil while there are errors
	plan  *definition.Plan
}

// read judges a text: all checks, and for an item whether this engine runs it.
func read(name string, src []byte) (*reading, error) {
	r := &reading{src: src}
	r.file, _ = definition.ParseFile(name, src)
	library, _ := definition.LibraryOf(r.file)
	r.found = definition.Check(r.file, library)
	if r.file.Kind != definition.FileItem || r.found.Failed() {
		return r, nil
	}
	r.found = append(r.found, definition.CheckRunnable(r.file, library)...)
	if r.found.Failed() {
		return r, nil
	}
	item := r.file.Definition.Item
	def, more := library.Resolve(item.Code, item.Version, "")
	if def == nil {
		r.found = append(r.found, more...)
		return r, nil
	}
	plan, err := definition.Compile(def)
	r.def, r.plan = def, plan
	return r, err
}

// publishable is the problem of a text that may not be published, nil for one that may.
func (r *reading) publishable() *Problem {
	if r.plan != nil {
		return nil
	}
	p := problem(CodeDefinition, "定义未通过检查，下面逐条写明位置和改法", "the definition did not pass its checks; each fault is listed with its place and how to mend it").at("body").want("a definition without errors", "errors")
	if r.file.Kind != definition.FileItem && !r.found.Failed() {
		p = problem(CodeDefinition, "发布的应是事项定义，而不是片段、认领或测试", "what is published is an item, not a fragment, claim or tests").at("body").want("item", string(r.file.Kind))
	}
	p.Findings = findings(r.found)
	return p
}

// CheckItem implements POST /v1/items/check.
func (s *Server) CheckItem(_ context.Context, req gen.CheckItemRequestObject) (gen.CheckItemResponseObject, error) {
	src, err := source(req.Body)
	if err != nil {
		return nil, err
	}
	r, err := read("definition.yaml", src)
	if err != nil {
		return nil, err
	}
	out := gen.CheckItem200JSONResponse{Findings: findings(r.found), Kind: gen.CheckedKind(r.file.Kind), Outline: r.file.Outline(src)}
	for _, d := range r.found {
		if d.Severity == definition.SeverityError {
			out.Errors++
		}
	}
	if r.file.Definition != nil {
		out.Flow = *definition.NewFlow(r.file.Definition)
	}
	if r.plan != nil {
		if out.Guide, err = guideOf(r.plan, nil, s.cfg.Clock.Now()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// calendarOf is the calendar in use in a region.
func (s *Server) calendarOf(ctx context.Context, region string) (*calendar.Calendar, error) {
	v, err := s.cfg.Store.LatestCalendar(ctx, region)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem(CodeBadCalendar, "没有可用的工作日历", "there is no calendar of working days").at("region").want("a region with a calendar", "none")
	}
	if err != nil {
		return nil, err
	}
	return calendar.Decode(v.Data)
}

// TestDefinition implements POST /v1/definitions/test.
func (s *Server) TestDefinition(ctx context.Context, req gen.TestDefinitionRequestObject) (gen.TestDefinitionResponseObject, error) {
	tests := make([]store.TestText, len(req.Body.Tests))
	for i, t := range req.Body.Tests {
		tests[i] = store.TestText{Name: t.Name, Text: t.Text}
	}
	r, err := read("definition.yaml", []byte(req.Body.Text))
	if err != nil {
		return nil, err
	}
	out, err := s.test(ctx, r, tests)
	return gen.TestDefinition200JSONResponse(out), err
}

// test runs scenario tests on a text.
func (s *Server) test(ctx context.Context, r *reading, tests []store.TestText) (gen.TestedDefinition, error) {
	out := gen.TestedDefinition{
		Ok: r.plan != nil, Findings: findings(r.found), Files: []gen.TestedFile{},
		Coverage: gen.Coverage{Steps: []gen.StepCoverage{}, Never: []string{}, OneSided: []string{}},
	}
	cover := newCovering(r.plan)
	for _, t := range tests {
		file, err := s.testFile(ctx, r, t, cover)
		if err != nil {
			return out, err
		}
		out.Ok = out.Ok && file.Ok
		out.Files = append(out.Files, file)
	}
	if r.plan != nil {
		out.Coverage = cover.view()
	}
	return out, nil
}

// testFile runs one file of scenarios. It is read beside the definition, as files of a folder are.
func (s *Server) testFile(ctx context.Context, r *reading, t store.TestText, cover *covering) (gen.TestedFile, error) {
	out := gen.TestedFile{Name: t.Name, Findings: []gen.Finding{}, Cases: []gen.TestedCase{}}
	name := strings.TrimSuffix(strings.TrimSuffix(t.Name, ".yaml"), ".test")
	item, _ := definition.ParseFile(name+".yaml", r.src)
	file, _ := definition.ParseFile(name+".test.yaml", []byte(t.Text))
	library, _ := definition.LibraryOf(item, file)
	found := definition.Check(file, library)
	if file.Kind != definition.FileTests && !found.Failed() {
		found = append(found, definition.Diagnostic{
			Code: "S008", Severity: definition.SeverityError, Position: definition.Position{Line: 1, Column: 1},
			Text: calendar.Text{ZH: "这不是场景测试文件", EN: "this is no file of scenario tests"},
		})
	}
	out.Findings = findings(found)
	if found.Failed() || r.plan == nil {
		return out, nil
	}
	cal, err := s.calendarOf(ctx, file.Tests.Region)
	if err != nil {
		return out, err
	}
	plan, err := definition.Compile(scenario.Effective(r.def, file.Tests))
	if err != nil {
		return out, err
	}
	_, rules, err := s.inForce(ctx)
	if p := (*Problem)(nil); err != nil && !(errors.As(err, &p) && p.Code == CodeNoRules) {
		return out, err
	}
	report := scenario.Run(&engine.Rules{Plan: plan, Calendar: cal}, rules, file.Tests)
	out.Ok = report.OK()
	next := 0
	for _, c := range report.Played {
		v := gen.TestedCase{
			Name: c.Name, Ok: c.Failures == 0, Line: c.Position.Line, Acts: c.Acts, Failures: []gen.TestFailure{},
			Opened: orEmpty(c.Opened), Absent: orEmpty(c.Absent),
		}
		for _, f := range report.Failures[next : next+c.Failures] {
			v.Failures = append(v.Failures, gen.TestFailure{Line: f.Position.Line, Column: f.Position.Column, Zh: f.Text.ZH, En: f.Text.EN})
		}
		next += c.Failures
		out.Cases = append(out.Cases, v)
		cover.add(c)
	}
	return out, nil
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// covering gathers which scenarios reached which steps.
type covering struct {
	plan  *definition.Plan
	steps map[string]*gen.StepCoverage
}

func newCovering(plan *definition.Plan) *covering {
	c := &covering{plan: plan, steps: map[string]*gen.StepCoverage{}}
	if plan != nil {
		for _, n := range plan.Nodes {
			c.steps[n.ID] = &gen.StepCoverage{Step: n.ID, Opened: []string{}, Absent: []string{}, Ends: map[string][]string{}}
		}
	}
	return c
}

func (c *covering) add(k scenario.Case) {
	each := func(ids []string, to func(*gen.StepCoverage) *[]string) {
		for _, id := range ids {
			if st := c.steps[id]; st != nil { // opinions added in a case are no steps of the definition
				*to(st) = append(*to(st), k.Name)
			}
		}
	}
	each(k.Opened, func(st *gen.StepCoverage) *[]string { return &st.Opened })
	each(k.Absent, func(st *gen.StepCoverage) *[]string { return &st.Absent })
	for _, e := range k.Ended {
		if st := c.steps[e.Step]; st != nil && !slices.Contains(st.Ends[e.End], k.Name) {
			st.Ends[e.End] = append(st.Ends[e.End], k.Name)
		}
	}
}

func (c *covering) view() gen.Coverage {
	out := gen.Coverage{Steps: []gen.StepCoverage{}, Never: []string{}, OneSided: []string{}}
	for _, n := range c.plan.Nodes {
		st := c.steps[n.ID]
		out.Steps = append(out.Steps, *st)
		switch opened, absent := len(st.Opened) > 0, len(st.Absent) > 0; {
		case !opened && !absent:
			out.Never = append(out.Never, n.ID)
		case n.WhenP != nil && opened != absent:
			out.OneSided = append(out.OneSided, n.ID)
		}
	}
	return out
}
