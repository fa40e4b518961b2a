package engine

import (
	"strings"
	"time"

	"lianban/engine/calendar"
)

// What was done before its formalities (先办后补): only where a law lets the act come
// first, as with pipes that burst. So the case records why it could not wait, and what
// proves it.

// Cause is why the act came first, with what proves it.
type Cause struct {
	Reason   string     `json:"reason"`
	Evidence []Evidence `json:"evidence"`
}

// actsFirst says whether what the case asks for was done before it, by the answers.
func (d *decider) actsFirst() bool {
	return d.r.Plan.Def.ActFirst != nil && d.r.Plan.ActFirstP.Bool(d.filed())
}

// ActsFirst says whether by the answers of a filing the act came before its
// formalities, without filing it. Fields of args as in Checklist.
func ActsFirst(r *Rules, args Args, at time.Time) bool {
	channel := cmp0(args.Channel, "window")
	answers, rej := r.answers(args.Answers, args.Form, args.Region, channel, calendar.DateOf(at))
	if rej != nil {
		return false
	}
	d := &decider{r: r, s: &State{Region: args.Region, Channel: channel, ReceivedAt: instant(at), Answers: answers, Form: args.Form}}
	return d.actsFirst()
}

// cause checks what is recorded of an act that came first.
func (d *decider) cause(a *Args, first bool) *Rejection {
	law := ""
	if f := d.r.Plan.Def.ActFirst; f != nil {
		law = basisText(f.Basis).ZH
	}
	switch c := a.Cause; {
	case !first && c != nil:
		return reject(BadData, "按所作回答没有先行办理，不需登记先行的事由", "by the answers nothing was done first; no cause is recorded").want("none", "a cause").at("cause")
	case !first:
		return nil
	case c == nil || strings.TrimSpace(c.Reason) == "" || len(c.Evidence) == 0:
		return reject(BadData, "先行办理的，须写明事由并附证明（"+law+"）", "what was done first needs its cause and what proves it ("+law+")").want("reason and evidence", "none").at("cause")
	}
	return proofs(a.Cause.Evidence)
}

// causeRows is the cause in the dossier.
func causeRows(r *Rules, s *State) []DossierRow {
	if s.Cause == nil {
		return nil
	}
	row := DossierRow{Kind: DossierCause, ID: DossierCause, Status: "given", At: s.ReceivedAt, Cause: s.Cause}
	if n := (&decider{r: r, s: s}).intake(); n != nil {
		row.Org = s.Org(n.By)
	}
	return []DossierRow{row}
}
