// Package xmlcore is the one door through which XML enters Liasse: a strict,
// streaming, namespace-aware pull reader. Reading, validating, canonicalising
// and digesting all run over its events, so what is verified is what is
// consumed; two readers that disagree about one signed document are the root
// of signature wrapping.
//
//	r := xmlcore.NewReader(src, xmlcore.Options{Member: "m.xml"})
//	for {
//		k, err := r.Next()
//		if err == io.EOF {
//			break // a complete, well-formed document
//		}
//		var bad *xmlcore.Error
//		if errors.As(err, &bad) {
//			// the verdict: bad.Finding says which rule, where
//		}
//		…
//	}
//
// # What is accepted
//
// XML 1.0, fifth edition, and Namespaces in XML 1.0, without any DOCTYPE: the
// only entities are the five predefined ones and character references. Every
// constraint that remains is checked and has its own rule (XML-… in
// [report.Rules]). XML 1.1 is refused.
//
// Encodings: UTF-8 with or without byte order mark, UTF-16 with byte order
// mark, US-ASCII, ISO-8859-1, ISO-8859-15 and windows-1252. They are turned
// into UTF-8 in front of the tokenizer; positions always speak of the bytes as
// received.
//
// # Memory and time
//
// Text, comments, processing instructions and CDATA sections of any size pass
// in pieces of at most one window (64 KiB). A start tag is held whole, within
// [Limits]. Nothing is allocated per event: names are interned, values are
// slices valid until the next call, positions and paths are computed only when
// asked for.
package xmlcore
