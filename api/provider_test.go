package api_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"lianban/api"
	"lianban/api/gen"
	"lianban/engine"
	"lianban/store"
)

// issuer is an OpenID Connect provider with one client. Whoever comes is logged in
// as `as` says; it is as strict as a real one about everything else.
type issuer struct {
	*httptest.Server
	t   *testing.T
	key *rsa.PrivateKey

	mu    sync.Mutex
	codes map[string]url.Values // code → what the browser asked with
	as    func(claims map[string]any)
	sign  *rsa.PrivateKey // another key than it publishes
	away  bool
}

const (
	clientID     = "lianban"
	clientSecret = "the secret of the client"
)

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	i := &issuer{t: t, key: key, sign: key, codes: map[string]url.Values{}, as: func(c map[string]any) { c["preferred_username"] = "clerk" }}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.json(w, map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"end_session_endpoint": i.URL + "/logout", "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		i.json(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: i.key.Public(), KeyID: "one", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.away {
			http.Error(w, "away", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) json(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Error(err)
	}
}

// authorize sends the browser back with a code, after somebody has logged in.
func (i *issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != clientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" ||
		!strings.Contains(q.Get("scope"), "openid") || q.Get("nonce") == "" || q.Get("state") == "" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	i.codes[code] = q
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
}

// token gives the tokens for a code, once, to the client that has the verifier.
func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	asked, ok := i.codes[r.FormValue("code")]
	delete(i.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !ok || id != clientID || secret != clientSecret || r.FormValue("redirect_uri") != asked.Get("redirect_uri") ||
		base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: i.sign, KeyID: "one"}}, nil)
	if err != nil {
		i.t.Error(err)
		return
	}
	claims := map[string]any{
		"iss": i.URL, "aud": clientID, "sub": "s-1", "nonce": asked.Get("nonce"), "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
	}
	i.as(claims)
	signed, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		i.t.Error(err)
	}
	i.json(w, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": signed})
}

// set changes the issuer between two sign-ins.
func (i *issuer) set(change func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change()
}

// walk is a browser on its way: it keeps cookies and follows redirects one by one.
type walk struct {
	r   *rig
	jar map[string]string
}

// get asks for an address and gives where it is sent to.
func (w *walk) get(address string) answer {
	w.r.t.Helper()
	q, err := http.NewRequestWithContext(w.r.t.Context(), "GET", address, nil)
	require.NoError(w.r.t, err)
	q.Header.Set("Accept", "text/html")
	if strings.HasPrefix(address, w.r.url) {
		for k, v := range w.jar {
			q.AddCookie(&http.Cookie{Name: k, Value: v})
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(q)
	require.NoError(w.r.t, err)
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		require.True(w.r.t, c.HttpOnly)
		if c.MaxAge < 0 {
			delete(w.jar, c.Name)
			continue
		}
		w.jar[c.Name] = c.Value
	}
	return answer{status: resp.StatusCode, header: resp.Header}
}

// providerRig is a release whose people sign in through an issuer.
func providerRig(t *testing.T, change func(*api.Provider)) (*rig, *issuer) {
	t.Helper()
	i := newIssuer(t)
	p := &api.Provider{Issuer: i.URL, ClientID: clientID, ClientSecret: clientSecret, Zh: "统一身份", En: "the city's sign-in"}
	if change != nil {
		change(p)
	}
	r := newRig(t, rigOptions{noWorker: true, release: true, locked: true, provider: p, public: "http://hall.test"})
	return r, i
}

func (w *walk) who() answer {
	w.r.t.Helper()
	return w.r.do(req{method: "GET", path: "/v1/session", header: map[string]string{"Cookie": "lianban=" + w.jar["lianban"]}})
}

// signInAt goes all the way and gives the page it ends at. The public address is not the one
// the test reaches.
func (r *rig) signInAt(to string) (*walk, string) {
	r.t.Helper()
	w := &walk{r, map[string]string{}}
	a := w.get(r.url + "/v1/session/provider?to=" + url.QueryEscape(to))
	for range 3 {
		next := strings.Replace(a.header.Get("Location"), "http://hall.test", r.url, 1)
		if !strings.HasPrefix(next, "http") {
			return w, next
		}
		a = w.get(next)
	}
	r.t.Fatal("no end of redirects")
	return nil, ""
}

func TestSignInThroughAProvider(t *testing.T) {
	t.Parallel()
	r, i := providerRig(t, nil)
	var ways gen.Ways
	r.do(req{method: "GET", path: "/v1/session/ways"}).into(t, &ways)
	require.False(t, ways.Password)
	require.Equal(t, "统一身份", ways.Provider.Name.ZH)
	require.Equal(t, "/v1/session/provider", ways.Provider.Url)
	r.do(req{method: "POST", path: "/v1/session", key: "-", body: map[string]any{"account": "locked", "password": "correct horse"}}).problem(t, 403, "not-permitted")

	w, end := r.signInAt("/inbox?light=red")
	require.Equal(t, "/inbox?light=red", end)
	var who gen.Account
	w.who().into(t, &who)
	require.Equal(t, "a-clerk", who.Id)
	require.Equal(t, []string{engine.RoleClerk}, who.Roles)
	require.NotContains(t, w.jar, "lianban-sign-in")

	// Nowhere but to this server's own pages.
	for _, to := range []string{"https://elsewhere.example/", "//elsewhere.example", `/\elsewhere.example`, "javascript:alert(1)"} {
		_, end := r.signInAt(to)
		require.Equal(t, "/", end, to)
	}
	out := w.get(r.url + "/v1/session/provider/logout")
	require.Equal(t, 303, out.status)
	require.True(t, strings.HasPrefix(out.header.Get("Location"), i.URL+"/logout?"), out.header.Get("Location"))

	require.NotContains(t, r.log.String(), "某clerk")
}

func TestASignInThatIsNotTrusted(t *testing.T) {
	t.Parallel()
	r, i := providerRig(t, nil)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	clerk := func(more func(c map[string]any)) func() {
		return func() {
			i.sign, i.away = i.key, false
			i.as = func(c map[string]any) { c["preferred_username"] = "clerk"; more(c) }
		}
	}
	require.NoError(t, r.store.PutAccount(t.Context(), store.Account{ID: "a-gone", Login: "gone", Name: "某", Roles: []store.Role{{Org: "org-hall", Role: engine.RoleClerk}}}))
	require.NoError(t, r.store.PutAccount(t.Context(), store.Account{ID: "a-idle", Login: "idle", Name: "某", Active: true}))
	for name, set := range map[string]func(){
		"another nonce":    clerk(func(c map[string]any) { c["nonce"] = "n" }),
		"another audience": clerk(func(c map[string]any) { c["aud"] = "somebody" }),
		"another issuer":   clerk(func(c map[string]any) { c["iss"] = "https://elsewhere.example" }),
		"expired":          clerk(func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() }),
		"no claim":         clerk(func(c map[string]any) { delete(c, "preferred_username") }),
		"nobody":           clerk(func(c map[string]any) { c["preferred_username"] = "nobody" }),
		"disabled":         clerk(func(c map[string]any) { c["preferred_username"] = "gone" }),
		"without a role":   clerk(func(c map[string]any) { c["preferred_username"] = "idle" }),
		"another key":      func() { clerk(func(map[string]any) {})(); i.sign = other },
	} {
		i.set(set)
		w, end := r.signInAt("/inbox")
		require.Equal(t, "/inbox?signin=sign-in-refused", end, name)
		require.Empty(t, w.jar["lianban"], name)
		w.who().problem(t, 401, "unauthenticated")
	}
	i.set(clerk(func(map[string]any) {}))

	// A browser that did not set out comes back with nothing, nor with another's state.
	w := &walk{r, map[string]string{}}
	back := "/v1/session/provider/callback?code=x&state=y"
	require.Equal(t, "/?signin=sign-in-refused", w.get(r.url+back).header.Get("Location"))
	w.get(r.url + "/v1/session/provider")
	require.NotEmpty(t, w.jar["lianban-sign-in"])
	require.Equal(t, "/?signin=sign-in-refused", w.get(r.url+back).header.Get("Location"))
	r.do(req{method: "GET", path: back}).problem(t, 401, "sign-in-refused")

	// A code is used once, and only by who began.
	first := &walk{r, map[string]string{}}
	a := first.get(first.get(r.url + "/v1/session/provider").header.Get("Location"))
	callback := strings.Replace(a.header.Get("Location"), "http://hall.test", r.url, 1)
	kept := first.jar["lianban-sign-in"]
	require.Equal(t, "/", first.get(callback).header.Get("Location"))
	again := &walk{r, map[string]string{"lianban-sign-in": kept}}
	require.Equal(t, "/?signin=sign-in-refused", again.get(callback).header.Get("Location"))

	refused := &walk{r, map[string]string{}}
	begun, err := url.Parse(refused.get(r.url + "/v1/session/provider").header.Get("Location"))
	require.NoError(t, err)
	denied := r.url + "/v1/session/provider/callback?error=access_denied&state=" + begun.Query().Get("state")
	require.Equal(t, "/?signin=sign-in-refused", refused.get(denied).header.Get("Location"))

	i.set(func() { i.away = true })
	lost := &walk{r, map[string]string{}}
	set := lost.get(r.url + "/v1/session/provider") // what it said about itself is known
	require.Equal(t, 303, set.status)
	begun, err = url.Parse(set.header.Get("Location"))
	require.NoError(t, err)
	require.Equal(t, "/?signin=provider-away", lost.get(r.url+"/v1/session/provider/callback?code=c&state="+begun.Query().Get("state")).header.Get("Location"))
}

func TestAProviderThatIsAwayAtFirst(t *testing.T) {
	t.Parallel()
	r, i := providerRig(t, func(p *api.Provider) { p.Claim, p.External = "employee", true })
	i.set(func() { i.away = true })
	p := r.do(req{method: "GET", path: "/v1/session/provider"}).problem(t, 503, "provider-away")
	require.NotEmpty(t, p.Zh)
	i.set(func() {
		i.away = false
		i.as = func(c map[string]any) { c["employee"] = "E-0042" }
	})
	_, end := r.signInAt("/")
	require.Equal(t, "/?signin=sign-in-refused", end, "nobody has that name there yet")
	r.admin()
	change := map[string]any{"revision": 1, "login": "one", "name": "某one", "external": "E-0042", "active": true, "roles": []any{map[string]any{"org": "org-dept", "role": "handle"}}}
	require.Equal(t, 200, r.put("/v1/people/one", change).status)
	w, end := r.signInAt("/")
	require.Equal(t, "/", end)
	var who gen.Account
	w.who().into(t, &who)
	require.Equal(t, "a-one", who.Id)
}

func TestNoProvider(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	r.do(req{method: "GET", path: "/v1/session/provider"}).problem(t, 404, "no-route")
	r.do(req{method: "GET", path: "/v1/session/provider/callback"}).problem(t, 404, "no-route")
	_, err := api.New(api.Config{Store: r.store, Bucket: r.bucket, Temporal: r.temporal, Clock: r.clock, Provider: &api.Provider{Issuer: "https://x", ClientID: "y"}})
	require.ErrorContains(t, err, "public address")
}
