// Package budget reads, checks and seals the budgets that go through the
// contrôle de légalité as XML: DocumentBudgetaire, and the compte financier
// unique (CFU) that holds one (namespaces .../cp/demat/docbudgetaire and
// .../cp/demat/doccfu of the DGCL and DGFiP).
//
//	doc, rep, err := budget.Read(ctx, file, size, budget.Options{Enveloppe: true})
//	// err: the file could not be read at all
//	// rep: what is wrong with it; rep.Valid()
//	// doc.NatDec, doc.Exer, doc.Lignes, doc.Seal.State
//
// # The seal
//
// The element Scellement carries an MD5 and a SHA-1 of the document's inclusive
// canonical form without comments (Canonical XML 1.0), from which the element
// itself and the text that follows it are taken away; in a CFU the whole
// CompteFinancierUnique is digested. It is a proof of integrity and no
// signature: anyone can make one. Software in service does not agree on the
// blanks, hence three [Variant] values; [Read] says which one verified.
//
// The order and content of a budget beyond the few elements read here are the
// business of the finance software; Options.Schemas judges them by the schemas
// of the DGFiP, whose open parts (annexes, general information) stay open.
//
// # Open data
//
// [ExporterSCDL] writes a budget as the CSV of the schéma commun de données
// locales, with the labels of a [Plan] de comptes.
//
// # Signatures
//
// [Signatures] validates the XML signatures a document carries, which a compte
// financier unique has by the dozen. Sealing lays the document out again after
// it was signed: of what was sealed, a signature that no longer fits is said to
// be not verifiable, and never to be false.
//
// # Memory
//
// One pass in constant memory reads, checks and verifies a document of any
// size. Only when the seal does not verify as it stands is the document read
// again, at most twice, for the two other variants: that is why an io.ReaderAt
// is asked for.
package budget

import (
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// The namespaces.
const (
	NS    = "http://www.minefi.gouv.fr/cp/demat/docbudgetaire"
	NSCFU = "http://www.minefi.gouv.fr/cp/demat/doccfu"
)

// Options of Read. The zero value checks a file by itself and hides values.
type Options struct {
	// Member is the name of the file inside what holds it, put into locations.
	Member string
	// Enveloppe says that the file travels in an @ctes envelope, where a seal
	// is compulsory.
	Enveloppe bool
	// SIREN, if not empty, is the sender's: the document should be of one of
	// its establishments.
	SIREN string
	// Schemas has a DocumentBudgetaire judged by the [SchemaVersions] too: what the
	// newest finds wrong is a warning, since applications that take budgets look at
	// little of it.
	Schemas bool
	// Signatures says that the caller validates the signatures, with
	// [Signatures]: Read then says nothing of them.
	Signatures bool
	// Report are the options of the report.
	Report report.Options
	// MaxBytes bounds what is read; 0 means 4 GiB.
	MaxBytes int64
}

func (o Options) limits() xmlcore.Limits { return xmlcore.Limits{Bytes: o.MaxBytes} }

// Document holds what is read of a budget. Values are as written in the file,
// cut beyond 4096 octets; those that are absent are empty. When a document is broken it holds what
// stood before the fault.
type Document struct {
	CFU           bool   // a CompteFinancierUnique around the DocumentBudgetaire
	Encoding      string // of the file: UTF-8, ISO-8859-1, …
	VersionSchema string // "97", "100", "113"
	CodeEditeur   string
	Outils        []Outil // VersionOutil, in order, at most 100
	Seal          Seal
	EnTete        EnTete
	Etablissement Etablissement
	NatDec        string // nature of the decision: see NatureDecision
	Exer          string // the year
	Lignes        int    // LigneBudget elements, computed ones included
	Signatures    int    // ds:Signature elements anywhere: not verified here
	// SchemasJuges are the verdicts asked for by Options.Schemas, none for a CFU.
	SchemasJuges []Schema
}

// Outil is a VersionOutil: a tool the document went through.
type Outil struct{ Outil, Version string }

// EnTete is EnTeteDocBudgetaire.
type EnTete struct {
	DteStr, LibellePoste, IdPost, LibelleColl string
	IdColl                                    string // SIRET of the collectivité
	NatCEPL, Departement                      string
}

// Etablissement is EnTeteBudget.
type Etablissement struct {
	LibelleEtab     string
	IdEtab          string // SIRET of the budget's establishment
	CodColl, CodBud string
	CodInseeColl    string
	Nomenclature    string // "M57-M57_A": family and plan
	SpecifBudget    string
}

// State says what became of the seal.
type State string

// The states. A document that could not be read to its end has none.
const (
	Intact State = "intact"
	Broken State = "rompu"
	Absent State = "absent"
)

// Variant says in which form of the document a seal was found intact.
type Variant string

// The variants, in the order they are tried.
const (
	// Exact is the document as it stands, without the text after Scellement.
	Exact Variant = "exact"
	// Preceding is the document without the text before Scellement instead.
	Preceding Variant = "preceding"
	// Reindented is the document laid out again as the DGCL tool does: blank
	// texts dropped, one element per line, three spaces per level.
	Reindented Variant = "reindented"
)

// Seal is the Scellement of a document and what its verification found.
type Seal struct {
	State   State
	Variant Variant // when Intact
	MD5     string  // as written in the document
	SHA1    string  // as written in the document
	Date    string  // as written in the document
	// Computed are the digests, in upper-case hexadecimal, of the Exact variant;
	// for an Absent seal, those a seal would hold.
	Computed Digests
}

// Digests are the two digests of a seal, in upper-case hexadecimal.
type Digests struct{ MD5, SHA1 string }

// natDec lists the natures of decision seen in files (BlocBudget/NatDec).
var natDec = []struct{ code, label string }{
	{"01", "budget primitif"},
	{"02", "décision modificative"},
	{"03", "budget supplémentaire"},
	{"09", "compte administratif"},
	{"10", "compte financier unique"},
}

// NatureDecision returns the French name of a nature of decision, NatDec; ok is
// false for a code that is not in use.
func NatureDecision(code string) (label string, ok bool) {
	for _, n := range natDec {
		if n.code == code {
			return n.label, true
		}
	}
	return "", false
}

func natDecCodes() []string {
	l := make([]string, len(natDec))
	for i, n := range natDec {
		l[i] = n.code
	}
	return l
}
