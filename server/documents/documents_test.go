package documents_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/server/adjust"
	"bayledger/server/documents"
	"bayledger/server/documents/rows"
	"bayledger/server/receiving"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// memory is a disk of rows that fails where a look through it uses it again: the real
// one would wait for ever as soon as a writer comes in between.
type memory struct {
	t       *testing.T
	rows    map[string][]byte
	looking bool
}

func (m *memory) free() {
	if m.looking {
		m.t.Error("the disk is used while it is looked through")
	}
}

func (m *memory) Get(key string) ([]byte, error) {
	m.free()
	return m.rows[key], nil
}

func (m *memory) Scan(prefix, after string, backwards bool, fn func(string, []byte) (bool, error)) error {
	m.free()
	m.looking = true
	defer func() { m.looking = false }()
	keys := slices.Sorted(maps.Keys(m.rows))
	if backwards {
		slices.Reverse(keys)
	}
	for _, key := range keys {
		if !strings.HasPrefix(key, prefix) || after != "" && (!backwards && key <= after || backwards && key >= after) {
			continue
		}
		if more, err := fn(key, m.rows[key]); err != nil || !more {
			return err
		}
	}
	return nil
}

func (m *memory) Commit(c rows.Changes) error {
	m.free()
	for key, value := range c.Put {
		m.rows[key] = value
	}
	for _, key := range c.Delete {
		delete(m.rows, key)
	}
	return nil
}

// office is documents on books that can be restored.
type office struct {
	*testing.T
	disk  *memory
	book  *book.Book
	desk  *documents.Service
	clock time.Time
}

var boss = documents.Actor{Name: "boss", Source: book.Source{Self: "boss", Role: "supervisor", Transport: book.Stated}}

func everywhere(string) bool { return true }

// newOffice has the product BOLT on books of an epoch.
func newOffice(t *testing.T, epoch string, disk *memory) *office {
	t.Helper()
	o := &office{T: t, disk: disk, clock: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time {
		o.clock = o.clock.Add(time.Second)
		return o.clock
	}
	var err error
	if o.book, err = book.Open(t.Context(), journal.NewMemory(epoch), book.Options{Now: now, Fatal: func(err error) { t.Error(err) }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.book.Close() })
	if _, _, err := o.book.Edit(t.Context(), "test", []ledger.Patch{{Entity: ledger.EntityProduct, Code: "BOLT", Fields: map[string]string{}}}, false); err != nil {
		t.Fatal(err)
	}
	o.desk = documents.New(documents.Options{Book: o.book, Disk: disk, Now: now})
	return o
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func one(n int64) ledger.Decimal { return ledger.NewDecimal(n, 0) }

// expect keys a delivery of 20 bolts.
func (o *office) expect(number string) {
	o.Helper()
	d := receiving.Delivery{Number: number, Order: "PO-" + number, Site: "main", Lines: []receiving.Line{{Product: "BOLT", Quantity: one(20)}}}
	o.must(o.desk.Expect(o.Context(), []receiving.Delivery{d}, "boss", false))
}

// says tells a delivery shortly.
func (o *office) says(number string) string {
	o.Helper()
	d, err := o.desk.Delivery(o.Context(), number)
	o.must(err)
	p, err := o.desk.Progress(o.Context(), &d)
	o.must(err)
	told, _, _ := strings.Cut(d.Told, " to a moment")
	told, _, _ = strings.Cut(told, " that were")
	return fmt.Sprintf("%s %s, version %d. %s", p.State, p.Lines[0].Accepted, d.Version, told)
}

func (o *office) receive(number string, version uint64, quantity int64, closes bool) error {
	_, _, err := o.desk.Receive(o.Context(), number, version, &receiving.Ask{Lines: []receiving.Said{{Product: "BOLT", Quantity: one(quantity)}}, Close: closes}, boss)
	return err
}

func (o *office) numbers(q documents.DeliveryQuery) string {
	o.Helper()
	q.Limit, q.Sites = 10, everywhere
	list, _, err := o.desk.Deliveries(o.Context(), q)
	o.must(err)
	var out []string
	for i := range list {
		out = append(out, list[i].Number)
	}
	return strings.Join(out, " ")
}

func (o *office) refused(err error, code ledger.Code) {
	o.Helper()
	var f *ledger.Fault
	if !errors.As(err, &f) || f.Code != code {
		o.Errorf("%v, want %s", err, code)
	}
}

// Books that were restored to a moment before something was received have nothing of it:
// what was done is open again, in lists too, and whoever asks once more is not told that
// it was booked.
func TestReceivedAndLostByARestore(t *testing.T) {
	disk := &memory{t: t, rows: map[string][]byte{}}
	o := newOffice(t, "e1", disk)
	o.expect("D-1")
	o.expect("D-2")
	o.must(o.receive("D-1", 1, 20, true))
	if got := o.says("D-1"); got != "done 20, version 2. " {
		t.Error(got)
	}
	o = newOffice(t, "e2", disk)
	if got := o.numbers(documents.DeliveryQuery{Open: true}); got != "D-1 D-2" {
		t.Errorf("open are %s", got)
	}
	o.refused(o.receive("D-1", 1, 20, true), ledger.Expired)
	if got := o.says("D-1"); got != "expected 0, version 3. The books were restored" {
		t.Error(got)
	}
	o.must(o.receive("D-1", 3, 20, true))
	if got := o.says("D-1"); got != "done 20, version 4. " {
		t.Error(got)
	}
	if got := o.says("D-2"); got != "expected 0, version 1. " {
		t.Error(got)
	}
}

// Rows that are older than the books know nothing of what was received: whoever saw them
// has to look again before it is received twice.
func TestReceivedAndForgottenByARestore(t *testing.T) {
	disk := &memory{t: t, rows: map[string][]byte{}}
	o := newOffice(t, "e1", disk)
	o.expect("D-1")
	older := maps.Clone(disk.rows)
	o.must(o.receive("D-1", 1, 8, false))
	o.disk.rows = older
	o.desk = documents.New(documents.Options{Book: o.book, Disk: disk, Now: func() time.Time { return o.clock }})
	o.refused(o.receive("D-1", 1, 8, false), ledger.Expired)
	if got := o.says("D-1"); got != "in_progress 8, version 2. The books have receipts of this" {
		t.Error(got)
	}
	o.must(o.receive("D-1", 2, 12, true))
	if got := o.says("D-1"); got != "done 20, version 3. " {
		t.Error(got)
	}
}

// An adjustment whose booking a restore took away is a draft again, and is found as one.
func TestBookedAndLostByARestore(t *testing.T) {
	disk := &memory{t: t, rows: map[string][]byte{}}
	o := newOffice(t, "e1", disk)
	d, err := o.desk.Begin(t.Context(), documents.NewDraft{Name: "found", Site: "main"}, "boss")
	o.must(err)
	saved, err := o.desk.SaveLines(t.Context(), d.ID, []adjust.Said{{Product: "BOLT", Kind: adjust.Found, Change: one(3)}}, documents.Saving{Saw: 1}, "boss")
	o.must(err)
	ask := documents.Ask{Saw: saved.Draft.Version}
	_, _, err = o.desk.Book(t.Context(), d.ID, ask, boss)
	o.must(err)
	o = newOffice(t, "e2", disk)
	list, _, err := o.desk.Drafts(t.Context(), documents.DraftQuery{State: adjust.Open, Limit: 10, Sites: everywhere})
	if err != nil || len(list) != 1 || !strings.Contains(list[0].Told, "restored") {
		t.Fatalf("%+v, %v", list, err)
	}
	booked, repeat, err := o.desk.Book(t.Context(), d.ID, ask, boss)
	if err != nil || repeat || booked.State != adjust.Booked {
		t.Errorf("%+v, %t, %v", booked, repeat, err)
	}
}

// A delivery is found by each of its names, and no more by one that it had.
func TestNamesOfDeliveries(t *testing.T) {
	o := newOffice(t, "e1", &memory{t: t, rows: map[string][]byte{}})
	for _, number := range []string{"B", "A", "PO-A"} {
		o.expect(number)
	}
	for code, want := range map[string]string{"A": "A", "PO-A": "A PO-A", "PO-B": "B", "": "A B PO-A", "PO": ""} {
		if got := o.numbers(documents.DeliveryQuery{Code: code}); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
	_, err := o.desk.Amend(t.Context(), "A", 1, "boss", func(d *receiving.Delivery) { d.Order, d.ASN = "PO-B", "ASN-7" })
	o.must(err)
	for code, want := range map[string]string{"PO-A": "PO-A", "PO-B": "A B", "ASN-7": "A"} {
		if got := o.numbers(documents.DeliveryQuery{Code: code, Open: true}); got != want {
			t.Errorf("%s, amended: %s, want %s", code, got, want)
		}
	}
	if got := o.numbers(documents.DeliveryQuery{Code: "PO-B", After: "A"}); got != "B" {
		t.Error(got)
	}
}
