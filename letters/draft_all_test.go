package letters_test

import (
	"io/fs"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/definition"
	"lianban/engine/scenario"
	"lianban/letters"
)

// unwritten are notices that are no letter: reminders inside, which no law asks for in writing.
var unwritten = map[engine.NoticeKind]bool{engine.NoticeUrge: true, engine.NoticeVacant: true}

// Every scenario there is makes its letters: each notice of the engine has one, each says what the law
// wants on it, and every kind of letter comes up.
func TestEveryNoticeHasItsLetter(t *testing.T) {
	t.Parallel()
	cal, err := calendars.National()
	require.NoError(t, err)
	kinds := map[string]bool{letters.Withdrawal: true, letters.Copy: true} // they have tests of their own
	said := map[string]bool{}                                              // kind.field: some letter of the kind says something there
	for _, fsys := range []fs.FS{os.DirFS("../definitions"), os.DirFS("../engine/scenario/testdata")} {
		library, found, err := definition.NewLibrary(fsys)
		require.NoError(t, err)
		require.Empty(t, found)
		for _, file := range library.Files() {
			if file.Tests == nil {
				continue
			}
			item := library.ItemOf(file).Definition.Item
			def, found := library.Resolve(item.Code, item.Version, file.Tests.Region)
			require.Empty(t, found)
			plan, err := definition.Compile(def)
			require.NoError(t, err)
			var p *play
			done := func() {
				if p == nil {
					return
				}
				p.check()
				carried := map[string]bool{}
				for _, d := range p.drafts {
					carried[d.Notice], kinds[d.Kind] = true, true
					for f := range d.Data.Text {
						said[d.Kind+"."+f] = true
					}
					for f, rows := range d.Data.Lists {
						for _, row := range rows {
							for column, text := range row {
								said[d.Kind+"."+f+"."+column] = said[d.Kind+"."+f+"."+column] || text != ""
							}
						}
					}
					for f := range d.Data.Flags {
						said[d.Kind+"."+f] = true
					}
				}
				for _, n := range p.state.Notices {
					require.True(t, unwritten[n.Kind] || carried[n.ID], "%s: notice %s (%s) has no letter", file.Name, n.ID, n.Kind)
				}
			}
			rules := &engine.Rules{Plan: plan, Calendar: cal}
			scenario.Watch(rules, file.Tests, func(e engine.Event) {
				if _, filed := e.Body.(engine.CaseFiled); filed {
					done()
					p = &play{t: t, rules: rules}
				}
				p.state = engine.Evolve(p.state, e)
				p.events = append(p.events, e)
				p.drafts = append(p.drafts, letters.Drafts(rules, p.state, &e, organs)...)
			})
			done()
		}
	}
	for _, k := range letters.Kinds() {
		require.True(t, kinds[k.ID], "no scenario makes a letter of kind %s", k.ID)
	}
	// What the acts on visits, hearings, postings, papers and results record reaches their letters.
	for _, field := range []string{
		"tolerance.lines.name", "tolerance.lines.reason", "promise.text", "promise.basis", "promise.papers.name", "promise.signed", "visit.text",
		"rectification.points.text", "rectification.points.askers", "rectification.points.name", "rectification.due",
		"fix.reason", "fix.points.text", "fix.points.name", "fix.until", "fix.checked", "fix.duty", "fix.recheck", "fix.basis", "fix.matter", "fix.output", "fix.outputNumber", "hearing-right.until", "hearing.text",
		"hearing-record.text", "hearing-record.signatures.state", "hearing-record.request", "posting.until", "posting.where", "posting.text", "objection.opinion", "objection.reason",
		"objection.text", "annulled.output", "annulled.basis", "kept.output", "lapsed.text", "corrected.texts.name", "corrected.texts.from", "corrected.texts.to",
		"corrected.reason", "grant.owed.name", "grant.owed.due", "grant.silence", "change.text", "delivery.delivered", "interested.reason", "interested.until", "delivery.items.name",
	} {
		require.True(t, said[field], "no scenario's letter says anything under %s", field)
	}
}

func TestACopyTellsAPartyOfAGrant(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.file()
	told := engine.Event{Seq: 99, At: p.now, Type: "PartyTold", Body: engine.PartyTold{Notice: engine.Notice{
		ID: "granted.food.fire", Kind: engine.NoticeGranted, To: "fire", Step: "food", At: p.now,
	}}}
	list := letters.Drafts(p.rules, p.state, &told, organs)
	require.Len(t, list, 1)
	require.Equal(t, []string{letters.Copy, "fire", "org-fire", "org-market", "granted.food.fire"}, []string{list[0].Kind, list[0].To, list[0].ToOrg, list[0].Organ, list[0].Notice})
	require.Contains(t, list[0].Data.Text["text"], "准予")
}
