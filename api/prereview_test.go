package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
)

const previewedItem = "11210300MB0X12345A4000992001000"

// What is filed online is in the lists before it is received, under a status of its
// own; with the receipt it is a case like any other.
func TestAFilingIsPreReviewed(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.publish("previewed", func(s string) string {
		return strings.NewReplacer(itemCode, previewedItem, "answer: {time: 20wd, late: lapse}", "preReview: 2wd\n    answer: {time: 20wd, late: lapse}").Replace(s)
	})
	body := r.application()
	body["item"], body["channel"] = previewedItem, "online"
	var s gen.Started
	a := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: body})
	require.Equal(t, 201, a.status, string(a.body))
	a.into(t, &s)
	track := s.Number + " " + s.TrackCode
	row := func() gen.CaseRow {
		var out gen.ListCases200JSONResponse
		r.do(req{method: "GET", path: "/v1/cases?q=" + s.Number, as: "clerk"}).into(t, &out)
		require.Len(t, out.Cases, 1)
		return out.Cases[0]
	}
	filed := row()
	require.EqualValues(t, engine.PreReview, filed.Status)
	r.act("clerk", s.Number, "accept", "receive", nil).problem(t, 409, string(engine.NotOpen))
	r.must("clerk", s.Number, "gap", "", map[string]any{"lines": []any{map[string]any{"of": "plan", "reason": "不清晰"}}})
	var seen gen.Track200JSONResponse
	r.do(req{method: "GET", path: "/v1/track", track: track}).into(t, &seen)
	require.EqualValues(t, engine.PreReview, seen.Status)
	require.EqualValues(t, engine.NoticePreReview, seen.Notices[0].Kind)
	answered := r.do(req{method: "POST", path: "/v1/track/answer", track: track, body: map[string]any{"statements": []any{map[string]any{"of": "plan", "text": "已重新扫描"}}}})
	require.Equal(t, 200, answered.status, string(answered.body))
	_, err := r.clock.Advance(t.Context(), r.clock.Now().Add(24*time.Hour))
	require.NoError(t, err)
	r.must("clerk", s.Number, "clear", "", nil)
	received := row()
	require.EqualValues(t, engine.Received, received.Status)
	require.True(t, received.ReceivedAt.After(filed.ReceivedAt.Add(23*time.Hour)), "received when it was received")
	r.finish(s.Number)
}
