package house_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
	"lianban/engine/definition"
)

// documents are what people read: README and docs.
func documents(t *testing.T, visit func(name, text string)) {
	t.Helper()
	seen := 0
	files(t, func(name string, content []byte) {
		if path.Ext(name) == ".md" && (path.Dir(name) == "." || under(name, "docs")) {
			seen++
			visit(name, string(content))
		}
	})
	require.NotZero(t, seen)
}

var (
	mdLink = regexp.MustCompile(`!?\[[^\]]*\]\(([^)\s]+)\)`)
	target = regexp.MustCompile("(?:^|[ `(])make ([a-z][a-z0-9-]*)")
)

func TestLinksInDocumentsLeadSomewhere(t *testing.T) {
	t.Parallel()
	links := 0
	documents(t, func(name, text string) {
		for _, m := range mdLink.FindAllStringSubmatch(text, -1) {
			to, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(to, "://") {
				continue
			}
			links++
			file := filepath.Join(root, path.Dir(name), to)
			if to == "" {
				file = filepath.Join(root, name)
			}
			content, err := os.ReadFile(file)
			if info, statErr := os.Stat(file); statErr == nil && info.IsDir() {
				continue
			}
			if err != nil {
				t.Errorf("%s: the link %s leads nowhere", name, m[1])
				continue
			}
			if anchor != "" && strings.HasSuffix(file, ".md") && !anchors(string(content))[anchor] {
				t.Errorf("%s: the link %s names no heading", name, m[1])
			}
		}
	})
	require.NotZero(t, links)
}

// anchors are the headings of a document in the form links name them.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	fenced := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if fenced || !strings.HasPrefix(line, "#") {
			continue
		}
		var b strings.Builder
		for _, r := range strings.ToLower(strings.TrimSpace(strings.TrimLeft(line, "#"))) {
			switch {
			case r == ' ' || r == '-':
				b.WriteByte('-')
			case r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 0x3400 && r < 0xa000:
				b.WriteRune(r)
			}
		}
		found[b.String()] = true
	}
	return found
}

func TestDocumentsNameTargetsThatExist(t *testing.T) {
	t.Parallel()
	makefile := "\n" + text(t, "Makefile")
	named := 0
	documents(t, func(name, text string) {
		for line := range strings.Lines(text) {
			for _, m := range target.FindAllStringSubmatch(line, -1) {
				named++
				if !strings.Contains(makefile, "\n"+m[1]+":") {
					t.Errorf("%s: there is no make %s", name, m[1])
				}
			}
		}
	})
	require.NotZero(t, named)
}

// The picture in README shows the process of the definition that runs: each step with a promise
// is a group of its id, and the promise stands in it.
func TestPictureShowsTheRestaurantAsItRuns(t *testing.T) {
	t.Parallel()
	shown := map[string]string{}
	for _, m := range regexp.MustCompile(`(?s)<g id="(\w+)">.*?>(\d+[a-z]+)</text>\s*</g>`).FindAllStringSubmatch(text(t, "docs/flow.svg"), -1) {
		shown[m[1]] = m[2]
	}
	want := map[string]string{}
	var add func(steps []*definition.Step)
	add = func(steps []*definition.Step) {
		for _, s := range steps {
			if s.Limit != nil {
				want[s.ID] = s.Limit.Times[len(s.Limit.Times)-1].Time.String()
			}
			if s.Intake != nil {
				want["collect"], want["answer"] = s.Intake.Collect.Time.String(), s.Intake.Answer.Time.String()
			}
			add(s.Members())
		}
	}
	add(restaurant(t).Process)
	require.Equal(t, want, shown)
}

// restaurant is the newest version of the item README tells of, all its defaults filled in.
func restaurant(t *testing.T) *definition.Definition {
	t.Helper()
	lib, err := definitions.Library()
	require.NoError(t, err)
	var newest *definition.Definition
	for _, f := range lib.Items() {
		if item := &f.Definition.Item; path.Dir(f.Name) == "restaurant" && (newest == nil || item.Version > newest.Item.Version) {
			def, found := lib.Resolve(item.Code, item.Version, "")
			require.False(t, found.Failed(), found.Render("en"))
			newest = def
		}
	}
	require.NotNil(t, newest)
	return newest
}

// Every figure the program counts is in the operating notes, and they name no other.
func TestOperatingNotesNameEveryFigure(t *testing.T) {
	t.Parallel()
	counted := map[string]bool{}
	metric := regexp.MustCompile(`Name:\s*"(lianban_\w+)"`)
	files(t, func(name string, content []byte) {
		if path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") {
			for _, m := range metric.FindAllStringSubmatch(string(content), -1) {
				counted[m[1]] = true
			}
		}
	})
	told := map[string]bool{}
	for _, m := range regexp.MustCompile(`lianban_\w+`).FindAllString(text(t, "docs/operations.md"), -1) {
		told[m] = true
	}
	require.NotEmpty(t, counted)
	require.Equal(t, counted, told)
}
