package c14n_test

import (
	"bytes"
	"context"
	"crypto"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/xmlcore"
)

const (
	dsig      = "http://www.w3.org/2000/09/xmldsig#"
	inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

// reference is a ds:Reference to a part of its own document.
type reference struct {
	uri, digest, value string
	transforms         []string
	opt                c14n.Options
	signature          int64 // offset of the Signature it belongs to
	simple             bool  // no transform but canonicalisation and enveloped signature
}

// references is a sink that collects the references of all signatures.
type references struct {
	all        []reference
	signatures []int64
	in         bool
	text       *string
}

func (s *references) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	attr := func(name string) string { v, _ := r.Attr("", name); return string(v) }
	switch k {
	case xmlcore.StartElement:
		n := r.Name()
		switch {
		case n.Space == dsig && n.Local == "Signature":
			s.signatures = append(s.signatures, r.Offset())
		case n.Space == dsig && n.Local == "Reference" && strings.HasSuffix(parent(r), "SignedInfo"):
			s.in = true
			s.all = append(s.all, reference{uri: attr("URI"), simple: true, signature: s.signatures[len(s.signatures)-1]})
		case !s.in:
		case n.Local == "Transform":
			ref := &s.all[len(s.all)-1]
			ref.transforms = append(ref.transforms, attr("Algorithm"))
		case n.Local == "InclusiveNamespaces":
			s.all[len(s.all)-1].opt.Prefixes = strings.Fields(attr("PrefixList"))
		case n.Local == "DigestMethod":
			s.all[len(s.all)-1].digest = attr("Algorithm")
		case n.Local == "DigestValue":
			s.text = &s.all[len(s.all)-1].value
		default:
			s.all[len(s.all)-1].simple = s.all[len(s.all)-1].simple && n.Local == "Transforms"
		}
	case xmlcore.EndElement:
		s.text = nil
		if n := r.Name(); n.Space == dsig && n.Local == "Signature" {
			s.signatures = s.signatures[:len(s.signatures)-1]
		} else if n.Local == "Reference" {
			s.in = false
		}
	case xmlcore.Text:
		if s.text != nil {
			*s.text += string(r.Text())
		}
	}
	return nil
}

func parent(r *xmlcore.Reader) string { return filepath.Dir(r.Path()) }

var hashes = map[string]crypto.Hash{
	dsig + "sha1": crypto.SHA1,
	"http://www.w3.org/2001/04/xmlenc#sha256":       crypto.SHA256,
	"http://www.w3.org/2001/04/xmlenc#sha512":       crypto.SHA512,
	"http://www.w3.org/2001/04/xmldsig-more#sha384": crypto.SHA384,
}

// prepare turns the transforms into options; ok is false for those this package
// does not do.
func (ref *reference) prepare() (ok bool) {
	ok = ref.simple && hashes[ref.digest] != 0 && ref.value != ""
	enveloped := false
	for _, t := range ref.transforms {
		switch t {
		// Both forms of reference followed here select no comment (XMLDSig
		// §4.4.3.3), so the algorithms with comments give the same octets.
		case inclusive, inclusive + "#WithComments":
		case exclusive, exclusive + "WithComments":
			ref.opt.Exclusive = true
		case dsig + "enveloped-signature":
			enveloped = true
		default:
			ok = false
		}
	}
	if enveloped {
		at := ref.signature
		ref.opt.Skip = func(r *xmlcore.Reader, k xmlcore.Kind) c14n.Skip {
			if k == xmlcore.StartElement && r.Name().Local == "Signature" && r.Offset() == at {
				return c14n.Drop
			}
			return c14n.Keep
		}
	}
	if ref.uri == "" {
		return ok && enveloped
	}
	id, found := strings.CutPrefix(ref.uri, "#")
	ref.opt.Apex = func(r *xmlcore.Reader) bool {
		for _, a := range r.Attrs() {
			switch a.Name.Local {
			case "Id", "ID", "id":
				if string(a.Value) == id {
					return true
				}
			}
		}
		return false
	}
	return ok && found && id != "" && !strings.HasPrefix(id, "xpointer")
}

// altered lists the files whose digests the corpus itself knows to differ.
func altered(t *testing.T) map[string]bool {
	known := map[string]bool{}
	for _, domain := range []string{"signature", "finance"} {
		for _, row := range corpus.Expected(t, domain) {
			if row.Verdict == "invalid" || strings.Contains(row.Facts["refs.bad"], "differs") ||
				strings.Contains(row.Hint, "not verifiable") {
				known[domain+"/"+row.Path] = true
			}
		}
	}
	return known
}

// The digests in the signatures of the corpus, made by a dozen programs, judge
// the canonical form of single elements and of documents less their signature.
func TestDigestsOfSignedDocuments(t *testing.T) {
	root := filepath.Dir(corpus.Dir(t, "signature"))
	good, bad := map[string]int{}, map[string]int{}
	for _, file := range documents(t) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(b, []byte(dsig)) {
			continue
		}
		var refs references
		if err := xmlcore.Run(context.Background(), xmlcore.NewReader(bytes.NewReader(b), xmlcore.Options{}), &refs); err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		tried := 0
		for _, ref := range refs.all {
			if !ref.prepare() || tried == 20 { // a CFU has a thousand
				continue
			}
			tried++
			h := hashes[ref.digest].New()
			c := c14n.New(h, ref.opt)
			if err := xmlcore.Run(context.Background(), xmlcore.NewReader(bytes.NewReader(b), xmlcore.Options{}), c); err != nil {
				t.Fatal(err)
			}
			if err := c.Flush(); err != nil {
				t.Fatal(err)
			}
			if !c.Found() {
				continue
			}
			want, _ := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(ref.value), ""))
			if bytes.Equal(h.Sum(nil), want) {
				good[name]++
			} else {
				bad[name]++
			}
		}
	}
	known := altered(t)
	for name, n := range bad {
		if !known[filepath.ToSlash(name)] {
			t.Errorf("%s: %d digests right, %d wrong, and the corpus knows of none", name, good[name], n)
		}
	}
	if len(good) < 100 {
		t.Errorf("right digests in %d documents only", len(good))
	}
}
