package tsp_test

import (
	"testing"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsp"
)

// TestRequestRefuses: what cannot be asked is an error, whatever was given.
func TestRequestRefuses(t *testing.T) {
	sum := trust.SHA256.Sum(nil)
	if _, err := (tsp.Request{Digest: trust.SHA256, Imprint: sum, Policy: "1.2.250.1.131.1"}).DER(); err != nil {
		t.Errorf("a right request: %v", err)
	}
	for _, policy := range []string{"1", "3.1", "1.40", "1..2", "1.2.", "1.2.x", "1.2.99999999999999999999", "-1.2", "2.9223372036854775807"} {
		if _, err := (tsp.Request{Digest: trust.SHA256, Imprint: sum, Policy: policy}).DER(); err == nil {
			t.Errorf("policy %q was asked for", policy)
		}
	}
	if _, err := (tsp.Request{Digest: trust.SHA256, Imprint: sum[1:]}).DER(); err == nil {
		t.Error("an imprint of another length was asked for")
	}
}
