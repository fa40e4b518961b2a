package definition

import "fmt"

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

func (r *runCheck) fail(code string, step *Step, path, zh, en string) {
	at := r.at
	if r.locs != nil {
		at = r.locs.find(step, path)
	}
	r.out = append(r.out, Diagnostic{Code: code, Severity: severities[code], Position: at, Path: path, Text: text(zh, en)})
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
	case KindIntake, KindReview, KindDecide, KindSequence, KindParallel, KindIssue, KindVisit, KindPublicity, KindHearing:
	case KindInclude:
		name := s.Include.Fragment + "@" + s.Include.Version
		r.fail("R102", s, "", "片段 "+name+" 没有展开", "the include of "+name+" is not resolved")
	default:
		r.fail("R101", s, "", fmt.Sprintf("本版本还不能运行%s环节（%s）：%s", notRunZh[s.Kind], s.Kind, s.ID),
			fmt.Sprintf("this release does not run steps of kind %s yet: %s", s.Kind, s.ID))
	}
}
