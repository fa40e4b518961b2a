package definition

import (
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// edit changes one file of the clean library in testdata/base.
type edit struct{ file, old, new string }

func demo(old, new string) []edit { return []edit{{"demo.yaml", old, new}} }

// breaks are, per check code, changes that turn the clean library into one with
// that finding. The clean library itself is the passing example of every code.
var breaks = []struct {
	code  string
	at    string // file:line:column
	edits []edit
}{
	{"S001", "demo.yaml:3:9", demo(`"DEMO-1"`, `"DEMO-1`)},
	{"S002", "demo.yaml:10:7", demo("  lead: market", "  lead：market")},
	{"S002", "demo.yaml:20:28", demo("kind: hall}", "kind： hall}")},
	{"S002", "demo.yaml:20:22", demo("综合窗口, kind: hall}", "综合窗口， kind: hall}")},
	{"S003", "demo.yaml:10:1", demo("  lead: market", "\tlead: market")},
	{"S004", "demo.yaml:22:1", demo("  eco:    {", strings.Repeat("[", 100)+"\n  eco:    {")},
	{"S005", "demo.yaml:7:9", demo("type: licence\n", "type: &t licence\n")},
	{"S005", "demo.yaml:7:9", demo("type: licence\n", "type: !!str licence\n")},
	{"S006", "demo.yaml:11:3", demo("  lead: market\n", "  lead: market\n  lead: eco\n")},
	{"S007", "demo.yaml:1:11", demo("lianban/v1", "lianban/v2")},
	{"S008", "programme.yaml:1:1", []edit{{"programme.yaml", "", "language: lianban/v1\n"}}},
	{"S101", "demo.yaml:10:3", demo("  lead: market", "  leader: market")},
	{"S102", "demo.yaml:3:3", demo("  level: county\n", "")},
	{"S102", "demo.yaml:2:1", demo("  promised: {time: $promise}\n", "")},
	{"S102", "demo.yaml:54:79", demo("affects: permit, basis: 某条例第四条", "fix: {time: 10wd}, basis: 某条例第四条")},
	{"S102", "demo.yaml:54:96", demo("affects: permit, basis: 某条例第四条", "affects: permit, fix: {recheck: 2wd}, basis: 某条例第四条")},
	{"S102", "demo.yaml:54:117", demo("affects: permit, basis: 某条例第四条", "affects: permit, fix: {time: 10wd, extend: {times: 2}}, basis: 某条例第四条")},
	{"S103", "demo.yaml:54:103", demo("affects: permit, basis: 某条例第四条", "affects: permit, fix: {time: 48h}, basis: 某条例第四条")},
	{"S103", "demo.yaml:54:124", demo("affects: permit, basis: 某条例第四条", "affects: permit, fix: {time: 10wd, extend: {time: 48h}}, basis: 某条例第四条")},
	{"S104", "demo.yaml:54:135", demo("affects: permit, basis: 某条例第四条", "affects: permit, fix: {time: 10wd, extend: {time: 5wd, role: clerk}}, basis: 某条例第四条")},
	{"S109", "demo.yaml:54:136", demo("affects: permit, basis: 某条例第四条", "affects: permit, fix: {time: 10wd, extend: {time: 5wd, times: 11}}, basis: 某条例第四条")},
	{"S103", "demo.yaml:12:11", demo("visits: 1", "visits: one")},
	{"S103", "demo.yaml:5:12", demo(`version: "1"`, `version: 1.0`)},
	{"S104", "demo.yaml:7:9", demo("type: licence\n", "type: license\n")},
	{"S105", "demo.yaml:13:21", demo("time: 45wd", "time: 45d")},
	{"S105", "demo.yaml:74:15", demo("        limit: {time: 3wd, late: agree, basis: 地方规定}\n", "        limit: {time: 3wd, late: agree, basis: 地方规定}\n        warn: []\n")},
	{"S105", "demo.yaml:74:16", demo("        limit: {time: 3wd, late: agree, basis: 地方规定}\n", "        limit: {time: 3wd, late: agree, basis: 地方规定}\n        warn: [-1wd]\n")},
	{"S105", "demo.yaml:74:21", demo("        limit: {time: 3wd, late: agree, basis: 地方规定}\n", "        limit: {time: 3wd, late: agree, basis: 地方规定}\n        warn: [2wd, 2wd]\n")},
	{"S105", "demo.yaml:74:61", demo("        limit: {time: 3wd, late: agree, basis: 地方规定}\n", "        limit: {time: 3wd, late: agree, basis: 地方规定}\n        warn: [1wd, 2wd, 3wd, 4wd, 5wd, 6wd, 7wd, 8wd, 9wd, 10wd]\n")},
	{"S106", "demo.yaml:22:3", demo("  eco:    {", "  Eco:    {")},
	{"S106", "demo.yaml:29:3", demo("  mode:    {", "  param:    {")},
	{"S107", "demo.yaml:75:16", demo("- visit: survey", "- visit: view")},
	{"S108", "demo.yaml:6:14", demo("2026-01-01", "2026-02-30")},
	{"S109", "demo.yaml:12:11", demo("visits: 1", "visits: 99")},
	{"S110", "demo.yaml:82:42", demo("{time: 5wd}]", `{when: large, time: 5wd}]`)},
	{"S111", "demo.yaml:75:9", demo("- visit: survey", "- vist: survey")},
	{"S111", "demo.yaml:72:9", demo("- review: view", "- review: view\n        visit: other")},
	{"S112", "demo.yaml:108:5", demo("    pause: heard\n  - decide", "    pause: heard\n    gives: {x: {kind: notice, name: x}}\n  - decide")},
	{"S112", "demo.yaml:107:15", demo("    pause: heard\n  - decide", "    optional: true\n    pause: heard\n  - decide")},
	{"S113", "demo.yaml:37:22", demo("dictionary#/address", "dictionary#/adress")},
	{"S113", "demo.yaml:39:15", demo("surface: {type: number}", "surface: {type: numbr}")},
	{"S201", "demo.yaml:72:13", demo("by: eco", "by: ecoo")},
	{"S201", "demo.yaml:74:26", demo("[opinion, form.premises]", "[opinion, form.premise]")},
	{"S202", "demo.yaml:84:17", demo("after: [view]", "after: [fireGroup]")},
	{"S203", "demo.yaml:112:12", demo("back: [block, posting]", "back: [distance]")},
	{"S204", "demo.yaml:109:9", demo("$decider", "$decidr")},
	{"S205", "demo.yaml:55:1", slices.Concat(
		demo("decide: trade\n        by: market\n        item: {name: 经营许可, type: licence}\n", "review: trade\n        by: market\n"),
		demo("        gives: {permit: {kind: certificate, name: 许可证, validity: 2y}}\n", ""),
		demo("  - decide: conclude", "  - review: conclude"), demo("    back: [block, posting]\n", ""))},
	{"S206", "demo.yaml:56:11", demo("  - intake: receive\n    by: hall\n    preReview: 2wd\n    collect: {time: 2wd, from: receipt}\n    answer: {time: 20wd, late: lapse}\n", "")},
	{"S301", "demo.yaml:31:27", demo("large and area >", "large and and area >")},
	{"S302", "demo.yaml:31:27", demo("large and area >", "large and aria >")},
	{"S303", "demo.yaml:31:32", demo("area > param.limitArea", `area > "x"`)},
	{"S304", "demo.yaml:51:27", demo(`mode == "promise"`, `mode == "promised"`)},
	{"S305", "demo.yaml:28:61", demo("max: 1000, when: large}", "max: 1000, when: big}")},
	{"S305", "demo.yaml:82:24", demo("[{when: big, time: 10wd}", `[{when: 'steps.survey.verdict == "done"', time: 10wd}`)},
	{"F101", "demo.yaml:99:18", demo("opinion@1", "opinion@2")},
	{"F102", "programme.yaml:14:25", []edit{{"programme.yaml", "item: demo", "item: demoo"}}},
	{"F103", "demo.claim.yaml:2:8", []edit{{"demo.claim.yaml", `version: "1"`, `version: "2"`}}},
	{"F104", "demo.claim.yaml:3:16", []edit{{"demo.claim.yaml", "25wd", "40wd"}}},
	{"F104", "demo.claim.yaml:3:7", []edit{{"demo.claim.yaml", "promise: 25wd", "promis: 25wd"}}},
	{"F105", "demo.yaml:99:18", demo("with: {party: fire}", "with: {days: 5wd}")},
	{"F106", "opinion.fragment.yaml:8:14", []edit{{"opinion.fragment.yaml", "review: view\n    by: $party\n    limit: $days\n    reads: [opinion]\n", "include: opinion@1\n    for: [{as: again, with: {party: $party}}]\n"}}},
	{"F107", "programme.yaml:2:1", []edit{{"demo.claim.yaml", "", "language: lianban/v1\nitem: {code: DEMO-2, name: x, version: \"1\", effective: \"2026-01-01\", type: programme, level: city, lead: a, basis: b}\nparties: {a: {name: a, kind: hall}}\nprocess: [{case: x, item: demo, open: 1y}]\n"}}},
	{"F108", "demo.test.yaml:9:9", []edit{{"demo.test.yaml", "step: receive", "step: recieve"}}},
	{"F108", "demo.test.yaml:7:11", []edit{{"demo.test.yaml", "mode: usual", "mode: unusual"}}},
	{"F108", "demo.test.yaml:7:164", []edit{{"demo.test.yaml", "papers: {without", "sources: {e-licence: {plan: none}}, papers: {without"}}},
	{"F108", "demo.test.yaml:7:164", []edit{{"demo.test.yaml", "papers: {without", "sources: {e-licence: {idcard: none}}, papers: {without"}}},
	{"F108", "demo.test.yaml:10:59", []edit{{"demo.test.yaml", "at: \"2026-02-12T11:00\", expect", "at: \"2026-02-12T11:00\", vacant: [market.approve, police.check], expect"}}},
	{"A101", "demo.yaml:41:9", demo("{text: 符合安全要求, basis: 消防法第十五条}", "{text: 符合安全要求}")},
	{"A102", "demo.yaml:82:9", demo("{when: big, time: 10wd}", "{when: big, time: 30wd}")},
	{"A103", "demo.yaml:48:3", demo("stops: [promised]", "stops: [statutory]")},
	{"A103", "demo.yaml:48:30", demo("stops: [promised], max: 5wd", "stops: [statutory], max: 5wd, notice: 告知书, basis: 本局内部规定")},
	{"A103", "demo.yaml:77:16", demo("        pause: site\n", "        pause: expert\n")},
	{"A104", "demo.yaml:73:9", demo(", basis: 地方规定", "")},
	{"A105", "demo.yaml:73:9", demo("        reads: [opinion, form.premises]\n", "        reads: [opinion, form.premises]\n        protects: [health]\n")},
	{"A106", "demo.yaml:2:1", demo("  statutory: {time: 45wd, extend: {time: 15wd, role: government-head}}\n", "")},
	{"A107", "demo.yaml:13:3", demo("{time: 45wd", "{time: 60wd")},
	{"A107", "demo.yaml:13:54", demo("role: government-head", "role: organ-head")},
	{"A107", "demo.yaml:13:33", demo("{time: 45wd,", "{time: 45wd, from: form.doneAt,")},
	{"A108", "demo.yaml:59:21", demo("collect: {time: 2wd", "collect: {time: 5wd")},
	{"A109", "demo.yaml:58:12", demo("    preReview: 2wd", "    limit: 7wd\n    preReview: 2wd")},
	{"A109", "demo.yaml:58:30", demo("    preReview: 2wd", "    limit: {time: 5wd, late: mark}\n    preReview: 2wd")},
	{"A109", "demo.yaml:58:24", demo("    preReview: 2wd", "    limit: {time: 5wd, extend: {time: 15wd, role: organ-head}}\n    preReview: 2wd")},
	{"A109", "demo.yaml:58:30", demo("    preReview: 2wd", "    limit: {time: 5wd, from: form.doneAt}\n    preReview: 2wd")},
	{"A110", "demo.yaml:115:5", demo("{time: 10wd}]\n    ways", "{time: 11wd}]\n    ways")},
	{"A111", "demo.yaml:77:21", demo("        pause: site\n", "        inspectors: 1\n        pause: site\n")},
	{"A112", "demo.yaml:107:12", demo("    pause: heard\n  - decide", "    chair: approve\n    pause: heard\n  - decide")},
	{"A113", "demo.yaml:2:1", demo("remedy: 可以", "points: 可以")},
	{"A114", "demo.yaml:60:32", demo("from: receipt}", "from: gap}")},
	{"A115", "demo.yaml:51:93", slices.Concat(demo("        checks: [safe]\n", "        checks: [safe]\n        protects: [safety]\n"), demo("basis: 某行业法第一条}", "basis: 地方文件}"))},
	{"P101", "demo.yaml:43:3", demo("[idCard, opinion, distance]", "[opinion, distance]")},
	{"P102", "demo.yaml:43:3", slices.Concat(demo("reads: [idCard, opinion, distance]", "reads: [opinion, distance]"), demo("            reads: [plan]", "            reads: [plan, idCard]"))},
	{"P103", "demo.yaml:45:3", demo("name: 环评意见", "name: 身份证明")},
	{"P104", "demo.yaml:46:3", slices.Concat(
		demo("pauses:\n  expert", "  permit:  {name: 旧许可证, from: [applicant], basis: 某条例}\npauses:\n  expert"),
		demo("        reads: [opinion, form.premises]", "        reads: [opinion, form.premises, permit]"))},
	{"P105", "demo.yaml:44:70", demo("before: conclude", "before: receive")},
	{"P105", "demo.yaml:44:72", slices.Concat(demo("when: big, defer: {before: conclude", "when: large, defer: {before: fireView"))},
	{"P106", "demo.yaml:44:70", demo("before: conclude, time: 10wd", "before: conclude, time: 40wd")},
	{"P107", "demo.yaml:41:3", demo("        checks: [safe]\n", "")},
	{"C101", "demo.yaml:91:15", demo("when: big\n        steps", "when: large and area > 2000\n        steps")},
	{"C102", "demo.yaml:101:15", demo("  - publicity: posting", "  - parallel: maybe\n    branches:\n      - {review: a, when: big, limit: 1wd, reads: [idCard]}\n      - {review: b, when: 'mode == \"usual\" and not large', limit: 1wd, reads: [idCard]}\n  - publicity: posting")},
	{"C103", "demo.yaml:31:17", demo("large and area >", "area >")},
	{"C104", "demo.yaml:69:13", demo("    objection: lead\n", "    passes: objected(block) > 2 and objected(block) < 1\n")},
	{"C104", "demo.yaml:83:17", demo("needs: [{step: survey, when: big}]", "needs: [report]")},
	{"C105", "demo.yaml:44:65", demo("when: big, defer", "when: large and not large, defer")},
	{"C106", "demo.yaml:44:65", demo("when: big, defer", "when: 'form.doneAt in ["+manyTexts(300)+"] and form.doneAt == \"x\" and case.region != case.channel', defer")},
	{"R101", "demo.yaml:61:11", nil},
	{"R102", "demo.yaml:99:18", demo("opinion@1", "opinion@2")},
	{"R103", "demo.yaml:89:70", demo("validity: 2y}}", "validity: 2y, seals: [eco]}}")},
	{"R103", "demo.yaml:82:39", demo("item: {name: 经营许可, type: licence}", "item: {name: 经营许可, type: licence}\n        statutory: {time: 20wd, late: grant, basis: 某省条例第八条}")},
	{"R103", "demo.yaml:115:31", demo("    limit: [{when: 'steps.conclude.verdict == \"deny\"', time: 3wd}, {time: 10wd}]\n", "    limit: {time: 10wd, from: receipt}\n")},
	{"R103", "demo.yaml:115:25", demo("    limit: [{when: 'steps.conclude.verdict == \"deny\"', time: 3wd}, {time: 10wd}]\n", "    limit: {time: 10wd, extend: {time: 5wd, role: organ-head}}\n")},
	{"R110", "programme.yaml:7:9", nil},
}

func manyTexts(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf("\"t%d\"", i)
	}
	return strings.Join(parts, ", ")
}

// base is the clean library, with edits made.
func base(t testing.TB, edits []edit) (*Library, Diagnostics) {
	t.Helper()
	var files []*File
	names, err := os.ReadDir("testdata/base")
	require.NoError(t, err)
	for _, n := range names {
		src, err := os.ReadFile("testdata/base/" + n.Name())
		require.NoError(t, err)
		text := string(src)
		for _, e := range edits {
			if e.file != n.Name() {
				continue
			}
			if e.old == "" {
				text = e.new
				continue
			}
			require.Equal(t, 1, strings.Count(text, e.old), "%s has %q once", e.file, e.old)
			text = strings.Replace(text, e.old, e.new, 1)
		}
		f, _ := ParseFile(n.Name(), []byte(text))
		files = append(files, f)
	}
	return LibraryOf(files...)
}

func checkAll(lib *Library, found Diagnostics) Diagnostics {
	for _, f := range lib.Files() {
		found = append(found, Check(f, lib)...)
		found = append(found, CheckRunnable(f, lib)...)
	}
	return found.sorted()
}

func TestTheBaseIsClean(t *testing.T) {
	t.Parallel()
	found := checkAll(base(t, nil))
	require.Empty(t, found.Group("SFAPC").Render("en"))
	require.NotEmpty(t, found.Group("R"), "the base uses every part of the language")
}

func TestEveryCodeHasAnExample(t *testing.T) {
	t.Parallel()
	var all []string
	for _, b := range breaks {
		found := checkAll(base(t, b.edits))
		i := slices.IndexFunc(found, func(d Diagnostic) bool { return d.Code == b.code })
		if i < 0 {
			t.Errorf("%s is not found; found is\n%s", b.code, found.Group("SFAPC").Render("en"))
			continue
		}
		hit := slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Code == b.code && d.Position.String() == b.at })
		if !hit {
			t.Errorf("%s should be at %s, is at %s: %s", b.code, b.at, found[i].Position, found[i].Text.EN)
		}
		d := found[i]
		require.Equal(t, severities[b.code], d.Severity)
		require.NotEmpty(t, d.Text.ZH)
		require.NotEqual(t, d.Text.ZH, d.Text.EN)
		require.Equal(t, d.Fix.ZH == "", d.Fix.EN == "")
		all = append(all, d.Render("zh"), d.Render("en"))
	}
	for _, c := range CheckCodes {
		require.True(t, slices.ContainsFunc(breaks, func(b struct {
			code  string
			at    string
			edits []edit
		}) bool {
			return b.code == c.Code
		}), "%s has no example", c.Code)
	}
	if !t.Failed() {
		golden(t, "checks.txt", []byte(strings.Join(all, "\n")+"\n"))
	}
}

func TestCodesAreSortedAndUnique(t *testing.T) {
	t.Parallel()
	var codes []string
	for _, c := range CheckCodes {
		codes = append(codes, c.Code)
	}
	order := "SFAPCR"
	require.True(t, sort.SliceIsSorted(codes, func(i, j int) bool {
		a, b := strings.IndexByte(order, codes[i][0]), strings.IndexByte(order, codes[j][0])
		return a < b || a == b && codes[i] < codes[j]
	}))
	require.Equal(t, len(codes), len(slices.Compact(slices.Clone(codes))))
}
