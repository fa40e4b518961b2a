package definition

import "lianban/engine/calendar"

// spoken are the words of the language the public guide has no name for, by the key they stand at; "" is any.
var spoken = map[string]map[string]calendar.Text{
	"": {
		"nation": {ZH: "国家级", EN: "national"}, "province": {ZH: "省级", EN: "province"}, "city": {ZH: "市级", EN: "city"},
		"county": {ZH: "县级", EN: "county"}, "town": {ZH: "乡镇级", EN: "town"}, "village": {ZH: "村级", EN: "village"},
		"boolean": {ZH: "是否", EN: "yes or no"}, "number": {ZH: "数值", EN: "number"}, "choice": {ZH: "单选", EN: "one of many"}, "choices": {ZH: "多选", EN: "several of many"},
		"duration": {ZH: "期限", EN: "duration"}, "text": {ZH: "文字", EN: "text"}, "party": {ZH: "参与单位", EN: "party"},
		"hall": {ZH: "政务服务大厅", EN: "hall"}, "department": {ZH: "部门", EN: "department"}, "government": {ZH: "政府", EN: "government"},
		"enterprise": {ZH: "企业", EN: "enterprise"}, "organisation": {ZH: "其他单位", EN: "other body"},
		"statutory": {ZH: "法定时限", EN: "legal clock"}, "promised": {ZH: "承诺时限", EN: "promised clock"},
		"safety": {ZH: "公共安全", EN: "public safety"}, "environment": {ZH: "生态环境", EN: "the environment"}, "health": {ZH: "人身健康", EN: "health"}, "finance": {ZH: "金融安全", EN: "finance"},
		"together": {ZH: "一并发放", EN: "together"}, "as-ready": {ZH: "即办即出", EN: "each as it is ready"},
		"lianban/v1": {ZH: "第一版", EN: "version 1"},
	},
	"kind": {
		"hearing": {ZH: "听证", EN: "hearing"}, "tender": {ZH: "招标", EN: "tender"}, "auction": {ZH: "拍卖", EN: "auction"}, "inspection": {ZH: "检验", EN: "inspection"},
		"testing": {ZH: "检测", EN: "testing"}, "quarantine": {ZH: "检疫", EN: "quarantine"}, "appraisal": {ZH: "鉴定", EN: "appraisal"},
		"expert-review": {ZH: "专家评审", EN: "expert review"}, "site-visit": {ZH: "现场踏勘", EN: "site visit"}, "publicity": {ZH: "公示", EN: "publicity"},
		"rectification": {ZH: "整改", EN: "rectification"}, "payment": {ZH: "缴费", EN: "payment"}, "other": {ZH: "其他程序", EN: "other"},
	},
	"from": {
		"start": {ZH: "环节开始", EN: "the start of the step"}, "receipt": {ZH: "收件", EN: "receipt"}, "acceptance": {ZH: "受理", EN: "acceptance"},
		"decision": {ZH: "决定", EN: "the decision"}, "gap": {ZH: "提出补正", EN: "the first gap named"}, "notice": {ZH: "告知", EN: "notice"}, "delivery": {ZH: "送达", EN: "delivery"},
	},
	"late": {
		"mark": {ZH: "记超期", EN: "it is marked overdue"}, "accept": {ZH: "视为受理", EN: "it counts as accepted"}, "agree": {ZH: "视为同意", EN: "it counts as agreed"},
		"grant": {ZH: "视为准予", EN: "it counts as granted"}, "skip": {ZH: "跳过", EN: "it is passed over"}, "task": {ZH: "转人工", EN: "people take over"},
		"lapse": {ZH: "申请失效", EN: "the application lapses"}, "revoke": {ZH: "提请撤销结果", EN: "the result is put in question"}, "ask": {ZH: "再次通知", EN: "he is asked again"},
	},
	"objection": {
		"lead": {ZH: "由牵头部门决定", EN: "the lead decides"}, "finish": {ZH: "其他分支照常办完", EN: "the other branches finish"}, "stop": {ZH: "其他分支停止", EN: "the other branches stop"},
	},
	"where": {
		"site": {ZH: "现场", EN: "on the site"}, "office": {ZH: "办公场所", EN: "at the office"}, "village": {ZH: "村（社区）", EN: "in the village"}, "website": {ZH: "网站", EN: "on the website"},
	},
}

// KeyWord is what a word of the language is called at a key, the word itself where it has no name.
func KeyWord(key, w string) calendar.Text {
	if t, ok := spoken[key][w]; ok {
		return t
	}
	if t := WordName(w); t.ZH != w {
		return t
	}
	if t, ok := spoken[""][w]; ok {
		return t
	}
	return text(w, w)
}
