package cli

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shellOffer are the words a shell is given for a command line, and what it shall do besides.
func shellOffer(t *testing.T, h *hall, home string, line ...string) (words []string, directive string) {
	t.Helper()
	r := h.at(t, home, append([]string{"__complete"}, line...)...)
	require.Equal(t, OK, r.code, r.err)
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	return lines[:len(lines)-1], lines[len(lines)-1]
}

const noFiles = ":36" // no names of files, and in this order

func TestTheShellIsOfferedWhatTheServerKnows(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/accounts", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"accounts":[{"login":"lin.hall","name":"林","orgName":"政务服务中心","roles":["clerk"]},{"login":"zhou.market","name":"周","orgName":"市场监管局","roles":["handle"]}]}`)
	})
	h.on("GET /v1/items", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"items":[{"code":"1121-A","name":"开办餐饮店"},{"code":"1121-B","name":"开办便利店"}]}`)
	})
	h.on("GET /v1/tasks", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"tasks":[{"number":"1121-B-2","id":"t7","itemName":"开办便利店","step":"view","stepName":"审查","applicant":"某某餐饮店","status":"open"},
			{"number":"1121-A-1","id":"t3","itemName":"开办餐饮店","step":"food","stepName":"食品审查","status":"open"}]}`)
	})
	h.on("GET /v1/cases", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"cases":[{"number":"1121-A-1","itemName":"开办餐饮店","status":"accepted"},{"number":"1121-A-9","itemName":"开办餐饮店","status":"closed","outcome":"granted","applicant":{"name":"某某餐饮店"}}]}`)
	})
	h.on("GET /v1/cases/1121-A-1/tasks", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"tasks":[{"id":"t1","step":"receive","stepName":"收件","status":"done"},{"id":"t3","step":"food","stepName":"食品审查","orgName":"市场监管局","role":"handle","status":"open"},
			{"id":"t4","step":"food","stepName":"食品审查","orgName":"市场监管局","role":"check","status":"open"}]}`)
	})
	h.on("GET /v1/cases/1121-A-1/letters", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"letters":[{"id":"receipt","kind":"receipt","title":"收件凭证","number":"〔2026〕1号","status":"drawn","forms":["pdf"]}]}`)
	})
	h.on("GET /v1/organisations", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"organisations":[{"code":"market","name":"市场监管局"}]}`)
	})
	for _, c := range []struct {
		name string
		line []string
		want []string
	}{
		{"whom to be", []string{"login", ""}, []string{"lin.hall\t林 · 政务服务中心 · window clerk", "zhou.market\t周 · 市场监管局 · case officer"}},
		{"whom to act as", []string{"task", "list", "--as", "zh"}, []string{"zhou.market\t周 · 市场监管局 · case officer"}},
		{"an item by name or code", []string{"case", "start", ""},
			[]string{"开办餐饮店\t1121-A", "开办便利店\t1121-B", "1121-A\t开办餐饮店", "1121-B\t开办便利店"}},
		{"an item of which the code was begun", []string{"definition", "guide", "1121-B"}, []string{"1121-B\t开办便利店"}},
		{"a filter by item", []string{"case", "list", "--item", "开办便"}, []string{"开办便利店\t1121-B"}},
		{"cases: the inbox first, nobody's name", []string{"task", "clear", "--as", "lin.hall", ""},
			[]string{"1121-B-2\t开办便利店 · 审查", "1121-A-1\t开办餐饮店 · 食品审查", "1121-A-9\t开办餐饮店 · closed: granted"}},
		{"only the first argument is a case", []string{"task", "clear", "--as", "lin.hall", "1121-A-1", ""}, nil},
		{"steps where something is open", []string{"task", "clear", "1121-A-1", "--as", "lin.hall", "--step", ""}, []string{"food\t食品审查"}},
		{"tasks where a step has several", []string{"act", "clear", "1121-A-1", "--as", "lin.hall", "--task", ""}, []string{"t3\t食品审查 · 市场监管局 · case officer", "t4\t食品审查 · 市场监管局 · checker"}},
		{"several at once, none of them twice", []string{"task", "complete", "--do", "clear", "--as", "lin.hall", "1121-A-1/t3", ""}, []string{"1121-B-2/t7\t开办便利店 · 审查"}},
		{"letters of the case", []string{"letter", "show", "1121-A-1", "--as", "lin.hall", "l", "--lang", ""}, []string{"zh", "en"}},
		{"the letter", []string{"letter", "show", "--as", "lin.hall", "1121-A-1", "re"}, []string{"receipt\treceipt 〔2026〕1号"}},
		{"organisations", []string{"case", "copy", "1121-A-1", "--as", "lin.hall", "--to-org", ""}, []string{"market\t市场监管局"}},
		{"words that are fixed", []string{"task", "list", "--light", "g"}, []string{"green", "grey"}},
		{"nothing for an applicant", []string{"track", "show", "--as", "lin.hall", "--code", "x", ""}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			words, directive := shellOffer(t, h, home, c.line...)
			require.Equal(t, c.want, nilIfEmpty(words))
			if c.line[0] != "track" {
				require.Equal(t, noFiles, directive)
			}
		})
	}
	require.Equal(t, 1, h.logins, "pressing the key again does not log in again")
}

func nilIfEmpty(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

func TestTheShellOffersFilesWhereFilesAreMeant(t *testing.T) {
	h := newHall(t)
	for _, line := range [][]string{{"definition", "check", ""}, {"definition", "test", ""}, {"letter", "check", ""}} {
		words, directive := shellOffer(t, h, t.TempDir(), line...)
		require.Empty(t, words)
		require.Equal(t, ":0", directive, "the shell's own completion")
	}
	require.Empty(t, h.asked)
}

// Nothing is said in the middle of a line somebody types, whatever is the matter with the server.
func TestTheShellIsLeftAloneWithoutAnAnswer(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	words, directive := shellOffer(t, h, home, "case", "start", "") // no such route
	require.Empty(t, words)
	require.Equal(t, noFiles, directive)
	h.Close()
	words, _ = shellOffer(t, h, home, "case", "show", "--as", "lin.hall", "")
	require.Empty(t, words)
}
