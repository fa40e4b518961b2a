package cli

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

func (a *App) definitionPlay() *cobra.Command {
	var moves, region string
	var timeline bool
	cmd := &cobra.Command{
		Use: "play FILE", Args: a.Args(1, 1), Short: a.T("试办一个定义：不建办件，按步骤走流程", "Play a definition: its process, move by move, without a case"),
		Long: a.T(`按 --moves 文件的各步在虚拟时间里试办，打印每一步之后的状态、现在谁能做什么、各时限和在等谁；不建办件。
第一步是 file；wait 让时间过去；其余是操作。人写成 参与单位.岗位（如 market.check，第二人为 market.check.2）或 applicant。
不写 --moves 时打印收件要回答的问题。有一步被拒绝时退出码为 1。`,
			`Plays the moves of a file under virtual time and prints how the case stands after each, who may do what now, the clocks
and who is waited for; no case is made. The first move is file; wait lets time pass; the others are acts. People are called
PARTY.ROLE (market.check, the second one market.check.2) or applicant. Without --moves it prints what a filing has to answer.
The exit code is 1 when a move is refused.`),
		Example: `  lianban definition play restaurant.yaml --moves moves.yaml --as xie.supervision

  # moves.yaml
  - {do: file, at: "2026-03-02T09:00", data: {answers: {fumes: true}, form: {…}, without: [lease]}}
  - {do: gap, by: hall.clerk, data: {lines: {lease: 未提交}}}
  - {do: wait, at: "2026-03-04T09:00"}`,
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			src, err := os.ReadFile(args[0])
			if err != nil {
				return unreadable(args[0], err)
			}
			list, err := readMoves(moves)
			if err != nil {
				return err
			}
			body := map[string]any{"text": string(src), "moves": list}
			if region != "" {
				body["region"] = region
			}
			ans, err := l.do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/definitions/play", Body: body})
			if err != nil {
				return err
			}
			var out gen.Played
			if err := ans.Decode(&out); err != nil {
				return err
			}
			if a.JSON {
				a.raw(ans.Body)
			} else {
				for _, f := range out.Findings {
					a.Notef("%s:%d:%d: %s %s: %s\n", args[0], f.Line, f.Column, f.Severity, f.Code, a.T(f.Zh, f.En))
				}
				if err := a.printPlayed(&out, timeline); err != nil {
					return err
				}
			}
			if n := len(out.Moves); n < len(list) || n > 0 && !out.Moves[n-1].Ok {
				return silent(Refused)
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&moves, "moves", "", a.T("各步，YAML 或 JSON 列表", "the moves, a list in YAML or JSON"))
	cmd.Flags().StringVar(&region, "region", "", a.T("行政区划，决定工作日历（不写为本单位的）", "region, for its calendar (left out: that of one's organisation)"))
	cmd.Flags().BoolVar(&timeline, "timeline", false, a.T("打印经过", "print what happened"))
	return cmd
}

// readMoves reads a list of moves; none without a file.
func readMoves(file string) ([]map[string]any, error) {
	list := []map[string]any{}
	if file == "" {
		return list, nil
	}
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	if err := yaml.Unmarshal(src, &list); err != nil {
		return nil, &Error{Code: Refused, Zh: file + " 不是各步的列表", En: file + " is no list of moves", Err: err}
	}
	return list, nil
}

func (a *App) printPlayed(p *gen.Played, timeline bool) error {
	if p.Status == "" {
		if err := a.printAsked(p); err != nil {
			return err
		}
	}
	if len(p.Moves) == 0 {
		return nil
	}
	t := newTable(a.T("步", "MOVE"), a.T("操作", "DO"), a.T("谁", "BY"), a.T("时间", "AT"), a.T("状态", "STATE"), a.T("进行中的环节", "OPEN"))
	for i, m := range p.Moves {
		state := a.word(m.Status)
		if !m.Ok {
			state = a.T("被拒绝", "refused")
		}
		t.add(fmt.Sprint(i+1), m.Do, m.By, when(m.At), state, strings.Join(m.Open, ", "))
	}
	if err := t.print(a.Out); err != nil {
		return err
	}
	if last := p.Moves[len(p.Moves)-1]; !last.Ok {
		a.Printf("%s: %s\n", last.Refusal.Code, a.T(last.Refusal.Zh, last.Refusal.En))
	}
	if p.Status == "" {
		return nil
	}
	return a.printStand(p, timeline)
}

// printAsked shows what a filing has to answer.
func (a *App) printAsked(p *gen.Played) error {
	t := newTable(a.T("问题", "QUESTION"), a.T("内容", "TEXT"), a.T("类型", "TYPE"), a.T("选项", "OPTIONS"), a.T("回答", "ANSWER"))
	for _, q := range p.Questions {
		if !q.Asked {
			continue
		}
		var options []string
		for _, o := range q.Options {
			options = append(options, o.Id+"="+o.Label)
		}
		given := ""
		if q.Answer != nil {
			given = fmt.Sprint(q.Answer)
		}
		t.add(q.Id, q.Ask, a.word(q.Type), strings.Join(options, " "), given)
	}
	return t.print(a.Out)
}

// printStand shows where the case stands: who may do what, clocks, who is waited for.
func (a *App) printStand(p *gen.Played, timeline bool) error {
	a.Printf("\n%s  %s\n", when(p.Now), a.state(p.Status, p.Outcome))
	t := newTable(a.T("单位", "PARTY"), a.T("任务", "TASK"), a.T("到期", "DUE"), a.T("可做的操作", "ACTS"))
	for _, party := range p.Parties {
		for _, k := range party.Tasks {
			t.add(party.Name, k.Name, until(k.Due), actsOf(k.Acts))
		}
	}
	if len(p.Acts) > 0 {
		t.add(a.T("其他", "others"), "", "", actsOf(p.Acts))
	}
	if err := t.print(a.Out); err != nil {
		return err
	}
	a.Printf("\n")
	t = newTable(a.T("时限", "CLOCK"), a.T("到期日", "DUE"), a.T("状态", "STATE"))
	for _, c := range p.Clocks {
		t.add(c.Name.In(a.Lang), day(c.Day), a.clockState(c))
	}
	if err := t.print(a.Out); err != nil {
		return err
	}
	for _, w := range p.Waiting {
		a.Printf("%s\n", a.T("等待："+w.Zh, "waiting: "+w.En))
	}
	if !timeline {
		return nil
	}
	a.Printf("\n")
	t = newTable(a.T("步", "MOVE"), a.T("时间", "AT"), a.T("谁", "WHO"), a.T("什么", "WHAT"))
	for _, e := range p.Timeline {
		t.add(fmt.Sprint(e.Move+1), when(e.At), e.By, a.T(e.Zh, e.En))
	}
	return t.print(a.Out)
}

func (a *App) clockState(c gen.PlayedClock) string {
	switch {
	case c.Overdue:
		return a.T("超期", "overdue")
	case c.Stopped:
		return a.T("停止", "stopped")
	case c.Running:
		return a.T("运行", "running")
	}
	return a.T("结束", "ended")
}

// actsOf are acts with who may do them, one after the other by person.
func actsOf(list []gen.PlayAct) string {
	var out []string
	by := ""
	for _, x := range list {
		word := x.Do
		if x.By != by {
			by = x.By
			word = by + ": " + word
		}
		out = append(out, word)
	}
	return strings.Join(out, ", ")
}
