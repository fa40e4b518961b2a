package sources

import (
	"errors"
	"strconv"
	"strings"
)

// pointer is a JSON Pointer (RFC 6901): "" is the whole document.
type pointer string

func (p pointer) check() error {
	if p != "" && !strings.HasPrefix(string(p), "/") {
		return errors.New("a JSON pointer begins with /")
	}
	return nil
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// in finds the value; false when there is none, or it is null.
func (p pointer) in(doc any) (any, bool) {
	if p == "" {
		return doc, doc != nil
	}
	at := doc
	for _, key := range strings.Split(string(p)[1:], "/") {
		key = unescape.Replace(key)
		switch v := at.(type) {
		case map[string]any:
			inner, ok := v[key]
			if !ok {
				return nil, false
			}
			at = inner
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			at = v[i]
		default:
			return nil, false
		}
	}
	return at, at != nil
}
