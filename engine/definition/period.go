package definition

import "lianban/engine/calendar"

// longer says that a is longer than b on every calendar. Working and calendar
// days are only comparable within bounds: n working days take at least n days
// and, between the longest holidays, at most 2n + 10.
func longer(a, b calendar.Period) bool {
	if a.Unit == b.Unit {
		return a.Amount > b.Amount
	}
	low, _ := days(a)
	_, high := days(b)
	return low > high
}

func days(p calendar.Period) (low, high float64) {
	n := float64(p.Amount)
	switch p.Unit {
	case calendar.WorkingDays:
		return n, 2*n + 10
	case calendar.CalendarDays:
		return n, n + 10 // the end rolls over holidays
	case calendar.Hours:
		return n / 24, n / 24
	case calendar.Months:
		return 28 * n, 31*n + 10
	case calendar.Years:
		return 365 * n, 366*n + 10
	}
	return 0, 0
}

func longerText(a, b string) bool {
	p, errA := calendar.ParsePeriod(a)
	q, errB := calendar.ParsePeriod(b)
	return errA == nil && errB == nil && longer(p, q)
}
