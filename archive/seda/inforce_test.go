package seda

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/corpus"
)

// inForce are the rules in force for the units of two messages of the corpus,
// as their descriptions say or the standard wants: code, start, and for those
// of retention the final action.
var inForce = map[string]map[string]string{
	"sips/ok/OK_RULES_COMPLEXE_COMPLETE.zip": {
		"ID4": "ACC-00002 2000-01-01",
		"ID6": "",
		"ID8": "DIS-00001 2000-01-01, REU-00001 2000-01-01, STO-00001 2000-01-01",
		// Two parents: ID8, which stopped access, and ID20.
		"ID10": "ACC-00002 2002-01-01, REU-00001 2000-01-01",
		"ID16": "ACC-00002 2000-01-01, ACC-00003 2000-01-01",
		"ID18": "ACC-00002 2002-01-01, ACC-00003 2000-01-01",
		"ID20": "ACC-00002 2002-01-01, DIS-00002 2000-01-01",
		"ID24": "ACC-00002 2002-01-01",
		"ID26": "ACC-00002 2002-01-01, ACC-00003 2000-01-01",
		"ID28": "ACC-00004 2000-01-01, ACC-00005 2000-01-01",
		"ID30": "ACC-00004 2002-01-01, ACC-00005 2000-01-01",
		// Two parents: ID30 and ID44; it stops DIS-00002 and says DIS-00001.
		"ID32": "ACC-00001 2000-01-01, DIS-00001 2000-01-01",
		"ID38": "ACC-00002 2000-01-01, DIS-00001 2000-01-01",
		"ID40": "ACC-00002 2000-01-01, DIS-00001 2000-01-01",
		"ID42": "ACC-00003 2000-01-01, DIS-00001 2000-01-01",
		"ID44": "ACC-00003 2000-01-01, DIS-00002 2000-01-01",
		"ID48": "ACC-00002 2002-01-01",
		"ID50": "ACC-00002 2002-01-01, ACC-00003 2000-01-01, APP-00002 2000-01-01 detruire, CLASS-00001 2000-01-01, DIS-00001 2000-01-01, REU-00001 2000-01-01, STO-00001 2000-01-01",
		"ID52": "ACC-00002 2000-01-01, ACC-00003 2000-01-01, APP-00002 2000-01-01 detruire, CLASS-00001 2000-01-01, DIS-00001 2000-01-01, DIS-00002, REU-00001 2000-01-01, STO-00001 2000-01-01",
		"ID58": "ACC-00003 2000-01-01, DIS-00001 2000-01-01",
		"ID60": "ACC-00003 2000-01-01, ACC-00036 2000-01-01, DIS-00001 2000-01-01",
		"ID70": "ACC-00001 2000-01-01, ACC-00003 2000-01-01, DIS-00001 2000-01-01",
		"ID62": "ACC-00001 2000-01-01, ACC-00003 2002-01-01, ACC-00036 2000-01-01, DIS-00001 2000-01-01",
		"ID64": "ACC-00001 2000-01-01, ACC-00003 2002-01-01, ACC-00036 2000-01-01, DIS-00001 2000-01-01",
	},
	"manifests/refnonruleid_and_preventinheritence.xml": {
		"ID3":  "DIS-00003 1950-01-01, R1 1900-01-01, R6 2021-01-01",
		"ID4":  "DIS-00003 1950-01-01, R1 1900-01-01, R6 2021-01-01",
		"ID6":  "APP-00001 1975-01-01 detruire, DIS-00001 1975-01-01, DIS-00003 1950-01-01, R1 1900-01-01, R6 2021-01-01",
		"ID8":  "APP-00001 1975-01-01 detruire, R1 1900-01-01, R6 2021-01-01",
		"ID10": "APP-00001 1975-01-01 detruire, APP-00002 1982-01-01 conserver, R1 1900-01-01, R6 2021-01-01",
		"ID16": "APP-00001 1975-01-01 detruire, APP-00002 1982-01-01 conserver, R1 1900-01-01, R6 2021-01-01",
		// From ID4, which keeps diffusion, and from ID10.
		"ID18": "APP-00001 1975-01-01 detruire, APP-00002 1982-01-01 conserver, DIS-00003 1950-01-01, R1 1900-01-01, R6 2021-01-01",
		"ID24": "APP-00002 1982-01-01 conserver, R1 1900-01-01, R6 2021-01-01",
		"ID28": "APP-00002 1982-01-01 conserver, R1 1900-01-01, R6 2021-01-01",
	},
}

func TestRulesInForceInTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "archive")
	f, err := os.Open(filepath.Join(dir, "referentials", "vitam_regles_exemple.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ref, _, err := archive.ReadReferential(f)
	if err != nil {
		t.Fatal(err)
	}
	messages := 0
	for _, m := range manifests(t) {
		want := inForce[m.name]
		if want == nil {
			continue
		}
		p, _, _ := read(t, m.doc)
		res, err := archive.Resolve(context.Background(), p, ref)
		if err != nil {
			t.Fatal(err)
		}
		met := 0
		for u := range p.Walk() {
			text, ok := want[u.ID]
			if !ok {
				continue
			}
			met++
			e := res.Of(u)
			var got []string
			for _, r := range e.Rules {
				if r.Code != "" {
					got = append(got, strings.TrimSpace(strings.TrimSpace(r.Code+" "+r.Start.String())+" "+string(r.SortFinal)))
				}
			}
			slices.Sort(got)
			if got := strings.Join(got, ", "); got != text {
				t.Errorf("%s %s: %s\nwant %s", m.name, u.ID, got, text)
			}
			if conflict := strings.Contains(text, "detruire") && strings.Contains(text, "conserver"); e.Conflict != conflict {
				t.Errorf("%s %s: conflict %v", m.name, u.ID, e.Conflict)
			}
			if m.name != "manifests/refnonruleid_and_preventinheritence.xml" && u.ID == "ID60" && e.AccessFrom != (ged.Date{Year: 2100, Month: 1, Day: 2}) {
				t.Errorf("%s %s: open from %v", m.name, u.ID, e.AccessFrom)
			}
		}
		if met != len(want) {
			t.Errorf("%s: %d of %d units", m.name, met, len(want))
		}
		messages++
	}
	if messages != len(inForce) {
		t.Errorf("%d messages of %d found", messages, len(inForce))
	}
}
