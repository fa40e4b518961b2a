package cli

import (
	"cmp"
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine"
)

// trackCommand is the applicant's side: number and code instead of an account.
func (a *App) trackCommand() *cobra.Command {
	var code string
	subs := []*cobra.Command{a.trackShow(&code), a.trackAnswer(&code), a.trackRectify(&code), a.trackAskTime(&code), a.trackRequest(&code), a.trackDefend(&code), a.trackWithdraw(&code), a.trackUrge(&code), a.trackFulfil(&code), a.trackRetract(&code), a.trackRate(&code), a.trackLetters(&code), a.trackLetter(&code)}
	g := a.Group("track", GroupWork, a.T("申请人：凭办件编号和查询码查进度、补正、撤回、催办、文书、报告义务、撤回承诺、评价", "The applicant: progress, answer, withdrawal, urging, letters, duties, promises, rating with number and code"), "", subs...)
	g.PersistentFlags().StringVar(&code, "code", "", a.T("回执上的查询码（LIANBAN_TRACK_CODE）", "the code on the receipt (LIANBAN_TRACK_CODE)"))
	return g
}

func (a *App) applicant(code *string, run func(ctx context.Context, l *link) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c := cmp.Or(*code, a.Getenv("LIANBAN_TRACK_CODE"))
		if c == "" {
			return Fail(Usage, "缺少 --code（收件回执上的查询码）", "--code is missing (it is on the receipt)")
		}
		l := a.anonymous()
		l.client.Track = args[0] + " " + c
		return run(cmd.Context(), l)
	}
}

func (a *App) trackShow(code *string) *cobra.Command {
	return &cobra.Command{
		Use: "show CASE --code CODE", Args: a.Args(1, 1), Short: a.T("办到哪里了", "Where the case stands"),
		RunE: a.applicant(code, func(ctx context.Context, l *link) error {
			var v gen.TrackView
			return l.get(ctx, client.Call{Path: "/v1/track"}, &v, func() error { return a.printTrack(v) })
		}),
	}
}

func (a *App) printTrack(v gen.TrackView) error {
	err := fields(a.Out, a.T("办件编号", "case"), v.Number, a.T("事项", "item"), v.ItemName, a.T("状态", "state"), a.state(string(v.Status), v.Outcome),
		a.T("收件", "received"), when(v.ReceivedAt), a.T("受理", "accepted"), day(v.AcceptedOn),
		a.T("承诺到期", "promised due"), a.due(until(v.PromisedDue), v.Provisional), a.T("法定到期", "statutory due"), a.due(until(v.StatutoryDue), v.Provisional))
	if err != nil {
		return err
	}
	if len(v.Waits) > 0 {
		a.Printf("\n")
		t := newTable(a.T("等谁", "WAITING FOR"), a.T("为什么", "WHY"), a.T("自", "SINCE"), a.T("到期", "DUE"))
		for _, w := range v.Waits {
			t.add(a.word(w.Who), a.T(w.Text.ZH, w.Text.EN), when(w.Since), until(w.Due))
		}
		if err := t.print(a.Out); err != nil {
			return err
		}
	}
	for _, d := range v.Delays {
		a.Printf("\n%s: %s %s\n", a.T(d.Name.ZH, d.Name.EN), a.word("delay-"+string(d.Status)), cmp.Or(day(d.Until), d.Answer))
	}
	if len(v.Notices) > 0 {
		a.Printf("\n")
		if err := a.printNotices(v.Notices); err != nil {
			return err
		}
	}
	if len(v.Results) > 0 {
		a.Printf("\n")
		if err := a.printResults(v.Results); err != nil {
			return err
		}
	}
	switch v.Rating.Status {
	case engine.RatingInvited:
		a.Printf("\n%s\n", a.T("请评价本次办理：lianban track rate "+v.Number+" --grade 1…5", "You may rate the service: lianban track rate "+v.Number+" --grade 1…5"))
	case engine.RatingGiven:
		a.Printf("\n%s %d\n", a.T("您的评价：", "your rating:"), v.Rating.Grade)
	}
	return nil
}

func (a *App) trackAnswer(code *string) *cobra.Command {
	var in actInput
	cmd := &cobra.Command{
		Use: "answer CASE --code CODE", Args: a.Args(1, 1), Short: a.T("补正", "Answer the correction notice"),
		Example: "  lianban track answer CASE --code CODE --paper lease=租赁合同.pdf --statement ownFlue=已接入楼顶专用烟道",
	}
	values := a.addFlags(cmd.Flags(), []string{"paper", "statement", "answer", "form"})
	a.actFlags(cmd, &in)
	cmd.RunE = a.applicant(code, func(ctx context.Context, l *link) error {
		body, err := a.actBody(ctx, l, "/v1/track/files", "", &in, values)
		if err != nil {
			return err
		}
		return a.applicantAct(ctx, l, "/v1/track/answer", body, &in)
	})
	return cmd
}

func (a *App) trackRectify(code *string) *cobra.Command {
	return a.trackAct(code, trackSpec{
		word: "rectify", zh: "报告已按整改通知书整改", en: "Say that what a visit found, or what was ordered under a duty, is put right",
		flags:   []string{"statement", "duty", "reason", "evidence"},
		example: "lianban track rectify CASE --code CODE --statement point1=已安装洗手池\n  lianban track rectify CASE --code CODE --duty verify --evidence 照片=照片.jpg",
	})
}

func (a *App) trackAskTime(code *string) *cobra.Command {
	return a.trackAct(code, trackSpec{
		word: "ask-time", act: engine.AskTime, zh: "申请延期：不能按期补正、补交、履行或整改的，在期限届满前说明理由", en: "Ask for more time to answer, bring, do or put right something, before it is over",
		flags: []string{"clock", "reason", "evidence"}, need: []string{"reason"}, example: "lianban track ask-time CASE --code CODE --reason 防火门尚未到货",
	})
}

func (a *App) trackRequest(code *string) *cobra.Command {
	return a.trackAct(code, trackSpec{
		word: "request", zh: "申请听证", en: "Ask for a hearing", flags: []string{"reason"},
		example: "lianban track request CASE --code CODE --reason 对选址有异议",
	})
}

func (a *App) trackDefend(code *string) *cobra.Command {
	return a.trackAct(code, trackSpec{
		word: "defend", zh: "对拟撤销的结果陈述、申辩", en: "State my case on a result that is to be annulled",
		flags: []string{"result", "reason", "evidence"}, need: []string{"reason"}, example: "lianban track defend CASE --code CODE --reason 已按要求整改",
	})
}

// trackSpec is an act of the applicant as a command.
type trackSpec struct {
	word, zh, en string
	act          engine.Act // where the path's word is another
	flags, need  []string
	example      string
}

func (a *App) trackAct(code *string, spec trackSpec) *cobra.Command {
	var in actInput
	cmd := &cobra.Command{
		Use: spec.word + " CASE --code CODE", Args: a.Args(1, 1), Short: a.T(spec.zh, spec.en), Example: "  " + spec.example,
	}
	values := a.addFlags(cmd.Flags(), spec.flags)
	a.actFlags(cmd, &in)
	cmd.RunE = a.applicant(code, func(ctx context.Context, l *link) error {
		body, err := a.actBody(ctx, l, "/v1/track/files", "", &in, values)
		if err != nil {
			return err
		}
		for _, name := range spec.need {
			if v := values[name]; v == nil || len(*v) == 0 {
				return Fail(Usage, "缺少 --%s", "--%s is missing", name)
			}
		}
		return a.applicantAct(ctx, l, "/v1/track/"+cmp.Or(string(spec.act), spec.word), body, &in)
	})
	return cmd
}

func (a *App) trackWithdraw(code *string) *cobra.Command {
	var in actInput
	cmd := &cobra.Command{
		Use: "withdraw CASE --code CODE --reason REASON", Args: a.Args(1, 1), Short: a.T("撤回申请", "Withdraw the application"),
	}
	values := a.addFlags(cmd.Flags(), []string{"reason", "branch"})
	a.sendFlags(cmd, &in)
	cmd.RunE = a.applicant(code, func(ctx context.Context, l *link) error {
		body, err := a.actBody(ctx, l, "/v1/track/files", "", &in, values)
		if err != nil {
			return err
		}
		if body["reason"] == nil {
			return Fail(Usage, "缺少 --reason", "--reason is missing")
		}
		return a.applicantAct(ctx, l, "/v1/track/withdraw", body, &in)
	})
	return cmd
}

func (a *App) trackUrge(code *string) *cobra.Command {
	var in actInput
	cmd := &cobra.Command{
		Use: "urge CASE --code CODE", Args: a.Args(1, 1), Short: a.T("催办", "Remind those the case waits for"),
	}
	values := a.addFlags(cmd.Flags(), []string{"reason"})
	a.sendFlags(cmd, &in)
	cmd.RunE = a.applicant(code, func(ctx context.Context, l *link) error {
		body, err := a.actBody(ctx, l, "/v1/track/files", "", &in, values)
		if err != nil {
			return err
		}
		return a.applicantAct(ctx, l, "/v1/track/urge", body, &in)
	})
	return cmd
}

func (a *App) trackFulfil(code *string) *cobra.Command {
	var in actInput
	cmd := &cobra.Command{
		Use: "fulfil CASE --code CODE", Args: a.Args(1, 1), Short: a.T("报告义务已履行", "Report that a duty is fulfilled"),
		Example: "  lianban track fulfil CASE --code CODE --duty policeFiling --evidence 备案回执=回执.pdf",
	}
	values := a.addFlags(cmd.Flags(), []string{"duty", "reason", "evidence", "paper", "copies", "signed"})
	a.sendFlags(cmd, &in)
	cmd.RunE = a.applicant(code, func(ctx context.Context, l *link) error {
		body, err := a.actBody(ctx, l, "/v1/track/files", "", &in, values)
		if err != nil {
			return err
		}
		return a.applicantAct(ctx, l, "/v1/track/fulfil", body, &in)
	})
	return cmd
}

func (a *App) trackRetract(code *string) *cobra.Command {
	var in actInput
	cmd := &cobra.Command{
		Use: "retract CASE --code CODE", Args: a.Args(1, 1), Short: a.T("撤回告知承诺", "Take a promise back"),
		Example: "  lianban track retract CASE --code CODE --answer fireMode=ordinary --paper firePlan=预案.pdf",
	}
	values := a.addFlags(cmd.Flags(), []string{"promise", "answer", "form", "paper", "reason"})
	a.sendFlags(cmd, &in)
	cmd.RunE = a.applicant(code, func(ctx context.Context, l *link) error {
		body, err := a.actBody(ctx, l, "/v1/track/files", "", &in, values)
		if err != nil {
			return err
		}
		return a.applicantAct(ctx, l, "/v1/track/retract", body, &in)
	})
	return cmd
}

func (a *App) trackRate(code *string) *cobra.Command {
	var in actInput
	cmd := &cobra.Command{
		Use: "rate CASE --code CODE --grade N", Args: a.Args(1, 1), Short: a.T("办结后评价（自愿，一案一次）", "Rate the closed case (voluntary, once)"),
		Long: a.T("五级：1 非常满意、2 满意、3 基本满意、4 不满意、5 非常不满意。4、5 为差评，由责任单位限期回访整改。",
			"Five grades: 1 is best, 5 worst. 4 and 5 are bad: the party responsible must call back and put it right in time."),
		Example: "  lianban track rate CASE --code CODE --grade 2 --reason 办得快",
	}
	values := a.addFlags(cmd.Flags(), []string{"reason"})
	grade := cmd.Flags().Int("grade", 0, a.T("1 至 5，1 为最好", "1 to 5, 1 is best"))
	a.sendFlags(cmd, &in)
	cmd.RunE = a.applicant(code, func(ctx context.Context, l *link) error {
		if *grade < engine.BestGrade || *grade > engine.WorstGrade {
			return Fail(Usage, "--grade 为 1 至 5", "--grade is 1 to 5")
		}
		body, err := a.actBody(ctx, l, "/v1/track/files", "", &in, values)
		if err != nil {
			return err
		}
		body["grade"] = *grade
		return a.applicantAct(ctx, l, "/v1/track/rate", body, &in)
	})
	return cmd
}

// applicantAct sends an act of the applicant. Only officials can ask what became
// of a key; the applicant sees it in his case.
func (a *App) applicantAct(ctx context.Context, l *link, path string, body map[string]any, in *actInput) error {
	key := cmp.Or(in.key, client.NewKey())
	ans, err := l.do(ctx, client.Call{Method: http.MethodPost, Path: path, Body: body, Key: key})
	if err != nil {
		return err
	}
	if ans.Status == http.StatusAccepted {
		return a.pending(key, ans)
	}
	return a.settle(ctx, l, key, ans, 0)
}
