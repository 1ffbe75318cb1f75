package book

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"

	"github.com/go-json-experiment/json"
)

// refoldFacts bounds how many facts one pass of a verification folds: each takes
// some 200 bytes. Larger books take several passes, each over some products.
const refoldFacts = 4_000_000

// refold folds all stamps of a journal once more, by their moments, and compares
// every cell and every value with what the moves came to.
func refold(ctx context.Context, j journal.Journal, folded balances, values map[valueKey]int64, progress func(uint64)) error {
	return eachFold(ctx, j, question{progress: progress}, func(b *settle.Books, only func(*ledger.Product) bool) error {
		return compareFolds(b, only, folded, values)
	})
}

// question says which scans a fold is of.
type question struct {
	only     func(*ledger.Product) bool // whose; nil: all
	at       ledger.Time                // up to this moment, as known now; 0: all
	progress func(n uint64)
}

// eachFold folds the scans that a question is about once more, and calls fn with
// the books that come of it: in several passes, each over some products, where
// there are more than memory should hold.
func eachFold(ctx context.Context, j journal.Journal, q question, fn func(b *settle.Books, only func(*ledger.Product) bool) error) error {
	head := j.Head().N
	m, err := readMaster(ctx, j)
	if err != nil {
		return err
	}
	passes := uint32(1 + head/refoldFacts)
	if m.state.HasPackages() {
		passes = 1 // what lies in a package together is judged together
	}
	for pass := range passes {
		only := func(p *ledger.Product) bool { return uint32(p.ID)%passes == pass && (q.only == nil || q.only(p)) }
		books, err := foldPass(ctx, j, head, m, q, only)
		if err != nil {
			return err
		}
		if err := fn(books, only); err != nil {
			return err
		}
		if pass+1 < passes {
			if m, err = readMaster(ctx, j); err != nil {
				return err
			}
		}
	}
	return nil
}

func foldPass(ctx context.Context, j journal.Journal, head uint64, m *master, q question, only func(*ledger.Product) bool) (*settle.Books, error) {
	before := uint64(0) // entries from this one on came after the books were closed
	if q.at != 0 {
		before = m.closings.Before(q.at)
	}
	counts := func(n, by uint64, stamp []byte) bool {
		if before != 0 && max(n, by) >= before {
			return false
		}
		if q.at == 0 || len(stamp) == 0 {
			return true
		}
		st, err := m.state.ReadStamp(stamp)
		// An undone scan was never scanned, and a decision decides what was, whenever
		// that was said.
		return err != nil || st.Kind == ledger.StampUndo || st.Kind == ledger.StampDecision || st.TEff <= q.at
	}
	again := settle.NewAgain(m.state, only, func(id ledger.Identity) (uint64, []byte, error) {
		s, known := m.stamps[id]
		if !known {
			found, err := j.Find(id)
			if err == journal.ErrNotFound {
				return 0, nil, nil
			} else if err != nil {
				return 0, nil, err
			}
			s = stampOf{n: found.N, stamp: found.Stamp}
		}
		if !counts(s.n, s.by, s.stamp) {
			return 0, nil, nil
		}
		return s.n, s.stamp, nil
	})
	err := j.Read(ctx, 1, func(b *journal.Block) (bool, error) {
		for n := b.First; n <= min(b.Last, head); n++ {
			r, by := b.Record(n), uint64(0)
			if s, known := m.stamps[r.ID]; known && r.ID.Seq > 0 {
				r.Stamp, by = s.stamp, s.by
			}
			if r.ID.Seq == 0 || len(r.Stamp) == 0 || !counts(n, by, r.Stamp) {
				continue
			}
			if err := refoldOne(again, m.state, n, &r); err != nil {
				return false, fmt.Errorf("entry %d cannot be folded again: %w", n, err)
			}
		}
		if q.progress != nil {
			q.progress(b.Last)
		}
		return b.Last < head, ctx.Err()
	})
	return again.Books(), err
}

// errStamp is met in a folder of before scans were settled, and nowhere else but by damage.
var errStamp = errors.New("what was fixed when its scan came is not in a form that this program knows. " +
	"Checksums, numbering and hash chain of all entries are right. A program from before late scans were settled (the first days of schema 1) wrote it so: " +
	"a server goes on with such a folder, but what was booked then can be neither proved nor settled again; keep the folder, and begin a new one with its balances (report balance --format csv) as opening stock. " +
	"In a folder of a later program it is damage: restore the newest backup")

func refoldOne(again *settle.Again, state *ledger.State, n uint64, r *journal.Record) error {
	stamp, err := state.ReadStamp(r.Stamp)
	if err != nil {
		return fmt.Errorf("%w: %w", errStamp, err)
	}
	switch stamp.Kind {
	case ledger.StampNothing, ledger.StampMap, ledger.StampClose:
		return nil
	}
	in, err := readIntent(r.JSON)
	if err != nil {
		return err
	}
	in.Device, in.Install, in.Seq = r.ID.Device, r.ID.Install, r.ID.Seq
	return again.Take(n, in, &stamp)
}

// readIntent reads the intent of an entry, and of one that could not be read in
// full what can be.
func readIntent(entry []byte) (*ledger.Intent, error) {
	var e struct {
		Intent *ledger.Intent `json:"intent"`
	}
	if json.Unmarshal(entry, &e) == nil && e.Intent != nil {
		return e.Intent, nil
	}
	whole, err := ledger.ReadEntry(entry)
	if err != nil {
		return nil, err
	}
	return whole.Intent, nil
}

type stampOf struct {
	n, by uint64 // the entry, and that by which it was booked later
	stamp []byte
}

// master is what folding begins with: a state without goods, the stamps of intents
// that were parked at first, and the closings of the books.
type master struct {
	state    *ledger.State
	stamps   map[ledger.Identity]stampOf
	closings settle.Closings
}

func readMaster(ctx context.Context, j journal.Journal) (*master, error) {
	loader, state := ledger.NewLoader()
	m := &master{state: state, stamps: map[ledger.Identity]stampOf{}}
	err := j.Rows(ctx, func(key, value []byte) error {
		if ledger.IsMasterData(key) {
			return loader.Load(key, value)
		}
		if c, ok, err := settle.ReadClosing(key, value); ok || err != nil {
			m.closings = append(m.closings, c)
			return err
		}
		return settle.Mapped(key, value, func(id ledger.Identity, n, by uint64, stamp []byte) { m.stamps[id] = stampOf{n, by, stamp} })
	})
	if err != nil {
		return nil, err
	}
	return m, loader.Finish()
}

// compareFolds looks for a cell or a value that the fold has otherwise than the
// moves that were booked.
func compareFolds(b *settle.Books, only func(*ledger.Product) bool, folded balances, values map[valueKey]int64) error {
	const wrong = "the books are wrong: by the moments of its scans %s at %s holds %s, and by what was booked %s; restore a backup, and tell us"
	seen := map[balanceKey]bool{}
	for _, c := range b.State().CellsOf(nil) {
		key := balanceKey{c.Product.Code, c.At.Ref(), c.Place.PackageCode(), c.Lot, c.Serial, c.Status()}
		seen[key] = true
		if folded[key] != c.Quantity {
			return fmt.Errorf(wrong, key.product, key.place, ledger.FormatScaled(c.Quantity, c.Product.Decimals), ledger.FormatScaled(folded[key], c.Product.Decimals))
		}
	}
	for key, sum := range folded {
		if p, ok := b.State().Product(key.product); ok && sum != 0 && only(p) && !seen[key] {
			return fmt.Errorf(wrong, key.product, key.place, "nothing", ledger.FormatScaled(sum, p.Decimals))
		}
	}
	return compareValues(b, values)
}

// compareValues looks for a value at a virtual place, or of a pool, that the fold
// has otherwise than the moves that were booked.
func compareValues(b *settle.Books, values map[valueKey]int64) error {
	worths, err := b.Worths()
	if err != nil {
		return err
	}
	pooled := map[valueKey]int64{} // by product and site
	for key, value := range values {
		if site, ok := b.PoolOf(key.place); ok {
			pooled[valueKey{key.product, site}] += value
		}
	}
	differ := func(product, place string, value, booked int64) error {
		if value == booked {
			return nil
		}
		return fmt.Errorf("the books are wrong: by the moments of its scans %s at %s is worth %s, and by what was booked %s; restore a backup, and tell us",
			product, place, ledger.FormatScaled(value, ledger.MoneyDecimals), ledger.FormatScaled(booked, ledger.MoneyDecimals))
	}
	for _, w := range worths {
		for place, value := range w.Accounts {
			if err := differ(w.Product.Code, place, value, values[valueKey{w.Product.Code, place}]); err != nil {
				return err
			}
		}
		for _, p := range w.Pools {
			if err := differ(w.Product.Code, cmp.Or(p.Site, "all places together"), p.Value, pooled[valueKey{w.Product.Code, p.Site}]); err != nil {
				return err
			}
		}
	}
	return nil
}
