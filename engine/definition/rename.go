package definition

import (
	"strconv"
	"strings"
	"unicode"
)

// renamer gives the steps and outputs of one copy of a fragment ids of their
// own (as + Id) and puts the copy's parameters into its expressions. What the
// fragment does not declare belongs to the including file and stays.
type renamer struct {
	as     string
	own    map[string]bool
	params map[string]string // literals of the expression language
}

// declare notes the ids a step brings with it.
func (r *renamer) declare(s *Step) {
	r.own[s.ID] = true
	if s.Decide != nil {
		for _, o := range s.Decide.Gives {
			r.own[o.ID] = true
		}
	}
}

func (r *renamer) id(id string) string {
	if r.as == "" || id == "" || !r.own[id] {
		return id
	}
	return r.as + strings.ToUpper(id[:1]) + id[1:]
}

func (r *renamer) ids(list []string) {
	for i := range list {
		list[i] = r.id(list[i])
	}
}

func (r *renamer) rename(s *Step) {
	s.ID = r.id(s.ID)
	s.When = r.expr(s.When)
	for i := range s.Needs {
		s.Needs[i].ID = r.id(s.Needs[i].ID)
		s.Needs[i].When = r.expr(s.Needs[i].When)
	}
	r.ids(s.Reads)
	r.ids(s.After)
	r.limit(s.Limit)
	switch {
	case s.Decide != nil:
		r.limit(s.Decide.Statutory)
		r.ids(s.Decide.Back)
		for i := range s.Decide.Gives {
			s.Decide.Gives[i].ID = r.id(s.Decide.Gives[i].ID)
		}
	case s.Parallel != nil:
		s.Parallel.Passes = r.expr(s.Parallel.Passes)
	case s.Publicity != nil:
		r.ids(s.Publicity.Back)
	case s.Pay != nil:
		s.Pay.Amount = r.expr(s.Pay.Amount)
	}
}

func (r *renamer) limit(l *Limit) {
	if l == nil {
		return
	}
	from, delivered := strings.CutPrefix(l.From, "delivery.")
	if l.From = r.id(from); delivered {
		l.From = "delivery." + l.From
	}
	for i := range l.Times {
		l.Times[i].When = r.expr(l.Times[i].When)
	}
}

// expr renames inside an expression. It goes through the text word by word and
// leaves everything in quotes alone, save the block named in agreed("block").
func (r *renamer) expr(src Expr) Expr {
	var out strings.Builder
	text := []rune(string(src))
	counting := false // inside agreed( or objected(
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '"' || c == '\'' || c == '`':
			end := quoteEnd(text, i)
			word := string(text[i:end])
			if inner := strings.Trim(word, string(c)); counting && r.own[inner] {
				word = string(c) + r.id(inner) + string(c)
			}
			out.WriteString(word)
			i, counting = end, false
		case unicode.IsLetter(c) || c == '_':
			end := i
			for end < len(text) && (unicode.IsLetter(text[end]) || unicode.IsDigit(text[end]) || text[end] == '_' || text[end] == '.') {
				end++
			}
			word := string(text[i:end])
			out.WriteString(r.word(word, counting))
			counting = word == "agreed" || word == "objected"
			i = end
		default:
			if c != '(' && !unicode.IsSpace(c) {
				counting = false
			}
			out.WriteRune(c)
			i++
		}
	}
	return Expr(out.String())
}

// quoteEnd finds the end of a quoted text that starts at i.
func quoteEnd(text []rune, i int) int {
	for j := i + 1; j < len(text); j++ {
		if text[j] == '\\' && text[i] != '`' {
			j++
			continue
		}
		if text[j] == text[i] {
			return j + 1
		}
	}
	return len(text)
}

func (r *renamer) word(word string, counting bool) string {
	parts := strings.Split(word, ".")
	switch {
	case counting && len(parts) == 1:
		return r.id(word)
	case len(parts) == 2 && parts[0] == "param":
		if l, ok := r.params[parts[1]]; ok {
			return l
		}
	case len(parts) > 1 && (parts[0] == "steps" || parts[0] == "outputs" || parts[0] == "calls"):
		parts[1] = r.id(parts[1])
		return strings.Join(parts, ".")
	}
	return word
}

// literal writes a parameter's value as the expression language does.
func literal(v any) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return strconv.Quote(v)
	}
	return `""`
}
