package definition

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestClaimsSetParameters(t *testing.T) {
	t.Parallel()
	lib, _ := base(t, nil)
	plain, found := lib.Resolve("demo", "1", "")
	require.Empty(t, found.Group("SFAPC"))
	claimed, found := lib.Resolve("DEMO-1", "", "210304")
	require.Empty(t, found.Group("SFAPC"))
	require.Equal(t, "20wd", plain.Item.Promised.Times[0].Time.String())
	require.Equal(t, "25wd", claimed.Item.Promised.Times[0].Time.String())
	require.Equal(t, "20wd", plain.Parameters[0].Value)
	require.Equal(t, "25wd", claimed.Parameters[0].Value)
	claimed.Item.Promised, claimed.Parameters = plain.Item.Promised, plain.Parameters
	require.Equal(t, plain, claimed, "nothing else differs")

	open, found := base(t, []edit{{"demo.yaml", "type: duration, default: 20wd, ", "type: duration, "}})
	require.Empty(t, found)
	require.Empty(t, Check(open.Item("demo", ""), open).Group("SF"), "the catalogue's own version may leave it open")
	def, found := open.Resolve("demo", "", "999999")
	require.Nil(t, def)
	require.Equal(t, "F105", found[0].Code)
	def, _ = open.Resolve("demo", "", "210304")
	require.Equal(t, "25wd", def.Item.Promised.Times[0].Time.String())

	_, found = lib.Resolve("nothing", "", "")
	require.True(t, found.Failed())
	require.Equal(t, "F103", found[0].Code)
}

func TestIncludesAreExpanded(t *testing.T) {
	t.Parallel()
	lib, _ := sampleLibrary(t)
	def, found := lib.Resolve("utility-connection", "", "")
	require.Empty(t, found)
	step := map[string]*Step{}
	walk(def.Process, func(s *Step) { step[s.ID] = s })
	gas := step["gasJob"]
	require.NotNil(t, gas)
	require.Equal(t, "gasCo", gas.By)
	require.Equal(t, Expr(`"gas" in services`), gas.When, "the copy's parameter is put into the expression")
	require.Equal(t, "gasNotice", gas.Decide.Gives[0].ID, "outputs are renamed too")
	require.Equal(t, []string{"title", "sitePlan"}, gas.Reads, "names of the including file stay")
	require.Len(t, step["connect"].Parallel.Branches, 5)

	def, found = lib.Resolve("project-stage-2", "", "")
	require.Empty(t, found.Group("SFA").Failed())
	walk(def.Process, func(s *Step) { step[s.ID] = s })
	require.Equal(t, Expr("trees"), step["parksView"].When, "the copy's condition becomes the step's")
	require.Equal(t, "agree", step["parksView"].Limit.Late)
	plan, err := Compile(def)
	require.NoError(t, err)
	require.Equal(t, []string{"objected(schemeReview)", "steps.defenceView.verdict"}, plan.Node("schemeReview").PassesP.Reads)
}

func TestFragmentsInsideFragments(t *testing.T) {
	t.Parallel()
	outer := `language: lianban/v1
fragment: outer
version: "1"
parameters: {party: {type: party}, top: {type: number, default: 5}}
steps:
  - sequence: part
    when: area > param.top
    steps:
      - review: first
        by: $party
        limit: 1wd
        reads: [opinion]
      - include: opinion@1
        for: [{as: inner, with: {party: $party}, when: 'steps.first.verdict == "agree"'}]
      - review: last
        when: 'steps.innerView.verdict != "disagree" and "param.top" != "x" and agreed(both) >= 0'
        by: $party
        limit: {time: 1wd, from: first}
        reads: [innerView]
        needs: [first]
  - parallel: both
    branches: [{review: a, limit: 1wd, by: $party, reads: [opinion]}]
`
	lib, found := base(t, []edit{
		{"programme.yaml", "", outer},
		{"demo.yaml", "include: opinion@1\n        for: [{as: second, with: {party: fire}, when: large}]", "include: outer@1\n        for: [{as: second, with: {party: fire}, when: large}]"},
	})
	require.Empty(t, found)
	u, found := lib.resolve(lib.Item("demo", ""), nil)
	require.Empty(t, found)
	step := map[string]*Step{}
	walk(u.def.Process, func(s *Step) { step[s.ID] = s })
	require.Equal(t, Expr("(large) and (area > 5)"), step["secondPart"].When)
	require.Equal(t, "fire", step["secondInnerView"].By)
	require.Equal(t, Expr(`steps.secondFirst.verdict == "agree"`), step["secondInnerView"].When)
	last := step["secondLast"]
	require.Equal(t, Expr(`steps.secondInnerView.verdict != "disagree" and "param.top" != "x" and agreed(secondBoth) >= 0`), last.When)
	require.Equal(t, []string{"secondInnerView"}, last.Reads)
	require.Equal(t, "secondFirst", last.Needs[0].ID)
	require.Equal(t, "secondFirst", last.Limit.From)
	require.Equal(t, "programme.yaml", u.locs.find(last, "limit").File, "a finding inside points into the fragment")
}

// What is stored and carried by a case runs as what was written.
func TestCanonicalFormCompilesTheSame(t *testing.T) {
	t.Parallel()
	lib, _ := sampleLibrary(t)
	baseLib, _ := base(t, nil)
	n := 0
	for _, l := range []*Library{lib, baseLib, catalogue(t)} {
		for _, f := range l.Items() {
			def, found := l.Resolve(f.Definition.Item.Code, f.Definition.Item.Version, "")
			if def == nil {
				require.True(t, found.Failed())
				continue
			}
			data, err := Canonical(def)
			require.NoError(t, err)
			again, err := Decode(data)
			require.NoError(t, err)
			data2, err := Canonical(again)
			require.NoError(t, err)
			require.Equal(t, string(data), string(data2))
			p, err := Compile(def)
			require.NoError(t, err, f.Name)
			q, err := Compile(again)
			require.NoError(t, err)
			require.Equal(t, p.Hash, q.Hash)
			samePlan(t, p, q)
			n++
		}
	}
	require.GreaterOrEqual(t, n, 8)
	_, err := Decode([]byte(`{"language":"lianban/v1","newer":1}`))
	require.Error(t, err, "a field of a newer engine is not dropped silently")
}

func samePlan(t *testing.T, p, q *Plan) {
	t.Helper()
	require.Len(t, q.Nodes, len(p.Nodes))
	source := func(ps []*Program) (out []Expr) {
		for _, x := range ps {
			if x == nil {
				out = append(out, "")
				continue
			}
			out = append(out, x.Source)
		}
		return out
	}
	for i, n := range p.Nodes {
		m := q.Nodes[i]
		require.Equal(t, n.ID, m.ID)
		require.Equal(t, n.Index, m.Index)
		require.Equal(t, n.Depth, m.Depth)
		require.Equal(t, n.Parent.ID, m.Parent.ID)
		require.Equal(t, n.Parent.Index, m.Parent.Index)
		require.Equal(t, source([]*Program{n.WhenP, n.PassesP}), source([]*Program{m.WhenP, m.PassesP}))
		require.Equal(t, source(n.LimitP), source(m.LimitP))
		require.Equal(t, source(n.NeedsP), source(m.NeedsP))
		require.Equal(t, source(n.StatutoryP), source(m.StatutoryP))
	}
	for i := range p.Papers {
		require.Equal(t, p.Papers[i].ID, q.Papers[i].ID)
		require.Len(t, q.Papers[i].Readers, len(p.Papers[i].Readers))
	}
	require.Equal(t, p.AcceptsBySilence, q.AcceptsBySilence)
}

func TestPlanOfTheRestaurant(t *testing.T) {
	t.Parallel()
	def, found := catalogue(t).Resolve("restaurant", "", "210304")
	require.Empty(t, found)
	p, err := Compile(def)
	require.NoError(t, err)
	require.Equal(t, -1, p.Root.Index)
	require.Equal(t, []string{"receive", "review", "conclude", "handOut"}, ids(p.Root.Children))
	require.Equal(t, "food", p.Giver("foodPermit").ID)
	require.Nil(t, p.Giver("nothing"))
	require.Equal(t, "registration", p.Paper("licence").Giver.ID)
	require.Equal(t, []string{"food", "fireCheck", "signboard", "drain", "tobaccoRetail"}, ids(p.Paper("licence").Readers))
	require.True(t, p.AcceptsBySilence)
	require.True(t, p.Node("food").Branch())
	require.True(t, p.Node("food").Within(p.Node("review")))
	require.Len(t, p.StatutoryP, 1)

	env := &Env{Answers: map[string]any{"kinds": []any{"packaged"}}}
	only, err := p.Questions[2].IsP.Eval(env)
	require.NoError(t, err)
	require.Equal(t, true, only)
	env.Answers["onlyPackaged"] = only
	period, ok := Choose(p.Node("food").Limit.Times, p.Node("food").LimitP, env)
	require.True(t, ok)
	require.Equal(t, "1wd", period.String())

	broken := *def
	broken.Process = append([]*Step{{Kind: KindReview, ID: "handOut", Review: &Work{}}}, def.Process...)
	_, err = Compile(&broken)
	require.ErrorContains(t, err, "used twice")
	broken.Process = []*Step{{Kind: KindInclude, Include: &Include{Fragment: "x", Version: "1"}}}
	_, err = Compile(&broken)
	require.ErrorContains(t, err, "not resolved")
	broken.Process = []*Step{{Kind: KindReview, ID: "x", When: "nobody", Review: &Work{}}}
	_, err = Compile(&broken)
	require.ErrorContains(t, err, "nobody")
}

func ids(nodes []*Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.ID)
	}
	return out
}

// The largest definition is checked while its author waits.
func TestCheckIsQuick(t *testing.T) {
	t.Parallel()
	lib, files := sampleLibrary(t)
	best := time.Hour
	for range 3 { // other tests may hold the machine
		start := time.Now()
		src := readSamples(t)["restaurant.yaml"]
		f, _ := ParseFile("restaurant.yaml", src)
		Check(f, lib)
		Check(files["utility-connection.yaml"], lib)
		best = min(best, time.Since(start))
	}
	require.Less(t, best, 300*time.Millisecond)
}

// The golden findings of the sample definitions.
func TestSampleFindings(t *testing.T) {
	t.Parallel()
	lib, files := sampleLibrary(t)
	var out bytes.Buffer
	for _, name := range sortedKeys(files) {
		found := Check(files[name], lib)
		require.Empty(t, found.Group("S").Render("en"), name)
		out.WriteString(found.Render("zh"))
		out.WriteString(found.Render("en"))
		out.WriteString(CheckRunnable(files[name], lib).Render("en"))
	}
	golden(t, "samples.txt", out.Bytes())
}

func TestDiagnosticsAsData(t *testing.T) {
	t.Parallel()
	_, found := ParseFile("a.yaml", []byte("language: lianban/v1\nitem: {cod: x}\nprocess: []\n"))
	data, err := json.Marshal(found)
	require.NoError(t, err)
	var back Diagnostics
	require.NoError(t, json.Unmarshal(data, &back))
	require.True(t, reflect.DeepEqual(found, back))
	require.True(t, found.Failed())
	require.True(t, strings.HasPrefix(found[0].Render("en"), "a.yaml:2:7: error "), found[0].Render("en"))
	require.Contains(t, found.Render("zh"), "    改法：")
}
