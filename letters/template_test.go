package letters_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	templates "lianban/definitions/letters"
	"lianban/letters"
)

// Every kind has a template that holds against its own kind, and a sample of it can be drawn.
func TestEveryKindHasATemplate(t *testing.T) {
	t.Parallel()
	set, found, err := templates.Set(nil)
	require.NoError(t, err)
	require.Empty(t, found.Render("en"))
	for _, k := range letters.Kinds() {
		require.NotNil(t, set[k.ID], k.ID)
		page := set[k.ID].Fill(letters.SampleOf(k, "lianban:letter"))
		require.NotEmpty(t, page.Title)
		require.Contains(t, page.Number, "〔2026〕1号")
		b, err := letters.HTML(page)
		require.NoError(t, err)
		_, body, _ := strings.Cut(string(b), "</style>")
		require.NotContains(t, body, "{", k.ID+": a field was left in braces")
	}
}

const good = `letter: denial
version: "1"
title: 不予{type}决定书
number: "{mark}〔{year}〕{serial}号"
body:
  - to: "{to}："
  - text: "{reason}{basis}{remedy}"
  - list: checks
    columns: {条件: name}
  - seal: "{organ}"
`

func TestTemplateFindingsHaveTheirPlace(t *testing.T) {
	t.Parallel()
	_, found := letters.ParseTemplate("denial.zh.yaml", []byte(good))
	require.Empty(t, found.Render("en"))
	for name, c := range map[string]struct{ from, to, want string }{
		"not YAML":        {"body:", "body: [", "denial.zh.yaml:5:7: error L001"},
		"unknown key":     {"title: 不", "titel: 不", "denial.zh.yaml:3:1: error L002"},
		"missing key":     {"version: \"1\"\n", "", "denial.zh.yaml:1:7: error L003"},
		"unknown kind":    {"letter: denial", "letter: denied", "denial.zh.yaml:1:9: error L004"},
		"unknown field":   {"{reason}", "{raeson}", "denial.zh.yaml:7:11: error L005"},
		"list in a text":  {"{reason}", "{reason}{checks}", "denial.zh.yaml:7:11: error L006"},
		"text as a list":  {"list: checks", "list: reason", "denial.zh.yaml:8:11: error L006"},
		"open brace":      {"{reason}", "{reason", "denial.zh.yaml:7:11: error L007"},
		"unknown column":  {"条件: name", "条件: nmae", "denial.zh.yaml:9:19: error L008"},
		"law: reason":     {"{reason}", "理由", "denial.zh.yaml:6:3: error L009"},
		"law: seal":       {"  - seal: \"{organ}\"\n", "", "denial.zh.yaml:6:3: error L009"},
		"number repeats":  {"{serial}", "1", "denial.zh.yaml:4:9: error L009"},
		"two in a block":  {"  - to: ", "  - note: 注\n    to: ", "denial.zh.yaml:6:11: error L002"},
		"unknown when":    {"  - to: ", "  - when: not resaon\n    to: ", "denial.zh.yaml:6:11: error L005"},
		"empty block":     {"  - to: \"{to}：\"", "  - when: reason", "denial.zh.yaml:6:9: error L003"},
		"key comes twice": {"title: 不", "title: 又\ntitle: 不", "denial.zh.yaml:4:1: error L00"},
	} {
		src := strings.Replace(good, c.from, c.to, 1)
		require.NotEqual(t, good, src, name)
		_, found := letters.ParseTemplate("denial.zh.yaml", []byte(src))
		require.True(t, found.Failed(), name)
		require.Contains(t, found.Render("en"), c.want, name)
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add(good)
	f.Add("letter: receipt\nbody: {a: [")
	f.Fuzz(func(t *testing.T, src string) {
		tmpl, found := letters.ParseTemplate("x.zh.yaml", []byte(src))
		if tmpl == nil || found.Failed() {
			return
		}
		k, ok := letters.KindOf(tmpl.Kind)
		require.True(t, ok)
		_, err := letters.HTML(tmpl.Fill(letters.SampleOf(k, "x")))
		require.NoError(t, err)
	})
}

// What a form says is text on a letter, never markup.
func TestHTMLEscapesWhatPeopleWrote(t *testing.T) {
	t.Parallel()
	tmpl, found := letters.ParseTemplate("denial.zh.yaml", []byte(good))
	require.False(t, found.Failed())
	evil := `<script>alert(1)</script><img src=x onerror="y">`
	b, err := letters.HTML(tmpl.Fill(letters.Letter{Snapshot: letters.Snapshot{
		Text:  map[string]string{"to": evil, "reason": evil, "basis": "{type}", "remedy": "a\nb", "organ": evil},
		Lists: map[string][]letters.Values{"checks": {{"name": evil}}},
	}}))
	require.NoError(t, err)
	require.NotContains(t, string(b), "<script")
	require.NotContains(t, string(b), "<img")
	require.Contains(t, string(b), "&lt;script&gt;")
	require.Contains(t, string(b), "{type}", "a value is not read as a template")
	require.NotContains(t, string(b), "http", "nothing from outside")
}
