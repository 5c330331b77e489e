package seda

import (
	"errors"
	"fmt"
	"strings"
)

// Version is a version of SEDA: 2.1.
type Version string

// Versions of the second family. Only [V21] can be written today.
const (
	V20 Version = "2.0"
	V21 Version = "2.1"
	V22 Version = "2.2"
	V23 Version = "2.3"
)

// ErrVersion says that a version cannot be written.
var ErrVersion = errors.New("seda: version not supported")

const spacePrefix = "fr:gouv:culture:archivesdefrance:seda:v"

// Namespace returns the XML namespace of the version.
func (v Version) Namespace() string { return spacePrefix + string(v) }

// VersionOf returns the version a namespace stands for, or "". The older
// namespaces of versions 0.2 and 1.0 are known too.
func VersionOf(namespace string) Version {
	if namespace == "fr:gouv:ae:archive:draft:standard_echange_v0.2" {
		return "0.2"
	}
	v, ok := strings.CutPrefix(namespace, spacePrefix)
	if !ok || v == "" || strings.Trim(v, "0123456789.") != "" {
		return ""
	}
	return Version(v)
}

// dialect is what differs between the versions that can be written.
type dialect struct {
	codeLists []string // children of CodeListVersions, in order, without their suffix
}

// SEDA 2.1, seda-2.1-main.xsd, CodeListVersionsType.
var codeLists21 = []string{
	"Reply", "MessageDigestAlgorithm", "MimeType", "Encoding", "FileFormat", "CompressionAlgorithm",
	"DataObjectVersion", "StorageRule", "AppraisalRule", "AccessRule", "DisseminationRule", "ReuseRule",
	"ClassificationRule", "AcquisitionInformation", "AuthorizationReason", "Relationship",
}

// dialectOf returns the dialect; no version means 2.1.
func dialectOf(v Version) (Version, dialect, error) {
	switch v {
	case "", V21:
		return V21, dialect{codeLists: codeLists21}, nil
	}
	return v, dialect{}, fmt.Errorf("%w: %q", ErrVersion, string(v))
}

// Supported returns nil when [Write] can write the version, else an error
// matching [ErrVersion].
func Supported(v Version) error {
	_, _, err := dialectOf(v)
	return err
}
