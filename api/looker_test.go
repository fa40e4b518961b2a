package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
)

// The inbox counts the lights of all its filters choose, and lists them in the order asked for.
func TestInboxCountsAndOrders(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	first, _ := r.file()
	second, _ := r.file()
	for _, number := range []string{first, second} {
		r.must("clerk", number, "accept", "receive", nil)
	}
	list := func(query string) gen.TaskPage {
		var page gen.TaskPage
		r.do(req{method: "GET", path: "/v1/tasks?" + query, as: "one"}).into(t, &page)
		return page
	}
	all := list("")
	require.NotEmpty(t, all.Tasks)
	n := all.Counts
	require.EqualValues(t, len(all.Tasks), n.Green+n.Yellow+n.Red+n.Grey)
	require.Equal(t, n, list("light=red").Counts, "the light chosen does not narrow the counts")
	require.False(t, all.Tasks[0].ReceivedAt.IsZero())
	for _, order := range []string{"due", "received", "newest", "number"} {
		var walked []gen.Task
		page := list("limit=1&sort=" + order)
		for walked = page.Tasks; page.Next != ""; walked = append(walked, page.Tasks...) {
			page = list("limit=1&sort=" + order + "&cursor=" + page.Next)
			require.Nil(t, page.Counts, "counted once")
		}
		require.Len(t, walked, len(all.Tasks), order)
	}
	require.Equal(t, second, list("sort=newest").Tasks[0].Number)
	require.Equal(t, first, list("sort=received").Tasks[0].Number)
	for _, x := range list("q=" + first[len(first)-10:]).Tasks {
		require.Equal(t, first, x.Number)
	}
	require.NotNil(t, list("q=nobody").Counts, "none is a count, too")
	require.Equal(t, 400, r.do(req{method: "GET", path: "/v1/tasks?sort=colour", as: "one"}).status)
	r.do(req{method: "GET", path: "/v1/tasks?sort=newest&cursor=" + list("limit=1&sort=due").Next, as: "one"}).problem(t, 400, "bad-cursor")
}

// Two who have one task before them hear of each other, until one leaves; who may not see the case hears nothing.
func TestLookersHearOfEachOther(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	r.hire("mate", "org-dept", "handle")
	number, _ := r.file()
	r.must("clerk", number, "accept", "receive", nil)
	var page gen.TaskPage
	r.do(req{method: "GET", path: "/v1/tasks?number=" + number, as: "one"}).into(t, &page)
	path := "/v1/cases/" + number + "/tasks/" + page.Tasks[0].Id + "/lookers"
	others := func(as string) []string {
		var out gen.Lookers
		r.do(req{method: "PUT", path: path, as: as}).into(t, &out)
		return out.Names
	}
	require.Empty(t, others("one"))
	require.Len(t, others("mate"), 1)
	require.Equal(t, []string{"某mate"}, others("one"))
	require.Equal(t, 204, r.do(req{method: "DELETE", path: path, as: "mate"}).status)
	require.Empty(t, others("one"))
	r.do(req{method: "PUT", path: "/v1/cases/" + number + "/tasks/none/lookers", as: "one"}).problem(t, 404, "no-route")
	r.do(req{method: "PUT", path: "/v1/cases/441900-20990101-00000001/tasks/x/lookers", as: "one"}).problem(t, 404, "no-such-case")
}
