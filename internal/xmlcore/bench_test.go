package xmlcore

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"sync"
	"testing"
)

// manifest composes a transfer manifest of about mb megabytes: many small
// elements without indentation, French titles, digests, as the exports of
// document management systems are.
func manifest(mb int) []byte {
	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ArchiveTransfer xmlns=\"fr:gouv:culture:archivesdefrance:seda:v2.1\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n<Date>2026-02-03T04:05:06Z</Date><MessageIdentifier>V-1</MessageIdentifier><DataObjectPackage>\n")
	n := 0
	for ; b.Len() < mb<<20/5; n++ {
		fmt.Fprintf(&b, `<DataObjectGroup id="G%d"><BinaryDataObject id="B%d"><DataObjectVersion>BinaryMaster_1</DataObjectVersion><Uri>content/B%d.pdf</Uri><MessageDigest algorithm="SHA-512">%0128x</MessageDigest><Size>%d</Size><FormatIdentification><FormatLitteral>Acrobat PDF 1.4</FormatLitteral><MimeType>application/pdf</MimeType><FormatId>fmt/18</FormatId></FormatIdentification><FileInfo><Filename>annexe-%d.pdf</Filename><LastModified>2025-03-04T09:00:00Z</LastModified></FileInfo></BinaryDataObject></DataObjectGroup>`+"\n", n, n, n, n, 2000+n, n)
	}
	b.WriteString("<DescriptiveMetadata>\n")
	for i := 0; b.Len() < mb<<20; i++ {
		fmt.Fprintf(&b, `<ArchiveUnit id="U%d"><Management><AppraisalRule><Rule>APP-1</Rule><StartDate>2021-01-01</StartDate><FinalAction>Keep</FinalAction></AppraisalRule></Management><Content><DescriptionLevel>Item</DescriptionLevel><Title>Arrêté n° %d du maire réglementant le stationnement</Title><OriginatingAgencyArchiveUnitIdentifier>A%d</OriginatingAgencyArchiveUnitIdentifier><Description>Mesures de circulation prises à l'occasion de la fête communale, pièce %d</Description><Language>fra</Language><TransactedDate>2025-03-04</TransactedDate><StartDate>2025-03-04</StartDate><EndDate>2025-03-05</EndDate></Content>`, i, i, i, i)
		if i < n {
			fmt.Fprintf(&b, "<DataObjectReference><DataObjectGroupReferenceId>G%d</DataObjectGroupReferenceId></DataObjectReference>", i)
		}
		b.WriteString("</ArchiveUnit>\n")
	}
	b.WriteString("</DescriptiveMetadata></DataObjectPackage></ArchiveTransfer>\n")
	return b.Bytes()
}

var bigManifest = sync.OnceValue(func() []byte { return manifest(100) })

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
	doc := manifest(0)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	r := NewReader(nil, Options{})
	for b.Loop() {
		r.Reset(bytes.NewReader(doc), Options{})
		readAll(b, r)
	}
}
