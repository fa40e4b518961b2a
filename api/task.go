package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"lianban/api/gen"
	"lianban/api/wire"
	"lianban/engine"
	"lianban/store"
)

// ListTasks implements GET /v1/tasks.
func (s *Server) ListTasks(ctx context.Context, req gen.ListTasksRequestObject) (gen.ListTasksResponseObject, error) {
	c, p := official(ctx), req.Params
	org := orElse(p.Org, c.session.Org)
	if org != c.session.Org {
		r, err := s.reach(ctx, c)
		if err != nil {
			return nil, err
		}
		if !r.watches([]string{org}) {
			return nil, problem(CodeNotPermitted, "只有监察岗位可以查看其他单位的任务，且仅限所监察的单位", "only a supervisor may look at another organisation's tasks, of one he looks after").
				at("query org").want(c.session.Org, "another organisation")
		}
	}
	now := s.cfg.Clock.Now()
	f := store.TaskFilter{
		Orgs: []string{org}, Case: p.Number, DueBefore: p.DueBefore, Light: store.Light(p.Light), Now: now, Sort: taskSorts[p.Sort],
		Text: p.Q, Step: p.Step, Kind: engine.TaskKind(p.Kind),
	}
	if p.Q != "" && !c.identifies() {
		f.By = []store.SearchField{store.ByNumber}
	}
	if p.Role != "" {
		f.Roles = []string{p.Role}
	}
	switch p.State {
	case gen.ListTasksParamsStateMine:
		f.ClaimedBy = c.self()
	case gen.ListTasksParamsStateFree:
		f.Unclaimed = true
	case gen.ListTasksParamsStateDone:
		f.Done = true
	}
	var err error
	if f.Item, err = s.itemCode(ctx, p.Item); err != nil {
		return nil, err
	}
	list, next, err := s.cfg.Store.ListTasks(ctx, f, store.Page{After: store.Cursor(p.Cursor), Limit: p.Limit})
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	out := gen.ListTasks200JSONResponse{Tasks: make([]gen.Task, len(list)), Next: string(next)}
	for i := range list {
		t := taskView(list[i].Case, orgs, &list[i].TaskRow, now)
		t.Item, t.ItemName, t.Applicant = list[i].Item, list[i].ItemName, list[i].Applicant
		t.Why, t.ReceivedAt = list[i].Why, list[i].ReceivedAt
		out.Tasks[i] = t
	}
	if err := s.nameHands(ctx, out.Tasks); err != nil {
		return nil, err
	}
	if p.Cursor == "" && !f.Done {
		n, err := s.cfg.Store.CountTasks(ctx, f)
		if err != nil {
			return nil, err
		}
		out.Counts = &gen.LightCounts{Green: n.Green, Yellow: n.Yellow, Red: n.Red, Grey: n.Grey}
	}
	return out, nil
}

var taskSorts = map[gen.ListTasksParamsSort]store.TaskSort{
	gen.ListTasksParamsSortDue: store.SortDue, gen.ListTasksParamsSortReceived: store.SortReceived,
	gen.ListTasksParamsSortNewest: store.SortNewest, gen.ListTasksParamsSortNumber: store.SortCase,
}

func taskView(number string, orgs map[string]store.Organisation, t *engine.TaskRow, now time.Time) gen.Task {
	v := gen.Task{
		Number: number, Id: t.ID, Kind: gen.TaskKind(t.Kind), Step: t.Step, StepName: orElse(t.StepName, t.Step), Round: t.Round, Party: t.Party,
		Org: t.Org, OrgName: orgs[t.Org].Name, Role: t.Role, About: t.About, Status: gen.TaskStatus(t.Status), OpenedAt: t.OpenedAt, Class: string(t.Class), Due: t.Due,
		Provisional: t.Provisional, Claimed: t.Claimed, ClaimedAt: t.ClaimedAt, Owner: t.Owner, Signer: t.Signer, DoneBy: t.DoneBy, DoneFor: t.DoneFor, DoneAct: string(t.DoneAct), DoneAt: t.DoneAt,
	}
	if t.Status == engine.TaskOpen {
		v.Light, _ = lightOf(t.Due, t.Warn, t.Stop != nil, now)
		v.Stop = stopView(t.Stop)
	}
	return v
}

// nameHands gives the tasks the names of those who hold them, did them, or were stood in for.
func (s *Server) nameHands(ctx context.Context, tasks []gen.Task) error {
	ids := map[string]bool{}
	for i := range tasks {
		for _, id := range []string{tasks[i].Claimed, tasks[i].DoneBy, tasks[i].DoneFor} {
			if id != "" {
				ids[id] = true
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	names, err := s.cfg.Store.AccountNames(ctx, slices.Collect(maps.Keys(ids)))
	if err != nil {
		return err
	}
	for i := range tasks {
		t := &tasks[i]
		t.ClaimedName, t.DoneByName, t.DoneForName = names[t.Claimed], names[t.DoneBy], names[t.DoneFor]
	}
	return nil
}

// ClaimTasks implements POST /v1/tasks/claim.
func (s *Server) ClaimTasks(ctx context.Context, req gen.ClaimTasksRequestObject) (gen.ClaimTasksResponseObject, error) {
	entries := make([]entry, len(req.Body.Tasks))
	for i, t := range req.Body.Tasks {
		entries[i] = entry{number: t.Number, task: t.Task, do: engine.Claim}
	}
	results, err := s.batch(ctx, req.Params.IdempotencyKey, entries)
	return gen.ClaimTasks200JSONResponse{Results: results}, err
}

// CompleteTasks implements POST /v1/tasks/complete.
func (s *Server) CompleteTasks(ctx context.Context, req gen.CompleteTasksRequestObject) (gen.CompleteTasksResponseObject, error) {
	entries := make([]entry, len(req.Body.Tasks))
	for i, t := range req.Body.Tasks {
		entries[i] = entry{number: t.Number, task: t.Task, do: engine.Act(t.Do), data: t.Data}
	}
	results, err := s.batch(ctx, req.Params.IdempotencyKey, entries)
	return gen.CompleteTasks200JSONResponse{Results: results}, err
}

// entry is one act of a batch.
type entry struct {
	number, task string
	do           engine.Act
	data         map[string]any
	body         *wire.Act // made here, not sent
}

// batchWidth is how many acts of a batch are under way at once.
const batchWidth = 8

// batch does the acts of a batch, each under a key of its own made of the
// batch's key, case and task. A fault of the database ends the batch: repeated
// under the same key it goes on where it stopped.
func (s *Server) batch(ctx context.Context, key string, entries []entry) ([]gen.TaskResult, error) {
	results := make([]gen.TaskResult, len(entries))
	errs := make([]error, len(entries))
	// Entries of one case go one after another, in the order sent; cases side by side.
	var order []string
	byCase := map[string][]int{}
	for i, e := range entries {
		if byCase[e.number] == nil {
			order = append(order, e.number)
		}
		byCase[e.number] = append(byCase[e.number], i)
	}
	parallel(len(order), batchWidth, func(n int) {
		for _, i := range byCase[order[n]] {
			results[i], errs[i] = s.batchOne(ctx, key, entries[i])
		}
	})
	return results, errors.Join(errs...)
}

func (s *Server) batchOne(ctx context.Context, batch string, e entry) (gen.TaskResult, error) {
	key := derivedKey(batch, e.number, e.task)
	r := gen.TaskResult{Number: e.number, Task: e.task, Key: key}
	refuse := func(err error) (gen.TaskResult, error) {
		p := problemOf(err)
		if p.Status() >= 500 {
			return r, err
		}
		r.State, r.Problem = gen.TaskResultStateRefused, p.body(callOf(ctx).lang, callOf(ctx).id)
		return r, nil
	}
	body, err := s.entryBody(e)
	if err != nil {
		return refuse(err)
	}
	o, err := s.act(ctx, official(ctx).actor(), e.number, key, e.do, body)
	switch {
	case err != nil:
		return refuse(err)
	case o.pending:
		r.State = gen.TaskResultStateWaiting
	default:
		r.State, r.Seq = gen.TaskResultStateDone, o.reply.Seq
	}
	return r, nil
}

// entryBody checks an entry's data against the schema of its act: what is refused
// under the act's own path is refused here.
func (s *Server) entryBody(e entry) (wire.Act, error) {
	if e.body != nil {
		return *e.body, nil
	}
	if !slices.Contains(engine.PersonActs, e.do) {
		return wire.Act{}, badRequest(gen.FieldError{Where: "/do", Zh: "没有这种操作", En: "there is no such act", Expected: both("an act of the document"), Actual: both("another word")})
	}
	data := e.data
	if data == nil {
		data = map[string]any{}
	}
	if err := s.actSchema(e.do).VisitJSON(data, openapi3.MultiErrors()); err != nil {
		return wire.Act{}, badRequest(schemaErrors("/data", err)...)
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return wire.Act{}, err
	}
	var body wire.Act
	if err := json.Unmarshal(raw, &body); err != nil {
		return wire.Act{}, badRequest(gen.FieldError{Where: "/data", Zh: "内容不能解析", En: "the content cannot be read", Expected: both("the body of the act"), Actual: both("another form")})
	}
	body.Task = e.task
	return body, nil
}
