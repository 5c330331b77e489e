package pes

import (
	"context"
	"io"
	"strings"
	"testing"
)

// BenchmarkSmall reads a mandat, as a service does all day.
func BenchmarkSmall(b *testing.B) {
	doc := depenseXML()
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := Read(context.Background(), strings.NewReader(doc), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLines reads a bordereau of 5 000 mandats, without PJ.
func BenchmarkLines(b *testing.B) {
	doc := depenseXML(`</Piece>`, `</Piece>`+strings.Repeat(depensePieceXML, 5000))
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := Read(context.Background(), strings.NewReader(doc), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPJ reads PJ that do not compress, as scans are.
func BenchmarkPJ(b *testing.B) {
	content := zipped(noise(8 << 20))
	doc := pesPJ(pjXML("A1", content, refComptaXML))
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := Read(context.Background(), strings.NewReader(doc), Options{Contenu: func(*PJ) (io.Writer, error) { return io.Discard, nil }}); err != nil {
			b.Fatal(err)
		}
	}
}

// noise is text without repetition.
func noise(n int) string {
	var b strings.Builder
	x := uint64(88172645463325252)
	for b.Len() < n {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		for i := range 8 {
			b.WriteByte(byte(x >> (8 * i)))
		}
	}
	return b.String()
}

// BenchmarkReading reads PJ that do not compress without judging anything.
func BenchmarkReading(b *testing.B) {
	doc := pesPJ(pjXML("A1", zipped(noise(32<<20)), refComptaXML))
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := Read(context.Background(), strings.NewReader(doc), Options{LectureSeule: true}); err != nil {
			b.Fatal(err)
		}
	}
}
