package definition

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// One warning is written in the canonical form as it was before there were lists, also
// where it stands in a list alone; a list reads back as what it was.
func TestWarningsInTheCanonicalForm(t *testing.T) {
	t.Parallel()
	const limit = "        limit: {time: 3wd, late: agree, basis: 地方规定}\n"
	forms, hashes := map[string]string{}, map[string]string{}
	for _, warn := range []string{"2wd", "[2wd]", "[1wd, 20h, 2wd]"} {
		lib, _ := base(t, demo(limit, limit+"        warn: "+warn+"\n"))
		def, found := lib.Resolve("DEMO-1", "1", "")
		require.NotNil(t, def, found)
		data, err := Canonical(def)
		require.NoError(t, err)
		_, rest, _ := strings.Cut(string(data), `"warn":`)
		forms[warn], _, _ = strings.Cut(rest, `,"reads"`)
		again, err := Decode(data)
		require.NoError(t, err)
		require.Equal(t, def, again)
		p, err := Compile(def)
		require.NoError(t, err)
		hashes[warn] = p.Hash
	}
	require.Equal(t, map[string]string{"2wd": `"2wd"`, "[2wd]": `"2wd"`, "[1wd, 20h, 2wd]": `["1wd","20h","2wd"]`}, forms)
	require.Equal(t, hashes["2wd"], hashes["[2wd]"])
	require.NotEqual(t, hashes["2wd"], hashes["[1wd, 20h, 2wd]"])
}

// What is wrong with a list of warnings is said in both languages, with what to type.
func TestWarningsSayWhatToType(t *testing.T) {
	t.Parallel()
	const limit = "        limit: {time: 3wd, late: agree, basis: 地方规定}\n"
	for warn, want := range map[string][2]string{
		"[]":         {"预警提前量的列表是空的", "the list of warnings is empty"},
		"[1wd, 1wd]": {"“1wd”在列表中重复", "1wd is in the list twice"},
		"[1wd, 2wd, 3wd, 4wd, 5wd, 6wd, 7wd, 8wd, 9wd, 1h]": {"预警最多 9 次，写了 10 次", "there are at most 9 warnings, not 10"},
	} {
		_, found := base(t, demo(limit, limit+"        warn: "+warn+"\n"))
		require.Len(t, found, 1, warn)
		require.Equal(t, want, [2]string{found[0].Text.ZH, found[0].Text.EN})
		require.Contains(t, found[0].Fix.ZH, "[5wd, 3wd, 1wd]")
		require.Contains(t, found[0].Fix.EN, "[5wd, 3wd, 1wd]")
	}
}
