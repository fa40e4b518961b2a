package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine/definition"
)

func TestFormErrorsNameFieldsAndNeverWhatWasWritten(t *testing.T) {
	t.Parallel()
	plan := &definition.Plan{Hash: "h", Def: &definition.Definition{Form: map[string]any{
		"type": "object", "required": []any{"applicant", "staff"}, "additionalProperties": false,
		"properties": map[string]any{
			"applicant": map[string]any{"type": "object", "title": "申请人", "required": []any{"name"}, "properties": map[string]any{
				"name":     map[string]any{"type": "string", "title": "姓名", "maxLength": 4.0},
				"idNumber": map[string]any{"type": "string", "title": "证件号码", "pattern": "^[0-9]{17}[0-9X]$"},
			}},
			"staff": map[string]any{"type": "integer", "title": "从业人数", "minimum": 1.0},
		},
	}}}
	f := &forms{}
	ok, err := f.check(plan, map[string]any{"applicant": map[string]any{"name": "甲"}, "staff": 3.0})
	require.NoError(t, err)
	require.Nil(t, ok)

	for name, c := range map[string]struct {
		form  map[string]any
		where []string
	}{
		"nothing":       {nil, []string{"/form/applicant", "/form/staff"}},
		"wrong type":    {map[string]any{"applicant": map[string]any{"name": "甲"}, "staff": "many"}, []string{"/form/staff"}},
		"too small":     {map[string]any{"applicant": map[string]any{"name": "甲"}, "staff": 0.0}, []string{"/form/staff"}},
		"pattern":       {map[string]any{"applicant": map[string]any{"name": "甲", "idNumber": "4403011990secret"}, "staff": 1.0}, []string{"/form/applicant/idNumber"}},
		"nested":        {map[string]any{"applicant": map[string]any{}, "staff": 1.0}, []string{"/form/applicant/name"}},
		"unknown field": {map[string]any{"applicant": map[string]any{"name": "甲"}, "staff": 1.0, "440301199001011234 secret": 1.0}, []string{"/form/…"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := f.check(plan, c.form)
			require.NoError(t, err)
			require.NotNil(t, p)
			require.Equal(t, 422, p.Status())
			var where []string
			for _, e := range p.Errors {
				where = append(where, e.Where)
				require.NotEmpty(t, e.Zh)
				require.NotEmpty(t, e.En)
				require.NotContains(t, e.Zh+e.En+e.Actual.EN+e.Actual.ZH+e.Expected.EN+e.Expected.ZH, "secret")
			}
			require.ElementsMatch(t, c.where, where)
		})
	}
	p, err := f.check(plan, map[string]any{"applicant": map[string]any{}, "staff": 1.0})
	require.NoError(t, err)
	require.Contains(t, p.Zh, "姓名", "people read titles, not keys")
}
