// Package xmlout writes XML documents one tag at a time, with the prefixes and
// the attribute order the caller chooses: receivers of French public formats
// look at both, although XML says they mean nothing.
//
//	w := xmlout.New(out, xmlout.Options{Indent: "  "})
//	w.Start("actes", "Acte")
//	w.Namespace("actes", "http://www.interieur.gouv.fr/ACTES#v1.1-20040216")
//	w.Attr("actes", "Date", "2024-07-01")
//	w.Element("actes", "Objet", "Budget")
//	w.End()
//	err := w.Close()
//
// What is written is well-formed (XML 1.0 fifth edition, Namespaces in XML 1.0)
// or Close says why not: unknown prefix, attribute given twice, forbidden
// character, element left open. Errors are sticky: the first one stops the
// output and every later call does nothing, so a caller checks once, at the
// end. An error names the element and never quotes a value.
//
// Every text and attribute value reads back as it was given: a carriage return,
// and in attributes a tab or line feed, are written as character references,
// and indentation never enters an element that holds text.
//
// With [Options.Latin1] the document is ISO-8859-1, which many finance tools
// still demand; a character outside it becomes a numeric reference (the € sign
// and œ are such), and is an error in a name, where XML has no reference. The
// control block U+0080 to U+009F is written by reference too, because software
// commonly reads those octets as windows-1252.
package xmlout
