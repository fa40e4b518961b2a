package cli

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lianban/api/gen"
)

// offerTime is how long a shell waits for words at most: whoever pressed the key wants to go on typing.
const offerTime = 2 * time.Second

// offer gives the words that may stand where the cursor is, each with what it means. args are the command's
// arguments before it.
type offer func(ctx context.Context, args []string) ([]cobra.Completion, error)

// complete tells the shell's completion what the server knows: accounts, items, cases and their tasks. What is
// offered follows from the capital words of a command's use line and from the names of its flags, so a
// new command has it by being written like the others. An applicant's commands (track) offer nothing: he has a
// number and a code, and no account to look anything up with.
func (a *App) complete(root *cobra.Command) {
	arguments := map[string]offer{
		"CASE": a.offerCases, "CASE/TASK": a.offerTasks, "ITEM": a.offerItems, "ACCOUNT": a.offerAccounts, "LETTER": a.offerLetters,
	}
	flags := map[string]offer{
		"as": a.offerAccounts, "account": a.offerAccounts, "to-account": a.offerAccounts, "from-account": a.offerAccounts,
		"case": a.offerCases, "step": a.offerSteps, "task": a.offerStepTasks, "org": a.offerOrganisations, "to-org": a.offerOrganisations,
		"lang": offerWords(zh, en), "channel": offerWords("window", "online", "mobile", "courier", "push"),
		"light": offerWords("green", "yellow", "red", "grey"), "sort": offerWords("due", "received", "newest", "number"),
	}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Name() == "track" || c.Name() == "completion" || c.Name() == "help" {
			return
		}
		if places := placesOf(c.Use); !c.HasSubCommands() && !takesFiles(places) {
			c.ValidArgsFunction = a.offering(func(ctx context.Context, args []string) ([]cobra.Completion, error) {
				if o := arguments[placeAt(places, len(args))]; o != nil {
					return o(ctx, args)
				}
				return nil, nil
			})
		}
		register := func(f *pflag.Flag) {
			o := flags[f.Name]
			if f.Name == "item" && f.Value.Type() == "string" { // of a list; one that may be repeated is a result to hand out
				o = a.offerItems
			}
			if o != nil {
				_ = c.RegisterFlagCompletionFunc(f.Name, a.offering(o)) // it fails for a flag that is not there or has one
			}
		}
		c.LocalNonPersistentFlags().VisitAll(register)
		c.PersistentFlags().VisitAll(register)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

// placesOf are the words of a use line that stand for arguments, up to the first flag or choice.
func placesOf(use string) []string {
	var places []string
	for i, word := range strings.Fields(use) {
		if i == 0 {
			continue
		}
		if strings.HasPrefix(word, "-") || strings.HasPrefix(word, "(") || word == "|" || strings.HasPrefix(word, "[-") {
			break
		}
		places = append(places, strings.Trim(word, "[]"))
	}
	return places
}

// placeAt is the word of the nth argument; one with dots stands for all that follow.
func placeAt(places []string, nth int) string {
	if n := len(places); n > 0 && nth >= n && strings.HasSuffix(places[n-1], "...") {
		nth = n - 1
	}
	if nth >= len(places) {
		return ""
	}
	return strings.TrimSuffix(places[nth], "...")
}

// takesFiles leaves the offering to the shell.
func takesFiles(places []string) bool {
	for _, p := range places {
		if strings.Contains(p, "FILE") || strings.Contains(p, "PATH") || p == "OLD" || p == "NEW" {
			return true
		}
	}
	return false
}

// offering asks within [offerTime] and keeps what begins with what was typed. Without an answer nothing is offered:
// a shell has no place to say why, but for its debug file (BASH_COMP_DEBUG_FILE).
func (a *App) offering(o offer) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), offerTime)
		defer cancel()
		list, err := o(ctx, args)
		if err != nil {
			cobra.CompDebugln(err.Error(), false)
		}
		var fitting []cobra.Completion
		for _, word := range list {
			if strings.HasPrefix(word, typed) {
				fitting = append(fitting, word)
			}
		}
		return fitting, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

func offerWords(words ...cobra.Completion) offer {
	return func(context.Context, []string) ([]cobra.Completion, error) { return words, nil }
}

func (a *App) offerAccounts(ctx context.Context, _ []string) ([]cobra.Completion, error) {
	var out struct{ Accounts []gen.Account }
	err := a.anonymous().read(ctx, "/v1/accounts", &out)
	var list []cobra.Completion
	for _, x := range out.Accounts {
		roles := make([]string, len(x.Roles))
		for i, r := range x.Roles {
			roles[i] = a.role(r)
		}
		list = append(list, cobra.CompletionWithDesc(x.Login, strings.Join([]string{x.Name, x.OrgName, strings.Join(roles, a.T("、", ", "))}, " · ")))
	}
	return list, err
}

// offerItems offers names, which people know, and codes, which they may have begun to type.
func (a *App) offerItems(ctx context.Context, _ []string) ([]cobra.Completion, error) {
	var out struct{ Items []gen.Item }
	err := a.anonymous().read(ctx, "/v1/items", &out)
	var names, codes []cobra.Completion
	for _, it := range out.Items {
		names, codes = append(names, cobra.CompletionWithDesc(it.Name, it.Code)), append(codes, cobra.CompletionWithDesc(it.Code, it.Name))
	}
	return append(names, codes...), err
}

// offerCases offers those that wait for the caller first, nearest due time first, then the others of his organisation.
// What they are about is said by item and step: who applied is not for everybody who looks at a screen.
func (a *App) offerCases(ctx context.Context, _ []string) ([]cobra.Completion, error) {
	l, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	var list []cobra.Completion
	seen := map[string]bool{}
	add := func(number, what string) {
		if !seen[number] {
			seen[number] = true
			list = append(list, cobra.CompletionWithDesc(number, what))
		}
	}
	var inbox gen.TaskPage
	if err := l.read(ctx, "/v1/tasks", &inbox); err != nil { // of somebody without an inbox
		cobra.CompDebugln(err.Error(), false)
	}
	for _, x := range inbox.Tasks {
		add(x.Number, x.ItemName+" · "+cmp.Or(x.StepName, x.Step))
	}
	var page gen.CasePage
	err = l.read(ctx, "/v1/cases", &page)
	for _, x := range page.Cases {
		add(x.Number, x.ItemName+" · "+a.state(string(x.Status), x.Outcome))
	}
	return list, err
}

// offerTasks offers the inbox's tasks as several are named at once, those already named left out.
func (a *App) offerTasks(ctx context.Context, args []string) ([]cobra.Completion, error) {
	l, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, x := range args {
		named[x] = true
	}
	var inbox gen.TaskPage
	err = l.read(ctx, "/v1/tasks", &inbox)
	var list []cobra.Completion
	for _, x := range inbox.Tasks {
		if word := x.Number + "/" + x.Id; !named[word] {
			list = append(list, cobra.CompletionWithDesc(word, x.ItemName+" · "+cmp.Or(x.StepName, x.Step)))
		}
	}
	return list, err
}

// openTasks are those of the case the command names.
func (a *App) openTasks(ctx context.Context, args []string) ([]gen.Task, error) {
	if len(args) == 0 {
		return nil, nil
	}
	l, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	var page gen.TaskPage
	err = l.read(ctx, "/v1/cases/"+url.PathEscape(args[0])+"/tasks", &page)
	var open []gen.Task
	for _, x := range page.Tasks {
		if x.Status == gen.TaskStatusOpen {
			open = append(open, x)
		}
	}
	return open, err
}

func (a *App) offerSteps(ctx context.Context, args []string) ([]cobra.Completion, error) {
	open, err := a.openTasks(ctx, args)
	var list []cobra.Completion
	seen := map[string]bool{}
	for _, x := range open {
		if !seen[x.Step] {
			seen[x.Step] = true
			list = append(list, cobra.CompletionWithDesc(x.Step, x.StepName))
		}
	}
	return list, err
}

func (a *App) offerStepTasks(ctx context.Context, args []string) ([]cobra.Completion, error) {
	open, err := a.openTasks(ctx, args)
	var list []cobra.Completion
	for _, x := range open {
		list = append(list, cobra.CompletionWithDesc(x.Id, strings.Join([]string{cmp.Or(x.StepName, x.Step), cmp.Or(x.OrgName, x.Org), a.role(x.Role)}, " · ")))
	}
	return list, err
}

func (a *App) offerLetters(ctx context.Context, args []string) ([]cobra.Completion, error) {
	l, err := a.connect(ctx)
	if err != nil || len(args) == 0 {
		return nil, err
	}
	var out gen.LetterList
	err = l.read(ctx, "/v1/cases/"+url.PathEscape(args[0])+"/letters", &out)
	var list []cobra.Completion
	for _, x := range out.Letters {
		list = append(list, cobra.CompletionWithDesc(x.Id, a.letterTitle(x)+" "+x.Number))
	}
	return list, err
}

func (a *App) offerOrganisations(ctx context.Context, _ []string) ([]cobra.Completion, error) {
	l, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	var out struct{ Organisations []gen.Organisation }
	err = l.read(ctx, "/v1/organisations", &out)
	var list []cobra.Completion
	for _, o := range out.Organisations {
		list = append(list, cobra.CompletionWithDesc(o.Code, o.Name))
	}
	return list, err
}
