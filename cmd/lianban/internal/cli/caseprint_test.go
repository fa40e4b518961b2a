package cli

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
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
