package api_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
)

// The window puts a mistake right with the applicant: the form that is offered says what, each with its kind;
// what would leave the form against its schema is named; and what it was stays on record for those who may see it.
func TestAMistakeIsPutRightOnTheSpot(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, code := r.file()
	task := r.openTask("clerk", number, "receive")
	mend := r.acts("clerk", "/v1/cases/"+number+"/tasks/"+task.Id+"/acts")["mend"]
	require.True(t, mend.Allowed)
	require.Equal(t, "当场更正", mend.Name.ZH)
	require.True(t, fieldNamed(t, mend, "confirmed").Required)
	require.Equal(t, gen.ActFieldKind("boolean"), fieldNamed(t, mend, "confirmed").Kind)
	fields := fieldNamed(t, mend, "corrections")
	require.Equal(t, gen.ActFieldKind("corrections"), fields.Kind)
	require.True(t, fields.Needed)
	schemas := map[string]any{}
	for _, c := range fields.Choices {
		schemas[c.Id+" "+c.Name.ZH] = c.Schema["type"]
	}
	require.Equal(t, map[string]any{
		"wide 是否征求全部意见？": "boolean", "form.applicant.name 申请人：姓名或名称": "string", "form.applicant.idNumber 申请人：证件号码": "string",
		"form.applicant.phone 申请人：联系电话": "string", "form.staff 从业人数": "integer", "form.premises 场所地址": "string",
	}, schemas)
	require.Len(t, fieldNamed(t, mend, "papers").Choices, 2)

	reads := func(field string, to any) map[string]any {
		return map[string]any{"confirmed": true, "reason": "笔误", "corrections": []any{map[string]any{"field": field, "to": to}}}
	}
	r.act("clerk", number, "mend", "", map[string]any{"corrections": reads("form.staff", 4)["corrections"]}).problem(t, 400, "bad-request")
	refused := reads("form.staff", 4)
	refused["confirmed"] = false
	r.act("clerk", number, "mend", "", refused).problem(t, 422, "bad-data")
	r.act("clerk", number, "mend", "", reads("form.staff", 0)).problem(t, 422, "bad-form")
	r.act("clerk", number, "mend", "", reads("form.stuff", 3)).problem(t, 404, "not-found")
	r.act("one", number, "mend", "", reads("form.staff", 4)).problem(t, 403, "not-allowed")
	r.must("clerk", number, "mend", "", reads("form.staff", 4))
	r.must("clerk", number, "mend", "", reads("form.applicant.phone", "13900000000"))

	dossier := func(as string) (list []engine.Mending) {
		var out gen.GetDossier200JSONResponse
		r.do(req{method: "GET", path: "/v1/cases/" + number + "/dossier?kind=mending", as: as}).into(t, &out)
		for _, e := range out.Entries {
			list = append(list, *e.Mending)
		}
		return list
	}
	whole := dossier("clerk")
	require.Len(t, whole, 2)
	require.Equal(t, engine.Reading{Field: "form.staff", From: 3.0, To: 4.0}, whole[0].Texts[0])
	r.must("clerk", number, "accept", "receive", nil)
	require.Empty(t, dossier("one")[1].Texts, "a reviewer sees what his steps read")

	var timeline gen.GetTimeline200JSONResponse
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/timeline", as: "clerk"}).into(t, &timeline)
	i := slices.IndexFunc(timeline.Events, func(e gen.TimelineEntry) bool { return e.Type == "MendedOnSpot" })
	require.Equal(t, "申请人当场更正：从业人数：笔误", timeline.Events[i].Text.ZH)
	require.NotEmpty(t, code)

	r.act("clerk", number, "mend", "", reads("form.staff", 5)).problem(t, 409, "too-late")
}
