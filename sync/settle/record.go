package settle

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"bayledger/sync/ledger"
)

// Prefixes of what settling stores, beside those of the ledger and the book. The
// list only grows.
const (
	rowUndo    = 'f' // name of the undo → undoRow
	rowHold    = 'g' // name of the hold → holdRow
	rowEnding  = 'h' // name of the release → endingRow
	rowWaiter  = 'k' // name of a parked intent → waiterRow
	rowMapped  = 'l' // name of an intent that was parked → mappedRow
	rowStep    = 'i' // name of the intent, its line and a package's number → stepRow
	rowHistory = 'p' // product number, appended to: records of facts
)

// RowPrefixes are the first bytes of the keys that Load understands.
const RowPrefixes = "fghikl"

// ErrRecord tells that a stored history cannot be read.
var ErrRecord = errors.New("a stored history cannot be read")

func historyKey(p *ledger.Product) []byte {
	return binary.BigEndian.AppendUint32([]byte{rowHistory}, uint32(p.ID))
}

// rowSet is what changed since the last TakeChanges.
type rowSet struct {
	undos    []*undo
	holds    []*hold
	endings  []*ending
	waiters  []waiterChange
	mapped   []ledger.Identity
	steps    []*step
	appended []appended
	at       map[ledger.ProductID]int
}

type appended struct {
	product *ledger.Product
	bytes   []byte
}

func (r *rowSet) undo(u *undo)     { r.undos = append(r.undos, u) }
func (r *rowSet) hold(h *hold)     { r.holds = append(r.holds, h) }
func (r *rowSet) ending(e *ending) { r.endings = append(r.endings, e) }

func (r *rowSet) step(s *step) { r.steps = append(r.steps, s) }

// history returns where records of a product go.
func (r *rowSet) history(p *ledger.Product) *appended {
	i, known := r.at[p.ID]
	if !known {
		if r.at == nil {
			r.at = map[ledger.ProductID]int{}
		}
		i = len(r.appended)
		r.at[p.ID] = i
		if i < cap(r.appended) {
			r.appended = r.appended[:i+1]
			r.appended[i].product, r.appended[i].bytes = p, r.appended[i].bytes[:0]
		} else {
			r.appended = append(r.appended, appended{product: p})
		}
	}
	return &r.appended[i]
}

// record writes what the work on an entry did to histories, and lets the cells of
// legs go that are no longer booked.
func (b *Books) record() {
	for i := range b.did {
		d := &b.did[i]
		at, found := d.h.position(&d.key)
		if !found {
			continue // it cannot be: nothing takes facts out between
		}
		to := b.rows.history(d.h.product)
		to.bytes = appendFact(to.bytes, &d.h.facts[at])
		d.h.costs.recorded++
		switch {
		case d.added:
			b.remember(d.h.product)
		case !d.turned:
			unpin(b.state, d.before)
		}
	}
	for i := range b.did {
		if c := &b.did[i].h.costs; c.recorded >= max(b.pointEvery, len(c.layers)) {
			c.recorded = 0
			to := b.rows.history(b.did[i].h.product)
			to.bytes = appendPoint(to.bytes, &c.last, &c.pool, b.n)
		}
	}
}

// TakeChanges returns what changed since the last call: rows of the ledger and of
// settling, and what to append to histories.
func (b *Books) TakeChanges() ledger.Changes {
	c := b.state.TakeChanges()
	r := &b.rows
	for _, u := range r.undos {
		row := ledger.Row{Key: rowKey(rowUndo, u.key.identity())}
		if b.undos[u.key.identity()] == u {
			row.Value = mustJSON(undoRow{u.key, u.n, nameOf(u.target)})
		}
		c.Rows = append(c.Rows, row)
	}
	for _, h := range r.holds {
		row := ledger.Row{Key: append([]byte{rowHold}, h.id...)}
		if b.holds[h.id] == h {
			row.Value = mustJSON(h.row())
		}
		c.Rows = append(c.Rows, row)
	}
	for _, e := range r.endings {
		row := ledger.Row{Key: rowKey(rowEnding, e.key.identity())}
		if b.endings[e.key.identity()] == e {
			row.Value = mustJSON(endingRow{e.key, e.n, e.out, e.holds})
		}
		c.Rows = append(c.Rows, row)
	}
	for _, s := range r.steps {
		row := ledger.Row{Key: s.rowKey()}
		if !s.gone {
			row.Value = mustJSON(s.row())
		}
		c.Rows = append(c.Rows, row)
	}
	before := len(c.Rows)
	c.Rows = b.unknownRows(c.Rows)
	c.Rows = lastOfEach(c.Rows, len(r.undos)+len(r.holds)+len(r.endings)+len(r.steps)+len(c.Rows)-before)
	size := 0
	for i := range r.appended {
		size += len(r.appended[i].bytes)
	}
	arena := make([]byte, 0, size)
	c.Appends = make([]ledger.Row, len(r.appended))
	for i := range r.appended {
		start := len(arena)
		arena = append(arena, r.appended[i].bytes...)
		c.Appends[i] = ledger.Row{Key: historyKey(r.appended[i].product), Value: arena[start:len(arena):len(arena)]}
	}
	*r = rowSet{appended: r.appended[:0], at: r.at}
	clear(r.at)
	return c
}

// lastOfEach drops, of the last few rows, those whose key comes again.
func lastOfEach(rows []ledger.Row, few int) []ledger.Row {
	if few < 2 {
		return rows
	}
	seen := map[string]bool{}
	start := len(rows) - few
	kept := rows[:start:start]
	for i := len(rows) - 1; i >= start; i-- {
		if key := string(rows[i].Key); !seen[key] {
			seen[key] = true
			kept = append(kept, rows[i])
		}
	}
	slices.Reverse(kept[start:])
	return kept
}

type (
	undoRow struct {
		Key
		N      uint64
		Target string
	}
	holdRow struct {
		Key
		N          uint64
		Product    string `json:",omitempty"`
		Lot        string `json:",omitempty"`
		Serial     string `json:",omitempty"`
		Package    string `json:",omitempty"`
		Site, Code string `json:",omitempty"`
		Out        bool   `json:",omitempty"`
	}
	endingRow struct {
		Key
		N     uint64
		Out   bool `json:",omitempty"`
		Holds []string
	}
)

func (h *hold) row() holdRow {
	row := holdRow{Key: h.key, N: h.n, Lot: h.lot, Serial: h.serial, Out: h.out}
	switch {
	case h.product != nil:
		row.Product = h.product.Code
	case h.place.IsPackage():
		row.Package = h.place.Code
	default:
		row.Site, row.Code = h.place.Site, h.place.Code
	}
	return row
}

func rowKey(prefix byte, id ledger.Identity) []byte { return append([]byte{prefix}, nameOf(id)...) }

// mustJSON encodes a plain struct of ours, which cannot fail.
func mustJSON(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("settle: a row cannot be encoded: %v", err))
	}
	return out
}

// Load puts one stored row back; those of the ledger have been loaded before.
// Errors: ledger.ErrRow.
func (b *Books) Load(key, value []byte) error {
	if err := b.loadRow(key, value); err != nil {
		return fmt.Errorf("%w: %q: %v", ledger.ErrRow, key, err)
	}
	return nil
}

func (b *Books) loadRow(key, value []byte) error {
	switch key[0] {
	case rowUndo:
		var row undoRow
		if err := json.Unmarshal(value, &row); err != nil {
			return err
		}
		target, ok := ledger.ParseReference(row.Target, nil)
		if !ok {
			return fmt.Errorf("it names %q", row.Target)
		}
		b.addUndo(&undo{key: row.Key, n: row.N, target: target})
	case rowHold:
		var row holdRow
		if err := json.Unmarshal(value, &row); err != nil {
			return err
		}
		h := &hold{id: string(key[1:]), key: row.Key, n: row.N, lot: row.Lot, serial: row.Serial, out: row.Out}
		ok := false
		switch {
		case row.Product != "":
			h.product, ok = b.state.Product(row.Product)
		case row.Package != "":
			h.place, ok = b.state.Package(row.Package)
		default:
			h.place, ok = b.state.Place(row.Site, row.Code)
		}
		if !ok {
			return errors.New("what it covers is missing")
		}
		b.addHold(h)
	case rowEnding:
		var row endingRow
		if err := json.Unmarshal(value, &row); err != nil {
			return err
		}
		b.addEnding(&ending{key: row.Key, n: row.N, out: row.Out, holds: row.Holds})
	case rowWaiter, rowMapped:
		return b.loadUnknown(key, value)
	case rowStep:
		var row stepRow
		if err := json.Unmarshal(value, &row); err != nil {
			return err
		}
		if err := b.loadStep(&row); err != nil {
			return err
		}
	default:
		return fmt.Errorf("its kind %q is not known", key[0])
	}
	b.env.begin()
	return nil
}

// Kinds of records in a history. The list only grows.
const (
	recordFact  = 0
	recordPoint = 1
)

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendKey(b []byte, k *Key) []byte {
	b = binary.AppendUvarint(b, uint64(k.TEff))
	b = binary.AppendUvarint(b, k.Seq)
	b = binary.AppendUvarint(b, uint64(k.Line))
	return appendText(appendText(b, k.Device), k.Install)
}

func (r *reader) key() Key {
	k := Key{TEff: ledger.Time(r.number()), Seq: r.number(), Line: int(r.number())}
	k.Device, k.Install = r.books.name(r.text()), r.books.name(r.text())
	return k
}

// Bits of how a leg is written.
const (
	legFromHeld = 1 << iota
	legToHeld
	legFromOwn // its place is the fact's from
	legToOwn   // its place is the fact's to
	legSameLot // lot and serial are the fact's
	legWhole   // the fact's quantity
	legBegins
)

// appendFact writes a fact as its product's history keeps it: a length, then the
// fields. Version 1; a later one gets another row prefix.
func appendFact(out []byte, f *fact) []byte {
	var room [256]byte
	b := appendKey(append(room[:0], recordFact), &f.Key)
	b = binary.AppendUvarint(b, f.n)
	b = binary.AppendUvarint(b, f.recorded)
	b = binary.AppendUvarint(b, f.seen)
	b = append(b, byte(f.act), byte(f.flags))
	b = binary.AppendVarint(b, f.quantity)
	b = binary.AppendUvarint(b, placeNumber(f.from))
	b = binary.AppendUvarint(b, placeNumber(f.to))
	b = appendText(appendText(b, f.lot), f.serial)
	b = binary.AppendUvarint(b, uint64(len(f.legs)))
	for i := range f.legs {
		b = appendLeg(b, f, &f.legs[i])
	}
	b = appendSaid(b, f.said)
	return append(binary.AppendUvarint(out, uint64(len(b))), b...)
}

func placeNumber(p *ledger.Place) uint64 {
	if p == nil {
		return 0
	}
	return uint64(p.ID)
}

func appendLeg(b []byte, f *fact, l *leg) []byte {
	shape := byte(0)
	set := func(bit byte, on bool) {
		if on {
			shape |= bit
		}
	}
	set(legFromHeld, l.from.Held)
	set(legToHeld, l.to.Held)
	set(legFromOwn, l.from.Place == f.from)
	set(legToOwn, l.to.Place == f.to)
	set(legSameLot, l.from.Lot == f.lot && l.from.Serial == f.serial)
	set(legWhole, l.quantity == f.quantity)
	set(legBegins, l.begins)
	b = append(b, shape, byte(l.cause))
	if shape&legFromOwn == 0 {
		b = binary.AppendUvarint(b, uint64(l.from.Place.ID))
	}
	if shape&legToOwn == 0 {
		b = binary.AppendUvarint(b, uint64(l.to.Place.ID))
	}
	if shape&legSameLot == 0 {
		b = appendText(appendText(b, l.from.Lot), l.from.Serial)
	}
	if shape&legWhole == 0 {
		b = binary.AppendVarint(b, l.quantity)
	}
	return b
}

// readRecords reads the records of a piece in the order in which they were written.
func (b *Books) readRecords(data []byte, p *ledger.Product, fn func(fact), at func(storedPoint)) error {
	for len(data) > 0 {
		size, used := binary.Uvarint(data)
		if used <= 0 || size > uint64(len(data)-used) {
			return fmt.Errorf("%w: a record of %s is cut short", ErrRecord, p.Code)
		}
		r := reader{b: data[used : used+int(size)], books: b}
		switch r.byte() {
		case recordFact:
			if f := r.fact(p); !r.failed {
				fn(f)
			}
		case recordPoint:
			if s := r.point(); !r.failed {
				at(s)
			}
		default:
			r.failed = true
		}
		if r.failed || len(r.b) > 0 {
			return fmt.Errorf("%w: a record of %s", ErrRecord, p.Code)
		}
		data = data[used+int(size):]
	}
	return nil
}

// reader takes a record apart; once failed it gives zeros.
type reader struct {
	b      []byte
	books  *Books
	failed bool
}

func (r *reader) fact(p *ledger.Product) fact {
	var f fact
	f.Key = r.key()
	f.n, f.recorded, f.seen = r.number(), r.number(), r.number()
	f.act, f.flags = act(r.byte()), flags(r.byte())
	f.quantity = r.signed()
	f.from, f.to = r.place(), r.place()
	f.lot, f.serial = r.text(), r.text()
	count := r.number()
	if count > uint64(len(r.b)) {
		r.failed = true
	}
	for ; count > 0 && !r.failed; count-- {
		if l, ok := r.leg(p, &f); ok {
			f.legs = append(f.legs, l)
		}
	}
	f.said = r.said()
	return f
}

func (r *reader) leg(p *ledger.Product, f *fact) (leg, bool) {
	shape, why := r.byte(), cause(r.byte())
	from, to, lot, serial, quantity := f.from, f.to, f.lot, f.serial, f.quantity
	if shape&legFromOwn == 0 {
		from = r.place()
	}
	if shape&legToOwn == 0 {
		to = r.place()
	}
	if shape&legSameLot == 0 {
		lot, serial = r.text(), r.text()
	}
	if shape&legWhole == 0 {
		quantity = r.signed()
	}
	if r.failed || from == nil || to == nil || int(why) >= len(causeTexts) {
		r.failed = true
		return leg{}, false
	}
	s := r.books.state
	return leg{from: s.CellOf(p, from, lot, serial, shape&legFromHeld != 0), to: s.CellOf(p, to, lot, serial, shape&legToHeld != 0),
		quantity: quantity, cause: why, begins: shape&legBegins != 0}, true
}

func (r *reader) skip(used int) bool {
	if used <= 0 || r.failed {
		r.failed = true
		return false
	}
	r.b = r.b[used:]
	return true
}

func (r *reader) number() uint64 {
	v, used := binary.Uvarint(r.b)
	if !r.skip(used) {
		return 0
	}
	return v
}

func (r *reader) signed() int64 {
	v, used := binary.Varint(r.b)
	if !r.skip(used) {
		return 0
	}
	return v
}

func (r *reader) byte() byte {
	if len(r.b) == 0 || r.failed {
		r.failed = true
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *reader) text() string {
	size := r.number()
	if size > uint64(len(r.b)) {
		r.failed = true
		return ""
	}
	s := string(r.b[:size])
	r.b = r.b[size:]
	return s
}

func (r *reader) place() *ledger.Place {
	number := r.number()
	if number == 0 || r.failed {
		return nil
	}
	p, ok := r.books.state.PlaceByID(ledger.PlaceID(number))
	if !ok {
		r.failed = true
		return nil
	}
	return p
}

// name gives each device's and install's name once: many facts share few.
func (b *Books) name(s string) string {
	if known, ok := b.names[s]; ok {
		return known
	}
	if b.names == nil {
		b.names = map[string]string{}
	}
	b.names[s] = s
	return s
}
