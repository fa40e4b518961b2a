package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine/calendar"
)

// A letter in lieu that nobody asks the paper itself for runs out all the same: the applicant renews it on his own page.
func TestTheApplicantRenewsALetterInLieu(t *testing.T) {
	t.Parallel()
	const item = "11210300MB0X12345A4000994003000"
	r := newRig(t, rigOptions{})
	r.publish("letter", func(s string) string {
		return strings.NewReplacer(itemCode, item, "name: 平面图, from: [applicant],", "name: 平面图, from: [applicant], letter: {time: 20wd},").Replace(s)
	})
	body := r.application()
	day := calendar.DateOf(r.clock.Now()).AddDays(20)
	body["item"] = item
	body["papers"] = []any{
		map[string]any{"id": "request", "hash": r.paper("clerk", "申请书.pdf")},
		map[string]any{"id": "plan", "hash": r.paper("clerk", "函.pdf"), "letter": true, "until": day.String()},
	}
	a := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: body})
	require.Equal(t, http.StatusCreated, a.status, string(a.body))
	var s gen.Started
	a.into(t, &s)
	track := s.Number + " " + s.TrackCode
	asks := func() (list []gen.TrackAsk) {
		var view gen.TrackView
		r.do(req{method: "GET", path: "/v1/track", track: track}).into(t, &view)
		for _, x := range view.Asks {
			if x.Kind == gen.TrackAskKindLetter {
				list = append(list, x)
			}
		}
		return list
	}
	r.must("clerk", s.Number, "accept", "receive", nil)
	list := asks()
	require.Len(t, list, 1)
	require.Equal(t, []string{"plan", "平面图", "letter.plan"}, []string{list[0].Paper, list[0].Name, list[0].Task})
	require.Equal(t, day.End(), list[0].Due)

	fulfil := func(paper map[string]any) answer {
		paper["id"], paper["hash"] = "plan", r.paper("clerk", "新函.pdf")
		return r.do(req{method: "POST", path: "/v1/track/fulfil", track: track, body: map[string]any{"papers": []any{paper}}})
	}
	fulfil(map[string]any{}).problem(t, http.StatusConflict, "not-open") // of the paper itself nobody has asked
	next := day.AddDays(5)
	done := fulfil(map[string]any{"letter": true, "until": next.String()})
	require.Equal(t, http.StatusOK, done.status, string(done.body))
	require.Equal(t, next.End(), asks()[0].Due)
}
