package seda

import (
	"strings"
)

// Version is a version of SEDA: 2.1.
type Version string

// Versions of the first family, and of the second.
const (
	V02 Version = "0.2"
	V10 Version = "1.0"

	V20 Version = "2.0"
	V21 Version = "2.1"
	V22 Version = "2.2"
	V23 Version = "2.3"
)

const (
	spacePrefix = "fr:gouv:culture:archivesdefrance:seda:v"
	draftSpace  = "fr:gouv:ae:archive:draft:standard_echange_v0.2"
)

// Namespace returns the XML namespace of the version.
func (v Version) Namespace() string {
	if v == V02 {
		return draftSpace
	}
	return spacePrefix + string(v)
}

// Early reports whether the version is of the first family.
func (v Version) Early() bool { return v == V02 || v == V10 }

// VersionOf returns the version a namespace stands for, or "".
func VersionOf(namespace string) Version {
	if namespace == draftSpace {
		return V02
	}
	v, ok := strings.CutPrefix(namespace, spacePrefix)
	if !ok || v == "" || strings.Trim(v, "0123456789.") != "" {
		return ""
	}
	return Version(v)
}

// isSEDA reports whether the namespace is one of the second family's, and which.
func isSEDA(space string) (Version, bool) {
	v := VersionOf(space)
	return v, v != "" && !v.Early()
}

// isEarly is isSEDA for the first family.
func isEarly(space string) (Version, bool) {
	v := VersionOf(space)
	return v, v.Early()
}

// span is a range of versions; "" is no bound.
type span struct{ since, until Version }

// anyVersion is that of elements that come from no message of a given version:
// those of a table, and of Vitam's unified namespace.
const anyVersion Version = "2"

func (s span) holds(v Version) bool {
	return v == anyVersion || (s.since == "" || v >= s.since) && (s.until == "" || v <= s.until)
}

var (
	only20 = span{since: V20, until: V20}
	from21 = span{since: V21}
	from22 = span{since: V22}
	from23 = span{since: V23}
)

// limits are the elements that some versions do not have, below those of the
// tables of fields, by the names of the parent and of the element; "*" is any
// parent. (Differences of the ontology, management and types schemas.)
var limits = map[string]span{
	"*/LinkingAgentIdentifier":   from22,
	"*/ClassificationAudience":   from21,
	"*/ExternalReference":        from21,
	"*/Mandate":                  from21,
	"*/DateSignature":            only20,
	"Event/EventTypeCode":        from21,
	"Event/Outcome":              from21,
	"Event/OutcomeDetail":        from21,
	"Event/OutcomeDetailMessage": from21,
	"Event/EventDetailData":      from21,
	"Writer/FullName":            from21,
	"Writer/Corpname":            from21,
	"AuthorizedAgent/FullName":   from21,
	"AuthorizedAgent/Function":   from21,
	"AuthorizedAgent/Activity":   from21,
	"AuthorizedAgent/Position":   from21,
	"AuthorizedAgent/Role":       from21,
	"Addressee/FullName":         from21,
	"Addressee/Function":         from21,
	"Addressee/Activity":         from21,
	"Addressee/Position":         from21,
	"Addressee/Role":             from21,
	"Recipient/FullName":         from21,
	"Recipient/Function":         from21,
	"Recipient/Activity":         from21,
	"Recipient/Position":         from21,
	"Recipient/Role":             from21,
}

func limit(parent, name string) span {
	if s, ok := limits[parent+"/"+name]; ok {
		return s
	}
	return limits["*/"+name]
}
