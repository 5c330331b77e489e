module github.com/liasse/liasse

go 1.26.0
