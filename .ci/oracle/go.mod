module github.com/liasse/liasse/internal/oracle

go 1.26.1

require (
	github.com/lestrrat-go/helium v0.7.0
	github.com/liasse/liasse v0.0.0
)

require golang.org/x/text v0.43.0 // indirect

replace github.com/liasse/liasse => ../..
