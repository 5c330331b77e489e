module github.com/liasse/liasse

go 1.26.0

require golang.org/x/text v0.43.0

require (
	github.com/klauspost/compress v1.20.3
	github.com/lestrrat-go/libxml2 v0.0.0-20260709020957-3f0f7bd60b63
)

require github.com/pkg/errors v0.9.1 // indirect
