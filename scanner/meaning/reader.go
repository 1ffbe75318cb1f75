package meaning

import (
	"bayledger/scanner/gs1"
	"bayledger/sync/ledger"
)

// Reader reads scans for the ledger.
type Reader struct{}

var _ ledger.ScanReader = Reader{}

// ReadScan says what a scan says of itself; ok is false where it is a code and nothing more.
func (Reader) ReadScan(scan, rules string, year int) (ledger.Scanned, bool) {
	m, fault := gs1.Decode(scan)
	if fault == nil {
		return said(m, rules, year)
	}
	s := ledger.Scanned{Fault: fault.Error()}
	if fault.Code != gs1.MissingAI && fault.Code != gs1.ExcludedAI {
		return s, false
	}
	if m, fault = gs1.DecodePart(scan); fault != nil {
		return s, false
	}
	s, ok := said(m, rules, year)
	s.Count, s.Amounts = ledger.Decimal{}, nil // what they count is not sure
	return s, ok
}

// said is what a message says of goods and packages.
func said(m gs1.Message, rules string, year int) (s ledger.Scanned, ok bool) {
	if len(m.Elements) == 0 {
		return s, false
	}
	s = ledger.Scanned{Code: m.GTIN(), Lot: m.Lot(), Serial: m.Serial(), Package: packageOf(m)}
	if item, ok := m.Value("8006"); ok && s.Code == "" { // one piece of several that make one item
		s.Code = item[:gs1.ITFDigits]
	}
	if d, ok := m.Expiry(year); ok {
		s.Expiry = d.String()
	}
	if n, ok := m.Value("37"); ok {
		s.Count, s.OfPacks = whole(n), true
	} else if n, ok := m.Value("30"); ok {
		s.Count = whole(n)
	}
	s.Amounts = amounts(m)
	if gs1.Restricted(s.Code) {
		s = byRules(s, rules)
	}
	return s, s.Code != "" || s.Package != ""
}

// packageOf is the logistic unit (00), or the returnable container with its serial (8003).
func packageOf(m gs1.Message) string {
	const withoutSerial = 14
	if sscc := m.SSCC(); sscc != "" {
		return sscc
	}
	if asset, _ := m.Value("8003"); len(asset) > withoutSerial {
		return asset
	}
	return ""
}

// whole reads a count; zero of something says nothing.
func whole(digits string) ledger.Decimal {
	d, err := ledger.ParseDecimal(digits)
	if err != nil || d.Sign() == 0 {
		return ledger.Decimal{}
	}
	return d
}
