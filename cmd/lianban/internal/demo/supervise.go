package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine/calendar"
)

const supervisor = "wei.supervision"

// advance moves the business clock to an instant.
func (s *story) advance(ctx context.Context, to time.Time) error {
	p, err := s.as(ctx, "ding.data")
	if err != nil {
		return err
	}
	_, err = p.Do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/clock/advance", Body: map[string]any{"to": to.Format(time.RFC3339Nano)}, Key: client.NewKey()})
	return err
}

// supervise lets a department's limit of the second case run out: a yellow card comes
// of itself, the department explains it, the supervisor lifts it, and the month's
// figures tell.
func (s *story) supervise(ctx context.Context) error {
	var clocks struct{ Clocks []gen.ClockView }
	if err := s.get(ctx, clerk, "/v1/cases/"+s.number+"/clocks", &clocks); err != nil {
		return err
	}
	i := slices.IndexFunc(clocks.Clocks, func(c gen.ClockView) bool { return c.Clock.ID == "food" })
	if i < 0 {
		return errors.New("the food licence has no limit")
	}
	c := clocks.Clocks[i].Clock
	s.out("食品经营许可应于 %s 前办结，无人办理；业务时钟拨到该日24时", c.Day)
	if err := s.advance(ctx, c.Due); err != nil {
		return err
	}
	card, err := s.card(ctx, "?number="+url.QueryEscape(s.number)+"&level=2&rule=T2")
	if err != nil {
		return err
	}
	s.out("黄牌 %d（%s，%s）：%s", card.Id, card.RuleName, card.OrgName, card.Zh)
	for _, deed := range []struct{ who, do, reason, status string }{
		{approver, "explain", "经办人住院，已另行指派", "explained"}, {supervisor, "lift", "说明属实，当日已补办", "lifted"},
	} {
		p, err := s.as(ctx, deed.who)
		if err != nil {
			return err
		}
		a, err := p.Do(ctx, client.Call{Method: http.MethodPost, Path: fmt.Sprintf("/v1/cards/%d/%s", card.Id, deed.do), Key: client.NewKey(), Body: map[string]any{"reason": deed.reason}})
		if err != nil {
			return fmt.Errorf("%s by %s: %w", deed.do, deed.who, err)
		}
		if err := a.Decode(&card); err != nil {
			return err
		}
		if string(card.Status) != deed.status {
			return fmt.Errorf("the card is %s, expected %s", card.Status, deed.status)
		}
		s.out("%-16s %s：%s", deed.who, deed.do, deed.reason)
	}
	return s.figures(ctx, calendar.DateOf(c.Due))
}

// card waits for the one card of a query: cards follow what happens within seconds.
func (s *story) card(ctx context.Context, query string) (gen.Card, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		var page gen.CardPage
		if err := s.get(ctx, supervisor, "/v1/cards"+query, &page); err != nil {
			return gen.Card{}, err
		}
		if len(page.Cards) > 0 {
			return page.Cards[0], nil
		}
		select {
		case <-ctx.Done():
			return gen.Card{}, errors.New("no card came within half a minute")
		case <-tick.C:
		}
	}
}

// figures shows some of the month's.
func (s *story) figures(ctx context.Context, day calendar.Date) error {
	var r gen.Report
	if err := s.get(ctx, supervisor, fmt.Sprintf("/v1/reports?from=%s&until=%s", day.AddDays(-31), day.AddDays(1)), &r); err != nil {
		return err
	}
	if len(r.Rows) != 1 {
		return fmt.Errorf("a report of %d rows, expected one", len(r.Rows))
	}
	line := ""
	for i, f := range r.Figures {
		v := r.Rows[0].Values[i]
		switch f.Id {
		case "received", "accepted", "deemed", "concluded", "yellow", "red":
			line += fmt.Sprintf("  %s %d", f.Zh, v.Count)
		}
	}
	s.out("统计：%s", line)
	return nil
}
