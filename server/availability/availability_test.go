package availability

import (
	"slices"
	"testing"

	"bayledger/sync/ledger"
)

func TestWord(t *testing.T) {
	limit := func(text string) ledger.Decimal {
		d, err := ledger.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		available int64
		decimals  int
		limit     ledger.Decimal
		want      string
	}{
		{0, 0, limit("5"), OutOfStock}, {-3, 0, limit("5"), OutOfStock}, {1, 0, limit("5"), LowInStock}, {5, 0, limit("5"), LowInStock}, {6, 0, limit("5"), InStock},
		{1, 0, ledger.Decimal{}, InStock}, {1, 0, limit("0"), InStock},
		{500, 2, limit("5"), LowInStock}, {501, 2, limit("5"), InStock}, {1, 2, limit("5"), LowInStock},
	} {
		if got := Word(c.available, &ledger.Product{Decimals: c.decimals}, c.limit); got != c.want {
			t.Errorf("%d of %d decimals: %s, want %s", c.available, c.decimals, got, c.want)
		}
	}
}

func TestTouches(t *testing.T) {
	for name, c := range map[string]struct {
		entry ledger.Entry
		want  []string
		all   bool
	}{
		"a move":           {ledger.Entry{Intent: &ledger.Intent{Action: "move"}, Moves: []ledger.Move{{Product: "NUT"}, {Product: "BOLT"}, {Product: "NUT"}}}, []string{"BOLT", "NUT"}, false},
		"a correction":     {ledger.Entry{Moves: []ledger.Move{{Product: "BOLT"}}}, []string{"BOLT"}, false},
		"a hold on a lot":  {ledger.Entry{Intent: &ledger.Intent{Action: "isolate", Product: "BOLT", Lot: "L1"}}, []string{"BOLT"}, false},
		"a hold on places": {ledger.Entry{Intent: &ledger.Intent{Action: "isolate", From: "A-01"}}, nil, true},
		"its end":          {ledger.Entry{Intent: &ledger.Intent{Action: "release", Holds: []string{"H-1/i/1"}}}, nil, true},
		"an undone hold":   {ledger.Entry{Intent: &ledger.Intent{Action: "undo", Reference: "1"}}, nil, true},
		"a place's kind":   {ledger.Entry{Edit: &ledger.Edit{Entity: ledger.EntityLocation, Code: "A"}}, nil, true},
		"a product":        {ledger.Entry{Edit: &ledger.Edit{Entity: ledger.EntityProduct, Code: "BOLT"}}, []string{"BOLT"}, false},
		"a partner":        {ledger.Entry{Edit: &ledger.Edit{Entity: ledger.EntityPartner, Code: "ACME"}}, nil, false},
		"a parked scan":    {ledger.Entry{Intent: &ledger.Intent{Action: "add", Scan: "555"}}, nil, false},
	} {
		if got, all := Touches(&c.entry); !slices.Equal(got, c.want) || all != c.all {
			t.Errorf("%s: %v %v, want %v %v", name, got, all, c.want, c.all)
		}
	}
}
