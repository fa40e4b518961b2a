package cli

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// actFlag is one flag of acts: how it is written, and what it becomes in the
// request.
type actFlag struct {
	name     string
	zh, en   string
	repeated bool
	// put adds one value to the request's body.
	put func(p *putter, value string) error
}

// putter fills the body of an act.
type putter struct {
	ctx  context.Context
	link *link
	body map[string]any
	// upload is where files of this caller go.
	upload string
	// number is the case, so that its item's guide can tell what answers and
	// fields are; empty: their form decides (applicants, several cases at once).
	number string
	guide  *definition.Guide
}

// guideOf asks for the guide the case was filed under, once.
func (p *putter) guideOf() (*definition.Guide, error) {
	if p.number == "" || p.guide != nil {
		return p.guide, nil
	}
	ans, err := p.link.do(p.ctx, client.Call{Method: http.MethodGet, Path: "/v1/cases/" + url.PathEscape(p.number)})
	if err != nil {
		return nil, err
	}
	var c gen.Case
	if err := ans.Decode(&c); err != nil {
		return nil, err
	}
	p.guide, err = p.link.app.guide(p.ctx, c.Case.Item, c.Case.Version)
	return p.guide, err
}

func (p *putter) add(key string, v any) {
	list, _ := p.body[key].([]any)
	p.body[key] = append(list, v)
}

// text puts the value as it is under a key.
func text(key string) func(*putter, string) error {
	return func(p *putter, v string) error { p.body[key] = v; return nil }
}

// putBool puts true or false under a key.
func putBool(key, flag string) func(*putter, string) error {
	return func(p *putter, v string) error {
		b, err := strconv.ParseBool(v)
		if err != nil {
			return Fail(Usage, "--%s 须为 true 或 false，实际为 %q", "--%s must be true or false, got %q", flag, v)
		}
		p.body[key] = b
		return nil
	}
}

// list adds the comma-separated ids of a value.
func list(key string) func(*putter, string) error {
	return func(p *putter, v string) error {
		for id := range strings.SplitSeq(v, ",") {
			if id = strings.TrimSpace(id); id != "" {
				p.add(key, id)
			}
		}
		return nil
	}
}

// pair adds {id: left, value: right} of LEFT=RIGHT.
func pair(key, id, value, flag string) func(*putter, string) error {
	return func(p *putter, v string) error {
		left, right, err := cut(flag, v)
		if err == nil {
			p.add(key, map[string]any{id: left, value: right})
		}
		return err
	}
}

func cut(flag, v string) (left, right string, err error) {
	left, right, ok := strings.Cut(v, "=")
	left, right = strings.TrimSpace(left), strings.TrimSpace(right)
	if !ok || left == "" || right == "" {
		return "", "", Fail(Usage, "--%s 写作 标识=内容，实际为 %q", "--%s is written ID=VALUE, got %q", flag, v)
	}
	return left, right, nil
}

var actFlags = []actFlag{
	{name: "line", repeated: true, zh: "材料或条件=问题，可多次", en: "PAPER-OR-CONDITION=WHAT IS WRONG, may be repeated", put: pair("lines", "of", "reason", "line")},
	{name: "statement", repeated: true, zh: "补正项=说明，可多次", en: "LINE=STATEMENT, may be repeated", put: pair("statements", "of", "text", "statement")},
	{name: "paper", repeated: true, zh: "材料=文件，或 材料@来源[=文件]，可多次", en: "PAPER=FILE, or PAPER@SOURCE[=FILE], may be repeated", put: putPaper},
	{name: "answer", repeated: true, zh: "问题=回答，可多次；选项用逗号隔开", en: "QUESTION=ANSWER, may be repeated; options are separated by commas", put: putTyped("answers", "answer")},
	{name: "form", repeated: true, zh: "字段=内容，可多次；下级字段用点，如 applicant.name=…", en: "FIELD=VALUE, may be repeated; inner fields with dots, as applicant.name=…", put: putTyped("form", "form")},
	{name: "fix", repeated: true, zh: "表单字段或问题=更正后，可多次；字段写作 form.路径", en: "FIELD-OR-QUESTION=HOW IT READS, may be repeated; a field is form.PATH", put: putFix},
	{name: "confirmed", zh: "true：申请人已当场核对并确认", en: "true: the applicant has looked at it and confirms it", put: putBool("confirmed", "confirmed")},
	{name: "check", repeated: true, zh: "条件=ok|no[:说明]，可多次", en: "CONDITION=ok|no[:NOTE], may be repeated", put: putCheck},
	{name: "condition", repeated: true, zh: "附加的条件，可多次", en: "a condition, may be repeated", put: func(p *putter, v string) error { p.add("conditions", v); return nil }},
	{name: "take", repeated: true, zh: "审查环节=采纳的条件，可多次", en: "REVIEW=CONDITION taken over, may be repeated", put: putTake(true)},
	{name: "leave", repeated: true, zh: "审查环节=不采纳的条件::理由，可多次", en: "REVIEW=CONDITION::REASON for not taking it over, may be repeated", put: putTake(false)},
	{name: "override", repeated: true, zh: "审查环节=不采纳其意见的理由，可多次", en: "REVIEW=REASON for deciding against it, may be repeated", put: pair("overrides", "step", "reason", "override")},
	{name: "output", repeated: true, zh: "结果=证照或文书编号，可多次", en: "RESULT=NUMBER of the certificate or document, may be repeated", put: putOutput(false)},
	{name: "output-file", repeated: true, zh: "结果=文书文件，可多次", en: "RESULT=FILE of the document, may be repeated", put: putOutput(true)},
	{name: "item", repeated: true, zh: "发放哪个结果，可多次", en: "result to hand out, may be repeated", put: list("items")},
	{name: "steps", repeated: true, zh: "需要重新办理的环节，逗号隔开", en: "steps to be done again, separated by commas", put: list("steps")},
	{name: "reads", repeated: true, zh: "该意见需要看的材料，逗号隔开", en: "what the opinion reads, separated by commas", put: list("reads")},
	{name: "to-account", zh: "同事的登录名或账号", en: "login or id of the colleague", put: text("account")},
	{name: "from-account", zh: "移出人的登录名或账号", en: "login or id of who leaves", put: text("from")},
	{name: "account", repeated: true, zh: "同事的登录名或账号，可多次", en: "login or id of a colleague, may be repeated", put: list("accounts")},
	{name: "to-org", repeated: true, zh: "单位代码，可多次", en: "code of an organisation, may be repeated", put: list("orgs")},
	{name: "text", zh: "内容", en: "the text", put: text("text")},
	{name: "straight", zh: "true：改好后直接回到退回人，不再经过中间环节", en: "true: once put right, it comes straight back to the sender", put: putBool("straight", "straight")},
	{name: "reason", zh: "理由或备注", en: "the reason, or a remark", put: text("reason")},
	{name: "basis", zh: "法律依据，如 大气污染防治法第八十一条", en: "the legal basis, e.g. 大气污染防治法第八十一条", put: text("basis")},
	{name: "outcome", zh: "refused、not-required 或 not-competent", en: "refused, not-required or not-competent", put: text("outcome")},
	{name: "right-organ", zh: "有权机关", en: "the competent organ", put: text("rightOrgan")},
	{name: "link", zh: "退回到哪个岗位：handle、check", en: "role of the earlier link: handle, check", put: text("link")},
	{name: "objection", zh: "哪条反对意见（只有一条时不写）", en: "the objection (left out: the only open one)", put: text("objection")},
	{name: "to", zh: "退回到哪个环节", en: "the step to go back to", put: text("to")},
	{name: "branch", zh: "分支", en: "the branch", put: text("branch")},
	{name: "party", zh: "征求意见的部门", en: "the party asked", put: text("party")},
	{name: "org", zh: "其单位代码", en: "its organisation", put: text("org")},
	{name: "name", zh: "名称", en: "a name", put: text("name")},
	{name: "time", zh: "期限，如 3wd", en: "its time, as 3wd", put: text("time")},
	{name: "clock", zh: "时限，见 lianban case clocks", en: "the clock, see lianban case clocks", put: text("clock")},
	{name: "pause", zh: "中止事由", en: "the ground of the pause", put: text("pause")},
	{name: "until", zh: "最后一日（不计入期限的，或者整改的），如 2026-03-20", en: "the last day (that is not counted, or to put something right), as 2026-03-20", put: text("until")},
	{name: "document", zh: "凭据文书的编号", en: "number of the document that proves it", put: text("document")},
	{name: "of", zh: "哪份通知或结果（只有一份等待送达时不写）", en: "the notice or result (left out: the only one awaited)", put: text("of")},
	{name: "way", zh: "发放：counter、courier 或 online；送达：direct、left、electronic、post、relayed 或 public", en: "handing out: counter, courier or online; delivery: direct, left, electronic, post, relayed or public", put: text("way")},
	{name: "proof", zh: "签收凭证", en: "reference to the proof of delivery", put: text("proof")},
	{name: "copies", repeated: true, zh: "材料=份数，可多次", en: "PAPER=HOW MANY, may be repeated", put: putOnPaper("copies")},
	{name: "signed", repeated: true, zh: "材料=签名人的表单路径，可多次", en: "PAPER=FORM PATH of who signed it, may be repeated", put: putOnPaper("signed")},
	{name: "letter", repeated: true, zh: "以函代替的材料，可写 材料=函上的有效期，可多次", en: "PAPER a letter stands in for, or PAPER=LAST DAY the letter bears, may be repeated", put: putLetter},
	{name: "original", repeated: true, zh: "已核对原件的材料，可多次", en: "paper whose original was compared, may be repeated", put: list("originals")},
	{name: "promise", zh: "承诺（只有一项时不写）", en: "the promise (left out: the only one)", put: text("promise")},
	{name: "duty", zh: "义务（只有一项时不写）", en: "the duty (left out: the only one)", put: text("duty")},
	{name: "finding", zh: "met 已履行，failed 未履行", en: "met or failed", put: text("finding")},
	{name: "result", zh: "哪项结果（只有一项时不写）", en: "the result in question (left out: the only one)", put: text("output")},
	{name: "evidence", repeated: true, zh: "凭证名称=文件，可多次", en: "NAME=FILE that proves it, may be repeated", put: putEvidence},
	{name: "on", zh: "日期和时刻，如 2026-03-09T09:00（北京时间）", en: "date and time, as 2026-03-09T09:00 (Beijing time)", put: putInstant("on")},
	{name: "place", zh: "地点；加签时为 before、after 或 beside", en: "the place; for a signature: before, after or beside", put: text("place")},
	{name: "chair", zh: "听证主持人的账号", en: "account of the chair of a hearing", put: text("chair")},
	{name: "inspector", repeated: true, zh: "核查人员的账号，逗号隔开", en: "accounts of the inspectors, separated by commas", put: list("inspectors")},
	{name: "point", repeated: true, zh: "整改事项，或 条件=整改事项，可多次", en: "what is to be put right, or CONDITION=WHAT, may be repeated", put: putPoint},
	{name: "signature", repeated: true, zh: "已签字的听证参加人，或 参加人=没有签字的理由，可多次", en: "WHO has signed, or WHO=WHY THERE IS NO SIGNATURE, may be repeated", put: putSignature},
	{name: "file", zh: "签字的记录或更正单，或更正后的文书", en: "file of the signed record or sheet, or the corrected document", put: putFile},
	{name: "change", repeated: true, zh: "更正的内容：字段=更正后，可多次；字段为 number、data.字段、reason、basis", en: "FIELD=HOW IT READS, may be repeated; a field is number, data.FIELD, reason or basis", put: putChange},
	{name: "ground", zh: "事由，见上", en: "the ground, see above", put: text("ground")},
}

// flagOf finds a flag by its name; the table is complete by a test.
func flagOf(name string) actFlag {
	for _, f := range actFlags {
		if f.name == name {
			return f
		}
	}
	panic("no flag " + name)
}

// flagValues are the flags of one command, as they are being parsed.
type flagValues map[string]*[]string

func (a *App) addFlags(fs *pflag.FlagSet, names []string) flagValues {
	values := flagValues{}
	for _, name := range names {
		f := flagOf(name)
		v := &[]string{}
		values[name] = v
		if f.repeated {
			fs.StringArrayVar(v, name, nil, a.T(f.zh, f.en))
			continue
		}
		fs.Var(single{v}, name, a.T(f.zh, f.en))
	}
	return values
}

// single is a text flag that remembers whether it was given.
type single struct{ v *[]string }

func (s single) String() string {
	if s.v == nil || len(*s.v) == 0 {
		return ""
	}
	return (*s.v)[0]
}

func (s single) Set(v string) error { *s.v = []string{v}; return nil }

func (s single) Type() string { return "string" }

// fill puts all flags that were given into the body, files being uploaded on the way.
func (v flagValues) fill(p *putter) error {
	for _, f := range actFlags { // in the table's order, so that a request is the same every time
		given := v[f.name]
		if given == nil {
			continue
		}
		for _, value := range *given {
			if err := f.put(p, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// putPaper uploads the file and names the paper.
func putPaper(p *putter, v string) error {
	id, file, withFile := strings.Cut(v, "=")
	id, source, _ := strings.Cut(id, "@")
	paper := map[string]any{"id": strings.TrimSpace(id)}
	if source != "" {
		paper["source"] = source
	}
	if id == "" || (source == "" && (!withFile || file == "")) {
		return Fail(Usage, "--paper 写作 材料=文件（另有来源的写 材料@来源），实际为 %q", "--paper is written PAPER=FILE (PAPER@SOURCE for another source), got %q", v)
	}
	if file != "" {
		up, err := p.link.client.Upload(p.ctx, p.upload, file)
		var refused *client.Problem
		if errors.As(err, &refused) {
			refused.Where = "--paper " + v // which of the files it was
		}
		if err != nil {
			return err
		}
		paper["hash"] = up.Hash
	}
	p.add("papers", paper)
	return nil
}

// putChange says how a text reads from now on. Numbers, reasons and legal bases are
// texts; what data is, its form says, as for the applicant's answers.
func putChange(p *putter, v string) error {
	field, to, err := cut("change", v)
	if err != nil {
		return err
	}
	var value any = to
	if strings.HasPrefix(field, "data.") {
		value = byForm(to)
	}
	p.add("corrections", map[string]any{"field": field, "to": value})
	return nil
}

// putOnPaper adds to a paper named before how many there are, or who has signed it.
func putOnPaper(flag string) func(*putter, string) error {
	return func(p *putter, v string) error {
		id, value, err := cut(flag, v)
		if err != nil {
			return err
		}
		papers, _ := p.body["papers"].([]any)
		for _, x := range papers {
			paper, ok := x.(map[string]any)
			if !ok || paper["id"] != id {
				continue
			}
			if flag == "signed" {
				by, _ := paper["signedBy"].([]any)
				paper["signedBy"] = append(by, value)
				return nil
			}
			n, err := strconv.Atoi(value)
			if err != nil {
				return Fail(Usage, "--copies 写作 材料=份数，实际为 %q", "--copies is written PAPER=NUMBER, got %q", v)
			}
			paper["copies"] = n
			return nil
		}
		return Fail(Usage, "--%s 所指的材料“%s”没有随 --paper 提交", "--%s names the paper %q, which does not come with --paper", flag, id)
	}
}

// putLetter says that a paper is a letter in lieu, and the day it bears.
func putLetter(p *putter, v string) error {
	id, day, dated := strings.Cut(v, "=")
	if !mark(p.body["papers"], id, "letter", true) {
		return Fail(Usage, "--letter 所指的材料“%s”没有随 --paper 提交", "--letter names the paper %q, which does not come with --paper", id)
	}
	if dated {
		mark(p.body["papers"], id, "until", strings.TrimSpace(day))
	}
	return nil
}

// putEvidence uploads a file that proves something.
func putEvidence(p *putter, v string) error {
	name, file, err := cut("evidence", v)
	if err != nil {
		return err
	}
	up, err := p.link.client.Upload(p.ctx, p.upload, file)
	if err != nil {
		return err
	}
	p.add("evidence", map[string]any{"name": name, "hash": up.Hash})
	return nil
}

// putInstant reads a local date and time; the request carries the instant.
func putInstant(key string) func(*putter, string) error {
	return func(p *putter, v string) error {
		at, err := time.ParseInLocation("2006-01-02T15:04", v, calendar.Zone)
		if err != nil {
			return Fail(Usage, "--%s 写作 2026-03-09T09:00，实际为 %q", "--%s is written 2026-03-09T09:00, got %q", key, v)
		}
		p.body[key] = at.Format(time.RFC3339)
		return nil
	}
}

// putPoint names what is to be put right; before a "=" stands the condition.
func putPoint(p *putter, v string) error {
	of, what, ok := strings.Cut(v, "=")
	if !ok {
		p.add("points", map[string]any{"text": v})
		return nil
	}
	p.add("points", map[string]any{"of": strings.TrimSpace(of), "text": strings.TrimSpace(what)})
	return nil
}

// putSignature says what somebody has done with the record of a hearing: after a "=" stands why he did not sign.
func putSignature(p *putter, v string) error {
	of, why, ok := strings.Cut(v, "=")
	x := map[string]any{"of": strings.TrimSpace(of)}
	if ok {
		x["unsigned"] = strings.TrimSpace(why)
	}
	p.add("signatures", x)
	return nil
}

// putFile uploads a file and names it by its hash.
func putFile(p *putter, v string) error {
	up, err := p.link.client.Upload(p.ctx, p.upload, v)
	if err != nil {
		return err
	}
	p.body["file"] = up.Hash
	return nil
}

func putCheck(p *putter, v string) error {
	id, result, err := cut("check", v)
	if err != nil {
		return err
	}
	word, note, _ := strings.Cut(result, ":")
	check := map[string]any{"id": id}
	switch word {
	case "ok", "yes":
		check["ok"] = true
	case "no":
		check["ok"] = false
	default:
		return Fail(Usage, "--check 写作 条件=ok 或 条件=no:说明，实际为 %q", "--check is written CONDITION=ok or CONDITION=no:NOTE, got %q", v)
	}
	if note != "" {
		check["note"] = note
	}
	p.add("checks", check)
	return nil
}

func putTake(taken bool) func(*putter, string) error {
	return func(p *putter, v string) error {
		flag := "take"
		if !taken {
			flag = "leave"
		}
		step, condition, err := cut(flag, v)
		if err != nil {
			return err
		}
		take := map[string]any{"step": step, "taken": taken}
		if !taken {
			text, reason, ok := strings.Cut(condition, "::")
			if !ok {
				return Fail(Usage, "--leave 写作 审查环节=条件::理由，实际为 %q", "--leave is written REVIEW=CONDITION::REASON, got %q", v)
			}
			condition, take["reason"] = text, reason
		}
		take["condition"] = condition
		p.add("takes", take)
		return nil
	}
}

// putOutput names number or file of a result; both flags may speak of the same one.
func putOutput(file bool) func(*putter, string) error {
	return func(p *putter, v string) error {
		flag, key := "output", "number"
		if file {
			flag, key = "output-file", "hash"
		}
		id, value, err := cut(flag, v)
		if err != nil {
			return err
		}
		if file {
			up, err := p.link.client.Upload(p.ctx, p.upload, value)
			if err != nil {
				return err
			}
			value = up.Hash
		}
		outputs, _ := p.body["outputs"].([]any)
		for _, o := range outputs {
			if m, ok := o.(map[string]any); ok && m["id"] == id {
				m[key] = value
				return nil
			}
		}
		p.add("outputs", map[string]any{"id": id, key: value})
		return nil
	}
}
