package letters

import "time"

// SampleDate is the date of samples.
var SampleDate = time.Date(2026, 2, 12, 2, 0, 0, 0, time.UTC)

// samples are what a preview without a case says. Nobody in them exists; the rare characters of the
// name show whether the fonts have them.
var samples = map[string]string{
	"number": "立政服〔2026〕1号", "year": "2026", "serial": "1", "date": "2026年2月12日", "organ": "立山区政务服务中心", "mark": "立政服",
	"to": "𠮷祥㐱味餐饮店", "case": "11210300MB0X12345A4000131001000202602120001", "item": "开办餐饮店“一件事”", "itemCode": "11210300MB0X12345A4000131001000",
	"type": "行政许可", "applicant": "𠮷祥㐱味餐饮店", "applicantId": "92210304MA0ABCDE1F", "received": "2026年2月12日", "lead": "立山区市场监督管理局",
	"code": "SAMPLE0123456789", "complaint": "可以在政务服务大厅“办不成事”反映窗口、12345 热线或评价页面反映。", "phone": "0412-0000000",
	"limit": "5 个工作日", "onDelivery": "10 个工作日", "due": "2026年2月26日", "channel": "窗口", "accepted": "2026年2月12日", "statutory": "45 个工作日", "statutoryDue": "2026年4月23日",
	"promised": "13 个工作日", "promisedDue": "2026年3月9日", "late": "逾期未补正的，终止办理", "reason": "设备布局不能防止交叉污染，经现场核对与所附图纸不符。",
	"basis": "食品安全法第三十三条", "remedy": "可以自收到本决定书之日起六十日内申请行政复议，或者六个月内向人民法院提起行政诉讼。",
	"rightOrgan": "鞍山市公安局立山分局", "of": "法定办结时限", "by": "15 个工作日", "approver": "政府负责人", "matter": "食品经营许可（备案）",
	"opinion": "附条件同意", "way": "窗口领取", "proof": "领取人签名", "delivered": "2026年3月2日 10时20分", "branch": "户外招牌设置", "ground": "申请人死亡或者依法终止",
	"name": "特殊程序期限告知书", "from": "2026年2月13日", "until": "2026年3月6日",
	"text": "增加征求生态环境部门意见。", "output": "食品经营许可证", "outputNumber": "JY22103040000001", "where": "政府门户网站、现场",
	"when": "2026年2月20日 9时30分", "place": "立山区某路 1 号", "request": "对排烟管道的设置要求听证",
	"signer": "𠮷祥㐱味餐饮店", "signed": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}

// sampleRows are the rows of lists in samples, by column.
var sampleRows = []map[string]string{
	{"limit": "自受理起5个工作日", "before": "食品经营许可（备案）", "late": "该环节终止办理", "name": "设备布局和操作流程", "form": "电子", "state": "已收", "of": "申请人", "reason": "未标明粗加工与备餐的分区", "askers": "市场监管部门", "basis": "食品安全法第三十三条",
		"number": "JY22103040000001", "until": "2031年2月11日", "text": "排烟管道出口高于屋面并定期清洗", "from": "生态环境部门", "due": "2026年4月23日", "result": "符合", "note": "已核对", "to": "立山区某路 2 号"},
	{"limit": "自受理起5个工作日", "before": "牵头部门办结", "late": "补交前该环节不予通过，逾期的不予准予", "name": "场所使用证明", "form": "复印件", "state": "已收", "of": "利害关系人", "reason": "租赁期限不足一年，请补充续租约定", "askers": "市场监管部门、消防救援机构", "basis": "食品安全法第三十三条",
		"number": "JY22103040000002", "until": "2031年2月11日", "text": "营业时间不得占用消防车通道", "from": "消防救援机构", "due": "2026年3月9日", "result": "不符合", "note": "通道宽度不足", "to": "JY22103040000012"},
}

// SampleOf makes a letter of a kind out of invented values; link is what its QR code leads to.
func SampleOf(k Kind, link string) Letter {
	l := Letter{Code: samples["code"], Link: link, Date: SampleDate, Sample: "样张"}
	for _, fields := range [][]Field{CommonFields(), k.Fields} {
		for _, f := range fields {
			switch f.Type {
			case FieldText:
				l.put(f.ID, samples[f.ID])
			case FieldList:
				var rows []Values
				for _, all := range sampleRows {
					row := Values{}
					for _, c := range f.Columns {
						row[c.ID] = all[c.ID]
					}
					rows = append(rows, row)
				}
				l.list(f.ID, rows)
			}
		}
	}
	return l
}
