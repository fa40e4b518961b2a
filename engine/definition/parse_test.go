package definition

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func readSamples(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/samples/*.yaml")
	require.NoError(t, err)
	require.Len(t, names, 17)
	out := map[string][]byte{}
	for _, n := range names {
		src, err := os.ReadFile(n)
		require.NoError(t, err)
		out[strings.TrimPrefix(n, "testdata/samples/")] = src
	}
	return out
}

func TestSamplesParse(t *testing.T) {
	t.Parallel()
	for name, src := range readSamples(t) {
		f, found := ParseFile(name, src)
		require.Empty(t, found.Group("S"), "%s", found.Render("zh"))
		require.NotEmpty(t, f.Kind, name)
	}
}

func item(t testing.TB, edits ...edit) (*File, Diagnostics) {
	t.Helper()
	src, err := os.ReadFile("testdata/base/demo.yaml")
	require.NoError(t, err)
	s := string(src)
	for _, e := range edits {
		require.Contains(t, s, e.old)
		s = strings.Replace(s, e.old, e.new, 1)
	}
	return ParseFile("demo.yaml", []byte(s))
}

func TestDefaultsAreExplicit(t *testing.T) {
	t.Parallel()
	f, found := item(t)
	require.Empty(t, found)
	def := f.Definition
	require.Equal(t, "promised", def.Item.Handling)
	require.Equal(t, "never", def.Item.Originals)
	require.Equal(t, []string{"window", "online"}, def.Item.Channels)
	require.Equal(t, "acceptance", def.Item.Statutory.From)
	require.Equal(t, 1, def.Item.Statutory.Extend.Times)
	require.Equal(t, "20wd", def.Item.Promised.Times[0].Time.String(), "the parameter's default stands for $promise")
	require.Equal(t, Expr("case.region"), def.Parties[0].At)
	require.Equal(t, []Source{{Name: "applicant"}}, def.Situations[0].From)
	require.Nil(t, def.Situations[4].From, "a derived question is never asked")
	require.Equal(t, "electronic", def.Materials[0].Form)
	require.Equal(t, 1, def.Materials[0].Count)
	require.Equal(t, []string{"applicant"}, def.Materials[0].SignedBy)
	require.Equal(t, "mark", def.Materials[1].Defer.Late)
	require.Equal(t, "mark", def.Duties[0].Late)

	step := map[string]*Step{}
	walk(def.Process, func(s *Step) { step[s.ID] = s })
	intake := step["receive"]
	require.Equal(t, "收件受理", intake.Name)
	require.Equal(t, Limit{Times: []TimedPeriod{{Time: workingDays(5)}}, From: "receipt", Late: "accept", Basis: []Article{{Law: "行政许可法", Article: "32"}}}, *intake.Limit)
	require.Equal(t, "receipt", intake.Intake.Collect.From)
	require.Equal(t, "lead", step["block"].Parallel.Objection)
	require.Empty(t, step["block"].By)
	require.Equal(t, []Link{{Roles: []RoleLimit{{Role: "handle"}}}}, step["view"].Review.Chain)
	require.Equal(t, "start", step["view"].Limit.From)

	trade := step["trade"]
	require.Equal(t, "经营许可", trade.Name)
	require.Equal(t, "20wd", trade.Decide.Statutory.Times[0].Time.String())
	require.Equal(t, "10wd", trade.Decide.Statutory.Extend.Time.String())
	require.Equal(t, 2, trade.Decide.Times)
	require.Len(t, trade.Decide.Chain, 3)
	require.Len(t, trade.Decide.Chain[1].Roles, 2)
	require.Equal(t, "1wd", trade.Decide.Chain[1].Roles[1].Time.String())
	require.Nil(t, trade.Decide.Chain[0].Roles[0].Time)
	require.Equal(t, "2y", trade.Decide.Gives[0].Validity.String())
	require.Equal(t, Need{ID: "survey", When: "big"}, trade.Needs[0])

	conclude := step["conclude"]
	require.Equal(t, "market", conclude.By, "the parameter's default stands for $decider")
	require.Equal(t, def.Item.Name, conclude.Decide.Item.Name)
	require.Nil(t, conclude.Decide.Statutory, "the item itself runs on the case's clock")
	require.Equal(t, 2, step["survey"].Visit.Inspectors)
	require.Equal(t, 2, step["survey"].Visit.Rounds)
	require.Equal(t, "3wd", step["survey"].Visit.Recheck.String())
	require.Equal(t, "market", step["listen"].By, "by is the lead where nothing is said")
	require.Equal(t, "decision", step["handOut"].Limit.From)
	require.Equal(t, "together", step["handOut"].Issue.Outputs)
	require.Equal(t, map[string]any{"metres": 0.0}, step["distance"].Call.Without)
	require.Equal(t, "object", def.Form["properties"].(map[string]any)["applicant"].(map[string]any)["type"], "dictionary references are resolved")
}

func TestIntakeOfOtherTypes(t *testing.T) {
	t.Parallel()
	other := edit{"", "type: licence\n", "type: benefit\n"}
	f, found := item(t, other, edit{"", "type: licence}\n", "type: other}\n"}, edit{"", "    preReview: 2wd", "    limit: 5wd\n    preReview: 2wd"})
	require.Empty(t, found)
	require.Equal(t, "mark", f.Definition.Process[0].Limit.Late)
	f, found = item(t, other, edit{"", "    preReview: 2wd", "    limit: 5wd\n    preReview: 2wd"})
	require.Empty(t, found)
	require.Equal(t, "accept", f.Definition.Process[0].Limit.Late, "one decide step is a licence")
	f, _ = item(t, other)
	require.Nil(t, f.Definition.Process[0].Limit)
	require.Contains(t, Check(f, nil).Render("en"), "the key limit is missing")
}

// The same file saved by other editors reads the same, with the same places.
func TestByteOrderMarkAndLineEnds(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/base/demo.yaml")
	require.NoError(t, err)
	broken := strings.Replace(string(src), "综合窗口, kind: hall", "综合窗口, kindd: hall", 1)
	want, _ := ParseFile("x", src)
	_, wantFound := ParseFile("x", []byte(broken))
	require.NotEmpty(t, wantFound)
	for _, convert := range []func(string) string{
		func(s string) string { return "\ufeff" + s },
		func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		func(s string) string { return "---\n" + s },
	} {
		got, found := ParseFile("x", []byte(convert(string(src))))
		require.Empty(t, found)
		require.Equal(t, want.Definition, got.Definition)
		_, found = ParseFile("x", []byte(convert(broken)))
		require.Equal(t, wantFound[0].Position.Column, found[0].Position.Column)
	}
}

func TestOddFilesAreAnswered(t *testing.T) {
	t.Parallel()
	for src, code := range map[string]string{
		"":                                   "S008",
		"# nothing\n":                        "S008",
		"just text":                          "S008",
		"- a\n- b\n":                         "S008",
		"language: lianban/v1\n":             "S008",
		"a: 1\n---\nb: 2\n":                  "S005",
		"item: &a {code: x}\nb: *a\n":        "S005",
		"item:\n  <<: {a: 1}\n":              "S005",
		"item: {code: !!binary aGk=}\n":      "S005",
		"item: {? [a] : b}\n":                "S001",
		"? [a]\n: b\n":                       "S001",
		"1: x\ntrue: y\nnull: z\n":           "S008",
		strings.Repeat("a,\n", 20_000):       "S004",
		"item: {code: .inf}\n":               "S005",
		"\xff\xfe":                           "S001",
		"item: {a: 1\n":                      "S001",
		"item: 'a\n":                         "S001",
		strings.Repeat("- ", 2000) + "a":     "S004",
		"a: " + strings.Repeat("[", 500_000): "S004",
		strings.Repeat(" ", 2000) + "a: 1":   "S004",
		strings.Repeat("a", maxFileSize+1):   "S004",
		"item：\n  code: x\n":                 "S002",
		"tests: [x]\n":                       "S103",
		"fragment: x\nsteps: []\n":           "S103",
		"claim: 5\n":                         "S103",
		"process: 5\n":                       "S103",
		"item: {code: $x, name: $, version: $y}\nparameters: {x: {type: text, default: $x}}\n": "S102",
	} {
		_, found := ParseFile("f.yaml", []byte(src))
		require.NotEmpty(t, found, clip(src))
		var codes []string
		for _, d := range found {
			codes = append(codes, d.Code)
			require.Positive(t, d.Position.Line)
			require.Positive(t, d.Position.Column)
		}
		require.Contains(t, codes, code, "%s: %s", clip(src), found.Render("en"))
	}
}

// A file at the size limit is answered quickly, whatever it holds.
func TestLargeFilesAreQuick(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{"comment": "# x\n", "keys": "", "list": "- abc\n", "text": "  line of text\n"} {
		var b strings.Builder
		b.WriteString("language: lianban/v1\nitem: {}\nguide:\n")
		switch name {
		case "text":
			b.WriteString("  a: |\n")
		case "list":
			b.WriteString("process:\n")
		}
		for i := 0; i < maxEntries-10; i++ {
			if line == "" {
				b.WriteString("  k")
				b.WriteString(strings.Repeat("a", i%7))
				b.WriteString(answerText(float64(i)))
				b.WriteString(": x\n")
				continue
			}
			b.WriteString(line)
		}
		start := time.Now()
		ParseFile("f.yaml", []byte(b.String()))
		require.Less(t, time.Since(start), 10*time.Second, name)
		t.Log(name, time.Since(start))
	}
}
