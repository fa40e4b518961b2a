package workflows_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
	"lianban/standalone/devtest"
	"lianban/store"
)

// settle sends an act whose refusal must stand.
func (h *hall) settle(number string, cmd engine.Command) contract.ActReply {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second)
	defer cancel()
	var reply contract.ActReply
	handle, err := h.client.UpdateWorkflow(ctx, contract.SettleOptions(number, cmd))
	if err == nil {
		err = handle.Get(ctx, &reply)
	}
	reply, fate, err := contract.ReadReply(reply, err)
	require.NoError(h.t, err)
	require.Equal(h.t, contract.Done, fate)
	return reply
}

// Two acts are refused because the case is not accepted yet. Before the refusals
// are recorded the case is accepted and an expiry asks for earlier acts. The one
// whose refusal left no trace is done now, and its caller learns it; the one whose
// refusal was settled stays refused.
func TestARefusalIsWhatTheCaseDoes(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	number := h.file(true, 0)
	claim := func(id, step string) engine.Command {
		cmd, err := h.record(number, contracttest.Act(id+number, engine.Claim, contracttest.Officer(step), time.Time{}, step))
		require.NoError(t, err)
		return cmd
	}
	loose, settled := claim("loose-", "one"), claim("settled-", "two")
	reply, fate, err := h.send(t.Context(), number, loose)
	require.NoError(t, err)
	require.Equal(t, contract.Done, fate)
	require.NotNil(t, reply.Rejection)
	refused := h.settle(number, settled)
	require.NotNil(t, refused.Rejection)

	accept, err := h.record(number, contracttest.Act("accept-"+number, engine.Accept, contracttest.Clerk, time.Time{}, "receive"))
	require.NoError(t, err)
	done, _, err := h.send(t.Context(), number, accept)
	require.NoError(t, err)
	require.Nil(t, done.Rejection)
	h.advance(60*24*time.Hour, number)
	h.until("silence counts as agreement", func() bool { return h.view(number).State.Step("one").End == engine.EndDefaulted })

	n, err := h.store.AnswerCommands(t.Context(), []store.Answer{
		{Key: loose.ID, Status: store.CommandRejected, Reply: json.RawMessage(`{}`), At: h.clock.now()},
	})
	require.NoError(t, err)
	require.Zero(t, n, "the case has the act: this refusal is not what happened")
	reply = h.settle(number, loose)
	require.Nil(t, reply.Rejection, "it was done as an earlier intent")
	require.Equal(t, reply, h.settle(number, loose), "Temporal answers a repeated one")
	require.Equal(t, refused, h.settle(number, settled))
	again, _, err := h.send(t.Context(), number, settled)
	require.NoError(t, err)
	require.Equal(t, refused, again, "under either name it is one update")

	view := h.agree(number)
	claimed := map[string]string{}
	for _, task := range view.State.Tasks {
		claimed[task.Step] = task.Claimed
	}
	require.Equal(t, loose.By.ID, claimed["one"])
	require.NotEqual(t, settled.By.ID, claimed["two"])
}
