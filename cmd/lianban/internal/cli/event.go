package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

func (a *App) eventCommand() *cobra.Command {
	var after string
	var limit int
	var follow bool
	cmd := &cobra.Command{
		Use: "event", GroupID: GroupWork, Args: a.Args(0, 0), Short: a.T("事件流：本单位参与的办件上发生的事", "The feed: what happens on the organisation's cases"),
		Long: a.T("已确认的事件，按先后。--after 从某个游标之后取；--follow 一直跟随（Ctrl-C 结束），配 --json 时每行一个 JSON。",
			"Confirmed events, in order. --after goes on from a cursor; --follow keeps on (Ctrl-C ends it), with --json one JSON document per line."),
		Example: "  lianban event --as qiao.market\n  lianban event --follow --json --as wei.supervision",
		RunE: a.asSomebody(func(ctx context.Context, l *link, _ []string) error {
			if follow {
				return a.follow(ctx, l, after)
			}
			query := url.Values{"limit": {strconv.Itoa(limit)}}
			set(query, "after", after)
			var out gen.EventPage
			return l.get(ctx, client.Call{Path: "/v1/events", Query: query}, &out, func() error {
				t := newTable(a.T("游标", "CURSOR"), a.T("时间", "AT"), a.T("办件", "CASE"), a.T("谁", "WHO"), a.T("什么", "WHAT"))
				for _, e := range out.Events {
					t.add(string(e.Cursor), when(e.At), e.Number, a.actor(e.By), a.T(e.Text.ZH, e.Text.EN))
				}
				defer a.Notef("%s --after %s\n", a.T("接着取：", "to go on:"), out.Next)
				return t.print(a.Out)
			})
		}),
	}
	cmd.Flags().StringVar(&after, "after", "", a.T("从此游标之后", "after this cursor"))
	cmd.Flags().IntVar(&limit, "limit", 50, a.T("最多几条", "at most this many"))
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, a.T("一直跟随", "follow"))
	return cmd
}

// follow prints the live stream until it ends or ctx does.
func (a *App) follow(ctx context.Context, l *link, after string) error {
	l.client.HTTP = &http.Client{} // a stream has no time limit
	call := client.Call{Method: http.MethodGet, Path: "/v1/events/stream", Header: map[string]string{}}
	if after != "" {
		call.Header["Last-Event-ID"] = after
	}
	resp, err := l.client.Stream(ctx, call)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		if a.JSON {
			a.wrote = true
			a.Printf("%s\n", strings.TrimSpace(data))
			continue
		}
		var e gen.FeedEvent
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return fmt.Errorf("the stream cannot be read: %w", err)
		}
		a.Printf("%s  %s  %s  %s\n", when(e.At), e.Number, a.actor(e.By), a.T(e.Text.ZH, e.Text.EN))
	}
	if ctx.Err() != nil {
		return nil // the person ended it
	}
	return &client.Unavailable{Server: l.client.Server, Err: fmt.Errorf("the stream has ended: %w", orEOF(lines.Err()))}
}

func orEOF(err error) error {
	if err == nil {
		return fmt.Errorf("closed by the server")
	}
	return err
}
