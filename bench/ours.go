package bench

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"lianban/contract"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/definition"
	"lianban/store"
)

//go:embed item.yaml
var itemYAML []byte

// Region the bench files its cases in.
const region = "210304"

// people who do the steps; the hall's clerk files and accepts, so he is in no chain.
var people = map[string]engine.Actor{
	"clerk":  {Kind: engine.Person, ID: "bench-clerk", Org: "bench-hall", Roles: []string{engine.RoleClerk}},
	"market": {Kind: engine.Person, ID: "bench-market", Org: "bench-market", Roles: []string{engine.RoleHandle}},
	"fire":   {Kind: engine.Person, ID: "bench-fire", Org: "bench-fire", Roles: []string{engine.RoleHandle}},
	"eco":    {Kind: engine.Person, ID: "bench-eco", Org: "bench-eco", Roles: []string{engine.RoleHandle}},
}

var parties = map[string]string{"hall": "bench-hall", "market": "bench-market", "fire": "bench-fire", "eco": "bench-eco"}

// act is the nth human step as a command.
func act(number string, nth int, at time.Time) engine.Command {
	cmd := engine.Command{ID: fmt.Sprintf("%s-%d", number, nth), At: at}
	switch steps[nth] {
	case "accept":
		cmd.Do, cmd.By, cmd.Step = engine.Accept, people["clerk"], "receive"
	case "claim":
		cmd.Do, cmd.By, cmd.Step = engine.Claim, people["market"], "marketView"
	case "market":
		cmd.Do, cmd.By, cmd.Step = engine.Agree, people["market"], "marketView"
	case "fire":
		cmd.Do, cmd.By, cmd.Step = engine.Agree, people["fire"], "fireView"
	case "eco":
		cmd.Do, cmd.By, cmd.Step = engine.Agree, people["eco"], "ecoView"
	case "conclude":
		cmd.Do, cmd.By, cmd.Step = engine.Grant, people["market"], "conclude"
	case "hand":
		cmd.Do, cmd.By, cmd.Step, cmd.Args.Way = engine.Hand, people["clerk"], "handOut", "counter"
	}
	return cmd
}

// load reads the bench's item.
func load(name string, source []byte, code, version string) (*definition.Definition, error) {
	file, found := definition.ParseFile(name, source)
	if found.Failed() {
		return nil, errors.New(found.Render("en"))
	}
	library, found := definition.LibraryOf(file)
	if found.Failed() {
		return nil, errors.New(found.Render("en"))
	}
	def, found := library.Resolve(code, version, region)
	if found.Failed() {
		return nil, errors.New(found.Render("en"))
	}
	return def, nil
}

func benchItem() (*engine.Rules, []byte, error) {
	def, err := load("item.yaml", itemYAML, "11210300MB0X12345A4000999002000", "1")
	if err != nil {
		return nil, nil, err
	}
	cal, err := calendars.National()
	if err != nil {
		return nil, nil, err
	}
	bundle, err := contract.Pack(def, cal)
	if err != nil {
		return nil, nil, err
	}
	rules, err := contract.RulesFor(bundle)
	return rules, bundle, err
}

// filing is the command that files a bench case.
func filing(number string, at time.Time) engine.Command {
	return engine.Command{
		ID: "file-" + number, Do: engine.File, By: people["clerk"], At: at, Parties: parties,
		Args: engine.Args{
			Number: number, Region: region, Channel: "window", Answers: map[string]any{"gathering": true},
			Form:   map[string]any{"applicant": map[string]any{"name": "某某餐饮店"}},
			Papers: []engine.PaperIn{{ID: "request", Hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}},
		},
	}
}

// oursWay drives the production workflow and flush from inside Temporal: no
// session, no durable intent, no HTTP.
//
// What the api keeps beside an act (that the workflow has been started, how far its answers have made
// the log certain) is written all the same, outside the measured time: else the api's sweepers take
// each case for that of a process that died and ask Temporal for it, while other ways are measured.
type oursWay struct {
	c      client.Client
	queue  string
	store  *store.Store
	rules  *engine.Rules
	bundle []byte

	mu       sync.Mutex
	answered map[string]store.Confirmed // the last answer of each case
}

func (w *oursWay) name() string { return "ours" }

func (w *oursWay) start(ctx context.Context, id string) (string, error) {
	now := time.Now().UTC()
	var in contract.StartInput
	reply, err := w.store.StartCase(ctx, store.StartRequest{
		Key: "file-" + id, By: people["clerk"], Code: w.rules.Plan.Def.Item.Code, Body: []byte(id), At: now,
	}, func(number string) (store.StartData, error) {
		r := engine.Decide(w.rules, nil, filing(number, now))
		if r.Rejection != nil {
			return store.StartData{}, r.Rejection
		}
		in = contract.StartInput{Number: number, Opening: engine.Seal("", r.Events)}
		input, err := contract.EncodeStart(in, w.bundle)
		return store.StartData{
			Events: in.Opening, Rows: engine.Project(w.rules, r.State), Definition: w.rules.Plan.Hash, Input: input,
			Reply: json.RawMessage(`{}`),
		}, err
	})
	if err != nil {
		return "", err
	}
	if err := contract.Start(ctx, w.c, w.queue, in, w.bundle); err != nil {
		return "", err
	}
	return reply.Number, w.store.MarkStarted(ctx, reply.Number)
}

func (w *oursWay) step(ctx context.Context, number string, nth int) error {
	h, err := w.c.UpdateWorkflow(ctx, contract.UpdateOptions(number, act(number, nth, time.Now().UTC())))
	if err != nil {
		return err
	}
	var reply contract.ActReply
	err = h.Get(ctx, &reply)
	reply, _, err = contract.ReadReply(reply, err)
	if err != nil {
		return err
	}
	if reply.Rejection != nil {
		return reply.Rejection
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.answered == nil {
		w.answered = map[string]store.Confirmed{}
	}
	w.answered[number] = store.Confirmed{Case: number, Seq: reply.Seq, Hash: reply.Hash}
	return nil
}

// settle confirms what the answers have said.
func (w *oursWay) settle(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.store.Confirm(ctx, slices.Collect(maps.Values(w.answered)))
	clear(w.answered)
	return err
}
