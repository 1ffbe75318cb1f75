package main

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"net/http"
	"path/filepath"

	"bayledger/sync/ledger"
)

// stockUp imports the catalogue, sets constraints and counts the opening stock.
func (r *rehearsal) stockUp(ctx context.Context) error {
	products, err := r.readInput()
	if err != nil {
		return err
	}
	if err := importRows(ctx, r.api, "products", []string{"code", "name"}, products); err != nil {
		return err
	}
	limits := make([][]string, 0, len(products))
	var lines bytes.Buffer
	seq := 0
	for _, p := range products {
		opening := r.judge.opening[p[0]]
		if opening.Sign() == 0 {
			continue
		}
		if least := least(opening); least.Sign() > 0 {
			limits = append(limits, []string{p[0], "main", least.RatString()})
		}
		seq++
		// Stock that was counted later than a scan would cover it (rule 2).
		in := ledger.Intent{At: max(0, r.judge.first-1), Device: "opening", Install: "-", Seq: uint64(seq), Action: ledger.ActionCount, Reason: "opening", Product: p[0]}
		if in.Quantity, err = ledger.ParseDecimal(opening.RatString()); err != nil {
			return err
		}
		payload, _ := ledger.AppendIntent(nil, &in)
		lines.Write(append(payload, '\n'))
	}
	if err := importRows(ctx, r.api, "constraints", []string{"product", "site", "min"}, limits); err != nil {
		return err
	}
	var answer struct{ Outcomes []ledger.Result }
	if err := r.api.call(ctx, http.MethodPost, "/v1/intents", "application/x-ndjson", lines.Bytes(), &answer); err != nil {
		return err
	}
	for _, o := range answer.Outcomes {
		if o.Outcome != ledger.Applied {
			return fmt.Errorf("the opening stock was not booked: %s", o.Message)
		}
	}
	return nil
}

// readInput lets the judge read the files, or makes up what generated traffic
// needs.
func (r *rehearsal) readInput() ([][]string, error) {
	if r.flags.generate > 0 {
		var rows [][]string
		for i := range generatedProducts {
			code := generatedProduct(i)
			rows = append(rows, []string{code, "Made up"})
			r.judge.opening[code], r.judge.final[code] = big.NewRat(1_000, 1), big.NewRat(1_000, 1)
		}
		for item, err := range generated(r.flags) {
			if err != nil {
				return nil, err
			}
			quantity, _ := new(big.Rat).SetString(item.Intent.Quantity.String())
			if item.Intent.Action == ledger.ActionRemove {
				quantity.Neg(quantity)
			}
			r.judge.final[item.Intent.Product].Add(r.judge.final[item.Intent.Product], quantity)
		}
		return rows, nil
	}
	catalogue, err := r.openFile(r.flags.products)
	if err != nil {
		return nil, err
	}
	defer catalogue.Close()
	rows, err := r.judge.openProducts(catalogue)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(r.flags.products), err)
	}
	scans, err := r.openFile(r.flags.recorded)
	if err != nil {
		return nil, err
	}
	defer scans.Close()
	if err := r.judge.readScans(scans); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(r.flags.recorded), err)
	}
	return rows, nil
}
