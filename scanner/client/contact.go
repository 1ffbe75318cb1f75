package client

import (
	"time"

	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/go-json-experiment/json"
)

// stateContact names the stored contact in the outbox.
const stateContact = "contact"

// contact is what of the last contact outlives the process.
type contact struct {
	Boot   string      `json:"boot"`
	Mono   int64       `json:"mono"` // ns
	Wall   int64       `json:"wall"` // µs
	Server int64       `json:"server"`
	Within int64       `json:"within"` // ns
	Seen   wire.Cursor `json:"seen"`
}

// restore reads where the device stood: the last contact and the last scan.
func (c *Client) restore() error {
	st := c.box.Stats()
	c.stored.Store(st.Next - 1)
	data, err := c.box.LoadState(stateContact)
	var k contact
	switch {
	case err == nil:
		if json.Unmarshal(data, &k) != nil {
			c.cfg.Log.Error("the stored contact cannot be read; stamps are of class c until the next", "device", c.cfg.Device)
			k = contact{}
		}
	case outbox.CodeOf(err) == outbox.CodeDamaged:
		c.cfg.Log.Error("the stored contact is damaged; stamps are of class c until the next", "device", c.cfg.Device)
	case outbox.CodeOf(err) != outbox.CodeAbsent:
		return err
	}
	c.anchor = Anchor{Server: ledger.Time(k.Server), Within: time.Duration(k.Within),
		Reading: Reading{Wall: ledger.Time(k.Wall), Mono: time.Duration(k.Mono), Boot: k.Boot}}
	c.kept, c.seen, c.saved = c.anchor, k.Seen, k.Seen
	if st.Next > 1 {
		c.recall(st.Next - 1)
	}
	return nil
}

// recall takes up where the last scan stood: its moment, and what was seen then,
// which may be newer than what was stored with the last contact. The boot it was
// made in is not known any more.
func (c *Client) recall(seq uint64) {
	row, err := c.box.Row(seq)
	if err != nil || row.Lost {
		return
	}
	in := wire.DecodeIntent(row.Data, wire.Socket).Intent
	if in.Clock == "" {
		return // it was stamped by someone else
	}
	c.NotBefore(in.Moment())
}

// NotBefore has what comes follow a moment that was given before a restart, as it
// follows that of the last scan in the outbox: for scans that wait elsewhere.
func (c *Client) NotBefore(m ledger.Moment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m.At > c.last.At {
		c.last = Stamp{At: m.At, Class: m.Clock}
	}
	if m.Seen > 0 && (m.Epoch == c.seen.Epoch && m.Seen > c.seen.N || c.seen.Epoch == "") {
		c.seen = wire.Cursor{Epoch: m.Epoch, N: m.Seen}
	}
}

// observe takes a time that the server told, with how long the way took.
func (c *Client) observe(server ledger.Time, rtt time.Duration) {
	if server == 0 {
		return
	}
	now := c.reading()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.anchor = Observe(c.anchor, now, server, rtt)
}

// see notes that the device knows of entry n; mu is held.
func (c *Client) see(n uint64) {
	if n > c.seen.N {
		c.seen.N = n
	}
}

// saveContact stores anchor and cursor where they are worth it, always before
// anything is uploaded; onlyAnchor leaves a cursor alone that has moved on.
func (c *Client) saveContact(onlyAnchor bool) {
	if c.box == nil {
		return
	}
	c.mu.Lock()
	a, seen := c.anchor, c.seen
	due := a.Server != 0 && worthKeeping(c.kept, a) || seen.Epoch != c.saved.Epoch || !onlyAnchor && seen != c.saved
	c.mu.Unlock()
	if !due {
		return
	}
	data, err := json.Marshal(&contact{Boot: a.Boot, Mono: int64(a.Mono), Wall: int64(a.Wall), Server: int64(a.Server), Within: int64(a.Within), Seen: seen})
	if err == nil {
		err = c.box.SaveState(stateContact, data)
	}
	if err != nil {
		// In memory it holds until the next boot or restart.
		c.cfg.Log.Warn("the contact was not stored; after a restart stamps are less sure until the next", "device", c.cfg.Device, "error", err)
		return
	}
	c.mu.Lock()
	c.kept, c.saved = a, seen
	c.mu.Unlock()
}
