package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Every report of a made-up shop's half year is what its files, added up, and a naive
// fold of its scans say. (make real-season plays two recorded years.)
func TestSeason(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	f := writeSeason(t, rand.New(rand.NewPCG(seed, 1)))
	f.child = ownChild(t)
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &errs}
	if err := a.season(t.Context(), f); err != nil {
		t.Errorf("%v\n%s", err, errs.String())
	}
	t.Logf("\n%s", out.String())
	for _, want := range []string{"layers by delivery", "received over the span", "transactions of a month", "lots and serials", "where each serial is", "where lots went", "what is below zero", "verify"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("nothing was said of %q", want)
		}
	}
}

// The files of a made-up shop.
const (
	seasonProducts = 40
	seasonScans    = 1_500
	seasonReceipts = 180 // of 90 deliveries: terminals of every fate among them
)

// writeSeason makes up the files that a season is played from.
func writeSeason(t *testing.T, rng *rand.Rand) *seasonFlags {
	t.Helper()
	dir := t.TempDir()
	file := func(name, header string, rows []string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(header+"\n"+strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	left := make([]int, seasonProducts)
	var scans []string
	at := first
	for n := range seasonScans {
		at = at.Add(time.Duration(rng.IntN(4)) * time.Hour)
		product, quantity := rng.IntN(seasonProducts), 1+rng.IntN(40)
		kind := []string{"sale", "sale", "sale", "sale", "cancel", "writeoff", "found"}[rng.IntN(7)]
		action := "add"
		if kind == "sale" || kind == "writeoff" {
			action = "remove"
			left[product] += quantity
		}
		scans = append(scans, fmt.Sprintf("%s,%s,P%02d,%d,R%d,%s", at.Format(time.RFC3339), action, product, quantity, n, kind))
	}
	var products, receipts []string
	for i, n := range left {
		products = append(products, fmt.Sprintf("P%02d,Product %d,%d.%02d,%d", i, i, rng.IntN(9), rng.IntN(100), n))
	}
	for n := range seasonReceipts {
		receipts = append(receipts, fmt.Sprintf("PO-%d,ASN-%d,Vendor %d,Item %d,%d,%d.%02d,%s", n/3, n/2, n/2%5, rng.IntN(30), 1+rng.IntN(90), rng.IntN(900), rng.IntN(100),
			first.AddDate(-9, 0, n/2).Format(time.DateOnly)))
	}
	return &seasonFlags{products: file("products.csv", "code,name,median_unit_price,units_removed", products),
		receipts: file("receipts.csv", "po_so,asn_dn,vendor,item,packs,line_value_usd,delivered", receipts),
		scans:    []string{file("scans.csv", "occurred_at,action,code,quantity,reference,kind", scans)}}
}
