package meaning_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"bayledger/scanner/meaning"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// shelf is a book with a catalogue, as a server has it.
type shelf struct {
	*testing.T
	book    *book.Book
	journal *journal.Memory
	seq     int
}

func open(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{T: t, journal: journal.NewMemory("e1")}
	s.start()
	t.Cleanup(func() {
		s.book.Close()
		j, err := s.journal.Reopen()
		if err == nil {
			err = book.Verify(context.Background(), j, nil)
		}
		if err != nil {
			t.Error(err)
		}
	})
	s.edit(master()...)
	return s
}

// master is the catalogue of server and device.
func master() []ledger.Patch {
	product := func(code string, fields ...string) ledger.Patch {
		p := ledger.Patch{Entity: ledger.EntityProduct, Code: code, Fields: map[string]string{}}
		for i := 0; i+1 < len(fields); i += 2 {
			p.Fields[fields[i]] = fields[i+1]
		}
		return p
	}
	barcode := func(code, product, quantity string) ledger.Patch {
		return ledger.Patch{Entity: ledger.EntityBarcode, Code: code, Fields: map[string]string{"product": product, "quantity": quantity}}
	}
	return []ledger.Patch{product("TEA"), product("PILL", "tracking", "serial"), product("HAM", "unit", "kg", "decimals", "3"),
		product("CHEESE", "unit", "g"), product("NORTH"), product("SOUTH"), product("HIDE", "unit", "piece", "unit.m2", "2", "decimals", "2"),
		ledger.Patch{Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"restricted": "21IIIIIKKGGGC 23IIIIINNNNNC"}},
		ledger.Patch{Entity: ledger.EntitySite, Code: "north"},
		barcode("9521234543213", "TEA", ""), barcode("19521234543210", "TEA", "12"), barcode("036000291452", "PILL", ""),
		barcode("99521234543216", "HAM", ""), barcode("2112345000008", "CHEESE", ""), barcode("2312345000002", "TEA", ""),
		barcode("north/2012345678903", "NORTH", ""), barcode("2012345678903", "SOUTH", ""), barcode("96385074", "HIDE", "")}
}

func (s *shelf) start() {
	s.Helper()
	var err error
	if s.book, err = book.Open(context.Background(), s.journal, book.Options{Scans: meaning.Reader{}, Report: func(err error) { s.Error(err) }}); err != nil {
		s.Fatal(err)
	}
}

func (s *shelf) edit(patches ...ledger.Patch) {
	s.Helper()
	if _, i, err := s.book.Edit(context.Background(), "test", patches, false); err != nil {
		s.Fatalf("patch %d: %v", i, err)
	}
}

// scan pushes one intent, as over the socket, and says what became of it.
func (s *shelf) scan(fields string) ledger.Result {
	s.Helper()
	s.seq++
	in := wire.DecodeIntent(fmt.Appendf(nil, `{"device":"H-1","install":"i","seq":%d,"at":"2026-03-02T09:00:00Z",%s}`, s.seq, fields), wire.Socket)
	r, err := s.book.Do(context.Background(), book.Source{Device: "H-1", Install: "i", Transport: book.Socket, Role: "supervisor"}, []ledger.Received{in})
	if err != nil {
		s.Fatal(err)
	}
	return r.Results[0]
}

// moves tells what an entry moved: product, lot, serial and quantity, and where goods went.
func (s *shelf) moves(n uint64) string {
	s.Helper()
	var told []string
	err := s.journal.Read(context.Background(), n, func(blk *journal.Block) (bool, error) {
		e, err := ledger.ReadEntry(blk.Entry(n))
		if err == nil {
			for _, m := range e.Moves {
				told = append(told, strings.TrimSpace(strings.Join([]string{m.Product, m.Lot, m.Serial, m.Quantity, m.ToPackage}, "·")))
			}
		}
		return false, err
	})
	if err != nil {
		s.Fatal(err)
	}
	return strings.Join(told, " + ")
}

// bookedScans are scans, what else their intents say, and what is booked of them: product, lot, serial,
// quantity, package. They are never changed.
var bookedScans = []struct{ name, intent, want string }{
	{"a piece", `"scan":"9521234543213"`, "TEA···1·"},
	{"a piece, as its maker's 14 digits", `"scan":"09521234543213"`, "TEA···1·"},
	{"a case of twelve", `"scan":"]I119521234543210"`, "TEA···12·"},
	{"a UPC-A with thirteen digits", `"scan":"]E00036000291452"`, "PILL···1·"},
	{"an element string", `"scan":"]C10109521234543213"`, "TEA···1·"},
	{"its lot", `"scan":"]C1010952123454321310LOT-7"`, "TEA·LOT-7··1·"},
	{"the lot said stands", `"scan":"]C1010952123454321310LOT-7","lot":"L9"`, "TEA·L9··1·"},
	{"a case with lot", `"scan":"]d2011952123454321010LOT-7"`, "TEA·LOT-7··12·"},
	{"a quantity is pieces", `"scan":"]d20119521234543210","quantity":"3"`, "TEA···3·"},
	{"a serial", `"scan":"]d2010003600029145221S1` + `\u001d` + `17270131"`, "PILL··S1·1·"},
	{"the serial said stands", `"scan":"]d2010003600029145221S1","serial":"S2"`, "PILL··S2·1·"},
	{"the serial of a case is no piece's", `"scan":"]d2011952123454321021CASE1"`, "TEA···12·"},
	{"five of what has no serials", `"scan":"]d2010952123454321321X1","quantity":"5"`, "TEA···5·"},
	{"a weight", `"scan":"]C10199521234543216` + `3103001250"`, "HAM···1.25·"},
	{"a weight that the product does not know", `"scan":"]C10109521234543213` + `3103001250"`, "TEA···1·"},
	{"an area in a unit of the product", `"scan":"]C10100000096385074` + `3141000015"`, "HIDE···3·"},
	{"a variable count", `"scan":"]C10109521234543213` + `307"`, "TEA···7·"},
	{"a pallet and what is on it", `"scan":"]C100395212345000000019` + `02195212345432103724"`, "TEA···288·395212345000000019"},
	{"an in-store weight", `"scan":"2112345012506"`, "CHEESE···1250·"},
	{"an in-store count", `"scan":"]E02312345000071"`, "TEA···7·"},
	{"a number of one site", `"scan":"2012345678903","site":"north"`, "NORTH···1·"},
	{"the same number elsewhere", `"scan":"2012345678903"`, "SOUTH···1·"},
	{"a link", `"scan":"https://id.gs1.org/01/09521234543213/10/LOT-7?17=270131"`, "TEA·LOT-7··1·"},
	{"brackets", `"scan":"(01)09521234543213(10)LOT-7"`, "TEA·LOT-7··1·"},
	{"a link with identifier", `"scan":"]Q1https://example.com/01/19521234543210"`, "TEA···12·"},
	{"AIs that do not go together", `"scan":"]C10119521234543210` + `3712"`, "TEA···12·"},
	{"lines", `"lines":[{"scan":"]C1010952123454321310A"},{"scan":"]C1010952123454321310B","quantity":"2"}]`, "TEA·A··1· + TEA·B··2·"},
}

// What a bare scan books.
func TestServerReadsScans(t *testing.T) {
	for _, c := range bookedScans {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			r := s.scan(`"action":"add",` + c.intent)
			if r.Outcome != ledger.Applied {
				t.Fatalf("%s %s: %s", r.Outcome, r.Code, r.Message)
			}
			if got := s.moves(r.Entry); got != c.want {
				t.Errorf("booked %s, want %s", got, c.want)
			}
		})
	}
}

// A scan that says another product than was said: the product stands, and the lot
// of the other one is not its lot.
func TestServerScanDisagrees(t *testing.T) {
	s := open(t)
	r := s.scan(`"action":"add","product":"HAM","quantity":"2","scan":"]C1010952123454321310LOT-7"`)
	if r.Outcome != ledger.Exception {
		t.Fatalf("%s %s: %s", r.Outcome, r.Code, r.Message)
	}
	if got := s.moves(r.Entry); got != "HAM···2·" {
		t.Errorf("booked %s", got)
	}
}

// An SSCC by itself is a package: it can be received, moved and seen.
func TestServerPackage(t *testing.T) {
	s := open(t)
	r := s.scan(`"action":"add","scan":"]C100395212345000000019` + `02195212345432103724","to":"incoming"`)
	r = s.scan(`"action":"move","scan":"]C100395212345000000019","to":"stock"`)
	if r.Outcome != ledger.Applied {
		t.Fatalf("%s %s: %s", r.Outcome, r.Code, r.Message)
	}
	if got := s.moves(r.Entry); got != "TEA···288·395212345000000019" {
		t.Errorf("moved %s", got)
	}
}

// A package of ours by its plain code: the scan names what the intent names, and no goods.
func TestServerPlainPackage(t *testing.T) {
	s := open(t)
	s.scan(`"action":"add","product":"TEA","quantity":"5","package":"PLT-7","to":"incoming"`)
	r := s.scan(`"action":"move","scan":"]C0PLT-7","package":"PLT-7","to":"stock"`)
	if got := s.moves(r.Entry); r.Outcome != ledger.Applied || got != "TEA···5·PLT-7" {
		t.Errorf("%s %s: %s moved %s", r.Outcome, r.Code, r.Message, got)
	}
	r = s.scan(`"action":"count","from":"stock","lines":[{"scan":"PLT-7","package":"PLT-7","quantity":"1"}]`)
	if r.Outcome != ledger.Applied {
		t.Errorf("%s %s: %s", r.Outcome, r.Code, r.Message)
	}
}

// What a barcode does not break, it keeps: a scan of goods that nobody knows waits under its number,
// however it was written, and its lot is booked once the number is known.
func TestServerUnknown(t *testing.T) {
	for _, raw := range []string{"4006381333931", "]E04006381333931", "04006381333931", "]C10104006381333931" + "10OTHER", "(01)04006381333931"} {
		t.Run(raw, func(t *testing.T) {
			s := open(t)
			first := s.scan(`"action":"add","scan":"]C1010400638133393110LOT-7"`)
			second := s.scan(`"action":"add","scan":"4006381333931","quantity":"2"`)
			if first.Outcome != ledger.Parked || second.Outcome != ledger.Parked {
				t.Fatalf("%s and %s", first.Outcome, second.Outcome)
			}
			s.restart()
			m := s.scan(fmt.Sprintf(`"action":"map","raw":%q,"product":"TEA"`, raw))
			if m.Outcome != ledger.Applied || !strings.HasPrefix(s.told(m.Entry), "2 scans") {
				t.Fatalf("%s %s: %q", m.Outcome, m.Code, s.told(m.Entry))
			}
			if got := s.moves(m.Entry); got != "TEA·LOT-7··1· + TEA···2·" {
				t.Errorf("booked %s", got)
			}
		})
	}
}

// restart closes the book and opens it again on what its journal kept.
func (s *shelf) restart() {
	s.Helper()
	s.book.Close()
	j, err := s.journal.Reopen()
	if err != nil {
		s.Fatal(err)
	}
	s.journal = j
	s.start()
}

// told is the sentence of an entry.
func (s *shelf) told(n uint64) (message string) {
	s.Helper()
	if err := s.journal.Read(context.Background(), n, func(blk *journal.Block) (bool, error) {
		e, err := ledger.ReadEntry(blk.Entry(n))
		message = e.Message
		return false, err
	}); err != nil {
		s.Fatal(err)
	}
	return message
}

// A scan that breaks a rule says which one, and waits.
func TestServerFault(t *testing.T) {
	s := open(t)
	r := s.scan(`"action":"add","scan":"]C10109521234543214"`)
	if r.Outcome != ledger.Parked || !strings.Contains(r.Message, "check digit") {
		t.Errorf("%s: %s", r.Outcome, r.Message)
	}
}

// Rules that mean nothing are not kept.
func TestServerRules(t *testing.T) {
	s := open(t)
	for _, rules := range []string{"21IIIII", "95IIIIIKKGGGC", "21IIIIIKKGGGX", "21KKKKKGGGGGC", "21IIKKIIIGGGC", "21IIIIICKGGGC"} {
		if _, _, err := s.book.Edit(context.Background(), "test", []ledger.Patch{{Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"restricted": rules}}}, false); err == nil {
			t.Errorf("%s was kept", rules)
		}
	}
}

// Setting a pallet aside by its SSCC holds the pallet, as its code in package does.
func TestServerHoldsPackage(t *testing.T) {
	s := open(t)
	s.scan(`"action":"add","scan":"]C100395212345000000019` + `02195212345432103724","to":"stock"`)
	r := s.scan(`"action":"isolate","scan":"]C100395212345000000019","from":"stock","reason":"wet"`)
	if r.Outcome != ledger.Applied {
		t.Errorf("%s %s: %s", r.Outcome, r.Code, r.Message)
	}
	if got := s.moves(r.Entry); got != "" {
		t.Errorf("a hold moved %s", got)
	}
	held := 0
	if err := s.book.View(context.Background(), func(st *ledger.State, _ uint64) {
		for _, c := range st.ShownCells(func(*ledger.Cell) bool { return true }) {
			if c.Held {
				held++
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	if held != 1 {
		t.Errorf("%d cells are held, not the pallet's", held)
	}
}

// A package that was said stands before the one on the barcode, and somebody hears of it.
func TestServerPackagesDisagree(t *testing.T) {
	s := open(t)
	r := s.scan(`"action":"add","product":"TEA","quantity":"2","package":"PLT-7","scan":"]C100395212345000000019"`)
	if got := s.moves(r.Entry); r.Outcome != ledger.Exception || got != "TEA···2·PLT-7" {
		t.Errorf("%s: %s", r.Outcome, got)
	}
}

// TestReservedCodes: no new goods are named as commands, badges and stickers are; a
// handheld would never take them for goods.
func TestReservedCodes(t *testing.T) {
	s := open(t)
	for _, code := range []string{"BLCMD-ADD", "BLOP-ann", "BLDEV-H-07", "BLLOC-A-01", "BLCAL-0123456789"} {
		for _, p := range []ledger.Patch{{Entity: ledger.EntityProduct, Code: code},
			{Entity: ledger.EntityBarcode, Code: code, Fields: map[string]string{"product": "BOLT"}}} {
			_, _, err := s.book.Edit(context.Background(), "test", []ledger.Patch{p}, false)
			if err == nil || !strings.Contains(err.Error(), "handheld would never take it") {
				t.Errorf("%s %s: %v", p.Entity, code, err)
			}
		}
	}
	s.edit(ledger.Patch{Entity: ledger.EntityProduct, Code: "BLCMDX"})
}
