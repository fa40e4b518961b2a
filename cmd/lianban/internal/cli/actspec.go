package cli

import "lianban/engine"

// actSpec is one act as a command: its word on the command line, what it takes,
// and what people should know before they type it.
type actSpec struct {
	act    engine.Act
	word   string
	zh, en string // one line
	// longZh and longEn teach; empty: the line is enough.
	longZh, longEn string
	flags          []string
	need           []string
	example        string
	// under is the group the act is also a command of: task or case.
	under string
}

// actSpecs lists every act of people, in the order a case meets them. A test
// compares it with the engine's list.
var actSpecs = []actSpec{
	{act: engine.Claim, word: "claim", under: "task", zh: "认领任务", en: "Take a task for oneself",
		longZh: "认领后，在放回之前别人不能办。不认领也可以直接办。", longEn: "The task is nobody else's until it is released. An unclaimed task can be done without claiming it."},
	{act: engine.Release, word: "release", under: "task", zh: "把认领的任务放回", en: "Put a claimed task back"},
	{act: engine.Gap, word: "gap", under: "task", zh: "指出申请人应当补正的内容", en: "Name what the applicant must correct",
		longZh: "在汇总期内，逐项写明指南中的材料或条件及其问题。各部门的各项进入同一份补正告知书（行政许可法第三十二条：一次告知）。",
		longEn: "In the collect window: a paper or condition of the guide and what is wrong with it, per line. The lines of all parties go\ninto the one notice (行政许可法第三十二条).",
		flags:  []string{"line"}, need: []string{"line"},
		example: "lianban task gap CASE --line layoutPlan=未提交 --line ownFlue=烟道走向不明 --as zhou.market"},
	{act: engine.Clear, word: "clear", under: "task", zh: "本部门没有需要补正的", en: "Nothing to correct",
		longZh: "在汇总期内，本部门不要求补正。", longEn: "In the collect window: the caller's party asks for nothing."},
	{act: engine.Answer, word: "answer", under: "task", zh: "在窗口登记申请人的补正", en: "Enter the applicant's answer to the notice",
		longZh:  "材料、对各项的说明、变更的情形和表单。条件只能用说明来回应。申请人自己补正用 `lianban track answer`。",
		longEn:  "Papers, statements on lines, changed answers and form fields. A condition can only be answered by a statement.\nThe applicant's own way is `lianban track answer`.",
		flags:   []string{"paper", "statement", "answer", "form"},
		example: "lianban task answer CASE --paper lease=租赁合同.pdf --statement ownFlue=已接入楼顶专用烟道 --as lin.hall"},
	{act: engine.Accept, word: "accept", under: "task", zh: "受理", en: "Accept the application",
		longZh: "法定期限自受理之日起算（行政许可法第三十二条、第四十二条）。", longEn: "The legal clocks start on the acceptance date (行政许可法第三十二、四十二条).",
		example: "lianban task accept CASE --as lin.hall"},
	{act: engine.Refuse, word: "refuse", under: "task", zh: "不予受理或不受理", en: "Refuse acceptance",
		longZh: "--outcome：refused 不予受理（默认），not-required 依法不需要许可，not-competent 不属于本机关（须写 --right-organ）。",
		longEn: "--outcome: refused (default), not-required: no licence is needed, not-competent: another organ decides (--right-organ names it).",
		flags:  []string{"reason", "outcome", "right-organ"}, need: []string{"reason"},
		example: "lianban task refuse CASE --outcome not-competent --right-organ 市市场监督管理局 --reason 经营场所在市管范围"},
	{act: engine.Pass, word: "pass", under: "task", zh: "送下一环（承办→审核→批准）", en: "Pass the work on to the next link",
		longZh: "最后一环不送，直接作出结论（grant、deny 等）。", longEn: "Handle → check → approve inside a department; the last link gives the verdict instead.",
		flags: []string{"check", "reason"}, example: "lianban task pass CASE --step food --check layout=ok --check staffFit=ok --as zhou.market"},
	{act: engine.SendBack, word: "send-back", under: "task", zh: "退回前面的环节", en: "Send the work back to an earlier link",
		longZh: "同一轮内退回，不影响任何时限。--link 写岗位；不写退回上一环。", longEn: "Same round; no clock is touched. --link names the role; left out: the link before.",
		flags: []string{"reason", "link"}, need: []string{"reason"}, example: "lianban task send-back CASE --step food --reason 缺少勘查记录 --link handle"},
	{act: engine.Grant, word: "grant", under: "task", zh: "准予", en: "Grant",
		longZh: "结束决定环节：证照编号和内容、对各附条件意见的取舍（--take、--leave）、对每条不采纳意见的理由（--override）。",
		longEn: "Ends a decide step with a grant: numbers and data of its outputs, what becomes of each condition put to it\n(--take, --leave), a reason per opinion decided against (--override).",
		flags:  []string{"output", "output-file", "take", "leave", "override", "check", "reason"},
		example: "lianban task grant CASE --step food --output foodPermit=JY22103040000001 --as zheng.market\n" +
			"  lianban task grant CASE --step conclude --override fumeSiting=专用烟道符合要求 --as zheng.market"},
	{act: engine.Deny, word: "deny", under: "task", zh: "不予许可", en: "Deny",
		longZh: "须写理由和法律依据（行政许可法第三十八条）。", longEn: "A written denial: reason and legal basis (行政许可法第三十八条).",
		flags: []string{"reason", "basis", "check", "take", "leave"}, need: []string{"reason", "basis"},
		example: "lianban task deny CASE --step tobaccoRetail --reason 不符合合理布局 --basis 烟草专卖许可证管理办法第十三条 --as fang.tobacco"},
	{act: engine.Agree, word: "agree", under: "task", zh: "同意（审查意见）", en: "Agree (review)",
		flags: []string{"check", "reason"}, example: "lianban task agree CASE --step fumeSiting --as he.eco"},
	{act: engine.AgreeWith, word: "agree-with", under: "task", zh: "附条件同意", en: "Agree with conditions",
		longZh: "结束审查环节；条件交由后面的决定环节取舍。", longEn: "Ends a review step; the conditions are put to the next decide.",
		flags: []string{"condition", "check", "reason"}, need: []string{"condition"},
		example: "lianban task agree-with CASE --step fumeSiting --condition 加装油烟净化器 --as he.eco"},
	{act: engine.Disagree, word: "disagree", under: "task", zh: "不同意", en: "Disagree",
		flags: []string{"reason", "basis", "check"}, need: []string{"reason", "basis"},
		example: "lianban task disagree CASE --step fumeSiting --reason 烟道与住宅共用 --basis 大气污染防治法第八十一条 --as he.eco"},
	{act: engine.NotConcerned, word: "not-concerned", under: "task", zh: "不属于本部门职责", en: "Not concerned: outside the party's remit",
		flags: []string{"reason"}, need: []string{"reason"}},
	{act: engine.NeedsUpper, word: "needs-upper", under: "task", zh: "登记需上级机关决定", en: "Record that the upper level must be asked",
		longZh: "不结束环节，时限照走。", longEn: "Does not end the step; clocks run on.", flags: []string{"reason"}, need: []string{"reason"}},
	{act: engine.ContinueBlock, word: "continue", under: "task", zh: "有反对意见仍继续并联", en: "Let a block run on in spite of an objection",
		longZh: "牵头部门对反对意见的答复，不等于不采纳该意见。", longEn: "The lead's answer to an objection; it is no override.",
		flags: []string{"reason", "objection"}, need: []string{"reason"}, example: "lianban task continue CASE --step review --reason 已有专用烟道证明 --as qiao.market"},
	{act: engine.StopBlock, word: "stop", under: "task", zh: "因反对意见停止并联", en: "Stop a block on an objection",
		longZh: "进行中和等待中的环节停止，已签发的决定仍然有效。", longEn: "Open and waiting steps of the block are stopped; signed decisions stand.",
		flags: []string{"reason", "objection"}, need: []string{"reason"}},
	{act: engine.Return, word: "return", under: "task", zh: "退回重新办理一段", en: "Send a stretch through again",
		longZh: "从进行中的决定环节退到其 back 所列的环节；--steps 写明哪些要重新办理。", longEn: "From an open decide to a step of its `back`; --steps names what must be done again.",
		flags: []string{"reason", "to", "steps"}, need: []string{"reason"}, example: "lianban task return CASE --step conclude --to review --steps fumeSiting --reason 意见前后不一"},
	{act: engine.Hand, word: "hand", under: "task", zh: "发放结果", en: "Hand results out",
		longZh: "--item 写发放哪些结果，不写则发放全部已就绪的；--way：counter 窗口、courier 快递、online 网上。",
		longEn: "--item says which results, left out: all that are ready; --way: counter, courier, online.",
		flags:  []string{"item", "way", "proof"}, need: []string{"way"}, example: "lianban task hand CASE --way counter --proof 签收单-0012 --as lin.hall"},

	{act: engine.Extend, word: "extend", under: "case", zh: "延长期限", en: "Extend a clock",
		longZh: "在到期之前，由定义规定的岗位批准，并把理由告知申请人（行政许可法第四十二条）。", longEn: "Before its due time, by the role the definition names; the applicant is told (行政许可法第四十二条).",
		flags: []string{"clock", "reason"}, need: []string{"clock", "reason"}, example: "lianban case extend CASE --clock statutory --reason 案情复杂 --as cao.government"},
	{act: engine.PauseClock, word: "pause", under: "case", zh: "停止计时（特殊程序）", en: "Stop clocks for a procedure that is not counted",
		longZh: "由正在办理的人，以定义规定的事由：--time 多久或 --until 到哪天，并书面告知申请人（行政许可法第四十五条）。停法定时限须有 --document。",
		longEn: "By whoever has the turn, on a ground of the definition: --time, how long, or --until, the last day; the applicant is told in\n" +
			"writing (行政许可法第四十五条). Stopping the legal clock needs --document.",
		flags: []string{"pause", "time", "until", "reason", "document"}, need: []string{"pause", "reason"},
		example: "lianban case pause CASE --step fireCheck --pause expert --time 10wd --reason 组织专家评审 --document 委字〔2026〕3号 --as luo.fire"},
	{act: engine.Resume, word: "resume", under: "case", zh: "恢复计时", en: "Let stopped clocks run on",
		longZh: "在预定的截止日之前；当日不计入期限。", longEn: "Before the planned end; today is the last day that is not counted.",
		flags: []string{"pause", "reason"}, example: "lianban case resume CASE --step fireCheck --reason 评审意见已出 --as luo.fire"},
	{act: engine.Amend, word: "amend", under: "case", zh: "受理后变更情形", en: "Change answers after acceptance",
		flags: []string{"reason", "answer", "form", "paper"}, need: []string{"reason"}, example: "lianban case amend CASE --answer sign=true --reason 申请人增设招牌 --as qiao.market"},
	{act: engine.Drop, word: "drop", under: "case", zh: "去掉一个分支", en: "Take a branch out of the case",
		longZh: "牵头部门，写明理由；各方都会得到通知。--step 写分支。", longEn: "The lead, with reason; all parties are told. --step names the branch.", flags: []string{"reason"}, need: []string{"step", "reason"}},
	{act: engine.Add, word: "add", under: "case", zh: "增加一个分支或征求意见", en: "Add a branch or an opinion",
		longZh: "--branch 是定义中未启用的分支；或用 --party、--org、--name、--reads、--time 征求其他部门的意见。--step 写并联块。",
		longEn: "--branch is a declared branch that is absent; or --party, --org, --name, --reads and --time ask a further party.\n--step names the block.",
		flags:  []string{"reason", "branch", "party", "org", "name", "reads", "time"}, need: []string{"reason"},
		example: "lianban case add CASE --step review --party eco --name 噪声意见 --reads layoutPlan --time 3wd --reason 毗邻学校 --as qiao.market"},
	{act: engine.Withdraw, word: "withdraw", under: "case", zh: "撤件", en: "Withdraw the case or a branch for the applicant",
		longZh: "在窗口登记。申请人自己撤回用 `lianban track withdraw`。", longEn: "Entered at the window. The applicant's own way is `lianban track withdraw`.",
		flags: []string{"reason", "branch"}, need: []string{"reason"}, example: "lianban case withdraw CASE --reason 申请人放弃开店 --as lin.hall"},
	{act: engine.Terminate, word: "terminate", under: "case", zh: "终止办理", en: "Terminate the case",
		longZh: "--ground：lapse 逾期未补正，death 申请人死亡，dissolution 法人终止。", longEn: "--ground: lapse, death, dissolution.",
		flags: []string{"ground", "reason"}, need: []string{"ground", "reason"}},
}
