package stamp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/stamp"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/pdf"
	"github.com/liasse/liasse/internal/pdf/pdftest"
	"github.com/liasse/liasse/internal/rulestest"
)

const idActe = "034-123456782-20240627-D2024_042-DE"

func options() stamp.Options {
	return stamp.Options{
		AR:     stamp.AR{IDActe: idActe, Recu: time.Date(2024, 7, 2, 9, 30, 0, 0, time.UTC)},
		Envoye: time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC),
	}
}

func apply(t testing.TB, in []byte, o stamp.Options) ([]byte, stamp.Result) {
	t.Helper()
	var out bytes.Buffer
	res, err := stamp.Stamp(context.Background(), &out, bytes.NewReader(in), int64(len(in)), o)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out.Bytes(), in) {
		t.Error("the original bytes are not a prefix of the result")
	}
	if res.Size != int64(out.Len()) {
		t.Errorf("Size is %d, %d bytes were written", res.Size, out.Len())
	}
	return out.Bytes(), res
}

func refusal(t testing.TB, in []byte, o stamp.Options) *stamp.Error {
	t.Helper()
	var out bytes.Buffer
	_, err := stamp.Stamp(context.Background(), &out, bytes.NewReader(in), int64(len(in)), o)
	var e *stamp.Error
	if !errors.As(err, &e) {
		t.Fatalf("no refusal but %v", err)
	}
	if out.Len() > 0 {
		t.Errorf("refused (%s) after writing %d bytes", e.Rule.Code, out.Len())
	}
	return e
}

// logoPNG is an orange disc on nothing.
func logoPNG(t testing.TB) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for y := range 64 {
		for x := range 64 {
			if dx, dy := x-32, y-32; dx*dx+dy*dy < 30*30 {
				img.Set(x, y, color.NRGBA{230, 120, 0, 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// documents composes one file for each difficulty.
func documents() map[string][]byte {
	all := map[string][]byte{}
	page := func(name string, style pdftest.Style, more string) {
		f := pdftest.Simple(2)
		f.Obj(4, "<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> %s >>", more)
		all[name] = f.Bytes(style)
	}
	for name, style := range pdftest.Styles {
		page("style "+name, style, "/MediaBox [0 0 595.28 841.89]")
	}
	for _, r := range []int{90, 180, 270, -90, 450} {
		page(fmt.Sprintf("rotate %d", r), pdftest.Table, fmt.Sprintf("/MediaBox [0 0 595 842] /Rotate %d", r))
	}
	page("offset", pdftest.Table, "/MediaBox [-200 -300 395 542]")
	page("offset rotate 90", pdftest.XStream, "/MediaBox [-200 -300 395 542] /CropBox [-150 -250 300 500] /Rotate 90")
	page("crop", pdftest.Table, "/MediaBox [0 0 595 842] /CropBox [50 100 500 760]")
	page("landscape", pdftest.Table, "/MediaBox [0 0 842 595]")
	page("small", pdftest.Table, "/MediaBox [0 0 100 60]")
	page("user unit", pdftest.Table, "/MediaBox [0 0 297.5 421] /UserUnit 2")
	page("reversed box", pdftest.Table, "/MediaBox [595 842 0 0]")

	f := new(pdftest.File) // nested tree, everything inherited, content in an array, unbalanced
	f.Obj(1, "<< /Type /Catalog /Pages 2 0 R >>")
	f.Obj(2, "<< /Type /Pages /Count 3 /Kids [6 0 R 9 0 R] /MediaBox 12 0 R /Resources 4 0 R /Rotate 90 >>")
	f.Obj(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>")
	f.Obj(4, "<< /Font 5 0 R /XObject << /LiasseStamp 13 0 R >> >>")
	f.Obj(5, "<< /F1 3 0 R >>")
	f.Obj(6, "<< /Type /Pages /Parent 2 0 R /Count 2 /Kids [7 0 R 8 0 R] >>")
	f.Obj(7, "<< /Type /Page /Parent 6 0 R /Contents 14 0 R >>")
	f.Obj(8, "<< /Type /Page /Parent 6 0 R /Rotate 0 /Contents [11 0 R 10 0 R] >>")
	f.Obj(9, "<< /Type /Page /Parent 2 0 R >>")
	f.Stream(10, "", "0.5 0 0 0.5 100 100 cm 1 0 0 rg 0 0 200 200 re f q")
	f.Stream(11, "", "Q q q (a \\) Q) pop BT /F1 30 Tf 100 500 Td (Page Q) Tj ET Q 0.1 0 0 0.1 0 0 cm q")
	f.Obj(12, "[0 0 595 842]")
	f.Stream(13, "/Type /XObject /Subtype /Form /BBox [0 0 1 1]", "")
	f.Obj(14, "[10 0 R 11 0 R]")
	all["inherited"] = f.Bytes(pdftest.Table)
	all["inherited object-stream"] = f.Bytes(pdftest.ObjStm)
	f.Junk = "junk before the header\r\n"
	all["junk"] = bytes.TrimRight(f.Bytes(pdftest.Table), "\r\n")
	return all
}

func run(t testing.TB, tool string, args ...string) string {
	t.Helper()
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", filepath.Base(tool), err, out)
	}
	return string(out)
}

func write(t testing.TB, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestDocuments stamps every difficulty and asks three programs.
func TestDocuments(t *testing.T) {
	pdfinfo, pdftotext, qpdf := corpus.Tool(t, "pdfinfo"), corpus.Tool(t, "pdftotext"), corpus.Tool(t, "qpdf")
	for name, in := range documents() {
		for _, mode := range []stamp.Mode{stamp.Content, stamp.Annotation} {
			t.Run(fmt.Sprintf("%s/%d", name, mode), func(t *testing.T) {
				o := options()
				o.Mode, o.Logo = mode, logoPNG(t)
				out, res := apply(t, in, o)
				file := write(t, out)
				run(t, pdfinfo, file)
				run(t, qpdf, "--check", file)
				text := run(t, pdftotext, "-layout", file, "-")
				for _, line := range []string{"Envoyé en préfecture le 01/07/2024", "Reçu en préfecture le 02/07/2024", "Publié le", "ID : " + idActe} {
					if n := strings.Count(text, line); n != res.Pages {
						t.Errorf("%d times on %d pages: %s", n, res.Pages, line)
					}
				}
				info, rep, err := pdf.Check(context.Background(), bytes.NewReader(out), int64(len(out)))
				if err != nil || !info.Readable || info.Repaired || rep.Total() != 0 {
					t.Errorf("our own reader: %+v %v %v", info, rep.Counts(), err)
				}
				// a stamp on a stamped file
				again, _ := apply(t, out, o)
				run(t, qpdf, "--check", write(t, again))
			})
		}
	}
}

// TestPlace renders the stamped pages: the stamp must be where it was asked,
// upright, on the page as it is shown.
func TestPlace(t *testing.T) {
	ppm := corpus.Tool(t, "pdftoppm")
	for name, in := range documents() {
		if name == "small" || name == "user unit" {
			continue // the stamp covers the page; pdftoppm knows no UserUnit
		}
		for _, mode := range []stamp.Mode{stamp.Content, stamp.Annotation} {
			o := options()
			o.Mode, o.Pages, o.Opacity = mode, stamp.First, 1
			o.Position = stamp.Position{From: stamp.TopRight, X: 30, Y: 40}
			o.Logo = logoPNG(t)
			out, _ := apply(t, in, o)
			base := filepath.Join(t.TempDir(), "p")
			run(t, ppm, "-r", "72", "-cropbox", "-png", "-singlefile", "-f", "1", "-l", "1", write(t, out), base)
			f, err := os.Open(base + ".png")
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(f)
			f.Close()
			if err != nil {
				t.Fatal(err)
			}
			// the logo: centred 30 points from the left of a 190 × 55 box
			w := img.Bounds().Dx()
			cx, cy := w-30-190+5+23, 40+27
			r, g, b, _ := img.At(cx, cy).RGBA()
			if r>>8 < 200 || g>>8 > 180 || b>>8 > 90 {
				t.Errorf("%s, mode %d: no logo at (%d,%d) but #%02x%02x%02x", name, mode, cx, cy, r>>8, g>>8, b>>8)
			}
			// the frame: dark at the right edge, white outside it
			dark := false
			for x := w - 33; x < w-28; x++ {
				r, _, _, _ := img.At(x, 40+27).RGBA()
				dark = dark || r>>8 < 225
			}
			if !dark {
				t.Errorf("%s, mode %d: no frame at the right edge of the box", name, mode)
			}
		}
	}
}

// corpusPDFs lists the PDFs of a domain.
func corpusPDFs(t testing.TB, domain string) []string {
	var all []string
	filepath.WalkDir(corpus.Dir(t, domain), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.EqualFold(filepath.Ext(path), ".pdf") {
			all = append(all, path)
		}
		return err
	})
	return all
}

// TestSigned stamps the signed documents of the corpus: what pdfsig found
// valid stays so.
func TestSigned(t *testing.T) {
	pdfsig, qpdf, pdftotext := corpus.Tool(t, "pdfsig"), corpus.Tool(t, "qpdf"), corpus.Tool(t, "pdftotext")
	verdicts := func(file string) (v []string) {
		out, _ := exec.Command(pdfsig, "-nocert", file).CombinedOutput()
		for l := range strings.Lines(string(out)) {
			if strings.Contains(l, "Signature Validation:") {
				v = append(v, strings.TrimSpace(l))
			}
		}
		return v
	}
	signed, refused, valid := 0, 0, 0
	for _, domain := range []string{"signature", "actes", "archive"} {
		for _, path := range corpusPDFs(t, domain) {
			name := filepath.Base(path)
			in, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			o := options()
			var buf bytes.Buffer
			res, err := stamp.Stamp(context.Background(), &buf, bytes.NewReader(in), int64(len(in)), o)
			var e *stamp.Error
			switch {
			case errors.As(err, &e):
				if refused++; e.Rule != stamp.RuleDocMDP && e.Rule != stamp.RuleEncrypted {
					t.Errorf("%s: refused for %s", name, e.Rule.Code)
				}
				if e.Rule != stamp.RuleDocMDP {
					continue
				}
				o.Force = true
				buf.Reset()
				if res, err = stamp.Stamp(context.Background(), &buf, bytes.NewReader(in), int64(len(in)), o); err != nil || !res.Forced {
					t.Errorf("%s: forced: %v %v", name, res.Forced, err)
					continue
				}
			case err != nil:
				t.Errorf("%s: %v", name, err)
				continue
			case !bytes.HasPrefix(buf.Bytes(), in):
				t.Errorf("%s: the original is not a prefix", name)
			}
			file := write(t, buf.Bytes())
			before, after := verdicts(path), verdicts(file)
			if len(before) > 0 {
				signed++
			}
			for i, v := range before {
				if strings.Contains(v, "is Valid") && (i >= len(after) || after[i] != v) {
					t.Errorf("%s: pdfsig said %q, says %q", name, before, after)
				}
			}
			valid += strings.Count(strings.Join(after, "|"), "Signature is Valid")
			if len(before) > 0 && !res.Annotation {
				t.Errorf("%s: %d signatures, annotation %v", name, len(before), res.Annotation)
			}
			if text := run(t, pdftotext, file, "-"); !strings.Contains(text, idActe) {
				t.Errorf("%s: pdftotext does not find the stamp", name)
			}
			if exec.Command(qpdf, "--check", path).Run() == nil {
				run(t, qpdf, "--check", file)
			}
		}
	}
	if signed < 15 || valid < 10 || refused == 0 {
		t.Errorf("%d signed, %d valid signatures, %d refused: the corpus was not seen", signed, valid, refused)
	}
}

// TestDocMDP certifies at each level.
func TestDocMDP(t *testing.T) {
	for level := range 4 {
		in := certified(level)
		o := options()
		if level == 1 || level == 2 {
			if e := refusal(t, in, o); e.Rule != stamp.RuleDocMDP {
				t.Errorf("level %d refused for %s", level, e.Rule.Code)
			}
			o.Force = true
		}
		_, res := apply(t, in, o)
		if res.DocMDP != level || !res.Annotation || res.Signatures != 1 {
			t.Errorf("level %d: %+v", level, res)
		}
		if forced := level == 1 || level == 2; res.Forced != forced || res.Report.Has(stamp.RuleDocMDP) != forced || !res.Report.Valid() {
			t.Errorf("level %d: forced %v, findings %v", level, res.Forced, res.Report.Counts())
		}
		o.Mode, o.Force = stamp.Content, false
		if level == 3 {
			if e := refusal(t, in, o); e.Rule != stamp.RuleDocMDP {
				t.Errorf("page content at level 3 refused for %s", e.Rule.Code)
			}
		}
	}
}

func certified(level int) []byte {
	f := pdftest.Simple(1)
	f.Obj(10, "<< /FT /Sig /T (Signature1) /V 11 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /P 4 0 R >>")
	ref := ""
	if level > 0 {
		ref = fmt.Sprintf("/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P %d /V /1.2 >> >>]", level)
	}
	f.Obj(11, "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 10] /Contents <3000> %s >>", ref)
	f.Obj(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [10 0 R] >> >>")
	return f.Bytes(pdftest.Table)
}

func TestEveryRule(t *testing.T) {
	in := pdftest.Simple(2).Bytes(pdftest.Table)
	with := func(in []byte, change func(*stamp.Options)) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			o := options()
			change(&o)
			return refusal(t, in, o).Report
		}
	}
	enc := pdftest.Simple(1)
	enc.Obj(9, "<< /Filter /Standard /V 4 /R 4 /P -4 /O <%064d> /U <%064d> /CF << >> /StmF /Identity /StrF /Identity >>", 0, 0)
	enc.Trailer = "/Encrypt 9 0 R /ID [<00> <00>]"
	rulestest.Every(t, stamp.Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		stamp.RuleAR:        with(in, func(o *stamp.Options) { o.AR.Recu = time.Time{} }),
		stamp.RuleDocMDP:    with(certified(1), func(*stamp.Options) {}),
		stamp.RuleEncrypted: with(enc.Bytes(pdftest.Table), func(*stamp.Options) {}),
		stamp.RulePages:     with(in, func(o *stamp.Options) { o.Pages, o.List = stamp.List, []int{1, 3} }),
		stamp.RuleLogo:      with(in, func(o *stamp.Options) { o.Logo = []byte("GIF89a") }),
		stamp.RuleOption:    with(in, func(o *stamp.Options) { o.Opacity = 7 }),
		stamp.RuleText: func(t testing.TB) *report.Report {
			o := options()
			o.Lines = []string{"Reçu en préfecture 漢字 {recu}"}
			_, res := apply(t, in, o)
			return res.Report
		},
	})
}

func TestRefusesWhatIsNoPDF(t *testing.T) {
	whole := pdftest.Simple(1).Bytes(pdftest.Table)
	for name, c := range map[string]struct {
		in   []byte
		rule *report.Rule
	}{
		"empty":     {nil, stamp.RulePDFEmpty},
		"text":      {[]byte("Délibération du conseil municipal"), stamp.RulePDFHeader},
		"truncated": {whole[:len(whole)/2], stamp.RulePDFDamaged},
		"nothing":   {[]byte("%PDF-1.7\n%%EOF\n"), stamp.RulePDFDamaged},
		"no pages":  {bytes.Replace(whole, []byte("/Pages 2 0"), []byte("/Pages 9 0"), 1), stamp.RulePDFPages},
	} {
		if e := refusal(t, c.in, options()); e.Rule != c.rule {
			t.Errorf("%s: refused for %s", name, e.Rule.Code)
		}
	}
}

// TestRepairs stamps files whose object table is broken: the update brings a
// whole one.
func TestRepairs(t *testing.T) {
	qpdf := corpus.Tool(t, "qpdf")
	whole := pdftest.Simple(2).Bytes(pdftest.Table)
	for name, in := range map[string][]byte{
		"no startxref": bytes.Replace(whole, []byte("startxref"), []byte("startxxxx"), 1),
		"shifted":      bytes.Replace(whole, []byte("\n1 0 obj"), []byte("\n%shift\n1 0 obj"), 1),
	} {
		out, res := apply(t, in, options())
		if !res.Report.Has(stamp.RulePDFRepaired) {
			t.Errorf("%s: the repair is not told", name)
		}
		run(t, qpdf, "--check", write(t, out))
		info, _, err := pdf.Check(context.Background(), bytes.NewReader(out), int64(len(out)))
		if err != nil || !info.Readable || info.Repaired || info.Pages != 2 {
			t.Errorf("%s: %+v %v", name, info, err)
		}
	}
}

func TestPages(t *testing.T) {
	in := pdftest.Simple(5).Bytes(pdftest.ObjStm)
	for _, c := range []struct {
		pages stamp.Pages
		list  []int
		want  int
	}{{stamp.All, nil, 5}, {stamp.First, nil, 1}, {stamp.Last, nil, 1}, {stamp.List, []int{2, 4}, 2}} {
		o := options()
		o.Pages, o.List = c.pages, c.list
		out, res := apply(t, in, o)
		if res.Pages != c.want {
			t.Errorf("pages %d: %d stamped, %d expected", c.pages, res.Pages, c.want)
		}
		var d pdf.Doc
		if err := d.Open(context.Background(), bytes.NewReader(out), int64(len(out))); err != nil {
			t.Fatal(err)
		}
		for p := range d.Pages() {
			n := p.Index + 1
			stamped := len(p.Contents()) == 3
			want := c.pages == stamp.All || c.pages == stamp.First && n == 1 || c.pages == stamp.Last && n == 5 || c.pages == stamp.List && n%2 == 0
			if stamped != want {
				t.Errorf("pages %d: page %d stamped: %v", c.pages, n, stamped)
			}
		}
	}
}

// TestSharedPage: a page that stands twice in the tree carries one stamp.
func TestSharedPage(t *testing.T) {
	f := pdftest.Simple(1)
	f.Obj(2, "<< /Type /Pages /Count 2 /Kids [4 0 R 4 0 R] >>")
	out, res := apply(t, f.Bytes(pdftest.Table), options())
	if n := bytes.Count(out, []byte("\n4 0 obj")); n != 2 || res.Pages != 2 {
		t.Errorf("page object written %d times, %d pages said stamped", n-1, res.Pages)
	}
}

func TestSameBytes(t *testing.T) {
	in := pdftest.Simple(3).Bytes(pdftest.ObjStm)
	a, _ := apply(t, in, options())
	b, _ := apply(t, in, options())
	if !bytes.Equal(a, b) {
		t.Error("two runs differ")
	}
}

func TestLogoJPEG(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 10)), nil); err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Logo = b.Bytes()
	out, _ := apply(t, pdftest.Simple(1).Bytes(pdftest.Table), o)
	if !bytes.Contains(out, b.Bytes()) {
		t.Error("the JPEG is not carried as it is")
	}
	o.Logo = b.Bytes()[:b.Len()/2]
	if e := refusal(t, pdftest.Simple(1).Bytes(pdftest.Table), o); e.Rule != stamp.RuleLogo {
		t.Errorf("half a JPEG refused for %s", e.Rule.Code)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	in := pdftest.Simple(1).Bytes(pdftest.Table)
	if _, err := stamp.Stamp(ctx, new(bytes.Buffer), bytes.NewReader(in), int64(len(in)), options()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestCadre: the framed look has a title, the identifier and the reception,
// and nothing of the other dates.
func TestCadre(t *testing.T) {
	pdftotext := corpus.Tool(t, "pdftotext")
	for _, rotate := range []int{0, 90} {
		f := pdftest.Simple(1)
		f.Obj(4, "<< /Type /Page /Parent 2 0 R /Contents 5 0 R /MediaBox [0 0 595 842] /Rotate %d >>", rotate)
		o := options()
		o.Look = stamp.Cadre
		out, _ := apply(t, f.Bytes(pdftest.Table), o)
		text := run(t, pdftotext, "-layout", write(t, out), "-")
		for _, line := range []string{"AR Préfecture", idActe, "Reçu le 02/07/2024"} {
			if !strings.Contains(text, line) {
				t.Errorf("turned by %d: %q is missing", rotate, line)
			}
		}
		if strings.Contains(text, "01/07/2024") {
			t.Errorf("turned by %d: the day of sending is shown", rotate)
		}
	}
}

// TestSettingsOutOfBounds names the setting at fault, and writes nothing.
func TestSettingsOutOfBounds(t *testing.T) {
	in := pdftest.Simple(1).Bytes(pdftest.Table)
	for want, change := range map[string]func(*stamp.Options){
		"Look":      func(o *stamp.Options) { o.Look = 9 },
		"Width":     func(o *stamp.Options) { o.Width = 19 },
		"Height":    func(o *stamp.Options) { o.Height = math.NaN() },
		"FontSize":  func(o *stamp.Options) { o.FontSize = 201 },
		"Opacity":   func(o *stamp.Options) { o.Opacity = 1.1 },
		"Position":  func(o *stamp.Options) { o.Position = stamp.Position{X: 101, Percent: true} },
		"Pages":     func(o *stamp.Options) { o.Pages = stamp.List },
		"Mode":      func(o *stamp.Options) { o.Mode = 9 },
		"Lines":     func(o *stamp.Options) { o.Lines = []string{strings.Repeat("x", 501)} },
		"AR.IDActe": func(o *stamp.Options) { o.AR.IDActe = strings.Repeat("x", 501) },
	} {
		o := options()
		change(&o)
		e := refusal(t, in, o)
		if e.Rule != stamp.RuleOption || !strings.Contains(e.Error(), `"`+want+`"`) {
			t.Errorf("%s: %v", want, e)
		}
	}
}

// TestDatesOnlyFromTheAR: without identifier or date there is no stamp.
func TestDatesOnlyFromTheAR(t *testing.T) {
	in := pdftest.Simple(1).Bytes(pdftest.Table)
	for _, ar := range []stamp.AR{{}, {IDActe: idActe}, {IDActe: "  ", Recu: options().AR.Recu}} {
		o := options()
		o.AR = ar
		if e := refusal(t, in, o); e.Rule != stamp.RuleAR {
			t.Errorf("%v", e)
		}
	}
}
