package access

// Action is one thing that someone may or may not do. Names are of the form
// what.how and stand in the OpenAPI document beside each path.
type Action string

// Actions.
const (
	Public Action = "public" // no key is asked for

	IntentOwn Action = "intent.own" // bring the intents of the key's own device
	IntentAny Action = "intent.any" // bring any device's intents

	ReadActivity   Action = "read.activity"
	ReadBalances   Action = "read.balances"
	ReadAlerts     Action = "read.alerts"
	ReadCatalog    Action = "read.catalog"
	ReadReports    Action = "read.reports"    // movements over a span, and other reports about who did what
	ReadExceptions Action = "read.exceptions" // what a supervisor should look at: who did it, and what it is worth
	SeeMoney       Action = "see.money"       // costs and values, wherever they stand

	CreateProduct  Action = "create.product"
	CreateLocation Action = "create.location"
	EditCatalog    Action = "edit.catalog" // change anything, make sites, barcodes, partners, constraints
	Import         Action = "import"

	ListDevices    Action = "device.list"
	PairDevice     Action = "device.pair"   // floor and dock keys
	PairPeople     Action = "people.pair"   // supervisor and admin keys
	ReadMetrics    Action = "read.metrics"  // and diagnostics
	WatchAsAnyone  Action = "session.watch" // open a socket session under any device name
	ChangeSettings Action = "settings.change"
	TakeBackup     Action = "backup.take" // all there is, keys too

	ReadLabels    Action = "read.labels"    // layouts, pictures of labels, printers, print jobs
	PrintLabels   Action = "print.labels"   // ask for labels
	CorrectLabels Action = "correct.labels" // stop, resume, reprint, void
	EditPrinters  Action = "edit.printers"  // printers and number ranges
)

// everyone, and so on: the sets that the table is written in.
var (
	everyone    = set(Floor, Dock, Supervisor, Admin)
	fromDock    = set(Dock, Supervisor, Admin)
	supervisors = set(Supervisor, Admin)
	admins      = set(Admin)
)

// rules is the table: who may do what.
var rules = map[Action]roles{
	IntentOwn: everyone,
	IntentAny: supervisors,

	ReadActivity:   everyone, // what a device shows of its shelf's last movements
	ReadBalances:   everyone,
	ReadAlerts:     everyone,
	ReadCatalog:    everyone,
	ReadReports:    supervisors,
	ReadExceptions: supervisors,
	SeeMoney:       supervisors,

	CreateProduct:  fromDock, // unknown goods arrive at docks
	CreateLocation: fromDock,
	EditCatalog:    supervisors,
	Import:         supervisors,

	ListDevices:    supervisors,
	PairDevice:     supervisors,
	PairPeople:     admins, // nobody hands out more than a supervisor has
	ReadMetrics:    supervisors,
	WatchAsAnyone:  supervisors,
	ChangeSettings: admins,
	TakeBackup:     admins,

	ReadLabels:    everyone,
	PrintLabels:   everyone,
	CorrectLabels: fromDock, // a reprint is two pallets with one number, if nobody looks
	EditPrinters:  supervisors,
}

// Actions lists every action of the table, Public first, in no further order.
func Actions() []Action {
	out := make([]Action, 0, len(rules)+1)
	out = append(out, Public)
	for a := range rules {
		out = append(out, a)
	}
	return out
}

// May says whether someone may do something.
func May(p Principal, action Action) bool {
	if action == Public {
		return true
	}
	return rules[action].has(p.Role)
}

// Pairing is the action that making, replacing or revoking a key of a role asks
// for. Callers check that the role is known.
func Pairing(r Role) Action {
	if r == Floor || r == Dock {
		return PairDevice
	}
	return PairPeople
}

// roles is a set of roles, one bit each.
type roles uint8

func bit(r Role) roles {
	switch r {
	case Floor:
		return 1
	case Dock:
		return 2
	case Supervisor:
		return 4
	case Admin:
		return 8
	}
	return 0
}

func set(list ...Role) roles {
	var s roles
	for _, r := range list {
		s |= bit(r)
	}
	return s
}

func (s roles) has(r Role) bool { return s&bit(r) != 0 }
