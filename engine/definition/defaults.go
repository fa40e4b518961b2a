package definition

import "lianban/engine/calendar"

// kindNames are the words for people of steps without a name of their own.
var kindNames = map[Kind]string{
	KindIntake: "收件受理", KindReview: "审查意见", KindDecide: "决定", KindSequence: "依次办理", KindParallel: "并联办理",
	KindVisit: "现场踏勘", KindPublicity: "公示", KindHearing: "听证", KindPay: "缴费", KindCall: "数据核验",
	KindIssue: "统一出件", KindCase: "分阶段办理",
}

func workingDays(n int) calendar.Period {
	return calendar.Period{Amount: n, Unit: calendar.WorkingDays}
}

// fillDefaults puts every default of language part 2 into the model, so that the
// canonical form says all that holds. It may run again on its own result.
func fillDefaults(def *Definition) {
	it := &def.Item
	orElse(&it.Handling, "promised")
	orElse(&it.Originals, "never")
	if it.Type != Programme {
		orElse(&it.Mode, "unified")
	}
	if it.Channels == nil {
		it.Channels = []string{"window", "online"}
	}
	fillLimit(it.Statutory, "acceptance", "mark")
	fillLimit(it.Promised, "acceptance", "mark")
	for i := range def.Parties {
		orElse(&def.Parties[i].At, "case.region")
	}
	for i := range def.Situations {
		if q := &def.Situations[i]; q.Is == "" && q.From == nil {
			q.From = []Source{{Name: "applicant"}}
		}
	}
	for i := range def.Materials {
		m := &def.Materials[i]
		orElse(&m.Form, "electronic")
		if m.Count == 0 {
			m.Count = 1
		}
		if m.SignedBy == nil {
			m.SignedBy = []string{"applicant"}
		}
		if m.Defer != nil {
			orElse(&m.Defer.Late, "mark")
			fillOnRequest(m.Defer.Extend)
		}
	}
	for i := range def.Duties {
		orElse(&def.Duties[i].Late, "mark")
		fillLimit(def.Duties[i].Limit, "", "mark")
		fillFix(def.Duties[i].Fix)
	}
	licence := it.Type == Licence
	walk(def.Process, func(s *Step) {
		licence = licence || s.Decide != nil && s.Decide.Item.Type == Licence
	})
	walk(def.Process, func(s *Step) { fillStep(s, it, licence) })
}

// walk visits steps in written order, groups before what is inside them.
func walk(steps []*Step, f func(*Step)) {
	for _, s := range steps {
		f(s)
		walk(s.Members(), f)
	}
}

func orElse[T ~string](at *T, word T) {
	if *at == "" {
		*at = word
	}
}

func fillLimit(l *Limit, from, late string) {
	if l == nil {
		return
	}
	orElse(&l.From, from)
	orElse(&l.Late, late)
	if l.Extend != nil && l.Extend.Times == 0 {
		l.Extend.Times = 1
	}
}

func fillFix(f *Fix) {
	if f == nil {
		return
	}
	for _, p := range []*calendar.Period{&f.Notice, &f.Recheck} {
		if p.Amount == 0 {
			*p = workingDays(3)
		}
	}
	if f.Times == 0 {
		f.Times = 1
	}
	if x := f.Extend; x != nil {
		orElse(&x.Role, "handle")
		x.Times = max(1, x.Times)
	}
}

func fillOnRequest(x *OnRequest) {
	if x == nil {
		return
	}
	orElse(&x.Role, "clerk")
	if x.Times == 0 {
		x.Times = 1
	}
}

func fillStep(s *Step, it *Item, licence bool) {
	if s.Kind == KindInclude {
		return
	}
	group := s.Kind == KindSequence || s.Kind == KindParallel
	if s.By == "" && !group && s.Kind != KindCase {
		s.By = it.Lead
	}
	if s.Decide != nil && s.Decide.Item.Name != "" {
		orElse(&s.Name, s.Decide.Item.Name)
	}
	orElse(&s.Name, kindNames[s.Kind])
	fillStepLimit(s, it, licence)
	switch s.Kind {
	case KindIntake:
		if s.Intake.Collect != nil {
			orElse(&s.Intake.Collect.From, "receipt")
		}
		if s.Intake.Answer != nil {
			orElse(&s.Intake.Answer.Late, "mark")
			fillOnRequest(s.Intake.Answer.Extend)
		}
	case KindReview:
		fillChain(s.Review)
	case KindDecide:
		fillDecide(s.Decide, it)
	case KindParallel:
		orElse(&s.Parallel.Objection, "finish")
	case KindVisit:
		if s.Visit.Inspectors == 0 {
			s.Visit.Inspectors = 2
		}
		if s.Visit.Rounds == 0 {
			s.Visit.Rounds = 2
		}
		if s.Visit.Recheck == nil {
			p := workingDays(3)
			s.Visit.Recheck = &p
		}
	case KindPublicity:
		if s.Publicity.Times == 0 {
			s.Publicity.Times = 2
		}
	case KindIssue:
		orElse(&s.Issue.Outputs, "together")
	}
}

// fillStepLimit gives the limits the table of language 2.9 has by type.
func fillStepLimit(s *Step, it *Item, licence bool) {
	from, late := "start", "mark"
	switch s.Kind {
	case KindIntake:
		from = "receipt"
		if licence {
			late = "accept"
		}
		if s.Limit == nil && it.Type == Licence {
			s.Limit = &Limit{Times: []TimedPeriod{{Time: workingDays(5)}}, Basis: []Article{{Law: "行政许可法", Article: "32"}}}
		}
	case KindIssue:
		from = "decision"
		if s.Limit == nil {
			s.Limit = &Limit{Times: []TimedPeriod{{Time: workingDays(10)}}}
		}
	}
	fillLimit(s.Limit, from, late)
}

func fillChain(w *Work) {
	if w.Chain == nil {
		w.Chain = []Link{{Roles: []RoleLimit{{Role: "handle"}}}}
	}
}

// fillDecide names the matter decided: the item itself unless the step has one
// of its own. A licence of its own has the general legal limit.
// Source: 行政许可法第四十二条第一款 (20 working days, 10 more by the organ's head).
func fillDecide(k *Decide, it *Item) {
	fillChain(&k.Work)
	if k.Times == 0 {
		k.Times = 2
	}
	if k.Item.Name == "" || k.Item.Name == it.Name && k.Item.Code == it.Code {
		k.Item = Matter{Code: it.Code, Name: it.Name, Type: it.Type, Basis: it.Basis}
	} else if k.Item.Type == Licence && k.Statutory == nil {
		k.Statutory = &Limit{
			Times:  []TimedPeriod{{Time: workingDays(20)}},
			Extend: &Extension{Time: workingDays(10), Role: "organ-head", Times: 1},
			Basis:  []Article{{Law: "行政许可法", Article: "42"}},
		}
	}
	fillLimit(k.Statutory, "start", "mark")
}
