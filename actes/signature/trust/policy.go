package trust

import "slices"

// policyGraph is the valid policy graph of RFC 9618, which replaces the tree
// of RFC 5280 §6.1: the same answers, and no growth beyond the number of
// policies named.
type policyGraph struct {
	levels []map[string]*policyNode
	size   int
}

type policyNode struct {
	expected []string
	parents  []string // policies of the level above
}

func newPolicyGraph() *policyGraph {
	return &policyGraph{levels: []map[string]*policyNode{{anyPolicy: {expected: []string{anyPolicy}}}}}
}

// empty reports whether no policy is left: the NULL tree of RFC 5280.
func (g *policyGraph) empty() bool { return g == nil || len(g.last()) == 0 }

func (g *policyGraph) last() map[string]*policyNode { return g.levels[len(g.levels)-1] }

// add makes the level of a certificate. It returns nil when the certificate
// leaves no policy, and false when the graph grows beyond reason.
func (g *policyGraph) add(c *Certificate, anyAllowed bool) (*policyGraph, bool) {
	if g.empty() || !c.hasPolicies {
		return nil, true
	}
	above := g.last()
	byExpected := map[string][]string{}
	for p, n := range above {
		for _, e := range n.expected {
			byExpected[e] = append(byExpected[e], p)
			if g.size++; g.size > maxPolicyEntries {
				return nil, false
			}
		}
	}
	level := map[string]*policyNode{}
	for _, p := range c.Policies {
		if p == anyPolicy {
			continue
		}
		if parents := byExpected[p]; parents != nil {
			level[p] = &policyNode{expected: []string{p}, parents: parents}
		} else if above[anyPolicy] != nil {
			level[p] = &policyNode{expected: []string{p}, parents: []string{anyPolicy}}
		}
	}
	if anyAllowed && slices.Contains(c.Policies, anyPolicy) {
		for e, parents := range byExpected {
			if level[e] == nil {
				level[e] = &policyNode{expected: []string{e}, parents: parents}
			}
		}
	}
	if len(level) == 0 {
		return nil, true
	}
	g.levels = append(g.levels, level)
	return g, true
}

// mapPolicies applies the policy mappings of a CA certificate to its level.
func (g *policyGraph) mapPolicies(mappings [][2]string, allowed bool) *policyGraph {
	if g.empty() {
		return nil
	}
	level := g.last()
	to := map[string][]string{}
	for _, m := range mappings {
		to[m[0]] = append(to[m[0]], m[1])
	}
	for from, targets := range to {
		n := level[from]
		switch {
		case !allowed:
			delete(level, from)
		case n != nil:
			n.expected = targets
		case level[anyPolicy] != nil:
			level[from] = &policyNode{expected: targets, parents: []string{anyPolicy}}
		}
	}
	if len(level) == 0 {
		return nil
	}
	return g
}

// accepts reports whether a policy the user accepts reaches the certificate at
// the end. No policies given means any.
func (g *policyGraph) accepts(user []string) bool {
	if g.empty() {
		return false
	}
	if len(user) == 0 || slices.Contains(user, anyPolicy) || g.last()[anyPolicy] != nil {
		return true
	}
	// Walk up from the last level; a node whose parent is anyPolicy is where an
	// authority first asserted the policy.
	reached := map[string]bool{}
	for p := range g.last() {
		reached[p] = true
	}
	for i := len(g.levels) - 1; i > 0; i-- {
		up := map[string]bool{}
		for p := range reached {
			n := g.levels[i][p]
			if n == nil {
				continue
			}
			if slices.Contains(n.parents, anyPolicy) && p != anyPolicy && slices.Contains(user, p) {
				return true
			}
			for _, q := range n.parents {
				up[q] = true
			}
		}
		reached = up
	}
	return false
}
