package xmlcore

import (
	"bytes"
	"encoding/xml"
	"io"
	"sync"
	"testing"

	"github.com/liasse/liasse/internal/sedatest"
)

// bigManifest is a transfer of about a hundred megabytes.
var bigManifest = sync.OnceValue(func() []byte { return sedatest.Transfer(100 << 20 / sedatest.UnitSize) })

func readAll(b testing.TB, r *Reader) (n int) {
	for {
		_, err := r.Next()
		if err == io.EOF {
			return n
		}
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
}

// BenchmarkReader and BenchmarkEncodingXML read the same manifest; the first
// is to be at least three times as fast.
func BenchmarkReader(b *testing.B) {
	doc := bigManifest()
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	r := NewReader(nil, Options{})
	for b.Loop() {
		r.Reset(bytes.NewReader(doc), Options{})
		readAll(b, r)
	}
}

func BenchmarkEncodingXML(b *testing.B) {
	doc := bigManifest()
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		d := xml.NewDecoder(bytes.NewReader(doc))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkReaderLatin1 reads the manifest transcoded, with a declaration that
// says so.
func BenchmarkReaderLatin1(b *testing.B) {
	doc := []byte("<?xml version='1.0' encoding='ISO-8859-1'?>")
	_, body, _ := bytes.Cut(bigManifest(), []byte("?>"))
	for _, c := range string(body) {
		doc = append(doc, byte(c))
	}
	b.SetBytes(int64(len(doc)))
	r := NewReader(nil, Options{})
	for b.Loop() {
		r.Reset(bytes.NewReader(doc), Options{})
		readAll(b, r)
	}
}

// BenchmarkReaderText reads one huge text, as a message with a document inside.
func BenchmarkReaderText(b *testing.B) {
	doc := []byte("<a>" + string(bytes.Repeat([]byte("JVBERi0xLjQKJcfsj6IKNSAwIG9iago8PC9MZW5ndGggNiAwIFIvRmlsdGVyIC9GbGF0ZURlY29k\n"), 1<<20/79*50)) + "</a>")
	b.SetBytes(int64(len(doc)))
	r := NewReader(nil, Options{})
	for b.Loop() {
		r.Reset(bytes.NewReader(doc), Options{})
		readAll(b, r)
	}
}

// BenchmarkReaderSmall reads a message of a few kilobytes again and again.
func BenchmarkReaderSmall(b *testing.B) {
	doc := sedatest.Transfer(4)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	r := NewReader(nil, Options{})
	for b.Loop() {
		r.Reset(bytes.NewReader(doc), Options{})
		readAll(b, r)
	}
}
