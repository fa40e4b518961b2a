package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

// visit sets one date for all parties of the joint visit and moves the clock there.
func (s *story) visit(ctx context.Context) error {
	var clock gen.BusinessClock
	if err := s.get(ctx, clerk, "/v1/clock", &clock); err != nil {
		return err
	}
	on := clock.Now.Add(time.Hour).Truncate(time.Minute)
	if err := s.play(ctx, play{handler, "arrange", map[string]any{"step": "jointVisit", "on": on.Format(time.RFC3339), "place": "立山区某路1号"}}); err != nil {
		return err
	}
	return s.advance(ctx, on)
}

// due is the day a clock of the case runs out.
func (s *story) due(ctx context.Context, id string) (string, error) {
	var clocks struct{ Clocks []gen.ClockView }
	if err := s.get(ctx, clerk, "/v1/cases/"+s.number+"/clocks", &clocks); err != nil {
		return "", err
	}
	i := slices.IndexFunc(clocks.Clocks, func(c gen.ClockView) bool { return c.Clock.ID == id })
	if i < 0 {
		return "", fmt.Errorf("the case has no clock %s", id)
	}
	return clocks.Clocks[i].Clock.Day.String(), nil
}

// moved does an act and says how it moved the two clocks of the case; both must move.
func (s *story) moved(ctx context.Context, what string, act play, ids ...string) error {
	before := map[string]string{}
	for _, id := range ids {
		day, err := s.due(ctx, id)
		if err != nil {
			return err
		}
		before[id] = day
	}
	if err := s.play(ctx, act); err != nil {
		return err
	}
	for _, id := range ids {
		day, err := s.due(ctx, id)
		if err != nil {
			return err
		}
		if day == before[id] {
			return fmt.Errorf("%s did not move the clock %s", what, id)
		}
		name := map[string]string{"promised": "承诺", "statutory": "法定"}[id]
		s.out("  %s：%s时限到期日 %s → %s", what, name, before[id], day)
	}
	return nil
}

// after is what comes when the first case is closed: the promise proves false, what
// rested on it is annulled, and the applicant rates.
func (s *story) after(ctx context.Context) error {
	s.number = s.first
	p, err := s.as(ctx, fire1)
	if err != nil {
		return err
	}
	hash, err := upload(ctx, p, "/v1/files", "inspection")
	if err != nil {
		return err
	}
	if err := s.play(ctx,
		play{fire1, "judge", map[string]any{
			"duty": "fireVerify", "finding": "failed", "reason": "疏散通道被占用，与承诺不符", "evidence": []map[string]any{{"name": "现场核查记录", "hash": hash}},
		}},
	); err != nil {
		return err
	}
	// Nothing is taken from him before he could speak for it.
	applicant := &client.Client{Server: s.server, Track: s.first + " " + s.firstCode, Lang: "zh"}
	if _, err := applicant.Do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/track/defend", Key: client.NewKey(), Body: map[string]any{"reason": "通道当日已清空"}}); err != nil {
		return fmt.Errorf("the holder states his case: %w", err)
	}
	if err := s.play(ctx,
		play{fire3, "annul", map[string]any{"output": "fireOpinion", "reason": "承诺不实", "basis": "应急〔2021〕34号"}},
	); err != nil {
		return err
	}
	var results struct{ Results []gen.Result }
	if err := s.get(ctx, clerk, "/v1/cases/"+s.number+"/results", &results); err != nil {
		return err
	}
	i := slices.IndexFunc(results.Results, func(r gen.Result) bool { return r.ID == "fireOpinion" })
	if i < 0 || results.Results[i].Annulled.IsZero() {
		return errors.New("the fire opinion stands although its promise was false")
	}
	s.out("“%s”已撤销；案件历史不改", results.Results[i].Name)

	a, err := applicant.Do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/track/rate", Key: client.NewKey(), Body: map[string]any{"grade": 4, "reason": "现场来得晚"}})
	if err != nil {
		return err
	}
	if a.Status == http.StatusAccepted {
		return errors.New("the rating was only recorded")
	}
	day, err := s.due(ctx, "duty.rating")
	if err != nil {
		return err
	}
	s.out("差评回访整改，期限 %s", day)
	return s.play(ctx, play{clerk, "fulfil", map[string]any{"duty": "rating", "reason": "已电话回访并说明"}})
}

// special is a case whose fire check needs experts: the clocks stop, and the
// government extends the legal limit.
func (s *story) special(ctx context.Context) error {
	started, err := s.start(ctx, map[string]any{
		"hasLicence": true, "kinds": []string{"hot"}, "area": 400, "gathering": true, "fireMode": "ordinary", "mixedUse": true, "fumes": true,
		"sign": false, "sewer": false, "sellsTobacco": false,
	}, map[string]any{"applicant": map[string]any{"name": "某某酒楼"}, "premises": "立山区某路3号", "staff": 30}, []string{
		"idCard", "licence", "lease", "layoutPlan", "manager", "rules", "healthCert", "fireForm", "firePlan", "floorPlan", "flue",
	})
	if err != nil {
		return err
	}
	s.number, s.code = started.Number, started.TrackCode
	for _, who := range []string{clerk, handler, fire1, ecology} {
		if err := s.act(ctx, who, s.number, "clear", nil); err != nil {
			return err
		}
	}
	if err := s.act(ctx, clerk, s.number, "accept", originals("lease", "manager", "flue")); err != nil {
		return err
	}
	if err := s.visit(ctx); err != nil {
		return err
	}
	if err := s.play(ctx,
		play{handler, "record", map[string]any{"step": "jointVisit", "inspectors": []string{handler, checker}}},
		play{fire1, "record", map[string]any{"step": "jointVisit", "inspectors": []string{fire1, fire2}}},
	); err != nil {
		return err
	}
	why, err := s.refused(ctx, fire1, s.number, "pause", map[string]any{"step": "fireCheck", "pause": "expert", "time": "5wd", "reason": "高层建筑专家评审"}, "reason-needed")
	if err != nil {
		return err
	}
	s.out("没有文书就想停法定时限：%s", why)
	if err := s.moved(ctx, "专家评审五个工作日", play{fire1, "pause", map[string]any{
		"step": "fireCheck", "pause": "expert", "time": "5wd", "reason": "高层建筑专家评审", "document": "立消评字〔2026〕7号",
	}}, "promised", "statutory"); err != nil {
		return err
	}
	var clock gen.BusinessClock
	if err := s.get(ctx, clerk, "/v1/clock", &clock); err != nil {
		return err
	}
	if err := s.advance(ctx, clock.Now.AddDate(0, 0, 2)); err != nil {
		return err
	}
	if err := s.moved(ctx, "两天后评审提前结束", play{fire1, "resume", map[string]any{"step": "fireCheck", "reason": "评审通过"}}, "promised", "statutory"); err != nil {
		return err
	}
	return s.moved(ctx, "延长法定时限", play{mayor, "extend", map[string]any{"clock": "statutory", "reason": "须跨区核查"}}, "statutory")
}

// again sends the case back after a paper was changed: only the review that read
// it is asked anew, and signed decisions stand.
func (s *story) again(ctx context.Context) error {
	if err := s.play(ctx,
		play{ecology, "agree", map[string]any{"step": "fumeSiting", "checks": met("ownFlue")}},
		play{fire1, "pass", map[string]any{"step": "fireCheck", "checks": met("fireSafe")}},
		play{fire2, "pass", map[string]any{"step": "fireCheck"}},
		play{fire3, "grant", map[string]any{"step": "fireCheck"}},
		play{handler, "pass", map[string]any{"step": "food", "checks": met("layout", "staffFit")}},
		play{checker, "pass", map[string]any{"step": "food"}},
		play{approver, "grant", map[string]any{"step": "food"}},
	); err != nil {
		return err
	}
	p, err := s.as(ctx, lead)
	if err != nil {
		return err
	}
	changed, err := upload(ctx, p, "/v1/files", "flue-2")
	if err != nil {
		return err
	}
	if err := s.play(ctx,
		play{lead, "amend", map[string]any{"reason": "申请人更换烟道证明", "papers": []map[string]any{{"id": "flue", "hash": changed}}}},
		play{approver, "return", map[string]any{"step": "conclude", "reason": "烟道证明有变"}},
	); err != nil {
		return err
	}
	if err := s.expect(ctx, "accepted", "", "fumeSiting"); err != nil {
		return err
	}
	s.out("重新打开的只有“油烟选址意见”；踏勘、食品经营和消防的结论不动")
	if err := s.play(ctx,
		play{ecology, "agree", map[string]any{"step": "fumeSiting", "checks": met("ownFlue")}},
		play{approver, "grant", map[string]any{"step": "conclude"}},
		play{issuer, "hand", map[string]any{"step": "handOut", "way": "courier", "proof": "EMS0001", "originals": []string{"flue"}}},
	); err != nil {
		return err
	}
	return s.expect(ctx, "closed", "granted")
}

// letters waits until every letter of the first case is written and sent, and shows
// them. Letters follow their acts within seconds.
func (s *story) letters(ctx context.Context) error {
	// A delivery the kill has interrupted is taken up again when its two minutes are over.
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	var list struct{ Letters []gen.Letter }
	for {
		if err := s.get(ctx, clerk, "/v1/cases/"+s.first+"/letters", &list); err != nil {
			return err
		}
		waiting := slices.IndexFunc(list.Letters, func(l gen.Letter) bool {
			return l.Status != "ready" || !slices.ContainsFunc(l.Deliveries, func(d gen.Delivery) bool { return d.Channel == "outbox" && d.Status != "waiting" })
		})
		if len(list.Letters) > 0 && waiting < 0 {
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not every letter was written and sent within three minutes: %+v", list.Letters[max(waiting, 0)])
		case <-tick.C:
		}
	}
	kinds := map[string]bool{}
	for _, l := range list.Letters {
		kinds[l.Kind] = true
		s.out("%s  %s（%s → %s）", l.Number, l.Title, l.OrgName, l.ToName)
	}
	for _, kind := range []string{"receipt", "correction", "acceptance", "grant", "denial", "visit", "annulled"} {
		if !kinds[kind] {
			return fmt.Errorf("the case has no letter of the kind %s", kind)
		}
	}
	folder, err := s.srv.Letters()
	if err != nil {
		return err
	}
	s.out("文书文件（网页和 PDF）在 %s", folder)
	return nil
}
