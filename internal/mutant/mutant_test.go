package mutant

import (
	"bytes"
	"context"
	"testing"

	"github.com/liasse/liasse/internal/xmlcore"
)

var sample = []byte(`<p:a xmlns:p="urn:p" p:x="1" y="&quot;&lt;&#10;"><b>1</b> <b>2</b><c z="3"><d/></c>&amp;</p:a>`)

func TestRoundTrip(t *testing.T) {
	n, err := parse(sample)
	if err != nil {
		t.Fatal(err)
	}
	once := n.bytes()
	again, err := parse(once)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(once, again.bytes()) {
		t.Errorf("%s\n%s", once, again.bytes())
	}
}

func TestMake(t *testing.T) {
	opt := Options{Seed: 7, Values: map[string]Pool{"b": {Good: []string{"10", "20"}, Bad: []string{"x"}}}, Foreign: []string{`<f xmlns="urn:f"/>`}}
	make1 := func() []Mutant {
		m, err := New(opt, sample)
		if err != nil {
			t.Fatal(err)
		}
		return m.Make(800)
	}
	all := make1()
	if len(all) != 800 {
		t.Fatalf("%d mutants", len(all))
	}
	ops, touched := map[Op]int{}, map[string]bool{}
	same := 0
	for i, m := range make1() {
		if !bytes.Equal(m.Doc, all[i].Doc) {
			t.Fatal("the same seed gives other mutants")
		}
		ops[m.Op]++
		touched[m.Touched] = true
		if err := xmlcore.Run(context.Background(), xmlcore.NewReader(bytes.NewReader(m.Doc), xmlcore.Options{})); err != nil {
			t.Errorf("%s of %s is not well-formed: %v", m.Op, m.Touched, err)
		}
		if n, _ := parse(sample); bytes.Equal(m.Doc, n.bytes()) {
			same++
		}
	}
	for _, op := range Ops() {
		if ops[op] < 80 {
			t.Errorf("%s: %d of 800", op, ops[op])
		}
	}
	for _, name := range []string{"a", "b", "c", "d", "a/@x", "a/@y", "c/@z"} {
		if !touched[name] {
			t.Errorf("%s is never touched", name)
		}
	}
	if same > 200 {
		t.Errorf("%d of 800 mutants are the document itself", same)
	}
}

func TestNewRefusesWhatIsNotXML(t *testing.T) {
	if _, err := New(Options{}, []byte("<a>")); err == nil {
		t.Error("accepted")
	}
}
