package ledger

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
