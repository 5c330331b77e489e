package pes

import (
	"context"
	"io"
	"maps"
	"slices"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/helios"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/ged/report"
)

// regleSIG names, in Reading.Regles, what Hélios refuses of a signature: it is
// none of the catalogue.
const regleSIG = "SIG"

// Verifier reads and judges a document as [Read] does, its signatures included:
// whether they are good at the moment sig.At, what they cover, whom their
// certificates belong to. The zero Policy of sig is signature.PESHistorique,
// without an end for SHA-1: the norm of PES. The report of the signatures is nil
// for a document that has none, or that cannot be read to its end. The document
// is read once more for each signature reading, in constant memory.
//
// The signatures inside a PJ that is a PDF are judged as it goes by, by the
// Policy of sig as given; one of more than 16 MiB is said not to have been. What
// fails there is a warning and weighs in nothing Hélios says; STELA, which may be
// set to look at them, would stop the file.
func Verifier(ctx context.Context, src io.ReaderAt, size int64, opt Options, sig signature.Options) (*Reading, *helios.Report, error) {
	opt.verified = true
	sig = sig.Together()
	var pj *signaturesPJ
	if opt.Profile != ProfilXSD && !opt.LectureSeule {
		inside := sig
		inside.Report, inside.Given, inside.Detached = opt.Report, nil, nil
		pj = &signaturesPJ{sig: inside}
		opt.pj = pj
	}
	r, h, err := verifier(ctx, src, size, opt, sig)
	if err == nil && pj != nil && opt.Profile == ProfilSTELA {
		pj.stelaPJ(r, opt)
	}
	return r, h, err
}

// verifier judges the document and the signatures of it and its bordereaux.
func verifier(ctx context.Context, src io.ReaderAt, size int64, opt Options, sig signature.Options) (*Reading, *helios.Report, error) {
	r, err := Read(ctx, io.NewSectionReader(src, 0, size), opt)
	if err != nil || r.Root != Aller || !r.Lu || r.Facts.Signatures == 0 || opt.Profile == ProfilXSD || opt.LectureSeule {
		return r, nil, err
	}
	if sig.Policy == nil {
		sig.Policy, _ = signature.PolicyNamed("pes-historique")
	}
	sig.Report = opt.Report
	h, err := helios.Check(ctx, xades.Input{Data: src, Size: size}, helios.Options{Options: sig, Placed: true})
	if err != nil {
		return nil, nil, err
	}
	judgeSignatures(r, h, opt, sig)
	return r, h, nil
}

// judgeSignatures adds what the signatures are worth to what was found.
func judgeSignatures(r *Reading, h *helios.Report, opt Options, sig signature.Options) {
	lighter := opt.Profile == ProfilS2LOW || opt.Profile == ProfilSTELA
	for f := range h.Findings.All() {
		g := *f
		g.Where.Member = opt.Member
		if lighter {
			g.Severity = min(g.Severity, report.Warning)
		}
		r.Report.Record(g)
	}
	rules, warnings := map[string]bool{}, map[string]bool{}
	portee := PorteeAucune
	refused := false
	for i := range h.Signatures {
		s := &h.Signatures[i]
		for _, key := range s.NOK {
			if key == "NOT_SIGNED_CONTENT" { // of the file: below
				continue
			}
			rules[regleSIG] = true
			scope := PorteeFlux
			if key == "INVALID_SIGNATURE" {
				refused = true
				// What was signed was changed, and is one bordereau; anything else that is
				// wrong with a signature stops the file at the gate.
				if s.Portee == helios.Bordereaux && h.Verdicts[i].Conclusion.Sub == signature.HashFailure && !elsewhere(h, i) {
					scope = PorteeBordereau
				}
			}
			portee = max(portee, scope)
		}
		for _, key := range s.Warn {
			warnings[key] = true
		}
	}
	// A bordereau that carries a good signature which covers another place.
	if missing := uncovered(h); missing > 0 && !refused && !slices.Contains(r.Regles, "H50") {
		rules["H50"] = true
		portee = PorteeFlux
		severity := report.Error
		if lighter {
			severity = report.Warning
		}
		where := h.Bordereaux[h.Uncovered[0]].Where
		where.Member = opt.Member
		r.Report.Record(report.Finding{Rule: NonSigne, Severity: severity, Ref: "H50", Where: where,
			Params: []report.Param{report.Int("n", missing), report.Int("total", len(h.Bordereaux))}})
	}
	for _, id := range r.Regles {
		rules[id] = true
	}
	for _, id := range r.Alertes {
		warnings[id] = true
	}
	r.Regles, r.Alertes = slices.Sorted(maps.Keys(rules)), slices.Sorted(maps.Keys(warnings))
	r.Portee = max(r.Portee, portee)
	switch {
	case !lighter:
		if r.Portee == PorteeFlux {
			r.Etat = EtatRejete
		} else if r.Portee > PorteeAucune {
			r.Etat = EtatPartiel
		}
	case opt.Profile == ProfilS2LOW:
		s2lowSignatures(r, h, opt, sig)
	default:
		stelaSignatures(r, h, opt)
	}
}

// uncovered counts the dematerialised bordereaux that no intact signature covers.
func uncovered(h *helios.Report) (n int) {
	for _, i := range h.Uncovered {
		if h.Bordereaux[i].Dematerialise {
			n++
		}
	}
	return n
}

// elsewhere reports whether a signature that is not intact holds a bordereau: one
// was put around it.
func elsewhere(h *helios.Report, i int) bool {
	at := h.Verdicts[i].Where.Offset
	for _, b := range h.Bordereaux {
		if b.From < at && at < b.To {
			return h.Signatures[i].Portee != helios.Bordereaux
		}
	}
	return true
}

// s2lowSignatures makes the check of S²LOW (its number 10): each signature it
// finds, at the time it claims, and its chain when anchors are given.
func s2lowSignatures(r *Reading, h *helios.Report, opt Options, sig signature.Options) {
	if r.Etat == EtatErreur { // an earlier check failed, or a later one: the first is told
		return
	}
	trusted := sig.Store != nil && sig.Store.Len() > 0
	for i := range h.Signatures {
		v, s := &h.Verdicts[i], &h.Signatures[i]
		if v.Intact && s.AtSigning != helios.Expired && s.AtSigning != helios.Early && (v.Trusted || !trusted) {
			continue
		}
		r.Etat = EtatErreur
		r.Report.Record(report.Finding{Rule: S2LOW, Severity: report.Error, Ref: "10", Params: []report.Param{report.P("message", "La signature du fichier est invalide")},
			Where: report.Location{Member: opt.Member}})
		return
	}
}

// stelaSignatures makes the checks of STELA: values and references, and the
// certificate against the clock of the day.
func stelaSignatures(r *Reading, h *helios.Report, opt Options) {
	for i := range h.Signatures {
		v, s := &h.Verdicts[i], &h.Signatures[i]
		state := Etat("")
		switch {
		case !v.Intact:
			state = "INVALID_SIGNATURE"
		case s.Now == helios.Expired:
			state = "EXPIRED_CERTIFICATE"
		case s.Now == helios.Early:
			state = "NOT_YET_VALID_CERTIFICATE"
		default:
			continue
		}
		r.Etat = state
		r.Report.Record(report.Finding{Rule: STELA, Severity: report.Error, Ref: string(state), Params: []report.Param{stelaState(string(state))},
			Where: report.Location{Member: opt.Member}})
		return
	}
}
