package envelope_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/envelope"
)

// BenchmarkValidate20K validates an envelope of 20 KB as an operator receives
// it: gunzip, tar, XML, names, rules, PDF check and digests, on all cores.
func BenchmarkValidate20K(b *testing.B) {
	e := simple()
	e.Messages[0].Fichiers[0] = piece("99_DE", noise(18_000))
	data, w := write(b, e)
	if len(data) < 18_000 || len(data) > 22_000 {
		b.Fatalf("the envelope has %d bytes", len(data))
	}
	opt := envelope.Options{Name: w.Nom.String(), Now: atThatTime.Now, Trigramme: "abc", Quadrigramme: "TACT", Autorite: &e.Emetteur}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		r := bytes.NewReader(nil)
		for pb.Next() {
			r.Reset(data)
			_, rep, err := envelope.Read(context.Background(), r, opt)
			if err != nil || rep.Total() != 0 {
				b.Error(err, lines(rep))
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "envelopes/s")
}

// BenchmarkWrite150MB writes an envelope of the largest size.
func BenchmarkWrite150MB(b *testing.B) {
	e := simple()
	e.Messages[0].Fichiers = []envelope.Piece{{Nom: "a.pdf", Typologie: "99_DE", Contenu: newLazyPDF(149_000_000)}}
	b.SetBytes(149_000_000)
	for b.Loop() {
		if _, err := envelope.Write(context.Background(), io.Discard, e, envelope.WriteOptions{Check: atThatTime}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseFileName(b *testing.B) {
	name := strings.Clone("99_DE-034-123456782-20240627-D2024_042-DE-1-1_1.pdf")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := envelope.ParseFileName(name); err != nil {
			b.Fatal(err)
		}
	}
}
