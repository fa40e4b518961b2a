package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/store"
)

func (r *rig) today() calendar.Date { return calendar.DateOf(r.clock.Now()) }

// put sends a change as the administrator.
func (r *rig) put(path string, body map[string]any) answer {
	r.t.Helper()
	return r.do(req{method: "PUT", path: path, as: "admin", body: body})
}

func (r *rig) post(path string, body map[string]any) answer {
	r.t.Helper()
	return r.do(req{method: "POST", path: path, as: "admin", body: body})
}

func (r *rig) changes(query string) []gen.AdminChange {
	r.t.Helper()
	var page struct{ Changes []gen.AdminChange }
	r.do(req{method: "GET", path: "/v1/administration" + query, as: "admin"}).into(r.t, &page)
	return page.Changes
}

func organisationChange(revision int, more map[string]any) map[string]any {
	b := map[string]any{"revision": revision, "name": "新设单位", "kind": "department", "region": region}
	for k, v := range more {
		b[k] = v
	}
	return b
}

func TestAnOrganisationIsCreatedRenamedMovedAndClosed(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	const path = "/v1/organisations/org-new"
	var o gen.Organisation
	r.put(path, organisationChange(0, nil)).into(t, &o)
	require.Equal(t, gen.Organisation{Code: "org-new", Name: "新设单位", Kind: "department", Region: region, Revision: 1}, o)
	r.put(path, organisationChange(0, nil)).into(t, &o) // sent again
	require.EqualValues(t, 1, o.Revision)
	renamed := organisationChange(1, map[string]any{"name": "改名单位", "parent": "org-watch", "creditCode": "11210304MB1C203468"})
	r.put(path, renamed).into(t, &o)
	require.EqualValues(t, 2, o.Revision)
	require.Equal(t, "org-watch", o.Parent)
	p := r.put(path, organisationChange(1, nil)).problem(t, 409, "changed-meanwhile")
	require.Equal(t, "/revision", p.Where)

	for name, c := range map[string]struct {
		path  string
		body  map[string]any
		where string
	}{
		"unknown parent":   {path, organisationChange(2, map[string]any{"parent": "org-none"}), "/parent"},
		"circle":           {"/v1/organisations/org-watch", organisationChange(1, map[string]any{"parent": "org-new"}), "/parent"},
		"itself":           {path, organisationChange(2, map[string]any{"parent": "org-new"}), "/parent"},
		"credit code":      {path, organisationChange(2, map[string]any{"creditCode": "11210304MB1C203469"}), "/creditCode"},
		"credit code used": {"/v1/organisations/org-far", organisationChange(1, map[string]any{"creditCode": "11210304MB1C203468"}), "/creditCode"},
		"blank":            {path, organisationChange(2, map[string]any{"name": "  "}), "/name"},
		"closed in past":   {path, organisationChange(2, map[string]any{"closedOn": "2020-01-01"}), "/closedOn"},
	} {
		p := r.put(c.path, c.body).problem(t, 422, "bad-entry")
		require.Equal(t, c.where, p.Where, name)
	}

	closing := func(revision int64, day calendar.Date) map[string]any {
		return map[string]any{"revision": revision, "name": o.Name, "kind": "department", "region": region, "parent": o.Parent, "creditCode": o.CreditCode, "closedOn": day.String()}
	}
	r.put(path, closing(2, r.today())).into(t, &o)
	require.Equal(t, r.today(), o.ClosedOn)
	r.put("/v1/organisations/org-below", organisationChange(0, map[string]any{"parent": "org-new"})).problem(t, 422, "bad-entry")
	acts := []string{}
	for _, c := range r.changes("?kind=organisation&subject=org-new") {
		require.Equal(t, "a-admin", c.By)
		require.Equal(t, "org-watch", c.Org)
		acts = append(acts, c.Act)
	}
	require.Equal(t, []string{"close", "move", "create"}, acts)
	first := r.changes("?subject=org-new&kind=organisation")
	require.Nil(t, first[2].Before)
	require.Equal(t, "改名单位", first[0].Before["name"])
	require.Equal(t, o.ClosedOn.String(), first[0].After["closedOn"])
}

func TestAnOrganisationThatIsNeededStaysOpen(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	r.must("one", number, "claim", "one", nil)
	today := r.today().String()
	body := map[string]any{"revision": 1, "name": "单位 org-dept", "kind": "department", "region": region, "closedOn": today}
	p := r.put("/v1/organisations/org-dept", body).problem(t, 409, "still-in-use")
	require.Contains(t, p.En, "1 entries by which it plays a party")
	require.Contains(t, p.En, "1 open tasks")
	var d gen.OrganisationDetail
	r.do(req{method: "GET", path: "/v1/organisations/org-dept", as: "admin"}).into(t, &d)
	require.Equal(t, []int64{0, 1, 0, 1, 1}, []int64{d.Below, d.Parties, d.Windows, d.Tasks, d.People})

	// Somebody with a case on his desk cannot leave either, before it is handed over.
	var one gen.PersonDetail
	r.do(req{method: "GET", path: "/v1/people/one", as: "admin"}).into(t, &one)
	require.Equal(t, []gen.Desk{{Org: "org-dept", OrgName: "单位 org-dept", Cases: 1}}, one.Desks)
	leave := map[string]any{"revision": 1, "login": "one", "name": "某one", "active": false, "roles": []any{map[string]any{"org": "org-dept", "role": "handle"}}}
	p = r.put("/v1/people/one", leave).problem(t, 409, "still-in-use")
	require.Contains(t, p.Zh, "移交")
	moved := map[string]any{"revision": 1, "login": "one", "name": "某one", "active": true, "roles": []any{map[string]any{"org": "org-far", "role": "handle"}}}
	r.put("/v1/people/one", moved).problem(t, 409, "still-in-use")
	r.must("one", number, "release", "one", nil)
	require.Equal(t, 200, r.put("/v1/people/one", leave).status)
	r.do(req{method: "GET", path: "/v1/session", as: "one"}).problem(t, 401, "unauthenticated")
}

func TestAPersonIsAddedChangedAndDisabled(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true, release: true})
	r.admin()
	key := uuid.NewString()
	add := map[string]any{"login": "lin.yue", "name": "林月", "post": "科员", "active": true, "roles": []any{map[string]any{"org": "org-hall", "role": "clerk"}}}
	create := func() (p gen.Person) {
		a := r.do(req{method: "POST", path: "/v1/people", as: "admin", key: key, body: add})
		require.Equal(t, 201, a.status, string(a.body))
		a.into(t, &p)
		return p
	}
	person := create()
	require.Equal(t, person, create(), "the same key is the same person")
	require.NotContains(t, person.Id, "lin")
	require.EqualValues(t, "none", person.Password)

	login := func(body map[string]any) answer {
		return r.do(req{method: "POST", path: "/v1/session", key: "-", body: body})
	}
	login(map[string]any{"account": "lin.yue", "password": ""}).problem(t, 401, "bad-login")
	var given struct {
		Password string
		Revision int64
	}
	r.post("/v1/people/lin.yue/password", nil).into(t, &given)
	p := login(map[string]any{"account": "lin.yue", "password": given.Password}).problem(t, 403, "password-temporary")
	require.Equal(t, "/next", p.Where)
	login(map[string]any{"account": "lin.yue", "password": given.Password, "next": given.Password}).problem(t, 422, "bad-entry")
	var s gen.Session
	login(map[string]any{"account": "lin.yue", "password": given.Password, "next": "a password of her own"}).into(t, &s)
	hers := map[string]string{"Authorization": "Bearer " + s.Token}
	login(map[string]any{"account": "lin.yue", "password": given.Password}).problem(t, 401, "bad-login")
	var other gen.Session
	login(map[string]any{"account": "lin.yue", "password": "a password of her own"}).into(t, &other)

	// She changes it herself; where else she was logged in she no longer is.
	own := func(now, next string) answer {
		return r.do(req{method: "PUT", path: "/v1/session/password", header: hers, body: map[string]any{"password": now, "next": next}})
	}
	own("a wrong password", "another of her own").problem(t, 401, "bad-login")
	require.Equal(t, 204, own("a password of her own", "another of her own").status)
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/session", header: hers}).status)
	r.do(req{method: "GET", path: "/v1/session", header: map[string]string{"Authorization": "Bearer " + other.Token}}).problem(t, 401, "unauthenticated")

	// Roles count from the next request on.
	r.do(req{method: "GET", path: "/v1/administration", header: hers}).problem(t, 403, "not-permitted")
	var now gen.PersonDetail
	r.do(req{method: "GET", path: "/v1/people/" + person.Id, as: "admin"}).into(t, &now)
	change := func(revision int64, active bool, roles ...any) answer {
		return r.put("/v1/people/"+person.Id, map[string]any{"revision": revision, "login": "lin.yue", "name": "林月", "post": "科员", "active": active, "roles": roles})
	}
	role := func(org, role string) any { return map[string]any{"org": org, "role": role} }
	change(1, true, role("org-hall", "admin")).problem(t, 409, "changed-meanwhile")
	require.Equal(t, 200, change(now.Person.Revision, true, role("org-hall", "clerk"), role("org-hall", "admin")).status)
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/administration", header: hers}).status)
	change(now.Person.Revision+1, true, role("org-none", "clerk")).problem(t, 422, "bad-entry")
	change(now.Person.Revision+1, true, role("org-hall", "king")).problem(t, 422, "bad-entry")
	require.Equal(t, 200, change(now.Person.Revision+1, false, role("org-hall", "clerk")).status)
	r.do(req{method: "GET", path: "/v1/session", header: hers}).problem(t, 401, "unauthenticated")
	login(map[string]any{"account": "lin.yue", "password": "another of her own"}).problem(t, 401, "bad-login")

	// Nothing of it is in the log, and no password on the audit.
	var acts []string
	for _, c := range r.changes("?kind=person&subject=" + person.Id) {
		acts = append(acts, c.Act)
		raw, err := json.Marshal(c)
		require.NoError(t, err)
		require.NotContains(t, strings.ToLower(string(raw)), "argon")
	}
	require.Equal(t, []string{"disable", "change", "change-password", "change-password", "reset-password", "create"}, acts)
	for _, secret := range []string{"林月", "lin.yue", given.Password} {
		require.NotContains(t, r.log.String(), secret)
	}
}

// admin gives the administrator a password and logs him in with it: a release has no demo accounts.
func (r *rig) admin() {
	r.t.Helper()
	a, err := r.store.AccountByLogin(r.t.Context(), "admin")
	require.NoError(r.t, err)
	require.NoError(r.t, r.store.PutSession(r.t.Context(), "token-of-the-administrator", a.ID, "org-watch", time.Now().Add(time.Hour)))
	r.tokens["admin"] = "token-of-the-administrator"
}

func TestAnAdministratorDoesNotRaiseHimself(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	self := map[string]any{"revision": 1, "login": "admin", "name": "某admin", "active": true, "roles": []any{
		map[string]any{"org": "org-watch", "role": "admin"}, map[string]any{"org": "org-dept", "role": "approve"}}}
	r.put("/v1/people/admin", self).problem(t, 403, "not-permitted")
	r.post("/v1/people/admin/password", nil).problem(t, 403, "not-permitted")
	// His name he may put right.
	self["roles"], self["name"] = []any{map[string]any{"org": "org-watch", "role": "admin"}}, "某管理员"
	require.Equal(t, 200, r.put("/v1/people/admin", self).status)
}

func TestPeopleAreFound(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	ctx := t.Context()
	require.NoError(t, r.store.PutOrganisations(ctx, []store.Organisation{{Code: "org-sub", Name: "下属", Region: region, Kind: "department", Parent: "org-dept"}}))
	for i, name := range []string{"林月", "李勇", "单田芳", "John Smith", "任䶮"} {
		a := store.Account{ID: "x-" + string(rune('a'+i)), Login: "x" + string(rune('a'+i)), Name: name, Active: name != "李勇", Roles: []store.Role{{Org: "org-sub", Role: "handle"}}}
		require.NoError(t, r.store.PutAccount(ctx, a))
	}
	find := func(as, query string) []string {
		var page struct{ People []gen.Person }
		r.do(req{method: "GET", path: "/v1/people?" + query, as: as}).into(t, &page)
		names := []string{}
		for _, p := range page.People {
			names = append(names, p.Name)
			require.Equal(t, as == "admin", p.Revision > 0)
		}
		return names
	}
	require.Equal(t, []string{"李勇", "林月", "任䶮"}, find("admin", "org=org-sub&q=ly"), "in the order of their initials; 任 is read lin, too")
	require.Equal(t, []string{"林月", "任䶮"}, find("one", "org=org-sub&q=LY"), "colleagues are found when they can log in")
	require.Equal(t, []string{"李勇"}, find("admin", "q=ly&active=false"))
	require.Equal(t, []string{"单田芳"}, find("one", "q=stf"), "a surname is read in its own way")
	require.Equal(t, []string{"单田芳"}, find("one", "q=dtf"))
	require.Equal(t, []string{"John Smith"}, find("one", "q=js"))
	require.Equal(t, []string{"任䶮"}, find("one", "q=%E4%B6%AE"))
	require.Empty(t, find("one", "org=org-dept&q=js"))
	require.Equal(t, []string{"John Smith"}, find("one", "org=org-dept&below=true&q=js"))
	require.Empty(t, find("one", "org=org-sub&role=approve"))
	var all, paged []string
	all = find("one", "limit=200")
	for cursor := ""; ; {
		var page struct {
			People []gen.Person
			Next   string
		}
		r.do(req{method: "GET", path: "/v1/people?limit=3&cursor=" + cursor, as: "one"}).into(t, &page)
		for _, p := range page.People {
			paged = append(paged, p.Name)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Equal(t, all, paged)
	r.do(req{method: "GET", path: "/v1/people?cursor=bogus", as: "one"}).problem(t, 400, "bad-cursor")
}

func TestAnotherOrganisationPlaysAPartyFromADayOn(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	other, _ := r.serve(rigOptions{}) // another process follows without a restart
	gaps := func(url string) []gen.PartyGap {
		var out struct{ Gaps []gen.PartyGap }
		r.do(req{url: url, method: "GET", path: "/v1/parties/gaps?item=orphan", as: "clerk"}).into(t, &out)
		return out.Gaps
	}
	require.Equal(t, 200, r.put("/v1/organisations/org-hall", map[string]any{"revision": 1, "name": "单位 org-hall", "kind": "hall", "region": region}).status)
	require.Len(t, gaps(r.url), 1)
	require.Equal(t, "nobody", gaps(r.url)[0].Party)
	require.Equal(t, region, gaps(r.url)[0].Region)
	today := r.today()
	entry := func(org string, from calendar.Date, more map[string]any) answer {
		b := map[string]any{"item": "orphan", "party": "nobody", "region": region, "org": org, "from": from.String()}
		for k, v := range more {
			b[k] = v
		}
		return r.post("/v1/parties", b)
	}
	start := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: r.orphan()})
	start.problem(t, 422, "no-organisation")
	require.Equal(t, 200, entry("org-dept", today-100, nil).status, "nobody has played it before: any first day")
	r.eventually("the other process sees it", func() bool { return len(gaps(other)) == 0 })

	entry("org-far", today-1, map[string]any{"instead": "org-dept"}).problem(t, 422, "bad-entry")
	entry("org-far", today+10, nil).problem(t, 409, "changed-meanwhile")
	entry("org-none", today+10, map[string]any{"instead": "org-dept"}).problem(t, 422, "bad-entry")
	require.Equal(t, 200, entry("org-far", today+10, map[string]any{"instead": "org-dept"}).status)
	require.Equal(t, 200, entry("org-far", today+10, map[string]any{"instead": "org-dept"}).status, "sent again")
	list := func() (out []gen.PartyEntry) {
		var page struct{ Parties []gen.PartyEntry }
		r.do(req{method: "GET", path: "/v1/parties?party=nobody", as: "clerk"}).into(t, &page)
		return page.Parties
	}
	have := list()
	require.Len(t, have, 2)
	require.Equal(t, []any{"org-dept", today + 10, gen.PartyEntryState("current")}, []any{have[0].Org, have[0].Until, have[0].State})
	require.Equal(t, []any{"org-far", calendar.Date(0), gen.PartyEntryState("coming")}, []any{have[1].Org, have[1].Until, have[1].State})

	// One that has not begun may still become another's, and be taken back.
	require.Equal(t, 200, entry("org-lead", today+10, map[string]any{"instead": "org-far"}).status)
	require.Equal(t, "org-lead", list()[1].Org)
	end := func(org string, until calendar.Date) answer {
		return r.post("/v1/parties/end", map[string]any{"item": "orphan", "party": "nobody", "region": region, "org": org, "until": until.String()})
	}
	end("org-far", today+10).problem(t, 409, "changed-meanwhile")
	end("org-lead", today-1).problem(t, 422, "bad-entry")
	require.Equal(t, 200, end("org-lead", today+10).status)
	require.Len(t, list(), 1)
	acts := []string{}
	for _, c := range r.changes("?kind=party") {
		acts = append(acts, c.Act)
	}
	require.Equal(t, []string{"drop", "set", "set", "end", "set"}, acts)
	require.Empty(t, r.broken())
}

// orphan is an application for the item whose party nobody plays.
func (r *rig) orphan() map[string]any {
	a := r.application()
	a["item"] = "orphan"
	return a
}

func TestEveryItemHasAWindow(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	require.Equal(t, 200, r.put("/v1/organisations/org-hall", map[string]any{"revision": 1, "name": "单位 org-hall", "kind": "hall", "region": region}).status)
	window := func(id string, revision int, more map[string]any) answer {
		b := map[string]any{"revision": revision, "hall": "org-hall", "name": "窗口 " + id, "fallback": false}
		for k, v := range more {
			b[k] = v
		}
		return r.put("/v1/windows/"+id, b)
	}
	takes := func(item string) []string {
		var page struct{ Windows []gen.ItemWindow }
		r.do(req{method: "GET", path: "/v1/items/" + item + "/windows"}).into(t, &page)
		ids := []string{}
		for _, w := range page.Windows {
			ids = append(ids, w.Id)
		}
		return ids
	}
	items := map[string]any{"items": []any{itemCode}}
	require.Equal(t, "/fallback", window("w1", 0, items).problem(t, 422, "bad-entry").Where, "the only window takes everything")
	require.Equal(t, 200, window("w0", 0, map[string]any{"fallback": true, "clerks": []any{"clerk"}}).status)
	require.Equal(t, 200, window("w1", 0, items).status)
	require.Equal(t, []string{"w1"}, takes("test-item"))
	require.Equal(t, []string{"w0"}, takes("asleep"))

	for name, c := range map[string]struct {
		answer answer
		where  string
	}{
		"no hall":          {window("w2", 0, map[string]any{"hall": "org-dept"}), "/hall"},
		"unknown item":     {window("w2", 0, map[string]any{"items": []any{"nothing"}}), "/items/0"},
		"no clerk":         {window("w2", 0, map[string]any{"clerks": []any{"one"}}), "/clerks/0"},
		"fallback closed":  {window("w0", 1, map[string]any{"fallback": true, "closed": true}), "/closed"},
		"fallback's items": {window("w0", 1, map[string]any{"fallback": true, "items": []any{itemCode}}), "/items"},
	} {
		require.Equal(t, c.where, c.answer.problem(t, 422, "bad-entry").Where, name)
	}
	window("w0", 1, nil).problem(t, 409, "still-in-use")
	window("w0", 1, map[string]any{"closed": true}).problem(t, 409, "still-in-use")
	window("w1", 5, nil).problem(t, 409, "changed-meanwhile")
	// The part of taking everything else moves; the hall has it exactly once all the time.
	require.Equal(t, 200, window("w2", 0, map[string]any{"fallback": true}).status)
	require.Equal(t, []string{"w2"}, takes("asleep"))
	require.Equal(t, 200, window("w0", 2, map[string]any{"closed": true}).status)
	require.Equal(t, 200, window("w1", 1, map[string]any{"closed": true}).status)
	require.Equal(t, []string{"w2"}, takes("test-item"))
	p := r.put("/v1/organisations/org-hall", map[string]any{"revision": 2, "name": "单位 org-hall", "kind": "hall", "region": region, "closedOn": (r.today() + 9).String()}).problem(t, 409, "still-in-use")
	require.Contains(t, p.En, "1 open windows")
	require.Equal(t, 200, window("w2", 1, map[string]any{"closed": true}).status, "the last one may close")
	require.Empty(t, takes("test-item"))
}

// The record of administration cannot be changed, and shows when somebody has done so all the same.
func TestTheRecordOfAdministrationStands(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	for _, name := range []string{"甲", "乙", "丙"} {
		a := r.post("/v1/people", map[string]any{"login": "p" + uuid.NewString()[:8], "name": name, "active": true, "roles": []any{}})
		require.Equal(t, 201, a.status, string(a.body))
	}
	ctx := t.Context()
	require.Empty(t, r.broken())
	_, err := r.store.Pool().Exec(ctx, `UPDATE admin_change SET account = 'x' WHERE id = 2`)
	require.Error(t, err)
	_, err = r.store.Pool().Exec(ctx, `TRUNCATE admin_change`)
	require.Error(t, err)
	exec := func(sql string) {
		t.Helper()
		_, err := r.store.Pool().Exec(ctx, "ALTER TABLE admin_change DISABLE TRIGGER USER; "+sql+"; ALTER TABLE admin_change ENABLE TRIGGER USER")
		require.NoError(t, err)
	}
	exec(`UPDATE admin_change SET after = '{"name":"丁"}' WHERE id = 2`)
	require.Equal(t, []store.FindingKind{store.AdminBroken}, r.broken())
	exec(`DELETE FROM admin_change WHERE id = 2`)
	require.Contains(t, r.broken(), store.AdminBroken)
}

// broken are the findings of the audit.
func (r *rig) broken() (kinds []store.FindingKind) {
	r.t.Helper()
	_, err := r.store.Verify(r.t.Context(), store.VerifyOptions{}, func(f store.Finding) { kinds = append(kinds, f.Kind) })
	require.NoError(r.t, err)
	return kinds
}

func TestPartiesAreResolvedAsTheyAreShown(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	got, err := r.store.ResolveParties(t.Context(), "test-item", []store.Place{{Party: "dept", At: region}}, r.today())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"dept": "org-dept"}, got)
	tomorrow := r.today() + 1
	a := r.post("/v1/parties", map[string]any{"item": "*", "party": "dept", "region": region, "org": "org-far", "from": tomorrow.String(), "instead": "org-dept"})
	require.Equal(t, 200, a.status, string(a.body))
	for day, want := range map[calendar.Date]string{tomorrow - 1: "org-dept", tomorrow: "org-far"} {
		got, err := r.store.ResolveParties(t.Context(), "test-item", []store.Place{{Party: "dept", At: region}}, day)
		require.NoError(t, err)
		require.Equal(t, want, got["dept"])
	}
}
