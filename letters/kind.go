package letters

import (
	"slices"

	"lianban/engine/definition"
)

// FieldType says what a field of a letter holds.
type FieldType string

// The types of field.
const (
	FieldText FieldType = "text"
	FieldFlag FieldType = "flag" // for `when` alone
	FieldList FieldType = "list" // rows with columns
)

// Field is something a letter can say.
type Field struct {
	ID   string    `json:"id"`
	Type FieldType `json:"type"`
	// Zh and En say what it is.
	Zh string `json:"zh"`
	En string `json:"en"`
	// Columns of a list.
	Columns []Field `json:"columns,omitempty"`
	// Must: a template of the kind has to use it; Law is why.
	Must bool                `json:"must,omitempty"`
	Law  *definition.Article `json:"law,omitempty"`
}

// Kind is a kind of letter: who it goes to, what it can say.
type Kind struct {
	ID string `json:"id"`
	Zh string `json:"zh"`
	En string `json:"en"`
	// Word is the kind's word in a number (发文字号), as 受 in 立政服受〔2026〕1号.
	Word string `json:"word"`
	// Fields are those of the kind alone; every letter has [CommonFields] too.
	Fields []Field `json:"fields"`
}

// Snapshot is what a letter says, by field, as it was when its act was done. It is kept with the
// letter and holds personal data.
type Snapshot struct {
	Text  map[string]string   `json:"text,omitempty"`
	Flags map[string]bool     `json:"flags,omitempty"`
	Lists map[string][]Values `json:"lists,omitempty"`
}

// Values is a row of a list, by column.
type Values map[string]string

// put sets a text; an empty one is left out.
func (s *Snapshot) put(pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			if s.Text == nil {
				s.Text = map[string]string{}
			}
			s.Text[pairs[i]] = pairs[i+1]
		}
	}
}

func (s *Snapshot) flag(id string, is bool) {
	if is {
		if s.Flags == nil {
			s.Flags = map[string]bool{}
		}
		s.Flags[id] = true
	}
}

func (s *Snapshot) list(id string, rows []Values) {
	if len(rows) > 0 {
		if s.Lists == nil {
			s.Lists = map[string][]Values{}
		}
		s.Lists[id] = rows
	}
}

// has says whether a field has a value.
func (s Snapshot) has(id string) bool {
	return s.Text[id] != "" || s.Flags[id] || len(s.Lists[id]) > 0
}

func text(id, zh, en string) Field { return Field{ID: id, Type: FieldText, Zh: zh, En: en} }
func flag(id, zh, en string) Field { return Field{ID: id, Type: FieldFlag, Zh: zh, En: en} }

// must marks a field the law wants on the letter.
func must(article string, f Field) Field {
	f.Must, f.Law = true, &definition.Article{Law: "中华人民共和国行政许可法", Article: article}
	return f
}

func list(id, zh, en string, columns ...Field) Field {
	return Field{ID: id, Type: FieldList, Zh: zh, En: en, Columns: columns}
}

// CommonFields are those of every letter.
func CommonFields() []Field {
	return []Field{
		text("number", "文号", "number of the letter"), text("year", "文号的年份", "year of the number"), text("serial", "文号的顺序号", "serial of the number"),
		text("date", "成文日期", "date of the letter"), text("organ", "作出单位", "organ that gives the letter"), text("mark", "作出单位的代字", "mark of the organ in numbers"),
		text("to", "收件方", "addressee"), text("case", "办件编号", "number of the case"), text("item", "事项名称", "name of the item"),
		text("itemCode", "事项编码", "code of the item"), text("type", "行为种类，如行政许可", "kind of act, as administrative licence"),
		text("applicant", "申请人", "applicant"), text("applicantId", "申请人证件号码或统一社会信用代码", "applicant's identity or credit number"),
		text("received", "收件日期", "day of receipt"), text("lead", "牵头单位", "lead organisation"), text("code", "核验码", "verification code"),
		text("complaint", "投诉渠道", "how to complain"), text("phone", "联系方式", "how to reach the organ"),
	}
}

// Kinds lists all kinds of letter, in the order of a case.
func Kinds() []Kind { return slices.Clone(kinds) }

// KindOf finds a kind.
func KindOf(id string) (Kind, bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.ID == id })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// field finds a field of the kind, its own or a common one.
func (k Kind) field(id string) (Field, bool) {
	for _, fs := range [][]Field{k.Fields, CommonFields()} {
		for _, f := range fs {
			if f.ID == id {
				return f, true
			}
		}
	}
	return Field{}, false
}

// names lists the ids of all fields of a type; "" for any.
func (k Kind) names(t FieldType) []string {
	var out []string
	for _, fs := range [][]Field{k.Fields, CommonFields()} {
		for _, f := range fs {
			if t == "" || f.Type == t {
				out = append(out, f.ID)
			}
		}
	}
	return out
}
