// Package c14n writes the canonical form of an XML document while it is being
// read: Canonical XML 1.0 (W3C, 15 March 2001) and 1.1 (2 May 2008), and
// Exclusive XML Canonicalization 1.0 (W3C, 18 July 2002), with or without
// comments, of a whole document, of one element of it, or of a document subset
// whose elements carry all their namespaces and attributes.
//
// A [Canonicalizer] is a sink of xmlcore events. It keeps the namespaces of the
// open elements and nothing else, so that a document of any size is digested in
// constant memory and in the same pass that reads and checks it:
//
//	h := sha256.New()
//	c := c14n.New(h, c14n.Options{Exclusive: true})
//	if err := xmlcore.Run(ctx, reader, c); err != nil { … }
//	if err := c.Flush(); err != nil { … }
//
// What differs from a canonicaliser over a tree: nothing in the bytes. There is
// no DTD here (xmlcore refuses DOCTYPE), hence no default attribute.
//
// Two rules are easily got wrong. In the inclusive form of one element, the
// namespaces in scope and the xml: attributes of its ancestors come along, used
// or not; in the exclusive form only the prefixes visibly used do, and those
// the PrefixList names. And xmlns="" is written only where an ancestor that was
// written has a default namespace.
package c14n
