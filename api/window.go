package api

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/store"
)

// The windows of a hall: N that take the items they name, and one that takes
// everything else, so that an item always has a window.

func (s *Server) windowViews(ctx context.Context, list []store.Window) ([]gen.Window, error) {
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, w := range list {
		ids = append(ids, w.Clerks...)
	}
	names, err := s.cfg.Store.AccountNames(ctx, ids)
	out := make([]gen.Window, len(list))
	for i, w := range list {
		out[i] = gen.Window{
			Id: w.ID, Hall: w.Hall, HallName: orgs[w.Hall].Name, Name: w.Name, NameEn: w.NameEn, Fallback: w.Fallback, Closed: w.Closed,
			Items: w.Items, Clerks: make([]gen.WindowClerk, len(w.Clerks)), Revision: w.Revision,
		}
		for j, c := range w.Clerks {
			out[i].Clerks[j] = gen.WindowClerk{Account: c, Name: names[c]}
		}
	}
	return out, err
}

// ListWindows implements GET /v1/windows.
func (s *Server) ListWindows(ctx context.Context, r gen.ListWindowsRequestObject) (gen.ListWindowsResponseObject, error) {
	list, err := s.cfg.Store.Windows(ctx, r.Params.Hall)
	if err != nil {
		return nil, err
	}
	views, err := s.windowViews(ctx, list)
	return gen.ListWindows200JSONResponse{Windows: views}, err
}

// ListItemWindows implements GET /v1/items/{item}/windows.
func (s *Server) ListItemWindows(ctx context.Context, r gen.ListItemWindowsRequestObject) (gen.ListItemWindowsResponseObject, error) {
	item, err := s.itemID(ctx, r.Item)
	if err != nil {
		return nil, err
	}
	list, err := s.cfg.Store.Windows(ctx, "")
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	out := gen.ListItemWindows200JSONResponse{Windows: []gen.ItemWindow{}}
	for _, w := range takers(list, item) {
		out.Windows = append(out.Windows, gen.ItemWindow{Id: w.ID, Hall: w.Hall, HallName: orgs[w.Hall].Name, Name: w.Name, NameEn: w.NameEn, Fallback: w.Fallback})
	}
	return out, err
}

// takers are the windows an item is taken at: in each hall those that name it,
// else its fallback.
func takers(list []store.Window, item string) []store.Window {
	named := map[string]bool{}
	for _, w := range list {
		if !w.Closed && slices.Contains(w.Items, item) {
			named[w.Hall] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(w store.Window) bool {
		if w.Closed {
			return true
		}
		if named[w.Hall] {
			return !slices.Contains(w.Items, item)
		}
		return !w.Fallback
	})
}

// PutWindow implements PUT /v1/windows/{id}.
func (s *Server) PutWindow(ctx context.Context, r gen.PutWindowRequestObject) (gen.PutWindowResponseObject, error) {
	next, err := s.windowOf(ctx, r.Id, r.Body)
	if err != nil {
		return nil, err
	}
	err = s.administer(ctx, func(reg *store.Registry) error {
		all, err := reg.Windows(ctx, "")
		if err != nil {
			return err
		}
		var before *store.Window
		var others []*store.Window // open, of the same hall
		for i := range all {
			switch w := &all[i]; {
			case w.ID == next.ID:
				before = w
			case w.Hall == next.Hall && !w.Closed:
				others = append(others, w)
			}
		}
		if before != nil && sameWindow(before, &next) {
			next = *before
			return nil // said before
		}
		var have int64
		if before != nil {
			have = before.Revision
		}
		if have != r.Body.Revision {
			return changedMeanwhile("/revision", have, r.Body.Revision)
		}
		if err := s.windowAllowed(ctx, reg, before, &next, others); err != nil {
			return err
		}
		if next.Fallback {
			for _, w := range others {
				if w.Fallback {
					was := *w
					was.Fallback = false
					if _, err := reg.WriteWindow(ctx, "change", w, was); err != nil {
						return err
					}
				}
			}
		}
		next, err = reg.WriteWindow(ctx, windowAct(before, &next), before, next)
		return err
	})
	if err != nil {
		return nil, err
	}
	views, err := s.windowViews(ctx, []store.Window{next})
	if err != nil {
		return nil, err
	}
	return gen.PutWindow200JSONResponse(views[0]), nil
}

func windowAct(before, next *store.Window) string {
	switch {
	case before == nil:
		return "create"
	case !before.Closed && next.Closed:
		return "close"
	case before.Closed && !next.Closed:
		return "reopen"
	}
	return "change"
}

func sameWindow(a, b *store.Window) bool {
	return a.Hall == b.Hall && a.Name == b.Name && a.NameEn == b.NameEn && a.Fallback == b.Fallback && a.Closed == b.Closed &&
		slices.Equal(a.Items, b.Items) && slices.Equal(a.Clerks, b.Clerks)
}

// windowOf is the window a change asks for: items by their id in the catalogue,
// clerks by their account.
func (s *Server) windowOf(ctx context.Context, id string, b *gen.WindowChange) (store.Window, error) {
	w := store.Window{ID: id, Hall: b.Hall, Name: clean(b.Name), NameEn: clean(b.NameEn), Fallback: b.Fallback, Closed: b.Closed, Items: []string{}, Clerks: []string{}}
	if w.Name == "" {
		return w, badEntry("/name", "名称不能为空", "the name is empty", "a name", "blank")
	}
	for i, name := range b.Items {
		item, err := s.itemID(ctx, name)
		if asProblem(err, CodeUnknownItem) != nil {
			return w, badEntry(fmt.Sprintf("/items/%d", i), "没有这个事项", "there is no such item", "an item of the catalogue", "none")
		}
		if err != nil {
			return w, err
		}
		w.Items = append(w.Items, item)
	}
	for i, name := range b.Clerks {
		a, err := s.colleagueNamed(ctx, name)
		if errors.Is(err, store.ErrNotFound) || err == nil && !slices.Contains(rolesIn(a, b.Hall), engine.RoleClerk) {
			return w, badEntry(fmt.Sprintf("/clerks/%d", i), "不是该大厅的窗口人员", "not a clerk of the hall", "who has the role clerk in the hall", "somebody else")
		}
		if err != nil {
			return w, err
		}
		w.Clerks = append(w.Clerks, a.ID)
	}
	slices.Sort(w.Items)
	slices.Sort(w.Clerks)
	w.Items, w.Clerks = slices.Compact(w.Items), slices.Compact(w.Clerks)
	return w, nil
}

// windowAllowed keeps N+1: while a hall has open windows, exactly one of them takes
// everything else, and that one names no items.
func (s *Server) windowAllowed(ctx context.Context, reg *store.Registry, before, next *store.Window, others []*store.Window) error {
	hall, err := openOrganisation(ctx, reg, next.Hall, "/hall", s.today())
	switch {
	case err != nil && !next.Closed:
		return err
	case err == nil && hall.Kind != string(gen.OrgKindHall):
		return badEntry("/hall", "窗口属于政务服务大厅", "a window belongs to a hall", "an organisation of kind hall", hall.Kind)
	case before != nil && before.Hall != next.Hall:
		return badEntry("/hall", "窗口不能移到另一大厅", "a window stays in its hall", before.Hall, next.Hall)
	case next.Fallback && next.Closed:
		return badEntry("/closed", "兜底窗口不能关闭", "the window that takes everything else cannot be closed as such", "fallback false", "fallback true")
	case next.Fallback && len(next.Items) > 0:
		return badEntry("/items", "兜底窗口受理其他窗口未列的全部事项，不另列事项", "the window that takes everything else names no items", "no items", "some")
	case !next.Fallback && !next.Closed && len(others) == 0:
		return badEntry("/fallback", "大厅唯一的窗口须为兜底窗口", "the only window of a hall takes everything", "fallback true", "fallback false")
	case before != nil && before.Fallback && !next.Fallback && len(others) > 0:
		return problem(CodeInUse, "先把另一窗口设为兜底窗口，该窗口随即不再兜底", "make another window the one that takes everything else; this one then no longer is").
			at("/fallback").want("another fallback window", "none")
	}
	return nil
}
