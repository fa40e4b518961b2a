package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lianban/cmd/lianban/internal/client"
)

func (a *App) exportFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "export", "", a.T("写成电子表格：文件名以 .xlsx 或 .csv 结尾", "write a spreadsheet: a file that ends with .xlsx or .csv"))
}

// export fetches a table into a file; one that breaks off leaves none.
func (a *App) export(ctx context.Context, l *link, path string, q url.Values, file string) error {
	format := strings.ToLower(strings.TrimPrefix(filepath.Ext(file), "."))
	if format != "xlsx" && format != "csv" {
		return Fail(Usage, "--export 的文件名应以 .xlsx 或 .csv 结尾", "the file of --export ends with .xlsx or .csv")
	}
	q.Set("format", format)
	q.Set("lang", a.T("zh", "en"))
	resp, err := l.client.Stream(ctx, client.Call{Method: http.MethodGet, Path: path, Query: q})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	f, err := os.Create(file)
	if err != nil {
		return &Error{Code: Usage, Zh: "写不了 " + file, En: "cannot write " + file, Err: err}
	}
	_, err = io.Copy(f, resp.Body)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	a.Notef("%s %s\n", a.T("已写到", "written to"), file)
	return nil
}
