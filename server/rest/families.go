package rest

import (
	"slices"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// family is one kind of master data as REST knows it.
type family struct {
	path   string // plural, as in /v1/products
	entity string
	name   string   // for operation ids
	plural string   // likewise; "" is the name and an s
	code   string   // the column that names an item in imports, beside "code"
	beside string   // a field that is kept beside the journal, for those who may change the item
	flags  []string // fields that are true or false
	sited  bool     // belongs to a site: codes are unique in it only
	create access.Action
	about  string
}

// versioned says what naming the version does.
const versioned = "Send the version that the item showed along: a unit, the tracking or a barcode is then changed only if nobody else has changed it meanwhile (else `expired`, and both values are told); of other fields the last writer wins."

var families = []family{
	{path: "products", entity: ledger.EntityProduct, name: "Product", code: "code", create: access.CreateProduct, flags: []string{"stocked", "deleted"},
		about: "Fields: name, category, parent, unit, decimals, tracking (none, lot, serial), costing (average, fifo), stocked (false: it is sold and never counted; a scan of it is taken and moves nothing), negative, " +
			"price and currency (what customers pay for one of its unit, in the currency's minor unit at most), superseded_by (the product that takes its place; successor, which is only shown, is the last of the chain), barcode (of its barcodes the one that labels bear), " +
			"weight (kg) and volume (litres) of one of its unit, loss and production (virtual places of its own), axes and pattern (of a product with variants), deleted, attribute.NAME, unit.NAME. " + versioned},
	{path: "locations", entity: ledger.EntityLocation, name: "Location", code: "code", sited: true, create: access.CreateLocation, flags: []string{"deleted"},
		about: "Fields: name, kind, parent, order (in which it is picked from), max_quantity, max_weight (kg), max_volume (litres): how much it takes with all below it; more is booked all the same and flagged once; deleted. Without site: of the site main, else the virtual place of that code."},
	{path: "barcodes", entity: ledger.EntityBarcode, name: "Barcode", code: "barcode", create: access.EditCompany, about: "Fields: product, quantity, partner (whose barcode it is). " + versioned},
	{path: "partners", entity: ledger.EntityPartner, name: "Partner", code: "code", create: access.EditCompany, beside: "contact",
		about: "Fields: name, kind (supplier, customer), lead_days, contact. The contact is kept beside the journal, can be emptied, and is shown to those who may change it."},
	{path: "partner-items", entity: ledger.EntityPartnerItem, name: "PartnerItem", code: "code", create: access.EditCompany,
		about: "How partners call products: the code is the partner's, a slash, and the partner's own. Fields: product, quantity (how many of the product's unit one of theirs is)."},
	{path: "categories", entity: ledger.EntityCategory, name: "Category", plural: "Categories", code: "code", create: access.EditCompany, flags: []string{"condition"},
		about: "Fields: name, parent, condition (true: its goods come new, used and defective, as variants), attributes (those that its products should have, by commas)."},
	{path: "reasons", entity: ledger.EntityReason, name: "Reason", code: "code", create: access.EditCompany, flags: []string{"deleted"},
		about: "What people choose from where an action asks why. Fields: name, actions (for which it is offered, by commas; empty: for all), deleted. Which actions need a reason is said by site (reasons_required)."},
	{path: "facilities", entity: ledger.EntityFacility, name: "Facility", plural: "Facilities", code: "code", create: access.EditCompany,
		about: "Parts of the organisation with goods of their own: shops, wards, vans. Fields: name, site (main), location (where its goods lie)."},
	{path: "operators", entity: ledger.EntityOperator, name: "Operator", code: "code", create: access.EditCatalog, beside: "name", flags: []string{"active"},
		about: "Those who scan, by the code that intents name. Fields: active (true, false), site (where they work; empty: anywhere), name. The name is kept beside the journal, can be emptied, and is shown to those who may change it. " +
			"While nobody is listed, everybody is known; once somebody is, scans by others wait until an intent `map` says who they are."},
	{path: "sites", entity: ledger.EntitySite, name: "Site", code: "code", create: access.EditCompany, about: "Fields: name, negative (allow, auto-add, refuse; see /v1/negative/preview), counts (shown, blind: handhelds do not show who counts what the books expect), approve_value and approve_quantity (a count whose difference is larger wants a supervisor's approval; empty: none does), restricted (how the site numbers goods that it weighs or prices itself, such as 21IIIIIKKGGGC), reasons_required (actions that need a reason, by commas: a command without one is refused, a fact is flagged), zone (such as Europe/Vienna: days begin at midnight there), expiry_days (how many days before a lot expires that is told). Shown only: day (that began last). Devices that are connected are told at once."},
	{path: "settings", entity: ledger.EntitySetting, name: "Setting", code: "code", create: access.ChangeSettings,
		about: "Those of the whole book; the one code is book. Fields: pools (company, site): whether goods cost the same in all of the company or at each site by itself; to be chosen before the first goods are booked; availability_limit (how many of a product, at most, customers are told are few; empty: they never are); currency (of prices whose product names none); usage_weeks (1 to 12, 4 where nothing is said: the weeks whose removals say how long stock lasts); expiry_days (how many days before a lot expires that is told; 0 is not at all), expiry_days.CATEGORY (the same of a category, before what site and book say), lowest_page (the number of the oldest version of the handheld's page that may wait for a quiet moment before it takes a newer one, such as 2; empty: any may; what older ones have collected is taken all the same; handhelds that are connected are told at once)."},
	{path: "constraints", entity: ledger.EntityConstraint, name: "Constraint", code: "product", sited: true, create: access.EditCatalog,
		about: "Fields: min, max, reorder (below it more is ordered; without one: below min), multiple (it is ordered in whole numbers of this), lead_days (until it comes). " +
			"A constraint is named by its product, site and, where it is not the whole site, location, which counts all below it."},
}

// key is how the ledger names an item: a place by site/code, a constraint by its
// three parts.
func (f *family) key(s *ledger.State, q *ItemQuery) ledger.Item {
	site := q.Site
	switch f.entity {
	case ledger.EntityLocation:
		if site == "" {
			site = mainSite
		}
		if p, ok := s.Place(site, q.Code); ok && (p.Site == site || q.Site == "" && !p.Physical()) && p.Code == q.Code {
			return ledger.Item{Entity: f.entity, Key: p.Ref()}
		}
		return ledger.Item{Entity: f.entity, Key: site + "/" + q.Code}
	case ledger.EntityConstraint:
		if site == "" {
			site = mainSite
		}
		return ledger.Item{Entity: f.entity, Key: q.Code + "\x00" + site + "\x00" + q.Location}
	}
	return ledger.Item{Entity: f.entity, Key: q.Code}
}

// seen says whether an item concerns one of some sites: what belongs to none concerns
// all.
func (f *family) seen(item Item, sites access.Sites) bool {
	site := item["site"] // of a facility too, whose field it is
	if f.entity == ledger.EntitySite {
		site = item["code"]
	}
	return site == "" || sites.Has(site)
}

func familyOf(entity string) family {
	i := slices.IndexFunc(families, func(f family) bool { return f.entity == entity })
	return families[i]
}

// fields takes the body's fields; those that name the item must agree with the
// path.
func (f *family) fields(patch *ledger.Patch, q *putQuery) *Problem {
	for name, value := range q.Body {
		want, isName := q.Code, name == "code" || name == f.code
		value = Scalar(f.flag(name, string(value)))
		switch {
		case name == "successor" && f.entity == ledger.EntityProduct:
			continue // it is only shown
		case name == "site" && f.sited:
			if q.Site == "" {
				q.Site = string(value)
			}
			want, isName = q.Site, true
		case name == "location" && f.entity == ledger.EntityConstraint:
			if q.Location == "" {
				q.Location = string(value)
			}
			want, isName = q.Location, true
		}
		if isName && string(value) != want {
			return badField(name, "The body names "+name+" "+quoted(string(value))+", the path "+quoted(want)+". Nothing was changed; codes cannot be changed.")
		}
		if !isName {
			patch.Fields[name] = string(value)
		}
	}
	return nil
}

// flag reads a value of true or false as spreadsheets write it.
func (f *family) flag(name, value string) string {
	if !slices.Contains(f.flags, name) {
		return value
	}
	switch value {
	case "1", "TRUE", "True":
		return "true"
	case "0", "FALSE", "False":
		return "false"
	}
	return value
}

// place returns the site and location of a patch.
func (f *family) place(s *ledger.State, q *putQuery) (site, location string) {
	switch f.entity {
	case ledger.EntityLocation:
		key := f.key(s, &q.ItemQuery)
		if !strings.Contains(key.Key, "/") || virtualKind(string(q.Body["kind"])) && q.Site == "" {
			return "", ""
		}
	case ledger.EntityConstraint:
		location = q.Location
	default:
		return "", ""
	}
	if q.Site == "" {
		return mainSite, location
	}
	return q.Site, location
}

func virtualKind(kind string) bool {
	for _, k := range ledger.VirtualKinds {
		if string(k) == kind {
			return true
		}
	}
	return false
}
