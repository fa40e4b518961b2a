package cli

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilesAreComparedHere(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/shop.yaml")
	require.NoError(t, err)
	next := filepath.Join(t.TempDir(), "next.yaml")
	text := strings.NewReplacer("visits: 0", "visits: 1", "{name: 招牌效果图及尺寸位置,", "{name: 招牌效果图,").Replace(string(src))
	require.NoError(t, os.WriteFile(next, []byte(text), 0o600))
	r := command(t, "", "definition", "diff", "testdata/shop.yaml", next, "--lang", "zh")
	require.Equal(t, OK, r.code, r.err)
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	require.Len(t, lines, 3)
	require.Regexp(t, `^一般 +变更 +16 +事项：到场次数由0改为1$`, lines[1])
	require.Regexp(t, `^次要 +变更 +54 +材料“招牌效果图”：名称由“招牌效果图及尺寸位置”改为“招牌效果图”$`, lines[2])
	same := command(t, "", "definition", "diff", next, next)
	require.Equal(t, "they mean the same\n", same.err)
	r = command(t, "", "definition", "diff", "testdata/shop.yaml", next, "--json")
	var out struct {
		Changes []struct{ Weight, ZH, EN string }
	}
	require.NoError(t, json.Unmarshal([]byte(r.out), &out))
	require.Equal(t, "item: visits changed from 0 to 1", out.Changes[0].EN)
	require.Equal(t, NotFound, command(t, "", "definition", "diff", next, "testdata/none.yaml").code)
	require.Equal(t, Refused, command(t, "", "definition", "diff", next, "testdata/shop.test.yaml").code)
}

func TestVersionsAreComparedByTheServer(t *testing.T) {
	h, home := newHall(t), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	h.on("GET /v1/items", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, `{"items":[{"item":"restaurant","code":"C1","name":"餐饮店"}]}`)
	})
	h.on("GET /v1/items/C1/diff", func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "2026.1", r.URL.Query().Get("from"))
		require.Equal(t, "draft:D1", r.URL.Query().Get("to"))
		send(w, 200, `{"changes":[{"weight":"high","area":"item","what":"changed","path":"promised","zh":"事项","en":"item: promised limit changed","to":{"line":9,"column":1}}],
			"toFindings":[{"line":3,"column":1,"severity":"error","code":"S102","zh":"缺","en":"a key is missing"}]}`)
	})
	r := h.at(t, home, "definition", "diff", "2026.1", "draft:D1", "--item", "餐饮店", "--as", "lin.hall")
	require.Equal(t, OK, r.code, r.err)
	require.Regexp(t, `high +changed +9 +item: promised limit changed`, r.out)
	require.Contains(t, r.err, "draft:D1:3:1: error S102: a key is missing")
}

func TestTheSchemaOfTheLanguageIsPrinted(t *testing.T) {
	t.Parallel()
	for lang, said := range map[string]string{"zh": "事项：编码", "en": "item: code"} {
		var schema struct {
			Properties map[string]struct{ Description string }
		}
		r := command(t, "", "definition", "schema", "--lang", lang)
		require.NoError(t, json.Unmarshal([]byte(r.out), &schema))
		require.Contains(t, schema.Properties["item"].Description, said)
	}
}
