package cli

import "lianban/engine/calendar"

func textOf(zhText, enText string) calendar.Text { return calendar.Text{ZH: zhText, EN: enText} }
