module github.com/liasse/liasse

go 1.26.0

require golang.org/x/text v0.43.0

require github.com/klauspost/compress v1.20.3
