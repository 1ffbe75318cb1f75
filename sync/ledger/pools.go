package ledger

import "strconv"

// What all of a company's goods of a product cost is kept in one pool, or in one
// per site.
const (
	PoolsCompany = "company"
	PoolsSite    = "site"
)

// Settings are those of the whole book.
type Settings struct {
	Pools string // PoolsSite, or, also where missing, PoolsCompany
	// Currency is that of prices whose product names none; missing: nobody said.
	Currency string `json:",omitempty"`
	// ExpiryDays is how many days before a lot expires that is told, by category; of
	// the category "" for all others.
	ExpiryDays map[string]int `json:",omitempty"`
	// UsageWeeks are the weeks whose removals say how long stock lasts; 0: 4.
	UsageWeeks int `json:",omitempty"`
	// AvailabilityLimit is how many, at most, are called few; missing: never.
	AvailabilityLimit Decimal `json:",omitzero"`
	// LowestPage is the oldest version of the handheld's page that may wait; 0: any.
	LowestPage int `json:",omitempty"`
}

// BookCode is the code of the one item of the entity setting.
const BookCode = "book"

// PoolsPerSite says whether goods of a product cost by site, and not in all of the
// company (rule 8).
func (s *State) PoolsPerSite() bool { return s.settings.Pools == PoolsSite }

func (s *State) editBook(e *Edit, p *Patch) *Fault {
	if p.Code != BookCode {
		return fault(BadField, "code", "The settings of the whole book have the code "+quote(BookCode)+". Nothing was changed.")
	}
	return e.fields(p, s.getBook, s.setBook)
}

func (s *State) getBook(name string) (string, bool) {
	switch name {
	case "pools":
		return pick(s.settings.Pools, PoolsCompany), true
	case "currency":
		return s.settings.Currency, true
	case "usage_weeks":
		return strconv.Itoa(s.usageWeeks()), true
	case availabilityLimit:
		return s.availabilityLimitText(), true
	case lowestPage:
		return s.lowestPageText(), true
	}
	if category, ok := expiryCategory(name); ok {
		if days, said := s.settings.ExpiryDays[category]; said {
			return strconv.Itoa(days), true
		}
		return "", true
	}
	return "", false
}

func (s *State) setBook(name, value string) string {
	switch name {
	case "pools":
		return s.setPools(value)
	case "currency":
		return s.setBookCurrency(value)
	case "usage_weeks":
		return s.setUsageWeeks(value)
	case availabilityLimit:
		return s.setAvailabilityLimit(value)
	case lowestPage:
		return s.setLowestPage(value)
	}
	category, _ := expiryCategory(name)
	return s.setExpiryDays(category, value)
}

// bookFields are the names of the settings that are there.
func (s *State) bookFields() []string {
	names := []string{"pools", "currency", "usage_weeks", availabilityLimit, lowestPage}
	for _, category := range sortedKeys(s.settings.ExpiryDays) {
		name := expiryDaysField
		if category != "" {
			name += "." + category
		}
		names = append(names, name)
	}
	return names
}

// setPools sets how costs are pooled. It holds from the beginning; so it is settled
// before the first goods: later all costs would have to be taken again at once.
func (s *State) setPools(value string) string {
	was := s.settings.Pools
	if why := setOneOf(&s.settings.Pools, value, PoolsCompany, PoolsSite); why != "" {
		return why
	}
	if pick(was, PoolsCompany) == s.settings.Pools {
		return ""
	}
	for _, product := range s.products {
		if product.Moved {
			s.settings.Pools = was
			return "goods of " + quote(product.Code) + " were booked already, and their costs are kept by " + pick(was, PoolsCompany) + ". Choose the pools before the first goods; a new book can have others."
		}
	}
	return ""
}

// PoolValue is what a pool holds, and what that is worth.
type PoolValue struct {
	Product  *Product
	Site     string // "" where the pool is the company's; "transit" of what is between sites
	Quantity int64  // in the product's last decimal, below zero what the pool owes
	Value    int64  // in minor units of money
	N        uint64 // the entry that changed it
}
