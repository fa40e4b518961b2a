package cli

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// asAdmin is a command line with the commands of administrators.
func (h *hall) asAdmin(t *testing.T, home string, args ...string) result {
	t.Helper()
	return h.with(t, home, func(a *App) { a.Root().AddCommand(a.AdminCommand()) }, append(args, "--as", "qin.data")...)
}

func TestAdministrationBecomesRequests(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	echo := func(answer string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { send(w, 200, answer) }
	}
	const org = `{"code":"o1","name":"水务局","kind":"department","region":"210304","parent":"g","revision":3}`
	h.on("GET /v1/organisations/o1", echo(`{"organisation":`+org+`,"below":0,"parties":0,"windows":0,"tasks":0,"people":0}`))
	h.on("PUT /v1/organisations/o1", echo(org))
	const person = `{"id":"p9","login":"zhao.water","name":"赵清","active":true,"roles":[{"org":"o1","orgName":"水务局","roles":["handle","check"]}],"revision":7}`
	h.on("GET /v1/people/zhao.water", echo(`{"person":`+person+`,"desks":[]}`))
	h.on("PUT /v1/people/zhao.water", echo(person))
	h.on("POST /v1/people", echo(person))
	h.on("POST /v1/people/zhao.water/password", echo(`{"password":"abcd-efgh-ijkl-mnop","revision":8}`))
	h.on("POST /v1/parties", echo(`{"item":"*","party":"fire","region":"210304","org":"o1","orgName":"水务局","from":"2026-12-01","state":"coming"}`))
	h.on("GET /v1/windows", echo(`{"windows":[{"id":"w0","hall":"h","hallName":"大厅","name":"综合窗口","fallback":true,"items":[],"clerks":[{"account":"p1","name":"林"}],"revision":2}]}`))
	h.on("PUT /v1/windows/w0", echo(`{"id":"w0","hall":"h","hallName":"大厅","name":"综合","fallback":true,"items":[],"clerks":[],"revision":3}`))
	for _, c := range []struct {
		args []string
		want map[string]any
	}{
		{[]string{"admin", "org", "change", "o1", "--name", "水利局"},
			map[string]any{"revision": 3.0, "name": "水利局", "nameEn": "", "kind": "department", "region": "210304", "parent": "g", "mark": "", "creditCode": ""}},
		{[]string{"admin", "org", "close", "o1", "--on", "2026-12-01"},
			map[string]any{"revision": 3.0, "name": "水务局", "nameEn": "", "kind": "department", "region": "210304", "parent": "g", "mark": "", "creditCode": "", "closedOn": "2026-12-01"}},
		{[]string{"admin", "person", "add", "zhao.water", "--name", "赵清", "--role", "o1:handle,check"},
			map[string]any{"login": "zhao.water", "name": "赵清", "post": "", "external": "", "active": true, "roles": []any{
				map[string]any{"org": "o1", "role": "handle"}, map[string]any{"org": "o1", "role": "check"}}}},
		{[]string{"admin", "person", "change", "zhao.water", "--disable"},
			map[string]any{"revision": 7.0, "login": "zhao.water", "name": "赵清", "post": "", "external": "", "active": false, "roles": []any{
				map[string]any{"org": "o1", "role": "handle"}, map[string]any{"org": "o1", "role": "check"}}}},
		{[]string{"admin", "party", "set", "fire", "--region", "210304", "--org", "o1", "--from", "2026-12-01", "--instead", "o2"},
			map[string]any{"item": "*", "party": "fire", "region": "210304", "org": "o1", "from": "2026-12-01", "instead": "o2"}},
		{[]string{"admin", "window", "set", "w0", "--name", "综合"},
			map[string]any{"revision": 2.0, "hall": "h", "name": "综合", "nameEn": "", "fallback": true, "closed": false, "items": []any{}, "clerks": []any{"p1"}}},
	} {
		r := h.asAdmin(t, home, c.args...)
		require.Equal(t, OK, r.code, r.err)
		_, body := h.last()
		require.Equal(t, c.want, body, "%v", c.args)
	}
	r := h.asAdmin(t, home, "admin", "person", "password", "zhao.water")
	require.Equal(t, "abcd-efgh-ijkl-mnop\n", r.out)
	r = h.asAdmin(t, home, "admin", "person", "change", "zhao.water", "--role", "o1")
	require.Equal(t, Usage, r.code)
}

func TestAdminHelp(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	with := func(a *App) { a.Root().AddCommand(a.AdminCommand()) }
	golden(t, "help-admin", h.with(t, home, with, "admin", "--help"))
	golden(t, "help-admin-person-change", h.with(t, home, with, "admin", "person", "change", "--help", "--lang", "zh"))
}
