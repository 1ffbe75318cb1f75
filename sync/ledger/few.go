package ledger

// availabilityLimit is the name of a setting of the book.
const availabilityLimit = "availability_limit"

// AvailabilityLimit is how many of a product, at most, customers are told are few: one
// limit for all products, in the unit of each. Missing: they are never told so.
func (s *State) AvailabilityLimit() Decimal { return s.settings.AvailabilityLimit }

func (s *State) availabilityLimitText() string {
	if limit := s.settings.AvailabilityLimit; limit.IsSet() {
		return limit.String()
	}
	return ""
}

func (s *State) setAvailabilityLimit(value string) string {
	if value == "" {
		s.settings.AvailabilityLimit = Decimal{}
		return ""
	}
	const most = 999_999_999 // with six decimals it has as many digits as a quantity may have
	d, err := ParseDecimal(value)
	if n, whole := d.Scaled(0); err != nil || !whole || n < 0 || n > most {
		return "it is a whole number from 0 to 999,999,999, such as 5."
	}
	s.settings.AvailabilityLimit = d
	return ""
}
