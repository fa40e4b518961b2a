package definition

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine/calendar"
)

func TestScenariosAreRead(t *testing.T) {
	t.Parallel()
	f, found := ParseFile("restaurant.test.yaml", readSamples(t)["restaurant.test.yaml"])
	require.Empty(t, found)
	s := f.Tests
	require.Equal(t, "restaurant", s.Tests)
	require.Equal(t, "210304", s.Region)
	require.Len(t, s.People, 8)
	require.Equal(t, "林", s.People[0].Name)
	require.Equal(t, "hall", s.People[0].Party)
	require.Equal(t, "clerk", s.People[0].Role)
	require.Len(t, s.Cases, 2)
	first := s.Cases[0]
	require.Equal(t, time.Date(2026, 2, 12, 10, 0, 0, 0, calendar.Zone), first.File.At)
	require.Equal(t, []any{"hot"}, first.File.Answers["kinds"])
	require.Equal(t, 120.0, first.File.Answers["area"])
	require.Equal(t, map[string]any{"name": "某某餐饮店"}, first.File.Form["applicant"])
	require.Equal(t, []string{"lease", "layoutPlan"}, first.File.Without)
	require.Nil(t, first.Then[0].Data)
	require.Equal(t, []string{"receive"}, first.Then[0].Expect.Open)
	require.Equal(t, map[string]string{"receive": "2026-02-26", "collect": "2026-02-14"}, first.Then[0].Expect.Due)
	gap := first.Then[1]
	require.Equal(t, "gap", gap.Do)
	require.Equal(t, "周", gap.By)
	require.Equal(t, "receive", gap.Step)
	require.Equal(t, map[string]any{"lines": map[string]any{"layoutPlan": "未提交"}}, gap.Data)
	require.Equal(t, Position{File: "restaurant.test.yaml", Line: 15, Column: 9}, gap.Position)
	require.Nil(t, gap.Expect)
	require.Equal(t, []ExpectedNotice{{Kind: "补正告知书", Lines: []string{"layoutPlan", "lease"}}}, first.Then[5].Expect.Notices)
	require.Nil(t, first.Then[5].Expect.Open, "what is not written is not compared")
	refused := first.Then[9]
	require.Equal(t, "not-allowed", refused.Refused)
	record := first.Then[18]
	require.Equal(t, []any{"周", "吴"}, record.Data["inspectors"])
	require.Equal(t, []any{}, record.Data["points"])
	require.Equal(t, []string{"deemed"}, s.Cases[1].Then[1].Expect.Flags)
}

func TestScenariosOfSourcesPostsAndCards(t *testing.T) {
	t.Parallel()
	src := string(readSamples(t)["restaurant.test.yaml"])
	src = strings.Replace(src, "papers: {without", `sources: {e-licence: {licence: none, permit: {grade: A, until: "2027-01-01"}}, "data:credit": {barred: {value: true}}}`+"\n      papers: {without", 1)
	src = strings.Replace(src, `{at: "2026-02-26T23:59", expect: {`, `{at: "2026-02-26T23:59", vacant: [market.approve, fire.check], filled: [fire.handle], expect: {cards: [T1], `, 1)
	f, found := ParseFile("restaurant.test.yaml", []byte(src))
	require.Empty(t, found)
	answers := f.Tests.Cases[0].File.Sources
	for i := range answers {
		require.NotZero(t, answers[i].Position)
		answers[i].Position = Position{}
	}
	require.Equal(t, []SourceAnswer{
		{Source: "e-licence", Of: "licence", Result: "none"},
		{Source: "e-licence", Of: "permit", Result: "found", Grade: "A", Until: "2027-01-01"},
		{Source: "data:credit", Of: "barred", Result: "found", Value: true},
	}, answers)
	for _, c := range f.Tests.Cases {
		for _, then := range c.Then {
			if len(then.Vacant) == 0 {
				continue
			}
			require.Equal(t, "fire", then.Vacant[1].Party)
			require.Equal(t, "check", then.Vacant[1].Role)
			require.Equal(t, "handle", then.Filled[0].Role)
			require.Equal(t, []string{"T1"}, then.Expect.Cards)
			return
		}
	}
	t.Fatal("the step with vacant posts was not read")
}

func TestScenarioMistakes(t *testing.T) {
	t.Parallel()
	src := string(readSamples(t)["restaurant.test.yaml"])
	for _, c := range []struct{ old, new, want string }{
		{"do: clear", "do: clera", "did you mean clear?"},
		{"by: 周, do: gap", "by: 王, do: gap", `"王" is not among people`},
		{"周: market.handle", "周: market.handler", "did you mean handle?"},
		{"周: market.handle", "周: market", "PARTY.ROLE is needed here"},
		{`at: "2026-02-13T09:00"`, `at: "2026-02-13 09:00"`, "is not a date and time"},
		{`at: "2026-02-13T09:00"`, `at: "2026-01-13T09:00"`, "before that of the step above"},
		{"expect: {open: [receive]", "expect: {opens: [receive]", "did you mean open?"},
		{"by: 罗, do: clear, step: receive", "do: clear, step: receive", "the key by is missing"},
		{`region: "210304"`, `region: "21"`, "is not the code of a region"},
		{`{at: "2026-02-26T23:59", expect`, `{at: "2026-02-26T23:59", refused: x, expect`, "refused goes with do only"},
		{"accepted: \"2026-02-12\"", "accepted: \"2026-02-31\"", "is not a date"},
		{"papers: {without", "refused: not-allowed\n      papers: {without", "a filing that is refused has no then"},
		{"papers: {without", "agent: 代办人\n      papers: {without", "a map is needed here"},
		{"papers: {without", "refuse: x\n      papers: {without", "did you mean refused?"},
		{"papers: {without", "sources: {e-licence: none}\n      papers: {without", "papers or questions with the answer to each"},
		{"papers: {without", "sources: {e-licence: {lease: nothing}}\n      papers: {without", "nothing"},
		{"papers: {without", "sources: {e-licence: {lease: {grade: E}}}\n      papers: {without", "E"},
		{"papers: {without", "sources: {e-licence: {lease: {vale: 1}}}\n      papers: {without", "did you mean value?"},
		{`{at: "2026-02-26T23:59", expect`, `{at: "2026-02-26T23:59", vacant: [market], expect`, "PARTY.ROLE is needed here"},
		{`{at: "2026-02-26T23:59", expect`, `{at: "2026-02-26T23:59", vacent: [market.approve], expect`, "did you mean vacant?"},
	} {
		require.Contains(t, src, c.old)
		_, found := ParseFile("t.yaml", []byte(strings.Replace(src, c.old, c.new, 1)))
		require.Contains(t, found.Render("en"), c.want, c.new)
	}
}
