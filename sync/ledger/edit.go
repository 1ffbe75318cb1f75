package ledger

import (
	"slices"
	"strings"
)

// Entities of master data.
const (
	EntitySite       = "site"
	EntityLocation   = "location"
	EntityProduct    = "product"
	EntityBarcode    = "barcode"
	EntityPartner    = "partner"
	EntityConstraint = "constraint"
	EntitySetting    = "setting" // one item, those of the whole book
	EntityOperator   = "operator"
	EntityRight      = "right" // who may do what, by names that are no person's
	EntityCategory   = "category"
	EntityReason     = "reason"
	EntityFacility   = "facility"
	// EntityPartnerItem is how a partner calls a product of ours: "ACME/9981", the
	// partner's code before the first slash.
	EntityPartnerItem = "partner_item"
)

// Shared lists the entities that people and devices are shown as the catalogue, each
// behind those that it refers to.
func Shared() []string {
	return []string{EntitySetting, EntitySite, EntityLocation, EntityCategory, EntityReason, EntityPartner, EntityProduct, EntityBarcode,
		EntityPartnerItem, EntityFacility, EntityConstraint, EntityOperator}
}

// Patch asks to change master data: every field it names gets the value given,
// others stay; a code that is not there yet is created. For a constraint Code is
// the product's, and Location where it holds. The field "deleted" with "true"
// deletes.
type Patch struct {
	Entity   string
	Code     string
	Site     string
	Location string
	Fields   map[string]string
	// Fresh says that the item must not be there yet: what is made in numbers takes
	// nobody else's code.
	Fresh bool
}

// Bounds of master data.
const (
	maxFields    = 100      // fields of one patch, and a product's attributes
	maxProducts  = 1 << 24  // codes; keeps the ids far from wrapping round
	maxItemBytes = 64 << 10 // a row: far below what the journal takes
	maxEditBytes = 16 << 20 // of edits that belong together, and the items' rows: below a batch's bound
)

// EditResult is one edit that changed something, with the alerts it crossed.
type EditResult struct {
	Edit   Edit
	Alerts []Alert

	Index int // of its patch

	patch   Patch
	closing bool // before the edit
}

// EditFault is a patch that cannot be, and why.
type EditFault struct {
	Index int // of the patch
	Fault *Fault
}

// maxEditFaults is how many bad patches are told of at once: a page of them is mended,
// and the next run shows the rest.
const maxEditFaults = 100

// Edit changes master data: all patches or, with the fault of the first bad one
// and its index, none. A patch that changes nothing gives no result. The entries
// of the results are numbered from n on. With try nothing is changed at all.
func (s *State) Edit(patches []Patch, n uint64, at Time, try bool) ([]EditResult, int, *Fault) {
	done, bad := s.EditAll(patches, n, at, try)
	if len(bad) > 0 {
		return nil, bad[0].Index, bad[0].Fault
	}
	return done, -1, nil
}

// EditAll is Edit with the faults of all bad patches, a hundred at most, each as if
// those before it that are good had been taken.
func (s *State) EditAll(patches []Patch, n uint64, at Time, try bool) (done []EditResult, bad []EditFault) {
	s.posting = posting{id: s.posting.id + 1, at: at}
	size := 0
	for i := range patches {
		closing := s.closing(&patches[i])
		e, f := s.edit(&patches[i])
		if e != nil {
			done = append(done, EditResult{Edit: *e, Index: i, patch: patches[i], closing: closing})
			item := s.itemSize(&patches[i])
			size += e.size() + item
			f = tooBig(e, item, size)
		}
		if f == nil {
			continue
		}
		bad = append(bad, EditFault{i, f})
		if len(bad) == maxEditFaults || size > maxEditBytes {
			break
		}
	}
	if len(bad) > 0 || try {
		s.editBack(done)
		if len(bad) > 0 {
			done = nil
		}
		return done, bad
	}
	for i := range done {
		done[i].Alerts = s.edited(&done[i], n+uint64(i))
	}
	if s.posting.recount && len(done) > 0 {
		last := &done[len(done)-1]
		last.Alerts = append(last.Alerts, s.judgeAll(n+uint64(len(done)-1))...)
	}
	return done, nil
}

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

// judgeAll takes the sums of all constraints anew, after places changed what they
// count for, and judges them.
func (s *State) judgeAll(n uint64) []Alert {
	s.recountWatches()
	s.recountRooms()
	s.posting.watches = s.posting.watches[:0]
	for _, key := range sortedKeys(s.constraints) {
		s.posting.watches = append(s.posting.watches, s.constraints[key])
	}
	return s.judge(n, s.posting.at)
}

// closing says whether the item of a patch is closing, to be restored with it.
func (s *State) closing(p *Patch) bool {
	switch p.Entity {
	case EntityProduct:
		item, ok := s.productByCode[p.Code]
		return ok && item.Closing
	case EntityLocation:
		item, ok := s.placeByRef[placeKey{p.Site, p.Code}]
		return ok && item.Closing
	}
	return false
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

// editBack takes edits back, the last one first.
func (s *State) editBack(done []EditResult) {
	for i := len(done) - 1; i >= 0; i-- {
		r := &done[i]
		if r.Edit.created {
			s.uncreate(&r.patch)
			continue
		}
		back := Patch{Entity: r.patch.Entity, Code: r.patch.Code, Site: r.patch.Site, Location: r.patch.Location, Fields: map[string]string{}}
		for _, c := range r.Edit.Changes {
			back.Fields[c.Field] = c.From
		}
		s.edit(&back)
		if product, ok := s.productByCode[r.patch.Code]; ok && r.patch.Entity == EntityProduct {
			product.Closing = r.closing
		} else if place, ok := s.placeByRef[placeKey{r.patch.Site, r.patch.Code}]; ok && r.patch.Entity == EntityLocation {
			place.Closing = r.closing
		}
	}
	s.posting.recount = false
}

// uncreate removes an item that has just been made; places and products are the
// last of their kind.
func (s *State) uncreate(p *Patch) {
	switch p.Entity {
	case EntitySite:
		for i := len(PhysicalKinds) - 1; i >= 0; i-- {
			s.uncreate(&Patch{Entity: EntityLocation, Site: p.Code, Code: string(PhysicalKinds[i])})
		}
		delete(s.sites, p.Code)
	case EntityLocation:
		s.takes(s.placeByRef[placeKey{p.Site, p.Code}], most{})
		delete(s.placeByRef, placeKey{p.Site, p.Code})
		s.places = s.places[:len(s.places)-1]
	case EntityProduct:
		s.succeed(s.productByCode[p.Code], "")
		delete(s.productByCode, p.Code)
		s.products = s.products[:len(s.products)-1]
	case EntityBarcode:
		delete(s.barcodes, p.Code)
		delete(s.gtins, gtin14(p.Code))
	case EntityPartner:
		delete(s.partners, p.Code)
	case EntityPartnerItem:
		delete(s.partnerItems, p.Code)
	case EntityCategory:
		delete(s.categories, p.Code)
	case EntityReason:
		delete(s.reasons, p.Code)
	case EntityFacility:
		delete(s.facilities, p.Code)
	case EntityOperator:
		delete(s.operators, p.Code)
	case EntityRight:
		delete(s.rights, p.Code)
	case EntityConstraint:
		w := s.constraints[itemKey(p)]
		delete(s.constraints, itemKey(p))
		w.Product.watches = slices.DeleteFunc(w.Product.watches, func(x *watch) bool { return x == w })
	}
}

// edit changes one item of master data and returns what changed, nil where
// everything already was so. A faulty patch changes nothing.
func (s *State) edit(p *Patch) (*Edit, *Fault) {
	if f := checkPatch(p); f != nil {
		return nil, f
	}
	p, saw, named := p.split()
	if named {
		if f := s.stale(p, saw); f != nil {
			return nil, f
		}
	}
	if f := s.reserved(p); f != nil {
		return nil, f
	}
	if p.Fresh && s.has(p) {
		return nil, fault(BadField, "code", "There is a "+p.Entity+" "+quote(p.Code)+" already, and it would have been made anew. Nothing was changed; choose another code.")
	}
	e := &Edit{Entity: p.Entity, Code: p.Code, Site: p.Site}
	var f *Fault
	switch p.Entity {
	case EntitySite:
		f = s.editSite(e, p)
	case EntityLocation:
		f = s.editPlace(e, p)
	case EntityProduct:
		f = s.editProduct(e, p)
	case EntityBarcode:
		f = s.editBarcode(e, p)
	case EntityPartner:
		f = s.editPartner(e, p)
	case EntityPartnerItem:
		f = s.editPartnerItem(e, p)
	case EntityCategory:
		f = s.editCategory(e, p)
	case EntityReason:
		f = s.editReason(e, p)
	case EntityFacility:
		f = s.editFacility(e, p)
	case EntityConstraint:
		f = s.editConstraint(e, p)
	case EntitySetting:
		f = s.editBook(e, p)
	case EntityOperator:
		f = s.editOperator(e, p)
	case EntityRight:
		f = s.editRight(e, p)
	default:
		f = fault(BadField, "entity", "There is no master data of kind "+quote(p.Entity)+". Nothing was changed.")
	}
	if f != nil || len(e.Changes) == 0 {
		return nil, f
	}
	return e, nil
}

// reserved refuses new goods under a code that handhelds take for something else.
// What is there already can be edited.
func (s *State) reserved(p *Patch) *Fault {
	_, product := s.productByCode[p.Code]
	_, barcode := s.barcodes[p.Code]
	if s.reader == nil || product || barcode || p.Entity != EntityProduct && p.Entity != EntityBarcode || !s.reader.Reserved(p.Code) {
		return nil
	}
	return fault(BadField, "code", "The code "+quote(p.Code)+" begins as those of commands, badges and stickers do: a handheld would never take it for goods. Nothing was changed; choose another.")
}

// has says whether the item of a patch is there.
func (s *State) has(p *Patch) bool {
	_, ok := s.Item(Item{p.Entity, itemKey(p)})
	return ok
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

func (s *State) editSite(e *Edit, p *Patch) *Fault {
	if strings.Contains(p.Code, "/") {
		return fault(BadField, "code", "A site's code has no slash. Nothing was changed.")
	}
	site, known := s.sites[p.Code]
	if !known {
		if p.Code == Everywhere {
			return fault(BadField, "code", "No site is called *, which stands for all sites where roles are given. Nothing was changed; choose another code.")
		}
		site = &Site{Code: p.Code}
	}
	f := e.fields(p, func(name string) (string, bool) { return getSite(site, name) },
		func(name, value string) string { return s.setSite(site, name, value) })
	s.approves = s.approves || site.Approval.IsSet()
	s.asksReasons = s.asksReasons || site.Reasons != ""
	if f != nil || known {
		return f
	}
	e.create("code", p.Code)
	s.sites[p.Code] = site
	for _, kind := range PhysicalKinds {
		s.addPlace(&Place{Site: p.Code, Code: string(kind), Kind: kind})
	}
	return nil
}

func getSite(site *Site, name string) (string, bool) {
	switch name {
	case "name":
		return site.Name, true
	case "negative":
		return string(site.Negative), true
	case "counts":
		return countsText(site.Blind), true
	case "restricted":
		return site.Restricted, true
	case reasonsField:
		return site.Reasons, true
	case "zone":
		return site.Zone, true
	case "day":
		return site.Day, true
	case "expiry_days":
		return site.ExpiryDays, true
	}
	return site.Approval.get(name)
}

func (s *State) setSite(site *Site, name, value string) string {
	switch name {
	case "name":
		site.Name = value
	case "restricted":
		if value != "" && s.reader != nil {
			if wrong := s.reader.CheckRules(value); wrong != "" {
				return wrong
			}
		}
		site.Restricted = value
	case "negative":
		return setPolicy(&site.Negative, value)
	case reasonsField:
		return setActions(&site.Reasons, value)
	case "zone":
		if !isZone(value) {
			return "zone is the name of a time zone such as Europe/Vienna."
		}
		site.Zone = value
	case "day":
		if value != site.Day {
			return "day is set at midnight, and by nobody."
		}
	case "expiry_days":
		return setDays(&site.ExpiryDays, value)
	case "counts":
		counts := ""
		why := setOneOf(&counts, value, CountsShown, CountsBlind)
		if why == "" {
			site.Blind = counts == CountsBlind
		}
		return why
	default:
		return site.Approval.set(name, value)
	}
	return ""
}

// Whether who counts is shown what the books expect.
const (
	CountsShown = "shown"
	CountsBlind = "blind"
)

func countsText(blind bool) string {
	if blind {
		return CountsBlind
	}
	return CountsShown
}

func setPolicy(to *Policy, value string) string {
	switch Policy(value) {
	case "", PolicyAllow, PolicyAutoAdd, PolicyRefuse:
		*to = Policy(value)
		return ""
	}
	return "negative is one of allow, auto-add, refuse."
}
