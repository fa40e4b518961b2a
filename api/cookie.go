package api

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lianban/api/gen"
)

// Names of the session's cookie. The browser itself refuses one that begins with
// __Host- unless it came over https from this very host.
const (
	cookieName       = "lianban"
	secureCookieName = "__Host-" + cookieName
)

// browser is what a server needs to know to keep sessions in browsers.
type browser struct {
	// origins says whether a request comes from a page of this server.
	origins *http.CrossOriginProtection
	secure  bool
	// public is the address users reach the installation under; nil: not said.
	public *url.URL
}

// newBrowser reads the public address; empty: that of each request.
func newBrowser(public string) (*browser, error) {
	b := &browser{origins: http.NewCrossOriginProtection()}
	if public == "" {
		return b, nil
	}
	u, err := url.Parse(strings.TrimRight(public, "/"))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("api: the public address must be like https://HOST, got %q", public)
	}
	b.public, b.secure = u, u.Scheme == "https"
	return b, b.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host)
}

func (b *browser) name() string {
	if b.secure {
		return secureCookieName
	}
	return cookieName
}

// cookie keeps a session in a browser until it is closed; the store ends it
// before that when its time is over. Scripts never see it, and no page of
// another site can make the browser send it.
func (b *browser) cookie(token string) *http.Cookie {
	return &http.Cookie{Name: b.name(), Value: token, Path: "/", HttpOnly: true, Secure: b.secure, SameSite: http.SameSiteStrictMode}
}

// gone takes the session from a browser.
func (b *browser) gone() *http.Cookie {
	c := b.cookie("")
	c.MaxAge = -1
	return c
}

// token is the session a browser sends along; "" when it sends none.
func (b *browser) token(r *http.Request) string {
	c, err := r.Cookie(b.name())
	if err != nil {
		return ""
	}
	return c.Value
}

// ours refuses what changes something unless a page of this server asked for it.
// A browser says where such a request comes from; who does not say has to use a
// token instead of a cookie.
func (b *browser) ours(r *http.Request) *Problem {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	came := cmp.Or(r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin"))
	if came != "" && b.origins.Check(r) == nil {
		return nil
	}
	return problem(CodeForeignOrigin, "该请求不是从本系统的页面发出的，未予执行", "this request does not come from a page of this server and was not carried out").
		at("Origin").want("the origin of this server", orElse(kindOfOrigin(came), "none"))
}

func kindOfOrigin(came string) string {
	if came == "" {
		return ""
	}
	return "another origin"
}

// loggedIn answers a login: with a token, or for browsers with a cookie.
type loggedIn struct {
	cookie  *http.Cookie // nil: the token is in the answer
	session gen.Session
}

func (a loggedIn) VisitLoginResponse(w http.ResponseWriter) error {
	if a.cookie != nil {
		http.SetCookie(w, a.cookie)
	}
	return gen.Login201JSONResponse(a.session).VisitLoginResponse(w)
}

func newLoggedIn(b *browser, token string, expires time.Time, account gen.Account, cookie bool) loggedIn {
	a := loggedIn{session: gen.Session{Expires: expires, Account: account}}
	if cookie {
		a.cookie = b.cookie(token)
		return a
	}
	a.session.Token = token
	return a
}

// loggedOut takes the cookie from browsers that have one.
type loggedOut struct{ cookie *http.Cookie }

func (a loggedOut) VisitLogoutResponse(w http.ResponseWriter) error {
	http.SetCookie(w, a.cookie)
	return gen.Logout204Response{}.VisitLogoutResponse(w)
}
