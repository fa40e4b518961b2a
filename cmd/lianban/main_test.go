package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/cmd/lianban/internal/cli"
	"lianban/cmd/lianban/internal/run"
	"lianban/standalone/pgtest"
)

// envMain makes this test binary the program itself, so that tests run real
// processes without building it a second time.
const envMain = "LIANBAN_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(envMain) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// programEnv is the environment of such a process.
func programEnv() []string {
	return append(os.Environ(), envMain+"=1", "LIANBAN_LANG=en")
}

// said is what a command came to.
type said struct {
	out, err string
	code     cli.Exit
}

// lianban runs one command in this process, in English, on a data folder.
func lianban(t *testing.T, data string, args ...string) said {
	t.Helper()
	var out, errOut bytes.Buffer
	env := map[string]string{"LIANBAN_LANG": "en", "LIANBAN_DATA": data}
	app := cli.New(args, strings.NewReader(""), &out, &errOut, func(k string) string { return env[k] })
	app.Root().AddCommand(run.Audit(app), run.Migrate(app))
	code := app.Run(context.Background())
	return said{out.String(), errOut.String(), code}
}

// ok runs a command that must be done.
func ok(t *testing.T, data string, args ...string) string {
	t.Helper()
	s := lianban(t, data, args...)
	require.Equal(t, cli.OK, s.code, "lianban %s\n%s%s", strings.Join(args, " "), s.out, s.err)
	return s.out
}

// asked runs a command with --json and decodes what it says.
func asked[T any](t *testing.T, data string, args ...string) T {
	t.Helper()
	var v T
	out := ok(t, data, append(args, "--json")...)
	require.NoError(t, json.Unmarshal([]byte(out), &v), out)
	return v
}

// folder is a data folder that PostgreSQL's user can pass through, gone with
// this process.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := pgtest.TempDir("lianban-e2e-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

// application writes an application for the restaurant item beside its papers.
func application(t *testing.T, dir string, papers ...string) string {
	t.Helper()
	pdf := "%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "paper.pdf"), []byte(pdf), 0o644))
	var b strings.Builder
	b.WriteString(`answers: {hasLicence: false, kinds: [hot], area: 120, gathering: true, fireMode: commitment,
  mixedUse: true, fumes: true, sign: false, sewer: false, sellsTobacco: false}
form: {applicant: {name: 某某餐饮店}, premises: 某路1号, staff: 6}
promises: {fire: paper.pdf}
papers:
`)
	for _, p := range papers {
		b.WriteString("  " + p + ": paper.pdf\n")
	}
	path := filepath.Join(dir, "application.yaml")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	return path
}

// program runs one command as a process of its own.
func program(ctx context.Context, t *testing.T, env []string, args ...string) (said string, code cli.Exit) {
	t.Helper()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(programEnv(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
	}
	return string(out), cli.Exit(cmd.ProcessState.ExitCode())
}
