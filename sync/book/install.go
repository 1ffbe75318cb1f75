package book

import (
	"fmt"
	"slices"

	"bayledger/sync/ledger"
)

// seal is what became of an install. A device has one at a time: it makes a new
// one when it is paired again or re-imaged, and the old one ends there.
type seal struct {
	socket  bool   // its intents came over a socket: it is a device's own memory
	another string // the install that the device went on as
	told    bool   // that it sent something all the same
}

// How a stream's row keeps its seal, behind a byte 0: flags, and the other install.
const (
	sealSocket = 1 << iota
	sealTold
)

func (s *seal) appendTo(b []byte) []byte {
	if !s.socket {
		return b
	}
	flags := byte(sealSocket)
	if s.told {
		flags |= sealTold
	}
	return append(append(b, 0, flags), s.another...)
}

func (s *seal) read(b []byte) error {
	if len(b) == 0 {
		return fmt.Errorf("%w: a stream's seal", ledger.ErrRow)
	}
	*s = seal{socket: b[0]&sealSocket != 0, told: b[0]&sealTold != 0, another: string(b[1:])}
	return nil
}

// lastWorked bounds how many scans of an install that ended are looked at for
// where it worked, and how many places are named.
const (
	lastWorked = 32
	mostPlaces = 5
)

// install ends the installs that a device had before the one of this intent, and
// notices what comes of one that has ended. Such a scan is booked as any other:
// somebody made it.
func (w *writer) install(st *stream, in *ledger.Intent, at *ledger.Receipt, d *ledger.Decision) {
	raised := len(d.Exceptions)
	switch {
	case !st.seal.socket:
		st.seal.socket = true
		for _, old := range w.book.installs[in.Device] {
			if old == st || !old.seal.socket || old.seal.another != "" {
				continue
			}
			old.seal.another = in.Install
			w.book.markDirty(old)
			last := ledger.Identity{Device: in.Device, Install: old.key.install, Seq: old.last()}
			d.Exceptions = append(d.Exceptions, w.book.settled.Reinstalled(in, at, last, w.placesOf(last))...)
		}
	case st.seal.another != "" && !st.seal.told:
		st.seal.told = true
		d.Exceptions = append(d.Exceptions, w.book.settled.Sealed(in, at, st.seal.another)...)
	}
	if len(d.Exceptions) > raised && (d.Outcome == ledger.Applied || d.Outcome == ledger.Absorbed) {
		d.Outcome = ledger.Exception
	}
}

// placesOf names where the last scans of an install were made, the last first.
func (w *writer) placesOf(id ledger.Identity) (places []string) {
	for looked := 0; id.Seq > 0 && looked < lastWorked && len(places) < mostPlaces; looked++ {
		in, err := w.intent(id)
		id.Seq--
		if err != nil || in == nil {
			continue
		}
		for _, place := range [...]string{in.From, in.To} {
			if place != "" && !slices.Contains(places, place) {
				places = append(places, place)
			}
		}
	}
	return places
}
