package seda

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
)

// object is an object with what the group it stands in makes of it.
type object struct {
	archive.Object
	// groupID and groupRef are those of the flat style.
	groupID, groupRef string
	// uris says that algorithms are named by their URI, as as@lae does.
	uris bool
}

var binaryObject = &part[object]{name: "BinaryDataObject", fields: append(objectHead(),
	raw[object]("Attachment"),
	text("Uri", func(o *object) stringp { return &o.URI }),
	field[object]{name: "MessageDigest", get: getDigest, set: setDigest},
	field[object]{name: "Size", get: getSize, set: setSize, say: saySize, says: saysSize},
	raw[object]("Compressed"),
	field[object]{name: "FormatIdentification", get: getFormat, set: setFormat},
	field[object]{name: "FileInfo", get: getFileInfo, set: setFileInfo},
	raw[object]("Metadata"),
	raw[object]("OtherMetadata"),
)}

var physicalObject = &part[object]{name: "PhysicalDataObject", fields: append(objectHead(),
	text("PhysicalId", func(o *object) stringp { return &o.PhysicalID }),
	raw[object]("PhysicalDimensions"),
)}

// objectHead is what both kinds of objects begin with.
func objectHead() []field[object] {
	return []field[object]{
		raw[object]("DataObjectProfile").in(from22),
		raw[object]("DataObjectSystemId").in(from21),
		raw[object]("DataObjectGroupSystemId").in(from21),
		raw[object]("Relationship"),
		text("DataObjectGroupReferenceId", func(o *object) stringp { return &o.groupRef }),
		text("DataObjectGroupId", func(o *object) stringp { return &o.groupID }),
		{name: "DataObjectVersion", get: getUsage, set: setUsage, say: sayUsage},
		raw[object]("PersistentIdentifier").in(from23),
		raw[object]("DataObjectUse").in(from23),
		raw[object]("DataObjectNumber").in(from23),
	}
}

func objectPart(o *archive.Object) *part[object] {
	if o.Physical {
		return physicalObject
	}
	return binaryObject
}

func getUsage(o *object) []*node {
	usage := string(o.Usage)
	switch {
	case usage == "":
		return nil
	case o.Version == 0 && strings.Contains(usage, "_"): // not of the form, kept as read
		return one(elem("DataObjectVersion", usage))
	}
	return one(elem("DataObjectVersion", usage+"_"+strconv.Itoa(max(o.Version, 1))))
}

func setUsage(o *object, n *node) bool {
	if o.Usage != "" || blank(n.text()) {
		return false
	}
	name, number, numbered := strings.Cut(n.token(), "_")
	v, err := strconv.Atoi(number)
	switch {
	case !numbered:
		o.Usage, o.Version = archive.Usage(name), 1
	case err == nil && v > 0 && strconv.Itoa(v) == number && name != "":
		o.Usage, o.Version = archive.Usage(name), v
	default:
		o.Usage = archive.Usage(n.token())
	}
	return true
}

func getDigest(o *object) []*node {
	if len(o.Digests) == 0 || o.Digests[0].Value == "" {
		return nil
	}
	d := o.Digests[0]
	name := string(d.Algorithm)
	if uri := digestURIs[d.Algorithm]; o.uris && uri != "" {
		name = uri
	}
	return one(elem("MessageDigest", d.Value).setAttr("algorithm", name))
}

func setDigest(o *object, n *node) bool {
	if len(o.Digests) > 0 {
		return false
	}
	if a := ged.Algorithm(n.attr("algorithm")); n.leaf() { // as nearly everyone writes it
		if v := n.text(); a.Size() > 0 && len(v) == 2*a.Size() && lowerHex(v) {
			o.Digests = []ged.Digest{{Algorithm: a, Value: v}}
			return true
		}
	}
	d, ok := digestIn(n, "algorithm")
	if !ok {
		return false
	}
	o.Digests = []ged.Digest{d}
	return true
}

// sayUsage takes a usage that has its number.
func sayUsage(o *object, s string) bool {
	name, number, _ := strings.Cut(s, "_")
	v, err := strconv.Atoi(number)
	if o.Usage != "" || err != nil || v <= 0 || strconv.Itoa(v) != number || blank(name) || strings.TrimSpace(s) != s {
		return false
	}
	o.Usage, o.Version = archive.Usage(name), v
	return true
}

func lowerHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func getSize(o *object) []*node { return one(optional("Size", saysSize(o))) }

func saysSize(o *object) string {
	if o.Size <= 0 { // xsd:positiveInteger: an empty file has no Size
		return ""
	}
	return strconv.FormatInt(o.Size, 10)
}

func saySize(o *object, s string) bool {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v <= 0 || o.Size != 0 || strconv.FormatInt(v, 10) != s {
		return false
	}
	o.Size = v
	return true
}

func setSize(o *object, n *node) bool {
	v, err := strconv.ParseInt(n.token(), 10, 64)
	if err != nil || v <= 0 || o.Size != 0 {
		return false
	}
	o.Size = v
	return true
}

func getFormat(o *object) []*node {
	if blank(o.FormatName + o.MediaType + o.PUID) {
		return nil
	}
	return one(tree("FormatIdentification",
		optional("FormatLitteral", o.FormatName), optional("MimeType", o.MediaType), optional("FormatId", o.PUID)))
}

func setFormat(o *object, n *node) bool {
	if !blank(o.FormatName + o.MediaType + o.PUID) {
		return false
	}
	o.FormatName, o.MediaType, o.PUID = n.childToken("FormatLitteral"), n.childToken("MimeType"), n.childToken("FormatId")
	return true
}

func getFileInfo(o *object) []*node {
	if blank(o.Name) && o.Modified.IsZero() {
		return nil
	}
	return one(tree("FileInfo", optional("Filename", o.Name), optional("LastModified", moment(o.Modified))))
}

func setFileInfo(o *object, n *node) bool {
	if o.Name != "" || !o.Modified.IsZero() {
		return false
	}
	if f := n.child("Filename"); f != nil {
		o.Name = f.text()
	}
	o.Modified = readMoment(n.childToken("LastModified"))
	return true
}

// digestURIs are the names XML Signature and XML Encryption give the
// algorithms, which is how as@lae and its clients write them.
var digestURIs = map[ged.Algorithm]string{
	ged.SHA1:   "http://www.w3.org/2000/09/xmldsig#sha1",
	ged.SHA256: "http://www.w3.org/2001/04/xmlenc#sha256",
	ged.SHA384: "http://www.w3.org/2001/04/xmldsig-more#sha384",
	ged.SHA512: "http://www.w3.org/2001/04/xmlenc#sha512",
	ged.MD5:    "http://www.w3.org/2001/04/xmldsig-more#md5",
}

// digestIn reads a digest in hexadecimal of either case or in base64, under
// any of the names producers give the algorithm the attribute tells.
func digestIn(n *node, attr string) (ged.Digest, bool) {
	a, ok := ged.ParseAlgorithm(n.attr(attr))
	if !ok {
		return ged.Digest{}, false
	}
	value := n.token()
	sum, err := hex.DecodeString(value)
	if err != nil || len(sum) != a.Size() {
		if sum, err = base64.StdEncoding.DecodeString(value); err != nil || len(sum) != a.Size() {
			return ged.Digest{}, false
		}
	}
	return ged.Digest{Algorithm: a, Value: hex.EncodeToString(sum)}, true
}
