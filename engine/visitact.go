package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// convener is the open visit or hearing whose date the actor may set: the one
// whose task it is, or one whose date is set and may be moved.
func (d *decider) convener(cmd *Command) (*definition.Node, string, *Rejection) {
	t, rej := d.task(cmd, TaskArrange)
	if rej == nil {
		return d.r.node(d.s, t.Step), t.ID, nil
	}
	if rej.Code != NotOpen || cmd.Task != "" {
		return nil, "", rej
	}
	for _, n := range d.r.Plan.Nodes {
		st := d.st(n)
		if st.Status != Open || cmd.Step != "" && n.ID != cmd.Step || !d.dated(n) {
			continue
		}
		if !d.may(cmd.By, st.Org, d.deskRole(n.By)) {
			return nil, "", reject(NotAllowed, "时间由组织单位确定", "the date is for the party that convenes to set").
				want(n.By+"."+d.deskRole(n.By), cmd.By.String()).at(n.ID)
		}
		return n, "", nil
	}
	return nil, "", rej
}

// dated says whether a step has a date that may still be moved: nobody has
// recorded anything yet.
func (d *decider) dated(n *definition.Node) bool {
	st := d.st(n)
	if n.Kind == definition.KindVisit {
		v := st.Visit
		return v.Phase == Visiting && !v.On.IsZero() && !slices.ContainsFunc(v.Parties, func(p VisitParty) bool { return !p.At.IsZero() })
	}
	return n.Hearing != nil && !st.Hearing.On.IsZero() && st.Hearing.HeldAt.IsZero()
}

func judgeArrange(d *decider, cmd *Command) (func(), *Rejection) {
	n, task, rej := d.convener(cmd)
	if rej != nil {
		return nil, rej
	}
	on := instant(cmd.Args.On)
	if cmd.Args.On.IsZero() {
		return nil, reject(BadData, "须写明时间", "name the date and time").want("on", "none").at("on")
	}
	if on.Before(d.now) {
		return nil, reject(TooSoon, "时间不能早于现在", "the date cannot lie in the past").
			want("after "+d.now.Format(time.RFC3339), on.Format(time.RFC3339)).at("on")
	}
	if task == "" { // a date is moved
		if rej := needReason(cmd); rej != nil {
			return nil, rej
		}
	}
	if n.Hearing != nil {
		return d.arrangeHearing(n, cmd, task, on)
	}
	return d.arrangeVisit(n, cmd, task, on)
}

func (d *decider) arrangeVisit(n *definition.Node, cmd *Command, task string, on time.Time) (func(), *Rejection) {
	v := *d.st(n).Visit
	v.On, v.Place = on, strings.TrimSpace(cmd.Args.Place)
	e := VisitArranged{Step: n.ID, Task: task, Visit: v, Reason: cmd.Args.Reason}
	nth := d.st(n).Round
	for i := range v.Parties {
		t := d.visitTask(n, nth, TaskRecord, 0, &v.Parties[i], d.taskClock(n, nth))
		if v.Parties[i].At.IsZero() && d.s.Task(t.ID) == nil {
			e.Tasks = append(e.Tasks, t)
		}
	}
	return func() {
		d.moveOn(n, "")
		d.emit(e)
		d.tellVisit(n, v, v.Parties, true)
		d.standStill(n, n.Visit.Pause, calendar.DateOf(on), cmp0(n.Name, n.ID), d.s.Notices[len(d.s.Notices)-1].ID)
	}, nil
}

func judgeRecord(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, TaskRecord)
	if rej != nil {
		if n := d.r.node(d.s, cmd.Step); n != nil && n.Visit != nil && d.unset(n) {
			return nil, reject(NotOpen, "多个部门一同踏勘，须先确定时间", "several parties attend: the date must be set first").want("a date", "none").at(n.ID)
		}
		return nil, rej
	}
	n := d.r.node(d.s, t.Step)
	if rej := d.gate(n); rej != nil {
		return nil, rej
	}
	if n.Hearing != nil {
		return d.recordHearing(n, t, cmd)
	}
	return d.recordVisit(n, t, cmd)
}

// unset says whether several parties wait for the date of an open visit.
func (d *decider) unset(n *definition.Node) bool {
	st := d.st(n)
	return st.Status == Open && st.Visit != nil && st.Visit.On.IsZero() && len(st.Visit.Parties) > 1
}

func (d *decider) recordVisit(n *definition.Node, t *Task, cmd *Command) (func(), *Rejection) {
	v := *d.st(n).Visit
	switch {
	case d.now.Before(v.On):
		return nil, reject(TooSoon, "踏勘时间未到，不能登记结果", "the visit is still to come; nothing can be recorded yet").
			want("after "+v.On.Format(time.RFC3339), d.now.Format(time.RFC3339)).at(n.ID)
	}
	inspectors, rej := d.inspectors(n, t.Org, cmd)
	if rej != nil {
		return nil, rej
	}
	points, rej := d.points(v.Points, cmd.Args.Points, t.Party)
	if rej != nil {
		return nil, rej
	}
	i := slices.IndexFunc(v.Parties, func(p VisitParty) bool { return p.Party == t.Party })
	v.Points, v.Parties = points, slices.Clone(v.Parties)
	p := &v.Parties[i]
	p.Inspectors, p.By, p.At, p.Note, p.File = inspectors, cmd.By.ID, d.now, cmd.Args.Reason, cmd.Args.File
	e := VisitRecorded{Step: n.ID, Task: t.ID, Party: t.Party, Named: len(cmd.Args.Points), Visit: v}
	return func() { d.emit(e) }, nil
}

// inspectors: a substantive check on the spot takes two or more of the party's
// staff, none of whom took the case in (行政许可法第三十四条第三款).
func (d *decider) inspectors(n *definition.Node, org string, cmd *Command) ([]string, *Rejection) {
	names := []string{}
	for _, id := range cmd.Args.Inspectors {
		if id = strings.TrimSpace(id); id != "" && !slices.Contains(names, id) {
			names = append(names, id)
		}
	}
	if len(names) < n.Visit.Inspectors {
		return nil, reject(TooFew, "现场核查须指派两名以上工作人员，请写明核查人员", "a check on the spot takes two or more inspectors; name them").
			want("at least "+itoa(n.Visit.Inspectors)+" inspectors", itoa(len(names))).at("inspectors").under("34")
	}
	for _, id := range names {
		if _, rej := d.colleague(cmd, id, org); rej != nil {
			return nil, rej.at("inspectors")
		}
	}
	if d.r.Plan.Def.Item.Handling != "instant" && slices.ContainsFunc(names, func(id string) bool { return slices.Contains(d.s.Intakes, id) }) {
		return nil, reject(NotAllowed, "收件、受理的人不得再参与核查（接办分离）", "who took the case in may not inspect").
			want("inspectors who did not take the case in", "one who did").at("inspectors")
	}
	return names, nil
}

// points merges what a party names into the one list: the same text on the same
// condition is one point of both.
func (d *decider) points(have []Point, in []PointIn, party string) ([]Point, *Rejection) {
	list := slices.Clone(have)
	for k, x := range in {
		x.Text = strings.TrimSpace(x.Text)
		if x.Text == "" {
			return nil, reject(ReasonNeeded, "整改事项须写明内容", "a point needs its text").want("text", "none").at("points." + itoa(k+1))
		}
		if x.Of != "" && !slices.ContainsFunc(d.r.Plan.Conditions, func(c definition.Checked) bool { return c.ID == x.Of }) {
			return nil, reject(NotFound, "没有审查条件“"+x.Of+"”", "there is no condition "+x.Of).at("points." + itoa(k+1))
		}
		i := slices.IndexFunc(list, func(p Point) bool { return p.Of == x.Of && p.Text == x.Text })
		if i < 0 {
			list = append(list, Point{ID: "point" + itoa(len(list)+1), Of: x.Of, Text: x.Text, Askers: []string{party}, Open: []string{party}})
			continue
		}
		if !slices.Contains(list[i].Askers, party) {
			list[i].Askers = add(list[i].Askers, party)
			list[i].Open = add(list[i].Open, party)
		}
	}
	return list, nil
}

func judgeRectify(d *decider, cmd *Command) (func(), *Rejection) {
	if order, rej := d.ofOrder(cmd); rej != nil {
		return nil, rej
	} else if order {
		return d.fixed(cmd)
	}
	t, rej := d.task(cmd, TaskRectify)
	if rej != nil {
		return nil, rej
	}
	n := d.r.node(d.s, t.Step)
	v := *d.st(n).Visit
	v.Points = slices.Clone(v.Points)
	for _, s := range cmd.Args.Statements {
		i := slices.IndexFunc(v.Points, func(p Point) bool { return p.ID == s.Of && len(p.Open) > 0 })
		if i < 0 {
			return nil, reject(NotFound, "没有待整改事项“"+s.Of+"”", "there is no open point "+s.Of).at("statements." + s.Of)
		}
		v.Points[i].Statement = s.Text
	}
	v.Phase = Rechecking
	e := PointsRectified{Step: n.ID, Task: t.ID, Visit: v}
	return func() {
		d.moveOn(n, "")
		nth := d.st(n).Round
		c := d.clock(Clock{
			ID: turned(n.ID+".recheck"+round(nth), v.Turn), Class: Promised, Step: n.ID, Round: nth, Period: *n.Visit.Recheck, Late: lateMark,
			Start: d.now, From: "start",
		})
		e.Clocks = []Clock{c}
		for i := range v.Parties {
			if p := &v.Parties[i]; v.asks(p.Party) {
				e.Tasks = append(e.Tasks, d.visitTask(n, nth, TaskRecheck, v.Turn, p, c.ID))
			}
		}
		d.emit(e)
	}, nil
}

func judgeRecheck(d *decider, cmd *Command) (func(), *Rejection) {
	t, rej := d.task(cmd, TaskRecheck)
	if rej != nil {
		return nil, rej
	}
	n := d.r.node(d.s, t.Step)
	if rej := d.gate(n); rej != nil {
		return nil, rej
	}
	inspectors, rej := d.inspectors(n, t.Org, cmd)
	if rej != nil {
		return nil, rej
	}
	v := *d.st(n).Visit
	v.Points, v.Parties = slices.Clone(v.Points), slices.Clone(v.Parties)
	left := 0
	for _, c := range cmd.Args.Checks {
		if !slices.ContainsFunc(v.Points, func(p Point) bool { return p.ID == c.ID && slices.Contains(p.Open, t.Party) }) {
			return nil, reject(NotFound, "贵单位没有待复查事项“"+c.ID+"”", "your party has no open point "+c.ID).at("checks." + c.ID)
		}
	}
	for i := range v.Points {
		p := &v.Points[i]
		if !slices.Contains(p.Open, t.Party) {
			continue
		}
		k := slices.IndexFunc(cmd.Args.Checks, func(c CheckResult) bool { return c.ID == p.ID })
		if k < 0 {
			return nil, reject(BadData, "须逐项写明复查结果", "say for each open point what the re-check found").want("checks: "+p.ID, "none").at("checks." + p.ID)
		}
		p.Note = cmd.Args.Checks[k].Note
		if !cmd.Args.Checks[k].OK {
			left++
			continue
		}
		var still []string // nil when nobody is left: the state survives JSON
		for _, party := range p.Open {
			if party != t.Party {
				still = append(still, party)
			}
		}
		p.Open = still
	}
	i := slices.IndexFunc(v.Parties, func(p VisitParty) bool { return p.Party == t.Party })
	v.Parties[i].Inspectors, v.Parties[i].Checked = inspectors, v.Turn
	e := PointsRechecked{Step: n.ID, Task: t.ID, Party: t.Party, Left: left, Visit: v}
	return func() { d.emit(e) }, nil
}
