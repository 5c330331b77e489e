package arch

const (
	text     = "golang.org/x/text"
	compress = "github.com/klauspost/compress"
)

// pronom is the engine of PRONOM, and what it drags along (Wikidata's registry
// among it).
var pronom = []string{
	"github.com/richardlehane/siegfried", "github.com/richardlehane/mscfb", "github.com/richardlehane/msoleps",
	"github.com/richardlehane/characterize", "github.com/richardlehane/match", "github.com/richardlehane/xmldetect",
	"github.com/ross-spencer/spargo", "github.com/ross-spencer/wikiprov", "golang.org/x/image", "golang.org/x/sys", text,
}

// links lists, by room, the third-party modules its packages may link: the
// price of importing them. The longest room that holds a package decides; a
// room that is not listed links none.
var links = map[string][]string{
	"actes":                {text},
	"actes/envelope":       {compress, text},
	"actes/signature/asic": {compress, text},
	"archive/bagit":        {compress, text},
	"archive/seda/resip":   {text},
	"archive/sip":          {compress, text},
	"connectors":           {text},
	"examples":             {compress, text},
	// The one room where the price of PRONOM's engine is paid, by programs that
	// ask for it.
	"ged/format/pronom":  pronom,
	"examples/versement": append([]string{compress}, pronom...),
	"internal/container": {compress, text},
}
