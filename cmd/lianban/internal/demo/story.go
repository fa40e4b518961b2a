package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine/calendar"
)

// restaurant is the code of 开办餐饮店“一件事” in the catalogue.
const restaurant = "11210300MB0X12345A4000131001000"

// The people of the story, by their demo accounts.
const (
	clerk     = "lin.hall"
	issuer    = "jiang.hall"
	mayor     = "cao.government"
	handler   = "zhou.market"
	checker   = "wu.market"
	approver  = "zheng.market"
	lead      = "qiao.market"
	ecology   = "he.eco"
	fire1     = "luo.fire"
	fire2     = "feng.fire"
	fire3     = "tang.fire"
	signboard = "xu.city"
	city2     = "gao.city"
)

// story is one telling.
type story struct {
	*cast
	srv    Server
	out    func(format string, args ...any)
	number string
	code   string // the applicant's
	// the first case, to which the story comes back
	first, firstCode string
}

// tell plays all chapters in order.
func (s *story) tell(ctx context.Context) error {
	for _, chapter := range []struct {
		title string
		play  func(context.Context) error
	}{
		{"综合窗口收件：消防采用告知承诺，缺两份材料", s.file},
		{"汇总期：两个部门和窗口各提缺项，只发一份补正告知书", s.collect},
		{"申请人用查询码补正，窗口受理", s.correct},
		{"各部门并联办理；生态环境不同意，牵头部门决定继续", s.review},
		{"办理途中，整个进程树被 kill -9，重新启动", s.crash},
		{"重启后继续：两个部门一次联合踏勘；食品经营准予，户外招牌不予批准（可选分支）", s.resume},
		{"牵头部门说明不采纳理由后办结，统一窗口出件", s.conclude},
		{"时间线和一个到期日的由来", s.look},
		{"办结之后：承诺经核查不实，撤销消防意见；申请人差评，窗口限期回访", s.after},
		{"另一件：专家评审停止计时，政府负责人延长法定时限", s.special},
		{"退回重审：只有所看材料变了的部门重新出具意见", s.again},
		{"第二件：逾期未告知，视为受理", s.silence},
		{"电子监察：环节超期发黄牌，部门说明，监察员撤销；统计", s.supervise},
		{"文书：依法应当书面作出的，各有其文", s.letters},
	} {
		s.out("\n== %s", chapter.title)
		if err := chapter.play(ctx); err != nil {
			return fmt.Errorf("%s: %w", chapter.title, err)
		}
	}
	return nil
}

var answers = map[string]any{
	"hasLicence": false, "kinds": []string{"hot"}, "area": 120, "gathering": true, "fireMode": "commitment",
	"mixedUse": true, "fumes": true, "sign": true, "sewer": false, "sellsTobacco": false,
}

// start files a case with all papers the checklist asks for but those left out.
func (s *story) start(ctx context.Context, answers, form map[string]any, papers []string, promises ...string) (gen.Started, error) {
	var started gen.Started
	p, err := s.as(ctx, clerk)
	if err != nil {
		return started, err
	}
	in, err := uploads(ctx, p, "/v1/files", papers)
	if err != nil {
		return started, err
	}
	signed, err := uploads(ctx, p, "/v1/files", promises)
	if err != nil {
		return started, err
	}
	a, err := p.Do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/cases", Key: client.NewKey(), Body: map[string]any{
		"item": restaurant, "answers": answers, "form": form, "papers": in, "promises": signed,
	}})
	if err != nil {
		return started, err
	}
	return started, a.Decode(&started)
}

func (s *story) file(ctx context.Context) error {
	form := map[string]any{"applicant": map[string]any{"name": "龘记小馆"}, "premises": "立山区某路1号", "staff": 6}
	started, err := s.start(ctx, answers, form, []string{
		"idCard", "manager", "rules", "healthCert", "fireForm", "signPlan", "ownerOk", "flue",
	}, "fire")
	if err != nil {
		return err
	}
	if started.TrackCode == "" {
		return errors.New("no tracking code on the receipt")
	}
	s.number, s.code = started.Number, started.TrackCode
	s.first, s.firstCode = s.number, s.code
	s.out("办件编号 %s，申请人查询码只在回执上出现一次", s.number)
	return s.expect(ctx, "received", "", "receive")
}

func (s *story) collect(ctx context.Context) error {
	why, err := s.refused(ctx, clerk, s.number, "accept", nil, "window-open")
	if err != nil {
		return err
	}
	s.out("窗口想先受理：%s", why)
	gap := func(id string) map[string]any {
		return map[string]any{"lines": []map[string]string{{"of": id, "reason": "未提交"}}}
	}
	why, err = s.refused(ctx, handler, s.number, "gap", map[string]any{"lines": []map[string]string{{"of": "bankStatement", "reason": "未提交"}}}, "bad-paper")
	if err != nil {
		return err
	}
	s.out("市场监管想要指南以外的材料：%s", why)
	for _, act := range []struct {
		who, do string
		body    map[string]any
	}{
		{handler, "gap", gap("layoutPlan")}, {ecology, "gap", gap("layoutPlan")}, {fire1, "clear", nil},
		{signboard, "clear", nil}, {clerk, "gap", gap("lease")},
	} {
		if err := s.act(ctx, act.who, s.number, act.do, act.body); err != nil {
			return err
		}
	}
	var list struct{ Notices []gen.Notice }
	if err := s.get(ctx, clerk, "/v1/cases/"+s.number+"/notices", &list); err != nil {
		return err
	}
	if len(list.Notices) != 1 || len(list.Notices[0].Lines) != 2 {
		return fmt.Errorf("expected one notice with two lines, got %d notices", len(list.Notices))
	}
	for _, l := range list.Notices[0].Lines {
		s.out("补正告知书：%s，%s（%s提出）", l.Name, l.Reason, strings.Join(l.AskerNames, "、"))
	}
	return s.expect(ctx, "correcting", "")
}

func (s *story) correct(ctx context.Context) error {
	applicant := &client.Client{Server: s.server, Track: s.number + " " + s.code, Lang: "zh"}
	papers, err := uploads(ctx, applicant, "/v1/track/files", []string{"layoutPlan", "lease"})
	if err != nil {
		return err
	}
	key := client.NewKey()
	a, err := applicant.Do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/track/answer", Key: key, Body: map[string]any{"papers": papers}})
	if err != nil {
		return err
	}
	if a.Status == http.StatusAccepted {
		return errors.New("the applicant's answer was only recorded")
	}
	why, err := s.refused(ctx, handler, s.number, "gap", map[string]any{"lines": []map[string]string{{"of": "flue", "reason": "不清晰"}}}, "one-notice")
	if err != nil {
		return err
	}
	s.out("市场监管想再次补正：%s", why)
	why, err = s.refused(ctx, clerk, s.number, "accept", nil, "gate-shut")
	if err != nil {
		return err
	}
	s.out("窗口未核对原件就想受理：%s", why)
	if err := s.act(ctx, clerk, s.number, "accept", originals("lease", "manager", "flue")); err != nil {
		return err
	}
	why, err = s.refused(ctx, clerk, s.number, "grant", map[string]any{"step": "registration"}, "not-allowed")
	if err != nil {
		return err
	}
	s.out("窗口人员想替部门发证：%s", why)
	return s.expect(ctx, "accepted", "", "registration", "jointVisit", "fumeSiting")
}

func (s *story) review(ctx context.Context) error {
	if err := s.play(ctx, play{handler, "grant", map[string]any{"step": "registration", "outputs": []map[string]any{{"id": "licence", "number": "92210304MADEMO0001"}}}}); err != nil {
		return err
	}
	against := map[string]any{"step": "fumeSiting", "reason": "烟道与住宅共用", "basis": "大气污染防治法第八十一条"}
	why, err := s.refused(ctx, ecology, s.number, "disagree", against, "bad-data")
	if err != nil {
		return err
	}
	s.out("生态环境未核对条件就出意见：%s", why)
	against["checks"] = []map[string]any{{"id": "ownFlue", "ok": false, "note": "与住宅共用"}}
	if err := s.play(ctx,
		play{ecology, "disagree", against},
		play{lead, "continue", map[string]any{"step": "review", "reason": "已有专用烟道证明，由牵头部门综合判断"}},
		play{fire1, "pass", map[string]any{"step": "fireCheck", "checks": met("fireSafe")}},
	); err != nil {
		return err
	}
	why, err = s.refused(ctx, fire1, s.number, "pass", map[string]any{"step": "fireCheck"}, "not-allowed")
	if err != nil {
		return err
	}
	s.out("消防同一人想再审核一次：%s", why)
	if err := s.visit(ctx); err != nil {
		return err
	}
	return s.expect(ctx, "accepted", "", "jointVisit", "food", "fireCheck", "signboard")
}

// originals names the copies whose originals the window has seen.
func originals(papers ...string) map[string]any { return map[string]any{"originals": papers} }

// met are conditions found fulfilled.
func met(conditions ...string) (checks []map[string]any) {
	for _, id := range conditions {
		checks = append(checks, map[string]any{"id": id, "ok": true})
	}
	return checks
}

func (s *story) crash(ctx context.Context) error {
	before, err := s.timeline(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := s.srv.Crash(ctx); err != nil {
		return err
	}
	address, err := s.srv.Start(ctx)
	if err != nil {
		return err
	}
	s.out("%.1f 秒后重新可用，数据仍在", time.Since(began).Seconds())
	s.cast.server, s.cast.people = address, map[string]*client.Client{}
	after, err := s.timeline(ctx)
	if err != nil {
		return err
	}
	if len(after) < len(before) {
		return fmt.Errorf("%d events before the kill, %d after", len(before), len(after))
	}
	for i := range before {
		if before[i].Hash != after[i].Hash {
			return fmt.Errorf("event %d changed over the kill", before[i].Seq)
		}
	}
	return nil
}

func (s *story) resume(ctx context.Context) error {
	return errors.Join(s.play(ctx,
		play{fire2, "pass", map[string]any{"step": "fireCheck"}},
		play{fire3, "grant", map[string]any{"step": "fireCheck"}},
		play{handler, "pass", map[string]any{"step": "food", "checks": met("layout", "staffFit")}},
		play{checker, "pass", map[string]any{"step": "food"}},
		play{signboard, "record", map[string]any{"step": "jointVisit", "inspectors": []string{signboard, city2}}},
		play{handler, "record", map[string]any{"step": "jointVisit", "inspectors": []string{handler, checker}}},
		play{approver, "grant", map[string]any{"step": "food"}},
		play{signboard, "deny", map[string]any{"step": "signboard", "reason": "位置遮挡消防通道标志", "basis": "城市市容和环境卫生管理条例第十一条"}},
	), s.expect(ctx, "accepted", "", "conclude"))
}

func (s *story) conclude(ctx context.Context) error {
	why, err := s.refused(ctx, approver, s.number, "grant", map[string]any{"step": "conclude"}, "reason-needed")
	if err != nil {
		return err
	}
	s.out("不写理由就准予：%s", why)
	if err := s.play(ctx, play{approver, "grant", map[string]any{"step": "conclude", "overrides": []map[string]string{{"step": "fumeSiting", "reason": "专用烟道符合要求"}}}}); err != nil {
		return err
	}
	if err := s.expect(ctx, "decided", "partly", "handOut"); err != nil {
		return err
	}
	if err := s.play(ctx, play{issuer, "hand", map[string]any{"step": "handOut", "way": "counter"}}); err != nil {
		return err
	}
	return s.expect(ctx, "closed", "partly")
}

func (s *story) look(ctx context.Context) error {
	entries, err := s.timeline(ctx)
	if err != nil {
		return err
	}
	for _, e := range entries {
		due := ""
		for _, d := range e.Due {
			due += fmt.Sprintf("  [%s 到期日 %s]", d.Clock, d.Day)
		}
		s.out("%s  %s%s", e.At.In(calendar.Zone).Format("2006-01-02 15:04"), e.Text.ZH, due)
	}
	var clocks struct{ Clocks []gen.ClockView }
	if err := s.get(ctx, clerk, "/v1/cases/"+s.number+"/clocks", &clocks); err != nil {
		return err
	}
	i := slices.IndexFunc(clocks.Clocks, func(c gen.ClockView) bool { return c.Clock.ID == "promised" })
	if i < 0 || len(clocks.Clocks[i].Lines) == 0 {
		return errors.New("the promise has no explanation")
	}
	s.out("\n承诺时限到期日 %s 的由来：", clocks.Clocks[i].Clock.Day)
	for _, l := range clocks.Clocks[i].Lines {
		s.out("  %s", l.In("zh"))
	}
	return nil
}

// silence files a complete case nobody looks at, and moves the clock past the
// five days: it is accepted as of the day the papers came.
func (s *story) silence(ctx context.Context) error {
	started, err := s.start(ctx, map[string]any{
		"hasLicence": true, "kinds": []string{"packaged"}, "area": 30, "gathering": false, "mixedUse": false, "fumes": false,
		"sign": false, "sewer": false, "sellsTobacco": false,
	}, map[string]any{"applicant": map[string]any{"name": "某某便利食品店"}, "premises": "立山区某路2号", "staff": 1},
		[]string{"idCard", "licence", "lease"})
	if err != nil {
		return err
	}
	s.number = started.Number
	received := calendar.DateOf(started.At)
	var clocks struct{ Clocks []gen.ClockView }
	if err := s.get(ctx, clerk, "/v1/cases/"+s.number+"/clocks", &clocks); err != nil {
		return err
	}
	i := slices.IndexFunc(clocks.Clocks, func(c gen.ClockView) bool { return c.Clock.ID == "receive" })
	if i < 0 {
		return errors.New("the intake has no clock")
	}
	due := clocks.Clocks[i].Clock.Due
	s.out("收件 %s，应于 %s 前告知；业务时钟拨到该日24时", received, clocks.Clocks[i].Clock.Day)
	if err := s.advance(ctx, due); err != nil {
		return err
	}
	c, err := s.until(ctx, func(c *gen.Case) bool { return c.Case.Status == "accepted" })
	if err != nil {
		return err
	}
	if got := fmt.Sprint(c.Case.AcceptedOn); got != received.String() {
		return fmt.Errorf("accepted as of %s, expected %s", got, received)
	}
	if !slices.Contains(c.Case.Flags, "deemed") {
		return errors.New("the acceptance by silence is not flagged")
	}
	s.out("视为受理，受理日期 %s（行政许可法第三十二条）", received)
	return nil
}

// play is one act of somebody.
type play struct {
	who, do string
	body    map[string]any
}

func (s *story) play(ctx context.Context, acts ...play) error {
	for _, a := range acts {
		if err := s.act(ctx, a.who, s.number, a.do, a.body); err != nil {
			return err
		}
		about := ""
		for _, key := range []string{"step", "duty", "output", "clock"} {
			if v, ok := a.body[key].(string); ok {
				about = v
				break
			}
		}
		s.out("%-14s %s %s", a.who, a.do, about)
	}
	return nil
}

func (s *story) timeline(ctx context.Context) ([]gen.TimelineEntry, error) {
	var page struct{ Events []gen.TimelineEntry }
	err := s.get(ctx, clerk, "/v1/cases/"+s.number+"/timeline", &page)
	if err == nil && len(page.Events) == 0 {
		err = errors.New("the timeline is empty")
	}
	return page.Events, err
}

// until reads the case until something holds, at most half a minute.
func (s *story) until(ctx context.Context, holds func(*gen.Case) bool) (*gen.Case, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		var c gen.Case
		if err := s.get(ctx, clerk, "/v1/cases/"+s.number, &c); err != nil {
			return nil, err
		}
		if holds(&c) {
			return &c, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("case is %s after half a minute", c.Case.Status)
		case <-tick.C:
		}
	}
}

// expect reads the case and compares where it stands; open names the leaf steps
// that must be open, in any order; none given: not compared.
func (s *story) expect(ctx context.Context, status, outcome string, open ...string) error {
	var c gen.Case
	if err := s.get(ctx, clerk, "/v1/cases/"+s.number, &c); err != nil {
		return err
	}
	got := c.Case.Outcome
	if string(c.Case.Status) != status || got != outcome {
		return fmt.Errorf("the case is %s %q, expected %s %q", c.Case.Status, got, status, outcome)
	}
	var is []string
	for _, st := range c.Steps {
		if string(st.Status) == "open" && string(st.Kind) != "parallel" && string(st.Kind) != "sequence" {
			is = append(is, st.Id)
		}
	}
	slices.Sort(is)
	slices.Sort(open)
	if len(open) > 0 && !slices.Equal(is, open) {
		return fmt.Errorf("open are %v, expected %v", is, open)
	}
	return nil
}
