// Package xsd compiles XML Schema 1.0 (W3C, second edition, 28 October 2004)
// for the engine of package schema.
//
// It reads the official sets users hand over: those of the State's agencies,
// which change yearly, and those of platforms. No two engines accept all of
// them, so this one is tolerant where the meaning is plain: content models that
// are not deterministic are warned of and matched exactly (an element goes
// before a wildcard, as in XML Schema 1.1), several documents of one namespace
// are merged, a complex extension of simple content is read as what it means.
// What it cannot check it names in a note: keys and their references, redefined
// components, assertions, the fixed value of elements with element content.
//
// # Beside the norm
//
// Held against the W3C's test suite for version 1.0, verdicts on documents of
// schemas it calls valid differ only where this was chosen: what a note names
// (above); what xsi:schemaLocation would bring, which is never followed; a root
// element that no schema declares but xsi:type does; identifiers among
// attributes that only a wildcard admits, which may be several, as in 1.1;
// default values, which are not inserted, so that the references in them lead
// nowhere; more attributes than the reader takes; characters whose class Unicode
// has changed since, and names, which are those of XML's second edition; the
// prefix xmlns in a QName, which Namespaces in XML binds. A schema is refused
// when what it includes, or refers to, was not given, and is not refused for
// what does not change its meaning: most of the rules on how schemas are written
// are left to their authors' tools.
//
// # Where documents come from
//
// Only from the file system given. A location is tried as a path relative to
// the document that names it; "../" may not leave the file system. Failing
// that, a document whose target namespace is the one wanted is looked for;
// failing that, the components of xml:, xlink: and ds: (XML Signature) built
// into this package are used. An import that leads nowhere is an error only if
// something refers to what it should have brought.
//
// # Hostile schemas
//
// A set is bounded in documents, bytes, components and work ([Options]); a
// DOCTYPE is refused in schemas too.
package xsd
