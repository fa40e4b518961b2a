package cli

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"lianban/engine"
)

var update = flag.Bool("update", false, "write the golden files")

type result struct {
	out, err string
	code     Exit
}

// command runs one command line, in English unless it says otherwise.
func command(t *testing.T, in string, args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	env := map[string]string{"LIANBAN_LANG": "en", "LIANBAN_DATA": t.TempDir(), "XDG_CONFIG_HOME": t.TempDir(), "HOME": t.TempDir()}
	a := New(args, strings.NewReader(in), &out, &errOut, func(k string) string { return env[k] })
	code := a.Run(t.Context())
	return result{out.String(), errOut.String(), code}
}

var (
	millis  = regexp.MustCompile(`\d+ (?:ms|毫秒)`)
	version = regexp.MustCompile(`(calendar: |"version": "|lianban )(?:devel|20)[^\s"]*`)
)

// golden compares what a command says with a file; times and content hashes vary.
func golden(t *testing.T, name string, r result) {
	t.Helper()
	got := r.out + "--- stderr\n" + r.err + "--- exit " + itoa(int(r.code)) + "\n"
	got = version.ReplaceAllString(millis.ReplaceAllString(got, "N ms"), "${1}VERSION")
	path := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		args     []string
	}{
		{"due", "", []string{"calendar", "due", "--from", "2026-02-12", "--amount", "5", "--unit", "working"}},
		{"due-zh", "", []string{"calendar", "due", "--from", "2026-02-12", "--amount", "5", "--unit", "working", "--lang", "zh"}},
		{"due-calendar", "", []string{"calendar", "due", "--from", "2026-02-10", "--amount", "7", "--unit", "calendar"}},
		{"due-provisional", "", []string{"calendar", "due", "--from", "2027-02-01", "--amount", "10", "--unit", "wd"}},
		{"due-hours", "", []string{"calendar", "due", "--from", "2026-02-12T10:30", "--amount", "24", "--unit", "h"}},
		{"due-json", "", []string{"calendar", "due", "--from", "2026-02-12", "--amount", "3", "--unit", "mo", "--json"}},
		{"due-stdin", "2026-02-12\t5\tworking\n2026-02-10\t7\tcalendar\n2027-02-01\t10\tworking\n", []string{"calendar", "due", "--stdin"}},
		{"due-stdin-json", "2026-02-12\t5\tworking\n2027-02-01\t10\tworking\n", []string{"calendar", "due", "--stdin", "--json"}},
		{"due-stdin-bad", "2026-02-12\t5\tworking\n2026-02-30\t5\tworking\n", []string{"calendar", "due", "--stdin"}},
		{"due-bad-date", "", []string{"calendar", "due", "--from", "12.2.2026", "--amount", "5", "--unit", "working", "--lang", "zh"}},
		{"due-bad-unit", "", []string{"calendar", "due", "--from", "2026-02-12", "--amount", "5", "--unit", "days"}},
		{"due-bad-amount", "", []string{"calendar", "due", "--from", "2026-02-12", "--amount", "0", "--unit", "working"}},
		{"due-missing", "", []string{"calendar", "due", "--from", "2026-02-12"}},
		{"check", "", []string{"definition", "check", "testdata/broken.yaml"}},
		{"check-zh", "", []string{"definition", "check", "testdata/broken.yaml", "--lang", "zh"}},
		{"check-json", "", []string{"definition", "check", "testdata/broken.yaml", "--json"}},
		{"check-clean", "", []string{"definition", "check", "testdata/shop.yaml", "testdata/shop.test.yaml"}},
		{"check-runnable", "", []string{"definition", "check", "--runnable", "testdata/call.yaml"}},
		{"check-nothing", "", []string{"definition", "check", "testdata/none.yaml"}},
		{"test", "", []string{"definition", "test", "testdata/shop.yaml"}},
		{"test-fails", "", []string{"definition", "test", "testdata/fails.test.yaml"}},
		{"test-fails-zh", "", []string{"definition", "test", "testdata/fails.test.yaml", "--lang", "zh"}},
		{"unknown-command", "", []string{"task", "lst"}},
		{"unknown-flag", "", []string{"task", "list", "--frm", "x"}},
		{"unknown-lang", "", []string{"version", "--lang", "fr"}},
		{"version-flag", "", []string{"--version"}},
		{"no-account", "", []string{"task", "list", "--server", "127.0.0.1:1"}},
		{"help", "", []string{"--help"}},
		{"help-act", "", []string{"act", "--help"}},
		{"help-grant", "", []string{"act", "grant", "--help", "--lang", "zh"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := command(t, c.in, c.args...)
			if c.name == "test" { // golden files are rewritten easily; this one is of what passes
				require.Equal(t, OK, r.code, r.out)
			}
			golden(t, c.name, r)
		})
	}
}

// TestAFolderIsCheckedWhole: what cannot be read is no other YAML to be passed over.
func TestAFolderIsCheckedWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, src := range map[string]string{
		"utf16.yaml":    "\xff\xfel\x00a\x00n\x00g\x00u\x00a\x00g\x00e\x00:\x00",
		"nokey.yaml":    "item:\n\tcode: X\n",
		"calendar.yaml": "year: 2026\ndays: []\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(src), 0o600))
	}
	r := command(t, "", "definition", "check", dir)
	require.Equal(t, Refused, r.code, r.out)
	require.Contains(t, r.out, "utf16.yaml:1:1: error S001")
	require.Contains(t, r.out, "nokey.yaml:2:1: error S003")
	require.NotContains(t, r.out, "calendar.yaml")
}

// TestCatalogue: the items that come with the program are clean, run, and pass.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	r := command(t, "", "definition", "check", "--runnable", "--json", "../../../../definitions")
	require.Equal(t, OK, r.code, r.out)
	var found struct{ Files int }
	require.NoError(t, json.Unmarshal([]byte(r.out), &found))
	require.GreaterOrEqual(t, found.Files, 4)
	r = command(t, "", "definition", "test", "../../../../definitions")
	require.Equal(t, OK, r.code, r.out)
}

// TestEveryActIsACommand compares commands and flags with the engine's acts and
// the fields they read.
func TestEveryActIsACommand(t *testing.T) {
	t.Parallel()
	var acts []engine.Act
	for _, s := range actSpecs {
		acts = append(acts, s.act)
		for _, name := range s.flags {
			require.NotPanics(t, func() { flagOf(name) }, s.word)
		}
		for _, name := range s.need {
			require.True(t, name == "step" || contains(s.flags, name), "%s needs --%s and does not have it", s.word, name)
		}
	}
	require.ElementsMatch(t, engine.PersonActs, acts)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// TestCommandsTeach walks the whole tree in both languages: every command has a
// line, and one that takes arguments or acts says so.
func TestCommandsTeach(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{zh, en} {
		a := New([]string{"--lang", lang}, strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}, func(string) string { return "" })
		var walk func(*cobra.Command)
		walk = func(c *cobra.Command) {
			require.NotEmpty(t, c.Short, c.CommandPath())
			require.NotRegexp(t, `--[a-z-]+ lianban`, c.Flags().FlagUsages(), "%s: a text in backquotes is shown as the flag's type", c.CommandPath())
			if lang == en {
				require.NotRegexp(t, `\p{Han}`, c.Short, c.CommandPath())
			} else if c != a.Root() {
				require.Regexp(t, `\p{Han}`, c.Short, c.CommandPath())
			}
			for _, sub := range c.Commands() {
				walk(sub)
			}
		}
		walk(a.Root())
	}
}

func TestCompletionSpeaksTheLanguage(t *testing.T) {
	t.Parallel()
	r := command(t, "", "completion", "--help", "--lang", "zh")
	require.Equal(t, OK, r.code)
	for _, shell := range []string{"bash", "fish", "powershell", "zsh"} {
		require.Contains(t, r.out, shell+" 的补全脚本")
		require.Regexp(t, `打印 \S+ 的补全脚本`, command(t, "", "completion", shell, "--help", "--lang", "zh").out)
		require.Contains(t, command(t, "", "completion", shell).out, "lianban", shell)
	}
	require.NotContains(t, r.out, "Generate")
	require.Equal(t, Usage, command(t, "", "completion", "tcsh").code, "an unknown shell")
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		env  map[string]string
		want string
	}{
		{nil, nil, zh},
		{nil, map[string]string{"LANG": "C.UTF-8"}, zh},
		{nil, map[string]string{"LANG": "en_US.UTF-8"}, en},
		{nil, map[string]string{"LANG": "en_US.UTF-8", "LIANBAN_LANG": "zh"}, zh},
		{[]string{"x", "--lang", "en"}, map[string]string{"LIANBAN_LANG": "zh"}, en},
		{[]string{"x", "--lang=zh"}, map[string]string{"LIANBAN_LANG": "en"}, zh},
	} {
		require.Equal(t, c.want, language(c.args, func(k string) string { return c.env[k] }), "%v %v", c.args, c.env)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	tab := newTable("编号", "NAME", "", "LIGHT")
	tab.add("1", "开办餐饮店“一件事”", "", "红")
	tab.add("1234", "shop\nof two lines", "", "green")
	var b bytes.Buffer
	require.NoError(t, tab.print(&b))
	require.Equal(t, "编号  NAME                LIGHT\n1     开办餐饮店“一件事”  红\n1234  shop of two lines   green\n", b.String())
}
