package message

import (
	"bytes"
	"context"
	"testing"
)

func BenchmarkReadActe(b *testing.B) {
	var buf bytes.Buffer
	if err := Write(&buf, samples()[0]); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(buf.Len()))
	b.ReportAllocs()
	var r Reader
	for b.Loop() {
		if _, err := r.Read(context.Background(), bytes.NewReader(buf.Bytes()), Options{Now: presentDay}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteActe(b *testing.B) {
	m := samples()[0]
	b.ReportAllocs()
	for b.Loop() {
		var buf bytes.Buffer
		if err := Write(&buf, m); err != nil {
			b.Fatal(err)
		}
	}
}
