package simulation

import (
	"slices"
	"strconv"

	"bayledger/sync/ledger"
)

// maker makes a script: it lets people work and things go wrong, and writes down
// what happens. It knows roughly what lies where, so that people mostly do what
// makes sense.
type maker struct {
	c        Config
	land     *land
	d        dice // what people do
	net      dice // what goes wrong
	out      *Script
	t        int64
	span     int64 // how long the world's day is
	late     int64 // from when on the latest handheld may come home
	crew     []*person
	stock    map[pile]int // in hundredths
	made     []madeScan   // by id-1
	tally    [quotas]int  // of scans
	cuts     int
	pairs    int
	restores int
	did      Families        // what has happened
	packs    []string        // packages known
	nested   []nesting       // packages that were packed into others
	where    map[string]spot // of packages and serials, roughly
	opens    []string        // count sessions that are open
	full     bool
}

// pile is a product at a place.
type pile struct {
	at      spot
	product string
}

// person is a handheld as the maker sees it.
type person struct {
	id      int
	hand    Hand
	names   []string // operators
	online  bool
	waiting int // scans not sent, about
	scans   []int
	began   int  // scans that it ever made
	latest  bool // the one that comes home hours late
	dead    bool // not born yet
}

// nesting is one package packed into another.
type nesting struct{ inner, outer string }

type madeScan struct {
	hand   int
	action string
	hold   bool // it is a hold, which a release can name
	t      int64
}

// Quotas of a world (conflicts.md §5).
const (
	quotaCounts = iota
	quotaHolds
	quotaUndos
	quotas
)

var quotaShares = [quotas]float64{quotaCounts: 0.10, quotaHolds: 0.05, quotaUndos: 0.05}

const (
	second = int64(1_000_000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	// dawn is when every world starts: 2026-03-02 06:00 UTC.
	dawn = int64(1_772_431_200_000_000)
)

// Generate makes the world of a configuration.
func Generate(c Config) *Script {
	c = c.filled()
	m := &maker{
		c: c, land: newLand(&c), d: newDice(c.Seed, streamTraffic), net: newDice(c.Seed, streamNetwork),
		out: &Script{Config: c, Start: dawn}, stock: map[pile]int{}, where: map[string]spot{},
	}
	m.out.Master = m.land.patches
	m.late = c.Late.Microseconds()
	m.span = m.late + m.late/8 + int64(m.d.between(10, 60))*minute
	m.hire()
	m.day()
	m.evening()
	m.ask()
	for _, p := range m.crew {
		m.out.Hands = append(m.out.Hands, p.hand)
	}
	return m.out
}

// hire makes the handhelds. The first is online all the time, the second is the
// one that comes home late, the third belongs to a supervisor.
func (m *maker) hire() {
	spare := 1 // a copy of another
	if m.c.Calm {
		spare = 0
	}
	for i := range m.c.Devices + spare {
		p := &person{id: i, names: []string{one(m.d, operators), one(m.d, operators)}, online: m.c.Calm || m.d.chance(1-m.c.Offline)}
		p.hand = Hand{Device: "H-" + strconv.Itoa(i+1), Site: one(m.d, m.land.sites), Role: "floor", MaxSend: m.d.between(1, 12)}
		switch {
		case m.c.Calm:
		case i == 0:
			p.online = true
		case i == 1:
			p.latest, p.online = true, false
			p.hand.Site = m.land.sites[0]
		case i == m.c.Devices:
			p.dead, p.hand.Unborn = true, true
		}
		if i == 2 {
			p.hand.Role = "supervisor"
		} else if m.d.chance(0.1) {
			p.hand.Role = "dock"
		}
		if i > 3 && !p.dead && m.d.chance(0.2) {
			p.hand.Stated, p.hand.Device = true, "import:"+strconv.Itoa(i+1)
		}
		m.clockOf(p)
		m.crew = append(m.crew, p)
	}
}

var operators = []string{"ann", "ben", "cem", "dora", "eve"}

// clockOf gives a handheld its clock: most are a little off, some far.
func (m *maker) clockOf(p *person) {
	if m.c.Calm {
		p.hand.Deaf = true
		return
	}
	d := m.d
	if p.id == 0 || p.id == 3 {
		p.hand.Coarse, p.hand.Deaf = 1, p.id == 3
		return
	}
	if p.latest || d.chance(0.85) { // the others do not know what time it is until they are in contact
		p.hand.Paired = int64(d.between(1, 12*60)) * minute
	}
	p.hand.Drift = int64(d.between(-80, 80))
	p.hand.Offset = int64(d.between(-5_000, 5_000)) * 1000
	switch {
	case p.latest:
	case d.chance(0.15):
		p.hand.Offset = int64(d.between(-120, 120)) * minute
	case d.chance(0.05):
		p.hand.Offset = -dawn + hour // set to 1970 and an hour
	}
	p.hand.Coarse = one(d, []int64{1, 1, 1000, 1000, second, 10 * second})
	p.hand.Naive = p.id > 2 && d.chance(0.12)
	p.hand.Mute = p.id > 2 && !p.hand.Naive && d.chance(0.05)
	p.hand.Deaf = d.chance(0.25)
}

// day lets people work until all scans are made.
func (m *maker) day() {
	m.opening()
	for len(m.made) < m.c.Intents-m.rushing() {
		m.pass()
		switch {
		case m.c.Calm:
			m.work()
		case m.cuts*16 < len(m.made):
			m.cut()
		case m.pairs*12 < len(m.made) && m.room(8):
			m.pair()
		case m.net.chance(0.62):
			m.work()
		default:
			m.disturb()
		}
	}
}

// pass lets time go by: mostly seconds, now and then nothing at all, so that
// scans share their moment.
func (m *maker) pass() {
	if m.c.Calm {
		m.t += second + m.net.Int64N(minute)/1000*1000
		return
	}
	left := m.span - m.t
	if m.net.chance(0.12) || left <= 0 {
		return
	}
	steps := int64(2*(m.c.Intents-len(m.made)) + 1)
	mean := left / steps
	m.t += m.net.Int64N(2*mean+1) / 1000 * 1000
	if m.net.chance(0.15) {
		m.t -= m.t % (10 * second)
		m.t = max(m.t, m.last())
	}
}

func (m *maker) last() int64 {
	if n := len(m.out.Steps); n > 0 {
		return m.out.Steps[n-1].T
	}
	return 0
}

func (m *maker) step(s Step) {
	s.T = m.t
	m.out.Steps = append(m.out.Steps, s)
}

// work lets someone scan, and a handheld that is online send.
func (m *maker) work() {
	p := m.someone()
	scan := m.next(p)
	if scan == nil {
		return
	}
	if scan.Intent.Mode == ledger.ModeCommand {
		if p.online && !p.hand.Stated {
			m.command(p, scan)
			return
		}
		if m.d.chance(0.8) { // the others come late, as commands must not
			scan.Intent.Mode = ""
		}
	}
	m.add(p, KindScan, scan, false)
	if p.online && (m.c.Calm || m.net.chance(0.7)) {
		m.send(p, "")
	}
}

// room says whether so many scans and what the quotas need are still to be made.
func (m *maker) room(n int) bool { return len(m.made)+n+m.c.Intents/8 < m.c.Intents }

// pair lets people scan in the very same moment: with two handhelds whose clocks
// are right, and twice with one of them.
func (m *maker) pair() {
	m.pairs++
	for _, p := range []*person{m.crew[0], m.crew[3], m.crew[0]} {
		if scan := m.next(p); scan != nil {
			scan.Intent.Mode = ""
			m.add(p, KindScan, scan, false)
		}
	}
}

// command sends one with what waits, sometimes together with another handheld's
// for the same goods.
func (m *maker) command(p *person, scan *Scan) {
	m.add(p, KindCommand, scan, false)
	p.waiting = 0
	for _, q := range m.crew {
		if m.room(8) && q != p && q.online && !q.dead && !q.hand.Stated && m.net.chance(0.35) {
			rival := *scan
			rival.Intent.Site = p.hand.Site
			m.add(q, KindCommand, &rival, true)
			q.waiting = 0
		}
	}
}

func (m *maker) add(p *person, kind Kind, scan *Scan, join bool) {
	scan.ID = len(m.made) + 1
	if scan.Intent.Operator == "" && m.d.chance(0.8) {
		scan.Intent.Operator = one(m.d, p.names)
	}
	m.strange(scan)
	in := &scan.Intent
	hold := in.Action == ledger.ActionIsolate && !in.Quantity.IsSet() && len(in.Lines) == 0 &&
		(in.Lot != "" || in.Serial != "" || in.Package != "" || in.Product == "" && in.Scan == "")
	m.made = append(m.made, madeScan{hand: p.id, action: in.Action, hold: hold, t: m.t})
	p.scans = append(p.scans, scan.ID)
	p.waiting++
	p.began++
	m.step(Step{Kind: kind, Hand: p.id, Scan: scan, Join: join})
}

// strange lets somebody scan who is not on the list of operators.
func (m *maker) strange(s *Scan) {
	moves := slices.Contains([]string{ledger.ActionAdd, ledger.ActionRemove, ledger.ActionMove, ledger.ActionScrap, ledger.ActionUndo}, s.Intent.Action)
	if m.land.listed && moves && s.Raw == "" && s.Want == "" && m.d.chance(0.08) {
		s.Intent.Operator, s.Want = one(m.d, strangers), ledger.UnknownOperator
	}
}

// strangers are the codes of people whom no list has.
var strangers = []string{"temp-1", "temp-2"}

// someone picks who scans: all are at work, the late one rather more.
func (m *maker) someone() *person {
	for _, p := range m.crew {
		if !p.dead && !p.hand.Unborn && p.began == 0 && len(m.made) > m.c.Intents/2 {
			return p
		}
	}
	for {
		p := one(m.d, m.crew)
		if m.d.chance(0.1) || m.c.Rush && m.d.chance(0.75) {
			p = m.crew[1]
		}
		if !p.dead {
			return p
		}
	}
}

func (m *maker) send(p *person, lost string) {
	count := m.net.between(1, p.hand.MaxSend)
	if m.c.Calm {
		count = p.hand.MaxSend + m.c.Intents
	}
	m.step(Step{Kind: KindSend, Hand: p.id, Count: count, Lost: lost, Mixed: p.hand.Stated && m.net.chance(0.5),
		Join: !m.c.Calm && lost == "" && m.net.chance(0.3)})
	if lost == "" {
		p.waiting = max(0, p.waiting-count)
	}
}

// evening ends all faults and brings everyone home, the late one last or in the
// midst of the others.
func (m *maker) evening() {
	if m.c.Calm {
		return
	}
	if m.full {
		m.step(Step{Kind: KindRoom})
	}
	m.t = max(m.t, m.late+minute)
	m.rush()
	waiting := []*person{}
	for _, p := range m.crew {
		if !p.dead {
			waiting = append(waiting, p)
		}
	}
	for len(waiting) > 0 {
		m.t += m.net.Int64N(20*second) / 1000 * 1000
		i := m.net.IntN(len(waiting))
		p := waiting[i]
		if !p.online {
			m.contact(p)
			continue
		}
		m.send(p, "")
		if p.waiting == 0 && m.net.chance(0.5) {
			waiting = append(waiting[:i], waiting[i+1:]...)
		}
	}
}
