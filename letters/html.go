package letters

import (
	"fmt"
	"html"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// style is all the dress a letter has: it prints on A4 as the PDF does, and needs nothing from outside.
const style = `@page{size:A4;margin:25mm 26mm 22mm 28mm}
*{box-sizing:border-box}
html{background:#f4f4f4}
body{margin:0 auto;max-width:210mm;padding:25mm 26mm 22mm 28mm;background:#fff;color:#111;font:16px/1.8 "FangSong","STFangsong","Noto Serif CJK SC","Source Han Serif SC","Noto Sans CJK SC","Droid Sans Fallback",serif;line-break:strict;overflow-wrap:anywhere}
h1{margin:0 0 4mm;font-size:26px;line-height:1.4;text-align:center;font-family:"SimHei","STHeiti","Noto Sans CJK SC","Droid Sans Fallback",sans-serif}
h2{margin:5mm 0 1mm;font-size:17px;font-family:"SimHei","STHeiti","Noto Sans CJK SC","Droid Sans Fallback",sans-serif}
p{margin:2mm 0;text-align:justify}
.number{text-align:right;margin-bottom:6mm}
.text{text-indent:2em}
.note,.foot{font-size:13px;color:#444}
.foot{margin-top:8mm;padding-top:2mm;border-top:1px solid #999}
table{width:100%;border-collapse:collapse;margin:3mm 0;font-size:15px}
th,td{border:1px solid #555;padding:1.2mm 2mm;text-align:left;vertical-align:top}
th{font-weight:600;background:#f1f1f1}
tbody th{width:26%}
.sign p{margin:5mm 0 0}
.seal{margin:10mm 0 4mm auto;width:75mm;text-align:center;break-inside:avoid}
.seal .box{height:22mm;border:1px dashed #bbb;color:#999;font-size:12px;line-height:22mm}
.qr{margin:4mm 0;display:flex;gap:4mm;align-items:center;break-inside:avoid;font-size:12px;color:#444}
.qr svg{width:26mm;height:26mm;flex:none}
.sample{position:fixed;top:40%;left:0;right:0;text-align:center;font-size:90px;color:rgba(160,0,0,.12);transform:rotate(-24deg);pointer-events:none}
tr{break-inside:avoid}
@media print{html{background:none}body{max-width:none;padding:0}}`

// HTML draws a page as one file that needs nothing from outside: no script, no font, no picture by
// address. Everything a letter says is escaped.
func HTML(p Page) ([]byte, error) {
	var b strings.Builder
	esc := html.EscapeString
	tag := func(name, class, text string) {
		b.WriteString("<" + name)
		if class != "" {
			b.WriteString(` class="` + class + `"`)
		}
		b.WriteString(">" + strings.ReplaceAll(esc(text), "\n", "<br>") + "</" + name + ">\n")
	}
	b.WriteString("<!doctype html>\n<html lang=\"" + esc(p.Lang) + "\">\n<head>\n<meta charset=\"utf-8\">\n")
	b.WriteString("<meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"robots\" content=\"noindex\">\n")
	tag("title", "", p.Title)
	b.WriteString("<style>" + style + "</style>\n</head>\n<body>\n")
	if p.Sample != "" {
		tag("div", "sample", p.Sample)
	}
	tag("h1", "", p.Title)
	if p.Number != "" {
		tag("p", "number", p.Number)
	}
	for _, block := range p.Blocks {
		switch {
		case block.To != "":
			tag("p", "to", block.To)
		case block.Heading != "":
			tag("h2", "", block.Heading)
		case block.Text != "":
			for _, line := range strings.Split(block.Text, "\n") {
				tag("p", "text", line)
			}
		case block.Note != "":
			tag("p", "note", block.Note)
		case block.Table != nil:
			htmlTable(&b, block.Table)
		case block.Sign != nil:
			b.WriteString("<div class=\"sign\">\n")
			for _, line := range block.Sign {
				tag("p", "", line+"　＿＿＿＿＿＿＿＿＿＿＿＿")
			}
			b.WriteString("</div>\n")
		case block.Seal != nil:
			b.WriteString("<div class=\"seal\">\n<div class=\"box\">（印章）</div>\n")
			tag("div", "organ", block.Seal.Organ)
			tag("div", "date", block.Seal.Date)
			b.WriteString("</div>\n")
		case block.QR != nil:
			modules, err := matrix(block.QR.Content)
			if err != nil {
				return nil, err
			}
			b.WriteString("<div class=\"qr\">\n" + svg(modules) + "\n")
			tag("div", "", block.QR.Caption)
			b.WriteString("</div>\n")
		}
	}
	if p.Foot != "" {
		tag("p", "foot", p.Foot)
	}
	b.WriteString("</body>\n</html>\n")
	return []byte(b.String()), nil
}

func htmlTable(b *strings.Builder, t *Table) {
	cell := func(name, text string) {
		b.WriteString("<" + name + ">" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>") + "</" + name + ">")
	}
	b.WriteString("<table>\n")
	if len(t.Head) > 0 {
		b.WriteString("<thead><tr>")
		for _, h := range t.Head {
			cell("th", h)
		}
		b.WriteString("</tr></thead>\n")
	}
	b.WriteString("<tbody>\n")
	for _, row := range t.Rows {
		b.WriteString("<tr>")
		for i, c := range row {
			if i == 0 && len(t.Head) == 0 {
				cell("th", c)
			} else {
				cell("td", c)
			}
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n")
}

// matrix is the QR code of a text, row by row; true is dark.
func matrix(content string) ([][]bool, error) {
	code, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	size := code.Bounds()
	rows := make([][]bool, size.Dy())
	for y := range rows {
		rows[y] = make([]bool, size.Dx())
		for x := range rows[y] {
			r, _, _, _ := code.At(size.Min.X+x, size.Min.Y+y).RGBA()
			rows[y][x] = r == 0
		}
	}
	return rows, nil
}

// quiet is the light border a reader needs around a code, in modules.
const quiet = 4

func svg(modules [][]bool) string {
	var b strings.Builder
	n := len(modules) + 2*quiet
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img" aria-label="二维码" shape-rendering="crispEdges"><path d="`, n, n)
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			run := 1
			for x+run < len(row) && row[x+run] {
				run++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
			x += run - 1
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String()
}
