package api

import (
	"time"

	"lianban/api/gen"
)

// lightOf is the colour of something with a due and a warning instant, and when time
// alone will change it (zero: never). What stands still is grey; that ends with an
// event, not by the clock on the wall.
func lightOf(due, warn time.Time, stopped bool, now time.Time) (light gen.Light, changes time.Time) {
	switch {
	case stopped:
		return gen.LightGrey, time.Time{}
	case passed(due, now):
		return gen.LightRed, time.Time{}
	case passed(warn, now):
		return gen.LightYellow, due
	case !warn.IsZero():
		return gen.LightGreen, warn
	}
	return gen.LightGreen, due
}

func passed(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }
