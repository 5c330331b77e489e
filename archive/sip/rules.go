package sip

import "github.com/liasse/liasse/ged/report"

// Rules of Vitam packages.
var (
	RuleAgreement = report.NewRule("SIP-AGREEMENT", report.Error,
		"Le transfert ne nomme pas de contrat d'entrée.",
		"The transfer names no ingest contract.", "Vitam, CONTRACT_NOT_IN_MANIFEST")
	RuleManifest = report.NewRule("SIP-MANIFEST", report.Error,
		"Le paquet ne contient pas de bordereau (manifest.xml) à sa racine.",
		"The package has no manifest (manifest.xml) at its root.", "Vitam, MANIFEST_FILE_NAME_CHECK")
	RuleRootFile = report.NewRule("SIP-ROOT", report.Error,
		"La racine du paquet contient un autre fichier que le bordereau : « {entry} ».",
		"The root of the package holds another file than the manifest: \"{entry}\".", "Vitam, CHECK_SEDA.CONTAINER_FORMAT.FILE")
	RuleFolder = report.NewRule("SIP-FOLDER", report.Error,
		"Le fichier « {entry} » n'est pas dans le dossier « content ».",
		"File \"{entry}\" is not in folder \"content\".", "Vitam, CHECK_SEDA.CONTAINER_FORMAT.DIRECTORY")
	RuleEntryName = report.NewRule("SIP-ENTRY-NAME", report.Error,
		"Le nom « {entry} » contient un caractère que la plateforme refuse.",
		"The name \"{entry}\" holds a character the platform refuses.", "Vitam, STP_UPLOAD_SIP")
	RuleMissing = report.NewRule("SIP-FILE-MISSING", report.Error,
		"Le fichier « {entry} », annoncé par le bordereau, n'est pas dans le paquet.",
		"File \"{entry}\", announced by the manifest, is not in the package.", "Vitam, MANIFEST_SUPERIOR_BDO")
	RuleUndeclared = report.NewRule("SIP-FILE-EXTRA", report.Error,
		"Le fichier « {entry} » est dans le paquet mais le bordereau ne l'annonce pas.",
		"File \"{entry}\" is in the package but the manifest does not announce it.", "Vitam, MANIFEST_INFERIOR_BDO")
	RuleNoURI = report.NewRule("SIP-URI", report.Error,
		"L'objet {id!} du bordereau ne dit pas où est son fichier.",
		"Object {id!} of the manifest does not say where its file is.", "Vitam, EMPTY_REQUIRED_FIELD")
	RuleURITwice = report.NewRule("SIP-URI-DUP", report.Error,
		"Le fichier « {entry} » est annoncé deux fois par le bordereau.",
		"File \"{entry}\" is announced twice by the manifest.", "Vitam, MANIFEST_INFERIOR_BDO")
	RuleAlgorithm = report.NewRule("SIP-ALGORITHM", report.Error,
		"L'algorithme d'empreinte de « {entry} » n'est pas de ceux que la plateforme accepte.",
		"The digest algorithm of \"{entry}\" is not one the platform accepts.", "Vitam, INVALIDE_ALGO")
	RuleDigestCase = report.NewRule("SIP-DIGEST-CASE", report.Error,
		"L'empreinte de « {entry} » n'est pas écrite en hexadécimal minuscule : la plateforme la refuse.",
		"The digest of \"{entry}\" is not written in lower-case hexadecimal: the platform refuses it.", "Vitam, CHECK_DIGEST.INVALID")
	RuleManifestName = report.NewRule("SIP-MANIFEST-NAME", report.Warning,
		"Le bordereau n'est pas à la racine du paquet sous le nom manifest.xml : « {entry} ».",
		"The manifest is not at the root of the package under the name manifest.xml: \"{entry}\".", "Vitam, MANIFEST_FILE_NAME_CHECK")
	RuleNameCode = report.NewRule("SIP-NAME-CODE", report.Warning,
		"Le nom « {entry} » est écrit dans l'ancien codage des archives zip et non en UTF-8 : des systèmes le liront autrement.",
		"The name \"{entry}\" is written in the old code of zip archives and not in UTF-8: some systems will read it otherwise.", "APPNOTE 6.3.10 D.1")
	RuleSpelled = report.NewRule("SIP-FILE-SPELLED", report.Info,
		"Le fichier « {entry} » du paquet est sans doute un de ceux que le bordereau annonce et qui manquent ; le nom s'y écrit autrement : {why}.",
		"File \"{entry}\" of the package is probably one of those the manifest announces and that are missing; its name is spelled otherwise there: {why}.", "SEDA 2.1, Uri")
	RuleRenamed = report.NewRule("SIP-RENAMED", report.Info,
		"Le fichier de l'objet {id} est nommé « {entry} » dans l'archive : cette version du SEDA ne garde pas d'autre nom.",
		"The file of object {id} is named \"{entry}\" in the archive: this version of SEDA keeps no other name.", "as@lae, Attachment/@filename")
	RuleVersion = report.NewRule("SIP-VERSION", report.Error,
		"Le bordereau n'est pas un transfert dans une version du SEDA que la plateforme accepte (2.1, 2.2, 2.3).",
		"The manifest is not a transfer in a version of SEDA the platform accepts (2.1, 2.2, 2.3).", "Vitam, UNSUPPORTED_SEDA_VERSION")
)

// Rules lists the rules this package exports.
func Rules() []*report.Rule {
	return []*report.Rule{
		RuleAgreement, RuleManifest, RuleRootFile, RuleFolder, RuleEntryName, RuleMissing, RuleUndeclared,
		RuleNoURI, RuleURITwice, RuleAlgorithm, RuleDigestCase, RuleManifestName, RuleNameCode, RuleSpelled, RuleRenamed, RuleVersion,
	}
}
