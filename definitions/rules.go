package definitions

import _ "embed"

// SupervisionName is the name of the embedded supervision rules in positions.
const SupervisionName = "supervision.yaml"

//go:embed supervision.yaml
var supervision []byte

// Supervision is the source of the embedded supervision rules.
func Supervision() []byte { return append([]byte(nil), supervision...) }
