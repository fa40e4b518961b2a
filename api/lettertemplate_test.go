package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
)

func TestLettersAreWordedAnewFromADayOn(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	r.admin()
	const path = "/v1/letter-templates/receipt"
	read := func() (v gen.LetterTemplate) {
		r.do(req{method: "GET", path: path, as: "admin"}).into(t, &v)
		return v
	}
	publish := func(v gen.LetterTemplate, source, from string) answer {
		return r.post(path, map[string]any{"source": source, "from": from, "over": v.Latest})
	}
	first := read()
	require.Len(t, first.Editions, 1)
	built := first.Editions[0]
	require.True(t, built.BuiltIn && built.InForce)
	require.Equal(t, built.Hash, first.Latest)
	require.NotEmpty(t, first.Fields)
	worded := func(version, title string) string {
		return strings.NewReplacer(`version: "2026.1"`, `version: "`+version+`"`, "title: 接收回执", "title: "+title).Replace(built.Source)
	}
	require.NotEqual(t, built.Source, worded("a", "收件凭证"))
	today := r.today()

	// What is wrong is refused, with its place.
	p := publish(first, strings.Replace(worded("a", "收件凭证"), "{organ}", "{organn}", 1), today.String()).problem(t, 422, "definition-refused")
	require.Equal(t, "L005", p.Findings[0].Code)
	require.NotZero(t, p.Findings[0].Line)
	publish(first, strings.Replace(worded("a", "x"), "letter: receipt", "letter: denial", 1), today.String()).problem(t, 422, "definition-refused")
	require.Equal(t, "/from", publish(first, worded("a", "收件凭证"), today.AddDays(-1).String()).problem(t, 422, "bad-entry").Where)
	publish(first, worded("a", "收件凭证"), "2026-02-30").problem(t, 422, "bad-entry")
	publish(first, worded("2026.1", "收件凭证"), today.String()).problem(t, 409, "version-exists")
	r.post("/v1/letter-templates/nothing", map[string]any{"source": "x", "from": today.String(), "over": ""}).problem(t, 404, "no-such-entry")
	r.do(req{method: "GET", path: path, as: "clerk"}).problem(t, 403, "not-permitted")
	require.Empty(t, r.changes("?kind=letter-template"))

	// A receipt before, one after, one from tomorrow on.
	o := r.office()
	title := func() (title string) {
		t.Helper()
		number, _ := r.file()
		// What stands in the log is published once no older transaction of the whole server may still come before it.
		r.eventually("the receipt has its number", func() bool {
			r.letters(o)
			for _, l := range r.letterList("clerk", number) {
				if l.Kind == "receipt" && l.Status != gen.Preparing {
					title = l.Title
				}
			}
			return title != ""
		})
		return title
	}
	require.Equal(t, "接收回执", title())
	a := publish(first, worded("a", "收件凭证"), today.String())
	require.Equal(t, 200, a.status, string(a.body))
	publish(first, worded("b", "明日凭证"), (today+1).String()).problem(t, 409, "changed-meanwhile")
	require.Equal(t, 200, publish(read(), worded("b", "明日凭证"), (today+1).String()).status)
	publish(read(), worded("a", "另一凭证"), today.String()).problem(t, 409, "version-exists")
	require.Equal(t, "收件凭证", title())
	now := read()
	require.Len(t, now.Editions, 3)
	var inForce []bool
	for _, e := range now.Editions {
		inForce = append(inForce, e.InForce)
	}
	require.Equal(t, []bool{false, true, false}, inForce)
	require.NotEmpty(t, now.Editions[0].ByName)
	var kinds struct{ Kinds []gen.LetterKind }
	r.do(req{method: "GET", path: "/v1/letter-templates", as: "admin"}).into(t, &kinds)
	for _, k := range kinds.Kinds {
		require.Equal(t, k.Kind != "receipt", k.BuiltIn, k.Kind)
		if k.Kind == "receipt" {
			require.Equal(t, "a", k.Version)
			require.True(t, k.Coming)
		}
	}

	_, err := r.store.MoveBusinessClock(t.Context(), 24*time.Hour)
	require.NoError(t, err)
	r.eventually("it is tomorrow", func() bool { return r.today() > today })
	require.Equal(t, "明日凭证", title())
	// Of two for the same day the last published counts: so a mistake is put right.
	require.Equal(t, 200, publish(read(), worded("c", "更正凭证"), (today+1).String()).status)
	require.Equal(t, "更正凭证", title())

	changes := r.changes("?kind=letter-template")
	require.Len(t, changes, 3)
	require.Equal(t, "publish", changes[0].Act)
	require.Equal(t, "c", changes[0].After["version"])
	require.Empty(t, r.broken())
	_, err = r.store.Pool().Exec(t.Context(), `UPDATE letter_edition SET source = 'x'`)
	require.Error(t, err, "published is published")
}

func TestLettersArePreviewed(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	r.admin()
	const path = "/v1/letter-templates/denial"
	a := r.post(path+"/preview", map[string]any{})
	require.Equal(t, 200, a.status)
	require.Equal(t, "text/html; charset=utf-8", a.header.Get("Content-Type"))
	require.Contains(t, a.header.Get("Content-Security-Policy"), "default-src 'none'")
	require.Contains(t, string(a.body), "𠮷祥㐱味餐饮店")
	var v gen.LetterTemplate
	r.do(req{method: "GET", path: path, as: "admin"}).into(t, &v)
	a = r.post(path+"/preview", map[string]any{"source": strings.Replace(v.Editions[0].Source, "heading: 理由", "heading: <b>缘由</b>", 1)})
	require.Contains(t, string(a.body), "&lt;b&gt;缘由")
	r.post(path+"/preview", map[string]any{"source": "letter: denial"}).problem(t, 422, "definition-refused")
	r.post(path+"/preview", map[string]any{"form": "pdf"}).problem(t, 409, "letter-not-drawn")
	require.Empty(t, r.changes("?kind=letter-template"), "a look changes nothing")
}
