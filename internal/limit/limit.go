// Package limit gives limits that are not stated their usual value, so that the
// zero value of options is safe.
package limit

// Default sets a limit that is not positive.
func Default[T ~int | ~int64](limit *T, usual T) {
	if *limit <= 0 {
		*limit = usual
	}
}
