package arch

// links lists, for every package that links any third-party module, which: the
// price of importing it.
var links = map[string][]string{}
