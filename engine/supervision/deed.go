package supervision

import (
	"slices"
	"strings"
	"time"

	"lianban/engine"
)

// Deed is what somebody does with a card.
type Deed string

// The deeds. Each is a record of its own; nothing is ever changed.
const (
	Raise    Deed = "raise"    // by a supervisor's hand
	Explain  Deed = "explain"  // 说明
	Confirm  Deed = "confirm"  // 认定
	Lift     Deed = "lift"     // 撤销
	Appeal   Deed = "appeal"   // 申诉
	Uphold   Deed = "uphold"   // 维持
	Overturn Deed = "overturn" // 申诉成立，撤销
)

// Deeds lists them in the order a card goes through them.
var Deeds = []Deed{Raise, Explain, Confirm, Lift, Appeal, Uphold, Overturn}

// Status is where a card stands.
type Status string

// The states of a card.
const (
	Raised    Status = "raised"
	Explained Status = "explained"
	Confirmed Status = "confirmed"
	Lifted    Status = "lifted"
	Appealed  Status = "appealed"
	Upheld    Status = "upheld"
)

// Statuses lists the states of a card.
var Statuses = []Status{Raised, Explained, Confirmed, Lifted, Appealed, Upheld}

// after is what a deed makes of a card, from is where it may be done.
var after = map[Deed]struct {
	status Status
	from   []Status
}{
	Explain:  {Explained, []Status{Raised, Explained}},
	Confirm:  {Confirmed, []Status{Raised, Explained}},
	Lift:     {Lifted, []Status{Raised, Explained, Confirmed}},
	Appeal:   {Appealed, []Status{Confirmed}},
	Uphold:   {Upheld, []Status{Appealed}},
	Overturn: {Lifted, []Status{Appealed}},
}

// StatusAfter is where a card stands after a deed.
func StatusAfter(do Deed) Status {
	if do == Raise {
		return Raised
	}
	return after[do].status
}

// Act is a deed as recorded.
type Act struct {
	ID      int64
	Do      Deed
	Account string
	Org     string
	At      time.Time
	Reason  string
	// Until is the exclusive instant until which the other side may answer, zero: it may not.
	Until time.Time
}

// Person is somebody who wants to do something with a card.
type Person struct {
	Account string
	Org     string
	Roles   []string
	// Supervises are the organisations the person looks after as a supervisor.
	Supervises []string
}

// Code is why a deed is refused; codes are never renamed.
type Code string

// The codes of refusals.
const (
	CardState     Code = "card-state"     // not where the card stands
	CardNotYours  Code = "card-not-yours" // another organisation's or person's to answer for
	CardSelf      Code = "card-self"      // who is concerned, or has decided, may not decide
	CardEarly     Code = "card-early"     // the time to explain is not over
	CardLate      Code = "card-late"      // the time to appeal is over
	CardNoReason  Code = "card-no-reason" // a reason is needed
	CardNotByHand Code = "card-not-by-hand"
)

// Refusal says why a deed is not done.
type Refusal struct {
	Code             Code
	Zh, En           string
	Expected, Actual string
}

func (r *Refusal) Error() string { return string(r.Code) + ": " + r.En }

func refuse(code Code, zh, en, expected, actual string) *Refusal {
	return &Refusal{code, zh, en, expected, actual}
}

// Judge says what a deed makes of a card, or why it is refused. acts are those
// recorded so far, in order.
func Judge(c *Card, status Status, gone bool, acts []Act, do Deed, who Person, reason string, now time.Time) (Status, *Refusal) {
	next, ok := after[do]
	switch {
	case !ok || gone || c.Level == Mark:
		return "", refuse(CardState, "这张牌不能这样处理", "nothing like that can be done with this card", "a card that stands", "gone, or no card")
	case strings.TrimSpace(reason) == "":
		return "", refuse(CardNoReason, "须写明理由", "a reason is needed", "reason", "none")
	}
	switch do {
	case Explain, Appeal:
		if r := concerns(c, who); r != nil {
			return "", r
		}
	default:
		if r := supervises(c, who); r != nil {
			return "", r
		}
	}
	if !slices.Contains(next.from, status) {
		names := make([]string, len(next.from))
		for i, s := range next.from {
			names[i] = string(s)
		}
		return "", refuse(CardState, "这张牌现在不能这样处理", "this cannot be done with the card as it stands", strings.Join(names, ", "), string(status))
	}
	switch do {
	case Confirm:
		if status == Raised && now.Before(c.Explain) {
			return "", refuse(CardEarly, "责任单位尚未说明，说明期限未满，不能认定", "the card is not explained yet and the time to explain it is not over",
				"an explanation, or "+c.Explain.Format(time.RFC3339), "raised")
		}
	case Appeal:
		if last := lastOf(acts, Confirm); last == nil || !now.Before(last.Until) {
			return "", refuse(CardLate, "申诉期限已过", "the time to appeal is over", "an appeal in time", "too late")
		}
	case Uphold, Overturn:
		if last := lastOf(acts, Confirm); last != nil && last.Account == who.Account {
			return "", refuse(CardSelf, "申诉须由认定人以外的监察员裁定", "an appeal is decided by another supervisor than the one who confirmed the card", "another supervisor", "the same")
		}
	}
	return next.status, nil
}

// Option is a deed as it would be judged now.
type Option struct {
	Do      Deed
	Refusal *Refusal // nil: allowed, with a reason
}

// Options says of every deed with a card whether somebody may do it.
func Options(c *Card, status Status, gone bool, acts []Act, who Person, now time.Time) []Option {
	var list []Option
	for _, do := range Deeds {
		if do == Raise {
			continue
		}
		_, r := Judge(c, status, gone, acts, do, who, "any", now)
		list = append(list, Option{do, r})
	}
	return list
}

func lastOf(acts []Act, do Deed) *Act {
	for i := len(acts) - 1; i >= 0; i-- {
		if acts[i].Do == do {
			return &acts[i]
		}
	}
	return nil
}

// concerns says whether somebody may answer for a card: the person it names, who
// heads or approves in the organisation, or anybody of it where no person is named.
func concerns(c *Card, who Person) *Refusal {
	heads := slices.ContainsFunc(who.Roles, func(r string) bool {
		return r == engine.RoleOrganHead || r == engine.RoleApprove || r == engine.RoleLead
	})
	switch {
	case who.Org != c.Org:
		return refuse(CardNotYours, "这张牌由其他单位负责", "another organisation answers for this card", c.Org, who.Org)
	case c.Person != "" && c.Person != who.Account && !heads:
		return refuse(CardNotYours, "由责任人或本单位负责人说明、申诉", "the person responsible or a head of the organisation explains and appeals", "the person named, or a head", "somebody else")
	}
	return nil
}

// supervises says whether somebody may decide on a card.
func supervises(c *Card, who Person) *Refusal {
	switch {
	case !slices.Contains(who.Roles, engine.RoleSupervisor) || !slices.Contains(who.Supervises, c.Org):
		return refuse(CardNotYours, "由负责监察该单位的监察员处理", "a supervisor who looks after the organisation decides on this card", "a supervisor of "+c.Org, "somebody else")
	case who.Account == c.Person:
		return refuse(CardSelf, "责任人不能处理自己的牌", "nobody decides on a card of his own", "another supervisor", "the person responsible")
	}
	return nil
}

// ByHand makes a card of a rule that a supervisor raises by hand.
func (r *Rules) ByHand(rule string, org string, explain time.Time, now time.Time, who Person, reason string) (Card, *Refusal) {
	switch {
	case strings.TrimSpace(reason) == "":
		return Card{}, refuse(CardNoReason, "须写明理由", "a reason is needed", "reason", "none")
	case !slices.Contains(who.Roles, engine.RoleSupervisor) || !slices.Contains(who.Supervises, org):
		return Card{}, refuse(CardNotYours, "由负责监察该单位的监察员发牌", "a supervisor who looks after the organisation raises a card", "a supervisor of "+org, "somebody else")
	}
	var open []string
	for i := range r.rules {
		ru := &r.rules[i]
		for j := range ru.fires {
			f := &ru.fires[j]
			if !f.Hand {
				continue
			}
			open = append(open, ru.ID)
			if ru.ID == rule {
				return Card{Rule: ru.ID, Fire: f.index, Rules: r.Version, Class: ru.Class, Level: Level(f.Level), Org: org, At: now, Explain: explain,
					Zh: f.Text.ZH, En: f.Text.EN, Basis: ru.Basis}, nil
			}
		}
	}
	return Card{}, refuse(CardNotByHand, "这条规则不能由人发牌", "no card of this rule is raised by hand", strings.Join(open, ", "), rule)
}
