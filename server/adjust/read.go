package adjust

import (
	"errors"
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// columns are the fields of an imported line.
var columns = []string{"location", "product", "scan", "barcode", "lot", "serial", "kind", "change", "counted", "unit", "expiry", "other", "unit_cost", "total_cost", "note"}

// Columns lists the fields that a line of a file may have.
func Columns() []string { return slices.Clone(columns) }

// ReadSaid reads a line of a file by its fields. An empty field is a missing one; barcode
// is another word for scan.
func ReadSaid(fields map[string]string) (Said, *ledger.Fault) {
	var out Said
	texts := map[string]*string{"location": &out.Location, "product": &out.Product, "scan": &out.Scan, "barcode": &out.Scan, "lot": &out.Lot, "serial": &out.Serial,
		"kind": (*string)(&out.Kind), "unit": &out.Unit, "expiry": &out.Expiry, "other": &out.Other, "note": &out.Note}
	numbers := map[string]*ledger.Decimal{"change": &out.Change, "counted": &out.Counted, "unit_cost": &out.UnitCost, "total_cost": &out.TotalCost}
	for _, name := range sorted(fields) {
		value := fields[name]
		if text := texts[name]; text != nil {
			if *text != "" && value != "" {
				return out, bad(name, "Both scan and barcode are given; give one of the two.")
			}
			*text += value
			continue
		}
		number := numbers[name]
		if number == nil {
			return out, &ledger.Fault{Code: ledger.UnknownField, Field: name, Message: "The field " + ledger.Quote(name) + " is not known; a line has " + strings.Join(columns, ", ") + "."}
		}
		d, err := ledger.ParseDecimal(value)
		if err != nil {
			return out, numberFault(name, value, err)
		}
		*number = d
	}
	return out, nil
}

func numberFault(name, value string, err error) *ledger.Fault {
	why := "is no number"
	if errors.Is(err, ledger.ErrTooManyDigits) {
		why = "has more than 15 digits"
	}
	return &ledger.Fault{Code: ledger.BadQuantity, Field: name, Message: "The " + name + " " + ledger.Quote(value) + " " + why + "."}
}

func sorted(fields map[string]string) []string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
