package report

// Rules of containers (zip, tar, gzip): what makes an archive unsafe or
// unreadable. A name of an entry is shown: it is what the sender must correct.
var (
	CtnPath = NewRule("CTN-PATH", Error,
		"L'entrée « {entry} » a un nom dangereux : {why}. Ne pas ouvrir l'archive, en demander une autre à l'expéditeur.",
		"Entry \"{entry}\" has an unsafe name: {why}. Do not open the archive, ask the sender for another.", "CWE-22")
	CtnLink = NewRule("CTN-LINK", Error,
		"L'entrée « {entry} » n'est pas un fichier ordinaire ({kind}).",
		"Entry \"{entry}\" is not a regular file ({kind}).", "CWE-59")
	CtnDir = NewRule("CTN-DIR", Error,
		"L'entrée « {entry} » est un dossier, ce que ce format ne permet pas.",
		"Entry \"{entry}\" is a folder, which this format does not allow.", "")
	CtnDup = NewRule("CTN-DUP", Error,
		"L'entrée « {entry} » figure deux fois dans l'archive (même nom, à la casse et aux accents près).",
		"Entry \"{entry}\" stands twice in the archive (same name, up to case and accents).", "")
	CtnDotSlash = NewRule("CTN-DOT-SLASH", Warning,
		"Les noms de l'archive commencent par « ./ » : certains destinataires ne le supportent pas.",
		"Names in the archive begin with \"./\": some receivers do not support it.", "")
	CtnName = NewRule("CTN-NAME", Warning,
		"L'entrée « {entry} » ne peut pas être extraite sous Windows : {why}.",
		"Entry \"{entry}\" cannot be extracted on Windows: {why}.", "")
	CtnFormat = NewRule("CTN-FORMAT", Fatal,
		"Le fichier n'est pas une archive {format} lisible : {detail}.",
		"The file is not a readable {format} archive: {detail}.", "")
	CtnTruncated = NewRule("CTN-TRUNCATED", Fatal,
		"L'archive {format} est tronquée : sa fin manque, la faire envoyer de nouveau.",
		"The {format} archive is truncated: its end is missing, have it sent again.", "")
	CtnCRC = NewRule("CTN-CRC", Error,
		"La somme de contrôle de « {entry} » est fausse : l'archive est endommagée, la faire envoyer de nouveau.",
		"The checksum of \"{entry}\" is wrong: the archive is damaged, have it sent again.", "")
	CtnTrailing = NewRule("CTN-TRAILING", Warning,
		"Des octets suivent la fin de l'archive {format}.",
		"There are bytes after the end of the {format} archive.", "")
	CtnEncrypted = NewRule("CTN-ENCRYPTED", Error,
		"L'entrée « {entry} » est chiffrée : elle ne peut pas être lue sans mot de passe.",
		"Entry \"{entry}\" is encrypted: it cannot be read without a password.", "")
)

// Rules of digests and sizes.
var (
	DigMismatch = NewRule("DIG-MISMATCH", Error,
		"L'empreinte {algorithm} de « {entry} » n'est pas celle qui est déclarée : le fichier a été modifié ou abîmé depuis.",
		"The {algorithm} digest of \"{entry}\" is not the one declared: the file was changed or damaged since.", "")
	DigMissing = NewRule("DIG-MISSING", Error,
		"« {entry} » n'a pas d'empreinte.",
		"\"{entry}\" has no digest.", "")
	DigWeak = NewRule("DIG-WEAK", Warning,
		"L'empreinte de « {entry} » emploie l'algorithme {algorithm}, trop faible aujourd'hui.",
		"The digest of \"{entry}\" uses algorithm {algorithm}, too weak today.", "ETSI TS 119 312")
	DigSize = NewRule("DIG-SIZE", Error,
		"La taille de « {entry} » est de {got} {got|octet|octets} ; celle qui est déclarée est de {want}.",
		"\"{entry}\" is {got} {got|byte|bytes} long; the size declared is {want}.", "")
)

// Rules lists the rules this package exports, in the order of their codes'
// families.
func Rules() []*Rule {
	return []*Rule{
		XMLSyntax, XMLTruncated, XMLEmpty, XMLRoots, XMLTrailing, XMLDecl, XMLVersion, XMLDoctype, XMLEntity,
		XMLCharRef, XMLChar, XMLTagMismatch, XMLAttrDup, XMLAttrLt, XMLCDEnd, XMLComment, XMLPI, XMLEncoding,
		XMLEncodingBytes, XMLEncodingConflict, XMLEncodingSuspect, XMLNSUnbound, XMLNSEmpty, XMLNSReserved, XMLNSAttrDup, XMLNSName,
		LimDepth, LimBytes, LimCount, LimRatio, LimTime, LimStates, LimIDs,
		XSDRoot, XSDElement, XSDMissing, XSDOrder, XSDOrderAfter, XSDMore, XSDText, XSDEmpty, XSDValue, XSDEnum, XSDAttr, XSDAttrMissing,
		XSDType, XSDNil, XSDAbstract, XSDIDDup, XSDIDRef, XSDLexSpace, XSDLexInteger, XSDLexCDATA, XSDUnchecked,
		XSDCompile, XSDCompileNote, XSDResolve,
		CtnPath, CtnLink, CtnDir, CtnDup, CtnDotSlash, CtnName, CtnFormat, CtnTruncated, CtnCRC, CtnTrailing, CtnEncrypted,
		DigMismatch, DigMissing, DigWeak, DigSize,
	}
}
