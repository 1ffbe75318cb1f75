package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"

	"bayledger/sync/ledger"
)

// judge takes a recorded day together on its own: it reads the file as it is, and
// shares no code with what books it.
type judge struct {
	opening map[string]*big.Rat // counted before the first scan, by product
	final   map[string]*big.Rat // where everything must end
	scans   int
	first   ledger.Time // when the first of them happened; 0 if they are made up
}

// openProducts reads the catalogue's file: the codes, their names, and how much
// of each was ever taken, which is what the opening stock counts.
func (j *judge) openProducts(r io.Reader) (rows [][]string, err error) {
	table, at, err := readHeader(r, "code", "name", "units_removed")
	if err != nil {
		return nil, err
	}
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		taken, ok := new(big.Rat).SetString(row[at[2]])
		if !ok {
			return nil, fmt.Errorf("the units %q of %q are no number", row[at[2]], row[at[0]])
		}
		j.opening[row[at[0]]] = taken
		j.final[row[at[0]]] = new(big.Rat).Set(taken)
		rows = append(rows, []string{row[at[0]], row[at[1]]})
	}
}

// readScans adds up a scan log.
func (j *judge) readScans(r io.Reader) error {
	table, at, err := readHeader(r, "action", "code", "quantity", "occurred_at")
	if err != nil {
		return err
	}
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		quantity, ok := new(big.Rat).SetString(row[at[2]])
		balance, known := j.final[row[at[1]]]
		if !ok || !known {
			return fmt.Errorf("row %d of the scans has the product %q and the quantity %q", j.scans+1, row[at[1]], row[at[2]])
		}
		if row[at[0]] == "remove" {
			quantity.Neg(quantity)
		}
		moment, err := ledger.ParseTime(row[at[3]])
		if err != nil {
			return fmt.Errorf("row %d of the scans: %w", j.scans+1, err)
		}
		if j.first == 0 || moment < j.first {
			j.first = moment
		}
		balance.Add(balance, quantity)
		j.scans++
	}
}

// readHeader finds columns by name.
func readHeader(r io.Reader, names ...string) (*csv.Reader, []int, error) {
	table := csv.NewReader(r)
	header, err := table.Read()
	if err != nil {
		return nil, nil, err
	}
	at := make([]int, len(names))
	for i, name := range names {
		at[i] = -1
		for k, h := range header {
			if h == name {
				at[i] = k
			}
		}
		if at[i] < 0 {
			return nil, nil, fmt.Errorf("the file has no column %s", name)
		}
	}
	return table, at, nil
}

// least is the constraint set on a product: a fifth of its opening stock.
func least(opening *big.Rat) *big.Rat {
	fifth := new(big.Rat).Mul(opening, big.NewRat(1, 5))
	return new(big.Rat).SetInt(new(big.Int).Quo(fifth.Num(), fifth.Denom()))
}

// compare returns how many balances are as they must be, and a sentence for each
// that is not.
func (j *judge) compare(found map[string]*big.Rat) (right int, wrong []string) {
	for code, want := range j.final {
		got := found[code]
		if got == nil {
			got = new(big.Rat)
		}
		if got.Cmp(want) == 0 {
			right++
			continue
		}
		wrong = append(wrong, fmt.Sprintf("%s is %s, and must be %s", code, got.RatString(), want.RatString()))
	}
	for code := range found {
		if j.final[code] == nil {
			wrong = append(wrong, code+" is on the books, and was never scanned")
		}
	}
	return right, wrong
}

// low returns the products that must be on low-stock alert at the end.
func (j *judge) low() map[string]bool {
	out := map[string]bool{}
	for code, opening := range j.opening {
		if least := least(opening); least.Sign() > 0 && j.final[code].Cmp(least) < 0 {
			out[code] = true
		}
	}
	return out
}
