package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine/calendar"
	"lianban/store"
)

func TestSpelling(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"开办餐饮店": "kai ban can/sun yin dian", "KTV 变更（歌舞娱乐）": "ktv bian geng ge wu yu le/yue", "旅馆": "lv guan", "5G基站": "5g ji zhan", "": "", "（）": "",
	} {
		require.Equal(t, want, store.Spelling(name), name)
	}
}

func TestItemsAreFoundByPinyin(t *testing.T) {
	t.Parallel()
	s := open(t)
	put := func(item, version, code, name string, from calendar.Date) {
		t.Helper()
		d := store.DefinitionVersion{Item: item, Version: version, Code: code, Name: name, EffectiveOn: from, Hash: item + version, PublishedBy: "a", PublishedAt: morning}
		require.NoError(t, s.PublishDefinition(t.Context(), d))
	}
	day := calendar.NewDate(2026, 1, 1)
	put("restaurant", "1", "C-100", "开办餐饮店", day)
	put("restaurant", "2", "C-100", "餐饮店开业一件事", calendar.NewDate(2026, 6, 1))
	put("hotel", "1", "C-200", "开办旅馆", day)
	put("ktv", "1", "C-300", "KTV 单位变更", day)
	put("percent", "1", "D_1", "100% 外资", day)
	for text, want := range map[string][]string{
		"kbcyd": {"restaurant"}, "kaiban": {"hotel", "restaurant"}, "KaiBan": {"hotel", "restaurant"}, "kai ban": {"hotel", "restaurant"}, "kb": {"hotel", "restaurant"},
		"kaibancanyindian": {"restaurant"}, "canyin": {"restaurant"}, "cyd": {"restaurant"}, "kbcan": {"restaurant"}, "kaibcanyd": {"restaurant"}, "kaic": nil,
		"lvguan": {"hotel"}, "lüguan": {"hotel"}, "lg": {"hotel"},
		"aiban": nil, "an": nil, "kcyd": nil, "kaidian": nil, "kaibans": {"restaurant"}, // 餐 is read sun, too
		"ktv": {"ktv"}, "ktvdw": {"ktv"}, "danwei": {"ktv"}, "shanwei": {"ktv"}, "tv": {"ktv"}, "danshan": nil,
		"餐饮": {"restaurant"}, "开业": {"restaurant"}, "开办": {"hotel", "restaurant"}, "C-2": {"hotel"}, "c-": {"hotel", "ktv", "restaurant"}, "rest": {"restaurant"},
		"%": {"percent"}, "_": nil, ".*": nil, "k.": nil, "(": nil, "没有": nil,
	} {
		list, err := s.FindDefinitions(t.Context(), text)
		require.NoError(t, err, text)
		var found []string
		for _, d := range list {
			if len(found) == 0 || found[len(found)-1] != d.Item {
				found = append(found, d.Item)
			}
		}
		require.Equal(t, want, found, text)
	}
	list, err := s.FindDefinitions(t.Context(), "kbcyd")
	require.NoError(t, err)
	require.Len(t, list, 2, "with every version, whichever has the name")
	require.Equal(t, "2", list[0].Version)
}
