package catalogue

import "bayledger/sync/ledger"

// Placed is a facility and the location that it gets.
type Placed struct {
	Facility string `json:"facility"`
	Site     string `json:"site"`
	Location string `json:"location"`
	Exists   bool   `json:"exists" doc:"a location of the facility's code was there, and is the facility's now"`
}

// PlanFacilities plans a location for every facility that has none, of those that
// wants names: one of the facility's own code.
func PlanFacilities(s *ledger.State, wants func(*ledger.Facility) bool) (placed []Placed, patches []ledger.Patch) {
	for _, it := range s.Items(ledger.EntityFacility) {
		f, _ := s.Facility(it.Key)
		if f.Location != "" || !wants(f) {
			continue
		}
		at, ok := s.Place(f.Site, f.Code)
		ok = ok && at.Site == f.Site && at.Code == f.Code
		placed = append(placed, Placed{Facility: f.Code, Site: f.Site, Location: f.Code, Exists: ok})
		if !ok {
			patches = append(patches, ledger.Patch{Entity: ledger.EntityLocation, Site: f.Site, Code: f.Code, Fresh: true,
				Fields: map[string]string{"name": f.Name, "kind": string(ledger.PlaceStock)}})
		}
		patches = append(patches, ledger.Patch{Entity: ledger.EntityFacility, Code: f.Code, Fields: map[string]string{"location": f.Code}})
	}
	return placed, patches
}
