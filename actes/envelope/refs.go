package envelope

import (
	"strings"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Every finding of this package refers to a line of the catalogue of what
// receivers reject (Finding.Ref):
//
//	A01 gzip and tar              A02 size          A03 name of the archive
//	A04 trigram                   A05 quadrigram    A06 envelope XML present
//	A07 paths, links, duplicates  A08 bomb
//	V01 schema of the envelope    V02 authority     V03 return addresses
//	V04 messages present
//	M01 well-formed, known root   M02 schema        M03 one main document
//	M04 files present             M05 annexes       M06 names and serials
//	M07 unused files              M08 number        M09 date
//	M10 matter                    M11 classification
//	M12 formats                   M13 typology      M14 PDF readable
//	M15 signatures in PDF         M16 detached signatures
//	M17 budget and seal           M18 antivirus     M19 duplicate
//	M20 known act                 M21 cancellation  M22 mojibake
//	R01 anomaly out of time
type about uint8

const (
	ofArchive about = iota
	ofEnvelope
	ofMessage
	ofPDF
	ofBudget
)

// refOf gives the line of the catalogue for a finding made by another package.
func refOf(f *report.Finding, what about) string {
	code := f.Rule.Code
	switch f.Rule {
	case report.XMLEncodingSuspect:
		return "M22"
	case actes.MatiereInconnue, actes.ClassificationPerimee, actes.ClassificationAbsente:
		return "M11"
	case actes.FichierVide:
		return "M12"
	case actes.Doublon, actes.DoublonNumero:
		return "M19"
	case message.MessageRacine, message.MessageEspace:
		return pick(what, "V01", "M01")
	case message.MessageAnnexes:
		return "M05"
	}
	switch {
	case what == ofPDF:
		return "M14"
	case what == ofBudget:
		return "M17"
	case what == ofArchive && f.Rule == report.LimBytes && paramIs(f, "what", "compressed archive"):
		return "A02"
	case what == ofArchive && strings.HasPrefix(code, "LIM-"):
		return "A08"
	case what == ofArchive:
		switch f.Rule {
		case report.CtnFormat, report.CtnTruncated, report.CtnCRC, report.CtnTrailing:
			return "A01"
		}
		return "A07"
	case strings.HasPrefix(code, "ACT-NUMERO"):
		return "M08"
	case strings.HasPrefix(code, "ACT-DATE"):
		return "M09"
	case strings.HasPrefix(code, "ACT-MATIERE"):
		return "M10"
	case strings.HasPrefix(code, "ACT-FORMAT"), f.Rule == actes.AnnexeRequise:
		return "M12"
	case strings.HasPrefix(code, "ACT-TYPOLOGIE"):
		return "M13"
	case strings.HasPrefix(code, "ACT-SIREN"), strings.HasPrefix(code, "ACT-DEPARTEMENT"),
		strings.HasPrefix(code, "ACT-ARRONDISSEMENT"), strings.HasPrefix(code, "ACT-COLLECTIVITE"):
		return pick(what, "V02", "M02")
	case strings.HasPrefix(code, "XSD-"):
		switch {
		case what == ofEnvelope && f.Rule == report.XSDMissing && paramHas(f, "missing", "AdressesRetour"):
			return "V03"
		case what == ofMessage && f.Rule == report.XSDElement && strings.HasSuffix(f.Where.Path, "/Document[2]"):
			return "M03"
		}
	case strings.HasPrefix(code, "XML-"), strings.HasPrefix(code, "LIM-"):
		return pick(what, "V01", "M01")
	}
	return pick(what, "V01", "M02")
}

func pick(what about, envelope, other string) string {
	if what == ofEnvelope {
		return envelope
	}
	return other
}

func paramIs(f *report.Finding, name, en string) bool {
	for _, p := range f.Params {
		if p.Name == name {
			return p.Text(report.EN) == en
		}
	}
	return false
}

func paramHas(f *report.Finding, name, en string) bool {
	for _, p := range f.Params {
		if p.Name == name {
			return strings.Contains(p.Text(report.EN), en)
		}
	}
	return false
}

// refer adds the findings of another report to ours with their line of the
// catalogue; lenient makes them warnings at most.
func (r *reader) refer(rep *report.Report, what about, lenient bool) {
	for f := range rep.All() {
		g := *f
		g.Ref = refOf(f, what)
		if lenient {
			g.Severity = min(g.Severity, report.Warning)
		}
		r.rep.Record(g)
	}
}

// add records a finding of ours.
func (r *reader) add(ref string, rule *report.Rule, where report.Location, params ...report.Param) {
	r.rep.Record(report.Finding{Rule: rule, Severity: rule.Severity, Where: where, Ref: ref, Params: params})
}

// addIn records a finding that is a warning at most when the State sends.
func (r *reader) addIn(ref string, rule *report.Rule, where report.Location, params ...report.Param) {
	s := rule.Severity
	if r.env.Sens == message.Retour {
		s = min(s, report.Warning)
	}
	r.rep.Record(report.Finding{Rule: rule, Severity: s, Where: where, Ref: ref, Params: params})
}

func entry(name string) report.Param { return report.P("entry", container.Show(name)) }

func in(member string) report.Location { return report.Location{Member: container.Show(member)} }
