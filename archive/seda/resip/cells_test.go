package resip

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
)

// all reads the records of a table, with the line each begins on, and the faults.
func all(t testing.TB, text string, comma rune) (records [][]string, lines []int, faults []string) {
	t.Helper()
	c, err := newCells(bufio.NewReaderSize(strings.NewReader(text), 16), comma)
	if err != nil {
		t.Fatal(err)
	}
	for {
		record, err := c.read()
		var bad *misquoted
		switch {
		case errors.As(err, &bad):
			faults = append(faults, fmt.Sprintf("%d:%d %v", bad.line, bad.column, bad.open))
		case err == io.EOF:
			if c.offset != int64(len(text)) {
				t.Fatalf("%q: ended at %d of %d", text, c.offset, len(text))
			}
			return records, lines, faults
		case err != nil:
			t.Fatal(err)
		default:
			records, lines = append(records, append([]string(nil), record...)), append(lines, c.line)
		}
	}
}

// TestQuotes: what a quote means where it stands, and what goes on after one that
// is misplaced.
func TestQuotes(t *testing.T) {
	for text, want := range map[string]string{
		`a;b "c" d;e` + "\n" + `f"`:   `[a|b "c" d|e] [f"]`,
		`a; "b"`:                      `[a| "b"]`,
		`5"1/4;12"`:                   `[5"1/4|12"]`,
		`"a ""b"" c";"";d`:            `[a "b" c||d]`,
		`"a" ;"b"` + "\t;c":           `[a|b|c]`,
		"\"a\r\nb;c\n\nd\";e\r\nf":    "[a\nb;c\n\nd|e] [f]",
		"a\n\n\r\nb":                  `[a] [b]`,
		`"a"b;c` + "\n" + `d;e`:       `[d|e] 1:4 false`,
		"f\n\"a\nb\"c;\"d\ne;f\n":     `[f] [e|f] 3:3 false`,
		"a;\"b\nc;d\n":                `1:3 true`,
		`"Le "petit" bois";x` + "\nd": `[d] 1:6 false`,
		strings.Repeat("é", 40) + `;"` + strings.Repeat(`x""`, 30) + `"`: "[" + strings.Repeat("é", 40) + "|" + strings.Repeat(`x"`, 30) + "]",
	} {
		records, _, faults := all(t, text, ';')
		var got []string
		for _, r := range records {
			got = append(got, "["+strings.Join(r, "|")+"]")
		}
		if s := strings.Join(append(got, faults...), " "); s != want {
			t.Errorf("%q:\n got %s\nwant %s", text, s, want)
		}
	}
}

// TestCellsAreThoseOfTheStandardLibrary, wherever that reads them too.
func TestCellsAreThoseOfTheStandardLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "bc", ";", ";", "\n", "\r\n", `"`, `""`, `";"`, `"x`, `y"`, " ", "\t", "é", "\r"}
	compared := 0
	for range 20_000 {
		var b strings.Builder
		for range 1 + r.IntN(14) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		in := csv.NewReader(strings.NewReader(text))
		in.Comma, in.FieldsPerRecord = ';', -1
		var want [][]string
		var lines []int
		record, err := in.Read()
		for ; err == nil; record, err = in.Read() {
			line, _ := in.FieldPos(0)
			want, lines = append(want, record), append(lines, line)
		}
		if err != io.EOF || strings.Contains(text, "\r\r") || strings.HasSuffix(text, "\r") { // ends of lines nobody writes
			continue
		}
		compared++
		got, at, faults := all(t, text, ';')
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(at, lines) || faults != nil {
			t.Fatalf("%q:\n got %q %v %v\nwant %q %v", text, got, at, faults, want, lines)
		}
	}
	if compared < 2000 {
		t.Errorf("%d comparisons prove little", compared)
	}
}

// TestMisplacedQuotesAreToldWhereTheyAre, and the lines after them are read.
func TestMisplacedQuotesAreToldWhereTheyAre(t *testing.T) {
	const table = "ID;ParentID;File;Title\n1;;;Le bois \"Joli\"\n2;;;\"Plan\"s\n3;;;Carte 5\"\n"
	p, r := readTable(t, table)
	var told []string
	for f := range r.All() {
		if f.Rule == RuleLine {
			told = append(told, fmt.Sprintf("%d:%d %s", f.Where.Line, f.Where.Column, f.Message(report.FR)))
		}
	}
	if len(told) != 1 || !strings.HasPrefix(told[0], "3:11 ") || !strings.Contains(told[0], "un guillemet ferme une cellule qui continue") {
		t.Errorf("told %q", told)
	}
	if len(p.Units) != 2 || p.Units[0].Title != `Le bois "Joli"` || p.Units[1].Title != `Carte 5"` {
		t.Errorf("%d units", len(p.Units))
	}
}
