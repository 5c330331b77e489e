package stamp

import (
	"math"
	"strings"
	"time"
)

// AR is what the stamp takes from the ARActe: nothing else dates the
// reception.
type AR struct {
	IDActe string    // ARActe/@IDActe
	Recu   time.Time // ARActe/@DateReception; only its civil date counts
}

// Look is a ready-made appearance.
type Look uint8

const (
	// Lignes is a plain box: the dates, one a line, and the identifier, with
	// the logo at the left. 190 × 55 points, Helvetica 7, opacity 0.8.
	Lignes Look = iota
	// Cadre is a double frame with a title, in Courier. 235 × 50 points,
	// opaque; only the identifier and the date of reception.
	Cadre
)

// Corner is the corner of the page as it is shown, from which a position is
// measured.
type Corner uint8

// The corners.
const (
	TopLeft Corner = iota
	TopRight
	BottomLeft
	BottomRight
)

// Position places the nearest corner of the box. The page is as it is shown:
// turned, cropped.
type Position struct {
	From Corner
	// X and Y are the distances to the edges, in points (1/72 inch), or in
	// percent of the page's width and height. Both 0 means 10 points.
	X, Y    float64
	Percent bool
}

// Pages says which pages are stamped.
type Pages uint8

// The choices of pages.
const (
	All Pages = iota
	First
	Last
	List // those of Options.List
)

// Mode says how the stamp enters the document.
type Mode uint8

const (
	// Auto stamps signed documents by annotation, others in the page content.
	Auto Mode = iota
	// Content draws in the page content, whatever signatures there are. A
	// certification that allows annotations only is then a refusal.
	Content
	// Annotation adds a stamp annotation.
	Annotation
)

// Options of a stamp. AR is required; the zero value of everything else is the
// stamp the operators of the contrôle de légalité put.
type Options struct {
	AR     AR
	Envoye time.Time // when the act was sent; the line is blank if zero
	Publie time.Time // when it was published; the line is blank if zero

	// Lines replace the standard lines. In them {id}, {recu}, {envoye} and
	// {publie} stand for the identifier and the dates (dd/mm/yyyy).
	Lines []string

	Look     Look
	Position Position
	Width    float64 // of the box, in points; 0: as the look has it
	Height   float64 //
	FontSize float64 // 0: as the look has it; a line too long is set smaller
	Opacity  float64 // over 0 to 1; 0: as the look has it
	Logo     []byte  // PNG or JPEG, at most 4 MiB and 4 megapixels

	Pages Pages
	List  []int // page numbers from 1, with Pages == List

	Mode Mode
	// Force stamps a certified document although it forbids it.
	Force bool
}

const (
	maxLogoBytes  = 4 << 20
	maxLogoPixels = 4 << 20
	maxLines      = 20
	maxLine       = 500
)

// filled returns the options with the look's values where none were given.
func (o Options) filled() (Options, *Error) {
	if strings.TrimSpace(o.AR.IDActe) == "" || o.AR.Recu.IsZero() {
		return o, refuse(RuleAR)
	}
	def := func(v *float64, d float64) {
		if *v == 0 {
			*v = d
		}
	}
	switch o.Look {
	case Lignes:
		def(&o.Width, 190)
		def(&o.Height, 55)
		def(&o.FontSize, 7)
		def(&o.Opacity, 0.8)
	case Cadre:
		def(&o.Width, 235)
		def(&o.Height, 50)
		def(&o.FontSize, 9)
		def(&o.Opacity, 1)
	default:
		return o, refuseOption("Look")
	}
	if o.Position.X == 0 && o.Position.Y == 0 && !o.Position.Percent {
		o.Position.X, o.Position.Y = 10, 10
	}
	limit := 14400.0 // the largest page (ISO 32000-1 annex C)
	if o.Position.Percent {
		limit = 100
	}
	within := func(v, lo, hi float64) bool { return !math.IsNaN(v) && v >= lo && v <= hi }
	switch {
	case !within(o.Width, 20, 14400):
		return o, refuseOption("Width")
	case !within(o.Height, 10, 14400):
		return o, refuseOption("Height")
	case !within(o.FontSize, 1, 200):
		return o, refuseOption("FontSize")
	case !within(o.Opacity, 0.05, 1):
		return o, refuseOption("Opacity")
	case !within(o.Position.X, 0, limit) || !within(o.Position.Y, 0, limit) || o.Position.From > BottomRight:
		return o, refuseOption("Position")
	case o.Pages > List || o.Pages == List && len(o.List) == 0:
		return o, refuseOption("Pages")
	case o.Mode > Annotation:
		return o, refuseOption("Mode")
	case len(o.Lines) > maxLines:
		return o, refuseOption("Lines")
	}
	for _, l := range o.Lines {
		if len(l) > maxLine {
			return o, refuseOption("Lines")
		}
	}
	if len(o.AR.IDActe) > maxLine {
		return o, refuseOption("AR.IDActe")
	}
	return o, nil
}

// lines composes the text, the title of Cadre first.
func (o *Options) lines() []string {
	lines := o.Lines
	if len(lines) == 0 {
		switch o.Look {
		case Cadre:
			lines = []string{"AR Préfecture", "{id}", "Reçu le {recu}"}
		default:
			lines = []string{"Envoyé en préfecture le {envoye}", "Reçu en préfecture le {recu}", "Publié le {publie}", "ID : {id}"}
		}
	}
	r := strings.NewReplacer("{id}", o.AR.IDActe, "{recu}", date(o.AR.Recu), "{envoye}", date(o.Envoye), "{publie}", date(o.Publie))
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(r.Replace(l), " ")
	}
	return out
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("02/01/2006")
}
