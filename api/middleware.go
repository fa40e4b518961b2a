package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	nethttpmiddleware "github.com/oapi-codegen/nethttp-middleware"

	"lianban/store"
	"lianban/store/bucket"
)

// call is what a request carries through its handlers.
type call struct {
	id   string // of the request, for the log
	lang string
	addr string
	who  *caller // nil: nobody has logged in
	// request is as it came, for what depends on more than its parameters.
	request *http.Request
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{lang: "zh"}
}

// speaking is a call in another language than the one it came in; "" leaves it.
func speaking(ctx context.Context, lang string) context.Context {
	k := *callOf(ctx)
	k.lang = orElse(lang, k.lang)
	return context.WithValue(ctx, callKey{}, &k)
}

// observe numbers, times and logs requests. The line holds the route's pattern,
// never path or query: those may hold what somebody searched for.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := s.cfg.Clock.Real()
		k := &call{id: uuid.NewString(), lang: language(c.Request()), addr: c.RealIP(), request: c.Request()}
		c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), callKey{}, k)))
		h := c.Response().Header()
		h.Set(requestIDHeader, k.id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		if err := next(c); err != nil {
			c.Error(err)
		}
		took := s.cfg.Clock.Real().Sub(began)
		route, status := orElse(c.Path(), "unknown"), c.Response().Status
		s.metrics.requests.WithLabelValues(c.Request().Method, route, strconv.Itoa(status)).Inc()
		s.metrics.seconds.WithLabelValues(c.Request().Method, route).Observe(took.Seconds())
		attrs := []any{"request", k.id, "method", c.Request().Method, "route", route, "status", status, "ms", took.Milliseconds()}
		if k.who != nil {
			attrs = append(attrs, "account", k.who.session.Account, "org", k.who.session.Org)
		}
		s.log.Info("request", attrs...)
		return nil
	}
}

// recover turns a panic of a handler into 500; the stack goes to the log alone.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				if r == http.ErrAbortHandler {
					panic(r)
				}
				s.log.Error("handler panicked", "request", callOf(c.Request().Context()).id, "route", c.Path(), "stack", string(debug.Stack()))
				err = &Problem{Code: CodeInternal, cause: fmt.Errorf("panic in %s", c.Path())}
			}
		}()
		return next(c)
	}
}

// storeless are the routes that answer without the database.
var storeless = map[string]bool{
	"/healthz": true, "/readyz": true, "/metrics": true, "/openapi.json": true, "/problems": true, "/problems/:code": true,
}

// lifeline answers 503 at once while the database is away, and ends a request
// under which it goes away: one that hangs would hold its caller for ever. An act
// that is recorded goes on to be decided, since that does not ask this request.
func (s *Server) lifeline(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if storeless[c.Path()] {
			return next(c)
		}
		ctx, cancel := s.pulse.Within(c.Request().Context())
		defer cancel()
		away := func() bool { return errors.Is(context.Cause(ctx), store.ErrUnavailable) }
		if away() {
			return store.ErrUnavailable
		}
		c.SetRequest(c.Request().WithContext(ctx))
		err := next(c)
		if errors.Is(err, context.Canceled) && away() {
			return store.ErrUnavailable
		}
		return err
	}
}

// fail is the one place an error becomes an answer.
func (s *Server) fail(err error, c echo.Context) {
	ctx := c.Request().Context()
	p := problemOf(err)
	if p.Code == CodeInternal {
		s.log.ErrorContext(ctx, "request failed", "request", callOf(ctx).id, "route", c.Path(), "error", fmt.Sprint(errors.Unwrap(p)))
	}
	if c.Response().Committed {
		return
	}
	s.write(c.Response(), c.Request(), p)
}

// write sends a problem.
func (s *Server) write(w http.ResponseWriter, r *http.Request, p *Problem) {
	k := callOf(r.Context())
	if p.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.Retry))
	}
	if p.Code == CodeUnauthenticated {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if err := writeJSON(w, p.Status(), "application/problem+json", p.body(k.lang, k.id)); err != nil {
		s.log.InfoContext(r.Context(), "the caller is gone", "request", k.id)
	}
}

// problemOf maps every error to its problem.
func problemOf(err error) *Problem {
	var p *Problem
	var he *echo.HTTPError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &p):
		if p.Zh == "" {
			k, _ := kindOf(p.Code)
			q := *p
			q.Zh, q.En = k.Zh, k.En
			return &q
		}
		return p
	case errors.As(err, &large):
		return tooLarge(large.Limit)
	case errors.Is(err, store.ErrUnavailable):
		q := problem(CodeStoreAway, "数据库暂时不可用，本次操作未得到确认：请稍后用同一键重发，不会重复生效",
			"the database is away and this was not confirmed; send it again later under the same key: it takes effect once")
		q.Retry, q.cause = 2, err
		return q
	case errors.Is(err, store.ErrKeyReused):
		return problem(CodeKeyReused, "该键已用于另一内容的操作，新操作请换新键", "this key belongs to an act with other content; a new act needs a new key").at(keyHeader).want("the same act", "another act")
	case errors.Is(err, store.ErrCursor):
		return problem(CodeBadCursor, "cursor 不是本列表给出的，请从第一页重新开始", "the cursor was not given by this list; begin at the first page").at("query cursor")
	case errors.Is(err, bucket.ErrNotFound):
		return noSuchFile()
	case errors.As(err, &he):
		return httpProblem(he)
	}
	k, _ := kindOf(CodeInternal)
	return &Problem{Code: CodeInternal, Zh: k.Zh, En: k.En, cause: err}
}

// httpProblem maps errors of the router and of binding.
func httpProblem(he *echo.HTTPError) *Problem {
	switch he.Code {
	case http.StatusNotFound:
		return problem(CodeNoRoute, "没有这个地址：见 /openapi.json", "there is nothing under this address: see /openapi.json")
	case http.StatusMethodNotAllowed:
		return problem(CodeNoMethod, "该地址不支持这种请求方法：见 Allow 响应头", "the address does not know this method: see the header Allow")
	case http.StatusRequestEntityTooLarge:
		return tooLarge(bodyLimit)
	case http.StatusUnsupportedMediaType:
		return problem(CodeMediaType, "请求体的 Content-Type 与接口文档不符", "the body's Content-Type is not the one of the document").at("Content-Type")
	case http.StatusTooManyRequests:
		return tooMany(0)
	case http.StatusBadRequest:
		return badRequest()
	}
	k, _ := kindOf(CodeInternal)
	return &Problem{Code: CodeInternal, Zh: k.Zh, En: k.En, cause: fmt.Errorf("http %d", he.Code)}
}

func tooMany(seconds int) *Problem {
	p := problem(CodeTooMany, "尝试过于频繁，请稍后再试", "too many attempts; try again later")
	p.Retry = max(seconds, 1)
	return p
}

// drainLimit is how much of a refused body is read and thrown away: a caller in
// the middle of sending then gets the answer instead of a broken connection.
const drainLimit = 32 << 20

// bound limits a body before anything reads it.
func (s *Server) bound(op *openapi3.Operation) echo.MiddlewareFunc {
	limit := int64(bodyLimit)
	if uploads(op) {
		limit = s.cfg.UploadLimit + 1<<20 // the parts' heads; the file itself is counted by the bucket
	}
	// Whoever uploads is told how large a file may be, not what goes around it.
	larger := func(p *Problem) *Problem {
		if uploads(op) {
			return tooLarge(s.cfg.UploadLimit).at("file")
		}
		return p
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			body := r.Body
			refuse := func(p *Problem) error {
				_, _ = io.CopyN(io.Discard, body, drainLimit)
				return p
			}
			if r.ContentLength > limit {
				return refuse(larger(tooLarge(limit)))
			}
			r.Body = http.MaxBytesReader(c.Response(), body, limit)
			err := next(c)
			if p := (*Problem)(nil); errors.As(err, &p) && p.Code == CodeTooLarge {
				return refuse(larger(p))
			}
			return err
		}
	}
}

// unbounded are operations that take as long as they take: streams, files, many
// acts in one request.
var unbounded = map[string]bool{
	"streamEvents": true, "uploadFile": true, "trackUpload": true, "getFile": true, "getPaperFile": true, "getCaseFile": true,
	"claimTasks": true, "completeTasks": true, "advanceClock": true,
	"exportCases": true, "exportReport": true, "exportReportLines": true, "exportAgeing": true,
}

// packed gzips what is read as JSON and is worth it: lists shrink to a fifth, and a hall's network is shared by all its
// windows. No page of another site can make a browser ask here with somebody's session (SameSite=Strict), so nothing can be
// learnt from an answer's length.
var packed = middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1024})

// answersJSON says whether an operation's answer is JSON, not a file or a stream.
func answersJSON(op *openapi3.Operation) bool {
	ok := op.Responses.Status(http.StatusOK)
	return ok != nil && ok.Value != nil && ok.Value.Content["application/json"] != nil
}

// storeWait bounds what a request asks of the database: one that hangs is
// answered like one that is away. Waiting for a case's answer is not bounded by
// it.
const storeWait = 6 * time.Second

func deadline(operation string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if unbounded[operation] {
			return next
		}
		return func(c echo.Context) error {
			ctx, cancel := context.WithTimeout(c.Request().Context(), storeWait)
			defer cancel()
			c.SetRequest(c.Request().WithContext(ctx))
			return next(c)
		}
	}
}

// sameTypes are other names of a body's type.
var sameTypes = map[string]string{"text/yaml": "application/yaml", "application/x-yaml": "application/yaml", "text/x-yaml": "application/yaml"}

// typed refuses a body of another type where the validator leaves bodies alone.
func typed(op *openapi3.Operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			came := mediaType(c.Request().Header.Get("Content-Type"))
			want := op.RequestBody.Value
			if want.Content[came] == nil && want.Content[sameTypes[came]] == nil {
				return problem(CodeMediaType, "请求体须为 %[1]s", "the body must be %[1]s", contentTypes(want)).
					at("Content-Type").want(contentTypes(want), orElse(kindOfType(came), "none"))
			}
			return next(c)
		}
	}
}

// limits are the rates of operations that invite guessing, filling disks or copying the whole, per
// address and second.
var limits = map[string]middleware.RateLimiterMemoryStoreConfig{
	"login":       {Rate: 20, Burst: 60, ExpiresIn: 3 * time.Minute},
	"beginSignIn": {Rate: 20, Burst: 60, ExpiresIn: 3 * time.Minute},
	"endSignIn":   {Rate: 20, Burst: 60, ExpiresIn: 3 * time.Minute},
	"track":       {Rate: 5, Burst: 30, ExpiresIn: 3 * time.Minute},
	"trackAnswer": {Rate: 5, Burst: 30, ExpiresIn: 3 * time.Minute},
	"trackUpload": {Rate: 5, Burst: 30, ExpiresIn: 3 * time.Minute},
	"listGrants":  {Rate: 20, Burst: 60, ExpiresIn: 3 * time.Minute},
	"uploadFile":  {Rate: 50, Burst: 200, ExpiresIn: 3 * time.Minute},
}

func (s *Server) limit(operation string) echo.MiddlewareFunc {
	cfg, ok := limits[operation]
	if !ok {
		return func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	}
	return middleware.RateLimiterWithConfig(middleware.RateLimiterConfig{
		Store:               middleware.NewRateLimiterMemoryStoreWithConfig(cfg),
		IdentifierExtractor: func(c echo.Context) (string, error) { return c.RealIP(), nil },
		DenyHandler: func(echo.Context, string, error) error {
			return tooMany(1)
		},
	})
}

// validator checks requests for one path against the document; streamed leaves
// bodies alone. Whoever may call is settled before (guard), so the document's
// security is not asked here.
func (s *Server) validator(path string, item *openapi3.PathItem, streamed bool) echo.MiddlewareFunc {
	spec := *s.spec
	spec.Servers = nil // else it compares the Host header
	// The router knows the path already. With all of them the library tries one regular expression
	// after another, which is the greater part of its time.
	spec.Paths = openapi3.NewPaths(openapi3.WithPath(path, item))
	check := nethttpmiddleware.OapiRequestValidatorWithOptions(&spec, &nethttpmiddleware.Options{
		Options: openapi3filter.Options{
			MultiError: true, ExcludeRequestBody: streamed,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		},
		SilenceServersWarning: true,
		ErrorHandlerWithOpts: func(_ context.Context, err error, _ http.ResponseWriter, r *http.Request, _ nethttpmiddleware.ErrorHandlerOpts) {
			if h, ok := r.Context().Value(faultKey{}).(*error); ok {
				*h = malformed(err)
			}
		},
	})
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			var refusal, handled error
			r := c.Request().WithContext(context.WithValue(c.Request().Context(), faultKey{}, &refusal))
			check(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				c.SetRequest(r)
				handled = next(c)
			})).ServeHTTP(c.Response(), r)
			if refusal != nil {
				return refusal
			}
			return handled
		}
	}
}

type faultKey struct{}

// retryAfter is how long to wait, in whole seconds.
func retryAfter(until, now time.Time) int { return max(int(until.Sub(now).Seconds()+0.999), 1) }

// mediaType is a Content-Type without its parameters.
func mediaType(v string) string {
	t, _, _ := strings.Cut(v, ";")
	return strings.ToLower(strings.TrimSpace(t))
}
