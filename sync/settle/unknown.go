package settle

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// waiter is a parked intent that nobody could read yet, with what its receipt
// fixed: once somebody has said what its code is, it is booked at its own place.
type waiter struct {
	Key
	N    uint64
	Site string // the device's
	Role string
	// Rights are what whoever scanned it was allowed then; missing: Role everywhere.
	Rights *string `json:",omitempty"`
	Seen   uint64  `json:",omitempty"`

	id ledger.Identity
}

// unknowns are the codes that parked intents wait for, and the stamps of those
// that were booked since.
type unknowns struct {
	waiting map[ledger.Unknown][]*waiter
	mapped  map[ledger.Identity]mapped
	// What the work on an entry did:
	waited   []*waiter
	booked   []*waiter
	named    []ledger.StampLine // of what it booked, which may say what a serial is
	disputed bool               // a code was claimed that means something else
}

type mapped struct {
	n     uint64
	stamp []byte
	by    uint64 // the entry that named its code
}

func newUnknowns() unknowns {
	return unknowns{waiting: map[ledger.Unknown][]*waiter{}, mapped: map[ledger.Identity]mapped{}}
}

// begin starts the work on an entry.
func (u *unknowns) begin() { u.waited, u.booked, u.named, u.disputed = nil, nil, nil, false }

// dispute tells of a second claim on a code: the first in the journal stands (U5).
func (b *Books) dispute(in *ledger.Intent) []ledger.ExceptionEvent {
	what := nameOr(nameOr(in.Product, in.To), in.Operator)
	b.ownException(kindDispute, 0).say(kindDispute, ledger.Warning, nameOr(in.Operator, in.Device)+" said that the code "+ledger.Quote(in.Raw)+" is "+what+
		", and it was said to be something else before. That stands; look at the label, and change the barcode if it is wrong.")
	return b.settleExceptions()
}

// wait keeps a parked intent until its code is known.
func (b *Books) wait(u ledger.Unknown, in *ledger.Intent, at *ledger.Receipt) {
	w := &waiter{Key: first(in.Identity(), at.TEff), N: at.N, Site: nameOr(in.Site, at.Site), Role: at.Role, Rights: rightsText(rightsOf(in, at)), id: in.Identity()}
	b.unknowns.waiting[u] = append(b.unknowns.waiting[u], w)
	b.rows.waiter(u, w, false)
}

// mapCode settles what a supervisor says that a code is, and books all that
// waited for it, each at its own place (U1, U2).
func (b *Books) mapCode(in *ledger.Intent, at *ledger.Receipt) ledger.Decision {
	if !at.MayIntend(at.SiteOf(in), in.Action) {
		return park(ledger.NotAllowed, "Only a supervisor says what an unknown code is. The intent is kept and names nothing; a supervisor can send it.")
	}
	u, m, parked := b.meant(in, at)
	if parked != nil {
		return *parked
	}
	if !u.At && !at.MayIntend(ledger.Everywhere, in.Action) {
		return park(ledger.NotAllowed, "What a code of goods or a badge is holds at all sites, and is said by a supervisor of all sites. The intent is kept and names nothing; such a supervisor can send it.")
	}
	if b.state.Known(u) && !b.state.Means(u, m) {
		b.unknowns.disputed = true
		return park(ledger.IdentityConflict, "The code "+ledger.Quote(u.Raw)+" means something else already. The intent is kept and names nothing; a supervisor decides which of the two it is.")
	}
	d := ledger.Decision{Outcome: ledger.Applied, Stamp: ledger.Stamp{Kind: ledger.StampMap}}
	if !b.state.Known(u) {
		b.state.Mean(u, m)
		b.env.back = append(b.env.back, func() { b.state.Forget(u) })
	}
	count := uint64(len(b.unknowns.waiting[u]))
	if failed := b.bookWaiting(u, at); failed != nil {
		return *failed
	}
	if piece := ledger.UnknownSerial(u.Raw); !u.At && !u.Who {
		count += uint64(len(b.unknowns.waiting[piece]))
		if failed := b.bookWaiting(piece, at); failed != nil {
			return *failed
		}
	}
	switch count {
	case 0:
		d.Message = "No scan waited for it; later ones will be booked."
	case 1:
		d.Message = "The scan that waited for it is booked at its own moment."
	default:
		d.Message = itoa(count) + " scans that waited for it are booked, each at its own moment."
	}
	return d
}

// bookPieces books the scans of serials by themselves that came before anybody had
// said of which product these are, now that the entry's lines have, or those of
// what it booked.
func (b *Books) bookPieces(lines []ledger.StampLine, at *ledger.Receipt) *ledger.Decision {
	for i := 0; len(b.unknowns.waiting) > 0; i++ {
		if i >= len(lines) {
			if i, lines = 0, b.unknowns.named; len(lines) == 0 {
				break
			}
			b.unknowns.named = nil
		}
		u := ledger.UnknownSerial(lines[i].Serial)
		if u.Raw == "" || len(b.unknowns.waiting[u]) == 0 || !b.state.SerialKnown(u.Raw) {
			continue
		}
		if failed := b.bookWaiting(u, at); failed != nil {
			return failed
		}
	}
	return nil
}

// bookWaiting books all that waited for a code, each at its own place.
func (b *Books) bookWaiting(u ledger.Unknown, at *ledger.Receipt) *ledger.Decision {
	waiting := slices.Clone(b.unknowns.waiting[u])
	slices.SortFunc(waiting, func(x, y *waiter) int { return x.Compare(&y.Key) })
	about, notes, doubted := b.exceptions.about, b.notes, b.exceptions.doubted
	for _, w := range waiting {
		b.notes, b.exceptions.doubted = nil, nil
		if failed := b.bookWaiter(w, at); failed != nil {
			return failed
		}
	}
	b.exceptions.about, b.notes, b.exceptions.doubted = about, notes, doubted
	b.settleWaiting(u, waiting)
	return nil
}

// settleWaiting takes the waiters of a code off the list, and puts those that
// wait for another code now on that one's.
func (b *Books) settleWaiting(u ledger.Unknown, waiting []*waiter) {
	before := b.unknowns.waiting[u]
	delete(b.unknowns.waiting, u)
	booked, moved := b.unknowns.booked, b.unknowns.waited
	b.env.back = append(b.env.back, func() {
		b.unknowns.waiting[u] = before
		for _, w := range booked {
			delete(b.unknowns.mapped, w.id)
		}
	})
	for _, w := range waiting {
		if !slices.Contains(moved, w) {
			b.rows.waiter(u, w, true)
		}
	}
}

// bookWaiter books an intent that waited, or lets it wait for the next code that
// nobody knows.
func (b *Books) bookWaiter(w *waiter, at *ledger.Receipt) *ledger.Decision {
	in, err := at.Intent(w.id)
	if err != nil || in == nil {
		d := park(ledger.Unsupported, "The scan "+nameOf(w.id)+", which waited for this code, could not be read. The intent is kept and names nothing; tell your administrator to run verify.")
		return &d
	}
	in.Device, in.Install, in.Seq = w.id.Device, w.id.Install, w.id.Seq
	own := ledger.Receipt{N: w.N, BookedAt: at.BookedAt, TEff: w.TEff, Arrived: at.Arrived, Site: w.Site, Role: w.Role, Grants: grantsOf(w.Rights), Stamped: at.Stamped, Intent: at.Intent}
	d := b.speaking(in, &own)
	switch {
	case d.Outcome == ledger.Parked && d.Waits != (ledger.Unknown{}):
		b.unknowns.waiting[d.Waits] = append(b.unknowns.waiting[d.Waits], w)
		b.unknowns.waited = append(b.unknowns.waited, w)
		b.rows.waiter(d.Waits, w, false)
		u := d.Waits
		b.env.back = append(b.env.back, func() {
			list := b.unknowns.waiting[u]
			if b.unknowns.waiting[u] = list[:len(list)-1]; len(list) == 1 {
				delete(b.unknowns.waiting, u)
			}
		})
	case d.Outcome == ledger.Parked && d.Code == ledger.Unsupported:
		return &d
	case d.Outcome == ledger.Parked:
		b.note("still_parked", ledger.Warning, "The scan "+nameOf(w.id)+" is known now, and cannot be booked all the same: "+d.Message)
		b.raiseNotes(in, nil)
	default:
		if b.raiseNotes(in, d.Stamp.Lines); doubtful(in) {
			b.bookedDoubt(in)
		}
		d.Stamp.TEff = w.TEff
		b.unknowns.named = append(b.unknowns.named, d.Stamp.Lines...)
		if d.Stamp.Kind == ledger.StampGoods && !b.cancelled(w.id) {
			b.dated(d.Stamp.Lines, false)
		}
		b.unknowns.mapped[w.id] = mapped{w.N, d.Stamp.AppendTo(nil), b.n}
		b.unknowns.booked = append(b.unknowns.booked, w)
		b.rows.mapped = append(b.rows.mapped, w.id)
	}
	return nil
}

// speaking settles an intent that waited, as what is spoken of now.
func (b *Books) speaking(in *ledger.Intent, at *ledger.Receipt) ledger.Decision {
	b.exceptions.about = b.aboutOf(in, at)
	b.remark(in, at)
	if waits := b.who(in, at); waits != nil {
		return *waits
	}
	if doubtful(in) {
		if parked := b.doubt(in); parked != nil {
			return *parked
		}
	}
	if in.Action == ledger.ActionUndo {
		return b.undo(in, at)
	}
	return b.meaningful(in, at, false)
}

// meant reads which code a mapping names, and what it says that it is.
func (b *Books) meant(in *ledger.Intent, at *ledger.Receipt) (u ledger.Unknown, m ledger.Meaning, parked *ledger.Decision) {
	const kept = " The intent is kept and names nothing; send it again, mended."
	say := func(code ledger.Code, message string) (ledger.Unknown, ledger.Meaning, *ledger.Decision) {
		d := park(code, message+kept)
		return u, m, &d
	}
	site := at.SiteOf(in)
	switch {
	case in.Raw == "":
		return say(ledger.BadField, "The mapping does not say which code it is about.")
	case in.Operator != "" && in.Product == "" && in.To == "":
		o, kept := b.state.Operator(in.Operator)
		switch {
		case !kept:
			return say(ledger.Unsupported, "The book keeps no list of operators, so nobody has to be named.")
		case o == nil:
			return say(ledger.UnknownOperator, "The operator "+ledger.Quote(in.Operator)+" is not on the list.")
		}
		return ledger.UnknownPerson(in.Raw), ledger.Meaning{Operator: o}, nil
	case in.To != "":
		place, ok := b.state.Place(site, in.To)
		if !ok {
			return say(ledger.UnknownLocation, "The location "+ledger.Quote(in.To)+" is not known at "+site+".")
		}
		return ledger.Unknown{Raw: in.Raw, Site: site, At: true}, ledger.Meaning{Place: place}, nil
	}
	p, ok := b.state.Product(in.Product)
	if !ok {
		return say(ledger.UnknownProduct, "The product "+ledger.Quote(in.Product)+" is not known.")
	}
	m.Product, m.Quantity = p, in.Quantity
	if factor, known := p.Units[in.Unit]; in.Unit != "" && in.Unit != p.Unit {
		quantity := in.Quantity
		if !quantity.IsSet() {
			quantity = ledger.NewDecimal(1, 0)
		}
		whole, fits := quantity.Mul(factor)
		if !known || !fits {
			return say(ledger.BadQuantity, "The product "+ledger.Quote(p.Code)+" has no unit "+ledger.Quote(in.Unit)+", or not so many.")
		}
		m.Quantity = whole
	}
	if _, fits := m.Quantity.Scaled(p.Decimals); m.Quantity.IsSet() && !fits {
		return say(ledger.BadQuantity, "The quantity has more decimals than "+ledger.Quote(p.Code)+".")
	}
	return b.state.UnknownGoods(in.Raw, site), m, nil
}

// Fate says of an intent that came whether it takes part in the fold (no undo of it
// does), and the stamp that it was given when somebody named the code it waited for;
// nil where its own stamp says all.
func (b *Books) Fate(id ledger.Identity) (takesPart bool, named []byte) {
	return !b.cancelled(id), b.unknowns.mapped[id].stamp
}

// UnknownCode is a code that parked intents wait for.
type UnknownCode struct {
	ledger.Unknown
	Scans       int
	First, Last ledger.Time
	Devices     []string
}

// Unknown returns the codes that somebody has to name, those with the most scans
// first.
func (b *Books) Unknown() []UnknownCode {
	return b.UnknownAt(func(string) bool { return true })
}

// UnknownAt is Unknown, of the scans that count for some sites. Scans that were undone
// wait for nobody.
func (b *Books) UnknownAt(at func(site string) bool) []UnknownCode {
	var out []UnknownCode
	for u, list := range b.unknowns.waiting {
		if u.Doubt {
			continue // nobody has to name it
		}
		c := UnknownCode{Unknown: u}
		for _, w := range list {
			if !at(nameOr(w.Site, ledger.MainSite)) || b.struck(w.id) {
				continue
			}
			if c.Scans++; c.Scans == 1 {
				c.First = w.TEff
			}
			c.First, c.Last = min(c.First, w.TEff), max(c.Last, w.TEff)
			if !slices.Contains(c.Devices, w.Device) {
				c.Devices = append(c.Devices, w.Device)
			}
		}
		slices.Sort(c.Devices)
		if c.Scans > 0 {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(x, y UnknownCode) int { return x.Compare(&y) })
	return out
}

// Compare orders codes: below 0 where c comes first, having more scans, or else a lower
// name.
func (c *UnknownCode) Compare(o *UnknownCode) int {
	return cmp.Or(cmp.Compare(o.Scans, c.Scans), strings.Compare(c.Key(), o.Key()), pieces(c.Piece)-pieces(o.Piece))
}

func pieces(piece bool) int {
	if piece {
		return 1
	}
	return 0
}

// Waiting is a scan that waits for a code to be named.
type Waiting struct {
	Key
	N    uint64 // its entry
	Site string
}

// WaitingFor returns the scans that count for some sites and wait for a code, in order of
// K and behind one where that is given, most at most; how many there are in all; and
// whether more come behind those. It only reads.
func (b *Books) WaitingFor(u ledger.Unknown, after *Key, most int, at func(site string) bool) (out []Waiting, count int, more bool) {
	for _, w := range b.unknowns.waiting[u] {
		site := nameOr(w.Site, ledger.MainSite)
		if !at(site) || b.struck(w.id) {
			continue
		}
		count++
		if after == nil || w.Key.Compare(after) > 0 {
			out = append(out, Waiting{w.Key, w.N, site})
		}
	}
	slices.SortFunc(out, func(x, y Waiting) int { return x.Key.Compare(&y.Key) })
	return out[:min(len(out), most)], count, len(out) > most
}

// Rows of what waits, and of what was booked since.
type waiterRow struct {
	Waiter waiter
	Code   ledger.Unknown
}

type mappedRow struct {
	N     uint64
	Stamp []byte
	By    uint64
}

// waiterChange is a waiter that came, or with gone one that waits no longer.
type waiterChange struct {
	u    ledger.Unknown
	w    *waiter
	gone bool
}

func (r *rowSet) waiter(u ledger.Unknown, w *waiter, gone bool) {
	r.waiters = append(r.waiters, waiterChange{u, w, gone})
}

// unknownRows writes what changed; an identity waits for one code at a time.
func (b *Books) unknownRows(rows []ledger.Row) []ledger.Row {
	for _, c := range b.rows.waiters {
		row := ledger.Row{Key: rowKey(rowWaiter, c.w.id)}
		switch waits := slices.Contains(b.unknowns.waiting[c.u], c.w); {
		case waits == c.gone:
			continue // it was taken back
		case waits:
			row.Value = mustJSON(waiterRow{*c.w, c.u})
		}
		rows = append(rows, row)
	}
	for _, id := range b.rows.mapped {
		if m, ok := b.unknowns.mapped[id]; ok {
			rows = append(rows, ledger.Row{Key: rowKey(rowMapped, id), Value: mustJSON(mappedRow{m.n, m.stamp, m.by})})
		}
	}
	return rows
}

func (b *Books) loadUnknown(key, value []byte) error {
	id, ok := ledger.ParseReference(string(key[1:]), nil)
	if !ok {
		return ErrRecord
	}
	if key[0] == rowMapped {
		var row mappedRow
		if err := json.Unmarshal(value, &row); err != nil {
			return err
		}
		b.unknowns.mapped[id] = mapped{row.N, row.Stamp, row.By}
		return nil
	}
	var row waiterRow
	if err := json.Unmarshal(value, &row); err != nil {
		return err
	}
	w := row.Waiter
	w.id = id
	if u := row.Code; !u.At && !u.Doubt && !u.Piece && !u.Who {
		row.Code = ledger.UnknownGoods(u.Raw) // earlier releases kept numbers as they were scanned
	}
	b.unknowns.waiting[row.Code] = append(b.unknowns.waiting[row.Code], &w)
	return nil
}
