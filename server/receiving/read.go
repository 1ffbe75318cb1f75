package receiving

import (
	"errors"
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// columns are the fields of an imported line: those of its delivery, and its own.
var columns = []string{"number", "delivery", "asn", "partner", "order", "site", "to", "due", "note", "product", "barcode", "item", "quantity", "unit", "price", "lot", "expiry"}

// Columns lists the fields that a line of a file may have.
func Columns() []string { return slices.Clone(columns) }

// Read reads lines of a file into deliveries, in the order in which their numbers come.
// Lines of one number are one delivery; what they say of it must agree, or be missing.
// of tells of each delivery which lines of the file it has. A fault names a line, from 0.
func Read(lines []map[string]string) (out []Delivery, of [][]int, line int, f *ledger.Fault) {
	at := map[string]int{}
	for i, fields := range lines {
		var head Delivery
		var l Line
		if f := readLine(fields, &head, &l); f != nil {
			return nil, nil, i, f
		}
		if head.Number == "" {
			return nil, nil, i, bad("number", "No delivery is named; give its number.")
		}
		n, known := at[head.Number]
		if !known {
			n = len(out)
			at[head.Number] = n
			out, of = append(out, head), append(of, nil)
		}
		if name := out[n].merge(&head); name != "" {
			return nil, nil, i, bad(name, "Its %s is another than on an earlier line of the delivery %s.", name, ledger.Quote(head.Number))
		}
		out[n].Lines, of[n] = append(out[n].Lines, l), append(of[n], i)
	}
	return out, of, 0, nil
}

// heads are what a delivery's lines say of it.
func (d *Delivery) heads() map[string]*string {
	return map[string]*string{"asn": &d.ASN, "partner": &d.Partner, "order": &d.Order, "site": &d.Site, "to": &d.To, "due": &d.Due, "note": &d.Note}
}

// merge takes what another line says of the delivery; it returns what disagrees.
func (d *Delivery) merge(o *Delivery) string {
	mine, theirs := d.heads(), o.heads()
	for _, name := range columns {
		to, from := mine[name], theirs[name]
		switch {
		case to == nil || *from == "":
		case *to == "":
			*to = *from
		case *to != *from:
			return name
		}
	}
	return ""
}

func readLine(fields map[string]string, d *Delivery, l *Line) *ledger.Fault {
	texts := d.heads()
	for name, to := range map[string]*string{"number": &d.Number, "delivery": &d.Number, "product": &l.Product, "barcode": &l.Barcode, "item": &l.Item, "unit": &l.Unit, "lot": &l.Lot, "expiry": &l.Expiry} {
		texts[name] = to
	}
	numbers := map[string]*ledger.Decimal{"quantity": &l.Quantity, "price": &l.Price}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value := fields[name]
		if to := texts[name]; to != nil {
			if *to != "" && value != "" {
				return bad(name, "Both number and delivery are given; give one of the two.")
			}
			*to += value
			continue
		}
		to := numbers[name]
		if to == nil {
			return &ledger.Fault{Code: ledger.UnknownField, Field: name, Message: "The field " + ledger.Quote(name) + " is not known; a line has " + strings.Join(columns, ", ") + "."}
		}
		n, err := ledger.ParseDecimal(value)
		if err != nil {
			why := "is no number"
			if errors.Is(err, ledger.ErrTooManyDigits) {
				why = "has more than 15 digits"
			}
			return &ledger.Fault{Code: ledger.BadQuantity, Field: name, Message: "The " + name + " " + ledger.Quote(value) + " " + why + "."}
		}
		*to = n
	}
	return nil
}
