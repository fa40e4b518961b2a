package api

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"lianban/api/gen"
	"lianban/store"
)

// Provider is an OpenID Connect provider whose accounts are mapped to ours.
type Provider struct {
	// Issuer is its address, as https://HOST/realms/hall; the rest it tells itself.
	Issuer, ClientID, ClientSecret string
	// Zh and En are what it is called on the sign-in page.
	Zh, En string
	// Claim names the person in its tokens; empty: preferred_username.
	Claim string
	// External compares the claim with a person's name at the provider
	// (`external`), else it is compared with his login.
	External bool
	// Scopes are asked for besides openid; empty: profile.
	Scopes []string
	// HTTP reaches the provider; nil: a client of five seconds.
	HTTP *http.Client
}

const (
	providerPath     = "/v1/session/provider"
	providerCallback = providerPath + "/callback"
	// providerTime is how long somebody may take to log in there.
	providerTime = 10 * time.Minute
	providerWait = 5 * time.Second
)

// provider signs people in through an outside provider.
type provider struct {
	cfg    Provider
	public *url.URL

	found atomic.Pointer[discovered]
	// asking is one for all who wait, so that nobody waits in a row for a provider that is away.
	asking singleflight.Group
}

// discovered is what the provider says about itself.
type discovered struct {
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
	logout   string // where one logs out there; "" when it has none
}

func newProvider(cfg *Provider, public *url.URL) (*provider, error) {
	switch {
	case cfg == nil:
		return nil, nil
	case public == nil:
		return nil, errors.New("api: sign-in through a provider needs the public address")
	case cfg.Issuer == "" || cfg.ClientID == "":
		return nil, errors.New("api: a provider needs issuer and client id")
	case !SafeIssuer(cfg.Issuer):
		return nil, errors.New("api: the issuer of a provider is reached over https")
	}
	p := &provider{cfg: *cfg, public: public}
	p.cfg.Claim = orElse(p.cfg.Claim, "preferred_username")
	p.cfg.Zh, p.cfg.En = orElse(p.cfg.Zh, "统一身份认证"), orElse(p.cfg.En, "single sign-on")
	if len(p.cfg.Scopes) == 0 {
		p.cfg.Scopes = []string{"profile"}
	}
	p.cfg.HTTP = orElse(p.cfg.HTTP, &http.Client{Timeout: providerWait})
	return p, nil
}

// SafeIssuer says whether nobody on the way can answer for a provider, its keys and
// tokens: it is reached over https, or on this very machine.
func SafeIssuer(issuer string) bool {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" {
		return false
	}
	host := u.Hostname()
	return u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// discover asks the provider about itself, once it answers.
func (p *provider) discover() (*discovered, error) {
	if d := p.found.Load(); d != nil {
		return d, nil
	}
	d, err, _ := p.asking.Do("", func() (any, error) {
		d, err := p.ask()
		if err != nil {
			return nil, providerAway(err)
		}
		p.found.Store(d)
		return d, nil
	})
	if err != nil {
		return nil, err
	}
	return d.(*discovered), nil
}

func (p *provider) ask() (*discovered, error) {
	// Its keys are fetched with this context for as long as the program runs; the client bounds each request.
	remote, err := oidc.NewProvider(oidc.ClientContext(context.Background(), p.cfg.HTTP), p.cfg.Issuer)
	if err != nil {
		return nil, err
	}
	var more struct {
		Logout string `json:"end_session_endpoint"`
	}
	if err := remote.Claims(&more); err != nil {
		return nil, err
	}
	return &discovered{
		oauth: oauth2.Config{
			ClientID: p.cfg.ClientID, ClientSecret: p.cfg.ClientSecret, Endpoint: remote.Endpoint(),
			RedirectURL: p.public.JoinPath(providerCallback).String(), Scopes: append([]string{oidc.ScopeOpenID}, p.cfg.Scopes...),
		},
		verifier: remote.Verifier(&oidc.Config{ClientID: p.cfg.ClientID}), logout: more.Logout,
	}, nil
}

func providerAway(err error) *Problem {
	p := problem(CodeProviderAway, "统一身份认证暂时不可用，请稍后再试", "the provider of sign-in does not answer; try again later")
	p.Retry, p.cause = 5, err
	return p
}

// refusedSignIn is what the person is told; why is for the operator's log, and says nothing of him.
func refusedSignIn(zh, en string, why error) *Problem {
	p := problem(CodeSignIn, zh, en)
	p.cause = why
	return p
}

// attempt is a sign-in under way; the browser keeps it until it comes back.
type attempt struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	To       string `json:"t"`
	// Until ends it, Unix seconds.
	Until int64 `json:"u"`
}

// attemptCookie keeps an attempt. Coming back from the provider is a navigation
// another site begins, so it is Lax where the session is Strict.
func (b *browser) attemptCookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: b.name() + "-sign-in", Value: value, Path: "/", HttpOnly: true, Secure: b.secure, SameSite: http.SameSiteLaxMode, MaxAge: age}
}

// away is an answer that sends the browser to an address.
type away struct {
	to      string
	cookies []*http.Cookie
}

func (a away) visit(w http.ResponseWriter) error {
	for _, c := range a.cookies {
		http.SetCookie(w, c)
	}
	w.Header().Set("Location", a.to)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

func (a away) VisitBeginSignInResponse(w http.ResponseWriter) error    { return a.visit(w) }
func (a away) VisitEndSignInResponse(w http.ResponseWriter) error      { return a.visit(w) }
func (a away) VisitProviderLogoutResponse(w http.ResponseWriter) error { return a.visit(w) }

// localPath is an address on this server, "/" for any other.
func localPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}

func (s *Server) theProvider() (*provider, error) {
	if s.provider == nil {
		return nil, problem(CodeNoRoute, "本系统没有配置统一身份认证", "no provider of sign-in is configured")
	}
	return s.provider, nil
}

// BeginSignIn implements GET /v1/session/provider.
func (s *Server) BeginSignIn(ctx context.Context, r gen.BeginSignInRequestObject) (gen.BeginSignInResponseObject, error) {
	p, err := s.theProvider()
	if err != nil {
		return nil, err
	}
	to := localPath(r.Params.To)
	d, err := p.discover()
	if err != nil {
		return s.turnedAway(ctx, to, err)
	}
	a := attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), To: to, Until: s.cfg.Clock.Real().Add(providerTime).Unix()}
	raw, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	return away{
		to:      d.oauth.AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)),
		cookies: []*http.Cookie{s.browser.attemptCookie(base64.RawURLEncoding.EncodeToString(raw), int(providerTime.Seconds()))},
	}, nil
}

// EndSignIn implements GET /v1/session/provider/callback.
func (s *Server) EndSignIn(ctx context.Context, r gen.EndSignInRequestObject) (gen.EndSignInResponseObject, error) {
	p, err := s.theProvider()
	if err != nil {
		return nil, err
	}
	a, err := s.attemptOf(callOf(ctx).request, r.Params.State)
	if err != nil {
		return s.turnedAway(ctx, "/", err)
	}
	account, err := s.signedIn(ctx, p, a, r.Params)
	if err != nil {
		return s.turnedAway(ctx, a.To, err)
	}
	orgs := orgsOf(account)
	if len(orgs) == 0 {
		return s.turnedAway(ctx, a.To, refusedSignIn("该账号没有任何岗位，请联系管理员", "the account has no role in any organisation; ask an administrator", errors.New("no role")))
	}
	token, _, err := s.open(ctx, account.ID, orgs[0])
	if err != nil {
		return nil, err
	}
	return away{to: a.To, cookies: []*http.Cookie{s.browser.cookie(token), s.browser.attemptCookie("", -1)}}, nil
}

// attemptOf is the attempt a browser comes back from: the state in the address is the
// one it was sent away with.
func (s *Server) attemptOf(r *http.Request, state string) (a attempt, err error) {
	stale := refusedSignIn("登录已过期或不是从本页面开始的，请重新登录", "this sign-in is over or did not begin here; sign in again", errors.New("no such attempt"))
	c, err := r.Cookie(s.browser.attemptCookie("", 0).Name)
	if err != nil {
		return a, stale
	}
	raw, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(raw, &a) != nil {
		return attempt{}, stale
	}
	a.To = localPath(a.To)
	if a.State == "" || a.State != state || s.cfg.Clock.Real().Unix() > a.Until {
		return attempt{}, stale
	}
	return a, nil
}

// signedIn is the account of who the provider says came back.
func (s *Server) signedIn(ctx context.Context, p *provider, a attempt, params gen.EndSignInParams) (store.Account, error) {
	if params.Error != "" || params.Code == "" {
		return store.Account{}, refusedSignIn("统一身份认证没有确认登录", "the provider did not confirm the sign-in", errors.New("refused by the provider"))
	}
	d, err := p.discover()
	if err != nil {
		return store.Account{}, err
	}
	wire := oidc.ClientContext(ctx, p.cfg.HTTP)
	token, err := d.oauth.Exchange(wire, params.Code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		if said := (*oauth2.RetrieveError)(nil); errors.As(err, &said) && said.Response.StatusCode < 500 {
			return store.Account{}, refusedSignIn("统一身份认证没有确认登录", "the provider did not confirm the sign-in", fmt.Errorf("exchange: HTTP %d %s", said.Response.StatusCode, said.ErrorCode))
		}
		return store.Account{}, providerAway(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := d.verifier.Verify(wire, raw)
	if err == nil && id.Nonce != a.Nonce {
		err = errors.New("the nonce is another")
	}
	if err != nil {
		return store.Account{}, refusedSignIn("统一身份认证的凭据不可信，未登录", "what the provider answered cannot be trusted; you are not logged in", fmt.Errorf("id token: %w", err))
	}
	return s.claimed(ctx, p, id)
}

// claimed is the account a token names.
func (s *Server) claimed(ctx context.Context, p *provider, id *oidc.IDToken) (store.Account, error) {
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return store.Account{}, err
	}
	name, _ := claims[p.cfg.Claim].(string)
	nobody := refusedSignIn("没有与该身份对应的在用账号，请联系管理员", "no account that can log in belongs to this identity; ask an administrator", errors.New("no account"))
	if name == "" {
		nobody.cause = fmt.Errorf("the token has no claim %s", p.cfg.Claim)
		return store.Account{}, nobody
	}
	find := s.cfg.Store.AccountByLogin
	if p.cfg.External {
		find = s.cfg.Store.AccountByExternal
	}
	account, err := find(ctx, name)
	if errors.Is(err, store.ErrNotFound) || err == nil && !account.Active {
		return account, nobody
	}
	return account, err
}

// turnedAway sends a browser back to the page it came from, which says why under
// `signin`; programs get the problem itself.
func (s *Server) turnedAway(ctx context.Context, to string, err error) (away, error) {
	p := problemOf(err)
	if p.Code != CodeSignIn && p.Code != CodeProviderAway {
		return away{}, err
	}
	s.log.Warn("sign-in refused", "request", callOf(ctx).id, "code", p.Code, "why", fmt.Sprint(p.cause))
	if !strings.Contains(callOf(ctx).request.Header.Get("Accept"), "text/html") {
		return away{}, p
	}
	u, _ := url.Parse(to) // localPath has read it
	q := u.Query()
	q.Set("signin", p.Code)
	u.RawQuery = q.Encode()
	return away{to: u.String(), cookies: []*http.Cookie{s.browser.attemptCookie("", -1)}}, nil
}

// ProviderLogout implements GET /v1/session/provider/logout.
func (s *Server) ProviderLogout(_ context.Context, _ gen.ProviderLogoutRequestObject) (gen.ProviderLogoutResponseObject, error) {
	p, err := s.theProvider()
	if err != nil {
		return nil, err
	}
	d, err := p.discover()
	if err != nil || d.logout == "" {
		// Here one is logged out already; there one cannot be.
		return away{to: "/"}, nil
	}
	u, err := url.Parse(d.logout)
	if err != nil {
		return nil, err
	}
	q := u.Query()
	q.Set("client_id", p.cfg.ClientID)
	q.Set("post_logout_redirect_uri", p.public.JoinPath("/").String())
	u.RawQuery = q.Encode()
	return away{to: u.String()}, nil
}
