package budget

import (
	"context"
	"io"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/ged/report"
)

// Signatures validates the XML signatures of a document that [Read] has read.
// Of one that bears a seal, those that do not fit are INDETERMINATE, for want of
// the document as it was signed: SignatureNonVerifiable counts them. The error
// means that no verdict could be reached.
func Signatures(ctx context.Context, src io.ReaderAt, size int64, doc *Document, opt signature.Options) (*signature.Report, error) {
	all, err := xades.Validate(ctx, xades.Input{Data: src, Size: size, AnyTarget: true, Beside: true}, opt)
	if err != nil || doc.Seal.State == Absent {
		return all, err
	}
	if len(all.Verdicts) == 0 { // the signatures could not even be read
		return all, nil
	}
	all.Findings = report.New(opt.Report)
	n := 0
	for i := range all.Verdicts {
		v := &all.Verdicts[i]
		switch v.Conclusion.Sub {
		case signature.HashFailure, signature.SigCryptoFailure, signature.NoSigningCertificateFound:
			v.Conclusion = signature.Conclusion{Indication: signature.Indeterminate, Sub: signature.SignedDataNotFound}
			n++
		default:
			v.Findings(all.Findings, v.Where)
		}
	}
	all.Fetched.Findings(all.Findings)
	if n > 0 {
		all.Findings.Add(SignatureNonVerifiable, report.Location{}, report.Int("count", n))
	}
	return all, nil
}
