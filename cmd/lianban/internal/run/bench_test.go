package run

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/cmd/lianban/internal/cli"
)

// What cannot be measured is said before any server is started.
func TestBenchAsksForSomethingToMeasure(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"rounds", "turns", "clients", "cases"} {
		var out, said bytes.Buffer
		app := cli.New([]string{"bench", "--lang", "en", "--" + flag, "-1"}, nil, &out, &said, func(string) string { return "" })
		app.Root().AddCommand(Bench(app))
		require.Equal(t, cli.Usage, app.Run(t.Context()), flag)
		require.Contains(t, said.String(), "--"+flag+" is at least 1, got -1")
		require.Empty(t, out.String())
	}
}
