package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/xades"
)

// TestTrustedListGivesAnchors: a list given to -trust is proved by the certificates
// beside it, and its anchors keep their sunset; a list that is not proved stops
// the program.
func TestTrustedListGivesAnchors(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Liste d'essai"}, KeyUsage: x509.KeyUsageContentCommitment,
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2035, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := trust.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	list := `<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" Id="TL"><SchemeInformation><TSLVersionIdentifier>5</TSLVersionIdentifier>` +
		`<ListIssueDateTime>2024-03-01T00:00:00Z</ListIssueDateTime><NextUpdate><dateTime>2024-09-01T00:00:00Z</dateTime></NextUpdate></SchemeInformation>` +
		`<TrustServiceProviderList><TrustServiceProvider><TSPServices><TSPService><ServiceInformation><ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/CA/QC</ServiceTypeIdentifier>` +
		`<ServiceDigitalIdentity><DigitalId><X509Certificate>` + base64.StdEncoding.EncodeToString(der) + `</X509Certificate></DigitalId></ServiceDigitalIdentity>` +
		`<ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn</ServiceStatus><StatusStartingTime>2020-01-01T00:00:00Z</StatusStartingTime></ServiceInformation>` +
		`<ServiceHistory><ServiceHistoryInstance><ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/CA/QC</ServiceTypeIdentifier>` +
		`<ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted</ServiceStatus><StatusStartingTime>2017-01-01T00:00:00Z</StatusStartingTime>` +
		`</ServiceHistoryInstance></ServiceHistory></TSPService></TSPServices></TrustServiceProvider></TrustServiceProviderList></TrustServiceStatusList>`
	var signed bytes.Buffer
	if err := xades.Sign(t.Context(), xades.Bytes([]byte(list)), &signed, signature.Signatory{Key: key, Certificate: der},
		xades.SignOptions{Time: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	signer := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	args := func(path string) []string { return []string{"-at", "2024-10-01T00:00:00Z", "-trust", path, "f"} }

	path := write("liste.xml", signed.Bytes())
	if _, _, err := parse(args(path), io.Discard); err == nil {
		t.Error("accepted without its signers")
	}
	write("liste.xml.pem", signer)
	var said strings.Builder
	set, _, err := parse(args(path), &said)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "01/09/2024") {
		t.Errorf("nothing says that the list is out of date: %s", said.String())
	}
	opt, err := signature.FromInspect(t.Context(), set.opt)
	if err != nil {
		t.Fatal(err)
	}
	if a, ok := opt.Store.Anchor(cert); !ok || !a.Sunset.Equal(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("anchor %v, sunset %v", ok, a.Sunset)
	}

	changed := write("autre.xml", bytes.Replace(signed.Bytes(), []byte("/withdrawn"), []byte("/granted"), 1))
	write("autre.xml.pem", signer)
	if _, _, err := parse(args(changed), io.Discard); err == nil {
		t.Error("accepted although it was changed")
	}

	// In a folder it is read as it is by itself, beside other anchors; who signed
	// it is no anchor.
	dir = t.TempDir()
	write("liste.xml", signed.Bytes())
	write("liste.xml.pem", signer)
	said.Reset()
	if set, _, err = parse(args(dir), &said); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "01/09/2024") {
		t.Errorf("nothing says that the list of the folder is out of date: %s", said.String())
	}
	if opt, err = signature.FromInspect(t.Context(), set.opt); err != nil {
		t.Fatal(err)
	}
	a, ok := opt.Store.Anchor(cert)
	if !ok || opt.Store.Len() != 1 || a.Trusted(time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)) || !a.Trusted(time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC)) ||
		a.Trusted(time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%d anchors, periods %v", opt.Store.Len(), a.Periods)
	}
	write("autre.xml", bytes.Replace(signed.Bytes(), []byte("/withdrawn"), []byte("/granted"), 1))
	if _, _, err := parse(args(dir), io.Discard); err == nil {
		t.Error("a folder with a list that nobody signs is accepted")
	}
	write("autre.xml.pem", signer)
	if _, _, err := parse(args(dir), io.Discard); err == nil {
		t.Error("a folder with a list that was changed is accepted")
	}
}
