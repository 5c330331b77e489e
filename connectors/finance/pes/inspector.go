package pes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/helios"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Inspector answers for PES documents: kinds "pes.aller", "pes.acquit" (the
// acknowledgement of a PES Retour included) and "pes.retour". The version is
// that of the schemas the verdict is given by; "schema.5.12", "schema.5.17" of
// the summary are the verdicts of all. Schemas of the options, an official set of
// any year, judge in their place ("schema.donné").
//
// Profiles: dgfip (the default), xsd, s2low, stela. The code list of the
// options is the code of the budget's nomenclature (M57), or a plan of accounts as
// the DGCL publishes them, or tables of codes as [ReadCodes] reads them, where a
// table budget.nomenclature may hold the code of the budget's.
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

var kinds = map[Root]string{
	Aller: "pes.aller", Acquit: "pes.acquit", NonAcquit: "pes.acquit", AcquitRetour: "pes.acquit", Retour: "pes.retour",
}

// Detect implements inspect.Inspector: the root element decides, also in a
// document that is no further readable.
func (inspector) Detect(_ context.Context, in *inspect.Input) bool {
	return in.Data != nil && kindOf(in.Head) != ""
}

func kindOf(head []byte) string {
	local := ""
	r := xmlcore.NewReader(bytes.NewReader(head), xmlcore.Options{})
	for local == "" {
		k, err := r.Next()
		if err != nil {
			local = rootBehindFault(head)
			break
		}
		if k == xmlcore.StartElement {
			local = r.Name().Local
		}
	}
	return kinds[rootOf(local)]
}

var pesTag = regexp.MustCompile(`<(?:[A-Za-z_][\w.-]*:)?(PES_\w+)[\s/>]`)

// rootBehindFault finds the root element where the rules of XML fail before
// it: a DOCTYPE, an encoding nobody knows.
func rootBehindFault(head []byte) string {
	if m := pesTag.FindSubmatch(head); m != nil && bytes.HasPrefix(bytes.TrimLeft(head, "\xEF\xBB\xBF \t\r\n"), []byte("<")) {
		return string(m[1])
	}
	return ""
}

// Inspect implements inspect.Inspector.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	o := Options{Version: opt.Version, Profile: Profil(opt.Profile), Report: opt.Report().Options()}
	switch o.Profile {
	case ProfilXSD, ProfilS2LOW, ProfilSTELA:
	default:
		o.Profile = ProfilDGFiP
	}
	if err := o.tables(ctx, opt.Codes); err != nil {
		return nil, err
	}
	o.SansSchema = opt.Schemas != nil
	r, signatures, err := judged(ctx, in, o, opt)
	if err != nil {
		return nil, err
	}
	if opt.Schemas != nil && len(r.Schemas) > 0 {
		given, err := OuvrirSchemas(ctx, opt.Schemas)
		if err == nil {
			err = given.Juger(ctx, r, in.Reader(), o)
		}
		if err != nil {
			return nil, err
		}
	}
	res := &inspect.Result{File: in.Name, Kind: kindOf(in.Head), Version: opt.Version, Report: r.Report}
	if signatures != nil {
		res.Signatures = signatures.Report.Signatures(opt.At)
	}
	if res.Version == "" {
		res.Version = V517
	}
	s := &res.Summary
	if r.Lu {
		for _, x := range r.Schemas {
			verdict := "invalid"
			if x.Valid {
				verdict = "valid"
			}
			s.Set("schema."+x.Version, verdict)
		}
	}
	switch {
	case r.Acquit != nil:
		summaryAcquit(s, r)
		if r.Root != AcquitRetour {
			if err := compare(ctx, s, r, opt); err != nil {
				return nil, err
			}
		}
	case r.Retour != nil:
		s.Set("typfic", r.Entete.TypFic)
		s.Set("codcol", r.Entete.CodCol)
		s.Set("bordereaux", r.Retour.Bordereaux)
		s.Set("pieces", r.Retour.Pieces)
	case opt.Schemas != nil:
		summaryAller(s, r, VersionDonnee)
	default:
		summaryAller(s, r, res.Version)
	}
	if signatures != nil {
		signatures.Facts(s)
	}
	return res, nil
}

// judged reads the document, and verifies its signatures when the present is
// known.
func judged(ctx context.Context, in *inspect.Input, o Options, opt inspect.Options) (*Reading, *helios.Report, error) {
	if opt.At.IsZero() {
		r, err := Read(ctx, in.Reader(), o)
		return r, nil, err
	}
	if opt.Policy == "" {
		opt.Policy = "pes-historique"
	}
	opt.Detached = nil // of an acknowledgement they are what was sent
	sig, err := signature.FromInspect(ctx, opt)
	if err != nil {
		return nil, nil, err
	}
	return Verifier(ctx, in.Data, in.Size, o, sig)
}

// tables takes what the user says of the budget and of the year.
func (o *Options) tables(ctx context.Context, data []byte) error {
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), " \t\r\n")
	code := string(bytes.TrimSpace(data[:min(len(data), 100)]))
	switch {
	case len(data) == 0:
	case ValidNomenclature(code):
		o.Nomenclature = code
	case data[0] == '<':
		plan, err := budget.ReadPlan(ctx, bytes.NewReader(data))
		if err != nil {
			return err
		}
		o.Plan = plan
	default:
		codes, err := ReadCodes(bytes.NewReader(data))
		if err != nil {
			return err
		}
		o.Codes = CodesIntegres().Avec(codes)
		if t := codes.Table("budget.nomenclature"); len(t) > 0 {
			o.Nomenclature = t[0].Code
		}
	}
	return nil
}

// always sets a key whose emptiness says something too.
func always(s *inspect.Summary, key, value string) {
	*s = append(*s, inspect.Fact{Key: key, Value: value})
}

func summaryAller(s *inspect.Summary, r *Reading, version string) {
	always(s, "nomfic", r.Entete.NomFic)
	always(s, "codcol", r.Entete.CodCol)
	s.Set("bordereaux", r.Facts.Bordereaux)
	s.Set("pieces", r.Facts.Pieces)
	s.Set("lignes", r.Facts.Lignes)
	s.Set("pj", r.Facts.PJ)
	s.Set("scope", r.Portee.String())
	switch {
	case r.Report.Has(report.XMLDoctype):
		s.Set("rule", []string{"DOCTYPE"})
	case !r.Lu:
		s.Set("rule", []string{"XML"})
	case !r.Schema(version):
		s.Set("rule", []string{"XSD"})
	default:
		if len(r.Regles) > 0 {
			s.Set("rule", r.Regles)
		}
		if len(r.Alertes) > 0 {
			s.Set("warn", r.Alertes)
		}
	}
}

func summaryAcquit(s *inspect.Summary, r *Reading) {
	a := r.Acquit
	always(s, "nomfic", r.Entete.NomFic)
	always(s, "codcol", r.Entete.CodCol)
	if r.Root == AcquitRetour {
		if len(a.Retours) > 0 {
			s.Set("domaine", a.Retours[0].DomaineAckRetour)
			s.Set("typrestit", a.Retours[0].TypRestit)
		}
		return
	}
	b := a.Bilan()
	s.Set("etat", map[Etat]string{EtatAccepte: "accepted", EtatPartiel: "partial", EtatRejete: "rejected"}[b.Etat])
	s.Set("elements", b.Elements)
	s.Set("erreurs", b.Erreurs)
	s.Set("bordereaux.ok", b.BordereauxOK)
	s.Set("bordereaux.ko", b.BordereauxKO)
	s.Set("pj.ok", b.PJOK)
	s.Set("pj.ko", b.PJKO)
	s.Set("marches.ok", b.MarchesOK)
	s.Set("flux.ko", b.FluxKO)
	s.Set("refuses", b.Refuses)
}

// compare says what the acknowledgement means for the file that was sent, when
// it is among the detached files of the options.
func compare(ctx context.Context, s *inspect.Summary, r *Reading, opt inspect.Options) error {
	var last *Rapprochement
	for _, dir := range opt.Detached {
		names, err := fs.Glob(dir, "*")
		if err != nil {
			return fmt.Errorf("pes: %w", err)
		}
		for _, name := range names {
			e, err := inventory(ctx, dir, name)
			if err != nil {
				return err
			}
			if e == nil || last != nil && last.Lie {
				continue
			}
			last = e.Rapprocher(r)
		}
	}
	if last == nil {
		return nil
	}
	last.Signaler(r.Report)
	if !last.Lie {
		s.Set("lien", "aucun")
		return nil
	}
	s.Set("lien", "nomfic")
	for _, l := range []struct {
		key  string
		list []string
	}{{"rejetes", last.Rejetes}, {"inconnus", last.Inconnus}, {"renvoi.bordereaux", last.Bordereaux}, {"renvoi.pj", last.PJ}, {"renvoi.pjref_seul", last.PJRefSeules}} {
		s.Set(l.key, append([]string{}, l.list...))
	}
	return nil
}

// inventory returns nil for a file that is no PES_Aller.
func inventory(ctx context.Context, dir fs.FS, name string) (*Envoi, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, fmt.Errorf("pes: %w", err)
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return nil, nil
	}
	e, err := Inventorier(ctx, f, Options{})
	var invalid *report.InvalidError
	if errors.As(err, &invalid) {
		return nil, nil
	}
	return e, err
}
