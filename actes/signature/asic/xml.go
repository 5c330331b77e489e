package asic

import "github.com/liasse/liasse/actes/signature"

func (j *judging) xml(opt signature.Options) error { return nil }
