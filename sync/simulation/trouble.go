package simulation

import (
	"strconv"

	"bayledger/sync/ledger"
)

// cut breaks a connection: with a push on its way, with its answer, or idle.
func (m *maker) cut() {
	var online []*person
	for _, p := range m.crew {
		if p.online && !p.dead {
			online = append(online, p)
		}
	}
	if len(online) == 0 {
		m.contact(m.crew[0])
		return
	}
	m.cuts++
	p := hot(m.net, online)
	switch {
	case p.waiting == 0 || m.net.chance(0.2):
		m.step(Step{Kind: KindCut, Hand: p.id})
	case m.net.chance(0.6):
		m.send(p, LostAck)
	default:
		m.send(p, LostPush)
	}
	p.online = p.id == 0 || m.net.chance(0.5) // many come back at once
	if p.online {
		m.contact(p)
	}
}

func (m *maker) contact(p *person) {
	p.online = true
	from := FromServer
	switch {
	case m.net.chance(0.15):
		from = FromUnacked
	case m.net.chance(0.05):
		from = FromStart
	}
	m.step(Step{Kind: KindContact, Hand: p.id, From: from})
}

// disturb is one thing that happens besides scanning.
func (m *maker) disturb() {
	n := m.net
	p := one(n, m.crew)
	if p.dead {
		p = m.crew[0]
	}
	switch roll := n.IntN(100); {
	case roll < 34:
		if p.online {
			m.send(p, "")
		}
	case roll < 62:
		m.toggle(p)
	case roll < 68:
		m.step(Step{Kind: KindRead, Hand: n.IntN(3)})
	case roll < 75:
		m.crash()
	case roll < 84:
		if p.id == 0 || p.id == 3 { // their clocks stay right
			p = m.crew[1]
		}
		if roll < 80 {
			m.step(Step{Kind: KindBoot, Hand: p.id})
		} else {
			m.step(Step{Kind: KindClock, Hand: p.id, Jump: int64(n.between(-90, 90)) * minute})
		}
	case roll < 91:
		m.edit()
	case roll < 94:
		if p.online {
			m.step(Step{Kind: KindAgain, Hand: p.id})
		}
	default:
		m.rare(p)
	}
}

// toggle lets a handheld go out of reach, or come back. The late one stays away
// until it is late.
func (m *maker) toggle(p *person) {
	switch {
	case p.online && p.id != 0 && m.net.chance(m.c.Offline):
		p.online = false
		m.step(Step{Kind: KindCut, Hand: p.id})
	case !p.online && (!p.latest || m.t > m.late) && m.net.chance(1-m.c.Offline):
		m.contact(p)
	}
}

// crash ends the server, now or in the midst of its next commit.
func (m *maker) crash() {
	mode := one(m.net, []string{CrashIdle, CrashClean, CrashLost, CrashKept, CrashLost, CrashKept})
	m.step(Step{Kind: KindCrash, Mode: mode})
	if mode == CrashLost || mode == CrashKept {
		p := m.crew[0]
		m.step(Step{Kind: KindSend, Hand: p.id, Count: p.hand.MaxSend})
	}
}

// rare is what happens once or twice in a world.
func (m *maker) rare(p *person) {
	switch m.net.IntN(8) {
	case 0:
		if !p.latest && !p.hand.Stated {
			m.step(Step{Kind: KindImage, Hand: p.id})
			p.waiting, p.scans = 0, nil
		}
	case 1:
		copied := m.crew[len(m.crew)-1]
		if copied.dead && !p.hand.Stated && p != copied {
			m.step(Step{Kind: KindCopy, Hand: p.id, Other: copied.id})
			role, site, device := p.hand.Role, p.hand.Site, p.hand.Device
			copied.dead, copied.online, copied.waiting = false, p.online, p.waiting
			copied.hand.Role, copied.hand.Site, copied.hand.Device = role, site, device
		}
	case 2:
		if p.waiting > 0 && !p.hand.Stated && !p.latest {
			m.step(Step{Kind: KindLose, Hand: p.id})
		}
	case 3, 4:
		if m.full = !m.full; m.full {
			m.step(Step{Kind: KindFull})
		} else {
			m.step(Step{Kind: KindRoom})
		}
	case 5:
		m.step(Step{Kind: KindServer, Jump: int64(m.net.between(-300, 300)) * second})
	case 6, 7:
		most := 3 // each plays the whole log again
		if m.c.Intents > 1_000 {
			most = 1
		}
		if m.restores < most && m.net.chance(0.25) {
			m.restores++
			m.step(Step{Kind: KindRestore, Back: m.net.between(0, 10)})
		}
	}
}

// edit changes master data: policies mostly, now and then a place that is
// deleted and comes back.
func (m *maker) edit() {
	d := m.net
	var p ledger.Patch
	switch {
	case m.full:
		return
	case m.c.Families.Has(Policies) && d.chance(0.5):
		p = ledger.Patch{Entity: ledger.EntityProduct, Code: hot(d, m.land.things).code, Fields: map[string]string{"negative": one(d, append(policies, ""))}}
	case m.c.Families.Has(Costs) && d.chance(0.3):
		p = ledger.Patch{Entity: ledger.EntityProduct, Code: one(d, m.land.things).code, Fields: map[string]string{"costing": one(d, []string{"average", "fifo"})}}
	case m.c.Families.Has(Policies) && d.chance(0.7):
		p = ledger.Patch{Entity: ledger.EntitySite, Code: one(d, m.land.sites), Fields: map[string]string{"negative": one(d, policies)}}
	case m.c.Families.Has(Oddities) && d.chance(0.4):
		site := one(d, m.land.sites)
		p = ledger.Patch{Entity: ledger.EntityLocation, Site: site, Code: one(d, m.land.shelves[site]).code,
			Fields: map[string]string{"deleted": one(d, []string{"true", "false"})}}
	case m.c.Families.Has(Units) && d.chance(0.3):
		p = ledger.Patch{Entity: ledger.EntityProduct, Code: "BOLT", Fields: map[string]string{"unit.box": one(d, []string{"10", "12", "6"})}}
	case m.c.Families.Has(Units) && d.chance(0.3):
		p = ledger.Patch{Entity: ledger.EntityBarcode, Code: "BOX-10", Fields: map[string]string{"product": one(d, []string{"BOLT", "SCREW"}), "quantity": one(d, []string{"10", "25"})}}
	case m.land.listed && d.chance(0.3):
		p = ledger.Patch{Entity: ledger.EntityOperator, Code: one(d, operators), Fields: map[string]string{"active": one(d, []string{"true", "false"})}}
	default:
		p = ledger.Patch{Entity: ledger.EntityConstraint, Site: one(d, m.land.sites), Code: one(d, m.land.things).code,
			Fields: map[string]string{"min": strconv.Itoa(d.between(0, 5)), "max": strconv.Itoa(d.between(6, 40))}}
	}
	m.step(Step{Kind: KindEdit, Patches: []ledger.Patch{p}})
}
