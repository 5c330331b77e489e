package message

import (
	"github.com/liasse/liasse/ged/report"
)

const (
	norme   = "actesv1_1.xsd"
	valides = "S2LOW"
)

// Rules of messages. Rules about the content of an act (number, subject, date,
// matter) are those of package actes; departures from the schema are the XSD-
// rules of package report, and what is not XML at all its XML- rules.
var (
	MessageRacine = report.NewRule("ACT-MSG-ROOT", report.Error,
		"L'élément racine ({root!}) n'est celui d'aucun message du protocole @ctes : ce fichier n'en est pas un.",
		"The root element ({root!}) is that of no message of the @ctes protocol: this file is none.", norme)
	MessageEspace = report.NewRule("ACT-MSG-NAMESPACE", report.Error,
		"L'espace de noms de l'élément racine n'est pas celui du protocole @ctes (http://www.interieur.gouv.fr/ACTES#v1.1-20040216) : le logiciel qui a produit le fichier est à corriger.",
		"The namespace of the root element is not that of the @ctes protocol (http://www.interieur.gouv.fr/ACTES#v1.1-20040216): the software that made the file must be corrected.", norme)
	MessageInutile = report.NewRule("ACT-MSG-USELESS", report.Error,
		"Le message {code} ne dit pas l'essentiel : il manque {missing}.",
		"Message {code} lacks what it is for: {missing} is missing.", "Liasse")
	MessageIdentifiant = report.NewRule("ACT-MSG-IDACTE", report.Warning,
		"L'identifiant de l'acte et l'acte rappelé ne s'accordent pas : {field} diffère.",
		"The identifier of the act and the act quoted do not agree: {field} differs.", "Liasse")
	MessageAnnexes = report.NewRule("ACT-MSG-ANNEXES", report.Error,
		"Le message annonce {declared} {declared|annexe|annexes} (attribut Nombre) et en cite {found} : les deux doivent s'accorder.",
		"The message declares {declared} {declared|annexe|annexes} (attribute Nombre) and names {found}: both must agree.", valides)
	MessageValeur = report.NewRule("ACT-MSG-VALUE", report.Error,
		"{field} : {why}.", "{field}: {why}.", norme)
	MessageEmail = report.NewRule("ACT-MSG-EMAIL", report.Error,
		"L'adresse électronique ({address!}) ne peut pas être employée : {why}.",
		"The mail address ({address!}) cannot be used: {why}.", norme)
)

// Rules lists the rules this package exports.
func Rules() []*report.Rule {
	return []*report.Rule{MessageRacine, MessageEspace, MessageInutile, MessageIdentifiant, MessageAnnexes,
		MessageValeur, MessageEmail}
}
