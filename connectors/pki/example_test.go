package pki_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/connectors/pki"
)

// A program makes one client with one cache, and gives it to every validation
// that may use the network.
func Example() {
	authority := newAuthority() // of the example: on loopback, at a time long past
	defer authority.Close()
	file := authority.sign()

	cache := pki.NewCache(time.Now, pki.CacheOptions{})
	client, err := pki.New(pki.Options{
		Cache: cache,
		Allow: here, // not needed for authorities of the Internet
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	opt := signature.Options{At: now, Store: authority.store}

	alone, _ := cades.Validate(context.Background(), file, opt)
	fmt.Println(alone.Verdicts[0].Conclusion)

	opt.Fetcher = client
	opt.Fetching.Nonce = rand.Reader // for one file; not for a million
	asked, _ := cades.Validate(context.Background(), file, opt)
	fmt.Println(asked.Verdicts[0].Conclusion)
	for _, a := range asked.Fetched.Asked {
		fmt.Println("-", a.Wanted, a.Host, a.Outcome)
	}

	// What was obtained is kept with the file, and judges it again in ten years.
	again, _ := cades.Validate(context.Background(), file, opt.With(asked.Fetched))
	fmt.Println(again.Verdicts[0].Conclusion, len(again.Fetched.Asked))
	// Output:
	// INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND
	// TOTAL-PASSED
	// - issuer 127.0.0.1 obtained
	// - crl 127.0.0.1 obtained
	// - ocsp 127.0.0.1 obtained
	// TOTAL-PASSED 0
}
