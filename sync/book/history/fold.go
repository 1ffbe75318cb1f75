package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
)

// Balance is what one cell held.
type Balance struct {
	Site      string // "" for a virtual place
	Location  string
	Product   string
	Lot       string
	Serial    string
	Package   string
	Status    ledger.Status
	Quantity  string
	ChangedAt ledger.Time // when the last move of it was booked
	N         uint64      // the entry of that move
}

// ErrTooMuch tells that the moves of a cell add up to more than the books hold.
var ErrTooMuch = errors.New("the moves of a cell add up to more than 18 digits")

// cell is the key of a balance. Places and products are as entries name them.
type cell struct {
	place, product, lot, serial, pack string
	status                            ledger.Status
}

type sum struct {
	amount
	changedAt ledger.Time
	n         uint64
}

// Fold adds up the moves of a span's entries and returns what is not zero,
// sorted as the balance report is. keep, which may be nil, says whose moves
// count.
func Fold(ctx context.Context, read Source, span Span, keep func(*ledger.Entry) bool) ([]Balance, error) {
	sums := map[cell]*sum{}
	texts := map[string]string{} // each code once: a decoded entry's texts are all new
	intern := func(s string) string {
		if known, ok := texts[s]; ok {
			return known
		}
		s = strings.Clone(s)
		texts[s] = s
		return s
	}
	add := func(c cell, a amount, e *ledger.Entry) error {
		s := sums[c]
		if s == nil {
			s = &sum{}
			sums[cell{intern(c.place), intern(c.product), intern(c.lot), intern(c.serial), intern(c.pack), ledger.Status(intern(string(c.status)))}] = s
		}
		if !s.add(a) {
			return fmt.Errorf("entry %d: %w", e.N, ErrTooMuch)
		}
		s.changedAt, s.n = e.BookedAt, e.N
		return nil
	}
	decode := func(raw []byte, e *ledger.Entry) error { return json.Unmarshal(raw, e) }
	if keep == nil {
		decode = decodeMoves()
	}
	err := each(ctx, read, span, decode, func(e *ledger.Entry) (bool, error) {
		if keep != nil && !keep(e) {
			return true, nil
		}
		for i := range e.Moves {
			m := &e.Moves[i]
			a, ok := parseAmount(m.Quantity)
			if !ok {
				return false, fmt.Errorf("entry %d moves %q, which is no quantity", e.N, m.Quantity)
			}
			if err := add(cell{m.From, m.Product, m.Lot, m.Serial, m.FromPackage, m.FromStatus}, amount{-a.coef, a.scale}, e); err != nil {
				return false, err
			}
			if err := add(cell{m.To, m.Product, m.Lot, m.Serial, m.ToPackage, m.ToStatus}, a, e); err != nil {
				return false, err
			}
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return balances(sums), nil
}

func balances(sums map[cell]*sum) []Balance {
	out := make([]Balance, 0, len(sums))
	for c, s := range sums {
		if s.coef == 0 {
			continue
		}
		site, location := SplitPlace(c.place)
		out = append(out, Balance{Site: site, Location: location, Product: c.product, Lot: c.lot, Serial: c.serial, Package: c.pack,
			Status: c.status, Quantity: ledger.FormatScaled(s.coef, s.scale), ChangedAt: s.changedAt, N: s.n})
	}
	slices.SortFunc(out, Compare)
	return out
}

// Compare orders balances as their report does.
func Compare(a, b Balance) int {
	return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.Location, b.Location), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Lot, b.Lot),
		cmp.Compare(a.Serial, b.Serial), cmp.Compare(a.Package, b.Package), cmp.Compare(a.Status, b.Status))
}

// SplitPlace parts how an entry names a place: "site/code", or the code alone of
// a virtual one.
func SplitPlace(ref string) (site, code string) {
	if i := strings.IndexByte(ref, '/'); i >= 0 {
		return ref[:i], ref[i+1:]
	}
	return "", ref
}

// amount is a sum of quantities as coef × 10^-scale. Sums may have more digits
// than one quantity; the books bound them far below an int64 at the product's
// decimals, and the scale here is never finer than those.
type amount struct {
	coef  int64
	scale int
}

// parseAmount reads plain notation as the ledger writes it: -12.5
func parseAmount(text string) (amount, bool) {
	digits, negative := strings.CutPrefix(text, "-")
	if digits == "" || digits[0] == '.' || digits[len(digits)-1] == '.' {
		return amount{}, false
	}
	var a amount
	point := false
	for i := range len(digits) {
		c := digits[i]
		switch {
		case c == '.' && !point:
			point = true
			continue
		case c < '0' || c > '9' || a.coef > (math.MaxInt64-9)/10 || a.scale >= ledger.MaxDecimals && point:
			return amount{}, false
		}
		a.coef = a.coef*10 + int64(c-'0')
		if point {
			a.scale++
		}
	}
	if negative {
		a.coef = -a.coef
	}
	return a, true
}

func (a *amount) add(b amount) bool {
	for ; a.scale < b.scale; a.scale++ {
		if a.coef > math.MaxInt64/10 || a.coef < math.MinInt64/10 {
			return false
		}
		a.coef *= 10
	}
	for ; b.scale < a.scale; b.scale++ {
		if b.coef > math.MaxInt64/10 || b.coef < math.MinInt64/10 {
			return false
		}
		b.coef *= 10
	}
	total := a.coef + b.coef
	if (total > a.coef) != (b.coef > 0) && b.coef != 0 {
		return false
	}
	a.coef = total
	return true
}
