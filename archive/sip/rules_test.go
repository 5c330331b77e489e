package sip

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

func TestEveryRule(t *testing.T) {
	rulestest.Every(t, Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		RuleAgreement: func(t testing.TB) *report.Report {
			docs, contents := act()
			p := build(t, docs, contents)
			p.Header.Agreement = ""
			_, err := Write(context.Background(), io.Discard, p, Options{})
			var invalid *report.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatal(err)
			}
			return invalid.Report
		},
	})
}
