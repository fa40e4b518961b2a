package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/cmd/lianban/internal/cli"
)

// twoPersons writes a new version of an item from the command line: one person drafts, tries and asks, another publishes.
func twoPersons(t *testing.T, data, dir string) {
	t.Helper()
	const analyst, publisher = "xie.supervision", "dong.supervision"
	type draft struct {
		ID       string
		Revision int64
		State    string
	}
	draftIn := func(args ...string) draft {
		return asked[draft](t, data, append([]string{"definition", "draft"}, args...)...)
	}
	d := draftIn("new", "--item", "餐饮店", "--as", analyst)
	require.Contains(t, ok(t, data, "definition", "draft", "list", "--as", publisher), d.ID)
	work := filepath.Join(dir, "work")
	ok(t, data, "definition", "draft", "show", d.ID, "--out", work, "--as", analyst)
	file := filepath.Join(work, "definition.yaml")
	src, err := os.ReadFile(file)
	require.NoError(t, err)
	var old string
	for _, line := range strings.Split(string(src), "\n") {
		if v, is := strings.CutPrefix(line, "  version: "); is && old == "" {
			old = strings.Trim(v, `"`)
		}
	}
	require.NotEmpty(t, old)
	text := strings.Replace(string(src), `  version: "`+old+`"`, `  version: "2099.1"`, 1)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	d = draftIn("save", d.ID, file, "--revision", "1", "--as", analyst)
	stale := lianban(t, data, "definition", "draft", "save", d.ID, file, "--revision", "1", "--as", analyst)
	require.Equal(t, cli.Refused, stale.code)
	require.Contains(t, stale.err, "draft-changed")

	require.Contains(t, ok(t, data, "definition", "diff", old, "draft:"+d.ID, "--item", "餐饮店", "--as", publisher), "“2099.1”")
	moves := filepath.Join(dir, "moves.yaml")
	require.NoError(t, os.WriteFile(moves, []byte("- {do: file}\n"), 0o600))
	played := lianban(t, data, "definition", "play", file, "--moves", moves, "--as", analyst)
	require.Equal(t, cli.Refused, played.code, played.err)
	require.Contains(t, played.out, "bad-answer")

	ok(t, data, "definition", "draft", "test", d.ID, "--as", analyst)
	d = draftIn("request", d.ID, "--revision", "2", "--note", "试一试", "--effective", "2099-01-01", "--as", analyst)
	require.Equal(t, "asked", d.State)
	own := lianban(t, data, "definition", "draft", "publish", d.ID, "--revision", "3", "--as", analyst)
	require.NotEqual(t, cli.OK, own.code)
	require.Contains(t, own.err, "four-eyes")
	require.Contains(t, ok(t, data, "definition", "draft", "publish", d.ID, "--revision", "3", "--as", publisher), "2099.1")
	require.Regexp(t, `2099\.1.*试一试`, ok(t, data, "definition", "history", "餐饮店", "--as", analyst))
	ok(t, data, "definition", "suspend", "餐饮店", "2099.1", "--reason", "割接", "--as", analyst)
	ok(t, data, "definition", "resume", "餐饮店", "2099.1", "--reason", "割接完毕", "--as", analyst)
	require.NotContains(t, ok(t, data, "definition", "draft", "list", "--as", publisher), d.ID)
}
