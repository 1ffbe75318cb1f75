package oracle

import "encoding/json"

// Setup is the master data that the facts refer to.
type Setup struct {
	Locations []Location
	Products  []Product
	Barcodes  []Barcode
	Settings  []Setting
}

// Location is a place. Every site has one of each physical kind and the company
// one of each virtual kind, coded by the kind's name; they need not be given.
type Location struct {
	Site   string // "" for a virtual place
	Code   string
	Kind   string
	Parent string // code of the place above, in the same site
}

// Product is what is stocked.
type Product struct {
	Code       string
	Unit       string
	Decimals   int
	Units      map[string]string // further units, each as a number of Unit
	Tracking   string            // none, lot, serial
	Costing    string            // average, fifo
	NotStocked bool
	Was        []OldUnit
}

// OldUnit is what a further unit held for facts whose moment is before Until.
type OldUnit struct {
	Until       int64
	Unit, Holds string
}

// Barcode is a code with the quantity of the product that it stands for.
type Barcode struct {
	Code     string
	Product  string
	Quantity string // "" is 1
	Until    int64  // for facts whose moment is before it; 0: for all that no earlier one is for
}

// Setting is a dated setting: in force for facts whose moment is At or later,
// until the next of the same name and subject.
type Setting struct {
	At      int64  // microseconds since 1970; 0 is from the beginning
	Name    string // "negative" (allow, auto-add, refuse), "costing" (average, fifo; of Product), "loss" (a place of kind loss; of Product) or "pools" (company, site)
	Site    string // of negative: the site, unless Product is set
	Product string
	Value   string
}

// Fact is one booked intent.
type Fact struct {
	TEff   int64           // its stamped moment, microseconds since 1970
	Role   string          // of who brought it
	Only   string          // the one site at which they have it; "" is everywhere. Of undos of asks alone
	Intent json.RawMessage // as sent, with device, install and seq filled in
	Holds  []string        // of a release without holds of its own: those it was stamped with
	Says   string          // of an ask: the evidence under which supervisors see it; "" where none has
}

// Cell is where goods lie.
type Cell struct {
	Location string // "site/code", a virtual place by its code; of a package where it stands
	Package  string
	Product  string
	Lot      string
	Serial   string
	Status   string // available, held
}

// Books is what the facts add up to.
type Books struct {
	Balances map[Cell]string   // quantities other than 0, in plain notation
	Values   map[Pool]string   // values of pools other than 0, in the currency's minor unit as a whole number
	Serials  map[Serial]string // location of each serial, as in Cell
	Packages map[string]string // location of each package
	Parents  map[string]string // the package that a package is inside of
	Holds    []string          // ids of the open holds, sorted
	Asks     map[string]Ask    // by the name under which supervisors have it: asked/device/install/seq

	Layers map[Pool][]Layer // what lies in pools above zero, oldest first; of an average pool one
	Flows  map[Flow]string  // values that went to virtual places, below zero came from them, in the minor unit
}

// Ask is a scan that somebody wants looked at by a supervisor.
type Ask struct {
	About   string // the scan: device/install/seq
	State   string // open, taken, decided, cleared
	TakenBy string // who looks after it
	Choice  string // what was decided
	By      string // who decided
}

// Pool is one cost pool; Site is "" where pools are the company's.
type Pool struct{ Product, Site string }

// Serial is one piece.
type Serial struct{ Product, Serial string }

// Layer is goods of a pool that came in together.
type Layer struct{ Delivery, Quantity, Value string }

// Flow is a product at a virtual place.
type Flow struct{ Product, Location string }
