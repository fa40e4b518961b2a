package sources

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
)

// service is a source behind HTTP.
type service struct {
	name    string
	cfg     Endpoint
	client  *http.Client
	breaker breaker
}

func newService(name string, cfg Endpoint) *service {
	return &service{
		name: name, cfg: cfg, breaker: breaker{after: cfg.After, rest: cfg.For},
		client: &http.Client{
			Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute},
			// An address that leads elsewhere is not the one that was agreed on.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// host is where it is, without path, query or secrets.
func (s *service) host() string {
	u, err := url.Parse(s.cfg.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// Ask implements Data.
func (s *service) Ask(ctx context.Context, q Query) (*Record, error) {
	fields := make(map[string]any, len(s.cfg.Send))
	for name, path := range s.cfg.Send {
		v, ok := q.field(path)
		if !ok {
			return nil, fail("no-"+path, nil)
		}
		fields[name] = v
	}
	raw, err := s.call(ctx, fields)
	if err != nil || raw == nil {
		return nil, err
	}
	return s.read(raw, &q)
}

// call asks until there is an answer, the tries are used up, or ctx ends. No bytes: there is no record.
func (s *service) call(ctx context.Context, fields map[string]any) (raw []byte, err error) {
	for try := 1; ; try++ {
		if !s.breaker.allow(time.Now()) {
			return nil, fail("resting", err)
		}
		var again bool
		raw, again, err = s.once(ctx, fields)
		s.breaker.ended(time.Now(), err == nil || !again, ctx.Err() != nil)
		if err == nil || !again || try == s.cfg.Tries {
			return raw, err
		}
		if !wait(ctx, backoff(try)) {
			return nil, fail("timeout", ctx.Err())
		}
	}
}

// backoff grows with each try, and differs between callers.
func backoff(try int) time.Duration {
	base := 50 * time.Millisecond << min(try, 6)
	return base + rand.N(base)
}

func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// once makes one call. again says that another may succeed. Errors of net/http carry the address with
// its query, which may hold the applicant: only their cause is kept.
func (s *service) once(ctx context.Context, fields map[string]any) (raw []byte, again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	req, err := s.request(ctx, fields)
	if err != nil {
		return nil, false, fail("request", err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, true, lost(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch code := resp.StatusCode; {
	case code == http.StatusNotFound, code == http.StatusNoContent:
		return nil, false, nil
	case code != http.StatusOK:
		return nil, code == http.StatusTooManyRequests || code >= 500, fail(fmt.Sprintf("status-%d", code), nil)
	}
	if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || kind != "application/json" && !strings.HasSuffix(kind, "+json") {
		return nil, true, fail("not-json", nil)
	}
	raw, err = io.ReadAll(io.LimitReader(resp.Body, s.cfg.MaxBytes+1))
	switch {
	case err != nil:
		return nil, true, lost(ctx, err)
	case int64(len(raw)) > s.cfg.MaxBytes:
		return nil, false, fail("too-large", nil)
	case !json.Valid(raw):
		return nil, true, fail("not-json", nil)
	}
	return raw, false, nil
}

func lost(ctx context.Context, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if ctx.Err() != nil {
		return fail("timeout", nil)
	}
	return fail("unreachable", err)
}

func (s *service) request(ctx context.Context, fields map[string]any) (*http.Request, error) {
	address, body := s.cfg.URL, io.Reader(nil)
	if s.cfg.Method == http.MethodGet {
		u, err := url.Parse(address)
		if err != nil {
			return nil, err
		}
		q := u.Query()
		for name, v := range fields {
			q.Set(name, fmt.Sprint(v))
		}
		u.RawQuery = q.Encode()
		address = u.String()
	} else {
		b, err := json.Marshal(fields)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, s.cfg.Method, address, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	for k, v := range s.cfg.Headers {
		req.Header.Set(k, v)
	}
	return req, nil
}

// read makes a record of an answer; nil when it says that there is none.
func (s *service) read(raw []byte, q *Query) (*Record, error) {
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fail("not-json", nil)
	}
	m := s.cfg.Papers[q.Paper].over(s.cfg.Mapping)
	found, ok := m.Record.in(doc)
	if list, isList := found.([]any); isList && len(list) == 0 || found == false || !ok {
		return nil, nil
	}
	r := &Record{Name: q.Name, Content: raw, File: strings.ReplaceAll(s.name, ":", "-") + ".json", Type: "application/json", Grade: s.cfg.Grade}
	if err := m.fill(r, found); err != nil {
		return nil, err
	}
	if m.Valid != "" {
		v, _ := m.Valid.in(found)
		if v != true && !slices.Contains(m.ValidIs, fmt.Sprint(v)) {
			r.Void = true
		}
	}
	for question, at := range s.cfg.Values {
		if v, ok := at.in(found); ok {
			if r.Values == nil {
				r.Values = map[string]any{}
			}
			r.Values[question] = v
		}
	}
	r.Size = int64(len(r.Content))
	return r, nil
}

func (m Mapping) fill(r *Record, found any) error {
	if m.Until != "" {
		switch v, ok := m.Until.in(found); day := v.(type) {
		case string:
			d, err := calendar.ParseDate(day[:min(len(day), len(time.DateOnly))])
			if err != nil {
				return fail("no-until", nil)
			}
			r.Until = &d
		default:
			if ok {
				return fail("no-until", nil)
			}
		}
	}
	if m.Ref != "" {
		if v, ok := m.Ref.in(found); ok {
			r.Ref = fmt.Sprint(v)
		}
	}
	if m.File != "" {
		text, _ := m.File.in(found)
		encoded, ok := text.(string)
		content, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil || len(content) == 0 {
			return fail("no-file", nil)
		}
		r.Content, r.Type = content, orElse(m.FileType, "application/pdf")
		r.File = r.Name + extension(r.Type)
	}
	return nil
}

// extension is what files of a type are called; only those services send.
func extension(kind string) string {
	switch kind {
	case "application/pdf":
		return ".pdf"
	case "application/ofd":
		return ".ofd"
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	}
	return ""
}

// licenceService is a store of licences behind HTTP: asked once per type.
type licenceService struct{ *service }

// Licences implements Licences.
func (s licenceService) Licences(ctx context.Context, h Holder, types []string, day calendar.Date) ([]Record, error) {
	var out []Record
	for _, t := range types {
		r, err := s.Ask(ctx, Query{Licence: t, Name: t, Holder: h, Day: day})
		if err != nil {
			return out, err
		}
		if r != nil {
			out = append(out, *r)
		}
	}
	return out, nil
}
