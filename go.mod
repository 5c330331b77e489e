module github.com/liasse/liasse

go 1.26.0

require golang.org/x/text v0.43.0

require (
	github.com/klauspost/compress v1.20.3
	github.com/lestrrat-go/libxml2 v0.0.0-20260709020957-3f0f7bd60b63
	github.com/richardlehane/mscfb v1.0.4
	github.com/richardlehane/siegfried v1.11.1
)

require (
	github.com/pkg/errors v0.9.1 // indirect
	github.com/richardlehane/characterize v1.0.0 // indirect
	github.com/richardlehane/match v1.0.5 // indirect
	github.com/richardlehane/msoleps v1.0.3 // indirect
	github.com/richardlehane/xmldetect v1.0.2 // indirect
	github.com/ross-spencer/spargo v0.4.1 // indirect
	github.com/ross-spencer/wikiprov v0.2.0 // indirect
	golang.org/x/image v0.17.0 // indirect
	golang.org/x/sys v0.21.0 // indirect
)
