package ledger

import (
	"math"
	"slices"
)

// noLines stands for the lines of an intent without any; it is never changed.
var noLines = make([]Line, 1)

// Resolve fixes the meaning of every line: product, quantity in its unit,
// places. One line that cannot be understood parks the whole intent. What it
// notes is for a supervisor.
func (s *State) Resolve(in *Intent, at *Receipt) ([]StampLine, []Note, *Decision) {
	site := at.SiteOf(in)
	if _, ok := s.sites[site]; !ok {
		return nil, nil, unknownSite(site)
	}
	lines := in.Lines
	if len(lines) == 0 {
		lines = noLines // the intent itself is its one line
	}
	out := s.posting.room(len(lines))
	r := reading{t: at.TEff, site: site, partner: in.Partner}
	for i := range lines {
		r.line = i
		line, parked := s.resolveLine(&r, in, &lines[i])
		if parked != nil {
			return nil, nil, parked
		}
		out = append(out, line)
	}
	if parked := shareCosts(in, out); parked != nil {
		return nil, nil, parked
	}
	if in.Action == ActionCount {
		out = orderCount(out, r.notes)
	}
	return out, r.notes, nil
}

// reading is the fixing of an intent's meaning at its moment, and what somebody
// should hear of it.
type reading struct {
	t       Time
	site    string
	partner string // whose own codes are understood
	line    int
	notes   []Note
}

func (r *reading) note(kind, severity, message string) {
	r.notes = append(r.notes, Note{Kind: kind, Severity: severity, Message: message, Line: r.line})
}

// ResolveSession fixes the place that a count session is opened or closed at.
func (s *State) ResolveSession(in *Intent, at *Receipt) (*Place, *Decision) {
	site := at.SiteOf(in)
	if _, ok := s.sites[site]; !ok {
		return nil, unknownSite(site)
	}
	return s.resolvePlace(site, pick(in.From, actionRules[in.Action].from))
}

// ResolveScope fixes what a hold, or a release of holds, covers: a serial, else a
// product's lot ("*": all lots), else a package, else the place in From. A hold on
// a serial or package has From, where such a package is first known, and the To
// that it is brought to, if any. A release makes no package known; its Package is
// nil where there is none of that code.
func (s *State) ResolveScope(in *Intent, at *Receipt) (*StampLine, *Decision) {
	site := at.SiteOf(in)
	if _, ok := s.sites[site]; !ok {
		return nil, unknownSite(site)
	}
	out := &StampLine{Lot: in.Lot, Serial: in.Serial}
	named := in.Product != "" || in.Scan != "" || in.Serial != ""
	if named {
		r := reading{t: at.TEff, site: site, partner: in.Partner}
		said := s.readScan(in.Scan, &r)
		if parked := s.resolveProduct(&r, out, in, &noLines[0], &said); parked != nil {
			return nil, parked
		}
	}
	switch {
	case out.Serial != "":
	case named && out.Lot != "":
		return out, nil
	case in.Package != "":
		out.Product, out.Lot = nil, ""
	default:
		var parked *Decision
		out.From, parked = s.resolvePlace(site, in.From)
		return out, parked
	}
	if in.Action == ActionRelease {
		out.Package = s.packages[in.Package]
		return out, nil
	}
	return out, s.resolveBrought(out, in, site)
}

// resolveBrought fixes where a hold brings its serial or package.
func (s *State) resolveBrought(out *StampLine, in *Intent, site string) (parked *Decision) {
	if out.From, parked = s.resolvePlace(site, pick(in.From, actionRules[ActionIsolate].from)); parked != nil {
		return parked
	}
	if in.To != "" {
		if out.To, parked = s.resolvePlace(site, in.To); parked != nil {
			return parked
		}
	}
	if out.Product == nil {
		out.Package, parked = s.resolvePackage(in.Package)
	}
	return parked
}

// resolvePackage returns a package by its code, made where it is new.
func (s *State) resolvePackage(code string) (*Place, *Decision) {
	p := s.makePackage(code)
	if p == nil {
		d := park(TooLarge, "The book has as many places and packages as it can hold. The scan of package "+quote(code)+" is kept and holds no stock.")
		return nil, &d
	}
	return p, nil
}

func unknownSite(site string) *Decision {
	d := park(UnknownLocation, "There is no site "+quote(site)+". The intent is kept and holds no stock until someone says which site it is.")
	return &d
}

func (s *State) resolveLine(r *reading, in *Intent, l *Line) (StampLine, *Decision) {
	out := StampLine{
		Lot:    pick(l.Lot, in.Lot),
		Serial: pick(l.Serial, in.Serial),
		Expiry: pick(l.Expiry, in.Expiry),
		Status: Status(pick(l.Status, in.Status)),
	}
	out.HasAny = out.Lot != "" || out.Serial != "" || out.Status != ""
	said := s.readScan(scanOf(in, l), r)
	code := pick(pick(l.Package, in.Package), said.says.Package)
	if code != "" || in.Action == ActionPack || in.Action == ActionUnpack {
		return s.resolvePacked(r, out, in, l, code, &said)
	}
	if parked := s.resolveGoods(r, &out, in, l, &said); parked != nil {
		return out, parked
	}
	if parked := s.resolvePlaces(&out, in, l, r.site); parked != nil {
		return out, parked
	}
	s.resolveProduction(r, &out, in, l)
	return out, nil
}

// resolveProduction has a part that is built in, and into no asset or place that
// somebody named, go to its product's own place of production, and come back from there.
func (s *State) resolveProduction(r *reading, out *StampLine, in *Intent, l *Line) {
	if in.Asset != "" || in.Action != ActionAssemble && in.Action != ActionDisassemble {
		return
	}
	own := s.ProductionOf(out.Product, r.t)
	switch {
	case own == nil:
	case in.Action == ActionAssemble && pick(l.To, in.To) == "":
		out.To = own
	case in.Action == ActionDisassemble && pick(l.From, in.From) == "":
		out.From = own
	}
}

// scanOf is the scan that a line speaks of: a line that names its own product or
// scan does not take the intent's.
func scanOf(in *Intent, l *Line) string {
	if l.Product == "" && l.Scan == "" {
		return in.Scan
	}
	return l.Scan
}

// productOf is the product that a line names, likewise.
func productOf(in *Intent, l *Line) string {
	if l.Product == "" && l.Scan == "" {
		return in.Product
	}
	return l.Product
}

// Meant returns the product that a line of an intent speaks of, nil where nobody
// knows; l may be an empty line, of an intent without any. It only reads.
func (s *State) Meant(in *Intent, l *Line, at *Receipt) *Product {
	out, r := StampLine{Serial: pick(l.Serial, in.Serial)}, reading{t: at.TEff, site: at.SiteOf(in), partner: in.Partner}
	said := s.readScan(scanOf(in, l), &r)
	if productOf(in, l) == "" && said.scan == "" && out.Serial == "" {
		return nil
	}
	if parked := s.resolveProduct(&r, &out, in, l, &said); parked != nil {
		return nil
	}
	return out.Product
}

// Told returns the product that an intent without lines speaks of, and the lot, serial
// and expiry that it has, or that its barcode says; ok is false where nobody knows the
// product. It only reads.
func (s *State) Told(in *Intent, at *Receipt) (out StampLine, ok bool) {
	out = StampLine{Lot: in.Lot, Serial: in.Serial, Expiry: in.Expiry}
	r := reading{t: at.TEff, site: at.SiteOf(in), partner: in.Partner}
	said := s.readScan(in.Scan, &r)
	if in.Product == "" && in.Scan == "" || s.resolveProduct(&r, &out, in, &noLines[0], &said) != nil {
		return out, false
	}
	said.take(&out, in.Quantity)
	return out, true
}

// resolveGoods fixes a line's product, what its barcode says of it, and how much.
func (s *State) resolveGoods(r *reading, out *StampLine, in *Intent, l *Line, said *scanned) *Decision {
	if parked := s.resolveProduct(r, out, in, l, said); parked != nil {
		return parked
	}
	out.Noted = !out.Product.StockedAt(r.t)
	return s.resolveQuantity(r, out, in, l, said)
}

// resolvePacked fixes the meaning of a line with a package: of goods that go into
// it, out of it or are counted in it, or of the package as such.
func (s *State) resolvePacked(r *reading, out StampLine, in *Intent, l *Line, code string, said *scanned) (_ StampLine, parked *Decision) {
	if code == "" {
		d := park(BadField, "The intent says "+quote(in.Action)+" and names no package. It is kept and holds no stock; send it with the package.")
		return out, &d
	}
	if other := said.says.Package; other != "" && other != code {
		r.note("scan_disagrees", Warning, "The barcode "+quote(said.scan)+" is on package "+quote(other)+", but "+quote(code)+" was said; "+quote(code)+" was booked.")
	}
	goods := productOf(in, l) != "" || said.scan != "" && !said.packageOnly() && !said.names(code) || out.Serial != ""
	if goods {
		if parked = s.resolveGoods(r, &out, in, l, said); parked != nil {
			return out, parked
		}
	} else if quantity := l.Quantity; in.Action == ActionCount {
		if !quantity.IsSet() {
			quantity = in.Quantity
		}
		if quantity.Sign() == 0 {
			return out, s.resolvePlaces(&out, in, l, r.site) // it is not there: nobody saw it
		}
	}
	if out.Package, parked = s.resolvePackage(code); parked != nil {
		return out, parked
	}
	return out, s.resolvePlaces(&out, in, l, r.site)
}

// pick returns the line's own field, else the intent's.
func pick(own, shared string) string {
	if own != "" {
		return own
	}
	return shared
}

func (s *State) resolveProduct(r *reading, out *StampLine, in *Intent, l *Line, said *scanned) (parked *Decision) {
	code := productOf(in, l)
	switch {
	case code == "" && (said.scan == "" || said.packageOnly() && out.Serial != ""):
		return s.resolveSerial(out)
	case code == "" && said.product == nil:
		return said.park()
	case code == "":
		out.Product = said.product
		if !s.rewritten {
			return nil
		}
		if is, _ := s.lookupBarcode(said.code, r.site, asNow); is != nil && is != said.product {
			r.note("barcode_changed", Info, "The barcode "+quote(said.scan)+" stood for "+said.product.Code+" when "+in.Device+" scanned it, and stands for "+is.Code+" now; "+said.product.Code+" was booked.")
		}
		return nil
	}
	product, ok := s.productByCode[code]
	if !ok {
		product = s.meanings[UnknownGoods(code).Key()].Product
	}
	if product == nil {
		d := wait(UnknownGoods(code), UnknownProduct, "The product "+quote(code)+" is not known. The scan is kept and holds no stock until someone says what it is.")
		return &d
	}
	out.Product = product
	if said.product != nil && said.product != product {
		r.note("scan_disagrees", Warning, "The barcode "+quote(said.scan)+" is "+said.product.Code+", but "+code+" was said; "+code+" was booked.")
		*said = scanned{scan: said.scan}
	}
	return nil
}

// resolveSerial finds the product of a serial that was scanned by itself. Where no
// product has it yet, or several have, it waits for its name as a barcode does: its
// addition may be on another device that is still away.
func (s *State) resolveSerial(out *StampLine) *Decision {
	product, several := s.knownOf(out.Serial)
	if product == nil {
		product = s.meanings[UnknownSerial(out.Serial).Key()].Product
	}
	if product == nil {
		what := "is known of no product"
		if several {
			what = "is known of several products"
		}
		d := wait(UnknownSerial(out.Serial), UnknownProduct, "The serial "+quote(out.Serial)+" "+what+". The scan is kept and holds no stock until it is scanned with its product, or someone says what it is.")
		return &d
	}
	out.Product = product
	return nil
}

// resolveQuantity fixes how much a line stands for, in the product's last
// decimal: as given, counted in its unit; else what the barcode stands for; else 1.
func (s *State) resolveQuantity(r *reading, out *StampLine, in *Intent, l *Line, said *scanned) *Decision {
	quantity, unit := l.Quantity, pick(l.Unit, in.Unit)
	if !quantity.IsSet() {
		quantity = in.Quantity
	}
	given := quantity.IsSet()
	said.take(out, quantity)
	if !given && out.Serial == "" { // a serial number is one, whatever its barcode stands for
		fits := true
		if quantity, fits = said.standsFor(out.Product, r.t); !fits {
			d := park(BadQuantity, "What the barcode "+quote(said.scan)+" stands for has more than 15 digits. The scan is kept and holds no stock until someone says how much it is.")
			return &d
		}
	}
	counted := given || !quantity.IsSet() // in the unit said; a pack is in the product's own
	if !quantity.IsSet() {
		quantity = NewDecimal(1, 0)
	}
	p := out.Product
	if counted && unit != "" && (unit != p.Unit || len(p.UnitsWas) > 0) {
		factor, changed, ok := p.factorAt(unit, r.t)
		if !ok {
			d := park(BadQuantity, "The product "+quote(p.Code)+" has no unit "+quote(unit)+". The scan is kept and holds no stock until someone says how much it is.")
			return &d
		}
		if quantity, ok = quantity.Mul(factor); !ok {
			d := park(BadQuantity, "The quantity has more than 15 digits in the product's own unit. The scan is kept and holds no stock until someone says how much it is.")
			return &d
		}
		if changed {
			is := "there is no such unit now"
			if f, known := p.Units[unit]; known {
				is = "holds " + f.String() + " now"
			}
			r.note("unit_changed", Info, "A "+unit+" of "+p.Code+" held "+factor.String()+" when "+in.Device+" scanned it, and "+is+"; "+quantity.String()+" were booked.")
		}
	}
	scaled, ok := quantity.Scaled(p.Decimals)
	if !ok {
		d := park(BadQuantity, "The quantity "+quantity.String()+" has more decimals than the "+itoa(p.Decimals)+" of "+quote(p.Code)+". The scan is kept and holds no stock until someone says how much it is.")
		return &d
	}
	if one := pow10[p.Decimals]; out.Serial != "" && scaled != one && (in.Action != ActionCount || scaled != 0) {
		d := park(BadQuantity, "A serial number is one piece, not "+quantity.String()+". The scan is kept and holds no stock until someone says how much it is.")
		return &d
	}
	out.Quantity = scaled
	return nil
}

func (s *State) resolvePlaces(out *StampLine, in *Intent, l *Line, site string) *Decision {
	rule := actionRules[in.Action]
	from, to := pick(pick(l.From, in.From), rule.from), pick(pick(l.To, in.To), rule.to)
	// A serial and a package leave from where they are.
	if in.Action == ActionMove && (to == "" || from == "" && out.Serial == "" && out.Package == nil) {
		d := park(UnknownLocation, "The move names no place to take from or to bring to. It is kept and holds no stock until someone says where.")
		return &d
	}
	var parked *Decision
	if from != "" {
		if out.From, parked = s.resolvePlace(site, from); parked != nil {
			return parked
		}
	}
	switch {
	case in.Action == ActionCount:
		return nil
	case to == "":
		out.To = out.From
		return nil
	}
	if in.Action == ActionPack && s.meantPlace(site, to) == nil {
		out.To = out.From
		out.Into, parked = s.resolvePackage(to)
		return parked
	}
	out.To, parked = s.resolvePlace(site, to)
	return parked
}

// meantPlace returns the place that a name stands for, nil where nobody knows.
func (s *State) meantPlace(site, name string) *Place {
	if p, ok := s.Place(site, name); ok {
		return p
	}
	return s.meanings[Unknown{Raw: name, Site: site, At: true}.Key()].Place
}

func (s *State) resolvePlace(site, name string) (*Place, *Decision) {
	p := s.meantPlace(site, name)
	if p == nil {
		d := wait(Unknown{Raw: name, Site: site, At: true}, UnknownLocation, "The location "+quote(name)+" is not known at "+site+". The scan is kept and holds no stock until someone says where it is.")
		return nil, &d
	}
	return p, nil
}

// counted names what a line of a count asserts.
type counted struct {
	product *Product
	place   *Place
	pack    *Place
	tag     cellTag
	status  Status
}

func (l *StampLine) counted() counted {
	return counted{l.Product, l.From, l.Package, cellTag{lot: l.Lot, serial: l.Serial}, l.Status}
}

// orderCount puts lines that name a lot, serial or status before those that do
// not, and adds up lines on the same cells. Notes stay with their lines.
func orderCount(lines []StampLine, notes []Note) []StampLine {
	if len(lines) == 1 {
		return lines
	}
	about := make([]counted, len(notes))
	for i := range notes {
		about[i] = lines[notes[i].Line].counted()
	}
	at := map[counted]int{}
	out := lines[:0]
	for _, l := range lines {
		key := l.counted()
		if i, ok := at[key]; ok {
			out[i].Quantity += l.Quantity
			out[i].addCost(&l)
			continue
		}
		at[key] = len(out)
		out = append(out, l)
	}
	slices.SortStableFunc(out, func(a, b StampLine) int {
		switch {
		case a.HasAny == b.HasAny:
			return 0
		case a.HasAny:
			return -1
		}
		return 1
	})
	for i := range notes {
		notes[i].Line = slices.IndexFunc(out, func(l StampLine) bool { return l.counted() == about[i] })
	}
	return out
}

// wait parks an intent until somebody has said what a code is.
func wait(u Unknown, code Code, message string) Decision {
	d := park(code, message)
	d.Waits = u
	return d
}

// asNow is a moment after all settings: what holds at it holds as things are.
const asNow = Time(math.MaxInt64)
