package contract

import (
	"encoding/json"
	"fmt"

	"lianban/engine"
)

// Events are sealed events on their way. In memory they are what the engine
// sealed; as JSON they keep the exact bytes and their hash, and decoding checks
// one against the other, so that a fault on the way is found before it is stored.
type Events []engine.Sealed

type sealedJSON struct {
	Prev  string          `json:"prev,omitempty"`
	Hash  string          `json:"hash"`
	Event json.RawMessage `json:"event"`
}

// MarshalJSON writes hash and bytes of each event.
func (e Events) MarshalJSON() ([]byte, error) {
	wire := make([]sealedJSON, len(e))
	for i, s := range e {
		wire[i] = sealedJSON{Prev: s.Prev, Hash: s.Hash, Event: s.Bytes}
	}
	return json.Marshal(wire)
}

// UnmarshalJSON reads what MarshalJSON wrote. Bytes that do not give their hash,
// or a chain with a gap, are an error.
func (e *Events) UnmarshalJSON(b []byte) error {
	var wire []sealedJSON
	if err := json.Unmarshal(b, &wire); err != nil {
		return err
	}
	out := make(Events, len(wire))
	for i, w := range wire {
		s := engine.Sealed{Bytes: w.Event, Prev: w.Prev, Hash: w.Hash}
		if err := json.Unmarshal(w.Event, &s.Event); err != nil {
			return err
		}
		if got := engine.ChainHash(s.Prev, s.Bytes); got != s.Hash {
			return fmt.Errorf("event %d: its bytes give the hash %s, it came with %s", s.Seq, got, s.Hash)
		}
		if i > 0 && (s.Prev != out[i-1].Hash || s.Seq != out[i-1].Seq+1) {
			return fmt.Errorf("event %d does not follow event %d", s.Seq, out[i-1].Seq)
		}
		out[i] = s
	}
	*e = out
	return nil
}

// Last is the sequence of the last event, 0 when there is none.
func (e Events) Last() int64 {
	if len(e) == 0 {
		return 0
	}
	return e[len(e)-1].Seq
}

// Hash is the hash of the last event, "" when there is none.
func (e Events) Hash() string {
	if len(e) == 0 {
		return ""
	}
	return e[len(e)-1].Hash
}
