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
	rowUndo      = 'f' // name of the undo → undoRow
	rowHold      = 'g' // name of the hold → holdRow
	rowEnding    = 'h' // name of the release → endingRow
	rowWaiter    = 'k' // name of a parked intent → waiterRow
	rowMapped    = 'l' // name of an intent that was parked → mappedRow
	rowStep      = 'i' // name of the intent, its line and a package's number → stepRow
	rowException = 'm' // name of the exception → storedException
	rowDecision  = 'n' // name of the decision → decisionRow
	rowSession   = 'j' // a kind and a name → sessionRow, sessionOpeningRow, sessionClosingRow
	rowClosing   = 'q' // number of the entry, 8 bytes big endian → closingRow
	rowHistory   = 'p' // product number, appended to: records of facts
)

// RowPrefixes are the first bytes of the keys that Load understands.
const RowPrefixes = "fghijklmnq"

// ErrRecord tells that a stored history cannot be read.
var ErrRecord = errors.New("a stored history cannot be read")

func historyKey(p *ledger.Product) []byte {
	return binary.BigEndian.AppendUint32([]byte{rowHistory}, uint32(p.ID))
}

// rowSet is what changed since the last TakeChanges.
type rowSet struct {
	undos      []*undo
	holds      []*hold
	endings    []*ending
	waiters    []waiterChange
	mapped     []ledger.Identity
	steps      []*step
	closed     int // so many of the last closings are new
	exceptions []string
	decisions  []ledger.Identity
	appended   []appended
	at         map[ledger.ProductID]int
	pools      []poolMark
	// Holds, and packages, changed in the work that is being recorded.
	held, stepped bool
}

type appended struct {
	product *ledger.Product
	bytes   []byte
}

func (r *rowSet) undo(u *undo)     { r.undos = append(r.undos, u) }
func (r *rowSet) hold(h *hold)     { r.holds, r.held = append(r.holds, h), true }
func (r *rowSet) ending(e *ending) { r.endings, r.held = append(r.endings, e), true }

func (r *rowSet) step(s *step) { r.steps, r.stepped = append(r.steps, s), true }

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
	b.changes.note(&b.rows, b.n)
	for i := range b.did {
		d := &b.did[i]
		d.h.touched = b.n
		f := d.fact()
		if f == nil {
			continue // it cannot be: nothing takes facts out between
		}
		to := b.rows.history(d.h.product)
		to.bytes = appendFact(to.bytes, f)
		if d.aside {
			continue
		}
		d.h.costs.recorded++
		switch {
		case d.added:
			b.remember(d.h.product)
		case !d.turned:
			unpin(b.state, d.before)
		}
	}
	for i := range b.did {
		if c := &b.did[i].h.costs; c.known && c.recorded >= max(b.pointEvery, c.spread) {
			c.recorded = 0
			to := b.rows.history(b.did[i].h.product)
			to.bytes = appendPoint(to.bytes, &c.last, &c.valuation, b.n)
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
			row.Value = mustJSON(undoRow{u.key, u.n, nameOf(u.target), u.rights, u.void})
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
			row.Value = mustJSON(endingRow{e.key, e.n, e.out, e.holds, e.rights, e.void})
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
	c.Rows = b.sessionRows(b.closingRows(b.unknownRows(c.Rows)))
	c.Rows = lastOfEach(c.Rows, len(r.undos)+len(r.holds)+len(r.endings)+len(r.steps)+len(c.Rows)-before)
	if len(r.exceptions)+len(r.decisions) > 0 {
		b.exceptionRows(&c)
	}
	size := 0
	for i := range r.appended {
		size += len(r.appended[i].bytes)
	}
	arena := make([]byte, 0, size)
	edits := len(c.Appends)
	c.Appends = slices.Grow(c.Appends, len(r.appended))[:edits+len(r.appended)]
	for i := range r.appended {
		start := len(arena)
		arena = append(arena, r.appended[i].bytes...)
		c.Appends[edits+i] = ledger.Row{Key: historyKey(r.appended[i].product), Value: arena[start:len(arena):len(arena)]}
	}
	c.Pools = b.poolValues(r.pools)
	*r = rowSet{appended: r.appended[:0], at: r.at, pools: r.pools[:0]}
	clear(r.at)
	return c
}

// Reuse is State.Reuse for what TakeChanges gave.
func (b *Books) Reuse(c *ledger.Changes) { b.state.Reuse(c) }

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
		Rights *string `json:",omitempty"` // missing: no limit
		Void   bool    `json:",omitempty"`
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
		N      uint64
		Out    bool `json:",omitempty"`
		Holds  []string
		Rights *string `json:",omitempty"` // missing: no limit
		Void   bool    `json:",omitempty"`
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
		b.addUndo(&undo{key: row.Key, n: row.N, target: target, rights: row.Rights, void: row.Void})
		b.rows.undos = b.rows.undos[:0] // it is stored
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
		b.addEnding(&ending{key: row.Key, n: row.N, out: row.Out, holds: row.Holds, rights: row.Rights, void: row.Void})
	case rowWaiter, rowMapped:
		return b.loadUnknown(key, value)
	case rowClosing:
		c, _, err := ReadClosing(key, value)
		if err != nil {
			return err
		}
		b.closings = append(b.closings, c)
	case rowException:
		return b.loadException(value)
	case rowDecision:
		return b.loadDecision(value)
	case rowSession:
		return b.loadSession(key, value)
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
