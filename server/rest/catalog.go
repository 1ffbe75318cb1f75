package rest

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sort"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/catalogue"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
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

// Item is a piece of master data: its code, its site where it has one, and its
// fields. A field that is not there is empty.
type Item map[string]string

// Schema describes an item for OpenAPI.
func (Item) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Description: "code, site, location where they apply, and the fields that are not empty",
		AdditionalProperties: &huma.Schema{Type: huma.TypeString}}
}

// Items is a page of a list.
type Items struct {
	Rows  []Item `json:"rows"`
	Next  string `json:"next,omitempty" doc:"after of the next page; missing on the last"`
	Head  uint64 `json:"head"`
	Epoch string `json:"epoch"`
}

// Scalar is a value of a field: a text, number or boolean; null empties it.
type Scalar string

// Schema describes a scalar for OpenAPI.
func (Scalar) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Description: "a text, number or boolean; null empties the field"}
}

// UnmarshalJSON takes a number as it is written, so that none is rounded.
func (s *Scalar) UnmarshalJSON(b []byte) error {
	text, ok := scalarText(b)
	if !ok {
		return badField("", "A field's value is a text, a number, true, false or null. Nothing was changed.")
	}
	*s = Scalar(text)
	return nil
}

// Edited tells what an edit did.
type Edited struct {
	Item    Item                 `json:"item" doc:"as it is now"`
	Created bool                 `json:"created"`
	Changes []ledger.FieldChange `json:"changes" doc:"empty where everything already was so"`
	Head    uint64               `json:"head"`
	Epoch   string               `json:"epoch"`
}

// Queries that others embed; huma looks into exported ones only.
type (
	// ListQuery asks for a page of a list.
	ListQuery struct {
		Prefix string `query:"prefix" doc:"only codes that begin so"`
		After  string `query:"after" doc:"next of the page before"`
		Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"10000"`
	}
	// SiteQuery asks for a page of what belongs to sites.
	SiteQuery struct {
		ListQuery
		Site string `query:"site"`
	}
	// ItemQuery names one item.
	ItemQuery struct {
		Code     string `path:"code" maxLength:"600"`
		Site     string `query:"site" doc:"for locations and constraints; default main"`
		Location string `query:"location" doc:"for constraints; empty: the whole site"`
	}
	putQuery struct {
		ItemQuery
		Body map[string]Scalar
	}
	itemsAnswer  struct{ Body Items }
	itemAnswer   struct{ Body Item }
	editedAnswer struct{ Body Edited }
)

func (a *API) routeCatalog() {
	for _, f := range families {
		list := route{method: http.MethodGet, path: "/v1/" + f.path, id: "list" + cmp.Or(f.plural, f.name+"s"), tag: "Catalogue", action: access.ReadCatalog, summary: "List " + f.path, about: f.about}
		switch {
		case f.entity == ledger.EntityConstraint:
			register(a, list, a.listConstraints)
		case f.entity == ledger.EntityProduct:
			register(a, list, a.listProducts)
		case f.entity == ledger.EntityBarcode:
			register(a, list, a.listBarcodes)
		case f.sited:
			register(a, list, func(ctx context.Context, q *SiteQuery) (*itemsAnswer, error) {
				return a.listItems(ctx, f, &q.ListQuery, q.Site, nil)
			})
		default:
			register(a, list, func(ctx context.Context, q *ListQuery) (*itemsAnswer, error) { return a.listItems(ctx, f, q, "", nil) })
		}
		register(a, route{method: http.MethodGet, path: "/v1/" + f.path + "/{code}", id: "get" + f.name, tag: "Catalogue", action: access.ReadCatalog,
			summary: "Show one of the " + f.path, about: f.about},
			func(ctx context.Context, q *ItemQuery) (*itemAnswer, error) {
				item, err := a.item(ctx, f, q)
				return &itemAnswer{item}, err
			})
		register(a, route{method: http.MethodPut, path: "/v1/" + f.path + "/{code}", id: "put" + f.name, tag: "Catalogue", action: f.create,
			summary: "Create or change one of the " + f.path,
			about:   "Gives the named fields the values named; others stay. Who may create may not always change: that takes " + string(access.EditCatalog) + ", of what all sites share " + string(access.EditCompany) + ". " + f.about},
			func(ctx context.Context, q *putQuery) (*editedAnswer, error) { return a.putItem(ctx, f, q) })
		a.routeHistory(f)
	}
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

// itemOf flattens an item.
func itemOf(v ledger.ItemView) Item {
	item := Item{}
	for name, value := range v.Fields {
		item[name] = value
	}
	item["code"] = v.Code
	if v.Entity == ledger.EntityConstraint {
		delete(item, "code")
		item["product"] = v.Code
	}
	if v.Site != "" {
		item["site"] = v.Site
	}
	if v.Location != "" {
		item["location"] = v.Location
	}
	return item
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

func (a *API) item(ctx context.Context, f family, q *ItemQuery) (item Item, err error) {
	known := false
	err = a.book.View(ctx, func(s *ledger.State, _ uint64) {
		var v ledger.ItemView
		if v, known = s.Item(f.key(s, q)); known {
			item = itemOf(v)
			withSuccessor(s, &f, item)
		}
	})
	if err == nil && (!known || !f.seen(item, a.where(ctx, access.ReadCatalog))) {
		return nil, missing(f.entity, q.Code)
	}
	if err == nil {
		err = a.showNames(ctx, &f, []Item{item})
	}
	return item, err
}

// withSuccessor names the end of the chain of products that took a product's place.
func withSuccessor(s *ledger.State, f *family, item Item) {
	if f.entity != ledger.EntityProduct || item["superseded_by"] == "" {
		return
	}
	if p, ok := s.Product(item["code"]); ok {
		if next := s.Successor(p); next != nil {
			item["successor"] = next.Code
		}
	}
}

// listItems returns a page of a list, of those that wants says (nil: all). The cursor is
// the key of the last item.
func (a *API) listItems(ctx context.Context, f family, q *ListQuery, site string, wants func(*ledger.State, Item) bool) (*itemsAnswer, error) {
	after, err := cursorOf(q.After)
	if err != nil {
		return nil, err
	}
	sites := a.where(ctx, access.ReadCatalog)
	out := &itemsAnswer{Body: Items{Rows: []Item{}, Epoch: a.book.Epoch()}}
	var p *Problem
	err = a.book.View(ctx, func(s *ledger.State, head uint64) {
		out.Body.Head = head
		if site != "" {
			if _, ok := s.Site(site); !ok {
				p = missing("site", site)
				return
			}
		}
		items := s.Items(f.entity)
		from := 0
		if len(after) > 0 {
			from = sort.Search(len(items), func(i int) bool { return items[i].Key > after })
		}
		for i := from; i < len(items); i++ {
			v, ok := s.Item(items[i])
			if ok && !f.seen(itemOf(v), sites) {
				continue
			}
			if !ok || !strings.HasPrefix(v.Code, q.Prefix) || site != "" && v.Site != site || wants != nil && !wants(s, itemOf(v)) {
				continue
			}
			if len(out.Body.Rows) == q.Limit {
				return
			}
			item := itemOf(v)
			withSuccessor(s, &f, item)
			out.Body.Rows = append(out.Body.Rows, item)
			out.Body.Next = ""
			if i+1 < len(items) {
				out.Body.Next = cursorAfter(items[i].Key)
			}
		}
		out.Body.Next = "" // nothing more was wanted
	})
	if p != nil {
		return nil, p
	}
	if err == nil {
		err = a.showNames(ctx, &f, out.Body.Rows)
	}
	return out, err
}

type (
	productsQuery struct {
		ListQuery
		Category  string `query:"category" doc:"with the categories that are part of it"`
		Parent    string `query:"parent" doc:"variants of this product"`
		Attribute string `query:"attribute" doc:"name=value; several by commas"`
		Stocked   string `query:"stocked" enum:"true,false"`
	}
	barcodesQuery struct {
		ListQuery
		Product string `query:"product"`
		Partner string `query:"partner"`
	}
)

func (a *API) listProducts(ctx context.Context, q *productsQuery) (*itemsAnswer, error) {
	attributes, p := parseAttributes(q.Attribute)
	if p != nil {
		return nil, p
	}
	filter := catalogue.Filter{Category: q.Category, Attributes: attributes, Parent: q.Parent}
	return a.listItems(ctx, familyOf(ledger.EntityProduct), &q.ListQuery, "", func(s *ledger.State, item Item) bool {
		product, _ := s.Product(item["code"])
		return (q.Stocked == "" || item["stocked"] == q.Stocked) && filter.Wants(s, product)
	})
}

// parseAttributes reads name=value pairs by commas.
func parseAttributes(text string) (map[string]string, *Problem) {
	if text == "" {
		return nil, nil
	}
	out := map[string]string{}
	for _, pair := range strings.Split(text, ",") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, badField("attribute", "The attribute "+quoted(pair)+" is not of the form name=value. Nothing was read.")
		}
		out[name] = value
	}
	return out, nil
}

func (a *API) listBarcodes(ctx context.Context, q *barcodesQuery) (*itemsAnswer, error) {
	return a.listItems(ctx, familyOf(ledger.EntityBarcode), &q.ListQuery, "", func(_ *ledger.State, item Item) bool {
		return (q.Product == "" || item["product"] == q.Product) && (q.Partner == "" || item["partner"] == q.Partner)
	})
}

func familyOf(entity string) family {
	i := slices.IndexFunc(families, func(f family) bool { return f.entity == entity })
	return families[i]
}

type (
	constraintsQuery struct {
		SiteQuery
		Product string `query:"product"`
	}
	constraintsAnswer struct{ Body Constraints }
)

func (a *API) listConstraints(ctx context.Context, q *constraintsQuery) (*constraintsAnswer, error) {
	after, err := cursorOf(q.After)
	if err != nil {
		return nil, err
	}
	sites := a.where(ctx, access.ReadCatalog)
	out := &constraintsAnswer{Body: Constraints{Rows: []ConstraintRow{}, Epoch: a.book.Epoch()}}
	err = a.book.View(ctx, func(s *ledger.State, head uint64) {
		out.Body.Head = head
		last := ""
		for _, c := range s.Constraints(ledger.TimeOf(a.opts.Now()), nil) {
			key := c.Product + "\x00" + c.Site + "\x00" + c.Location
			if !sites.Has(c.Site) || len(after) > 0 && key <= after || !strings.HasPrefix(c.Product, q.Prefix) || q.Product != "" && c.Product != q.Product || q.Site != "" && c.Site != q.Site {
				continue
			}
			if len(out.Body.Rows) == q.Limit {
				out.Body.Next = cursorAfter(last)
				return
			}
			last = key
			out.Body.Rows = append(out.Body.Rows, ConstraintRow{Product: c.Product, Site: c.Site, Location: c.Location, Min: c.Min.String(), Max: c.Max.String(),
				Reorder: c.Reorder.String(), Multiple: c.Multiple.String(), LeadDays: daysText(c.LeadDays), DaysLeft: c.DaysLeft,
				OnHand: c.OnHand, Available: c.Available})
		}
	})
	return out, err
}

// putItem creates or changes an item. Whoever may only create is judged once
// more where the item is there already.
func (a *API) putItem(ctx context.Context, f family, q *putQuery) (*editedAnswer, error) {
	patch := ledger.Patch{Entity: f.entity, Code: q.Code, Site: q.Site, Fields: map[string]string{}}
	if p := f.fields(&patch, q); p != nil {
		return nil, p
	}
	known := false
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		_, known = s.Item(f.key(s, &q.ItemQuery))
		patch.Site, patch.Location = f.place(s, q)
	}); err != nil {
		return nil, err
	}
	if p := a.mayPut(ctx, &f, &patch, known); p != nil {
		return nil, p
	}
	names, p := f.takeNames([]ledger.Patch{patch})
	if p != nil {
		return nil, p
	}
	if p := checkZone(&patch); p != nil {
		return nil, p
	}
	edits, _, err := a.book.Edit(ctx, callOf(ctx).who.Name, []ledger.Patch{patch}, false)
	if err == nil {
		err = a.keepNames(&f, names)
	}
	if err != nil {
		return nil, err
	}
	item, err := a.item(ctx, f, &q.ItemQuery)
	if err != nil {
		return nil, err
	}
	out := &editedAnswer{Body: Edited{Item: item, Changes: []ledger.FieldChange{}, Head: a.book.Head(), Epoch: a.book.Epoch()}}
	for i := range edits {
		out.Body.Created = created(&edits[i])
		out.Body.Changes = edits[i].Changes
	}
	return out, nil
}

// mayPut judges who may create or change an item: of a site there, of the company
// everywhere.
func (a *API) mayPut(ctx context.Context, f *family, patch *ledger.Patch, known bool) *Problem {
	switch {
	case f.entity == ledger.EntityProduct && !known:
		return a.may(ctx, f.create)
	case f.entity == ledger.EntityOperator:
		site := ""
		if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
			v, _ := s.Item(ledger.Item{Entity: f.entity, Key: patch.Code})
			site = v.Fields["site"]
		}); err != nil {
			return a.asProblem(ctx, err)
		}
		if said, ok := patch.Fields["site"]; ok && (!known || said != site) {
			if p := a.mayAt(ctx, f.create, said); p != nil || !known {
				return p
			}
		}
		return a.mayAt(ctx, f.create, site)
	case f.sited && !known:
		return a.mayAt(ctx, f.create, patch.Site)
	case f.sited:
		return a.mayAt(ctx, access.EditCatalog, patch.Site)
	case f.create == access.ChangeSettings && !known:
		return nil
	}
	return a.may(ctx, access.EditCompany)
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

// created says whether an edit made its item: the field that names it comes
// first then.
func created(e *ledger.Edit) bool {
	if len(e.Changes) == 0 {
		return false
	}
	name := e.Changes[0].Field
	return name == "code" || e.Entity == ledger.EntityConstraint && name == "location"
}
