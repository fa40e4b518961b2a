package cli

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

func TestClocksSayWhyTheyAreDueOnTheirDayAndWhatHappenedToThem(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/cases/N1/clocks", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"number":"N1","seq":9,"clocks":[{"light":"green",
			"clock":{"id":"statutory","class":"statutory","period":"45wd","start":"2026-03-02T01:00:00Z","from":"acceptance","due":"2026-05-28T16:00:00Z","day":"2026-05-28"},
			"lines":[{"kind":"extended","from":"2026-05-08","to":"2026-05-08","text":{"zh":"经本级人民政府负责人批准延长","en":"approved by the head of government, because: 案情复杂"},
			  "law":{"zh":"行政许可法第四十二条","en":"Administrative Licensing Law, article 42"}}],
			"ledger":[{"at":"2026-03-02T01:00:00Z","what":"started","text":{"zh":"开始计时（受理）","en":"started (acceptance)"}},
			  {"at":"2026-05-06T08:00:00Z","what":"extended","text":{"zh":"延长","en":"extended by 15 working days"}}]}]}`)
	})
	r := h.at(t, home, "case", "clocks", "N1", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, `
    approved by the head of government, because: 案情复杂 (Administrative Licensing Law, article 42)
    what happened to it:
      2026-03-02 09:00  started (acceptance)
      2026-05-06 16:00  extended by 15 working days
`)
	r = h.at(t, home, "case", "clocks", "N1", "--brief", "--as", "lin.hall")
	require.NotContains(t, r.out, "approved")
	require.NotContains(t, r.out, "what happened")
}

func TestStepsSayInWordsHowTheyEndedAndWhoseTurnItIs(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/cases/N1", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"seq":9,"case":{"number":"N1","status":"accepted"},"steps":[
			{"id":"review","depth":1,"kind":"parallel","name":"并联办理","status":"ended","end":"failed"},
			{"id":"fume","depth":2,"kind":"review","name":"油烟","status":"ended","end":"agree-with-conditions"},
			{"id":"sign","depth":2,"kind":"decide","name":"招牌","status":"ended","end":"deny"},
			{"id":"food","depth":2,"kind":"decide","name":"食品","status":"open","link":"approve"}]}`)
	})
	h.on("GET /v1/cases/N1/results", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"number":"N1","seq":9,"results":[{"id":"licence","step":"food","org":"m","kind":"certificate","name":"证","at":"2026-03-02T01:00:00Z","way":"counter"}]}`)
	})
	r := h.at(t, home, "case", "show", "N1", "--as", "lin.hall", "--lang", "zh")
	require.Equal(t, OK, r.code, r.err)
	for _, want := range []string{"未通过", "附条件同意", "不予", "批准"} {
		require.Contains(t, r.out, want)
	}
	require.NotRegexp(t, "未履行|deny|approve|agree", r.out)
	r = h.at(t, home, "case", "results", "N1", "--as", "lin.hall", "--lang", "zh")
	require.Contains(t, r.out, "窗口领取")
}

func TestWithJSONThereIsAlwaysADocument(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	for _, path := range []string{"DELETE /v1/session", "DELETE /v1/deputies/7", "DELETE /v1/drafts/x", "DELETE /v1/definition-drafts/d"} {
		h.on(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	}
	for _, args := range [][]string{
		{"deputy", "end", "7"}, {"draft", "drop", "x"}, {"definition", "draft", "drop", "d"}, {"logout"},
	} {
		r := h.at(t, home, append(args, "--as", "lin.hall", "--json")...)
		require.Equal(t, OK, r.code, r.err)
		require.JSONEq(t, `{"done": true}`, r.out, args)
	}
	r := h.at(t, home, "case", "list", "--nonsense", "--json")
	require.Equal(t, Usage, r.code)
	require.Contains(t, r.out, `"code": "usage"`)
}

func TestActsAreNamedInChinese(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("POST /v1/cases/N1/acts/accept", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"act":"accept","at":"2026-03-02T01:00:00Z","key":"k","number":"N1","seq":3}`)
	})
	r := h.at(t, home, "task", "accept", "N1", "--as", "lin.hall", "--lang", "zh")
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, "完成：受理\n")
}

func TestACodeSaysWhatItMeansAndWhereToLook(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /problems/window-open", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"code":"window-open","status":409,"title":"The collect window is open","zh":"窗口期未结束","en":"Nobody may accept before"}`)
	})
	r := h.at(t, home, "problem", "window-open", "--lang", "zh")
	require.Equal(t, OK, r.code, r.err)
	require.Equal(t, "window-open (HTTP 409)\n窗口期未结束\n现在等谁做什么见 `lianban case waiting-for CASE`\n", r.out)
}

func TestARefusedDefinitionComesWithItsFixes(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("POST /v1/items", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 422, `{"type":"/problems/definition-refused","title":"t","status":422,"code":"definition-refused","zh":"未通过","en":"refused",
			"findings":[{"line":7,"column":9,"severity":"error","code":"S104","zh":"不在可用的词之内","en":"not allowed","fix":"did you mean licence?","fixZh":"是否应为 licence？"}]}`)
	})
	r := h.at(t, home, "definition", "publish", "testdata/shop.yaml", "--as", "ding.data", "--lang", "zh")
	require.Equal(t, Refused, r.code, r.err)
	require.Contains(t, r.err, "是否应为 licence？")
}

func TestResultsNameTheOrganThatHasDecided(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/cases/N1/results", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"number":"N1","seq":9,"results":[{"id":"licence","step":"food","org":"market-210304","orgName":"立山区市场监督管理局","kind":"certificate","name":"食品经营许可证","number":"JY1","at":"2026-03-02T01:00:00Z"}]}`)
	})
	r := h.at(t, home, "case", "results", "N1", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, "立山区市场监督管理局")
	require.NotContains(t, r.out, "market-210304")
	r = h.at(t, home, "case", "results", "N1", "--json", "--as", "lin.hall")
	require.Contains(t, r.out, `"org": "market-210304"`)
}

func TestALoginThatHasToChooseIsToldTheOrganisationsByName(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("POST /v1/session", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 400, `{"type":"/problems/bad-request","title":"t","status":400,"code":"bad-request","zh":"请选择","en":"choose","where":"/org",
			"orgs":[{"org":"market-210304","orgName":"立山区市场监督管理局","roles":["lead"]},{"org":"hall-210304","orgName":"立山区政务服务中心","roles":["clerk"]}]}`)
	})
	r := h.at(t, home, "login", "both")
	require.Equal(t, Refused, r.code, r.err)
	require.Contains(t, r.err, "立山区市场监督管理局  market-210304")
	require.Contains(t, r.err, "立山区政务服务中心  hall-210304")
}

// shop answers for what a case of an item is called by, as the commands that name things ask for it.
func (h *hall) shop(t *testing.T) {
	t.Helper()
	h.on("GET /v1/cases/N1", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"seq":9,"case":{"number":"N1","item":"shop","version":"1"}}`)
	})
	h.on("GET /v1/items/shop/versions/1", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"definition":{"of a later program":1,"item":{"code":"shop"},
			"situations":[{"id":"kind","ask":"经营什么","type":"choice","options":[{"id":"hot","label":"热食"},{"id":"cold","label":"冷食"}]}],
			"form":{"properties":{"staff":{"title":"从业人员","items":{"properties":{"name":{"title":"姓名"}}}}}},
			"materials":[{"id":"lease","name":"租赁合同"}],
			"process":[{"id":"food","decide":{"gives":[{"id":"licence","name":"食品经营许可证","data":{"properties":{"scope":{"title":"经营范围"}}}}]}}]}}`)
	})
}

func TestTheDossierNamesWhatItsEntriesAreAbout(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.shop(t)
	h.on("GET /v1/cases/N1/dossier", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"number":"N1","seq":9,"entries":[
			{"kind":"duty","id":"clean","status":"open","at":"2026-03-02T01:00:00Z","duty":{"id":"clean","name":"清洗烟道","status":"fixing"}},
			{"kind":"annulment","id":"licence.1","status":"open","at":"2026-03-02T01:00:00Z","annulment":{"id":"licence.1","output":"licence"}},
			{"kind":"undertaking","id":"u","status":"given","at":"2026-03-02T01:00:00Z","undertaking":{"papers":[{"paper":"lease","time":"5wd"}]}},
			{"kind":"correction","id":"c","status":"done","at":"2026-03-02T01:00:00Z","correction":{"step":"food","output":"licence","texts":[{"field":"number","from":"JY1","to":"JY2"},{"field":"data.scope","from":"热食","to":"热食、冷食"}]}},
			{"kind":"mending","id":"m","status":"done","at":"2026-03-02T01:00:00Z","mending":{"texts":[{"field":"form.staff.0.name","from":"李四","to":"李泗"},{"field":"kind","from":["hot"],"to":["hot","cold"]}],"papers":["lease"]}},
			{"kind":"vacancy","id":"v","status":"open","org":"market-210304","orgName":"立山区市场监督管理局","at":"2026-03-02T01:00:00Z","vacancy":{"org":"market-210304","role":"organ-head"}},
			{"kind":"delivery","id":"n","status":"done","at":"2026-03-02T01:00:00Z","delivery":{"id":"n","name":"补正告知书","status":"delivered","at":"2026-03-02T01:00:00Z","way":"post","proof":"EMS1"}}]}`)
	})
	r := h.at(t, home, "case", "dossier", "N1", "--as", "lin.hall", "--lang", "zh")
	require.Equal(t, OK, r.code, r.err)
	for _, line := range []string{
		`义务 +clean +清洗烟道 +整改中`, `撤销 +licence.1 +食品经营许可证 `, `容缺承诺 +u +租赁合同：受理后 5 个工作日内 `,
		`更正 +c +食品经营许可证·编号：JY1 → JY2；食品经营许可证·经营范围：热食 → 热食、冷食 `,
		`当场更正 +m +从业人员 1 · 姓名：李四 → 李泗；经营什么：热食 → 热食、冷食；租赁合同 `,
		`岗位空缺 +v +行政机关负责人 +立山区市场监督管理局 `, `送达 +n +补正告知书: 2026-03-02 09:00, 邮寄送达, EMS1 `,
	} {
		require.Regexp(t, line, r.out)
	}
	r = h.at(t, home, "case", "dossier", "N1", "--json", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	require.Contains(t, r.out, `"field": "form.staff.0.name"`)
}

func TestTasksNameWhoDoesThemAndWhatWasDone(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/cases/N1/tasks", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"tasks":[
			{"number":"N1","id":"receive.look","kind":"look","step":"receive","stepName":"收件","party":"hall","org":"hall-210304","orgName":"立山区政务服务中心","role":"clerk","status":"done","doneAct":"sendBack","doneBy":"lin.hall","doneAt":"2026-03-02T01:00:00Z","openedAt":"2026-03-02T01:00:00Z","round":1},
			{"number":"N1","id":"food.1","kind":"work","step":"food","stepName":"食品经营许可","party":"market","org":"market-210304","orgName":"立山区市场监督管理局","role":"organ-head","status":"open","light":"green","openedAt":"2026-03-02T01:00:00Z","round":1},
			{"number":"N1","id":"answer.1","kind":"answer","step":"receive","stepName":"收件","party":"applicant","status":"open","openedAt":"2026-03-02T01:00:00Z","round":1}]}`)
	})
	r := h.at(t, home, "case", "tasks", "N1", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	require.Regexp(t, `receive\.look +look +收件 +立山区政务服务中心 +window clerk .*done +Send back lin\.hall 2026-03-02 09:00`, r.out)
	require.Regexp(t, `food\.1 +work +食品经营许可 +立山区市场监督管理局 +head of organ `, r.out)
	require.Regexp(t, `answer\.1 +answer +收件 +applicant +`, r.out)
	r = h.at(t, home, "case", "tasks", "N1", "--json", "--as", "lin.hall")
	require.Contains(t, r.out, `"doneAct": "sendBack"`)
}

// However a step has ended, the list of steps says so in words.
func TestEveryEndOfAStepHasAWord(t *testing.T) {
	t.Parallel()
	for _, end := range []engine.End{
		engine.EndDone, engine.EndFailed, engine.EndGrant, engine.EndGrantTolerant, engine.EndDeny, engine.EndAgree, engine.EndAgreeWith, engine.EndDisagree,
		engine.EndNotConcerned, engine.EndDefaulted, engine.EndStopped, engine.EndBarred, engine.EndSkipped, engine.EndLapsed, engine.EndWithdrawn,
	} {
		for _, w := range ends[string(end)] {
			require.NotEmpty(t, w, "%s has no word", end)
		}
		require.NotRegexp(t, `[a-z]`, ends[string(end)][0], "%s", end)
		require.Contains(t, ends, string(end))
	}
}
