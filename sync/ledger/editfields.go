package ledger

import "slices"

// tooBig says that an item, or all edits together, would be larger than rows may be.
func tooBig(e *Edit, item, all int) *Fault {
	switch {
	case item > maxItemBytes:
		return fault(TooLarge, "", "The "+e.Entity+" "+quote(e.Code)+" would be larger than 64 KiB. Nothing was changed; leave some of its attributes out.")
	case all > maxEditBytes:
		return fault(TooLarge, "", "The changes and the items that they change are larger than 16 MiB together. Nothing was changed; send them as several.")
	}
	return nil
}

// What an entry of an edit, and an item's row, take besides their texts.
const (
	entryOverhead = 280
	itemOverhead  = 170
)

// size is what the edit's entry takes.
func (e *Edit) size() int {
	w := writer{b: []byte{'{'}}
	w.edit(e)
	return entryOverhead + len(w.b)
}

// itemSize is about what the row of an edited item takes.
func (s *State) itemSize(p *Patch) int {
	if product, ok := s.productByCode[p.Code]; ok && p.Entity == EntityProduct {
		return len(mustJSON(product))
	}
	size := itemOverhead + len(p.Code) + len(p.Site)
	for _, value := range p.Fields {
		size += len(value)
	}
	return size
}

func itemKey(p *Patch) string {
	switch p.Entity {
	case EntityLocation:
		return placeRef(p.Site, p.Code)
	case EntityConstraint:
		return constraintKey(p.Code, p.Site, p.Location)
	}
	return p.Code
}

func checkPatch(p *Patch) *Fault {
	if p.Code == "" {
		return fault(BadField, "code", "A "+quote(p.Entity)+" has no code. Nothing was changed.")
	}
	most := MaxCode
	switch p.Entity {
	case EntityRight:
		most += maxRightKind
	case EntityPartnerItem:
		most += MaxCode + 1
	}
	if len(p.Code) > most || len(p.Site) > MaxCode || len(p.Fields) > maxFields {
		return tooLong("code", MaxCode)
	}
	for _, name := range sortedKeys(p.Fields) {
		if len(name) > MaxCode || len(p.Fields[name]) > MaxText {
			return tooLong(quote(name), MaxText)
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// fields applies a patch's fields in order of their names: get returns the
// current value, set takes the new one or returns a sentence.
func (e *Edit) fields(p *Patch, get func(string) (string, bool), set func(name, value string) string) *Fault {
	names := sortedKeys(p.Fields)
	for _, name := range names { // judge all before any is set
		if _, known := get(name); !known {
			return fault(UnknownField, name, "A "+p.Entity+" has no field "+quote(name)+". Nothing was changed.")
		}
	}
	before := make([]string, len(names))
	for i, name := range names {
		before[i], _ = get(name)
		if why := set(name, p.Fields[name]); why != "" {
			for ; i > 0; i-- {
				set(names[i-1], before[i-1])
			}
			return fault(BadField, name, "The "+p.Entity+" "+quote(p.Code)+" was not changed: "+why)
		}
	}
	for i, name := range names {
		after, _ := get(name)
		if after != before[i] {
			e.Changes = append(e.Changes, FieldChange{Field: name, From: before[i], To: after})
		}
	}
	return nil
}

// create marks an item as new; the change of its code (a constraint's location)
// comes first.
func (e *Edit) create(field, value string) {
	e.created = true
	e.Changes = append([]FieldChange{{Field: field, To: value}}, e.Changes...)
}
