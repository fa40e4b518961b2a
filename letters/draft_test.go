package letters_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
	"lianban/definitions/calendars"
	templates "lianban/definitions/letters"
	"lianban/engine"
	"lianban/engine/definition"
	"lianban/letters"
)

const district = "210304"

// play drives a case of the restaurant and collects its letters.
type play struct {
	t      *testing.T
	rules  *engine.Rules
	state  *engine.State
	events []engine.Event
	drafts []letters.Draft
	now    time.Time
	acts   int
}

func newPlay(t *testing.T) *play {
	t.Helper()
	lib, err := definitions.Library()
	require.NoError(t, err)
	def, found := lib.Resolve("restaurant", "2026.1", district)
	require.False(t, found.Failed(), found.Render("en"))
	plan, err := definition.Compile(def)
	require.NoError(t, err)
	cal, err := calendars.Load(calendars.Files(), district)
	require.NoError(t, err)
	return &play{t: t, rules: &engine.Rules{Plan: plan, Calendar: cal}, now: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)}
}

var organs = map[string]letters.Organ{
	"org-hall": {Name: "立山区政务服务中心", Mark: "立政服"}, "org-market": {Name: "立山区市场监督管理局", Mark: "立市监"}, "org-fire": {Name: "立山区消防救援大队"},
	"org-eco": {Name: "生态环境局立山分局", Mark: "鞍环立"},
}

// do decides a command that must stand and takes its letters.
func (p *play) do(cmd engine.Command) {
	p.t.Helper()
	p.acts++
	p.now = p.now.Add(time.Minute)
	cmd.ID, cmd.At = fmt.Sprintf("c%d", p.acts), p.now
	res := engine.Decide(p.rules, p.state, cmd)
	require.Nil(p.t, res.Rejection, "%s: %+v", cmd.Do, res.Rejection)
	for i := range res.Events {
		p.state = engine.Evolve(p.state, res.Events[i])
		p.drafts = append(p.drafts, letters.Drafts(p.rules, p.state, &res.Events[i], organs)...)
	}
	p.events = append(p.events, res.Events...)
}

func (p *play) by(party, role string, do engine.Act, step string, args engine.Args) {
	p.t.Helper()
	p.do(engine.Command{Do: do, Step: step, By: engine.Actor{Kind: engine.Person, ID: "p-" + party + "-" + role, Org: "org-" + party, Roles: []string{role}}, Args: args})
}

func (p *play) file(without ...string) {
	p.t.Helper()
	args := engine.Args{
		Number: "N1", Region: district, Channel: "window",
		Answers: map[string]any{"hasLicence": true, "kinds": []any{"hot"}, "area": 80.0, "gathering": false, "mixedUse": false, "fumes": true, "sign": false, "sewer": false, "sellsTobacco": false},
		Form:    map[string]any{"applicant": map[string]any{"name": "𠮷味餐饮店", "creditCode": "92210304MA0ABCDE1F"}, "premises": "某路1号", "staff": 6.0},
	}
	asked, rej := engine.Checklist(p.rules, args, p.now)
	require.Nil(p.t, rej)
	skip := map[string]bool{}
	for _, w := range without {
		skip[w] = true
	}
	for i, c := range asked {
		if c.Status == engine.PaperMissing && !skip[c.ID] {
			args.Papers = append(args.Papers, engine.PaperIn{ID: c.ID, Hash: fmt.Sprintf("%064d", i), Name: c.ID + ".pdf", Type: "application/pdf", Size: 10})
		}
	}
	parties := map[string]string{}
	for _, x := range p.rules.Plan.Def.Parties {
		parties[x.ID] = "org-" + x.ID
	}
	p.do(engine.Command{Do: engine.File, By: engine.Actor{Kind: engine.Person, ID: "p-hall-clerk", Org: "org-hall", Roles: []string{engine.RoleClerk}}, Args: args, Parties: parties})
}

func (p *play) of(kind string) letters.Draft {
	p.t.Helper()
	var found []letters.Draft
	for _, d := range p.drafts {
		if d.Kind == kind {
			found = append(found, d)
		}
	}
	require.NotEmpty(p.t, found, kind)
	return found[len(found)-1]
}

// check fills every draft: what the law wants on a letter is there, and ids are unique.
func (p *play) check() {
	p.t.Helper()
	set, _, err := templates.Set(nil)
	require.NoError(p.t, err)
	ids := map[string]bool{}
	for _, d := range p.drafts {
		require.False(p.t, ids[d.ID], d.ID)
		ids[d.ID] = true
		kind, ok := letters.KindOf(d.Kind)
		require.True(p.t, ok)
		require.NotEmpty(p.t, d.Organ, d.ID)
		for _, f := range kind.Fields {
			if f.Must {
				require.True(p.t, d.Data.Text[f.ID] != "" || len(d.Data.Lists[f.ID]) > 0, "%s says nothing under %s", d.ID, f.ID)
			}
		}
		page, data := set[d.Kind].Write(d, 7, "ABCDEFGHJKMNPQRS")
		require.Regexp(p.t, `〔20\d\d〕7号$`, page.Number)
		require.Equal(p.t, page.Number, data.Text["number"])
		html, err := letters.HTML(page)
		require.NoError(p.t, err)
		_, body, _ := strings.Cut(string(html), "</style>")
		require.NotContains(p.t, body, "{")
	}
	again := 0
	var state *engine.State
	for i := range p.events {
		state = engine.Evolve(state, p.events[i])
		for _, d := range letters.Drafts(p.rules, state, &p.events[i], organs) {
			require.Equal(p.t, p.drafts[again], d, "the same history makes the same letters")
			again++
		}
	}
	require.Equal(p.t, len(p.drafts), again)
}

func TestLettersOfACaseThatIsGranted(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.file("lease", "layoutPlan")
	receipt := p.of(letters.Receipt)
	require.Equal(t, []letters.Values{{"name": "场所使用证明"}, {"name": "设备布局和操作流程"}}, receipt.Data.Lists["missing"])
	require.Equal(t, "92210304MA0ABCDE1F", receipt.Data.Text["applicantId"])
	for _, party := range []string{"market", "eco"} {
		p.by(party, engine.RoleHandle, engine.Clear, "", engine.Args{})
	}
	p.by("hall", engine.RoleClerk, engine.Gap, "", engine.Args{Lines: []engine.GapLine{{Of: "staffFit", Reason: "健康证明过期"}}})
	correction := p.of(letters.Correction)
	require.Equal(t, "20 个工作日", correction.Data.Text["limit"])
	require.NotEmpty(t, correction.Notice)
	p.check()
}

func TestLettersOfARefusal(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.file()
	p.by("market", engine.RoleHandle, engine.Clear, "", engine.Args{})
	p.by("eco", engine.RoleHandle, engine.Clear, "", engine.Args{})
	p.by("hall", engine.RoleClerk, engine.Clear, "", engine.Args{})
	p.by("hall", engine.RoleClerk, engine.Refuse, "", engine.Args{Outcome: string(engine.NotCompetent), Reason: "经营场所不在本辖区", RightOrgan: "铁东区政务服务中心"})
	d := p.of(letters.Refusal)
	require.Equal(t, "铁东区政务服务中心", d.Data.Text["rightOrgan"])
	require.Contains(t, d.Data.Text["remedy"], "行政复议")
	require.True(t, d.Data.Flags["notCompetent"])
	p.check()
}

// What is terminated is told to the applicant by one letter, which is that of the notice, and to those whom it concerns.
func TestLettersOfATermination(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.file()
	before := len(p.drafts)
	p.by("market", engine.RoleLead, engine.Terminate, "", engine.Args{Reason: "申请人已注销", Ground: "dissolution"})
	d := p.of(letters.Termination)
	require.Equal(t, []string{"申请人依法终止", "申请人已注销"}, []string{d.Data.Text["ground"], d.Data.Text["reason"]})
	require.Contains(t, d.Notice, "terminated.")
	told := map[string][]string{}
	for _, d := range p.drafts[before:] {
		told[d.To] = append(told[d.To], d.Kind)
	}
	require.Equal(t, []string{letters.Termination}, told[letters.Applicant])
	require.Equal(t, []string{letters.Change}, told["eco"])
	p.check()
}

func TestLettersOfADenialAndAWithdrawal(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.file()
	for _, party := range []string{"market", "eco"} {
		p.by(party, engine.RoleHandle, engine.Clear, "", engine.Args{})
	}
	p.by("hall", engine.RoleClerk, engine.Clear, "", engine.Args{})
	p.by("hall", engine.RoleClerk, engine.Accept, "", engine.Args{})
	require.Equal(t, "45 个工作日", p.of(letters.Acceptance).Data.Text["statutory"])
	require.Equal(t, "org-eco", p.of(letters.Consultation).ToOrg)
	p.by("eco", engine.RoleHandle, engine.Disagree, "fumeSiting", engine.Args{Reason: "烟道与住宅共用", Basis: "大气污染防治法第八十一条", Checks: []engine.CheckResult{{ID: "ownFlue", Note: "无专用烟道"}}})
	reply := p.of(letters.Reply)
	require.Equal(t, []string{"org-eco", "不同意", "烟道与住宅共用"}, []string{reply.Organ, reply.Data.Text["opinion"], reply.Data.Text["reason"]})
	p.by("market", engine.RoleHandle, engine.Pass, "food", engine.Args{Checks: []engine.CheckResult{{ID: "layout"}, {ID: "staffFit", OK: true}}})
	p.by("market", engine.RoleCheck, engine.Pass, "food", engine.Args{})
	p.by("market", engine.RoleApprove, engine.Deny, "food", engine.Args{Reason: "布局不能防止交叉污染", Basis: "食品安全法第三十三条", Checks: []engine.CheckResult{{ID: "layout"}, {ID: "staffFit", OK: true}}})
	denial := p.of(letters.Denial)
	require.Equal(t, "org-market", denial.Organ)
	require.Equal(t, "食品经营许可（备案）", denial.Data.Text["matter"])
	require.Len(t, denial.Data.Lists["checks"], 1)
	require.Contains(t, denial.Data.Text["remedy"], "行政诉讼")
	p.do(engine.Command{Do: engine.Withdraw, By: engine.Actor{Kind: engine.Applicant}, Args: engine.Args{Reason: "不再经营"}})
	require.Equal(t, "不再经营", p.of(letters.Withdrawal).Data.Text["reason"])
	p.check()
}
