package sources

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/calendar"
)

const holder = Holder("440301199001011234")

var today = calendar.NewDate(2026, 3, 2)

func query() Query {
	return Query{Item: "S1", Region: "210304", Paper: "lease", Name: "场所使用证明", Holder: holder, Day: today,
		Form: map[string]any{"premises": "某路1号", "applicant": map[string]any{"name": "某某"}}}
}

// serve is a service at a server of its own that answers with handler.
func serve(t *testing.T, change func(*Endpoint), handler http.HandlerFunc) *service {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	e := Endpoint{URL: srv.URL + "/ask?k=1", Send: map[string]string{"certNo": "applicant.id", "addr": "form.premises"}}
	if change != nil {
		change(&e)
	}
	require.NoError(t, e.prepare(func(string) string { return "" }))
	return newService("data:property", e)
}

func answers(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, body)
	}
}

func TestAServiceIsAskedAndItsAnswerRead(t *testing.T) {
	t.Parallel()
	var sent map[string]any
	s := serve(t, func(e *Endpoint) {
		e.Headers = map[string]string{"X-App": "hall"}
		e.Mapping = Mapping{Record: "/data/0", Until: "/to", Ref: "/no", Valid: "/state", ValidIs: []string{"1"}}
		e.Values = map[string]pointer{"owner": "/owned", "nothing": "/nothing"}
	}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.Header.Get("X-App") != "hall" || r.URL.Query().Get("k") != "1" || json.NewDecoder(r.Body).Decode(&sent) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		answers(`{"code":0,"data":[{"no":"BDC-7","to":"2031-05-01T00:00:00+08:00","state":1,"owned":true}]}`)(w, r)
	})
	r, err := s.Ask(t.Context(), query())
	require.NoError(t, err)
	require.Equal(t, map[string]any{"certNo": string(holder), "addr": "某路1号"}, sent)
	require.Equal(t, "BDC-7", r.Ref)
	require.Equal(t, "2031-05-01", r.Until.String())
	require.Equal(t, map[string]any{"owner": true}, r.Values)
	require.Equal(t, engine.GradeA, r.Grade)
	require.Equal(t, "application/json", r.Type)
	require.JSONEq(t, `{"code":0,"data":[{"no":"BDC-7","to":"2031-05-01T00:00:00+08:00","state":1,"owned":true}]}`, string(r.Content), "the exact answer is the evidence")
	require.False(t, r.Void)
}

func TestAServiceThatSendsThePaperItself(t *testing.T) {
	t.Parallel()
	var seen string
	s := serve(t, func(e *Endpoint) {
		e.Method = "get"
		e.Mapping = Mapping{Record: "/doc"}
		e.Papers = map[string]Mapping{"lease": {File: "/pdf", FileType: "application/ofd"}}
	}, func(w http.ResponseWriter, r *http.Request) {
		seen = r.URL.Query().Get("certNo")
		answers(`{"doc":{"pdf":"`+base64.StdEncoding.EncodeToString([]byte("OFD"))+`"}}`)(w, r)
	})
	r, err := s.Ask(t.Context(), query())
	require.NoError(t, err)
	require.Equal(t, string(holder), seen)
	require.Equal(t, "OFD", string(r.Content))
	require.Equal(t, "application/ofd", r.Type)
	require.Equal(t, "场所使用证明.ofd", r.File)
}

func TestNoRecordIsNoFailure(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"404":         func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) },
		"204":         func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
		"empty list":  answers(`{"data":[]}`),
		"null":        answers(`{"data":null}`),
		"false":       answers(`{"data":false}`),
		"no member":   answers(`{"code":1}`),
		"not a place": answers(`{"data":"x"}`),
	} {
		at := pointer("/data")
		if name == "not a place" {
			at = "/data/0/x"
		}
		s := serve(t, func(e *Endpoint) { e.Record = at }, handler)
		r, err := s.Ask(t.Context(), query())
		require.NoError(t, err, name)
		require.Nil(t, r, name)
	}
}

func TestFailuresOfAServiceHaveAWord(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*Endpoint)
		handler http.HandlerFunc
		why     string
		calls   int32
	}{
		"server error":    {nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "status-500", 3},
		"too many":        {nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, "status-429", 3},
		"forbidden":       {nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, "status-403", 1},
		"leads elsewhere": {nil, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) }, "status-302", 1},
		"a page":          {nil, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>login") }, "not-json", 3},
		"half a document": {nil, answers(`{"data":`), "not-json", 3},
		"too large":       {func(e *Endpoint) { e.MaxBytes = 10 }, answers(`{"data":"0123456789"}`), "too-large", 1},
		"slow":            {func(e *Endpoint) { e.Timeout = 20 * time.Millisecond }, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "timeout", 3},
		"hangs up": {nil, func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = c.Close()
			}
		}, "unreachable", 3},
		"no date":  {func(e *Endpoint) { e.Until = "/to" }, answers(`{"to":"soon"}`), "no-until", 1},
		"a number": {func(e *Endpoint) { e.Until = "/to" }, answers(`{"to":20310501}`), "no-until", 1},
		"no file":  {func(e *Endpoint) { e.File = "/pdf" }, answers(`{"pdf":"***"}`), "no-file", 1},
		"no field": {func(e *Endpoint) { e.Send = map[string]string{"a": "form.area"} }, answers(`{}`), "no-form.area", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			s := serve(t, func(e *Endpoint) {
				e.Tries = 3
				if c.change != nil {
					c.change(e)
				}
			}, func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				_, _ = io.Copy(io.Discard, r.Body) // so that the server notices a caller who hangs up
				c.handler(w, r)
			})
			_, err := s.Ask(t.Context(), query())
			var f *Failure
			require.ErrorAs(t, err, &f)
			require.Equal(t, c.why, f.Why)
			require.Equal(t, c.calls, calls.Load())
			require.NotContains(t, err.Error(), string(holder))
		})
	}
}

// An address with the applicant in its query is in the errors of net/http; ours leave it out.
func TestErrorsDoNotNameTheApplicant(t *testing.T) {
	t.Parallel()
	s := serve(t, func(e *Endpoint) { e.Method, e.Tries = "GET", 1 }, func(w http.ResponseWriter, _ *http.Request) {
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = c.Close()
		}
	})
	_, err := s.Ask(t.Context(), query())
	require.Error(t, err)
	require.NotContains(t, fmt.Sprintf("%v %+v", err, err), string(holder))
	require.Equal(t, "[applicant] [applicant] [applicant]", fmt.Sprintf("%v %s %#v", holder, holder, holder))
}

func TestOneMoreTryHelps(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(502)
			return
		}
		answers(`{"ok":true}`)(w, r)
	})
	r, err := s.Ask(t.Context(), query())
	require.NoError(t, err)
	require.NotNil(t, r)
}

func TestAServiceThatKeepsFailingIsLeftAlone(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	var healthy atomic.Bool
	s := serve(t, func(e *Endpoint) { e.Tries, e.After, e.For = 1, 3, time.Hour }, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if !healthy.Load() {
			w.WriteHeader(503)
			return
		}
		answers(`{}`)(w, r)
	})
	why := func() string {
		_, err := s.Ask(t.Context(), query())
		var f *Failure
		if err == nil {
			return ""
		}
		require.ErrorAs(t, err, &f)
		return f.Why
	}
	for range 3 {
		require.Equal(t, "status-503", why())
	}
	require.Equal(t, "resting", why())
	require.EqualValues(t, 3, calls.Load())
	require.False(t, s.breaker.resting(time.Now()).IsZero())

	healthy.Store(true)
	s.breaker.until = time.Now() // its rest is over
	require.Empty(t, why())
	require.Empty(t, why())
	require.True(t, s.breaker.resting(time.Now()).IsZero())
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	b := &breaker{after: 2, rest: time.Minute}
	b.ended(at, false, false)
	b.ended(at, true, false)
	b.ended(at, false, false)
	require.True(t, b.allow(at), "only failures in a row count")
	b.ended(at, false, true)
	require.True(t, b.allow(at), "a caller who gave up says nothing of the source")
	b.ended(at, false, false)
	require.False(t, b.allow(at))
	require.False(t, b.allow(at.Add(59*time.Second)))
	later := at.Add(time.Minute)
	require.True(t, b.allow(later))
	require.False(t, b.allow(later), "one call goes through to see")
	b.ended(later, false, false)
	require.False(t, b.allow(later.Add(59*time.Second)))
	require.True(t, b.allow(later.Add(time.Minute)))
	b.ended(later, true, false)
	require.True(t, b.allow(later))
	require.True(t, b.allow(later))
}

func TestPointers(t *testing.T) {
	t.Parallel()
	var doc any
	require.NoError(t, json.Unmarshal([]byte(`{"a":[{"b/c":1,"d~e":{"":2}}],"n":null}`), &doc))
	for at, want := range map[pointer]any{"/a/0/b~1c": 1.0, "/a/0/d~0e/": 2.0} {
		got, ok := at.in(doc)
		require.True(t, ok, at)
		require.Equal(t, want, got, at)
	}
	for _, at := range []pointer{"/a/1", "/a/x", "/b", "/n", "/a/0/b~1c/d", "/a/-1"} {
		_, ok := at.in(doc)
		require.False(t, ok, at)
	}
	whole, ok := pointer("").in(doc)
	require.True(t, ok)
	require.Equal(t, doc, whole)
	require.Error(t, pointer("a").check())
}

func TestConfiguration(t *testing.T) {
	t.Parallel()
	env := func(name string) string { return map[string]string{"PROPERTY_TOKEN": "s3cret"}[name] }
	load := func(text string) (Config, error) {
		path := filepath.Join(t.TempDir(), "sources.yaml")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return Load(path, env)
	}
	c, err := load(`
budget: 4s
library: {reuse: 1y, periods: {从业人员健康证明: 6mo}}
licences:
  types: {身份证明: [居民身份证]}
  questions: {hasLicence: 营业执照}
data:
  property:
    url: https://property.example/ask
    headers: {Authorization: "Bearer ${PROPERTY_TOKEN}"}
    send: {certNo: applicant.id}
    timeout: 1500ms
    record: /data/0
    until: /to
    papers: {flue: {record: /flue}}
    values: {mixedUse: /mixed}
`)
	require.NoError(t, err)
	require.Equal(t, 4*time.Second, c.Budget)
	require.Equal(t, calendar.Period{Amount: 6, Unit: calendar.Months}, c.Library.Periods["从业人员健康证明"])
	p := c.Data["property"]
	require.Equal(t, "Bearer s3cret", p.Headers["Authorization"])
	require.Equal(t, 1500*time.Millisecond, p.Timeout)
	require.Equal(t, "POST", p.Method)
	require.Equal(t, Mapping{Record: "/flue", Until: "/to"}, p.Papers["flue"].over(p.Mapping))
	empty, err := load("")
	require.NoError(t, err)
	require.Equal(t, defaultBudget, empty.Budget)

	for text, want := range map[string]string{
		"data: {a: {url: ftp://x}}":                                            "an http or https address",
		"data: {A: {url: http://x}}":                                           "data.A",
		"data: {a: {url: http://x, method: PUT}}":                              "POST or GET",
		"data: {a: {url: http://x, grade: D}}":                                 "grade",
		"data: {a: {url: http://x, send: {n: applicants.id}}}":                 "no such field",
		"data: {a: {url: http://x, send: {n: form}}}":                          "no such field",
		"data: {a: {url: http://x, record: data}}":                             "begins with /",
		"data: {a: {url: http://x, values: {q: x}}}":                           "begins with /",
		"data: {a: {url: http://x, tries: -1}}":                                "more than nothing",
		"data: {a: {url: http://x, headers: {K: '${NOBODY}', L: '${NOONE}'}}}": "no NOBODY, NOONE",
		"licences: {service: {url: x}}":                                        "licences.service",
		"intermediary: {url: x}":                                               "intermediary",
		"library: {reuse: 5h}":                                                 "not hours",
		"library: {reuses: 5y}":                                                "reuses",
	} {
		_, err := load(text)
		require.Error(t, err, text)
		require.Contains(t, err.Error(), want, text)
	}
	_, err = Load(filepath.Join(t.TempDir(), "none.yaml"), env)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// One that gave up waiting is told at once, whatever tries are left.
func TestGivingUpEndsTheTries(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(e *Endpoint) { e.Tries = 100 }, func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		w.WriteHeader(500)
	})
	_, err := s.Ask(ctx, query())
	require.Error(t, err)
	require.True(t, strings.Contains(err.Error(), "timeout"), err)
}
