package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// Questions are asked one after the other: what is asked follows from the answers so far.
func TestQuestionsFollowTheAnswers(t *testing.T) {
	t.Parallel()
	src := strings.Replace(withBack(simple(""), ""), "  qa: {ask: 甲？, type: boolean}\n", `  qa: {ask: 甲？, type: boolean}
  big: {ask: 面积是否超过三百平方米, type: boolean}
  kind: {ask: 业态, type: choice, options: {hot: 热食, cold: 冷食}, when: big}
  hot: {type: boolean, is: kind == "hot"}
  fumes: {ask: 是否产生油烟, type: boolean, when: hot}
`, 1)
	s := tell(t, src)
	asked := func(answers map[string]any) (ids []string) {
		for _, q := range engine.Ask(s.rules, engine.Args{Answers: answers, Region: "210304"}, s.now) {
			if q.Now && q.ID != "qb" && q.ID != "qc" {
				ids = append(ids, q.ID)
			}
		}
		return ids
	}
	require.Equal(t, []string{"qa", "big"}, asked(nil))
	require.Equal(t, []string{"qa", "big"}, asked(map[string]any{"big": false, "kind": "hot"}))
	require.Equal(t, []string{"qa", "big", "kind"}, asked(map[string]any{"big": true}))
	require.Equal(t, []string{"qa", "big", "kind"}, asked(map[string]any{"big": true, "kind": "cold"}))
	require.Equal(t, []string{"qa", "big", "kind"}, asked(map[string]any{"big": true, "kind": "warm"}), "no such option")
	require.Equal(t, []string{"qa", "big", "kind", "fumes"}, asked(map[string]any{"big": true, "kind": "hot"}))
}

func TestTheDeskTakesFilingsIn(t *testing.T) {
	t.Parallel()
	party, role := engine.Desk(rulesOf(t, withBack(simple(""), "")))
	require.Equal(t, "hall.clerk", party+"."+role)
	party, role = engine.Desk(rulesOf(t, strings.Replace(withBack(simple(""), ""), "intake: receive, by: hall", "intake: receive, by: market", 1)))
	require.Equal(t, "market.handle", party+"."+role)
}
