package definition

import (
	"fmt"
	"strings"
)

// Runnable finds what the language has and this release of the engine does not
// run. Such a definition can be written and checked; it is refused when it is
// to be published, because a part that is silently left out would change what
// the applicant is promised. It is meant for a resolved definition; positions
// name the item and its version.
func Runnable(def *Definition) Diagnostics {
	r := &runCheck{at: Position{File: def.Item.Code + "@" + def.Item.Version, Line: 1, Column: 1}}
	r.definition(def)
	return r.out
}

// CheckRunnable is Runnable with places in the source file.
func CheckRunnable(file *File, library *Library) Diagnostics {
	if file.Kind != FileItem {
		return nil
	}
	if library == nil {
		library, _ = LibraryOf(file)
	}
	u, _ := library.resolve(file, nil)
	r := &runCheck{locs: u.locs}
	r.definition(u.def)
	return r.out.sorted()
}

type runCheck struct {
	locs locs
	at   Position
	out  Diagnostics
}

func (r *runCheck) fail(code string, step *Step, path, zh, en string, fix ...string) {
	at := r.at
	if r.locs != nil {
		at = r.locs.find(step, path)
	}
	d := Diagnostic{Code: code, Severity: severities[code], Position: at, Path: path, Text: text(zh, en)}
	if len(fix) == 2 {
		d.Fix = text(fix[0], fix[1])
	}
	r.out = append(r.out, d)
}

var notRunZh = map[Kind]string{
	KindPay: "缴费", KindCall: "系统调用", KindCase: "子办件",
}

func (r *runCheck) definition(def *Definition) {
	if def.Item.Type == Programme {
		r.fail("R110", nil, "item.type", "本版本还不能运行分阶段的总事项（programme）", "this release does not run programmes yet")
	}
	walk(def.Process, r.step)
}

func (r *runCheck) step(s *Step) {
	switch s.Kind {
	case KindDecide:
		r.decide(s)
	case KindIssue:
		r.issue(s)
	case KindIntake, KindReview, KindSequence, KindParallel, KindVisit, KindPublicity, KindHearing:
	case KindInclude:
		name := s.Include.Fragment + "@" + s.Include.Version
		r.fail("R102", s, "", "片段 "+name+" 没有展开", "the include of "+name+" is not resolved")
	default:
		r.fail("R101", s, "", fmt.Sprintf("本版本还不能运行%s环节（%s）：%s", notRunZh[s.Kind], s.Kind, s.ID),
			fmt.Sprintf("this release does not run steps of kind %s yet: %s", s.Kind, s.ID))
	}
}

// decide finds what a decision may have and nothing would come of.
func (r *runCheck) decide(s *Step) {
	if l := s.Decide.Statutory; l != nil && l.Late != "" && l.Late != "mark" {
		r.fail("R103", s, "statutory.late", fmt.Sprintf("本版本对法定时限只作逾期标记（mark），不执行 late: %s：%s", l.Late, s.ID),
			fmt.Sprintf("of a legal limit that runs out this release marks it overdue (mark) and does not carry out late: %s: %s", l.Late, s.ID),
			"把默示准予写进 limit 的 late，连同时间和依据（行政许可法第五十条）", "write the grant by silence into limit, as its late, with its time and basis (Administrative Licensing Law, article 50)")
	}
	for _, o := range s.Decide.Gives {
		if len(o.Seals) > 0 {
			list := strings.Join(o.Seals, ", ")
			r.fail("R103", s, "gives."+o.ID+".seals", fmt.Sprintf("本版本的结果只由作决定的单位用印，不会请 %s 在结果 %s 上用印", strings.ReplaceAll(list, ", ", "、"), o.ID),
				fmt.Sprintf("in this release an output is sealed by the party that decides; nobody would have %s seal the output %s", list, o.ID),
				"去掉 seals；各单位各自用印的，由各自的 decide 给出自己的结果", "take seals out; where each seals its own, let each give an output by a decide of its own")
		}
	}
}

// issue finds keys of a hand-out's limit that its clocks would not follow.
func (r *runCheck) issue(s *Step) {
	l := s.Limit
	if l == nil {
		return
	}
	if l.From != "" && l.From != "decision" {
		r.fail("R103", s, "limit.from", fmt.Sprintf("本版本的出件时限自决定之日起算（行政许可法第四十四条），不执行 from: %s：%s", l.From, s.ID),
			fmt.Sprintf("in this release a hand-out's limit counts from the decision (Administrative Licensing Law, article 44); from: %s is not carried out: %s", l.From, s.ID),
			"不写 from，或写 from: decision", "leave from out, or write from: decision")
	}
	if l.Extend != nil {
		r.fail("R103", s, "limit.extend", fmt.Sprintf("本版本的出件时限不能延长（行政许可法第四十四条），不执行 extend：%s", s.ID),
			fmt.Sprintf("in this release a hand-out's limit cannot be extended (Administrative Licensing Law, article 44); extend is not carried out: %s", s.ID),
			"去掉 extend", "take extend out")
	}
}
