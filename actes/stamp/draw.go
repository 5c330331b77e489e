package stamp

import (
	"fmt"
	"math"

	"github.com/liasse/liasse/internal/pdf"
)

// artwork is the stamp as a form XObject, drawn in a box whose lower left
// corner is the origin.
type artwork struct {
	w, h    float64
	content []byte
	logo    *logo
	opacity float64
	courier bool
	missing bool // characters were replaced
}

// num writes a coordinate with at most three decimals.
func num(b []byte, v float64) []byte {
	return append(pdf.AppendNum(b, math.Round(v*1000)/1000), ' ')
}

func op(b []byte, name string, args ...float64) []byte {
	for _, a := range args {
		b = num(b, a)
	}
	return append(append(b, name...), '\n')
}

func draw(o *Options, lg *logo) *artwork {
	a := &artwork{w: o.Width, h: o.Height, logo: lg, opacity: o.Opacity, courier: o.Look == Cadre}
	b := []byte("/Artifact BMC\nq\n")
	if o.Opacity < 1 {
		b = append(b, "/GS gs\n"...)
	}
	w, h := o.Width, o.Height
	b = op(b, "rg", 1, 1, 1)
	b = op(b, "re", 0, 0, w, h)
	b = append(b, "f\n"...)
	frame := textArea{left: 5, right: w - 5, top: h - 4, bottom: 4}
	if o.Look == Cadre {
		frame.left, frame.right = 8, w-5
	}
	if lg != nil {
		// at the left, at most 60 points or a third of the box wide
		k := math.Min(math.Min(60, w/3)/float64(lg.w), (h-8)/float64(lg.h))
		iw, ih := k*float64(lg.w), k*float64(lg.h)
		b = append(b, "q\n"...)
		b = op(b, "cm", iw, 0, 0, ih, frame.left, (h-ih)/2)
		b = append(b, "/Logo Do\nQ\n"...)
		frame.left += iw + 5
	}
	lines := o.lines()
	switch o.Look {
	case Cadre:
		b = a.cadre(b, o, frame, lines)
	default:
		b = op(b, "RG", 0.2, 0.2, 0.2)
		b = op(b, "w", 0.6)
		b = op(b, "re", 0.3, 0.3, w-0.6, h-0.6)
		b = append(b, "S\n"...)
		b = append(b, "BT\n0 0 0 rg\n"...)
		b = append(a.text(b, "/F0", o.FontSize, frame, lines), "ET\n"...)
	}
	a.content = append(b, "Q\nEMC\n"...)
	return a
}

// textArea is where lines are set.
type textArea struct{ left, right, top, bottom float64 }

// cadre draws a thick frame round the box, the first line as a title and the
// others in a thin frame below it.
func (a *artwork) cadre(b []byte, o *Options, in textArea, lines []string) []byte {
	const grey = 43.0 / 255
	w, h := o.Width, o.Height
	b = op(b, "RG", grey, grey, grey)
	b = op(b, "w", 3)
	b = op(b, "re", 1.5, 1.5, w-3, h-3)
	b = append(b, "S\n"...)
	title, rest := in, in
	if len(lines) > 1 {
		rest.bottom, rest.top = 5, 5+h/2
		title.bottom = rest.top
		b = op(b, "w", 1)
		b = op(b, "re", in.left-3, rest.bottom, in.right-in.left+3, rest.top-rest.bottom)
		b = append(b, "S\n"...)
		rest.right -= 3
		rest.bottom++
		rest.top--
	}
	b = append(b, "BT\n"...)
	b = op(b, "rg", grey, grey, grey)
	b = a.text(b, "/F1", o.FontSize*12/9, title, lines[:1])
	if len(lines) > 1 {
		b = a.text(b, "/F0", o.FontSize, rest, lines[1:])
	}
	return append(b, "ET\n"...)
}

// text sets the lines evenly in the area; a line too wide is set smaller.
func (a *artwork) text(b []byte, font string, fontSize float64, in textArea, lines []string) []byte {
	step := (in.top - in.bottom) / float64(len(lines))
	for i, l := range lines {
		enc, ok := winAnsi(l)
		a.missing = a.missing || !ok
		if len(enc) == 0 {
			continue
		}
		size := math.Min(fontSize, step*0.95)
		if wd := width(enc, a.courier) * size; wd > in.right-in.left {
			size *= math.Max(in.right-in.left, 1) / wd
		}
		base := in.top - step*(float64(i)+0.5) - size*0.35
		b = append(append(b, font...), ' ')
		b = op(b, "Tf", size)
		b = op(b, "Tm", 1, 0, 0, 1, in.left, base)
		b = append(pdf.AppendString(b, enc), " Tj\n"...)
	}
	return b
}

// write puts the form in the update, turned by matrix; image is its logo.
func (a *artwork) write(u *pdf.Update, res pdf.Ref, matrix [6]float64) (pdf.Ref, error) {
	e := []byte(" /Type /XObject /Subtype /Form /BBox [0 0 ")
	e = num(e, a.w)
	e = append(num(e, a.h), ']')
	if matrix != identity {
		e = append(e, " /Matrix ["...)
		for _, v := range matrix {
			e = num(e, v)
		}
		e = append(e, ']')
	}
	e = fmt.Appendf(e, " /Resources %d 0 R", res.Num)
	r := u.New()
	return r, u.Stream(r, string(e), a.content)
}

// resources writes the dictionary the form draws with.
func (a *artwork) resources(u *pdf.Update) (pdf.Ref, error) {
	images := ""
	if a.logo != nil {
		r, err := a.logo.write(u)
		if err != nil {
			return r, err
		}
		images = fmt.Sprintf(" /XObject <</Logo %d 0 R>>", r.Num)
	}
	fonts := "/F0 " + fontDict("Helvetica")
	if a.courier {
		fonts = "/F0 " + fontDict("Courier") + " /F1 " + fontDict("Courier-Bold")
	}
	r := u.New()
	op := pdf.AppendNum(nil, math.Round(a.opacity*1000)/1000)
	return r, u.Object(r, fmt.Appendf(nil, "<</Font <<%s>> /ExtGState <</GS <</Type /ExtGState /ca %s /CA %s>>>>%s /ProcSet [/PDF /Text /ImageC]>>", fonts, op, op, images))
}

func fontDict(name string) string {
	return "<</Type /Font /Subtype /Type1 /BaseFont /" + name + " /Encoding /WinAnsiEncoding>>"
}

var identity = [6]float64{1, 0, 0, 1, 0, 0}

// placement is where the box goes on one page.
type placement struct {
	matrix [6]float64 // from the box to the page's user space
	rect   [4]float64 // the box in user space
	turn   int
}

// place computes the placement on a page: the position is on the page as it
// is shown, the result in its user space.
func place(o *Options, p pdf.Page) placement {
	box := p.CropBox
	w, h := box[2]-box[0], box[3]-box[1]
	if p.Rotate == 90 || p.Rotate == 270 {
		w, h = h, w
	}
	unit := 1.0
	if u, ok := p.Dict.Key("UserUnit").Num(); ok && u > 0 && u < 1e6 {
		unit = u
	}
	// everything below is in user space units
	k := math.Min(1/unit, math.Min(w/o.Width, h/o.Height))
	bw, bh := k*o.Width, k*o.Height
	dx, dy := o.Position.X/unit, o.Position.Y/unit
	if o.Position.Percent {
		dx, dy = o.Position.X*w/100, o.Position.Y*h/100
	}
	x, y := dx, dy
	if o.Position.From == TopRight || o.Position.From == BottomRight {
		x = w - dx - bw
	}
	if o.Position.From == TopLeft || o.Position.From == TopRight {
		y = h - dy - bh
	}
	x, y = math.Max(0, math.Min(x, w-bw)), math.Max(0, math.Min(y, h-bh))
	pl := placement{turn: p.Rotate}
	switch p.Rotate {
	case 90:
		pl.matrix = [6]float64{0, k, -k, 0, box[2] - y, box[1] + x}
	case 180:
		pl.matrix = [6]float64{-k, 0, 0, -k, box[2] - x, box[3] - y}
	case 270:
		pl.matrix = [6]float64{0, -k, k, 0, box[0] + y, box[3] - x}
	default:
		pl.matrix = [6]float64{k, 0, 0, k, box[0] + x, box[1] + y}
	}
	m := pl.matrix
	x1, y1 := m[0]*o.Width+m[2]*o.Height+m[4], m[1]*o.Width+m[3]*o.Height+m[5]
	pl.rect = [4]float64{math.Min(m[4], x1), math.Min(m[5], y1), math.Max(m[4], x1), math.Max(m[5], y1)}
	return pl
}

// turned is the matrix of an appearance on a page turned by so many degrees.
func turned(degrees int) [6]float64 {
	switch degrees {
	case 90:
		return [6]float64{0, 1, -1, 0, 0, 0}
	case 180:
		return [6]float64{-1, 0, 0, -1, 0, 0}
	case 270:
		return [6]float64{0, -1, 1, 0, 0, 0}
	}
	return identity
}
