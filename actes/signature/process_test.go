package signature

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/corpus"
)

// TestProcess runs the three nested processes on facts that another validator
// established: what each of them concludes, and the best signature time. There
// is no disagreement with the reference validator.
func TestProcess(t *testing.T) {
	dir := corpus.Dir(t, "signature")
	cases := 0
	for _, row := range corpus.Expected(t, "signature") {
		if row.Kind != "process" {
			continue
		}
		cases++
		name := filepath.Base(row.Path)
		t.Run(name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, row.Facts["at"])
			if err != nil {
				t.Fatal(err)
			}
			d := readDiagnostic(t, filepath.Join(dir, filepath.FromSlash(row.Path)))
			got := map[string]string{"at": row.Facts["at"]}
			if want := row.Facts["certificate.report"]; want != "" {
				// A file without signatures: the certificate that issued none of the
				// others is the one in question.
				p := &process{at: at, policy: European()}
				c := p.x509(d.leaf(), asCounter, at)
				got["certificate.report"] = c.conclude().String()
			}
			l := d.evidence()
			for i, e := range l {
				suffix := ""
				if len(l) > 1 {
					suffix = "." + strconv.Itoa(i+1)
				}
				v := Judge(e, European(), at)
				basic, long, archival := v.Basic, v.LongTerm, v.Archive
				if long == (Conclusion{}) { // not run: the answer is that of the one before
					long = basic
				}
				if archival == (Conclusion{}) {
					archival = long
				}
				got["final"+suffix] = v.Conclusion.String()
				got["basic"+suffix] = basic.String()
				got["ltv"+suffix] = long.String()
				got["archival"+suffix] = archival.String()
				got["bestTime"+suffix] = v.BestTime.UTC().Format(time.RFC3339)
			}
			if len(got) != len(row.Facts) {
				t.Errorf("%d facts, want %d", len(got), len(row.Facts))
			}
			for k, want := range row.Facts {
				if got[k] != want {
					t.Errorf("%s: %s, want %s", k, got[k], want)
				}
			}
		})
	}
	if cases != 22 {
		t.Errorf("%d cases", cases)
	}
}

// leaf returns the chain of the certificate that issued none of the others.
func (d *diagnostic) leaf() []*Cert {
	issuers := map[string]bool{}
	for i := range d.data.Certificates {
		x := &d.data.Certificates[i]
		issuers[x.Signer.ID] = true
	}
	for i := range d.data.Revocations {
		for _, c := range d.data.Revocations[i].Chain {
			issuers[c.ID] = true
		}
	}
	for i := range d.data.Certificates {
		if x := &d.data.Certificates[i]; !issuers[x.ID] {
			return append([]*Cert{d.certs[x.ID]}, d.chain(&x.diagToken)...)
		}
	}
	return nil
}

// TestRevocationGatheredLater judges at a time before the list was published,
// as one does who gathers the proofs after the signature: the list is heard for
// what it says of that time.
func TestRevocationGatheredLater(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 8, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name    string
		revoked time.Time // zero: the list does not name the certificate
		want    Conclusion
	}{
		{"not listed", time.Time{}, Conclusion{Indication: TotalPassed}},
		{"revoked before the signature", day(9), Conclusion{Indeterminate, RevokedNoPOE}},
		{"revoked after the signature", day(11), Conclusion{Indication: TotalPassed}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fit := trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA256}
			root := &Cert{ID: "root", NotBefore: day(1), NotAfter: day(31), Trusted: true}
			signer := &Cert{ID: "signer", NotBefore: day(1), NotAfter: day(31), SignatureIntact: true, IssuerNameOK: true,
				Algorithm: fit, KeyBits: 3072, KeyUsage: trust.UsageNonRepudiation}
			signer.Revocations = []*Revocation{{ID: "list", ThisUpdate: day(17), ProducedAt: day(17), Intact: true, Delegated: true,
				Algorithm: fit, KeyBits: 3072, Chain: []*Cert{root}, Status: trust.Status{Revoked: !c.revoked.IsZero(), At: c.revoked}}}
			e := &Evidence{SigningTime: day(10), AttributesDone: true, Token: Token{ID: "signature", Chain: []*Cert{signer, root},
				Intact: true, Algorithm: fit, KeyBits: 3072,
				References: []Reference{{Found: true, Intact: true, Digest: trust.SHA256}}}}
			for _, p := range []*Policy{European(), PESHistorique(time.Time{})} {
				if got := Judge(e, p, day(10)).Conclusion; got != c.want {
					t.Errorf("%s: %v, want %v", p.Name, got, c.want)
				}
			}
		})
	}
}
