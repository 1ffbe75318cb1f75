package ledger

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Row is one piece of the state as stored: what LoadRow takes back. A nil Value
// says that it is gone.
type Row struct{ Key, Value []byte }

// Prefixes of row keys. Rows are loaded in the order of keys, so what others
// refer to has the lower prefix. The list only grows.
const (
	rowRight      = '/'
	rowOperator   = '0'
	rowSite       = '1'
	rowPlace      = '2'
	rowProduct    = '3'
	rowBarcode    = '4'
	rowPartner    = '5'
	rowConstraint = '6'
	rowAlert      = '7'
	rowPackage    = '8'
	rowCell       = '9'
	rowMeaning    = ':'
	rowDemand     = ';'
	rowLot        = '<'
	rowBook       = 'o' // of the whole book: the second byte says what
)

// What rows of the whole book hold, as the second byte of their keys. The list only
// grows.
const (
	bookSettings    = 's'
	bookCategory    = 'c' // its code
	bookReason      = 'r' // its code
	bookFacility    = 'f' // its code
	bookPartnerItem = 'i' // the partner, a slash, the partner's code
	// bookEdits is of no row: to its key the numbers of the entries are appended that
	// edited an item, whose entity and key follow.
	bookEdits = 'e'
)

// RowPrefixes are the first bytes of the keys that LoadRow understands.
const RowPrefixes = "/0123456789:;<o"

// ErrRow tells that a stored row cannot be read: the data folder is damaged or
// was written by a newer version.
var ErrRow = errors.New("a stored row cannot be read")

// Item names one piece of master data.
type Item struct{ Entity, Key string }

// Changes is what a state changed since the last TakeChanges.
type Changes struct {
	Rows []Row // each key once, in a fixed order
	// Appends are bytes to put after what their keys hold already: histories,
	// which grow and are never written anew.
	Appends []Row
	Cells   []*Cell  // as they are now; copies when taken
	Alerts  []string // ids
	Items   []Item
	// Exceptions are the ids of rows that changed.
	Exceptions []string
	Pools      []PoolValue

	arena    []byte // that rows of cells lie in
	items    map[Item]bool
	alertSet map[string]bool
	packages []*Place
	left     []*Cell // where goods lay before their package was moved
	recast   []recast
	edits    []editOf
	demand   []demandChange
	lots     []lotChange
}

func newChanges() Changes {
	return Changes{items: map[Item]bool{}, alertSet: map[string]bool{}}
}

func (c *Changes) catalogue(entity, key string) {
	it := Item{entity, key}
	if !c.items[it] {
		c.items[it] = true
		c.Items = append(c.Items, it)
	}
}

func (c *Changes) alert(id string) {
	if !c.alertSet[id] {
		c.alertSet[id] = true
		c.Alerts = append(c.Alerts, id)
	}
}

// TakeChanges returns what changed since the last call, as rows to store and as
// names for those who watch. Cells that hold nothing are forgotten.
func (s *State) TakeChanges() Changes {
	c := s.changed
	s.changed = newChangesLike(&c)
	c.Rows = slices.Grow(append(s.spare.Rows, c.Rows...), len(c.Cells)+len(c.Items)+len(c.Alerts))
	c.Appends = appendEdits(s.spare.Appends, c.edits)
	c.edits = nil
	for _, it := range c.Items {
		c.Rows = append(c.Rows, s.itemRow(it))
	}
	for _, id := range c.Alerts {
		row := Row{Key: append([]byte{rowAlert}, id...)}
		if a := s.alerts[id]; a != nil {
			row.Value = mustJSON(a)
		}
		c.Rows = append(c.Rows, row)
	}
	c.Rows = s.demandRows(c.Rows, c.demand)
	c.Rows = s.lotRows(c.Rows, c.lots)
	c.demand, c.lots = nil, nil
	for _, p := range c.packages {
		if p.dirty = false; s.packages[p.Code] == p {
			c.Rows = append(c.Rows, packageRowOf(p))
		}
	}
	for _, cell := range c.Cells {
		if sh := cell.shelf; cell.Quantity == 0 && sh.marker == nil && cell.Place.Physical() {
			sh.marker = s.cell(sh, cell.Product, cell.Place, cellTag{})
			if !sh.marker.dirty {
				sh.marker.dirty = true
				c.Cells = append(c.Cells, sh.marker)
			}
		}
	}
	copies := make([]Cell, len(c.Cells))
	arena := slices.Grow(s.spare.arena, cellRowBytes*len(c.Cells))
	s.spare = Changes{}
	for i, cell := range c.Cells {
		cell.dirty = false
		var row Row
		row, arena = cellRow(arena, cell)
		c.Rows = append(c.Rows, row)
		copies[i] = *cell
		copies[i].shelf = nil // what it was, and nothing of the books
		copies[i].At = cell.Place.Stand()
		c.Cells[i] = &copies[i]
		s.drop(cell)
	}
	c.arena = arena
	if len(c.left) > 0 {
		c.Cells = slices.Concat(c.left, c.Cells)
		c.left = nil
	}
	s.showChanged(&c)
	return c
}

// mostSpare bounds the memory that the rows of one large batch leave for the next:
// some thousands of rows.
const mostSpare = 256 << 10

// Reuse takes the memory back in which the rows and appends of earlier changes are,
// which the caller needs no more, for those that come.
func (s *State) Reuse(c *Changes) {
	if cap(c.Rows)*rowBytes > mostSpare || cap(c.Appends)*rowBytes > mostSpare || cap(c.arena) > mostSpare {
		return
	}
	s.spare = Changes{Rows: c.Rows[:0], Appends: c.Appends[:0], arena: c.arena[:0]}
	c.Rows, c.Appends, c.arena = nil, nil, nil
}

// rowBytes is what a Row takes beside its key and value.
const rowBytes = 48

// newChangesLike reuses the sets of the changes taken where they are empty: most
// batches touch cells only.
func newChangesLike(c *Changes) Changes {
	if len(c.items)+len(c.alertSet) > 0 {
		return newChanges()
	}
	return Changes{items: c.items, alertSet: c.alertSet}
}

// mustJSON encodes a plain struct of ours, which cannot fail.
func mustJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("ledger: a row cannot be encoded: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// cellRowBytes is about what a cell's row takes; where it takes more the memory
// that rows share grows.
const cellRowBytes = 32

// cellRow makes a cell's row in memory that the rows of a batch share.
func cellRow(arena []byte, c *Cell) (Row, []byte) {
	start := len(arena)
	held := byte(0)
	if c.Held {
		held = 1
	}
	arena = binary.BigEndian.AppendUint32(append(arena, rowCell), uint32(c.Product.ID))
	arena = append(binary.BigEndian.AppendUint32(arena, uint32(c.Place.ID)), held)
	if c.Lot != "" || c.Serial != "" {
		arena = append(appendText(arena, c.Lot), c.Serial...)
	}
	middle := len(arena)
	if c.Quantity == 0 && c.shelf.marker != c && !c.isAt() {
		return Row{Key: arena[start:middle:middle]}, arena
	}
	arena = binary.AppendVarint(arena, c.Quantity)
	arena = binary.AppendUvarint(arena, c.N)
	arena = binary.AppendUvarint(arena, uint64(c.ChangedAt))
	return Row{Key: arena[start:middle:middle], Value: arena[middle:len(arena):len(arena)]}, arena
}

// Rows of master data, as JSON.
type (
	placeRow struct {
		ID      PlaceID
		Site    string `json:",omitempty"`
		Code    string
		Kind    PlaceKind
		Name    string `json:",omitempty"`
		Parent  string `json:",omitempty"`
		Deleted bool   `json:",omitempty"`
		Closing bool   `json:",omitempty"`
		Order   int64  `json:",omitempty"`
		Most    most   `json:",omitzero"`
	}
	barcodeRow struct {
		Product  string
		Quantity Decimal
		Version  uint64       `json:",omitempty"`
		Partner  string       `json:",omitempty"`
		Was      []barcodeWas `json:",omitempty"`
	}
	barcodeWas struct {
		Until    Time
		Product  string
		Quantity Decimal
	}
	constraintRow struct {
		Product, Site, Location string
		Min, Max                Decimal
		Reorder, Multiple       Decimal `json:",omitzero"`
		LeadDays                int     `json:",omitempty"`
	}
)

func (s *State) itemRow(it Item) Row {
	switch it.Entity {
	case EntitySite:
		return Row{append([]byte{rowSite}, it.Key...), mustJSON(s.sites[it.Key])}
	case EntityLocation:
		p := s.placeOfRef(it.Key)
		row := placeRow{ID: p.ID, Site: p.Site, Code: p.Code, Kind: p.Kind, Name: p.Name, Deleted: p.Deleted, Closing: p.Closing, Order: p.Order}
		if p.room != nil {
			row.Most = p.room.most
		}
		if p.Parent != nil {
			row.Parent = p.Parent.Code
		}
		return Row{append([]byte{rowPlace}, it.Key...), mustJSON(row)}
	case EntityProduct:
		return Row{append([]byte{rowProduct}, it.Key...), mustJSON(s.productByCode[it.Key])}
	case EntityBarcode:
		b := s.barcodes[it.Key]
		row := barcodeRow{Product: b.Product.Code, Quantity: b.Quantity, Version: b.Version, Partner: b.Partner}
		for _, w := range b.was {
			row.Was = append(row.Was, barcodeWas{w.Until, w.Product.Code, w.Quantity})
		}
		return Row{append([]byte{rowBarcode}, it.Key...), mustJSON(row)}
	case EntityPartner:
		return Row{append([]byte{rowPartner}, it.Key...), mustJSON(s.partners[it.Key])}
	case EntityRight:
		return Row{append([]byte{rowRight}, it.Key...), mustJSON(s.rights[it.Key])}
	case EntityOperator:
		return Row{append([]byte{rowOperator}, it.Key...), mustJSON(s.operators[it.Key])}
	case EntitySetting:
		return Row{[]byte{rowBook, bookSettings}, mustJSON(s.settings)}
	case EntityCategory:
		return bookRow(bookCategory, it.Key, s.categories[it.Key])
	case EntityReason:
		return bookRow(bookReason, it.Key, s.reasons[it.Key])
	case EntityFacility:
		return bookRow(bookFacility, it.Key, s.facilities[it.Key])
	case EntityPartnerItem:
		return bookRow(bookPartnerItem, it.Key, s.partnerItems[it.Key].row())
	}
	w := s.constraints[it.Key]
	row := constraintRow{Product: w.Product.Code, Site: w.Site, Min: w.Min, Max: w.Max, Reorder: w.Reorder, Multiple: w.Multiple, LeadDays: w.LeadDays}
	if w.Place != nil {
		row.Location = w.Place.Code
	}
	return Row{append([]byte{rowConstraint}, it.Key...), mustJSON(row)}
}

func bookRow(kind byte, key string, item any) Row {
	return Row{append([]byte{rowBook, kind}, key...), mustJSON(item)}
}

// placeOfRef finds a place by its Ref: site codes have no slash.
func (s *State) placeOfRef(ref string) *Place {
	for i := 0; i < len(ref); i++ {
		if ref[i] == '/' {
			if p, ok := s.placeByRef[placeKey{ref[:i], ref[i+1:]}]; ok {
				return p
			}
			break
		}
	}
	return s.placeByRef[placeKey{"", ref}]
}

// IsMasterData says whether a row is of the catalogue: of what the fold reads, and
// not of what it finds.
func IsMasterData(key []byte) bool {
	if len(key) == 0 {
		return false
	}
	switch key[0] {
	case rowOperator, rowSite, rowPlace, rowProduct, rowBarcode, rowPartner, rowPackage, rowMeaning:
		return true
	case rowBook:
		return len(key) > 1 && key[1] != bookEdits
	}
	return false
}
