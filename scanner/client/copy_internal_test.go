package client

import (
	"fmt"
	"testing"
	"time"

	"bayledger/sync/wire"

	"github.com/go-json-experiment/json/jsontext"
)

// More rows than the device can hold are refused, and the copy dropped.
func TestCopyIsBounded(t *testing.T) {
	c := newCopy()
	rows := make([]jsontext.Value, 0, MaxCopyRows+1)
	for i := range MaxCopyRows + 1 {
		rows = append(rows, jsontext.Value(fmt.Sprintf(`{"entity":"product","code":"P%d","n":1}`, i)))
	}
	if !c.snapshot(&wire.Snapshot{Topic: wire.TopicCatalog, Part: 1, Parts: 1, N: 1, Rows: rows[:MaxCopyRows]}, time.Time{}) {
		t.Error("as many as may be were refused")
	}
	if c.events(&wire.Events{Topic: wire.TopicCatalog, From: 1, To: 2, Events: rows[MaxCopyRows:]}, time.Time{}) {
		t.Error("one too many was taken")
	}
	if c.drop(wire.TopicCatalog); c.CatalogAsOf() != (AsOf{}) {
		t.Errorf("%+v", c.CatalogAsOf())
	}
}

// A catalogue that was kept is known until a snapshot tells a newer one; one that came is not replaced
// by what was kept.
func TestCopyKept(t *testing.T) {
	old, at := newCopy(), time.Unix(1_700_000_000, 0)
	if rows, n := old.Catalog(); rows != nil || n != 0 {
		t.Errorf("nothing has come, and %d rows are there", len(rows))
	}
	tell := func(c *Copy, n uint64, rows ...string) {
		m := wire.Snapshot{Topic: wire.TopicCatalog, Part: 1, Parts: 1, N: n}
		for _, r := range rows {
			m.Rows = append(m.Rows, jsontext.Value(r))
		}
		c.snapshot(&m, at)
	}
	tell(old, 7, `{"entity":"product","code":"TEA","fields":{"name":"Tea"},"n":5}`, `{"entity":"location","code":"A-01","site":"main","n":6}`)
	rows, n := old.Catalog()
	fresh := newCopy()
	fresh.LoadCatalog(rows, n, at)
	if p, ok := fresh.Product("TEA"); !ok || p.Fields["name"] != "Tea" || fresh.CatalogAsOf() != (AsOf{7, at, 2, true}) {
		t.Errorf("%+v, as of %+v", p, fresh.CatalogAsOf())
	}
	tell(fresh, 9, `{"entity":"product","code":"NUT","n":9}`)
	fresh.LoadCatalog(rows, n, at)
	if _, ok := fresh.Product("TEA"); ok || fresh.CatalogAsOf().N != 9 {
		t.Error("what was kept stands before what was told")
	}
}
