package stamp

import (
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf"
)

// Rules of the stamp.
var (
	RuleAR = report.NewRule("STAMP-AR", report.Error,
		"L'acte ne peut pas être tamponné : la date et l'identifiant de l'accusé de réception de la préfecture manquent. Attendre l'accusé de réception.",
		"The act cannot be stamped: the date and the identifier of the préfecture's acknowledgement are missing. Wait for it.", "CGCT L2131-1")
	RuleDocMDP = report.NewRule("STAMP-DOCMDP", report.Error,
		"Le PDF est certifié et interdit cette modification (niveau {level}) : le tampon ferait signaler le document comme altéré.",
		"The PDF is certified and forbids this change (level {level}): with a stamp the document would be reported as altered.", "ISO 32000-1 §12.8.2.2")
	RuleEncrypted = report.NewRule("STAMP-ENCRYPTED", report.Error,
		"Le PDF est chiffré : il ne peut pas être tamponné. Fournir une version sans protection.",
		"The PDF is encrypted: it cannot be stamped. Supply a version without protection.", "ISO 32000-1 §7.6")
	RulePages = report.NewRule("STAMP-PAGES", report.Error,
		"La page {page} à tamponner n'existe pas : le document a {count} {count|page|pages}.",
		"Page {page}, to be stamped, does not exist: the document has {count} {count|page|pages}.", "Liasse")
	RuleLogo = report.NewRule("STAMP-LOGO", report.Error,
		"Le logo du tampon n'est pas une image PNG ou JPEG utilisable.",
		"The logo of the stamp is not a usable PNG or JPEG image.", "Liasse")
	RuleOption = report.NewRule("STAMP-OPTION", report.Error,
		"Le réglage « {option} » du tampon est hors limites.",
		"The stamp's setting \"{option}\" is out of bounds.", "Liasse")
	RuleText = report.NewRule("STAMP-TEXT", report.Warning,
		"Le texte du tampon contient des caractères que la police ne sait pas écrire ; ils sont remplacés par « ? ».",
		"The text of the stamp has characters the font cannot write; they are replaced by \"?\".", "ISO 32000-1 annex D.2")
)

// Rules of PDF files a refusal can also name.
var (
	RulePDFEmpty    = pdf.RuleEmpty     // the file has no byte
	RulePDFHeader   = pdf.RuleHeader    // it is no PDF
	RulePDFDamaged  = pdf.RuleXRef      // its object table cannot be read
	RulePDFPages    = pdf.RulePages     // it has no page tree
	RulePDFPassword = pdf.RuleEncrypted // it needs a password
	RulePDFSecurity = pdf.RuleSecurity  // it is protected by an unknown method
	RulePDFRepaired = pdf.RuleRepaired  // its object table had to be rebuilt: a warning
	RulePDFLimit    = pdf.RuleLimit     // it takes too much memory
)

// Rules lists the rules of this package; those of PDF files are listed by the
// package that checks them.
func Rules() []*report.Rule {
	return []*report.Rule{RuleAR, RuleDocMDP, RuleEncrypted, RulePages, RuleLogo, RuleOption, RuleText}
}

// Error is a refusal: the document was not stamped, for the rule.
type Error struct {
	Rule *report.Rule
	// Report holds the one finding, with its parameters.
	Report *report.Report
}

// Error states the code and the message of the rule, in English.
func (e *Error) Error() string {
	for f := range e.Report.All() {
		return "stamp: " + f.Rule.Code + ": " + f.Message(report.EN)
	}
	return "stamp: " + e.Rule.Code
}

func refuse(rule *report.Rule, params ...report.Param) *Error {
	r := new(report.Report)
	r.Add(rule, report.Location{}, params...)
	return &Error{rule, r}
}

func refuseOption(name string) *Error { return refuse(RuleOption, report.Code("option", name)) }
