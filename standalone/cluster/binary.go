package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// EnvBinDir names the environment variable that says where PostgreSQL's programs are.
const EnvBinDir = "LIANBAN_POSTGRES_BIN"

// MinVersion is the oldest PostgreSQL major version the product runs on: what Debian 12 ships.
const MinVersion = 15

// InstallHint is the one command that puts PostgreSQL on a Debian-like machine.
const InstallHint = "apt-get install -y postgresql"

// ErrNoBinaries says that no usable PostgreSQL is installed. The error that wraps it lists
// where we looked and the command that helps.
var ErrNoBinaries = errors.New("no PostgreSQL programs found")

// debianRoot is where Debian and Ubuntu keep the programs of each major version.
const debianRoot = "/usr/lib/postgresql"

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// FindBinaries returns the folder that holds initdb and postgres, version [MinVersion] or later.
// It looks at explicit (when not empty, nowhere else), then at the environment variable
// [EnvBinDir] (the same), then on PATH, then in Debian's version folders from the newest down,
// then at what pg_config says.
func FindBinaries(ctx context.Context, explicit string) (string, error) {
	for _, told := range []struct{ from, dir string }{{"the option", explicit}, {EnvBinDir, os.Getenv(EnvBinDir)}} {
		if told.dir == "" {
			continue
		}
		if err := usable(ctx, told.dir); err != nil {
			return "", fmt.Errorf("%w in %s (from %s): %w; expected a folder with initdb and postgres of version %d or later",
				ErrNoBinaries, told.dir, told.from, err, MinVersion)
		}
		return told.dir, nil
	}
	var tried []string
	for _, dir := range candidates(ctx) {
		err := usable(ctx, dir)
		if err == nil {
			return dir, nil
		}
		tried = append(tried, fmt.Sprintf("%s: %v", dir, err))
	}
	looked := "PATH, " + debianRoot + "/*/bin, pg_config --bindir"
	if len(tried) > 0 {
		looked = strings.Join(tried, "; ")
	}
	return "", fmt.Errorf("%w (looked at %s). On Debian or Ubuntu type: %s. "+
		"Where it is installed elsewhere, set %s to the folder with initdb and postgres",
		ErrNoBinaries, looked, InstallHint, EnvBinDir)
}

func candidates(ctx context.Context) []string {
	var dirs []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	debian, _ := filepath.Glob(debianRoot + "/*/bin") // the pattern is a constant, it cannot be malformed
	sort.Slice(debian, func(i, j int) bool { return debianMajor(debian[i]) > debianMajor(debian[j]) })
	dirs = append(dirs, debian...)
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	return dirs
}

func debianMajor(bin string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	if err != nil {
		return 0
	}
	return n
}

// usable tells why dir cannot serve, or nil. pg_config is also there when only client
// libraries are installed, so both programs are looked for.
func usable(ctx context.Context, dir string) error {
	for _, name := range []string{"initdb", "postgres"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("%s is missing", name)
		}
		if info.IsDir() || info.Mode()&0o111 == 0 {
			return fmt.Errorf("%s is not a program", name)
		}
	}
	major, err := majorVersion(ctx, dir)
	if err != nil {
		return err
	}
	if major < MinVersion {
		return fmt.Errorf("PostgreSQL %d is older than %d", major, MinVersion)
	}
	return nil
}

func majorVersion(ctx context.Context, dir string) (int, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("postgres --version: %w", err)
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("postgres --version said %q", strings.TrimSpace(string(out)))
	}
	return strconv.Atoi(string(m[1]))
}
