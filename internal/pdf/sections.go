package pdf

// Section is one cross-reference section: one revision of the file ends with
// each, but a linearized file has two for its first and a hybrid one a table
// and a stream for each.
type Section struct {
	Offset int64 // in the file
	Stream bool  // a cross-reference stream
	Hybrid bool  // a table whose trailer names a stream too
	Num    int32 // the object number of a stream
	dict   Value
}
