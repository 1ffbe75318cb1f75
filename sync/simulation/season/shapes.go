package season

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Product is a row of the catalogue: columns code, name, median_unit_price and
// units_removed, of which all or half is laid in before the first scan.
type Product struct {
	Code, Name, Price string
	FIFO, Serial      bool
	Opening           *big.Rat
}

// Scan is a row of a scan log: columns occurred_at, action (add, remove), code,
// quantity, reference and kind (sale, cancel, writeoff, found).
type Scan struct {
	At                             time.Time
	Action, Code, Quantity, Number string
	Kind                           string
}

// Delivery is goods that came in under one number.
type Delivery struct {
	Number, Order, Partner string
	At                     time.Time
	Lines                  []DeliveryLine
}

// DeliveryLine is a row of a list of receipts: columns po_so, asn_dn, vendor, item,
// packs, line_value_usd and delivered.
type DeliveryLine struct {
	Product, Quantity, TotalCost string
	Lot, Serial                  string // which no file has: see Trade
}

// table reads the named columns of a CSV file with a header, row by row.
func table(r io.Reader, columns []string, row func(cells []string) error) error {
	in := csv.NewReader(r)
	header, err := in.Read()
	if err != nil {
		return fmt.Errorf("the header cannot be read: %w", err)
	}
	at := make([]int, len(columns))
	for i, name := range columns {
		if at[i] = slices.Index(header, name); at[i] < 0 {
			return fmt.Errorf("the file has no column %s", name)
		}
	}
	cells := make([]string, len(columns))
	for n := 2; ; n++ {
		all, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for i, k := range at {
			cells[i] = all[k]
		}
		if err := row(cells); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
}

// readProducts reads the catalogue; every third product is costed first in, first out,
// and of every fifth half of what leaves is laid in, so that some run below zero.
func (p *Plan) readProducts(r io.Reader) error {
	return table(r, []string{"code", "name", "median_unit_price", "units_removed"}, func(c []string) error {
		opening, ok := new(big.Rat).SetString(c[3])
		if !ok {
			return fmt.Errorf("the units %q are no number", c[3])
		}
		if len(p.Products)%5 == 4 {
			opening.Quo(opening, big.NewRat(2, 1))
			opening.SetInt(new(big.Int).Quo(opening.Num(), opening.Denom()))
		}
		p.Products = append(p.Products, Product{Code: c[0], Name: c[1], Price: c[2], FIFO: len(p.Products)%3 == 2, Opening: opening})
		return nil
	})
}

// readScans appends a log.
func (p *Plan) readScans(r io.Reader) error {
	return table(r, []string{"occurred_at", "action", "code", "quantity", "reference", "kind"}, func(c []string) error {
		at, err := time.Parse(time.RFC3339, c[0])
		if err != nil {
			return err
		}
		p.Scans = append(p.Scans, Scan{At: at, Action: c[1], Code: c[2], Quantity: c[3], Number: c[4], Kind: c[5]})
		return nil
	})
}

// readReceipts reads deliveries, the days as they are: between squeezes them.
func (p *Plan) readReceipts(r io.Reader) error {
	at := map[string]int{}
	items := map[string]string{}
	return table(r, []string{"po_so", "asn_dn", "vendor", "item", "packs", "line_value_usd", "delivered"}, func(c []string) error {
		day, err := time.Parse(time.DateOnly, c[6])
		if err != nil {
			return err
		}
		i, known := at[c[1]]
		if !known {
			i = len(p.Deliveries)
			at[c[1]] = i
			p.Deliveries = append(p.Deliveries, Delivery{Number: c[1], Order: c[0], Partner: partnerCode(c[2]), At: day})
		}
		if _, known := items[c[3]]; !known {
			items[c[3]] = p.Products[len(items)*itemStep%len(p.Products)].Code
		}
		d := &p.Deliveries[i]
		d.Lines = append(d.Lines, DeliveryLine{Product: items[c[3]], Quantity: c[4], TotalCost: c[5]})
		return nil
	})
}

// itemStep spreads the items of the receipts over the catalogue.
const itemStep = 29

// partnerCode makes a code of a name: letters and digits, the rest one hyphen.
func partnerCode(name string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(name) {
		switch {
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
