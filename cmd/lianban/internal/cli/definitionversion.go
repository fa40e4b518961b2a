package cli

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

func (a *App) definitionHistory() *cobra.Command {
	return &cobra.Command{
		Use: "history ITEM", Args: a.Args(1, 1), Short: a.T("各版本由谁提请、谁发布，有多少办件", "Versions with who asked, who published, and how many cases run on each"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			item, err := a.findItem(ctx, l, args[0])
			if err != nil {
				return err
			}
			var out gen.ItemHistory
			return l.get(ctx, client.Call{Path: "/v1/items/" + url.PathEscape(item) + "/history"}, &out, func() error {
				t := newTable(a.T("版本", "VERSION"), a.T("生效", "EFFECTIVE"), a.T("状态", "STATE"), a.T("提请人", "ASKED BY"), a.T("发布人", "PUBLISHED BY"), a.T("说明", "NOTE"), a.T("办件", "CASES"))
				for _, v := range out.Versions {
					var cases []string
					for _, state := range slices.Sorted(maps.Keys(v.Cases)) {
						cases = append(cases, fmt.Sprintf("%s %d", a.word(state), v.Cases[state]))
					}
					t.add(v.Version.Version, v.Version.Effective, a.word(string(v.Version.State)), v.Request.AskedBy.Name, v.PublishedBy.Name, v.Request.Note, strings.Join(cases, a.T("，", ", ")))
				}
				return t.print(a.Out)
			})
		}),
	}
}

// definitionTurn stops new cases under a version, or lets them come again.
func (a *App) definitionTurn(word, short, shortEn string) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: word + " ITEM VERSION", Args: a.Args(2, 2), Short: a.T(short, shortEn),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			item, err := a.findItem(ctx, l, args[0])
			if err != nil {
				return err
			}
			var v gen.Version
			call := client.Call{
				Method: http.MethodPost, Path: "/v1/items/" + url.PathEscape(item) + "/versions/" + url.PathEscape(args[1]) + "/" + word, Body: map[string]any{"reason": reason},
			}
			return l.get(ctx, call, &v, func() error { return a.printVersion(v) })
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", a.T("理由", "why"))
	cobra.CheckErr(cmd.MarkFlagRequired("reason"))
	return cmd
}
