package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lianban/cmd/lianban/internal/client"
)

// App is one run of the program: its streams, its language, its global flags.
type App struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
	// Now is the real time, for the age of tokens.
	Now func() time.Time
	// Lang is zh or en.
	Lang string

	// JSON asks for one JSON document on Out.
	JSON bool
	// Data is the folder of `dev`, where it leaves its address and the tokens are kept.
	Data string

	server, token, as, standsFor string
	timeout                      time.Duration

	args []string
	root *cobra.Command
	// wrote tells that the answer's JSON document is out, so that a later error
	// does not write a second one.
	wrote bool
}

// New prepares a run. Commands of the program itself are added to Root.
func New(args []string, in io.Reader, out, errOut io.Writer, getenv func(string) string) *App {
	a := &App{In: in, Out: out, Err: errOut, Getenv: getenv, Now: time.Now, args: args, Lang: language(args, getenv)}
	a.root = a.newRoot()
	return a
}

// Root is the command all others hang from.
func (a *App) Root() *cobra.Command { return a.root }

// Run carries the command line out and gives the exit code.
func (a *App) Run(ctx context.Context) Exit {
	a.root.SetArgs(a.args)
	a.root.SetIn(a.In)
	a.root.SetOut(a.Out)
	a.root.SetErr(a.Err)
	a.localize(a.root)
	if len(a.args) > 0 && strings.HasPrefix(a.args[0], cobra.ShellCompRequestCmd) {
		a.complete(a.root)
	}
	cmd, err := a.root.ExecuteContextC(ctx)
	if err == nil {
		return OK
	}
	code := codeOf(err)
	a.say(err, cmd)
	return code
}

// say tells on standard error what went wrong; with --json the document on
// standard output is the problem.
func (a *App) say(err error, cmd *cobra.Command) {
	var own *Error
	var problem *client.Problem
	var away *client.Unavailable
	switch {
	case errors.As(err, &problem):
		if a.JSON && !a.wrote {
			a.raw(problem.Raw)
			return
		}
		a.printProblem(problem)
	case errors.As(err, &away):
		a.jsonFault("unavailable", err, away.Key)
		fmt.Fprintln(a.Err, a.T("连不上服务器 ", "cannot reach the server ")+away.Server+a.T("：", ": ")+away.Err.Error())
		if away.Key != "" {
			fmt.Fprintln(a.Err, a.T("不能确定该操作是否已登记。用同一个键重发即可，只会生效一次：--key ",
				"it is not known whether the act was recorded. Send it again under the same key, it counts once: --key ")+away.Key)
			return
		}
		fmt.Fprintln(a.Err, a.T("用 `lianban dev` 启动，或用 --server 指定地址。", "start one with `lianban dev`, or name another with --server."))
	case errors.As(err, &own):
		if own.Zh == "" && own.En == "" && own.Err == nil {
			return // the command has said it
		}
		a.jsonFault(nameOfExit(own.Code), err, "")
		text := a.T(own.Zh, own.En)
		switch {
		case text != "" && own.Err != nil:
			text += a.T("：", ": ") + own.Err.Error()
		case own.Err != nil:
			text = own.Err.Error()
		}
		fmt.Fprintln(a.Err, text)
		if own.Code == Usage && cmd != nil {
			fmt.Fprintln(a.Err, a.T("用法见：", "see: ")+cmd.CommandPath()+" --help")
		}
	default:
		a.jsonFault("internal", err, "")
		fmt.Fprintln(a.Err, err)
	}
}

func nameOfExit(code Exit) string {
	switch code {
	case Refused:
		return "refused"
	case Usage:
		return "usage"
	case NotFound:
		return "not-found"
	case Unavailable:
		return "unavailable"
	case Pending:
		return "pending"
	case Forbidden:
		return "forbidden"
	}
	return "internal"
}

// jsonFault is the JSON document of a failure that did not come from the server.
func (a *App) jsonFault(code string, err error, key string) {
	if !a.JSON || a.wrote {
		return
	}
	doc := map[string]string{"code": code, "error": err.Error()}
	if key != "" {
		doc["key"] = key
	}
	if err := a.Print(doc); err != nil {
		fmt.Fprintln(a.Err, err)
	}
}

// Print writes v as the JSON document of this run.
func (a *App) Print(v any) error {
	a.wrote = true
	enc := json.NewEncoder(a.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// raw writes the server's JSON, indented.
func (a *App) raw(body []byte) {
	a.wrote = true
	var v json.RawMessage = body
	pretty, err := indent(v)
	if err != nil {
		pretty = body
	}
	fmt.Fprintln(a.Out, string(pretty))
}

// Printf writes to standard output.
func (a *App) Printf(format string, args ...any) { fmt.Fprintf(a.Out, format, args...) }

// Notef writes a remark to standard error.
func (a *App) Notef(format string, args ...any) { fmt.Fprintf(a.Err, format, args...) }
