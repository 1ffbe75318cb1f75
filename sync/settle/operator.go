package settle

import "bayledger/sync/ledger"

// A book may keep a list of those who scan (U1). What an intent says that names
// nobody on it waits under that code until a supervisor has said who it is. Whoever
// was not active any more at its moment did it all the same: it is booked, and
// somebody is told.

// who says why an intent must wait for its operator, or be refused; nil where it
// need not. Whoever names codes, decides and closes does so by a supervisor's key.
func (b *Books) who(in *ledger.Intent, at *ledger.Receipt) *ledger.Decision {
	switch in.Action {
	case ledger.ActionMap, ledger.ActionDecide, ledger.ActionClose, ledger.ActionAsk: // who is new may ask too
		return nil
	}
	if in.Operator == "" {
		return nil
	}
	o, kept := b.state.Operator(in.Operator)
	switch {
	case !kept || o != nil && o.ActiveAt(at.TEff):
		return nil
	case o == nil:
		d := park(ledger.UnknownOperator, "Nobody on the list of operators has the code "+ledger.Quote(in.Operator)+". The scan is kept and holds no stock until someone says who that is.")
		d.Waits = ledger.UnknownPerson(in.Operator)
		return &d
	case in.Mode == ledger.ModeCommand:
		d := refuse(ledger.NotAllowed, "The operator "+ledger.Quote(o.Code)+" is not active. Nothing was done; ask a supervisor.")
		return &d
	}
	b.note("operator_inactive", ledger.Warning, "The operator "+o.Code+" was not active when "+in.Device+" scanned this at "+clock(at.TEff)+
		". It is booked; ask who had the handheld, and undo it if it did not happen.")
	return nil
}

// operatorCode is the code under which the list has whom an intent names.
func (b *Books) operatorCode(said string) string {
	if o, _ := b.state.Operator(said); o != nil {
		return o.Code
	}
	return said
}
