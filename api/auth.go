package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"lianban/engine"
	"lianban/store"
)

// caller is who calls: an official with a session, or the applicant of one case.
type caller struct {
	session store.Session // officials
	token   string
	number  string // applicants: their case
	behalf  string // the colleague an official stands in for
}

// actor is the caller as the engine knows him.
func (c *caller) actor() engine.Actor {
	if c.number != "" {
		return engine.Actor{Kind: engine.Applicant}
	}
	return engine.Actor{Kind: engine.Person, ID: c.session.Account, Org: c.session.Org, Roles: c.session.Roles, For: c.behalf}
}

// self is the account at whose desk the caller works.
func (c *caller) self() string { return orElse(c.behalf, c.session.Account) }

// supervises says whether the caller is a supervisor: he sees the cases of the organisations he looks after (reach).
func (c *caller) supervises() bool { return contains(c.session.Roles, engine.RoleSupervisor) }

// governs says whether the caller heads a government: he extends the time limits of joint cases (行政许可法第四十二条),
// and so finds the cases of the organisations below it.
func (c *caller) governs() bool { return contains(c.session.Roles, engine.RoleGovernmentHead) }

// oversees says whether the caller may put in question what organisations below his have granted (行政许可法第六十九条),
// and so sees how the cases stand in which they have.
func (c *caller) oversees() bool {
	return contains(c.session.Roles, engine.RoleApprove, engine.RoleOrganHead, engine.RoleGovernmentHead)
}

// identifies says whether the caller's work asks for applicants' identities.
func (c *caller) identifies() bool {
	return contains(c.session.Roles, engine.RoleClerk, engine.RoleLead, engine.RoleSupervisor)
}

// official is the logged-in caller; the guard has seen to it that there is one.
func official(ctx context.Context) *caller {
	if c := callOf(ctx).who; c != nil {
		return c
	}
	panic("api: an operation without a guard asked who calls")
}

// guard lets in whom the policy names. It runs before anything of the request
// is read.
func (s *Server) guard(p Policy) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			k := callOf(r.Context())
			switch p.Who {
			case Dev:
				if !s.cfg.Dev {
					return problem(CodeDevOnly, "该功能仅在开发模式下提供", "this operation exists only with the built-in identity of development")
				}
			case Applicant:
				who, err := s.applicant(r)
				if err != nil {
					return err
				}
				k.who = who
			case Official:
				who, err := s.session(r)
				if err != nil {
					return err
				}
				k.who = who
				if !p.permits(who.session.Roles) {
					return problem(CodeNotPermitted, "当前账号的岗位无此权限，需要：%[2]s", "the account's roles do not permit this; needed: %[1]s", strings.Join(p.Roles, ", "), both(strings.Join(p.Roles, ", ")).ZH).
						want(strings.Join(p.Roles, ", "), strings.Join(who.session.Roles, ", "))
				}
			}
			return next(c)
		}
	}
}

func (s *Server) session(r *http.Request) (*caller, error) {
	token, err := s.tokenOf(r)
	if err != nil {
		return nil, err
	}
	session, err := s.cfg.Store.SessionOf(r.Context(), token, s.cfg.Clock.Real())
	if errors.Is(err, store.ErrNotFound) {
		return nil, unauthenticated("unknown or expired")
	}
	if err != nil {
		return nil, err
	}
	c := &caller{session: session, token: token}
	if name := r.Header.Get(forHeader); name != "" {
		return c, s.standsIn(r.Context(), c, name)
	}
	return c, nil
}

// tokenOf is the token of the header, else that of the browser's cookie.
func (s *Server) tokenOf(r *http.Request) (string, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		if token := s.browser.token(r); token != "" && len(token) <= 256 {
			if p := s.browser.ours(r); p != nil {
				return "", p
			}
			return token, nil
		}
	}
	scheme, token, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > 256 {
		return "", unauthenticated("missing")
	}
	return token, nil
}

func unauthenticated(actual string) *Problem {
	return problem(CodeUnauthenticated, "未登录或登录已失效，请重新登录", "no valid login; log in and send the token").
		at("Authorization").want("Bearer TOKEN of POST /v1/session", actual)
}

// Guesses at tracking codes and passwords, by what is guessed at: addresses are
// limited besides (limits).
const (
	trackGuesses = 10
	loginGuesses = 10
	guessWindow  = 10 * time.Minute
)

// applicant reads number and code. The guess is counted before it is judged and
// forgiven when it was right, so nobody can try many codes at once.
func (s *Server) applicant(r *http.Request) (*caller, error) {
	number, code, ok := strings.Cut(strings.TrimSpace(r.Header.Get(trackHeader)), " ")
	code = strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(code), "-", ""))
	if !ok || number == "" || code == "" || len(number) > 64 || len(code) > 64 {
		return nil, badTrack().want("NUMBER CODE", "missing")
	}
	ctx, subject := r.Context(), "track:"+number
	allowed, until, err := s.cfg.Store.Attempts(ctx, subject, trackGuesses, guessWindow, s.cfg.Clock.Real())
	if err != nil {
		return nil, err
	}
	if !allowed {
		return nil, tooMany(retryAfter(until, s.cfg.Clock.Real()))
	}
	right, err := s.cfg.Store.TrackCode(ctx, number, code)
	switch {
	case err != nil:
		return nil, err
	case !right:
		return nil, badTrack()
	}
	if err := s.cfg.Store.ForgetAttempts(ctx, subject); err != nil {
		return nil, err
	}
	return &caller{number: number}, nil
}

func badTrack() *Problem {
	return problem(CodeBadTrack, "办件编号或查询码不正确，请以收件回执为准", "the case number or the code is wrong; both are on the receipt").at(trackHeader)
}
