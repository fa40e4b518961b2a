package definition

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// What people type with a Chinese input method on, or as another language has it,
// is told in their own words, at its place, with what to type instead.
func TestMistypedPlacesAreTold(t *testing.T) {
	t.Parallel()
	when := func(src string) []edit { return demo("large and area > param.limitArea", src) }
	latin := regexp.MustCompile(`[a-z]{3,}`)
	for name, c := range map[string]struct {
		edits            []edit
		code, at         string
		zh, fixZh, fixEn string
	}{
		"one equals sign":      {when("large = true"), "S301", "demo.yaml:31:23", "这里不应出现 =", "写成 ==", "write =="},
		"quotes":               {when("mode == “promise”"), "S301", "demo.yaml:31:25", "不认识的字符 “", `写成 "`, `write "`},
		"and in capitals":      {when("large AND big"), "S301", "demo.yaml:31:23", "这里不应出现 ", "写成 and", "write and"},
		"and in Chinese":       {when("large 且 big"), "S301", "demo.yaml:31:23", "这里不应出现 且", "写成 and", "write and"},
		"wide greater":         {when("area ＞ 3"), "S301", "demo.yaml:31:22", "不认识的字符 ＞", "写成 >", "write >"},
		"a name in Chinese":    {when("大型 and area > 3"), "S302", "demo.yaml:31:17", "没有名为 大型 的情形问题", "可用：", "one of: "},
		"a dash left out":      {demo("- review: view", "- review: view\n        visit: other"), "S111", "demo.yaml:72:9", "已经是", "- visit", "- visit"},
		"not finished":         {when("large and"), "S301", "", "没有写完", "", ""},
		"quote not closed":     {when(`mode == "promise`), "S301", "", "引号没有成对", "", ""},
		"yes in quotes":        {when(`large == "是"`), "S303", "demo.yaml:31:23", "两边的类型不相配：是否值和文字", "直接写名称", "by its name alone"},
		"number in quotes":     {when(`case.region == 210304`), "S303", "demo.yaml:31:29", "两边的类型不相配：文字和数值", "文字加引号", "texts have"},
		"full-width space":     {demo("  lead: market", "\u3000 lead: market"), "S003", "demo.yaml:10:1", "全角空格", "改用空格", "use spaces"},
		"no-break space":       {demo("  lead: market", "\u00a0 lead: market"), "S003", "demo.yaml:10:1", "不换行空格", "改用空格", "use spaces"},
		"quote far above":      {demo("name: 综合窗口,", `name: "综合窗口,`), "S001", "demo.yaml:20:18", "双引号没有成对", "", ""},
		"single quote":         {demo("name: 综合窗口,", `name: '综合窗口,`), "S001", "demo.yaml:20:18", "单引号没有成对", "", ""},
		"uneven indentation":   {demo("    by: hall\n    preReview", "     by: hall\n    preReview"), "S001", "", "没有与上面对齐", "检查缩进", "indentation"},
		"brace not closed":     {demo("综合窗口, kind: hall}", "综合窗口, kind: hall"), "S001", "", "没有成对", "", ""},
		"days without a kind":  {demo("time: 45wd", "time: 45天"), "S105", "demo.yaml:13:21", "期限写法有误", "写成 45wd（工作日）或 45cd（自然日）", "write 45wd (working days) or 45cd (calendar days)"},
		"days in words":        {demo("time: 45wd", "time: 45个工作日"), "S105", "demo.yaml:13:21", "期限写法有误", "写成 45wd", "write 45wd"},
		"days in wide digits":  {demo("time: 45wd", "time: ４５ＷＤ"), "S105", "demo.yaml:13:21", "期限写法有误", "写成 45wd", "write 45wd"},
		"a list of one":        {demo("reads: [opinion, form.premises]", "reads: opinion"), "S103", "", "这里需要列表", "写成 [opinion]", "write [opinion]"},
		"key left out":         {demo("  level: county\n", ""), "S102", "demo.yaml:3:3", "缺少必填项 level", "加上 level", "add level"},
		"no first line":        {demo("language: lianban/v1\n", ""), "S102", "demo.yaml:1:1", "缺少必填项 language", "language: lianban/v1", "language: lianban/v1"},
		"window beyond intake": {demo("collect: {time: 2wd", "collect: {time: 5wd"), "A108", "demo.yaml:59:21", "须短于受理时限", "缩短 collect.time", "shorten collect.time"},
	} {
		t.Run(name, func(t *testing.T) {
			found := checkAll(base(t, c.edits))
			require.NotEmpty(t, found)
			d := found[0]
			for _, f := range found {
				if f.Code == c.code {
					d = f
					break
				}
			}
			require.Equal(t, c.code, d.Code, found.Render("zh"))
			if c.at != "" {
				require.Equal(t, c.at, d.Position.String(), d.Text.ZH)
			}
			require.Contains(t, d.Text.ZH, c.zh)
			require.Contains(t, d.Fix.ZH, c.fixZh)
			require.Contains(t, d.Fix.EN, c.fixEn)
			if c.code == "S301" || c.code == "S303" || c.code == "S001" {
				require.NotRegexp(t, latin, d.Text.ZH)
			}
		})
	}
}

// A quoted text over several lines is not taken for one that was not closed.
func TestTextOverSeveralLinesIsNotBlamed(t *testing.T) {
	t.Parallel()
	_, found := ParseFile("f.yaml", []byte("language: lianban/v1\nguide:\n  faq: \"一\n    二\"\n  points: [a\nitem: {}\n"))
	require.NotEmpty(t, found)
	require.NotEqual(t, 3, found[0].Position.Line, found.Render("en"))
	at, quote := openQuote("a: \"一\n  二\" # it's\nb: 'x\n", 9)
	require.Equal(t, '\'', quote)
	require.Equal(t, 3, at.Line)
	require.Equal(t, 4, at.Column)
}

// A question with several answers is never equal to one text. What was published
// with that goes on being run.
func TestSeveralAnswersAreNotComparedWithOne(t *testing.T) {
	t.Parallel()
	p, err := CompileExpr(`kinds == "hot" or gathering`, testScope(), ValueBoolean)
	require.NoError(t, err)
	require.NotNil(t, p.doubt)
	require.Equal(t, FaultType, p.doubt.Fault)
	require.Equal(t, 9, p.doubt.Offset)
	require.Contains(t, p.doubt.FixZh, `"hot" in kinds`)
	for _, src := range []Expr{`kinds == ["hot"]`, `"hot" in kinds`, `fireMode == "ordinary"`} {
		p, err := CompileExpr(src, testScope(), ValueBoolean)
		require.NoError(t, err)
		require.Nil(t, p.doubt, src)
	}
}

// While a step cannot be read, nobody is told that nothing is decided.
func TestAStepThatCannotBeReadMayDecide(t *testing.T) {
	t.Parallel()
	file, found := ParseFile("f.yaml", []byte("language: lianban/v1\nitem: {code: X, name: x, version: \"1\", effective: \"2026-01-01\", type: other, level: city, lead: a, promised: 5wd, basis: b}\nparties: {a: {name: a, kind: department}}\nprocess:\n  - {intake: in, limit: 1wd}\n  - {decde: out}\n"))
	found = append(found, Check(file, nil)...)
	require.NotEmpty(t, found)
	for _, d := range found {
		require.NotEqual(t, "S205", d.Code, d.Render("en"))
	}
}
