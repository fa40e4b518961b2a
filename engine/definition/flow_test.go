package definition

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFlowOfTheRestaurant(t *testing.T) {
	t.Parallel()
	def, found := catalogue(t).Resolve("restaurant", "", "210304")
	require.Empty(t, found)
	out, err := json.MarshalIndent(NewFlow(def), "", "  ")
	require.NoError(t, err)
	golden(t, "restaurant.flow.json", append(out, '\n'))
}

func edges(f *Flow) (out []string) {
	for _, e := range f.Edges {
		out = append(out, e.From+" "+string(e.Kind)+" "+e.To)
	}
	return out
}

func decideStep(id string, gives ...Output) *Step {
	return &Step{Kind: KindDecide, ID: id, By: "market", Decide: &Decide{Gives: gives}}
}

// Whatever is drawn hangs together: every edge runs between points, every point
// but the start is entered and every point but the end is left.
func connected(t *testing.T, f *Flow) {
	t.Helper()
	points := map[string]bool{}
	seen := map[string]bool{}
	for _, n := range f.Nodes {
		require.False(t, seen[n.ID], n.ID)
		seen[n.ID] = true
		require.True(t, n.Parent == "" || seen[n.Parent], "%s stands in %s, which was not drawn before", n.ID, n.Parent)
		if n.Role != FlowRoleGroup {
			points[n.ID] = true
		}
	}
	into, outOf := map[string]bool{}, map[string]bool{}
	for _, e := range f.Edges {
		require.True(t, points[e.From] && points[e.To], "%v", e)
		if e.Kind == FlowThen {
			into[e.To], outOf[e.From] = true, true
		}
	}
	for id := range points {
		require.Equal(t, id != FlowStart, into[id], "into %s", id)
		require.Equal(t, id != FlowEnd, outOf[id], "out of %s", id)
	}
}

func TestFlowDrawsBlocksWithOneWayInAndOut(t *testing.T) {
	t.Parallel()
	def := &Definition{Item: Item{Code: "x"}, Process: []*Step{
		{Kind: KindParallel, ID: "block", Parallel: &Parallel{Objection: "lead", Branches: []*Step{
			decideStep("a", Output{ID: "paper", Name: "甲证"}),
			{Kind: KindSequence, ID: "line", After: []string{"paper"}, Sequence: &Sequence{Steps: []*Step{decideStep("b"), decideStep("c")}}},
			{Kind: KindSequence, ID: "nothing", Sequence: &Sequence{}},
		}}},
		{Kind: KindDecide, ID: "end", Needs: []Need{{ID: "a"}, {ID: "somePaper"}}, Decide: &Decide{Back: []string{"block", "line"}}},
	}}
	f := NewFlow(def)
	connected(t, f)
	require.Equal(t, []string{
		"block:fork then a", "a then block:join", "b then c", "block:fork then b", "c then block:join", "block:join then end",
		":start then block:fork", "end then :end",
		"a after b", "a needs end", "end back block:fork", "end back b",
	}, edges(f))
	require.Equal(t, "甲证", f.Edges[8].Of)
	require.Equal(t, "决定", f.Nodes[3].Name.ZH)
	require.Equal(t, "decision", f.Nodes[3].Name.EN)

	f.Insert(FlowNode{ID: "added1", Kind: KindReview, Name: text("追加", "added")}, "block")
	connected(t, f)
	before := len(f.Nodes)
	f.Insert(FlowNode{ID: "added2", Kind: KindReview}, "line")
	require.Len(t, f.Nodes, before, "only parallel blocks take added opinions")
}

// A text somebody is writing is drawn as far as it makes sense.
func TestFlowOfAnUnfinishedText(t *testing.T) {
	t.Parallel()
	f := NewFlow(&Definition{})
	connected(t, f)
	require.Equal(t, []string{":start then :end"}, edges(f))
	f = NewFlow(&Definition{Process: []*Step{
		{Kind: KindInclude, Include: &Include{Fragment: "elsewhere"}},
		decideStep("a"), decideStep("a"), {Kind: KindReview},
		{Kind: KindParallel, ID: "empty", Parallel: &Parallel{}},
		{Kind: KindDecide, ID: "b", After: []string{"nobody"}, Needs: []Need{{ID: "nothing"}}, Decide: &Decide{Back: []string{"nowhere", "a", "a"}}},
	}})
	connected(t, f)
	require.Equal(t, []string{
		"empty:fork then empty:join", "a then empty:fork", "empty:join then b", ":start then a", "b then :end", "b back a",
	}, edges(f))
}
