package engine_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
)

// twoWords are two English words in a row: what a Chinese short form never has.
var twoWords = regexp.MustCompile(`[A-Za-z]{2,} [A-Za-z]{2,}`)

// speaksBoth holds a refusal to both languages, in its sentence and in its short forms.
func speaksBoth(t require.TestingT, r *engine.Rejection) {
	require.NotEmpty(t, r.Zh)
	require.NotEmpty(t, r.En)
	require.Regexp(t, `\p{Han}`, r.Zh)
	for _, x := range []struct {
		short string
		both  interface{ In(string) string }
	}{{r.Expected, r.Wanted()}, {r.Actual, r.Found()}} {
		require.Equal(t, x.short, x.both.In("en"))
		require.Equal(t, x.short == "", x.both.In("zh") == "", "%q", x.short)
		require.False(t, twoWords.MatchString(x.both.In("zh")), "%s: %q is not said in Chinese: %q", r.Code, x.short, x.both.In("zh"))
	}
}

func TestShortFormsSpeakBoth(t *testing.T) {
	t.Parallel()
	own := map[string]string{"a later day": "更晚的日期", "at least ": "不少于 "}
	for short, zh := range map[string]string{
		"":                               "",
		"none":                           "无",
		"open or waiting":                "办理中或未开始",
		"ended: agree":                   "已结束：同意",
		"ended: stopped":                 "已结束：已停止",
		"hall.clerk":                     "hall·窗口",
		"market-1.check+approve":         "market-1·审核、批准",
		"applicant, or hall.clerk":       "申请人，或 hall·窗口",
		"until 2026-03-02":               "截至 2026-03-02",
		"p1 present":                     "p1须已提交",
		"64 hex digits":                  "64 位十六进制摘要",
		"12 characters":                  "12 个字符",
		"step: one of a, b":              "环节（其中之一）：a、b",
		"number ≥ 1 ≤ 9":                 "数字，不小于 1，不大于 9",
		"number ≤ 9":                     "数字，不大于 9",
		"waiting":                        "未开始",
		"operator, admin":                "运维人员、管理员",
		"review":                         "审查意见",
		"a later day":                    "更晚的日期",
		"at least 3":                     "不少于 3",
		"integer or null":                "integer或空值",
		"A1.x":                           "A1.x",
		"20260101":                       "20260101",
		"originals: lease, plan":         "已核对的原件：lease、plan",
		"a defence, or after 2026-03-09": "申请人的陈述申辩，或晚于 2026-03-09",
	} {
		require.Equal(t, zh, engine.InBoth(short, own).ZH, short)
		require.Equal(t, short, engine.InBoth(short, own).EN)
	}
}
