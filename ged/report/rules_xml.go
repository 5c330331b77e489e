package report

const (
	xml10 = "XML 1.0 (5e éd.) "
	xmlns = "Namespaces in XML 1.0 "
)

// Rules of well-formedness: what makes a text an XML document at all.
var (
	XMLSyntax = NewRule("XML-SYNTAX", Fatal,
		"Le XML est mal formé : {detail}.",
		"The XML is not well-formed: {detail}.", xml10+"§2")
	XMLTruncated = NewRule("XML-TRUNCATED", Fatal,
		"Le document XML s'arrête avant la fin : {detail}.",
		"The XML document ends too early: {detail}.", xml10+"§2.1")
	XMLEmpty = NewRule("XML-EMPTY", Fatal,
		"Le document XML ne contient aucun élément.",
		"The XML document has no element.", xml10+"§2.1")
	XMLRoots = NewRule("XML-ROOTS", Fatal,
		"Le document XML a un second élément racine, {element}.",
		"The XML document has a second root element, {element}.", xml10+"§2.1")
	XMLTrailing = NewRule("XML-TRAILING", Fatal,
		"Du texte se trouve hors de l'élément racine.",
		"There is text outside the root element.", xml10+"§2.1")
	XMLDecl = NewRule("XML-DECL", Fatal,
		"La déclaration XML est mal placée ou mal écrite : {detail}.",
		"The XML declaration is misplaced or malformed: {detail}.", xml10+"§2.8")
	XMLVersion = NewRule("XML-VERSION", Fatal,
		"La version XML {version} n'est pas acceptée : seule la version 1.0 l'est.",
		"XML version {version} is not accepted: only version 1.0 is.", xml10+"§2.8")
	XMLDoctype = NewRule("XML-DOCTYPE", Fatal,
		"Le document contient une déclaration DOCTYPE : elle est toujours refusée, pour des raisons de sécurité.",
		"The document has a DOCTYPE declaration: it is always refused, for security.", xml10+"§2.8")
	XMLEntity = NewRule("XML-ENTITY", Fatal,
		"L'entité &{name}; n'est pas définie : seules les cinq entités prédéfinies et les références de caractères sont acceptées.",
		"Entity &{name}; is not defined: only the five predefined entities and character references are accepted.", xml10+"§4.1")
	XMLCharRef = NewRule("XML-CHARREF", Fatal,
		"La référence de caractère désigne un caractère interdit en XML ou est mal écrite.",
		"The character reference names a character XML forbids, or is malformed.", xml10+"§4.1")
	XMLChar = NewRule("XML-CHAR", Fatal,
		"Le caractère {char} est interdit en XML.",
		"Character {char} is not allowed in XML.", xml10+"§2.2")
	XMLTagMismatch = NewRule("XML-TAG-MISMATCH", Fatal,
		"La balise de fin {got} ne ferme pas l'élément ouvert {want}.",
		"End tag {got} does not close the open element {want}.", xml10+"§3")
	XMLAttrDup = NewRule("XML-ATTR-DUP", Fatal,
		"L'attribut {attribute} figure deux fois dans l'élément.",
		"Attribute {attribute} stands twice in the element.", xml10+"§3.1")
	XMLAttrLt = NewRule("XML-ATTR-LT", Fatal,
		"La valeur de l'attribut {attribute} contient le caractère « < ».",
		"The value of attribute {attribute} holds the character \"<\".", xml10+"§3.1")
	XMLCDEnd = NewRule("XML-TEXT-CDEND", Fatal,
		"La suite « ]]> » figure dans un texte.",
		"The sequence \"]]>\" stands in text.", xml10+"§2.4")
	XMLComment = NewRule("XML-COMMENT", Fatal,
		"Un commentaire contient « -- ».",
		"A comment holds \"--\".", xml10+"§2.5")
	XMLPI = NewRule("XML-PI", Fatal,
		"Une instruction de traitement est mal écrite : {detail}.",
		"A processing instruction is malformed: {detail}.", xml10+"§2.6")
	XMLEncoding = NewRule("XML-ENCODING", Fatal,
		"L'encodage {encoding} n'est pas accepté (acceptés : UTF-8, UTF-16 avec BOM, US-ASCII, ISO-8859-1, ISO-8859-15, windows-1252).",
		"Encoding {encoding} is not accepted (accepted: UTF-8, UTF-16 with BOM, US-ASCII, ISO-8859-1, ISO-8859-15, windows-1252).", xml10+"§4.3.3")
	XMLEncodingBytes = NewRule("XML-ENCODING-BYTES", Fatal,
		"Le document se déclare {encoding}, mais certains de ses octets n'en sont pas : l'enregistrer de nouveau dans l'encodage déclaré.",
		"The document declares {encoding}, but some of its bytes are not: save it again in the encoding declared.", xml10+"§4.3.3")
	XMLEncodingConflict = NewRule("XML-ENCODING-CONFLICT", Fatal,
		"Le document se déclare {declared} mais ses premiers octets sont ceux de {found}.",
		"The document declares {declared} but its first bytes are those of {found}.", xml10+"§4.3.3")
	XMLEncodingSuspect = NewRule("XML-ENCODING-SUSPECT", Warning,
		"Le document se déclare {encoding} mais ses octets semblent être de l'UTF-8 : les accents seront illisibles (« Ã© » au lieu de « é »).",
		"The document declares {encoding} but its bytes look like UTF-8: accents will be unreadable (\"Ã©\" instead of \"é\").", xml10+"§4.3.3")
	XMLNSUnbound = NewRule("XML-NS-UNBOUND", Fatal,
		"Le préfixe {prefix} n'est lié à aucun espace de noms.",
		"Prefix {prefix} is bound to no namespace.", xmlns+"§5")
	XMLNSEmpty = NewRule("XML-NS-EMPTY", Fatal,
		"Le préfixe {prefix} est lié à un espace de noms vide.",
		"Prefix {prefix} is bound to an empty namespace.", xmlns+"§5")
	XMLNSReserved = NewRule("XML-NS-RESERVED", Fatal,
		"Le préfixe ou l'espace de noms réservé {prefix} est redéfini.",
		"The reserved prefix or namespace {prefix} is redefined.", xmlns+"§3")
	XMLNSAttrDup = NewRule("XML-NS-ATTR-DUP", Fatal,
		"L'attribut {attribute} figure deux fois, sous deux préfixes du même espace de noms.",
		"Attribute {attribute} stands twice, under two prefixes of one namespace.", xmlns+"§6.3")
	XMLNSName = NewRule("XML-NS-NAME", Fatal,
		"Le nom {name} n'est pas un nom qualifié correct.",
		"Name {name} is not a proper qualified name.", xmlns+"§4")
)

// Rules of limits: what is refused or left unread so that a hostile file costs
// no more than an honest one.
var (
	LimDepth = NewRule("LIM-DEPTH", Fatal,
		"L'imbrication dépasse {limit} niveaux.", "Nesting exceeds {limit} levels.", "Liasse")
	LimBytes = NewRule("LIM-BYTES", Fatal,
		"Le contenu dépasse la limite de {limit} octets ({what}).",
		"The content exceeds the limit of {limit} bytes ({what}).", "Liasse")
	LimCount = NewRule("LIM-COUNT", Fatal,
		"Le nombre de {what} dépasse la limite de {limit}.",
		"The number of {what} exceeds the limit of {limit}.", "Liasse")
	LimRatio = NewRule("LIM-RATIO", Fatal,
		"L'archive se décompresse plus de {limit} fois : elle est traitée comme une bombe de décompression.",
		"The archive inflates more than {limit} times: it is treated as a decompression bomb.", "Liasse")
	LimTime = NewRule("LIM-TIME", Fatal,
		"Le contrôle demanderait trop de calcul et a été interrompu.",
		"The check would take too much work and was stopped.", "Liasse")
	LimStates = NewRule("LIM-STATES", Fatal,
		"La grammaire demande trop d'états pour ce document : le contrôle a été interrompu.",
		"The grammar needs too many states for this document: the check was stopped.", "Liasse")
	LimIDs = NewRule("LIM-IDS", Warning,
		"Plus de {limit} identifiants : leur unicité et leurs références ne sont pas toutes contrôlées.",
		"More than {limit} identifiers: not all are checked for uniqueness and references.", "Liasse")
)
