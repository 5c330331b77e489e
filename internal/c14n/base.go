package c14n

import "strings"

// joinBase is the join-URI-References function of Canonical XML 1.1 §2.4: RFC
// 3986 §5.2 without the fragment, where the base may itself be relative, so that
// leading ".." segments may be left, and repeated slashes become one.
func joinBase(base, ref string) string {
	b, r := splitURI(base), splitURI(ref)
	switch {
	case r.scheme != "":
	case r.authority != "":
		r.scheme = b.scheme
	case r.path == "":
		r.scheme, r.authority, r.path = b.scheme, b.authority, b.path
		if r.query == "" {
			r.query = b.query
		}
	default:
		r.scheme, r.authority = b.scheme, b.authority
		if !strings.HasPrefix(r.path, "/") {
			if b.authority != "" && b.path == "" {
				r.path = "/" + r.path
			} else {
				r.path = b.path[:strings.LastIndexByte(b.path, '/')+1] + r.path
			}
		}
	}
	return r.scheme + r.authority + withoutDots(r.path) + r.query
}

// uri holds the parts of a URI reference, each with its delimiter.
type uri struct{ scheme, authority, path, query string }

func splitURI(s string) (u uri) {
	s, _, _ = strings.Cut(s, "#")
	if i := strings.IndexByte(s, '?'); i >= 0 {
		s, u.query = s[:i], s[i:]
	}
	if i := strings.IndexAny(s, ":/"); i > 0 && s[i] == ':' {
		u.scheme, s = s[:i+1], s[i+1:]
	}
	if strings.HasPrefix(s, "//") {
		n := len(s)
		if i := strings.IndexByte(s[2:], '/'); i >= 0 {
			n = i + 2
		}
		u.authority, s = s[:n], s[n:]
	}
	u.path = s
	return u
}

func withoutDots(path string) string {
	absolute := strings.HasPrefix(path, "/")
	var out []string
	segments := strings.Split(path, "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s == "" && !last: // the first slash, or one of several
		case s == ".":
			if last {
				out = append(out, "")
			}
		case s == "..":
			if n := len(out); n > 0 && out[n-1] != ".." {
				out = out[:n-1]
			} else if !absolute {
				out = append(out, s)
			}
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, s)
		}
	}
	path = strings.Join(out, "/")
	if absolute {
		path = "/" + path
	}
	return path
}
