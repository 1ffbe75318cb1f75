package ledger

import (
	"slices"
	"strconv"
)

// versionField is what an item shows as the number of the edit that last changed
// what codes of it mean. An edit may name the version that it saw: units, tracking
// and what a barcode stands for are changed by it only where they still are that
// (E4). Of all other fields, and where no version is named, the last writer wins.
const versionField = "version"

// split takes the version that a patch names out of its fields.
func (p *Patch) split() (fields *Patch, saw string, named bool) {
	saw, named = p.Fields[versionField]
	if !named {
		return p, "", false
	}
	copied := *p
	copied.Fields = make(map[string]string, len(p.Fields))
	for name, value := range p.Fields {
		if name != versionField {
			copied.Fields[name] = value
		}
	}
	return &copied, saw, saw != ""
}

// guarded says whether a field is one that may only be changed as it was seen.
func guarded(entity, field string) bool {
	switch entity {
	case EntityBarcode:
		return true
	case EntityProduct:
		_, unit := unitOf(field)
		return unit || field == "unit" || field == "tracking"
	}
	return false
}

// stale says that somebody else changed an item since the version that a patch saw,
// in what the patch would change; both values are told.
func (s *State) stale(p *Patch, saw string) *Fault {
	version, get := uint64(0), (func(string) (string, bool))(nil)
	switch p.Entity {
	case EntityProduct:
		if product, ok := s.productByCode[p.Code]; ok {
			version, get = product.Version, product.get
		}
	case EntityBarcode:
		if b, ok := s.barcodes[p.Code]; ok {
			version, get = b.Version, b.get
		}
	default:
		return fault(UnknownField, versionField, "A "+p.Entity+" has no version. Nothing was changed; leave it out.")
	}
	seen, err := strconv.ParseUint(saw, 10, 64)
	switch {
	case err != nil:
		return fault(BadField, versionField, "The version "+quote(saw)+" is no number as the item shows it. Nothing was changed.")
	case get == nil:
		return fault(Expired, versionField, "The "+p.Entity+" "+quote(p.Code)+" is not there any more. Nothing was changed; look again.")
	case seen == version:
		return nil
	}
	for _, name := range sortedKeys(p.Fields) {
		if is, ok := get(name); ok && guarded(p.Entity, name) && is != p.Fields[name] {
			return fault(Expired, name, "The "+p.Entity+" "+quote(p.Code)+" was changed since you looked: its "+name+" is "+quote(is)+" now, and you said "+
				quote(p.Fields[name])+". Nothing was changed; look at it again, and say it once more if it still holds.")
		}
	}
	return nil
}

// version notes the edit of entry n, where it changed what codes of its item mean.
func (s *State) version(r *EditResult, n uint64) {
	if !slices.ContainsFunc(r.Edit.Changes, func(c FieldChange) bool { return r.Edit.created || guarded(r.patch.Entity, c.Field) }) {
		return
	}
	switch r.patch.Entity {
	case EntityProduct:
		s.productByCode[r.patch.Code].Version = n
	case EntityBarcode:
		s.barcodes[r.patch.Code].Version = n
	}
}
