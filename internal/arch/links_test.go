package arch

const (
	text     = "golang.org/x/text"
	compress = "github.com/klauspost/compress"
)

// links lists, for every package that links any third-party module, which: the
// price of importing it.
var links = map[string][]string{
	"actes":                    {text},
	"actes/message":            {text},
	"connectors":               {text},
	"connectors/internal/wire": {text},
	"internal/container":       {compress, text},
}
