package meaning

import (
	"bayledger/scanner/gs1"
	"bayledger/sync/ledger"
)

// Kind is what a scan is about.
type Kind string

// The kinds.
const (
	Product  Kind = "product"
	Package  Kind = "package"
	Place    Kind = "place"
	Operator Kind = "operator"
	Device   Kind = "device"
	Command  Kind = "command"
	Lot      Kind = "lot"     // a lot by itself, where one is expected
	Serial   Kind = "serial"  // likewise
	Half     Kind = "half"    // the barcode of a label that makes sense only with its other one
	Unknown  Kind = "unknown" // nobody here knows it
)

// Expect is what the screen asks for. It decides what a code is that could be several things.
type Expect string

// What may be expected; the zero Expect is goods, or anything.
const (
	Goods          Expect = ""
	ExpectPlace    Expect = "place"
	ExpectLot      Expect = "lot"
	ExpectSerial   Expect = "serial"
	ExpectOperator Expect = "operator"
)

// Item is a product as the catalogue has it.
type Item struct {
	Code     string
	Name     string
	Unit     string
	Tracking string // none, lot, serial
	Decimals int
	Units    map[string]ledger.Decimal // how many of Unit one of these holds
}

// Catalogue is what is known on the spot. Codes are compared exactly.
type Catalogue interface {
	Barcode(code string) (product string, quantity ledger.Decimal, ok bool)
	Product(code string) (Item, bool)
	Place(site, code string) bool
	Package(code string) bool
	Operator(code string) bool
}

// Context is what decides between meanings.
type Context struct {
	Catalogue Catalogue
	Site      string
	Rules     string // of the site, for its own numbers
	Year      int    // of the scan, for dates of two digits
	Expect    Expect
}

// Meaning is what a scan is about. What does not apply is empty.
type Meaning struct {
	Kind     Kind
	Scan     string         // as it was read
	Code     string         // of the package, place, person, device; the command's name; the lot or serial
	Item     Item           // of a product
	Number   string         // the trade item number, 14 digits, where the scan has one
	Quantity ledger.Decimal // what the barcode stands for, in the product's unit; missing: 1
	Says     ledger.Scanned // lot, serial, expiry, package
	Message  gs1.Message    // of a Half: to be joined
	Fault    *gs1.Error     // the rule that it breaks
}

// Read says what a scan is about. It never fails: what makes no sense is Unknown, with its fault.
func Read(scan string, c Context) Meaning {
	m := Meaning{Scan: scan}
	var msg gs1.Message
	msg, m.Fault = gs1.Decode(scan)
	if msg.Kind == gs1.Command {
		m.Kind, m.Code = Command, msg.Text
		return m
	}
	code := PlainOf(scan)
	if m.ours(code) || m.expected(code, msg, c) || m.known(code, c) || m.person(code, msg, c) {
		return m
	}
	if m.Fault != nil && m.half(scan) {
		return m
	}
	says, ok := Reader{}.ReadScan(scan, c.Rules, c.Year)
	if m.Says = says; !ok {
		m.place(msg, c)
		return m
	}
	return m.goods(c)
}

// ReadLabel says what the barcodes of one label are about together.
func ReadLabel(scan string, msg gs1.Message, c Context) Meaning {
	m := Meaning{Scan: scan}
	says, ok := said(msg, c.Rules, c.Year)
	if m.Says = says; !ok {
		m.Kind = Unknown
		return m
	}
	return m.goods(c)
}

// PlainOf is a scan without its symbology identifier.
func PlainOf(scan string) string {
	if len(scan) > 3 && scan[0] == ']' && sign(scan[1]) && sign(scan[2]) {
		return scan[3:]
	}
	return scan
}

// sign says whether a byte may be in a symbology identifier.
func sign(c byte) bool { return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' }

// ours reads badges and stickers of ours.
func (m *Meaning) ours(code string) bool {
	for _, p := range []struct {
		prefix string
		kind   Kind
	}{{gs1.OperatorPrefix, Operator}, {gs1.DevicePrefix, Device}, {gs1.PlacePrefix, Place}} {
		if len(code) > len(p.prefix) && code[:len(p.prefix)] == p.prefix {
			m.Kind, m.Code = p.kind, code[len(p.prefix):]
			return true
		}
	}
	return false
}

// expected lets the screen decide: what is asked for comes before what a code looks like.
func (m *Meaning) expected(code string, msg gs1.Message, c Context) bool {
	switch c.Expect {
	case ExpectPlace:
		if c.Catalogue.Place(c.Site, code) {
			m.Kind, m.Code = Place, code
			return true
		}
	case ExpectLot, ExpectSerial:
		_, _, goods := lookup(m.Scan, c)
		return !goods && !c.Catalogue.Place(c.Site, code) && !c.Catalogue.Package(code) && m.part(code, msg, c.Expect)
	}
	return false
}

// person reads a badge where one is expected: a number of the person, or text that is nothing else.
func (m *Meaning) person(code string, msg gs1.Message, c Context) bool {
	gsrn := first(msg, "8018", "8017")
	if c.Expect != ExpectOperator || gsrn == "" && (msg.Kind != gs1.Plain || len(code) > ledger.MaxCode) {
		return false
	}
	if gsrn != "" {
		code = gsrn
	}
	m.Kind, m.Code, m.Fault = Operator, code, nil
	return true
}

// part reads a lot or serial by itself: an element, or a number that no reader said to be an EAN,
// UPC or ITF.
func (m *Meaning) part(code string, msg gs1.Message, e Expect) bool {
	kind, ai := Lot, "10"
	if e == ExpectSerial {
		kind, ai = Serial, "21"
	}
	if len(msg.Elements) == 0 {
		if half, fault := gs1.DecodePart(m.Scan); fault == nil {
			msg = half
		}
	}
	if v := first(msg, ai); v != "" && msg.GTIN() == "" {
		m.Kind, m.Code, m.Message, m.Fault = kind, v, msg, nil
		return true
	}
	numbers := msg.Kind == gs1.EAN8 || msg.Kind == gs1.EAN13 || msg.Kind == gs1.UPCA || msg.Kind == gs1.UPCE || msg.Kind == gs1.ITF14
	if numbers && msg.Symbology != "" || msg.Kind == gs1.GS1 || msg.Kind == gs1.Link || len(code) > ledger.MaxCode {
		return false
	}
	m.Kind, m.Code, m.Fault = kind, code, nil
	return true
}

// known looks the code up as it is.
func (m *Meaning) known(code string, c Context) bool {
	if item, quantity, ok := lookup(m.Scan, c); ok {
		m.Kind, m.Item, m.Quantity, m.Fault = Product, item, quantity, nil
		return true
	}
	switch {
	case c.Catalogue.Place(c.Site, code):
		m.Kind = Place
	case c.Catalogue.Package(code):
		m.Kind = Package
	case c.Catalogue.Operator(code):
		m.Kind = Operator
	default:
		return false
	}
	m.Code, m.Fault = code, nil
	return true
}

// half reads one barcode of a label that has two: good but for what must stand beside it.
func (m *Meaning) half(scan string) bool {
	if m.Fault.Code != gs1.MissingAI {
		return false
	}
	msg, fault := gs1.DecodePart(scan)
	if fault != nil || msg.GTIN() != "" && first(msg, "02") == "" || msg.SSCC() != "" {
		return false
	}
	m.Kind, m.Message = Half, msg
	return true
}

// place reads a global location number, with its extension (254) where it has one.
func (m *Meaning) place(msg gs1.Message, c Context) {
	m.Kind = Unknown
	for _, ai := range []string{"254", "414"} {
		if code := first(msg, ai); code != "" && c.Catalogue.Place(c.Site, code) {
			m.Kind, m.Code = Place, code
			return
		}
	}
	if gsrn := first(msg, "8018", "8017"); gsrn != "" && c.Catalogue.Operator(gsrn) {
		m.Kind, m.Code = Operator, gsrn
	}
}

// goods finds the product that the scan says, or the package that it is.
func (m Meaning) goods(c Context) Meaning {
	if m.Says.Code == "" {
		m.Kind, m.Code = Package, m.Says.Package
		return m
	}
	if len(m.Says.Code) == gs1.ITFDigits {
		m.Number = m.Says.Code
	}
	item, pack, ok := lookup(m.Says.Code, c)
	if !ok {
		m.Kind = Unknown
		return m
	}
	m.Kind, m.Item, m.Quantity = Product, item, pack
	if m.Says.Count.IsSet() {
		if m.Quantity = m.Says.Count; m.Says.OfPacks && pack.IsSet() {
			m.Quantity, ok = m.Says.Count.Mul(pack)
		}
		return m.within(ok)
	}
	for _, a := range m.Says.Amounts {
		factor, ok := item.Units[a.Unit]
		if a.Unit == item.Unit {
			factor, ok = ledger.NewDecimal(1, 0), true
		}
		if ok {
			m.Quantity, ok = a.Quantity.Mul(factor)
			return m.within(ok)
		}
	}
	return m
}

// within leaves to the server, and to a person, what stands for more digits than there are.
func (m Meaning) within(ok bool) Meaning {
	if !ok {
		m.Kind, m.Item, m.Quantity = Unknown, Item{}, ledger.Decimal{}
	}
	return m
}
