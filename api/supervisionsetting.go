package api

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lianban/api/gen"
	"lianban/engine/definition"
	"lianban/engine/supervision"
	"lianban/store"
)

// settingsView are the figures of rules, and where they differ.
func settingsView(r *supervision.Rules) gen.SupervisionSettings {
	out := gen.SupervisionSettings{Version: r.Version, Parameters: []gen.SupervisionFigure{}, Settings: []gen.SupervisionSetting{}, Rules: make([]string, len(r.Rules))}
	for _, p := range r.Parameters {
		out.Parameters = append(out.Parameters, gen.SupervisionFigure{Id: p.ID, Value: p.Value, Zh: p.Text.ZH, En: p.Text.EN})
	}
	for _, s := range r.Settings {
		out.Settings = append(out.Settings, gen.SupervisionSetting{Item: s.Item, Hall: s.Hall, Region: s.Region, Set: s.Set, Off: s.Off, Level: s.Level})
	}
	for i, ru := range r.Rules {
		out.Rules[i] = ru.ID
	}
	return out
}

// GetSupervisionSettings implements GET /v1/supervision/settings.
func (s *Server) GetSupervisionSettings(ctx context.Context, _ gen.GetSupervisionSettingsRequestObject) (gen.GetSupervisionSettingsResponseObject, error) {
	_, r, err := s.inForce(ctx)
	if err != nil {
		return nil, err
	}
	return gen.GetSupervisionSettings200JSONResponse(settingsView(r)), nil
}

// PutSupervisionSettings implements PUT /v1/supervision/settings.
func (s *Server) PutSupervisionSettings(ctx context.Context, req gen.PutSupervisionSettingsRequestObject) (gen.PutSupervisionSettingsResponseObject, error) {
	b := req.Body
	reason := clean(b.Reason)
	if reason == "" {
		return nil, badEntry("/reason", "请填写调整原因", "the reason is missing", "a reason", "blank")
	}
	was, r, err := s.inForce(ctx)
	if err != nil {
		return nil, err
	}
	if b.Over != was.Version {
		return nil, changedMeanwhile("/over", b.Over, was.Version)
	}
	settings := make([]definition.SuperviseSetting, len(b.Settings))
	for i, x := range b.Settings {
		if err := s.settingPlace(ctx, fmt.Sprintf("/settings/%d", i), x); err != nil {
			return nil, err
		}
		settings[i] = definition.SuperviseSetting{Item: x.Item, Hall: x.Hall, Region: x.Region, Set: x.Set, Off: x.Off, Level: x.Level}
	}
	src, err := supervision.Resettle(was.Source, b.Version, settings)
	if errors.Is(err, supervision.ErrUneditable) {
		return nil, badEntry("/settings", "现行规则的文本不能在此修改，请改文件后发布", "the text of the rules in force cannot be changed here: publish a file", "rules written line by line", "another form")
	}
	if err != nil {
		return nil, err
	}
	next, found := supervision.Load("rules.yaml", src)
	if next == nil {
		p := problem(CodeDefinition, "调整后的监察规则未通过检查，下面逐条写明位置和改法", "the rules with these settings did not pass their checks; each fault is listed with its place and how to mend it").at("/settings").want("settings without errors", "errors")
		p.Findings = findings(found)
		return nil, p
	}
	c := official(ctx)
	now := s.cfg.Clock.Now()
	v := store.SupervisionVersion{Version: next.Version, Source: src, PublishedBy: c.session.Account, PublishedAt: now}
	before, after := settingsView(r), settingsView(next)
	err = s.cfg.Store.Audited(ctx, store.Administrator{Account: c.session.Account, Org: c.session.Org, At: now}, func(reg *store.Registry) error {
		return reg.PublishSettings(ctx, v, was.Version, before.Settings, after.Settings, reason)
	})
	switch {
	case errors.Is(err, store.ErrExists):
		return nil, versionExists(v.Version)
	case errors.Is(err, store.ErrStale):
		return nil, changedMeanwhile("/over", b.Over, "another version")
	case err != nil:
		return nil, err
	}
	return gen.PutSupervisionSettings200JSONResponse(after), nil
}

// settingPlace wants a setting to name an item of the catalogue and a hall of the directory.
func (s *Server) settingPlace(ctx context.Context, at string, x gen.SupervisionSetting) error {
	if x.Item == "" && x.Hall == "" && x.Region == "" {
		return badEntry(at, "请指明事项、大厅或区划", "name an item, a hall or a region", "where it holds", "nothing")
	}
	if x.Hall != "" {
		orgs, err := s.catalogue.organisations(ctx)
		if err != nil {
			return err
		}
		if _, ok := orgs[x.Hall]; !ok {
			return badEntry(at+"/hall", "没有这个单位", "there is no such organisation", "the code of an organisation", "an unknown one")
		}
	}
	if x.Item == "" {
		return nil
	}
	list, err := s.cfg.Store.Definitions(ctx, "")
	if err == nil && !slices.ContainsFunc(list, func(d store.DefinitionVersion) bool { return d.Code == x.Item }) {
		return badEntry(at+"/item", "没有这个事项", "there is no such item", "the code of an item", "an unknown one")
	}
	return err
}
