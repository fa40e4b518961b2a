package definition_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine/definition"
)

// One post, one name: what the case says of it, and what the console's screens call it.
func TestTheConsoleCallsRolesAsTheEngineDoes(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "web", "src", "texts", lang, "common.json"))
		require.NoError(t, err)
		var words struct{ Role map[string]string }
		require.NoError(t, json.Unmarshal(raw, &words))
		want := make(map[string]string, len(definition.Roles))
		for _, role := range definition.Roles {
			want[role] = definition.RoleName(role).In(lang)
			require.NotEqual(t, role, definition.RoleName(role).ZH, "a role without a name")
		}
		require.Equal(t, want, words.Role, lang)
	}
}
