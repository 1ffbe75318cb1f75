package ledger

import "strconv"

// constraintFields are what a constraint can be told, in the order of its report.
var constraintFields = []string{"min", "max", "reorder", "multiple", "lead_days"}

func (w *watch) get(name string) (string, bool) {
	switch name {
	case "min":
		return w.Min.String(), true
	case "max":
		return w.Max.String(), true
	case "reorder":
		return w.Reorder.String(), true
	case "multiple":
		return w.Multiple.String(), true
	case "lead_days":
		if w.LeadDays == 0 {
			return "", true
		}
		return strconv.Itoa(w.LeadDays), true
	}
	return "", false
}

func (w *watch) set(name, value string) string {
	if name == "lead_days" {
		days, ok := daysOf(value, maxLeadDays)
		if !ok {
			return "lead_days is a whole number of days from 0 to " + strconv.Itoa(maxLeadDays) + "."
		}
		w.LeadDays = days
		return ""
	}
	d, err := ParseDecimal(value)
	if err != nil || d.Sign() < 0 {
		return name + " is a decimal number, 0 or more."
	}
	if _, ok := d.Scaled(w.Product.Decimals); !ok {
		return name + " has more decimals than the product."
	}
	switch name {
	case "min":
		w.Min = d
	case "max":
		w.Max = d
	case "reorder":
		w.Reorder = d
	case "multiple":
		w.Multiple = d
	}
	w.rescale()
	return ""
}

// wrong says which field of a constraint does not fit the others, and why.
func (w *watch) wrong() (field, why string) {
	reorder, _ := w.Reorder.Scaled(w.Product.Decimals)
	switch {
	case w.hasMin && w.hasMax && w.max < w.min:
		return "max", "The most is below the least."
	case w.Reorder.IsSet() && w.hasMax && w.max < reorder:
		return "reorder", "The reorder point is above the most."
	case w.Multiple.IsSet() && w.Multiple.Sign() == 0:
		return "multiple", "Nothing can be ordered in multiples of 0."
	}
	return "", ""
}

// Order returns how much to order where so much is available or on its way, in the
// product's last decimal; 0 for nothing. Below the reorder point (without one: below
// the least) it is what fills up to the most (without one: up to that point), in whole
// multiples: as many as stay within the most, and one more where these would not reach
// the reorder point.
func (c *Constraint) Order(have int64) int64 {
	point := c.Reorder
	if !point.IsSet() {
		point = c.Min
	}
	below, _ := point.Scaled(c.Product.Decimals)
	if !point.IsSet() || have >= below {
		return 0
	}
	to := below
	if c.Max.IsSet() {
		to, _ = c.Max.Scaled(c.Product.Decimals)
	}
	need := to - have
	multiple, _ := c.Multiple.Scaled(c.Product.Decimals)
	if multiple <= 0 {
		return need
	}
	order := need - need%multiple
	if have+order < below {
		order += multiple
	}
	return order
}
