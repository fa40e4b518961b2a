package bench

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
)

// startCost compares starting a workflow with nothing and with a case's
// definition and calendar in its input: median latency over interleaved starts.
func (e *env) startCost(ctx context.Context, bundle []byte, n int) (without, with time.Duration, err error) {
	var lat [2][]time.Duration
	for i := range 2 * n {
		input := []byte{}
		if i%2 == 1 {
			input = bundle
		}
		began := time.Now()
		_, err := e.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: fmt.Sprintf("carried-%d", i), TaskQueue: "carried"}, "Carried", input)
		if err != nil {
			return 0, 0, err
		}
		lat[i%2] = append(lat[i%2], time.Since(began))
	}
	return median(lat[0]), median(lat[1]), nil
}
