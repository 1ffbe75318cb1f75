package ledger

// Receipt is what was fixed when an intent arrived; deciding reads no clock and
// no session of its own.
type Receipt struct {
	N        uint64 // the number its entry will have
	BookedAt Time
	TEff     Time
	Arrived  Time
	Site     string // the device's, used where the intent names none; "" is main
	Role     string // floor, dock, supervisor, admin
	// Grants are what whoever meant it was allowed at TEff, by site; nil: Role
	// holds everywhere.
	Grants Grants
	// Now are what they are allowed at receipt, by site; nil: as at TEff. Whoever
	// decides about others' scans needs the role then and now.
	Now   Grants
	Clock string // how sure TEff is where the intent does not say; "" is a
	// Stamped finds what was fixed when an intent came before: its entry's number
	// and its encoded stamp, 0 where it has not come. It must be a function of the
	// journal alone.
	Stamped func(Identity) (n uint64, stamp []byte, err error)
	// Intent finds an intent that came before, nil where it has not come.
	Intent func(Identity) (*Intent, error)
}

// RoleAt is the role at a site of whoever meant the intent, "" where they have none.
func (r *Receipt) RoleAt(site string) string {
	if r.Grants == nil {
		return r.Role
	}
	return r.Grants.At(site)
}

// RoleNow is the role at a site of whoever meant the intent, at receipt.
func (r *Receipt) RoleNow(site string) string {
	if r.Now == nil {
		return r.RoleAt(site)
	}
	return r.Now.At(site)
}

// MayIntend says whether whoever meant an action at a site might then, and may now.
// A moment is what a device says: by the moment alone, whoever lost the role would
// keep it for ever.
func (r *Receipt) MayIntend(site, action string) bool {
	return MayIntend(r.RoleAt(site), action) && MayIntend(r.RoleNow(site), action)
}

// MainSite is the site that every book has from its start, and that is meant where none
// is named.
const MainSite = "main"

// SiteOf is the site that an intent is about.
func (r *Receipt) SiteOf(in *Intent) string {
	switch {
	case in.Site != "":
		return in.Site
	case r.Site != "":
		return r.Site
	}
	return MainSite
}

// SiteKept is what an entry keeps of that: nothing where the intent itself says it, or
// it goes without saying.
func (r *Receipt) SiteKept(in *Intent) string {
	if site := r.SiteOf(in); site != in.Site && site != MainSite {
		return site
	}
	return ""
}

// Decision is what became of an intent, without its number and times. Its moves and
// its stamp's lines are valid until the next intent is decided.
type Decision struct {
	Kind       Kind // of the entry; missing: intent
	Outcome    Outcome
	Code       Code
	Message    string
	Moves      []Move
	Alerts     []Alert
	Exceptions []ExceptionEvent
	Stamp      Stamp
	Waits      Unknown // of a parked intent: what somebody has to name
}

// Note is something that a supervisor should hear of an intent.
type Note struct {
	Kind, Severity, Message string
	Line                    int // of the intent, from 0
}

// Stamp is the meaning of an intent as fixed at receipt; settling folds stamps
// and never reads a barcode or a default again. It is empty for what was not
// understood.
type Stamp struct {
	TEff  Time
	Kind  StampKind
	Names []string // of holds that a release ends; of the intent that an undo takes out; of a count session
	Lines []StampLine
}

// StampKind says what a stamp means. Numbers reach the disk; the list only grows.
type StampKind byte

// Kinds of stamps.
const (
	StampNothing StampKind = iota // it was not understood, or is no intent about goods
	StampGoods                    // its lines move or count goods
	StampHold                     // its one line is the scope of a hold
	StampRelease                  // it ends the holds named; behind "/" the roles of whoever sent it, where those are of some sites
	StampUndo                     // it takes the intent named out; a second name likewise, without "/"
	StampMap                      // it says what a code is

	// Of a count session, at the place in the one line: opened; closed, complete where
	// a second name says so.
	StampSessionOpen  StampKind = 12
	StampSessionClose StampKind = 13

	StampClose    StampKind = 16 // it closes the books
	StampDecision StampKind = 17 // it decides an exception: Names are its id, the choice, the evidence, its site
	StampAsk      StampKind = 18 // it asks for a supervisor: its one name is the site that it counts for
)

// StampLine is the meaning of one line.
type StampLine struct {
	Product  *Product // nil: of the package as such
	Package  *Place   // nil: none was named
	Into     *Place   // the package that Package is put into, nil if into none
	Quantity int64    // in units of 10^-Decimals
	From, To *Place
	Lot      string
	Serial   string
	Expiry   string
	Status   Status // as given; "" where none was
	HasAny   bool   // a lot, serial or status was named
	Noted    bool   // of a product that was not stock-kept: it moved nothing

	// What was said of costs.
	UnitCost  int64 // in 10^-6 of the currency, for one of the product's unit
	TotalCost int64 // in minor units of the currency, for the whole line
	Costed    CostSaid
	Delivery  string
}

// CostSaid says which of a line's costs were given.
type CostSaid byte

// Costs of a line.
const (
	CostNone CostSaid = iota
	CostUnit
	CostTotal
)

// MoneyDecimals are the decimals of a value, CostDecimals those of a unit cost.
const (
	MoneyDecimals = 2
	CostDecimals  = 6
)

func park(code Code, message string) Decision {
	return Decision{Outcome: Parked, Code: code, Message: message}
}

// ParseReference reads the intent that an undo names: a seq of the same device
// and install, or "device/install/seq", split from the right. in may be nil, where
// only the long form is meant.
func ParseReference(reference string, in *Intent) (Identity, bool) {
	last := lastByte(reference, '/')
	if last < 0 && in == nil {
		return Identity{}, false
	}
	if last < 0 {
		seq, ok := parseSeq(reference)
		return Identity{in.Device, in.Install, seq}, ok
	}
	seq, ok := parseSeq(reference[last+1:])
	rest := reference[:last]
	middle := lastByte(rest, '/')
	if middle < 0 || !ok {
		return Identity{}, false
	}
	return Identity{rest[:middle], rest[middle+1:], seq}, true
}
