package ledger

import "maps"

// Copy returns a place as it is now, for those who go on reading while others scan:
// what it is, below what it lies, and nothing of what lies on it. Of a package in is
// where it stands, or nil where that is not known.
func (p *Place) Copy(in *Place) *Place {
	return &Place{ID: p.ID, Site: p.Site, Code: p.Code, Kind: p.Kind, Name: p.Name, Parent: in, Deleted: p.Deleted, Closing: p.Closing, ref: p.ref, pack: p.pack}
}

// Copy returns a product's master data as it is now, for those who go on reading
// while others scan.
func (p *Product) Copy() *Product {
	return &Product{ID: p.ID, Code: p.Code, Name: p.Name, Category: p.Category, Parent: p.Parent, Unit: p.Unit, Decimals: p.Decimals, Tracking: p.Tracking,
		Costing: p.Costing, NotStocked: p.NotStocked, Negative: p.Negative, NegativeWas: p.NegativeWas, CostingWas: p.CostingWas, TrackingWas: p.TrackingWas,
		Attributes: maps.Clone(p.Attributes), Deleted: p.Deleted, Closing: p.Closing, Moved: p.Moved}
}
