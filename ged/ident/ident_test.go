package ident_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/ident"
	"github.com/liasse/liasse/internal/corpus"
)

// vectors reads the rows of a table of the civil status corpus.
func vectors(t *testing.T, name string) [][]string {
	b, err := os.ReadFile(filepath.Join(corpus.Dir(t, "civilstatus-hr"), "tables", name))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) < 5 {
		t.Fatalf("%s has %d lines", name, len(lines))
	}
	var rows [][]string
	for _, l := range lines[1:] {
		rows = append(rows, strings.Split(strings.TrimRight(l, "\r"), "\t"))
	}
	return rows
}

func TestSIRENAndSIRETVectors(t *testing.T) {
	for i, r := range vectors(t, "siren-siret-vectors.tsv") {
		valid := ident.ValidSIREN(r[0])
		if len(r[0]) == 14 {
			valid = ident.ValidSIRET(r[0])
		}
		if valid != (r[1] == "valid") {
			t.Errorf("line %d: valid = %t, the table says %s (%s)", i+2, valid, r[1], r[2])
		}
	}
}

func TestNIRVectors(t *testing.T) {
	for i, r := range vectors(t, "nir-vectors.tsv") {
		n, err := ident.ParseNIR(r[0])
		switch r[2] {
		case "valid":
			if err != nil {
				t.Errorf("line %d: %v", i+2, err)
				continue
			}
			if n.Key() != r[1] {
				t.Errorf("line %d: key %s, the table says %s", i+2, n.Key(), r[1])
			}
			if _, err := ident.ParseNIR(r[0] + r[1]); err != nil {
				t.Errorf("line %d with its key: %v", i+2, err)
			}
		case "rejected-by-DSN":
			if !errors.Is(err, ident.ErrNines) {
				t.Errorf("line %d: %v, want ErrNines", i+2, err)
			}
		default:
			if err == nil {
				t.Errorf("line %d accepted, the table says %s", i+2, r[3])
			}
		}
	}
}

func TestReasons(t *testing.T) {
	siren := func(s string) error { _, err := ident.ParseSIREN(s); return err }
	siret := func(s string) error { _, err := ident.ParseSIRET(s); return err }
	nir := func(s string) error { _, err := ident.ParseNIR(s); return err }
	dep := func(s string) error { _, err := ident.ParseDepartement(s); return err }
	com := func(s string) error { _, err := ident.ParseCommune(s); return err }
	for _, c := range []struct {
		what  string
		parse func(string) error
		in    string
		want  error
	}{
		{"SIREN", siren, "732 829 320", nil},
		{"SIREN with no-break blanks", siren, "732\u00a0829\u202f320", nil},
		{"SIREN too short", siren, "73282932", ident.ErrLength},
		{"SIREN with a letter", siren, "73282932O", ident.ErrCharacter},
		{"SIREN of another script's digits", siren, "٧٣٢٨٢٩٣٢٠", ident.ErrCharacter},
		{"SIREN key", siren, "732829321", ident.ErrKey},
		{"SIREN of zeros", siren, "000000000", ident.ErrZeros},
		{"SIRET", siret, "732 829 320 00074", nil},
		{"SIRET of zeros", siret, "00000000000000", ident.ErrZeros},
		{"SIRET right in all but its SIREN", siret, "73282932100000", ident.ErrKey},
		{"SIRET of La Poste by Luhn only", siret, "35600000000014", ident.ErrKey},
		{"empty SIRET", siret, "", ident.ErrLength},
		{"NIR with dashes, small letter and key", nir, "1-85-07-2b-123-045 18", nil},
		{"NIR with a wrong key", nir, "185072B12304519", ident.ErrKey},
		{"NIR with half a key", nir, "185072B1230451", ident.ErrLength},
		{"provisional NIR", nir, "7850701004045", ident.ErrProvisional},
		{"NIR of no sex", nir, "3850701004045", ident.ErrSexe},
		{"NIR month", nir, "1851301004045", ident.ErrMois},
		{"NIR month 43", nir, "1854301004045", ident.ErrMois},
		{"NIR département", nir, "1850700004045", ident.ErrDepartement},
		{"NIR 1A", nir, "185071A123045", ident.ErrDepartement},
		{"NIR letter elsewhere", nir, "18507A2123045", ident.ErrCharacter},
		{"NIR commune", nir, "1850701000045", ident.ErrCommune},
		{"NIR order", nir, "1850701004000", ident.ErrOrdre},
		{"département", dep, "34", nil},
		{"padded département", dep, "02a", nil},
		{"overseas", dep, "974", nil},
		{"département 20, no more", dep, "20", ident.ErrDepartement},
		{"département 96", dep, "96", ident.ErrDepartement},
		{"département 00", dep, "00", ident.ErrDepartement},
		{"département of one digit", dep, "1", ident.ErrLength},
		{"département 2C", dep, "2C", ident.ErrCharacter},
		{"commune", com, "01004", nil},
		{"commune of Corsica", com, "2b033", nil},
		{"arrondissement of Paris", com, "75120", nil},
		{"commune abroad", com, "99126", nil},
		{"commune 20xxx", com, "20004", ident.ErrDepartement},
		{"commune 00xxx", com, "00123", ident.ErrDepartement},
		{"commune xx000", com, "34000", ident.ErrCommune},
		{"commune letter elsewhere", com, "3A123", ident.ErrCharacter},
		{"commune of four", com, "1004", ident.ErrLength},
	} {
		err := c.parse(c.in)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
		if typed := (*ident.Error)(nil); err != nil && !errors.As(err, &typed) {
			t.Errorf("%s: the error is no *ident.Error", c.what)
		}
		if err != nil && len(c.in) > 3 && strings.Contains(err.Error(), c.in) {
			t.Errorf("%s: the error quotes the value", c.what)
		}
	}
}

func TestValidDemandsTheCanonicalForm(t *testing.T) {
	for what, ok := range map[string]bool{
		"spaced SIREN":            ident.ValidSIREN("732 829 320"),
		"spaced SIRET":            ident.ValidSIRET("732829320 00074"),
		"spaced NIR":              ident.ValidNIR("1850701004045 20"),
		"NIR with a small letter": ident.ValidNIR("185072b123045"),
		"padded département":      ident.ValidDepartement("034"),
		"small département":       ident.ValidDepartement("2a"),
		"small commune":           ident.ValidCommune("2a004"),
	} {
		if ok {
			t.Errorf("%s is accepted", what)
		}
	}
	if !ident.ValidNIR("185072B123045") || !ident.ValidNIR("185072B12304518") {
		t.Error("a canonical NIR is refused")
	}
}

func TestForms(t *testing.T) {
	siret, err := ident.ParseSIRET("73282932000074")
	if err != nil {
		t.Fatal(err)
	}
	nir, err := ident.ParseNIR("185072B123045")
	if err != nil {
		t.Fatal(err)
	}
	com, _ := ident.ParseCommune("97411")
	dep, _ := ident.ParseDepartement("02A")
	for _, c := range []struct{ what, got, want string }{
		{"SIRET in groups", siret.Grouped(), "732 829 320 00074"},
		{"SIREN of a SIRET", string(siret.SIREN()), "732829320"},
		{"NIC", siret.NIC(), "00074"},
		{"VAT number", ident.SIREN("404833048").TVA(), "FR83404833048"},
		{"NIR in groups", nir.Grouped(), "1 85 07 2B 123 045 18"},
		{"département of a commune", string(com.Departement()), "974"},
		{"canonical département", string(dep), "2A"},
		{"padded", dep.Padded(), "02A"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
		}
	}
	if k, ok := ident.SIREN("73282932").Key(); !ok || k != '0' {
		t.Errorf("key %c %t", k, ok)
	}
}

func TestNIRDoesNotPrint(t *testing.T) {
	n, err := ident.ParseNIR("2850701004045")
	if err != nil {
		t.Fatal(err)
	}
	j, err := json.Marshal(struct{ N ident.NIR }{n})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		fmt.Sprint(n), fmt.Sprintf("%v %+v %#v %s %q %x %X %d %c", n, n, n, n, n, n, n, n, n),
		fmt.Sprintf("%v %+v %#v", &n, []ident.NIR{n}, struct{ N ident.NIR }{n}), string(j), fmt.Sprintf("%d", &n),
	} {
		for _, leak := range []string{"850701", "50 56 53", "32383530", "0x32", "2, 8"} {
			if strings.Contains(s, leak) {
				t.Errorf("a verb prints the number")
			}
		}
	}
}

func FuzzIdent(f *testing.F) {
	for _, s := range []string{"", "732829320", "35600000049837", "185072B12304518", "2A004", "971", "1 85 07", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := ident.ParseSIREN(s); err == nil && (!ident.ValidSIREN(string(v)) || len(v.TVA()) != 13) {
			t.Error("a parsed SIREN is not valid")
		}
		if v, err := ident.ParseSIRET(s); err == nil && (!ident.ValidSIRET(string(v)) || !ident.ValidSIREN(string(v.SIREN()))) {
			t.Error("a parsed SIRET is not valid")
		}
		if v, err := ident.ParseNIR(s); err == nil && (!ident.ValidNIR(v.Value()+v.Key()) || v.IsZero()) {
			t.Error("a parsed NIR is not valid")
		}
		if v, err := ident.ParseDepartement(s); err == nil && (!ident.ValidDepartement(string(v)) || len(v.Padded()) != 3) {
			t.Error("a parsed département is not valid")
		}
		if v, err := ident.ParseCommune(s); err == nil && !ident.ValidCommune(string(v)) {
			t.Error("a parsed commune is not valid")
		}
		_ = ident.ValidSIREN(s) || ident.ValidSIRET(s) || ident.ValidNIR(s) || ident.ValidDepartement(s) || ident.ValidCommune(s)
	})
}

func TestValidPathDoesNotAllocate(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		if !ident.ValidSIRET("73282932000074") || !ident.ValidNIR("185072B12304518") || !ident.ValidCommune("2A004") {
			t.Error("refused")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
