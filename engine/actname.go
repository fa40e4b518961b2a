package engine

import "lianban/engine/calendar"

// ActName is what an act is called on a button; its own word where it has no name.
func ActName(do Act) calendar.Text {
	if n, ok := actNames[do]; ok {
		return calendar.Text{ZH: n[0], EN: n[1]}
	}
	return calendar.Text{ZH: string(do), EN: string(do)}
}

var actNames = map[Act][2]string{
	Gap: {"提出补正", "Name gaps"}, Clear: {"无需补正", "Nothing to correct"}, Answer: {"登记补正", "Record the answer"},
	Accept: {"受理", "Accept"}, Refuse: {"不予受理", "Refuse acceptance"},
	Claim: {"认领", "Claim"}, Release: {"放回", "Release"}, Pass: {"送下一环节", "Pass on"}, SendBack: {"退回上一环节", "Send back"},
	Grant: {"准予", "Grant"}, Deny: {"不予许可", "Deny"}, Agree: {"同意", "Agree"}, AgreeWith: {"附条件同意", "Agree with conditions"},
	Disagree: {"不同意", "Disagree"}, NotConcerned: {"不涉及本部门", "Not concerned"}, NeedsUpper: {"须报上级", "Needs the upper level"},
	StopBlock: {"停止并联", "Stop the block"}, ContinueBlock: {"继续并联", "Continue the block"}, Return: {"退回重办", "Return"},
	Drop: {"减少环节", "Drop a branch"}, Add: {"增加部门", "Add a department"}, Amend: {"变更情形", "Amend answers"},
	Extend: {"延长期限", "Extend a limit"}, Hand: {"发放结果", "Hand out"}, Withdraw: {"撤回申请", "Withdraw"}, Terminate: {"终止办理", "Terminate"},
	PauseClock: {"停止计时", "Stop the clock"}, Resume: {"恢复计时", "Resume the clock"},
	Assign: {"指派", "Assign"}, Transfer: {"转办", "Transfer"}, Delegate: {"委派", "Delegate"}, GiveBack: {"交回", "Give back"},
	Recall: {"撤回", "Recall"}, Urge: {"催办", "Urge"}, AddSigner: {"加签", "Add a signature"}, RemoveSigner: {"减签", "Remove a signature"},
	Consult: {"征询", "Consult"}, Reply: {"答复", "Reply"}, Copy: {"抄送", "Send copies"}, Read: {"标记已阅", "Mark as read"},
	Comment: {"留言", "Comment"}, HandOver: {"移交工作", "Hand work over"},
	Fulfil: {"登记履行", "Record fulfilment"}, Judge: {"认定履行", "Judge the duty"}, Annul: {"撤销结果", "Annul"}, Keep: {"不予撤销", "Let it stand"},
	Challenge: {"提出撤销", "Put a result in question"}, Defend: {"登记陈述申辩", "Record a defence"},
	Arrange: {"安排时间", "Set the date"}, Record: {"登记结果", "Record the result"}, Rectify: {"登记整改", "Record rectification"}, Recheck: {"复查", "Re-check"},
	Post: {"发布公示", "Post"}, Object: {"登记异议", "Record an objection"}, Uphold: {"异议成立", "Uphold"}, Dismiss: {"异议不成立", "Dismiss"},
	Inform: {"告知利害关系人", "Tell an interested party"}, Hear: {"登记利害关系人意见", "Record what an interested party says"},
	Request: {"登记听证申请", "Record a hearing request"}, Correct: {"更正文书", "Correct a document"}, Mend: {"当场更正", "Put right on the spot"},
	Deliver: {"登记送达", "Record delivery"}, Retract: {"撤回承诺", "Take a promise back"}, OverrideOpinion: {"不采纳意见", "Override an opinion"}, Rate: {"评价", "Rate"},
	File: {"收件", "File"}, AskTime: {"申请延期", "Ask for more time"}, RefuseTime: {"不予延期", "Refuse more time"},
}
