// Package calendar counts days the way a Chinese government hall has to: working days with the State Council's
// adjusted rest, calendar days, months, years and hours, less the days a procedure excludes, each due date with an
// explanation that can be recounted by hand.
//
// The package is pure: no clock, no files. A Calendar is one region's calendar in one version, made from Data that
// a case can carry as JSON, so that a replay years later counts as it did then.
//
//	weekday rule  <  years (State Council notices)  <  local layers, short region < long region
//	                             │
//	            New / Decode     ▼
//	Data ───────────────▶ Calendar ──▶ Due(start, period, excluded) = f(recorded facts, version)
//	  ▲                      │
//	  └──────── JSON ────────┘   Version = label + content hash
//
// # Rules
//
// The start day does not count. A due day ends at 24:00 in Zone, kept as an exclusive instant. Excluded spans are
// (From, To]. See Calendar.Due for each unit. Sources: Civil Code articles 201 to 204; Administrative Licensing Law
// articles 45 and 82; 全国年节及纪念日放假办法 (2024) articles 2, 4, 6 and 7.
//
// # Years without a notice
//
// The notice for a year appears in the autumn before. Until it is loaded, that year follows the weekday rule and
// the statutory days the data gives, and every due date that had to judge one of its days is Provisional. Loading
// the notice makes another version; open clocks are then recomputed, ended ones keep theirs. The last days of a
// December count as known with their own year although the next year's notice may still free them for New Year.
//
// # Failures
//
// Contradictory content is refused by New with an *Error that names the day. Counting itself cannot fail: it is
// total, and bad periods are refused where they are read (ParsePeriod, Period.Check).
package calendar
