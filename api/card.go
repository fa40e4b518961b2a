package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/engine/supervision"
	"lianban/store"
)

// rulesOf reads a version of the supervision rules, once.
func (s *Server) rulesOf(v store.SupervisionVersion) (*supervision.Rules, error) {
	if r, ok := s.supervision.Load(v.Version); ok {
		return r.(*supervision.Rules), nil
	}
	r, found := supervision.Load(v.Version, v.Source)
	if r == nil {
		return nil, fmt.Errorf("supervision rules %s: %s", v.Version, found.Render("en"))
	}
	s.supervision.Store(v.Version, r)
	return r, nil
}

// inForce are the rules for what happens now.
func (s *Server) inForce(ctx context.Context) (store.SupervisionVersion, *supervision.Rules, error) {
	v, err := s.cfg.Store.SupervisionInForce(ctx, s.cfg.Clock.Now())
	if errors.Is(err, store.ErrNotFound) {
		return v, nil, problem(CodeNoRules, "尚未发布监察规则", "no supervision rules are published yet")
	}
	if err != nil {
		return v, nil, err
	}
	r, err := s.rulesOf(v)
	return v, r, err
}

// GetSupervision implements GET /v1/supervision/rules.
func (s *Server) GetSupervision(ctx context.Context, _ gen.GetSupervisionRequestObject) (gen.GetSupervisionResponseObject, error) {
	v, r, err := s.inForce(ctx)
	if err != nil {
		return nil, err
	}
	return gen.GetSupervision200JSONResponse(rulesView(v, r)), nil
}

// PublishSupervision implements POST /v1/supervision/rules.
func (s *Server) PublishSupervision(ctx context.Context, req gen.PublishSupervisionRequestObject) (gen.PublishSupervisionResponseObject, error) {
	src, err := io.ReadAll(io.LimitReader(req.Body, maxSource+1))
	if err != nil {
		return nil, err
	}
	if len(src) > maxSource {
		return nil, tooLarge(maxSource)
	}
	r, found := supervision.Load("rules.yaml", src)
	if r == nil {
		p := problem(CodeDefinition, "监察规则未通过检查，下面逐条写明位置和改法", "the supervision rules did not pass their checks; each fault is listed with its place and how to mend it").at("body").want("rules without errors", "errors")
		p.Findings = findings(found)
		return nil, p
	}
	v := store.SupervisionVersion{Version: r.Version, Source: src, PublishedBy: official(ctx).session.Account, PublishedAt: s.cfg.Clock.Now()}
	err = s.cfg.Store.PublishSupervision(ctx, v)
	if errors.Is(err, store.ErrExists) {
		return nil, problem(CodeVersionExists, "版本 %[1]s 已以其他内容发布，修改须用新版本号", "version %[1]s is published with other content; a change needs a new version", v.Version).
			at("version").want("a new version or the same content", "other content")
	}
	if err != nil {
		return nil, err
	}
	if v, err = s.cfg.Store.Supervision(ctx, v.Version); err != nil {
		return nil, err
	}
	return gen.PublishSupervision200JSONResponse(rulesView(v, r)), nil
}

func rulesView(v store.SupervisionVersion, r *supervision.Rules) gen.SupervisionRules {
	out := gen.SupervisionRules{
		Version: r.Version, Name: r.Name, PublishedAt: v.PublishedAt, Explain: r.Explain.String(), Appeal: r.Appeal.String(), Source: string(v.Source),
		Rules: make([]gen.SupervisionRule, len(r.Rules)), Parameters: make([]gen.SupervisionParameter, len(r.Parameters)),
	}
	for i, ru := range r.Rules {
		x := gen.SupervisionRule{Id: ru.ID, Class: ru.Class, Zh: ru.Name.ZH, En: ru.Name.EN, Levels: []int{}, Basis: basisView(ru.Basis)}
		for _, f := range ru.Fires {
			x.ByHand = x.ByHand || f.Hand
			if f.Level > 0 && !slices.Contains(x.Levels, f.Level) {
				x.Levels = append(x.Levels, f.Level)
			}
		}
		out.Rules[i] = x
	}
	for i, p := range r.Parameters {
		out.Parameters[i] = gen.SupervisionParameter{Id: p.ID, Value: fmt.Sprint(p.Value), Zh: p.Text.ZH, En: p.Text.EN}
	}
	return out
}

func basisView(list []definition.Article) []gen.CardBasis {
	out := make([]gen.CardBasis, len(list))
	for i, a := range list {
		out[i] = gen.CardBasis{Law: a.Law, Article: a.Article}
	}
	return out
}

// ListCards implements GET /v1/cards.
func (s *Server) ListCards(ctx context.Context, req gen.ListCardsRequestObject) (gen.ListCardsResponseObject, error) {
	p := req.Params
	orgs, err := s.visible(ctx, official(ctx))
	if err != nil {
		return nil, err
	}
	if p.Org != "" {
		if !slices.Contains(orgs, p.Org) {
			return nil, problem(CodeNotPermitted, "只能查看本单位或所监察单位的牌", "only cards of one's own organisation or of those one supervises can be seen").at("query org")
		}
		orgs = []string{p.Org}
	}
	f := store.CardFilter{Orgs: orgs, Case: p.Number, Rule: p.Rule, Level: p.Level, Status: supervision.Status(p.Status), From: p.From, Before: p.Before}
	if f.Item, err = s.itemCode(ctx, p.Item); err != nil {
		return nil, err
	}
	list, next, err := s.cfg.Store.ListCards(ctx, f, store.Page{After: store.Cursor(p.Cursor), Limit: p.Limit})
	if err != nil {
		return nil, err
	}
	out := gen.ListCards200JSONResponse{Next: string(next)}
	out.Cards, err = s.cardViews(ctx, list)
	return out, err
}

// GetCard implements GET /v1/cards/{card}.
func (s *Server) GetCard(ctx context.Context, req gen.GetCardRequestObject) (gen.GetCardResponseObject, error) {
	v, err := s.cfg.Store.CardByID(ctx, req.Card)
	if err != nil {
		return nil, cardError(err)
	}
	orgs, err := s.visible(ctx, official(ctx))
	if err != nil {
		return nil, err
	}
	if !slices.Contains(orgs, v.Org) {
		return nil, problem(CodeNotPermitted, "只能查看本单位或所监察单位的牌", "only cards of one's own organisation or of those one supervises can be seen").at("card")
	}
	who, err := s.person(ctx)
	if err != nil {
		return nil, err
	}
	out, err := s.cardView(ctx, v)
	out.Options = cardOptions(v, who, s.cfg.Clock.Now())
	return gen.GetCard200JSONResponse{CardAnswerJSONResponse: out}, err
}

// cardOptions says what somebody may do with a card now.
func cardOptions(v store.CardView, who supervision.Person, now time.Time) []gen.CardOption {
	var list []gen.CardOption
	for _, o := range supervision.Options(&v.Card, v.Status, v.Gone, v.Acts, who, now) {
		x := gen.CardOption{Do: gen.CardOptionDo(o.Do), Allowed: o.Refusal == nil}
		if o.Refusal != nil {
			x.Why = gen.Text{ZH: o.Refusal.Zh, EN: o.Refusal.En}
		}
		list = append(list, x)
	}
	return list
}

func cardError(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return problem(CodeNoSuchCard, "没有这个编号的牌", "there is no card of this number").at("card")
	}
	return err
}

// person is the caller as the rules of cards know him.
func (s *Server) person(ctx context.Context) (supervision.Person, error) {
	c := official(ctx)
	who := supervision.Person{Account: c.session.Account, Org: c.session.Org, Roles: c.session.Roles}
	if !c.supervises() {
		return who, nil
	}
	var err error
	who.Supervises, err = s.cfg.Store.OrgsSupervised(ctx, who.Org)
	return who, err
}

// deed does something with a card.
func (s *Server) deed(ctx context.Context, card int64, do supervision.Deed, key, reason string) (gen.CardAnswerJSONResponse, error) {
	who, err := s.person(ctx)
	if err != nil {
		return gen.CardAnswerJSONResponse{}, err
	}
	now := s.cfg.Clock.Now()
	d := store.CardDeed{Key: key, Card: card, Act: supervision.Act{Do: do, Account: who.Account, Org: who.Org, At: now, Reason: reason}}
	v, err := s.cfg.Store.ActOnCard(ctx, d, func(v store.CardView) (supervision.Status, time.Time, error) {
		status, refusal := supervision.Judge(&v.Card, v.Status, v.Gone, v.Acts, do, who, reason, now)
		if refusal != nil {
			return "", time.Time{}, cardRefused(refusal)
		}
		if do != supervision.Confirm {
			return status, time.Time{}, nil
		}
		until, err := s.appealUntil(ctx, v.Rules, now)
		return status, until, err
	})
	if err != nil {
		return gen.CardAnswerJSONResponse{}, cardError(err)
	}
	out, err := s.cardView(ctx, v)
	out.Options = cardOptions(v, who, now)
	return out, err
}

// appealUntil is until when a card confirmed now can be appealed against.
func (s *Server) appealUntil(ctx context.Context, version string, now time.Time) (time.Time, error) {
	v, err := s.cfg.Store.Supervision(ctx, version)
	if err != nil {
		return time.Time{}, err
	}
	r, err := s.rulesOf(v)
	if err != nil {
		return time.Time{}, err
	}
	return s.counted(ctx, now, r.Appeal)
}

// counted counts a period from now by the mainland's calendar.
func (s *Server) counted(ctx context.Context, now time.Time, p calendar.Period) (time.Time, error) {
	v, err := s.cfg.Store.LatestCalendar(ctx, "")
	if err != nil {
		return time.Time{}, err
	}
	cal, err := calendar.Decode(v.Data)
	if err != nil {
		return time.Time{}, err
	}
	return cal.Due(now, p, nil).At, nil
}

func cardRefused(r *supervision.Refusal) *Problem {
	return problem(string(r.Code), r.Zh, r.En).want(r.Expected, r.Actual)
}

// ExplainCard implements POST /v1/cards/{card}/explain.
func (s *Server) ExplainCard(ctx context.Context, req gen.ExplainCardRequestObject) (gen.ExplainCardResponseObject, error) {
	out, err := s.deed(ctx, req.Card, supervision.Explain, string(req.Params.IdempotencyKey), req.Body.Reason)
	return gen.ExplainCard200JSONResponse{CardAnswerJSONResponse: out}, err
}

// ConfirmCard implements POST /v1/cards/{card}/confirm.
func (s *Server) ConfirmCard(ctx context.Context, req gen.ConfirmCardRequestObject) (gen.ConfirmCardResponseObject, error) {
	out, err := s.deed(ctx, req.Card, supervision.Confirm, string(req.Params.IdempotencyKey), req.Body.Reason)
	return gen.ConfirmCard200JSONResponse{CardAnswerJSONResponse: out}, err
}

// LiftCard implements POST /v1/cards/{card}/lift.
func (s *Server) LiftCard(ctx context.Context, req gen.LiftCardRequestObject) (gen.LiftCardResponseObject, error) {
	out, err := s.deed(ctx, req.Card, supervision.Lift, string(req.Params.IdempotencyKey), req.Body.Reason)
	return gen.LiftCard200JSONResponse{CardAnswerJSONResponse: out}, err
}

// AppealCard implements POST /v1/cards/{card}/appeal.
func (s *Server) AppealCard(ctx context.Context, req gen.AppealCardRequestObject) (gen.AppealCardResponseObject, error) {
	out, err := s.deed(ctx, req.Card, supervision.Appeal, string(req.Params.IdempotencyKey), req.Body.Reason)
	return gen.AppealCard200JSONResponse{CardAnswerJSONResponse: out}, err
}

// UpholdCard implements POST /v1/cards/{card}/uphold.
func (s *Server) UpholdCard(ctx context.Context, req gen.UpholdCardRequestObject) (gen.UpholdCardResponseObject, error) {
	out, err := s.deed(ctx, req.Card, supervision.Uphold, string(req.Params.IdempotencyKey), req.Body.Reason)
	return gen.UpholdCard200JSONResponse{CardAnswerJSONResponse: out}, err
}

// OverturnCard implements POST /v1/cards/{card}/overturn.
func (s *Server) OverturnCard(ctx context.Context, req gen.OverturnCardRequestObject) (gen.OverturnCardResponseObject, error) {
	out, err := s.deed(ctx, req.Card, supervision.Overturn, string(req.Params.IdempotencyKey), req.Body.Reason)
	return gen.OverturnCard200JSONResponse{CardAnswerJSONResponse: out}, err
}

// RaiseCard implements POST /v1/cards.
func (s *Server) RaiseCard(ctx context.Context, req gen.RaiseCardRequestObject) (gen.RaiseCardResponseObject, error) {
	_, rules, err := s.inForce(ctx)
	if err != nil {
		return nil, err
	}
	who, err := s.person(ctx)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	explain, err := s.counted(ctx, now, rules.Explain)
	if err != nil {
		return nil, err
	}
	card, refusal := rules.ByHand(req.Body.Rule, req.Body.Org, explain, now, who, req.Body.Reason)
	if refusal != nil {
		return nil, cardRefused(refusal)
	}
	if req.Body.Number != "" {
		k, err := s.look(ctx, req.Body.Number)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(k.view.Orgs, card.Org) {
			return nil, problem(CodeNotInvolved, "该单位未参与该办件", "the organisation has no part in this case").at("org").want("an organisation of the case", card.Org)
		}
		card.Case, card.Item, card.Region = k.view.Number, k.view.Item, k.view.Region
	}
	v, err := s.cfg.Store.RaiseCard(ctx, store.CardDeed{Key: string(req.Params.IdempotencyKey),
		Act: supervision.Act{Account: who.Account, Org: who.Org, At: now, Reason: req.Body.Reason}}, card)
	if err != nil {
		return nil, err
	}
	out, err := s.cardView(ctx, v)
	return gen.RaiseCard200JSONResponse{CardAnswerJSONResponse: out}, err
}

func (s *Server) cardView(ctx context.Context, v store.CardView) (gen.CardAnswerJSONResponse, error) {
	list, err := s.cardViews(ctx, []store.CardView{v})
	if err != nil {
		return gen.CardAnswerJSONResponse{}, err
	}
	return gen.CardAnswerJSONResponse(list[0]), nil
}

// cardViews shows cards with the names of rules, people and organisations.
func (s *Server) cardViews(ctx context.Context, list []store.CardView) ([]gen.Card, error) {
	var ids []string
	for i := range list {
		ids = append(ids, list[i].Person)
		for _, a := range list[i].Acts {
			ids = append(ids, a.Account)
		}
	}
	slices.Sort(ids)
	names, err := s.cfg.Store.AccountNames(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]gen.Card, len(list))
	for i := range list {
		v := &list[i]
		c := gen.Card{
			Id: v.ID, Rule: v.Rule, Rules: v.Rules, Class: gen.CardClass(v.Class), Level: int(v.Level), Status: gen.CardStatus(v.Status), Gone: v.Gone, ByHand: v.ByHand,
			Number: v.Case, Numbers: v.Cases, Item: v.Item, Subject: v.Subject, Step: v.Step, Org: v.Org, OrgName: orgs[v.Org].Name, Person: names[v.Person],
			At: v.At, Seq: v.Seq, Explain: v.Explain, Zh: v.Zh, En: v.En, Basis: basisView(v.Basis),
		}
		version, err := s.cfg.Store.Supervision(ctx, v.Rules)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			rules, err := s.rulesOf(version)
			if err != nil {
				return nil, err
			}
			if r := rules.Rule(v.Rule); r != nil {
				c.RuleName, c.RuleNameEn = r.Name.ZH, r.Name.EN
			}
		}
		for _, a := range v.Acts {
			c.Acts = append(c.Acts, gen.CardAct{Act: gen.CardActAct(a.Do), By: orElse(names[a.Account], a.Account), Org: a.Org, OrgName: orgs[a.Org].Name, At: a.At, Reason: a.Reason, Until: a.Until})
		}
		out[i] = c
	}
	return out, nil
}

// cardKinds are the problems of deeds with cards.
var cardKinds = []Kind{
	{CodeNoSuchCard, 404, "No such card", "没有这个编号的牌", "There is no card of this number"},
	{CodeNoSuchFigure, 404, "No such figure", "没有这个指标：见 GET /v1/reports", "There is no such figure: see GET /v1/reports"},
	{CodeNoRules, 409, "No supervision rules", "尚未发布监察规则：由管理员执行 lianban migrate 或发布规则", "No supervision rules are published: an administrator runs lianban migrate or publishes some"},
	{string(supervision.CardState), 409, "Not where the card stands", "这张牌现在不能这样处理：见 expected、actual", "This cannot be done with the card as it stands: see `expected` and `actual`"},
	{string(supervision.CardNotYours), 403, "Not yours to answer for or to decide", "由责任人、单位负责人说明和申诉，由监察该单位的监察员处理", "The person responsible or a head of the organisation answers for a card; a supervisor who looks after the organisation decides on it"},
	{string(supervision.CardSelf), 403, "Concerned, or has decided already", "责任人不能处理自己的牌，认定人不能裁定对其认定的申诉", "Nobody decides on a card of his own, or on an appeal against what he confirmed himself"},
	{string(supervision.CardEarly), 409, "Not explained yet", "责任单位未说明且说明期限未满，不能认定", "The card is not explained and the time to do so is not over"},
	{string(supervision.CardLate), 409, "Too late to appeal", "申诉期限已过", "The time to appeal is over"},
	{string(supervision.CardNoReason), 422, "A reason is needed", "须写明理由", "What is done with a card needs a reason"},
	{string(supervision.CardNotByHand), 422, "Not raised by hand", "这条规则不能由人发牌：expected 列出可以的", "No card of this rule is raised by hand: `expected` lists those that are"},
}
