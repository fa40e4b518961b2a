package supervision

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/expr-lang/expr/types"
)

// Expressions see values as their JSON shows them: by the keys of their fields,
// with the zero value where a key would be left out. Times stay times, so that
// they can be compared.

var (
	timeType = reflect.TypeFor[time.Time]()
	textType = reflect.TypeFor[encoding.TextMarshaler]()
)

// field is a field of a struct under the key of its JSON.
type field struct {
	key   string
	index []int
	typ   reflect.Type
}

// known keeps the fields of types that were asked for: looking them up is most of
// what reading a value costs.
var known sync.Map // reflect.Type → []field

// fields lists the fields of a struct by key, those of embedded structs included.
func fields(t reflect.Type) []field {
	if have, ok := known.Load(t); ok {
		return have.([]field)
	}
	out := fieldsOf(t)
	known.Store(t, out)
	return out
}

func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case f.Anonymous && key == "" && inner.Kind() == reflect.Struct:
			for _, in := range fields(inner) {
				out = append(out, field{in.key, slices.Concat([]int{i}, in.index), in.typ})
			}
		case f.IsExported() && key != "-" && key != "":
			out = append(out, field{key, []int{i}, f.Type})
		}
	}
	return out
}

// isText says whether a type is written as a text: dates, periods.
func isText(t reflect.Type) bool {
	return t != timeType && t.Kind() != reflect.Pointer && t.Implements(textType)
}

// typeOf describes a Go type to the checker of expressions. names collects the
// keys met, for suggestions.
func typeOf(t reflect.Type, names map[string]bool) types.Type {
	switch {
	case t == timeType:
		return types.TypeOf(time.Time{})
	case isText(t):
		return types.String
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeOf(t.Elem(), names)
	case reflect.String:
		return types.String
	case reflect.Bool:
		return types.Bool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return types.Int
	case reflect.Float32, reflect.Float64:
		return types.Float64
	case reflect.Slice:
		return types.Array(typeOf(t.Elem(), names))
	case reflect.Struct:
		m := types.Map{}
		for _, f := range fields(t) {
			names[f.key] = true
			m[f.key] = typeOf(f.typ, names)
		}
		return m
	}
	return types.Any
}

// plain turns a Go value into what expressions read.
func plain(v reflect.Value) any {
	t := v.Type()
	switch {
	case t == timeType:
		return v.Interface()
	case isText(t):
		b, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil {
			return ""
		}
		return string(b)
	}
	switch t.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return plain(reflect.Zero(t.Elem()))
		}
		return plain(v.Elem())
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return int(v.Int())
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = plain(v.Index(i))
		}
		return out
	case reflect.Struct:
		fs := fields(t)
		out := make(map[string]any, len(fs))
		for _, f := range fs {
			out[f.key] = plain(walk(v, f))
		}
		return out
	case reflect.Map, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return v.Interface()
	}
	panic(fmt.Sprintf("supervision: a value of kind %s is nothing an expression could read", t.Kind()))
}

// part is plain with only some keys of a struct; keys nil: all of them.
func part(v reflect.Value, keys []string) any {
	if keys == nil || v.Kind() != reflect.Struct || v.Type() == timeType {
		return plain(v)
	}
	out := make(map[string]any, len(keys))
	for _, f := range fields(v.Type()) {
		if slices.Contains(keys, f.key) {
			out[f.key] = plain(walk(v, f))
		}
	}
	return out
}

// walk finds a field; one behind a pointer that is nil is its zero value.
func walk(v reflect.Value, f field) reflect.Value {
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return reflect.Zero(f.typ)
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}
