package pes

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

//go:embed codes.tsv
var codesTSV string

// Codes are tables of codes with their labels, by the names of the elements that
// hold them: "TypePJ", "depense.TypBord", "recette.TypBord", "acquit.DomaineAck"…
// They change with the years; those of 5.17 are built in. Codes are not changed
// once made and may be shared.
type Codes struct {
	names  []string
	tables map[string][]Code
	index  map[[2]string]int
}

// Code is a row of a table.
type Code struct{ Code, Libelle string }

// ErrCodes says that a table of codes cannot be read.
var ErrCodes = errors.New("pes: bad table of codes: a table, a code and a label are wanted, with tabs between them")

// What a table of codes may hold.
const (
	maxCodes    = 100_000
	maxCodeLine = 2_000
)

// CodesIntegres returns the tables built in.
func CodesIntegres() *Codes { return codesIntegres() }

var codesIntegres = sync.OnceValue(func() *Codes {
	c, err := ReadCodes(strings.NewReader(codesTSV))
	if err != nil {
		panic(err) // our own file: found by any test
	}
	return c
})

// ReadCodes reads tables of codes: in UTF-8, a code a line, its table, itself and
// its label with tabs between them; lines that begin with # are left aside.
func ReadCodes(src io.Reader) (*Codes, error) {
	c := &Codes{tables: map[string][]Code{}, index: map[[2]string]int{}}
	lines := bufio.NewScanner(src)
	lines.Buffer(nil, maxCodeLine)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(strings.TrimPrefix(lines.Text(), "\ufeff"), "\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 || f[0] == "" || f[1] == "" || len(c.index) >= maxCodes {
			return nil, fmt.Errorf("%w: line %d", ErrCodes, n)
		}
		c.set(f[0], Code{f[1], f[2]})
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, ErrCodes
	} else if err != nil {
		return nil, fmt.Errorf("pes: %w", err)
	}
	return c, nil
}

func (c *Codes) set(table string, code Code) {
	if _, met := c.tables[table]; !met {
		c.names = append(c.names, table)
	}
	if i, met := c.index[[2]string{table, code.Code}]; met {
		c.tables[table][i] = code
		return
	}
	c.index[[2]string{table, code.Code}] = len(c.tables[table])
	c.tables[table] = append(c.tables[table], code)
}

// Avec returns the tables with those of a later year laid over them.
func (c *Codes) Avec(later *Codes) *Codes {
	out := &Codes{tables: map[string][]Code{}, index: map[[2]string]int{}}
	for _, from := range []*Codes{c, later} {
		for _, name := range from.names {
			for _, code := range from.tables[name] {
				out.set(name, code)
			}
		}
	}
	return out
}

// Tables lists the names of the tables, in their order.
func (c *Codes) Tables() []string { return slices.Clone(c.names) }

// Table lists the codes of a table, in their order; none for one that is not
// there.
func (c *Codes) Table(name string) []Code { return slices.Clone(c.tables[name]) }

// Has reports whether the table holds the code.
func (c *Codes) Has(table, code string) bool {
	_, ok := c.index[[2]string{table, code}]
	return ok
}

// Libelle returns the label of a code, "" when it has none.
func (c *Codes) Libelle(table, code string) string {
	if i, ok := c.index[[2]string{table, code}]; ok {
		return c.tables[table][i].Libelle
	}
	return ""
}
