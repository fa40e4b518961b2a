package cli

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

// DefaultServer is where `dev` listens when nobody says otherwise.
const DefaultServer = "http://127.0.0.1:8080"

// link is a connection of one command: the server, and whom it acts for.
type link struct {
	app     *App
	client  *client.Client
	wallet  *client.Wallet
	account string // to log in again with; empty: a token was given, or nobody
}

// address finds the server: flag, environment, the dev running on the data
// folder, the default.
func (a *App) address() (server string, fromData bool) {
	server = cmp.Or(a.server, a.Getenv("LIANBAN_SERVER"))
	if server == "" {
		if m, ok := client.ReadMarker(a.Data); ok {
			return m.Server, true
		}
		return DefaultServer, false
	}
	if !strings.Contains(server, "://") {
		server = "http://" + server
	}
	return strings.TrimRight(server, "/"), false
}

// walletPath is the file of remembered tokens: in the data folder for the dev
// that runs there, when we may write there, else in the user's own folder.
func (a *App) walletPath(fromData bool) string {
	if fromData {
		path := filepath.Join(a.Data, "tokens.json")
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err == nil {
			f.Close()
			return path
		}
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "lianban", "tokens.json")
}

// anonymous connects in nobody's name, for what the public may read.
func (a *App) anonymous() *link {
	server, _ := a.address()
	return &link{app: a, client: &client.Client{Server: server, Lang: a.Lang, HTTP: &http.Client{Timeout: a.timeout}}}
}

// connect makes the link of a command that acts for somebody: --token, --as,
// their environment variables, or the account of the last `login`.
func (a *App) connect(ctx context.Context) (*link, error) {
	server, fromData := a.address()
	l := a.anonymous()
	l.client.For = a.standsFor
	token, account := a.token, a.as
	if token == "" && account == "" {
		token, account = a.Getenv("LIANBAN_TOKEN"), a.Getenv("LIANBAN_AS")
	}
	if token != "" {
		l.client.Token = token
		return l, nil
	}
	l.wallet = client.OpenWallet(a.walletPath(fromData))
	if account == "" {
		account = l.wallet.Current(server)
	}
	if account == "" {
		return nil, Fail(Forbidden, "没有说明以谁的身份办理：用 --as 账号（演示账号见 `lianban account list`），或 --token，或先 `lianban login 账号`",
			"whom to act as is not said: use --as ACCOUNT (`lianban account list` shows the demo accounts), or --token, or `lianban login ACCOUNT` first")
	}
	l.account = account
	if token, ok := l.wallet.Token(server, account, a.Now()); ok {
		l.client.Token = token
		return l, nil
	}
	return l, l.login(ctx, gen.Login{Account: account})
}

// login opens a session and remembers it.
func (l *link) login(ctx context.Context, in gen.Login) error {
	l.client.Token = ""
	ans, err := l.client.Do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/session", Body: in})
	if err != nil {
		return err
	}
	var s gen.Session
	if err := ans.Decode(&s); err != nil {
		return err
	}
	l.client.Token = s.Token
	return l.wallet.Keep(l.client.Server, l.account, client.Token{Token: s.Token, Expires: s.Expires})
}

// do sends a call; a session that has ended is opened again once.
func (l *link) do(ctx context.Context, call client.Call) (*client.Answer, error) {
	ans, err := l.client.Do(ctx, call)
	var p *client.Problem
	if l.account == "" || !errors.As(err, &p) || p.Code != "unauthenticated" || call.Raw != nil {
		return ans, err
	}
	if err := l.login(ctx, gen.Login{Account: l.account}); err != nil {
		return nil, err
	}
	return l.client.Do(ctx, call)
}

// get asks, and prints the answer: as it came with --json, else through human
// once it is decoded into out.
func (l *link) get(ctx context.Context, call client.Call, out any, human func() error) error {
	if call.Method == "" {
		call.Method = http.MethodGet
	}
	ans, err := l.do(ctx, call)
	if err != nil {
		return err
	}
	if l.app.JSON {
		l.app.raw(ans.Body)
		return nil
	}
	if err := ans.Decode(out); err != nil {
		return err
	}
	return human()
}

// finish asks for something that has no answer but that it is done.
func (l *link) finish(ctx context.Context, call client.Call) error {
	if _, err := l.do(ctx, call); err != nil {
		return err
	}
	return l.app.finished()
}

func (a *App) finished() error {
	if a.JSON {
		return a.Print(map[string]bool{"done": true})
	}
	return nil
}

// ask is get for what the public may read.
func (a *App) ask(ctx context.Context, call client.Call, out any, human func() error) error {
	return a.anonymous().get(ctx, call, out, human)
}

// asSomebody makes the RunE of a command that acts for somebody.
func (a *App) asSomebody(run func(ctx context.Context, l *link, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		l, err := a.connect(cmd.Context())
		if err != nil {
			return err
		}
		return run(cmd.Context(), l, args)
	}
}

func (a *App) remoteCommands() []*cobra.Command {
	return []*cobra.Command{
		a.itemCommand(), a.sourceCommand(), a.caseCommand(), a.taskCommand(), a.letterCommand(), a.actCommand(), a.trackCommand(), a.commandCommand(),
		a.eventCommand(), a.reportCommand(),
		a.deputyCommand(), a.handoverCommand(), a.draftCommand(), a.clockCommand(), a.accountCommand(), a.loginCommand(), a.logoutCommand(), a.whoamiCommand(), a.problemCommand(),
	}
}
