package access

import (
	"slices"
	"strings"
)

// Action is one thing that someone may or may not do. Names are of the form
// what.how and stand in the OpenAPI document beside each path.
type Action string

// Actions.
const (
	Public Action = "public" // no key is asked for

	// Availability is whether there is any of a product, in words. It is no word of
	// "read": a token of a shop has it alone.
	Availability Action = "availability"

	IntentOwn Action = "intent.own" // bring the intents of the key's own device
	IntentAny Action = "intent.any" // bring any device's intents

	ReadActivity   Action = "read.activity"
	ReadBalances   Action = "read.balances"
	ReadAlerts     Action = "read.alerts"
	AnswerAlerts   Action = "answer.alerts" // acknowledge and snooze
	ReadCatalog    Action = "read.catalog"
	ReadReports    Action = "read.reports"    // movements over a span, and other reports about who did what
	ReadExceptions Action = "read.exceptions" // what a supervisor should look at: who did it, and what it is worth
	ReadRights     Action = "read.rights"     // who may do what
	SeeMoney       Action = "see.money"       // costs and values, wherever they stand

	CreateProduct  Action = "create.product"
	CreateLocation Action = "create.location"
	EditCatalog    Action = "edit.catalog" // what belongs to a site: places, constraints, operators
	EditCompany    Action = "edit.company" // what all sites share: products, barcodes, partners, sites
	Import         Action = "import"

	OwnKey         Action = "key.own"     // see whose it is, renew it, end one's session
	OwnTokens      Action = "token.own"   // make and end tokens of one's own
	VerifyPIN      Action = "pin.verify"  // ask whether a badge's PIN is right; take the list of the shift
	SetPIN         Action = "pin.set"     // of operators
	ListDevices    Action = "device.list" // and how they are
	PairDevice     Action = "device.pair" // floor and dock keys: give, renew, take back, message
	PairPeople     Action = "people.pair" // supervisor and admin keys, users, tokens of others
	ReadMetrics    Action = "read.metrics"
	WatchAsAnyone  Action = "session.watch" // open a socket session under any device name
	ChangeSettings Action = "settings.change"
	TakeBackup     Action = "backup.take" // all there is, keys too

	OwnSubscriptions Action = "subscription.own" // be told of alerts by mail
	OwnSchedules     Action = "schedule.own"     // have reports sent by mail
	OwnWebhooks      Action = "webhook.own"      // send what one sees to an address of one's own
	AnyWebhooks      Action = "webhook.any"      // see, change and end everybody's

	ReadLabels    Action = "read.labels"    // layouts, pictures of labels, printers, print jobs
	PrintLabels   Action = "print.labels"   // ask for labels
	CorrectLabels Action = "correct.labels" // stop, resume, reprint, void
	EditPrinters  Action = "edit.printers"  // printers and number ranges

	ReadAdjustments Action = "read.adjustments" // drafts and their history: what is missing, and who said so
	Adjust          Action = "adjust.stock"     // draft, book and drop adjustments
	ReadDeliveries  Action = "read.deliveries"  // what is expected, what has come, what is to be put away
	Receive         Action = "receive.goods"    // key and import expected deliveries, receive, reject, close
)

// everyone, and so on: the sets that the table is written in.
var (
	everyone    = set(Floor, Dock, Supervisor, Admin)
	fromDock    = set(Dock, Supervisor, Admin)
	supervisors = set(Supervisor, Admin)
	admins      = set(Admin)
)

// rule is a line of the table: who may, whether it takes the role at all sites (whole)
// or at those concerned, and whether a token may only where its scope names it: what
// hands out rights, or all secrets, outlives the token that did it. self is what everyone
// may who is somebody, about themselves alone: with a key nobody gives it away.
type rule struct {
	who   roles
	whole bool
	named bool
	self  bool
}

// rules is the table: who may do what.
var rules = map[Action]rule{
	Availability: {who: everyone},

	IntentOwn: {who: everyone},
	IntentAny: {who: supervisors},

	ReadActivity:   {who: everyone}, // what a device shows of its shelf's last movements
	ReadBalances:   {who: everyone},
	ReadAlerts:     {who: everyone},
	AnswerAlerts:   {who: supervisors}, // whoever answers for it says so
	ReadCatalog:    {who: everyone},
	ReadReports:    {who: supervisors},
	ReadExceptions: {who: supervisors},
	ReadRights:     {who: supervisors, whole: true},
	SeeMoney:       {who: supervisors},

	CreateProduct:  {who: fromDock}, // unknown goods arrive at docks
	CreateLocation: {who: fromDock},
	EditCatalog:    {who: supervisors},
	EditCompany:    {who: supervisors, whole: true},
	Import:         {who: supervisors, whole: true},

	OwnKey:         {who: everyone, self: true},
	OwnTokens:      {who: everyone, self: true},
	VerifyPIN:      {who: everyone},
	SetPIN:         {who: supervisors, named: true},
	ListDevices:    {who: supervisors},
	PairDevice:     {who: supervisors, named: true},
	PairPeople:     {who: admins, whole: true, named: true}, // nobody hands out more than a supervisor has
	ReadMetrics:    {who: supervisors, whole: true},
	WatchAsAnyone:  {who: supervisors},
	ChangeSettings: {who: admins, whole: true},
	TakeBackup:     {who: admins, whole: true, named: true},

	OwnSubscriptions: {who: everyone, named: true, self: true}, // these outlive the token that set them up
	OwnSchedules:     {who: supervisors, named: true},
	OwnWebhooks:      {who: supervisors, named: true},
	AnyWebhooks:      {who: admins, whole: true, named: true},

	ReadLabels:    {who: everyone},
	PrintLabels:   {who: everyone},
	CorrectLabels: {who: fromDock}, // a reprint is two pallets with one number, if nobody looks
	EditPrinters:  {who: supervisors, whole: true},

	ReadAdjustments: {who: supervisors},
	Adjust:          {who: supervisors},
	ReadDeliveries:  {who: everyone}, // whoever scans at a dock has to see what is expected
	Receive:         {who: fromDock},
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

// Whole says whether an action asks for the role at all sites.
func Whole(action Action) bool { return rules[action].whole }

// Named says whether a token may do it only where its scope names it.
func Named(action Action) bool { return rules[action].named }

// Held lists what a role may do, at all sites or at one, sorted.
func Held(role Role, everywhere bool) (out []Action) {
	for action, rule := range rules {
		if rule.who.has(role) && (everywhere || !rule.whole) {
			out = append(out, action)
		}
	}
	slices.Sort(out)
	return out
}

// Pairing is the action that making, replacing or revoking a key of a role asks
// for. Callers check that the role is known.
func Pairing(r Role) Action {
	if r == Floor || r == Dock {
		return PairDevice
	}
	return PairPeople
}

// Topic is the action that following a topic of the sync protocol asks for; ok is
// false for a topic that there is no rule for.
func Topic(topic string) (a Action, ok bool) {
	a, ok = topics[topic]
	return a, ok
}

var topics = map[string]Action{
	"activity":   ReadActivity,
	"alerts":     ReadAlerts,
	"balances":   ReadBalances,
	"catalog":    ReadCatalog,
	"exceptions": ReadExceptions,
}

// Reading lists the actions that change nothing.
func (a Action) Reading() bool { return strings.HasPrefix(string(a), "read.") }

// roles is a set of roles, one bit each; more is trusted with more.
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
