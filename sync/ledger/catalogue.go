package ledger

import "strings"

// ProductID and PlaceID are numbers given in the order of creation; they stand
// for codes inside the books and never leave the journal's own rows.
type (
	ProductID uint32
	PlaceID   uint32
)

// Site is a facility: a tree of places.
type Site struct {
	Code     string
	Name     string
	Negative Policy // missing: allow
	// Blind says that who counts is not shown what the books expect.
	Blind bool `json:",omitempty"`
	// NegativeWas are the policies of earlier, the oldest first.
	NegativeWas []PastSetting `json:",omitempty"`
	Approval    Approval      `json:",omitzero"` // of counts
	// ApprovalWas is what counts of earlier wanted, the oldest first.
	ApprovalWas []pastApproval `json:",omitempty"`
	// Restricted says how the site numbers goods that it weighs or prices itself.
	Restricted string `json:",omitempty"`
	// Reasons are the actions that need a reason there, by commas; ReasonsWas those of
	// earlier, the oldest first.
	Reasons    string        `json:",omitempty"`
	ReasonsWas []PastSetting `json:",omitempty"`
	// Zone is where its clocks are, such as Europe/Vienna: its days begin at midnight
	// there; missing: UTC. Day is the one that began last.
	Zone string `json:",omitempty"`
	Day  string `json:",omitempty"`
	// ExpiryDays is how many days before a lot expires that is told; missing: as the
	// book says.
	ExpiryDays string `json:",omitempty"`
}

// PastSetting is a setting that was in force until a moment. Settings that the fold
// reads are dated: for each fact the one in force at its moment counts.
type PastSetting struct {
	Until Time // the first moment of the next one
	Value string
}

func settingAt(now string, was []PastSetting, t Time) string {
	for i := range was {
		if t < was[i].Until {
			return was[i].Value
		}
	}
	return now
}

// FIFOAt says whether the product's costs were kept in layers at a moment.
func (p *Product) FIFOAt(t Time) bool { return settingAt(p.Costing, p.CostingWas, t) == "fifo" }

// TrackedAt says how the product was tracked at a moment: none, lot, serial. What was
// booked before a change stays as it was.
func (p *Product) TrackedAt(t Time) string { return settingAt(p.Tracking, p.TrackingWas, t) }

// PolicyAt returns the policy for removals below zero that was in force at a
// moment for a product at a physical place.
func (s *State) PolicyAt(p *Product, at *Place, t Time) Policy {
	policy := settingAt(string(p.Negative), p.NegativeWas, t)
	if policy == "" {
		if site, ok := s.sites[at.Site]; ok {
			policy = settingAt(string(site.Negative), site.NegativeWas, t)
		}
	}
	if policy == "" {
		return PolicyAllow
	}
	return Policy(policy)
}

// Place is a location, physical in a site or virtual in the company.
type Place struct {
	ID      PlaceID
	Site    string // "" for a virtual place
	Code    string
	Kind    PlaceKind
	Name    string
	Parent  *Place // nil at the top of a site
	Order   int64  // in which it is picked from, 0: none was given
	Deleted bool
	Closing bool // goods landed on it after it was deleted

	room *room // how much it takes; nil: nobody said

	ref    string
	frozen int // open holds on it
	filled int // products of which it holds something itself, below zero too

	// Of packages:
	pack    bool
	dirty   bool
	inside  []*Place // the packages directly inside
	shelves []*shelf // where goods lie in it, in no order
	posted  uint64   // the posting that put it elsewhere last
	before  *Place   // its parent before that posting
}

// Ref is how entries name the place: "site/code", a virtual one by its code.
func (p *Place) Ref() string { return p.ref }

// Physical says whether goods can really lie there.
func (p *Place) Physical() bool { return p.Site != "" || p.pack }

// Quarantine says whether goods that come in become held; of a package, whether
// it stands in such a place now.
func (p *Place) Quarantine() bool {
	return p.Kind == PlaceQuarantine || p.pack && p.Stand().Kind == PlaceQuarantine
}

// Empty says whether nothing lies there, neither goods nor packages; what is below
// zero is something too.
func (p *Place) Empty() bool { return p.filled == 0 && len(p.inside) == 0 }

// Within says whether the place is top or lies in the tree below it.
func (p *Place) Within(top *Place) bool {
	for ; p != nil; p = p.Parent {
		if p == top {
			return true
		}
	}
	return false
}

func placeRef(site, code string) string {
	if site == "" {
		return code
	}
	return site + "/" + code
}

// Product is a part model: what is stocked, not a piece of it.
type Product struct {
	ID         ProductID
	Code       string
	Name       string
	Category   string
	Parent     string
	Unit       string
	Decimals   int
	Units      map[string]Decimal // further units, each as a number of Unit
	Tracking   string             // none, lot, serial
	Costing    string             // average, fifo
	NotStocked bool
	Negative   Policy // missing: the site's
	// NegativeWas and CostingWas are the settings of earlier, the oldest first.
	NegativeWas []PastSetting `json:",omitempty"`
	CostingWas  []PastSetting `json:",omitempty"`
	TrackingWas []PastSetting `json:",omitempty"`
	// UnitsWas are units of earlier, the oldest first.
	UnitsWas   []PastUnit `json:",omitempty"`
	Version    uint64     `json:",omitempty"` // the edit that last changed what codes of it mean
	Attributes map[string]string
	Deleted    bool
	Closing    bool
	Moved      bool // some of it was moved once; its decimals stay from then on

	NotStockedWas []PastSetting `json:",omitempty"` // "false" or "true" of stocked, the oldest first
	Price         Decimal       `json:",omitzero"`  // what customers pay for one of its unit
	Currency      string        `json:",omitempty"` // of the price: a code of ISO 4217
	SupersededBy  string        `json:",omitempty"` // the product that takes its place
	Barcode       string        `json:",omitempty"` // of its barcodes the one that is printed
	Weight        Decimal       `json:",omitzero"`  // of one of its unit, in kg
	Volume        Decimal       `json:",omitzero"`  // of one of its unit, in litres
	Axes          string        `json:",omitempty"` // of a product with variants: size:S,M;colour:red
	Pattern       string        `json:",omitempty"` // how codes of its variants are made
	// Loss and Production are virtual places of its own, by their codes, in place of
	// the company's; the fold reads them.
	Loss          string        `json:",omitempty"`
	LossWas       []PastSetting `json:",omitempty"`
	Production    string        `json:",omitempty"`
	ProductionWas []PastSetting `json:",omitempty"`

	watches []*watch
	lots    map[string]*lot // of which a date was said
	demand  []*siteDemand
	shelves []*shelf // where there is any of it, in no order
	boxes   int      // how many of them are in packages
	chains  map[string]*Chain
	frozen  map[string]int // open holds, by lot
}

// Barcode is one code that stands for a quantity of a product.
type Barcode struct {
	Code     string
	Product  *Product
	Quantity Decimal // in the product's unit; missing: 1
	Version  uint64  // the edit that last changed it
	Partner  string  // whose barcode it is; "": the product's own

	was []PastBarcode // the oldest first
}

// Constraint is the least and the most of a product at a site or a location and
// all below it, and how more of it is ordered.
type Constraint struct {
	Product  *Product
	Site     string
	Place    *Place // nil: the whole site
	Min, Max Decimal
	Reorder  Decimal // below it more is ordered; missing: below Min
	Multiple Decimal // it is ordered in whole numbers of this
	LeadDays int     // until it comes
}

// Key names a constraint in rows and edits.
func (c *Constraint) Key() string {
	location := ""
	if c.Place != nil {
		location = c.Place.Code
	}
	return constraintKey(c.Product.Code, c.Site, location)
}

func constraintKey(product, site, location string) string {
	return product + "\x00" + site + "\x00" + location
}

// gtin14 returns the 14-digit form in which trade item numbers of 8, 12, 13 and
// 14 digits are compared (GS1 General Specifications, GTIN), or "" for what is
// none. The check digit is not judged here: scanning does that.
func gtin14(code string) string {
	switch len(code) {
	case 8, 12, 13, 14:
	default:
		return ""
	}
	for i := 0; i < len(code); i++ {
		if code[i] < '0' || code[i] > '9' {
			return ""
		}
	}
	return strings.Repeat("0", 14-len(code)) + code
}

// Product returns the product of a code.
func (s *State) Product(code string) (*Product, bool) {
	p, ok := s.productByCode[code]
	return p, ok
}

// Site returns the site of a code.
func (s *State) Site(code string) (*Site, bool) {
	site, ok := s.sites[code]
	return site, ok
}

// Place finds a place as people write it: a code of the site, else "site/code",
// else the code of a virtual place.
func (s *State) Place(site, name string) (*Place, bool) {
	if p, ok := s.placeByRef[placeKey{site, name}]; ok && site != "" {
		return p, true
	}
	if i := strings.IndexByte(name, '/'); i > 0 {
		if p, ok := s.placeByRef[placeKey{name[:i], name[i+1:]}]; ok {
			return p, true
		}
	}
	p, ok := s.placeByRef[placeKey{"", name}]
	return p, ok
}

// AllProducts returns the products in the order of their numbers; only to be read.
func (s *State) AllProducts() []*Product { return s.products }
