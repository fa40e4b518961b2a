package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLetterTemplatesGoldens(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"letter-check":     {"letter", "check", "testdata/denial.zh.yaml"},
		"letter-check-zh":  {"letter", "check", "testdata/denial.zh.yaml", "--lang", "zh"},
		"letter-templates": {"letter", "templates"},
		"letter-fields":    {"letter", "templates", "--kind", "denial"},
	} {
		golden(t, name, command(t, "", args...))
	}
}

// The built-in templates can be written out, checked, changed and looked at.
func TestTemplatesFromFileToPage(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "letters")
	require.Equal(t, OK, command(t, "", "letter", "templates", "--out", dir).code)
	again := command(t, "", "letter", "templates", "--out", dir)
	require.Equal(t, Usage, again.code, "nothing is overwritten")
	require.Equal(t, OK, command(t, "", "letter", "check", dir).code)

	page := filepath.Join(t.TempDir(), "denial.html")
	r := command(t, "", "letter", "preview", filepath.Join(dir, "denial.zh.yaml"), "-o", page)
	require.Equal(t, OK, r.code, r.err)
	b, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Contains(t, string(b), "不予行政许可决定书")
	require.Contains(t, string(b), "样张", "a preview cannot be taken for a letter")

	require.Equal(t, NotFound, command(t, "", "letter", "preview", "denail", "-o", page).code)
	require.Equal(t, Usage, command(t, "", "letter", "preview", "denial").code)
	require.Equal(t, Refused, command(t, "", "letter", "preview", "testdata/denial.zh.yaml", "-o", page).code)
	none := command(t, "", "letter", "preview", "denial", "-o", page+".pdf", "--font", filepath.Join(dir, "none.ttf"))
	require.Equal(t, NotFound, none.code)
	require.Contains(t, none.err, "fonts-droid-fallback")
}

func TestLettersOfACase(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	letter := `{"id":"9-denial","kind":"denial","title":"不予行政许可决定书","number":"立市监不准〔2026〕1号","status":"ready","seq":9,"org":"o","orgName":"某局","to":"applicant","at":"2026-02-12T02:00:00Z","forms":["html"],"code":"ABCDEFGHJKMNPQRS"}`
	h.on("GET /v1/cases/N1/letters", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"number":"N1","seq":9,"letters":[`+letter+`,{"id":"10-delivery","kind":"delivery","title":"送达回证","status":"preparing","seq":10,"org":"o","to":"applicant","at":"2026-02-12T02:00:00Z"}]}`)
	})
	h.on("GET /v1/cases/N1/letters/9-denial", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"letter":`+letter+`,"data":{"text":{"reason":"布局不符","to":"某店"},"lists":{"checks":[{"name":"布局","note":"不符"}]}}}`)
	})
	h.on("GET /v1/cases/N1/letters/9-denial/file", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="denial.html"`)
		send(w, 200, "<html>"+r.URL.Query().Get("form"))
	})
	run := func(args ...string) result { return h.at(t, home, append(args, "--as", "lin.hall")...) }
	list := run("letter", "list", "N1")
	require.Equal(t, OK, list.code, list.err)
	require.Contains(t, list.out, "立市监不准〔2026〕1号")
	require.Contains(t, list.out, "in preparation")
	show := run("letter", "show", "N1", "9-denial")
	require.Contains(t, show.out, "布局不符")
	require.Contains(t, show.out, "布局 | 不符")
	get := run("letter", "get", "N1", "9-denial", "--form", "html", "-o", "-")
	require.Equal(t, "<html>html", get.out)

	// A template is tried on what a real letter says.
	page := filepath.Join(home, "page.html")
	r := run("letter", "preview", "denial", "--case", "N1", "--letter", "9-denial", "-o", page)
	require.Equal(t, OK, r.code, r.err)
	b, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Contains(t, string(b), "布局不符")
	require.Equal(t, Usage, run("letter", "preview", "grant", "--case", "N1", "--letter", "9-denial", "-o", page).code)
}
