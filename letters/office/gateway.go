package office

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Gateway gives letters to a message gateway over HTTP: short messages, a province's delivery service, a
// courier. What it is sent and what it answers is in docs/letters.md.
type Gateway struct {
	address, token string
	client         *http.Client
}

var _ Sender = (*Gateway)(nil)

// NewGateway makes a sender for an address; token goes along as bearer token, empty: none.
func NewGateway(address, token string) (*Gateway, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("letter gateway: the address begins with http:// or https:// and a host")
	}
	return &Gateway{address: address, token: token, client: &http.Client{
		// A letter is not carried to another place than the one that was set.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Channel implements Sender.
func (*Gateway) Channel() string { return ChannelGateway }

// Reaches implements Sender: applicants; organisations read theirs in the product.
func (*Gateway) Reaches(a Address) bool { return a.Applicant }

// posted is what the gateway gets.
type posted struct {
	Key    string    `json:"key"`
	Case   string    `json:"case"`
	Letter string    `json:"letter"`
	Kind   string    `json:"kind"`
	Title  string    `json:"title"`
	Number string    `json:"number"`
	Organ  string    `json:"organ"`
	At     time.Time `json:"at"`
	To     struct {
		Name  string `json:"name"`
		Phone string `json:"phone,omitempty"`
		Email string `json:"email,omitempty"`
	} `json:"to"`
	HTML []byte `json:"html"`
	PDF  []byte `json:"pdf,omitempty"`
}

// maxAnswer is how much of an answer is read.
const maxAnswer = 64 << 10

// Send implements Sender.
func (g *Gateway) Send(ctx context.Context, e *Envelope) (Receipt, error) {
	p := posted{Key: e.Key, Case: e.Case, Letter: e.Letter, Kind: e.Kind, Title: e.Title, Number: e.Number, Organ: e.OrganName, At: e.At, HTML: e.HTML, PDF: e.PDF}
	p.To.Name, p.To.Phone, p.To.Email = e.To.Name, e.To.Phone, e.To.Email
	body, err := json.Marshal(p)
	if err != nil {
		return Receipt{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.address, bytes.NewReader(body))
	if err != nil {
		return Receipt{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", e.Key)
	if g.token != "" {
		req.Header.Set("Authorization", "Bearer "+g.token)
	}
	resp, err := g.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address, which may hold a key
		}
		return Receipt{}, fmt.Errorf("letter gateway: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return Receipt{}, fmt.Errorf("letter gateway: %w", err)
	}
	switch status := resp.StatusCode; {
	case status/100 == 2:
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status/100 == 5, status/100 == 3:
		return Receipt{}, fmt.Errorf("letter gateway: status %d", status)
	default:
		return Receipt{}, refuses("the letter gateway refuses the letter: status " + strconv.Itoa(status))
	}
	var answer struct {
		Proof     string `json:"proof"`
		Delivered bool   `json:"delivered"`
	}
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := json.Unmarshal(raw, &answer); err != nil {
			return Receipt{}, errors.New("letter gateway: the answer is not the JSON that was agreed")
		}
	}
	if answer.Proof == "" {
		answer.Proof = "HTTP " + strconv.Itoa(resp.StatusCode)
	}
	return Receipt{Proof: answer.Proof, Delivered: answer.Delivered}, nil
}
