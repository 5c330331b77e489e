package xades

import "github.com/liasse/liasse/ged/report"

const dsig = "W3C XML Signature 1.1 "

// Rules of XML signatures.
var (
	RuleNone = report.NewRule("SIG-XML-NONE", report.Warning,
		"Ce document ne contient aucune signature.",
		"This document holds no signature.", dsig+"§4.1")
	RuleLimit = report.NewRule("SIG-XML-LIMIT", report.Fatal,
		"Le document contient plus de signatures ou de propriétés qu'on n'en peut examiner.",
		"The document holds more signatures or properties than can be examined.", "")
	RuleAbsent = report.NewRule("SIG-XML-ABSENT", report.Error,
		"Ce que la signature dit couvrir ne se trouve pas dans le document.",
		"What the signature claims to cover is not in the document.", dsig+"§4.4.3.1")
	RuleWrapped = report.NewRule("SIG-XML-WRAPPED", report.Error,
		"La signature couvre un autre endroit du document que celui qu'elle devrait : {why}.",
		"The signature covers another place of the document than it should: {why}.", "ETSI EN 319 132-1")
	RuleAmbiguous = report.NewRule("SIG-XML-AMBIGUOUS", report.Error,
		"Deux éléments du document portent l'identifiant que la signature désigne : on ne sait pas lequel est signé.",
		"Two elements carry the identifier the signature names: nobody knows which one is signed.", dsig+"§4.4.3.1")
	RuleRefused = report.NewRule("SIG-XML-REFUSED", report.Error,
		"La signature désigne son contenu par un procédé qui n'est pas admis : {why}.",
		"The signature selects its content by a means that is not admitted: {why}.", dsig+"§8.1")
	RuleAlgorithm = report.NewRule("SIG-XML-ALGORITHM", report.Error,
		"L'algorithme de la signature n'est pas admis.",
		"The algorithm of the signature is not admitted.", dsig+"§6")
	RuleEncoding = report.NewRule("SIG-XML-ENCODING", report.Warning,
		"La valeur de la signature n'est pas codée comme la norme l'exige.",
		"The signature value is not encoded as the standard requires.", dsig+"§6.4")
	RuleKey = report.NewRule("SIG-XML-KEY", report.Warning,
		"La clé jointe à la signature n'est pas celle du certificat : c'est le certificat qui est retenu.",
		"The key beside the signature is not that of the certificate: the certificate is what counts.", dsig+"§4.5.2")
	RuleExternal = report.NewRule("SIG-XML-EXTERNAL", report.Info,
		"La signature porte sur un fichier extérieur : il n'est jamais cherché, il faut le fournir.",
		"The signature is over an external file: it is never fetched, it has to be supplied.", dsig+"§4.4.3.1")
	RuleRenamed = report.NewRule("SIG-XML-RENAMED", report.Warning,
		"Un fichier signé ne se trouve que sous un autre nom : il est reconnu à son empreinte.",
		"A signed file is only there under another name: it is recognised by its digest.", dsig+"§4.4.3.1")
	RuleEnveloped = report.NewRule("SIG-XML-ENVELOPED", report.Warning,
		"Les propriétés signées portent une transformation qui, prise à la lettre, les effacerait (défaut connu d'outils de signature) : elle est ignorée.",
		"The signed properties carry a transform that would erase them to the letter (a known defect of signing tools): it is ignored.", dsig+"§6.6.4")
	RuleUntyped = report.NewRule("SIG-XML-UNTYPED", report.Info,
		"La référence aux propriétés signées n'indique pas son type.",
		"The reference to the signed properties does not state its type.", "ETSI EN 319 132-1 §4.4.2")
	RuleProperties = report.NewRule("SIG-XML-PROPERTIES", report.Warning,
		"Une propriété de la signature est illisible ou mal construite.",
		"A property of the signature cannot be read or is malformed.", "ETSI EN 319 132-1")
	RulePolicy = report.NewRule("SIG-XML-POLICY", report.Warning,
		"L'empreinte de la politique de signature n'est pas celle du texte fourni.",
		"The digest of the signature policy is not that of the text supplied.", "ETSI EN 319 132-1 §5.2.9")
	RuleStamp = report.NewRule("SIG-XML-STAMP", report.Warning,
		"Un horodatage joint à la signature est illisible.",
		"A timestamp attached to the signature cannot be read.", "ETSI EN 319 132-1 §5.1.4")
	RuleCopied = report.NewRule("SIG-XML-COPIED", report.Error,
		"La même signature figure deux fois au même endroit.",
		"The same signature stands twice in the same place.", "ETSI EN 319 102-1 §5.2.2")
)

// Rules returns every rule of this package.
func Rules() []*report.Rule {
	return []*report.Rule{RuleNone, RuleLimit, RuleAbsent, RuleWrapped, RuleAmbiguous, RuleRefused, RuleAlgorithm, RuleEncoding,
		RuleKey, RuleExternal, RuleRenamed, RuleEnveloped, RuleUntyped, RuleProperties, RulePolicy, RuleStamp, RuleCopied}
}
