package schema_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/schema"
	"github.com/liasse/liasse/ged/report"
)

// An acknowledgement that does not say who received it.
const acknowledged = `<Acknowledgement xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1">
<Date>2024-06-27T00:00:00</Date><MessageIdentifier>ACK-7</MessageIdentifier>
<MessageReceivedIdentifier>TRF-7</MessageReceivedIdentifier>
<Sender><Identifier>AD21</Identifier></Sender>
</Acknowledgement>`

func ExampleValidate() {
	r, err := schema.Validate(context.Background(), strings.NewReader(acknowledged), schema.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for f := range r.All() {
		fmt.Printf("%s, ligne %d : %s\n", f.Code(), f.Where.Line, f.Message(report.FR))
	}
	// Output:
	// XSD-MISSING, ligne 1 : Dans Acknowledgement, il manque Receiver.
}

// A message is read and judged in one pass.
func ExampleNewValidator() {
	r := report.New(report.Options{})
	m, complete, err := seda.ReadMessage(context.Background(), strings.NewReader(acknowledged),
		seda.ReadOptions{Also: schema.NewValidator(schema.Options{}, r)}, r)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.RequestID, complete, r.Valid())
	// Output:
	// TRF-7 true false
}
