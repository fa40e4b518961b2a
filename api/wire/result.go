package wire

import "lianban/engine"

// Result is a result of a case as readers get it: with the name of the organ that
// has decided.
type Result struct {
	engine.ResultRow
	// OrgName is what Org is called.
	OrgName string `json:"orgName,omitempty"`
}
