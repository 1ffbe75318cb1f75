package labels_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"bayledger/labels/printer"
	"bayledger/server/access"
	"bayledger/server/labels"
	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/dgraph-io/badger/v4"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

// world is a book with some goods in it.
type world struct {
	*labels.Service
	t    *testing.T
	book *book.Book
	keys *store.Store
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, err := badger.Open(badger.DefaultOptions("").WithInMemory(true).WithLogger(nil).WithMetricsEnabled(false))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t}
	if w.keys, err = store.Open(db, store.Options{}); err != nil {
		t.Fatal(err)
	}
	if w.book, err = book.Open(t.Context(), journal.NewMemory("e1"), book.Options{}); err != nil {
		t.Fatal(err)
	}
	if w.Service, err = labels.New(labels.Options{Book: w.book, Store: w.keys, Idle: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.Close(context.Background())
		w.book.Close()
		db.Close()
	})
	w.edit(ledger.EntitySite, "north", nil)
	w.edit(ledger.EntityProduct, "BOLT", map[string]string{"name": "Hex bolt", "unit": "piece"})
	w.edit(ledger.EntityBarcode, "19506000134359", map[string]string{"product": "BOLT", "quantity": "12"})
	w.edit(ledger.EntityBarcode, "9506000134352", map[string]string{"product": "BOLT"})
	w.edit(ledger.EntityProduct, "CHEESE", map[string]string{"name": "Cheese"})
	w.edit(ledger.EntityBarcode, "north/2000000000015", map[string]string{"product": "CHEESE"})
	w.edit(ledger.EntityProduct, "NAIL", nil)
	w.edit(ledger.EntityProduct, "SCREW", map[string]string{"name": "Screw", "barcode": "9506000134376"})
	w.edit(ledger.EntityBarcode, "9506000134369", map[string]string{"product": "SCREW"})
	w.edit(ledger.EntityBarcode, "9506000134376", map[string]string{"product": "SCREW", "quantity": "100"})
	return w
}

func (w *world) edit(entity, code string, fields map[string]string) {
	w.t.Helper()
	if _, _, err := w.book.Edit(w.t.Context(), "test", []ledger.Patch{{Entity: entity, Code: code, Fields: fields}}, false); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) scan(in ledger.Intent) {
	w.t.Helper()
	answer, err := w.book.Do(w.t.Context(), book.Source{Role: string(access.Admin), Transport: book.Stated}, []ledger.Received{wire.Receive(in)})
	if err != nil || answer.Results[0].Outcome != ledger.Applied {
		w.t.Fatalf("%+v, %v", answer, err)
	}
}

// What a code names is looked up, and what somebody says lies over it.
func TestCompose(t *testing.T) {
	w := newWorld(t)
	quantity := func(n int64) *ledger.Decimal { d := ledger.NewDecimal(n, 0); return &d }
	w.scan(ledger.Intent{Device: "H", Seq: 1, Action: "add", Product: "BOLT", Quantity: *quantity(48), To: "incoming", Lot: "L7"})
	w.scan(ledger.Intent{Device: "H", Seq: 2, Action: "pack", Product: "BOLT", Quantity: *quantity(48), From: "incoming", Lot: "L7", Package: "195060001000000019"})
	if _, err := w.keys.Pair(store.Request{Device: "H-07", Role: access.Floor, Label: "Dock handheld"}); err != nil {
		t.Fatal(err)
	}
	if err := w.PutPrinter(printer.Profile{Name: "DOCK-1", Title: "Receiving", Address: "raw://127.0.0.1", DPI: 203}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		ask    labels.Ask
		layout string
		want   map[string]string
	}{
		{"a product", labels.Ask{Subject: "product", Code: "BOLT"}, "product", map[string]string{"code": "BOLT", "name": "Hex bolt", "barcode": "9506000134352", "gtin": "09506000134352", "unit": ""}},
		{"by the barcode of its case", labels.Ask{Subject: "product", Code: "19506000134359"}, "product", map[string]string{"code": "BOLT", "barcode": "19506000134359", "gtin": "19506000134359"}},
		{"the barcode that was chosen", labels.Ask{Subject: "product", Code: "SCREW"}, "product", map[string]string{"barcode": "9506000134376"}},
		{"a number of one site is no GTIN", labels.Ask{Subject: "product", Code: "CHEESE", Site: "north"}, "product", map[string]string{"barcode": "2000000000015", "gtin": ""}},
		{"and not of another site", labels.Ask{Subject: "product", Code: "CHEESE"}, "product", map[string]string{"barcode": "", "gtin": ""}},
		{"fields lie over it", labels.Ask{Subject: "product", Code: "BOLT", Fields: map[string]string{"name": "Bolt", "quantity": "5"}}, "product", map[string]string{"name": "Bolt", "unit": "piece"}},
		{"a lot", labels.Ask{Subject: "lot", Code: "NAIL", Fields: map[string]string{"lot": "A1"}}, "lot", map[string]string{"code": "NAIL", "lot": "A1", "gtin": ""}},
		{"a pallet with one content", labels.Ask{Subject: "package", Code: "195060001000000019"}, "package", map[string]string{"sscc": "195060001000000019", "content": "09506000134352", "count": "48", "lot": "L7"}},
		{"a tote", labels.Ask{Subject: "package", Code: "TOTE-1"}, "plate", map[string]string{"code": "TOTE-1", "sscc": ""}},
		{"a wrong SSCC is a code of one's own", labels.Ask{Subject: "package", Code: "195060001000000018"}, "plate", map[string]string{"sscc": ""}},
		{"a place", labels.Ask{Subject: "location", Code: "stock"}, "location", map[string]string{"code": "stock", "site": "main"}},
		{"a place of another site", labels.Ask{Subject: "location", Code: "north/stock"}, "location", map[string]string{"code": "stock", "site": "north"}},
		{"a device", labels.Ask{Subject: "device", Code: "H-07"}, "device", map[string]string{"name": "Dock handheld", "role": "floor"}},
		{"a printer, by its label", labels.Ask{Subject: "printer", Code: "BLCMD-PRINTER-DOCK-1"}, "printer", map[string]string{"code": "DOCK-1", "name": "Receiving"}},
		{"a sheet", labels.Ask{Subject: "sheet", Code: "calibration"}, "calibration", map[string]string{"title": "Calibration"}},
	} {
		l, list, err := w.Prepare(t.Context(), []labels.Ask{c.ask}, "", nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if l.Name != c.layout {
			t.Errorf("%s has the layout %s, want %s", c.name, l.Name, c.layout)
		}
		for field, want := range c.want {
			if got := list[0].Fields[field]; got != want {
				t.Errorf("%s: %s is %q, want %q", c.name, field, got, want)
			}
		}
		if _, _, err := w.Draw(t.Context(), l, list, labels.PNG, 203, 1, 1); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, ask := range []labels.Ask{{Subject: "product", Code: "GHOST"}, {Subject: "location", Code: "GHOST"}, {Subject: "device", Code: "GHOST"}, {Subject: "printer", Code: "GHOST"}, {Subject: "sheet", Code: "commands2"}} {
		_, _, err := w.Prepare(t.Context(), []labels.Ask{ask}, map[bool]string{true: "commands"}[ask.Subject == "sheet"], nil)
		var f *ledger.Fault
		if !errors.As(err, &f) || f.Code != ledger.NotFound || !strings.HasSuffix(f.Message, "Nothing was printed.") {
			t.Errorf("%+v: %v", ask, err)
		}
	}
}

// The layout that fits the printer's labels is taken.
func TestLayoutSuitsThePrinter(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		width, height float64
		ask           labels.Ask
		want          string
	}{
		{57, 32, labels.Ask{Subject: "product", Code: "BOLT"}, "product"},
		{100, 50, labels.Ask{Subject: "product", Code: "BOLT"}, "product"},
		{105, 148, labels.Ask{Subject: "package", Code: "195060001000000019"}, "package"},
		{101.6, 152.4, labels.Ask{Subject: "package", Code: "195060001000000019"}, "package-4x6"},
		{101.6, 152.4, labels.Ask{Subject: "package", Range: "pallets"}, "package-4x6"},
	} {
		p := printer.Profile{Name: "P", DPI: 203, Width: c.width, Height: c.height}
		l, _, err := w.Prepare(t.Context(), []labels.Ask{c.ask}, "", &p)
		if err != nil || l.Name != c.want {
			t.Errorf("%s on %g × %g mm: %+v, %v; want %s", c.ask.Subject, c.width, c.height, l, err, c.want)
		}
	}
}

// A name is on the badge of whoever may know it, and in no job: it may have to go.
func TestNamesAreNotKept(t *testing.T) {
	w := newWorld(t)
	if err := w.keys.PutOperatorNames(map[string]string{"ann": "Anna Weber"}); err != nil {
		t.Fatal(err)
	}
	if err := w.PutPrinter(printer.Profile{Name: "P", Address: "raw://127.0.0.1", DPI: 203}); err != nil {
		t.Fatal(err)
	}
	badge := func(named bool) string {
		l, list, err := w.Prepare(t.Context(), []labels.Ask{{Subject: "operator", Code: "ann", Named: named}}, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		file, _, err := w.Draw(t.Context(), l, list, labels.ZPL, 203, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		return string(file)
	}
	without := badge(false)
	if badge(true) == without {
		t.Error("the name is not on the badge")
	}
	j, _, err := w.Print(t.Context(), labels.Request{Printer: "P", Who: boss, Asks: []labels.Ask{{Subject: "operator", Code: "ann"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, list, err := w.Job(j.ID); err != nil || !list[0].Named || list[0].Fields["name"] != "" {
		t.Errorf("%+v, %v", list, err)
	}
	if err := w.keys.PutOperatorNames(map[string]string{"ann": ""}); err != nil {
		t.Fatal(err)
	}
	if badge(true) != without {
		t.Error("a name that was removed is on the badge")
	}
	_, _, err = w.Print(t.Context(), labels.Request{Printer: "P", Who: boss, Asks: []labels.Ask{{Subject: "device", Code: "x", Fields: map[string]string{"pairing": "https://…"}}}})
	if err == nil || !strings.Contains(err.Error(), "pairing code opens a door") {
		t.Errorf("a pairing code in a job: %v", err)
	}
}
