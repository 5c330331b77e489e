package element

import "strings"

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

// medona begins the namespace of the standard whose messages those of SEDA 2
// are: NF Z44-022:2014, then ISO 20614:2017. Records managers write it.
const medona = "org:afnor:medona:"

// Foreign says in words, French and English, what a namespace is that is none of
// SEDA's.
func Foreign(space string) (fr, en string) {
	switch {
	case space == "":
		return "il n'en a pas", "it has none"
	case strings.HasPrefix(space, medona):
		return "c'est celui de MEDONA (NF Z44-022), dont le SEDA 2 est le profil français",
			"it is that of MEDONA (NF Z44-022), of which SEDA 2 is the French profile"
	}
	return "c'en est un autre", "it is another one"
}

// Second reports whether the namespace is one of the second family's, and which.
func Second(space string) (Version, bool) {
	v := VersionOf(space)
	return v, v != "" && !v.Early()
}

// First reports whether the namespace is one of the first family's, and which.
func First(space string) (Version, bool) {
	v := VersionOf(space)
	return v, v.Early()
}

// Span is a range of versions; "" is no bound.
type Span struct{ Since, Until Version }

// AnyVersion is that of elements that come from no message of a given version:
// those of a table, and of Vitam's unified namespace.
const AnyVersion Version = "2"

// Holds reports whether the version is in the range; [AnyVersion] always is.
func (s Span) Holds(v Version) bool {
	return v == AnyVersion || (s.Since == "" || v >= s.Since) && (s.Until == "" || v <= s.Until)
}

// Ranges the tables use.
var (
	Only20 = Span{Since: V20, Until: V20}
	From21 = Span{Since: V21}
	From22 = Span{Since: V22}
	From23 = Span{Since: V23}
)

// limits are the elements that some versions do not have, below those of the
// tables of fields, by the names of the parent and of the element; "*" is any
// parent. (Differences of the ontology, management and types schemas.)
var limits = map[string]Span{
	"*/LinkingAgentIdentifier":   From22,
	"*/ClassificationAudience":   From21,
	"*/ExternalReference":        From21,
	"*/Mandate":                  From21,
	"*/DateSignature":            Only20,
	"Event/EventTypeCode":        From21,
	"Event/Outcome":              From21,
	"Event/OutcomeDetail":        From21,
	"Event/OutcomeDetailMessage": From21,
	"Event/EventDetailData":      From21,
	"Writer/FullName":            From21,
	"Writer/Corpname":            From21,
	"AuthorizedAgent/FullName":   From21,
	"AuthorizedAgent/Function":   From21,
	"AuthorizedAgent/Activity":   From21,
	"AuthorizedAgent/Position":   From21,
	"AuthorizedAgent/Role":       From21,
	"Addressee/FullName":         From21,
	"Addressee/Function":         From21,
	"Addressee/Activity":         From21,
	"Addressee/Position":         From21,
	"Addressee/Role":             From21,
	"Recipient/FullName":         From21,
	"Recipient/Function":         From21,
	"Recipient/Activity":         From21,
	"Recipient/Position":         From21,
	"Recipient/Role":             From21,
}

// limit returns the versions that have the element below the parent.
func limit(parent, name string) Span {
	if s, ok := limits[parent+"/"+name]; ok {
		return s
	}
	return limits["*/"+name]
}
