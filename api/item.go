package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

func unknownItem() *Problem {
	return problem(CodeUnknownItem, "没有这个事项：见 /v1/items", "there is no such item: see /v1/items").at("item").want("the code or id of an item", "unknown")
}

func unknownVersion() *Problem {
	return problem(CodeUnknownVersion, "该事项没有这个版本：见 /v1/items/{item}/versions", "the item has no such version: see /v1/items/{item}/versions").
		at("version").want("a published version", "unknown")
}

// itemID finds an item of the catalogue by its id or its code.
func (s *Server) itemID(ctx context.Context, item string) (string, error) {
	list, err := s.cfg.Store.Definitions(ctx, "")
	if err != nil {
		return "", err
	}
	for _, v := range list {
		if v.Item == item || v.Code == item {
			return v.Item, nil
		}
	}
	return "", unknownItem()
}

// itemCode is the code cases bear for an item named by id or code; an item that
// is not known finds nothing. "" stays "".
func (s *Server) itemCode(ctx context.Context, item string) (string, error) {
	if item == "" {
		return "", nil
	}
	list, err := s.cfg.Store.Definitions(ctx, "")
	if err != nil {
		return "", err
	}
	for _, v := range list {
		if v.Item == item || v.Code == item {
			return v.Code, nil
		}
	}
	return item, nil
}

// ListItems implements GET /v1/items.
func (s *Server) ListItems(ctx context.Context, r gen.ListItemsRequestObject) (gen.ListItemsResponseObject, error) {
	find := s.cfg.Store.FindDefinitions
	text := clean(r.Params.Q)
	if text == "" {
		find = s.cfg.Store.Definitions
	}
	list, err := find(ctx, text)
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(s.cfg.Clock.Now())
	out := gen.ListItems200JSONResponse{Items: []gen.Item{}}
	for _, versions := range byItem(list) {
		out.Items = append(out.Items, itemView(versions, today))
	}
	return out, nil
}

// byItem groups versions by item, items in order.
func byItem(list []store.DefinitionVersion) [][]store.DefinitionVersion {
	var groups [][]store.DefinitionVersion
	for _, v := range list {
		i := slices.IndexFunc(groups, func(g []store.DefinitionVersion) bool { return g[0].Item == v.Item })
		if i < 0 {
			groups = append(groups, []store.DefinitionVersion{v})
			continue
		}
		groups[i] = append(groups[i], v)
	}
	return groups
}

// itemView shows an item; its versions come newest effective day first.
func itemView(versions []store.DefinitionVersion, today calendar.Date) gen.Item {
	v := gen.Item{Id: versions[0].Item, Code: versions[0].Code, Name: versions[0].Name}
	for _, x := range versions {
		if x.EffectiveOn <= today {
			v.Name, v.Current = x.Name, versionView(x)
			break
		}
	}
	return v
}

func versionView(v store.DefinitionVersion) gen.Version {
	state := gen.VersionStatePublished
	if v.Suspended {
		state = gen.VersionStateSuspended
	}
	return gen.Version{
		Item: v.Code, Version: v.Version, Name: v.Name, Effective: v.EffectiveOn.String(), Hash: v.Hash, State: state, PublishedAt: v.PublishedAt,
	}
}

// GetItem implements GET /v1/items/{item}.
func (s *Server) GetItem(ctx context.Context, req gen.GetItemRequestObject) (gen.GetItemResponseObject, error) {
	list, err := s.versions(ctx, req.Item)
	if err != nil {
		return nil, err
	}
	return gen.GetItem200JSONResponse(itemView(list, calendar.DateOf(s.cfg.Clock.Now()))), nil
}

func (s *Server) versions(ctx context.Context, item string) ([]store.DefinitionVersion, error) {
	id, err := s.itemID(ctx, item)
	if err != nil {
		return nil, err
	}
	return s.cfg.Store.Definitions(ctx, id)
}

// ListVersions implements GET /v1/items/{item}/versions.
func (s *Server) ListVersions(ctx context.Context, req gen.ListVersionsRequestObject) (gen.ListVersionsResponseObject, error) {
	list, err := s.versions(ctx, req.Item)
	if err != nil {
		return nil, err
	}
	out := gen.ListVersions200JSONResponse{Versions: make([]gen.Version, len(list))}
	for i, v := range list {
		out.Versions[i] = versionView(v)
	}
	return out, nil
}

// version finds a version of an item; "" asks for the one of today.
func (s *Server) version(ctx context.Context, item, version string) (store.DefinitionVersion, error) {
	id, err := s.itemID(ctx, item)
	if err != nil {
		return store.DefinitionVersion{}, err
	}
	var v store.DefinitionVersion
	if version == "" {
		v, err = s.cfg.Store.DefinitionInForce(ctx, id, calendar.DateOf(s.cfg.Clock.Now()))
	} else {
		v, err = s.cfg.Store.Definition(ctx, id, version)
	}
	if errors.Is(err, store.ErrNotFound) {
		return v, unknownVersion()
	}
	return v, err
}

// GetVersion implements GET /v1/items/{item}/versions/{version}.
func (s *Server) GetVersion(ctx context.Context, req gen.GetVersionRequestObject) (gen.GetVersionResponseObject, error) {
	v, err := s.version(ctx, req.Item, req.Version)
	if err != nil {
		return nil, err
	}
	out := gen.GetVersion200JSONResponse{Version: versionView(v), Source: string(v.Source)}
	err = json.Unmarshal(v.Canonical, &out.Definition)
	return out, err
}

// GetGuide implements GET /v1/items/{item}/guide.
func (s *Server) GetGuide(ctx context.Context, req gen.GetGuideRequestObject) (gen.GetGuideResponseObject, error) {
	v, err := s.version(ctx, req.Item, req.Params.Version)
	if err != nil {
		return nil, err
	}
	plan, err := s.catalogue.compile(v)
	if err != nil {
		return nil, err
	}
	var answers map[string]any
	if req.Params.Answers != "" {
		if err := json.Unmarshal([]byte(req.Params.Answers), &answers); err != nil || answers == nil {
			return nil, badRequest(gen.FieldError{Where: "query answers", Zh: "answers 应为 JSON 对象", En: "answers must be a JSON object", Expected: both("a JSON object"), Actual: both("something else")})
		}
	}
	g, err := guideOf(plan, answers, s.cfg.Clock.Now())
	if err != nil {
		return nil, err
	}
	return gen.GetGuide200JSONResponse(g), nil
}

// maxSource bounds a definition's text.
const maxSource = 1 << 20

// source reads a definition from a request.
func source(r io.Reader) ([]byte, error) {
	src, err := io.ReadAll(io.LimitReader(r, maxSource+1))
	if err == nil && len(src) > maxSource {
		return nil, tooLarge(maxSource)
	}
	return src, err
}

// PublishItem implements POST /v1/items.
func (s *Server) PublishItem(ctx context.Context, req gen.PublishItemRequestObject) (gen.PublishItemResponseObject, error) {
	src, err := source(req.Body)
	if err != nil {
		return nil, err
	}
	r, err := read("definition.yaml", src)
	if err != nil {
		return nil, err
	}
	if p := r.publishable(); p != nil {
		return nil, p
	}
	v, err := s.edition(ctx, r)
	if err != nil {
		return nil, err
	}
	err = s.cfg.Store.PublishDefinition(ctx, v)
	if errors.Is(err, store.ErrExists) {
		return nil, versionExists(v.Version)
	}
	if err != nil {
		return nil, err
	}
	if v, err = s.cfg.Store.Definition(ctx, v.Item, v.Version); err != nil {
		return nil, err
	}
	return gen.PublishItem200JSONResponse{Version: versionView(v), Findings: findings(r.found)}, nil
}

func versionExists(version string) *Problem {
	return problem(CodeVersionExists, "版本 %[1]s 已以其他内容发布，修改须用新版本号", "version %[1]s is published with other content; a change needs a new version", version).
		at("item.version").want("a new version or the same content", "other content")
}

// edition is the version a text becomes when the caller publishes it now.
func (s *Server) edition(ctx context.Context, r *reading) (store.DefinitionVersion, error) {
	canonical, err := definition.Canonical(r.def)
	if err != nil {
		return store.DefinitionVersion{}, err
	}
	effective, err := calendar.ParseDate(r.def.Item.Effective)
	if err != nil {
		return store.DefinitionVersion{}, err
	}
	// An item that is in the catalogue keeps its id there; a new one is known by its code.
	id, err := s.itemID(ctx, r.def.Item.Code)
	if p := (*Problem)(nil); errors.As(err, &p) {
		id, err = r.def.Item.Code, nil
	}
	return store.DefinitionVersion{
		Item: id, Version: r.def.Item.Version, Code: r.def.Item.Code, Name: r.def.Item.Name, EffectiveOn: effective,
		Hash: r.plan.Hash, Canonical: canonical, Source: r.src,
		PublishedBy: official(ctx).session.Account, PublishedAt: s.cfg.Clock.Now(),
	}, err
}

func findings(list definition.Diagnostics) []gen.Finding {
	out := make([]gen.Finding, len(list))
	for i, d := range list {
		out[i] = gen.Finding{
			Line: d.Position.Line, Column: d.Position.Column, Severity: gen.FindingSeverity(d.Severity), Code: d.Code,
			Zh: d.Text.ZH, En: d.Text.EN, Fix: d.Fix.EN, FixZh: d.Fix.ZH,
		}
	}
	return out
}
