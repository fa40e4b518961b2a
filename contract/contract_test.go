package contract_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"lianban/contract"
	"lianban/contract/contracttest"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

var filedAt = time.Date(2026, 3, 2, 1, 0, 0, 123456000, time.UTC)

func TestBundleComesBackWithItsVersions(t *testing.T) {
	t.Parallel()
	bundle := contracttest.Bundle(t)
	rules, err := contract.Unpack(bundle)
	require.NoError(t, err)
	require.Equal(t, "测试事项", rules.Plan.Def.Item.Name)

	again, err := contract.Pack(rules.Plan.Def, rules.Calendar)
	require.NoError(t, err)
	require.Equal(t, bundle, again, "the same rules must give the same bytes, else the cache compiles them twice")
}

// A definition's name is the hash of the bytes a case carries; a program whose
// canonical form has grown meanwhile keeps to it.
func TestBundleIsNamedByItsBytes(t *testing.T) {
	t.Parallel()
	rules := contracttest.Rules(t)
	require.Equal(t, contracttest.File(t, "N1", filedAt, false).State.Definition, rules.Plan.Hash)
	plan, err := definition.Compile(rules.Plan.Def)
	require.NoError(t, err)
	require.Equal(t, plan.Hash, rules.Plan.Hash)
}

func TestRulesAreCompiledOnce(t *testing.T) {
	t.Parallel()
	bundle := contracttest.Bundle(t)
	first, err := contract.RulesFor(bundle)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			r, err := contract.RulesFor(append([]byte(nil), bundle...))
			if err != nil || r != first {
				t.Errorf("another copy of the rules (error %v)", err)
			}
		})
	}
	wg.Wait()
}

func TestBrokenBundleIsAnError(t *testing.T) {
	t.Parallel()
	bundle := contracttest.Bundle(t)
	cut := bundle[:len(bundle)/2]
	flipped := append([]byte(nil), bundle...)
	flipped[len(flipped)/2] ^= 0x40
	for name, b := range map[string][]byte{"empty": nil, "not compressed": []byte("{}"), "cut": cut, "flipped": flipped} {
		_, err := contract.RulesFor(b)
		require.Error(t, err, name)
	}
}

func TestEventsKeepTheirBytes(t *testing.T) {
	t.Parallel()
	events := contracttest.File(t, "N1", filedAt, true).Input.Opening
	require.NotEmpty(t, events)
	b, err := json.Marshal(events)
	require.NoError(t, err)
	var back contract.Events
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, events, back)
}

func TestChangedEventIsFound(t *testing.T) {
	t.Parallel()
	events := contracttest.File(t, "N1", filedAt, true).Input.Opening
	b, err := json.Marshal(events)
	require.NoError(t, err)
	var wire []json.RawMessage
	require.NoError(t, json.Unmarshal(b, &wire))
	require.Greater(t, len(wire), 1)

	read := func(wire []json.RawMessage) error {
		b, err := json.Marshal(wire)
		require.NoError(t, err)
		var back contract.Events
		return json.Unmarshal(b, &back)
	}
	require.NoError(t, read(wire))
	require.ErrorContains(t, read([]json.RawMessage{wire[1], wire[0]}), "does not follow")
	changed := bytes.Replace(wire[1], []byte("2026-03-02T01:00:00.123456Z"), []byte("2026-03-02T01:00:00.123457Z"), 1)
	require.NotEqual(t, wire[1], json.RawMessage(changed))
	require.ErrorContains(t, read(append(wire[:1:1], changed)), "its bytes give the hash")
}

func TestStartSurvivesItsEncoding(t *testing.T) {
	t.Parallel()
	in, bundle := contracttest.File(t, "N1", filedAt, false).Input, contracttest.Bundle(t)
	b, err := contract.EncodeStart(in, bundle)
	require.NoError(t, err)
	gotIn, gotBundle, err := contract.DecodeStart(b)
	require.NoError(t, err)
	require.Equal(t, in, gotIn)
	require.Equal(t, bundle, gotBundle)
	for _, cut := range []int{0, 7, 20} {
		_, _, err := contract.DecodeStart(b[:cut])
		require.Error(t, err)
	}
}

func TestIntentIsTheSameActForEverybody(t *testing.T) {
	t.Parallel()
	cmd := contracttest.Act("c1", engine.Agree, contracttest.Officer("one"), filedAt, "one")
	cmd.Args.Reason = "符合"
	body, err := contract.EncodeCommand(cmd)
	require.NoError(t, err)
	require.NotContains(t, string(body), `"c1"`)
	recorded := filedAt.Add(time.Second)
	got, err := contract.DecodeCommand(body, "c1", recorded)
	require.NoError(t, err)
	cmd.At = recorded
	require.Equal(t, cmd, got)
}

// A carried state must come back whole through the converter histories are
// written with.
func TestCarrySurvivesContinueAsNew(t *testing.T) {
	t.Parallel()
	filed := contracttest.File(t, "N1", filedAt, true)
	in := contract.StartInput{Number: "N1", Offset: time.Hour, Carry: &contract.Carry{
		State: filed.State, Hash: filed.Input.Opening.Hash(), Flushed: filed.State.Seq, Batch: filed.Input.Opening, MinFence: 7,
		Handled: []contract.Handled{{ID: "c1", Reply: contract.ActReply{Seq: 3, Rejection: &engine.Rejection{Code: engine.TooLate}}}},
	}}
	payload, err := converter.GetDefaultDataConverter().ToPayload(in)
	require.NoError(t, err)
	var back contract.StartInput
	require.NoError(t, converter.GetDefaultDataConverter().FromPayload(payload, &back))
	require.Equal(t, in, back)
}

func TestFates(t *testing.T) {
	t.Parallel()
	refused := contract.ActReply{Seq: 4, Rejection: &engine.Rejection{Code: engine.NotOpen, Zh: "环节未开始", En: "the step is not open"}}
	reply, fate, err := contract.ReadReply(contract.ActReply{}, wire(t, contract.Refuse(refused)))
	require.NoError(t, err)
	require.Equal(t, contract.Done, fate)
	require.Equal(t, refused, reply)

	done := contract.ActReply{Seq: 9, Status: engine.Closed}
	reply, fate, err = contract.ReadReply(done, nil)
	require.NoError(t, err)
	require.Equal(t, contract.Done, fate)
	require.Equal(t, done, reply)

	for want, cause := range map[contract.Fate]error{
		contract.Gone:    serviceerror.NewNotFound("workflow execution already completed"),
		contract.Busy:    serviceerror.NewResourceExhausted(0, "limit of concurrent updates"),
		contract.Pending: fmt.Errorf("wait: %w", context.DeadlineExceeded),
		contract.Failed:  errors.New("connection refused"),
	} {
		_, fate, err := contract.ReadReply(contract.ActReply{}, cause)
		require.Equal(t, want, fate)
		require.ErrorIs(t, err, cause)
	}
	_, fate, err = contract.ReadReply(contract.ActReply{}, wire(t, temporal.NewApplicationError("x", contract.ErrPassed)))
	require.Equal(t, contract.Gone, fate, "its run has decided nothing")
	require.Error(t, err)
	_, fate, err = contract.ReadReply(contract.ActReply{}, temporal.NewApplicationError("x", "other"))
	require.Equal(t, contract.Failed, fate)
	require.Error(t, err)
}

// givesUp is a server that gives calls up for one reason after another before it
// answers one.
type givesUp struct {
	client.Client
	causes []error
	ids    []string
}

func (g *givesUp) UpdateWorkflow(_ context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	g.ids = append(g.ids, o.UpdateID)
	if len(g.causes) > 0 {
		cause := g.causes[0]
		g.causes = g.causes[1:]
		return nil, cause
	}
	return answered{}, nil
}

type answered struct{ client.WorkflowUpdateHandle }

func (answered) Get(_ context.Context, to any) error {
	*to.(*contract.ActReply) = contract.ActReply{Seq: 7}
	return nil
}

// What the server gives up is asked again under the same id; what the caller
// gives up is not.
func TestAnActIsAskedAgainUntilItsCallerGivesUp(t *testing.T) {
	t.Parallel()
	canceled := client.NewWorkflowUpdateServiceTimeoutOrCanceledError(serviceerror.NewCanceled("context canceled"))
	g := &givesUp{causes: []error{canceled, serviceerror.NewResourceExhausted(0, "limit of concurrent updates"), canceled}}
	reply, fate, err := contract.Do(t.Context(), g, client.UpdateWorkflowOptions{UpdateID: "u"})
	require.NoError(t, err)
	require.Equal(t, contract.Done, fate)
	require.Equal(t, int64(7), reply.Seq)
	require.Equal(t, []string{"u", "u", "u", "u"}, g.ids)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g = &givesUp{causes: []error{canceled}}
	_, fate, err = contract.Do(ctx, g, client.UpdateWorkflowOptions{UpdateID: "u"})
	require.ErrorIs(t, err, canceled)
	require.Equal(t, contract.Pending, fate)
	require.Len(t, g.ids, 1)

	g = &givesUp{causes: []error{serviceerror.NewNotFound("workflow execution already completed")}}
	_, fate, err = contract.Do(t.Context(), g, client.UpdateWorkflowOptions{UpdateID: "u"})
	require.Error(t, err)
	require.Equal(t, contract.Gone, fate)
	require.Len(t, g.ids, 1)
}

// wire sends an error through the converter it travels with.
func wire(t *testing.T, err error) error {
	t.Helper()
	c := temporal.GetDefaultFailureConverter()
	return c.FailureToError(c.ErrorToFailure(err))
}

// The api's answer for a case whose workflow has ended is the engine's own.
func TestClosedIsTheEnginesWord(t *testing.T) {
	t.Parallel()
	rules := contracttest.Rules(t)
	state := contracttest.File(t, "N1", filedAt, false).State
	for _, cmd := range contracttest.Through("c", filedAt.Add(time.Minute)) {
		r := engine.Decide(rules, state, cmd)
		require.Nil(t, r.Rejection, "%s: %v", cmd.ID, r.Rejection)
		state = r.State
	}
	require.Equal(t, engine.Closed, state.Status)
	late := contracttest.Act("late", engine.Agree, contracttest.Officer("one"), filedAt.Add(time.Hour), "one")
	require.Equal(t, contract.Closed(), engine.Decide(rules, state, late).Rejection)
}

// A calendar loaded into a case goes along into the next run, and comes back from
// the log's bytes: nothing has to be looked up.
func TestALoadedCalendarIsCarried(t *testing.T) {
	t.Parallel()
	rules := contracttest.Rules(t)
	state := contracttest.File(t, "N1", filedAt, false).State
	day := calendar.DateOf(filedAt).AddDays(2)
	cal, err := calendar.New(rules.Calendar.Data().Renew(state.Region, nil, []calendar.Layer{{
		Region: state.Region[:4], Notice: calendar.Notice{Name: "停工"}, Days: []calendar.Run{{From: day, To: day.AddDays(20), Name: "停工"}},
	}}))
	require.NoError(t, err)
	body, err := contract.EncodeCommand(engine.Command{Do: engine.Recalendar, By: engine.Actor{Kind: engine.System}, Args: engine.Args{Calendar: cal, Reason: "停工"}})
	require.NoError(t, err)
	cmd, err := contract.DecodeCommand(body, "load-1", filedAt.Add(time.Hour))
	require.NoError(t, err)
	r := engine.Decide(rules, state, cmd)
	require.Nil(t, r.Rejection)
	events := contract.Events(engine.Seal("", r.Events))
	b, err := json.Marshal(contract.StartInput{Number: "N1", Carry: &contract.Carry{State: r.State, Tail: events}})
	require.NoError(t, err)
	var back contract.StartInput
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, cal.Version(), back.Carry.State.Calendars[0].Version())
	require.Equal(t, events, back.Carry.Tail)
	next := engine.Decide(rules, back.Carry.State, engine.Command{Do: engine.Tick, By: engine.Actor{Kind: engine.System}, At: filedAt.Add(40 * 24 * time.Hour)})
	live := engine.Decide(rules, r.State, engine.Command{Do: engine.Tick, By: engine.Actor{Kind: engine.System}, At: filedAt.Add(40 * 24 * time.Hour)})
	require.NotEmpty(t, live.Events)
	require.Equal(t, engine.Seal("", live.Events), engine.Seal("", next.Events))
}
