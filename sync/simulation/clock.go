package simulation

import "bayledger/sync/ledger"

// clock is what a handheld knows of time: a wall clock that is off, drifts and is
// set by people, a monotonic one that starts anew with each boot, and the last
// contact with the server (design: anchors).
type clock struct {
	hand   *Hand
	jumped int64 // by which the wall clock was set
	booted int64 // true time of the last boot
	boot   int
	anchor anchor
	last   int64 // the stamp before
	lastAt int64 // the monotonic clock then
	set    bool  // the wall clock was set since the last contact
}

type anchor struct {
	server, wall, mono int64
	boot               int
	known              bool
}

const million = 1_000_000

func (c *clock) wall(t, start int64) int64 {
	since := t - start
	return t + c.hand.Offset + since/million*c.hand.Drift + c.jumped
}

func (c *clock) mono(t int64) int64 {
	since := t - c.booted
	return since + since/million*c.hand.Drift/2
}

// contact ties the clocks to the server's.
func (c *clock) contact(t, start, server int64) {
	c.anchor = anchor{server: server, wall: c.wall(t, start), mono: c.mono(t), boot: c.boot, known: true}
	c.set = false
}

func (c *clock) reboot(t int64) {
	c.boot++
	c.booted = t
}

func (c *clock) jump(by int64) {
	c.jumped += by
	c.set = true
}

// stamp gives a scan its moment and says how sure the device is: a where its
// monotonic clock has run since a contact, b where its wall clock is all it has,
// c where that cannot be. 0 leaves the moment to the server.
func (c *clock) stamp(t, start int64) (at ledger.Time, class string) {
	mono := c.mono(t)
	var moment int64
	switch a := c.anchor; {
	case c.hand.Mute:
		return 0, ""
	case c.hand.Naive:
		moment = c.wall(t, start)
	case a.known && a.boot == c.boot:
		moment, class = a.server+mono-a.mono, "a"
	case a.known && !c.set:
		moment, class = c.wall(t, start)+a.server-a.wall, "b"
	case c.last != 0:
		moment, class = c.last+max(1000, mono-c.lastAt), "c"
	default:
		moment, class = c.wall(t, start), "c"
	}
	if c.hand.Coarse > 1 {
		moment -= moment % c.hand.Coarse
	}
	moment = max(moment, 1) // 0 is no moment
	c.last, c.lastAt = moment, mono
	return ledger.Time(moment), class
}
