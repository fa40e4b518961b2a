package engine

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Rows is the read model of one case: what the screens show, a pure function of
// the state. The store keeps one table per field.
type Rows struct {
	Case    CaseRow      `json:"case,omitzero"`
	Orgs    []OrgRow     `json:"orgs,omitempty"`
	Steps   []StepRow    `json:"steps,omitempty"`
	Tasks   []TaskRow    `json:"tasks,omitempty"`
	Papers  []PaperState `json:"papers,omitempty"`
	Notices []Notice     `json:"notices,omitempty"`
	Results []ResultRow  `json:"results,omitempty"`
	Dossier []DossierRow `json:"dossier,omitempty"`
}

// CaseRow is a case in a list.
type CaseRow struct {
	Number     string   `json:"number"`
	Item       string   `json:"item"`
	ItemName   string   `json:"itemName"`
	Version    string   `json:"version"`
	Definition string   `json:"definition"`
	Region     string   `json:"region"`
	Channel    string   `json:"channel"`
	Status     Status   `json:"status"`
	Outcome    Outcome  `json:"outcome,omitempty"`
	Flags      []string `json:"flags,omitempty"`
	LeadOrg    string   `json:"leadOrg"`
	// Orgs are all organisations that have or had a step or task in the case;
	// they may see it.
	Orgs       []string       `json:"orgs"`
	ReceivedAt time.Time      `json:"receivedAt"`
	AcceptedOn *calendar.Date `json:"acceptedOn,omitempty"`
	DecidedAt  time.Time      `json:"decidedAt,omitzero"`
	ClosedAt   time.Time      `json:"closedAt,omitzero"`
	// StatutoryDue and PromisedDue are the case clocks' exclusive instants, zero when none runs or ran.
	StatutoryDue time.Time `json:"statutoryDue,omitzero"`
	PromisedDue  time.Time `json:"promisedDue,omitzero"`
	Provisional  bool      `json:"provisional,omitempty"`
	Overdue      bool      `json:"overdue,omitempty"` // a case clock has run out
	// Applicant is what the form says of him. Personal data: columns of their own, shown as policy allows.
	Applicant ApplicantRow   `json:"applicant"`
	Answers   map[string]any `json:"answers,omitzero"`
	Form      map[string]any `json:"form,omitzero"`
}

// OrgRow is a case in the list of an organisation that may see it.
type OrgRow struct {
	Org        string    `json:"org"`
	Item       string    `json:"item"`
	Closed     bool      `json:"closed,omitempty"`
	ReceivedAt time.Time `json:"receivedAt"`
}

// ApplicantRow is the applicant as the form names him (dictionary#/applicant,
// dictionary#/organisation, dictionary#/person).
type ApplicantRow struct {
	Name  string `json:"name,omitempty"`
	ID    string `json:"id,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// StepRow is a step for the case page.
type StepRow struct {
	StepState
	Order  int             `json:"order"`
	Depth  int             `json:"depth"`
	Parent string          `json:"parent,omitempty"`
	Kind   definition.Kind `json:"kind"`
	Name   string          `json:"name"`
	Party  string          `json:"party,omitempty"`
}

// TaskRow is a task for the inbox.
type TaskRow struct {
	Task
	StepName    string     `json:"stepName"`
	Class       ClockClass `json:"class,omitempty"`
	Due         time.Time  `json:"due,omitzero"`  // exclusive instant
	Warn        time.Time  `json:"warn,omitzero"` // yellow from here
	Provisional bool       `json:"provisional,omitempty"`
	Stop        *Stop      `json:"stop,omitempty"` // why its clock stands still
	Basis       Basis      `json:"basis,omitzero"` // what its due time comes from, in short
}

// ResultRow is an output or a written denial with its hand-out.
type ResultRow struct {
	ID     string         `json:"id"`
	Step   string         `json:"step"`
	Org    string         `json:"org"`
	Kind   string         `json:"kind"` // output kind, or "denial"
	Name   string         `json:"name"`
	Number string         `json:"number,omitempty"`
	Until  *calendar.Date `json:"until,omitempty"`
	At     time.Time      `json:"at"`
	Way    string         `json:"way,omitempty"`
	Done   time.Time      `json:"done,omitzero"`
	// Annulled is when it was annulled by the organ that gave it.
	Annulled time.Time `json:"annulled,omitzero"`
	// Corrected is when a clerical error in it was last corrected; Number reads as corrected.
	Corrected time.Time `json:"corrected,omitzero"`
}

// AllRows are all rows of a case, worked out when they are asked for: most flushes send those alone
// that differ ([Changes]).
type AllRows func() Rows

// All gives rows that are known already.
func (r Rows) All() AllRows { return func() Rows { return r } }

// MarshalJSON writes the rows.
func (a AllRows) MarshalJSON() ([]byte, error) { return json.Marshal(a()) }

// UnmarshalJSON reads rows.
func (a *AllRows) UnmarshalJSON(b []byte) error {
	var rows Rows
	if err := json.Unmarshal(b, &rows); err != nil {
		return err
	}
	*a = rows.All()
	return nil
}

// Project derives the read model from the state.
func Project(r *Rules, s *State) Rows {
	rows := beside(r, s)
	rows.Steps = slices.Grow(rows.Steps, len(s.Steps))
	for i := range s.Steps {
		rows.Steps = append(rows.Steps, stepRow(r, s, i))
	}
	rows.Tasks = slices.Grow(rows.Tasks, len(s.Tasks))
	for i := range s.Tasks {
		rows.Tasks = append(rows.Tasks, taskRow(r, s, i))
	}
	return rows
}

// Changes gives the rows of after that differ from those of before: what Project of the one has
// [Rows.Since] Project of the other. States share what acts have left alone, and what is shared is not
// looked at.
func Changes(r *Rules, before, after *State) Rows {
	rows := beside(r, after).Since(beside(r, before))
	for i, st := range after.Steps {
		j := index(before.Steps, i, st.ID)
		if j == i && before.Steps[j] == st {
			continue
		}
		row := stepRow(r, after, i)
		if j < 0 || !reflect.DeepEqual(stepRow(r, before, j), row) {
			rows.Steps = append(rows.Steps, row)
		}
	}
	for i, t := range after.Tasks {
		j := index(before.Tasks, i, t.ID)
		if j >= 0 && before.Tasks[j] == t && r.Plan.Node(t.Step) != nil {
			// What else its row tells is of its clock.
			if k := after.Clock(t.Clock); k == before.Clock(t.Clock) && (k == nil || len(k.Stops) == 0) {
				continue
			}
		}
		row := taskRow(r, after, i)
		if j < 0 || !reflect.DeepEqual(taskRow(r, before, j), row) {
			rows.Tasks = append(rows.Tasks, row)
		}
	}
	return rows
}

// index is where an element is in a list, or -1: nearly always where it is in the list of a later state.
func index[E interface{ id() string }](list []E, at int, id string) int {
	if at < len(list) && list[at].id() == id {
		return at
	}
	return slices.IndexFunc(list, func(e E) bool { return e.id() == id })
}

func (st *StepState) id() string { return st.ID }
func (t *Task) id() string       { return t.ID }

// beside are the rows but for steps and tasks, which are many.
func beside(r *Rules, s *State) Rows {
	rows := Rows{Papers: s.Papers, Notices: s.Notices, Dossier: dossier(r, s)}
	for i := range s.Hands {
		rows.Results = append(rows.Results, resultRow(r, s, &s.Hands[i]))
	}
	rows.Case = caseRow(r, s, rows.Dossier)
	rows.Orgs = rows.Case.orgRows()
	return rows
}

func caseRow(r *Rules, s *State, dossier []DossierRow) CaseRow {
	def := r.Plan.Def
	c := CaseRow{
		Number: s.Number, Item: s.Item, ItemName: def.Item.Name, Version: s.Version, Definition: s.Definition,
		Region: s.Region, Channel: s.Channel, Status: s.Status, Outcome: s.Outcome, Flags: s.Flags,
		LeadOrg: s.Org(def.Item.Lead), ReceivedAt: s.ReceivedAt, AcceptedOn: s.AcceptedOn,
		DecidedAt: s.DecidedAt, ClosedAt: s.ClosedAt, Applicant: applicantOf(s.Form),
		Answers: s.Answers, Form: s.Form,
	}
	for _, k := range s.Clocks {
		if !k.ofCase() {
			continue
		}
		if k.Class == Statutory {
			c.StatutoryDue = k.Due
		} else {
			c.PromisedDue = k.Due
		}
		c.Provisional = c.Provisional || k.Provisional
		c.Overdue = c.Overdue || k.Overdue
	}
	orgs := append(make([]string, 0, 1+len(s.Steps)+len(s.Tasks)+len(dossier)), c.LeadOrg)
	for _, st := range s.Steps {
		orgs = append(orgs, st.Org)
	}
	for _, t := range s.Tasks {
		orgs = append(orgs, t.Org)
	}
	for i := range dossier {
		orgs = append(orgs, dossier[i].Org)
	}
	slices.Sort(orgs)
	c.Orgs = slices.DeleteFunc(slices.Compact(orgs), func(o string) bool { return o == "" })
	return c
}

func stepRow(r *Rules, s *State, i int) StepRow {
	st := s.Steps[i]
	n := r.node(s, st.ID)
	row := StepRow{StepState: *st, Order: i, Depth: n.Depth, Kind: n.Kind, Name: n.Name, Party: n.By}
	if n.Parent != nil {
		row.Parent = n.Parent.ID
	}
	return row
}

func taskRow(r *Rules, s *State, i int) TaskRow {
	t := s.Tasks[i]
	row := TaskRow{Task: *t, StepName: taskName(r, s, t)}
	if k := s.Clock(t.Clock); k != nil {
		row.Class, row.Due, row.Warn, row.Provisional, row.Basis = k.Class, k.Due, k.Warn, k.Provisional, k.basis()
		if t.Status == TaskOpen {
			row.Stop = s.stop(k)
		}
	}
	return row
}

// orgRows puts a case into the lists of the organisations that may see it.
func (c *CaseRow) orgRows() []OrgRow {
	rows := make([]OrgRow, len(c.Orgs))
	for i, org := range c.Orgs {
		rows[i] = OrgRow{Org: org, Item: c.Item, Closed: c.Status == Closed, ReceivedAt: c.ReceivedAt}
	}
	return rows
}

// taskName names what a task belongs to: its step, its duty, or the output in question.
func taskName(r *Rules, s *State, t *Task) string {
	if n := r.node(s, t.Step); n != nil {
		return n.Name
	}
	if t.Kind == TaskRate {
		return "评价"
	}
	if k := s.Duty(t.About); k != nil {
		return cmp0(k.Name, k.ID)
	}
	return cmp0(r.nameOf(s, t.About), t.About)
}

// values copies what pointers point to.
func values[T any](items []*T) []T {
	if items == nil {
		return nil
	}
	out := make([]T, len(items))
	for i, p := range items {
		out[i] = *p
	}
	return out
}

func resultRow(r *Rules, s *State, h *HandOut) ResultRow {
	row := ResultRow{ID: h.ID, Step: h.Step, At: h.At, Way: h.Way, Done: h.Done}
	for i := range s.Outputs {
		if o := &s.Outputs[i]; o.ID == h.ID {
			row.Org, row.Kind, row.Name, row.Number, row.Until, row.Annulled = o.Org, o.Kind, o.Name, o.Number, o.Until, o.Annulled
			for k := range s.Corrections {
				if c := &s.Corrections[k]; c.Output == o.ID {
					row.Corrected = c.At
				}
			}
			if number, ok := s.reads(o.Step, o.ID, fieldNumber).(string); ok {
				row.Number = number
			}
			return row
		}
	}
	row.Kind, row.Name = "denial", "不予批准决定书"
	if st := s.Step(h.Step); st != nil {
		row.Org = st.Org
	}
	return row
}

// applicantOf reads the applicant out of the form's `applicant` field.
func applicantOf(form map[string]any) ApplicantRow {
	m, _ := form["applicant"].(map[string]any)
	text := func(keys ...string) string {
		for _, k := range keys {
			if v, _ := m[k].(string); v != "" {
				return v
			}
		}
		return ""
	}
	return ApplicantRow{Name: text("name"), ID: text("idNumber", "creditCode", "id"), Phone: text("phone")}
}

// Since gives the rows of after that differ from before. The case row is zero
// when nothing of it differs, and its answers and form, which are large, are nil
// when they do not. Rows are never taken away within one history, only added or
// changed.
func (after Rows) Since(before Rows) Rows {
	return Rows{
		Case:    after.Case.since(&before.Case),
		Orgs:    changed(before.Orgs, after.Orgs, func(x *OrgRow) string { return x.Org }),
		Steps:   changed(before.Steps, after.Steps, func(x *StepRow) string { return x.ID }),
		Tasks:   changed(before.Tasks, after.Tasks, func(x *TaskRow) string { return x.ID }),
		Papers:  changed(before.Papers, after.Papers, func(x *PaperState) string { return x.ID }),
		Notices: changed(before.Notices, after.Notices, func(x *Notice) string { return x.ID }),
		Results: changed(before.Results, after.Results, func(x *ResultRow) string { return x.ID }),
		Dossier: changed(before.Dossier, after.Dossier, func(x *DossierRow) string { return x.Kind + "/" + x.ID }),
	}
}

// since gives what differs from before, see [Rows.Since].
func (after CaseRow) since(before *CaseRow) CaseRow {
	if before.Number != "" && reflect.DeepEqual(after.Answers, before.Answers) && reflect.DeepEqual(after.Form, before.Form) {
		after.Answers, after.Form = nil, nil
		was := *before
		was.Answers, was.Form = nil, nil
		if reflect.DeepEqual(&after, &was) {
			return CaseRow{}
		}
	}
	return after
}

// changed picks the elements of after that are not in before. Both keep their
// order over time, so most comparisons are with the element at the same index.
// Elements are compared where they are: a copy of each would be garbage at every act.
func changed[T any](before, after []T, id func(*T) string) []T {
	if len(after) == len(before) && (len(after) == 0 || &after[0] == &before[0]) {
		return nil // the very same list: a state's is replaced, never changed
	}
	var out []T
	for i := range after {
		x, j := &after[i], i
		if j >= len(before) || id(&before[j]) != id(x) {
			for j = len(before) - 1; j >= 0 && id(&before[j]) != id(x); j-- {
			}
		}
		if j < 0 || !reflect.DeepEqual(&before[j], x) {
			if out == nil {
				out = make([]T, 0, min(len(after)-i, 4)) // an act changes few
			}
			out = append(out, *x)
		}
	}
	return out
}
