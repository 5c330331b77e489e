package report

const (
	xsd1 = "XML Schema 1.0 Part 1 "
	xsd2 = "XML Schema 1.0 Part 2 "
)

// Rules of grammars (XML Schema, RELAX NG): what a schema demands.
var (
	XSDRoot = NewRule("XSD-ROOT", Error,
		"L'élément racine {element} n'est pas prévu par le schéma.",
		"Root element {element} is not declared by the schema.", xsd1+"§3.3.4")
	XSDElement = NewRule("XSD-ELEMENT", Error,
		"L'élément {element} n'est pas attendu ici ; attendu : {expected}.",
		"Element {element} is not expected here; expected: {expected}.", xsd1+"§3.4.4")
	XSDMissing = NewRule("XSD-MISSING", Error,
		"Dans {parent}, il manque {missing}.",
		"{parent} lacks {missing}.", xsd1+"§3.4.4")
	XSDOrder = NewRule("XSD-ORDER", Error,
		"L'élément {element} est mal placé : il doit se trouver avant {before}.",
		"Element {element} is misplaced: it belongs before {before}.", xsd1+"§3.4.4")
	XSDOrderAfter = NewRule("XSD-ORDER-AFTER", Error,
		"L'élément {element} est mal placé : il doit se trouver après {after}.",
		"Element {element} is misplaced: it belongs after {after}.", xsd1+"§3.4.4")
	XSDMore = NewRule("XSD-MORE", Info,
		"Dans {parent}, {n} {n|autre anomalie n'est pas détaillée|autres anomalies ne sont pas détaillées}.",
		"In {parent}, {n} more {n|fault is|faults are} not listed.", "Liasse")
	XSDText = NewRule("XSD-TEXT", Error,
		"L'élément {element} ne doit pas contenir de texte.",
		"Element {element} must not hold text.", xsd1+"§3.4.4")
	XSDEmpty = NewRule("XSD-EMPTY", Error,
		"L'élément {element} doit être strictement vide, sans même un espace.",
		"Element {element} must be strictly empty, without even a blank.", xsd1+"§3.4.4")
	XSDValue = NewRule("XSD-VALUE", Error,
		"La valeur de {name} ({value!}) n'est pas correcte : {expected}.",
		"The value of {name} ({value!}) is not right: {expected}.", xsd2+"§4.1.4")
	XSDEnum = NewRule("XSD-ENUM", Error,
		"La valeur de {name} ({value!}) n'est pas dans la liste permise : {expected}.",
		"The value of {name} ({value!}) is not in the permitted list: {expected}.", xsd2+"§4.3.5")
	XSDAttr = NewRule("XSD-ATTR", Error,
		"L'attribut {attribute} n'est pas permis sur l'élément {element}.",
		"Attribute {attribute} is not allowed on element {element}.", xsd1+"§3.4.4")
	XSDAttrMissing = NewRule("XSD-ATTR-MISSING", Error,
		"L'attribut obligatoire {attribute} manque sur l'élément {element}.",
		"Required attribute {attribute} is missing on element {element}.", xsd1+"§3.4.4")
	XSDType = NewRule("XSD-TYPE", Error,
		"Le type donné par xsi:type ({type}) n'est pas utilisable sur l'élément {element}.",
		"The type named by xsi:type ({type}) cannot be used on element {element}.", xsd1+"§3.3.4")
	XSDNil = NewRule("XSD-NIL", Error,
		"L'attribut xsi:nil n'est pas permis sur {element}, ou son contenu n'est pas vide.",
		"Attribute xsi:nil is not allowed on {element}, or its content is not empty.", xsd1+"§3.3.4")
	XSDAbstract = NewRule("XSD-ABSTRACT", Error,
		"L'élément {element} ne s'emploie pas tel quel (il est abstrait) : une de ses formes concrètes doit le remplacer.",
		"Element {element} is not used as it is (it is abstract): one of its concrete forms must stand in its place.", xsd1+"§3.3.4")
	XSDIDDup = NewRule("XSD-ID-DUP", Error,
		"L'identifiant ({id!}) est employé deux fois.",
		"The identifier ({id!}) is used twice.", xsd1+"§3.15.4")
	XSDIDRef = NewRule("XSD-IDREF", Error,
		"La référence ({id!}) ne désigne aucun identifiant du document.",
		"The reference ({id!}) names no identifier of the document.", xsd1+"§3.15.4")
	XSDLexSpace = NewRule("XSD-LEX-SPACE", Warning,
		"La valeur de {name} est entourée d'espaces : la norme l'accepte, certains destinataires la refusent.",
		"The value of {name} has blanks around it: the standard accepts that, some receivers refuse it.", xsd2+"§4.3.6")
	XSDLexInteger = NewRule("XSD-LEX-INTEGER", Warning,
		"La valeur de {name} a plus de 18 chiffres : certains destinataires la refusent.",
		"The value of {name} has more than 18 digits: some receivers refuse it.", xsd2+"§3.3.13")
	XSDLexCDATA = NewRule("XSD-LEX-CDATA", Warning,
		"L'élément {element} contient une section CDATA d'espaces : certains destinataires la refusent.",
		"Element {element} holds a CDATA section of blanks: some receivers refuse it.", xsd1+"§3.4.4")
	XSDUnchecked = NewRule("XSD-UNCHECKED", Info,
		"Le contenu de l'élément {element}, qui n'est pas attendu, n'a pas été contrôlé.",
		"The content of element {element}, which is not expected, was not checked.", "Liasse")
)

// Rules about grammars themselves: what is said when a schema is compiled.
var (
	XSDCompile = NewRule("XSD-COMPILE", Error,
		"La grammaire ne peut pas être compilée : {detail}.",
		"The grammar cannot be compiled: {detail}.", xsd1+"§5.1")
	XSDCompileNote = NewRule("XSD-COMPILE-NOTE", Warning,
		"La grammaire a un défaut toléré : {detail}.",
		"The grammar has a tolerated defect: {detail}.", xsd1+"§5.1")
	XSDResolve = NewRule("XSD-RESOLVE", Error,
		"La grammaire renvoie à {namespace} ({location}), qui est introuvable dans ce qui a été fourni.",
		"The grammar refers to {namespace} ({location}), which is not in what was given.", xsd1+"§4.2")
)
