package engine_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// What the second opinion says of times that run: a clock the law or a promise asks for is there from
// the event that starts it to the one that ends it. None is forgotten, and none ends early.

// ceases ends the times an event ends besides those of a step that ends with it.
func (c *chronicle) ceases() {
	b := c.fact.Body
	end := func(pick func(id string, m *measure) bool) {
		for id, m := range c.clocks {
			if m.born < c.fact.Seq && pick(id, m) {
				m.over = true
			}
		}
	}
	switch c.fact.Type {
	case "NoticeSent": // 3.7.7
		if c.acceptedOn == "" {
			end(func(id string, m *measure) bool { return m.step == text(b["step"]) && id != "answer" })
		}
	case "AnswerReceived":
		if b["complete"] == true {
			end(func(id string, _ *measure) bool { return id == "answer" })
		}
	case "HandedOut":
		end(func(id string, _ *measure) bool {
			return slices.Contains(texts(b["items"]), strings.TrimPrefix(id, "hand."))
		})
	case "AnnulmentDecided":
		end(func(id string, _ *measure) bool { return b["status"] == "annulled" && id == "hand."+text(b["output"]) })
	case "DutySettled", "PapersSupplied":
		for _, duty := range append(texts(b["duties"]), text(b["duty"])) {
			end(func(id string, _ *measure) bool {
				of, is := strings.CutPrefix(id, "duty.")
				return is && (of == duty || strings.HasPrefix(of, duty+"."))
			})
		}
	case "CaseWithdrawn":
		if text(b["branch"]) == "" {
			end(func(id string, m *measure) bool { // what is ready to be handed out stays so
				return m.step != "" && !strings.HasPrefix(m.step, "duty ") && !strings.HasPrefix(id, "hand.")
			})
		}
	case "CaseClosed":
		end(func(_ string, m *measure) bool { return !strings.HasPrefix(m.step, "duty ") && m.step != "rating" })
	}
}

// missing holds the account's running times against a case: those of the case, of its steps, of the answer
// to the notice and of duties. What comes and goes inside a step (links, visits, postings) is held where it runs.
func (c *chronicle) missing(t require.TestingT, s *engine.State) {
	for _, id := range slices.Sorted(maps.Keys(c.clocks)) {
		m := c.clocks[id]
		base, _, _ := strings.Cut(id, "#")
		outer := id == "statutory" || id == "promised" || id == "answer" || base == m.step || base == m.step+".statutory" || strings.HasPrefix(id, "duty.")
		if m.over || !outer {
			continue
		}
		k := s.Clock(id)
		require.True(t, k != nil && k.Running(), "the log has started %s and not ended it, and it does not run: %+v after %s", id, k, c.fact.Type)
		c.saw("time of the case that runs", id == "statutory")
	}
}
