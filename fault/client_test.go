package fault_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/fault"
)

// answer is what a client got.
type answer struct {
	status int
	took   time.Duration
	err    error // no answer came
	body   struct {
		Number string    `json:"number"`
		Seq    int64     `json:"seq"`
		Key    string    `json:"key"`
		Code   string    `json:"code"`
		State  string    `json:"state"`
		At     time.Time `json:"at"`
	}
	raw string
}

func (a answer) String() string {
	if a.err != nil {
		return "no answer: " + a.err.Error()
	}
	return fmt.Sprintf("%d %s", a.status, a.raw)
}

// newKey makes an idempotency key.
func newKey(name string) string { return name + "-" + rand.Text()[:12] }

// connections of clients: none is kept, so that a killed api is met at once.
var web = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}

// call sends one request as a person.
func (h *hall) call(ctx context.Context, api *process, who, method, path, key string, body any) answer {
	var a answer
	payload, err := json.Marshal(body)
	if err != nil {
		return answer{err: err}
	}
	if body == nil {
		payload = nil
	}
	r, err := http.NewRequestWithContext(ctx, method, api.base+path, bytes.NewReader(payload))
	if err != nil {
		return answer{err: err}
	}
	r.Header.Set("Authorization", "Bearer token-"+who)
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	began := time.Now()
	resp, err := web.Do(r)
	a.took = time.Since(began)
	if err != nil {
		a.err = err
		return a
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		a.err = err
		return a
	}
	a.status, a.raw = resp.StatusCode, strings.TrimSpace(string(raw))
	if len(raw) > 0 {
		a.err = json.Unmarshal(raw, &a.body)
	}
	return a
}

// file starts a case as the clerk.
func (h *hall) file(api *process, key string, everybody bool) answer {
	a := h.call(h.t.Context(), api, "clerk", http.MethodPost, "/v1/cases", key, map[string]any{
		"item": h.item, "answers": map[string]any{"everybody": everybody}, "form": map[string]any{"applicant": map[string]any{"name": "某某"}},
	})
	if a.err == nil && a.status == http.StatusCreated {
		h.hear(fault.Told{Key: key, Case: a.body.Number, Outcome: fault.Filed, Seq: a.body.Seq})
	}
	return a
}

// filed starts a case and requires that it is.
func (h *hall) filed(api *process, everybody bool) string {
	h.t.Helper()
	a := h.file(api, newKey("file"), everybody)
	require.Equal(h.t, http.StatusCreated, a.status, a.String())
	return a.body.Number
}

// deed is an act of somebody on a case.
type deed struct {
	who, number string
	do          engine.Act
	step        string
	key         string
}

// do sends an act and remembers the answer.
func (h *hall) do(ctx context.Context, api *process, d deed) answer {
	body := map[string]any{}
	if d.step != "" {
		body["step"] = d.step
	}
	if d.do == engine.Hand {
		body["way"] = "counter"
	}
	a := h.call(ctx, api, d.who, http.MethodPost, "/v1/cases/"+d.number+"/acts/"+string(d.do), d.key, body)
	if a.err != nil {
		return a
	}
	told := fault.Told{Key: d.key, Case: d.number}
	switch a.status {
	case http.StatusOK:
		told.Outcome, told.Seq = fault.Done, a.body.Seq
	case http.StatusAccepted:
		told.Outcome = fault.Recorded
	case http.StatusForbidden, http.StatusConflict, http.StatusNotFound:
		told.Outcome, told.Code = fault.Refused, engine.Code(a.body.Code)
	default:
		return a // nothing was promised
	}
	h.hear(told)
	return a
}

// done sends an act and requires that it is done.
func (h *hall) done(api *process, who, number string, do engine.Act, step string) answer {
	h.t.Helper()
	a := h.do(h.t.Context(), api, deed{who, number, do, step, newKey(string(do))})
	require.Equal(h.t, http.StatusOK, a.status, "%s %s: %s", do, step, a)
	return a
}

func (h *hall) hear(t fault.Told) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, t)
}

// through gives the acts that take a narrow case from filing to its end.
func through(number string) []deed {
	return []deed{
		{"clerk", number, engine.Accept, "receive", newKey("accept")},
		{officer(1), number, engine.Agree, "one", newKey("one")},
		{officer(2), number, engine.Claim, "two", newKey("claim")},
		{officer(2), number, engine.Agree, "two", newKey("two")},
		{"lead", number, engine.Grant, "conclude", newKey("grant")},
		{"clerk", number, engine.Hand, "handOut", newKey("hand")},
	}
}
