// Package relaxng compiles grammars in RELAX NG (OASIS, 3 December 2001;
// ISO/IEC 19757-2) for the engine of package schema, in both of its notations:
// the compact syntax (OASIS, 21 November 2002; ISO/IEC 19757-2, annex C), in
// which Liasse writes its own grammars, and the XML syntax, in which archive
// services draw up their profiles. A file that begins with "<" is in XML
// syntax; files of either may include one another.
//
// A grammar is hostile input, bounded in documents, bytes, patterns and work
// ([Options]), and read only from the file system given.
//
// All of RELAX NG is understood, with the restrictions of its chapter 7
// enforced. Datatypes are those of XML Schema and the built-in string and
// token, and the identifiers of RELAX NG DTD Compatibility. In XML syntax a
// document type is refused, as everywhere in Liasse; an unknown attribute and
// stray text are ignored with a note. A grammar that permits no document at all
// is refused too. Whether datatypeLibrary is a proper address is not asked.
//
// # Annotations
//
// In compact syntax, annotations in the namespace [Space] add what RELAX NG cannot say. As
// attributes of a pattern or definition:
//
//	v:from, v:until   the particle exists from, or until, that version only
//	v:process         "lax", "strict" or "skip": how a wildcard treats what it admits
//	v:nillable        "true": the element may carry xsi:nil
//	v:public          "true": values are public codes, findings quote them
//	v:global          "true": the attribute is a global declaration, for wildcards
//	v:type, v:base    on a definition: the name of the XML Schema type it is, and
//	                  of the one that is derived from, for xsi:type
//	v:abstract        "true", beside v:type: elements must name another type by xsi:type
//
// and as an element in the body of the grammar:
//
//	v:xsd [ ]         the grammar stands for an XML Schema: xsi:type, xsi:nil and the
//	                  schema locations are understood on every element, and content
//	                  declared empty takes not even white space
//
// One file so describes all versions of a format; [Options.Version] chooses.
package relaxng
