package store

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Cursor is a place in a list, opaque to callers: the ordering values of the last element seen. A
// page after it is the same however much was added elsewhere. Empty: the beginning.
type Cursor string

// ErrCursor: the cursor is none of this list.
var ErrCursor = errors.New("the cursor is not one this list has given")

// place is what cursors hold: an instant and names, by list.
type place struct {
	List  string    `json:"l"`
	At    time.Time `json:"t"`
	Names []string  `json:"n"`
}

func (p place) cursor() Cursor {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and a time
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(b))
}

// place reads a cursor of the named list; ok is false for the beginning.
func (c Cursor) place(list string, names int) (p place, ok bool, err error) {
	if c == "" {
		return place{List: list, Names: make([]string, names)}, false, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil || p.List != list || len(p.Names) != names {
		return p, false, fmt.Errorf("%s: %w", list, ErrCursor)
	}
	return p, true, nil
}

// Page is how much of a list is wanted.
type Page struct {
	After Cursor
	// Limit is 1 to MaxPage; zero: 50.
	Limit int
}

// MaxPage is the most elements one page gives.
const MaxPage = 500

func (p Page) limit() int {
	switch {
	case p.Limit <= 0:
		return 50
	case p.Limit > MaxPage:
		return MaxPage
	}
	return p.Limit
}

// conditions collects the parts of a WHERE clause with their arguments.
type conditions struct {
	sql  []byte
	args []any
}

// arg adds an argument and gives its place.
func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

// and adds a condition; each ? stands for the next value.
func (c *conditions) and(sql string, values ...any) {
	c.sql = append(c.sql, " AND "...)
	for _, r := range []byte(sql) {
		if r == '?' {
			c.sql = append(c.sql, c.arg(values[0])...)
			values = values[1:]
			continue
		}
		c.sql = append(c.sql, r)
	}
}
