package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/letters"
)

const postedItem = "11210300MB0X12345A4000993001000"

// noticedByPost files a case whose applicant's time counts from the delivery of the
// notice, and sends the notice.
func (r *rig) noticedByPost() (number, code string) {
	r.t.Helper()
	r.publish("posted", func(s string) string {
		return strings.NewReplacer(itemCode, postedItem, "answer: {time: 20wd, late: lapse}", "answer: {time: 20wd, late: lapse, from: delivery}").Replace(s)
	})
	body := r.application()
	body["item"] = postedItem
	a := r.do(req{method: "POST", path: "/v1/cases", as: "clerk", body: body})
	require.Equal(r.t, 201, a.status, string(a.body))
	var s gen.Started
	a.into(r.t, &s)
	r.must("clerk", s.Number, "gap", "receive", map[string]any{"lines": []any{map[string]any{"of": "plan", "reason": "比例尺不符"}}})
	return s.Number, s.TrackCode
}

func (r *rig) answerClock(number string) *engine.Clock {
	r.t.Helper()
	a := r.do(req{path: "/v1/cases/" + number + "/clocks", as: "clerk"})
	require.Equal(r.t, 200, a.status, string(a.body))
	var list gen.GetClocks200JSONResponse
	a.into(r.t, &list)
	for i := range list.Clocks {
		if list.Clocks[i].Clock.ID == "answer" {
			return &list.Clocks[i].Clock
		}
	}
	return nil
}

// The applicant opens the letter in the product: that is its proof, and from then on
// his time runs, without anybody having entered anything.
func TestAnOpenedLetterStartsTheTimeThatWaitsForIt(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, code := r.noticedByPost()
	require.Nil(t, r.answerClock(number))
	o := r.office()
	var notice string
	r.eventually("the notice is a letter", func() bool {
		r.letters(o)
		list := r.letterList("clerk", number)
		i := slices.IndexFunc(list, func(l gen.Letter) bool { return l.Kind == letters.Correction && l.Status == gen.Ready })
		if i >= 0 {
			notice = list[i].Id
		}
		return i >= 0
	})
	require.Nil(t, r.answerClock(number), "made and sent is not delivered")
	page := r.do(req{method: "GET", path: "/v1/track/letters/" + notice + "/file", track: number + " " + code})
	require.Equal(t, 200, page.status)
	require.Contains(t, string(page.body), "自本告知书送达之日起20 个工作日内补正，送达日期以送达凭证为准", "the letter says what the time counts from")
	r.eventually("the case is told", func() bool { return r.answerClock(number) != nil })
	require.Equal(t, "delivery", r.answerClock(number).From)
	told := func() bool {
		waiting, err := r.store.Arrivals(t.Context(), 10)
		require.NoError(t, err)
		return len(waiting) == 0
	}
	r.eventually("nothing is left to tell", told)
	r.act("clerk", number, "deliver", "", map[string]any{"of": "correction", "way": "direct", "proof": "签收单"}).problem(t, 409, string(engine.NotOpen))
	require.Equal(t, 200, r.do(req{method: "PUT", path: "/v1/cases/" + number + "/letters/" + notice + "/proof", as: "clerk", key: "-", body: map[string]any{"proof": "本人签收"}}).status)
	r.eventually("a later proof needs nothing more", told)
}

func TestADeliveryIsRecordedByHand(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, _ := r.noticedByPost()
	r.act("one", number, "deliver", "", map[string]any{"way": "post", "proof": "EMS-1"}).problem(t, 403, string(engine.NotAllowed))
	r.act("clerk", number, "deliver", "", map[string]any{"way": "post"}).problem(t, 400, "bad-request")
	r.must("clerk", number, "deliver", "", map[string]any{"way": "post", "proof": "EMS-1"})
	require.NotNil(t, r.answerClock(number))
	var dossier gen.GetDossier200JSONResponse
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/dossier", as: "clerk"}).into(t, &dossier)
	i := slices.IndexFunc(dossier.Entries, func(e gen.DossierEntry) bool { return e.Kind == engine.DossierDelivery })
	require.Equal(t, "EMS-1", dossier.Entries[i].Delivery.Proof)
}
