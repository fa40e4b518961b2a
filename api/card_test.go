package api_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/definitions"
	"lianban/engine"
	"lianban/engine/supervision"
	"lianban/store"
)

// supervised is a rig with rules, a government above all, a second supervisor, and cards of two organisations.
func supervised(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, rigOptions{noWorker: true})
	require.NoError(t, r.store.PutOrganisations(t.Context(), []store.Organisation{
		{Code: "gov", Name: "区政府", Region: "", Kind: "government"},
		{Code: "org-watch", Name: "监察", Region: region, Kind: "department", Parent: "gov"},
		{Code: "org-dept", Name: "部门", Region: region, Kind: "department", Parent: "gov"},
		{Code: "org-other", Name: "另一部门", Region: region, Kind: "department", Parent: "gov"},
	}))
	for _, a := range []store.Account{
		{ID: "a-second", Login: "second", Name: "某二", Active: true, Roles: []store.Role{{Org: "org-watch", Role: engine.RoleSupervisor}}},
		{ID: "a-far", Login: "far", Name: "某远", Active: true, Roles: []store.Role{{Org: "org-far", Role: engine.RoleSupervisor}}},
		{ID: "a-head", Login: "head", Name: "某长", Active: true, Roles: []store.Role{{Org: "org-dept", Role: engine.RoleOrganHead}}},
	} {
		require.NoError(t, r.store.PutAccount(t.Context(), a))
	}
	return r
}

// builtIn are the rules that come with the program.
func builtIn() *supervision.Rules {
	rules, _ := supervision.Load(definitions.SupervisionName, definitions.Supervision())
	return rules
}

func (r *rig) rules(source string) answer {
	return r.do(req{method: "POST", path: "/v1/supervision/rules", as: "publisher", kind: "application/yaml", raw: strings.NewReader(source)})
}

// deal puts cards of a rule over many cases there: one per organisation given.
func (r *rig) deal(orgs ...string) {
	r.t.Helper()
	var cards []supervision.Card
	for i, org := range orgs {
		at := r.clock.Now().Add(-time.Duration(i) * time.Hour).Truncate(time.Microsecond)
		cards = append(cards, supervision.Card{Rule: "T10", Fire: 1, Rules: builtIn().Version, Class: "time", Level: supervision.Red, Subject: fmt.Sprint("s", i), Org: org,
			Person: "a-one", At: at, Explain: at.Add(72 * time.Hour), Zh: "甲", En: "a", Cases: []string{"N1", "N2"}})
	}
	require.NoError(r.t, r.store.PutCardsAcross(r.t.Context(), "T10", cards))
}

func (r *rig) cardsOf(as, query string) []gen.Card {
	r.t.Helper()
	var page gen.CardPage
	a := r.do(req{method: "GET", path: "/v1/cards" + query, as: as})
	require.Equal(r.t, 200, a.status, string(a.body))
	a.into(r.t, &page)
	return page.Cards
}

func TestSupervisionRulesArePublished(t *testing.T) {
	t.Parallel()
	r := supervised(t)
	r.do(req{method: "GET", path: "/v1/supervision/rules", as: "clerk"}).problem(t, 409, "no-rules")
	source := string(definitions.Supervision())
	bad := r.rules(strings.Replace(source, "task.openedAt", "task.openedAtt", 1)).problem(t, 422, "definition-refused")
	require.Equal(t, "did you mean openedAt?", bad.Findings[0].Fix)
	require.Positive(t, bad.Findings[0].Line)
	require.Equal(t, 200, r.rules(source).status)
	require.Equal(t, 200, r.rules(source).status, "the same again")
	r.rules(source+"\n# other\n").problem(t, 409, "version-exists")
	r.rules(source+strings.Repeat("#", 1<<20)).problem(t, 413, "too-large")
	var got gen.SupervisionRules
	r.do(req{method: "GET", path: "/v1/supervision/rules", as: "clerk"}).into(t, &got)
	require.Equal(t, builtIn().Version, got.Version)
	require.Equal(t, source, got.Source)
	require.Equal(t, "3wd", got.Explain)
	for _, rule := range got.Rules {
		require.Equal(t, rule.Id == "F1" || rule.Id == "S2", rule.ByHand, rule.Id)
		require.NotEmpty(t, rule.Levels)
		require.NotEmpty(t, rule.Basis)
	}
}

func TestWhoSeesCards(t *testing.T) {
	t.Parallel()
	r := supervised(t)
	require.Equal(t, 200, r.rules(string(definitions.Supervision())).status)
	r.deal("org-dept", "org-other", "org-far")
	require.Len(t, r.cardsOf("one", ""), 1)
	require.Empty(t, r.cardsOf("clerk", ""))
	require.Len(t, r.cardsOf("supervisor", ""), 2, "what is below the government")
	require.Len(t, r.cardsOf("far", ""), 1)
	require.Len(t, r.cardsOf("supervisor", "?org=org-dept&level=3&rule=T10&status=raised"), 1)
	require.Empty(t, r.cardsOf("supervisor", "?level=1"))
	r.do(req{method: "GET", path: "/v1/cards?org=org-dept", as: "far"}).problem(t, 403, "not-permitted")
	c := r.cardsOf("one", "")[0]
	require.Equal(t, []any{"T10", "以沉默代替意见或者决定", "部门", "某one", 3}, []any{c.Rule, c.RuleName, c.OrgName, c.Person, c.Level})
	path := fmt.Sprint("/v1/cards/", c.Id)
	may := func(as string) map[gen.CardOptionDo]bool {
		var one gen.Card
		r.do(req{method: "GET", path: path, as: as}).into(t, &one)
		out := map[gen.CardOptionDo]bool{}
		for _, o := range one.Options {
			out[o.Do] = o.Allowed
			require.Equal(t, o.Allowed, o.Why.ZH == "", "%s: refused with a reason", o.Do)
		}
		return out
	}
	require.Equal(t, map[gen.CardOptionDo]bool{"explain": false, "confirm": false, "lift": true, "appeal": false, "uphold": false, "overturn": false}, may("supervisor"))
	require.Equal(t, map[gen.CardOptionDo]bool{"explain": true, "confirm": false, "lift": false, "appeal": false, "uphold": false, "overturn": false}, may("one"))
	r.do(req{method: "GET", path: path, as: "two"}).problem(t, 403, "not-permitted")
	r.do(req{method: "GET", path: "/v1/cards/99", as: "one"}).problem(t, 404, "no-such-card")
	var first, second gen.CardPage
	r.do(req{method: "GET", path: "/v1/cards?limit=1", as: "supervisor"}).into(t, &first)
	r.do(req{method: "GET", path: "/v1/cards?limit=1&cursor=" + first.Next, as: "supervisor"}).into(t, &second)
	require.NotEqual(t, first.Cards[0].Id, second.Cards[0].Id)
	r.do(req{method: "GET", path: "/v1/cards?cursor=x", as: "supervisor"}).problem(t, 400, "bad-cursor")
}

func TestACardIsExplainedConfirmedAppealedAndDecided(t *testing.T) {
	t.Parallel()
	r := supervised(t)
	require.Equal(t, 200, r.rules(string(definitions.Supervision())).status)
	r.deal("org-dept", "org-dept")
	id := r.cardsOf("one", "")[0].Id
	do := func(as, what, key string) answer {
		return r.do(req{method: "POST", path: fmt.Sprintf("/v1/cards/%d/%s", id, what), as: as, key: key, body: map[string]string{"reason": "理由 " + what}})
	}
	do("supervisor", "confirm", "").problem(t, 409, "card-early")
	do("two", "explain", "").problem(t, 403, "card-not-yours")
	const key = "explain-key-0000000001"
	first := do("one", "explain", key)
	require.Equal(t, 200, first.status, string(first.body))
	require.JSONEq(t, string(first.body), string(do("one", "explain", key).body), "the same key is the same act")
	do("head", "explain", key).problem(t, 422, "key-reused")
	require.Equal(t, 200, do("supervisor", "confirm", "").status)
	do("one", "explain", "").problem(t, 409, "card-state")
	require.Equal(t, 200, do("head", "appeal", "").status)
	do("supervisor", "uphold", "").problem(t, 403, "card-self")
	do("far", "overturn", "").problem(t, 403, "card-not-yours")
	var c gen.Card
	do("second", "overturn", "").into(t, &c)
	require.Equal(t, "lifted", string(c.Status))
	var did []string
	for _, a := range c.Acts {
		did = append(did, string(a.Act)+" "+a.By+" "+a.Reason)
	}
	require.Equal(t, []string{"explain 某one 理由 explain", "confirm 某supervisor 理由 confirm", "appeal 某长 理由 appeal", "overturn 某二 理由 overturn"}, did)
	require.NotZero(t, c.Acts[1].Until, "until when it can be appealed against")
	do("supervisor", "lift", "").problem(t, 409, "card-state")

	// the rules do not find them any more: the one acted on stays, as gone, the other goes
	require.NoError(t, r.store.PutCardsAcross(t.Context(), "T10", nil))
	left := r.cardsOf("one", "")
	require.Len(t, left, 1)
	require.Equal(t, id, left[0].Id)
	require.True(t, left[0].Gone)
}

func TestACardByHand(t *testing.T) {
	t.Parallel()
	r := supervised(t)
	require.Equal(t, 200, r.rules(string(definitions.Supervision())).status)
	raise := func(as, key string, body map[string]string) answer {
		return r.do(req{method: "POST", path: "/v1/cards", as: as, key: key, body: body})
	}
	body := map[string]string{"rule": "S2", "org": "org-dept", "reason": "12345 转办，经核实属实"}
	raise("one", "", body).problem(t, 403, "not-permitted")
	raise("far", "", body).problem(t, 403, "card-not-yours")
	raise("supervisor", "", map[string]string{"rule": "T2", "org": "org-dept", "reason": "理由"}).problem(t, 422, "card-not-by-hand")
	raise("supervisor", "", map[string]string{"rule": "S2", "org": "org-dept", "reason": "理由", "number": "nobody"}).problem(t, 404, "no-such-case")
	const key = "raise-key-000000000001"
	var c, again gen.Card
	raise("supervisor", key, body).into(t, &c)
	raise("supervisor", key, body).into(t, &again)
	require.Equal(t, c.Id, again.Id)
	require.True(t, c.ByHand)
	require.Equal(t, 2, c.Level)
	require.Equal(t, "raise", string(c.Acts[0].Act))
	require.NotZero(t, c.Explain)
	require.NoError(t, r.store.PutCardsAcross(t.Context(), "S2", nil))
	require.Len(t, r.cardsOf("one", ""), 1, "no rule takes it away")

	// what was done with cards cannot be changed unseen
	verify := func() (kinds []store.FindingKind) {
		_, err := r.store.Verify(t.Context(), store.VerifyOptions{}, func(f store.Finding) { kinds = append(kinds, f.Kind) })
		require.NoError(t, err)
		return kinds
	}
	require.Empty(t, verify())
	_, err := r.store.Pool().Exec(t.Context(), `UPDATE card SET status = 'lifted'`)
	require.NoError(t, err)
	require.Equal(t, []store.FindingKind{store.CardBroken}, verify())
	_, err = r.store.Pool().Exec(t.Context(), `UPDATE card SET status = 'raised'`)
	require.NoError(t, err)
	_, err = r.store.Pool().Exec(t.Context(), `UPDATE card_act SET reason = 'x'`)
	require.Error(t, err)
	_, err = r.store.Pool().Exec(t.Context(), `ALTER TABLE card_act DISABLE TRIGGER USER; UPDATE card_act SET reason = 'x'`)
	require.NoError(t, err)
	require.Equal(t, []store.FindingKind{store.CardBroken}, verify())
	require.False(t, bytes.Contains([]byte(r.log.String()), []byte("12345 转办")), "reasons are not logged")
}
