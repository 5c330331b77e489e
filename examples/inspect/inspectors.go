package main

import (
	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/actes/signature/asic"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/actes/signature/pades"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/archive/bagit"
	"github.com/liasse/liasse/archive/seda/preflight"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/connectors/finance/pes"
	"github.com/liasse/liasse/connectors/hr/paye"
	"github.com/liasse/liasse/ged/inspect"
)

// inspectors lists the formats recognised, the most specific first.
func inspectors() []inspect.Inspector {
	return []inspect.Inspector{
		envelope.Inspector(),
		budget.Inspector(),
		message.Inspector(),
		pes.Inspector(),
		paye.Inspector(),
		sip.Inspector(),
		bagit.Inspector(),
		preflight.Inspector(),
		tsp.Inspector(),
		cades.Inspector(),
		pades.Inspector(),
		asic.Inspector(),
		xades.Inspector(),
	}
}
