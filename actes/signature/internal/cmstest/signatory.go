package cmstest

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"
)

// Kinds of key for [CA.Key].
const (
	RSA     = "rsa"
	P256    = "p256"
	Ed25519 = "ed25519"
	RSA1024 = "rsa1024"
)

// Key makes a key and its certificate, issued by the root of the CA for the
// usage and valid from 2020 to 2030.
func (c *CA) Key(t TB, kind string, usage x509.KeyUsage) (crypto.Signer, *x509.Certificate) {
	t.Helper()
	var k crypto.Signer
	var err error
	switch kind {
	case RSA:
		k, err = rsa.GenerateKey(rand.Reader, 2048)
	case RSA1024:
		k, err = rsa.GenerateKey(rand.Reader, 1024)
	case Ed25519:
		_, k, err = ed25519.GenerateKey(rand.Reader)
	default:
		k = newKey(t)
	}
	if err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{KeyUsage: usage,
		Subject: pkix.Name{CommonName: "signataire " + kind, Organization: []string{"Commune d'essai"}, Country: []string{"FR"}}}
	return k, certify(t, x, k, c.Root, c.rootKey)
}

// Answer is a time-stamping unit: it reads a TimeStampReq and replies with
// a token over what was asked, made at a time.
func (c *CA) Answer(t TB, query []byte, at time.Time) []byte {
	t.Helper()
	var q struct {
		Version int
		Imprint struct {
			Alg  pkix.AlgorithmIdentifier
			Hash []byte
		}
		Nonce   *big.Int `asn1:"optional"`
		CertReq bool     `asn1:"optional"`
	}
	if rest, err := asn1.Unmarshal(query, &q); err != nil || len(rest) > 0 || q.Version != 1 || !q.CertReq {
		t.Fatal("the request cannot be read")
	}
	return Reply(0, c.Stamp(t, Stamp{Hash: q.Imprint.Hash, Alg: q.Imprint.Alg.Algorithm, At: at, Echo: q.Nonce}))
}
