package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine/definition"
)

// A Chinese refusal quotes what the definition calls things, with the id behind;
// what the definition does not know is quoted as it came.
func TestRefusalsUseTheDefinitionsNames(t *testing.T) {
	t.Parallel()
	def := &definition.Definition{
		Item:       definition.Item{Code: "X", Version: "1", Lead: "market"},
		Parties:    []definition.Party{{ID: "market", Name: "市场监管部门", Kind: "department"}},
		Conditions: []definition.Condition{{ID: "fit", Text: "人员健康"}},
		Materials:  []definition.Material{{ID: "lease", Name: "场所使用证明"}},
		Process: []*definition.Step{{Kind: definition.KindDecide, ID: "food", Name: "食品经营许可", By: "market", Decide: &definition.Decide{
			Gives: []definition.Output{{ID: "permit", Name: "许可证"}},
		}}},
	}
	plan, err := definition.Compile(def)
	require.NoError(t, err)
	r := &Rules{Plan: plan}
	for in, want := range map[string]string{
		"环节“food”未办":       "环节“食品经营许可（food）”未办",
		"“lease”和“permit”": "“场所使用证明（lease）”和“许可证（permit）”",
		"“fit”由“market”审查": "“人员健康（fit）”由“市场监管部门（market）”审查",
		"没有“nosuch”":       "没有“nosuch”",
		"没有引号":             "没有引号",
		"缺右引号“food":        "缺右引号“food",
	} {
		require.Equal(t, want, r.inWords(nil, reject(NotOpen, in, "x")).Zh)
	}
	require.Nil(t, r.inWords(nil, nil))
}
