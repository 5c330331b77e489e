package sip

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/internal/archivetest"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// forAsalae is the package of [act] with rules the platform knows, two files of
// one name, and one file for each unit.
func forAsalae(t testing.TB) *archive.Package {
	docs, contents := act()
	docs[0].Files = append(docs[0].Files[:3:3], ged.File{ID: "ar", Name: "GRILLE.txt", Role: ged.RoleAnnexe})
	p := build(t, docs, contents)
	day := ged.Date{Year: 2024, Month: 6, Day: 27}
	for u := range p.Walk() {
		u.Rules = []ged.Rule{{Category: ged.Conservation, Code: "APP10Y", Start: day, SortFinal: ged.Conserver}, {Category: ged.Communicabilite, Code: "AR038", Start: day}}
	}
	return p
}

func writeAsalae(t testing.TB, p *archive.Package, opt AsalaeOptions) (message, files []byte, s Summary) {
	t.Helper()
	var m, f bytes.Buffer
	s, err := WriteAsalae(context.Background(), &m, &f, p, opt)
	if err != nil {
		t.Fatal(err)
	}
	return m.Bytes(), f.Bytes(), s
}

func verifyAsalae(t testing.TB, message, files []byte) Summary {
	t.Helper()
	s, err := VerifyAsalae(context.Background(), bytes.NewReader(message), int64(len(message)), bytes.NewReader(files), int64(len(files)), VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var asalaeVersions = []seda.Version{seda.V02, seda.V10, seda.V21, seda.V22, seda.V23}

// TestWriteAsalae: in every version and container the two parts are what they
// say, the message is valid and names the files, and the same package gives
// the same bytes.
func TestWriteAsalae(t *testing.T) {
	p := forAsalae(t)
	for _, v := range asalaeVersions {
		var first []byte
		for _, form := range []Container{TarGz, Zip} {
			message, files, s := writeAsalae(t, p, AsalaeOptions{Version: v, Container: form, Lossy: true})
			if first == nil {
				first = message
				archivetest.Official(t, v, message)
			} else if !bytes.Equal(first, message) {
				t.Errorf("%s: the message depends on the container", v)
			}
			// A memory too small to keep anything changes nothing.
			again, filesAgain, _ := writeAsalae(t, p, AsalaeOptions{Version: v, Container: form, Lossy: true, Memory: 1})
			if !bytes.Equal(again, message) || !bytes.Equal(filesAgain, files) {
				t.Errorf("%s %s: not the same bytes twice", v, form)
			}
			seen := verifyAsalae(t, message, files)
			if !seen.Report.Valid() {
				t.Errorf("%s %s: %v", v, form, seen.Report.Err())
			}
			if seen.MessageID != s.MessageID || seen.Objects != s.Objects || seen.ContentBytes != s.ContentBytes || seen.Bytes != s.Bytes || seen.ManifestBytes != s.ManifestBytes {
				t.Errorf("%s %s: made %+v\nseen %+v", v, form, s, seen)
			}
			sum, _, err := ged.DigestSource(context.Background(), ged.BytesSource(files), ged.SHA512)
			if err != nil || sum[0] != s.Package {
				t.Errorf("%s %d: not the digest of the archive", v, form)
			}
		}
		for _, name := range []string{"deliberation_n__42.PDF", "grille.txt", "vide.csv", "GRILLE-2.txt", "034-ar.xml"} {
			if !bytes.Contains(first, []byte(`filename="`+name+`"`)) && !bytes.Contains(first, []byte(`<Uri>`+name+`<`)) {
				t.Errorf("%s: no file %s", v, name)
			}
		}
		back, complete, err := seda.Read(context.Background(), bytes.NewReader(first), seda.ReadOptions{}, &report.Report{})
		if err != nil || !complete {
			t.Fatal(err)
		}
		var was, is []string
		for u, depth := range p.Walk() {
			was = append(was, strings.Repeat(" ", depth)+u.ID+u.Title)
		}
		for u, depth := range back.Walk() {
			is = append(is, strings.Repeat(" ", depth)+u.ID+u.Title)
		}
		if !slices.Equal(was, is) {
			t.Errorf("%s: units %q, want %q", v, is, was)
		}
	}
}

func TestWriteAsalaeRefuses(t *testing.T) {
	p := forAsalae(t)
	var invalid *report.InvalidError
	var m, f bytes.Buffer
	if _, err := WriteAsalae(context.Background(), &m, &f, p, AsalaeOptions{}); !errors.As(err, &invalid) || m.Len()+f.Len() > 0 {
		t.Errorf("what 1.0 cannot hold is dropped: %v", err)
	}
	if _, err := WriteAsalae(context.Background(), &m, &f, p, AsalaeOptions{Version: "3.0"}); !errors.Is(err, seda.ErrVersion) {
		t.Errorf("version 3.0: %v", err)
	}
	_, _, s := writeAsalae(t, p, AsalaeOptions{Lossy: true})
	if !s.Report.Has(RuleRenamed) || !s.Report.Has(seda.RuleLost) {
		t.Error("nothing is said of what is lost")
	}
	if _, _, s = writeAsalae(t, p, AsalaeOptions{Version: seda.V22}); s.Report.Has(RuleRenamed) {
		t.Error("2.2 keeps the true name")
	}
	// A content that changes between the passes, in each container.
	for _, form := range []Container{TarGz, Zip} {
		p := forAsalae(t)
		for o := range p.Objects() {
			o.Source = &turning{text: "avant"}
			break
		}
		var content *ContentError
		if _, err := WriteAsalae(context.Background(), io.Discard, io.Discard, p, AsalaeOptions{Version: seda.V21, Container: form, Memory: 1}); !errors.As(err, &content) {
			t.Errorf("container %d: %v", form, err)
		}
		fail := errors.New("disk full")
		for _, to := range [][2]io.Writer{{failing{fail}, io.Discard}, {io.Discard, failing{fail}}} {
			if _, err := WriteAsalae(context.Background(), to[0], to[1], forAsalae(t), AsalaeOptions{Version: seda.V21, Container: form}); !errors.Is(err, fail) {
				t.Errorf("container %d: %v", form, err)
			}
		}
	}
}

// turning is a content that is another one the second time.
type turning struct {
	text  string
	times int
}

func (s *turning) Size() int64 { return int64(len(s.text)) }

func (s *turning) Open(context.Context) (io.ReadCloser, error) {
	if s.times++; s.times > 1 {
		return io.NopCloser(strings.NewReader(strings.ToUpper(s.text))), nil
	}
	return io.NopCloser(strings.NewReader(s.text)), nil
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestVerifyAsalaeFindsFaults(t *testing.T) {
	p := forAsalae(t)
	for _, form := range []Container{TarGz, Zip} {
		message, files, _ := writeAsalae(t, p, AsalaeOptions{Container: form, Lossy: true})
		swapDigit := func(b []byte) []byte { // the digest of an object that has one
			out := bytes.Clone(b)
			i := bytes.Index(out, []byte("#sha512\">")) + len("#sha512\">")
			if out[i] == '0' {
				out[i] = '1'
			} else {
				out[i] = '0'
			}
			return out
		}
		for name, c := range map[string]struct {
			message, files []byte
			rule           *report.Rule
		}{
			"a file is not there":       {bytes.ReplaceAll(message, []byte("grille.txt"), []byte("absent.txt")), files, RuleMissing},
			"a file nobody names":       {bytes.ReplaceAll(message, []byte("grille.txt"), []byte("absent.txt")), files, RuleUndeclared},
			"a digest that is not":      {swapDigit(message), files, report.DigMismatch},
			"a size that is not":        {bytes.Replace(message, []byte(`unitCode="AD">`), []byte(`unitCode="AD">1`), 1), files, report.DigSize},
			"no archive":                {message, []byte("texte"), report.CtnFormat},
			"a message that breaks off": {message[:len(message)/2], files, nil},
			"no message":                {nil, files, nil},
		} {
			s := verifyAsalae(t, c.message, c.files)
			if c.rule == nil && s.Report.Valid() || c.rule != nil && !s.Report.Has(c.rule) {
				t.Errorf("container %d, %s: %v", form, name, s.Report.Err())
			}
		}
		if s, err := VerifyAsalae(context.Background(), bytes.NewReader(message), int64(len(message)), bytes.NewReader(files), int64(len(files)), VerifyOptions{Limits: Limits{Entries: 2}}); err != nil || !s.Report.Has(report.LimCount) {
			t.Errorf("container %d: too many entries: %v %v", form, err, s.Report.Err())
		}
		broken := diskAt{bytes.NewReader(files), int64(len(files) / 2)}
		if _, err := VerifyAsalae(context.Background(), bytes.NewReader(message), int64(len(message)), broken, int64(len(files)), VerifyOptions{}); !errors.Is(err, errBroken) {
			t.Errorf("container %d: a broken disk: %v", form, err)
		}
	}
}

// TestWhatATruncatedArchiveHidesIsNotMissing: that it is cut short is said once,
// and no file is called missing that it may well have held.
func TestWhatATruncatedArchiveHidesIsNotMissing(t *testing.T) {
	p := forAsalae(t)
	for _, form := range []Container{TarGz, Zip} {
		message, files, _ := writeAsalae(t, p, AsalaeOptions{Container: form, Lossy: true})
		for name, c := range map[string]struct {
			files []byte
			opt   VerifyOptions
		}{
			"half of it":       {files[:len(files)/2], VerifyOptions{}},
			"all but a byte":   {files[:len(files)-1], VerifyOptions{}},
			"no archive":       {[]byte("texte"), VerifyOptions{}},
			"more than may be": {files, VerifyOptions{Limits: Limits{Entries: 2}}},
		} {
			if form == Zip && name == "all but a byte" {
				continue // the length of a comment
			}
			s, err := VerifyAsalae(context.Background(), bytes.NewReader(message), int64(len(message)), bytes.NewReader(c.files), int64(len(c.files)), c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if n := s.Report.Count(report.Error) + s.Report.Count(report.Fatal); n != 1 || s.Report.Has(RuleMissing) || s.Report.Has(RuleUndeclared) {
				t.Errorf("container %d, %s: %d faults, %v", form, name, n, s.Report.Err())
			}
			if s.MessageID == "" {
				t.Errorf("container %d, %s: the message is not read", form, name)
			}
		}
	}
}

// TestAsalaeConversation: a transfer, its acknowledgement and the reply, in the
// versions as@lae speaks, with the identifiers it swaps.
func TestAsalaeConversation(t *testing.T) {
	ctx := context.Background()
	p := forAsalae(t)
	at := time.Date(2024, 7, 3, 10, 0, 0, 0, time.UTC)
	for _, v := range asalaeVersions {
		message, _, s := writeAsalae(t, p, AsalaeOptions{Version: v, Lossy: true})
		got, complete, err := seda.Read(ctx, bytes.NewReader(message), seda.ReadOptions{}, &report.Report{})
		if err != nil || !complete {
			t.Fatal(err)
		}
		for code, want := range map[string]seda.Acceptance{"000": seda.Accepted, "002": seda.AcceptedWithWarning, "300": seda.Refused} {
			answer := seda.Answer(got, v, seda.Decision{ID: "FRLSADC_ATR_27", Code: code, Date: at, Grant: at, Comments: []string{"lu"},
				Archival: func(u *archive.Unit) string { return "FRAD021_" + u.ID }, Swapped: true})
			var b bytes.Buffer
			if err := seda.WriteMessage(ctx, &b, answer, seda.Options{}); err != nil {
				t.Fatalf("%s %s: %v", v, code, err)
			}
			archivetest.Official(t, v, b.Bytes())
			r, rep, err := seda.ReadReply(ctx, &b)
			if err != nil || r == nil || !rep.Valid() {
				t.Fatalf("%s %s: %v %v", v, code, err, rep.Err())
			}
			if r.Acceptance() != want || !r.Answers(s.MessageID) || r.ReplyID(s.MessageID) != "FRLSADC_ATR_27" || r.Code != code || r.Comments[0] != "lu" {
				t.Errorf("%s %s: %+v", v, code, r)
			}
			if id := r.SystemID(p.Units[0].ID); (id == "FRAD021_"+p.Units[0].ID) != (want != seda.Refused && v != seda.V02 || want != seda.Refused) {
				t.Errorf("%s %s: reference %q", v, code, id)
			}
			if v != seda.V02 && v != seda.V10 && r.MessageID != s.MessageID {
				t.Errorf("%s: the identifiers are not swapped", v)
			}
		}
		if v == seda.V02 {
			continue
		}
		var b bytes.Buffer
		if err := seda.WriteMessage(ctx, &b, seda.Acknowledge(got, v, "FRAD000_ACK_14", at), seda.Options{}); err != nil {
			t.Fatal(v, err)
		}
		archivetest.Official(t, v, b.Bytes())
		if r, _, _ := seda.ReadReply(ctx, &b); r.Acceptance() != seda.Acknowledged || r.RequestID != s.MessageID || r.MessageID != "FRAD000_ACK_14" {
			t.Errorf("%s: %+v", v, r)
		}
	}
}

func TestPlainNames(t *testing.T) {
	if n := utf8.RuneCountInString(marked); n != len(unmarked) {
		t.Fatalf("%d letters, %d without marks", n, len(unmarked))
	}
	names := plainNames{taken: map[string]bool{}}
	long := strings.Repeat("a", 200) + ".pdf"
	for _, c := range [][2]string{
		{"Œuvre été.pdf", "OEuvre_ete.pdf"}, {"oeuvre_ETE.pdf", "oeuvre_ETE-2.pdf"}, {"e\u0301.pdf", "e.pdf"},
		{"NUL.txt", "ID.txt"}, {"../a", "_a"}, {"", "ID"}, {"かな", "__"}, {long, strings.Repeat("a", 80) + ".pdf"}, {long, strings.Repeat("a", 80) + "-2.pdf"},
		{".caché", "cache"}, {"fin.", "ID-2"},
	} {
		if got := names.of(&archive.Object{ID: "ID", Name: c[0]}); got != c[1] {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
}

func FuzzVerifyAsalae(f *testing.F) {
	p := forAsalae(f)
	for _, form := range []Container{TarGz, Zip} {
		for _, v := range []seda.Version{seda.V02, seda.V10, seda.V22} {
			message, files, _ := writeAsalae(f, p, AsalaeOptions{Version: v, Container: form, Lossy: true})
			f.Add(message, files)
		}
	}
	f.Fuzz(func(t *testing.T, message, files []byte) {
		s := verifyAsalae(t, message, files)
		if s.Report == nil {
			t.Fatal("no verdict")
		}
	})
}
