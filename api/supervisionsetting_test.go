package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/definitions"
	"lianban/engine/supervision"
)

func TestSupervisionIsSetForAnItemOrAHall(t *testing.T) {
	t.Parallel()
	r := supervised(t)
	r.admin()
	require.Equal(t, 200, r.rules(string(definitions.Supervision())).status)
	const path = "/v1/supervision/settings"
	read := func() (v gen.SupervisionSettings) {
		r.do(req{method: "GET", path: path, as: "clerk"}).into(t, &v)
		return v
	}
	change := func(more map[string]any, settings ...any) map[string]any {
		body := map[string]any{"over": read().Version, "version": "2027.1", "reason": "试点提速", "settings": append([]any{}, settings...)}
		for k, v := range more {
			body[k] = v
		}
		return body
	}
	put := func(as string, body map[string]any) answer {
		return r.do(req{method: "PUT", path: path, as: as, body: body})
	}
	first := read()
	require.NotEmpty(t, first.Parameters)
	require.Contains(t, first.Rules, "T9")
	require.Empty(t, first.Settings)
	faster := map[string]any{"item": itemCode, "hall": "org-hall", "set": map[string]any{"unclaimed": 8}, "level": map[string]any{"T9": 2}, "off": []any{"S1"}}

	put("clerk", change(nil, faster)).problem(t, 403, "not-permitted")
	require.Equal(t, "/reason", put("publisher", change(map[string]any{"reason": " "}, faster)).problem(t, 422, "bad-entry").Where)
	put("publisher", change(map[string]any{"over": "0"}, faster)).problem(t, 409, "changed-meanwhile")
	require.Equal(t, "/settings/0", put("publisher", change(nil, map[string]any{"off": []any{"S1"}})).problem(t, 422, "bad-entry").Where)
	require.Equal(t, "/settings/0/item", put("publisher", change(nil, map[string]any{"item": "nothing"})).problem(t, 422, "bad-entry").Where)
	require.Equal(t, "/settings/0/hall", put("publisher", change(nil, map[string]any{"hall": "nothing"})).problem(t, 422, "bad-entry").Where)
	require.NotEmpty(t, put("publisher", change(nil, map[string]any{"item": itemCode, "set": map[string]any{"nothing": 1}})).problem(t, 422, "definition-refused").Findings)
	put("publisher", change(nil, map[string]any{"item": itemCode, "set": map[string]any{"unclaimed": "a text"}})).problem(t, 422, "definition-refused")
	require.Equal(t, first, read(), "a refusal changes nothing")
	require.Empty(t, r.changes("?kind=parameter"))

	stale := change(map[string]any{"version": "2027.9"}, faster)
	a := put("publisher", change(nil, faster))
	require.Equal(t, 200, a.status, string(a.body))
	now := read()
	require.Equal(t, "2027.1", now.Version)
	require.Len(t, now.Settings, 1)
	require.EqualValues(t, 8, now.Settings[0].Set["unclaimed"])
	require.Equal(t, first.Parameters, now.Parameters)
	put("publisher", stale).problem(t, 409, "changed-meanwhile")
	put("publisher", change(map[string]any{"version": first.Version}, faster)).problem(t, 409, "version-exists")

	v, err := r.store.Supervision(t.Context(), "2027.1")
	require.NoError(t, err)
	rules, found := supervision.Load("rules.yaml", v.Source)
	require.NotNil(t, rules, found.Render("en"))
	old, err := r.store.Supervision(t.Context(), first.Version)
	require.NoError(t, err)
	require.Equal(t, string(definitions.Supervision()), string(old.Source), "the version before stays")

	require.Equal(t, 200, put("publisher", change(map[string]any{"version": "2027.2"})).status)
	require.Empty(t, read().Settings)
	changes := r.changes("?kind=parameter")
	require.Len(t, changes, 2)
	require.Equal(t, "2027.2", changes[0].Subject)
	require.Equal(t, "试点提速", changes[1].After["reason"])
	require.Empty(t, changes[1].Before["settings"])
	require.NotEmpty(t, changes[1].After["settings"])
	require.Empty(t, r.broken())
}
