package supervision

import (
	"strings"
	"time"

	"lianban/engine"
	"lianban/engine/calendar"
)

// Fact is what reports count of a case, from its certain events alone.
type Fact struct {
	Case     string   `json:"case"`
	Item     string   `json:"item"`
	ItemName string   `json:"itemName"`
	Region   string   `json:"region"`
	Channel  string   `json:"channel"`
	Hall     string   `json:"hall"`
	Lead     string   `json:"lead"`
	Orgs     []string `json:"orgs"`

	ReceivedAt  time.Time `json:"receivedAt,omitzero"` // zero: taken back before the receipt, or not received yet
	NoticedAt   time.Time `json:"noticedAt,omitzero"`  // the first correction notice
	AcceptedAt  time.Time `json:"acceptedAt,omitzero"`
	ConcludedAt time.Time `json:"concludedAt,omitzero"` // the outcome was fixed (办结 for all reports)
	ClosedAt    time.Time `json:"closedAt,omitzero"`
	Deemed      bool      `json:"deemed,omitempty"`
	Outcome     string    `json:"outcome,omitempty"`
	// Promise and Law: it had such a limit; the late ones: one ran out before the conclusion.
	Promise     bool `json:"promise,omitempty"`
	PromiseLate bool `json:"promiseLate,omitempty"`
	Law         bool `json:"law,omitempty"`
	LawLate     bool `json:"lawLate,omitempty"`
	Corrections int  `json:"corrections,omitempty"` // correction notices
	Visits      int  `json:"visits,omitempty"`      // times the applicant came to the window
	// Days are the working days from acceptance to conclusion, NetDays those on which the
	// clocks did not stand still. Measured says whether there are any: accepted and concluded.
	Measured bool `json:"measured,omitempty"`
	Days     int  `json:"days,omitempty"`
	NetDays  int  `json:"netDays,omitempty"`
}

// count keeps what cannot be read from the state afterwards.
func (w *Watch) count(e *engine.Event) {
	f := &w.fact
	atWindow := e.By.Kind == engine.Person
	switch b := e.Body.(type) {
	case engine.CaseFiled:
		if atWindow && b.Channel == "window" {
			f.Visits++
		}
	case engine.AnswerReceived:
		if atWindow {
			f.Visits++
		}
	case engine.HandedOut:
		if b.Way == "counter" {
			f.Visits++
		}
	case engine.NoticeSent:
		if f.Corrections++; f.NoticedAt.IsZero() {
			f.NoticedAt = e.At
		}
	case engine.CaseAccepted:
		f.Deemed = b.Deemed
	case engine.OutcomeFixed:
		f.ConcludedAt, f.Outcome = e.At, string(b.Outcome)
		// As the clocks stand at the conclusion: one that was restarted with the acceptance is not late any more.
		for _, c := range w.state.Clocks {
			f.PromiseLate = f.PromiseLate || c.Overdue && c.ID == promised
			f.LawLate = f.LawLate || c.Overdue && legal(c)
		}
	}
}

const promised = "promised" // the promise of the case, by the engine's id

// legal says whether a clock is a legal limit of deciding: of the case or of a
// matter. The five days of the intake are not.
func legal(c *engine.Clock) bool {
	return c.Class == engine.Statutory && (c.ID == "statutory" || strings.Contains(c.ID, ".statutory"))
}

// Fact gives what reports count of the case as it stands.
func (w *Watch) Fact() Fact {
	s, f := w.state, w.fact
	row := w.project().Case
	f.Case, f.Item, f.ItemName, f.Region, f.Channel = s.Number, s.Item, row.ItemName, s.Region, s.Channel
	f.Hall, f.Lead, f.Orgs = w.hall(), row.LeadOrg, row.Orgs
	f.ReceivedAt, f.AcceptedAt, f.ClosedAt = s.ReceivedAt, s.AcceptedAt, s.ClosedAt
	if !s.CameIn() { // no report knows of it
		f.ReceivedAt, f.ConcludedAt, f.ClosedAt = time.Time{}, time.Time{}, time.Time{}
	}
	f.Promise = s.Clock(promised) != nil
	for _, c := range s.Clocks {
		f.Law = f.Law || legal(c)
	}
	if s.AcceptedOn != nil && !f.ConcludedAt.IsZero() {
		cal, end := w.calendar(), calendar.DateOf(f.ConcludedAt)
		f.Measured, f.Days = true, cal.Count(*s.AcceptedOn, end)
		for d := s.AcceptedOn.AddDays(1); d <= end; d = d.AddDays(1) {
			if cal.Working(d) && !w.still(d) {
				f.NetDays++
			}
		}
	}
	return f
}

// still says whether the legal clock of the case, or without one its promise,
// stood still on a day.
func (w *Watch) still(d calendar.Date) bool {
	c := w.state.Clock("statutory")
	if c == nil {
		c = w.state.Clock(promised)
	}
	if c == nil {
		return false
	}
	for _, stop := range c.Stops {
		if d > stop.From && d <= stop.To {
			return true
		}
	}
	return false
}
