package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/store"
)

// hire adds a colleague to an organisation of the rig.
func (r *rig) hire(login, org string, roles ...string) {
	r.t.Helper()
	a := store.Account{ID: "a-" + login, Login: login, Name: "某" + login, Active: true}
	for _, role := range roles {
		a.Roles = append(a.Roles, store.Role{Org: org, Role: role})
	}
	require.NoError(r.t, r.store.PutAccount(r.t.Context(), a))
}

func (r *rig) openTask(as, number, step string) gen.Task {
	r.t.Helper()
	var page struct{ Tasks []gen.Task }
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/tasks", as: as}).into(r.t, &page)
	for _, k := range page.Tasks {
		if k.Step == step && k.Status == gen.TaskStatusOpen {
			return k
		}
	}
	require.Fail(r.t, "no open task of "+step)
	return gen.Task{}
}

// Colleagues are named by login; the directory says who they are, and a repeated
// key is the same act although the directory has changed meanwhile.
func TestWorkIsGivenToColleagues(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.hire("mate", "org-dept", engine.RoleHandle)
	r.hire("chief", "org-dept", engine.RoleOrganHead)
	number, code := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	give := r.acting("chief", number, "assign", "one", map[string]any{"account": "mate"})
	give.key = "give-once-0123456789"
	require.Equal(t, 200, r.do(give).status)
	require.Equal(t, "a-mate", r.openTask("one", number, "one").Claimed)
	require.NoError(t, r.store.PutAccount(t.Context(), store.Account{ID: "a-mate", Login: "mate", Name: "某", Active: true,
		Roles: []store.Role{{Org: "org-dept", Role: engine.RoleHandle}, {Org: "org-dept", Role: engine.RoleCheck}}}))
	require.Equal(t, 200, r.do(give).status)
	require.Equal(t, 409, r.act("one", number, "agree", "one", nil).status)
	require.Equal(t, 422, r.act("mate", number, "transfer", "one", map[string]any{"account": "nobody", "reason": "理由"}).status)
	r.must("mate", number, "delegate", "one", map[string]any{"account": "one"})
	require.Equal(t, "a-mate", r.openTask("one", number, "one").Owner)
	r.must("one", number, "giveBack", "one", nil)
	urge := req{method: "POST", path: "/v1/track/urge", track: number + " " + code, body: map[string]any{}}
	require.Equal(t, 200, r.do(urge).status)
	require.Equal(t, 409, r.do(urge).status, "once a day")
	r.must("mate", number, "agree", "one", nil)
}
