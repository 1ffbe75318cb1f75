package wire

import "bayledger/sync/ledger"

// Whether a text is likely to come again and is interned.
const (
	once  = false
	often = true
)

// intentMember reads the value of one member of an intent, and returns the bit
// by which it is known; ok is false for names that it does not know.
func (r *reader) intentMember(name []byte, in *ledger.Intent) (bit int, ok bool) {
	switch string(name) {
	case "device":
		return 0, r.into(&in.Device, often)
	case "install":
		return 1, r.into(&in.Install, often)
	case "seq":
		return 2, r.numberInto(&in.Seq)
	case "at":
		return 3, r.timeInto(&in.At)
	case "clock":
		return 4, r.into(&in.Clock, often)
	case "seen":
		return 5, r.numberInto(&in.Seen)
	case "epoch":
		return 6, r.into(&in.Epoch, often)
	case "operator":
		return 7, r.into(&in.Operator, often)
	case "site":
		return 8, r.into(&in.Site, often)
	case "mode":
		return 9, r.into(&in.Mode, often)
	case "action":
		return 10, r.into(&in.Action, often)
	case "scan":
		return 11, r.into(&in.Scan, once)
	case "product":
		return 12, r.into(&in.Product, often)
	case "quantity":
		return 13, r.decimalInto(&in.Quantity)
	case "unit":
		return 14, r.into(&in.Unit, often)
	case "from":
		return 15, r.into(&in.From, often)
	case "to":
		return 16, r.into(&in.To, often)
	case "lot":
		return 17, r.into(&in.Lot, often)
	case "expiry":
		return 18, r.into(&in.Expiry, often)
	case "serial":
		return 19, r.into(&in.Serial, once)
	case "package":
		return 20, r.into(&in.Package, often)
	case "delivery":
		return 21, r.into(&in.Delivery, often)
	case "unit_cost":
		return 22, r.decimalInto(&in.UnitCost)
	case "total_cost":
		return 23, r.decimalInto(&in.TotalCost)
	case "partner":
		return 24, r.into(&in.Partner, often)
	case "asset":
		return 25, r.into(&in.Asset, often)
	case "reference":
		return 26, r.into(&in.Reference, often)
	case "reason":
		return 27, r.into(&in.Reason, often)
	case "status":
		return 28, r.into(&in.Status, often)
	case "session":
		return 29, r.into(&in.Session, often)
	case "section":
		return 30, r.into(&in.Section, often)
	case "complete":
		return 31, r.flagInto(&in.Complete)
	case "through":
		return 32, r.timeInto(&in.Through)
	case "raw":
		return 33, r.into(&in.Raw, once)
	case "exception":
		return 34, r.into(&in.ExceptionN, once)
	case "choice":
		return 35, r.into(&in.Choice, once)
	case "evidence":
		return 36, r.into(&in.Evidence, once)
	case "holds":
		return 37, r.holdsInto(&in.Holds)
	case "lines":
		return 38, r.linesInto(&in.Lines)
	}
	return 0, false
}

// lineMember does the same for a member of a line.
func (r *reader) lineMember(name []byte, l *ledger.Line) (bit int, ok bool) {
	switch string(name) {
	case "product":
		return 0, r.into(&l.Product, often)
	case "scan":
		return 1, r.into(&l.Scan, once)
	case "quantity":
		return 2, r.decimalInto(&l.Quantity)
	case "unit":
		return 3, r.into(&l.Unit, often)
	case "lot":
		return 4, r.into(&l.Lot, often)
	case "expiry":
		return 5, r.into(&l.Expiry, often)
	case "serial":
		return 6, r.into(&l.Serial, once)
	case "package":
		return 7, r.into(&l.Package, often)
	case "delivery":
		return 8, r.into(&l.Delivery, often)
	case "status":
		return 9, r.into(&l.Status, often)
	case "unit_cost":
		return 10, r.decimalInto(&l.UnitCost)
	case "total_cost":
		return 11, r.decimalInto(&l.TotalCost)
	case "from":
		return 12, r.into(&l.From, often)
	case "to":
		return 13, r.into(&l.To, often)
	}
	return 0, false
}
