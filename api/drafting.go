package api

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

// Drafts of definitions, and how they are published: one person asks, another decides.

// Codes of what can be wrong with a draft.
const (
	CodeNoSuchDraft  = "no-such-draft"
	CodeDraftChanged = "draft-changed"
	CodeDraftAsked   = "draft-asked"
	CodeNotAsked     = "not-asked"
	CodeFourEyes     = "four-eyes"
	CodeTestsFailed  = "tests-failed"
	CodeNoText       = "no-text"
)

var draftKinds = []Kind{
	{CodeNoSuchDraft, 404, "No such draft", "没有这份定义草稿，或已删除", "There is no such draft of a definition, or it was thrown away"},
	{CodeDraftChanged, 409, "Somebody saved meanwhile", "草稿已由他人保存为新的修订：changed 写明何人、何时，重新读取后再保存", "Somebody has saved the draft since it was read: `changed` says who and when; read it again, then save"},
	{CodeDraftAsked, 409, "Publication is asked for, or done", "草稿已提请发布或已发布，不能改动：先撤回提请，或另起草稿", "Publication of the draft is asked for, or done, and it stands still: take the request back first, or begin another draft"},
	{CodeNotAsked, 409, "Publication is not asked for", "草稿没有提请发布，无可决定", "Nobody has asked for publication of the draft: there is nothing to decide"},
	{CodeFourEyes, 403, "A second person decides", "发布须由第二人决定：写过本稿或提请发布的人不能发布或退回", "A second person decides: who has written in the draft, or asked, may neither publish nor return it"},
	{CodeTestsFailed, 422, "A scenario test failed", "场景测试未通过，不能发布：逐条见 /v1/definitions/test", "A scenario test of the draft fails, and it cannot be published: `/v1/definitions/test` says which"},
	{CodeNoText, 409, "The version has no text", "该版本没有原文，不能作为草稿的起点或比较", "The version came without its text, and no draft or comparison can begin from it"},
}

// skeleton is what an empty draft begins with: the smallest item that passes the checks.
const skeleton = `language: lianban/v1
item:
  code: NEW
  name: 新事项
  version: "1"
  effective: "DAY"
  type: licence
  level: county
  lead: department
  basis: 行政许可法
  statutory: 20wd
  promised: 10wd
parties:
  hall: {name: 综合窗口, kind: hall}
  department: {name: 承办部门, kind: department}
guide:
  remedy: 对不予许可的决定，可以自收到之日起六十日内申请行政复议，或者六个月内提起行政诉讼。
materials:
  request: {name: 申请书, from: [applicant], basis: 行政许可法第二十九条}
process:
  - intake: receive
    by: hall
    collect: {time: 2wd, from: receipt}
    answer: {time: 20wd, late: lapse}
  - decide: conclude
    chain: [handle, approve]
    limit: 5wd
    reads: [request]
    gives:
      result: {kind: approval, name: 准予许可决定书}
  - issue: handOut
    by: hall
    ways: [counter]
`

func noSuchDraft() *Problem {
	return problem(CodeNoSuchDraft, "没有这份定义草稿", "there is no such draft of a definition").at("draft").want("a draft of /v1/definition-drafts", "unknown")
}

func draftError(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return noSuchDraft()
	}
	return err
}

// persons are the caller, and whom he stands in for: what separates duties counts for both.
func (c *caller) persons() []string {
	if c.behalf != "" {
		return []string{c.session.Account, c.behalf}
	}
	return []string{c.session.Account}
}

// wrote says whether the caller, or whom he stands in for, has written in a draft.
func (c *caller) wrote(d *store.DefinitionDraft) bool {
	return slices.ContainsFunc(c.persons(), func(id string) bool { return slices.Contains(d.Writers, id) })
}

// names gives accounts with their names.
type names map[string]string

func (s *Server) names(ctx context.Context, ids ...string) (names, error) {
	return s.cfg.Store.AccountNames(ctx, ids)
}

func (n names) of(id string) gen.AccountName {
	if id == "" {
		return gen.AccountName{}
	}
	return gen.AccountName{Id: id, Name: orElse(n[id], id)}
}

func draftPeople(d *store.DefinitionDraft) []string {
	return append(slices.Clone(d.Writers), d.CreatedBy, d.ChangedBy)
}

func definitionDraftView(d *store.DefinitionDraft, n names) gen.DefinitionDraft {
	v := gen.DefinitionDraft{
		Id: d.ID, Name: d.Name, State: gen.DefinitionDraftState(d.State), Revision: d.Revision, Writers: []gen.AccountName{},
		CreatedBy: n.of(d.CreatedBy), CreatedAt: d.CreatedAt, ChangedBy: n.of(d.ChangedBy), ChangedAt: d.ChangedAt, Text: d.Text,
	}
	v.Base.Item, v.Base.Version = d.BaseItem, d.BaseVersion
	for _, w := range d.Writers {
		v.Writers = append(v.Writers, n.of(w))
	}
	for _, t := range d.Tests {
		v.Tests = append(v.Tests, gen.DefinitionTest{Name: t.Name, Text: t.Text})
	}
	return v
}

func requestView(r *store.DefinitionRequest, n names) gen.DefinitionRequest {
	return gen.DefinitionRequest{
		Revision: r.Revision, Note: r.Note, AskedBy: n.of(r.AskedBy), AskedAt: r.AskedAt, Decision: gen.DefinitionRequestDecision(r.Decision),
		DecidedBy: n.of(r.DecidedBy), DecidedAt: r.DecidedAt, Reason: r.Reason, Item: r.Item, Version: r.Version,
	}
}

// ListDefinitionDrafts implements GET /v1/definition-drafts.
func (s *Server) ListDefinitionDrafts(ctx context.Context, r gen.ListDefinitionDraftsRequestObject) (gen.ListDefinitionDraftsResponseObject, error) {
	list, next, err := s.cfg.Store.DefinitionDrafts(ctx, store.Page{After: store.Cursor(r.Params.Cursor), Limit: r.Params.Limit})
	if err != nil {
		return nil, err
	}
	var people []string
	for i := range list {
		people = append(people, draftPeople(&list[i])...)
	}
	n, err := s.names(ctx, people...)
	out := gen.ListDefinitionDrafts200JSONResponse{Drafts: make([]gen.DefinitionDraft, len(list)), Next: string(next)}
	for i := range list {
		out.Drafts[i] = definitionDraftView(&list[i], n)
	}
	return out, err
}

// draftAnswer shows a draft with its texts and requests.
func (s *Server) draftAnswer(ctx context.Context, id string) (gen.DefinitionDraftAnswerJSONResponse, error) {
	var out gen.DefinitionDraftAnswerJSONResponse
	d, err := s.cfg.Store.DefinitionDraft(ctx, id)
	if err != nil {
		return out, draftError(err)
	}
	requests, err := s.cfg.Store.DefinitionRequests(ctx, id)
	if err != nil {
		return out, err
	}
	people := draftPeople(&d)
	for _, r := range requests {
		people = append(people, r.AskedBy, r.DecidedBy)
	}
	n, err := s.names(ctx, people...)
	if err != nil {
		return out, err
	}
	out = gen.DefinitionDraftAnswerJSONResponse(definitionDraftView(&d, n))
	out.Requests = make([]gen.DefinitionRequest, len(requests))
	for i := range requests {
		out.Requests[i] = requestView(&requests[i], n)
	}
	out.MayDecide = d.State == store.DraftAsked && secondPerson(official(ctx), &d, requests) == nil
	return out, nil
}

// GetDefinitionDraft implements GET /v1/definition-drafts/{draft}.
func (s *Server) GetDefinitionDraft(ctx context.Context, r gen.GetDefinitionDraftRequestObject) (gen.GetDefinitionDraftResponseObject, error) {
	out, err := s.draftAnswer(ctx, r.Draft)
	return gen.GetDefinitionDraft200JSONResponse{DefinitionDraftAnswerJSONResponse: out}, err
}

// NewDefinitionDraft implements POST /v1/definition-drafts.
func (s *Server) NewDefinitionDraft(ctx context.Context, r gen.NewDefinitionDraftRequestObject) (gen.NewDefinitionDraftResponseObject, error) {
	c, in, now := official(ctx), r.Body, s.cfg.Clock.Now()
	d := store.DefinitionDraft{
		ID: derivedKey("definition-draft", c.session.Account, r.Params.IdempotencyKey), Name: in.Name, Text: in.Text, Tests: testTexts(in.Tests),
		Writers: c.persons(), CreatedBy: c.session.Account, CreatedAt: now,
	}
	if err := oneName(in.Tests); err != nil {
		return nil, err
	}
	switch {
	case in.Item != "" && in.Text != "":
		return nil, problem(CodeBadRequest, "item 和 text 只写一个", "either item or text begins a draft, not both").at("/text").want("one of item, text", "both")
	case in.Item != "":
		v, err := s.version(ctx, in.Item, in.Version)
		if err != nil {
			return nil, err
		}
		if len(v.Source) == 0 {
			return nil, noText(v.Version)
		}
		d.BaseItem, d.BaseVersion, d.Text = v.Item, v.Version, string(v.Source)
		d.Name = orElse(d.Name, v.Name)
		if in.Tests == nil {
			if d.Tests, err = s.cfg.Store.DefinitionTests(ctx, v.Item, v.Version); err != nil {
				return nil, err
			}
		}
	case in.Text == "":
		d.Text = strings.ReplaceAll(skeleton, "DAY", s.today().String())
	}
	if d.Name == "" {
		d.Name = "新事项"
		if file, _ := definition.ParseFile("definition.yaml", []byte(d.Text)); file.Definition != nil && file.Definition.Item.Name != "" {
			d.Name = clip(file.Definition.Item.Name, 200)
		}
	}
	made, err := s.cfg.Store.NewDefinitionDraft(ctx, d)
	if err != nil {
		return nil, err
	}
	out, err := s.draftAnswer(ctx, made.ID)
	return gen.NewDefinitionDraft200JSONResponse{DefinitionDraftAnswerJSONResponse: out}, err
}

func noText(version string) *Problem {
	return problem(CodeNoText, "版本 %[1]s 没有原文", "version %[1]s came without its text", version).at("version").want("a version with its text", "none")
}

func clip(text string, most int) string {
	r := []rune(text)
	return string(r[:min(len(r), most)])
}

func testTexts(in []gen.DefinitionTest) []store.TestText {
	out := make([]store.TestText, len(in))
	for i, t := range in {
		out[i] = store.TestText{Name: t.Name, Text: t.Text}
	}
	return out
}

// oneName refuses two test files of one name.
func oneName(tests []gen.DefinitionTest) error {
	for i, t := range tests {
		if slices.IndexFunc(tests, func(o gen.DefinitionTest) bool { return o.Name == t.Name }) < i {
			return badRequest(gen.FieldError{Where: "/tests/" + strconv.Itoa(i) + "/name", Zh: "两个测试文件同名", En: "two test files have one name", Expected: both("a name of its own"), Actual: both("the name of another")})
		}
	}
	return nil
}

// still refuses what only a draft that is worked on can take.
func still(d *store.DefinitionDraft) error {
	if d.State == store.DraftOpen {
		return nil
	}
	return problem(CodeDraftAsked, "草稿已提请发布或已发布，不能改动", "publication of the draft is asked for, or done, and it stands still").at("draft").want(string(store.DraftOpen), string(d.State))
}

// fresh refuses a write over another revision than the one that was read.
func (s *Server) fresh(ctx context.Context, d *store.DefinitionDraft, revision int64) error {
	if d.Revision == revision {
		return nil
	}
	n, err := s.names(ctx, d.ChangedBy)
	if err != nil {
		return err
	}
	by := n.of(d.ChangedBy)
	p := problem(CodeDraftChanged, "草稿已由 %[1]s 于 %[2]s 保存为第 %[3]d 次修订", "%[1]s saved the draft as revision %[3]d on %[2]s",
		by.Name, d.ChangedAt.In(calendar.Zone).Format("2006-01-02 15:04:05"), d.Revision).
		at("/revision").want(strconv.FormatInt(d.Revision, 10), strconv.FormatInt(revision, 10))
	p.Changed = gen.DraftChanged{By: by, At: d.ChangedAt, Revision: d.Revision}
	return p
}

// SaveDefinitionDraft implements PUT /v1/definition-drafts/{draft}.
func (s *Server) SaveDefinitionDraft(ctx context.Context, r gen.SaveDefinitionDraftRequestObject) (gen.SaveDefinitionDraftResponseObject, error) {
	c, in := official(ctx), r.Body
	if err := oneName(in.Tests); err != nil {
		return nil, err
	}
	err := s.cfg.Store.ChangeDefinitionDraft(ctx, r.Draft, func(d store.DefinitionDraft) (store.DraftChange, error) {
		if err := still(&d); err != nil {
			return nil, err
		}
		if err := s.fresh(ctx, &d, in.Revision); err != nil {
			return nil, err
		}
		save := store.SaveDraftText{
			Name: orElse(in.Name, d.Name), Text: in.Text, Tests: d.Tests, Account: c.session.Account, Writers: c.persons(), At: s.cfg.Clock.Now(),
		}
		if in.Tests != nil {
			save.Tests = testTexts(in.Tests)
		}
		return save, nil
	})
	if err != nil {
		return nil, draftError(err)
	}
	out, err := s.draftAnswer(ctx, r.Draft)
	return gen.SaveDefinitionDraft200JSONResponse{DefinitionDraftAnswerJSONResponse: out}, err
}

// ofWriter refuses whoever has not written in a draft.
func ofWriter(c *caller, d *store.DefinitionDraft) error {
	if c.wrote(d) {
		return nil
	}
	return problem(CodeNotPermitted, "只有写过本稿的人可以", "only those who have written in the draft may do this").at("draft").want("one of its writers", "somebody else")
}

// DropDefinitionDraft implements DELETE /v1/definition-drafts/{draft}.
func (s *Server) DropDefinitionDraft(ctx context.Context, r gen.DropDefinitionDraftRequestObject) (gen.DropDefinitionDraftResponseObject, error) {
	err := s.cfg.Store.ChangeDefinitionDraft(ctx, r.Draft, func(d store.DefinitionDraft) (store.DraftChange, error) {
		if err := ofWriter(official(ctx), &d); err != nil {
			return nil, err
		}
		return store.DropDraftText{}, still(&d)
	})
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return gen.DropDefinitionDraft204Response{}, err
}

// fit says why a draft could not be published as it stands: checks, tests, a version that is taken.
func (s *Server) fit(ctx context.Context, d *store.DefinitionDraft) (*reading, store.DefinitionVersion, error) {
	r, err := read("definition.yaml", []byte(d.Text))
	if err != nil {
		return nil, store.DefinitionVersion{}, err
	}
	if p := r.publishable(); p != nil {
		return nil, store.DefinitionVersion{}, p
	}
	v, err := s.edition(ctx, r)
	if err != nil {
		return nil, v, err
	}
	if v.EffectiveOn < s.today() {
		return nil, v, problem(CodeBadRequest, "生效日 %[1]s 已过：新版本只能从今天或以后生效", "the effective day %[1]s has passed: a new version takes effect today or later", v.EffectiveOn.String()).
			at("item.effective").want("today or later", v.EffectiveOn.String())
	}
	_, err = s.cfg.Store.Definition(ctx, v.Item, v.Version)
	if err == nil {
		return nil, v, versionExists(v.Version)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, v, err
	}
	tested, err := s.test(ctx, r, d.Tests)
	if err != nil {
		return nil, v, err
	}
	if !tested.Ok {
		return nil, v, failedTests(tested)
	}
	return r, v, nil
}

// failedTests is the problem of tests that fail; each failure is one of its errors.
func failedTests(t gen.TestedDefinition) *Problem {
	p := problem(CodeTestsFailed, "场景测试未通过，errors 逐条列出", "scenario tests of the draft fail; errors lists each").at("/tests").want("tests that pass", "failures")
	for _, f := range t.Files {
		for _, x := range f.Findings {
			p.Errors = append(p.Errors, gen.FieldError{Where: f.Name + ":" + strconv.Itoa(x.Line), Zh: x.Zh, En: x.En})
		}
		for _, c := range f.Cases {
			for _, x := range c.Failures {
				p.Errors = append(p.Errors, gen.FieldError{Where: f.Name + ":" + strconv.Itoa(x.Line), Zh: c.Name + "：" + x.Zh, En: c.Name + ": " + x.En})
			}
		}
	}
	return p
}

// RequestPublication implements POST /v1/definition-drafts/{draft}/request.
func (s *Server) RequestPublication(ctx context.Context, r gen.RequestPublicationRequestObject) (gen.RequestPublicationResponseObject, error) {
	c, in := official(ctx), r.Body
	d, err := s.cfg.Store.DefinitionDraft(ctx, r.Draft)
	if err != nil {
		return nil, draftError(err)
	}
	for _, refuse := range []error{ofWriter(c, &d), still(&d), s.fresh(ctx, &d, in.Revision)} {
		if refuse != nil {
			return nil, refuse
		}
	}
	asked := d
	if in.Effective != 0 {
		asked.Text = withEffective(d.Text, in.Effective)
	}
	if _, _, err := s.fit(ctx, &asked); err != nil {
		return nil, err
	}
	revision := d.Revision
	if asked.Text != d.Text {
		err := s.cfg.Store.ChangeDefinitionDraft(ctx, d.ID, func(now store.DefinitionDraft) (store.DraftChange, error) {
			if err := errors.Join(still(&now), s.fresh(ctx, &now, revision)); err != nil {
				return nil, err
			}
			return store.SaveDraftText{Name: now.Name, Text: asked.Text, Tests: now.Tests, Account: c.session.Account, Writers: c.persons(), At: s.cfg.Clock.Now()}, nil
		})
		if err != nil {
			return nil, draftError(err)
		}
		revision++
	}
	err = s.cfg.Store.ChangeDefinitionDraft(ctx, d.ID, func(now store.DefinitionDraft) (store.DraftChange, error) {
		if err := still(&now); err != nil {
			return nil, err
		}
		if err := s.fresh(ctx, &now, revision); err != nil {
			return nil, err
		}
		return store.AskPublication{Note: in.Note, Account: c.session.Account, At: s.cfg.Clock.Now()}, nil
	})
	if err != nil {
		return nil, draftError(err)
	}
	out, err := s.draftAnswer(ctx, d.ID)
	return gen.RequestPublication200JSONResponse{DefinitionDraftAnswerJSONResponse: out}, err
}

var scalarToken = regexp.MustCompile(`^("[^"]*"|'[^']*'|[0-9-]+)`)

// withEffective writes another effective day into a definition's text, and changes nothing else of it. A text in
// which the day is not where it should be stays as it is, and is found out by its checks.
func withEffective(text string, day calendar.Date) string {
	file, _ := definition.ParseFile("definition.yaml", []byte(text))
	if file.Definition == nil || file.Definition.Item.Effective == day.String() {
		return text
	}
	at := file.Place(nil, "item.effective")
	lines := strings.Split(text, "\n")
	if at.Line < 1 || at.Line > len(lines) {
		return text
	}
	line := []rune(lines[at.Line-1])
	if at.Column < 1 || at.Column > len(line) {
		return text
	}
	before, rest := string(line[:at.Column-1]), string(line[at.Column-1:])
	lines[at.Line-1] = before + scalarToken.ReplaceAllString(rest, `"`+day.String()+`"`)
	return strings.Join(lines, "\n")
}

// WithdrawPublication implements DELETE /v1/definition-drafts/{draft}/request.
func (s *Server) WithdrawPublication(ctx context.Context, r gen.WithdrawPublicationRequestObject) (gen.WithdrawPublicationResponseObject, error) {
	c := official(ctx)
	err := s.cfg.Store.ChangeDefinitionDraft(ctx, r.Draft, func(d store.DefinitionDraft) (store.DraftChange, error) {
		if err := ofWriter(c, &d); err != nil {
			return nil, err
		}
		if err := asked(&d); err != nil {
			return nil, err
		}
		return store.DecidePublication{Decision: store.RequestWithdrawn, Account: c.session.Account, At: s.cfg.Clock.Now()}, nil
	})
	if err != nil {
		return nil, draftError(err)
	}
	out, err := s.draftAnswer(ctx, r.Draft)
	return gen.WithdrawPublication200JSONResponse{DefinitionDraftAnswerJSONResponse: out}, err
}

// asked refuses a decision nobody has asked for.
func asked(d *store.DefinitionDraft) error {
	if d.State == store.DraftAsked {
		return nil
	}
	return problem(CodeNotAsked, "草稿没有提请发布，无可决定", "nobody has asked for publication of the draft; there is nothing to decide").at("draft").want(string(store.DraftAsked), string(d.State))
}

// secondPerson refuses whoever wrote in the draft or asked for its publication, in his own name or another's.
func secondPerson(c *caller, d *store.DefinitionDraft, requests []store.DefinitionRequest) error {
	if !c.wrote(d) && (len(requests) == 0 || !slices.Contains(c.persons(), requests[0].AskedBy)) {
		return nil
	}
	return problem(CodeFourEyes, "发布须由第二人决定：写过本稿或提请发布的人不能发布或退回", "a second person decides: who has written in the draft, or asked, may neither publish nor return it").
		at("draft").want("somebody who has not written in it", "a writer")
}

// deciding is the draft a second person decides on.
func (s *Server) deciding(ctx context.Context, id string) (store.DefinitionDraft, error) {
	d, err := s.cfg.Store.DefinitionDraft(ctx, id)
	if err != nil {
		return d, draftError(err)
	}
	requests, err := s.cfg.Store.DefinitionRequests(ctx, id)
	if err != nil {
		return d, err
	}
	if err := secondPerson(official(ctx), &d, requests); err != nil {
		return d, err
	}
	return d, asked(&d)
}

// ReturnDefinitionDraft implements POST /v1/definition-drafts/{draft}/return.
func (s *Server) ReturnDefinitionDraft(ctx context.Context, r gen.ReturnDefinitionDraftRequestObject) (gen.ReturnDefinitionDraftResponseObject, error) {
	d, err := s.deciding(ctx, r.Draft)
	if err != nil {
		return nil, err
	}
	c := official(ctx)
	err = s.cfg.Store.ChangeDefinitionDraft(ctx, d.ID, func(now store.DefinitionDraft) (store.DraftChange, error) {
		return store.DecidePublication{Decision: store.RequestReturned, Reason: r.Body.Reason, Account: c.session.Account, At: s.cfg.Clock.Now()}, asked(&now)
	})
	if err != nil {
		return nil, draftError(err)
	}
	out, err := s.draftAnswer(ctx, d.ID)
	return gen.ReturnDefinitionDraft200JSONResponse{DefinitionDraftAnswerJSONResponse: out}, err
}

// PublishDefinitionDraft implements POST /v1/definition-drafts/{draft}/publish.
func (s *Server) PublishDefinitionDraft(ctx context.Context, r gen.PublishDefinitionDraftRequestObject) (gen.PublishDefinitionDraftResponseObject, error) {
	c := official(ctx)
	d, err := s.deciding(ctx, r.Draft)
	if err == nil {
		err = s.fresh(ctx, &d, r.Body.Revision)
	}
	if err != nil {
		return nil, err
	}
	text, v, err := s.fit(ctx, &d)
	if err != nil {
		return nil, err
	}
	err = s.cfg.Store.ChangeDefinitionDraft(ctx, d.ID, func(now store.DefinitionDraft) (store.DraftChange, error) {
		if err := asked(&now); err != nil {
			return nil, err
		}
		if err := s.fresh(ctx, &now, d.Revision); err != nil {
			return nil, err
		}
		return store.DecidePublication{Decision: store.RequestPublished, Account: c.session.Account, At: v.PublishedAt, Version: &v}, nil
	})
	if errors.Is(err, store.ErrExists) {
		return nil, versionExists(v.Version)
	}
	if err != nil {
		return nil, draftError(err)
	}
	if v, err = s.cfg.Store.Definition(ctx, v.Item, v.Version); err != nil {
		return nil, err
	}
	return gen.PublishDefinitionDraft200JSONResponse{Version: versionView(v), Findings: findings(text.found)}, nil
}
