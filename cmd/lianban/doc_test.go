package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// wholeCase types the whole case of docs/cli.md, line by line, on the version new cases get today.
func wholeCase(t *testing.T, data, dir string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "cli.md"))
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)A whole case, as its people type it: (.*?)```\n(.*?)```").FindStringSubmatch(string(page))
	require.NotNil(t, block)
	pdf, err := os.ReadFile(filepath.Join(dir, "paper.pdf"))
	require.NoError(t, err)

	file := []string{"case", "start", "餐饮店", "--form", "applicant.name=某某餐饮店", "--form", "premises=某路1号", "--form", "staff=6", "--as", "lin.hall"}
	given := map[string]bool{}
	for _, m := range regexp.MustCompile("`([a-zA-Z]+=[a-z0-9]+)`").FindAllStringSubmatch(block[1], -1) {
		file = append(file, "--answer", m[1])
		question, _, _ := strings.Cut(m[1], "=")
		given[question] = true
	}
	for _, question := range []string{"hasLicence", "gathering", "mixedUse", "fumes", "sign", "sewer", "sellsTobacco"} {
		if !given[question] {
			file = append(file, "--answer", question+"=false")
		}
	}
	for _, paper := range []string{"idCard", "manager", "rules", "healthCert", "flue"} {
		file = append(file, "--paper", paper+"="+filepath.Join(dir, "paper.pdf"))
	}
	s := asked[started](t, data, file...)

	lines := strings.Split(strings.TrimSpace(block[2]), "\n")
	require.Greater(t, len(lines), 10)
	for _, line := range lines {
		line, _, _ = strings.Cut(line, " #")
		args := strings.Fields(strings.NewReplacer("CASE", s.Number, "CODE", s.TrackCode).Replace(line))
		require.Equal(t, "lianban", args[0])
		for i, arg := range args {
			if id, name, ok := strings.Cut(arg, "="); ok && strings.HasSuffix(name, ".pdf") {
				path := filepath.Join(dir, name)
				require.NoError(t, os.WriteFile(path, pdf, 0o644))
				args[i] = id + "=" + path
			}
		}
		ok(t, data, args[1:]...)
	}
	c := asked[caseRow](t, data, "case", "show", s.Number, "--as", "lin.hall")
	require.Equal(t, []string{"closed", "granted"}, []string{c.Case.Status, c.Case.Outcome})
}
