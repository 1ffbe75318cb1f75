package client

import (
	"time"

	"bayledger/sync/ledger"
)

// Clock classes of a stamp (design: how sure the device is of `at`).
const (
	ClockA = "a" // counted from a contact in the same boot
	ClockB = "b" // the wall clock, corrected by the last contact
	ClockC = "c" // a guess, spaced after the scan before
)

const (
	// drift is what a handheld's crystal may be off: 50 ppm, 1.4 s in 8 hours.
	drift = 50e-6
	// jump is how far the wall clock may move against the monotonic one between
	// two scans before somebody has set it: more than time synchronisation slews.
	jump = 5 * time.Second
	// slack is how far before the last contact a corrected wall clock may lie.
	slack = 2 * time.Second
	// maxAway is how long after the last contact a wall clock alone is believed:
	// a quarter at 100 ppm is 13 minutes off.
	maxAway = 90 * 24 * time.Hour
	// spacing keeps scans of class c apart when nothing tells their distance.
	spacing = time.Millisecond
	// clockFrom is the earliest wall clock that can be a real one; before it the
	// moment of a device that never had a contact is left to the server.
	clockFrom = ledger.Time(1_577_836_800_000_000) // 2020-01-01
	// keepWithin and keepFor say when a stored anchor is still as good as a newer
	// one, so that a ping does not cost a write.
	keepWithin = 100 * time.Millisecond
	keepFor    = 10 * time.Minute
)

// Reading is the device's clocks at one moment.
type Reading struct {
	Wall ledger.Time
	Mono time.Duration // since boot
	Boot string
}

// Anchor ties the device's clocks to the server's at one contact.
type Anchor struct {
	Reading
	Server ledger.Time   // the server's clock at the Reading
	Within time.Duration // how far Server may be off: half the way there and back
}

// Stamp is the moment given to a scan, and what it was made from.
type Stamp struct {
	Reading
	At    ledger.Time
	Class string
}

func micros(d time.Duration) ledger.Time { return ledger.Time(d.Microseconds()) }

// StampAt gives a scan its moment. anchor is the last contact (zero: none yet),
// last the stamp before (zero: none). In the boot of a contact the monotonic
// clock counts from it: a. Else a plausible wall clock is corrected by the offset
// it had at the contact: b. Else the scan is spaced after the one before: c; an
// At of 0 leaves the moment to the server.
func StampAt(now Reading, anchor Anchor, last Stamp) Stamp {
	if anchor.Server != 0 && anchor.Boot == now.Boot && now.Mono >= anchor.Mono {
		at := anchor.Server + micros(now.Mono-anchor.Mono)
		if last.Class == ClockA && last.Boot == now.Boot {
			at = max(at, last.At) // a better anchor may lie a little earlier
		}
		return Stamp{now, at, ClockA}
	}
	if at, ok := wallStamp(now, anchor, last); ok {
		return Stamp{now, at, ClockB}
	}
	return Stamp{now, guess(now, anchor, last), ClockC}
}

// wallStamp corrects the wall clock, if it can be believed.
func wallStamp(now Reading, anchor Anchor, last Stamp) (ledger.Time, bool) {
	if anchor.Server == 0 {
		return 0, false
	}
	at := now.Wall + anchor.Server - anchor.Wall
	if at < anchor.Server-micros(slack) || at > anchor.Server+micros(maxAway) {
		return 0, false
	}
	if last.Boot == now.Boot && last.Class != ClockA && last.At != 0 {
		moved := time.Duration(now.Wall-last.Wall)*time.Microsecond - (now.Mono - last.Mono)
		if last.Class == ClockC || moved > jump || moved < -jump {
			return 0, false // once set in this boot, it is not believed until the next contact
		}
	}
	if last.Class != "" && last.Class != ClockC && at < last.At {
		if last.At-at > micros(jump) {
			return 0, false
		}
		at = last.At
	}
	return at, true
}

// guess spaces a scan after the one before, or takes what the wall clock says
// where nothing speaks against it.
func guess(now Reading, anchor Anchor, last Stamp) ledger.Time {
	if last.At != 0 && last.Boot == now.Boot && now.Mono >= last.Mono {
		return last.At + max(micros(now.Mono-last.Mono), micros(spacing))
	}
	floor, wall := max(last.At, anchor.Server), now.Wall
	if anchor.Server != 0 {
		wall += anchor.Server - anchor.Wall
	}
	switch {
	case floor == 0 && wall >= clockFrom:
		return wall
	case floor == 0:
		return 0
	case wall > floor && wall <= floor+micros(maxAway):
		return wall
	}
	return floor + micros(spacing)
}

// Observe returns the better of two anchors: the one kept, grown uncertain with
// its age, or a new one from a contact that took rtt and heard server. A server
// whose clock was set is believed.
func Observe(kept Anchor, now Reading, server ledger.Time, rtt time.Duration) Anchor {
	fresh := Anchor{Reading: now, Server: server + micros(rtt/2), Within: rtt / 2}
	if kept.Server == 0 || kept.Boot != now.Boot || now.Mono < kept.Mono {
		return fresh
	}
	age := now.Mono - kept.Mono
	within := kept.Within + time.Duration(float64(age)*drift)
	apart := time.Duration(kept.Server+micros(age)-fresh.Server) * time.Microsecond
	if within < fresh.Within && apart.Abs() <= within+fresh.Within {
		return kept
	}
	return fresh
}

// worthKeeping says whether a stored anchor has to be replaced by a newer one.
func worthKeeping(stored, fresh Anchor) bool {
	if stored.Server == 0 || stored.Boot != fresh.Boot {
		return true
	}
	age := fresh.Mono - stored.Mono
	apart := time.Duration(stored.Server+micros(age)-fresh.Server) * time.Microsecond
	offset := time.Duration((stored.Server-stored.Wall)-(fresh.Server-fresh.Wall)) * time.Microsecond
	return age > keepFor || apart.Abs() > keepWithin || offset.Abs() > keepWithin
}
