// Package schema is the grammar engine: it decides whether the elements,
// attributes and values of a document are those a grammar permits, and says
// what is wrong, one finding for each fault.
//
// A grammar is made by a front end ([Builder] is what they speak to; RELAX NG
// compact syntax is in package relaxng) and becomes an immutable [Grammar],
// shared by any number of goroutines. A [Validator] is one run over one
// document: a sink of the events of xmlcore, so that reading, validating and
// decoding share one pass.
//
//	g, rep, err := relaxng.Compile(ctx, fsys, "message.rnc", relaxng.Options{})
//	…
//	v := g.NewValidator(schema.ValidateOptions{Report: rep})
//	err = xmlcore.Run(ctx, r, v)
//	v.Finish(r)
//
// # How it works
//
// The content of one element is a [Pattern], an interned term; never the
// document as a whole. The state of an element's content is what may still
// come: the derivative of the pattern by the children met. These states are
// computed when the grammar is compiled and kept in read-only tables; models
// with too many states are explored while validating, in a bounded cache owned
// by the validator.
//
// A document is a stack of frames, one for each open element. A frame holds
// the candidates: the declarations the element may still turn out to be of,
// each with its state. XML Schema leaves one, the profiles of archives some;
// none is chosen before the document has decided.
//
// Attributes are tables and values are datatypes (package datatype); neither
// is part of a state. Above the patterns lies a thin layer of types, for what
// XML Schema says about xsi:type, xsi:nil and wildcards: patterns know nothing
// of it.
//
// # Repair
//
// After a fault the frame goes on from the likeliest state, so that one fault
// is one finding: a missing child is skipped over; a child reported missing
// that turns up later was misplaced; a child in the way is stepped around; one
// the grammar admits earlier on is told what it belongs before; a child nobody
// expects is left unread below.
package schema
