package engine

import (
	"slices"
	"time"
)

// Vacant posts: nobody in an organisation holds the role a task waits for. The
// system says so on the record, the organisation's head may do the work and is
// told of it, until somebody has the post again. Duties that are separated stay
// separated: he does one link of a chain, as everybody (3.4.5). An organisation without
// a head has nobody who could: then the window is told, which sees to it that one of
// the two posts is filled.

// The system's acts on posts, by what the directory says.
const (
	Vacate Act = "vacate"
	Fill   Act = "fill"
)

var (
	vacancyJudges = map[Act]judge{Vacate: judgeVacate, Fill: judgeFill}
	vacancyBodies = []newBody{body[PostVacant](), body[PostFilled]()}
)

// FlagVacant marks a case that has waited for a vacant post.
const FlagVacant = "vacant"

// Vacancy is a post that a case waits for and nobody holds.
type Vacancy struct {
	Org   string `json:"org"`
	Role  string `json:"role"`
	Party string `json:"party"`
	Step  string `json:"step,omitempty"` // the first that waits for it
	// Headless: nobody heads the organisation either.
	Headless bool      `json:"headless,omitempty"`
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until,omitzero"`
}

// PostVacant records that nobody holds a post.
type PostVacant struct {
	Vacancy
	Notice Notice `json:"notice"` // to the organisation, or to who has to see to it
}

// PostFilled records that somebody holds it again.
type PostFilled struct {
	Org  string `json:"org"`
	Role string `json:"role"`
}

// Type is the name in the log.
func (PostVacant) Type() string { return "PostVacant" }

// Type is the name in the log.
func (PostFilled) Type() string { return "PostFilled" }

func (b PostVacant) apply(s *State, e *Event) {
	s.filled(b.Org, b.Role, e.At) // the head has come or gone meanwhile
	s.Vacancies = add(s.Vacancies, b.Vacancy)
	s.Notices = add(s.Notices, b.Notice)
	s.flag(FlagVacant)
}

func (b PostFilled) apply(s *State, e *Event) { s.filled(b.Org, b.Role, e.At) }

// filled ends the vacancy of a post that is on record.
func (s *State) filled(org, role string, at time.Time) {
	if s.vacancy(org, role) == nil {
		return
	}
	s.Vacancies = slices.Clone(s.Vacancies)
	s.vacancy(org, role).Until = at
}

// vacancy is a post nobody holds, as it is on record, nil when somebody does.
func (s *State) vacancy(org, role string) *Vacancy {
	for i := range s.Vacancies {
		if v := &s.Vacancies[i]; v.Org == org && v.Role == role && v.Until.IsZero() {
			return v
		}
	}
	return nil
}

// vacant says whether nobody holds a role in an organisation.
func (s *State) vacant(org, role string) bool { return s.vacancy(org, role) != nil }

// fills is who has to see to it that a post of a party is filled whose organisation has
// no head: the window, and for a post of the window the lead.
func (r *Rules) fills(s *State, v *Vacancy) string {
	hall, org := (&decider{r: r, s: s}).desk()
	if org == v.Org {
		return r.Plan.Def.Item.Lead
	}
	return hall
}

// may says whether the actor works for org in role, or heads it while the post is vacant.
func (d *decider) may(a Actor, org, role string) bool {
	return a.may(org, role) || a.may(org, RoleOrganHead) && d.s.vacant(org, role)
}

func directoryOnly(cmd *Command) *Rejection {
	if cmd.By.Kind == System {
		return nil
	}
	return reject(NotAllowed, "岗位空缺由系统按机构名录登记", "the system records vacant posts by the directory").want(string(System), cmd.By.String())
}

func judgeVacate(d *decider, cmd *Command) (func(), *Rejection) {
	if rej := directoryOnly(cmd); rej != nil {
		return nil, rej
	}
	org, role := cmd.Args.Org, cmd.Args.Role
	i := slices.IndexFunc(d.s.Tasks, func(t *Task) bool {
		return t.Status == TaskOpen && t.Org == org && t.Role == role && org != "" && role != ""
	})
	had := d.s.vacancy(org, role)
	if i < 0 || had != nil && had.Headless == cmd.Args.Headless {
		return nil, reject(NotOpen, "本案不在等这个岗位，或已登记空缺", "the case does not wait for this post, or it is on record as vacant").
			want("an open task of the post", org+"."+role).at("role")
	}
	t := d.s.Tasks[i]
	e := PostVacant{
		Vacancy: Vacancy{Org: org, Role: role, Party: t.Party, Step: t.Step, Headless: cmd.Args.Headless, Since: d.now},
		Notice:  Notice{ID: "vacant." + org + "." + role + "." + itoa(len(d.s.Vacancies)+1), Kind: NoticeVacant, To: t.Party, Step: t.Step, At: d.now, Text: roleZh(role)},
	}
	if e.Headless {
		e.Notice.To = d.r.fills(d.s, &e.Vacancy)
	}
	return func() { d.emit(e) }, nil
}

func judgeFill(d *decider, cmd *Command) (func(), *Rejection) {
	if rej := directoryOnly(cmd); rej != nil {
		return nil, rej
	}
	e := PostFilled{Org: cmd.Args.Org, Role: cmd.Args.Role}
	if !d.s.vacant(e.Org, e.Role) {
		return nil, reject(NotOpen, "该岗位未登记空缺", "the post is not on record as vacant").want("a vacant post", e.Org+"."+e.Role).at("role")
	}
	return func() { d.emit(e) }, nil
}

// DossierVacancy is the kind of vacant posts in the dossier.
const DossierVacancy = "vacancy"

func vacancyRows(_ *Rules, s *State) []DossierRow {
	var rows []DossierRow
	for i := range s.Vacancies {
		v := s.Vacancies[i]
		row := DossierRow{Kind: DossierVacancy, ID: v.Org + "." + v.Role + "." + itoa(i+1), Step: v.Step, Org: v.Org, Status: "open", At: v.Since, Vacancy: &v}
		if !v.Until.IsZero() {
			row.Status = "over"
		}
		rows = append(rows, row)
	}
	return rows
}
