package stamp

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/liasse/liasse/internal/pdf"
)

// logo is an image ready to become an image XObject.
type logo struct {
	w, h    int
	entries string
	data    []byte
	mask    []byte // deflated alpha, nil when opaque
}

// readLogo decodes the image wholly, so that what enters the act is an image
// and nothing else.
func readLogo(b []byte) (*logo, *Error) {
	if len(b) > maxLogoBytes {
		return nil, refuse(RuleLogo)
	}
	isJPEG := bytes.HasPrefix(b, []byte{0xff, 0xd8})
	var cfg image.Config
	var err error
	if isJPEG {
		cfg, err = jpeg.DecodeConfig(bytes.NewReader(b))
	} else {
		cfg, err = png.DecodeConfig(bytes.NewReader(b))
	}
	if err != nil || cfg.Width < 1 || cfg.Height < 1 || cfg.Width > 1<<15 || cfg.Height > 1<<15 || cfg.Width*cfg.Height > maxLogoPixels {
		return nil, refuse(RuleLogo)
	}
	var img image.Image
	if isJPEG {
		img, err = jpeg.Decode(bytes.NewReader(b))
	} else {
		img, err = png.Decode(bytes.NewReader(b))
	}
	if err != nil {
		return nil, refuse(RuleLogo)
	}
	l := &logo{w: cfg.Width, h: cfg.Height}
	switch {
	case isJPEG && cfg.ColorModel == color.GrayModel:
		l.entries, l.data = "/ColorSpace /DeviceGray /Filter /DCTDecode", b
		return l, nil
	case isJPEG && cfg.ColorModel == color.YCbCrModel:
		l.entries, l.data = "/ColorSpace /DeviceRGB /Filter /DCTDecode", b
		return l, nil
	}
	rgb := make([]byte, 0, 3*l.w*l.h)
	alpha := make([]byte, 0, l.w*l.h)
	opaque := true
	r := img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			rgb = append(rgb, c.R, c.G, c.B)
			alpha = append(alpha, c.A)
			opaque = opaque && c.A == 0xff
		}
	}
	l.entries, l.data = "/ColorSpace /DeviceRGB /Filter /FlateDecode", deflate(rgb)
	if !opaque {
		l.mask = deflate(alpha)
	}
	return l, nil
}

func deflate(b []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

// write puts the image in the update.
func (l *logo) write(u *pdf.Update) (pdf.Ref, error) {
	entries := fmt.Sprintf(" /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 %s", l.w, l.h, l.entries)
	if l.mask != nil {
		m := u.New()
		if err := u.Stream(m, fmt.Sprintf(" /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /FlateDecode", l.w, l.h), l.mask); err != nil {
			return m, err
		}
		entries += fmt.Sprintf(" /SMask %d 0 R", m.Num)
	}
	r := u.New()
	return r, u.Stream(r, entries, l.data)
}
