package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// The record of a hearing (听证笔录): given to those who took part, who find it right and
// sign or seal it (行政许可法第四十八条第一款第五项). Whoever did not is on record with the
// reason, so that nobody can hold a hearing up by not signing, or not coming.

// signedSince is the engine version from which a record says who has signed it.
const signedSince = 6

// tellsSince is the engine version from which a hearing is not held over the head of
// somebody who was told of its day too late.
const tellsSince = 8

// Signature is what somebody who takes part in a hearing has done with its record.
type Signature struct {
	// Of is who: applicant, a party of the case, an interested party by his id, or interested.
	Of string `json:"of"`
	// Name is the person that signed for him, where it needs saying.
	Name string `json:"name,omitempty"`
	// Unsigned is why there is no signature (refused, gone, did not come), noted by the
	// chair. Empty: read, found right and signed.
	Unsigned string `json:"unsigned,omitempty"`
}

func (d *decider) recordHearing(n *definition.Node, t *Task, cmd *Command) (func(), *Rejection) {
	h := *d.st(n).Hearing
	a := &cmd.Args
	switch {
	case cmd.By.ID != h.Chair:
		return nil, reject(NotAllowed, "听证笔录由主持人登记", "the record of a hearing is its chair's").want("the chair", cmd.By.String()).at(n.ID).under("48")
	case d.now.Before(h.On):
		return nil, reject(TooSoon, "听证时间未到，不能登记笔录", "the hearing is still to come; nothing can be recorded yet").
			want("after "+h.On.Format(time.RFC3339), d.now.Format(time.RFC3339)).at(n.ID)
	case strings.TrimSpace(a.Reason) == "":
		return nil, reject(ReasonNeeded, "听证应当制作笔录", "a hearing needs its record").want("reason: what was said and found", "none").at("reason").under("48")
	}
	if d.s.since(signedSince) {
		if rej := d.signatures(n, a.Signatures); rej != nil {
			return nil, rej
		}
		if rej := d.toldInTime(n, h.On, a.Signatures); rej != nil {
			return nil, rej
		}
		if a.File == "" {
			return nil, reject(BadData, "须附听证参加人签字或者盖章的笔录", "the record that those who took part have signed or sealed comes with it").
				want("file: the signed record", "none").at("file").under("48")
		}
	}
	h.HeldAt, h.Record, h.File, h.Signatures = d.now, a.Reason, a.File, a.Signatures
	e := HearingHeld{Step: n.ID, Task: t.ID, Hearing: h}
	return func() { d.emit(e) }, nil
}

// signatures: of everybody who was told of the hearing it is said whether he has signed
// its record; others of the case who took part may be named, too.
func (d *decider) signatures(n *definition.Node, list []Signature) *Rejection {
	for i, x := range list {
		known := x.Of == interestedParty || slices.Contains(d.audience(n), x.Of) || slices.ContainsFunc(d.r.Plan.Def.Parties, func(p definition.Party) bool { return p.ID == x.Of })
		if !known {
			return reject(NotFound, "“"+x.Of+"”不是本案的听证参加人", x.Of+" takes no part in hearings of this case").
				want(strings.Join(d.audience(n), ", "), x.Of).at("signatures." + itoa(i+1))
		}
	}
	for _, who := range d.audience(n) {
		if !slices.ContainsFunc(list, func(x Signature) bool { return x.Of == who }) {
			name := d.called(who)
			return reject(BadData, name.ZH+"是否已确认笔录并签字没有写明", "whether "+name.EN+" has confirmed and signed the record is not said").
				want("a signature, or why there is none", "nothing").at("signatures." + who).under("48")
		}
	}
	return nil
}

// toldInTime: whoever was found when the day was set already has to be told of it seven
// working days before like everybody (行政许可法第四十八条第一款第一项). A hearing on a nearer
// day is set anew, unless he came all the same and has signed its record.
func (d *decider) toldInTime(n *definition.Node, on time.Time, signed []Signature) *Rejection {
	for i := range d.s.Interested {
		x := &d.s.Interested[i]
		if !slices.Contains(x.Short, ShortNotice{Step: n.ID, On: on}) {
			continue
		}
		if !slices.ContainsFunc(signed, func(s Signature) bool { return s.Of == x.ID && s.Unsigned == "" }) {
			name := d.called(x.ID)
			return reject(TooSoon, name.ZH+"得知举行听证的时间不足七个工作日，又未到场签字：须另定时间", name.EN+" was told of the day less than seven working days before and has not come and signed: set another day").
				want("another day, or a signature", "neither").at(n.ID).under("48")
		}
	}
	return nil
}

// called names who takes part in a hearing, without the name of any person.
func (d *decider) called(who string) calendar.Text {
	switch who {
	case applicant:
		return calendar.Text{ZH: "申请人", EN: "the applicant"}
	case interestedParty:
		return calendar.Text{ZH: "利害关系人", EN: "the interested party"}
	}
	if nth, named := strings.CutPrefix(who, interestedParty+"."); named {
		return calendar.Text{ZH: "利害关系人" + nth, EN: "interested party " + nth}
	}
	return d.choice(who).Name
}

// participants are those of whom a record has to say whether they have signed.
func (d *decider) participants(n *definition.Node) (list []Choice) {
	for _, who := range d.audience(n) {
		name := d.called(who)
		if x := d.s.InterestedOf(who); x != nil {
			name = calendar.Text{ZH: x.Who, EN: x.Who}
		}
		list = append(list, Choice{ID: who, Name: name, Asked: true})
	}
	return list
}

// writeSignatures says of everybody that he has signed, so that the judge looks further.
func writeSignatures(d *decider, c *Command) {
	if n := d.meant(c); n != nil && n.Hearing != nil {
		for _, who := range d.audience(n) {
			c.Args.Signatures = append(c.Args.Signatures, Signature{Of: who})
		}
	}
}
