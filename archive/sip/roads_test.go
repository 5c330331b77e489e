package sip

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive/seda/preflight"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// roads are the ways by which a fault can come to us.
type roads uint8

const (
	zipRoad roads = 1 << iota
	tarRoad
	folderRoad
	bareRoad
	vitamRoad
	asalaeRoad

	everywhere = inPackages | bareRoad
	inPackages = inArchives | folderRoad
	inArchives = zipRoad | tarRoad | vitamRoad | asalaeRoad
	forVitam   = vitamRoad
)

var roadNames = map[roads]string{zipRoad: "zip", tarRoad: "tar.gz", folderRoad: "folder", bareRoad: "bare manifest", vitamRoad: "zip for vitam", asalaeRoad: "zip for as@lae"}

func changed(t testing.TB, l [][2]string, old, with string) [][2]string {
	swap(t, l, old, with)
	return l
}

// faultyPackages are packages with one fault each: the code of its rule, or how
// that begins, and the one of [Verify], "" when it leaves the fault to the
// schemas; where it can be seen; whether it has a place in the manifest, else a
// member.
var faultyPackages = []struct {
	name, code, verified string
	roads                roads
	inManifest           bool
	change               func(t testing.TB, l [][2]string) [][2]string
}{
	{"wrong size", "DIG-SIZE", "DIG-SIZE", inPackages, true, func(t testing.TB, l [][2]string) [][2]string { return changed(t, l, "<Size>", "<Size>1") }},
	{"empty size", "XSD-VALUE", "", everywhere, true, func(t testing.TB, l [][2]string) [][2]string {
		at := strings.Index(l[0][1], "<Size>")
		end := strings.Index(l[0][1], "</Size>")
		l[0][1] = l[0][1][:at] + "<Size/>" + l[0][1][end+7:]
		return l
	}},
	{"negative size", "XSD-VALUE", "", everywhere, true, func(t testing.TB, l [][2]string) [][2]string { return changed(t, l, "<Size>", "<Size>-") }},
	{"huge size", "DIG-SIZE", "DIG-SIZE", inPackages, true, func(t testing.TB, l [][2]string) [][2]string {
		return changed(t, l, "<Size>", "<Size>99999999999999999999999")
	}},
	{"wrong digest", "DIG-MISMATCH", "DIG-MISMATCH", inPackages, true, func(t testing.TB, l [][2]string) [][2]string { l[1][1] = "x" + l[1][1][1:]; return l }},
	{"empty digest", "DIG-MISSING", "DIG-MISSING", everywhere, true, func(t testing.TB, l [][2]string) [][2]string {
		at := strings.Index(l[0][1], `algorithm="SHA-512">`) + len(`algorithm="SHA-512">`)
		l[0][1] = l[0][1][:at] + l[0][1][at+128:]
		return l
	}},
	{"unknown algorithm", "SEDA-ALGORITHM", "SIP-ALGORITHM", everywhere, true, func(t testing.TB, l [][2]string) [][2]string { return changed(t, l, `"SHA-512"`, `"CRC32"`) }},
	{"missing", "SIP-FILE-MISSING", "SIP-FILE-MISSING", inPackages, true, func(t testing.TB, l [][2]string) [][2]string { return l[:len(l)-1] }},
	{"extra", "SIP-FILE-EXTRA", "SIP-FILE-EXTRA", inPackages, false, func(t testing.TB, l [][2]string) [][2]string { return append(l, [2]string{"content/more.txt", "x"}) }},
	{"forbidden name", "SIP-ENTRY-NAME", "SIP-ENTRY-NAME", forVitam, false, func(t testing.TB, l [][2]string) [][2]string {
		swap(t, l, l[1][0], "content/a+b.pdf")
		l[1][0] = "content/a+b.pdf"
		return l
	}},
	{"CON", "CTN-NAME", "CTN-NAME", inPackages, false, func(t testing.TB, l [][2]string) [][2]string {
		swap(t, l, l[1][0], "content/CON.pdf")
		l[1][0] = "content/CON.pdf"
		return l
	}},
	{"slip", "CTN-PATH", "CTN-PATH", inArchives, false, func(t testing.TB, l [][2]string) [][2]string { return append(l, [2]string{"../../evil", "x"}) }},
	{"uri slip", "SIP-FILE-MISSING", "SIP-FILE-MISSING", inPackages, true, func(t testing.TB, l [][2]string) [][2]string {
		return changed(t, l, "<Uri>content/", "<Uri>../content/")
	}},
	{"uri absolute", "SIP-FILE-MISSING", "SIP-FILE-MISSING", inPackages, true, func(t testing.TB, l [][2]string) [][2]string { return changed(t, l, "<Uri>content/", "<Uri>/content/") }},
	{"uri http", "SIP-FILE-MISSING", "SIP-FILE-MISSING", inPackages, true, func(t testing.TB, l [][2]string) [][2]string {
		return changed(t, l, "<Uri>content/", "<Uri>http://localhost/")
	}},
	{"empty uri", "SEDA-URI", "SIP-URI", everywhere, true, func(t testing.TB, l [][2]string) [][2]string {
		at := strings.Index(l[0][1], "<Uri>")
		end := strings.Index(l[0][1], "</Uri>")
		l[0][1] = l[0][1][:at] + "<Uri></Uri>" + l[0][1][end+6:]
		return l
	}},
	{"uri twice", "SEDA-URI-DUP", "SIP-URI-DUP", everywhere, true, func(t testing.TB, l [][2]string) [][2]string { return changed(t, l, l[1][0], l[2][0]) }},
	{"uri manifest", "SIP-FILE-MISSING", "SIP-FILE-MISSING", inPackages, true, func(t testing.TB, l [][2]string) [][2]string { return changed(t, l, l[1][0], "manifest.xml") }},
	{"dangling group", "XSD-IDREF", "", everywhere, true, func(t testing.TB, l [][2]string) [][2]string {
		return changed(t, l, "<DataObjectGroupReferenceId>", "<DataObjectGroupReferenceId>no")
	}},
	{"dangling unit", "XSD-IDREF", "", everywhere, true, func(t testing.TB, l [][2]string) [][2]string {
		end := strings.LastIndex(l[0][1], "</ArchiveUnit>")
		l[0][1] = l[0][1][:end] + `<ArchiveUnit id="circle"><ArchiveUnitRefId>nobody</ArchiveUnitRefId></ArchiveUnit>` + l[0][1][end:]
		return l
	}},
	{"cycle", "ARC-CYCLE", "", everywhere, true, func(t testing.TB, l [][2]string) [][2]string {
		at := strings.Index(l[0][1], `<ArchiveUnit id="`) + len(`<ArchiveUnit id="`)
		id, _, _ := strings.Cut(l[0][1][at:], `"`)
		end := strings.Index(l[0][1], "</ArchiveUnit>")
		l[0][1] = l[0][1][:end] + `<ArchiveUnit id="circle"><ArchiveUnitRefId>` + id + `</ArchiveUnitRefId></ArchiveUnit>` + l[0][1][end:]
		return l
	}},
	{"dup id", "XSD-ID-DUP", "", everywhere, true, func(t testing.TB, l [][2]string) [][2]string {
		at := strings.Index(l[0][1], `<BinaryDataObject id="`) + len(`<BinaryDataObject id="`)
		id, _, _ := strings.Cut(l[0][1][at:], `"`)
		at2 := at + strings.Index(l[0][1][at:], `<BinaryDataObject id="`) + len(`<BinaryDataObject id="`)
		id2, _, _ := strings.Cut(l[0][1][at2:], `"`)
		return changed(t, l, `<BinaryDataObject id="`+id2+`"`, `<BinaryDataObject id="`+id+`"`)
	}},
	{"2.2 element", "XSD-", "", everywhere, true, func(t testing.TB, l [][2]string) [][2]string {
		return changed(t, l, "</Title>", "</Title><OriginatingSystemIdReplyTo><OriginatingSystemIdReplyTo>x</OriginatingSystemIdReplyTo></OriginatingSystemIdReplyTo>")
	}},
	{"unknown element", "XSD-", "", everywhere, true, func(t testing.TB, l [][2]string) [][2]string {
		return changed(t, l, "</Title>", "</Title><Truc>x</Truc>")
	}},
	{"doctype", "XML-DOCTYPE", "XML-DOCTYPE", everywhere, true, func(t testing.TB, l [][2]string) [][2]string {
		return changed(t, l, "<ArchiveTransfer", `<!DOCTYPE a [<!ENTITY b "c">]><ArchiveTransfer`)
	}},
	{"truncated xml", "XML-TRUNCATED", "XML-TRUNCATED", everywhere, true, func(t testing.TB, l [][2]string) [][2]string { l[0][1] = l[0][1][:len(l[0][1])/2]; return l }},
}

// several are faults of all kinds in one package.
var several = func(t testing.TB, l [][2]string) [][2]string {
	swap(t, l, "<Size>", "<Size>1")
	swap(t, l, "<DataObjectGroupReferenceId>", "<DataObjectGroupReferenceId>no")
	swap(t, l, "</Title>", "</Title><Truc>x</Truc>")
	swap(t, l, `"SHA-512"`, `"CRC32"`)
	end := strings.LastIndex(l[0][1], "</ArchiveUnit>")
	l[0][1] = l[0][1][:end] + `<ArchiveUnit id="circle"><ArchiveUnitRefId>circle</ArchiveUnitRefId></ArchiveUnit>` + l[0][1][end:]
	l[2][1] = "x" + l[2][1]
	return append(l[:len(l)-1], [2]string{"content/more.txt", "x"}, [2]string{"../evil", "x"}, [2]string{"content/é", "x"}, [2]string{"notes.txt", "x"})
}

// travel asks what is said of a package that comes by the road.
func travel(t testing.TB, road roads, list [][2]string) *inspect.Result {
	t.Helper()
	opt := inspect.Options{}
	in := inspect.NewBytes("a", pack(t, list...))
	switch road {
	case tarRoad:
		in = inspect.NewBytes("a", zipped(t, tarred(t, list)))
	case folderRoad:
		var l [][2]string
		for _, f := range list {
			if !strings.HasPrefix(f[0], "..") {
				l = append(l, f)
			}
		}
		in = inspect.NewDir("a", folder(l))
	case bareRoad:
		r, err := preflight.Inspector().Inspect(context.Background(), inspect.NewBytes("a", []byte(list[0][1])), opt)
		if err != nil {
			t.Fatal(err)
		}
		return r
	case vitamRoad:
		opt.Profile = "vitam"
	case asalaeRoad:
		opt.Profile = "asalae"
	}
	return ask(t, in, opt)
}

// told reports whether a finding of the code is in the report, with its place.
func told(r *report.Report, code string, bare, inManifest bool) bool {
	for f := range r.All() {
		if strings.HasPrefix(f.Rule.Code, code) && f.Severity >= report.Warning {
			if inManifest {
				return f.Where.Line > 0 && f.Where.Column > 0 && (bare || f.Where.Member == "manifest.xml")
			}
			return f.Where.Member != "" && f.Where.Member != "manifest.xml"
		}
	}
	return false
}

// TestEveryFaultByEveryRoad: each is found wherever it can be seen, and says
// where it is.
func TestEveryFaultByEveryRoad(t *testing.T) {
	for _, c := range faultyPackages {
		list := c.change(t, ours(t))
		for road, name := range roadNames {
			if c.roads&road == 0 {
				continue
			}
			if r := travel(t, road, list); !told(r.Report, c.code, road == bareRoad, c.inManifest) {
				t.Errorf("%s, %s: no %s with its place: %v", c.name, name, c.code, r.Report.Err())
			}
		}
		data := pack(t, list...)
		s, err := Verify(context.Background(), bytes.NewReader(data), int64(len(data)), VerifyOptions{})
		if err != nil || c.verified != "" && !told(s.Report, c.verified, false, c.inManifest) {
			t.Errorf("%s, verified: no %s with its place: %v, %v", c.name, c.verified, err, s.Report.Err())
		}
	}
}

// TestSeveralFaultsAreFoundAtOnce, by every road.
func TestSeveralFaultsAreFoundAtOnce(t *testing.T) {
	list := several(t, ours(t))
	message := []string{"XSD-", "XSD-IDREF", "SEDA-ALGORITHM", "ARC-CYCLE", "ARC-GROUP-ORPHAN"}
	for road, name := range roadNames {
		r := travel(t, road, list).Report
		for _, code := range message {
			if !told(r, code, road == bareRoad, true) {
				t.Errorf("%s: no %s with its place", name, code)
			}
		}
		if road == bareRoad {
			continue
		}
		for _, code := range []string{"SIP-FILE-MISSING", "DIG-SIZE", "DIG-MISMATCH"} {
			if !told(r, code, false, true) {
				t.Errorf("%s: no %s with its place", name, code)
			}
		}
		if !told(r, "SIP-FILE-EXTRA", false, false) || road != folderRoad && !told(r, "CTN-PATH", false, false) {
			t.Errorf("%s: files that are too many, or lead out: %v", name, r.Err())
		}
	}
}
