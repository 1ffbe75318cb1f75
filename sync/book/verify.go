package book

import (
	"context"
	"fmt"
	"strings"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
)

// Verify proves a journal: it checks every block (checksums, numbering, the hash
// chain, the device index), takes all moves together again, folds all scans once
// more by their moments, and compares both with each other and with the rows that
// a book would be restored from, in quantities and values. progress, if not
// nil, is called with the entry reached. The error names what is wrong first.
func Verify(ctx context.Context, j journal.Journal, progress func(n uint64)) error {
	if progress == nil {
		progress = func(uint64) {}
	}
	if err := j.Check(ctx, progress); err != nil {
		return err
	}
	head := j.Head().N
	state, err := loadRows(ctx, j)
	if err != nil || head == 0 {
		return err
	}
	folded, values := balances{}, map[valueKey]int64{}
	var moves []ledger.Move // memory for those of one entry
	err = j.Read(ctx, 1, func(b *journal.Block) (bool, error) {
		for n := b.First; n <= min(b.Last, head); n++ {
			if moves, err = folded.take(b.Entry(n), moves, state, values); err != nil {
				return false, fmt.Errorf("entry %d: %w", n, err)
			}
		}
		progress(b.Last)
		return b.Last < head, nil
	})
	if err != nil {
		return err
	}
	if err := refold(ctx, j, folded, values, progress); err != nil {
		return err
	}
	return folded.compare(state)
}

// loadRows makes the state that a book would be restored from.
func loadRows(ctx context.Context, j journal.Journal) (*ledger.State, error) {
	loader, state := ledger.NewLoader()
	err := j.Rows(ctx, func(key, value []byte) error {
		if !strings.ContainsRune(ledger.RowPrefixes, rune(key[0])) {
			return nil
		}
		return loader.Load(key, value)
	})
	if err != nil {
		return nil, err
	}
	return state, loader.Finish()
}

// balances are the sums of all moves, by cell, in the product's last decimal.
type balances map[balanceKey]int64

// valueKey is a product at a place, as moves carry value to and from it.
type valueKey struct{ product, place string }

type balanceKey struct {
	product, place, pack, lot, serial string
	status                            ledger.Status
}

// take adds what an entry moves; into is memory for its moves, and comes back.
func (b balances) take(entry []byte, into []ledger.Move, state *ledger.State, values map[valueKey]int64) ([]ledger.Move, error) {
	e := struct {
		Moves []ledger.Move `json:"moves"`
	}{into[:0]}
	if err := json.Unmarshal(entry, &e); err != nil {
		return into, fmt.Errorf("it cannot be read: %w", err)
	}
	for i := range e.Moves {
		if err := b.move(&e.Moves[i], state, values); err != nil {
			return e.Moves, err
		}
	}
	return e.Moves, nil
}

func (b balances) move(m *ledger.Move, state *ledger.State, values map[valueKey]int64) error {
	product, ok := state.Product(m.Product)
	if !ok {
		return fmt.Errorf("it moves %q, which the catalogue does not have", m.Product)
	}
	quantity, err := ledger.ParseDecimal(m.Quantity)
	units, ok := quantity.Scaled(product.Decimals)
	if err != nil || !ok {
		return fmt.Errorf("it moves %q of %s, which cannot be", m.Quantity, m.Product)
	}
	b[balanceKey{m.Product, m.From, m.FromPackage, m.Lot, m.Serial, m.FromStatus}] -= units
	b[balanceKey{m.Product, m.To, m.ToPackage, m.Lot, m.Serial, m.ToStatus}] += units
	if m.Value == "" || m.Value == "0" {
		return nil
	}
	value, err := ledger.ParseDecimal(m.Value)
	minor, ok := value.Scaled(ledger.MoneyDecimals)
	if err != nil || !ok {
		return fmt.Errorf("it moves a value of %q, which cannot be", m.Value)
	}
	values[valueKey{m.Product, m.From}] -= minor
	values[valueKey{m.Product, m.To}] += minor
	return nil
}

// compare looks for a cell whose row says something else than its moves.
func (b balances) compare(state *ledger.State) error {
	const wrong = "the books are wrong: %s at %s holds %s by its row, and %s by its moves; run bayledger rebuild, or restore a backup"
	for _, c := range state.CellsOf(nil) {
		key := balanceKey{c.Product.Code, c.At.Ref(), c.Place.PackageCode(), c.Lot, c.Serial, c.Status()}
		if b[key] != c.Quantity {
			return fmt.Errorf(wrong, key.product, key.place, ledger.FormatScaled(c.Quantity, c.Product.Decimals), ledger.FormatScaled(b[key], c.Product.Decimals))
		}
		delete(b, key)
	}
	for key, sum := range b {
		if product, ok := state.Product(key.product); ok && sum != 0 {
			return fmt.Errorf(wrong, key.product, key.place, "nothing", ledger.FormatScaled(sum, product.Decimals))
		}
	}
	return nil
}
