package arch

const (
	text     = "golang.org/x/text"
	compress = "github.com/klauspost/compress"
)

// links lists, by room, the third-party modules its packages may link: the
// price of importing them. The longest room that holds a package decides; a
// room that is not listed links none.
var links = map[string][]string{
	"actes":              {text},
	"actes/envelope":     {compress, text},
	"archive/bagit":      {compress, text},
	"archive/sip":        {compress, text},
	"connectors":         {text},
	"examples":           {compress, text},
	"internal/container": {compress, text},
}
