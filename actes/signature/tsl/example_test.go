package tsl_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsl"
)

// A list that nobody entitled has signed can be looked at, but gives no anchor.
func ExampleRead() {
	const list = `<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"><SchemeInformation>
<TSLVersionIdentifier>5</TSLVersionIdentifier><TSLSequenceNumber>7</TSLSequenceNumber><SchemeTerritory>FR</SchemeTerritory>
<ListIssueDateTime>2024-03-01T00:00:00Z</ListIssueDateTime><NextUpdate><dateTime>2024-09-01T00:00:00Z</dateTime></NextUpdate>
</SchemeInformation></TrustServiceStatusList>`
	var entitled []*trust.Certificate // from the list of lists: lotl.Pointed("FR")
	l, err := tsl.Read(context.Background(), strings.NewReader(list), int64(len(list)), tsl.Options{At: now, Signers: entitled})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(l.Territory, l.Sequence, l.NextUpdate.Year())
	_, err = l.Anchors(tsl.QualifiedCA)
	fmt.Println(err)
	fmt.Println(l.Findings.Has(tsl.RuleUnsigned))
	// Output:
	// FR 7 2024
	// tsl: the trusted list is not accepted
	// true
}
