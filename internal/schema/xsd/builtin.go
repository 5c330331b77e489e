package xsd

import (
	"strings"

	"github.com/liasse/liasse/internal/schema/datatype"
	"github.com/liasse/liasse/internal/xmlcore"
)

const (
	xlinkSpace = "http://www.w3.org/1999/xlink"
	dsSpace    = "http://www.w3.org/2000/09/xmldsig#"
)

// builtins make the components of namespaces nearly every set refers to and
// few users have at hand.
var builtins = map[string]func() *document{
	xmlcore.XMLSpace: xmlAttributes,
	xlinkSpace:       xlinkAttributes,
	dsSpace:          signature,
}

// built makes a document of components; names without prefix are of its own
// namespace.
func built(space string, kids ...*node) *document {
	d := &document{target: space, own: true, elements: true}
	s := &xmlcore.Scope{Declared: []xmlcore.Namespace{{Prefix: "", URI: space}, {Prefix: "xs", URI: datatype.Namespace}}}
	d.root = &node{name: "schema", kids: kids}
	var adopt func(n *node)
	adopt = func(n *node) {
		n.doc, n.scope = d, s
		for _, k := range n.kids {
			adopt(k)
		}
	}
	adopt(d.root)
	return d
}

// n makes a node; attrs are written name=value, separated by blanks.
func n(name, attrs string, kids ...*node) *node {
	x := &node{name: name, kids: kids}
	for _, a := range strings.Fields(attrs) {
		k, v, _ := strings.Cut(a, "=")
		x.attrs = append(x.attrs, attr{k, v})
	}
	return x
}

func codes(name string, values ...string) *node {
	r := n("restriction", "base=xs:NCName")
	for _, v := range values {
		r.kids = append(r.kids, n("enumeration", "value="+v))
	}
	if name == "" {
		return n("simpleType", "", r)
	}
	return n("simpleType", "name="+name, r)
}

// optional and required are attributes of a type.
func optional(name, typ string) *node { return n("attribute", "name="+name+" type="+typ) }
func required(name, typ string) *node {
	return n("attribute", "name="+name+" type="+typ+" use=required")
}

// xmlAttributes are those of the namespace xml: (XML 1.0 §2.10, §2.12; XML Base;
// xml:id 1.0).
func xmlAttributes() *document {
	group := n("attributeGroup", "name=specialAttrs")
	for _, a := range []string{"base", "lang", "space", "id"} {
		group.kids = append(group.kids, n("attribute", "ref="+a))
	}
	empty := n("simpleType", "", n("restriction", "base=xs:string", &node{name: "enumeration", attrs: []attr{{"value", ""}}}))
	return built(xmlcore.XMLSpace,
		n("attribute", "name=lang", n("simpleType", "", n("union", "memberTypes=xs:language", empty))),
		n("attribute", "name=space", codes("", "default", "preserve")),
		optional("base", "xs:anyURI"), optional("id", "xs:ID"), group)
}

// xlinkAttributes are those of XLink 1.1, with the attribute groups of the
// schema of the W3C and of that METS uses.
func xlinkAttributes() *document {
	kids := []*node{
		n("simpleType", "name=hrefType", n("restriction", "base=xs:anyURI")),
		n("simpleType", "name=roleType", n("restriction", "base=xs:anyURI", n("minLength", "value=1"))),
		n("simpleType", "name=arcroleType", n("restriction", "base=xs:anyURI", n("minLength", "value=1"))),
		n("simpleType", "name=titleAttrType", n("restriction", "base=xs:string")),
		n("simpleType", "name=labelType", n("restriction", "base=xs:NCName")),
		n("simpleType", "name=fromType", n("restriction", "base=xs:NCName")),
		n("simpleType", "name=toType", n("restriction", "base=xs:NCName")),
		codes("typeType", "simple", "extended", "title", "resource", "locator", "arc"),
		codes("showType", "new", "replace", "embed", "other", "none"),
		codes("actuateType", "onLoad", "onRequest", "other", "none"),
	}
	for _, a := range []string{"href", "role", "arcrole", "label", "from", "to", "type", "show", "actuate"} {
		kids = append(kids, optional(a, a+"Type"))
	}
	kids = append(kids, optional("title", "titleAttrType"))
	group := func(name, kind string, refs ...string) {
		g := n("attributeGroup", "name="+name, n("attribute", "ref=type fixed="+kind))
		for _, r := range refs {
			must := ""
			if strings.HasSuffix(r, "!") {
				r, must = r[:len(r)-1], " use=required"
			}
			g.kids = append(g.kids, n("attribute", "ref="+r+must))
		}
		kids = append(kids, g)
	}
	for _, name := range []string{"simpleAttrs", "simpleLink"} {
		group(name, "simple", "href", "role", "arcrole", "title", "show", "actuate")
	}
	group("extendedLink", "extended", "role", "title")
	group("locatorLink", "locator", "href!", "role", "title", "label")
	group("arcLink", "arc", "arcrole", "title", "show", "actuate", "from", "to")
	group("resourceLink", "resource", "role", "title", "label")
	group("titleLink", "title")
	return built(xlinkSpace, kids...)
}

// Parts of content models, below.
func ref(name string) *node   { return n("element", "ref="+name) }
func opt(x *node) *node       { x.attrs = append(x.attrs, attr{"minOccurs", "0"}); return x }
func many(x *node) *node      { x.attrs = append(x.attrs, attr{"maxOccurs", "unbounded"}); return x }
func el(name, t string) *node { return n("element", "name="+name+" type="+t) }
func seq(kids ...*node) *node { return n("sequence", "", kids...) }
func alt(kids ...*node) *node { return n("choice", "", kids...) }
func other() *node            { return n("any", "namespace=##other processContents=lax") }

// signature are the components of XML Signature (W3C Recommendation, 10 June
// 2008, §4 to §6).
func signature() *document {
	complex := func(name string, model *node, attrs ...*node) *node {
		return n("complexType", "name="+name, append([]*node{model}, attrs...)...)
	}
	mixed := func(x *node) *node { x.attrs = append(x.attrs, attr{"mixed", "true"}); return x }
	id := func() *node { return optional("Id", "xs:ID") }
	algorithm := func() *node { return required("Algorithm", "xs:anyURI") }
	kids := []*node{
		n("simpleType", "name=CryptoBinary", n("restriction", "base=xs:base64Binary")),
		n("simpleType", "name=DigestValueType", n("restriction", "base=xs:base64Binary")),
		n("simpleType", "name=HMACOutputLengthType", n("restriction", "base=xs:integer")),
		complex("SignatureType", seq(ref("SignedInfo"), ref("SignatureValue"), opt(ref("KeyInfo")), many(opt(ref("Object")))), id()),
		n("complexType", "name=SignatureValueType", n("simpleContent", "", n("extension", "base=xs:base64Binary", id()))),
		complex("SignedInfoType", seq(ref("CanonicalizationMethod"), ref("SignatureMethod"), many(ref("Reference"))), id()),
		mixed(complex("CanonicalizationMethodType", seq(many(opt(n("any", "namespace=##any")))), algorithm())),
		mixed(complex("SignatureMethodType", seq(opt(el("HMACOutputLength", "HMACOutputLengthType")), many(opt(n("any", "namespace=##other")))), algorithm())),
		complex("ReferenceType", seq(opt(ref("Transforms")), ref("DigestMethod"), ref("DigestValue")), id(), optional("URI", "xs:anyURI"), optional("Type", "xs:anyURI")),
		complex("TransformsType", seq(many(ref("Transform")))),
		mixed(complex("TransformType", many(opt(alt(other(), el("XPath", "xs:string")))), algorithm())),
		mixed(complex("DigestMethodType", seq(many(opt(other()))), algorithm())),
		mixed(complex("KeyInfoType", many(alt(ref("KeyName"), ref("KeyValue"), ref("RetrievalMethod"), ref("X509Data"), ref("PGPData"),
			ref("SPKIData"), ref("MgmtData"), other())), id())),
		mixed(complex("KeyValueType", alt(ref("DSAKeyValue"), ref("RSAKeyValue"), other()))),
		complex("RetrievalMethodType", seq(opt(ref("Transforms"))), optional("URI", "xs:anyURI"), optional("Type", "xs:anyURI")),
		complex("X509DataType", many(seq(alt(el("X509IssuerSerial", "X509IssuerSerialType"), el("X509SKI", "xs:base64Binary"),
			el("X509SubjectName", "xs:string"), el("X509Certificate", "xs:base64Binary"), el("X509CRL", "xs:base64Binary"), other())))),
		complex("X509IssuerSerialType", seq(el("X509IssuerName", "xs:string"), el("X509SerialNumber", "xs:integer"))),
		complex("PGPDataType", alt(seq(el("PGPKeyID", "xs:base64Binary"), opt(el("PGPKeyPacket", "xs:base64Binary")), many(opt(other()))),
			seq(el("PGPKeyPacket", "xs:base64Binary"), many(opt(other()))))),
		complex("SPKIDataType", many(seq(el("SPKISexp", "xs:base64Binary"), opt(other())))),
		mixed(complex("ObjectType", many(opt(seq(n("any", "namespace=##any processContents=lax")))), id(), optional("MimeType", "xs:string"), optional("Encoding", "xs:anyURI"))),
		complex("ManifestType", seq(many(ref("Reference"))), id()),
		complex("SignaturePropertiesType", seq(many(ref("SignatureProperty"))), id()),
		mixed(complex("SignaturePropertyType", many(alt(other())), required("Target", "xs:anyURI"), id())),
		complex("DSAKeyValueType", seq(opt(seq(el("P", "CryptoBinary"), el("Q", "CryptoBinary"))), opt(el("G", "CryptoBinary")), el("Y", "CryptoBinary"),
			opt(el("J", "CryptoBinary")), opt(seq(el("Seed", "CryptoBinary"), el("PgenCounter", "CryptoBinary"))))),
		complex("RSAKeyValueType", seq(el("Modulus", "CryptoBinary"), el("Exponent", "CryptoBinary"))),
	}
	for _, name := range []string{"Signature", "SignatureValue", "SignedInfo", "CanonicalizationMethod", "SignatureMethod", "Reference", "Transforms",
		"Transform", "DigestMethod", "DigestValue", "KeyInfo", "KeyValue", "RetrievalMethod", "X509Data", "PGPData", "SPKIData", "Object", "Manifest",
		"SignatureProperties", "SignatureProperty", "DSAKeyValue", "RSAKeyValue"} {
		kids = append(kids, el(name, name+"Type"))
	}
	kids = append(kids, el("KeyName", "xs:string"), el("MgmtData", "xs:string"))
	return built(dsSpace, kids...)
}
