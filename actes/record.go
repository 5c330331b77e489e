package actes

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/ged"
)

// Recu is what the ministry's acknowledgement tells of an act.
type Recu struct {
	IDActe        string   // as received
	DateReception ged.Date // the date the act may be enforced from
	// Message is the ARActe itself, byte for byte, or nil.
	Message Contenu
	Nom     string // of its file
}

// Suites are what is known of an act besides itself when it becomes a record.
type Suites struct {
	// ID is the key of the record in its store; "" takes the act's identifier.
	ID string
	// Name of the authority.
	Producteur string
	// Transmis is the moment the act left, Publie the day it was published;
	// zero when not known.
	Transmis time.Time
	Publie   ged.Date
	Recu     *Recu // nil while the act is not acknowledged
	// Classification gives the matter its labels; it may be nil.
	Classification *Classification
	// Tampon is the main document as stamped, or nil.
	Tampon Contenu
}

// Identifiers of the files of a record.
const (
	FileDocument = "document" // main document
	FileAR       = "ar"       // the ARActe
	FileTampon   = "tampon"   // stamped copy of the main document
)

// FileAnnexe returns the identifier of the n-th annexe, from 1.
func FileAnnexe(n int) string { return "annexe-" + strconv.Itoa(n) }

// Record turns an act into a record, with the contents of its files by their
// identifiers. Contents are read once, to be digested (SHA-512, what French
// archiving systems ask for).
func (a *Acte) Record(ctx context.Context, s Suites) (ged.Document, ged.Contents, error) {
	id := a.ID()
	doc := ged.Document{
		ID:          s.ID,
		Identifiers: []ged.Identifier{{Scheme: ged.SchemeActeNumero, Value: a.Numero}},
		Title:       a.Objet,
		Type:        typeOf(a.Nature),
		Agents: []ged.Agent{
			{Role: ged.Producer, SIREN: a.Collectivite.SIREN, Name: s.Producteur},
			{Role: ged.Authority, ID: a.Collectivite.Departement + a.Collectivite.Arrondissement, Name: "Préfecture"},
		},
		Dates:     ged.Dates{Acted: a.Date, Transmitted: s.Transmis, Published: s.Publie},
		Status:    s.status(),
		Languages: []string{"fr"},
		Extra: []ged.Field{
			{Name: "actes:codeNatureActe", Kind: ged.KindInteger, Values: []string{strconv.Itoa(int(a.Nature))}},
			{Name: "actes:matiere", Values: []string{a.Matiere.String()}},
			{Name: "actes:classificationDateVersion", Kind: ged.KindDate, Values: []string{a.Classification.String()}},
			{Name: "actes:documentPapier", Kind: ged.KindBoolean, Values: []string{strconv.FormatBool(a.DocumentPapier)}},
		},
	}
	if doc.ID == "" {
		doc.ID = id.String()
	}
	if s.Classification != nil {
		for i, label := range s.Classification.Libelle(a.Matiere) {
			doc.Keywords = append(doc.Keywords, ged.Keyword{Content: label, Reference: a.Matiere.Prefix(i + 1).String(),
				Scheme: "actes:matiere", Kind: "subject"})
		}
	}
	if !a.Precedent.IsZero() {
		doc.Relations = append(doc.Relations, ged.Relation{Type: ged.Citant, Target: a.Precedent.String(), Scheme: ged.SchemeActeID})
	}
	doc.Events = append(doc.Events, ged.Event{Type: ged.EventDecision, Time: a.Date.In(time.UTC), Agent: a.Collectivite.SIREN, Outcome: ged.Success})
	if !s.Transmis.IsZero() {
		doc.Events = append(doc.Events, ged.Event{Type: ged.EventTransmission, Time: s.Transmis, Agent: a.Collectivite.SIREN, Outcome: ged.Success})
	}
	contents := ged.Contents{}
	if err := a.recordFiles(ctx, &doc, contents); err != nil {
		return ged.Document{}, nil, err
	}
	if s.Tampon != nil {
		f := ged.File{ID: FileTampon, Name: stampedName(a.Document.Nom), Role: ged.RoleStamped, MediaType: PDF.MediaType()}
		if err := record(ctx, &doc, contents, f, sourceOf(s.Tampon)); err != nil {
			return ged.Document{}, nil, err
		}
	}
	if r := s.Recu; r != nil {
		doc.Identifiers = append(doc.Identifiers, ged.Identifier{Scheme: ged.SchemeActeID, Value: r.IDActe})
		// The AR tells a day only: the earliest moment of it that keeps history
		// in order.
		at := r.DateReception.In(time.UTC)
		if at.Before(s.Transmis) {
			at = s.Transmis
		}
		event := ged.Event{Type: ged.EventAcknowledgement, Time: at, Agent: "@CTES", Outcome: ged.Success, Code: "1-2"}
		if r.Message != nil {
			f := ged.File{ID: FileAR, Name: r.Nom, Role: ged.RoleReceipt, MediaType: XML.MediaType()}
			if err := record(ctx, &doc, contents, f, sourceOf(r.Message)); err != nil {
				return ged.Document{}, nil, err
			}
			event.Files = []string{FileAR}
		}
		doc.Events = append(doc.Events, event)
	}
	return doc, contents, nil
}

func (a *Acte) recordFiles(ctx context.Context, doc *ged.Document, contents ged.Contents) error {
	for i, f := range a.Fichiers() {
		if f.Contenu == nil {
			continue
		}
		file := ged.File{ID: FileDocument, Name: f.Nom, Role: ged.RoleMain, Code: f.Typologie, Title: libellesTypologie[f.Typologie]}
		if i > 0 {
			file.ID, file.Role = FileAnnexe(i), ged.RoleAnnexe
			if f.Typologie == SignatureTypologie {
				file.Role = ged.RoleSignature
			}
		}
		head := make([]byte, min(max(f.Contenu.Size(), 0), SniffSize))
		if n, err := f.Contenu.ReadAt(head, 0); n < len(head) {
			if err == nil {
				err = io.ErrUnexpectedEOF
			}
			return fmt.Errorf("actes: reading file %s: %w", file.ID, err)
		}
		_, file.MediaType = Sniff(head)
		if err := record(ctx, doc, contents, file, sourceOf(f.Contenu)); err != nil {
			return err
		}
		if len(f.Signature) > 0 {
			sig := ged.File{ID: file.ID + "-signature", Name: f.Nom + ".p7s", Role: ged.RoleSignature, MediaType: "application/pkcs7-signature"}
			if err := record(ctx, doc, contents, sig, ged.BytesSource(f.Signature)); err != nil {
				return err
			}
		}
	}
	return nil
}

// record adds a file, its digest and its content.
func record(ctx context.Context, doc *ged.Document, contents ged.Contents, f ged.File, content ged.Source) error {
	digests, size, err := ged.DigestSource(ctx, content, ged.SHA512)
	if err != nil {
		return fmt.Errorf("actes: digesting file %s: %w", f.ID, err)
	}
	f.Digests, f.Size = digests, size
	doc.Files = append(doc.Files, f)
	contents[f.ID] = content
	return nil
}

func sourceOf(c Contenu) ged.Source { return ged.ReaderSource{Reader: c, Length: c.Size()} }

func stampedName(name string) string {
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	return name + "-tampon.pdf"
}

var types = [...]ged.Type{Deliberation: ged.Deliberation, Reglementaire: ged.ArreteReglementaire,
	Individuel: ged.ArreteIndividuel, Contrat: ged.Contrat, Budgetaire: ged.DocumentBudgetaire, Autre: ged.AutreActe}

func typeOf(n Nature) ged.Type {
	if !n.Valid() {
		return ged.AutreActe
	}
	return types[n]
}

// status tells how far the act went.
func (s Suites) status() ged.Status {
	switch {
	case s.Recu != nil && !s.Publie.IsZero():
		return ged.Publie
	case s.Recu != nil:
		return ged.Acquitte
	case !s.Transmis.IsZero():
		return ged.Transmis
	}
	return ged.Valide
}
