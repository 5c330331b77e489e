package pdf

import "github.com/liasse/liasse/ged/report"

const iso = "ISO 32000-1 "

// Rules of PDF files: whether one can be read, and what a reader will meet.
// Packages that check PDFs export these again under their own names.
var (
	RuleEmpty = report.NewRule("PDF-EMPTY", report.Fatal,
		"Le fichier PDF est vide (0 octet).",
		"The PDF file is empty (0 bytes).", "Liasse")
	RuleHeader = report.NewRule("PDF-HEADER", report.Error,
		"Le fichier ne commence pas comme un PDF : « %PDF- » ne figure pas dans son premier kilo-octet.",
		"The file does not begin like a PDF: \"%PDF-\" is not in its first kilobyte.", iso+"§7.5.2")
	RuleXRef = report.NewRule("PDF-XREF", report.Fatal,
		"Le fichier PDF est tronqué ou endommagé : ses objets sont introuvables.",
		"The PDF file is truncated or damaged: its objects cannot be found.", iso+"§7.5.4")
	RulePages = report.NewRule("PDF-PAGES", report.Fatal,
		"Le fichier PDF est endommagé : aucune page ne peut y être trouvée.",
		"The PDF file is damaged: no page can be found in it.", iso+"§7.7.3")
	RulePagesMissing = report.NewRule("PDF-PAGES-MISSING", report.Warning,
		"Le PDF annonce {declared} {declared|page|pages} mais {found} seulement {found|est lisible|sont lisibles} : il est sans doute tronqué.",
		"The PDF declares {declared} {declared|page|pages} but only {found} can be read: it is probably truncated.", iso+"§7.7.3")
	RulePagesCount = report.NewRule("PDF-PAGES-COUNT", report.Warning,
		"Le PDF annonce {declared} {declared|page|pages} et en contient {found}.",
		"The PDF declares {declared} {declared|page|pages} and holds {found}.", iso+"§7.7.3")
	RuleEncrypted = report.NewRule("PDF-ENCRYPTED", report.Error,
		"Le PDF est protégé : il faut un mot de passe pour l'ouvrir. Joindre une version sans protection.",
		"The PDF is protected: it needs a password to be opened. Join a version without protection.", iso+"§7.6")
	RuleEncryptedOpen = report.NewRule("PDF-ENCRYPTED-OPEN", report.Warning,
		"Le PDF est chiffré mais s'ouvre sans mot de passe : certains destinataires peuvent le refuser.",
		"The PDF is encrypted but opens without a password: some receivers may refuse it.", iso+"§7.6")
	RuleSecurity = report.NewRule("PDF-ENCRYPTED-HANDLER", report.Error,
		"Le PDF est protégé par un procédé qui n'est pas reconnu : il ne peut pas être ouvert.",
		"The PDF is protected by an unknown method: it cannot be opened.", iso+"§7.6.1")
	RuleRepaired = report.NewRule("PDF-REPAIRED", report.Warning,
		"La table des objets du PDF est endommagée : elle a dû être reconstruite. L'enregistrer de nouveau.",
		"The PDF's object table is damaged: it had to be rebuilt. Save it again.", iso+"§7.5.4")
	RuleLimit = report.NewRule("PDF-LIMIT", report.Error,
		"Le PDF demande trop de mémoire pour être lu : il est refusé. Le produire de nouveau, plus léger.",
		"The PDF needs too much memory to be read: it is refused. Produce it again, lighter.", "Liasse")
)

// Rules lists the rules of this package.
func Rules() []*report.Rule {
	return []*report.Rule{RuleEmpty, RuleHeader, RuleXRef, RulePages, RulePagesMissing, RulePagesCount,
		RuleEncrypted, RuleEncryptedOpen, RuleSecurity, RuleRepaired, RuleLimit}
}
