package ledger

import "slices"

// maxSuccessors bounds a chain of products that took each other's place: whoever looks
// the oldest up is told the newest in so many steps.
const maxSuccessors = 16

// Successor is the product at the end of the chain of those that took a product's
// place, nil where none did.
func (s *State) Successor(p *Product) *Product {
	var last *Product
	for range maxSuccessors {
		next := s.productByCode[p.SupersededBy]
		if next == nil {
			break
		}
		p, last = next, next
	}
	return last
}

// setSuccessor names the product that takes another one's place. Chains have no loops,
// and an end that is near, seen from every product of them.
func (s *State) setSuccessor(p *Product, code string) string {
	if code == "" {
		s.succeed(p, "")
		return ""
	}
	next := s.productByCode[code]
	if next == nil && code == p.Code || next == p {
		return "a product does not take its own place."
	}
	if next == nil {
		return "there is no product " + quote(code) + " to take its place."
	}
	steps := 1
	for at := next; at.SupersededBy != ""; steps++ {
		at = s.productByCode[at.SupersededBy]
		switch {
		case at == nil:
			return "the chain behind " + quote(code) + " names a product that is not there."
		case at == p:
			return quote(code) + " is superseded by it, directly or through others; that would be a circle."
		}
	}
	if steps+s.before(p, maxSuccessors) > maxSuccessors {
		return "the chain of products that took each other's place would be longer than 16; name the last one instead."
	}
	s.succeed(p, code)
	return ""
}

// before is how many products lead to one, each by way of the next, up to a number of
// steps.
func (s *State) before(p *Product, most int) (steps int) {
	for ends := []*Product{p}; steps < most; steps++ {
		var earlier []*Product
		for _, end := range ends {
			earlier = append(earlier, s.superseded[end.Code]...)
		}
		if ends = earlier; len(ends) == 0 {
			break
		}
	}
	return steps
}

// succeed notes whose place a product's successor takes.
func (s *State) succeed(p *Product, code string) {
	if old := slices.DeleteFunc(slices.Clone(s.superseded[p.SupersededBy]), func(q *Product) bool { return q == p }); len(old) > 0 {
		s.superseded[p.SupersededBy] = old
	} else {
		delete(s.superseded, p.SupersededBy)
	}
	if p.SupersededBy = code; code != "" {
		s.superseded[code] = append(s.superseded[code], p)
	}
}

// insteadOf names the successor of a product behind a sentence about it.
func (s *State) insteadOf(p *Product) string {
	if p == nil || p.SupersededBy == "" {
		return ""
	}
	next := s.Successor(p)
	if next == nil {
		return ""
	}
	return " " + next.Code + " takes its place."
}
