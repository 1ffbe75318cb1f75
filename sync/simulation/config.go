package simulation

import (
	"fmt"
	"time"
)

// Config says what world to make. The zero value of each field but Seed stands
// for its default.
type Config struct {
	Seed     uint64        `json:"seed"`
	Devices  int           `json:"devices,omitempty"`  // handhelds; default 5 to 8
	Intents  int           `json:"intents,omitempty"`  // scans; default 50 to 110
	Offline  float64       `json:"offline,omitempty"`  // part of the time that a handheld is offline; default 0.2 to 0.6
	Late     time.Duration `json:"late,omitempty"`     // how late the latest handheld comes home; default 3 to 9 h
	Families Families      `json:"families,omitempty"` // default All, or a part of it
	// Rush is a world in which one comes home with more scans than anybody at work
	// pushes at once, while the others push theirs.
	Rush bool `json:"rush,omitempty"`
	// Calm is a world in which every scan arrives at once, stamped by a clock that
	// is right, and nothing fails: what must hold before anything else can.
	Calm bool `json:"calm,omitempty"`
}

// Bounds of a world: what one process can hold in memory and judge in minutes.
const (
	MinDevices = 5
	MaxDevices = 500
	MinIntents = 20
	MaxIntents = 1_000_000
	MaxLate    = 30 * 24 * time.Hour
)

// Check says what is wrong with a configuration.
func (c *Config) Check() error {
	switch {
	case c.Devices != 0 && (c.Devices < MinDevices || c.Devices > MaxDevices):
		return fmt.Errorf("a world has %d to %d devices, not %d", MinDevices, MaxDevices, c.Devices)
	case c.Intents != 0 && (c.Intents < MinIntents || c.Intents > MaxIntents):
		return fmt.Errorf("a world has %d to %d intents, not %d", MinIntents, MaxIntents, c.Intents)
	case c.Offline < 0 || c.Offline > 0.95:
		return fmt.Errorf("devices are offline from 0 to 0.95 of their time, not %v", c.Offline)
	case c.Late < 0 || c.Late > MaxLate:
		return fmt.Errorf("a device comes home at most %v late, not %v", MaxLate, c.Late)
	}
	return nil
}

// rushes is the share of worlds with a rush: they are large, and few are enough.
const rushes = 0.03

// filled returns the configuration with its defaults, drawn from the seed.
func (c Config) filled() Config {
	d := newDice(c.Seed, streamConfig)
	devices, intents, late := d.between(5, 8), d.between(50, 110), time.Duration(d.between(3*60, 9*60))*time.Minute
	offline, families := float64(d.between(20, 60))/100, All
	if d.chance(0.4) { // fewer kinds of things, which meet more often
		families = All & (Quantities | Counts | Isolation | Undos | Families(d.Uint32()))
	}
	if c.Intents == 0 && !c.Calm && d.chance(rushes) {
		c.Rush, intents = true, d.between(220, 260)
	}
	if c.Devices == 0 {
		c.Devices = devices
	}
	if c.Intents == 0 {
		c.Intents = intents
	}
	if c.Offline == 0 {
		c.Offline = offline
	}
	if c.Late == 0 {
		c.Late = late
	}
	if c.Families == 0 {
		c.Families = families
	}
	return c
}
