package letters

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Draft is a letter that follows from an event, without its number.
type Draft struct {
	// ID is unique in the case: the event's sequence and the kind, and a count when one event makes
	// several of a kind. It stays the same however often the draft is made.
	ID   string
	Seq  int64
	Kind string
	// Organ gives the letter: an organisation's code.
	Organ string
	// To is "applicant" or a party, ToOrg that party's organisation.
	To, ToOrg string
	Step      string
	// Notice is the engine's notice the letter carries out, if it does one.
	Notice string
	At     time.Time
	Data   Snapshot
}

// Organ is what letters say of an organisation.
type Organ struct {
	Name string
	// Mark is its word in numbers (机关代字); empty: its name.
	Mark string
}

// Applicant stands for the applicant as an addressee.
const Applicant = "applicant"

// scene is a case right after an event.
type scene struct {
	r      *engine.Rules
	s      *engine.State
	e      *engine.Event
	organs map[string]Organ
	drafts []Draft
}

// makers are the letters that follow from events, by subject. Each looks at the event and adds what
// follows from it.
var makers = []func(*scene){intakeLetters, opinionLetters, decisionLetters, clockLetters, noticeLetters, tellingLetters, recordLetters,
	endLetters}

// Drafts gives the letters that follow from an event. s is the case right after it.
func Drafts(r *engine.Rules, s *engine.State, e *engine.Event, organs map[string]Organ) []Draft {
	sc := &scene{r: r, s: s, e: e, organs: organs}
	for _, make := range makers {
		make(sc)
	}
	return sc.drafts
}

// give adds a letter of an organisation to an addressee.
func (c *scene) give(kind, organ, to, step string, fill func(*Snapshot)) *Draft {
	if organ == "" {
		organ = c.s.Org(c.r.Plan.Def.Item.Lead)
	}
	d := Draft{Seq: c.e.Seq, Kind: kind, Organ: organ, To: to, Step: step, At: c.e.At}
	if to != Applicant {
		d.ToOrg = c.s.Org(to)
	}
	nth := 1
	for _, other := range c.drafts {
		if other.Kind == kind {
			nth++
		}
	}
	d.ID = fmt.Sprintf("%d-%s", c.e.Seq, kind)
	if nth > 1 {
		d.ID += fmt.Sprintf("-%d", nth)
	}
	c.common(&d)
	if fill != nil {
		fill(&d.Data)
	}
	c.drafts = append(c.drafts, d)
	return &c.drafts[len(c.drafts)-1]
}

// common fills the fields of every letter.
func (c *scene) common(d *Draft) {
	def := c.r.Plan.Def
	organ := c.organ(d.Organ)
	name, id := applicantOf(c.s.Form)
	to := name
	if d.To != Applicant {
		to = or(c.organs[d.ToOrg].Name, c.party(d.To))
	}
	d.Data.put("date", day(c.e.At), "year", fmt.Sprint(calendar.DateOf(c.e.At).Year()), "organ", organ.Name, "mark", or(organ.Mark, organ.Name), "to", to,
		"case", c.s.Number, "item", def.Item.Name, "itemCode", def.Item.Code, "type", typeZH[def.Item.Type], "applicant", name, "applicantId", id,
		"received", day(c.s.ReceivedAt), "lead", c.organ(c.s.Org(def.Item.Lead)).Name, "complaint", c.guide("complaint"), "phone", c.guide("phone"))
}

func (c *scene) organ(code string) Organ {
	o := c.organs[code]
	return Organ{Name: or(o.Name, code), Mark: o.Mark}
}

func (c *scene) guide(id string) string {
	for _, t := range c.r.Plan.Def.Guide {
		if t.ID == id {
			return t.Text
		}
	}
	return ""
}

// party names a party of the definition.
func (c *scene) party(id string) string {
	switch id {
	case Applicant:
		return "申请人"
	case engine.RoleSupervisor:
		return "监察部门"
	case "guide":
		return "窗口"
	case "public":
		return "社会公众"
	case "interested":
		return "利害关系人"
	}
	if x := c.s.InterestedOf(id); x != nil {
		return x.Who
	}
	for _, p := range c.r.Plan.Def.Parties {
		if p.ID == id {
			return p.Name
		}
	}
	return id
}

// of names a paper or condition of the guide, with its basis.
func (c *scene) of(id string) (name, basis string) {
	if p := c.r.Plan.Paper(id); p != nil {
		return p.Name, articles(p.Basis)
	}
	for _, k := range c.r.Plan.Conditions {
		if k.ID == id {
			return k.Text, articles(k.Basis)
		}
	}
	return id, ""
}

// step names a step.
func (c *scene) step(id string) string {
	n := c.r.Plan.Node(id)
	st := c.s.Step(id)
	switch {
	case n != nil && n.Decide != nil && n.Decide.Item.Name != "":
		return n.Decide.Item.Name
	case n != nil && n.Name != "":
		return n.Name
	case st != nil && st.Added != nil:
		return st.Added.Name
	}
	return id
}

func (c *scene) papers(ids []string) []Values {
	var rows []Values
	for i := range c.r.Plan.Papers {
		p := &c.r.Plan.Papers[i]
		st := c.s.Paper(p.ID)
		if st == nil || !slices.Contains(ids, p.ID) || st.Status == engine.PaperAbsent {
			continue
		}
		rows = append(rows, Values{"name": p.Name, "form": formZH[p.Form], "state": paperZH[st.Status]})
	}
	return rows
}

// clock puts a limit and its last day into a letter.
func (c *scene) clock(s *Snapshot, k *engine.Clock, limit, due string) {
	if k != nil {
		s.put(limit, k.Period.Text().ZH, due, dateZH(k.Day))
		s.flag("provisional", k.Provisional)
	}
}

// clockIn finds a clock among those an event started.
func clockIn(list []engine.Clock, id string) *engine.Clock {
	for i := range list {
		if base, _, _ := strings.Cut(list[i].ID, "#"); base == id {
			return &list[i]
		}
	}
	return nil
}

// remedy is what an addressee can do against an act (行政许可法第三十八条; 行政复议法第二十条).
func (c *scene) remedy(own string) string {
	return or(own, or(c.guide("remedy"), "对本决定不服的，可以自收到之日起六十日内依法申请行政复议，或者自收到之日起六个月内依法向人民法院提起行政诉讼。"))
}

// applicantOf reads the applicant out of the form's `applicant` field.
func applicantOf(form map[string]any) (name, id string) {
	m, _ := form["applicant"].(map[string]any)
	text := func(keys ...string) string {
		for _, k := range keys {
			if v, _ := m[k].(string); v != "" {
				return v
			}
		}
		return ""
	}
	return text("name"), text("idNumber", "creditCode", "id")
}

func articles(list []definition.Article) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.Law
		if a.Article != "" {
			out[i] += "第" + a.Article + "条"
		}
	}
	return strings.Join(out, "、")
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func day(t time.Time) string { return dateZH(calendar.DateOf(t)) }

func dateZH(d calendar.Date) string {
	return fmt.Sprintf("%d年%d月%d日", d.Year(), int(d.Month()), d.Day())
}

func instantZH(t time.Time) string {
	local := t.Add(calendarOffset)
	return fmt.Sprintf("%s %d时%02d分", day(t), local.UTC().Hour(), local.UTC().Minute())
}

// calendarOffset is the business zone's, +08:00 all year.
const calendarOffset = 8 * time.Hour

var typeZH = map[definition.ItemType]string{
	definition.Licence: "行政许可", definition.Benefit: "行政给付", definition.Confirmation: "行政确认", definition.Inspection: "行政检查", definition.Levy: "行政征收",
	definition.Award: "行政奖励", definition.Ruling: "行政裁决", definition.Other: "行政职权", definition.PublicService: "公共服务", definition.Programme: "联办",
}

var formZH = map[string]string{"electronic": "电子", "copy": "复印件", "original": "原件"}

var paperZH = map[engine.PaperStatus]string{
	engine.PaperAwaited: "由本次申请同时办理", engine.PaperMissing: "未提交", engine.PaperPresent: "已收",
	engine.PaperDeferred: "容缺后补", engine.PaperLetter: "以函代替", engine.PaperPromised: "以承诺代替",
}

var channelZH = map[string]string{"window": "窗口", "online": "网上", "mobile": "移动端", "courier": "邮寄", "push": "主动服务"}

// wayZH names the ways of handing out, then those of a delivery.
var wayZH = map[string]string{
	"counter": "窗口领取", "online": "电子送达",
	engine.WayDirect: "直接送达", engine.WayLeft: "留置送达", engine.WayElectronic: "电子送达", engine.WayPost: "邮寄送达",
	engine.WayRelayed: "委托或者转交送达", engine.WayPublic: "公告送达",
}

var roleZH = map[string]string{
	engine.RoleOrganHead: "机关负责人", engine.RoleGovernmentHead: "本级人民政府负责人", engine.RoleLead: "牵头单位负责人",
	engine.RoleClerk: "窗口人员", engine.RoleHandle: "承办人员",
}
