module github.com/liasse/liasse/internal/oracle

go 1.26.0

require github.com/liasse/liasse v0.0.0

replace github.com/liasse/liasse => ../..
