package ledger

import "strings"

// Receipt is what was fixed when an intent arrived; deciding reads no clock and
// no session of its own.
type Receipt struct {
	N        uint64 // the number its entry will have
	BookedAt Time
	TEff     Time
	Arrived  Time
	Site     string // the device's, used where the intent names none; "" is main
	Role     string // floor, dock, supervisor, admin
	// Entry finds the entry of an intent that came before, nil where there is
	// none; an undo reads what it takes back. It must be a function of the journal
	// alone.
	Entry func(Identity) (*Entry, error)
}

// CommandMaxAge is how old a command may be when it arrives, in microseconds:
// after that the person no longer stands before the shelf waiting for it.
const CommandMaxAge = Time(10e6)

// Decision is what became of an intent, without its number and times.
type Decision struct {
	Outcome    Outcome
	Code       Code
	Message    string
	Moves      []Move
	Alerts     []Alert
	Exceptions []ExceptionEvent
	Stamp      Stamp
}

// Stamp is the meaning of an intent as fixed at receipt; settling folds stamps
// and never reads a barcode or a default again. It is empty for what was not
// understood.
type Stamp struct {
	TEff  Time
	Lines []StampLine
}

// StampLine is the meaning of one line.
type StampLine struct {
	Product  *Product
	Quantity int64 // in units of 10^-Decimals
	From, To *Place
	Lot      string
	Serial   string
	Expiry   string
	Status   Status // as given; "" where none was
	HasAny   bool   // a lot, serial or status was named
}

// booking is the work on one intent: what it has touched, so that it can be
// judged, and taken back.
type booking struct {
	n          uint64
	at         Time
	legs       []leg
	shelves    []touchedShelf
	watches    []*watch
	before     []cellBefore
	undone     []undoneBefore
	exceptions []ExceptionEvent
	tooMuch    bool // a balance would have more digits than the books can hold
	recount    bool // an edit changed which places count
}

// leg is one move while it is being decided.
type leg struct {
	product          *Product
	lot, serial      string
	from, to         *Place
	fromHeld, toHeld bool
	quantity         int64
	cause            string
}

type touchedShelf struct {
	product *Product
	place   *Place
	before  int64
}

// Decide books one intent into the state and says what became of it. An intent
// that is parked or refused leaves the state as it was.
func (s *State) Decide(r *Received, at Receipt) Decision {
	b := &s.booking
	*b = booking{n: at.N, at: at.BookedAt, legs: b.legs[:0], shelves: b.shelves[:0], watches: b.watches[:0], before: b.before[:0]}
	d := s.decide(r, &at)
	if b.tooMuch {
		d = park(BadQuantity, "A balance would have more digits than the books can hold. The scan is kept and holds no stock until someone says how much it is.")
	}
	if d.Outcome == Parked && r.Intent.Mode == ModeCommand {
		d = refuse(d.Code, commandRefused(d.Message))
	}
	d.Stamp.TEff = at.TEff
	if d.Outcome == Parked || d.Outcome == Refused {
		s.takeBack()
		return d
	}
	d.Moves = b.moves()
	d.Alerts = s.judge(at.N, at.BookedAt)
	if d.Exceptions = b.exceptions; len(d.Exceptions) > 0 {
		d.Outcome = Exception
	}
	return d
}

// commandRefused says of a command what is said of a parked fact: a person who
// asks must be told no, not later.
func commandRefused(message string) string {
	if i := strings.Index(message, ". "); i >= 0 {
		message = message[:i+1]
	}
	return message + " The command was not carried out; mend it and give it again."
}

// Abandon takes back what a Decide that did not return had booked.
func (s *State) Abandon() { s.takeBack() }

func (s *State) decide(r *Received, at *Receipt) Decision {
	in := &r.Intent
	if f := r.Fault; f != nil {
		outcome := Refused
		if f.Code == Unsupported {
			outcome = Parked
		}
		return Decision{Outcome: outcome, Code: f.Code, Message: f.Message}
	}
	if in.Mode == ModeCommand {
		if in.At != 0 && at.Arrived-in.At > CommandMaxAge {
			return refuse(Expired, "The command is older than 10 seconds. It was not carried out; look at the shelf and give it again.")
		}
	}
	if why := notYet(in); why != "" {
		return park(Unsupported, why)
	}
	if in.Action == ActionUndo {
		return s.decideUndo(in, at)
	}
	if in.Mode == ModeCommand && in.Reason == "" && (in.Action == ActionIsolate || in.Action == ActionRelease) {
		return refuse(BadField, "Setting goods aside, and releasing them, needs a reason. Nothing was moved; give one.")
	}
	lines, parked := s.resolve(in, at)
	if parked != nil {
		return *parked
	}
	for i := range lines {
		if refused := s.book(in, &lines[i]); refused != nil {
			return *refused
		}
	}
	s.booking.reasonMissing(in)
	return Decision{Outcome: Applied, Stamp: Stamp{Lines: lines}}
}

// notYet says what an intent asks for that this version keeps but cannot settle.
func notYet(in *Intent) string {
	const kept = " The intent is kept and holds no stock; it is booked at its own time once the server can."
	switch in.Action {
	case ActionSessionOpen, ActionSessionClose:
		return "Count sessions are not settled yet." + kept
	case ActionPack, ActionUnpack:
		return "Packages are not settled yet." + kept
	case ActionMap, ActionDecide, ActionClose:
		return "Supervisors' decisions are not settled yet." + kept
	}
	if in.Session != "" || in.Section != "" || in.Complete {
		return "Count sessions are not settled yet." + kept
	}
	packaged := in.Package != ""
	bare := in.Scan == "" && in.Product == "" && len(in.Lines) == 0
	for i := range in.Lines {
		packaged = packaged || in.Lines[i].Package != ""
	}
	if packaged {
		return "Packages are not settled yet." + kept
	}
	if in.Action == ActionIsolate || in.Action == ActionRelease {
		if len(in.Holds) > 0 || bare || (!in.Quantity.IsSet() && len(in.Lines) == 0 && (in.Lot != "" || in.Serial != "")) {
			return "Holds on a lot, a serial or a place are not settled yet; isolate a quantity instead." + kept
		}
	}
	if bare && in.Serial != "" {
		return "A serial number without its product is not settled yet." + kept
	}
	return ""
}

func park(code Code, message string) Decision {
	return Decision{Outcome: Parked, Code: code, Message: message}
}

func refuse(code Code, message string) Decision {
	return Decision{Outcome: Refused, Code: code, Message: message}
}

// raise notes an exception of the intent that is being booked.
func (b *booking) raise(kind, severity, message string) {
	const most = 100 // of one intent: more of them say nothing new
	id := kind + "/" + itoa(int(b.n))
	for i := range b.exceptions {
		if b.exceptions[i].Message == message {
			return
		}
	}
	if len(b.exceptions) > 0 {
		id += "/" + itoa(len(b.exceptions)+1)
	}
	if len(b.exceptions) >= most {
		return
	}
	b.exceptions = append(b.exceptions, ExceptionEvent{ID: id, Kind: kind, Severity: severity, Message: message})
}

// reasonMissing flags goods set aside or released without a reason.
func (b *booking) reasonMissing(in *Intent) {
	if (in.Action == ActionIsolate || in.Action == ActionRelease) && in.Reason == "" {
		b.raise("no_reason", "info", "Goods were set aside or released without a reason; ask "+nameOr(in.Operator, in.Device)+".")
	}
}

func nameOr(name, other string) string {
	if name == "" {
		return other
	}
	return name
}

// ParseReference reads the intent that an undo names: a seq of the same device
// and install, or "device/install/seq", split from the right.
func ParseReference(reference string, in *Intent) (Identity, bool) {
	last := lastByte(reference, '/')
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
