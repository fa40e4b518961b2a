package definition

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine/calendar"
)

var update = flag.Bool("update", false, "write golden files anew")

// golden compares with a file of testdata/golden.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), path)
}

func catalogue(t testing.TB) *Library {
	t.Helper()
	lib, found, err := NewLibrary(os.DirFS("../../definitions"))
	require.NoError(t, err)
	require.Empty(t, found)
	return lib
}

func TestGuideOfTheRestaurant(t *testing.T) {
	t.Parallel()
	def, found := catalogue(t).Resolve("restaurant", "", "210304")
	require.Empty(t, found)
	g := NewGuide(def)
	out, err := json.MarshalIndent(g, "", "  ")
	require.NoError(t, err)
	golden(t, "restaurant.guide.json", append(out, '\n'))
}

// What may come in between, by kind of step, and what of it the limits do not count.
func TestGuideOfWhatMayComeInBetween(t *testing.T) {
	t.Parallel()
	lib, found, err := NewLibrary(os.DirFS("../scenario/testdata"))
	require.NoError(t, err)
	require.Empty(t, found)
	guide := func(folder string) *Guide {
		def, found := lib.Resolve(folder, "", "210304")
		require.Empty(t, found)
		return NewGuide(def)
	}
	g := guide("article-47")
	require.Len(t, g.Procedures, 1)
	require.Equal(t, "hearing", g.Procedures[0].Kind.ID)
	require.Equal(t, "被告知权利之日起5 个工作日内可以申请，申请之日起20 个工作日内组织", g.Procedures[0].Takes.ZH)
	require.NotEmpty(t, g.Procedures[0].NotCounted.ZH)
	require.Equal(t, "statutory", g.Procedures[0].Stops[0].ID)
	require.NotEmpty(t, g.Procedures[0].Told)
	require.Equal(t, "20 个工作日内组织", guide("article-46").Procedures[0].Takes.ZH, "one the law requires is not asked for")

	posted := guide("article-36").Procedures
	require.Equal(t, "publicity", posted[0].Kind.ID)
	require.NotEmpty(t, posted[0].Takes.ZH)

	g = guide("papers")
	require.NotNil(t, g.ActFirst)
	require.Equal(t, "2 个工作日", g.ActFirst.Time.ZH)
	require.NotEmpty(t, g.ActFirst.When.ZH)
	require.Len(t, g.Promises, 1)
	require.NotEmpty(t, g.Promises[0].Replaces)
	require.Equal(t, g.Promises[0].Grants, g.Item.Name)
	require.NotEmpty(t, g.Duties[0].Touches)

	g = guide("article-40")
	require.Nil(t, g.ActFirst)
	require.Equal(t, "公开准予许可的决定", g.Duties[0].Name)
	require.Equal(t, "7 个工作日", g.Duties[0].Limit.Times[0].Text.ZH)
	require.Empty(t, g.Duties[0].Touches)
	require.Empty(t, g.Promises)
	require.Empty(t, g.Procedures)

	require.Equal(t, calendar.Text{
		ZH: "核查不符合的，责令限期整改，最长 30 个工作日，报告整改或者期满后 3 个工作日内复查；整改期限届满前可以批准延长10 个工作日",
		EN: "what falls short is to be put right, within 30 working days at the most, and is checked again within 3 working days of saying so or of the end of that time; before it ends that time may be extended by 10 working days",
	}, guide("fire-check").Duties[0].Fix)
}

// Every ground a definition may name has a name in both languages.
func TestPauseKindsAreNamed(t *testing.T) {
	t.Parallel()
	for _, kind := range pauseKinds {
		require.NotEqual(t, kind, PauseName(kind).ZH)
		require.NotEmpty(t, PauseName(kind).EN)
	}
}

func TestConditionsInWords(t *testing.T) {
	t.Parallel()
	def, found := catalogue(t).Resolve("restaurant", "", "")
	require.Empty(t, found)
	w := newWording(def)
	for src, want := range map[Expr][2]string{
		"":                       {"", ""},
		"fumes":                  {"“是否产生油烟”为“是”", "“是否产生油烟” is answered yes"},
		"not fumes":              {"“是否产生油烟”为“否”", "“是否产生油烟” is answered no"},
		"not onlyPackaged":       {"“经营项目”不是只选“预包装食品”", "“经营项目” is not only “预包装食品”"},
		`"hot" in kinds`:         {"“经营项目”包括“热食类”", "“经营项目” includes “热食类”"},
		`"hot" not in kinds`:     {"“经营项目”不包括“热食类”", "“经营项目” does not include “热食类”"},
		`fireMode == "ordinary"`: {"“消防检查方式”为“一般程序”", "“消防检查方式” is “一般程序”"},
		"area >= 100 and (fumes or sign)": {
			"“经营面积（平方米）”不少于100，且（“是否产生油烟”为“是”，或“是否设置户外招牌”为“是”）",
			"“经营面积（平方米）” is at least 100 and (“是否产生油烟” is answered yes or “是否设置户外招牌” is answered yes)",
		},
		"not (fumes and area < 50)": {
			"“是否产生油烟”为“否”，或“经营面积（平方米）”不少于50",
			"“是否产生油烟” is answered no or “经营面积（平方米）” is at least 50",
		},
		"form.staff > 5":                {"表单中的“从业人数”大于5", "“从业人数” in the form is above 5"},
		`steps.food.verdict == "deny"`:  {"“食品经营许可（备案）”的结果为“deny”", "the result of “食品经营许可（备案）” is “deny”"},
		"objected(review) <= 1":         {"“并联办理”中不同意的意见数不超过1", "the number of opinions in “并联办理” that disagree is at most 1"},
		`case.channel in ["window"]`:    {"申请渠道为“window”之一", "the channel is one of “window”"},
		`case.region startsWith "2103"`: {"办理地开头为“2103”", "the region starts with “2103”"},
		`len(kinds) > 2`:                {"“经营项目”的个数大于2", "the number of “经营项目” is above 2"},
		`fumes ? area > 1 : sign`:       {"“是否产生油烟”为“是”时为“经营面积（平方米）”大于1，否则为“是否设置户外招牌”", "“经营面积（平方米）” is above 1 when “是否产生油烟” is answered yes, otherwise “是否设置户外招牌”"},
		`fumes and`:                     {"fumes and", "fumes and"},
		`outputs.licence.no == "A"`:     {"“营业执照”中的 no为“A”", "no in “营业执照” is “A”"},
	} {
		got := w.condition(src)
		require.Equal(t, want, [2]string{got.ZH, got.EN}, src)
	}
}
