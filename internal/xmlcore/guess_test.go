package xmlcore_test

import (
	"testing"

	"github.com/liasse/liasse/internal/xmlcore"
)

func TestGuessRootLooksPastWhatBreaksTheRules(t *testing.T) {
	for text, want := range map[string]string{
		`<a:Acte xmlns:a="x">`:                       "Acte",
		"\xEF\xBB\xBF <Acte/>":                       "Acte",
		`<!DOCTYPE x [<!ELEMENT y ANY>]><p:Acte a="`: "Acte",
		`<?xml version="1.0"?><!-- <b> --><Acte>`:    "Acte",
		`<?xml version="9"?>`:                        "",
		`Acte`:                                       "",
		``:                                           "",
	} {
		if got := xmlcore.GuessRoot([]byte(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
