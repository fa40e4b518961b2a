// Package contracttest gives tests of the shell around the engine a small item,
// its rules, filed cases and the acts that take one through to its end.
package contracttest

import (
	_ "embed"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/contract"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/definition"
)

//go:embed item.yaml
var item []byte

// Region is where test cases are filed.
const Region = "210304"

// Parties is the directory's answer for the item.
func Parties() map[string]string {
	return map[string]string{"hall": "org-hall", "lead": "org-lead", "dept": "org-dept"}
}

var bundle = sync.OnceValues(func() ([]byte, error) {
	file, found := definition.ParseFile("item.yaml", item)
	if found.Failed() {
		return nil, errors.New(found.Render("en"))
	}
	library, found := definition.LibraryOf(file)
	if found.Failed() {
		return nil, errors.New(found.Render("en"))
	}
	def, found := library.Resolve("11210300MB0X12345A4000999001000", "1", Region)
	if found.Failed() {
		return nil, errors.New(found.Render("en"))
	}
	national, err := calendars.National()
	if err != nil {
		return nil, err
	}
	return contract.Pack(def, national)
})

// Bundle is the item's definition and calendar as a case carries them.
func Bundle(t testing.TB) []byte {
	t.Helper()
	b, err := bundle()
	require.NoError(t, err)
	return b
}

// Rules are those of the bundle.
func Rules(t testing.TB) *engine.Rules {
	t.Helper()
	r, err := contract.RulesFor(Bundle(t))
	require.NoError(t, err)
	return r
}

// Filed is a case as the api would file it.
type Filed struct {
	Input contract.StartInput
	State *engine.State
	Rows  engine.Rows
	// Command is the filing itself.
	Command engine.Command
}

// File files a case at the given time. wide opens all eight opinions.
func File(t testing.TB, number string, at time.Time, wide bool) Filed {
	t.Helper()
	rules := Rules(t)
	cmd := engine.Command{
		ID: "file-" + number, Do: engine.File, By: Clerk, At: at, Parties: Parties(),
		Args: engine.Args{
			Number: number, Region: Region, Channel: "window", Answers: map[string]any{"wide": wide},
			Form:   map[string]any{"applicant": map[string]any{"name": "甲"}},
			Papers: []engine.PaperIn{{ID: "request", Hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}},
		},
	}
	r := engine.Decide(rules, nil, cmd)
	require.Nil(t, r.Rejection)
	return Filed{
		Input: contract.StartInput{Number: number, Opening: engine.Seal("", r.Events)},
		State: r.State, Rows: engine.Project(rules, r.State), Command: cmd,
	}
}

// Under gives the case as an engine version before today's would have filed it.
func (f Filed) Under(t testing.TB, version int) Filed {
	t.Helper()
	events := make([]engine.Event, len(f.Input.Opening))
	f.State = nil
	for i, e := range f.Input.Opening {
		events[i] = e.Event
		if body, ok := e.Body.(engine.CaseFiled); ok {
			body.Engine = version
			events[i].Body = body
		}
		f.State = engine.Evolve(f.State, events[i])
	}
	require.Equal(t, version, f.State.Engine)
	f.Input.Opening = engine.Seal("", events)
	f.Rows = engine.Project(Rules(t), f.State)
	return f
}

// The people.
var (
	Clerk = engine.Actor{Kind: engine.Person, ID: "a-clerk", Org: "org-hall", Roles: []string{engine.RoleClerk}}
	Lead  = engine.Actor{Kind: engine.Person, ID: "a-lead", Org: "org-lead", Roles: []string{engine.RoleHandle, engine.RoleLead}}
)

// Officer is one of the department's people.
func Officer(n string) engine.Actor {
	return engine.Actor{Kind: engine.Person, ID: "a-dept-" + n, Org: "org-dept", Roles: []string{engine.RoleHandle}}
}

// Opinions are the steps open side by side in a wide case; the first two in any.
var Opinions = []string{"one", "two", "three", "four", "five", "six", "seven", "eight"}

// Act makes a command.
func Act(id string, do engine.Act, by engine.Actor, at time.Time, step string) engine.Command {
	return engine.Command{ID: id, Do: do, By: by, At: at, Step: step}
}

// Through gives the acts that take a narrow case from filing to its end, one
// second apart from the given time on.
func Through(prefix string, at time.Time) []engine.Command {
	acts := []engine.Command{
		Act(prefix+"-accept", engine.Accept, Clerk, at, "receive"),
		Act(prefix+"-one", engine.Agree, Officer("one"), at, "one"),
		Act(prefix+"-claim", engine.Claim, Officer("two"), at, "two"),
		Act(prefix+"-two", engine.Agree, Officer("two"), at, "two"),
		Act(prefix+"-conclude", engine.Grant, Lead, at, "conclude"),
		Act(prefix+"-hand", engine.Hand, Clerk, at, "handOut"),
	}
	for i := range acts {
		acts[i].At = at.Add(time.Duration(i) * time.Second)
	}
	acts[len(acts)-1].Args.Way = "counter"
	return acts
}
