package xsd

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/internal/mutant"
)

const head = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" `

// trap is a point of XML Schema where readers go wrong.
type trap struct {
	schema  string
	valid   []string
	invalid []string
	alone   bool // xmllint refuses the schema, or judges otherwise
}

const xsi = ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`

var traps = map[string]trap{
	"a restriction replaces the content and keeps the attributes": {schema: head + `><xs:complexType name="A"><xs:sequence><xs:element name="x" minOccurs="0"/><xs:element name="y" minOccurs="0"/></xs:sequence>
  <xs:attribute name="p" use="required"/><xs:attribute name="q"/></xs:complexType>
 <xs:element name="r"><xs:complexType><xs:complexContent><xs:restriction base="A"><xs:sequence><xs:element name="x" minOccurs="0"/></xs:sequence>
  <xs:attribute name="q" use="prohibited"/></xs:restriction></xs:complexContent></xs:complexType></xs:element></xs:schema>`,
		valid:   []string{`<r p="1"><x/></r>`, `<r p=""/>`},
		invalid: []string{`<r p="1"><y/></r>`, `<r/>`, `<r p="1" q="1"/>`}},
	"an extension goes behind its base": {schema: head + `><xs:complexType name="A"><xs:choice><xs:element name="x"/><xs:element name="y"/></xs:choice></xs:complexType>
 <xs:element name="r"><xs:complexType><xs:complexContent><xs:extension base="A"><xs:sequence><xs:element name="z"/></xs:sequence><xs:attribute name="p"/></xs:extension></xs:complexContent></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r><x/><z/></r>`, `<r p=""><y/><z/></r>`}, invalid: []string{`<r><z/><x/></r>`, `<r><x/></r>`, `<r><z/></r>`}},
	"empty content takes not even a blank": {schema: head + `><xs:element name="r"><xs:complexType><xs:sequence/></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r/>`, `<r></r>`, `<r><!-- c --></r>`}, invalid: []string{`<r> </r>`, `<r>x</r>`, `<r><x/></r>`}},
	"mixed without elements": {schema: head + `><xs:element name="r"><xs:complexType mixed="true"/></xs:element></xs:schema>`,
		valid: []string{`<r/>`, `<r>x</r>`, `<r> </r>`}, invalid: []string{`<r>x<y/></r>`}},
	"an empty choice admits nothing": {schema: head + `><xs:element name="r"><xs:complexType><xs:sequence><xs:element name="x" minOccurs="0"/><xs:choice/></xs:sequence></xs:complexType></xs:element></xs:schema>`,
		invalid: []string{`<r/>`, `<r><x/></r>`}, alone: true},
	"no type is anyType": {schema: head + `><xs:element name="r"/><xs:element name="k" type="xs:int"/></xs:schema>`,
		valid: []string{`<r/>`, `<r a="1">x<y/></r>`, `<r><k>1</k></r>`, `<r><y><k>1</k></y></r>`}, invalid: []string{`<r><k>x</k></r>`, `<r><y z=""><k>x</k></y></r>`}},
	"wildcards": {schema: head + `targetNamespace="urn:t" xmlns="urn:t"><xs:element name="k" type="xs:int"/><xs:element name="r"><xs:complexType><xs:sequence>
 <xs:any namespace="##other" processContents="skip"/><xs:any namespace="##local" processContents="lax"/><xs:any namespace="##targetNamespace"/><xs:any namespace="urn:a urn:b" processContents="skip" minOccurs="0"/>
 </xs:sequence><xs:anyAttribute namespace="##other" processContents="skip"/></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<t:r xmlns:t="urn:t"><x xmlns="urn:o"/><y/><t:k>1</t:k></t:r>`, `<t:r xmlns:t="urn:t" o:a="" xmlns:o="urn:o"><o:x><t:k>x</t:k></o:x><y/><t:k>1</t:k><b xmlns="urn:b"/></t:r>`},
		invalid: []string{`<t:r xmlns:t="urn:t"><x/><y/><t:k>1</t:k></t:r>`, `<t:r xmlns:t="urn:t"><x xmlns="urn:o"/><y/><t:u/></t:r>`, `<t:r xmlns:t="urn:t"><x xmlns="urn:o"/><y><t:k>x</t:k></y><t:k>1</t:k></t:r>`,
			`<t:r xmlns:t="urn:t" a=""><x xmlns="urn:o"/><y/><t:k>1</t:k></t:r>`, `<t:r xmlns:t="urn:t"><x xmlns="urn:o"/><y/><t:k>1</t:k><b xmlns="urn:c"/></t:r>`}},
	"wildcards of attributes meet in groups and join in extensions": {schema: head + `targetNamespace="urn:t" xmlns="urn:t">
 <xs:attributeGroup name="g"><xs:anyAttribute namespace="urn:a urn:b" processContents="skip"/></xs:attributeGroup>
 <xs:complexType name="A"><xs:attributeGroup ref="g"/><xs:anyAttribute namespace="urn:b urn:c" processContents="skip"/></xs:complexType>
 <xs:complexType name="B"><xs:complexContent><xs:extension base="A"><xs:anyAttribute namespace="urn:d" processContents="skip"/></xs:extension></xs:complexContent></xs:complexType>
 <xs:element name="a" type="A"/><xs:element name="b" type="B"/></xs:schema>`,
		valid:   []string{`<a xmlns="urn:t" x:p="" xmlns:x="urn:b"/>`, `<b xmlns="urn:t" x:p="" xmlns:x="urn:b"/>`, `<b xmlns="urn:t" x:p="" xmlns:x="urn:d"/>`},
		invalid: []string{`<a xmlns="urn:t" x:p="" xmlns:x="urn:a"/>`, `<a xmlns="urn:t" x:p="" xmlns:x="urn:c"/>`, `<b xmlns="urn:t" x:p="" xmlns:x="urn:a"/>`, `<b xmlns="urn:t" p=""/>`}},
	"the wildcard written in a type says how attributes are processed, not those of its groups": {schema: head + `><xs:attributeGroup name="g"><xs:anyAttribute/></xs:attributeGroup>
 <xs:attributeGroup name="h"><xs:anyAttribute processContents="lax"/></xs:attributeGroup>
 <xs:element name="a"><xs:complexType><xs:attributeGroup ref="g"/><xs:anyAttribute processContents="lax"/></xs:complexType></xs:element>
 <xs:element name="b"><xs:complexType><xs:attributeGroup ref="h"/><xs:anyAttribute/></xs:complexType></xs:element>
 <xs:element name="c"><xs:complexType><xs:attributeGroup ref="g"/><xs:attributeGroup ref="h"/></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<a p=""/>`, `<b/>`, `<c/>`}, invalid: []string{`<b p=""/>`, `<c p=""/>`}},
	"prohibited has no effect in extensions, nor on what comes from groups": {schema: head + `><xs:complexType name="A"><xs:attribute name="p" use="required"/><xs:attribute name="q"/></xs:complexType>
 <xs:attributeGroup name="g"><xs:attribute name="q" type="xs:int"/></xs:attributeGroup>
 <xs:element name="e"><xs:complexType><xs:complexContent><xs:extension base="A"><xs:attribute name="p" use="prohibited"/><xs:attribute name="z"/></xs:extension></xs:complexContent></xs:complexType></xs:element>
 <xs:element name="s"><xs:complexType><xs:complexContent><xs:restriction base="A"><xs:attribute name="q" use="prohibited"/></xs:restriction></xs:complexContent></xs:complexType></xs:element>
 <xs:element name="n"><xs:complexType><xs:attribute name="q" use="prohibited"/><xs:attributeGroup ref="g"/></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<e p="" z=""/>`, `<e p="" q=""/>`, `<s p=""/>`, `<n q="1"/>`}, invalid: []string{`<e z=""/>`, `<s p="" q=""/>`, `<s/>`, `<n q="x"/>`}, alone: true},
	"substitution groups": {schema: head + `><xs:element name="h" type="T" abstract="true"/><xs:complexType name="T"><xs:attribute name="p"/></xs:complexType>
 <xs:element name="a" substitutionGroup="h"/><xs:element name="b" substitutionGroup="a"><xs:complexType><xs:complexContent><xs:extension base="T"><xs:attribute name="q"/></xs:extension></xs:complexContent></xs:complexType></xs:element>
 <xs:element name="r"><xs:complexType><xs:sequence><xs:element ref="h" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r><a p=""/></r>`, `<r><b q="" p=""/><a/></r>`}, invalid: []string{`<r><h/></r>`, `<r><a q=""/></r>`, `<r/>`, `<h/>`}},
	"blocked substitution": {schema: head + `><xs:element name="h" type="T" block="extension"/><xs:complexType name="T"><xs:attribute name="p"/></xs:complexType>
 <xs:element name="a" substitutionGroup="h"/><xs:element name="b" substitutionGroup="h"><xs:complexType><xs:complexContent><xs:extension base="T"><xs:attribute name="q"/></xs:extension></xs:complexContent></xs:complexType></xs:element>
 <xs:element name="i" type="T" block="substitution"/><xs:element name="j" substitutionGroup="i"/>
 <xs:element name="r"><xs:complexType><xs:sequence><xs:element ref="h" minOccurs="0"/><xs:element ref="i" minOccurs="0"/></xs:sequence></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r><a/></r>`, `<r><h/><i/></r>`}, invalid: []string{`<r><b/></r>`, `<r><j/></r>`}},
	"substitution blocked by a type between": {schema: head + `><xs:complexType name="A"><xs:attribute name="p"/></xs:complexType>
 <xs:complexType name="B" block="restriction"><xs:complexContent><xs:extension base="A"><xs:attribute name="q"/></xs:extension></xs:complexContent></xs:complexType>
 <xs:complexType name="C"><xs:complexContent><xs:restriction base="B"><xs:attribute name="q" use="required"/></xs:restriction></xs:complexContent></xs:complexType>
 <xs:element name="a" type="A"/><xs:element name="b" type="B" substitutionGroup="a"/><xs:element name="c" type="C" substitutionGroup="b"/>
 <xs:element name="r"><xs:complexType><xs:sequence><xs:element ref="a"/></xs:sequence></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r><a/></r>`, `<r><b/></r>`}, invalid: []string{`<r><c q=""/></r>`}, alone: true},
	"a strict wildcard takes what names its type": {schema: head + `><xs:complexType name="T"><xs:sequence><xs:element name="x" type="xs:int"/></xs:sequence></xs:complexType><xs:complexType name="N" abstract="true"/>
 <xs:element name="r"><xs:complexType><xs:sequence><xs:any/></xs:sequence></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r><u xsi:type="T"` + xsi + `><x>1</x></u></r>`, `<r><r><u xsi:type=" x:int "` + xsi + ` xmlns:x="http://www.w3.org/2001/XMLSchema">1</u></r></r>`},
		invalid: []string{`<r><u/></r>`, `<r><u xsi:type="T"` + xsi + `><x>a</x></u></r>`, `<r><u xsi:type="T"` + xsi + `/></r>`, `<r><u xsi:type="Z"` + xsi + `/></r>`,
			`<r><u xsi:type="N"` + xsi + `/></r>`, `<r><u xsi:type="p:T"` + xsi + `/></r>`, `<r><u xsi:type=""` + xsi + `/></r>`}, alone: true},
	"a type restricts anyType": {schema: head + `><xs:element name="r" block="restriction"/><xs:element name="s"/></xs:schema>`,
		valid: []string{`<s xsi:type="x:int"` + xsi + ` xmlns:x="http://www.w3.org/2001/XMLSchema">1</s>`, `<r>x</r>`}, invalid: []string{`<r xsi:type="x:int"` + xsi + ` xmlns:x="http://www.w3.org/2001/XMLSchema">1</r>`}},
	"xsi:type": {schema: head + `><xs:complexType name="A" abstract="true"><xs:sequence><xs:element name="x"/></xs:sequence></xs:complexType>
 <xs:complexType name="B"><xs:complexContent><xs:extension base="A"><xs:sequence><xs:element name="y"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
 <xs:complexType name="C"><xs:complexContent><xs:restriction base="A"><xs:sequence><xs:element name="x"/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType>
 <xs:complexType name="S"><xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="p"/></xs:extension></xs:simpleContent></xs:complexType>
 <xs:simpleType name="U"><xs:union memberTypes="xs:int xs:date"/></xs:simpleType>
 <xs:element name="r" type="A"/><xs:element name="e" type="A" block="extension"/><xs:element name="s" type="xs:string"/><xs:element name="c" type="S"/><xs:element name="u" type="U"/><xs:element name="v"/></xs:schema>`,
		valid: []string{`<r xsi:type="B"` + xsi + `><x/><y/></r>`, `<r xsi:type="C"` + xsi + `><x/></r>`, `<e xsi:type="C"` + xsi + `><x/></e>`, `<s xsi:type="S" p=""` + xsi + `>x</s>`,
			`<s xsi:type="x:token" xmlns:x="http://www.w3.org/2001/XMLSchema"` + xsi + `>x</s>`, `<u xsi:type="x:date" xmlns:x="http://www.w3.org/2001/XMLSchema"` + xsi + `>2024-01-01</u>`,
			`<v xsi:type="C"` + xsi + `><x/></v>`},
		invalid: []string{`<r><x/></r>`, `<r xsi:type="A"` + xsi + `><x/></r>`, `<r xsi:type="S"` + xsi + `/>`, `<e xsi:type="B"` + xsi + `><x/><y/></e>`, `<r xsi:type="None"` + xsi + `><x/></r>`,
			`<c xsi:type="x:string" xmlns:x="http://www.w3.org/2001/XMLSchema"` + xsi + `>x</c>`, `<u xsi:type="x:date" xmlns:x="http://www.w3.org/2001/XMLSchema"` + xsi + `>12</u>`,
			`<v xsi:type="C"` + xsi + `><y/></v>`, `<v xsi:type="A"` + xsi + `><x/></v>`}},
	"values, not texts": {schema: head + `><xs:complexType name="S"/><xs:element name="r"><xs:complexType><xs:attribute name="p" type="xs:decimal" fixed="1.50"/></xs:complexType></xs:element><xs:element name="s" type="S"/><xs:element name="f" type="xs:integer" fixed="1"/></xs:schema>`,
		valid: []string{`<f>01</f>`, `<r p=" 01.5"/>`, `<s xsi:type=" S "` + xsi + `/>`}, invalid: []string{`<r p="1.05"/>`}, alone: true},
	"nil": {schema: head + `><xs:element name="r" nillable="true"><xs:complexType><xs:sequence><xs:element name="x" type="xs:date"/></xs:sequence><xs:attribute name="p" use="required"/></xs:complexType></xs:element>
 <xs:element name="s" type="xs:date"/></xs:schema>`,
		valid:   []string{`<r xsi:nil="true" p=""` + xsi + `/>`, `<r xsi:nil="0" p=""` + xsi + `><x>2024-01-01</x></r>`},
		invalid: []string{`<r xsi:nil="true"` + xsi + `/>`, `<r xsi:nil="1" p=""` + xsi + `><x>2024-01-01</x></r>`, `<s xsi:nil="false"` + xsi + `>2024-01-01</s>`, `<r p=""/>`}},
	"what an element without declaration bears": {schema: head + `><xs:element name="r"><xs:complexType><xs:sequence><xs:any processContents="lax" maxOccurs="9"/></xs:sequence></xs:complexType></xs:element>
 <xs:element name="s" type="xs:date"/></xs:schema>`,
		valid:   []string{`<r><x xsi:nil="true" xsi:other="" a=""` + xsi + `/></r>`, `<r><x xsi:nil="no"` + xsi + `/><s>2024-01-01</s></r>`},
		invalid: []string{`<r><s xsi:other=""` + xsi + `>2024-01-01</s></r>`, `<r xsi:other=""` + xsi + `><x/></r>`}},
	"fixed and default": {schema: head + `><xs:element name="r"><xs:complexType><xs:sequence><xs:element name="f" type="xs:integer" fixed="1" minOccurs="0"/><xs:element name="d" type="xs:date" default="2024-01-01" minOccurs="0"/></xs:sequence>
 <xs:attribute name="p" type="xs:decimal" fixed="1.50"/></xs:complexType></xs:element></xs:schema>`,
		valid:   []string{`<r p="01.5"><f>1</f><d/></r>`, `<r><f/><d>2023-12-31</d></r>`},
		invalid: []string{`<r p="1.51"/>`, `<r><f>2</f></r>`, `<r><d>x</d></r>`, `<r><d> </d></r>`}},
	"fixed and default under xsi:type": {schema: head + `><xs:simpleType name="D"><xs:restriction base="xs:integer"><xs:maxInclusive value="9"/></xs:restriction></xs:simpleType>
 <xs:complexType name="C"><xs:simpleContent><xs:extension base="xs:integer"><xs:attribute name="p"/></xs:extension></xs:simpleContent></xs:complexType>
 <xs:complexType name="S"><xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="p"/></xs:extension></xs:simpleContent></xs:complexType>
 <xs:simpleType name="E"><xs:restriction base="D"><xs:minInclusive value="4"/></xs:restriction></xs:simpleType>
 <xs:element name="f" type="xs:integer" fixed="1"/><xs:element name="s" type="xs:string" fixed="a"/><xs:element name="d" type="xs:integer" default="3"/></xs:schema>`,
		valid: []string{`<f xsi:type="D"` + xsi + `>1</f>`, `<f xsi:type="C" p=""` + xsi + `>1</f>`, `<f xsi:type="C" p=""` + xsi + `/>`, `<s xsi:type="S" p=""` + xsi + `>a</s>`, `<s xsi:type="S"` + xsi + `/>`,
			`<d xsi:type="D"` + xsi + `>4</d>`, `<d xsi:type="E"` + xsi + `>4</d>`, `<d xsi:type="D"` + xsi + `/>`},
		invalid: []string{`<f xsi:type="E"` + xsi + `/>`, `<d xsi:type="E"` + xsi + `/>`, `<d xsi:type="E"` + xsi + `>3</d>`, `<f xsi:type="D"` + xsi + `>2</f>`, `<f xsi:type="C"` + xsi + `>2</f>`, `<s xsi:type="S" p=""` + xsi + `>b</s>`, `<d xsi:type="D"` + xsi + `>10</d>`, `<f xsi:type="S"` + xsi + `>1</f>`}},
	"form of local names": {schema: head + `targetNamespace="urn:t" xmlns="urn:t" attributeFormDefault="qualified"><xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a"/><xs:element name="b" form="qualified"/></xs:sequence>
 <xs:attribute name="p"/><xs:attribute name="q" form="unqualified"/></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<t:r xmlns:t="urn:t" t:p="" q=""><a/><t:b/></t:r>`}, invalid: []string{`<t:r xmlns:t="urn:t"><t:a/><t:b/></t:r>`, `<t:r xmlns:t="urn:t" p=""><a/><t:b/></t:r>`, `<t:r xmlns:t="urn:t" t:q=""><a/><t:b/></t:r>`}},
	"all": {schema: head + `><xs:element name="r"><xs:complexType><xs:all minOccurs="0"><xs:element name="a"/><xs:element name="b" minOccurs="0"/><xs:element name="c"/></xs:all></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r/>`, `<r><c/><a/></r>`, `<r><c/><b/><a/></r>`}, invalid: []string{`<r><a/></r>`, `<r><a/><c/><a/></r>`, `<r><b/></r>`}},
	"counts": {schema: head + `><xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" minOccurs="2" maxOccurs="300"/><xs:sequence minOccurs="0" maxOccurs="2"><xs:element name="b"/><xs:element name="c" minOccurs="0"/></xs:sequence></xs:sequence></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r><a/><a/></r>`, `<r>` + strings.Repeat("<a/>", 300) + `<b/><c/><b/></r>`}, invalid: []string{`<r><a/></r>`, `<r>` + strings.Repeat("<a/>", 301) + `</r>`, `<r><a/><a/><b/><b/><b/></r>`, `<r><a/><a/><c/></r>`}},
	"counts of counts": {schema: head + `><xs:element name="r"><xs:complexType><xs:sequence><xs:sequence minOccurs="2" maxOccurs="1000"><xs:element name="a" maxOccurs="unbounded"/></xs:sequence>
 <xs:sequence minOccurs="0" maxOccurs="3"><xs:element name="b" minOccurs="2" maxOccurs="2"/></xs:sequence></xs:sequence></xs:complexType></xs:element></xs:schema>`,
		valid:   []string{`<r><a/><a/></r>`, `<r>` + strings.Repeat("<a/>", 5000) + `</r>`, `<r><a/><a/><b/><b/><b/><b/></r>`},
		invalid: []string{`<r><a/></r>`, `<r><a/><a/><b/></r>`, `<r><a/><a/><b/><b/><b/></r>`, `<r><a/><a/>` + strings.Repeat("<b/>", 8) + `</r>`}},
	"facets over several steps": {schema: head + `><xs:simpleType name="A"><xs:restriction base="xs:token"><xs:pattern value="[a-z]+"/><xs:pattern value="[0-9]+"/><xs:maxLength value="5"/></xs:restriction></xs:simpleType>
 <xs:element name="r"><xs:simpleType><xs:restriction base="A"><xs:pattern value=".{3,}"/><xs:maxLength value="4"/></xs:restriction></xs:simpleType></xs:element></xs:schema>`,
		valid: []string{`<r>abc</r>`, `<r> 1234 </r>`}, invalid: []string{`<r>ab</r>`, `<r>abc1</r>`, `<r>abcde</r>`}},
	"unions and lists": {schema: head + `><xs:simpleType name="U"><xs:union memberTypes="xs:int"><xs:simpleType><xs:restriction base="xs:token"><xs:enumeration value="unbounded"/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>
 <xs:simpleType name="L"><xs:list itemType="U"/></xs:simpleType><xs:element name="u" type="U"/>
 <xs:element name="l"><xs:simpleType><xs:restriction base="L"><xs:maxLength value="3"/></xs:restriction></xs:simpleType></xs:element>
 <xs:element name="e"><xs:simpleType><xs:restriction base="U"><xs:enumeration value="1"/><xs:enumeration value="unbounded"/></xs:restriction></xs:simpleType></xs:element>
 <xs:element name="p"><xs:simpleType><xs:restriction base="U"><xs:pattern value="[0-9u].*"/></xs:restriction></xs:simpleType></xs:element></xs:schema>`,
		valid:   []string{`<u> 12</u>`, `<u>unbounded </u>`, `<l>1 unbounded  3</l>`, `<l/>`, `<e>01</e>`, `<e> unbounded</e>`, `<p>7</p>`},
		invalid: []string{`<u/>`, `<u>bounded</u>`, `<l>1 2 3 4</l>`, `<l>1 x</l>`, `<e>2</e>`, `<p>-7</p>`}},
	"simple content by restriction": {schema: head + `><xs:complexType name="C"><xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="p"/></xs:extension></xs:simpleContent></xs:complexType>
 <xs:element name="r"><xs:complexType><xs:simpleContent><xs:restriction base="C"><xs:maxLength value="3"/><xs:attribute name="p" use="required"/></xs:restriction></xs:simpleContent></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r p="">abc</r>`}, invalid: []string{`<r p="">abcd</r>`, `<r>abc</r>`}},
	"complex extension of simple content": {schema: head + `><xs:complexType name="C"><xs:simpleContent><xs:extension base="xs:date"><xs:attribute name="p"/></xs:extension></xs:simpleContent></xs:complexType>
 <xs:element name="r"><xs:complexType><xs:complexContent><xs:extension base="C"><xs:attribute name="q"/></xs:extension></xs:complexContent></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r p="" q="">2024-01-01</r>`}, invalid: []string{`<r p="" q="">x</r>`, `<r><a/></r>`}},
	"models that are not deterministic": {schema: head + `><xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" minOccurs="0" type="xs:int"/><xs:any processContents="lax" minOccurs="0"/><xs:element name="b"/></xs:sequence></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r><b/></r>`, `<r><a>1</a><b/></r>`, `<r><x/><b/></r>`}, invalid: []string{`<r><a>x</a><b/></r>`, `<r><x/></r>`}, alone: true},
	"no wildcard takes a name the model declares, where 1.1 is needed": {schema: head + `><xs:element name="g"/><xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" minOccurs="0"/><xs:element name="b" minOccurs="0"/>
 <xs:element ref="g" minOccurs="0"/><xs:any processContents="lax" minOccurs="0" maxOccurs="9"/></xs:sequence></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r><a/><b/><x/><y/></r>`, `<r><x/><x><a/></x></r>`, `<r><x/><g/></r>`}, invalid: []string{`<r><b/><a/></r>`, `<r><x/><b/></r>`}, alone: true},
	"where 1.0 is enough, one does": {schema: head + `><xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a"/><xs:any processContents="lax" minOccurs="0" maxOccurs="9"/></xs:sequence></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r><a/><a/></r>`, `<r><a/><x/><a/></r>`}, invalid: []string{`<r><x/></r>`}},
	"identifiers": {schema: head + `><xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" maxOccurs="9"><xs:complexType><xs:attribute name="i" type="xs:ID"/></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r><a i="x"/><a i="y"/></r>`}, invalid: []string{`<r><a i="x"/><a i="x"/></r>`, `<r><a i="1"/></r>`}},
	"built-in components": {schema: head + `xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xlink="http://www.w3.org/1999/xlink"><xs:import namespace="http://www.w3.org/2000/09/xmldsig#" schemaLocation="http://absent/ds.xsd"/><xs:import namespace="http://www.w3.org/1999/xlink"/>
 <xs:element name="r"><xs:complexType><xs:sequence><xs:element ref="ds:KeyInfo" minOccurs="0"/></xs:sequence><xs:attributeGroup ref="xlink:simpleLink"/><xs:attribute ref="xml:lang"/></xs:complexType></xs:element></xs:schema>`,
		valid: []string{`<r xml:lang=""/>`, `<r xlink:href="a b" xlink:type="simple" xml:lang="fr" xmlns:xlink="http://www.w3.org/1999/xlink"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyName>k</KeyName></KeyInfo></r>`},
		invalid: []string{`<r xml:lang="f r"/>`, `<r xlink:type="arc" xmlns:xlink="http://www.w3.org/1999/xlink"/>`, `<r><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"/></r>`,
			`<r><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>?</X509Certificate></X509Data></KeyInfo></r>`}, alone: true},
}

func TestTraps(t *testing.T) {
	for name, c := range traps {
		t.Run(name, func(t *testing.T) {
			g, _, err := Compile(context.Background(), fstest.MapFS{"t.xsd": {Data: []byte(c.schema)}}, []string{"t.xsd"}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			judge := mutant.NewJudge(g)
			var raw [][]byte
			for i, d := range append(append([]string(nil), c.valid...), c.invalid...) {
				want := i < len(c.valid)
				if got, rep := judge.Valid(t, []byte(d)); got != want {
					t.Errorf("valid %v: %.200s; %s", got, d, mutant.Faults(rep))
				}
				raw = append(raw, []byte(d))
			}
			if c.alone {
				return
			}
			file := filepath.Join(t.TempDir(), "t.xsd")
			if err := os.WriteFile(file, []byte(c.schema), 0o600); err != nil {
				t.Fatal(err)
			}
			for i, got := range mutant.Xmllint(t, mutant.XSD, file, raw) {
				if want := i < len(c.valid); got != want {
					t.Errorf("xmllint says valid %v: %.200s", got, raw[i])
				}
			}
		})
	}
}

// TestSets tries how documents find one another.
func TestSets(t *testing.T) {
	const tns = head + `targetNamespace="urn:t" xmlns="urn:t" `
	const open = `elementFormDefault="qualified">`
	for name, c := range map[string]struct {
		files map[string]string
		want  string // codes of the findings of the compilation
		valid string
	}{
		"a chameleon takes the namespace of whoever includes it": {map[string]string{
			"a.xsd": tns + open + `<xs:include schemaLocation="c.xsd"/><xs:element name="r" type="T"/></xs:schema>`,
			"c.xsd": head + `><xs:complexType name="T"><xs:sequence><xs:element name="x" type="S"/></xs:sequence></xs:complexType><xs:simpleType name="S"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>`},
			"", `<r xmlns="urn:t"><x xmlns="">1</x></r>`},
		"circular inclusion": {map[string]string{
			"a.xsd": tns + `><xs:include schemaLocation="./b.xsd"/><xs:element name="r" type="T"/></xs:schema>`,
			"b.xsd": tns + `><xs:include schemaLocation="d/../a.xsd"/><xs:complexType name="T"/></xs:schema>`}, "", `<r xmlns="urn:t"/>`},
		"an import by target namespace": {map[string]string{
			"a.xsd":   head + `xmlns:t="urn:t"><xs:import namespace="urn:t" schemaLocation="http://absent/v12/types-2016.xsd"/><xs:element name="r" type="t:T"/></xs:schema>`,
			"d/b.xsd": tns + `><xs:include schemaLocation="types-2024.xsd"/></xs:schema>`, "d/types-2024.xsd": tns + `><xs:complexType name="T"/></xs:schema>`}, "XSD-COMPILE-NOTE", `<r/>`},
		"several documents of one namespace": {map[string]string{
			"a.xsd": head + `xmlns:t="urn:t"><xs:import namespace="urn:t" schemaLocation="b.xsd"/><xs:import namespace="urn:t" schemaLocation="c.xsd"/><xs:element name="r"><xs:complexType><xs:sequence><xs:element ref="t:x"/><xs:element ref="t:y"/></xs:sequence></xs:complexType></xs:element></xs:schema>`,
			"b.xsd": tns + `><xs:element name="x"/></xs:schema>`, "c.xsd": tns + `><xs:element name="y"/><xs:element name="x"/></xs:schema>`}, "", `<r><x xmlns="urn:t"/><y xmlns="urn:t"/></r>`},
		"declared twice differently": {map[string]string{
			"a.xsd": head + `><xs:include schemaLocation="b.xsd"/><xs:element name="r"/></xs:schema>`, "b.xsd": head + `><xs:element name="r" type="xs:int"/></xs:schema>`}, "XSD-COMPILE", ""},
		"an import nothing refers to":       {map[string]string{"a.xsd": head + `><xs:import namespace="urn:n" schemaLocation="n.xsd"/><xs:element name="r"/></xs:schema>`}, "XSD-COMPILE-NOTE", `<r/>`},
		"an import something refers to":     {map[string]string{"a.xsd": head + `xmlns:n="urn:n"><xs:import namespace="urn:n" schemaLocation="n.xsd"/><xs:element name="r" type="n:T"/></xs:schema>`}, "XSD-RESOLVE", ""},
		"an inclusion that leads nowhere":   {map[string]string{"a.xsd": head + `><xs:include schemaLocation="n.xsd"/><xs:element name="r"/></xs:schema>`}, "XSD-RESOLVE", ""},
		"an inclusion outside":              {map[string]string{"a.xsd": head + `><xs:include schemaLocation="../n.xsd"/><xs:element name="r"/></xs:schema>`}, "XSD-RESOLVE", ""},
		"an inclusion of another namespace": {map[string]string{"a.xsd": head + `><xs:include schemaLocation="b.xsd"/><xs:element name="r"/></xs:schema>`, "b.xsd": tns + `/>`}, "XSD-COMPILE", ""},
		"a DOCTYPE":                         {map[string]string{"a.xsd": `<!DOCTYPE schema [<!ENTITY x "y">]>` + head + `><xs:element name="r"/></xs:schema>`}, "XML-DOCTYPE", ""},
		"not a schema":                      {map[string]string{"a.xsd": `<html/>`}, "XSD-COMPILE", ""},
		"not XML":                           {map[string]string{"a.xsd": head + `>`}, "XML-TRUNCATED", ""},
		"a circular type":                   {map[string]string{"a.xsd": head + `><xs:simpleType name="A"><xs:restriction base="B"/></xs:simpleType><xs:simpleType name="B"><xs:restriction base="A"/></xs:simpleType></xs:schema>`}, "XSD-COMPILE", ""},
		"a circular group":                  {map[string]string{"a.xsd": head + `><xs:group name="A"><xs:sequence><xs:group ref="A"/></xs:sequence></xs:group><xs:element name="r"><xs:complexType><xs:group ref="A"/></xs:complexType></xs:element></xs:schema>`}, "XSD-COMPILE", ""},
		"constraints not checked": {map[string]string{"a.xsd": head + `><xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" type="xs:int" maxOccurs="9"/></xs:sequence></xs:complexType>
 <xs:unique name="u"><xs:selector xpath="a"/><xs:field xpath="."/></xs:unique></xs:element></xs:schema>`}, "XSD-COMPILE-NOTE", `<r><a>1</a></r>`},
		"a redefinition": {map[string]string{"a.xsd": head + `><xs:redefine schemaLocation="b.xsd"><xs:simpleType name="S"><xs:restriction base="S"><xs:maxLength value="1"/></xs:restriction></xs:simpleType></xs:redefine><xs:element name="r" type="S"/></xs:schema>`,
			"b.xsd": head + `><xs:simpleType name="S"><xs:restriction base="xs:string"/></xs:simpleType></xs:schema>`}, "XSD-COMPILE-NOTE", `<r>x</r>`},
		"a wrong facet":           {map[string]string{"a.xsd": head + `><xs:simpleType name="A"><xs:restriction base="xs:date"><xs:length value="3"/></xs:restriction></xs:simpleType></xs:schema>`}, "XSD-COMPILE", ""},
		"a wrong pattern":         {map[string]string{"a.xsd": head + `><xs:simpleType name="A"><xs:restriction base="xs:string"><xs:pattern value="["/></xs:restriction></xs:simpleType></xs:schema>`}, "XSD-COMPILE", ""},
		"occurrences upside down": {map[string]string{"a.xsd": head + `><xs:element name="r"><xs:complexType><xs:sequence minOccurs="2"/></xs:complexType></xs:element></xs:schema>`}, "XSD-COMPILE", ""},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for n, s := range c.files {
				fsys[n] = &fstest.MapFile{Data: []byte(s)}
			}
			g, rep, err := Compile(context.Background(), fsys, []string{"a.xsd"}, Options{})
			var codes []string
			for f := range rep.All() {
				codes = append(codes, f.Code())
				if f.Where.Member == "" {
					t.Errorf("%s is not located", f.Code())
				}
			}
			if got := strings.Join(codes, " "); got != c.want || (g == nil) == (c.valid != "") {
				t.Fatalf("%q, want %q; %v", got, c.want, err)
			}
			if g == nil {
				return
			}
			judge := mutant.NewJudge(g)
			if ok, rep := judge.Valid(t, []byte(c.valid)); !ok {
				t.Errorf("%s: %s", c.valid, mutant.Faults(rep))
			}
		})
	}
}
