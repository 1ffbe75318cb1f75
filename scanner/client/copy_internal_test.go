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
