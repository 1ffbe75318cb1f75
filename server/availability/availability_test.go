package availability

import (
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
