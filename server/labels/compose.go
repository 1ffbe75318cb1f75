package labels

import (
	"cmp"
	"context"
	"maps"
	"strings"

	"bayledger/labels/design"
	"bayledger/labels/draw"
	"bayledger/labels/printer"
	"bayledger/labels/queue"
	"bayledger/labels/sheets"
	"bayledger/scanner/gs1"
	"bayledger/scanner/sheet"
	"bayledger/sync/ledger"
)

// mainSite is where a code is looked for that names no site.
const mainSite = "main"

// Ask says what a label is for.
type Ask struct {
	Subject string // product, location, package, lot, operator, device, printer, sheet
	Code    string // of it; with Range it may be empty
	Site    string
	Fields  map[string]string // laid over what the books say
	Range   string            // that its number comes from
	Named   bool              // an operator's badge bears the name; who asks may know it

	delivery string // of the job, shown where the layout has a place for it
}

// Compose says what labels say: one for each ask, a sheet's pages each one.
// Errors: a *ledger.Fault for what is not known.
func (s *Service) Compose(ctx context.Context, l *design.Layout, asks []Ask) ([]queue.Label, error) {
	out := make([]queue.Label, 0, len(asks))
	var wrong error
	var barcodes map[string]string
	err := s.book.View(ctx, func(st *ledger.State, _ uint64) {
		barcodes = barcodesOf(st, asks)
		for i := range asks {
			var labels []queue.Label
			if labels, wrong = s.one(st, l, &asks[i], barcodes); wrong != nil {
				return
			}
			out = append(out, labels...)
		}
	})
	if err == nil {
		err = wrong
	}
	return out, err
}

func (s *Service) one(st *ledger.State, l *design.Layout, a *Ask, barcodes map[string]string) ([]queue.Label, error) {
	fields := map[string]string{"code": a.Code, "site": cmp.Or(a.Site, mainSite)}
	var err error
	switch a.Subject {
	case design.Product, design.Lot:
		err = product(st, a, fields, barcodes)
	case design.Location:
		err = location(st, a, fields)
	case design.Package:
		contents(st, a, fields, barcodes)
	case design.Operator:
		err = operator(st, a, fields)
	case design.Device:
		err = s.device(a, fields)
	case design.Printer:
		err = s.printerLabel(a, fields)
	case design.Sheet:
		return s.sheet(l, a, fields)
	default:
		err = &ledger.Fault{Code: ledger.BadField, Field: "label", Message: "There are no labels for " + ledger.Quote(a.Subject) + ", only for " + strings.Join(design.Subjects(), ", ") + ". Nothing was printed."}
	}
	if err != nil {
		return nil, err
	}
	fields["delivery"] = a.delivery
	maps.Copy(fields, a.Fields)
	return []queue.Label{{Code: a.Code, Fields: fields, Range: a.Range, Named: a.Named && a.Subject == design.Operator && a.Fields["name"] == ""}}, nil
}

func unknown(what, code string) error {
	return &ledger.Fault{Code: ledger.NotFound, Field: "code", Message: "There is no " + what + " " + ledger.Quote(code) + ". Nothing was printed."}
}

// barcodesOf finds a barcode of each product that is asked for: the one that was chosen
// for its labels, else, in one pass over all, the one of the smallest quantity, and of
// those the first.
func barcodesOf(st *ledger.State, asks []Ask) map[string]string {
	wanted := map[string]bool{}
	for i := range asks {
		a := &asks[i]
		if p := productOf(st, a.Code); p != nil && (a.Subject == design.Product || a.Subject == design.Lot) {
			wanted[p.Code] = true
		}
		if place, ok := st.Package(a.Code); ok && a.Subject == design.Package {
			place.EachProduct(func(p *ledger.Product) { wanted[p.Code] = true })
		}
	}
	out := map[string]string{}
	if len(wanted) == 0 {
		return out
	}
	packs := map[string]string{}
	chosen := map[string]bool{}
	for code := range wanted {
		if p, ok := st.Product(code); ok {
			if own := st.OwnBarcode(p); own != "" && !strings.Contains(own, "/") {
				out[code], chosen[code] = own, true
			}
		}
	}
	for _, it := range st.Items(ledger.EntityBarcode) {
		v, _ := st.Item(it)
		p, pack, code := v.Fields["product"], cmp.Or(v.Fields["quantity"], "1"), v.Code
		if !wanted[p] || chosen[p] {
			continue
		}
		if site, number, ok := strings.Cut(code, "/"); ok && ledger.Restricted(number) { // a site's own number
			p, code = atSite(p, site), number
		}
		if old, has := packs[p]; !has || len(pack) < len(old) || len(pack) == len(old) && pack < old {
			out[p], packs[p] = code, pack
		}
	}
	return out
}

// atSite is the key of a barcode that a product has at one site only.
func atSite(product, site string) string { return product + "\x00" + site }

// productOf finds a product by its code, or by one of its barcodes.
func productOf(st *ledger.State, code string) *ledger.Product {
	if p, ok := st.Product(code); ok {
		return p
	}
	if v, ok := st.Item(ledger.Item{Entity: ledger.EntityBarcode, Key: code}); ok {
		if p, ok := st.Product(v.Fields["product"]); ok {
			return p
		}
	}
	return nil
}

func product(st *ledger.State, a *Ask, fields map[string]string, barcodes map[string]string) error {
	p := productOf(st, a.Code)
	if p == nil {
		return unknown("product", a.Code)
	}
	barcode := cmp.Or(barcodes[p.Code], barcodes[atSite(p.Code, fields["site"])])
	if a.Code != p.Code { // asked for by a barcode: that is the one
		barcode = a.Code
	}
	fields["code"], fields["name"], fields["category"], fields["barcode"] = p.Code, p.Name, p.Category, barcode
	fields["gtin"] = gtinOf(barcode)
	if a.Fields["quantity"] != "" { // a unit without a number says nothing
		fields["unit"] = p.Unit
	}
	return nil
}

// gtinOf is a barcode as 14 digits, where it is a GTIN that means the same
// everywhere.
func gtinOf(barcode string) string {
	m, err := gs1.Decode(barcode)
	if err != nil || len(m.Elements) != 1 {
		return ""
	}
	switch m.Kind {
	case gs1.EAN13, gs1.EAN8, gs1.UPCA, gs1.ITF14:
		if gtin := m.GTIN(); !gs1.Restricted(gtin) && gtin[0] != '9' {
			return gtin
		}
	}
	return ""
}

func location(st *ledger.State, a *Ask, fields map[string]string) error {
	site, code := cmp.Or(a.Site, mainSite), a.Code
	if s, c, ok := strings.Cut(code, "/"); ok {
		if _, known := st.Site(s); known {
			site, code = s, c
		}
	}
	p, ok := st.Place(site, code)
	if !ok || p.IsPackage() {
		return unknown("location", site+"/"+code)
	}
	fields["code"], fields["name"], fields["site"] = p.Code, p.Name, p.Site
	return nil
}

// contents says what a package holds, where that is one product and its number is
// whole: a logistic label states one content. Any code can be a package.
func contents(st *ledger.State, a *Ask, fields map[string]string, barcodes map[string]string) {
	if m, err := gs1.Decode("(00)" + a.Code); err == nil && len(m.Elements) == 1 && len(a.Code) == 18 {
		fields["sscc"] = a.Code
	}
	place, ok := st.Package(a.Code)
	if !ok {
		return
	}
	var held []*ledger.Cell
	place.EachProduct(func(p *ledger.Product) {
		for _, c := range st.CellsOfProduct(p) {
			if c.Place == place && c.Quantity != 0 {
				held = append(held, c)
			}
		}
	})
	total, lots := int64(0), map[string]bool{}
	for _, c := range held {
		if c.Product != held[0].Product || c.Quantity < 0 {
			return
		}
		total += c.Quantity
		lots[c.Lot] = true
	}
	if len(held) == 0 {
		return
	}
	p := held[0].Product
	fields["name"] = p.Name
	const mostCount = 99_999_999 // of AI (37)
	if gtin := gtinOf(barcodes[p.Code]); gtin != "" && p.Decimals == 0 && total <= mostCount {
		fields["content"], fields["count"] = gtin, ledger.NewDecimal(total, 0).String()
		if lot := held[0].Lot; len(lots) == 1 && lot != "" && gs1.Check([]gs1.Element{{AI: "01", Value: gtin}, {AI: "10", Value: lot}}) == nil {
			fields["lot"] = lot
		}
	}
}

func operator(st *ledger.State, a *Ask, fields map[string]string) error {
	o, kept := st.Operator(a.Code)
	if kept && o == nil {
		return unknown("operator", a.Code)
	}
	if o != nil && o.Site != "" {
		fields["site"] = o.Site
	}
	fields["scan"] = gs1.OperatorPrefix + a.Code // no product can be taken for a badge
	return nil
}

// nameOf is an operator's name, as it is known now.
func (s *Service) nameOf(code string) string {
	names, err := s.store.OperatorNames([]string{code})
	if err != nil {
		s.log.Error("the name of an operator could not be read", "error", err)
	}
	return names[code]
}

func (s *Service) device(a *Ask, fields map[string]string) error {
	k, ok := s.store.Lookup(a.Code)
	if !ok {
		return unknown("device", a.Code)
	}
	fields["scan"] = gs1.DevicePrefix + a.Code
	fields["name"], fields["role"] = k.Label, string(k.Role)
	fields["site"] = cmp.Or(k.Site, mainSite)
	return nil
}

func (s *Service) printerLabel(a *Ask, fields map[string]string) error {
	p, ok := s.Printer(printer.Named(a.Code))
	if !ok {
		return unknown("printer", a.Code)
	}
	a.Code = p.Name
	fields["code"], fields["name"] = p.Name, p.Title
	return nil
}

// sheet gives the pages of a sheet: of the layout's name, or of the code.
func (s *Service) sheet(l *design.Layout, a *Ask, fields map[string]string) ([]queue.Label, error) {
	var printers []string
	for _, p := range s.Printers() {
		printers = append(printers, p.Name)
	}
	for _, sh := range sheet.All(printers) {
		if sh.Name != a.Code {
			continue
		}
		fields["title"], fields["intro"] = sh.Title, sh.Intro
		maps.Copy(fields, a.Fields)
		var out []queue.Label
		for _, page := range draw.Pages(l, sheets.Data(sh)) {
			out = append(out, queue.Label{Code: a.Code, Fields: fields, Sheet: page})
		}
		return out, nil
	}
	return nil, unknown("sheet", a.Code)
}
