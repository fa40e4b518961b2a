package contract

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"lianban/engine"
)

// Start starts a case's workflow on a queue ([TaskQueue] when empty). A case that was started before counts as
// started, also when it has ended.
func Start(ctx context.Context, c client.Client, queue string, in StartInput, bundle []byte) error {
	_, err := c.ExecuteWorkflow(ctx, StartOptions(queue, in.Number), CaseWorkflow, in, bundle)
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &already) {
		return nil
	}
	return err
}

// Reopen takes an ended case up again: a new run under the same number, for the act
// in its input, which the engine takes of a closed case. A run that somebody else has
// begun meanwhile is used as it is. More than one caller may reopen a case: a run
// whose Carry the log has left behind ends without having decided anything.
func Reopen(ctx context.Context, c client.Client, queue string, in StartInput, bundle []byte) error {
	options := StartOptions(queue, in.Number)
	options.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	_, err := c.ExecuteWorkflow(ctx, options, CaseWorkflow, in, bundle)
	return err
}

// EncodeStart packs both arguments of a start into the bytes a start intent
// keeps, so that a sweeper can start the case with the very same ones: the
// length of the input as eight bytes (big endian), the input as JSON, the bundle.
func EncodeStart(in StartInput, bundle []byte) ([]byte, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("write the start of case %s: %w", in.Number, err)
	}
	out := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(b)+len(bundle)), uint64(len(b)))
	return append(append(out, b...), bundle...), nil
}

// DecodeStart reads what EncodeStart wrote.
func DecodeStart(data []byte) (StartInput, []byte, error) {
	var in StartInput
	if len(data) < 8 || binary.BigEndian.Uint64(data) > uint64(len(data)-8) {
		return in, nil, errors.New("the start of a case is cut off")
	}
	n := binary.BigEndian.Uint64(data)
	if err := json.Unmarshal(data[8:8+n], &in); err != nil {
		return in, nil, fmt.Errorf("read the start of a case: %w", err)
	}
	return in, data[8+n:], nil
}

// EncodeCommand writes an act as it is kept as a durable intent. Id and time are
// left out: the store keeps them beside it, and the time is given there.
func EncodeCommand(cmd engine.Command) ([]byte, error) {
	cmd.ID, cmd.At = "", time.Time{}
	return json.Marshal(cmd)
}

// DecodeCommand makes the act of a durable intent: what EncodeCommand wrote,
// with the id and the time it was recorded under. Whoever sends the act, api,
// sweeper or the case that asks for earlier intents, makes it here, so that the
// same intent is the same act.
func DecodeCommand(body []byte, id string, recorded time.Time) (engine.Command, error) {
	var cmd engine.Command
	if err := json.Unmarshal(body, &cmd); err != nil {
		return engine.Command{}, fmt.Errorf("read act %s: %w", id, err)
	}
	cmd.ID, cmd.At = id, recorded.UTC().Truncate(time.Microsecond)
	return cmd, nil
}
