package sheet_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"lianban/api/sheet"
	"lianban/engine/calendar"
)

var (
	half  = 12.5
	words = sheet.Words{Yes: "是", No: "否"}
	rows  = [][]any{
		{"编号", "名称", "时间", "日期", "数", "比率", "无", "是否", "空", "无时间"},
		{"000123", `=HYPERLINK("http://evil","x")`, time.Date(2026, 3, 1, 20, 0, 5, 0, time.UTC), calendar.NewDate(2026, 3, 2), int64(-3), &half, (*float64)(nil), true, "", time.Time{}},
		{"＝1+1", "+86 138", "-a", "@b", "\tc", "d,\"e\"\nf", 0.25, false, "张三", calendar.Date(0)},
	}
)

func written(t *testing.T, f sheet.Format) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := sheet.New(f, &out, "办件", words)
	require.NoError(t, err)
	for _, r := range rows {
		require.NoError(t, w.Row(r...))
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestCSV(t *testing.T) {
	t.Parallel()
	raw := string(written(t, sheet.CSV))
	text, marked := strings.CutPrefix(raw, "\ufeff")
	require.True(t, marked)
	got, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"编号", "名称", "时间", "日期", "数", "比率", "无", "是否", "空", "无时间"},
		{"000123", `'=HYPERLINK("http://evil","x")`, "2026-03-02 04:00:05", "2026-03-02", "-3", "12.5", "", "是", "", ""},
		{"'＝1+1", "'+86 138", "'-a", "'@b", "'\tc", "d,\"e\"\nf", "0.25", "否", "张三", ""},
	}, got)
}

func TestXLSX(t *testing.T) {
	t.Parallel()
	f, err := excelize.OpenReader(bytes.NewReader(written(t, sheet.XLSX)))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	got, err := f.GetRows("办件")
	require.NoError(t, err)
	require.Equal(t, []string{"000123", `=HYPERLINK("http://evil","x")`, "2026-03-02 04:00:05", "2026-03-02", "-3", "12.5", "", "是"}, got[1])
	require.Equal(t, []string{"＝1+1", "+86 138", "-a", "@b", "\tc", "d,\"e\"\nf", "0.25", "否", "张三"}, got[2])
	formula, err := f.GetCellFormula("办件", "B2")
	require.NoError(t, err)
	require.Empty(t, formula, "a text")
	kind, err := f.GetCellType("办件", "A2")
	require.NoError(t, err)
	require.Equal(t, excelize.CellTypeInlineString, kind, "no number: it begins with noughts")
}
