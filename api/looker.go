package api

import (
	"context"

	"lianban/api/gen"
)

// Who has a task before him just now. It is shown to those who see the case, and nowhere written down.

// LookAtTask implements PUT /v1/cases/{number}/tasks/{task}/lookers.
func (s *Server) LookAtTask(ctx context.Context, req gen.LookAtTaskRequestObject) (gen.LookAtTaskResponseObject, error) {
	k, err := s.look(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	known := false
	for i := range k.tasks {
		known = known || k.tasks[i].ID == req.Task
	}
	if !known {
		return nil, problem(CodeNoRoute, "本案没有这项工作", "this case has no such task").at("task")
	}
	names, err := s.cfg.Store.LookAt(ctx, req.Number, req.Task, official(ctx).session.Account)
	if names == nil {
		names = []string{}
	}
	return gen.LookAtTask200JSONResponse{Names: names}, err
}

// LeaveTask implements DELETE /v1/cases/{number}/tasks/{task}/lookers.
func (s *Server) LeaveTask(ctx context.Context, req gen.LeaveTaskRequestObject) (gen.LeaveTaskResponseObject, error) {
	return gen.LeaveTask204Response{}, s.cfg.Store.Leave(ctx, req.Number, req.Task, official(ctx).session.Account)
}
