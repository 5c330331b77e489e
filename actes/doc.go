// Package actes knows the acts a French local authority submits to the
// préfecture's legality check (contrôle de légalité), as the ministry's
// @CTES programme, still called "protocole ACTES", carries them.
//
// An [Acte] is a decision with its main document and annexes. It has a nature
// ([Nature], one of six), a matter ([Matiere], a path such as 7.10 in the
// [Classification] each préfecture publishes and dates), a number chosen by
// the authority ([CheckNumero], [NormaliseNumero]), and every file of it has a
// type of document ([Typologie]). Once acknowledged it is known for ever by
// its identifier ([IDActe]).
//
// [Acte.Check] says everything that is wrong with an act before it leaves;
// [Profile] chooses whose rules apply, since the operators in service differ.
// [Affected] says which acts a new classification catches on the way.
// [Transition] and [Delai] follow the transaction afterwards: its states, and
// the dates until which the State may object, each with its reasons.
//
// The messages exchanged are in package message, the archive that carries them
// in package envelope. [Acte.Record] turns an act into a [ged.Document], which
// is what the rest of Liasse understands.
//
// # Sources
//
// The XML Schema actesv1_1.xsd of the Ministry of the Interior (editions 2004
// to 2019 share one namespace), the Code général des collectivités
// territoriales (L2131-1 to L2131-13, L1612-1 and following), and the rules
// that the operators S²LOW, STELA and Pastell apply, observed from outside.
// What no source establishes is an option or a warning, never an error.
package actes
