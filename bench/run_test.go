package bench

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Over the turns of a round each way is in each place, and comes after each of the others.
func TestEachWayHasEachPlace(t *testing.T) {
	t.Parallel()
	group := []int{0, 2, 3}
	place, after := map[[2]int]bool{}, map[[2]int]bool{}
	for turn := range 6 {
		got := order(group, turn)
		require.ElementsMatch(t, group, got)
		for i, w := range got {
			place[[2]int{w, i}] = true
			if i > 0 {
				after[[2]int{got[i-1], w}] = true
			}
		}
	}
	require.Len(t, place, 9)
	require.Len(t, after, 6)
	require.Equal(t, []int{0, 2, 3}, group, "left as it was")
}

// What is counted ends with the first client that finds nothing to do, while others are still at work.
func TestTheWindowEndsWithTheFirstIdleClient(t *testing.T) {
	t.Parallel()
	const clients, jobs = 4, 20
	var done, counted atomic.Int64
	busy := make(chan struct{})
	err := parallel(clients, jobs, func(i int) error {
		if i == 0 {
			<-busy // the longest: all others are done by then
		}
		done.Add(1)
		return nil
	}, func() {
		counted.Store(done.Load())
		close(busy)
	})
	require.NoError(t, err)
	require.EqualValues(t, jobs, done.Load())
	require.Less(t, counted.Load(), int64(jobs))

	err = parallel(clients, jobs, func(i int) error {
		if i%7 == 6 {
			return errors.New("refused")
		}
		return nil
	}, func() {})
	require.EqualError(t, err, "refused")
}

// What is left to be done belongs to a way as if all cores had been at it meanwhile.
func TestWhatIsLeftIsCharged(t *testing.T) {
	t.Parallel()
	r := reading{steps: 10, took: time.Second, processor: used{own: time.Second}}
	r.owes(used{own: 300 * time.Millisecond, model: 100 * time.Millisecond})
	require.Equal(t, used{own: 1300 * time.Millisecond, model: 100 * time.Millisecond}, r.processor)
	require.Greater(t, r.took, time.Second)
	require.LessOrEqual(t, r.took, 1400*time.Millisecond)
}

// This process and what it does is seen, and calm comes once it does nothing.
func TestCalmWaitsForWork(t *testing.T) {
	if processorTime() == (used{}) {
		t.Fatal("processor time is read from /proc")
	}
	stop := make(chan struct{})
	worked := make(chan used)
	before := processorTime()
	go func() {
		for x := 0; ; x++ {
			select {
			case <-stop:
				worked <- processorTime().since(before)
				return
			default:
			}
		}
	}()
	timer := time.AfterFunc(600*time.Millisecond, func() { close(stop) })
	defer timer.Stop()
	left, err := calm(t.Context())
	require.NoError(t, err)
	used := <-worked
	require.Greater(t, used.own, 100*time.Millisecond)
	require.Greater(t, left.own, 100*time.Millisecond, "what it had to wait for is told")
}

// Turns side by side are compared with each other: what slows both does not count. Ways that had another number of
// turns are compared by their medians.
func TestRatioOfTurns(t *testing.T) {
	t.Parallel()
	floor := [][]float64{{400, 200, 100}, {300, 300, 300}, {50, 500, 500}}
	ours := [][]float64{{360, 180, 90}, {240, 240, 30}, {50, 500, 400}}
	got, within := ratio(ours, floor)
	require.InDelta(t, 0.9, got, 1e-9, "rounds of 0.9, 0.8 and 1")
	require.Greater(t, within, 0.0)
	require.Less(t, within, 0.1)

	got, _ = ratio(ours, [][]float64{{90}, {120}, {100}})
	require.InDelta(t, 2, got, 1e-9, "rounds of 2, 2 and 4")

	even := [][]float64{{200, 200, 200}, {200, 200, 200}}
	_, steady := ratio(even, [][]float64{{100, 100}, {100, 100}})
	_, shaky := ratio(even, [][]float64{{80, 120}, {90, 130}})
	require.Zero(t, steady)
	require.Greater(t, shaky, 0.0, "turns that were apart tell how sure it is, too")
}

func TestMedianAndQuantile(t *testing.T) {
	t.Parallel()
	require.Equal(t, 3.0, median([]float64{5, 1, 3, 2, 4}))
	require.Equal(t, 2.5, median([]float64{4, 1, 3, 2}), "of an even number neither the lower nor the upper")
	lat := []time.Duration{4, 1, 3, 2, 5, 6, 8, 7, 10, 9}
	require.EqualValues(t, 10, quantile(lat, 0.9))
	require.EqualValues(t, 6, quantile(lat, 0.5))
	require.Equal(t, []time.Duration{4, 1, 3, 2, 5, 6, 8, 7, 10, 9}, slices.Clone(lat), "left as it was")
}
