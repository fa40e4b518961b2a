package workflows_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
	"lianban/standalone/devtest"
)

// The read model goes away and comes back. Acts that are on their way are
// answered all the same, and afterwards everything is written, once.
func TestReadModelGoesAway(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"stopped", "killed", "frozen"} {
		t.Run(how, func(t *testing.T) {
			env := devtest.New(t, devtest.Options{})
			h := open(t, env)
			number := h.file(true, 0)
			h.must(number, contracttest.Act("accept-"+number, engine.Accept, contracttest.Clerk, time.Time{}, "receive"))
			var acts []engine.Command
			for i := range 6 { // recorded while the database was there
				do := []engine.Act{engine.Claim, engine.Release}[i%2]
				cmd, err := h.record(number, contracttest.Act(fmt.Sprintf("%s-%d", number, i), do, contracttest.Officer("one"), time.Time{}, "one"))
				require.NoError(t, err)
				acts = append(acts, cmd)
			}
			stop, start := env.StopPostgres, env.StartPostgres
			switch how {
			case "killed":
				stop = env.KillPostgres
			case "frozen":
				stop, start = env.FreezePostgres, env.ThawPostgres
			}
			stop(t)
			var replies []contract.ActReply
			for _, cmd := range acts {
				ctx, cancel := context.WithTimeout(t.Context(), contract.AnswerTimeout)
				reply, fate, err := h.send(ctx, number, cmd)
				cancel()
				require.NoError(t, err)
				require.Equal(t, contract.Done, fate)
				require.Nil(t, reply.Rejection)
				replies = append(replies, reply)
			}
			start(t)
			last := replies[len(replies)-1]
			h.until("the read model catches up", func() bool {
				head, err := h.store.HeadOf(t.Context(), number)
				return err == nil && head.LastSeq == last.Seq
			})
			h.agree(number)
			h.must(number, contracttest.Act("after-"+number, engine.Claim, contracttest.Officer("two"), time.Time{}, "two"))
			h.agree(number)
		})
	}
}
