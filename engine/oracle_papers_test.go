package engine_test

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/engine/definition"
)

// The account of papers that come later, and of letters that stand in for them.

// follows starts the time of a paper that comes later: from acceptance, from the
// act that was done first, or from the day the letter in its place came.
func (c *chronicle) follows(duty map[string]any) {
	m := c.plan.Paper(text(duty["about"]))
	owed := &measure{class: "promised", step: "duty " + text(duty["id"]), start: c.accepted}
	length := ""
	switch text(duty["kind"]) {
	case "deferred":
		length = m.Defer.Time.String()
		owed.extend = (*definition.Extension)(m.Defer.Extend)
	case "act-first":
		owed.start, length = c.from(&definition.Limit{From: c.plan.Def.ActFirst.From}), c.plan.Def.ActFirst.Time.String()
	case "letter":
		owed.start, length = c.letters[m.ID], m.Letter.Time.String()
	default:
		return
	}
	c.begin("duty."+text(duty["id"]), owed, length)
	if text(duty["kind"]) == "letter" {
		c.borne(owed, m.ID)
	}
}

// letter notes a letter in lieu; a new one in the place of another is counted anew.
func (c *chronicle) letter(id string, at, until time.Time) {
	c.letters[id], c.lives[id] = at, until
	if m := c.clocks["duty.letter."+id]; m != nil && !m.over && c.fact.Type == "PapersSupplied" {
		m.start, m.wall = at, c.version
		c.borne(m, id)
	}
}

// borne ends a letter's time on the day it bears, where that comes first.
func (c *chronicle) borne(m *measure, id string) {
	m.until = time.Time{}
	if endOf(c.lives[id]).Before(c.due(m)) {
		m.until = endOf(c.lives[id])
	}
}

// paperwork keeps the account of papers by what the log says of them, and holds each event to what the guide and the
// law leave of it.
func (c *chronicle) paperwork(t require.TestingT) {
	b := c.fact.Body
	var came []map[string]any
	for _, p := range list(b["papers"]) {
		if p := part(p); text(p["status"]) != "" {
			if old := c.papers[text(p["id"])]; text(p["hash"]) != "" && text(p["hash"]) != text(old["hash"]) {
				came = append(came, p)
			}
			c.papers[text(p["id"])] = p
		}
	}
	for _, p := range came {
		c.asGuided(t, p)
	}
	left := c.uncompared()
	for _, id := range texts(b["originals"]) {
		require.Contains(t, left, id, "%s says that an original was seen of what is no copy, or was seen before", c.fact.Type)
		p := maps.Clone(c.papers[id])
		p["compared"] = c.fact.At.Format(time.RFC3339Nano)
		c.papers[id] = p
		c.saw("an original compared by "+c.fact.Type, true)
	}
	item := &c.plan.Def.Item
	switch c.fact.Type {
	case "CaseFiled":
		c.whoFiled(t)
	case "CaseAccepted":
		if item.Originals == "acceptance" && b["deemed"] != true {
			require.Empty(t, c.uncompared(), "accepted with copies nobody has compared")
		}
		c.saw("accepted by silence on copies nobody has compared", item.Originals == "acceptance" && b["deemed"] == true && len(left) > 0)
	case "HandedOut":
		if item.Originals != "never" {
			require.Empty(t, c.uncompared(), "handed out with copies nobody has compared")
		}
	case "DutySettled": // what was put off will not come
		id, is := strings.CutPrefix(text(b["duty"]), "defer.")
		if old := c.papers[id]; is && b["status"] != "met" && old["status"] == "deferred" {
			c.papers[id] = maps.Clone(old)
			c.papers[id]["status"] = "missing"
		}
	case "NoticeSent":
		for _, l := range list(part(b["notice"])["lines"]) {
			c.mayAsk(t, text(part(l)["of"]))
		}
	}
}

// uncompared are the applicant's copies whose originals nobody has seen.
func (c *chronicle) uncompared() (ids []string) {
	for id, p := range c.papers {
		if p["status"] == "present" && p["source"] == "applicant" && c.plan.Paper(id).Form == "copy" && instantOf(p["compared"]).IsZero() {
			ids = append(ids, id)
		}
	}
	return ids
}

// asGuided holds a paper that came to the guide: from one of its sources; from the applicant as often as it must come, with every signature.
func (c *chronicle) asGuided(t require.TestingT, p map[string]any) {
	id := text(p["id"])
	m := c.plan.Paper(id)
	require.NotNil(t, m, "the guide has no paper %s", id)
	if m.Giver != nil && c.given[id] != (time.Time{}) { // an output of this case
		return
	}
	from := make([]string, len(m.From))
	for i, f := range m.From {
		from[i] = f.String()
	}
	require.Contains(t, from, p["source"], "paper %s", id)
	c.saw("a paper from "+strings.SplitN(text(p["source"]), ":", 2)[0], true)
	if p["source"] != "applicant" || p["status"] == "letter" {
		return
	}
	copies, _ := p["copies"].(float64)
	require.GreaterOrEqual(t, max(1, int(copies)), m.Count, "copies of %s", id)
	for _, path := range m.SignedBy {
		signers := []string{path}
		if owners := list(c.form["owners"]); path == "form.owners" && c.form["owners"] != nil {
			signers = nil
			for i := range owners {
				signers = append(signers, "form.owners."+string(rune('0'+i)))
			}
		}
		for _, who := range signers {
			require.True(t, who == "applicant" || slices.Contains(texts(p["signedBy"]), who), "%s lacks the signature of %s", id, who)
			c.saw("a signature beside the applicant's", who != "applicant")
		}
	}
}

// whoFiled holds who has filed to what the item lets him, and to what his credit leaves him.
func (c *chronicle) whoFiled(t require.TestingT) {
	b := c.fact.Body
	day := dayOf(c.fact.At)
	if agent := part(b["agent"]); agent != nil {
		require.True(t, c.plan.Def.Item.Agents, "an agent where there may be none")
		require.NotEmpty(t, agent["name"])
		require.NotEmpty(t, part(agent["evidence"])["hash"])
		require.False(t, civilDay(agent["until"]).Before(day), "his authorisation has run out")
		c.saw("filed by an agent", true)
	}
	credit := part(b["credit"])
	if credit == nil {
		return
	}
	require.NotEmpty(t, credit["reason"])
	require.NotEmpty(t, list(credit["evidence"]))
	require.Empty(t, list(b["promises"]), "whoever has bad credit is granted nothing on a promise")
	for id, p := range c.papers {
		require.NotEqual(t, "promised", p["status"], id)
		require.True(t, p["status"] != "deferred" || b["actFirst"] == true, "%s was put off for somebody with bad credit", id)
	}
}

// mayAsk holds what the applicant is asked for to the guide: a paper that is asked in this case and that nobody else has to bring, or a
// condition of the guide.
func (c *chronicle) mayAsk(t require.TestingT, of string) {
	p, is := c.papers[of]
	if !is {
		require.True(t, slices.ContainsFunc(c.plan.Def.Conditions, func(x definition.Condition) bool { return x.ID == of }), "the guide names no %s", of)
		return
	}
	require.Contains(t, []any{"missing", "present", "letter"}, p["status"], "%s was asked of the applicant", of)
	source, _, _ := strings.Cut(text(p["source"]), ":")
	until := civilDay(p["until"])
	official := p["status"] == "present" && slices.Contains([]string{"e-licence", "data", "party"}, source) && (until.IsZero() || !until.Before(dayOf(c.fact.At)))
	require.False(t, official, "%s is there from %s and was asked of the applicant again", of, p["source"])
}

// samePapers holds the account of papers against the case.
func (c *chronicle) samePapers(t require.TestingT, s *engine.State) {
	require.Len(t, c.papers, len(s.Papers))
	for i := range s.Papers {
		p := &s.Papers[i]
		told := c.papers[p.ID]
		require.Equal(t, []string{text(told["status"]), text(told["source"]), text(told["hash"])}, []string{string(p.Status), p.Source, p.Hash}, "paper %s after %s", p.ID, c.fact.Type)
		require.Equal(t, instantOf(told["compared"]).IsZero(), p.Compared.IsZero(), "whether the original of %s was seen", p.ID)
	}
}
