package standalone_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"

	"lianban/standalone"
)

// The container set-up (docker-compose.yml in the root) must run Temporal as the embedded default
// does. These tests ask Temporal's own loaders what the files come to.

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", name))
	require.NoError(t, err)
	return b
}

func TestComposeHasTheSameDynamicConfig(t *testing.T) {
	t.Parallel()
	loaded := dynamicconfig.LoadYamlFile(read(t, "deploy/temporal.yaml"))
	require.NoError(t, loaded.Err())
	require.Empty(t, loaded.Warnings)
	got := map[string]any{}
	for key := range standalone.DynamicConfig() {
		values := loaded.Map[dynamicconfig.MakeKey(key)]
		require.Len(t, values, 1, key)
		require.Empty(t, values[0].Constraints, key)
		got[key] = values[0].Value
	}
	require.Equal(t, standalone.DynamicConfig(), got)
	require.Len(t, loaded.Map, len(got), "deploy/temporal.yaml has a setting the embedded default has not")
}

type composeService struct {
	Image       string            `yaml:"image"`
	Environment map[string]string `yaml:"environment"`
	Volumes     []string          `yaml:"volumes"`
}

// The server of the image is configured by its environment alone; its own template, at our
// version, says what that means.
func TestComposeConfiguresTemporal(t *testing.T) {
	var file struct {
		Services map[string]composeService `yaml:"services"`
	}
	// A key that stands beside a merge (<<) overrides the merged one; to this decoder it is a double.
	require.NoError(t, yaml.UnmarshalWithOptions(read(t, "docker-compose.yml"), &file, yaml.AllowDuplicateMapKey()))
	service := file.Services["temporal"]
	require.NotEmpty(t, service.Environment)
	for key, value := range service.Environment {
		if strings.HasPrefix(value, "${POSTGRES_PASSWORD:?") {
			value = "secret"
		}
		t.Setenv(key, value)
	}
	loaded, err := config.Load(config.WithEmbedded())
	require.NoError(t, err)
	require.EqualValues(t, standalone.HistoryShards, loaded.Persistence.NumHistoryShards)
	main := loaded.Persistence.DataStores[loaded.Persistence.DefaultStore].SQL
	lists := loaded.Persistence.DataStores[loaded.Persistence.VisibilityStore].SQL
	require.Equal(t, "postgres12_pgx", main.PluginName)
	require.Equal(t, "postgres:5432", main.ConnectAddr)
	require.Equal(t, "secret", main.Password)
	require.Equal(t, standalone.TemporalDatabase, main.DatabaseName)
	require.Equal(t, standalone.VisibilityDatabase, lists.DatabaseName)
	require.Equal(t, "secret", lists.Password)
	require.Equal(t, "0.0.0.0", loaded.Services["frontend"].RPC.BindOnIP)
	require.Equal(t, 7233, loaded.Services["frontend"].RPC.GRPCPort)
	require.Contains(t, service.Volumes, "./deploy/temporal.yaml:"+loaded.DynamicConfigClient.Filepath+":ro",
		"the dynamic configuration is mounted where the server looks for it")

	version := regexp.MustCompile(`(?m)^\s*go\.temporal\.io/server v(\S+)`).FindSubmatch(read(t, "go.mod"))
	require.NotNil(t, version)
	require.Equal(t, "temporalio/server:"+string(version[1]), service.Image, "`lianban migrate --temporal` sets up the schema of that version")
}
