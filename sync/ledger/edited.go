package ledger

import "encoding/binary"

// editOf is an edit of an item, to be found again by the item.
type editOf struct {
	key []byte
	n   uint64
}

// EditsKey is what the numbers of the entries that edited an item are appended to; see
// ReadEdits. Entries of earlier releases are not among them.
func EditsKey(entity, key string) []byte {
	b := make([]byte, 0, 3+len(entity)+len(key))
	b = append(append(b, rowBook, bookEdits), entity...)
	return append(append(b, 0), key...)
}

// ReadEdits reads what was appended to the key of an item: the numbers of entries, the
// oldest first.
func ReadEdits(b []byte) (entries []uint64, ok bool) {
	for len(b) > 0 {
		n, used := binary.Uvarint(b)
		if used <= 0 {
			return entries, false
		}
		entries, b = append(entries, n), b[used:]
	}
	return entries, true
}

// remember notes that entry n edited an item.
func (s *State) remember(entity, key string, n uint64) {
	s.changed.edits = append(s.changed.edits, editOf{EditsKey(entity, key), n})
}

func appendEdits(to []Row, edits []editOf) []Row {
	for _, e := range edits {
		to = append(to, Row{Key: e.key, Value: binary.AppendUvarint(nil, e.n)})
	}
	return to
}

// edited marks what an edit changed and judges the constraint that it set.
func (s *State) edited(r *EditResult, n uint64) []Alert {
	key := itemKey(&r.patch)
	s.changed.catalogue(r.patch.Entity, key)
	if r.Edit.created && r.patch.Entity == EntitySite {
		for _, kind := range PhysicalKinds {
			s.changed.catalogue(EntityLocation, placeRef(r.patch.Code, string(kind)))
		}
	}
	s.date(r)
	if !r.Edit.created {
		s.dateCodes(r)
	}
	s.version(r, n)
	s.dateApproval(r, n)
	s.remember(r.patch.Entity, key, n)
	switch r.patch.Entity {
	case EntityConstraint:
		s.posting.watches = append(s.posting.watches[:0], s.constraints[key])
	case EntityProduct: // it may be stock-kept again, or no more
		s.posting.watches = append(s.posting.watches[:0], s.productByCode[key].watches...)
	default:
		return nil
	}
	return s.judge(n, s.posting.at)
}

// date keeps the setting that an edit replaced, for facts from before it.
func (s *State) date(r *EditResult) {
	for _, c := range r.Edit.Changes {
		if list := s.pastOf(r.patch.Entity, r.patch.Code, c.Field); list != nil && !r.Edit.created {
			*list = append(*list, PastSetting{Until: s.posting.at, Value: c.From})
		}
	}
}

// pastOf is where the earlier values of a dated setting stand; nil where a field is
// none.
func (s *State) pastOf(entity, code, field string) *[]PastSetting {
	switch {
	case entity == EntitySite && field == "negative":
		return &s.sites[code].NegativeWas
	case entity == EntitySite && field == reasonsField:
		return &s.sites[code].ReasonsWas
	case entity == EntityProduct:
		return s.productByCode[code].pastOf(field)
	case entity == EntityOperator && field == "active":
		return &s.operators[code].ActiveWas
	case entity == EntityRight && field == "roles":
		return &s.rights[code].RolesWas
	}
	return nil
}
