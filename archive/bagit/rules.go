package bagit

import "github.com/liasse/liasse/ged/report"

const rfc = "RFC 8493 §"

// Rules of bags. Names of files are shown: they are what the sender must
// correct. Values of bag-info.txt never are.
var (
	RuleNoDeclaration = report.NewRule("BAG-DECLARATION-MISSING", report.Error,
		"Le fichier bagit.txt, qui déclare le sac, est absent.",
		"File bagit.txt, which declares the bag, is missing.", rfc+"2.1.1")
	RuleDeclaration = report.NewRule("BAG-DECLARATION", report.Error,
		"Le fichier bagit.txt n'a pas la forme prescrite : {detail}.",
		"File bagit.txt has not the prescribed form: {detail}.", rfc+"2.1.1")
	RuleVersion = report.NewRule("BAG-VERSION", report.Error,
		"La version BagIt déclarée ({version}) n'est pas une version publiée ; le sac est jugé selon la version {used}.",
		"The BagIt version declared ({version}) is not a published one; the bag is judged by version {used}.", rfc+"2.1.1")
	RuleEncoding = report.NewRule("BAG-ENCODING", report.Warning,
		"L'encodage déclaré ({encoding}) n'est pas UTF-8 : certains destinataires ne le liront pas.",
		"The declared encoding ({encoding}) is not UTF-8: some receivers will not read it.", rfc+"2.1.1")
	RuleEncodingUnknown = report.NewRule("BAG-ENCODING-UNKNOWN", report.Error,
		"L'encodage déclaré ({encoding}) n'est pas connu : les fichiers sont lus en UTF-8.",
		"The declared encoding ({encoding}) is not known: files are read as UTF-8.", rfc+"2.1.1")
	RuleEncodingBytes = report.NewRule("BAG-ENCODING-BYTES", report.Error,
		"La ligne contient des octets étrangers à l'encodage déclaré ({encoding}).",
		"The line holds bytes foreign to the declared encoding ({encoding}).", rfc+"2.3")
	RuleBOM = report.NewRule("BAG-BOM", report.Error,
		"Le fichier commence par une marque d'ordre des octets (BOM), ce qui est interdit en UTF-8.",
		"The file begins with a byte-order mark (BOM), which is forbidden in UTF-8.", rfc+"2.3")

	RuleNoPayload = report.NewRule("BAG-PAYLOAD-MISSING", report.Error,
		"Le dossier data, qui porte le contenu, est absent.",
		"Folder data, which carries the content, is missing.", rfc+"2.1.2")
	RuleEmptyPayload = report.NewRule("BAG-PAYLOAD-EMPTY", report.Warning,
		"Le sac ne porte aucun fichier.",
		"The bag carries no file.", rfc+"2.1.2")
	RuleNoManifest = report.NewRule("BAG-MANIFEST-MISSING", report.Error,
		"Aucun manifeste (manifest-….txt) ne donne l'empreinte des fichiers.",
		"No manifest (manifest-….txt) gives the digests of the files.", rfc+"2.1.3")
	RuleManifestName = report.NewRule("BAG-MANIFEST-NAME", report.Error,
		"Le nom du manifeste « {entry} » doit s'écrire en minuscules, sans ponctuation.",
		"The name of manifest \"{entry}\" must be in lower case, without punctuation.", rfc+"2.4")
	RuleAlgorithm = report.NewRule("BAG-ALGORITHM", report.Error,
		"L'algorithme {algorithm} n'est pas connu : les empreintes de ce manifeste n'ont pas été vérifiées.",
		"Algorithm {algorithm} is not known: the digests of this manifest were not verified.", rfc+"2.4")
	RuleLine = report.NewRule("BAG-LINE", report.Error,
		"La ligne n'a pas la forme prescrite : {detail}.",
		"The line has not the prescribed form: {detail}.", rfc+"2.1.3")

	RuleUnsafePath = report.NewRule("BAG-UNSAFE-PATH", report.Error,
		"Le chemin « {entry} » est dangereux ({why}) : il pourrait désigner un fichier hors du sac.",
		"Path \"{entry}\" is dangerous ({why}): it might name a file outside the bag.", rfc+"5.1")
	RuleOutside = report.NewRule("BAG-OUTSIDE", report.Error,
		"Le chemin « {entry} » n'a pas sa place dans ce fichier : {detail}.",
		"Path \"{entry}\" does not belong in this file: {detail}.", rfc+"2.1.3, 2.2.1, 2.2.3")
	RuleDotSlash = report.NewRule("BAG-DOT-SLASH", report.Warning,
		"Des chemins commencent par « ./ » : certains destinataires ne les reconnaissent pas.",
		"Paths begin with \"./\": some receivers do not recognise them.", rfc+"2.1.3")
	RuleStar = report.NewRule("BAG-STAR", report.Warning,
		"Des chemins sont précédés d'une étoile (forme de md5sum) : le sac n'est pas strictement conforme.",
		"Paths are preceded by an asterisk (as md5sum writes them): the bag is not strictly conformant.", rfc+"6.1.3")
	RulePercent = report.NewRule("BAG-PERCENT", report.Error,
		"Des chemins contiennent « % » sans le coder (%25), comme BagIt 1.0 l'exige : certains destinataires ne les reconnaissent pas.",
		"Paths hold \"%\" without encoding it (%25), as BagIt 1.0 demands: some receivers do not recognise them.", rfc+"2.1.3")
	RuleDuplicate = report.NewRule("BAG-DUPLICATE", report.Error,
		"« {entry} » figure deux fois dans la liste, avec {detail}.",
		"\"{entry}\" stands twice in the list, with {detail}.", rfc+"2.1.3")

	RuleMissing = report.NewRule("BAG-MISSING", report.Error,
		"« {entry} » est annoncé et absent du sac : le remettre à sa place, ou refaire le sac.",
		"\"{entry}\" is listed and missing from the bag: put it back, or make the bag again.", rfc+"3")
	RuleExtra = report.NewRule("BAG-EXTRA", report.Error,
		"« {entry} » est dans le sac et dans aucun manifeste : rien ne dit s'il y a sa place, ni s'il est intact.",
		"\"{entry}\" is in the bag and in no manifest: nothing says whether it belongs there, nor whether it is intact.", rfc+"3")
	RuleUnlisted = report.NewRule("BAG-UNLISTED", report.Error,
		"« {entry} » manque dans le manifeste {manifest} : chaque manifeste doit donner tous les fichiers.",
		"\"{entry}\" is missing from manifest {manifest}: each manifest must list every file.", rfc+"2.1.3, 3")
	RuleNotFile = report.NewRule("BAG-NOT-FILE", report.Error,
		"« {entry} » n'est pas un fichier ordinaire ({kind}).",
		"\"{entry}\" is not a regular file ({kind}).", rfc+"2.1.3; CWE-59")
	RuleTagList = report.NewRule("BAG-TAG-LIST", report.Error,
		"Le manifeste {manifest} n'est pas dans cette liste, qui doit donner tous les manifestes du contenu.",
		"Manifest {manifest} is not in this list, which must give every payload manifest.", rfc+"2.2.1")
	RuleTagSelf = report.NewRule("BAG-TAG-SELF", report.Warning,
		"La liste donne « {entry} », qui est de la même sorte qu'elle : son empreinte ne peut pas être tenue à jour.",
		"The list gives \"{entry}\", which is of its own kind: its digest cannot be kept up to date.", rfc+"2.2.1")

	RuleSerialization = report.NewRule("BAG-SERIALIZATION", report.Warning,
		"L'archive ne contient pas un dossier et lui seul, celui du sac : {detail}.",
		"The archive does not hold one folder only, the bag's: {detail}.", rfc+"4")

	RuleTwin = report.NewRule("BAG-TWIN", report.Warning,
		"« {entry} » et « {other} » ne diffèrent que par la casse ou les accents : sur certains systèmes c'est le même fichier.",
		"\"{entry}\" and \"{other}\" differ only in case or accents: on some systems they are one file.", rfc+"6.1.1")
	RuleForm = report.NewRule("BAG-FORM", report.Warning,
		"Les accents de « {entry} » ne sont pas codés de la même façon dans la liste et sur le disque.",
		"The accents of \"{entry}\" are not encoded alike in the list and on the disk.", rfc+"6.1.1.2")
	RuleName = report.NewRule("BAG-NAME", report.Warning,
		"« {entry} » ne peut pas être enregistré tel quel sous Windows, ou se lit autrement qu'il n'est écrit : {why}.",
		"\"{entry}\" cannot be stored as it is on Windows, or reads otherwise than it is written: {why}.", rfc+"6.1.2")
	RuleSystemFile = report.NewRule("BAG-SYSTEM-FILE", report.Warning,
		"« {entry} » est un fichier que le système ajoute et retire de lui-même : le sac risque de changer.",
		"\"{entry}\" is a file that systems add and remove by themselves: the bag may change.", rfc+"6.1")

	RuleInfoLine = report.NewRule("BAG-INFO-LINE", report.Error,
		"La ligne n'est pas une description « Libellé: valeur » : {detail}.",
		"The line is not a \"Label: value\" description: {detail}.", rfc+"2.2.2")
	RuleInfoValue = report.NewRule("BAG-INFO-VALUE", report.Warning,
		"La valeur de {label} ({value!}) n'a pas la forme prévue : {expected}.",
		"The value of {label} ({value!}) has not the form expected: {expected}.", rfc+"2.2.2")
	RuleInfoRepeat = report.NewRule("BAG-INFO-REPEAT", report.Error,
		"{label} est donné plusieurs fois.",
		"{label} is given several times.", rfc+"2.2.2")
	RuleOxum = report.NewRule("BAG-OXUM", report.Error,
		"Le contenu ({got} : octets.fichiers) n'est pas celui qu'annonce Payload-Oxum ({want}) : des fichiers manquent, sont en trop ou ont changé.",
		"The payload ({got}: bytes.files) is not the one Payload-Oxum announces ({want}): files are missing, too many or changed.", rfc+"2.2.2")

	RuleFetchURL = report.NewRule("BAG-FETCH-URL", report.Error,
		"L'adresse de « {entry} » n'est pas une adresse absolue.",
		"The address of \"{entry}\" is not an absolute URI.", rfc+"2.2.3")
	RuleFetchScheme = report.NewRule("BAG-FETCH-SCHEME", report.Warning,
		"L'adresse de « {entry} » ({scheme}) ne désigne pas un serveur : elle peut viser un fichier du destinataire.",
		"The address of \"{entry}\" ({scheme}) names no server: it may aim at a file of the receiver.", rfc+"5.2")
	RuleFetchHole = report.NewRule("BAG-FETCH-HOLE", report.Error,
		"« {entry} » reste à télécharger (fetch.txt) : le sac est incomplet.",
		"\"{entry}\" has yet to be fetched (fetch.txt): the bag is incomplete.", rfc+"2.2.3")
	RuleFetchUnlisted = report.NewRule("BAG-FETCH-UNLISTED", report.Error,
		"« {entry} » est à télécharger et manque dans le manifeste {manifest}.",
		"\"{entry}\" is to be fetched and missing from manifest {manifest}.", rfc+"2.2.3")
	RuleFetchSize = report.NewRule("BAG-FETCH-SIZE", report.Warning,
		"« {entry} » a {got} {got|octet|octets} ; fetch.txt en annonçait {want}.",
		"\"{entry}\" is {got} {got|byte|bytes} long; fetch.txt announced {want}.", rfc+"5.3")
)

// Rules lists the rules this package exports. Findings also use DIG-MISMATCH,
// DIG-WEAK, LIM-BYTES and LIM-COUNT of package report, and the CTN- rules for
// bags in an archive.
func Rules() []*report.Rule {
	return []*report.Rule{
		RuleNoDeclaration, RuleDeclaration, RuleVersion, RuleEncoding, RuleEncodingUnknown, RuleEncodingBytes, RuleBOM,
		RuleNoPayload, RuleEmptyPayload, RuleNoManifest, RuleManifestName, RuleAlgorithm, RuleLine,
		RuleUnsafePath, RuleOutside, RuleDotSlash, RuleStar, RulePercent, RuleDuplicate,
		RuleMissing, RuleExtra, RuleUnlisted, RuleNotFile, RuleTagList, RuleTagSelf, RuleSerialization,
		RuleTwin, RuleForm, RuleName, RuleSystemFile,
		RuleInfoLine, RuleInfoValue, RuleInfoRepeat, RuleOxum,
		RuleFetchURL, RuleFetchScheme, RuleFetchHole, RuleFetchUnlisted, RuleFetchSize,
	}
}
