package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/store"
)

// An organisation that comes into a case without being a party of it is shown by its name all the same: the one above,
// which asks whether a result stands and where a post is vacant, and one that gets a copy.
func TestOrganisationsThatAreNoPartyAreNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	require.NoError(t, r.store.PutOrganisations(t.Context(), []store.Organisation{
		{Code: "org-higher", Name: "上级机关", NameEn: "Higher Organ", Region: region, Kind: "department"},
		{Code: "org-lead", Name: "单位 org-lead", Region: region, Kind: "department", Parent: "org-higher"},
	}))
	r.hire("chief", "org-higher", engine.RoleOrganHead)
	number, _ := r.file()
	at := "/v1/cases/" + number
	r.must("clerk", number, "copy", "", map[string]any{"orgs": []string{"org-higher"}, "text": "请知悉"})
	r.must("clerk", number, "accept", "receive", nil)
	r.must("one", number, "agree", "one", nil)
	r.must("two", number, "agree", "two", nil)
	r.must("lead", number, "grant", "conclude", map[string]any{"outputs": []any{map[string]any{"id": "permit", "number": "P-1"}}})
	r.must("chief", number, "challenge", "", map[string]any{"ground": "power", "reason": "超越法定职权"})

	var dossier gen.GetDossier200JSONResponse
	post := func() (status string) {
		r.do(req{method: "GET", path: at + "/dossier", as: "clerk"}).into(t, &dossier)
		for _, e := range dossier.Entries {
			if e.Vacancy != nil && e.Org == "org-higher" {
				require.Equal(t, "上级机关", e.OrgName)
				status = e.Status
			}
		}
		return status
	}
	r.eventually("nobody there approves", func() bool { return post() == "open" })
	i := slices.IndexFunc(dossier.Entries, func(e gen.DossierEntry) bool { return e.Annulment != nil })
	require.Equal(t, "上级机关", dossier.Entries[i].OrgName)
	var talk gen.GetTalk200JSONResponse
	r.do(req{method: "GET", path: at + "/talk", as: "clerk"}).into(t, &talk)
	require.Equal(t, "上级机关", talk.Entries[0].OrgName)
	i = slices.IndexFunc(r.waits("clerk", number), func(w gen.Wait) bool { return w.Who == "org-higher" })
	require.Equal(t, "上级机关", r.waits("clerk", number)[i].WhoName)
	task := r.openTask("clerk", number, "")
	require.Equal(t, []string{"org-higher", "上级机关"}, []string{task.Org, task.OrgName})
	var told gen.GetNotices200JSONResponse
	r.do(req{method: "GET", path: at + "/notices", as: "clerk"}).into(t, &told)
	i = slices.IndexFunc(told.Notices, func(n gen.Notice) bool { return n.Kind == gen.NoticeKind(engine.NoticeVacant) })
	require.Equal(t, "上级机关", told.Notices[i].ToName)

	r.hire("approver", "org-higher", engine.RoleApprove)
	r.eventually("somebody approves there", func() bool { return post() == "over" })
	var timeline gen.GetTimeline200JSONResponse
	r.do(req{method: "GET", path: at + "/timeline", as: "clerk"}).into(t, &timeline)
	sentences := 0
	for _, e := range timeline.Events {
		require.NotContains(t, e.Text.ZH+e.Text.EN, "org-higher")
		if strings.HasPrefix(e.Text.ZH, "上级机关") {
			require.Contains(t, e.Text.EN, "Higher Organ: ", e.Type)
			sentences++
		}
	}
	require.Equal(t, 2, sentences, "the post was vacant, then filled")
}

var english = map[string]string{"Accept-Language": "en-GB, zh;q=0.5"}

// Screens in English name organisations in English, where the directory keeps such a name; a table names them in its own
// language, and what is said in both languages is said in both whoever asks.
func TestOrganisationsAreNamedInTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	at := "/v1/cases/" + number
	r.must("clerk", number, "accept", "receive", nil)
	names := func(header map[string]string) (list []string) {
		var c gen.Case
		r.do(req{method: "GET", path: at, as: "lead", header: header}).into(t, &c)
		i := slices.IndexFunc(c.Steps, func(s gen.Step) bool { return s.Org == "org-dept" })
		var waiting struct{ Waits []gen.Wait }
		r.do(req{method: "GET", path: at + "/waiting-for", as: "lead", header: header}).into(t, &waiting)
		j := slices.IndexFunc(waiting.Waits, func(w gen.Wait) bool { return w.Org == "org-dept" })
		var timeline gen.GetTimeline200JSONResponse
		r.do(req{method: "GET", path: at + "/timeline", as: "lead", header: header}).into(t, &timeline)
		var page gen.ListTasks200JSONResponse
		r.do(req{method: "GET", path: "/v1/tasks", as: "one", header: header}).into(t, &page)
		var session gen.Account
		r.do(req{method: "GET", path: "/v1/session", as: "one", header: header}).into(t, &session)
		return []string{c.Steps[i].OrgName, waiting.Waits[j].OrgName, timeline.Events[0].By.OrgName, page.Tasks[0].OrgName, session.OrgName}
	}
	chinese, dept := []string{"单位 org-dept", "单位 org-dept", "单位 org-hall", "单位 org-dept", "单位 org-dept"}, "Body org-dept"
	require.Equal(t, chinese, names(nil))
	require.Equal(t, []string{dept, dept, "Body org-hall", dept, dept}, names(english))
	require.Equal(t, chinese, names(map[string]string{"Accept-Language": "zh-CN, en"}))

	table := func(query string, header map[string]string) string {
		return string(r.do(req{method: "GET", path: "/v1/exports/cases" + query, as: "clerk", header: header}).body)
	}
	require.Contains(t, table("", english), "Body org-lead")
	require.Contains(t, table("?lang=zh", english), "单位 org-lead")
	require.Contains(t, table("?lang=en", nil), "Body org-lead")

	// Without an English name there is the Chinese one; a change shows at once, in both.
	require.NoError(t, r.store.PutOrganisations(t.Context(), []store.Organisation{{Code: "org-dept", Name: "新单位", Region: region, Kind: "department"}}))
	r.eventually("the change is known", func() bool { return names(nil)[0] == "新单位" })
	require.Equal(t, "新单位", names(english)[0])
}
