package scenario_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/definitions"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/definition"
	"lianban/engine/scenario"
	"lianban/engine/supervision"
)

// TestCatalogue runs every scenario file of the catalogue: what analysts write
// beside a definition is true of the engine.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, play(t, "../../definitions"), 2)
}

// TestArticles runs the scenario files named after articles of the law.
func TestArticles(t *testing.T) {
	t.Parallel()
	require.Positive(t, play(t, "testdata"))
}

// play runs all scenario files under a folder and says how many there were.
func play(t *testing.T, folder string) int {
	cal, err := calendars.National()
	require.NoError(t, err)
	rules, found := supervision.Load(definitions.SupervisionName, definitions.Supervision())
	require.Empty(t, found)
	library, diagnostics, err := definition.NewLibrary(os.DirFS(folder))
	require.NoError(t, err)
	require.Empty(t, diagnostics)
	ran := 0
	for _, file := range library.Files() {
		if file.Tests == nil {
			continue
		}
		ran++
		t.Run(file.Name, func(t *testing.T) {
			item := library.ItemOf(file)
			require.NotNil(t, item)
			require.Empty(t, definition.Check(item, library).Render("en"))
			def, diagnostics := library.Resolve(item.Definition.Item.Code, item.Definition.Item.Version, file.Tests.Region)
			require.Empty(t, diagnostics)
			require.Empty(t, definition.Runnable(def).Render("en"))
			plan, err := definition.Compile(scenario.Effective(def, file.Tests))
			require.NoError(t, err)
			report := scenario.Run(&engine.Rules{Plan: plan, Calendar: cal}, rules, file.Tests)
			var failures []string
			for _, f := range report.Failures {
				failures = append(failures, f.Position.String()+": "+f.Case+": "+f.Text.EN)
			}
			require.Empty(t, strings.Join(failures, "\n"))
			require.Empty(t, report.Coverage.Never, "every step is reached by some scenario")
		})
	}
	return ran
}
