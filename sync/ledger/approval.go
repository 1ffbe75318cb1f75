package ledger

// Approval is from which difference on a count wants a supervisor's approval;
// what is missing never does.
type Approval struct {
	Value    Decimal `json:",omitzero"` // in the currency
	Quantity Decimal `json:",omitzero"` // in the product's own unit
}

// Beyond says whether a difference, in the product's last decimal and in minor
// units of money, is larger than what goes without approval.
func (a Approval) Beyond(quantity int64, decimals int, value int64) bool {
	return a.Quantity.IsSet() && abs(quantity) > a.Quantity.floor(decimals) ||
		a.Value.IsSet() && abs(value) > a.Value.floor(MoneyDecimals)
}

func abs(v int64) int64 { return max(v, -v) }

// IsSet says whether any difference wants one.
func (a Approval) IsSet() bool { return a.Value.IsSet() || a.Quantity.IsSet() }

// pastApproval is what counts wanted that came before an entry.
type pastApproval struct {
	Before uint64
	Approval
}

// maxApprovals bounds how many earlier settings a site keeps: each change is a
// person's, and counts from before the oldest are judged by it.
const maxApprovals = 100

// ApprovalAt returns what a count at a site wants that came as entry n.
func (s *State) ApprovalAt(site string, n uint64) Approval {
	if !s.approves {
		return Approval{}
	}
	at, ok := s.sites[site]
	if !ok {
		return Approval{}
	}
	for i := range at.ApprovalWas {
		if n < at.ApprovalWas[i].Before {
			return at.ApprovalWas[i].Approval
		}
	}
	return at.Approval
}

// Approves says whether any site ever wanted counts approved.
func (s *State) Approves() bool { return s.approves }

// dateApproval keeps what an edit of entry n replaced, for counts that came
// before it.
func (s *State) dateApproval(r *EditResult, n uint64) {
	site := s.sites[r.patch.Code]
	if r.Edit.created || r.patch.Entity != EntitySite || site == nil {
		return
	}
	was, changed := site.Approval, false
	for _, c := range r.Edit.Changes {
		if _, own := was.get(c.Field); own {
			was.set(c.Field, c.From)
			changed = true
		}
	}
	if !changed {
		return
	}
	site.ApprovalWas = append(site.ApprovalWas, pastApproval{Before: n, Approval: was})
	if len(site.ApprovalWas) > maxApprovals {
		site.ApprovalWas = site.ApprovalWas[1:]
	}
}

func (a *Approval) get(name string) (string, bool) {
	switch name {
	case "approve_value":
		return a.Value.String(), true
	case "approve_quantity":
		return a.Quantity.String(), true
	}
	return "", false
}

func (a *Approval) set(name, value string) string {
	d, err := ParseDecimal(value)
	if err != nil || d.Sign() < 0 {
		return name + " is a number of 0 or more, or nothing."
	}
	if name == "approve_value" {
		if _, ok := d.Scaled(MoneyDecimals); !ok {
			return "approve_value has at most 2 decimals."
		}
		a.Value = d
		return ""
	}
	a.Quantity = d
	return ""
}
