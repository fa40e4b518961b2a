package api

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Problem is an error with an answer for the caller. It carries no submitted
// value: what it says may be shown on any screen and written to any log.
type Problem struct {
	// Code is one of the codes of Kinds.
	Code   string
	Zh, En string
	// Where names the refused part; Expected and Actual are kinds or states.
	Where, Expected, Actual string
	Law                     *definition.Article
	Errors                  []gen.FieldError
	Findings                []gen.Finding
	// Changed is who has saved meanwhile, with draft-changed.
	Changed gen.DraftChanged
	// Orgs are those a login has to choose from.
	Orgs []gen.AccountOrg
	// Retry is after how many seconds to try again; 0: no word on it.
	Retry int
	// cause is for the operator's log only.
	cause error
}

func (p *Problem) Error() string { return p.Code + ": " + p.En }

func (p *Problem) Unwrap() error { return p.cause }

// Status is the HTTP status of the problem's code.
func (p *Problem) Status() int {
	if k, ok := kindOf(p.Code); ok {
		return k.Status
	}
	return http.StatusInternalServerError
}

// at, want and got fill in the place, what was expected and what came.
func (p *Problem) at(where string) *Problem { p.Where = where; return p }
func (p *Problem) want(expected, actual string) *Problem {
	p.Expected, p.Actual = expected, actual
	return p
}

// both gives a short form of what was expected or came in both languages.
func both(short string) calendar.Text { return engine.InBoth(short, phrases) }

// problem makes a problem of a code with its sentences. Formats get the same
// arguments in both languages.
func problem(code, zh, en string, args ...any) *Problem {
	if len(args) > 0 {
		zh, en = fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)
	}
	return &Problem{Code: code, Zh: zh, En: en}
}

// body is the problem as it is sent; lang chooses the detail's language.
func (p *Problem) body(lang, request string) gen.Problem {
	k, _ := kindOf(p.Code)
	detail := p.Zh
	if lang == "en" {
		detail = p.En
	}
	return gen.Problem{
		Type: "/problems/" + p.Code, Title: k.Title, Status: p.Status(), Detail: detail, Code: p.Code, Zh: p.Zh, En: p.En,
		Where: p.Where, Expected: both(p.Expected), Actual: both(p.Actual), Law: deref(p.Law), Errors: p.Errors, Findings: p.Findings, Changed: p.Changed, Orgs: p.Orgs,
		Request: request,
	}
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// refused makes the problem of an engine's refusal: its code is the problem's.
func refused(r *engine.Rejection) *Problem {
	return &Problem{
		Code: string(r.Code), Zh: r.Zh, En: r.En, Where: r.Where, Expected: r.Expected, Actual: r.Actual, Law: r.Law,
	}
}

// Codes of problems that are not refusals of the engine. They are as stable as
// the engine's: never renamed, never given another meaning.
const (
	CodeBadRequest       = "bad-request"
	CodeUnknownParameter = "unknown-parameter"
	CodeKeyMissing       = "key-missing"
	CodeKeyReused        = "key-reused"
	CodeUnauthenticated  = "unauthenticated"
	CodeBadLogin         = "bad-login"
	CodeBadTrack         = "bad-track"
	CodeProofDiffers     = "proof-differs"
	CodeNotPermitted     = "not-permitted"
	CodeNotInvolved      = "not-involved"
	CodePaperHidden      = "paper-hidden"
	CodeForeignOrigin    = "foreign-origin"
	CodeDevOnly          = "dev-only"
	CodeSignIn           = "sign-in-refused"
	CodeProviderAway     = "provider-away"
	CodeTemporary        = "password-temporary"
	CodeBadEntry         = "bad-entry"
	CodeNoSuchEntry      = "no-such-entry"
	CodeChanged          = "changed-meanwhile"
	CodeInUse            = "still-in-use"
	CodeNoRoute          = "no-route"
	CodeNoMethod         = "method-not-allowed"
	CodeNoSuchCase       = "no-such-case"
	CodeNoSuchCard       = "no-such-card"
	CodeNoRules          = "no-rules"
	CodeNoSuchCommand    = "no-such-command"
	CodeNoSuchFigure     = "no-such-figure"
	CodeNoSuchFile       = "no-such-file"
	CodeNoSuchLetter     = "no-such-letter"
	CodeLetterNotDrawn   = "letter-not-drawn"
	CodeNoSuchProblem    = "no-such-problem"
	CodeUnknownItem      = "unknown-item"
	CodeUnknownVersion   = "unknown-version"
	CodeSuspended        = "suspended"
	CodeNoOrganisation   = "no-organisation"
	CodeBadForm          = "bad-form"
	CodeFileUnknown      = "file-unknown"
	CodeTooLarge         = "too-large"
	CodeFileType         = "file-type"
	CodeMediaType        = "media-type"
	CodeDefinition       = "definition-refused"
	CodeVersionExists    = "version-exists"
	CodeBadCalendar      = "bad-calendar"
	CodeBadCursor        = "bad-cursor"
	CodeClockBackward    = "clock-backward"
	CodeTooMany          = "too-many"
	CodeStoreAway        = "store-away"
	CodeInternal         = "internal"
)

// Kind documents one code: when it comes, and what a person does then.
type Kind struct {
	Code   string
	Status int
	Title  string
	Zh, En string
}

// Kinds lists every code an answer of this API may carry, by code.
func Kinds() []Kind { return slices.Clone(kinds) }

func kindOf(code string) (Kind, bool) {
	i, ok := slices.BinarySearchFunc(kinds, code, func(k Kind, c string) int { return cmp.Compare(k.Code, c) })
	if !ok {
		return Kind{}, false
	}
	return kinds[i], true
}

// kinds is the one place that maps a code to a status.
var kinds = func() []Kind {
	all := slices.Concat(apiKinds, engineKinds, cardKinds, draftKinds)
	slices.SortFunc(all, func(a, b Kind) int { return cmp.Compare(a.Code, b.Code) })
	return all
}()

var apiKinds = []Kind{
	{CodeBadRequest, 400, "The request is not well-formed", "请求不符合接口文档：按 where、expected 所示改正后重发", "The request is not as the document describes: correct what `where` and `expected` name and send it again"},
	{CodeUnknownParameter, 400, "There is no such query parameter", "该地址没有所给的查询参数：expected 列出可用的参数，按其改正后重发", "The address does not know a query parameter that came: `expected` lists those it knows; correct it and send it again"},
	{CodeKeyMissing, 400, "The idempotency key is missing", "办理类请求须带 Idempotency-Key 请求头（16 至 64 位字母、数字、-、_），同一操作重发时用同一个键", "An operation that acts needs the header Idempotency-Key (16 to 64 letters, digits, - or _); use the same key when sending the same act again"},
	{CodeKeyReused, 422, "The key was used for another act", "该键已用于另一内容的操作：新操作请换新键", "The key belongs to an act with other content: a new act needs a new key"},
	{CodeUnauthenticated, 401, "Not logged in", "未登录或登录已失效：重新登录后重试", "No valid token came: log in and try again"},
	{CodeBadLogin, 401, "Account or password wrong", "账号或密码不正确", "The account or the password is wrong"},
	{CodeSignIn, 401, "The provider's sign-in was refused", "统一身份认证登录未成功：重新登录；没有对应账号的请联系管理员", "The sign-in through the provider did not succeed: sign in again; who has no account here asks an administrator"},
	{CodeProviderAway, 503, "The provider of sign-in does not answer", "统一身份认证暂时不可用：稍后再试", "The provider of sign-in does not answer: try again later"},
	{CodeBadTrack, 401, "Case number or code wrong", "办件编号或查询码不正确：以收件回执为准", "The case number or the code is wrong: both are on the receipt"},
	{CodeNotPermitted, 403, "The role does not permit this", "当前账号的岗位无此权限：由具备相应岗位的人员办理", "The account's roles do not permit this operation: somebody in a permitted role has to do it"},
	{CodeForeignOrigin, 403, "The request comes from another site", "该请求不是从本系统的页面发出的：在本系统的页面上操作，程序请用令牌", "The request carries the cookie but does not come from a page of this server: act on its own pages; programs send a token"},
	{CodeTemporary, 403, "The password is temporary", "该密码由管理员设置，须换成自己的密码后登录：登录时一并提交 next", "The password was set by an administrator: log in with one of your own in `next`"},
	{CodeProofDiffers, 422, "What was shown is not what the case holds", "所出示的证件与办件所载不符：请核对", "The document shown is not of whom the case names: look again"},
	{CodeBadEntry, 422, "The entry does not fit the directory", "内容与机构目录不符或自相矛盾：按提示修改", "The entry contradicts itself or the directory: correct what `where` names"},
	{CodeNoSuchEntry, 404, "Nothing of that name in the directory", "目录中没有所指的单位、人员、窗口或承担关系", "The directory has no such organisation, person, window or entry"},
	{CodeChanged, 409, "Changed meanwhile", "内容已被他人修改：重新读取后再改", "Somebody else has changed it meanwhile: read it again, then change it"},
	{CodeInUse, 409, "Still in use", "仍在使用，须先办理所列事项", "It is still needed: what has to be done first is named"},
	{CodeNotInvolved, 403, "The organisation has no part in the case", "本单位未参与该办件，不能查阅", "The caller's organisation has no part in this case and may not read it"},
	{CodePaperHidden, 403, "The paper is outside the caller's part", "本单位的办理环节不使用该材料，不能查阅", "No step of the caller's organisation reads this paper"},
	{CodeDevOnly, 404, "Only in development", "该功能仅在开发模式下提供", "This operation exists only with the built-in identity of development"},
	{CodeNoRoute, 404, "No such address", "没有这个地址：见 /openapi.json", "There is nothing under this address: see /openapi.json"},
	{CodeNoMethod, 405, "Method not allowed", "该地址不支持这种请求方法：见 Allow 响应头", "The address does not know this method: see the header Allow"},
	{CodeNoSuchCase, 404, "No such case", "没有这个编号的办件：核对编号", "There is no case of this number: check the number"},
	{CodeNoSuchCommand, 404, "No such command", "没有以该键记录的操作：可用同一键重发", "Nothing is recorded under this key: the act may be sent (again) under it"},
	{CodeNoSuchLetter, 404, "No such letter", "没有这份文书，或不能由本单位查阅", "There is no such letter, or it is not for the caller"},
	{CodeLetterNotDrawn, 409, "Letter not drawn", "文书正在制作，或没有可用于 PDF 的字体", "The letter is being made, or there is no font for PDF"},
	{CodeNoSuchFile, 404, "No such file", "没有该文件，或不是由当前账号上传", "There is no such file, or another account has uploaded it"},
	{CodeNoSuchProblem, 404, "No such problem code", "没有这个代码：见 /problems", "There is no such code: see /problems"},
	{CodeUnknownItem, 404, "Unknown item", "没有这个事项：见 /v1/items", "There is no item of this code: see /v1/items"},
	{CodeUnknownVersion, 404, "Unknown version", "该事项没有这个版本：见 /v1/items/{item}/versions", "The item has no such version: see /v1/items/{item}/versions"},
	{CodeSuspended, 409, "The version is suspended", "该版本已暂停收件", "The version takes no cases for the time being"},
	{CodeNoOrganisation, 422, "A party has no organisation", "机构目录中该区域没有承担某一角色的单位：由管理员补充目录后再收件", "The directory names no organisation for a party in this region: an administrator has to complete it first"},
	{CodeBadForm, 422, "The form is not as its schema asks", "表单不符合事项规定：errors 逐项列出", "The form does not fulfil the item's schema: `errors` lists each field"},
	{CodeFileUnknown, 422, "The file was not uploaded", "材料所引用的文件尚未上传：先上传，再引用其哈希", "A paper names a file that was not uploaded: upload it first, then name its hash"},
	{CodeTooLarge, 413, "Too large", "内容超过大小上限", "The content is larger than the limit"},
	{CodeFileType, 415, "File type not accepted", "文件类型不在收取范围内，或内容与所声明的类型不符", "The file's type is not taken, or its content is not what its type says"},
	{CodeMediaType, 415, "Content type not accepted", "请求体的 Content-Type 与接口文档不符", "The body's Content-Type is not the one of the document"},
	{CodeDefinition, 422, "The definition was refused", "定义未通过检查：findings 逐条列出位置与修改办法", "The definition did not pass its checks: `findings` lists place and fix of each"},
	{CodeVersionExists, 409, "The version exists with other content", "该版本已以其他内容发布：修改须用新版本号", "This version is published with other content: a change needs a new version"},
	{CodeBadCalendar, 422, "The calendar cannot be loaded", "日历内容自相矛盾或没有变化：按提示修改", "The calendar contradicts itself, or would change nothing: see what it says"},
	{CodeBadCursor, 400, "The cursor is not one of this list", "cursor 不是本列表给出的翻页标记：从第一页重新开始", "The cursor was not given by this list: begin at the first page"},
	{CodeClockBackward, 422, "The clock only moves forward", "业务时钟只能向前", "The business clock only moves forward"},
	{CodeTooMany, 429, "Too many attempts", "尝试过于频繁：按 Retry-After 稍后再试", "Too many attempts: wait as Retry-After says"},
	{CodeStoreAway, 503, "The database does not answer", "数据库暂时不可用，本次操作未得到确认：稍后用同一键重发，不会重复生效", "The database is away and this was not confirmed: send it again later under the same key; it takes effect once"},
	{CodeInternal, 500, "Internal error", "系统内部错误，已记录：请以 request 编号联系运维", "An internal error, recorded: tell the operator the id in `request`"},
}

var engineKinds = []Kind{
	{string(engine.NotFound), 404, "Not in this case", "该办件中没有所指的环节、任务、时限、结果或角色", "The step, task, clock, output or party is not in this case"},
	{string(engine.NotAllowed), 403, "Not this organisation's or role's act", "本单位或本岗位不能在此办理该操作，或违反岗位分离", "The organisation or role may not do this act here, or separation of duties forbids it"},
	{string(engine.Claimed), 409, "Claimed by somebody else", "任务已由他人认领", "Somebody else has claimed the task"},
	{string(engine.NotOpen), 409, "Not open", "环节或任务未开始、不适用或已办结", "The step or task is waiting, absent or already done"},
	{string(engine.AlreadyClosed), 409, "The case is closed", "办件已办结，只能查阅", "The case is closed; nothing but reading is left"},
	{string(engine.WrongAct), 409, "Not an act of this step", "该环节在当前状态下没有这种操作", "This kind of step, or its state, does not know the act"},
	{string(engine.WrongLink), 409, "Another link's turn", "现由链条中的另一岗位办理", "Another link of the chain has its turn"},
	{string(engine.BadAnswer), 422, "An answer is missing or wrong", "问题的回答缺失、未被询问或类型不符", "An answer is missing, not asked, or of the wrong type"},
	{string(engine.BadPaper), 422, "A paper is not in the guide", "材料不在办事指南内、此处不需要，或来源不符（行政许可法第三十一条）", "A paper is not in the guide, not asked here, or from a source the guide does not name (Administrative Licensing Law, art. 31)"},
	{string(engine.BadData), 422, "A field of the act is missing or wrong", "操作的某项数据缺失或不正确", "A field of the act is missing or wrong"},
	{string(engine.WindowOpen), 409, "The collect window is open", "各部门查看材料的窗口期未结束，不能受理", "Nobody may accept before the collect window has closed"},
	{string(engine.TooLate), 409, "The time is over", "该操作的时间已过", "The time for this act is over"},
	{string(engine.OneNotice), 409, "The one notice was sent", "补正告知只能一次（行政许可法第三十二条）", "The case has had its one correction notice (Administrative Licensing Law, art. 32)"},
	{string(engine.AnswerOpen), 409, "The notice is not answered", "补正告知尚未全部答复", "The correction notice is not completely answered yet"},
	{string(engine.GateShut), 409, "A need of the step is not fulfilled", "该环节的前提条件尚未满足", "A need of the step is not fulfilled"},
	{string(engine.ReasonNeeded), 422, "A reason is needed", "须说明理由或依据（行政许可法第三十八条）", "The act needs a reason, a basis, or a reason per opinion (Administrative Licensing Law, art. 38)"},
	{string(engine.NoReturn), 409, "The return is not possible", "不能这样退回：目标、次数不符，或没有需要重做的内容", "The return is not possible: target, times, or nothing would be done again"},
	{string(engine.Signed), 409, "A signed decision stands", "已签署的决定不得改变（行政许可法第八条）", "A signed decision stands and cannot be changed by this act (Administrative Licensing Law, art. 8)"},
	{string(engine.NoExtension), 409, "The clock cannot be extended", "该时限不能延长：未规定、已用完或岗位不符（行政许可法第四十二条）", "The clock cannot be extended: none declared, used up, or wrong role (Administrative Licensing Law, art. 42)"},
	{string(engine.NoPause), 409, "The clocks cannot stop this way", "不能这样停止计时：不是本环节的事由、已用完、已在中止，或没有书面告知（行政许可法第四十五条）", "The clocks cannot stop this way: no ground of the step, used up, stopped already, or without the written notice (Administrative Licensing Law, art. 45)"},
	{string(engine.NewApplication), 409, "A new application is needed", "改变涉及已经过的环节，须重新申请", "The change would need a step that was passed; a new application is needed"},
	{string(engine.NotYetEffective), 409, "The version does not take cases", "该版本尚未生效或不再收件", "The version does not take cases yet, or no more"},
	{string(engine.TooFew), 422, "Too few inspectors", "现场核查须指派两名以上工作人员（行政许可法第三十四条）", "A check on the spot takes two or more inspectors (Administrative Licensing Law, art. 34)"},
	{string(engine.TooSoon), 409, "Too soon", "时间未到：所定时间过早，或刚刚办过、过些时候可以再办（催办：同一环节一天一次）", "A date that lies too early, an act before its date, or one done a moment ago that may be repeated later (urging: each step once a day)"},
	{string(engine.Stale), 409, "Decided on another state", "操作所依据的办件状态已改变：重新查看后再办", "The act was decided on another state of the case than it names: look again"},
}
