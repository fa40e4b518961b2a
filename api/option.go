package api

import (
	"context"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// What a caller may do: the engine judges every act, this file says what its body
// wants, from the document's own schemas, so that a screen can draw it.

// GetTaskActs implements GET /v1/cases/{number}/tasks/{task}/acts.
func (s *Server) GetTaskActs(ctx context.Context, req gen.GetTaskActsRequestObject) (gen.GetTaskActsResponseObject, error) {
	f, by, people, err := s.judging(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	list, ok := engine.TaskOptions(f.rules, f.state, by, s.cfg.Clock.Now(), req.Task, people)
	if !ok {
		return nil, problem(string(engine.NotFound), "本案没有这项工作", "this case has no such task").at("task")
	}
	acts, err := s.optionViews(ctx, list)
	return gen.GetTaskActs200JSONResponse{Number: req.Number, Seq: f.state.Seq, Task: req.Task, Acts: acts}, err
}

// GetCaseActs implements GET /v1/cases/{number}/acts.
func (s *Server) GetCaseActs(ctx context.Context, req gen.GetCaseActsRequestObject) (gen.GetCaseActsResponseObject, error) {
	f, by, people, err := s.judging(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	list := engine.CaseOptions(f.rules, f.state, by, s.cfg.Clock.Now(), req.Params.Step, people)
	acts, err := s.optionViews(ctx, list)
	return gen.GetCaseActs200JSONResponse{Number: req.Number, Seq: f.state.Seq, Acts: acts}, err
}

// judging is what it takes to judge acts of the caller: a case he may see, himself, and his colleagues.
func (s *Server) judging(ctx context.Context, number string) (*folded, engine.Actor, []engine.Colleague, error) {
	if _, err := s.look(ctx, number); err != nil {
		return nil, engine.Actor{}, nil, err
	}
	f, err := s.fold(ctx, number)
	if err != nil {
		return nil, engine.Actor{}, nil, err
	}
	by, err := s.counting(ctx, number, official(ctx).actor())
	if err != nil {
		return nil, by, nil, err
	}
	if by.Over, err = s.over(ctx, by, f.state); err != nil {
		return nil, by, nil, err
	}
	people, err := s.cfg.Store.Colleagues(ctx, by.Org)
	return f, by, people, err
}

// over are the organisations below the actor's that have given a result in the case.
func (s *Server) over(ctx context.Context, by engine.Actor, state *engine.State) ([]string, error) {
	if by.Kind != engine.Person || len(state.Outputs) == 0 {
		return nil, nil
	}
	below, err := s.cfg.Store.OrgsBelow(ctx, by.Org)
	if err != nil {
		return nil, err
	}
	var orgs []string
	for i := range state.Outputs {
		if org := state.Outputs[i].Org; org != by.Org && slices.Contains(below, org) && !slices.Contains(orgs, org) {
			orgs = append(orgs, org)
		}
	}
	return orgs, nil
}

func (s *Server) optionViews(ctx context.Context, list []engine.Option) ([]gen.ActOption, error) {
	var accounts []string
	for _, o := range list {
		for _, f := range o.Fields {
			for _, c := range f.Choices {
				if c.Name == (calendar.Text{}) {
					accounts = append(accounts, c.ID)
				}
			}
		}
	}
	slices.Sort(accounts)
	names, err := s.cfg.Store.AccountNames(ctx, slices.Compact(accounts))
	if err != nil {
		return nil, err
	}
	out := make([]gen.ActOption, len(list))
	for i, o := range list {
		out[i] = gen.ActOption{Act: string(o.Do), Name: engine.ActName(o.Do), Allowed: o.Allowed, Fields: []gen.ActField{}}
		if o.Rejection != nil {
			out[i].Refusal = refusalView(o.Rejection)
			continue
		}
		out[i].Fields = s.fieldViews(&o, names)
	}
	return out, nil
}

// outOfOrder says whether a field belongs to orders to put something right and no order can be meant: the definition
// knows none, or it is a visit whose points are put right. Under which duty it was ordered, the task says.
func outOfOrder(o *engine.Option, name string) bool {
	known := func(field, id string) bool {
		return slices.ContainsFunc(o.Fields, func(f engine.OptionField) bool {
			return f.Field == field && (id == "" || slices.ContainsFunc(f.Choices, func(c engine.Choice) bool { return c.ID == id }))
		})
	}
	switch o.Do {
	case engine.Judge:
		return slices.Contains([]string{"points", "until", "on"}, name) && !known("finding", engine.FindingFix)
	case engine.Rectify:
		return name == "duty" || slices.Contains([]string{"reason", "evidence"}, name) && !known("duty", "")
	}
	return false
}

func refusalView(r *engine.Rejection) gen.Refusal {
	return gen.Refusal{Code: string(r.Code), Zh: r.Zh, En: r.En, Expected: r.Wanted(), Actual: r.Found(), Where: r.Where, Law: deref(r.Law)}
}

// fieldViews lists the fields of an act's body: what it always wants, what the rules
// ask for in this state, what may be given.
func (s *Server) fieldViews(o *engine.Option, names map[string]string) []gen.ActField {
	schema := s.actSchema(o.Do)
	list := []gen.ActField{}
	for name, ref := range schema.Properties {
		f, ok := actFields[name]
		chosen := slices.IndexFunc(o.Fields, func(x engine.OptionField) bool { return x.Field == name })
		if !ok || (name == "step" || name == "task") && chosen < 0 {
			continue // where the act is done is known, unless it is to be chosen
		}
		if outOfOrder(o, name) {
			continue
		}
		if o.Do == engine.Gap && name == "reason" && !slices.Contains(o.Needs, name) {
			continue // a supervisor's, who has more corrected after the one notice
		}
		v := gen.ActField{
			Field: name, Label: calendar.Text{ZH: f.zh, EN: f.en}, Kind: f.kind,
			Required: slices.Contains(schema.Required, name), Needed: slices.Contains(o.Needs, name), Most: most(ref.Value),
		}
		word, own := fieldsOf[o.Do][name]
		if own {
			v.Label, v.Kind = calendar.Text{ZH: word.zh, EN: word.en}, orElse(word.kind, v.Kind)
		}
		if n, ok := recordFields[name]; ok && o.Do == engine.Record && slices.Contains(o.Needs, "signatures") {
			v.Label = n
		}
		if name == "reason" && !own && !v.Required && !v.Needed {
			v.Label = calendar.Text{ZH: "备注", EN: "Remark"}
		}
		for _, e := range ref.Value.Enum {
			if word, ok := e.(string); ok {
				v.Choices = append(v.Choices, gen.ActChoice{Id: word, Name: wordName(word)})
			}
		}
		if chosen >= 0 {
			v.Choices = choiceViews(o.Fields[chosen].Choices, names)
		}
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b gen.ActField) int {
		if x := urgency(a) - urgency(b); x != 0 {
			return x
		}
		if x := actFields[a.Field].order - actFields[b.Field].order; x != 0 {
			return x
		}
		return strings.Compare(a.Field, b.Field)
	})
	return list
}

func urgency(f gen.ActField) int {
	if f.Required || f.Needed {
		return 0
	}
	return 1
}

func choiceViews(list []engine.Choice, names map[string]string) []gen.ActChoice {
	out := make([]gen.ActChoice, len(list))
	for i, c := range list {
		out[i] = gen.ActChoice{Id: c.ID, Name: c.Name, Of: c.Of, Letter: c.Letter, Schema: c.Schema, Asked: c.Asked}
		if _, worded := words[c.ID]; worded && c.Name.ZH == c.ID {
			out[i].Name = wordName(c.ID)
		}
		if c.Name == (calendar.Text{}) {
			name := orElse(names[c.ID], c.ID)
			out[i].Name = calendar.Text{ZH: name, EN: name}
		}
	}
	return out
}

// actSchema is the schema of an act's body: the act's word with a capital, and Act.
func (s *Server) actSchema(do engine.Act) *openapi3.Schema {
	return s.spec.Components.Schemas[strings.ToUpper(string(do[:1]))+string(do[1:])+"Act"].Value
}

func most(s *openapi3.Schema) int {
	switch {
	case s.MaxLength != nil:
		return int(*s.MaxLength)
	case s.MaxItems != nil:
		return int(*s.MaxItems)
	}
	return 0
}

// actField is how a field of acts is called and entered. order keeps related ones together.
type actField struct {
	order  int
	kind   gen.ActFieldKind
	zh, en string
}

// actFields are those of all acts; a test holds them against the document.
var actFields = map[string]actField{
	"task":        {1, "choice", "任务", "Task"},
	"step":        {1, "choice", "环节", "Step"},
	"branch":      {2, "choice", "分支", "Branch"},
	"duty":        {2, "choice", "义务", "Duty"},
	"output":      {2, "choice", "结果", "Result"},
	"of":          {2, "choice", "文书", "Document"},
	"promise":     {2, "choice", "承诺", "Promise"},
	"objection":   {2, "choice", "异议", "Objection"},
	"clock":       {2, "choice", "期限", "Limit"},
	"pause":       {2, "choice", "事由", "Ground"},
	"finding":     {3, "choice", "认定", "Finding"},
	"outcome":     {3, "choice", "种类", "Kind"},
	"ground":      {3, "choice", "事由", "Ground"},
	"grade":       {3, "number", "评价等级", "Grade"},
	"lines":       {4, "lines", "需要补正的内容", "What is to be corrected"},
	"statements":  {4, "statements", "逐项说明", "Statements"},
	"checks":      {5, "checks", "审查情况", "Examination"},
	"points":      {5, "points", "整改事项", "Points to put right"},
	"inspectors":  {4, "accounts", "核查人员", "Inspectors"},
	"signatures":  {12, "signatures", "笔录的确认和签字", "Who has confirmed and signed the record"},
	"takes":       {6, "takes", "对所附条件的取舍", "Conditions put to this decision"},
	"overrides":   {6, "overrides", "不采纳意见的理由", "Opinions decided against"},
	"conditions":  {6, "texts", "所附条件", "Conditions"},
	"outputs":     {7, "outputs", "结果内容", "Results"},
	"corrections": {7, "corrections", "更正内容", "Corrections"},
	"items":       {7, "choices", "项目", "Items"},
	"way":         {7, "choice", "领取方式", "Way"},
	"proof":       {8, "text", "凭证编号", "Reference of the proof"},
	"originals":   {8, "originals", "已核对原件的复印件", "Copies compared with originals"},
	"answers":     {8, "answers", "情形", "Answers"},
	"form":        {8, "form", "表单", "Form"},
	"papers":      {8, "papers", "材料", "Papers"},
	"evidence":    {9, "files", "凭证", "Evidence"},
	"file":        {9, "file", "文书", "Document"},
	"link":        {3, "choice", "退回到", "Back to"},
	"to":          {3, "choice", "退回到", "Return to"},
	"steps":       {4, "choices", "需要重办的环节", "Steps to be done again"},
	"confirmed":   {12, "boolean", "申请人已当场核对并确认", "The applicant has looked at it and confirms it"},
	"straight":    {12, "boolean", "改好后直接送回本人", "Straight back once put right"},
	"on":          {3, "dateTime", "时间", "Date and time"},
	"place":       {4, "text", "地点", "Place"},
	"chair":       {4, "account", "听证主持人", "Chair"},
	"account":     {3, "account", "同事", "Colleague"},
	"accounts":    {3, "accounts", "同事", "Colleagues"},
	"from":        {2, "account", "移出人", "Who leaves"},
	"orgs":        {4, "organisations", "单位", "Organisations"},
	"org":         {4, "organisation", "单位", "Organisation"},
	"party":       {3, "choice", "参与方", "Party"},
	"name":        {5, "text", "名称", "Name"},
	"reads":       {6, "choices", "可看的材料", "What is shown"},
	"time":        {6, "period", "时长", "How long"},
	"until":       {6, "date", "截止日", "Last day"},
	"document":    {9, "text", "文书编号", "Number of the document"},
	"rightOrgan":  {9, "text", "有权受理的机关", "Competent organ"},
	"basis":       {10, "text", "法律依据", "Legal basis"},
	"reason":      {11, "longText", "理由", "Reason"},
	"text":        {11, "longText", "内容", "Text"},
}

// NamesField says whether a field of acts has a name for people.
func NamesField(name string) bool { return actFields[name].zh != "" }

// fieldsOf are words and ways of single acts that differ.
var fieldsOf = map[engine.Act]map[string]actField{
	engine.AddSigner: {"place": {kind: "choice", zh: "加签位置", en: "Where"}},
	engine.Mend:      {"papers": {kind: "papers", zh: "改好的材料", en: "Papers put right"}, "file": {kind: "file", zh: "申请人签字的更正单", en: "Sheet signed by the applicant"}},
	engine.HandOver:  {"account": {zh: "接手人", en: "Successor"}},
	engine.Challenge: {"name": {zh: "提出请求的利害关系人或上级机关", en: "Who has asked for it"}},
	engine.Defend:    {"reason": {zh: "陈述、申辩的内容", en: "What the holder says"}},
	engine.Inform: {
		"name": {order: 1, zh: "利害关系人", en: "Interested party"}, "reason": {zh: "该事项如何直接关系其重大利益", en: "What of the application touches them"},
		"time": {zh: "陈述、申辩的时间（不写为五个工作日）", en: "How long they may state their case (left out: five working days)"},
	},
	engine.Hear:       {"of": {zh: "利害关系人", en: "Interested party"}, "reason": {zh: "陈述、申辩的内容", en: "What they say"}},
	engine.AskTime:    {"reason": {zh: "为什么不能按期完成", en: "Why it cannot be done in time"}},
	engine.RefuseTime: {"reason": {zh: "不予延期的理由", en: "Why there is no more time"}},
	engine.Object:     {"name": {zh: "异议人", en: "Who objects"}},
	engine.Read:       {"items": {zh: "抄送", en: "Copies"}},
	engine.Judge: {
		"until": {zh: "整改的最后期限（责令整改时）", en: "Last day to put it right (of an order)"}, "points": {zh: "责令整改的内容（责令整改时）", en: "What is to be put right (of an order)"},
		"on":     {zh: "核查时间（不写为现在）", en: "When the check was (left out: now)"},
		"reason": {zh: "理由", en: "Reason"}, // an order and a finding against the holder say why
	},
}

// recordFields are words of a hearing's record, which is written and signed; that of a visit is neither.
var recordFields = map[string]calendar.Text{
	"reason": {ZH: "笔录：各方陈述、申辩和质证", EN: "Record: what was said and shown"}, "file": {ZH: "签字或者盖章的笔录", EN: "The signed or sealed record"},
}

// wordName names a word a field may hold.
func wordName(word string) calendar.Text {
	if n, ok := words[word]; ok {
		return calendar.Text{ZH: n[0], EN: n[1]}
	}
	return definition.WordName(word)
}

var words = map[string][2]string{
	"lapse": {"逾期未补正", "not corrected in time"}, "death": {"申请人死亡", "death of the applicant"}, "dissolution": {"法人终止", "dissolution"},
	engine.GroundAbuse: {"滥用职权、玩忽职守", "abuse or neglect of duty"}, engine.GroundPower: {"超越法定职权", "beyond its powers"},
	engine.GroundProcedure: {"违反法定程序", "against the procedure of the law"}, engine.GroundConditions: {"不具备资格或者不符合条件", "conditions of the law not met"},
	engine.GroundOther: {"依法可以撤销的其他情形", "another case the law names"}, engine.GroundFraud: {"以欺骗、贿赂等不正当手段取得", "obtained by fraud or bribery"},
	"met": {"已履行", "met"}, "failed": {"未履行", "failed"}, engine.FindingFix: {"责令限期整改", "order to put it right"},
	"before": {"前加签", "before"}, "after": {"后加签", "after"}, "beside": {"并加签", "beside"},
}
