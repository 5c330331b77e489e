// Package xades reads and validates XML signatures: XMLDSig (W3C XML Signature
// 1.1) and XAdES in the namespaces 1.1.1, 1.2.2, 1.3.2 and 1.4.1 (ETSI EN 319
// 132-1, TS 101 903): enveloped, enveloping, detached, by manifest.
//
// [Validate] reads the document twice through the one XML door, whatever its
// size, in constant memory: once to find the signatures and what they say, once
// to make all canonical forms together and digest them. What [Input].Watch sees
// are the events of the second reading, those that were verified.
//
// [Sign] adds enveloped signatures of levels B and T to a document of any size.
//
// # What is covered, and wrapping
//
// A signature proves the elements its references lead to, and nothing else of
// the document. Each is listed in Evidence.Covers with the octets of the file
// where it lies (From, To) and the very octets that were digested (Data). A
// reader of a signed document must consume those elements: whatever lies
// elsewhere is not signed. So that no reference leads elsewhere than it seems:
//
//   - an identifier that two elements carry, in whatever spelling (Id, ID, id,
//     xml:id), is a fault of format when it is referred to;
//   - the properties, objects and manifests of a signature are found by walking
//     down from it, and a reference that says it is over one of them must lead
//     to that very node;
//   - the enveloped-signature transform is only good for a reference to an
//     element around the signature. The sole exception are the signature's own
//     properties, as known tools make them;
//   - of XPath a few literal forms are followed; all else, XSLT, external
//     addresses, HMAC, is refused and never fetched or run.
package xades
