package api

import (
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"lianban/api/gen"
)

// openQuery marks an operation of the document whose caller may add parameters
// of its own: who is sent back by a provider of sign-in brings what that provider
// likes to send, and must be let in all the same (RFC 6749, 4.1.2). Probes and
// scrapers add to an address what they like, too.
const openQuery = "x-open-query"

// knownQuery refuses query parameters the document does not name for the operation.
// Ignored, a filter that is spelled wrong would answer with more than was asked.
func knownQuery(item *openapi3.PathItem, op *openapi3.Operation) echo.MiddlewareFunc {
	known := queryNames(item, op)
	open, _ := op.Extensions[openQuery].(bool)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if open {
			return next
		}
		return func(c echo.Context) error {
			if query := c.Request().URL.RawQuery; query != "" {
				if err := onlyKnown(query, known); err != nil {
					return err
				}
			}
			return next(c)
		}
	}
}

// queryNames are the query parameters of an operation, sorted.
func queryNames(item *openapi3.PathItem, op *openapi3.Operation) []string {
	var names []string
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		if p.Value.In == openapi3.ParameterInQuery {
			names = append(names, p.Value.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func onlyKnown(query string, known []string) error {
	// What does not parse is dropped by the standard library and so by every handler.
	given, err := url.ParseQuery(query)
	if err != nil {
		return badRequest(gen.FieldError{
			Where: "query", Zh: "查询参数不能解析", En: "the query cannot be parsed", Expected: both("name=value&name=value"), Actual: both("malformed"),
		})
	}
	var found []string
	for name := range given {
		if _, ok := slices.BinarySearch(known, name); !ok {
			found = append(found, shown(name))
		}
	}
	if len(found) == 0 {
		return nil
	}
	slices.Sort(found)
	return unknownParameters(slices.Compact(found), known)
}

// unknownParameters names the first for all, and each when there are more.
func unknownParameters(found, known []string) *Problem {
	zh, en := "该地址没有查询参数", "the address knows no query parameter"
	if len(known) > 0 {
		list := strings.Join(known, ", ")
		zh, en = "可用的查询参数："+list, "it knows: "+list
	}
	var fields []gen.FieldError
	for _, name := range found {
		fields = append(fields, gen.FieldError{
			Where: "query " + name, Zh: "没有查询参数 " + name + "；" + zh, En: "there is no query parameter " + name + "; " + en,
			Expected: both(orElse(strings.Join(known, ", "), "none")), Actual: both("unknown parameter"),
		})
	}
	p := badRequest(fields...)
	p.Code = CodeUnknownParameter
	return p
}
