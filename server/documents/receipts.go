package documents

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"bayledger/server/documents/rows"
	"bayledger/server/receiving"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// cursor says up to which entry the receipts are known.
type cursor struct {
	Epoch string
	N     uint64
}

const cursorKey = "c"

// Bounds of catching up.
const (
	// caughtAtOnce is how many intents are kept in memory before they are stored.
	caughtAtOnce = 1_000
	// cursorEvery is after how many entries without any the cursor is stored all the
	// same: that many are read again after a start.
	cursorEvery = 100_000
	// linesOfReceipt is how many lines one row has.
	linesOfReceipt = 200
)

// receipt is an intent that names a delivery or an order, as far as it does.
type receipt struct {
	ID    ledger.Identity
	N     uint64
	What  string // its action
	Why   string `json:",omitempty"`
	Waits bool   `json:",omitempty"` // nobody could read it when it came
	Lines []receiptLine
}

type receiptLine struct {
	P    string
	L    string `json:",omitempty"`
	S    string `json:",omitempty"`
	F, T string
	Q    int64
}

// Keys of receipts: by delivery, and by order where no delivery is named.
func byDelivery(number string) string { return "r/d/" + number + "\x00" }
func byOrder(order string) string     { return "r/o/" + order + "\x00" }

// caught is an intent that was found, before its stamp is read.
type caught struct {
	intent *ledger.Intent
	record journal.Record
	n      uint64
}

// CatchUp reads what came since the last time. What is known is of these books and this
// epoch, or is made again from their beginning.
func (s *Service) CatchUp(ctx context.Context) error {
	s.catching.Lock()
	defer s.catching.Unlock()
	if !s.cursorRead {
		if _, err := s.read(cursorKey, &s.cursor); err != nil {
			return err
		}
		s.cursorRead, s.cursorStored = true, s.cursor.N
	}
	if head := s.book.Head(); s.cursor.Epoch != s.book.Epoch() || s.cursor.N > head {
		if err := s.forgetReceipts(); err != nil {
			return err
		}
		s.cursor, s.cursorStored = cursor{Epoch: s.book.Epoch()}, 0
	}
	var found []caught
	err := s.book.Feed().Stored(ctx, s.cursor.N, func(b *journal.Block) (bool, error) {
		for n := b.First; n <= b.Last; n++ {
			if c, ok := catch(b, n); ok {
				found = append(found, c)
			}
		}
		if len(found) >= caughtAtOnce || b.Last-s.cursorStored >= cursorEvery {
			if err := s.keep(ctx, found, b.Last); err != nil {
				return false, err
			}
			found = found[:0]
		}
		s.cursorSeen = b.Last
		return true, ctx.Err()
	})
	if err != nil {
		return err
	}
	last := max(s.cursor.N, s.cursorSeen)
	if len(found) == 0 { // known, and not worth a commit of its own
		s.cursor.N = last
		return nil
	}
	return s.keep(ctx, found, last)
}

func (s *Service) forgetReceipts() error {
	var c rows.Changes
	err := s.disk.Scan("r/", "", false, func(key string, _ []byte) (bool, error) {
		c.Delete = append(c.Delete, key)
		return true, nil
	})
	if err != nil || len(c.Delete) == 0 {
		return err
	}
	return s.disk.Commit(c)
}

// catch looks whether an entry is an intent about a delivery. Most are not, and are
// told by their bytes alone.
func catch(b *journal.Block, n uint64) (c caught, ok bool) {
	entry := b.Entry(n)
	if !bytes.Contains(entry, []byte(`"delivery":"`)) && !bytes.Contains(entry, []byte(`"reference":"`)) {
		return c, false
	}
	r := b.Record(n)
	if r.ID.Seq == 0 {
		return c, false
	}
	e, err := ledger.ReadEntry(entry)
	if err != nil || e.Intent == nil || e.Outcome == ledger.Refused {
		return c, false
	}
	switch e.Intent.Action {
	case ledger.ActionAdd, ledger.ActionRemove, ledger.ActionMove, ledger.ActionIsolate, ledger.ActionRelease:
		r.JSON, r.Stamp = nil, bytes.Clone(r.Stamp)
		return caught{e.Intent, r, n}, true
	}
	return c, false
}

// keep stores what was found, and up to where was read.
func (s *Service) keep(ctx context.Context, found []caught, last uint64) error {
	c := rows.Changes{Put: map[string][]byte{}}
	err := s.view(ctx, func(st *ledger.State) error {
		for i := range found {
			if err := keepOne(st, &found[i], c.Put); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.cursor.N = last
	c.Put[cursorKey] = encoded(&s.cursor)
	if err := s.disk.Commit(c); err != nil {
		s.cursorRead = false // as the disk has it
		return err
	}
	s.cursorStored = last
	return nil
}

// keepOne makes the rows of an intent.
func keepOne(st *ledger.State, c *caught, put map[string][]byte) error {
	if len(c.record.Stamp) == 0 {
		return nil
	}
	stamp, err := st.ReadStamp(c.record.Stamp)
	if err != nil {
		return err
	}
	if stamp.Kind != ledger.StampGoods && stamp.Kind != ledger.StampNothing {
		return nil // a hold, say: it moves nothing
	}
	base := receipt{ID: c.record.ID, N: c.n, What: c.intent.Action, Why: c.intent.Reason}
	if len(stamp.Lines) == 0 { // it waits for somebody to say what it is
		base.Waits = true
		for _, key := range waitingKeys(c.intent) {
			put[fmt.Sprintf("%s%016x", key, c.n)] = encoded(&base)
		}
		return nil
	}
	of := map[string][]receiptLine{}
	for i := range stamp.Lines {
		if key, line, ok := lineOf(c.intent, &stamp.Lines[i]); ok {
			of[key] = append(of[key], line)
		}
	}
	for key, lines := range of {
		for part := 0; part*linesOfReceipt < len(lines); part++ {
			r := base
			r.Lines = lines[part*linesOfReceipt : min(len(lines), (part+1)*linesOfReceipt)]
			put[fmt.Sprintf("%s%016x/%04d", key, c.n, part)] = encoded(&r)
		}
	}
	return nil
}

// waitingKeys are the keys of an intent that nobody could read.
func waitingKeys(in *ledger.Intent) (out []string) {
	names := map[string]bool{in.Delivery: true}
	for i := range in.Lines {
		names[in.Lines[i].Delivery] = true
	}
	delete(names, "")
	for name := range names {
		out = append(out, byDelivery(name))
	}
	if len(out) == 0 && in.Reference != "" && (in.Action == ledger.ActionAdd) {
		out = append(out, byOrder(in.Reference))
	}
	return out
}

// lineOf says which delivery or order a line is of. One that names an order counts where
// it comes from a supplier or goes back: what customers get has references too.
func lineOf(in *ledger.Intent, l *ledger.StampLine) (key string, out receiptLine, ok bool) {
	if l.Product == nil || l.From == nil || l.To == nil {
		return "", out, false
	}
	out = receiptLine{P: l.Product.Code, L: l.Lot, S: l.Serial, F: l.From.Ref(), T: l.To.Ref(), Q: l.Quantity}
	switch {
	case l.Delivery != "":
		return byDelivery(l.Delivery), out, true
	case in.Reference != "" && (l.From.Kind == ledger.PlaceSupplier || l.To.Kind == ledger.PlaceSupplier):
		return byOrder(in.Reference), out, true
	}
	return "", out, false
}

// factsOf reads what takes part in the books of what names a delivery, and how many
// scans of it wait for somebody to say what they are.
func (s *Service) factsOf(ctx context.Context, d *receiving.Delivery) (facts []receiving.Fact, waiting int, err error) {
	keys := []string{byDelivery(d.Number)}
	if d.ASN != "" && d.ASN != d.Number {
		keys = append(keys, byDelivery(d.ASN))
	}
	if d.Order != "" {
		keys = append(keys, byOrder(d.Order))
	}
	for _, key := range keys {
		var list []receipt
		if err := s.disk.Scan(key, "", false, func(_ string, value []byte) (bool, error) {
			var r receipt
			err := json.Unmarshal(value, &r)
			list = append(list, r)
			return true, err
		}); err != nil {
			return nil, 0, err
		}
		if err := s.book.Exceptions(ctx, func(b *settle.Books, _ uint64) {
			for i := range list {
				some, waits := part(b, &list[i], key)
				facts = append(facts, some...)
				waiting += waits
			}
		}); err != nil {
			return nil, 0, err
		}
	}
	return facts, waiting, nil
}

// part is what an intent does in the books now, as far as it is of a key.
func part(b *settle.Books, r *receipt, key string) (out []receiving.Fact, waits int) {
	takes, named := b.Fate(r.ID)
	if !takes {
		return nil, 0
	}
	lines := r.Lines
	if r.Waits {
		if named == nil {
			return nil, 1
		}
		stamp, err := b.State().ReadStamp(named)
		if err != nil {
			return nil, 1
		}
		in := ledger.Intent{Reference: orderOf(key)}
		for i := range stamp.Lines {
			if of, line, ok := lineOf(&in, &stamp.Lines[i]); ok && of == key {
				lines = append(lines, line)
			}
		}
	}
	for _, l := range lines {
		f := receiving.Fact{Product: l.P, Lot: l.L, Serial: l.S, From: l.F, To: l.T, Quantity: l.Q, Action: r.What, Reason: r.Why, N: r.N, OrderOnly: strings.HasPrefix(key, "r/o/")}
		f.FromKind, f.ToKind = kindOf(b.State(), l.F), kindOf(b.State(), l.T)
		out = append(out, f)
	}
	return out, 0
}

func orderOf(key string) string {
	if order, ok := strings.CutPrefix(key, "r/o/"); ok {
		return strings.TrimSuffix(order, "\x00")
	}
	return ""
}

// kindOf is the kind of a place as entries name it.
func kindOf(st *ledger.State, ref string) ledger.PlaceKind {
	p, ok := st.Place("", ref)
	if !ok {
		return ""
	}
	return p.Kind
}

// PutAway lists what stands in the incoming places of a site; with a number, what of it
// is of that delivery, which need not have been expected.
func (s *Service) PutAway(ctx context.Context, site, number string) (out []receiving.Standing, head uint64, err error) {
	var parties []receiving.Party
	if number != "" {
		d := receiving.Delivery{Number: number, Site: site}
		if _, err := s.read(deliveryKey(number), &d); err != nil {
			return nil, 0, err
		}
		if err := s.CatchUp(ctx); err != nil {
			return nil, 0, err
		}
		if parties, err = s.parties(ctx, site, &d); err != nil {
			return nil, 0, err
		}
	}
	err = s.book.View(ctx, func(st *ledger.State, n uint64) {
		out, head = receiving.PutAway(st, site, allotted(st, site, parties), number != ""), n
	})
	return out, head, err
}

// parties are a delivery, which comes first, and the others that are open at a site, with
// what came of them of its products.
func (s *Service) parties(ctx context.Context, site string, d *receiving.Delivery) ([]receiving.Party, error) {
	open, _, err := s.deliveries(DeliveryQuery{Open: true, Limit: maxDeliveries, Sites: func(at string) bool { return at == site }})
	if err != nil {
		return nil, err
	}
	mine, err := s.ownFacts(ctx, d)
	if err != nil {
		return nil, err
	}
	out, wanted := []receiving.Party{{Number: d.Number, Facts: mine}}, map[string]bool{}
	for i := range mine {
		wanted[mine[i].Product] = true
	}
	for i := range open {
		if open[i].Number == d.Number || len(wanted) == 0 {
			continue
		}
		facts, err := s.ownFacts(ctx, &open[i])
		if err != nil {
			return nil, err
		}
		facts = slices.DeleteFunc(facts, func(f receiving.Fact) bool { return !wanted[f.Product] })
		out = append(out, receiving.Party{Number: open[i].Number, Facts: facts})
	}
	return out, nil
}

// ownFacts are what came of a delivery for certain: an order that several have says
// nothing of one of them.
func (s *Service) ownFacts(ctx context.Context, d *receiving.Delivery) ([]receiving.Fact, error) {
	facts, _, err := s.factsOf(ctx, d)
	if err != nil {
		return nil, err
	}
	shared, err := s.shared(d)
	if shared {
		facts = slices.DeleteFunc(facts, func(f receiving.Fact) bool { return f.OrderOnly })
	}
	return facts, err
}

// allotted is what the first of parties has still standing where goods come in.
func allotted(st *ledger.State, site string, parties []receiving.Party) map[receiving.Lying]int64 {
	if len(parties) == 0 {
		return nil
	}
	return receiving.Allot(receiving.Incoming(st, site, parties[0].Facts), parties)[0]
}
