package ledger

import (
	"strings"
	"time"
)

// ScanReader says what a barcode says of itself: the ledger knows barcodes as
// codes only. ReadScan is a function of its arguments alone, so that whoever folds
// the same journal reads the same. It is asked of scans that no catalogue entry has
// as they are; ok is false for a scan that is a code and nothing more.
type ScanReader interface {
	// ReadScan reads a scan of a year. Rules say how a site numbers goods that it
	// weighs or prices itself; see CheckRules.
	ReadScan(scan, rules string, year int) (s Scanned, ok bool)
	// CheckRules says in a few words what is wrong with the rules of a site, or "".
	CheckRules(rules string) string
	// Reserved says whether a code means something to handhelds, whatever the catalogue
	// says: a command, or what badges and stickers hold.
	Reserved(code string) bool
}

// Scanned is what a barcode says of itself.
type Scanned struct {
	Code    string // whose goods: a trade item number of 14 digits, or a number of the site
	Lot     string
	Serial  string
	Expiry  string // 2027-01-31
	Package string // the package that it is on
	Count   Decimal
	OfPacks bool // Count counts what Code stands for, not pieces
	// Amounts are its measures, in every unit that says them exactly; the first in a
	// unit that the product has is what it stands for.
	Amounts []Amount
	Fault   string // a sentence: which rule it breaks, where nothing could be read
}

// Amount is a quantity in a unit.
type Amount struct {
	Quantity Decimal
	Unit     string
}

// ReadScansBy has scans read that are not in the catalogue as they are. Without a
// reader they are codes and nothing more.
func (s *State) ReadScansBy(r ScanReader) { s.reader = r }

// scanned is what one scan means.
type scanned struct {
	scan    string
	code    string // the part of it that was looked up
	product *Product
	pack    Decimal // what the barcode stands for; missing: 1
	says    Scanned
	unknown Unknown // what somebody has to name where there is no product
}

// packageOnly says whether the scan names a package and no goods.
func (r *scanned) packageOnly() bool {
	return r.product == nil && r.says.Code == "" && r.says.Package != ""
}

// names says whether the scan is the plain code of a package that the intent names,
// and so no goods.
func (r *scanned) names(code string) bool {
	return r.product == nil && r.says.Code == "" && (r.scan == code || r.unknown.Raw == code)
}

// NamePackage gives an intent whose scan is a package's and nothing else as one that
// names the package: what is set aside or released then is the package.
func (s *State) NamePackage(in *Intent, at *Receipt) *Intent {
	if in.Scan == "" || in.Product != "" || in.Serial != "" || in.Package != "" {
		return in
	}
	said := s.readScan(in.Scan, &reading{t: at.TEff, site: at.SiteOf(in)})
	if !said.packageOnly() {
		return in
	}
	named := *in
	named.Scan, named.Package = "", said.says.Package
	return &named
}

// readScan finds what a scan means at a site: first as the catalogue has it, then as
// the partner calls it from whom or to whom goods go, then by what somebody said that it
// is, then by what it says of itself.
func (s *State) readScan(scan string, at *reading) (r scanned) {
	r.scan, r.code = scan, scan
	if scan == "" {
		return r
	}
	if r.product, r.pack = s.lookupBarcode(scan, at.site, at.t); r.product == nil {
		s.readFurther(&r, at)
	}
	return r
}

// readFurther is for scans that the catalogue does not have as they are.
func (s *State) readFurther(r *scanned, at *reading) {
	scan := r.scan
	r.unknown = UnknownGoods(scan)
	if item, ok := s.PartnerItem(at.partner, scan); ok && at.partner != "" {
		r.product, r.pack = item.Product, item.Quantity
		return
	}
	if s.meantBy(r) || s.reader == nil {
		return
	}
	r.says, _ = s.reader.ReadScan(scan, s.rulesOf(at.site), time.UnixMicro(int64(at.t)).UTC().Year())
	if r.says.Code == "" {
		return
	}
	r.code = r.says.Code
	if r.product, r.pack = s.lookupBarcode(r.code, at.site, at.t); r.product == nil {
		r.unknown = UnknownGoods(r.code)
		s.meantBy(r)
	}
}

func (s *State) rulesOf(site string) string {
	if of := s.sites[site]; of != nil {
		return of.Restricted
	}
	return ""
}

// meantBy looks up what somebody said that the unknown code is.
func (s *State) meantBy(r *scanned) bool {
	m, ok := s.meanings[r.unknown.Key()]
	r.product, r.pack = m.Product, m.Quantity
	return ok
}

// park lets an intent wait of which nobody knows what was scanned.
func (r *scanned) park() *Decision {
	why := "is not known"
	if r.says.Fault != "" {
		why = "cannot be read (" + r.says.Fault + ") and is not known as it is"
	}
	d := wait(r.unknown, UnknownProduct, "The barcode "+quote(r.scan)+" "+why+". The scan is kept and holds no stock until someone says what it is.")
	return &d
}

// standsFor is how much of a product the barcode stands for, in the product's own
// unit; missing where it says nothing.
func (r *scanned) standsFor(p *Product, t Time) (Decimal, bool) {
	if r.says.Count.IsSet() {
		if !r.says.OfPacks || !r.pack.IsSet() {
			return r.says.Count, true
		}
		return r.says.Count.Mul(r.pack)
	}
	for _, a := range r.says.Amounts {
		if factor, _, ok := p.factorAt(a.Unit, t); ok {
			return a.Quantity.Mul(factor)
		}
	}
	return r.pack, true
}

// take completes a line with what the barcode says: what the intent says itself
// stands. A serial is taken where it is one piece's, and not a case's, or where
// the product's pieces are told apart.
func (r *scanned) take(out *StampLine, given Decimal) {
	out.Lot, out.Expiry = pick(out.Lot, r.says.Lot), pick(out.Expiry, r.says.Expiry)
	one := func(d Decimal) bool {
		units, whole := d.Scaled(0)
		return !d.IsSet() || whole && units == 1
	}
	if out.Serial == "" && (out.Product.Tracking == "serial" || one(r.pack) && !r.says.Count.IsSet() && (one(given) || given.Sign() == 0)) {
		out.Serial = r.says.Serial
	}
	out.HasAny = out.Lot != "" || out.Serial != "" || out.Status != ""
}

// UnknownGoods names a code of goods as a mapping gives it: a scan that says more
// than a code by the code in it.
func (s *State) UnknownGoods(raw, site string) Unknown {
	if product, _ := s.lookupBarcode(raw, site, asNow); product != nil || s.reader == nil {
		return UnknownGoods(raw)
	}
	if says, ok := s.reader.ReadScan(raw, s.rulesOf(site), earliestYear); ok && says.Code != "" {
		return UnknownGoods(says.Code)
	}
	return UnknownGoods(raw)
}

// earliestYear is read into dates that do not matter.
const earliestYear = 1970

// UnknownGoods names a code of goods, as scanned: its AIM identifier says how it
// was read and not what it is, and trade item numbers are equal where their 14
// digits are.
func UnknownGoods(raw string) Unknown {
	if len(raw) > 3 && raw[0] == ']' {
		raw = raw[3:]
	}
	return Unknown{Raw: shortGTIN(raw)}
}

// shortGTIN gives a trade item number with as few digits as such numbers are printed
// with: 8, 12, 13 or 14. Other codes stay.
func shortGTIN(code string) string {
	if gtin14(code) == "" {
		return code
	}
	digits := strings.TrimLeft(code, "0")
	for _, n := range [...]int{8, 12, 13} {
		if len(digits) <= n && n <= len(code) {
			return code[len(code)-n:]
		}
	}
	return code
}

// GTINForms gives the forms in which a trade item number may be written: as it is
// first, then with each number of digits that such numbers have and that it fits
// into. Another code has the one form.
func GTINForms(code string) []string {
	forms, whole := []string{code}, gtin14(code)
	for _, n := range [...]int{14, 13, 12, 8} {
		if whole == "" || strings.Trim(whole[:14-n], "0") != "" {
			break
		}
		if form := whole[14-n:]; form != code {
			forms = append(forms, form)
		}
	}
	return forms
}

// Restricted says whether a number is for restricted circulation (GS1 prefixes 02,
// 04, 20 to 29; of 8 digits 0 and 2): each site may have its own meaning for it.
func Restricted(code string) bool {
	n := len(code)
	switch {
	case n == 8:
		return (code[0] == '0' || code[0] == '2') && gtin14(code) != ""
	case n == 14 && code[0] != '0' || n < 12 || n > 14:
		return false
	}
	prefix := code[n-12:] // of 12 digits, without the first of 13
	first := byte('0')
	if n > 12 {
		first = code[n-13]
	}
	return (first == '2' || first == '0' && (prefix[0] == '2' || prefix[0] == '4')) && gtin14(code) != ""
}

// siteBarcode is how the catalogue names a barcode that holds at one site only.
func (s *State) siteBarcode(site, code string) *Barcode {
	b := s.barcodes[site+"/"+code]
	if b == nil {
		b = s.barcodes[site+"/"+shortGTIN(code)]
	}
	return b
}

// lookupBarcode finds the product that a scan or a typed code stands for: the
// code as read, without its AIM identifier, as a trade item number of any length, or a
// product's own code; as it was at a moment, where that has changed since. A number for
// restricted circulation is the site's own first.
func (s *State) lookupBarcode(scan, site string, t Time) (*Product, Decimal) {
	code := scan
	for range 2 {
		if Restricted(code) {
			if b := s.siteBarcode(site, code); b != nil {
				return b.at(t)
			}
		}
		if b, ok := s.barcodes[code]; ok {
			return b.at(t)
		}
		if !HoldsElements(scan) {
			if b, ok := s.gtins[gtin14(code)]; ok {
				return b.at(t)
			}
		}
		if p, ok := s.productByCode[code]; ok {
			return p, Decimal{}
		}
		if len(scan) <= 3 || scan[0] != ']' {
			break
		}
		code = scan[3:]
	}
	return nil, Decimal{}
}

// HoldsElements says whether a scan's AIM identifier is one of GS1 element strings:
// their digits are no trade item number, however many they are.
func HoldsElements(scan string) bool {
	if len(scan) < 3 || scan[0] != ']' {
		return false
	}
	switch scan[1:3] {
	case "C1", "e0", "d2", "d5", "Q3", "Q4", "J1":
		return true
	}
	return false
}
