package scenario

import (
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Effective gives the definition its scenarios are run on: the day it takes effect is
// the first on which one of them files, where that is earlier. So the tests of a version
// need not be dated anew for the next one. Filings that expect to come too early stay
// too early.
func Effective(def *definition.Definition, file *definition.Scenarios) *definition.Definition {
	early := *def
	for i := range file.Cases {
		f := &file.Cases[i].File
		if day := calendar.DateOf(f.At).String(); f.Refused != string(engine.NotYetEffective) && day < early.Item.Effective {
			early.Item.Effective = day
		}
	}
	return &early
}
