package scenario

import (
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// sources asks the sources of a paper in the guide's order, as a hall's resolver would:
// what the file says they answer. One it says nothing of is not asked.
func (r *run) sources(paper string) (found *engine.PaperIn, tried []engine.Trial) {
	for _, from := range r.rules.Plan.Paper(paper).From {
		a := r.answered(from.String(), paper)
		if a == nil {
			continue
		}
		tried = append(tried, engine.Trial{Paper: paper, Source: a.Source, Result: engine.TrialResult(a.Result), At: r.current.File.At})
		if a.Result != string(engine.TrialFound) {
			continue
		}
		in := engine.Whole(r.rules, r.current.File.Form, r.paper(paper))
		in.Source, in.Grade, in.FetchedAt = a.Source, engine.Grade(a.Grade), r.current.File.At
		if day, err := calendar.ParseDate(a.Until); err == nil {
			in.Until = &day
		}
		return &in, tried
	}
	return nil, tried
}

// offers are the answers sources give before the applicant does.
func (r *run) offers() []engine.Offer {
	var out []engine.Offer
	for i := range r.rules.Plan.Def.Situations {
		q := &r.rules.Plan.Def.Situations[i]
		for _, from := range q.From {
			a := r.answered(from.String(), q.ID)
			if a == nil {
				continue
			}
			out = append(out, engine.Offer{Question: q.ID, Source: a.Source, Result: engine.TrialResult(a.Result), Value: a.Value, At: r.current.File.At})
			if a.Result == string(engine.TrialFound) {
				break
			}
		}
	}
	return out
}

func (r *run) answered(source, of string) *definition.SourceAnswer {
	for i := range r.current.File.Sources {
		if a := &r.current.File.Sources[i]; a.Source == source && a.Of == of {
			return a
		}
	}
	return nil
}
