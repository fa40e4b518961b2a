package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api"
	"lianban/api/gen"
	"lianban/engine"
)

func actSchema(act string) string { return strings.ToUpper(act[:1]) + act[1:] + "Act" }

func (r *rig) acts(as, path string) map[string]gen.ActOption {
	r.t.Helper()
	a := r.do(req{method: http.MethodGet, path: path, as: as})
	require.Equal(r.t, 200, a.status, string(a.body))
	var out gen.ActOptions
	a.into(r.t, &out)
	acts := map[string]gen.ActOption{}
	for _, o := range out.Acts {
		acts[o.Act] = o
	}
	return acts
}

func fieldNamed(t *testing.T, o gen.ActOption, name string) gen.ActField {
	t.Helper()
	i := slices.IndexFunc(o.Fields, func(f gen.ActField) bool { return f.Field == name })
	require.GreaterOrEqual(t, i, 0, "%s has no field %s: %v", o.Act, name, o.Fields)
	return o.Fields[i]
}

func TestWhatTheCallerMayDo(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.hire("mate", "org-dept", engine.RoleHandle)
	number, _ := r.file()
	task := r.openTask("clerk", number, "receive")
	seq := r.seq(number)
	acts := r.acts("clerk", "/v1/cases/"+number+"/tasks/"+task.Id+"/acts")
	require.True(t, acts["accept"].Allowed)
	require.Equal(t, "受理", acts["accept"].Name.ZH)
	require.True(t, acts["refuse"].Allowed)
	refuse := acts["refuse"].Fields
	require.Equal(t, "reason", refuse[0].Field, "what must be given comes first")
	require.True(t, refuse[0].Required)
	outcome := fieldNamed(t, acts["refuse"], "outcome")
	require.Equal(t, []string{"refused", "not-required", "not-competent"}, []string{outcome.Choices[0].Id, outcome.Choices[1].Id, outcome.Choices[2].Id})
	require.Equal(t, "不属于本机关职权", outcome.Choices[2].Name.ZH)
	require.NotContains(t, acts, "grant")

	lead := r.acts("lead", "/v1/cases/"+number+"/tasks/"+task.Id+"/acts")
	require.False(t, lead["accept"].Allowed)
	require.Equal(t, "not-allowed", lead["accept"].Refusal.Code)
	require.Empty(t, lead["accept"].Fields)
	require.Equal(t, seq, r.seq(number), "asking changes nothing")

	r.must("clerk", number, "accept", "receive", nil)
	one := r.openTask("one", number, "one")
	acts = r.acts("one", "/v1/cases/"+number+"/tasks/"+one.Id+"/acts")
	require.True(t, acts["agree"].Allowed)
	require.False(t, acts["transfer"].Allowed)
	r.must("one", number, "claim", "one", nil)
	acts = r.acts("one", "/v1/cases/"+number+"/tasks/"+one.Id+"/acts")
	require.True(t, acts["transfer"].Allowed)
	account := fieldNamed(t, acts["transfer"], "account")
	require.True(t, account.Needed)
	names := []string{}
	for _, c := range account.Choices {
		names = append(names, c.Id)
		require.NotEmpty(t, c.Name.ZH)
		require.NotEqual(t, c.Id, c.Name.ZH, "people are shown by name")
	}
	require.Contains(t, names, "a-mate")
	require.NotContains(t, names, "a-one", "not to oneself")
	r.must("one", number, "transfer", "one", map[string]any{"account": account.Choices[0].Id, "reason": "外出"})

	all := r.acts("lead", "/v1/cases/"+number+"/acts")
	require.Len(t, all, len(engine.PersonActs))
	require.True(t, all["add"].Allowed)
	require.Equal(t, "review", fieldNamed(t, all["add"], "step").Choices[0].Id)
	require.True(t, all["drop"].Allowed)
	require.False(t, all["grant"].Allowed)
	require.NotEmpty(t, all["grant"].Refusal.Zh)
	at := r.acts("lead", "/v1/cases/"+number+"/acts?step=conclude")
	require.False(t, at["drop"].Allowed)
	require.Equal(t, "wrong-act", at["drop"].Refusal.Code)

	r.do(req{method: "GET", path: "/v1/cases/" + number + "/tasks/nothing/acts", as: "one"}).problem(t, 404, "not-found")
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/acts?step=nothing", as: "stranger"}).problem(t, 403, "not-involved")
}

// What is shown as the body of an act is what the act's path takes.
func TestEveryFieldOfAnActIsNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	shown := map[string]bool{}
	for _, as := range []string{"clerk", "lead"} {
		for act, o := range r.acts(as, "/v1/cases/"+number+"/acts") {
			schema := document(t).Components.Schemas[actSchema(act)].Value
			for _, f := range o.Fields {
				require.Contains(t, schema.Properties, f.Field, act)
				require.NotEmpty(t, f.Label.ZH, "%s of %s", f.Field, act)
				require.NotEmpty(t, f.Label.EN, "%s of %s", f.Field, act)
				shown[f.Field] = true
			}
		}
	}
	require.NotEmpty(t, shown)
	for _, do := range engine.PersonActs {
		for name := range document(t).Components.Schemas[actSchema(string(do))].Value.Properties {
			require.True(t, api.NamesField(name), "%s of %s", name, do)
		}
	}
}

func TestFlowOfVersionAndCase(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.file()
	a := r.do(req{method: "GET", path: "/v1/items/" + itemCode + "/versions/1/flow"})
	require.Equal(t, 200, a.status, "the guide is public, and so is the way: %s", a.body)
	r.do(req{method: "GET", path: "/v1/items/" + itemCode + "/versions/9/flow"}).problem(t, 404, "unknown-version")
	r.must("clerk", number, "accept", "receive", nil)
	r.must("one", number, "claim", "one", nil)
	var out struct {
		Seq   int64
		Flow  struct{ Nodes, Edges []map[string]any }
		Steps []gen.FlowStep
	}
	a = r.do(req{method: "GET", path: "/v1/cases/" + number + "/flow", as: "two"})
	require.Equal(t, 200, a.status, string(a.body))
	a.into(t, &out)
	require.Equal(t, r.seq(number), out.Seq)
	steps := map[string]gen.FlowStep{}
	for _, p := range out.Steps {
		steps[p.Step] = p
	}
	require.Equal(t, gen.FlowStepState("done"), steps["receive"].State)
	require.Equal(t, gen.FlowStepState("active"), steps["one"].State)
	require.Equal(t, gen.FlowStepState("skipped"), steps["three"].State)
	require.Equal(t, gen.FlowStepState("waiting"), steps["conclude"].State)
	require.Equal(t, gen.LightGreen, steps["one"].Light)
	require.False(t, steps["one"].LightChangesAt.IsZero())
	require.Len(t, steps["one"].Holders, 1)
	require.NotEqual(t, "a-one", steps["one"].Holders[0])
	require.Empty(t, steps["receive"].Light)
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/flow", as: "stranger"}).problem(t, 403, "not-involved")
}
