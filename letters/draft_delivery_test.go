package letters_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/letters"
)

// The proof of delivery states when a document came: with its hand-out, or, when it was sent, as was proved later.
func TestTheProofOfDeliveryStatesTheDelivery(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.file()
	p.state.Outputs = append(p.state.Outputs, engine.OutputState{ID: "foodLicence", Step: "food", Name: "食品经营许可证", Number: "食许001"})
	made := func(body engine.Body) []letters.Draft {
		return letters.Drafts(p.rules, p.state, &engine.Event{Seq: 99, At: time.Date(2026, 3, 20, 2, 0, 0, 0, time.UTC), Body: body}, organs)
	}
	handed := func(way string) engine.HandedOut {
		return engine.HandedOut{Step: "handOut", Items: []string{"foodLicence"}, Way: way, Proof: "SF1"}
	}
	paper := []letters.Values{{"name": "食品经营许可证", "number": "食许001"}}

	got := made(handed("counter"))
	require.Len(t, got, 1)
	require.Equal(t, letters.Delivery, got[0].Kind)
	require.Equal(t, map[string]string{"way": "窗口领取", "proof": "SF1", "delivered": "2026年3月20日 10时00分"}, only(got[0].Data.Text, "way", "proof", "delivered"))
	require.Equal(t, paper, got[0].Data.Lists["items"])

	require.Empty(t, made(handed(engine.WayCourier)), "sent is not delivered")

	came := time.Date(2026, 3, 18, 7, 20, 0, 0, time.UTC)
	got = made(engine.DeliveryProved{Delivery: engine.DeliveryState{
		ID: "foodLicence", Result: true, Name: "食品经营许可证", To: "applicant", Step: "food", Org: "org-hall", Way: engine.WayPost, Proof: "SF1 签收", At: came,
	}})
	require.Len(t, got, 1)
	require.Equal(t, []string{letters.Delivery, letters.Applicant, "org-hall"}, []string{got[0].Kind, got[0].To, got[0].Organ})
	require.Equal(t, map[string]string{"way": "邮寄送达", "proof": "SF1 签收", "delivered": "2026年3月18日 15时20分"}, only(got[0].Data.Text, "way", "proof", "delivered"))
	require.Equal(t, paper, got[0].Data.Lists["items"])

	got = made(engine.DeliveryProved{Delivery: engine.DeliveryState{
		ID: "correction", Name: "补正告知书", To: "applicant", Org: "org-hall", Way: engine.WayPublic, Proof: "公告12号", At: came,
	}})
	require.Len(t, got, 1)
	require.Equal(t, []letters.Values{{"name": "补正告知书"}}, got[0].Data.Lists["items"])
	require.Equal(t, "公告送达", got[0].Data.Text["way"])
	require.Empty(t, got[0].Notice, "it carries out no notice whose delivery could be awaited")
}

func only(all map[string]string, keys ...string) map[string]string {
	out := map[string]string{}
	for _, k := range keys {
		out[k] = all[k]
	}
	return out
}
