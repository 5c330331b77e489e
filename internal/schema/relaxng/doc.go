// Package relaxng compiles grammars in RELAX NG compact syntax (OASIS, 21
// November 2002; ISO/IEC 19757-2, annex C) for the engine of package schema.
//
// It is the notation of the grammars Liasse writes itself, and one a user may
// hand over: a grammar is hostile input, bounded in documents, bytes, patterns
// and work ([Options]), and read only from the file system given.
//
// All of RELAX NG is understood, with the restrictions of its chapter 7
// enforced. Datatypes are those of XML Schema and the built-in string and
// token.
//
// # Annotations
//
// Annotations in the namespace [Space] add what RELAX NG cannot say. As
// attributes of a pattern or definition:
//
//	v:from, v:until   the particle exists from, or until, that version only
//	v:process         "lax", "strict" or "skip": how a wildcard treats what it admits
//	v:nillable        "true": the element may carry xsi:nil
//	v:public          "true": values are public codes, findings quote them
//	v:global          "true": the attribute is a global declaration, for wildcards
//	v:type, v:base    on a definition: the name of the XML Schema type it is, and
//	                  of the one that is derived from, for xsi:type
//
// and as an element in the body of the grammar:
//
//	v:xsd [ ]         the grammar stands for an XML Schema: xsi:type, xsi:nil and the
//	                  schema locations are understood on every element, and content
//	                  declared empty takes not even white space
//
// One file so describes all versions of a format; [Options.Version] chooses.
package relaxng
