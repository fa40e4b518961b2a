// Package calendars holds the mainland's working calendar, one YAML file per year, and reads such files.
//
// A year file states the notice its days come from; without one the year is unknown and due dates in it are
// provisional. A local file states a region instead of a year and is laid over the years for every region code
// that begins with it.
//
//	year: 2026                                   region: "2103"
//	notices:                                     notice: {name: …, number: …, issued: 2026-08-01}
//	  - {name: …, number: …, issued: …}          days:
//	days:                                          - {off: 2026-08-03..2026-08-05, name: 台风停工, en: typhoon}
//	  - {off: 2026-01-01..2026-01-03, name: 元旦}
//	  - {work: 2026-01-04, name: 元旦}
//
// Only days that differ from Monday to Friday or bear a holiday's name are listed, each once, in the file of the
// year whose notice names it: the New Year holiday of 2023 begins on 2022-12-31 in 2023.yaml.
//
// Files are read strictly: an unknown key, a value of another form or a day given two ways is an error that begins
// with FILE:LINE:COLUMN where the place is known.
package calendars
