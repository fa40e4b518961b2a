package engine

import (
	"slices"
)

// Two offices count for more than the organisation somebody works in: whoever heads a government extends the time of
// joint cases (行政许可法第四十二条), a supervisor urges, permits another notice or return, and leaves remarks (第六十条).
// How far they reach is the directory's word, so the command brings it: an office that does not reach the case is none
// of the actor's roles here, and is named only to say so.

// asSupervisor says whether somebody acts as a supervisor, wherever he belongs.
func (a Actor) asSupervisor() bool {
	return a.Kind == Person && slices.Contains(a.Roles, RoleSupervisor)
}

// beyond is the refusal of somebody whose office would allow the act but does not reach the case; nil where he holds
// no such office.
func (a Actor) beyond(office string) *Rejection {
	if a.Kind != Person || !slices.Contains(a.Beyond, office) {
		return nil
	}
	who, article := "本级政府负责人", "42"
	if office == RoleSupervisor {
		who, article = "监察员", "60"
	}
	return reject(NotAllowed, "您作为"+who+"的职权不及于本案：牵头或办理本案的单位均不在其范围之内",
		"your office of "+office+" does not reach this case: no organisation that leads it or has a step in it is in its reach").
		want(office+" of an organisation that leads the case or has a step in it", a.String()).under(article)
}

// orBeyond gives the reason why an office does not help where there is one, else the refusal at hand.
func (r *Rejection) orBeyond(a Actor, office string) *Rejection {
	if far := a.beyond(office); far != nil {
		far.Where = r.Where
		return far
	}
	return r
}
