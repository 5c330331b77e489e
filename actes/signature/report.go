package signature

import (
	"time"

	"github.com/liasse/liasse/ged/report"
)

// Check is one check made, in the order it was made.
type Check struct {
	Block string // FC, ISC, VCI, XCV, CV, SAV, LTV, PSV, VTS
	// Of is the ID of the certificate or timestamp it is about, or "".
	Of     string
	Rule   *report.Rule // what is broken when it fails
	Passed bool
	Level  Level
	Params []report.Param
}

// StampVerdict is the answer for one timestamp.
type StampVerdict struct {
	*Timestamp
	Conclusion Conclusion
	Checks     []Check
}

// Verdict is the answer for one signature.
type Verdict struct {
	*Evidence
	Conclusion Conclusion
	// Basic, LongTerm and Archival are the conclusions of the three nested
	// processes; the empty ones were not run.
	Basic, LongTerm, Archive Conclusion
	// Intact says that the value verifies and everything signed is found and
	// unchanged. Trusted says that, beyond that, the policy is satisfied: the
	// conclusion is TotalPassed.
	Intact, Trusted bool
	// BestTime is the earliest time at which the signature is proved to have
	// existed; Proof is the ID of the timestamp that proves it, or "" when there
	// is none and BestTime is the time of the validation.
	BestTime time.Time
	Proof    string
	Checks   []Check
	Stamps   []StampVerdict
}

// Report is the answer for one file.
type Report struct {
	Verdicts []Verdict
	// Stamps are timestamps that belong to no signature: of a token by itself,
	// or over a container.
	Stamps   []StampVerdict
	Findings *report.Report
	// Fetched is what the fetcher of the options was asked for, and gave; empty
	// without one.
	Fetched Fetched
}

// Chain of checks: the first failure of level Fail decides.
type chain struct {
	block  string
	of     string
	checks []Check
	end    Conclusion
	over   bool
}

// check makes a check unless the chain has ended.
func (c *chain) check(ok bool, l Level, otherwise Conclusion, rule *report.Rule, params ...report.Param) {
	if c.over || l == Ignore {
		return
	}
	c.checks = append(c.checks, Check{Block: c.block, Of: c.of, Rule: rule, Passed: ok, Level: l, Params: params})
	if !ok && l == Fail {
		c.over, c.end = true, otherwise
	}
}

// conclude returns the conclusion: what the failure said, or Passed.
func (c *chain) conclude() Conclusion {
	if c.over {
		return c.end
	}
	return passed
}
