package client_test

import (
	"testing"
	"time"

	"bayledger/scanner/client"
	"bayledger/sync/ledger"
)

func at(t *testing.T, text string) ledger.Time {
	t.Helper()
	out, err := ledger.ParseTime(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStampAt(t *testing.T) {
	const day = "2026-03-02T"
	time0 := func(clock string) ledger.Time { return at(t, day+clock+"Z") }
	// The contact: wall clock 90 s slow, one hour after boot A.
	anchor := client.Anchor{Reading: client.Reading{Wall: time0("08:58:30"), Mono: time.Hour, Boot: "A"}, Server: time0("09:00:00")}
	read := func(wall string, mono time.Duration, boot string) client.Reading {
		return client.Reading{Wall: at(t, wall), Mono: mono, Boot: boot}
	}
	last := func(class, clock string, r client.Reading) client.Stamp {
		return client.Stamp{Reading: r, At: time0(clock), Class: class}
	}
	none := client.Stamp{}
	for _, row := range []struct {
		name   string
		now    client.Reading
		anchor client.Anchor
		last   client.Stamp
		class  string
		at     string
	}{
		{"same boot counts from the contact", read(day+"09:08:30Z", time.Hour+10*time.Minute, "A"), anchor, none, "a", day + "09:10:00Z"},
		{"a wall clock set meanwhile does not matter", read("2031-01-01T00:00:00Z", time.Hour+10*time.Minute, "A"), anchor, none, "a", day + "09:10:00Z"},
		{"a better anchor never goes back", read(day+"09:08:30Z", time.Hour+10*time.Minute, "A"), anchor,
			last("a", "09:10:00.5", read(day+"09:08:30Z", time.Hour+10*time.Minute, "A")), "a", day + "09:10:00.5Z"},
		{"a guess in the future does not hold a sure clock back", read(day+"09:08:30Z", time.Hour+10*time.Minute, "A"), anchor,
			last("c", "23:00:00", read(day+"09:08:00Z", time.Hour, "A")), "a", day + "09:10:00Z"},
		{"a monotonic clock before the contact is not trusted", read(day+"09:08:30Z", time.Minute, "A"), anchor, none, "b", day + "09:10:00Z"},
		{"another boot: wall and last offset", read(day+"12:58:30Z", time.Minute, "B"), anchor, none, "b", day + "13:00:00Z"},
		{"not before the scan before", read(day+"12:58:28Z", 2*time.Minute, "B"), anchor,
			last("a", "13:00:00", read(day+"12:58:30Z", time.Hour, "A")), "b", day + "13:00:00Z"},
		{"far before the scan before: spaced", read(day+"11:00:00Z", 2*time.Minute, "B"), anchor,
			last("a", "13:00:00", read(day+"12:58:30Z", time.Hour, "A")), "c", day + "13:00:00.001Z"},
		{"a wall clock before the contact: spaced after it", read("1970-01-01T00:03:00Z", time.Minute, "B"), anchor, none, "c", day + "09:00:00.001Z"},
		{"a wall clock a year ahead", read("2027-03-02T09:00:00Z", time.Minute, "B"), anchor, none, "c", day + "09:00:00.001Z"},
		{"jumped against the monotonic clock", read(day+"12:58:30Z", 2*time.Minute, "B"), anchor,
			last("b", "11:00:00", read(day+"10:58:30Z", time.Minute, "B")), "c", day + "11:01:00Z"},
		{"once a guess, a guess until the next contact", read(day+"12:59:30Z", 3*time.Minute, "B"), anchor,
			last("c", "11:01:00", read(day+"12:58:30Z", 2*time.Minute, "B")), "c", day + "11:02:00Z"},
		{"slewing is no jump", read(day+"10:59:32Z", 2*time.Minute, "B"), anchor,
			last("b", "11:00:00", read(day+"10:58:30Z", time.Minute, "B")), "b", day + "11:01:02Z"},
		{"no contact yet: the wall clock as a guess", read(day+"09:00:00Z", time.Minute, "A"), client.Anchor{}, none, "c", day + "09:00:00Z"},
		{"no contact yet: spaced by the monotonic clock", read(day+"22:00:00Z", 3*time.Minute, "A"), client.Anchor{},
			last("c", "09:00:00", read(day+"09:00:00Z", time.Minute, "A")), "c", day + "09:02:00Z"},
		{"no contact yet, a new boot: the wall clock", read(day+"10:00:00Z", time.Minute, "B"), client.Anchor{},
			last("c", "09:00:00", read(day+"09:00:00Z", time.Minute, "A")), "c", day + "10:00:00Z"},
		{"no contact and no clock: the server says", read("1970-01-01T00:03:00Z", time.Minute, "A"), client.Anchor{}, none, "c", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := client.StampAt(row.now, row.anchor, row.last)
			if got.Class != row.class || got.At != at(t, row.at) {
				t.Errorf("%s %s, want %s %s", got.Class, got.At, row.class, row.at)
			}
			if got.Reading != row.now {
				t.Errorf("the reading was not kept: %+v", got.Reading)
			}
		})
	}
}

func TestObserve(t *testing.T) {
	const second = 1_000_000
	reading := func(mono time.Duration, boot string) client.Reading {
		return client.Reading{Wall: 5 * second, Mono: mono, Boot: boot}
	}
	kept := client.Anchor{Reading: reading(10*time.Second, "A"), Server: 1000 * second, Within: 10 * time.Millisecond}
	for _, row := range []struct {
		name   string
		kept   client.Anchor
		now    client.Reading
		server ledger.Time
		rtt    time.Duration
		fresh  bool
		want   ledger.Time
	}{
		{"the first contact", client.Anchor{}, reading(time.Second, "A"), 1000 * second, 40 * time.Millisecond, true, 1000*second + 20_000},
		{"half the way is added", kept, reading(20*time.Second, "A"), 1010 * second, 4 * time.Millisecond, true, 1010*second + 2_000},
		{"a slow one does not replace a good one", kept, reading(20*time.Second, "A"), 1010 * second, 400 * time.Millisecond, false, 1000 * second},
		{"a slow one replaces an old one", kept, reading(10*time.Hour, "A"), 1000*second + 35990*second, 400 * time.Millisecond, true, 1000*second + 35990*second + 200_000},
		{"another boot", kept, reading(time.Second, "B"), 1500 * second, 3 * time.Second, true, 1501*second + second/2},
		{"the server's clock was set", kept, reading(20*time.Second, "A"), 5000 * second, 400 * time.Millisecond, true, 5000*second + 200_000},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := client.Observe(row.kept, row.now, row.server, row.rtt)
			if got.Server != row.want || (got.Reading == row.now) != row.fresh {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestHostClock(t *testing.T) {
	mono, boot := client.HostClock()
	first := mono()
	if boot == "" || first <= 0 || mono() < first {
		t.Errorf("%s, %q", first, boot)
	}
}
