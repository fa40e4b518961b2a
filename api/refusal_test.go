package api_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"lianban/api/gen"
	"lianban/contract"
	"lianban/engine"
	"lianban/store"
)

// meddler lets something happen between a case's refusal and its recording.
type meddler struct {
	client.Client
	meddle atomic.Pointer[func()]
	sent   atomic.Int32
}

func (m *meddler) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	m.sent.Add(1)
	h, err := m.Client.UpdateWorkflow(ctx, o)
	if f := m.meddle.Swap(nil); f != nil {
		(*f)()
	}
	return h, err
}

// A claim is refused because the case is not accepted yet. Before that is recorded,
// the case asks for earlier intents and is given the claim: what the caller is told
// is what the case then does with it.
func TestARefusalHandedToTheCaseIsDecidedForGood(t *testing.T) {
	t.Parallel()
	for name, accepted := range map[string]bool{"it can be done by then": true, "it stays refused": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, rigOptions{})
			number, _ := r.file()
			through := &meddler{Client: r.temporal}
			r.temporal = through
			plain := r.url
			r.url, _ = r.serve(rigOptions{})
			claim := r.acting("one", number, "claim", "one", nil)
			claim.key = uuid.NewString()
			meddle := func() {
				c, err := r.store.CommandByKey(context.Background(), claim.key)
				if err != nil {
					t.Error(err)
				}
				asked, err := r.store.EarlierIntents(context.Background(), number, c.RecordedAt.Add(time.Microsecond))
				if err != nil || len(asked) != 1 || asked[0].Key != claim.key {
					t.Errorf("earlier intents: %v %v", asked, err)
				}
				if accepted {
					accept := r.acting("clerk", number, "accept", "receive", nil)
					accept.url = plain
					if a := r.do(accept); a.status != 200 {
						t.Errorf("accept: %d %s", a.status, a.body)
					}
				}
			}
			through.meddle.Store(&meddle)
			a := r.do(claim)
			require.GreaterOrEqual(t, through.sent.Load(), int32(2), "sent once more, to be settled")
			c, err := r.store.CommandByKey(t.Context(), claim.key)
			require.NoError(t, err)
			require.True(t, c.Handed)
			again := r.do(claim)
			require.Equal(t, a.status, again.status)
			var told gen.Command
			r.do(req{method: "GET", path: "/v1/commands/" + claim.key, as: "one"}).into(t, &told)
			if accepted {
				require.Equal(t, 200, a.status, string(a.body))
				require.Contains(t, r.effects(number)[claim.key], "TaskClaimed")
				require.Equal(t, gen.CommandStateDone, told.State)
				return
			}
			require.GreaterOrEqual(t, a.status, 400, string(a.body))
			require.Equal(t, store.CommandRejected, c.Status, "recorded before it was told")
			require.Equal(t, gen.CommandStateRefused, told.State)
			require.NotContains(t, r.effects(number), claim.key)

			// The case holds the refusal itself: given the same act later it does not do it.
			cmd, err := contract.DecodeCommand(c.Body, c.Key, c.RecordedAt)
			require.NoError(t, err)
			r.must("clerk", number, "accept", "receive", nil)
			var reply contract.ActReply
			handle, err := through.UpdateWorkflow(t.Context(), contract.UpdateOptions(number, cmd))
			if err == nil {
				err = handle.Get(t.Context(), &reply)
			}
			reply, fate, err := contract.ReadReply(reply, err)
			require.NoError(t, err)
			require.Equal(t, contract.Done, fate)
			require.NotNil(t, reply.Rejection)
			require.Equal(t, engine.Claim, c.Act)
		})
	}
}
