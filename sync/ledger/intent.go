package ledger

// Bounds of an intent's fields, in bytes. They keep one intent far below a
// frame, a block and a screen.
const (
	MaxCode   = 200       // codes, names, references: longer than any label's
	MaxText   = 1_000     // reason, evidence
	MaxScan   = 8_192     // a raw scan
	MaxLines  = 1_000     // lines of one intent
	MaxHolds  = 1_000     // holds named by one release
	MaxIntent = 256 << 10 // a whole intent as JSON

	maxExceptionID = 3 * MaxCode // a kind with an identity
)

// Intent is what a person meant by a scan, as the device sent it. Empty strings
// and zero values are missing fields. The same JSON travels on the wire, over
// REST and in files.
type Intent struct {
	Device     string   `json:"device,omitzero" doc:"the handheld's name; no slash" maxLength:"200"`
	Install    string   `json:"install,omitzero" doc:"random id made when the device was paired or re-imaged"`
	Seq        uint64   `json:"seq,omitzero" doc:"the device's own number of this intent, from 1, gapless per install"`
	At         Time     `json:"at,omitzero" doc:"when it happened, by the device's anchors"`
	Clock      string   `json:"clock,omitzero" doc:"how sure the device is of at" enum:"a,b,c"`
	Seen       uint64   `json:"seen,omitzero" doc:"the newest entry that the device knew of"`
	Epoch      string   `json:"epoch,omitzero" doc:"the epoch that seen belongs to"`
	Operator   string   `json:"operator,omitzero"`
	Site       string   `json:"site,omitzero"`
	Mode       string   `json:"mode,omitzero" enum:"fact,command"`
	Action     string   `json:"action,omitzero"`
	Scan       string   `json:"scan,omitzero" doc:"the barcode as read, with its AIM identifier if known"`
	Product    string   `json:"product,omitzero"`
	Quantity   Decimal  `json:"quantity,omitzero"`
	Unit       string   `json:"unit,omitzero"`
	From       string   `json:"from,omitzero"`
	To         string   `json:"to,omitzero"`
	Lot        string   `json:"lot,omitzero"`
	Expiry     string   `json:"expiry,omitzero" doc:"calendar date, 2027-01-31"`
	Serial     string   `json:"serial,omitzero"`
	Package    string   `json:"package,omitzero"`
	Delivery   string   `json:"delivery,omitzero"`
	UnitCost   Decimal  `json:"unit_cost,omitzero"`
	TotalCost  Decimal  `json:"total_cost,omitzero"`
	Partner    string   `json:"partner,omitzero"`
	Asset      string   `json:"asset,omitzero"`
	Reference  string   `json:"reference,omitzero"`
	Reason     string   `json:"reason,omitzero"`
	Status     string   `json:"status,omitzero" enum:"available,held"`
	Session    string   `json:"session,omitzero"`
	Section    string   `json:"section,omitzero"`
	Complete   bool     `json:"complete,omitzero"`
	Through    Time     `json:"through,omitzero"`
	Raw        string   `json:"raw,omitzero"`
	ExceptionN string   `json:"exception,omitzero"`
	Choice     string   `json:"choice,omitzero"`
	Evidence   string   `json:"evidence,omitzero"`
	Holds      []string `json:"holds,omitempty"`
	Lines      []Line   `json:"lines,omitempty"`
}

// Moment is what an intent says of when it was: At by the device's clock, how sure that is (Clock), and
// the newest entry that the device had seen by then (Seen, of Epoch). Without a time it says nothing.
type Moment struct {
	At    Time   `json:"at,omitzero"`
	Clock string `json:"clock,omitempty"`
	Seen  uint64 `json:"seen,omitempty"`
	Epoch string `json:"epoch,omitempty"`
}

// Moment is when the intent was.
func (in *Intent) Moment() Moment { return Moment{in.At, in.Clock, in.Seen, in.Epoch} }

// SetMoment has the intent say that it was then.
func (in *Intent) SetMoment(m Moment) {
	in.At, in.Clock, in.Seen, in.Epoch = m.At, m.Clock, m.Seen, m.Epoch
}

// Line is one row of an intent with several; what it leaves out is the intent's.
type Line struct {
	Product   string  `json:"product,omitzero"`
	Scan      string  `json:"scan,omitzero"`
	Quantity  Decimal `json:"quantity,omitzero"`
	Unit      string  `json:"unit,omitzero"`
	Lot       string  `json:"lot,omitzero"`
	Expiry    string  `json:"expiry,omitzero"`
	Serial    string  `json:"serial,omitzero"`
	Package   string  `json:"package,omitzero"`
	Delivery  string  `json:"delivery,omitzero"`
	Status    string  `json:"status,omitzero" enum:"available,held"`
	UnitCost  Decimal `json:"unit_cost,omitzero"`
	TotalCost Decimal `json:"total_cost,omitzero"`
	From      string  `json:"from,omitzero"`
	To        string  `json:"to,omitzero"`
}

// Identity names an intent for ever.
type Identity struct {
	Device  string
	Install string
	Seq     uint64
}

// Identity returns the intent's own.
func (in *Intent) Identity() Identity { return Identity{in.Device, in.Install, in.Seq} }

// Received is an intent as it reached the server, on any transport.
type Received struct {
	Intent Intent
	// Payload is the intent as the journal keeps it, JSON that every reader of an
	// Intent can read: canonical (AppendIntent); with code Unsupported the bytes as
	// sent; where it is no intent, what could be read of it with the text as sent
	// as its raw. It may share memory with the payloads of other intents.
	Payload []byte
	// Hash identifies the payload as sent, without device, install and seq.
	Hash [16]byte
	// Fault says why this is no intent that can be booked; nil if it can.
	// With code Unsupported the intent is parked whole, else it is refused.
	Fault *Fault
}

// scope lists what an action needs to be told.
type actionRule struct {
	from, to    string // default places; "" where the intent must name one or has none
	needsThing  bool   // one of scan, product, package, serial, lines
	needsAmount bool   // a quantity must be given
}

var actionRules = map[string]actionRule{
	ActionAdd:          {from: "supplier", to: "stock", needsThing: true},
	ActionRemove:       {from: "stock", to: "customer", needsThing: true},
	ActionMove:         {needsThing: true},
	ActionIsolate:      {from: "stock", to: "quarantine"},
	ActionRelease:      {from: "quarantine", to: "stock"},
	ActionAssemble:     {from: "stock", to: "asset", needsThing: true},
	ActionDisassemble:  {from: "asset", to: "stock", needsThing: true},
	ActionPack:         {from: "stock", needsThing: true},
	ActionUnpack:       {from: "stock", needsThing: true},
	ActionCount:        {from: "stock", needsThing: true, needsAmount: true},
	ActionSessionOpen:  {from: "stock"},
	ActionSessionClose: {from: "stock"},
	ActionScrap:        {from: "stock", to: "scrap", needsThing: true},
	ActionUndo:         {},
	ActionMap:          {},
	ActionDecide:       {},
	ActionClose:        {},
	ActionAsk:          {},
}

// Check says what makes an intent none at all, without looking at any books: a
// missing or wrong field, an unknown action, a quantity that cannot be. It
// returns nil for an intent that can be booked, parked or refused by Decide.
func (in *Intent) Check() *Fault {
	if f := in.checkIdentity(); f != nil {
		return f
	}
	if f := in.checkTexts(); f != nil {
		return f
	}
	rule, known := actionRules[in.Action]
	if in.Action == "" {
		return fault(BadField, "action", "The intent has no action. It was not booked; say what was done, such as add, remove, move or count.")
	}
	if !known {
		return fault(UnknownAction, "action", "The action "+quote(in.Action)+" is not known. It was not booked; use one of add, remove, move, isolate, release, assemble, disassemble, pack, unpack, count, scrap, undo, ask.")
	}
	hasThing := in.Scan != "" || in.Product != "" || in.Package != "" || in.Serial != "" || len(in.Lines) > 0
	if rule.needsThing && !hasThing {
		return fault(BadField, "product", "The intent says "+quote(in.Action)+" but not what. It was not booked; give a scan, product, package, serial or lines.")
	}
	if (in.Action == ActionUndo) && in.Reference == "" {
		return fault(BadField, "reference", "The undo names no intent. Nothing was undone; put its seq, or device/install/seq, into reference.")
	}
	if in.Action == ActionAsk && in.Reference == "" {
		return fault(BadField, "reference", "The intent asks for a supervisor and names no scan. Nobody was asked; put its seq, or device/install/seq, into reference.")
	}
	if in.Session == "" && (in.Action == ActionSessionOpen || in.Action == ActionSessionClose) {
		return fault(BadField, "session", "The intent says "+quote(in.Action)+" and names no count session. Nothing was opened or closed; put its name into session.")
	}
	return in.checkQuantities(rule)
}

func (in *Intent) checkIdentity() *Fault {
	switch {
	case containsByte(in.Device, '/'):
		return fault(BadField, "device", "A device name has no slash. The intent was not booked; rename the device.")
	case containsByte(in.Install, '/'):
		return fault(BadField, "install", "An install has no slash, for it stands between slashes in references. The intent was not booked; pair the device again.")
	case in.Clock != "" && in.Clock != "a" && in.Clock != "b" && in.Clock != "c":
		return fault(BadField, "clock", "The clock class "+quote(in.Clock)+" is none of a, b, c. The intent was not booked.")
	case in.Mode != "" && in.Mode != ModeFact && in.Mode != ModeCommand:
		return fault(BadField, "mode", "The mode "+quote(in.Mode)+" is neither fact nor command. The intent was not booked.")
	case in.Seq > 1<<53:
		return fault(BadField, "seq", "The seq is above 2^53. The intent was not booked; seqs count from 1.")
	}
	return nil
}

func (in *Intent) checkTexts() *Fault {
	if len(in.Lines) > MaxLines || len(in.Holds) > MaxHolds {
		return fault(TooLarge, "lines", "The intent has more than 1,000 lines or holds. It was not booked; send it as several.")
	}
	if f := in.checkLengths(); f != nil {
		return f
	}
	for _, h := range in.Holds {
		if len(h) > 3*MaxCode {
			return tooLong("holds", 3*MaxCode)
		}
	}
	if f := checkStatusAndExpiry(in.Status, in.Expiry); f != nil {
		return f
	}
	return in.checkLineTexts()
}

// checkLengths looks at each field only where all of them together do not already
// show that none is too long.
func (in *Intent) checkLengths() *Fault {
	const surely = 128 // no more than any bound; lengths below a power of two stay below it when joined by or
	if len(in.Device)|len(in.Install)|len(in.Epoch)|len(in.Operator)|len(in.Site)|len(in.Product)|len(in.Unit)|
		len(in.From)|len(in.To)|len(in.Lot)|len(in.Serial)|len(in.Package)|len(in.Delivery)|len(in.Partner)|
		len(in.Asset)|len(in.Session)|len(in.Section)|len(in.ExceptionN)|len(in.Choice)|
		len(in.Reference)|len(in.Reason)|len(in.Evidence)|len(in.Scan)|len(in.Raw) < surely {
		return nil
	}
	for _, f := range [...]struct{ name, value string }{
		{"device", in.Device}, {"install", in.Install}, {"epoch", in.Epoch}, {"operator", in.Operator}, {"site", in.Site},
		{"product", in.Product}, {"unit", in.Unit}, {"from", in.From}, {"to", in.To}, {"lot", in.Lot}, {"serial", in.Serial},
		{"package", in.Package}, {"delivery", in.Delivery}, {"partner", in.Partner}, {"asset", in.Asset}, {"session", in.Session},
		{"section", in.Section}, {"choice", in.Choice},
	} {
		if len(f.value) > MaxCode {
			return tooLong(f.name, MaxCode)
		}
	}
	for _, f := range [...]struct{ name, value string }{
		{"reference", in.Reference}, {"reason", in.Reason}, {"evidence", in.Evidence},
	} {
		if len(f.value) > MaxText {
			return tooLong(f.name, MaxText)
		}
	}
	if len(in.ExceptionN) > maxExceptionID {
		return tooLong("exception", maxExceptionID)
	}
	if len(in.Scan) > MaxScan {
		return tooLong("scan", MaxScan)
	}
	if len(in.Raw) > MaxScan {
		return tooLong("raw", MaxScan)
	}
	return nil
}

func (in *Intent) checkLineTexts() *Fault {
	for i := range in.Lines {
		l := &in.Lines[i]
		for _, v := range [...]string{l.Product, l.Unit, l.Lot, l.Serial, l.Package, l.Delivery, l.From, l.To} {
			if len(v) > MaxCode {
				return tooLong("lines", MaxCode)
			}
		}
		if len(l.Scan) > MaxScan {
			return tooLong("lines", MaxScan)
		}
		if f := checkStatusAndExpiry(l.Status, l.Expiry); f != nil {
			return f
		}
		if l.Product == "" && l.Scan == "" && l.Serial == "" && l.Package == "" &&
			in.Product == "" && in.Scan == "" && in.Serial == "" && in.Package == "" {
			return fault(BadField, "lines", "Line "+itoa(i+1)+" names no product. The intent was not booked; give each line a product, scan, serial or package.")
		}
	}
	return nil
}

func checkStatusAndExpiry(status, expiry string) *Fault {
	if status != "" && status != string(Available) && status != string(HeldGoods) {
		return fault(BadField, "status", "The status "+quote(status)+" is neither available nor held. The intent was not booked.")
	}
	if expiry != "" && !isDate(expiry) {
		return fault(BadTime, "expiry", "The expiry "+quote(expiry)+" is no calendar date such as 2027-01-31. The intent was not booked.")
	}
	return nil
}

func (in *Intent) checkQuantities(rule actionRule) *Fault {
	if f := in.checkAmount(in.Quantity, in.UnitCost, in.TotalCost); f != nil {
		return f
	}
	for i := range in.Lines {
		l := &in.Lines[i]
		if f := in.checkAmount(l.Quantity, l.UnitCost, l.TotalCost); f != nil {
			return f
		}
		if rule.needsAmount && !l.Quantity.IsSet() && !in.Quantity.IsSet() {
			return fault(BadQuantity, "lines", "Line "+itoa(i+1)+" counts nothing. The intent was not booked; a count needs a quantity, 0 or more.")
		}
	}
	if rule.needsAmount && len(in.Lines) == 0 && !in.Quantity.IsSet() {
		return fault(BadQuantity, "quantity", "A count needs a quantity, 0 or more. The intent was not booked.")
	}
	return nil
}

func (in *Intent) checkAmount(quantity, unitCost, totalCost Decimal) *Fault {
	if quantity.Sign() < 0 || (quantity.IsSet() && quantity.Sign() == 0 && in.Action != ActionCount) {
		return fault(BadQuantity, "quantity", "The quantity "+quantity.String()+" is not above 0. The intent was not booked; say remove instead of adding less than nothing.")
	}
	if unitCost.Sign() < 0 || totalCost.Sign() < 0 {
		return fault(BadField, "unit_cost", "A cost is below 0. The intent was not booked.")
	}
	if unitCost.IsSet() && totalCost.IsSet() {
		return fault(BadField, "total_cost", "Both unit_cost and total_cost are given. The intent was not booked; give one of the two.")
	}
	return nil
}

func tooLong(field string, most int) *Fault {
	return fault(TooLarge, field, "The field "+field+" is longer than "+itoa(most)+" bytes. The intent was not booked; shorten it.")
}
