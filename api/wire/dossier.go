package wire

import "lianban/engine"

// DossierEntry is an entry of a case's dossier as readers get it: with the name of
// the organisation it belongs to, which may be no party of the case.
type DossierEntry struct {
	engine.DossierRow
	OrgName string `json:"orgName,omitempty"`
}
