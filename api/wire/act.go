// Package wire holds the types of bodies that the generated server shares with
// the handlers: openapi.yaml describes their JSON, the generator uses them
// instead of making types of its own. It knows the engine only.
package wire

import "lianban/engine"

// Act is the body of any act. openapi.yaml has one schema per act; the request
// validator refuses every field that is not of the act at hand, so what is
// bound here carries nothing the act does not know.
type Act struct {
	// Step and Task name where; empty: the only place the actor can mean.
	Step string `json:"step,omitempty"`
	Task string `json:"task,omitempty"`
	engine.Args
}
