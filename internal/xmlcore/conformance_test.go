package xmlcore

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

// probes are the inputs that tell strict readers from the others: each is
// refused for its own reason, at its own place.
var probes = []struct{ name, doc, want string }{
	{"two root elements", "<a/>\n<b/>", "XML-ROOTS 2:1"},
	{"text after the root", "<a/>x", "XML-TRAILING 1:5"},
	{"no root", "<?xml version='1.0'?>\n<!-- -->", "XML-EMPTY 2:9"},
	{"declaration not first", " <?xml version='1.0'?><a/>", "XML-DECL 1:2"},
	{"duplicate attribute", "<a x='1' x='2'/>", "XML-ATTR-DUP 1:10"},
	{"attribute twice through two prefixes", "<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", "XML-NS-ATTR-DUP 1:36"},
	{"unbound element prefix", "<a><p:b/></a>", "XML-NS-UNBOUND 1:4"},
	{"unbound attribute prefix", "<a p:x=''/>", "XML-NS-UNBOUND 1:4"},
	{"prefix bound to nothing", "<a xmlns:p=''/>", "XML-NS-EMPTY 1:4"},
	{"prefix xml redefined", "<a xmlns:xml='u'/>", "XML-NS-RESERVED 1:4"},
	{"bare DOCTYPE", "<!DOCTYPE a><a/>", "XML-DOCTYPE 1:1"},
	{"internal entity", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "XML-DOCTYPE 1:1"},
	{"external entity", "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>", "XML-DOCTYPE 1:1"},
	{"XML 1.1", "<?xml version='1.1'?><a/>", "XML-VERSION 1:16"},
	{"ISO-8859-1 that is not", "<?xml version='1.0' encoding='US-ASCII'?><a>\xe9</a>", "XML-ENCODING-BYTES 1:45"},
	{"depth 20000", strings.Repeat("<a>", 20000), "LIM-DEPTH 1:769"},
	{"< in an attribute", "<a x='<'/>", "XML-ATTR-LT 1:7"},
	{"]]> in text", "<a>\n]]></a>", "XML-TEXT-CDEND 2:1"},
	{"-- in a comment", "<a><!-- -- --></a>", "XML-COMMENT 1:9"},
	{"NUL reference", "<a>&#0;</a>", "XML-CHARREF 1:4"},
	{"control character", "<a>\x01</a>", "XML-CHAR 1:4"},
	{"bad UTF-8", "<a>\xc3(</a>", "XML-ENCODING-BYTES 1:4"},
	{"mismatched end tag", "<a><b></a></b>", "XML-TAG-MISMATCH 1:7"},
	{"missing end tag", "<a><b></b>", "XML-TRUNCATED 1:11"},
	{"undefined entity", "<a>&nbsp;</a>", "XML-ENTITY 1:4"},
	{"unknown encoding", "<?xml version='1.0' encoding='EBCDIC-FR'?><a/>", "XML-ENCODING 1:31"},
}

func TestEveryProbeIsRefusedByItsOwnRule(t *testing.T) {
	for _, p := range probes {
		t.Run(p.name, func(t *testing.T) {
			if got := verdict(t, p.doc); got != p.want {
				t.Errorf("got %q, want %q", got, p.want)
			}
		})
	}
}

// snippets is a table of documents and their verdicts: "" is well-formed, else
// the code of the rule broken. Composed along the productions and constraints
// of XML 1.0 fifth edition and Namespaces in XML 1.0.
var snippets = []struct{ doc, want string }{
	// document, prologue, misc
	{"<a/>", ""}, {"<a></a>", ""}, {"<a />", ""}, {"<a\n\t/>", ""}, {"<a></a >", ""}, {"<a></a\r\n>", ""},
	{"\n<a/>", ""}, {"<a/>\n\n", ""}, {"<!--x--><a/><!--y-->", ""}, {"<?p?><a/><?q r?>", ""},
	{"", "XML-EMPTY"}, {" \n\t ", "XML-EMPTY"}, {"<?p?>", "XML-EMPTY"}, {"x", "XML-TRAILING"}, {"x<a/>", "XML-TRAILING"},
	{"<a/><a/>", "XML-ROOTS"}, {"<a/>&amp;", "XML-TRAILING"}, {"&amp;<a/>", "XML-TRAILING"},
	{"<a/><![CDATA[x]]>", "XML-TRAILING"}, {"<![CDATA[]]><a/>", "XML-TRAILING"}, {"<a/></a>", "XML-SYNTAX"},
	{"</a>", "XML-SYNTAX"}, {"\ufeff<a/>", ""}, {"\ufeff\ufeff<a/>", "XML-TRAILING"}, {"<a/>\x00", "XML-CHAR"}, {"<a/>\ufeff", "XML-TRAILING"},
	// declaration
	{"<?xml version=\"1.0\"?><a/>", ""}, {"<?xml version = '1.0' ?><a/>", ""}, {"<?xml\nversion='1.0'\nencoding='utf-8'\nstandalone='yes'\n?><a/>", ""},
	{"<?xml version='1.0' standalone='no'?><a/>", ""}, {"<?xml encoding='UTF-8'?><a/>", "XML-DECL"}, {"<?xml?><a/>", "XML-DECL"}, {"<?xml ?><a/>", "XML-DECL"},
	{"<?xml version='1.0' encoding='UTF-8' version='1.0'?><a/>", "XML-DECL"}, {"<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>", "XML-DECL"},
	{"<?xml version='1.0' standalone='maybe'?><a/>", "XML-DECL"}, {"<?xml version='1.0' standalone='YES'?><a/>", "XML-DECL"},
	{"<?xml version='1.0'encoding='UTF-8'?><a/>", "XML-DECL"}, {"<?xml version=1.0?><a/>", "XML-DECL"}, {"<?xml version='1.0\"?><a/>", "XML-DECL"},
	{"<?xml version='1.0'><a/>", "XML-DECL"}, {"<?xml version='1.0'? ><a/>", "XML-DECL"}, {"<?xml Version='1.0'?><a/>", "XML-DECL"},
	{"<?xml version='1.0' encoding=''?><a/>", "XML-DECL"}, {"<?xml version='1.0' encoding='8859-1'?><a/>", "XML-DECL"}, {"<?xml version='1.0' encoding='UTF 8'?><a/>", "XML-DECL"},
	{"<?xml version='1.0' other='x'?><a/>", "XML-DECL"}, {"<?xml version='2.0'?><a/>", "XML-VERSION"}, {"<?xml version='1.2'?><a/>", "XML-VERSION"}, {"<?xml version=''?><a/>", "XML-VERSION"},
	{"<?xml version='1.1' encoding='UTF-8'?><a/>", "XML-VERSION"}, {"<!-- --><?xml version='1.0'?><a/>", "XML-DECL"}, {"<a><?xml version='1.0'?></a>", "XML-DECL"},
	{"<?xml version='1.0'?><?xml version='1.0'?><a/>", "XML-DECL"}, {"<?xml version='1.0'", "XML-TRUNCATED"}, {"<?xml", "XML-TRUNCATED"}, {"<?XML version='1.0'?><a/>", "XML-PI"},
	{"<?xml-stylesheet href='x'?><a/>", ""}, {"<?xmlversion='1.0'?><a/>", "XML-PI"},
	// DOCTYPE anywhere
	{"<!DOCTYPE a []><a/>", "XML-DOCTYPE"}, {"<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'a.dtd'><a/>", "XML-DOCTYPE"}, {"<a/><!DOCTYPE a>", "XML-DOCTYPE"},
	{"<a><!DOCTYPE a></a>", "XML-DOCTYPE"}, {"<!doctype html><html/>", "XML-DOCTYPE"}, {"<!-- --><!DOCTYPE a><a/>", "XML-DOCTYPE"},
	{"<!ELEMENT a ANY><a/>", "XML-SYNTAX"}, {"<a><!ENTITY e 'x'></a>", "XML-SYNTAX"}, {"<a><!X></a>", "XML-SYNTAX"}, {"<!", "XML-TRUNCATED"}, {"<!DOC", "XML-TRUNCATED"},
	// tags
	{"<a><b/></a>", ""}, {"<a><b></b></a>", ""}, {"<a><b><c/></b></a>", ""}, {"< a/>", "XML-SYNTAX"}, {"<a></ a>", "XML-SYNTAX"}, {"<a></>", "XML-SYNTAX"}, {"<></>", "XML-SYNTAX"},
	{"<a></a x='1'>", "XML-SYNTAX"}, {"<a></a/>", "XML-SYNTAX"}, {"<a/ >", "XML-SYNTAX"}, {"<a//>", "XML-SYNTAX"}, {"<a", "XML-TRUNCATED"}, {"<a ", "XML-TRUNCATED"}, {"<", "XML-TRUNCATED"},
	{"<a>", "XML-TRUNCATED"}, {"<a></a", "XML-TRUNCATED"}, {"<a></A>", "XML-TAG-MISMATCH"}, {"<a></ab>", "XML-TAG-MISMATCH"}, {"<ab></a>", "XML-TAG-MISMATCH"}, {"<a><b></a>", "XML-TAG-MISMATCH"},
	{"<a><</a>", "XML-SYNTAX"}, {"<a>1<2</a>", "XML-SYNTAX"}, {"<a<b/></a>", "XML-SYNTAX"}, {"<a\x0bx='1'/>", "XML-CHAR"}, {"<a/", "XML-TRUNCATED"},
	{"<a></a\u00a0>", "XML-SYNTAX"}, {"<p:a xmlns:p='u'></q:a>", "XML-TAG-MISMATCH"}, {"<p:a xmlns:p='u' xmlns:q='u'></q:a>", "XML-TAG-MISMATCH"},
	// names
	{"<_/>", ""}, {"<a.b-c1/>", ""}, {"<é/>", ""}, {"<àÿ/>", ""}, {"<a·b/>", ""}, {"<a\u0300/>", ""}, {"<\u3007/>", ""}, {"<\U00010000/>", ""}, {"<a\u203f/>", ""},
	{"<1/>", "XML-SYNTAX"}, {"<-a/>", "XML-SYNTAX"}, {"<.a/>", "XML-SYNTAX"}, {"<·a/>", "XML-SYNTAX"}, {"<\u0300/>", "XML-SYNTAX"}, {"<a×b/>", "XML-SYNTAX"}, {"<÷/>", "XML-SYNTAX"},
	{"<a\u037e/>", "XML-SYNTAX"}, {"<a\u2000/>", "XML-SYNTAX"}, {"<a\U000f0000/>", "XML-SYNTAX"}, {"<a$/>", "XML-SYNTAX"}, {"<a@b/>", "XML-SYNTAX"}, {"<a\ufdd0/>", "XML-SYNTAX"},
	{"<a 1='x'/>", "XML-SYNTAX"}, {"<a x×='x'/>", "XML-SYNTAX"},
	// attributes
	{"<a x='1' y='2'/>", ""}, {"<a x = '1'/>", ""}, {"<a x=\"'\" y='\"'/>", ""}, {"<a x='>'/>", ""}, {"<a x=''/>", ""}, {"<a\nx='1'\n/>", ""}, {"<a x='&lt;&amp;&#60;'/>", ""}, {"<a x=']]>'/>", ""},
	{"<a x='a\r\nb'/>", ""}, {"<a x/>", "XML-SYNTAX"}, {"<a x=/>", "XML-SYNTAX"}, {"<a x=1/>", "XML-SYNTAX"}, {"<a x='1'y='2'/>", "XML-SYNTAX"}, {"<a x='1/>", "XML-TRUNCATED"},
	{"<a x='<'/>", "XML-ATTR-LT"}, {"<a x=\"a<b\"/>", "XML-ATTR-LT"}, {"<a x='&'/>", "XML-SYNTAX"}, {"<a x='& '/>", "XML-SYNTAX"}, {"<a x='&foo;'/>", "XML-ENTITY"}, {"<a x='&#1;'/>", "XML-CHARREF"},
	{"<a 'x'/>", "XML-SYNTAX"}, {"<a ='x'/>", "XML-SYNTAX"}, {"<a x='1' x='1'/>", "XML-ATTR-DUP"}, {"<a x='1' y='' x=''/>", "XML-ATTR-DUP"}, {"<a x='\x02'/>", "XML-CHAR"}, {"<a x='\ufffe'/>", "XML-CHAR"},
	{"<a x='1', y='2'/>", "XML-SYNTAX"}, {"<a x='", "XML-TRUNCATED"}, {"<a x", "XML-TRUNCATED"}, {"<a x=", "XML-TRUNCATED"}, {"<a x='1'", "XML-TRUNCATED"}, {"<a x='&am", "XML-TRUNCATED"}, {"<a x='\r", "XML-TRUNCATED"},
	// text and references
	{"<a>text</a>", ""}, {"<a>></a>", ""}, {"<a>]]</a>", ""}, {"<a>]] ></a>", ""}, {"<a>]>]]</a>", ""}, {"<a>]]&gt;</a>", ""}, {"<a>\"'</a>", ""}, {"<a>&amp;&lt;&gt;&apos;&quot;</a>", ""}, {"<a>&#38;&#x26;</a>", ""},
	{"<a>&#x10FFFF;&#x10ffff;</a>", ""}, {"<a>&#9;&#10;&#13;&#32;</a>", ""}, {"<a>&#xD7FF;&#xE000;&#xFFFD;</a>", ""}, {"<a>&#00000000000000000000065;</a>", ""}, {"<a>\x7f\u0085\u2028</a>", ""},
	{"<a>]]></a>", "XML-TEXT-CDEND"}, {"<a>]]]></a>", "XML-TEXT-CDEND"}, {"<a>x]]]]]></a>", "XML-TEXT-CDEND"}, {"<a>&amp;]]></a>", "XML-TEXT-CDEND"}, {"<a>&</a>", "XML-SYNTAX"}, {"<a>& b</a>", "XML-SYNTAX"}, {"<a>&amp</a>", "XML-SYNTAX"}, {"<a>&amp b;</a>", "XML-SYNTAX"},
	{"<a>&;</a>", "XML-SYNTAX"}, {"<a>&AMP;</a>", "XML-ENTITY"}, {"<a>&eacute;</a>", "XML-ENTITY"}, {"<a>&1;</a>", "XML-SYNTAX"}, {"<a>&#;</a>", "XML-CHARREF"}, {"<a>&#x;</a>", "XML-CHARREF"}, {"<a>&#X41;</a>", "XML-CHARREF"}, {"<a>&#41</a>", "XML-CHARREF"},
	{"<a>&#xD800;</a>", "XML-CHARREF"}, {"<a>&#xFFFE;</a>", "XML-CHARREF"}, {"<a>&#xFFFF;</a>", "XML-CHARREF"}, {"<a>&#x110000;</a>", "XML-CHARREF"}, {"<a>&#99999999999999999999;</a>", "XML-CHARREF"}, {"<a>&#-1;</a>", "XML-CHARREF"}, {"<a>&#8;</a>", "XML-CHARREF"}, {"<a>&#4a;</a>", "XML-CHARREF"},
	{"<a>\x00</a>", "XML-CHAR"}, {"<a>\x1f</a>", "XML-CHAR"}, {"<a>\x0c</a>", "XML-CHAR"}, {"<a>\ufffe</a>", "XML-CHAR"}, {"<a>\uffff</a>", "XML-CHAR"}, {"<a>&", "XML-TRUNCATED"}, {"<a>&am", "XML-TRUNCATED"}, {"<a>&#1", "XML-TRUNCATED"}, {"<a>]]", "XML-TRUNCATED"},
	// UTF-8
	{"<a>é€\U0001f600</a>", ""}, {"<a>\xc0\x80</a>", "XML-ENCODING-BYTES"}, {"<a>\xed\xa0\x80</a>", "XML-ENCODING-BYTES"}, {"<a>\xf4\x90\x80\x80</a>", "XML-ENCODING-BYTES"}, {"<a>\xff</a>", "XML-ENCODING-BYTES"}, {"<a>\x80</a>", "XML-ENCODING-BYTES"},
	{"<a>\xe2\x82</a>", "XML-ENCODING-BYTES"}, {"<a>\xe0\x80\x80</a>", "XML-ENCODING-BYTES"}, {"<a>\xc3", "XML-TRUNCATED"}, {"<a/>\xc3", "XML-ENCODING-BYTES"}, {"<a \xe9='x'/>", "XML-ENCODING-BYTES"}, {"<!-- \xe9 --><a/>", "XML-ENCODING-BYTES"},
	// CDATA
	{"<a><![CDATA[]]></a>", ""}, {"<a><![CDATA[<b>&amp;]]]]></a>", ""}, {"<a><![CDATA[ ]]>x<![CDATA[]]]]><![CDATA[>]]></a>", ""}, {"<a><![cdata[x]]></a>", "XML-SYNTAX"}, {"<a><! [CDATA[x]]></a>", "XML-SYNTAX"}, {"<a><![CDATA [x]]></a>", "XML-SYNTAX"},
	{"<a><![CDATA[x]]</a>", "XML-TRUNCATED"}, {"<a><![CDATA[\x03]]></a>", "XML-CHAR"}, {"<a><![CDATA[x]]>]]></a>", "XML-TEXT-CDEND"}, {"<a><![CD", "XML-TRUNCATED"}, {"<a><![CDATA[", "XML-TRUNCATED"},
	// comments
	{"<a><!----></a>", ""}, {"<a><!-- <b> & ]]> --></a>", ""}, {"<a><!-- - - --></a>", ""}, {"<!-->--><a/>", ""}, {"<!--->--><a/>", ""}, {"<!-- a--->\n<a/>", "XML-COMMENT"}, {"<!--a--b--><a/>", "XML-COMMENT"}, {"<!-----><a/>", "XML-COMMENT"},
	{"<!- a --><a/>", "XML-SYNTAX"}, {"<!-- a", "XML-TRUNCATED"}, {"<a><!-- --", "XML-TRUNCATED"}, {"<a><!-- \x04 --></a>", "XML-CHAR"}, {"<a <!-- -->/>", "XML-SYNTAX"},
	// processing instructions
	{"<a><?p?></a>", ""}, {"<a><?p  d?e ? > ?></a>", ""}, {"<a><?p ??></a>", ""}, {"<?p <&]]>--?><a/>", ""}, {"<a><? p?></a>", "XML-PI"}, {"<a><??></a>", "XML-PI"}, {"<a><?p!?></a>", "XML-PI"}, {"<a><?p?x?></a>", "XML-PI"}, {"<a><?xMl x?></a>", "XML-PI"},
	{"<a><?p:q?></a>", "XML-NS-NAME"}, {"<a><?1?></a>", "XML-SYNTAX"}, {"<a><?p", "XML-TRUNCATED"}, {"<a><?p d?", "XML-TRUNCATED"}, {"<a><?p \x05?></a>", "XML-CHAR"},
	// namespaces
	{"<a xmlns='u'/>", ""}, {"<a xmlns=''/>", ""}, {"<p:a xmlns:p='u'/>", ""}, {"<a xmlns:p='u' p:x='1' x='1'/>", ""}, {"<a xmlns='u' xmlns:p='u' p:x='1' x='1'/>", ""}, {"<a xml:lang='fr'/>", ""}, {"<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>", ""},
	{"<a xmlns='u'><b xmlns=''/></a>", ""}, {"<p:a xmlns:p='u'><p:b xmlns:p='v' p:x=''/></p:a>", ""}, {"<xmlns/>", ""}, {"<xml/>", ""}, {"<a xmlfoo='x'/>", ""}, {"<xml:a/>", ""}, {"<a xmlns:p='u' xmlns:q='v' p:x='' q:x=''/>", ""},
	{"<p:a/>", "XML-NS-UNBOUND"}, {"<a><b xmlns:p='u'/><p:c/></a>", "XML-NS-UNBOUND"}, {"<a xmlns:p='u'><q:b/></a>", "XML-NS-UNBOUND"}, {"<a xmlns:p='u' p:x='' q:x=''/>", "XML-NS-UNBOUND"}, {"<a xmlns:xmlns='u'/>", "XML-NS-RESERVED"},
	{"<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "XML-NS-RESERVED"}, {"<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", "XML-NS-RESERVED"}, {"<a xmlns='http://www.w3.org/2000/xmlns/'/>", "XML-NS-RESERVED"}, {"<a xmlns='http://www.w3.org/XML/1998/namespace'/>", "XML-NS-RESERVED"},
	{"<a xmlns:xml=''/>", "XML-NS-RESERVED"}, {"<xmlns:a/>", "XML-NS-RESERVED"}, {"<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>", "XML-NS-RESERVED"}, {"<a xmlns:p='u'><b xmlns:p=''/></a>", "XML-NS-EMPTY"}, {"<a xmlns:p='u' xmlns:p='v'/>", "XML-ATTR-DUP"}, {"<a xmlns='u' xmlns='u'/>", "XML-ATTR-DUP"},
	{"<:a/>", "XML-NS-NAME"}, {"<a:/>", "XML-NS-NAME"}, {"<a:b:c xmlns:a='u'/>", "XML-NS-NAME"}, {"<a :x=''/>", "XML-NS-NAME"}, {"<a x:=''/>", "XML-NS-NAME"}, {"<a:1 xmlns:a='u'/>", "XML-NS-NAME"}, {"<:/>", "XML-NS-NAME"}, {"<a xmlns:=''/>", "XML-NS-NAME"}, {"<a::b/>", "XML-NS-NAME"},
	{"<a xmlns:p='u' xmlns:q='u'><b p:x='1'><c q:x='2'/></b></a>", ""}, {"<a xmlns:p='&#117;' xmlns:q='u' p:x='' q:x=''/>", "XML-NS-ATTR-DUP"},
	// encodings
	{"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>", ""}, {"<?xml version='1.0' encoding='ISO-8859-15'?><a>\xa4</a>", ""}, {"<?xml version='1.0' encoding='Windows-1252'?><a>\x80</a>", ""}, {"<?xml version='1.0' encoding='windows-1252'?><a>\x81</a>", "XML-ENCODING-BYTES"},
	{"<?xml version='1.0' encoding='us-ascii'?><a>e</a>", ""}, {"<?xml version='1.0' encoding='UTF-7'?><a/>", "XML-ENCODING"}, {"<?xml version='1.0' encoding='Shift_JIS'?><a/>", "XML-ENCODING"}, {"<?xml version='1.0' encoding='ISO-8859-1'?><a>\x01</a>", "XML-CHAR"},
	{"\ufeff<?xml version='1.0' encoding='UTF-8'?><a/>", ""}, {"\ufeff<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "XML-ENCODING-CONFLICT"}, {"<?xml version='1.0' encoding='UTF-16'?><a/>", "XML-ENCODING-CONFLICT"},
	{u16("<a>é\U0001f600</a>", false, true), ""}, {u16("<a/>", true, true), ""}, {u16("<?xml version='1.0' encoding='UTF-16'?><a/>", false, true), ""}, {u16("<?xml version='1.0' encoding='utf-16le'?><a/>", false, true), ""},
	{u16("<?xml version='1.0' encoding='UTF-16BE'?><a/>", false, true), "XML-ENCODING-CONFLICT"}, {u16("<?xml version='1.0' encoding='UTF-8'?><a/>", true, true), "XML-ENCODING-CONFLICT"}, {u16("<?xml version='1.0' encoding='UTF-16'?><a/>", false, false), "XML-ENCODING"},
	{u16("<a/>", true, false), "XML-ENCODING"}, {u16("<a>", false, true) + "\x00\xd8<\x00", "XML-ENCODING-BYTES"}, {u16("<a>", false, true) + "\x00\xdc", "XML-ENCODING-BYTES"}, {u16("<a>", false, true) + "\xfe\xff", "XML-CHAR"}, {u16("<a/>", false, true) + "\x00", "XML-ENCODING-BYTES"},
	{u16("<a>", false, true) + "x", "XML-TRUNCATED"}, {"\x00\x00\xfe\xff\x00\x00\x00<", "XML-ENCODING"}, {"\x4c\x6f\xa7\x94", "XML-ENCODING"}, {"\xff\xfe", "XML-EMPTY"},
}

// u16 writes a document in UTF-16.
func u16(s string, bigEndian, bom bool) string {
	var b strings.Builder
	units := utf16.Encode([]rune(s))
	if bom {
		units = append([]uint16{0xFEFF}, units...)
	}
	for _, u := range units {
		if bigEndian {
			b.WriteByte(byte(u >> 8))
			b.WriteByte(byte(u))
		} else {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
	}
	return b.String()
}

func TestWellFormednessAndNamespaces(t *testing.T) {
	for _, s := range snippets {
		got, _, _ := strings.Cut(verdict(t, s.doc), " ")
		if got != s.want {
			t.Errorf("%.90q: got %q, want %q", s.doc, got, s.want)
		}
	}
	if len(snippets) < 120 {
		t.Errorf("only %d snippets", len(snippets))
	}
}

func TestEveryXMLRuleIsProduced(t *testing.T) {
	docs := map[string]string{}
	for _, p := range probes {
		code, _, _ := strings.Cut(p.want, " ")
		docs[code] = p.doc
	}
	for _, s := range snippets {
		if _, ok := docs[s.want]; !ok {
			docs[s.want] = s.doc
		}
	}
	docs["XML-ENCODING-SUSPECT"] = "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>"
	cases := map[*report.Rule]func(testing.TB) *report.Report{}
	var rules []*report.Rule
	for _, rule := range report.Rules() {
		if !strings.HasPrefix(rule.Code, "XML-") {
			continue
		}
		rules = append(rules, rule)
		if doc, ok := docs[rule.Code]; ok {
			cases[rule] = func(testing.TB) *report.Report {
				var rep report.Report
				_, err := events(NewReader(strings.NewReader(doc), Options{Report: &rep}))
				if bad, ok := err.(*Error); ok {
					rep.Record(bad.Finding)
				}
				return &rep
			}
		}
	}
	rulestest.Every(t, rules, cases)
}

// Every proper prefix of a document that ends with its root's end tag is
// truncated, wherever it is cut.
func TestEveryPrefixIsTruncated(t *testing.T) {
	doc := "<?xml version='1.0'?><!-- c --><?p d?><é xmlns:q='u' x='&lt;é'>t&#233;é\r\n]]<q:b/><![CDATA[x]]></é>"
	for _, d := range []string{doc, "\ufeff" + doc, u16(doc, true, true), u16(doc, false, true)} {
		if got := verdict(t, d); got != "" {
			t.Fatalf("the whole document: %s", got)
		}
		for n := range len(d) {
			if n == 1 && d[0] >= 0xFE {
				continue // half a byte order mark says nothing
			}
			got, _, _ := strings.Cut(verdict(t, d[:n]), " ")
			if got != "XML-TRUNCATED" && got != "XML-EMPTY" {
				t.Errorf("cut at %d: %s", n, got)
			}
		}
	}
}

func TestAVerdictIsFinal(t *testing.T) {
	r := NewReader(strings.NewReader("<a></b>"), Options{})
	var first error
	for first == nil {
		_, first = r.Next()
	}
	if _, again := r.Next(); again != first {
		t.Errorf("then %v", again)
	}
	if want := "xml: XML-TAG-MISMATCH at 1:4"; first.Error() != want {
		t.Errorf("error %q, want %q", first, want)
	}
}

func ExampleReader() {
	r := NewReader(strings.NewReader("<a xmlns='urn:x'><b n='1'>é</b><b n='2'/></a>"), Options{})
	for {
		k, err := r.Next()
		if err != nil {
			fmt.Println(err)
			break
		}
		switch k {
		case StartElement:
			n, _ := r.Attr("", "n")
			fmt.Printf("%s %q at %d\n", r.Path(), n, r.Offset())
		case Text:
			fmt.Printf("%s\n", r.Text())
		}
	}
	// Output:
	// /a "" at 0
	// /a/b "1" at 17
	// é
	// /a/b[2] "2" at 32
	// EOF
}
