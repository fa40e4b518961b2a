package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/store"
)

// inPlaceOf is a request of a deputy.
func (q req) inPlaceOf(account string) req {
	q.header = map[string]string{"Lianban-For": account}
	return q
}

// retire takes an account out of service.
func (r *rig) retire(login, org string, roles ...string) {
	r.t.Helper()
	a := store.Account{ID: "a-" + login, Login: login, Name: "某"}
	for _, role := range roles {
		a.Roles = append(a.Roles, store.Role{Org: org, Role: role})
	}
	require.NoError(r.t, r.store.PutAccount(r.t.Context(), a))
}

func (r *rig) waits(as, number string) []gen.Wait {
	r.t.Helper()
	var out struct{ Waits []gen.Wait }
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/waiting-for", as: as}).into(r.t, &out)
	return out.Waits
}

func TestStandingDeputy(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.hire("mate", "org-dept", engine.RoleClerk) // without the role himself
	r.hire("chief", "org-dept", engine.RoleOrganHead)
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	r.must("one", number, "claim", "one", nil)
	today := calendar.DateOf(r.clock.Now())
	name := func(as string, body map[string]any) answer {
		return r.do(req{method: "POST", path: "/v1/deputies", as: as, body: body})
	}
	name("one", map[string]any{"deputy": "nobody", "until": today.String()}).problem(t, 400, "bad-request")
	name("one", map[string]any{"deputy": "two", "until": today.String()}).problem(t, 400, "bad-request")
	name("one", map[string]any{"deputy": "one", "until": today.String()}).problem(t, 400, "bad-request")
	name("one", map[string]any{"deputy": "mate", "until": (today - 1).String()}).problem(t, 400, "bad-request")
	name("mate", map[string]any{"account": "one", "deputy": "mate", "until": today.String()}).problem(t, 403, "not-permitted")
	r.hire("checker", "org-dept", engine.RoleCheck)
	name("checker", map[string]any{"account": "chief", "deputy": "checker", "until": today.String()}).problem(t, 403, "not-permitted")
	var later, now gen.Deputy
	name("one", map[string]any{"deputy": "mate", "from": (today + 5).String(), "until": (today + 9).String()}).into(t, &later)
	agree := r.acting("mate", number, "agree", "one", nil)
	r.do(agree.inPlaceOf("one")).problem(t, 403, "not-permitted")
	name("chief", map[string]any{"account": "one", "deputy": "mate", "until": today.String()}).into(t, &now)
	require.Equal(t, today, now.Until, "the last day")
	require.Equal(t, []string{"某mate"}, r.waits("one", number)[0].Deputies)
	require.Equal(t, 403, r.do(agree).status, "in his own name he may not")
	var page struct{ Tasks []gen.Task }
	r.do(req{method: "GET", path: "/v1/tasks?state=mine", as: "mate"}.inPlaceOf("one")).into(t, &page)
	require.Len(t, page.Tasks, 1)
	again := req{method: "POST", path: "/v1/deputies", as: "mate", body: map[string]any{"account": "one", "deputy": "checker", "until": today.String()}}
	r.do(again.inPlaceOf("one")).problem(t, 403, "not-permitted")
	// ended, it is over at once; the deputy may lay it down
	require.Equal(t, 204, r.do(req{method: "DELETE", path: "/v1/deputies/" + now.Id, as: "mate"}).status)
	r.do(agree.inPlaceOf("one")).problem(t, 403, "not-permitted")
	r.do(req{method: "DELETE", path: "/v1/deputies/" + later.Id, as: "two"}).problem(t, 404, "no-route")
	var list struct{ Deputies []gen.Deputy }
	r.do(req{method: "GET", path: "/v1/deputies", as: "one"}).into(t, &list)
	require.Equal(t, []gen.Deputy{later}, list.Deputies)
	name("one", map[string]any{"deputy": "mate", "until": today.String()})
	agree.key = ""
	require.Equal(t, 200, r.do(agree.inPlaceOf("a-one")).status, "by id as well")
	events, err := r.store.Timeline(t.Context(), number, 0, 100)
	require.NoError(t, err)
	signed := engine.Actor{}
	for _, e := range events {
		var body struct {
			Do engine.Act   `json:"do"`
			By engine.Actor `json:"by"`
		}
		require.NoError(t, json.Unmarshal(e.Bytes, &body))
		if body.Do == engine.Agree {
			signed = body.By
		}
	}
	require.Equal(t, []string{"a-mate", "a-one"}, []string{signed.ID, signed.For}, "both are on the record")
}

func TestHandOverOfADesk(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.hire("mate", "org-dept", engine.RoleHandle)
	r.hire("chief", "org-dept", engine.RoleOrganHead)
	var numbers []string
	for range 3 {
		number, _ := r.file()
		r.must("clerk", number, "accept", "receive", nil)
		r.must("one", number, "claim", "one", nil)
		numbers = append(numbers, number)
	}
	over := req{method: "POST", path: "/v1/handovers", as: "chief", key: "desk-of-one-0123456789", body: map[string]any{"account": "one", "successor": "mate", "reason": "调离"}}
	stranger := over
	stranger.as, stranger.key = "two", ""
	r.do(stranger).problem(t, 403, "not-permitted")
	r.retire("one", "org-dept", engine.RoleHandle)
	var out gen.BatchResult
	r.do(over).into(t, &out)
	require.Len(t, out.Results, 3)
	for _, x := range out.Results {
		require.Equal(t, gen.TaskResultStateDone, x.State)
		require.Contains(t, numbers, x.Number)
		require.Equal(t, "a-mate", r.openTask("mate", x.Number, "one").Claimed)
	}
	r.do(over).into(t, &out)
	require.Empty(t, out.Results, "nothing is left")
	over.body = map[string]any{"account": "mate", "successor": "chief", "reason": "调离"}
	r.do(over).problem(t, 422, "key-reused")
	r.must("mate", numbers[0], "agree", "one", nil)
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	put := func(as string, version int, text string) answer {
		return r.do(req{method: "PUT", path: "/v1/drafts/意见", as: as, body: map[string]any{"version": version, "body": map[string]any{"reason": text}}})
	}
	r.do(req{method: "GET", path: "/v1/drafts/意见", as: "one"}).problem(t, 404, "no-route")
	require.Equal(t, 200, put("one", 0, "一").status)
	put("one", 0, "二").problem(t, 409, "version-exists")
	require.Equal(t, 200, put("one", 1, "二").status)
	put("one", 1, "三").problem(t, 409, "version-exists")
	require.Equal(t, 200, put("two", 0, "他的").status, "everybody has his own")
	var d gen.Draft
	r.do(req{method: "GET", path: "/v1/drafts/意见", as: "one"}).into(t, &d)
	require.Equal(t, []any{int64(2), "二"}, []any{d.Version, d.Body["reason"]})
	var list struct{ Drafts []gen.Draft }
	r.do(req{method: "GET", path: "/v1/drafts", as: "one"}).into(t, &list)
	require.Len(t, list.Drafts, 1)
	for range 2 {
		require.Equal(t, 204, r.do(req{method: "DELETE", path: "/v1/drafts/意见", as: "one"}).status)
	}
	r.do(req{method: "GET", path: "/v1/drafts/意见", as: "one"}).problem(t, 404, "no-route")
}

// A signature promised for after the link is nobody's task yet, and goes to the successor all the same.
func TestASignatureStillToComeIsHandedOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.hire("signer", "org-dept", engine.RoleHandle)
	r.hire("mate", "org-dept", engine.RoleHandle)
	r.hire("chief", "org-dept", engine.RoleOrganHead)
	r.publish("chained", func(s string) string {
		return strings.NewReplacer(itemCode, "11210300MB0X12345A4000994001000", "- review: one\n        by: dept", "- review: one\n        by: dept\n        chain: [handle, check]").Replace(s)
	})
	body := r.application()
	body["item"] = "chained"
	number := r.start(body)
	r.must("clerk", number, "accept", "receive", nil)
	r.must("one", number, "addSigner", "one", map[string]any{"account": "signer", "place": "after", "reason": "须其复核"})
	var out struct{ Results []gen.TaskResult }
	r.do(req{method: "POST", path: "/v1/handovers", as: "chief", body: map[string]any{"account": "signer", "successor": "mate", "reason": "调离"}}).into(t, &out)
	require.Len(t, out.Results, 1)
	require.Equal(t, number, out.Results[0].Number)
	rows, _, err := r.store.CaseRows(t.Context(), number)
	require.NoError(t, err)
	for _, st := range rows.Steps {
		if st.ID == "one" {
			require.Equal(t, "a-mate", st.Signers[0].Account)
		}
	}
	r.do(req{method: "POST", path: "/v1/handovers", as: "chief", body: map[string]any{"account": "signer", "successor": "mate", "reason": "调离"}}).into(t, &out)
	require.Empty(t, out.Results, "he has nothing more")
}

// Nobody holds the post: its organisation's head is told and does the work, until
// somebody holds it again.
func TestVacantPostGoesToTheHead(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.retire("one", "org-dept", engine.RoleHandle)
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	headless := false
	vacancy := func() (status string) {
		rows, err := r.store.Dossier(t.Context(), number)
		require.NoError(t, err)
		for _, row := range rows {
			if row.Vacancy != nil && row.Org == "org-dept" && status != "open" {
				status, headless = row.Status, row.Vacancy.Headless
			}
		}
		return status
	}
	r.eventually("nobody is there at all", func() bool { return vacancy() == "open" && headless })
	told := false
	for _, w := range r.waits("clerk", number) {
		told = told || w.Org == "org-hall" && strings.Contains(w.WhyZh, "没有负责人")
	}
	require.True(t, told, "the window has to see to it")
	r.hire("chief", "org-dept", engine.RoleOrganHead)
	r.eventually("a head is there", func() bool { return vacancy() == "open" && !headless })
	r.eventually("the post is on record as vacant", func() bool { return vacancy() == "open" })
	found := false
	for _, w := range r.waits("chief", number) {
		found = found || w.Org == "org-dept" && w.Role == engine.RoleOrganHead
	}
	require.True(t, found, "the case waits for the head")
	r.hire("one", "org-dept", engine.RoleHandle)
	r.eventually("the post is filled", func() bool { return vacancy() == "over" })
	r.must("one", number, "agree", "one", nil)
}
