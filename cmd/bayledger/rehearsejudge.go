package main

import (
	"context"
	"fmt"
	"math/big"

	"bayledger/sync/ledger"
)

// once says whether each scan of the source is one entry of the journal.
func (r *rehearsal) once(booked map[ledger.Identity]int) bool {
	for _, n := range booked {
		if n != 1 {
			return false
		}
	}
	return len(booked) == max(r.judge.scans, r.flags.generate)
}

// judgeBooks compares the books with what the judge has taken together itself.
func (r *rehearsal) judgeBooks(ctx context.Context, t *facts) error {
	var answer struct {
		Rows []struct{ Product, Quantity string }
	}
	if err := r.api.get(ctx, "/v1/balances?site=main", &answer); err != nil {
		return err
	}
	found := map[string]*big.Rat{}
	for _, row := range answer.Rows {
		quantity, ok := new(big.Rat).SetString(row.Quantity)
		if !ok {
			return fmt.Errorf("the balance %q of %s is no number", row.Quantity, row.Product)
		}
		if found[row.Product] == nil {
			found[row.Product] = new(big.Rat)
		}
		found[row.Product].Add(found[row.Product], quantity)
	}
	right, wrong := r.judge.compare(found)
	t.check("balances", len(wrong) == 0, "%d of %d equal the file taken together on its own%s", right, len(r.judge.final), firstOf(wrong))
	return r.judgeAlerts(ctx, t)
}

// judgeAlerts compares the open low-stock alerts with those that must be.
func (r *rehearsal) judgeAlerts(ctx context.Context, t *facts) error {
	var answer struct {
		Rows []struct{ Kind, Product string }
	}
	if err := r.api.get(ctx, "/v1/alerts?kind=low", &answer); err != nil {
		return err
	}
	want, extra := r.judge.low(), 0
	total := len(want)
	for _, a := range answer.Rows {
		if !want[a.Product] {
			extra++
		}
		delete(want, a.Product)
	}
	t.check("low-stock alerts", len(want) == 0 && extra == 0, "%d open, %d must be; %d missing, %d too many", len(answer.Rows), total, len(want), extra)
	return nil
}
