package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// A holder is shown in public as the form says, and never by his whole name where it says nothing; the name of
// an organisation is public.
func TestAHolderIsMaskedInPublic(t *testing.T) {
	t.Parallel()
	s := tell(t, withBack(simple(""), "")).file(nil)
	name := func(mask map[string]any) map[string]any {
		return map[string]any{"properties": map[string]any{"applicant": map[string]any{"properties": map[string]any{"name": mask}}}}
	}
	public := func(form map[string]any, who map[string]any) string {
		plan := *s.rules.Plan
		def := *plan.Def
		def.Form, plan.Def = form, &def
		return engine.PublicHolder(&plan, map[string]any{"applicant": who})
	}
	for _, form := range []map[string]any{name(map[string]any{"x-mask": "name"}), name(map[string]any{"type": "string"}), {}} {
		require.Equal(t, "张**", public(form, map[string]any{"name": "张三丰"}))
		require.Equal(t, "张**", public(form, map[string]any{"name": "张三丰", "kind": "person"}))
		require.Empty(t, public(form, map[string]any{}))
		require.Equal(t, "张三丰面馆", public(form, map[string]any{"name": "张三丰面馆", "kind": "enterprise"}))
		require.Equal(t, "某某面馆", public(form, map[string]any{"name": "某某面馆", "creditCode": "92210304MA0DEMO001"}), "no person has a credit code")
		require.Equal(t, "张**", public(form, map[string]any{"name": "张三丰", "creditCode": "92210304MA0DEMO001", "idNumber": "210304199001011234"}))
		require.Equal(t, "某某协会", public(form, map[string]any{"name": "某某协会", "kind": "organisation"}))
	}
	require.Equal(t, "***", public(name(map[string]any{"x-mask": "all"}), map[string]any{"name": "张三丰"}), "a form may show less")
	for whole, want := range map[string]string{
		"𠮷𩸽":                 "𠮷*",     // characters outside the first plane are one each
		"葛\U000E0100城":       "葛*",     // and so is one that says how it is written
		"买买提·艾力":             "买*****", // a name with a dot
		"Jose\u0301 A\u0301": "J*****", // letters written with marks of their own
		"\u202e张三":           "张*",     // nothing invisible comes first
		"欧阳修":                "欧**",    // a double surname shows its first character only
	} {
		require.Equal(t, want, public(name(map[string]any{"x-mask": "name"}), map[string]any{"name": whole}), "%q", whole)
	}
}
