package flow

import (
	"strings"

	"bayledger/sync/ledger"
)

// wantsReason says whether what is done here is not done without a reason.
func (m *Machine) wantsReason() bool {
	for action := range strings.SplitSeq(m.setup.Reasons, ",") {
		if action == string(m.s.Mode) {
			return true
		}
	}
	return false
}

// reason notes why it is done. It holds until the mode changes; what waited for it is taken.
func (m *Machine) reason(words string) {
	if len(words) > ledger.MaxText {
		m.stop("The reason is too long. It was not taken; say it shorter.")
		return
	}
	m.s.Reason = words
	m.say(Ready, "Reason: "+shown(words)+".")
	if t := m.s.Why; t != nil {
		m.s.Why = nil
		m.takeOpen(*t)
		m.forward()
	}
}
