package diff_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine/definition"
	"lianban/engine/definition/diff"
)

func read(t *testing.T, name string) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("../../..", name))
	require.NoError(t, err)
	return string(src)
}

func parse(name, src string) *definition.File {
	f, _ := definition.ParseFile(name, []byte(src))
	return f
}

const base = `language: lianban/v1
item:
  code: X
  name: 餐饮店
  version: "1"
  effective: "2026-01-01"
  type: licence
  level: county
  lead: market
  basis: 食品安全法
  statutory: 45wd
  promised: 8wd
parties:
  hall: {name: 综合窗口, kind: hall}
  market: {name: 市场监管, kind: department}
  fire: {name: 消防救援, kind: department}
guide:
  remedy: 可以复议
situations:
  big: {ask: 面积是否超过三百平方米, type: boolean}
  kind: {ask: 业态, type: choice, options: {hot: 热食, cold: 冷食}}
form:
  type: object
  required: [name]
  properties:
    name: {type: string, title: 名称}
    staff: {type: integer, title: 人数}
materials:
  plan: {name: 平面图, from: [applicant], basis: 食品安全法第三十三条}
  lease: {name: 租赁合同, from: [applicant], basis: 食品安全法第三十三条, when: big}
conditions:
  layout: {text: 布局合理, basis: 食品安全法第三十三条}
process:
  - intake: receive
    by: hall
    collect: {time: 2wd, from: receipt}
    answer: {time: 20wd, late: lapse}
  - parallel: block
    objection: lead
    branches:
      - review: fireView
        by: fire
        limit: 3wd
        reads: [plan]
      - review: site
        limit: 3wd
        reads: [plan, lease]
        checks: [layout]
  - decide: conclude
    limit: 2wd
    chain: [handle, check, approve]
    back: [block]
    gives: {permit: {kind: certificate, name: 许可证, validity: 3y}}
  - issue: handOut
    by: hall
    ways: [counter]
`

func TestChangesAreToldInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, old, new string
		want           string // weight area what: zh
		en             string
	}{
		{"limit", "promised: 8wd", "promised: 6wd", "high item changed: 事项：承诺时限由8 个工作日，自受理起，期满记超期改为6 个工作日，自受理起，期满记超期", "item: promised limit changed from 8 working days"},
		{"version", `version: "1"`, `version: "2"`, "low item changed: 事项：版本由“1”改为“2”", "item: version changed"},
		{"party", "  fire: {name: 消防救援, kind: department}\n", "  fire: {name: 消防, kind: department}\n  eco: {name: 生态环境, kind: department}\n", "high party added: 增加参与单位“生态环境”\nlow party changed: 参与单位“消防”：名称由“消防救援”改为“消防”", "party eco added"},
		{"paper out", "  lease: {name: 租赁合同, from: [applicant], basis: 食品安全法第三十三条, when: big}\n", "", "high paper removed: 取消材料“租赁合同”", "paper lease removed"},
		{"paper always", ", when: big}", "}", "high paper changed: 材料“租赁合同”：条件由“面积是否超过三百平方米”为“是”改为总是", "to always"},
		{"source", "name: 平面图, from: [applicant]", "name: 平面图, from: [library, applicant]", "high paper changed: 材料“平面图”：来源由申请人提交改为历史材料库、申请人提交", "sources changed"},
		{"condition text", "布局合理", "布局和流程合理", "low condition changed: 审查条件“布局和流程合理”：内容由“布局合理”改为“布局和流程合理”", "text changed"},
		{"question", "ask: 业态", "ask: 经营业态", "low question changed: 情形问题“经营业态”：问题由“业态”改为“经营业态”", "question changed"},
		{"option", "cold: 冷食}", "cold: 冷食, raw: 生食}", "medium question added: 增加情形问题“业态”的选项“生食”", "option raw added"},
		{"field", "staff: {type: integer, title: 人数}", "seats: {type: integer}", "high form removed: 取消申请表字段“人数”（staff）", "field seats added"},
		{"required", "required: [name]", "required: [name, staff]", "high form changed: 申请表：必填字段由“名称”（name）改为“名称”（name）、“人数”（staff）", "form: required fields changed"},
		{"field type", "type: integer, title: 人数", "type: number, title: 人数", "medium form changed: 申请表字段“人数”（staff）：类型由“integer”改为“number”", "form, field staff: type changed from “integer” to “number”"},
		{"step out", "      - review: fireView\n        by: fire\n        limit: 3wd\n        reads: [plan]\n", "", "high step removed: 取消环节“审查意见”（审查意见，消防救援（fire），3 个工作日，自环节开始起，期满记超期）", "step fireView removed"},
		{"step party", "        by: fire\n", "        by: hall\n", "high step changed: 环节“审查意见”：承办单位由消防救援（fire）改为综合窗口（hall）", "by changed from"},
		{"chain", "[handle, check, approve]", "[handle, {check: 1wd}, [approve, organ-head]]", "high step changed: 环节“决定”：内部链条由承办、审核、批准改为承办、审核 1 个工作日、会签（批准、行政机关负责人）", "chain changed"},
		{"reads", "reads: [plan, lease]", "reads: [plan]", "medium step changed: 环节“审查意见”：阅读去掉租赁合同（lease）", "lease"},
		{"objection", "objection: lead", "objection: stop", "high step changed: 环节“并联办理”：有异议时由", "objection changed"},
		{"output", "validity: 3y", "validity: 5y", "high output changed: 结果“许可证”：有效期由3 年改为5 年", "output permit: validity changed from 3 years to 5 years"},
		{"answer", "answer: {time: 20wd, late: lapse}", "answer: {time: 15wd, late: lapse}", "high step changed: 环节“收件受理”的补正：期限由20 个工作日改为15 个工作日", "answer"},
		{"reminders", "        limit: 3wd\n        reads: [plan]\n", "        limit: 3wd\n        warn: [2wd, 1wd]\n        reads: [plan]\n", "medium step added: 环节“审查意见”：增加预警提前量，2 个工作日、1 个工作日", "2 working days, 1 working day"},
		{"guide", "remedy: 可以复议", "remedy: 可以复议或者诉讼", "low guide changed: 指南文字“可以复议或者诉讼”：内容由“可以复议”改为“可以复议或者诉讼”", "guide text remedy"},
		{"kind", "      - review: site\n        limit: 3wd\n", "      - decide: site\n        limit: 3wd\n", "high step changed: 环节“决定”：由审查意见改为决定", "review became decision"},
	} {
		a, b := parse("a.yaml", base), parse("b.yaml", strings.Replace(base, c.old, c.new, 1))
		require.NotEqual(t, base, strings.Replace(base, c.old, c.new, 1), c.name)
		var zh, en []string
		for _, x := range diff.Files(a, b) {
			zh = append(zh, string(x.Weight)+" "+x.Area+" "+x.What+": "+x.Text.ZH)
			en = append(en, x.Text.EN)
		}
		require.Contains(t, strings.Join(zh, "\n"), c.want, c.name)
		require.Contains(t, strings.Join(en, "\n"), c.en, c.name)
	}
}

// What is written in another order or form and means the same is no change.
func TestTheSameSaidOtherwiseIsNoChange(t *testing.T) {
	t.Parallel()
	other := strings.NewReplacer("promised: 8wd", "promised: {time: 8wd}", "basis: 食品安全法\n", "basis: [{law: 食品安全法}]\n", "    by: hall\n    ways: [counter]", "    ways: [counter]\n    by: hall").Replace(base)
	require.NotEqual(t, base, other)
	require.Empty(t, diff.Files(parse("a", base), parse("b", other)))
	require.Empty(t, diff.Files(parse("a", base), parse("b", "# 注\n"+base)))
}

func TestOrderAndPlaceOfSteps(t *testing.T) {
	t.Parallel()
	branches := strings.SplitN(base, "      - review: fireView", 2)
	rest := strings.SplitN(branches[1], "      - review: site", 2)
	tail := strings.SplitN(rest[1], "  - decide: conclude", 2)
	swapped := branches[0] + "      - review: site" + tail[0] + "      - review: fireView" + rest[0] + "  - decide: conclude" + tail[1]
	found := diff.Files(parse("a", base), parse("b", swapped))
	require.Len(t, found, 1)
	require.Equal(t, diff.Moved, found[0].What)
	require.Equal(t, diff.Low, found[0].Weight, "branches run side by side")

	first, last := "  - issue: handOut\n    by: hall\n    ways: [counter]\n", "process:\n"
	moved := strings.Replace(strings.Replace(base, first, "", 1), last, last+first, 1)
	found = diff.Files(parse("a", base), parse("b", moved))
	require.Len(t, found, 1)
	require.Equal(t, "handOut", found[0].ID)
	require.Equal(t, diff.High, found[0].Weight)
	lines := strings.Split(moved, "\n")
	require.Contains(t, lines[found[0].To.Line-1], "handOut")
	require.Contains(t, strings.Split(base, "\n")[found[0].From.Line-1], "handOut")
}

// Each change names the lines it stands on.
func TestChangesHavePlaces(t *testing.T) {
	t.Parallel()
	b := strings.NewReplacer("limit: 2wd", "limit: 4wd", "name: 平面图", "name: 总平面图", "validity: 3y", "validity: 1y").Replace(base)
	found := diff.Files(parse("a", base), parse("b", b))
	require.Len(t, found, 3)
	for _, c := range found {
		was, is := strings.Split(base, "\n")[c.From.Line-1], strings.Split(b, "\n")[c.To.Line-1]
		require.NotEqual(t, was, is, c.Text.EN)
	}
	require.Equal(t, diff.High, found[0].Weight)
	require.Equal(t, diff.Low, found[2].Weight)
}

// Whatever line of a real definition is left out: when the definition then is another one, a change is told, and
// back again as well.
func TestNothingThatDiffersIsPassedOver(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"definitions/restaurant/2026.2.yaml", "engine/definition/testdata/base/demo.yaml"} {
		src := read(t, name)
		a := parse("a.yaml", src)
		was, err := definition.Canonical(a.Definition)
		require.NoError(t, err)
		lines := strings.Split(src, "\n")
		told := 0
		for i := range lines {
			b := parse("b.yaml", strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), "\n"))
			if b.Definition == nil || strings.HasPrefix(lines[i], "language:") {
				continue // the language is the same in every file that is sound
			}
			is, err := definition.Canonical(b.Definition)
			require.NoError(t, err)
			there, back := diff.Files(a, b), diff.Files(b, a)
			if string(was) != string(is) {
				told++
				require.NotEmpty(t, there, "%s line %d: %s", name, i+1, lines[i])
				require.NotEmpty(t, back, "%s line %d: %s", name, i+1, lines[i])
			} else {
				require.Empty(t, there, "%s line %d: %s", name, i+1, lines[i])
			}
			for _, c := range there {
				require.NotEmpty(t, c.Text.ZH)
				require.NotEmpty(t, c.Text.EN)
			}
		}
		require.Greater(t, told, 40)
	}
	require.Empty(t, diff.Files(parse("a", ""), parse("b", "tests: x")))
	require.NotEmpty(t, diff.Files(parse("a", ""), parse("b", base)))
}
