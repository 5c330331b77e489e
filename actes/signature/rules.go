package signature

import "github.com/liasse/liasse/ged/report"

const norm = "ETSI EN 319 102-1 "

// Rules of format checking and of the references of a signature.
var (
	RuleFormat = report.NewRule("SIG-FORMAT", report.Error,
		"La signature n'est pas construite comme la norme l'exige : {why}.",
		"The signature is not built as the standard requires: {why}.", norm+"§5.2.2")
	RuleDataAbsent = report.NewRule("SIG-DATA-ABSENT", report.Warning,
		"Le contenu signé n'est pas fourni : on ne peut pas dire s'il est intact. Joindre le document signé.",
		"The signed content is not given: nobody can say whether it is intact. Supply the signed document.", norm+"§5.2.7")
	RuleDataDiffers = report.NewRule("SIG-DATA-DIFFERS", report.Error,
		"Le document n'est plus celui qui a été signé : son empreinte est différente.",
		"The document is no longer the one that was signed: its digest differs.", norm+"§5.2.7")
	RuleValue = report.NewRule("SIG-VALUE", report.Error,
		"La signature elle-même est fausse : elle ne correspond pas à la clé du certificat du signataire.",
		"The signature itself is wrong: it does not match the key of the signer's certificate.", norm+"§5.2.7")
)

// Rules of the signer's certificate.
var (
	RuleSignerAbsent = report.NewRule("SIG-SIGNER-ABSENT", report.Warning,
		"Aucun certificat du fichier ne répond de la signature : on ne sait pas qui a signé, ou la signature a été modifiée.",
		"No certificate in the file answers for the signature: nobody knows who signed, or the signature was changed.", norm+"§5.2.3")
	RuleSignerDiffers = report.NewRule("SIG-SIGNER-DIFFERS", report.Warning,
		"La signature désigne un autre certificat que celui qui est fourni : on ne sait pas qui a signé.",
		"The signature names another certificate than the one supplied: nobody knows who signed.", norm+"§5.2.3")
	RuleSignerUnnamed = report.NewRule("SIG-SIGNER-UNNAMED", report.Info,
		"La signature ne désigne pas, parmi ses propriétés signées, le certificat du signataire.",
		"The signature does not name the signer's certificate among its signed properties.", norm+"§5.2.8")
	RuleSignerSeveral = report.NewRule("SIG-SIGNER-SEVERAL", report.Info,
		"La signature désigne plusieurs fois le certificat du signataire.",
		"The signature names the signer's certificate more than once.", norm+"§5.2.8")
	RuleSignerSerial = report.NewRule("SIG-SIGNER-SERIAL", report.Info,
		"Le nom d'autorité ou le numéro de série inscrit dans la signature n'est pas celui du certificat.",
		"The issuer name or serial number stated in the signature is not that of the certificate.", norm+"§5.2.8")
)

// Rules of the chain of certificates.
var (
	RuleChain = report.NewRule("SIG-CHAIN", report.Info,
		"Aucune autorité de confiance fournie ne répond de ce certificat. Il manque celle-ci : {issuer!} ({key}).",
		"No trust anchor supplied vouches for this certificate. The missing one is: {issuer!} ({key}).", norm+"§5.2.6")
	RuleSunset = report.NewRule("SIG-CHAIN-SUNSET", report.Warning,
		"L'autorité n'est plus reconnue à la date du contrôle.",
		"The authority is no longer trusted at the time of the check.", norm+"§5.2.6")
	RuleEarly = report.NewRule("SIG-CHAIN-EARLY", report.Warning,
		"L'autorité n'était pas encore reconnue à la date du contrôle.",
		"The authority was not trusted yet at the time of the check.", norm+"§5.2.6")
	RuleCertSignature = report.NewRule("SIG-CERT-SIGNATURE", report.Warning,
		"Un certificat de la chaîne n'est pas signé par l'autorité qu'il indique.",
		"A certificate of the chain is not signed by the authority it names.", norm+"§5.2.6")
	RuleCertCA = report.NewRule("SIG-CERT-CA", report.Warning,
		"Un certificat de la chaîne n'a pas le droit d'en émettre d'autres.",
		"A certificate of the chain may not issue others.", "RFC 5280 §4.2.1.9")
	RuleCertIssuer = report.NewRule("SIG-CERT-ISSUER", report.Warning,
		"Le nom de l'autorité inscrit dans un certificat n'est pas celui de l'autorité qui l'a signé.",
		"The issuer name in a certificate is not that of the authority that signed it.", "RFC 5280 §6.1.3")
	RuleCertPath = report.NewRule("SIG-CERT-PATH", report.Warning,
		"La chaîne de certificats est plus longue que ce que l'autorité permet.",
		"The chain of certificates is longer than the authority permits.", "RFC 5280 §4.2.1.9")
	RuleCertUsage = report.NewRule("SIG-CERT-USAGE", report.Info,
		"Un certificat ne porte pas l'usage attendu (signature engageante, ou émission de certificats pour une autorité).",
		"A certificate lacks the expected key usage (non-repudiation, or certificate signing for an authority).", "RFC 5280 §4.2.1.3")
	RuleCertPurpose = report.NewRule("SIG-CERT-PURPOSE", report.Warning,
		"Le certificat de l'horodateur n'est pas un certificat d'horodatage.",
		"The certificate of the time-stamping unit is not one for time-stamping.", "RFC 3161 §2.3")
	RuleCertKeyID = report.NewRule("SIG-CERT-KEYID", report.Warning,
		"Le certificat d'une autorité n'indique pas l'identifiant de sa clé.",
		"The certificate of an authority does not state its key identifier.", "RFC 5280 §4.2.1.2")
	RuleCertPolicies = report.NewRule("SIG-CERT-POLICY", report.Warning,
		"Le certificat n'est pas émis sous une politique de certification admise (celle qu'une autorité de la chaîne exige, ou celles que demande le contrôle).",
		"The certificate is not issued under a certificate policy that is accepted (one that an authority of the chain requires, or those the check asks for).", "RFC 5280 §6.1")
	RuleCertNames = report.NewRule("SIG-CERT-NAMES", report.Warning,
		"Le certificat porte un nom que l'autorité au-dessus n'a pas le droit de certifier.",
		"The certificate bears a name that an authority above it may not certify.", "RFC 5280 §4.2.1.10")
	RuleCertExtension = report.NewRule("SIG-CERT-EXTENSION", report.Info,
		"Un certificat porte une extension critique inconnue.",
		"A certificate has a critical extension that is not known.", "RFC 5280 §4.2")
	RuleCertForbidden = report.NewRule("SIG-CERT-FORBIDDEN", report.Warning,
		"Le certificat porte une extension réservée aux répondeurs OCSP.",
		"The certificate has an extension reserved for OCSP responders.", "RFC 6960 §4.2.2.2.1")
	RuleCertValidity = report.NewRule("SIG-CERT-VALIDITY", report.Warning,
		"Le certificat du signataire n'était pas dans sa période de validité au {at}.",
		"The signer's certificate was outside its validity at {at}.", norm+"§5.2.6")
	RuleSelfSigned = report.NewRule("SIG-CERT-SELF", report.Info,
		"Le certificat du signataire n'a été émis par aucune autorité : il est signé par lui-même.",
		"The signer's certificate was issued by no authority: it is self-signed.", norm+"§5.2.6")
)

// Rules of revocation.
var (
	RuleRevocationNone = report.NewRule("SIG-REVOCATION-NONE", report.Warning,
		"Rien ne dit si un certificat de la chaîne a été révoqué : ni liste ni réponse OCSP dans le fichier.",
		"Nothing says whether a certificate of the chain was revoked: there is no list and no OCSP response.", norm+"§5.2.6")
	RuleRevocationUnusable = report.NewRule("SIG-REVOCATION-UNUSABLE", report.Warning,
		"Les preuves de non-révocation jointes ne sont pas recevables : on ne sait pas si un certificat a été révoqué.",
		"The revocation data supplied are not acceptable: nobody knows whether a certificate was revoked.", norm+"§5.2.5")
	RuleRevoked = report.NewRule("SIG-REVOKED", report.Warning,
		"Un certificat de la chaîne a été révoqué le {at}.",
		"A certificate of the chain was revoked on {at}.", norm+"§5.2.6")
	RuleHold = report.NewRule("SIG-REVOKED-HOLD", report.Warning,
		"Un certificat de la chaîne est suspendu depuis le {at}.",
		"A certificate of the chain has been on hold since {at}.", norm+"§5.2.6")
	RuleStale = report.NewRule("SIG-REVOCATION-STALE", report.Warning,
		"Les preuves de non-révocation sont trop anciennes : un certificat a pu être révoqué depuis.",
		"The revocation data are too old: a certificate may have been revoked since.", norm+"§5.2.5")
)

// Rules of what was asked of the network, which decide nothing.
var (
	RuleFetched = report.NewRule("SIG-FETCH", report.Info,
		"Demandé à {host} et obtenu : {what}.",
		"Asked of {host} and obtained: {what}.", norm+"§5.2.6")
	RuleNotFetched = report.NewRule("SIG-FETCH-NONE", report.Info,
		"Demandé à {host} sans résultat : {what} ({why}). La conclusion est celle qu'on tire sans le réseau.",
		"Asked of {host} in vain: {what} ({why}). The conclusion is that drawn without the network.", norm+"§5.2.6")
)

// Rules of the signed properties and of algorithms.
var (
	RuleTimeAbsent = report.NewRule("SIG-TIME-ABSENT", report.Info,
		"La signature n'indique pas sa date.",
		"The signature does not state its time.", norm+"§5.2.8")
	RuleTimeOutside = report.NewRule("SIG-TIME-OUTSIDE", report.Warning,
		"La date de signature indiquée est hors de la période de validité du certificat.",
		"The signing time stated lies outside the validity of the certificate.", norm+"§5.2.8")
	RuleAttributes = report.NewRule("SIG-ATTRIBUTES", report.Warning,
		"Les propriétés de la signature (date, signataire) ne sont pas elles-mêmes signées.",
		"The properties of the signature (time, signer) are not themselves signed.", norm+"§5.2.8")
	RuleAlgorithm = report.NewRule("SIG-ALGORITHM", report.Warning,
		"L'algorithme {algorithm} n'est pas, ou n'est plus, jugé sûr à la date du contrôle ({what}).",
		"Algorithm {algorithm} is not, or no longer, considered safe at the time of the check ({what}).", "ETSI TS 119 312")
)

// Rules of timestamps and of past validation.
var (
	RuleStampDiffers = report.NewRule("SIG-STAMP-DIFFERS", report.Warning,
		"Un horodatage ne porte pas sur cette signature : il est ignoré.",
		"A timestamp is not over this signature: it is ignored.", norm+"§5.5.4")
	RuleStampRefused = report.NewRule("SIG-STAMP-REFUSED", report.Warning,
		"Un horodatage n'est pas retenu, il ne prouve rien : {why}.",
		"A timestamp is set aside, it proves nothing: {why}.", norm+"§5.4")
	RuleStampOrder = report.NewRule("SIG-STAMP-ORDER", report.Warning,
		"Les horodatages se suivent dans un ordre impossible.",
		"The timestamps follow one another in an impossible order.", norm+"§5.5.4")
	RuleStampDelay = report.NewRule("SIG-STAMP-DELAY", report.Warning,
		"Trop de temps s'est écoulé entre la date de signature indiquée et l'horodatage.",
		"Too much time passed between the signing time stated and the timestamp.", norm+"§5.5.4")
	RuleNotYetValid = report.NewRule("SIG-TIME-EARLY", report.Error,
		"La signature existait déjà avant le début de validité du certificat.",
		"The signature existed before the certificate began to be valid.", norm+"§5.5.4")
	RuleNotProved = report.NewRule("SIG-TIME-UNPROVED", report.Warning,
		"Rien ne prouve que la signature existait quand le certificat était encore bon.",
		"Nothing proves that the signature existed while the certificate was still good.", norm+"§5.5.4")
)

// Rules returns every rule of this package.
func Rules() []*report.Rule {
	return []*report.Rule{
		RuleFormat, RuleDataAbsent, RuleDataDiffers, RuleValue, RuleSignerAbsent, RuleSignerDiffers,
		RuleSignerUnnamed, RuleSignerSeveral, RuleSignerSerial, RuleChain, RuleSunset, RuleEarly, RuleCertSignature,
		RuleCertCA, RuleCertIssuer, RuleCertPath, RuleCertUsage, RuleCertPurpose, RuleCertKeyID,
		RuleCertPolicies, RuleCertNames, RuleCertExtension, RuleCertForbidden, RuleCertValidity, RuleSelfSigned, RuleRevocationNone,
		RuleRevocationUnusable, RuleRevoked, RuleHold, RuleStale, RuleTimeAbsent, RuleTimeOutside,
		RuleAttributes, RuleAlgorithm, RuleStampDiffers, RuleStampRefused, RuleStampOrder, RuleStampDelay,
		RuleNotYetValid, RuleNotProved, RuleFetched, RuleNotFetched,
	}
}
