// Package envelope is the transport unit of @ctes, the télétransmission of acts
// to the contrôle de légalité: a tar.gz holding one envelope XML, message XMLs
// and the files they refer to.
package envelope
