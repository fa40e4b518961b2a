package definition

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"lianban/engine/calendar"
)

// What the readers of YAML and of expressions say was written for programmers,
// in one language. An analyst is told what he typed, in his own, and what to
// type instead; what is not known here is passed on as it is.

// yamlSaid are the beginnings of what the YAML reader says, with what it comes from.
var yamlSaid = []struct {
	begins string
	text   calendar.Text
}{
	{"mapping value is not allowed", text("这里不能再写“键: 值”，多半是这一行或下一行没有与上面对齐，或文字中有冒号", "no key may stand here: this line or the next is not in line with those above, or a text has a colon in it")},
	{"value is not allowed", text("这里不能再写值，多半是缩进不齐", "no value may stand here; the indentation is uneven")},
	{"non-map value is specified", text("这里应写“键: 值”", "a key with its value is needed here")},
	{"unexpected key name", text("这里应写“键: 值”，缺了冒号或冒号后的空格", "a key with its value is needed here; the colon or the space after it is missing")},
	{"expected map key-value delimiter", text("这里应写“键: 值”，缺了冒号或冒号后的空格", "a key with its value is needed here; the colon or the space after it is missing")},
	{"unexpected map key", text("这里不能写键", "no key may stand here")},
	{"found an invalid key", text("这里不能写键", "no key may stand here")},
	{"map key definition includes an implicit line break", text("键写成了两行", "a key runs over two lines")},
	{"block sequence entries are not allowed", text("这里不能写“- ”列表项，列表另起一行", "no list entry may stand here; a list begins on a line of its own")},
	{"',' or '}' must be specified", text("花括号里缺逗号，或花括号、引号没有成对", "a comma is missing in the braces, or a brace or quote is not closed")},
	{"',' or ']' must be specified", text("方括号里缺逗号，或方括号、引号没有成对", "a comma is missing in the brackets, or a bracket or quote is not closed")},
	{"could not find flow mapping end", text("花括号没有成对，缺 }", "a brace is not closed: } is missing")},
	{"sequence end token", text("方括号没有成对，缺 ]", "a bracket is not closed: ] is missing")},
	{"could not find flow map content", text("花括号里缺内容", "something is missing in the braces")},
	{"expected sequence element", text("方括号里多了逗号", "there is a comma too many in the brackets")},
	{"could not find '['", text("多了一个 ]", "there is a ] too many")},
	{"could not find '{'", text("多了一个 }", "there is a } too many")},
	{"could not find end character of double-quoted text", text("双引号没有成对", "a double quote is not closed")},
	{"could not find end character of single-quoted text", text("单引号没有成对", "a single quote is not closed")},
	{"tab character cannot be used for indentation", text("缩进用了制表符", "a line is indented with a tab")},
}

func yamlText(msg string) calendar.Text {
	for _, s := range yamlSaid {
		if strings.HasPrefix(msg, s.begins) {
			return s.text
		}
	}
	return text(msg, msg)
}

// openQuote finds the quote that was not closed, where a file cannot be read: the
// reader only notices at the next quote, which may be far below. A quoted text may
// go over several lines; then something that ends a value follows it.
func openQuote(src string, until int) (at Position, quote rune) {
	rs := []rune(src)
	line, column, before := 1, 0, '\n'
	for i := 0; i < len(rs); i++ {
		c := rs[i]
		column++
		switch {
		case c == '\n':
			line, column = line+1, 0
		case c == '#' && strings.ContainsRune(" \n", before):
			for i+1 < len(rs) && rs[i+1] != '\n' {
				i++
			}
		case (c == '"' || c == '\'') && strings.ContainsRune(" ,[{\n", before):
			if line > until {
				return Position{}, 0
			}
			end, lines := i+1, 0
			for end < len(rs) && rs[end] != c {
				if rs[end] == '\n' {
					lines++
				}
				if c == '"' && rs[end] == '\\' {
					end++
				}
				end++
			}
			if lines > 0 && (end >= len(rs) || !endsValue(rs[end+1:])) {
				return Position{Line: line, Column: column}, c
			}
			column += end - i
			if lines > 0 {
				line += lines
				column = 0
				for j := end; rs[j] != '\n'; j-- {
					column++
				}
			}
			i = min(end, len(rs)-1)
		}
		before = rs[i]
	}
	return Position{}, 0
}

// endsValue says whether a value may have ended just before.
func endsValue(rest []rune) bool {
	for _, c := range rest {
		if c != ' ' {
			return strings.ContainsRune("\n,]}:#", c)
		}
	}
	return true
}

var (
	unexpected = regexp.MustCompile(`^unexpected token (\w+)(?:\((.+)\))?$`)
	strange    = regexp.MustCompile(`^unrecognized character: U\+([0-9A-F]+)`)
	mismatch   = regexp.MustCompile(`^invalid operation: (\S+) \(mismatched types? (.+?)(?: and (.+))?\)$`)
)

// typedFor says what to write for something people type in its place.
var typedFor = map[string]string{
	"=": "==", "＝": "==", "＞": ">", "＜": "<", "≥": ">=", "≤": "<=", "≠": "!=", "<>": "!=",
	"“": `"`, "”": `"`, "‘": `"`, "’": `"`, "（": "(", "）": ")", "，": ",", "＆": "and", "|": "or", "&": "and", "！": "not",
	"AND": "and", "And": "and", "且": "and", "并且": "and", "和": "and", "与": "and",
	"OR": "or", "Or": "or", "或": "or", "或者": "or", "NOT": "not", "Not": "not", "非": "not", "不": "not", "IN": "in",
}

// exprSaid puts what the expression reader says into words.
func exprSaid(msg string) (say, fix calendar.Text) {
	instead := func(got string) calendar.Text {
		if want := typedFor[got]; want != "" {
			return text("写成 "+want, "write "+want)
		}
		return calendar.Text{}
	}
	if m := unexpected.FindStringSubmatch(msg); m != nil {
		got, err := strconv.Unquote(m[2])
		if m[1] == "EOF" || err != nil {
			return text("没有写完", "it ends in the middle"), calendar.Text{}
		}
		say = text("这里不应出现 "+clip(got), clip(got)+" should not stand here")
		if m[1] == "Identifier" || m[1] == "Operator" {
			fix = instead(got)
		}
		return say, fix
	}
	if m := strange.FindStringSubmatch(msg); m != nil {
		if n, err := strconv.ParseUint(m[1], 16, 32); err == nil {
			got := string(rune(n))
			return text("不认识的字符 "+got, "the character "+got+" is not known"), instead(got)
		}
	}
	switch {
	case strings.HasPrefix(msg, "unexpected end of expression"):
		return text("没有写完", "it ends in the middle"), calendar.Text{}
	case strings.HasPrefix(msg, "literal not terminated"):
		return text("引号没有成对", "a quote is not closed"), calendar.Text{}
	case strings.HasPrefix(msg, "bad number syntax"):
		return text("数值写法有误", "this is not a number"), calendar.Text{}
	}
	return text(msg, msg), calendar.Text{}
}

// kindsSaid puts a complaint about kinds of values into words.
func kindsSaid(msg string) (say, fix calendar.Text) {
	m := mismatch.FindStringSubmatch(msg)
	if m == nil {
		return text("表达式中的类型不相配："+msg, "the kinds of values do not fit: "+msg), calendar.Text{}
	}
	left, right := ValueKind(m[2]), ValueKind(m[3])
	if right == "" {
		return text(m[1]+" 不能用于"+kindZh(left), m[1]+" does not go with a "+string(left)), calendar.Text{}
	}
	say = text(fmt.Sprintf("“%s”两边的类型不相配：%s和%s", m[1], kindZh(left), kindZh(right)), fmt.Sprintf("the two sides of %s do not fit: %s and %s", m[1], left, right))
	either := func(k ValueKind) bool { return left == k || right == k }
	switch {
	case either(ValueBoolean):
		fix = text("回答是或否的，直接写名称，或 not 加名称", "what is answered yes or no is written by its name alone, or not and the name")
	case either(ValueText) && either(ValueNumber):
		fix = text("数值不加引号，文字加引号", "numbers have no quotes, texts have")
	}
	return say, fix
}

// periodFix says how a period that was nearly right is written.
func periodFix(s string) calendar.Text {
	all := text("10wd 工作日，7cd 自然日，24h 小时，3mo 月，2y 年", "10wd working days, 7cd calendar days, 24h hours, 3mo months, 2y years")
	s = strings.Map(func(r rune) rune { // full-width letters and digits
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, strings.TrimSpace(s))
	digits := strings.TrimLeft(s, "0123456789")
	n, unit := s[:len(s)-len(digits)], strings.ToLower(strings.TrimPrefix(strings.TrimSpace(digits), "个"))
	units := map[string]string{
		"wd": "wd", "工作日": "wd", "cd": "cd", "自然日": "cd", "日历日": "cd", "h": "h", "小时": "h", "mo": "mo", "月": "mo", "y": "y", "年": "y",
		"": "d", "d": "d", "day": "d", "days": "d", "日": "d", "天": "d",
	}
	switch u := units[unit]; u {
	case "":
	case "d":
		wd, errW := calendar.ParsePeriod(n + "wd")
		cd, errC := calendar.ParsePeriod(n + "cd")
		if errW == nil && errC == nil {
			return text(fmt.Sprintf("写成 %s（工作日）或 %s（自然日）", wd, cd), fmt.Sprintf("write %s (working days) or %s (calendar days)", wd, cd))
		}
	default:
		if p, err := calendar.ParsePeriod(n + u); err == nil {
			return text("写成 "+p.String(), "write "+p.String())
		}
	}
	return all
}

// blank says what a line is indented with where it is not a space.
func blank(line string) calendar.Text {
	switch r, _ := utf8.DecodeRuneInString(line); r {
	case '\t':
		return text("缩进用了制表符", "this line is indented with a tab")
	case '\u3000':
		return text("缩进用了全角空格", "this line is indented with a full-width space")
	case '\u00a0':
		return text("缩进用了不换行空格", "this line is indented with a no-break space")
	}
	return calendar.Text{}
}
