package api_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/store"
)

// visitor is a browser: what it was given it sends along, with the origin of the
// page it shows.
type visitor struct {
	r      *rig
	cookie *http.Cookie
}

func (r *rig) visit(login string, more map[string]any) (*visitor, answer) {
	r.t.Helper()
	body := map[string]any{"account": login, "cookie": true}
	for k, v := range more {
		body[k] = v
	}
	a := r.do(req{method: "POST", path: "/v1/session", key: "-", body: body, header: map[string]string{"Origin": r.url}})
	require.Equal(r.t, 201, a.status, string(a.body))
	cookies := (&http.Response{Header: a.header}).Cookies()
	require.Len(r.t, cookies, 1)
	return &visitor{r, cookies[0]}, a
}

func (v *visitor) do(q req) answer {
	v.r.t.Helper()
	header := map[string]string{"Cookie": v.cookie.Name + "=" + v.cookie.Value, "Origin": v.r.url}
	for k, x := range q.header {
		header[k] = x
	}
	q.header = header
	return v.r.do(q)
}

func TestABrowserHasACookieNoScriptCanRead(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	v, a := r.visit("clerk", nil)
	require.Equal(t, "lianban", v.cookie.Name)
	require.True(t, v.cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, v.cookie.SameSite)
	require.Equal(t, "/", v.cookie.Path)
	require.False(t, v.cookie.Secure, "this server is reached over http")
	var s gen.Session
	a.into(t, &s)
	require.Empty(t, s.Token)
	require.NotContains(t, string(a.body), v.cookie.Value)
	require.Equal(t, "a-clerk", s.Account.Id)

	var who gen.Account
	v.do(req{method: "GET", path: "/v1/session"}).into(t, &who)
	require.Equal(t, []gen.AccountOrg{{Org: "org-hall", OrgName: "单位 org-hall", Roles: []string{engine.RoleClerk}}}, who.Orgs)

	out := v.do(req{method: "DELETE", path: "/v1/session"})
	require.Equal(t, 204, out.status)
	require.Contains(t, out.header.Get("Set-Cookie"), "Max-Age=0")
	v.do(req{method: "GET", path: "/v1/session"}).problem(t, 401, "unauthenticated")
}

func TestAForeignPageChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	v, _ := r.visit("clerk", nil)
	draft := func(header map[string]string) answer {
		return v.do(req{method: "PUT", path: "/v1/drafts/d", body: map[string]any{"version": 0, "body": map[string]any{"a": 1}}, header: header})
	}
	for _, foreign := range []map[string]string{
		{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Origin": ""},
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
		{"Origin": strings.Replace(r.url, "http://", "http://evil.", 1)},
	} {
		p := draft(foreign).problem(t, 403, "foreign-origin")
		require.Equal(t, "Origin", p.Where)
	}
	// Nor does it log a browser in as somebody else.
	for _, origin := range []string{"https://elsewhere.example", ""} {
		header := map[string]string{}
		if origin != "" {
			header["Origin"] = origin
		}
		r.do(req{method: "POST", path: "/v1/session", key: "-", body: map[string]any{"account": "clerk", "cookie": true}, header: header}).problem(t, 403, "foreign-origin")
	}
	require.Equal(t, 200, draft(map[string]string{"Sec-Fetch-Site": "same-origin"}).status)
	// A read changes nothing, and a token needs no origin.
	require.Equal(t, 200, v.do(req{method: "GET", path: "/v1/drafts", header: map[string]string{"Origin": ""}}).status)
	require.Equal(t, 204, r.do(req{method: "DELETE", path: "/v1/drafts/d", as: "clerk"}).status)
}

func TestUnderHTTPSTheCookieNeverTravelsInTheClear(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true, public: "https://hall.example"})
	a := r.do(req{method: "POST", path: "/v1/session", key: "-", body: map[string]any{"account": "clerk", "cookie": true}, header: map[string]string{"Origin": "https://hall.example"}})
	require.Equal(t, 201, a.status, string(a.body))
	cookie := (&http.Response{Header: a.header}).Cookies()[0]
	require.Equal(t, "__Host-lianban", cookie.Name)
	require.True(t, cookie.Secure)
	get := func(name string) answer {
		return r.do(req{method: "GET", path: "/v1/session", header: map[string]string{"Cookie": name + "=" + cookie.Value}})
	}
	require.Equal(t, 200, get("__Host-lianban").status)
	get("lianban").problem(t, 401, "unauthenticated")
}

// A live stream is opened by the browser itself, which can send no header of ours.
func TestALiveStreamWorksWithTheCookie(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	v, _ := r.visit("clerk", nil)
	q, err := http.NewRequestWithContext(t.Context(), "GET", r.url+"/v1/events/stream", nil)
	require.NoError(t, err)
	q.AddCookie(v.cookie)
	resp, err := http.DefaultClient.Do(q)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode)
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, ": open\n", line)
}

func TestSomebodyOfTwoOrganisations(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	require.NoError(t, r.store.PutAccount(t.Context(), store.Account{ID: "a-both", Login: "both", Name: "某", Active: true, Roles: []store.Role{
		{Org: "org-hall", Role: engine.RoleClerk}, {Org: "org-dept", Role: engine.RoleHandle}, {Org: "org-dept", Role: engine.RoleApprove},
	}}))
	p := r.do(req{method: "POST", path: "/v1/session", key: "-", body: map[string]any{"account": "both"}}).problem(t, 400, "bad-request")
	require.Equal(t, "one of org-dept, org-hall", p.Expected.EN)
	require.Equal(t, []gen.AccountOrg{{Org: "org-dept", OrgName: "单位 org-dept", Roles: []string{"approve", "handle"}}, {Org: "org-hall", OrgName: "单位 org-hall", Roles: []string{"clerk"}}}, p.Orgs)
	v, _ := r.visit("both", map[string]any{"org": "org-hall"})
	var who gen.Account
	v.do(req{method: "PUT", path: "/v1/session", body: map[string]any{"org": "org-dept"}}).into(t, &who)
	require.Equal(t, "org-dept", who.Org)
	require.Equal(t, []string{"approve", "handle"}, who.Roles)
	require.Len(t, who.Orgs, 2)
	v.do(req{method: "GET", path: "/v1/session"}).into(t, &who)
	require.Equal(t, "org-dept", who.Org)
	v.do(req{method: "PUT", path: "/v1/session", body: map[string]any{"org": "org-far"}}).problem(t, 403, "not-permitted")
}

func TestWaysToLogIn(t *testing.T) {
	t.Parallel()
	ways := func(r *rig) (w gen.Ways) {
		r.do(req{method: "GET", path: "/v1/session/ways"}).into(t, &w)
		return w
	}
	dev := ways(newRig(t, rigOptions{noWorker: true}))
	require.True(t, dev.Password)
	require.Len(t, dev.Demo, len(accounts), "the one with a password is no demo account")
	for _, a := range dev.Demo {
		require.NotEmpty(t, a.OrgName)
		require.NotEmpty(t, a.Roles)
	}
	release := ways(newRig(t, rigOptions{noWorker: true, release: true}))
	require.Equal(t, gen.Ways{Password: true, Demo: []gen.Account{}}, release)
}
