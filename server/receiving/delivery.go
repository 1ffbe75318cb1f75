package receiving

import (
	"fmt"
	"strings"
	"time"

	"bayledger/server/adjust"
	"bayledger/sync/ledger"
)

// Device is under whose name receipts are booked; the install is the delivery's number.
const Device = "receiving"

// Bounds.
const (
	// MaxLines is how many lines a delivery has: a lorry's, with room. With MaxNumber it
	// keeps a delivery in one row.
	MaxLines = 2_000
	// MaxNumber bounds a delivery's number: escaped it names a stream.
	MaxNumber = 60
	// MaxImport is how many lines one import has, of all its deliveries.
	MaxImport = 20_000
)

// State says where a delivery stands.
type State string

// States. Expected and InProgress are both open: whether something has come is read
// from the books.
const (
	Expected   State = "expected"
	InProgress State = "in_progress"
	Done       State = "done"
	Cancelled  State = "cancelled"
)

// Delivery is what somebody is to bring.
type Delivery struct {
	Number    string      `json:"number" doc:"what it is scanned as, and what its intents have as delivery"`
	Partner   string      `json:"partner,omitzero"`
	Order     string      `json:"order,omitzero" doc:"the purchase order: what its intents have as reference"`
	ASN       string      `json:"asn,omitzero" doc:"the supplier's own number of it, where it is another"`
	Site      string      `json:"site"`
	To        string      `json:"to,omitzero" doc:"where it comes in; missing: incoming"`
	Due       string      `json:"due,omitzero" doc:"a day or a moment"`
	Note      string      `json:"note,omitzero"`
	State     State       `json:"state" enum:"expected,in_progress,done,cancelled"`
	Version   uint64      `json:"version"`
	Lines     []Line      `json:"lines"`
	CreatedAt ledger.Time `json:"created_at"`
	CreatedBy string      `json:"created_by"`
	ChangedAt ledger.Time `json:"changed_at"`
	ChangedBy string      `json:"changed_by"`
	Told      string      `json:"told,omitzero" doc:"what happened while nobody looked: to a booking that was cut off, or by a restore"`
	Seqs      uint64      `json:"seqs,omitzero" doc:"how many intents were booked for it here"`
	Last      *Attempt    `json:"last,omitzero" doc:"what was booked last"`
}

// Line is what was ordered of one product.
type Line struct {
	Product  string         `json:"product,omitzero" doc:"or barcode"`
	Barcode  string         `json:"barcode,omitzero" doc:"the supplier's: one that nobody knows yet waits until somebody says what it is"`
	Item     string         `json:"item,omitzero" doc:"what the partner calls it (partner-items): it says the product, and without a unit quantity and price are of it"`
	Quantity ledger.Decimal `json:"quantity"`
	Unit     string         `json:"unit,omitzero" doc:"that quantity and price are in"`
	Each     ledger.Decimal `json:"each,omitzero" readOnly:"true" doc:"of the product's own unit that one item is"`
	Price    ledger.Decimal `json:"price,omitzero" doc:"of one of its unit"`
	Lot      string         `json:"lot,omitzero"`
	Expiry   string         `json:"expiry,omitzero"`
}

// Attempt is a booking, as it was begun.
type Attempt struct {
	At      ledger.Time `json:"at"`
	By      string      `json:"by"`
	Epoch   string      `json:"epoch"`
	Version uint64      `json:"version" doc:"of the delivery that was seen"`
	Hash    string      `json:"hash" doc:"of what was asked for"`
	First   uint64      `json:"first,omitzero" doc:"seq"`
	Intents int         `json:"intents"`
	Close   bool        `json:"close,omitzero"`
	Pending bool        `json:"pending,omitzero" doc:"it was given to the books, and nobody has looked what they said"`
	Entries []uint64    `json:"entries,omitzero"`
}

// Install names a delivery's stream of intents.
func (d *Delivery) Install() string {
	return strings.NewReplacer("%", "%25", "/", "%2F").Replace(d.Number)
}

// Reference is what its intents have as reference.
func (d *Delivery) Reference() string {
	if d.Order != "" {
		return d.Order
	}
	return d.Number
}

// Pending says whether nobody has looked what the books said of the last booking.
func (d *Delivery) Pending() bool { return d.Last != nil && d.Last.Pending }

// Open says whether something may still come.
func (d *Delivery) Open() bool { return d.State != Done && d.State != Cancelled }

// Names are what it is known by beside its number.
func (d *Delivery) Names() (out []string) {
	for _, name := range [...]string{d.Order, d.ASN} {
		if name != "" {
			out = append(out, name)
		}
	}
	return out
}

// Answers says whether somebody who scans a code means this delivery.
func (d *Delivery) Answers(code string) bool {
	return code == d.Number || code == d.ASN || code == d.Order
}

func bad(field, format string, args ...any) *ledger.Fault {
	return &ledger.Fault{Code: ledger.BadField, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Check says what is wrong with a delivery, and with which of its lines (-1: with what
// stands above them); nil for nothing. It fills in what is missing.
func (d *Delivery) Check(s *ledger.State, now ledger.Time) (line int, f *ledger.Fault) {
	if f := d.checkHead(s); f != nil {
		return -1, f
	}
	if len(d.Lines) > MaxLines {
		return -1, &ledger.Fault{Code: ledger.TooLarge, Field: "lines", Message: fmt.Sprintf("A delivery has at most %d lines.", MaxLines)}
	}
	for i := range d.Lines {
		if f := d.checkLine(s, &d.Lines[i], now); f != nil {
			return i, f
		}
	}
	return -1, nil
}

func (d *Delivery) checkHead(s *ledger.State) *ledger.Fault {
	if d.Number == "" || len(d.Number) > MaxNumber {
		return bad("number", "A delivery's number has 1 to %d bytes.", MaxNumber)
	}
	for _, f := range [...]struct{ name, value string }{{"number", d.Number}, {"order", d.Order}, {"asn", d.ASN}, {"note", d.Note}} {
		if len(f.value) > ledger.MaxCode {
			return bad(f.name, "Its %s is longer than 200 bytes.", f.name)
		}
		if strings.ContainsRune(f.value, 0) { // which parts keys
			return bad(f.name, "Its %s has a character that nobody can print (NUL).", f.name)
		}
	}
	if _, ok := s.Site(d.Site); !ok {
		return &ledger.Fault{Code: ledger.UnknownLocation, Field: "site", Message: "There is no site " + ledger.Quote(d.Site) + "."}
	}
	if _, f := d.place(s, ""); f != nil {
		return f
	}
	if _, ok := s.Item(ledger.Item{Entity: ledger.EntityPartner, Key: d.Partner}); d.Partner != "" && !ok {
		return bad("partner", "There is no partner %s.", ledger.Quote(d.Partner))
	}
	if _, err := ledger.ParseTime(d.Due); d.Due != "" && err != nil && !isDay(d.Due) {
		return &ledger.Fault{Code: ledger.BadTime, Field: "due", Message: "The due time " + ledger.Quote(d.Due) + " is neither a day such as 2026-03-02 nor a moment such as 2026-03-02T17:00:00Z."}
	}
	return nil
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

func (d *Delivery) checkLine(s *ledger.State, l *Line, now ledger.Time) *ledger.Fault {
	if f := d.checkItem(s, l); f != nil {
		return f
	}
	if l.Product == "" && l.Barcode == "" {
		return bad("product", "Neither a product, a barcode nor an item of the partner's is named.")
	}
	if len(l.Product) > ledger.MaxCode || len(l.Barcode) > ledger.MaxCode || len(l.Lot) > ledger.MaxCode || len(l.Unit) > ledger.MaxCode {
		return bad("product", "A code is longer than 200 bytes.")
	}
	if l.Expiry != "" && !isDay(l.Expiry) {
		return &ledger.Fault{Code: ledger.BadTime, Field: "expiry", Message: "The expiry " + ledger.Quote(l.Expiry) + " is no calendar date such as 2027-01-31."}
	}
	if l.Quantity.Sign() <= 0 {
		return &ledger.Fault{Code: ledger.BadQuantity, Field: "quantity", Message: "The quantity is not above 0."}
	}
	if l.Price.Sign() < 0 {
		return bad("price", "The price is below 0.")
	}
	p := d.product(s, l.Product, l.Barcode, now)
	if p == nil && l.Product != "" {
		return &ledger.Fault{Code: ledger.UnknownProduct, Field: "product", Message: "The product " + ledger.Quote(l.Product) + " is not known."}
	}
	if p == nil {
		return nil // a barcode that nobody knows yet
	}
	_, f := l.scaled(p, l.Quantity)
	return f
}

// checkItem fixes what a line means by the partner's own code: what one of it is may be
// said anew later, and was ordered as it is now.
func (d *Delivery) checkItem(s *ledger.State, l *Line) *ledger.Fault {
	l.Each = ledger.Decimal{}
	if l.Item == "" {
		return nil
	}
	item, ok := s.PartnerItem(d.Partner, l.Item)
	if !ok || d.Partner == "" {
		return &ledger.Fault{Code: ledger.UnknownProduct, Field: "item", Message: "The partner " + ledger.Quote(d.Partner) + " has no item " + ledger.Quote(l.Item) + " on our list (partner-items)."}
	}
	if l.Product != "" && l.Product != item.Product.Code {
		return bad("item", "The item %s is %s, and the product %s is named beside it.", ledger.Quote(l.Item), item.Product.Code, ledger.Quote(l.Product))
	}
	if l.Product = item.Product.Code; l.Unit == "" {
		l.Each = item.Quantity
	}
	return nil
}

// scaled is a number of what a line counts in, in the product's last decimal.
func (l *Line) scaled(p *ledger.Product, q ledger.Decimal) (int64, *ledger.Fault) {
	if l.Each.IsSet() {
		var ok bool
		if q, ok = q.Mul(l.Each); !ok {
			return 0, &ledger.Fault{Code: ledger.BadQuantity, Field: "quantity", Message: "The quantity has more than 15 digits in the product's own unit."}
		}
	}
	return adjust.Scaled(p, q, l.Unit, "quantity")
}

// product is what a line speaks of, nil where nobody knows.
func (d *Delivery) product(s *ledger.State, product, scan string, now ledger.Time) *ledger.Product {
	if product == "" && scan == "" {
		return nil
	}
	in := ledger.Intent{Site: d.Site, Product: product, Scan: scan, Partner: d.Partner}
	return s.Meant(&in, &ledger.Line{}, &ledger.Receipt{TEff: now})
}

// place finds where goods come in; no name is the delivery's own place, else incoming.
func (d *Delivery) place(s *ledger.State, name string) (*ledger.Place, *ledger.Fault) {
	if name == "" {
		name = d.To
	}
	if name == "" {
		name = string(ledger.PlaceIncoming)
	}
	p, ok := s.Place(d.Site, name)
	if !ok || p.Site != d.Site {
		return nil, &ledger.Fault{Code: ledger.UnknownLocation, Field: "to", Message: "There is no location " + ledger.Quote(name) + " at " + d.Site + "."}
	}
	if p.Deleted {
		return nil, &ledger.Fault{Code: ledger.Closing, Field: "to", Message: "The location " + ledger.Quote(name) + " was deleted."}
	}
	return p, nil
}
