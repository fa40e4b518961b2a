package letters_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	templates "lianban/definitions/letters"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/letters"
)

// Each notice the law puts in writing has its letter, from the organ of its step, once, with what the law wants on it.
func TestLettersOfNotices(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.file()
	until := calendar.DateOf(p.now)
	notice := func(kind engine.NoticeKind, to, step string) engine.Notice {
		return engine.Notice{ID: string(kind) + ".x", Kind: kind, To: to, Step: step, At: p.now, Text: "2026-03-09 09:30 某路1号", Until: &until}
	}
	lined := func(kind engine.NoticeKind, step string) engine.Notice {
		n := notice(kind, "applicant", step)
		n.Lines = []engine.NamedLine{{Of: "staffFit", Reason: "须于2026-03-20前补交", Askers: []string{"market"}}}
		return n
	}
	paper := notice(engine.NoticeLapsed, "applicant", "food")
	paper.Text = "layoutPlan"
	annulling := notice(engine.NoticeAnnulling, "applicant", "food")
	for kind, body := range map[string]engine.Body{
		letters.Visit:         engine.PartyTold{Notice: notice(engine.NoticeVisit, "market", "food")},
		letters.Hearing:       engine.PartyTold{Notice: notice(engine.NoticeHearing, "public", "food")},
		letters.HearingRight:  engine.HearingTold{Step: "food", Notices: []engine.Notice{notice(engine.NoticeHearingRight, "interested", "food")}},
		letters.Posting:       engine.Posted{Step: "food", Posting: engine.PostingState{Where: []string{"site"}}, Notice: notice(engine.NoticePosting, "public", "food")},
		letters.Rectification: engine.RectificationAsked{Step: "food", Notice: lined(engine.NoticeRectification, "food"), Visit: engine.VisitState{Points: []engine.Point{{ID: "staffFit", Of: "staffFit"}}}},
		letters.Fix: engine.FixOrdered{
			Duty: "fireVerify", Order: engine.FixOrder{Reason: "与承诺不符", Checked: until, Day: until, Points: []engine.Point{{ID: "staffFit", Text: "疏散通道被占用"}}}, Notice: lined(engine.NoticeFix, "food"),
		},
		letters.Tolerance:   engine.PartyTold{Notice: lined(engine.NoticeTolerance, "")},
		letters.LapsedPaper: engine.PartyTold{Notice: paper},
		letters.Corrected:   engine.TextCorrected{Correction: engine.Correction{Step: "food", Reason: "笔误"}, Notices: []engine.Notice{notice(engine.NoticeCorrected, "applicant", "food")}},
		letters.Annulling: engine.AnnulmentOpened{
			Annulment: engine.Annulment{Output: "foodLicence", Asked: &engine.Asking{Ground: engine.GroundFraud, Reason: "材料虚假"}}, Notice: &annulling,
		},
		letters.Annulled: engine.AnnulmentDecided{Output: "foodLicence", Reason: "承诺不实", Notice: notice(engine.NoticeAnnulled, "applicant", "food")},
		letters.Kept:     engine.AnnulmentDecided{Output: "foodLicence", Reason: "经查属实", Notice: notice(engine.NoticeKept, "applicant", "food")},
	} {
		got := letters.Drafts(p.rules, p.state, &engine.Event{Seq: 99, At: p.now, Body: body}, organs)
		require.Len(t, got, 1, kind)
		d := got[0]
		require.Equal(t, kind, d.Kind)
		require.NotEmpty(t, d.Notice, kind)
		require.NotEmpty(t, d.Data.Text["to"], kind)
		if kind != letters.Tolerance {
			require.Equal(t, []string{"org-market", "食品经营许可（备案）"}, []string{d.Organ, d.Data.Text["matter"]}, kind)
		}
		k, ok := letters.KindOf(kind)
		require.True(t, ok)
		for _, f := range k.Fields {
			if f.Must {
				require.True(t, d.Data.Text[f.ID] != "" || len(d.Data.Lists[f.ID]) > 0, "%s says nothing under %s", kind, f.ID)
			}
		}
		switch kind {
		case letters.LapsedPaper:
			require.Equal(t, "设备布局和操作流程", d.Data.Text["text"])
		case letters.Posting:
			require.Equal(t, "社会公众", d.Data.Text["to"])
		case letters.Annulled:
			require.Equal(t, "承诺不实", d.Data.Text["reason"])
		}
	}
	// What the organ above asks and decides itself goes out under its own name.
	above := notice(engine.NoticeAnnulling, "applicant", "food")
	above.Org = "org-city"
	got := letters.Drafts(p.rules, p.state, &engine.Event{Seq: 99, At: p.now, Body: engine.AnnulmentOpened{
		Annulment: engine.Annulment{Output: "foodLicence", Org: "org-city", Asked: &engine.Asking{Ground: engine.GroundPower, Org: "org-city", Reason: "越权"}}, Notice: &above,
	}}, organs)
	require.Len(t, got, 1)
	require.Equal(t, "org-city", got[0].Organ)
	// A duty that was not met leads to the same letter: in the words of whoever judged it, or its time alone.
	duty := engine.DutyState{ID: "fireVerify", Name: "消防承诺现场核查"}
	p.state.Duties = append(p.state.Duties, duty)
	for why, text := range map[string]string{"failed": "疏散通道被占用", "late": ""} {
		told := annulling
		told.Text = text
		got := letters.Drafts(p.rules, p.state, &engine.Event{Seq: 99, At: p.now, Body: engine.AnnulmentOpened{
			Annulment: engine.Annulment{Output: "foodLicence", Duty: duty.ID, Why: why}, Notice: &told,
		}}, organs)
		require.Len(t, got, 1)
		require.Contains(t, got[0].Data.Text["ground"], duty.Name)
		require.NotEmpty(t, got[0].Data.Text["until"])
		if require.NotEmpty(t, got[0].Data.Text["reason"]); text != "" {
			require.Equal(t, text, got[0].Data.Text["reason"])
		}
	}
	// Of a paper that was to follow it says that the paper did not come.
	p.state.Duties = append(p.state.Duties, engine.DutyState{ID: "defer.lease", Kind: engine.DutyDeferred, Name: "租赁合同", About: "lease"})
	untold := annulling
	untold.Text = ""
	got = letters.Drafts(p.rules, p.state, &engine.Event{Seq: 99, At: p.now, Body: engine.AnnulmentOpened{
		Annulment: engine.Annulment{Output: "foodLicence", Duty: "defer.lease", Why: "late"}, Notice: &untold,
	}}, organs)
	require.Len(t, got, 1)
	require.Equal(t, "逾期未补交“租赁合同”", got[0].Data.Text["ground"])
}

// How long an organ may take is extended under article 42; of the applicant's own times that article does not speak.
func TestTheLetterOfAnExtensionCitesTheArticleOfOrgansAlone(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.file()
	set, _, err := templates.Set(nil)
	require.NoError(t, err)
	p.state.Tasks = append(p.state.Tasks, &engine.Task{ID: "answer", Kind: engine.TaskAnswer, Party: letters.Applicant, Clock: "answer"})
	more := []engine.ClockExtension{{Period: calendar.Period{Amount: 5, Unit: calendar.WorkingDays}, Role: engine.RoleClerk, Reason: "邮路不通"}}
	for id, own := range map[string]bool{"statutory": false, "answer": true} {
		told := engine.Notice{ID: "extension." + id, Kind: engine.NoticeExtension, To: letters.Applicant, At: p.now, Clock: id, Text: "邮路不通"}
		clock := engine.Clock{ID: id, Class: engine.Promised, Day: calendar.DateOf(p.now), Extended: more}
		got := letters.Drafts(p.rules, p.state, &engine.Event{Seq: 99, At: p.now, Body: engine.ClockExtended{Clock: clock, Notice: told}}, organs)
		require.Len(t, got, 1, id)
		page, _ := set[letters.Extension].Write(got[0], 7, "ABCDEFGHJKMNPQRS")
		html, err := letters.HTML(page)
		require.NoError(t, err)
		require.Equal(t, own, !strings.Contains(string(html), "第四十二条"), id)
		require.Contains(t, string(html), "窗口人员", "who approved it is called by his post, not by an id")
		require.Equal(t, own, got[0].Data.Text["of"] != "承诺办结时限", got[0].Data.Text["of"])
	}
}
