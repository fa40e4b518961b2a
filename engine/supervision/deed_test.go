package supervision_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine/supervision"
)

func TestTheLifeOfACard(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
	card := supervision.Card{Rule: "T2", Level: supervision.Yellow, Org: "fire", Person: "p1", At: now, Explain: now.AddDate(0, 0, 3)}
	handler := supervision.Person{Account: "p1", Org: "fire", Roles: []string{"handle"}}
	colleague := supervision.Person{Account: "p2", Org: "fire", Roles: []string{"handle"}}
	head := supervision.Person{Account: "p3", Org: "fire", Roles: []string{"organ-head"}}
	other := supervision.Person{Account: "p4", Org: "eco", Roles: []string{"organ-head"}}
	watch := supervision.Person{Account: "s1", Org: "watch", Roles: []string{"supervisor"}, Supervises: []string{"fire", "eco"}}
	second := supervision.Person{Account: "s2", Org: "watch", Roles: []string{"supervisor"}, Supervises: []string{"fire"}}
	far := supervision.Person{Account: "s3", Org: "far", Roles: []string{"supervisor"}, Supervises: []string{"far"}}
	own := supervision.Person{Account: "p1", Org: "watch", Roles: []string{"supervisor"}, Supervises: []string{"fire"}}
	confirmed := []supervision.Act{{Do: supervision.Confirm, Account: "s1", Until: now.AddDate(0, 0, 10)}}
	later := now.AddDate(0, 0, 3)
	for name, c := range map[string]struct {
		status supervision.Status
		acts   []supervision.Act
		do     supervision.Deed
		who    supervision.Person
		at     time.Time
		want   supervision.Status
		code   supervision.Code
	}{
		"explained by the person named":      {supervision.Raised, nil, supervision.Explain, handler, now, supervision.Explained, ""},
		"explained once more":                {supervision.Explained, nil, supervision.Explain, handler, now, supervision.Explained, ""},
		"explained by the head":              {supervision.Raised, nil, supervision.Explain, head, now, supervision.Explained, ""},
		"a colleague may not":                {supervision.Raised, nil, supervision.Explain, colleague, now, "", supervision.CardNotYours},
		"another organisation may not":       {supervision.Raised, nil, supervision.Explain, other, now, "", supervision.CardNotYours},
		"too late to explain":                {supervision.Confirmed, confirmed, supervision.Explain, handler, now, "", supervision.CardState},
		"confirmed":                          {supervision.Explained, nil, supervision.Confirm, watch, now, supervision.Confirmed, ""},
		"not before it is explained":         {supervision.Raised, nil, supervision.Confirm, watch, now, "", supervision.CardEarly},
		"but once the time is over":          {supervision.Raised, nil, supervision.Confirm, watch, later, supervision.Confirmed, ""},
		"a head is no supervisor":            {supervision.Explained, nil, supervision.Confirm, head, now, "", supervision.CardNotYours},
		"nor one of elsewhere":               {supervision.Explained, nil, supervision.Confirm, far, now, "", supervision.CardNotYours},
		"nobody judges himself":              {supervision.Explained, nil, supervision.Confirm, own, now, "", supervision.CardSelf},
		"confirmed twice":                    {supervision.Confirmed, confirmed, supervision.Confirm, second, now, "", supervision.CardState},
		"lifted at once":                     {supervision.Raised, nil, supervision.Lift, watch, now, supervision.Lifted, ""},
		"lifted after all":                   {supervision.Confirmed, confirmed, supervision.Lift, watch, now, supervision.Lifted, ""},
		"lifted is lifted":                   {supervision.Lifted, nil, supervision.Confirm, watch, later, "", supervision.CardState},
		"appealed":                           {supervision.Confirmed, confirmed, supervision.Appeal, handler, later, supervision.Appealed, ""},
		"appealed too late":                  {supervision.Confirmed, confirmed, supervision.Appeal, handler, now.AddDate(0, 0, 10), "", supervision.CardLate},
		"appealed against nothing":           {supervision.Explained, nil, supervision.Appeal, handler, now, "", supervision.CardState},
		"upheld by another supervisor":       {supervision.Appealed, confirmed, supervision.Uphold, second, later, supervision.Upheld, ""},
		"overturned by another supervisor":   {supervision.Appealed, confirmed, supervision.Overturn, second, later, supervision.Lifted, ""},
		"not by the one who confirmed":       {supervision.Appealed, confirmed, supervision.Uphold, watch, later, "", supervision.CardSelf},
		"an appeal is not lifted on the way": {supervision.Appealed, confirmed, supervision.Lift, watch, later, "", supervision.CardState},
		"upheld is the end":                  {supervision.Upheld, confirmed, supervision.Appeal, handler, later, "", supervision.CardState},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, refusal := supervision.Judge(&card, c.status, false, c.acts, c.do, c.who, "理由", c.at)
			if c.code != "" {
				require.NotNil(t, refusal)
				require.Equal(t, c.code, refusal.Code)
				require.NotEmpty(t, refusal.Zh)
				require.NotEmpty(t, refusal.En)
				return
			}
			require.Nil(t, refusal)
			require.Equal(t, c.want, got)
		})
	}
	_, refusal := supervision.Judge(&card, supervision.Raised, true, nil, supervision.Explain, handler, "理由", now)
	require.Equal(t, supervision.CardState, refusal.Code, "gone")
	_, refusal = supervision.Judge(&card, supervision.Raised, false, nil, supervision.Explain, handler, " ", now)
	require.Equal(t, supervision.CardNoReason, refusal.Code)
	mark := card
	mark.Level = supervision.Mark
	_, refusal = supervision.Judge(&mark, supervision.Raised, false, nil, supervision.Lift, watch, "理由", now)
	require.Equal(t, supervision.CardState, refusal.Code)
}

func TestCardsByHand(t *testing.T) {
	t.Parallel()
	r := load(t)
	now := time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
	watch := supervision.Person{Account: "s1", Org: "watch", Roles: []string{"supervisor"}, Supervises: []string{"fire"}}
	c, refusal := r.ByHand("S2", "fire", now.AddDate(0, 0, 3), now, watch, "12345 转办")
	require.Nil(t, refusal)
	require.Equal(t, []any{"S2", supervision.Yellow, "fire", "service", "2026.5"}, []any{c.Rule, c.Level, c.Org, c.Class, c.Rules})
	for _, x := range []struct {
		rule, org, reason string
		code              supervision.Code
	}{{"T2", "fire", "理由", supervision.CardNotByHand}, {"S2", "eco", "理由", supervision.CardNotYours}, {"S2", "fire", "", supervision.CardNoReason}} {
		_, refusal = r.ByHand(x.rule, x.org, now, now, watch, x.reason)
		require.NotNil(t, refusal)
		require.Equal(t, x.code, refusal.Code)
	}
}

func TestWhatMayBeDoneWithACard(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
	card := supervision.Card{Rule: "T2", Level: supervision.Yellow, Org: "fire", Person: "p1", At: now, Explain: now.AddDate(0, 0, 3)}
	watch := supervision.Person{Account: "s1", Org: "watch", Roles: []string{"supervisor"}, Supervises: []string{"fire"}}
	got := map[supervision.Deed]supervision.Code{}
	for _, o := range supervision.Options(&card, supervision.Raised, false, nil, watch, now) {
		got[o.Do] = ""
		if o.Refusal != nil {
			got[o.Do] = o.Refusal.Code
		}
	}
	require.Equal(t, map[supervision.Deed]supervision.Code{
		supervision.Explain: supervision.CardNotYours, supervision.Confirm: supervision.CardEarly, supervision.Lift: "",
		supervision.Appeal: supervision.CardNotYours, supervision.Uphold: supervision.CardState, supervision.Overturn: supervision.CardState,
	}, got, "each deed is judged, none is done")
}
