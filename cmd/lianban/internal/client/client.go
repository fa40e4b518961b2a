package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"lianban/api/gen"
)

// Client calls one server in the name of one account, or of nobody.
type Client struct {
	// Server is the address, as http://127.0.0.1:8080.
	Server string
	// Token is sent as bearer token; empty: none.
	Token string
	// Track, "NUMBER CODE", is sent instead for an applicant.
	Track string
	// For is the account a deputy acts for; empty: he acts for himself.
	For string
	// Lang is the language of the server's sentences, zh or en.
	Lang string
	// HTTP carries the requests; nil: a client without a time limit of its own.
	HTTP *http.Client
}

// Call is one request.
type Call struct {
	Method, Path string
	Query        url.Values
	// Body is sent as JSON, unless Raw is set.
	Body any
	// Raw is sent as it is, under Type.
	Raw  io.Reader
	Type string
	// Key is the idempotency key of an act.
	Key string
	// Header adds further headers.
	Header map[string]string
}

// Answer is a response that was expected.
type Answer struct {
	Status   int
	Location string
	Header   http.Header
	Body     []byte
}

// Decode reads the JSON body.
func (a *Answer) Decode(v any) error {
	if err := json.Unmarshal(a.Body, v); err != nil {
		return fmt.Errorf("the server's answer cannot be read: %w", err)
	}
	return nil
}

// Problem is an answer of the server that says no.
type Problem struct {
	gen.Problem
	// Raw is the answer as it came.
	Raw []byte
	// Key is that of the act that was refused, if it was one.
	Key string
}

func (p *Problem) Error() string { return p.Code + ": " + p.En }

// Unavailable: the server could not be asked, or went away before it answered.
type Unavailable struct {
	Server string
	// Key is set when an act may or may not have been recorded.
	Key string
	Err error
}

func (u *Unavailable) Error() string { return fmt.Sprintf("no answer from %s: %v", u.Server, u.Err) }

func (u *Unavailable) Unwrap() error { return u.Err }

// NewKey makes an idempotency key nobody else has.
func NewKey() string { return uuid.Must(uuid.NewV7()).String() }

// Do sends the call and reads the whole answer. Anything but a 2xx is an error:
// *Problem or *Unavailable.
func (c *Client) Do(ctx context.Context, call Call) (*Answer, error) {
	resp, err := c.send(ctx, call)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, &Unavailable{Server: c.Server, Key: call.Key, Err: err}
	}
	if resp.StatusCode/100 != 2 {
		return nil, c.problem(resp, body, call.Key)
	}
	return &Answer{Status: resp.StatusCode, Location: resp.Header.Get("Location"), Header: resp.Header, Body: body}, nil
}

// Stream sends the call and gives the body to be read while it comes. The
// caller closes it.
func (c *Client) Stream(ctx context.Context, call Call) (*http.Response, error) {
	resp, err := c.send(ctx, call)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, &Unavailable{Server: c.Server, Err: err}
	}
	return nil, c.problem(resp, body, call.Key)
}

func (c *Client) send(ctx context.Context, call Call) (*http.Response, error) {
	body, kind := call.Raw, call.Type
	if body == nil && call.Body != nil {
		b, err := json.Marshal(call.Body)
		if err != nil {
			return nil, fmt.Errorf("write the request: %w", err)
		}
		body, kind = bytes.NewReader(b), "application/json"
	}
	target := strings.TrimRight(c.Server, "/") + call.Path
	if len(call.Query) > 0 {
		target += "?" + call.Query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, target, body)
	if err != nil {
		return nil, fmt.Errorf("server address %q: %w", c.Server, err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if c.Lang != "" {
		req.Header.Set("Accept-Language", c.Lang)
	}
	switch {
	case c.Track != "":
		req.Header.Set("Lianban-Track", c.Track)
	case c.Token != "":
		req.Header.Set("Authorization", "Bearer "+c.Token)
		if c.For != "" {
			req.Header.Set("Lianban-For", c.For)
		}
	}
	if call.Key != "" {
		req.Header.Set("Idempotency-Key", call.Key)
	}
	for k, v := range call.Header {
		req.Header.Set(k, v)
	}
	doer := c.HTTP
	if doer == nil {
		doer = http.DefaultClient
	}
	resp, err := doer.Do(req)
	if err != nil {
		// The text of a url.Error repeats the address with its query, which may
		// hold a name or phone; the cause alone says enough.
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, &Unavailable{Server: c.Server, Key: call.Key, Err: err}
	}
	return resp, nil
}

// problem reads an error answer; one that is no problem document comes from
// something else that listens there.
func (c *Client) problem(resp *http.Response, body []byte, key string) error {
	p := &Problem{Raw: body, Key: key}
	if err := json.Unmarshal(body, &p.Problem); err == nil && p.Code != "" {
		return p
	}
	return &Unavailable{Server: c.Server, Key: key,
		Err: fmt.Errorf("status %s and no problem document: is this a Lianban server?", resp.Status)}
}

// Settle waits until an act that was recorded (202) is decided, asking under its
// key, for at most the time given. It gives the command as it then is.
func (c *Client) Settle(ctx context.Context, key string, most time.Duration) (gen.Command, *Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	var last gen.Command
	var answer *Answer
	for {
		a, err := c.Do(ctx, Call{Method: http.MethodGet, Path: "/v1/commands/" + url.PathEscape(key)})
		if err == nil {
			if err := a.Decode(&last); err != nil {
				return last, a, err
			}
			if answer = a; last.State != "waiting" {
				return last, a, nil
			}
		} else if answer == nil && ctx.Err() == nil {
			return last, nil, err
		}
		select {
		case <-ctx.Done():
			return last, answer, nil
		case <-tick.C:
		}
	}
}
