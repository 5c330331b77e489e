package xades

import (
	"errors"
	"io"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/xmlcore"
)

// processed returns the digest of a file after the transforms of a reference,
// nil when it cannot be made.
func (d *document) processed(r *ref, c *signature.Content) []byte {
	if r.plan.refused != nil {
		return nil
	}
	if !r.plan.explicit && !r.plan.base64 {
		sum, _ := c.Digest(r.digest)
		return sum
	}
	h := r.digest.New()
	if h == nil {
		return nil
	}
	if d.transform(r, c, h) != nil {
		return nil
	}
	return h.Sum(nil)
}

// transform writes what a reference makes of a file.
func (d *document) transform(r *ref, c *signature.Content, w io.Writer) error {
	f, err := c.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	switch {
	case r.plan.base64:
		b := &decoder{to: w}
		if _, err := io.Copy(b, f); err != nil {
			return err
		}
		if !b.close() {
			return errors.New("xades: not base64")
		}
		return nil
	case r.plan.explicit:
		out := c14n.New(w, r.plan.method)
		if err := xmlcore.Run(d.ctx, xmlcore.NewReader(f, xmlcore.Options{}), out); err != nil {
			return err
		}
		return out.Flush()
	}
	_, err = io.Copy(w, f)
	return err
}

// octetsOf returns what a reference to a file is over: the file itself, or what
// the transforms make of it.
func (d *document) octetsOf(r *ref) signature.Octets {
	if !r.plan.explicit && !r.plan.base64 {
		return r.content
	}
	return transformed{d, r}
}

type transformed struct {
	d *document
	r *ref
}

// Open implements [signature.Octets].
func (t transformed) Open() (io.ReadCloser, error) {
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(t.d.transform(t.r, t.r.content, pw)) }()
	return pr, nil
}
