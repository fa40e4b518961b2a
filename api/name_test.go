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
