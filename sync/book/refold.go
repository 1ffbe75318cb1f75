package book

import (
	"context"
	"fmt"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// refoldFacts bounds how many facts one pass of a verification folds: each takes
// some 200 bytes. Larger books take several passes, each over some products.
const refoldFacts = 4_000_000

// refold folds all stamps of a journal once more, by their moments, and compares
// every cell and every value with what the moves came to.
func refold(ctx context.Context, j journal.Journal, folded balances, values map[string]int64, progress func(uint64)) error {
	head := j.Head().N
	state, _, err := masterData(ctx, j)
	if err != nil {
		return err
	}
	passes := uint32(1 + head/refoldFacts)
	if state.HasPackages() {
		passes = 1 // what lies in a package together is judged together
	}
	for pass := range passes {
		if err := refoldPass(ctx, j, folded, values, pass, passes, progress); err != nil {
			return err
		}
	}
	return nil
}

func refoldPass(ctx context.Context, j journal.Journal, folded balances, values map[string]int64, pass, passes uint32, progress func(uint64)) error {
	state, stamps, err := masterData(ctx, j)
	if err != nil {
		return err
	}
	only := func(p *ledger.Product) bool { return uint32(p.ID)%passes == pass }
	again := settle.NewAgain(state, only, func(id ledger.Identity) (uint64, []byte, error) {
		if s, known := stamps[id]; known {
			return s.n, s.stamp, nil
		}
		found, err := j.Find(id)
		if err == journal.ErrNotFound {
			return 0, nil, nil
		}
		return found.N, found.Stamp, err
	})
	head := j.Head().N
	err = j.Read(ctx, 1, func(b *journal.Block) (bool, error) {
		for n := b.First; n <= min(b.Last, head); n++ {
			r := b.Record(n)
			if s, known := stamps[r.ID]; known && r.ID.Seq > 0 {
				r.Stamp = s.stamp
			}
			if err := refoldOne(again, state, n, &r); err != nil {
				return false, fmt.Errorf("entry %d cannot be folded again: %w", n, err)
			}
		}
		progress(b.Last)
		return b.Last < head, nil
	})
	if err != nil {
		return err
	}
	return compareFolds(again.Books(), only, folded, values)
}

func refoldOne(again *settle.Again, state *ledger.State, n uint64, r *journal.Record) error {
	if r.ID.Seq == 0 || len(r.Stamp) == 0 {
		return nil
	}
	stamp, err := state.ReadStamp(r.Stamp)
	if err != nil || stamp.Kind == ledger.StampNothing || stamp.Kind == ledger.StampMap {
		return err
	}
	e, err := ledger.ReadEntry(r.JSON)
	if err != nil {
		return err
	}
	e.Intent.Device, e.Intent.Install, e.Intent.Seq = r.ID.Device, r.ID.Install, r.ID.Seq
	return again.Take(n, e.Intent, &stamp)
}

type stampOf struct {
	n     uint64
	stamp []byte
}

// masterData makes a state without goods, and the stamps of intents that were
// parked at first.
func masterData(ctx context.Context, j journal.Journal) (*ledger.State, map[ledger.Identity]stampOf, error) {
	loader, state := ledger.NewLoader()
	stamps := map[ledger.Identity]stampOf{}
	err := j.Rows(ctx, func(key, value []byte) error {
		if ledger.IsMasterData(key) {
			return loader.Load(key, value)
		}
		return settle.Mapped(key, value, func(id ledger.Identity, n uint64, stamp []byte) { stamps[id] = stampOf{n, stamp} })
	})
	if err != nil {
		return nil, nil, err
	}
	return state, stamps, loader.Finish()
}

// compareFolds looks for a cell or a value that the fold has otherwise than the
// moves that were booked.
func compareFolds(b *settle.Books, only func(*ledger.Product) bool, folded balances, values map[string]int64) error {
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
	pools, err := b.Pools()
	if err != nil {
		return err
	}
	for _, p := range pools {
		for place, value := range p.Accounts {
			if booked := values[p.Product.Code+"\x00"+place]; booked != value {
				return fmt.Errorf("the books are wrong: by the moments of its scans %s at %s is worth %s, and by what was booked %s; restore a backup, and tell us",
					p.Product.Code, place, ledger.FormatScaled(value, ledger.MoneyDecimals), ledger.FormatScaled(booked, ledger.MoneyDecimals))
			}
		}
	}
	return nil
}
