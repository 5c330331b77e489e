package pki_test

import (
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/connectors/pki"
)

// BenchmarkValidate judges a small CAdES signature: without a network, and with
// a fetcher whose cache knows all the answers.
func BenchmarkValidate(b *testing.B) {
	a := newAuthority()
	defer a.Close()
	file := a.sign()
	k := &clock{t: now}
	c, err := pki.New(pki.Options{Allow: here, Cache: pki.NewCache(k.now, pki.CacheOptions{})})
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]signature.Fetcher{"offline": nil, "cache": c} {
		b.Run(name, func(b *testing.B) {
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					r, err := cades.Validate(b.Context(), file, signature.Options{At: now, Store: a.store, Fetcher: f})
					if err != nil || r.Verdicts[0].Trusted != (f != nil) {
						b.Error(err, r.Verdicts[0].Conclusion)
					}
				}
			})
			b.ReportMetric(float64(a.hits.Load()), "requests")
		})
	}
}
