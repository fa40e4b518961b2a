package letters

// The kinds of letter (DB4406/T 14—2021 annexes, and what the Licensing Law puts in writing).
const (
	Receipt      = "receipt"
	Acceptance   = "acceptance"
	Correction   = "correction"
	Refusal      = "refusal"
	Extension    = "extension"
	Special      = "special"
	Consultation = "consultation"
	Reply        = "reply"
	Grant        = "grant"
	Denial       = "denial"
	Delivery     = "delivery"
	Withdrawal   = "withdrawal"
	Termination  = "termination"
	Change       = "change"
	Copy         = "copy"

	Visit         = "visit"
	Rectification = "rectification"
	Posting       = "posting"
	HearingRight  = "hearing-right"
	Hearing       = "hearing"
	PreReview     = "pre-review"
	Tolerance     = "tolerance"
	LapsedPaper   = "lapsed"
	Corrected     = "corrected"
	Annulling     = "annulling"
	Annulled      = "annulled"
	Kept          = "kept"
	Promise       = "promise"
	Undertaking   = "undertaking"
	HearingRecord = "hearing-record"
	Objection     = "objection"
	Interested    = "interested"
	Fix           = "fix"
)

var (
	reasonField = text("reason", "理由", "reason")
	basisField  = text("basis", "法律依据", "legal basis")
	remedyField = text("remedy", "救济途径", "remedies")
	dueField    = text("due", "截止日期", "last day")
	limitField  = text("limit", "期限", "limit")
	matterField = text("matter", "事项或环节名称", "matter or step")
	textField   = text("text", "内容", "content")
	untilField  = text("until", "截止日期", "the last day")
	outputField = text("output", "证件名称", "the output")
	outputNo    = text("outputNumber", "证件编号", "its number")
	linesField  = list("lines", "内容", "lines", text("name", "名称", "name"), text("reason", "要求", "what is asked"), text("askers", "提出单位", "who asks"), text("basis", "依据", "basis"))
	papersField = list("papers", "材料", "papers", text("name", "名称", "name"), text("form", "形式", "form"), text("state", "状态", "state"))
)

var kinds = []Kind{
	{
		ID: Receipt, Zh: "接收回执", En: "receipt", Word: "收",
		Fields: []Field{
			papersField, list("missing", "未提交的材料", "papers that are missing", text("name", "名称", "name")),
			text("channel", "申请方式", "channel"), limitField, dueField,
		},
	},
	{
		ID: Acceptance, Zh: "受理通知书", En: "notice of acceptance", Word: "受",
		Fields: []Field{
			must("32", text("accepted", "受理日期", "acceptance date")), flag("deemed", "逾期未告知，视为受理", "accepted by silence"),
			text("statutory", "法定办结时限", "statutory limit"), text("statutoryDue", "法定到期日", "statutory due day"),
			text("promised", "承诺办结时限", "promised limit"), text("promisedDue", "承诺到期日", "promised due day"),
			flag("provisional", "到期日所在年份放假安排尚未公布", "due days are provisional"),
		},
	},
	{
		ID: Correction, Zh: "补正告知书", En: "correction notice", Word: "补",
		Fields: []Field{
			must("32", list("lines", "需补正的内容", "what to correct", text("name", "材料或条件", "paper or condition"), text("reason", "补正要求", "what is wrong"),
				text("askers", "提出单位", "who asks"), text("basis", "依据", "basis"))),
			limitField, dueField, text("onDelivery", "自送达之日起算的期限", "limit that counts from the delivery"), flag("again", "监察部门要求的再次告知", "a further notice a supervisor sent"), text("late", "逾期后果", "what follows when it is late"),
		},
	},
	{
		ID: Refusal, Zh: "不予受理通知书", En: "refusal of acceptance", Word: "不受",
		Fields: []Field{
			must("38", reasonField), basisField, must("38", remedyField), text("rightOrgan", "应当向其申请的机关", "the organ to apply to"),
			flag("notRequired", "依法不需要取得许可", "no licence is needed"), flag("notCompetent", "不属于本机关职权", "not this organ's power"),
		},
	},
	{
		ID: Extension, Zh: "延长办理期限通知书", En: "notice of extension", Word: "延",
		Fields: []Field{
			must("42", reasonField), text("of", "延长的期限", "which limit"), text("by", "延长的时间", "by how much"), dueField, text("approver", "批准人职务", "who approved, by role"),
			flag("own", "申请人自己的期限：补正、补交、整改", "a time of the applicant's own: to answer, to bring a paper, to put right"),
		},
	},
	{
		ID: Special, Zh: "特殊程序期限告知书", En: "notice of a special procedure", Word: "特",
		Fields: []Field{
			text("name", "文书名称，按事项定义", "what the definition calls the letter"), text("ground", "不计入期限的情形", "the ground"), reasonField, basisField, matterField,
			text("from", "开始日期", "the day it begins"), must("45", text("until", "预计结束日期", "the day it is planned to end")), flag("statutory", "不计入法定期限", "the statutory limit stands still"),
			list("clocks", "顺延后的期限", "limits as they are now", text("name", "期限", "limit"), text("due", "到期日", "due day")),
		},
	},
	{
		ID: Consultation, Zh: "征求意见函", En: "request for an opinion", Word: "征",
		Fields: []Field{matterField, limitField, dueField, papersField, list("checks", "请审查的内容", "what to examine", text("name", "内容", "subject"), text("basis", "依据", "basis"))},
	},
	{
		ID: Reply, Zh: "复函", En: "opinion", Word: "复",
		Fields: []Field{
			matterField, text("opinion", "意见", "opinion"), reasonField, basisField,
			list("conditions", "条件", "conditions", text("text", "条件", "condition")),
			list("checks", "审查情况", "what was examined", text("name", "内容", "subject"), text("result", "结论", "result"), text("note", "说明", "note")),
		},
	},
	{
		ID: Grant, Zh: "准予决定书", En: "decision: granted", Word: "准",
		Fields: []Field{
			matterField, reasonField, must("38", basisField),
			list("outputs", "颁发的证件", "what is given", text("name", "名称", "name"), text("number", "编号", "number"), text("until", "有效期至", "valid until")),
			list("conditions", "应当遵守的条件", "conditions taken over", text("text", "条件", "condition"), text("from", "提出单位", "from")),
			list("owed", "尚须补交的材料", "papers still owed", text("name", "名称", "name"), text("due", "最后补交日期", "last day")), flag("silence", "逾期未作决定，视为准予", "granted by silence"),
		},
	},
	{
		ID: Denial, Zh: "不予批准决定书", En: "decision: denied", Word: "不准",
		Fields: []Field{
			matterField, must("38", reasonField), must("38", basisField), must("38", remedyField),
			list("checks", "不符合的条件", "conditions not met", text("name", "条件", "condition"), text("basis", "依据", "basis"), text("note", "说明", "note")),
		},
	},
	{
		ID: Delivery, Zh: "送达回证", En: "proof of delivery", Word: "送",
		Fields: []Field{
			list("items", "送达的文书、证件", "what was delivered", text("name", "名称", "name"), text("number", "编号", "number")),
			text("way", "送达方式", "way"), text("proof", "送达凭证", "proof"), text("delivered", "送达时间", "when"),
		},
	},
	{
		ID: Withdrawal, Zh: "撤回申请确认书", En: "confirmation of withdrawal", Word: "撤",
		Fields: []Field{text("branch", "撤回的事项", "matter withdrawn"), reasonField},
	},
	{
		ID: Termination, Zh: "终止办理通知书", En: "notice of termination", Word: "终",
		Fields: []Field{text("ground", "终止的情形", "ground"), reasonField, remedyField},
	},
	{
		ID: Change, Zh: "办理变更告知书", En: "notice of a change", Word: "告",
		Fields: []Field{text("text", "内容", "content"), matterField},
	},
	{
		ID: Copy, Zh: "决定抄告单", En: "copy of a decision", Word: "抄",
		Fields: []Field{text("text", "内容", "content"), matterField},
	},
	{ID: Visit, Zh: "联合踏勘通知书", En: "notice of a joint visit", Word: "勘", Fields: []Field{must("34", textField), matterField}},
	{
		ID: Rectification, Zh: "整改通知书", En: "what is to be put right", Word: "改",
		Fields: []Field{
			must("34", list("points", "整改内容", "what to put right", text("text", "内容", "point"), text("askers", "提出单位", "who asks"), text("name", "依据的条件", "condition"))),
			matterField, limitField, dueField,
		},
	},
	{
		ID: Fix, Zh: "责令限期整改通知书", En: "order to put right", Word: "责改",
		Fields: []Field{
			must("61", reasonField), must("61", list("points", "整改内容", "what to put right", text("text", "内容", "point"), text("name", "依据的条件", "condition"))),
			must("61", untilField), text("checked", "核查日期", "the day of the check"), text("duty", "核查事项", "what was checked"), text("recheck", "复查期限", "time for looking again"),
			basisField, matterField, outputField, outputNo,
		},
	},
	{ID: Posting, Zh: "公示公告", En: "posting", Word: "示", Fields: []Field{textField, matterField, untilField, text("where", "公示地点", "where it hangs")}},
	{
		ID: Interested, Zh: "利害关系人告知书", En: "notice to an interested party", Word: "利告",
		Fields: []Field{must("36", reasonField), must("36", untilField), matterField},
	},
	{ID: HearingRight, Zh: "听证告知书", En: "notice of the right to a hearing", Word: "听告", Fields: []Field{must("47", untilField), matterField}},
	{ID: Hearing, Zh: "听证通知书", En: "notice of a hearing", Word: "听通", Fields: []Field{must("48", textField), matterField}},
	{ID: PreReview, Zh: "预审意见", En: "findings of the pre-review", Word: "预", Fields: []Field{must("32", linesField), limitField, dueField}},
	{ID: Tolerance, Zh: "容缺受理通知书", En: "papers that may follow", Word: "容", Fields: []Field{must("32", linesField)}},
	{ID: LapsedPaper, Zh: "逾期未补交告知书", En: "a paper did not follow in time", Word: "逾", Fields: []Field{textField, matterField, remedyField}},
	{
		ID: Corrected, Zh: "更正决定书", En: "a clerical error corrected", Word: "更",
		Fields: []Field{
			list("texts", "更正内容", "what is corrected", text("name", "项目", "field"), text("from", "原文", "as it read"), text("to", "更正为", "as it reads")),
			reasonField, matterField, outputField, outputNo,
		},
	},
	{
		ID: Annulling, Zh: "拟撤销告知书", En: "an output to be annulled", Word: "拟撤",
		Fields: []Field{must("69", reasonField), basisField, must("7", untilField), text("ground", "事由", "ground"), matterField, outputField, outputNo},
	},
	{ID: Annulled, Zh: "撤销决定书", En: "an output annulled", Word: "撤销", Fields: []Field{must("69", reasonField), basisField, must("38", remedyField), matterField, outputField, outputNo}},
	{ID: Kept, Zh: "不予撤销告知书", En: "an output kept", Word: "不撤", Fields: []Field{reasonField, basisField, remedyField, matterField, outputField, outputNo}},
	{
		ID: Promise, Zh: "告知承诺书", En: "informed promise", Word: "诺",
		Fields: []Field{
			textField, matterField, basisField, list("papers", "以承诺代替的材料", "papers the promise replaces", text("name", "名称", "name")),
			text("signed", "签署件摘要", "hash of what was signed"),
		},
	},
	{
		ID: Undertaking, Zh: "容缺受理承诺书", En: "commitment to bring papers", Word: "容诺",
		Fields: []Field{
			list("papers", "后补的材料", "papers that follow", text("name", "名称", "name"), text("limit", "补交期限", "within what time"),
				text("before", "补齐前不能办理的环节", "the step that waits for it"), text("late", "逾期后果", "what follows when it is late")),
			text("signer", "签署人", "who signed"), text("when", "签署时间", "when"), text("signed", "签署件摘要", "hash of what was signed"),
		},
	},
	{
		ID: HearingRecord, Zh: "听证笔录", En: "record of a hearing", Word: "笔",
		Fields: []Field{must("48", textField), matterField, text("when", "时间", "when"), text("place", "地点", "place"), text("request", "听证请求", "what was asked"),
			list("signatures", "确认和签字", "who has confirmed and signed it", text("of", "听证参加人", "who took part"), text("name", "签字人", "who signed"), text("state", "情况", "signed, or why not"))},
	},
	{
		ID: Objection, Zh: "异议处理告知书", En: "answer to an objection", Word: "异",
		Fields: []Field{must("36", text("opinion", "处理结果", "answer")), matterField, reasonField, textField},
	},
}
