package asic

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Type is the type of a container.
type Type string

// The types.
const (
	Simple       Type = "ASiC-S"
	Extended     Type = "ASiC-E"
	OpenDocument Type = "OpenDocument"
)

// Limits of one container.
const (
	maxSignatureFiles = 200
	maxSignatureSize  = 64 << 20 // octets of one
	maxSignatureSum   = 128 << 20
	maxSigners        = 1000
	maxReferences     = 1 << 20 // of all signers together
	maxManifestSize   = 4 << 20
	maxMimetype       = 256
	maxShared         = 1000 // lists and responses lent
	meta              = "META-INF/"
)

// box is an open container.
type box struct {
	ctx     context.Context
	r       io.ReaderAt
	rep     *Report
	zip     *container.Zip
	typ     Type
	refused bool
	members map[string]*member
	order   []*member // by their place in the directory
}

// member is a file of the container. It is [signature.Octets].
type member struct {
	*container.ZipEntry
	b       *box
	content *signature.Content
	signed  bool
	broken  bool
	inner   []string // the names in the zip it is, once listed
	listed  bool
}

// Open implements [signature.Octets]. A body that is not what the directory
// says ends early, which a finding says: it is then not what was signed.
func (m *member) Open() (io.ReadCloser, error) {
	r, err := m.ZipEntry.Open()
	if err != nil {
		if container.ZipFault(err) {
			m.fault()
			return io.NopCloser(bytes.NewReader(nil)), nil
		}
		return nil, err
	}
	return &body{m, r}, nil
}

func (m *member) fault() {
	if !m.broken {
		m.broken = true
		m.b.rep.Findings.Add(report.CtnCRC, report.Location{Member: container.Show(m.Name)}, report.P("entry", container.Show(m.Name)))
	}
}

type body struct {
	m *member
	r io.ReadCloser
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF && container.ZipFault(err) {
		b.m.fault()
		err = io.EOF
	}
	return n, err
}

func (b *body) Close() error { return b.r.Close() }

// octets reads a small member whole. ok is false when it is larger than the
// limit.
func (m *member) octets(limit int64) (b []byte, ok bool, err error) {
	if m.Size > limit {
		return nil, false, nil
	}
	r, err := m.Open()
	if err != nil {
		return nil, false, err
	}
	defer r.Close()
	b, err = io.ReadAll(r)
	return b, err == nil, err
}

// open reads the directory of the container and says of what type it is.
func open(ctx context.Context, r io.ReaderAt, size int64, rep *Report) (*box, error) {
	z, err := container.OpenZip(ctx, r, size, container.ZipOptions{Report: rep.Findings})
	if err != nil {
		return nil, err
	}
	b := &box{ctx: ctx, r: r, rep: rep, zip: z, members: map[string]*member{}}
	for _, e := range z.Entries {
		if e.Refused {
			b.refused = true
			continue
		}
		if e.Folder {
			continue
		}
		m := &member{ZipEntry: e, b: b}
		m.content = signature.NewContentOf(e.Name, m)
		b.members[e.Name] = m
		b.order = append(b.order, m)
	}
	if b.refused {
		rep.Findings.Add(RuleRefused, report.Location{})
	}
	return b, b.kind()
}

// kind finds the type: as the mimetype says, else the comment of the zip, else
// what the files say.
func (b *box) kind() error {
	says := ""
	m := b.members["mimetype"]
	if m != nil {
		raw, ok, err := m.octets(maxMimetype)
		if err != nil {
			return err
		}
		if ok {
			says = strings.TrimSpace(strings.TrimPrefix(string(raw), "\xEF\xBB\xBF"))
		}
		if b.zip.Entries[0] != m.ZipEntry || !m.Stored || m.Extra {
			b.rep.Findings.Add(RuleMimetypePlace, report.Location{Member: "mimetype"})
		}
	} else {
		b.rep.Findings.Add(RuleMimetype, report.Location{})
		if c, ok := strings.CutPrefix(b.zip.Comment, "mimetype="); ok {
			says = strings.TrimSpace(c)
		}
	}
	switch {
	case says == "application/vnd.etsi.asic-s+zip":
		b.typ = Simple
	case says == "application/vnd.etsi.asic-e+zip":
		b.typ = Extended
	case strings.HasPrefix(says, "application/vnd.oasis.opendocument."):
		b.typ = OpenDocument
	default:
		if says != "" {
			b.rep.Findings.Add(RuleMimetypeWrong, report.Location{})
		}
		b.typ = b.guess()
	}
	return nil
}

func (b *box) guess() Type {
	if b.members[meta+"documentsignatures.xml"] != nil {
		return OpenDocument
	}
	for _, n := range []string{"signature.p7s", "signatures.xml", "timestamp.tst", "evidencerecord.ers", "evidencerecord.xml"} {
		if b.members[meta+n] != nil && len(b.data()) == 1 {
			return Simple
		}
	}
	return Extended
}

// data lists the files that may be signed.
func (b *box) data() []*member {
	var l []*member
	for _, m := range b.order {
		if m.Name != "mimetype" && !strings.HasPrefix(m.Name, meta) {
			l = append(l, m)
		}
	}
	return l
}

// part is what a file under META-INF is for.
type part uint8

const (
	other part = iota
	cms        // a CMS signature
	xml        // XML signatures
	stamp      // a timestamp
	manifest
	archiveManifest
	evidence
)

// partOf tells what a file is for, by its name (EN 319 162-1 §4.3.3, §4.4.3,
// §4.4.4).
func partOf(name string) part {
	base, ok := strings.CutPrefix(name, meta)
	if !ok {
		return other
	}
	base = path.Base(base)
	is := func(word, ext string) bool { return strings.Contains(base, word) && strings.HasSuffix(base, ext) }
	switch {
	case is("ASiCArchiveManifest", ".xml"):
		return archiveManifest
	case is("ASiCEvidenceRecordManifest", ".xml"):
		return other
	case is("ASiCManifest", ".xml"):
		return manifest
	case is("signature", ".p7s"):
		return cms
	case is("signatures", ".xml"):
		return xml
	case is("timestamp", ".tst"):
		return stamp
	case is("evidencerecord", ".ers"), is("evidencerecord", ".xml"):
		return evidence
	}
	return other
}

// archived lists the files inside the zip that an ASiC-S holds when several
// files are signed.
func (b *box) archived(m *member) ([]string, error) {
	if b.typ != Simple || m.listed {
		return m.inner, nil
	}
	m.listed = true
	var data io.ReaderAt
	switch {
	case m.Stored:
		data = io.NewSectionReader(b.r, m.Offset, m.Size)
	default:
		raw, ok, err := m.octets(maxSignatureSize)
		if err != nil || !ok {
			return nil, err
		}
		data = bytes.NewReader(raw)
	}
	var head [4]byte
	if n, _ := data.ReadAt(head[:], 0); n < 4 || string(head[:2]) != "PK" {
		return nil, nil
	}
	z, err := container.OpenZip(b.ctx, data, m.Size, container.ZipOptions{Report: report.New(report.Options{})})
	if err != nil {
		if errors.Is(err, container.ErrZip) {
			return nil, nil
		}
		return nil, err
	}
	for _, e := range z.Entries {
		if !e.Folder && !e.Refused && len(m.inner) < 10000 {
			m.inner = append(m.inner, e.Name)
		}
	}
	return m.inner, nil
}
