package cli

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func (h *hall) cli(t *testing.T, home string, args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	env := map[string]string{"LIANBAN_LANG": "en", "LIANBAN_SERVER": h.URL, "LIANBAN_DATA": home, "LIANBAN_AS": "lin.hall"}
	a := New(args, strings.NewReader(""), &out, &errOut, func(k string) string { return env[k] })
	code := a.Run(t.Context())
	return result{out.String(), errOut.String(), code}
}

func TestReportsOnTheCommandLine(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	const figures = `"figures":[{"id":"concluded","kind":"count","zh":"办结","en":"concluded"},{"id":"onLaw","kind":"share","zh":"法定","en":"within the statutory limit"},
		{"id":"days","kind":"average","zh":"日","en":"working days"}]`
	var asked []string
	h.on("GET /v1/clock", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, `{"now":"2026-01-31T16:30:00Z"}`) })
	h.on("GET /v1/reports", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		asked = append(asked, q.Get("from")+" "+q.Get("until")+" "+q.Get("by")+" "+q.Get("org"))
		switch q.Get("by") {
		case "":
			send(w, 200, `{"from":"2026-02-01","until":"2026-02-28",`+figures+`,"rows":[{"values":[{"figure":"concluded","count":3,"value":3},
				{"figure":"onLaw","count":2,"base":3,"value":66.66666},{"figure":"days","count":0}]}]}`)
		default:
			send(w, 200, `{"from":"2026-02-01","until":"2026-02-28","by":"org",`+figures+`,"rows":[{"key":"fire","name":"消防,大队","values":[{"figure":"concluded","count":3,"value":3},
				{"figure":"onLaw","count":2,"base":3,"value":66.66666},{"figure":"days","count":3,"base":3,"value":4.5}]}]}`)
		}
	})
	h.on("GET /v1/reports/onLaw", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") == "" {
			send(w, 200, `{"figure":{"id":"onLaw","kind":"share","zh":"法定","en":"x"},"lines":[{"number":"N1","item":"I1","org":"fire","orgName":"消防","at":"2026-02-10T00:00:00Z","counts":true}],"next":"c2"}`)
			return
		}
		send(w, 200, `{"figure":{"id":"onLaw","kind":"share","zh":"法定","en":"x"},"lines":[{"number":"N2","item":"I1","org":"fire","at":"2026-02-11T00:00:00Z","counts":false}]}`)
	})

	r := h.cli(t, home, "report")
	require.Equal(t, OK, r.code, r.err)
	require.Equal(t, []string{"2026-02-01 2026-02-28  "}, asked, "the month of business time, which is February at home")
	require.Contains(t, r.out, "2026-02-01 to 2026-02-28")
	require.Regexp(t, `concluded +concluded +3\b`, r.out)
	require.Regexp(t, `within the statutory limit +onLaw +66\.7% +3\b`, r.out)
	require.Regexp(t, `working days +days +- `, r.out)

	r = h.cli(t, home, "report", "--month", "2024-02", "--by", "org", "--org", "fire", "--csv")
	require.Equal(t, OK, r.code, r.err)
	require.Equal(t, "2024-02-01 2024-02-29 org fire", asked[1])
	require.Equal(t, "\ufeffkey,name,concluded,within the statutory limit,working days\nfire,\"消防,大队\",3,66.67,4.50\n", r.out)
	r = h.cli(t, home, "report", "--from", "2026-02-03", "--until", "2026-02-04", "--by", "org")
	require.Equal(t, OK, r.code, r.err)
	require.Equal(t, "2026-02-03 2026-02-04 org ", asked[2])
	require.Regexp(t, `消防,大队 +3 +66\.7% +4\.5`, r.out)

	r = h.cli(t, home, "report", "lines", "onLaw", "--month", "2026-02", "--all")
	require.Equal(t, OK, r.code, r.err)
	require.Regexp(t, `N1 +I1 +消防 +2026-02-10 08:00 +yes`, r.out)
	require.Regexp(t, `N2 +I1 +fire +2026-02-11 08:00 +no`, r.out)

	for _, bad := range [][]string{{"--month", "2026-13"}, {"--month", "2026-02", "--from", "2026-02-01"}, {"--from", "2026-02-01"}, {"--from", "1.2.", "--until", "2026-02-01"}} {
		require.Equal(t, Usage, h.cli(t, home, append([]string{"report"}, bad...)...).code, "%v", bad)
	}
}
