package envelope

import (
	"context"
	"io"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/actes/signature/pades"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/internal/container"
)

// signatures judges the signatures met in an archive that is inspected.
type signatures struct {
	opt   signature.Options
	found []inspect.Signature
}

func newSignatures(ctx context.Context, opt inspect.Options) (*signatures, error) {
	o, err := signature.FromInspect(ctx, opt)
	return &signatures{opt: o}, err
}

// inside is [Options.PAdES]: a signature that was changed, or a document that
// was, is not valid; that nobody vouches for the signer is no fault of the act.
func (s *signatures) inside(ctx context.Context, f File, body io.ReaderAt) (bool, error) {
	rep, err := pades.Validate(ctx, body, f.Taille, s.opt)
	if err != nil {
		return false, err
	}
	if len(rep.Verdicts)+len(rep.Stamps) == 0 {
		return true, nil
	}
	s.keep(f, &rep.Report)
	return rep.Findings.Valid(), nil
}

// detached is [Options.Detached].
func (s *signatures) detached(ctx context.Context, f File, text string) (valid, checked bool, err error) {
	o := s.opt
	o.Given = []*signature.Content{signature.NewContentDigest(f.Nom, trust.SHA256, f.SHA256[:])}
	rep, err := cades.Validate(ctx, []byte(text), o)
	if err != nil {
		return false, false, err
	}
	if len(rep.Verdicts) == 0 {
		return false, true, nil
	}
	for _, v := range rep.Verdicts {
		if v.Conclusion.Sub == signature.SignedDataNotFound {
			return false, false, nil // over another digest than the one at hand
		}
	}
	s.keep(f, rep)
	return rep.Findings.Valid(), true, nil
}

// keep adds the verdicts to those of the archive, under the name of the file.
func (s *signatures) keep(f File, rep *signature.Report) {
	l := rep.Signatures(s.opt.At)
	for i := range l {
		for k := range l[i].Covers {
			l[i].Covers[k] = rep.Verdicts[i].Covers[k].Kind + ":" + container.Show(f.Nom)
		}
	}
	s.found = append(s.found, l...)
}
