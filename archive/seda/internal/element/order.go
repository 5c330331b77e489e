package element

import (
	"cmp"
	"slices"
)

// Order is the order of what an element holds: a group that may be repeated,
// which begins with its first name, then the rest, once each but for those of
// Many. Messages that break it are read all the same, and written in it.
type Order struct {
	Group, Rest []string
	Many        []string
	// Either are two names of the rest of which only one may stand; the function
	// says which one goes.
	Either [2]string
	Goes   func(first, second *Node) *Node
}

// Arrange returns the element with what it holds in order, and what has no place
// in it. Names that are not in the order stay behind the others. An element of
// the group belongs to the group it stands in or behind; one that stands before
// the only group there is belongs to that.
func (o *Order) Arrange(n *Node) (*Node, []*Node) {
	if o == nil || n.Space != Own || o.right(n) {
		return n, nil
	}
	groups := [][]*Node{}
	rest := make([][]*Node, len(o.Rest))
	var early, unknown, surplus []*Node
	put := func(slot *[]*Node, c *Node, many bool) {
		if len(*slot) > 0 && !many {
			surplus = append(surplus, c)
			return
		}
		*slot = append(*slot, c)
	}
	join := func(group []*Node, c *Node) {
		at := slices.Index(o.Group, c.Name)
		if group[at] != nil {
			surplus = append(surplus, c)
			return
		}
		group[at] = c
	}
	for c := range n.Children {
		at, in := slices.Index(o.Group, c.Name), slices.Index(o.Rest, c.Name)
		switch {
		case c.Space != Own || at < 0 && in < 0:
			unknown = append(unknown, c)
		case in >= 0:
			put(&rest[in], c, slices.Contains(o.Many, c.Name))
		case at == 0:
			groups = append(groups, make([]*Node, len(o.Group)))
			groups[len(groups)-1][0] = c
		case len(groups) == 0:
			early = append(early, c)
		default:
			join(groups[len(groups)-1], c)
		}
	}
	for _, c := range early {
		if len(groups) == 1 {
			join(groups[0], c)
		} else {
			surplus = append(surplus, c)
		}
	}
	a, b := slices.Index(o.Rest, o.Either[0]), slices.Index(o.Rest, o.Either[1])
	if a >= 0 && b >= 0 && len(rest[a]) > 0 && len(rest[b]) > 0 {
		gone := a
		if o.Goes(rest[a][0], rest[b][0]) == rest[b][0] {
			gone = b
		}
		surplus = append(surplus, rest[gone]...)
		rest[gone] = nil
	}
	out := *n
	out.Items = nil
	for _, l := range append(append(groups, rest...), unknown) {
		out.Add(l...)
	}
	return &out, surplus
}

// right reports whether the element is in order, as nearly all are.
func (o *Order) right(n *Node) bool {
	if slices.ContainsFunc(n.Items, func(it Piece) bool { return it.Node == nil }) {
		return true // a text among elements is another fault
	}
	last, either := -1, ""
	for c := range n.Children {
		if c.Space != Own {
			return false
		}
		at := slices.Index(o.Group, c.Name)
		if at < 0 {
			if at = slices.Index(o.Rest, c.Name); at < 0 {
				return false
			}
			at += len(o.Group)
		}
		switch {
		case at == 0 && last < len(o.Group): // another group
		case at < last, at == last && !slices.Contains(o.Many, c.Name), last < 0 && at > 0 && at < len(o.Group):
			return false
		}
		if c.Name == o.Either[0] || c.Name == o.Either[1] {
			if either != "" && either != c.Name {
				return false
			}
			either = c.Name
		}
		last = at
	}
	return true
}

// reorders reports whether two elements say the same, were it not for the order
// of what is in them. That of elements of one name counts.
func (n *Node) reorders(o *Node) bool {
	if n.Space != o.Space || n.Name != o.Name || !slices.Equal(n.Attrs, o.Attrs) || len(n.Items) != len(o.Items) {
		return false
	}
	sorted := func(n *Node) []*Node {
		all := slices.Collect(n.Children)
		slices.SortStableFunc(all, func(a, b *Node) int { return cmp.Or(cmp.Compare(a.Space, b.Space), cmp.Compare(a.Name, b.Name)) })
		return all
	}
	mine, others := sorted(n), sorted(o)
	if len(mine) < len(n.Items) || len(others) < len(o.Items) { // there is text
		return n.Equal(o)
	}
	return slices.EqualFunc(mine, others, (*Node).reorders)
}
