package cli

import "strings"

// The languages people are spoken to in.
const (
	zh = "zh"
	en = "en"
)

// language finds the language before the command line is parsed, since help and
// error texts of the parser itself depend on it: --lang, LIANBAN_LANG, the
// locale; Chinese where nothing says otherwise.
func language(args []string, getenv func(string) string) string {
	for i, a := range args {
		if a == "--" {
			break
		}
		v, ok := strings.CutPrefix(a, "--lang=")
		if !ok && a == "--lang" && i+1 < len(args) {
			v, ok = args[i+1], true
		}
		if ok {
			return nameOf(v)
		}
	}
	for _, name := range []string{"LIANBAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return nameOf(v)
		}
	}
	return zh
}

// nameOf reads zh, en, en_US.UTF-8 and the like; C and POSIX speak no language.
func nameOf(s string) string {
	if strings.HasPrefix(strings.ToLower(s), en) {
		return en
	}
	return zh
}

// T gives the text in the language of this run.
func (a *App) T(zhText, enText string) string {
	if a.Lang == en {
		return enText
	}
	return zhText
}
