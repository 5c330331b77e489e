package seda

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Inventory is what an ArchiveTransfer of SEDA 2.x says it holds: enough to
// compare it with the files that came with it.
type Inventory struct {
	// Root is the local name of the root element and Version that of its
	// namespace, "" when it is none of SEDA's.
	Root              string
	Version           Version
	MessageID         string
	Agreement         string
	OriginatingAgency string
	// Units counts the units described; Groups the groups of objects, an object
	// outside any group being one of its own.
	Units, Groups int
	// Objects are the binary objects, in the order written; Physical counts the
	// others.
	Objects  []Declared
	Physical int
}

// Declared is a binary object as a message declares it.
type Declared struct {
	ID, URI string
	// Algorithm and Digest are as written, without blanks around them.
	Algorithm, Digest string
	Size              int64 // -1 when not given or not a number
	Where             report.Location
}

// ReadInventory reads the message and adds to the report what makes it
// unreadable; member is the name the message has in its package. complete is
// false when the reading had to stop. The error is one of src or of the
// context.
func ReadInventory(ctx context.Context, src io.Reader, member string, rep *report.Report) (inv *Inventory, complete bool, err error) {
	p := &inventoryReader{inv: &Inventory{}}
	p.scanner = scanner{start: p.start, end: p.end}
	complete, err = p.run(ctx, src, member, rep)
	if err != nil {
		return nil, false, fmt.Errorf("seda: read the manifest: %w", err)
	}
	return p.inv, complete, nil
}

type inventoryReader struct {
	scanner
	inv *Inventory
	own bool // the open object names a group or is in one
}

func (p *inventoryReader) start(r *xmlcore.Reader) {
	inv := p.inv
	if len(p.stack) == 1 {
		inv.Root, inv.Version = p.at(0), VersionOf(r.Name().Space)
	}
	switch name := p.at(0); name {
	case "ArchiveUnit":
		inv.Units++
	case "DataObjectGroup":
		inv.Groups++
	case "PhysicalDataObject", "BinaryDataObject":
		p.own = p.at(1) == "DataObjectGroup"
		if name == "PhysicalDataObject" {
			inv.Physical++
			return
		}
		id, _ := r.Attr("", "id")
		where := r.Location()
		inv.Objects = append(inv.Objects, Declared{ID: p.keep(string(id)), Size: -1, Where: where})
		p.keep(where.Path)
	case "MessageDigest":
		if d := p.object(); d != nil {
			a, _ := r.Attr("", "algorithm")
			d.Algorithm = p.keep(string(a))
		}
	}
}

// object returns the binary object the element at hand is a child of, or nil.
func (p *inventoryReader) object() *Declared {
	if n := len(p.inv.Objects); n > 0 && p.at(1) == "BinaryDataObject" {
		return &p.inv.Objects[n-1]
	}
	return nil
}

func (p *inventoryReader) end(text string) {
	inv := p.inv
	name, parent := p.at(0), p.at(1)
	switch name {
	case "ArchiveUnitRefId":
		if parent == "ArchiveUnit" { // a reference, not a description
			inv.Units--
		}
	case "BinaryDataObject", "PhysicalDataObject":
		if !p.own { // alone: a group of its own
			inv.Groups++
		}
	case "DataObjectGroupId":
		if parent == "BinaryDataObject" || parent == "PhysicalDataObject" {
			if !p.own {
				inv.Groups++
			}
			p.own = true
		}
	case "DataObjectGroupReferenceId":
		if parent == "BinaryDataObject" || parent == "PhysicalDataObject" {
			p.own = true
		}
	case "Uri":
		if d := p.object(); d != nil {
			d.URI = p.keep(text)
		}
	case "MessageDigest":
		if d := p.object(); d != nil {
			d.Digest = p.keep(text)
		}
	case "Size":
		if d := p.object(); d != nil {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
				d.Size = n
			}
		}
	case "MessageIdentifier":
		if len(p.stack) == 2 {
			inv.MessageID = p.keep(text)
		}
	case "ArchivalAgreement":
		if len(p.stack) == 2 {
			inv.Agreement = p.keep(text)
		}
	case "OriginatingAgencyIdentifier":
		if parent == "ManagementMetadata" {
			inv.OriginatingAgency = p.keep(text)
		}
	}
}
