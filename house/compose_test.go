package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

type composeFile struct {
	Services map[string]composeService `yaml:"services"`
	Volumes  map[string]any            `yaml:"volumes"`
}

type composeService struct {
	Image       string                    `yaml:"image"`
	Build       string                    `yaml:"build"`
	Command     []string                  `yaml:"command"`
	Environment map[string]string         `yaml:"environment"`
	Volumes     []string                  `yaml:"volumes"`
	Ports       []string                  `yaml:"ports"`
	Healthcheck map[string]any            `yaml:"healthcheck"`
	DependsOn   map[string]composeDepends `yaml:"depends_on"`
}

type composeDepends struct {
	Condition string `yaml:"condition"`
}

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(b)
}

func compose(t *testing.T) composeFile {
	t.Helper()
	var file composeFile
	// A key that stands beside a merge (<<) overrides the merged one; to this decoder it is a double.
	require.NoError(t, yaml.UnmarshalWithOptions([]byte(text(t, "docker-compose.yml")), &file, yaml.AllowDuplicateMapKey()))
	return file
}

// exact is a tag that names one release: latest, 16 or 1.26 would be another image tomorrow.
var exact = regexp.MustCompile(`^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?(@sha256:[0-9a-f]{64})?$`)

func TestComposeImagesArePinned(t *testing.T) {
	t.Parallel()
	for name, s := range compose(t).Services {
		if s.Build == "" {
			require.Regexp(t, exact, s.Image, name)
		}
	}
	require.NotRegexp(t, exact, "postgres:latest")
	require.NotRegexp(t, exact, "postgres:16")
	require.NotRegexp(t, exact, "temporalio/server")
}

func TestComposeHoldsTogether(t *testing.T) {
	t.Parallel()
	file := compose(t)
	roles := map[string]int{}
	for name, s := range file.Services {
		for on, how := range s.DependsOn {
			other, ok := file.Services[on]
			require.Truef(t, ok, "%s depends on %s, which is no service", name, on)
			if how.Condition == "service_healthy" {
				require.NotEmptyf(t, other.Healthcheck["test"], "%s waits for the health of %s, which has no check", name, on)
			}
		}
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if strings.HasPrefix(source, ".") {
				require.FileExists(t, filepath.Join(root, source), name)
				continue
			}
			require.Containsf(t, file.Volumes, source, "%s mounts %s", name, source)
		}
		for _, p := range s.Ports {
			require.Truef(t, strings.HasPrefix(p, "127.0.0.1:"), "%s publishes %s beyond this machine", name, p)
		}
		if i := slices.Index(s.Command, "--role"); i >= 0 {
			roles[s.Command[i+1]]++
		}
	}
	require.Equal(t, map[string]int{"api": 2, "worker": 2}, roles)
	require.Equal(t, []string{"migrate", "--temporal"}, file.Services["migrate"].Command)
}

var variable = regexp.MustCompile(`\$\{([A-Z0-9_]+)`)

// Whoever reads .env.example knows all there is to set, and nothing in it is a secret.
func TestComposeVariablesAreInTheExample(t *testing.T) {
	t.Parallel()
	var used, listed []string
	for _, m := range variable.FindAllStringSubmatch(text(t, "docker-compose.yml"), -1) {
		used = append(used, m[1])
	}
	for line := range strings.Lines(text(t, ".env.example")) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(name, "#") {
			listed = append(listed, name)
			if sensitive.MatchString(name) {
				require.Empty(t, value, name)
			}
		}
	}
	slices.Sort(used)
	slices.Sort(listed)
	require.Equal(t, slices.Compact(used), listed)
}

var sensitive = regexp.MustCompile(`PASSWORD|PWD|SECRET|TOKEN|_KEY$|DATABASE$`)

func TestComposeHoldsNoSecret(t *testing.T) {
	t.Parallel()
	seen := 0
	for name, s := range compose(t).Services {
		for key, value := range s.Environment {
			if sensitive.MatchString(key) {
				seen++
				require.Containsf(t, value, "${POSTGRES_PASSWORD:?", "%s of %s is written into the file", key, name)
			}
		}
	}
	require.NotZero(t, seen)
	require.Contains(t, text(t, ".gitignore"), "/.env\n")
}

// What the set-up tells the program, the program listens to.
func TestComposeSpeaksToTheProgram(t *testing.T) {
	t.Parallel()
	source := text(t, "cmd/lianban/internal/run/config.go")
	told := map[string]bool{}
	for name, s := range compose(t).Services {
		for key := range s.Environment {
			if strings.HasPrefix(key, "LIANBAN_") {
				told[key] = true
				require.Containsf(t, source, `env:"`+key+`"`, "%s sets %s, which the program does not know", name, key)
			}
		}
	}
	require.Contains(t, told, "LIANBAN_DATABASE")
	require.Contains(t, told, "LIANBAN_TEMPORAL")
	manual := text(t, "docs/operations.md")
	for _, m := range regexp.MustCompile(`env:"(LIANBAN_\w+)"`).FindAllStringSubmatch(source, -1) {
		require.Contains(t, manual, "`"+m[1]+"`", "docs/operations.md does not tell of %s", m[1])
	}
}

func TestDockerfileIsPinnedAndUnprivileged(t *testing.T) {
	t.Parallel()
	var froms []string
	user, healthy := "", false
	for line := range strings.Lines(text(t, "Dockerfile")) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		switch words[0] {
		case "FROM":
			froms, user, healthy = append(froms, words[1]), "", false
		case "USER":
			user = words[1]
		case "HEALTHCHECK":
			healthy = true
		}
	}
	require.Len(t, froms, 3)
	for _, from := range froms {
		require.Regexp(t, exact, from)
	}
	require.NotContains(t, []string{"", "root", "0"}, user, "the program must not run as root")
	require.True(t, healthy)
	version := regexp.MustCompile(`(?m)^go (\S+)`).FindStringSubmatch(text(t, "go.mod"))
	require.NotNil(t, version)
	require.Truef(t, strings.HasPrefix(froms[0], "golang:"+version[1]+"-"), "%s builds with another Go than go.mod names, %s", froms[0], version[1])
}
