package ident_test

import (
	"errors"
	"fmt"

	"github.com/liasse/liasse/ged/ident"
)

func ExampleParseSIRET() {
	s, err := ident.ParseSIRET("213 401 722 01787")
	fmt.Println(s, err)
	_, err = ident.ParseSIRET("213 401 722 01788")
	fmt.Println(err, errors.Is(err, ident.ErrKey))
	// Output:
	// 21340172201787 <nil>
	// ident: SIRET: the check key does not match true
}

// A NIR prints as its shape only.
func ExampleParseNIR() {
	n, err := ident.ParseNIR("1 85 07 2B 123 045")
	fmt.Println(n, n.Key(), err)
	// Output: NIR(13) 18 <nil>
}
