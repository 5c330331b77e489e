package seda2

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/ged"
)

// Object is an object with what the group it stands in makes of it.
type Object struct {
	archive.Object
	// GroupID and GroupRef are those of the flat style.
	GroupID, GroupRef string
	// URIs says that algorithms are named by their URI, as as@lae does.
	URIs bool
}

// BinaryObject is an object with a file, PhysicalObject one on a shelf (objects
// schema).
var BinaryObject = &element.Part[Object]{Name: "BinaryDataObject", Fields: append(objectHead(),
	element.Raw[Object]("Attachment"),
	element.Text("Uri", func(o *Object) stringp { return &o.URI }),
	element.Field[Object]{Name: "MessageDigest", Get: getDigest, Set: setDigest},
	element.Field[Object]{Name: "Size", Get: getSize, Set: setSize, Say: saySize, Says: saysSize},
	element.Raw[Object]("Compressed"),
	element.Field[Object]{Name: "FormatIdentification", Get: getFormat, Set: setFormat, Order: formatOrder},
	element.Field[Object]{Name: "FileInfo", Get: getFileInfo, Set: setFileInfo, Order: fileOrder},
	element.Raw[Object]("Metadata"),
	element.Raw[Object]("OtherMetadata"),
)}

var PhysicalObject = &element.Part[Object]{Name: "PhysicalDataObject", Fields: append(objectHead(),
	element.Text("PhysicalId", func(o *Object) stringp { return &o.PhysicalID }),
	element.Raw[Object]("PhysicalDimensions"),
)}

// objectHead is what both kinds of objects begin with.
func objectHead() []element.Field[Object] {
	return []element.Field[Object]{
		element.Raw[Object]("DataObjectProfile").In(element.From22),
		element.Raw[Object]("DataObjectSystemId").In(element.From21),
		element.Raw[Object]("DataObjectGroupSystemId").In(element.From21),
		element.Raw[Object]("Relationship"),
		element.Text("DataObjectGroupReferenceId", func(o *Object) stringp { return &o.GroupRef }),
		element.Text("DataObjectGroupId", func(o *Object) stringp { return &o.GroupID }),
		{Name: "DataObjectVersion", Get: getUsage, Set: setUsage, Say: sayUsage},
		element.Raw[Object]("PersistentIdentifier").In(element.From23),
		element.Raw[Object]("DataObjectUse").In(element.From23),
		element.Raw[Object]("DataObjectNumber").In(element.From23),
	}
}

// ObjectPart returns the table the object is written by.
func ObjectPart(o *archive.Object) *element.Part[Object] {
	if o.Physical {
		return PhysicalObject
	}
	return BinaryObject
}

func getUsage(o *Object) []*element.Node {
	usage := string(o.Usage)
	switch {
	case usage == "":
		return nil
	case o.Version == 0 && strings.Contains(usage, "_"): // not of the form, kept as read
		return element.One(element.Elem("DataObjectVersion", usage))
	}
	return element.One(element.Elem("DataObjectVersion", usage+"_"+strconv.Itoa(max(o.Version, 1))))
}

func setUsage(o *Object, n *element.Node) bool {
	if o.Usage != "" || element.Blank(n.Text()) {
		return false
	}
	name, number, numbered := strings.Cut(n.Token(), "_")
	v, err := strconv.Atoi(number)
	switch {
	case !numbered:
		o.Usage, o.Version = archive.Usage(name), 1
	case err == nil && v > 0 && strconv.Itoa(v) == number && name != "":
		o.Usage, o.Version = archive.Usage(name), v
	default:
		o.Usage = archive.Usage(n.Token())
	}
	return true
}

func getDigest(o *Object) []*element.Node {
	if len(o.Digests) == 0 || o.Digests[0].Value == "" {
		return nil
	}
	d := o.Digests[0]
	name := string(d.Algorithm)
	if uri := DigestURIs[d.Algorithm]; o.URIs && uri != "" {
		name = uri
	}
	return element.One(element.Elem("MessageDigest", d.Value).SetAttr("algorithm", name))
}

func setDigest(o *Object, n *element.Node) bool {
	if len(o.Digests) > 0 {
		return false
	}
	if a := ged.Algorithm(n.Attr("algorithm")); n.Leaf() { // as nearly everyone writes it
		if v := n.Text(); a.Size() > 0 && len(v) == 2*a.Size() && lowerHex(v) {
			o.Digests = []ged.Digest{{Algorithm: a, Value: v}}
			return true
		}
	}
	d, ok := DigestIn(n, "algorithm")
	if !ok {
		return false
	}
	o.Digests = []ged.Digest{d}
	return true
}

// sayUsage takes a usage that has its number.
func sayUsage(o *Object, s string) bool {
	name, number, _ := strings.Cut(s, "_")
	v, err := strconv.Atoi(number)
	if o.Usage != "" || err != nil || v <= 0 || strconv.Itoa(v) != number || element.Blank(name) || strings.TrimSpace(s) != s {
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

func getSize(o *Object) []*element.Node { return element.One(element.Optional("Size", saysSize(o))) }

func saysSize(o *Object) string {
	if o.Size <= 0 { // xsd:positiveInteger: an empty file has no Size
		return ""
	}
	return strconv.FormatInt(o.Size, 10)
}

func saySize(o *Object, s string) bool {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v <= 0 || o.Size != 0 || strconv.FormatInt(v, 10) != s {
		return false
	}
	o.Size = v
	return true
}

func setSize(o *Object, n *element.Node) bool {
	v, err := strconv.ParseInt(n.Token(), 10, 64)
	if err != nil || v <= 0 || o.Size != 0 {
		return false
	}
	o.Size = v
	return true
}

func getFormat(o *Object) []*element.Node {
	if element.Blank(o.FormatName + o.MediaType + o.PUID) {
		return nil
	}
	return element.One(element.Tree("FormatIdentification",
		element.Optional("FormatLitteral", o.FormatName), element.Optional("MimeType", o.MediaType), element.Optional("FormatId", o.PUID)))
}

func setFormat(o *Object, n *element.Node) bool {
	if !element.Blank(o.FormatName + o.MediaType + o.PUID) {
		return false
	}
	o.FormatName, o.MediaType, o.PUID = n.ChildToken("FormatLitteral"), n.ChildToken("MimeType"), n.ChildToken("FormatId")
	return true
}

func getFileInfo(o *Object) []*element.Node {
	if element.Blank(o.Name) && o.Modified.IsZero() {
		return nil
	}
	return element.One(element.Tree("FileInfo", element.Optional("Filename", o.Name), element.Optional("LastModified", moment(o.Modified))))
}

func setFileInfo(o *Object, n *element.Node) bool {
	if o.Name != "" || !o.Modified.IsZero() {
		return false
	}
	if f := n.Child("Filename"); f != nil {
		o.Name = f.Text()
	}
	o.Modified = readMoment(n.ChildToken("LastModified"))
	return true
}

// DigestURIs are the names XML Signature and XML Encryption give the
// algorithms, which is how as@lae and its clients write them.
var DigestURIs = map[ged.Algorithm]string{
	ged.SHA1:   "http://www.w3.org/2000/09/xmldsig#sha1",
	ged.SHA256: "http://www.w3.org/2001/04/xmlenc#sha256",
	ged.SHA384: "http://www.w3.org/2001/04/xmldsig-more#sha384",
	ged.SHA512: "http://www.w3.org/2001/04/xmlenc#sha512",
	ged.MD5:    "http://www.w3.org/2001/04/xmldsig-more#md5",
}

// DigestIn reads a digest in hexadecimal of either case or in base64, under
// any of the names producers give the algorithm the attribute tells.
func DigestIn(n *element.Node, attr string) (ged.Digest, bool) {
	a, ok := ged.ParseAlgorithm(n.Attr(attr))
	if !ok {
		return ged.Digest{}, false
	}
	value := n.Token()
	sum, err := hex.DecodeString(value)
	if err != nil || len(sum) != a.Size() {
		if sum, err = base64.StdEncoding.DecodeString(value); err != nil || len(sum) != a.Size() {
			return ged.Digest{}, false
		}
	}
	return ged.Digest{Algorithm: a, Value: hex.EncodeToString(sum)}, true
}
