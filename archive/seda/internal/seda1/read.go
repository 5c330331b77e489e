package seda1

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Reader reads what a message of the first family describes, and what a
// transfer says besides.
type Reader struct {
	*Dialect
	nodes *element.Reader
	pkg   *archive.Package
	// give takes a unit that stands below the one named parent, and file the file
	// of a unit, with the place of their start tags.
	give func(u *archive.Unit, parent string, line, col int) error
	file func(o *archive.Object, of string, line, col int) error

	head, tail               element.Filler[archive.Package]
	archive, object, content element.Filler[described]
	document                 element.Filler[document]
	// integrity are the digests of 0.2, which come before the files they are
	// of, by file name.
	integrity map[string]ged.Digest
	order     []string // of their names
	kept      int      // characters of them
	given     int      // identifiers given to what has none
	// first is what the first archive says for the whole message.
	first map[string]*element.Node
}

// NewReader returns a reader that fills the package with what the message says as
// a whole, and gives the rest to the functions. An error of theirs ends the
// reading.
func NewReader(nodes *element.Reader, p *archive.Package, d *Dialect, give func(u *archive.Unit, parent string, line, col int) error,
	file func(o *archive.Object, of string, line, col int) error) *Reader {
	nodes.Editions, p.Origin = d.Editions, string(d.version)
	return &Reader{Dialect: d, nodes: nodes, pkg: p, give: give, file: file,
		head: element.Filler[archive.Package]{Part: d.head}, tail: element.Filler[archive.Package]{Part: d.tail},
		archive: element.Filler[described]{Part: d.archive}, object: element.Filler[described]{Part: d.object}, content: element.Filler[described]{Part: d.content},
		document: element.Filler[document]{Part: d.document}, integrity: map[string]ged.Digest{}}
}

// maxDigests bounds what the digests of 0.2 take while their files are awaited.
const maxDigests = 256 << 20

// Transfer reads a transfer to the end of the document.
func (e *Reader) Transfer() error {
	err := e.nodes.Each(func(name *xmlcore.Name) error {
		if e.local(name) == e.top {
			return e.unit("", true, inherited{})
		}
		n, err := e.nodes.Read()
		if err != nil {
			return err
		}
		if e.Dialect == v02 && n.Is("Integrity") && e.digest(n) {
			if e.kept > maxDigests {
				return element.TooLong(e.nodes.R, maxDigests)
			}
			return nil
		}
		f := &e.head
		if f.Find(n) < 0 {
			f = &e.tail
		}
		if x, _ := f.Put(e.pkg, n); x != nil {
			e.pkg.Extras = append(e.pkg.Extras, *x)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range e.order {
		if sum, ok := e.integrity[name]; ok { // of no file of the message
			n := hashCode(name, sum)
			n.SetVersion(e.version)
			e.pkg.Extras = append(e.pkg.Extras, archive.Extra{In: InMessage, Name: n.Name, XML: n.Canonical(e.version)})
		}
	}
	return e.nodes.Drain()
}

// Units reads what a message that is no transfer describes: the reader stands on
// the start tag of a unit.
func (e *Reader) Units() error { return e.unit("", true, inherited{}) }

// digestRoom is what a digest kept until its file comes takes, besides the name
// of that.
const digestRoom = 300

// digest keeps a digest until its file comes, and reports whether that is all
// the element says.
func (e *Reader) digest(n *element.Node) bool {
	name := n.ChildToken("UnitIdentifier")
	sum := n.Child("Contains")
	if name == "" || sum == nil {
		return false
	}
	d, ok := seda2.DigestIn(sum, "algorithme")
	if _, twice := e.integrity[name]; !ok || twice || !hashCode(name, d).Equal(n) {
		return false
	}
	e.kept += len(name) + digestRoom
	e.integrity[name] = d
	e.order = append(e.order, name)
	return true
}

func hashCode(name string, d ged.Digest) *element.Node {
	return element.Tree("Integrity", element.Elem("Contains", d.Value).SetAttr("algorithme", seda2.DigestURIs[d.Algorithm]), element.Elem("UnitIdentifier", name))
}

// local returns the local name of an element of the first family, "" for
// another one.
func (e *Reader) local(name *xmlcore.Name) string {
	if _, ok := element.First(name.Space); ok {
		return name.Local
	}
	return ""
}

// id returns the identifier of the element, or one that says its rank.
func (e *Reader) id() string {
	id, _ := e.nodes.R.Attr("", "Id")
	if len(id) > 0 {
		return string(id)
	}
	e.given++
	return "auto" + strconv.Itoa(e.given)
}

// inherited are the codes of the rules in force above a unit.
type inherited struct{ appraisal, access string }

// below returns those in force below a unit, and says with regimes which of
// its rules take the place of another one: in the first family the nearest
// rule counts, in the model they all do unless the unit says otherwise.
func (h inherited) below(rules []ged.Rule) (inherited, []archive.Regime) {
	var regimes []archive.Regime
	for _, c := range []struct {
		category ged.RuleCategory
		code     *string
	}{{ged.Conservation, &h.appraisal}, {ged.Communicabilite, &h.access}} {
		r := firstRule(rules, c.category)
		if r == nil {
			continue
		}
		if *c.code != "" && *c.code != r.Code {
			regimes = append(regimes, archive.Regime{Category: c.category, Prevent: true})
		}
		*c.code = r.Code
	}
	return h, regimes
}

// held is a document that may be the file of the unit itself.
type held struct {
	document
	line, col int
}

// alone reports whether the document says nothing that the unit it stands in,
// when it holds no other one, could not say for it.
func (h *held) alone(given bool) bool {
	u := &h.unit
	if len(u.Extras) > 0 || len(u.ArchivalIDs)+len(u.OriginatingIDs)+len(u.TransferringIDs)+len(u.Languages) > 0 || u.Description != "" {
		return false
	}
	return !given || u.Status == "" && u.Dates == archive.Dates{}
}

// unit reads an archive or an object of one. A document that says nothing of
// its own is the file of the unit it stands in when it is the only one there;
// any other is a unit below it.
func (e *Reader) unit(parent string, top bool, above inherited) error {
	d := described{Unit: archive.Unit{ID: e.id()}}
	line, col, _ := e.nodes.R.Position()
	f := &e.object
	if top {
		f = &e.archive
	}
	var u *archive.Unit
	var waiting *held
	documents := 0
	inForce := above
	unit := func() error {
		if u != nil {
			return nil
		}
		inForce, d.Regimes = above.below(d.Rules)
		d.Extras = append(d.Extras, several(inArchive, "DescriptionLanguage", d.written, e.language, e.version)...)
		if top {
			e.ofMessage(&d)
		}
		plain := d.Unit
		u = &plain
		return e.give(u, parent, line, col)
	}
	// settle says what the waiting document is.
	settle := func(sole bool) error {
		h := waiting
		if waiting = nil; h == nil {
			return nil
		}
		if sole && h.alone(u != nil) {
			if u == nil {
				d.Status, d.Dates.Created, d.Dates.Received, d.Dates.Sent = h.unit.Status, h.unit.Dates.Created, h.unit.Dates.Received, h.unit.Dates.Sent
			}
			if err := unit(); err != nil {
				return err
			}
			h.object.ID = h.unit.ID
			return e.fileOf(h, u.ID)
		}
		if err := unit(); err != nil {
			return err
		}
		du := h.unit
		du.Level, du.Title = archive.Item, impliedTitle(&du, &h.object)
		if err := e.give(&du, u.ID, h.line, h.col); err != nil {
			return err
		}
		h.object.ID = du.ID + objectSuffix
		return e.fileOf(h, du.ID)
	}
	err := e.nodes.Each(func(name *xmlcore.Name) error {
		switch e.local(name) {
		case e.lower:
			if err := settle(documents == 1); err != nil {
				return err
			}
			if err := unit(); err != nil {
				return err
			}
			return e.unit(u.ID, false, inForce)
		case inDocument:
			documents++
			if err := settle(false); err != nil {
				return err
			}
			h, err := e.readDocument()
			waiting = h
			return err
		case inContent:
			return e.nodes.Each(func(*xmlcore.Name) error { return e.put(&e.content, &d) })
		}
		return e.put(f, &d)
	})
	if err == nil {
		err = settle(documents == 1)
	}
	if err == nil {
		err = unit()
	}
	return err
}

// objectSuffix ends the identifier of the file of a document that is a unit:
// the message has one identifier for both.
const objectSuffix = ".o"

func impliedTitle(u *archive.Unit, o *archive.Object) string {
	return cmp.Or(o.Name, u.Description, u.ID)
}

func (e *Reader) put(f *element.Filler[described], d *described) error {
	n, err := e.nodes.Read()
	if err != nil {
		return err
	}
	if x, _ := f.Put(d, n); x != nil {
		d.Extras = append(d.Extras, *x)
	}
	return nil
}

// fileOf gives the file of a unit.
func (e *Reader) fileOf(h *held, of string) error {
	o := h.object
	if sum, ok := e.integrity[o.URI]; ok && len(o.Digests) == 0 {
		o.Digests = []ged.Digest{sum}
		delete(e.integrity, o.URI)
	}
	return e.file(&o, of, h.line, h.col)
}

// ofFile are the elements of a document that are about its file.
var ofFile = []string{"Attachment", "Integrity", "Size", "Type", "OtherMetadata", "RelatedData"}

func (e *Reader) readDocument() (*held, error) {
	h := &held{}
	h.unit.ID = e.id()
	h.line, h.col, _ = e.nodes.R.Position()
	h.object.Usage, h.object.Version = archive.BinaryMaster, 1
	keep := func(x archive.Extra) {
		if slices.Contains(ofFile, x.Name) {
			h.object.Extras = append(h.object.Extras, x)
		} else {
			h.unit.Extras = append(h.unit.Extras, x)
		}
	}
	err := e.nodes.Each(func(*xmlcore.Name) error {
		n, err := e.nodes.Read()
		if err != nil {
			return err
		}
		if x, _ := e.document.Put(&h.document, n); x != nil {
			keep(*x)
		}
		return nil
	})
	for _, x := range several(inDocument, "Type", h.types, contentType, e.version) {
		keep(x)
	}
	return h, err
}

// several gives the extras of an element that is assumed, unless it says what
// is assumed.
func several(in, name string, values []string, assumed string, v element.Version) (out []archive.Extra) {
	if len(values) == 0 || len(values) == 1 && values[0] == assumed {
		return nil
	}
	for _, value := range values {
		n := element.Elem(name, value)
		n.Version = v
		out = append(out, archive.Extra{In: in, Name: name, XML: n.Canonical(v)})
	}
	return out
}

// ofMessage gives the header what the first archive says for the whole
// message. What another archive says otherwise is an extra of its own.
func (e *Reader) ofMessage(d *described) {
	h := &e.pkg.Header
	own := func(x archive.Extra) bool {
		return x.In == inArchive && (x.Name == "ArchivalAgreement" || x.Name == "ArchivalProfile" || x.Name == "ServiceLevel")
	}
	if e.first == nil {
		e.first = map[string]*element.Node{}
		h.Agreement, h.Profile, h.ServiceLevel = d.agreement, d.profile, d.service
		for _, x := range d.Extras {
			if own(x) {
				e.pkg.Extras = append(e.pkg.Extras, x)
			}
		}
		d.Extras = slices.DeleteFunc(d.Extras, own)
		for _, a := range d.Agents {
			if a.Role == ged.Producer {
				h.OriginatingAgency = a.Identity()
				break
			}
		}
		return
	}
	for _, f := range []struct{ name, said, whole string }{
		{"ArchivalAgreement", d.agreement, h.Agreement}, {"ArchivalProfile", d.profile, h.Profile}, {"ServiceLevel", d.service, h.ServiceLevel},
	} {
		if f.said == f.whole {
			continue
		}
		if f.said == "" {
			d.Extras = append(d.Extras, archive.Extra{In: inArchive, Name: f.name}) // not said of this one
			continue
		}
		// With an attribute it is an extra already, made to detail the header.
		found := false
		for i := range d.Extras {
			if x := &d.Extras[i]; own(*x) && x.Name == f.name {
				x.Detail, found = false, true
			}
		}
		if !found {
			n := element.Elem(f.name, f.said)
			n.Version = e.version
			d.Extras = append(d.Extras, archive.Extra{In: inArchive, Name: f.name, XML: n.Canonical(e.version)})
		}
	}
	// Those that detail what the header says are there once already.
	d.Extras = slices.DeleteFunc(d.Extras, func(x archive.Extra) bool { return own(x) && x.Detail })
}
