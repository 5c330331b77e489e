package trust

// walk is the part of §6.1 that carries constraints down a path: those on
// names, and the policies with their counters.
type walk struct {
	names                      namespace
	graph                      *policyGraph
	explicit, anyLeft, mapping int
}

func newWalk(n int, r *revoker) *walk {
	w := &walk{graph: newPolicyGraph(), explicit: n + 1, anyLeft: n + 1, mapping: n + 1}
	if r.ExplicitPolicy {
		w.explicit = 0
	}
	if r.InhibitAny {
		w.anyLeft = 0
	}
	if r.InhibitMapping {
		w.mapping = 0
	}
	return w
}

// refuses judges the names of the next certificate: §6.1.3 (b) and (c), which
// leave out a self-issued certificate that is not the last.
func (n *namespace) refuses(c *Certificate, last bool) Reason {
	if c.SelfIssued() && !last {
		return ""
	}
	switch n.check(c) {
	case nameRefused:
		return NameNotPermitted
	case nameTooMany:
		return TooComplex
	}
	return ""
}

// enter takes the policies of the next certificate: §6.1.3 (d) to (f), and for
// the last one §6.1.5 (a) and (b).
func (w *walk) enter(c *Certificate, last bool) Reason {
	var ok bool
	if w.graph, ok = w.graph.add(c, w.anyLeft > 0 || !last && c.SelfIssued()); !ok {
		return TooComplex
	}
	if w.explicit == 0 && w.graph.empty() {
		return PolicyRefused
	}
	if last {
		if w.explicit > 0 && !c.SelfIssued() {
			w.explicit--
		}
		if c.requireExp == 0 {
			w.explicit = 0
		}
	}
	return ""
}

// leave prepares for the certificate below: §6.1.4 (a), (b), (h) to (j).
func (w *walk) leave(c *Certificate) Reason {
	for _, m := range c.mappings {
		if m[0] == anyPolicy || m[1] == anyPolicy {
			return BadMapping
		}
	}
	w.graph = w.graph.mapPolicies(c.mappings, w.mapping > 0)
	if !c.SelfIssued() {
		w.explicit, w.mapping, w.anyLeft = max(w.explicit-1, 0), max(w.mapping-1, 0), max(w.anyLeft-1, 0)
	}
	w.explicit = tighten(w.explicit, c.requireExp)
	w.mapping = tighten(w.mapping, c.inhibitMapping)
	w.anyLeft = tighten(w.anyLeft, c.inhibitAny)
	return ""
}

// accepted is §6.1.5 (g): what is left at the end, and what the user accepts.
func (w *walk) accepted(user []string) bool {
	return w.graph.accepts(user) || w.explicit > 0 && w.graph.empty()
}

// Restrictions are the first certificates of a path, from the anchor down, that
// break a constraint set above them; nil where none does.
type Restrictions struct {
	// Names: a name that is not permitted, or is excluded.
	Names *Certificate
	// Policy: a policy is required and none is left, or a mapping is not allowed.
	Policy *Certificate
}

// Restrictions judges an anchored path by its name constraints and certificate
// policies alone, as [Strict] does, any policy being good. What takes too much
// work to compare counts as broken.
func (p Path) Restrictions() (r Restrictions) {
	n := len(p.Certificates) - 1
	constrained := false
	for _, c := range p.Certificates[:max(n, 0)] {
		constrained = constrained || c.names != nil || c.requireExp >= 0 || len(c.mappings) > 0
	}
	if !constrained {
		return r
	}
	w := newWalk(n, &revoker{Strict: &Strict{}})
	for i := n - 1; i >= 0; i-- {
		c, last := p.Certificates[i], i == 0
		if r.Names == nil && w.names.refuses(c, last) != "" {
			r.Names = c
		}
		w.names.add(c.names)
		if r.Policy == nil && (w.enter(c, last) != "" || !last && w.leave(c) != "" || last && !w.accepted(nil)) {
			r.Policy = c
		}
	}
	return r
}
