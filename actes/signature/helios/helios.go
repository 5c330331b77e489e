package helios

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/ged/report"
)

// Options of a check. The zero value needs At.
type Options struct {
	signature.Options
	// Placed says that the caller judges by itself, as a reader of PES files
	// does, whether bordereaux are covered and agree with InfoDematerialisee: no
	// finding is made of it, Report.Uncovered and Report.Contradictions tell.
	Placed bool
}

// Portee is what a signature is over.
type Portee string

// What a signature may be over.
const (
	Globale    Portee = "globale"   // the whole file
	Bordereaux Portee = "bordereau" // one bordereau
	Indefinie  Portee = "indefinie" // something else
)

// Validity is the state of a certificate at a time.
type Validity string

// The states.
const (
	Valid   Validity = "valid"
	Expired Validity = "expired"
	Early   Validity = "early" // not yet valid
	Unknown Validity = "unknown"
)

// Signature is what the DGFiP would say of one signature.
type Signature struct {
	Portee Portee
	// Metier says that the signature is the act of the ordonnateur: the bordereaux
	// it covers are dematerialised, and it is not put over other signatures.
	Metier bool
	// Label is the word of the control tool for the two.
	Label string
	// NOK are the keys of what rejects the signature, Warn of what does not, OK of
	// what is only advised.
	NOK, Warn, OK []string
	// Covers are the bordereaux it proves, as indices; none when it is not intact.
	Covers []int
	// AtSigning and Now are the state of the certificate at the signing time
	// claimed and at Options.At.
	AtSigning, Now Validity
}

// Report is the answer for one PES_Aller.
type Report struct {
	*signature.Report
	Signatures []Signature // for each of Verdicts
	Bordereaux []Bordereau
	// Uncovered are the bordereaux no intact signature covers, when the file has
	// signatures at all, as indices.
	Uncovered []int
	// Contradictions are the sides of the accounts whose InfoDematerialisee does
	// not agree with the signatures.
	Contradictions []Domaine
	// PES says that the document is a PES_Aller: otherwise only Verdicts and
	// Findings mean something.
	PES bool
}

// Known policies with the digests met for each (the document behind an
// identifier was replaced without the identifier changing).
var policies = map[string]map[string]bool{
	"1.2.250.1.131.1.5.18.21.1.4": {
		"SHA1:Jkdb+aba0Hz6+ZPKmKNhPByzQ+Q=":                   true,
		"SHA256:pYtFgzn09kQWZywqdIGVd1fFI07tjKmEAyQHr0l/YAk=": true,
	},
	"1.2.250.1.131.1.5.18.21.1.7": {
		"SHA256:roF9+cfRHNPtVJolhdqfIqGMVuUXX8aR4rpiquf0u5E=": true,
		"SHA256:pYtFgzn09kQWZywqdIGVd1fFI07tjKmEAyQHr0l/YAk=": true,
		"SHA256:GbP1WjbTrHp6h9zlsz5RN7AqkJbnDNDOAQzgm1qzIJ4=": true,
	},
}

// Check validates the signatures of a PES_Aller, and judges them by the rules
// of the DGFiP. The error means that no verdict could be reached.
func Check(ctx context.Context, in xades.Input, opt Options) (*Report, error) {
	var s structure
	in.AnyTarget = true
	in.Watch = append(slices.Clip(in.Watch), &s)
	base, err := xades.Validate(ctx, in, opt.Options)
	if err != nil {
		return nil, err
	}
	r := &Report{Report: base, PES: s.is, Bordereaux: s.bordereaux}
	for i := range r.Bordereaux {
		r.Bordereaux[i].Dematerialise = s.flags[r.Bordereaux[i].Domaine] == "1"
	}
	for i := range r.Verdicts {
		r.Signatures = append(r.Signatures, r.signature(i, opt))
	}
	if !s.is {
		return r, nil
	}
	r.labels()
	r.complete(&s, opt)
	return r, nil
}

// signature judges one signature.
func (r *Report) signature(i int, opt Options) Signature {
	v := &r.Verdicts[i]
	s := Signature{Portee: Indefinie}
	for _, c := range v.Covers {
		if c.To == 0 {
			continue
		}
		if c.Kind == "FULL" {
			s.Portee = Globale
		}
		first, _ := slices.BinarySearchFunc(r.Bordereaux, c.From, func(b Bordereau, from int64) int { return cmp.Compare(b.From, from) })
		for b := first; b < len(r.Bordereaux) && r.Bordereaux[b].From < c.To; b++ {
			x := &r.Bordereaux[b]
			if x.To == 0 || x.To > c.To {
				continue
			}
			if c.From == x.From && s.Portee == Indefinie {
				s.Portee = Bordereaux
			}
			if v.Intact && v.Conclusion.Indication != signature.TotalFailed && !c.Altered && (len(s.Covers) == 0 || s.Covers[len(s.Covers)-1] < b) {
				s.Covers = append(s.Covers, b)
				x.By = append(x.By, i)
			}
		}
	}
	s.AtSigning, s.Now = Unknown, Unknown
	if len(v.Chain) > 0 {
		if s.Now = state(v.Chain[0], opt.At); !v.SigningTime.IsZero() {
			s.AtSigning = state(v.Chain[0], v.SigningTime)
		}
	}
	r.keys(&s, v)
	return s
}

func state(c *signature.Cert, at time.Time) Validity {
	switch {
	case at.Before(c.NotBefore):
		return Early
	case at.After(c.NotAfter):
		return Expired
	}
	return Valid
}

// keys makes the checks of the control tool of the DGFiP.
func (r *Report) keys(s *Signature, v *signature.Verdict) {
	nok := func(key string, rule *report.Rule) {
		s.NOK = append(s.NOK, key)
		if rule != nil {
			r.Findings.Add(rule, v.Where)
		}
	}
	switch {
	case v.Conclusion.Sub == signature.FormatFailure:
		nok("UNVERIFIABLE_SIGNATURE", nil)
	case v.Conclusion.Indication == signature.TotalFailed || !v.Intact:
		nok("INVALID_SIGNATURE", nil)
	}
	if len(v.Roles) == 0 {
		nok("ROLE_BLANK", RuleRole)
	}
	switch {
	case v.SigningTime.IsZero():
		nok("DATE_BLANK", RuleDate)
	case v.SigningZone != "Z":
		nok("DATE_FORMAT_ERROR", RuleDate)
	}
	if !v.AttributesDone && !v.AttributesUntyped {
		nok("XADES_UNSIGNED", RuleUnsigned)
	}
	if v.RefPresent && v.RefDigest && !v.RefMatches {
		nok("XADES_ERROR", RuleCertificate)
	}
	for _, m := range v.Methods {
		if strings.Contains(m, "REC-xml-c14n") || strings.Contains(m, "xml-c14n11") {
			nok("RECOMMENDATION_NOT_RESPECTED", RuleMethod)
			break
		}
	}
	if len(v.Chain) > 0 && v.Chain[0].KeyUsage&trust.UsageNonRepudiation == 0 {
		s.Warn = append(s.Warn, "WRONG_CERTIFICATE")
		r.Findings.Add(RuleUsage, v.Where)
	}
	if v.Namespace != "" && !strings.HasSuffix(v.Namespace, "v1.1.1#") && !strings.HasSuffix(v.Namespace, "v1.2.2#") {
		r.Findings.Add(RuleNamespace, v.Where)
	}
	r.policy(s, v)
}

// policy gives advice about the signature policy stated, and warns of one that
// nobody knows: never more, for the document changed under its identifier.
func (r *Report) policy(s *Signature, v *signature.Verdict) {
	advise := func(key, fr, en string) {
		s.OK = append(s.OK, key)
		r.Findings.Add(RulePolicy, v.Where, report.Words("why", fr, en))
	}
	if v.PolicyID == "" {
		if v.PolicyHash == nil {
			advise("NO_POLICY", "il n'y en a pas", "there is none")
		} else {
			advise("POLICY_ID_MISSING", "son identifiant manque", "its identifier is missing")
		}
		return
	}
	if v.PolicyURI == "" {
		advise("POLICY_QUALIFIER_MISSING", "l'adresse de son texte manque", "the address of its text is missing")
	}
	known := policies[v.PolicyID]
	if !known[string(v.PolicyHashAlgorithm)+":"+base64.StdEncoding.EncodeToString(v.PolicyHash)] {
		r.Findings.Add(RulePolicyUnknown, v.Where)
	}
}

// labels classifies the signatures, with the words of the control tool.
func (r *Report) labels() {
	for i := range r.Signatures {
		s := &r.Signatures[i]
		demat := true
		for _, b := range s.Covers {
			demat = demat && r.Bordereaux[b].Dematerialise
		}
		demat = demat && len(s.Covers) > 0
		switch s.Portee {
		case Globale:
			s.Metier = demat && len(r.Signatures) == 1
			s.Label = "Signature Technique Globale"
			if s.Metier {
				s.Label = "Signature Métier Globale"
			}
		case Bordereaux:
			s.Metier, s.Label = demat, "Signature de Bordereaux"
		default:
			s.Label = "Signature de type indéfini"
			r.Findings.Add(RulePlace, r.Verdicts[i].Where)
		}
	}
}

// complete checks that every bordereau is covered, and that the signatures and
// InfoDematerialisee agree.
func (r *Report) complete(s *structure, opt Options) {
	signed := map[Domaine]bool{}
	demat := map[Domaine]bool{}
	for i := range r.Bordereaux {
		b := &r.Bordereaux[i]
		demat[b.Domaine] = demat[b.Domaine] || b.Dematerialise
		if len(b.By) > 0 {
			signed[b.Domaine] = true
		} else if len(r.Verdicts) > 0 {
			r.Uncovered = append(r.Uncovered, i)
		}
	}
	for _, d := range []Domaine{Depense, Recette} {
		why := report.Words("why", "signé mais non dématérialisé", "signed but not dematerialised")
		switch {
		case signed[d] && !demat[d] && !r.technical(d):
		case demat[d] && len(r.Verdicts) == 0:
			why = report.Words("why", "dématérialisé mais non signé", "dematerialised but not signed")
		default:
			continue
		}
		r.Contradictions = append(r.Contradictions, d)
		if !opt.Placed {
			r.Findings.Add(RuleFlag, report.Location{}, why)
		}
	}
	for _, i := range r.Uncovered {
		for j := range r.Signatures {
			if !slices.Contains(r.Signatures[j].NOK, "NOT_SIGNED_CONTENT") {
				r.Signatures[j].NOK = append(r.Signatures[j].NOK, "NOT_SIGNED_CONTENT")
			}
		}
		if !opt.Placed {
			r.Findings.Add(RuleUncovered, r.Bordereaux[i].Where, report.Int("n", len(r.Uncovered)), report.Int("total", len(r.Bordereaux)))
			break
		}
	}
	if s.over {
		r.Findings.Add(xades.RuleLimit, report.Location{})
	}
}

// technical reports whether a side is signed by a global signature alone, which
// an operator may add to a file that is not dematerialised.
func (r *Report) technical(d Domaine) bool {
	for i := range r.Bordereaux {
		b := &r.Bordereaux[i]
		if b.Domaine != d {
			continue
		}
		for _, v := range b.By {
			if r.Signatures[v].Portee != Globale {
				return false
			}
		}
	}
	return true
}
