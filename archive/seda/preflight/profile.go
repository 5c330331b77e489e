package preflight

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/profile"
	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// FollowProfile checks a transfer against the profile the options of an
// inspection name (RNG, RNGName); without one it does nothing. It is for a
// message that was or will be examined as well, and tells the departures from
// the profile only. The summary is given the place of the first (profile.firstLine,
// profile.element), and the judge the answer to expect.
//
// The error means that nothing was judged: src could not be read, ctx was
// cancelled, or the profile is unusable, which wraps a *report.InvalidError.
func (j *Judge) FollowProfile(ctx context.Context, src io.Reader, member string, opt inspect.Options, sum *inspect.Summary) error {
	if opt.RNG == nil {
		return nil
	}
	asked, _, err := grammar.LoadProfile(ctx, opt.RNG, opt.RNGName, grammar.Options{})
	if err != nil {
		return fmt.Errorf("preflight: load the profile: %w", err)
	}
	found, err := profile.Check(ctx, src, asked, profile.Options{Member: member, Report: j.Report.Options()})
	if err != nil {
		return err
	}
	departs := report.New(report.Options{MaxPerSeverity: found.Len()})
	for f := range found.All() {
		if !strings.HasPrefix(f.Code(), "PROFILE-") {
			continue // the examination says so itself
		}
		x := *f
		if x.Severity >= report.Error {
			switch j.Target {
			case seda.Vitam:
				x.Ref = vitamProfile.Code
			case seda.Asalae:
				x.Ref = asalaeProfile.Code
			}
		}
		departs.Record(x)
		j.Report.Record(x)
	}
	if line, element := profile.FirstDeparture(departs); line > 0 {
		j.foresee(vitamProfile, asalaeProfile)
		sum.Set("profile.firstLine", line)
		sum.Set("profile.element", element)
	}
	return nil
}
