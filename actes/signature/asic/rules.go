package asic

import "github.com/liasse/liasse/ged/report"

const norm = "ETSI EN 319 162-1 "

// Rules of signature containers.
var (
	RuleRefused = report.NewRule("SIG-ASIC-REFUSED", report.Error,
		"Le conteneur est piégé ou abîmé (nom en double ou dangereux, entrée illisible) : ses signatures ne valent rien. Ne pas l'ouvrir, en demander un autre.",
		"The container is a trap or damaged (name given twice or dangerous, entry that cannot be read): its signatures prove nothing. Do not open it, ask for another.", norm+"§A.1")
	RuleMimetype = report.NewRule("SIG-ASIC-MIMETYPE", report.Info,
		"Le conteneur n'indique pas son type (fichier mimetype absent).",
		"The container does not state its type (no mimetype file).", norm+"§A.1")
	RuleMimetypePlace = report.NewRule("SIG-ASIC-MIMETYPE-PLACE", report.Info,
		"Le fichier mimetype n'est pas la première entrée du conteneur, ou est compressé : certains logiciels ne reconnaîtront pas le conteneur.",
		"The mimetype file is not the first entry of the container, or is compressed: some software will not recognise the container.", norm+"§A.1")
	RuleMimetypeWrong = report.NewRule("SIG-ASIC-MIMETYPE-WRONG", report.Warning,
		"Le type indiqué par le conteneur n'est pas celui d'un conteneur de signature.",
		"The type the container states is not that of a signature container.", norm+"§A.1")
	RuleFiles = report.NewRule("SIG-ASIC-FILES", report.Error,
		"Le conteneur contient {count} {count|fichier|fichiers} de données, ce que son type ne permet pas.",
		"The container holds {count} data {count|file|files}, which its type does not permit.", norm+"§4.3.2")
	RuleManifest = report.NewRule("SIG-ASIC-MANIFEST", report.Error,
		"Il manque le manifeste qui dit ce que la signature {entry} couvre, ou il est illisible.",
		"The manifest that says what signature {entry} covers is missing or cannot be read.", norm+"§4.4.3.2")
	RuleInventory = report.NewRule("SIG-ASIC-INVENTORY", report.Error,
		"Le conteneur n'a pas la liste de ses fichiers (META-INF/manifest.xml) que doit avoir un conteneur étendu signé en XML.",
		"The container lacks the list of its files (META-INF/manifest.xml) that an extended container with XML signatures has.", norm+"§4.4.3.1")
	RuleUnsigned = report.NewRule("SIG-ASIC-UNSIGNED", report.Warning,
		"Le fichier « {entry} » du conteneur n'est signé par rien.",
		"File \"{entry}\" of the container is signed by nothing.", norm+"§4.4.1")
	RuleName = report.NewRule("SIG-ASIC-NAME", report.Warning,
		"Le fichier de signature « {entry} » ne porte pas le nom prévu.",
		"Signature file \"{entry}\" does not have the name due.", norm+"§4.3.3")
	RuleUnreadable = report.NewRule("SIG-ASIC-UNREADABLE", report.Warning,
		"Le fichier « {entry} » n'est pas une signature ni un horodatage lisible.",
		"File \"{entry}\" is no signature nor timestamp that can be read.", norm+"§4.3.3")
	RuleEmpty = report.NewRule("SIG-ASIC-EMPTY", report.Warning,
		"Le conteneur ne contient aucune signature ni horodatage.",
		"The container holds no signature and no timestamp.", norm+"§4.2")
	RuleEvidence = report.NewRule("SIG-ASIC-EVIDENCE", report.Info,
		"Le conteneur contient une preuve d'archivage (evidence record) : elle n'est pas examinée.",
		"The container holds an evidence record: it is not examined.", "RFC 4998, RFC 6283")
	RuleLimit = report.NewRule("SIG-ASIC-LIMIT", report.Error,
		"Le conteneur contient plus de signatures, ou de plus grandes, qu'on n'en peut examiner ({entry}).",
		"The container holds more signatures, or larger ones, than can be examined ({entry}).", "")
)

// Rules returns every rule of this package.
func Rules() []*report.Rule {
	return []*report.Rule{RuleRefused, RuleMimetype, RuleMimetypePlace, RuleMimetypeWrong, RuleFiles, RuleManifest, RuleInventory, RuleUnsigned,
		RuleName, RuleUnreadable, RuleEmpty, RuleEvidence, RuleLimit}
}
