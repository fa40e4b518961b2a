package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"lianban/api/gen"
)

// malformed turns what the request validator found into a problem. It reads
// names and rules out of the document and never a submitted value: values may
// be identity numbers.
func malformed(err error) *Problem {
	switch {
	case errors.Is(err, routers.ErrPathNotFound):
		return problem(CodeNoRoute, "没有这个地址", "there is nothing under this address")
	case errors.Is(err, routers.ErrMethodNotAllowed):
		return problem(CodeNoMethod, "该地址不支持这种请求方法", "the address does not know this method")
	}
	if many := (*http.MaxBytesError)(nil); errors.As(err, &many) {
		return tooLarge(many.Limit)
	}
	// The list of all that is wrong is looked at first: as an error it would answer
	// for each of its members.
	if list, ok := err.(openapi3.MultiError); ok {
		var found []gen.FieldError
		for _, e := range list {
			p := malformed(e)
			if p.Code != CodeBadRequest {
				return p
			}
			if len(p.Errors) == 0 {
				p.Errors = []gen.FieldError{{Where: p.Where, Zh: p.Zh, En: p.En, Expected: both(p.Expected), Actual: both(p.Actual)}}
			}
			found = append(found, p.Errors...)
		}
		return badRequest(found...)
	}
	var re *openapi3filter.RequestError
	if !errors.As(err, &re) {
		return badRequest(gen.FieldError{Zh: "请求不符合接口文档", En: "the request is not as the document describes"})
	}
	if re.Parameter != nil {
		return badParameter(re)
	}
	if strings.HasPrefix(re.Reason, "header Content-Type has unexpected value") {
		return problem(CodeMediaType, "请求体须为 %s", "the body must be %s", contentTypes(re.RequestBody)).
			at("Content-Type").want(contentTypes(re.RequestBody), "another type")
	}
	if errors.Is(err, openapi3filter.ErrInvalidRequired) {
		return badRequest(gen.FieldError{Where: "body", Zh: "缺少请求体", En: "the body is missing", Expected: both(contentTypes(re.RequestBody)), Actual: both("empty")})
	}
	return badRequest(schemaErrors("", re.Err)...)
}

// badRequest is the problem of fields that are not as the document asks; the
// first one speaks for all.
func badRequest(fields ...gen.FieldError) *Problem {
	if len(fields) == 0 {
		fields = []gen.FieldError{{Zh: "请求不符合接口文档", En: "the request is not as the document describes"}}
	}
	f := fields[0]
	p := problem(CodeBadRequest, "%s", "%s").at(f.Where).want(f.Expected.EN, f.Actual.EN)
	p.Zh, p.En = f.Zh, f.En
	if len(fields) > 1 {
		p.Errors = fields
	}
	return p
}

func tooLarge(limit int64) *Problem {
	size := strconv.FormatInt(limit, 10)
	return problem(CodeTooLarge, "内容超过上限 %s 字节", "the content is larger than the limit of %s bytes", size).at("body").want("at most "+size+" bytes", "more")
}

func contentTypes(b *openapi3.RequestBody) string {
	if b == nil {
		return ""
	}
	var names []string
	for n := range b.Content {
		names = append(names, n)
	}
	return strings.Join(names, ", ")
}

func badParameter(re *openapi3filter.RequestError) *Problem {
	name, in := re.Parameter.Name, re.Parameter.In
	missing := errors.Is(re.Err, openapi3filter.ErrInvalidRequired) || errors.Is(re.Err, openapi3filter.ErrInvalidEmptyValue)
	if name == keyHeader {
		p := problem(CodeKeyMissing, "办理类请求须带 Idempotency-Key 请求头，16 至 64 位字母、数字、- 或 _",
			"an operation that acts needs the header Idempotency-Key: 16 to 64 letters, digits, - or _").
			at(keyHeader).want("16 to 64 of [A-Za-z0-9_-]", "another form")
		if missing {
			p.Actual = "missing"
		}
		return p
	}
	where := in + " " + name
	if missing {
		return badRequest(gen.FieldError{Where: where, Zh: "缺少参数 " + name, En: "the parameter " + name + " is missing", Expected: both("a value"), Actual: both("missing")})
	}
	fields := schemaErrors("", re.Err)
	for i := range fields {
		fields[i].Where = where
	}
	// A value that is not of the parameter's type at all, as limit=abc, says nothing
	// of its type in the error; the document does.
	if parse := (*openapi3filter.ParseError)(nil); len(fields) == 0 || errors.As(re.Err, &parse) {
		want := kindName(re.Parameter.Schema)
		fields = []gen.FieldError{{Where: where, Zh: "参数 " + name + " 应为 " + want, En: "the parameter " + name + " must be " + want, Expected: both(want), Actual: both("another form")}}
	}
	return badRequest(fields...)
}

func kindName(s *openapi3.SchemaRef) string {
	if s == nil || s.Value == nil || s.Value.Type == nil {
		return "a value"
	}
	if s.Value.Format != "" {
		return s.Value.Format
	}
	return strings.Join(s.Value.Type.Slice(), " or ")
}

// schemaErrors lists what a body or parameter misses, by JSON pointer.
func schemaErrors(base string, err error) []gen.FieldError {
	var multi openapi3.MultiError
	if errors.As(err, &multi) {
		var all []gen.FieldError
		for _, e := range multi {
			all = append(all, schemaErrors(base, e)...)
		}
		return all
	}
	var parse *openapi3filter.ParseError
	if errors.As(err, &parse) {
		at := orElse(base, "body")
		return []gen.FieldError{{Where: at, Zh: "内容不能解析", En: "the content cannot be parsed", Expected: both("well-formed content"), Actual: both(brokenAt(parse))}}
	}
	var se *openapi3.SchemaError
	if !errors.As(err, &se) {
		return nil
	}
	where := base
	for _, part := range se.JSONPointer() {
		where += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(shown(part))
	}
	return []gen.FieldError{ruleError(where, se)}
}

// brokenAt says where a JSON text is broken, never what stands there.
func brokenAt(parse *openapi3filter.ParseError) string {
	var syntax *json.SyntaxError
	switch {
	case errors.As(parse.Cause, &syntax):
		return "malformed at byte " + strconv.FormatInt(syntax.Offset, 10)
	case errors.Is(parse.Cause, io.ErrUnexpectedEOF), errors.Is(parse.Cause, io.EOF):
		return "ends in the middle"
	}
	return "malformed"
}

// shown gives a submitted property name only when it looks like one.
func shown(key string) string {
	if propertyName.MatchString(key) {
		return key
	}
	return "…"
}

var (
	propertyName = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_.-]{0,63}|\d{1,6})$`)
	unsupported  = regexp.MustCompile(`^property "(.*)" is unsupported$`)
	absent       = regexp.MustCompile(`^property "(.*)" is missing$`)
)

func ruleError(where string, se *openapi3.SchemaError) gen.FieldError {
	f := gen.FieldError{Where: where}
	s := se.Schema
	num := func(v *float64) string { return strconv.FormatFloat(deref(v), 'g', -1, 64) }
	unum := func(v *uint64) string { return strconv.FormatUint(deref(v), 10) }
	say := func(zh, en, expected, actual string) gen.FieldError {
		f.Zh, f.En, f.Expected, f.Actual = zh, en, both(expected), both(actual)
		return f
	}
	switch se.SchemaField {
	case "required":
		if m := absent.FindStringSubmatch(se.Reason); m != nil && !strings.HasSuffix(f.Where, "/"+m[1]) {
			f.Where += "/" + shown(m[1])
		}
		return say("缺少必填项", "a required field is missing", "a value", "missing")
	case "properties", "additionalProperties":
		if m := unsupported.FindStringSubmatch(se.Reason); m != nil && !strings.HasSuffix(f.Where, "/"+m[1]) {
			f.Where += "/" + shown(m[1])
		}
		return say("没有这个字段", "there is no such field here", "a field of the document", "unknown field")
	case "type":
		want := strings.Join(s.Type.Slice(), " or ")
		return say("类型应为 "+want, "the type must be "+want, want, jsonKind(se.Value))
	case "enum":
		var words []string
		for _, v := range s.Enum {
			if w, ok := v.(string); ok {
				words = append(words, w)
			}
		}
		want := strings.Join(words, ", ")
		return say("应为其中之一："+want, "must be one of: "+want, want, "another value")
	case "minLength":
		return say("至少 "+unum(&s.MinLength)+" 个字符", "at least "+unum(&s.MinLength)+" characters", "at least "+unum(&s.MinLength)+" characters", "fewer")
	case "maxLength":
		return say("至多 "+unum(s.MaxLength)+" 个字符", "at most "+unum(s.MaxLength)+" characters", "at most "+unum(s.MaxLength)+" characters", "more")
	case "minItems":
		return say("至少 "+unum(&s.MinItems)+" 项", "at least "+unum(&s.MinItems)+" entries", "at least "+unum(&s.MinItems), "fewer")
	case "maxItems":
		return say("至多 "+unum(s.MaxItems)+" 项", "at most "+unum(s.MaxItems)+" entries", "at most "+unum(s.MaxItems), "more")
	case "minimum", "exclusiveMinimum":
		return say("不得小于 "+num(s.Min), "not less than "+num(s.Min), "from "+num(s.Min), "less")
	case "maximum", "exclusiveMaximum":
		return say("不得大于 "+num(s.Max), "not more than "+num(s.Max), "up to "+num(s.Max), "more")
	case "pattern":
		return say("格式应为 "+s.Pattern, "the form must be "+s.Pattern, s.Pattern, "another form")
	case "format":
		return say("格式应为 "+s.Format, "the form must be "+s.Format, s.Format, "another form")
	case "nullable":
		return say("不得为空值", "null is not allowed here", "a value", "null")
	}
	return say("不符合接口文档", "not as the document describes", se.SchemaField, "something else")
}

// jsonKind names the JSON kind of a value, which says nothing about the value.
func jsonKind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "number"
}
