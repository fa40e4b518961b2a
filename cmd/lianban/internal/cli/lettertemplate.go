package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	templates "lianban/definitions/letters"
	"lianban/engine/definition"
	"lianban/letters"
	"lianban/letters/office"
)

func (a *App) letterTemplates() *cobra.Command {
	var kind, out string
	cmd := &cobra.Command{
		Use: "templates", Args: a.Args(0, 0), Short: a.T("文书种类和可用的字段；写出自带样式供修改", "Kinds of letters and their fields; writes the built-in templates to be edited"),
		Long: a.T(`列出全部文书种类。--kind 列出一种文书可用的字段。--out 把自带的样式写到一个目录（不覆盖已有文件），
改好后用 letter check 检查、letter preview 预览，再用 serve 或 dev 的 --letters 指向该目录。`,
			`Lists the kinds of letters. --kind lists the fields one can use. --out writes the built-in templates to a folder (nothing
is overwritten); edit them, check them with letter check, look at them with letter preview, and name the folder to serve or dev
with --letters.`),
		Example: "  lianban letter templates\n  lianban letter templates --kind denial\n  lianban letter templates --out letters",
		RunE: func(*cobra.Command, []string) error {
			switch {
			case out != "":
				return a.writeTemplates(out, kind)
			case kind != "":
				return a.printFields(kind)
			case a.JSON:
				return a.Print(map[string]any{"kinds": letters.Kinds(), "common": letters.CommonFields()})
			}
			t := newTable(a.T("种类", "KIND"), a.T("名称", "NAME"), a.T("文号用字", "WORD"), a.T("文件", "FILE"))
			for _, k := range letters.Kinds() {
				t.add(k.ID, a.T(k.Zh, k.En), k.Word, k.ID+templates.Suffix)
			}
			return t.print(a.Out)
		},
	}
	cmd.Flags().StringVar(&kind, "kind", "", a.T("只看这一种", "this kind alone"))
	cmd.Flags().StringVar(&out, "out", "", a.T("把样式写到这个目录", "write the templates to this folder"))
	return cmd
}

func (a *App) kindOf(id string) (letters.Kind, error) {
	k, ok := letters.KindOf(id)
	if !ok {
		return k, Fail(NotFound, "没有文书种类 %[1]s，见 letter templates", "there is no kind of letter %[1]s, see letter templates", id)
	}
	return k, nil
}

func (a *App) printFields(id string) error {
	k, err := a.kindOf(id)
	if err != nil {
		return err
	}
	if a.JSON {
		return a.Print(map[string]any{"kind": k, "common": letters.CommonFields()})
	}
	t := newTable(a.T("字段", "FIELD"), a.T("类型", "TYPE"), a.T("含义", "MEANING"), a.T("必须", "MUST"))
	for _, f := range append(k.Fields, letters.CommonFields()...) {
		law := ""
		if f.Must {
			law = f.Law.Law + "第" + f.Law.Article + "条"
		}
		t.add(f.ID, string(f.Type), a.T(f.Zh, f.En), law)
		for _, c := range f.Columns {
			t.add(f.ID+"."+c.ID, a.T("列", "column"), a.T(c.Zh, c.En), "")
		}
	}
	return t.print(a.Out)
}

func (a *App) writeTemplates(dir, only string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &Error{Code: Usage, Zh: "不能使用目录 " + dir, En: "the folder " + dir + " cannot be used", Err: err}
	}
	var wrote []string
	for _, k := range letters.Kinds() {
		if only != "" && k.ID != only {
			continue
		}
		src, err := fs.ReadFile(templates.Files(), k.ID+templates.Suffix)
		if err != nil {
			return err
		}
		name := filepath.Join(dir, k.ID+templates.Suffix)
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err == nil {
			_, err = f.Write(src)
			if closed := f.Close(); err == nil {
				err = closed
			}
		}
		if err != nil {
			return &Error{Code: Usage, Zh: "写不了 " + name, En: "cannot write " + name, Err: err}
		}
		wrote = append(wrote, name)
	}
	if a.JSON {
		return a.Print(map[string]any{"files": wrote})
	}
	for _, name := range wrote {
		a.Printf("%s\n", name)
	}
	return nil
}

func (a *App) letterCheck() *cobra.Command {
	return &cobra.Command{
		Use: "check PATH...", Args: a.Args(1, -1), Short: a.T("检查文书样式", "Check templates of letters"),
		Long: a.T(`检查文书样式。PATH 是文件，或其下所有 *.zh.yaml 都要检查的目录。每个发现一行：文件:行:列: error 代码: 说明。
有发现时退出码为 1。`, `Checks templates of letters. PATH is a file, or a folder of which all *.zh.yaml files are checked. One line per
finding: FILE:LINE:COL: error CODE: sentence. The exit code is 1 when there is any.`),
		Example: "  lianban letter check letters/denial.zh.yaml\n  lianban letter check letters",
		RunE: func(_ *cobra.Command, paths []string) error {
			files, err := letterFiles(paths)
			if err != nil {
				return err
			}
			found := definition.Diagnostics{}
			for _, name := range files {
				src, err := os.ReadFile(name)
				if err != nil {
					return unreadable(name, err)
				}
				t, d := letters.ParseTemplate(name, src)
				found = append(found, d...)
				says := strings.TrimSuffix(filepath.Base(name), templates.Suffix)
				if t != nil && !d.Failed() && strings.HasSuffix(name, templates.Suffix) && says != t.Kind {
					found = append(found, letters.Misnamed(name, says, t.Kind))
				}
			}
			if a.JSON {
				if err := a.Print(map[string]any{"files": len(files), "failed": found.Failed(), "findings": found}); err != nil {
					return err
				}
			} else {
				a.Printf("%s", found.Render(a.Lang))
				a.Notef("%s\n", a.count(len(files), found))
			}
			if found.Failed() {
				return silent(Refused)
			}
			return nil
		},
	}
}

// letterFiles are the templates named, and those in the folders named.
func letterFiles(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, unreadable(p, err)
		}
		if !info.IsDir() {
			out = append(out, p)
			continue
		}
		names, err := filepath.Glob(filepath.Join(p, "*"+templates.Suffix))
		if err != nil {
			return nil, err
		}
		out = append(out, names...)
	}
	if len(out) == 0 {
		return nil, Fail(NotFound, "没有找到文书样式（种类.zh.yaml）", "no template there (KIND.zh.yaml)")
	}
	return out, nil
}

func (a *App) letterPreview() *cobra.Command {
	var number, id, out string
	var sample bool
	var fonts []string
	cmd := &cobra.Command{
		Use: "preview KIND|FILE", Args: a.Args(1, 1), Short: a.T("按样式预览文书（PDF 或网页）", "Preview a letter by its template, as PDF or HTML"),
		Long: a.T(`按自带样式（写种类）或一个样式文件预览文书。--sample（默认）用虚构的内容；--case 和 --letter 用一份已有文书的内容。
-o 的文件名以 .pdf 或 .html 结尾决定形式。PDF 需要字体：--font（可多次，按次序取字），否则 LIANBAN_FONTS，否则系统中的默认字体。`,
			`Previews a letter by the built-in template of a kind, or by a template file. --sample (the default) uses invented content;
--case and --letter that of a letter there is. The name after -o ends in .pdf or .html, which decides the form. PDF needs fonts:
--font (may be repeated, in the order they are asked), else LIANBAN_FONTS, else the default ones of the system.`),
		Example: "  lianban letter preview denial -o denial.pdf\n  lianban letter preview letters/denial.zh.yaml --case CASE --letter 31-denial -o denial.html --as qiao.market",
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := a.templateOf(args[0])
			if err != nil {
				return err
			}
			kind, _ := letters.KindOf(t.Kind)
			l := letters.SampleOf(kind, office.Link("", "11210300MB0X12345A4000131001000202602120001", "SAMPLE0123456789"))
			if (number == "") != (id == "") || number != "" && sample {
				return Fail(Usage, "--case 与 --letter 一起使用，且不与 --sample 同用", "--case goes with --letter, and not with --sample")
			}
			if number != "" {
				if l, err = a.letterOf(cmd.Context(), kind, number, id); err != nil {
					return err
				}
			}
			return a.draw(t.Fill(l), fonts, out)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&sample, "sample", false, a.T("用虚构的内容（默认）", "invented content (the default)"))
	f.StringVar(&number, "case", "", a.T("办件编号", "number of a case"))
	f.StringVar(&id, "letter", "", a.T("文书（见 letter list）", "letter of the case, see letter list"))
	f.StringVarP(&out, "output", "o", "", a.T("写到哪个文件（.pdf 或 .html）", "file to write (.pdf or .html)"))
	f.StringArrayVar(&fonts, "font", nil, a.T("字体文件（.ttf），可多次", "font file (.ttf), may be repeated"))
	return cmd
}

// templateOf is the built-in template of a kind, or that of a file.
func (a *App) templateOf(name string) (*letters.Template, error) {
	if _, ok := letters.KindOf(name); ok {
		set, _, err := templates.Set(nil)
		return set[name], err
	}
	src, err := os.ReadFile(name)
	if os.IsNotExist(err) && !strings.ContainsAny(name, "./") {
		_, err := a.kindOf(name)
		return nil, err
	}
	if err != nil {
		return nil, unreadable(name, err)
	}
	t, found := letters.ParseTemplate(name, src)
	if t == nil || found.Failed() {
		fmt.Fprint(a.Err, found.Render(a.Lang))
		return nil, silent(Refused)
	}
	return t, nil
}

// letterOf reads what a letter of a case says.
func (a *App) letterOf(ctx context.Context, kind letters.Kind, number, id string) (letters.Letter, error) {
	var out letters.Letter
	l, err := a.connect(ctx)
	if err != nil {
		return out, err
	}
	ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: letterPath(number, id)})
	if err != nil {
		return out, err
	}
	var v gen.LetterWithData
	if err := ans.Decode(&v); err != nil {
		return out, err
	}
	if v.Letter.Kind != kind.ID {
		return out, Fail(Usage, "该文书是 %[1]s，样式是 %[2]s", "the letter is a %[1]s, the template one of %[2]s", v.Letter.Kind, kind.ID)
	}
	raw, err := json.Marshal(v.Data)
	if err == nil {
		err = json.Unmarshal(raw, &out.Snapshot)
	}
	out.Code, out.Link, out.Date, out.Sample = v.Letter.Code, office.Link("", number, v.Letter.Code), v.Letter.At, "预览"
	return out, err
}

// draw writes a page as PDF or HTML, as the file's name says.
func (a *App) draw(page letters.Page, fonts []string, out string) error {
	var content []byte
	var err error
	switch strings.ToLower(filepath.Ext(out)) {
	case ".html", ".htm":
		content, err = letters.HTML(page)
	case ".pdf":
		chain, unusable := a.Fonts(fonts)
		if unusable != nil {
			a.Notef("%s%v\n", a.T("字体不能使用：", "font not usable: "), unusable)
		}
		if !chain.Usable() {
			return Fail(NotFound, "没有可用的字体。安装 fonts-droid-fallback 和 fonts-hanazono，或用 --font 指定 .ttf 文件；也可以预览 .html",
				"there is no usable font. Install fonts-droid-fallback and fonts-hanazono, or name .ttf files with --font; .html needs none")
		}
		var missing []letters.Missing
		content, missing, err = letters.PDF(page, chain)
		for _, m := range missing {
			a.Notef("%s%s\n", a.T("字体中没有这个字，已用“〓”代替：", "no font has this character, a mark stands for it: "), m.Name())
		}
	default:
		return Fail(Usage, "用 -o 指定以 .pdf 或 .html 结尾的文件", "name a file that ends in .pdf or .html with -o")
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, content, 0o644); err != nil {
		return &Error{Code: Usage, Zh: "写不了 " + out, En: "cannot write " + out, Err: err}
	}
	if a.JSON {
		return a.Print(map[string]any{"file": out, "size": len(content)})
	}
	a.Printf("%s  %d\n", out, len(content))
	return nil
}
