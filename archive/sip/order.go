package sip

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// A platform reads a package as a stream: header of an entry, its content, the
// next header. We read it by the central directory at its end. What is verified
// is what the platform takes only if both ways meet the same entries, so the
// entries must lie one after the other from the first byte to the directory,
// each behind a header that names it as the directory does.

const (
	localSignature      = "PK\x03\x04"
	descriptorSignature = "PK\x07\x08"
	centralSignature    = "PK\x01\x02"
)

// inOrder checks that, and reports the first place where it is not so. The
// error is the context's or the disk's.
func (v *verifier) inOrder(files []*zip.File) error {
	type body struct {
		f  *zip.File
		at int64
	}
	v.src.near = &window{}
	defer func() { v.src.near = nil }()
	bodies := make([]body, 0, len(files))
	lie := func(f *zip.File, at int64, fr, en string) error {
		where := report.Location{At: true, Offset: at}
		if f != nil {
			where.Member = container.Show(f.Name)
		}
		v.report.AddAs(report.Error, report.CtnFormat, where, report.P("format", "zip"), report.Words("detail", fr, en))
		return nil
	}
	for _, f := range files {
		at, err := f.DataOffset()
		if v.src.failure() != nil || v.ctx.Err() != nil {
			return errors.Join(v.src.failure(), v.ctx.Err())
		}
		if err != nil {
			return lie(f, 0, "une entrée n'a pas d'en-tête là où le répertoire l'annonce", "an entry has no header where the directory says")
		}
		bodies = append(bodies, body{f, at})
	}
	slices.SortFunc(bodies, func(a, b body) int {
		if a.at != b.at {
			return int(min(max(a.at-b.at, -1), 1))
		}
		return bytes.Compare([]byte(a.f.Name), []byte(b.f.Name))
	})
	var head [30]byte
	pos := int64(0)
	for _, b := range bodies {
		if _, err := v.src.ReadAt(head[:], pos); v.src.failure() != nil || v.ctx.Err() != nil {
			return errors.Join(v.src.failure(), v.ctx.Err())
		} else if err != nil || string(head[:4]) != localSignature {
			return lie(b.f, pos, "des entrées se recouvrent, ou des données sont cachées entre elles", "entries overlap, or data are hidden between them")
		}
		nameLen := int64(binary.LittleEndian.Uint16(head[26:]))
		if pos+30+nameLen+int64(binary.LittleEndian.Uint16(head[28:])) != b.at {
			return lie(b.f, pos, "des entrées se recouvrent, ou une entrée est absente du répertoire", "entries overlap, or an entry is missing from the directory")
		}
		name := make([]byte, nameLen)
		if _, err := v.src.ReadAt(name, pos+30); v.src.failure() != nil {
			return v.src.failure()
		} else if err != nil || string(name) != b.f.Name || binary.LittleEndian.Uint16(head[8:]) != b.f.Method {
			return lie(b.f, pos, "l'en-tête d'une entrée contredit le répertoire", "the header of an entry contradicts the directory")
		}
		if b.f.CompressedSize64 > uint64(v.size) {
			return lie(b.f, pos, "une entrée dépasse la fin du fichier", "an entry goes beyond the end of the file")
		}
		pos = b.at + int64(b.f.CompressedSize64)
		if b.f.Flags&8 != 0 {
			pos = v.afterDescriptor(pos)
		}
	}
	if _, err := v.src.ReadAt(head[:4], pos); v.src.failure() != nil {
		return v.src.failure()
	} else if len(bodies) > 0 && (err != nil || string(head[:4]) != centralSignature) {
		return lie(nil, pos, "des données sont cachées avant le répertoire", "data are hidden before the directory")
	}
	return nil
}

// afterDescriptor returns where the data descriptor at pos ends: with or
// without signature, its sizes of four or eight bytes (APPNOTE §4.3.9), only
// what follows tells which.
func (v *verifier) afterDescriptor(pos int64) int64 {
	var b [28]byte
	n, _ := v.src.ReadAt(b[:], pos)
	for _, length := range []int{16, 24, 12, 20} {
		signed := length == 16 || length == 24
		if n < length+4 || signed != (string(b[:4]) == descriptorSignature) {
			continue
		}
		switch string(b[length : length+4]) {
		case localSignature, centralSignature:
			return pos + int64(length)
		}
	}
	return pos
}
