package letters

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/signintech/gopdf"
)

// The page: A4, points.
const (
	paperWidth, paperHeight = 595.28, 841.89
	left, right             = 79.4, 73.7 // 28 mm, 26 mm
	top, bottom             = 71.0, 68.0
	textWidth               = paperWidth - left - right

	bodySize, bodyLead   = 12.0, 21.5
	titleSize, titleLead = 21.0, 30.0
	tableSize, tableLead = 10.5, 16.0
	smallSize, smallLead = 9.0, 14.0
	pad                  = 5.0
)

// ErrNoFont: there is no font to draw a PDF with.
var ErrNoFont = errors.New("no usable font")

// PDF draws a page as PDF. Characters no font has are replaced by a mark, named at the letter's foot
// and given back.
func PDF(p Page, fonts *Fonts) ([]byte, []Missing, error) {
	if !fonts.Usable() {
		return nil, nil, ErrNoFont
	}
	d := lay(p, fonts, 1)
	if d.lonely {
		// A seal alone on a page seals nothing: the lines move closer, once.
		if closer := lay(p, fonts, 0.84); !closer.lonely {
			d = closer
		}
	}
	var missing []Missing
	for r := range d.missing {
		missing = append(missing, Missing{r})
	}
	slices.SortFunc(missing, func(a, b Missing) int { return int(a.Rune - b.Rune) })
	if len(missing) > 0 {
		names := make([]string, len(missing))
		for i, m := range missing {
			names[i] = m.Name()
		}
		d.paragraph("本文书中以“〓”代替的字，字库暂缺，其编码为："+strings.Join(names, "、")+"。文字以网页版为准。", smallSize, smallLead, 0)
	}
	b, err := d.write(p)
	return b, missing, err
}

// lay lays a page out with its lines apart by a share of the usual.
func lay(p Page, fonts *Fonts, share float64) *drawing {
	d := &drawing{fonts: fonts, missing: map[rune]bool{}, share: share}
	d.newPage()
	d.page(p)
	return d
}

// run is text to be drawn at a baseline.
type run struct {
	x, y, size float64
	chars      []typed
}

// stroke is a line, block a filled rectangle.
type stroke struct{ x1, y1, x2, y2 float64 }
type block struct{ x, y, w, h float64 }

// sheet is one page of paper.
type sheet struct {
	runs    []run
	strokes []stroke
	blocks  []block
	boxes   []block // dashed
}

// drawing lays a letter out.
type drawing struct {
	fonts   *Fonts
	missing map[rune]bool
	sheets  []*sheet
	y       float64
	share   float64
	lonely  bool // the seal stands on a page without text
}

func (d *drawing) sheet() *sheet { return d.sheets[len(d.sheets)-1] }

func (d *drawing) newPage() {
	d.sheets = append(d.sheets, &sheet{})
	d.y = top
}

// need begins a new page when so much height is not left.
func (d *drawing) need(height float64) {
	if d.y+height > paperHeight-bottom && d.y > top {
		d.newPage()
	}
}

func (d *drawing) set(text string) []typed { return d.fonts.set(text, d.missing) }

func widthOf(chars []typed, size float64) (w float64) {
	for _, c := range chars {
		w += c.width * size / 1000
	}
	return w
}

// baseline is where characters of a size stand in a line of a height.
func baseline(y, size, lead float64) float64 { return y + (lead-size)/2 + size*0.86 }

func (d *drawing) put(x, y, size, lead float64, chars []typed) {
	d.sheet().runs = append(d.sheet().runs, run{x: x, y: baseline(y, size, lead), size: size, chars: chars})
}

// paragraph writes lines, the first indented by so many characters.
func (d *drawing) paragraph(text string, size, lead, indent float64) {
	lead *= d.share
	for _, part := range strings.Split(text, "\n") {
		for i, line := range lines(d.set(part), size, textWidth, indent*size) {
			d.need(lead)
			x := left
			if i == 0 {
				x += indent * size
			}
			d.put(x, d.y, size, lead, line)
			d.y += lead
		}
	}
}

// aligned writes lines centred (0.5) or to the right (1).
func (d *drawing) aligned(text string, size, lead, x, width, at float64) {
	for _, line := range lines(d.set(text), size, width, 0) {
		d.need(lead)
		d.put(x+(width-widthOf(line, size))*at, d.y, size, lead, line)
		d.y += lead
	}
}

func (d *drawing) page(p Page) {
	d.aligned(p.Title, titleSize, titleLead, left, textWidth, 0.5)
	d.y += 6
	if p.Number != "" {
		d.aligned(p.Number, bodySize, bodyLead, left, textWidth, 1)
	}
	d.y += 10
	for i, b := range p.Blocks {
		switch {
		case b.To != "":
			d.paragraph(b.To, bodySize, bodyLead, 0)
		case b.Heading != "":
			d.need(bodyLead + 10 + tableLead*2) // a heading does not stand alone at the foot of a page
			d.y += 5
			d.paragraph(b.Heading, bodySize+1.5, bodyLead, 0)
		case b.Text != "":
			for _, part := range strings.Split(b.Text, "\n") {
				d.paragraph(part, bodySize, bodyLead, 2)
			}
		case b.Note != "":
			d.y += 3
			d.paragraph(b.Note, smallSize, smallLead, 0)
		case b.Table != nil:
			d.y += 5
			d.table(b.Table)
			d.y += 7
		case b.Sign != nil:
			for _, line := range b.Sign {
				d.need(34)
				d.y += 12
				chars := d.set(line + "：")
				d.put(left, d.y, bodySize, bodyLead, chars)
				x := left + widthOf(chars, bodySize) + 4
				d.sheet().strokes = append(d.sheet().strokes, stroke{x, d.y + bodyLead - 3, min(x+170, left+textWidth), d.y + bodyLead - 3})
				d.y += bodyLead
			}
		case b.Seal != nil:
			var code *QR
			if i+1 < len(p.Blocks) {
				code = p.Blocks[i+1].QR
			}
			d.seal(b.Seal, code)
		case b.QR != nil && (i == 0 || p.Blocks[i-1].Seal == nil):
			d.need(qrSide + 10)
			d.y = d.qr(b.QR, left, d.y, textWidth)
		}
	}
	if p.Foot != "" {
		d.need(smallLead + 10)
		d.y += 8
		d.sheet().strokes = append(d.sheet().strokes, stroke{left, d.y, left + textWidth, d.y})
		d.y += 3
		d.paragraph(p.Foot, smallSize, smallLead, 0)
	}
}

const (
	sealWidth, sealRoom = 213, 62
	qrSide              = 74.0 // 26 mm
)

// seal is the organ's name and date with room above for the seal; a code that follows stands beside it.
func (d *drawing) seal(s *Seal, code *QR) {
	d.need(sealRoom + 3*bodyLead + 20)
	d.lonely = d.lonely || d.y == top
	d.y += 16 * d.share
	from := d.y
	x := left + textWidth - sealWidth
	d.sheet().boxes = append(d.sheet().boxes, block{x, d.y, sealWidth, sealRoom})
	chars := d.set("（印章）")
	d.put(x+(sealWidth-widthOf(chars, smallSize))/2, d.y+sealRoom/2-smallLead/2, smallSize, smallLead, chars)
	d.y += sealRoom + 4
	d.aligned(s.Organ, bodySize, bodyLead, x, sealWidth, 0.5)
	d.aligned(s.Date, bodySize, bodyLead, x, sealWidth, 0.5)
	if code != nil {
		d.y = max(d.y, d.qr(code, left, from, textWidth-sealWidth-24))
	}
	d.y += 6
}

// qr draws a code at a place, its caption below it, and says how far down that reaches.
func (d *drawing) qr(q *QR, left, y, width float64) float64 {
	modules, err := matrix(q.Content)
	if err != nil {
		return y // too long for a code: HTML is refused for the same reason, so nobody gets this far
	}
	side := qrSide / float64(len(modules)+2*quiet)
	for row, dark := range modules {
		for x := 0; x < len(dark); x++ {
			if !dark[x] {
				continue
			}
			wide := 1
			for x+wide < len(dark) && dark[x+wide] {
				wide++
			}
			// A hair of overlap: viewers show seams between neighbours otherwise.
			d.sheet().blocks = append(d.sheet().blocks, block{left + float64(x+quiet)*side, y + float64(row+quiet)*side, float64(wide) * side, side + 0.05})
			x += wide - 1
		}
	}
	y += qrSide + 2
	for _, line := range lines(d.set(q.Caption), smallSize, width, 0) {
		d.put(left, y, smallSize, smallLead-2, line)
		y += smallLead - 2
	}
	return y
}

// table draws rows with their lines; a head is repeated on each page.
func (d *drawing) table(t *Table) {
	widths := columns(t, func(s string) float64 { return widthOf(d.set(s), tableSize) })
	if len(t.Head) > 0 {
		d.row(widths, t.Head, nil)
	}
	for _, cells := range t.Rows {
		d.row(widths, cells, t.Head)
	}
}

// columns shares the width out: labels get their quarter, else each column what its longest text asks
// for, within limits.
func columns(t *Table, measure func(string) float64) []float64 {
	if len(t.Head) == 0 {
		return []float64{textWidth * 0.26, textWidth * 0.74}
	}
	want := make([]float64, len(t.Head))
	sum := 0.0
	for i := range want {
		want[i] = measure(t.Head[i])
		for _, row := range t.Rows {
			want[i] = max(want[i], measure(row[i]))
		}
		want[i] = min(max(want[i]+2*pad+1, 46), textWidth*0.55)
		sum += want[i]
	}
	for i := range want {
		want[i] *= textWidth / sum
	}
	return want
}

// row draws a row; one too high for the rest of the page goes on to the next, or over pages when it is
// higher than one.
func (d *drawing) row(widths []float64, cells, head []string) {
	lead, pad := tableLead*d.share, pad*d.share*d.share
	texts := make([][][]typed, len(widths))
	most := 1
	for i := range widths {
		if i < len(cells) {
			for _, part := range strings.Split(cells[i], "\n") {
				texts[i] = append(texts[i], lines(d.set(part), tableSize, widths[i]-2*pad, 0)...)
			}
		}
		most = max(most, len(texts[i]))
	}
	for from := 0; from < most; {
		fits := int((paperHeight - bottom - d.y - 2*pad) / lead)
		if fits < min(most-from, 12) && d.y > top {
			d.newPage()
			if head != nil {
				d.row(widths, head, nil)
			}
			continue
		}
		take := min(most-from, max(fits, 1))
		height := float64(take)*lead + 2*pad
		x := left
		for i, w := range widths {
			for n := from; n < min(from+take, len(texts[i])); n++ {
				d.put(x+pad, d.y+pad+float64(n-from)*lead, tableSize, lead, texts[i][n])
			}
			d.sheet().strokes = append(d.sheet().strokes, stroke{x, d.y, x, d.y + height})
			x += w
		}
		d.sheet().strokes = append(d.sheet().strokes, stroke{x, d.y, x, d.y + height}, stroke{left, d.y, x, d.y}, stroke{left, d.y + height, x, d.y + height})
		d.y += height
		from += take
	}
}

// write puts the sheets into a file, each with its page number.
func (d *drawing) write(p Page) ([]byte, error) {
	for i, s := range d.sheets {
		chars := d.set(fmt.Sprintf("第 %d 页 共 %d 页", i+1, len(d.sheets)))
		s.runs = append(s.runs, run{x: left + (textWidth-widthOf(chars, smallSize))/2, y: paperHeight - 36, size: smallSize, chars: chars})
	}
	var watermark []typed
	if p.Sample != "" {
		watermark = d.set(p.Sample)
	}
	pdf := &gopdf.GoPdf{}
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	pdf.SetInfo(gopdf.PdfInfo{Title: p.Title, Subject: p.Number, Creator: "Lianban", Producer: "Lianban", CreationDate: p.Date.UTC()})
	w := &writer{pdf: pdf, fonts: d.fonts, have: map[string]bool{}}
	for _, s := range d.sheets {
		pdf.AddPage()
		if len(watermark) > 0 {
			const size = 120
			pdf.SetTextColor(238, 220, 220)
			w.text(run{x: (paperWidth - widthOf(watermark, size)) / 2, y: paperHeight / 2, size: size, chars: watermark})
			pdf.SetTextColor(0, 0, 0)
		}
		w.sheet(s)
	}
	if w.err != nil {
		return nil, fmt.Errorf("PDF: %w", w.err)
	}
	var b bytes.Buffer
	if err := pdf.Write(&b); err != nil {
		return nil, fmt.Errorf("PDF: %w", err)
	}
	return b.Bytes(), nil
}

// writer gives sheets to the library.
type writer struct {
	pdf   *gopdf.GoPdf
	fonts *Fonts
	have  map[string]bool
	err   error
}

func (w *writer) sheet(s *sheet) {
	w.pdf.SetLineType("solid")
	w.pdf.SetLineWidth(0.6)
	w.pdf.SetStrokeColor(60, 60, 60)
	for _, l := range s.strokes {
		w.pdf.Line(l.x1, l.y1, l.x2, l.y2)
	}
	w.pdf.SetFillColor(0, 0, 0)
	for _, b := range s.blocks {
		w.pdf.RectFromUpperLeftWithStyle(b.x, b.y, b.w, b.h, "F")
	}
	w.pdf.SetLineType("dashed")
	w.pdf.SetStrokeColor(170, 170, 170)
	for _, b := range s.boxes {
		w.pdf.RectFromUpperLeftWithStyle(b.x, b.y, b.w, b.h, "D")
	}
	w.pdf.SetLineType("solid")
	for _, r := range s.runs {
		w.text(r)
	}
}

// text draws a run, font by font.
func (w *writer) text(r run) {
	x := r.x
	for i := 0; i < len(r.chars) && w.err == nil; {
		j := i
		var text strings.Builder
		width := 0.0
		for j < len(r.chars) && r.chars[j].face == r.chars[i].face {
			text.WriteRune(r.chars[j].r)
			width += r.chars[j].width * r.size / 1000
			j++
		}
		family := r.chars[i].face.family
		if !w.have[family] {
			w.have[family] = true
			w.err = errors.Join(w.err, w.pdf.AddTTFFontFromFontContainer(family, &w.fonts.pool))
		}
		w.err = errors.Join(w.err, w.pdf.SetFont(family, "", r.size))
		if w.err != nil {
			return
		}
		w.pdf.SetXY(x, r.y)
		w.err = w.pdf.Text(text.String())
		x += width
		i = j
	}
}
