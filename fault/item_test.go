package fault_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/contract"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
)

const region = "210304"

// People of the item, by login: their token is their login.
var people = func() map[string][]store.Role {
	p := map[string][]store.Role{
		"clerk": {{Org: "org-hall", Role: engine.RoleClerk}},
		"lead":  {{Org: "org-lead", Role: engine.RoleLead}, {Org: "org-lead", Role: engine.RoleHandle}},
	}
	for i := range crowd {
		p[officer(i)] = []store.Role{{Org: "org-dept", Role: engine.RoleHandle}}
	}
	return p
}()

// crowd is how many officers there are, and opinions in a case with everybody.
const crowd = 30

func officer(i int) string { return fmt.Sprintf("officer%02d", i) }
func opinion(i int) string { return fmt.Sprintf("opinion%02d", i) }

// itemYAML is the item: acceptance by silence, two opinions side by side, one of
// them with a rule of silence, thirty more when asked; conclusion and hand-out.
func itemYAML(code string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `language: lianban/v1
item:
  code: %q
  name: 故障测试事项
  version: "1"
  effective: "2020-01-01"
  type: licence
  level: county
  mode: joint
  lead: lead
  basis: [{law: 中华人民共和国行政许可法, article: "26"}]
  channels: [window, online]
  statutory: {time: 20wd, extend: {time: 10wd, role: organ-head}}
  promised: 10wd
parties:
  hall: {name: 综合窗口, kind: hall}
  lead: {name: 牵头部门, kind: department}
  dept: {name: 会办部门, kind: department}
situations:
  everybody: {ask: 是否征求全部意见？, type: boolean}
form:
  type: object
  properties:
    applicant: {type: object}
process:
  - intake: receive
    by: hall
    answer: {time: 20wd, late: lapse}
  - parallel: review
    objection: lead
    branches:
      - review: one
        by: dept
        limit: {time: 5wd, late: agree, basis: 政府信息公开办法第三十六条}
      - review: two
        by: dept
        limit: 5wd
`, code)
	for i := range crowd {
		fmt.Fprintf(&b, "      - {review: %s, when: everybody, by: dept}\n", opinion(i))
	}
	b.WriteString(`  - decide: conclude
    by: lead
    limit: 3wd
    gives: {permit: {kind: approval, name: 测试批准}}
    back: [review]
  - issue: handOut
    by: hall
    ways: [counter]
`)
	return []byte(b.String())
}

// furnish puts the catalogue and the directory into the database.
func (h *hall) furnish() {
	h.t.Helper()
	ctx := h.t.Context()
	source := itemYAML(h.item)
	file, found := definition.ParseFile("item.yaml", source)
	require.False(h.t, found.Failed(), found.Render("en"))
	library, found := definition.LibraryOf(file)
	require.False(h.t, found.Failed(), found.Render("en"))
	def, found := library.Resolve(h.item, "1", region)
	require.False(h.t, found.Failed(), found.Render("en"))
	canonical, err := definition.Canonical(def)
	require.NoError(h.t, err)
	plan, err := definition.Compile(def)
	require.NoError(h.t, err)
	at := h.clock.Now()
	require.NoError(h.t, h.store.PublishDefinition(ctx, store.DefinitionVersion{
		Item: h.item, Version: "1", Code: h.item, Name: def.Item.Name, EffectiveOn: calendar.NewDate(2020, 1, 1),
		Hash: plan.Hash, Canonical: canonical, Source: source, PublishedBy: "test", PublishedAt: at,
	}))
	national, err := calendars.National()
	require.NoError(h.t, err)
	days, err := national.MarshalJSON()
	require.NoError(h.t, err)
	_, err = h.store.PutCalendar(ctx, store.CalendarVersion{Version: national.Version(), Data: days, LoadedAt: at})
	require.NoError(h.t, err)
	orgs := map[string]string{"hall": "hall", "lead": "department", "dept": "department"}
	for party, kind := range orgs {
		require.NoError(h.t, h.store.PutOrganisations(ctx, []store.Organisation{{Code: "org-" + party, Name: party, Region: region, Kind: kind}}))
		require.NoError(h.t, h.store.PutPartyOrgs(ctx, []store.PartyOrg{{Item: "*", Party: party, Region: region, Org: "org-" + party}}))
	}
	for login, roles := range people {
		require.NoError(h.t, h.store.PutAccount(ctx, store.Account{ID: "a-" + login, Login: login, Name: login, Active: true, Roles: roles}))
		require.NoError(h.t, h.store.PutSession(ctx, "token-"+login, "a-"+login, roles[0].Org, time.Now().Add(24*time.Hour)))
	}
}

// rules are those of a version with a calendar, compiled and as a case carries them.
func (h *hall) rules(v store.DefinitionVersion, days store.CalendarVersion) (*engine.Rules, []byte) {
	h.t.Helper()
	def, err := definition.Decode(v.Canonical)
	require.NoError(h.t, err)
	cal, err := calendar.Decode(days.Data)
	require.NoError(h.t, err)
	bundle, err := contract.Pack(def, cal)
	require.NoError(h.t, err)
	rules, err := contract.RulesFor(bundle)
	require.NoError(h.t, err)
	return rules, bundle
}

// caseRules are the rules a case was started with.
func (h *hall) caseRules(number string) *engine.Rules {
	h.t.Helper()
	intent, err := h.store.StartIntentOf(h.t.Context(), number)
	require.NoError(h.t, err)
	_, bundle, err := contract.DecodeStart(intent.Input)
	require.NoError(h.t, err)
	rules, err := contract.RulesFor(bundle)
	require.NoError(h.t, err)
	return rules
}
