package flow

import (
	"encoding/json"
	"slices"
	"strings"

	"bayledger/scanner/gs1"
	"bayledger/scanner/meaning"
	"bayledger/scanner/wedge"
	"bayledger/sync/ledger"
)

// Machine is one handheld's. Make one with New or Restore.
type Machine struct {
	setup  Setup
	s      state
	before []byte // the state before the last step
	today  string
	now    ledger.Moment // of the event
	when   ledger.Moment // of what is being taken: the event's, or that of a scan of before
	shown  State         // what the step shows
	words  string
	fresh  bool // the scan before booked the last of Done
	handed bool // the scan before put a thing into someone's hand
}

// New returns a machine at the start of a shift.
func New(setup Setup) *Machine {
	return &Machine{setup: setup, s: state{Mode: Add, Install: setup.Install}}
}

// Restore returns a machine as it was saved. next is the seq that the outbox gives out next: it says
// whether the intents of the last step were stored; see Outgoing. Data that are no saved state give
// a new machine and an error.
func Restore(setup Setup, data []byte, next uint64) (*Machine, error) {
	m := New(setup)
	if len(data) == 0 {
		return m, nil
	}
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return m, err
	}
	if m.s = s; !m.s.Mode.known() {
		m.s.Mode = Add
	}
	m.s.recall()
	if m.s.Install != setup.Install { // a new outbox: what is in the old one is not undone from here
		m.s.Done, m.s.First, m.s.Install = nil, 0, setup.Install
	}
	if m.s.First > 0 && next > m.s.First {
		m.Stored(m.s.First)
	}
	return m, nil
}

// Rules sets the site's rules for its own numbers, as they came with the catalogue.
func (m *Machine) Rules(rules string) { m.setup.Rules = rules }

// Reasons sets what is not done without a reason at the site, as it came with the catalogue.
func (m *Machine) Reasons(actions string) { m.setup.Reasons = actions }

// Outgoing are intents of the last step that were not stored yet.
func (m *Machine) Outgoing() []ledger.Intent { return m.s.Out }

// Save gives the state to store before the step's intents are. next is the seq that they will get.
func (m *Machine) Save(next uint64) []byte {
	m.s.First = 0
	if len(m.s.Out) > 0 {
		m.s.First = next
	}
	m.s.Behind = scansOf(m.s.Kept)
	data, _ := json.Marshal(&m.s) // plain types: it cannot fail
	return data
}

// Stored says that the step's intents were stored, with seqs from first on.
func (m *Machine) Stored(first uint64) {
	for i := range m.s.OutDone {
		m.s.OutDone[i].Seq = first + uint64(i)
	}
	if m.s.Done = append(m.s.Done, m.s.OutDone...); len(m.s.OutDone) > 0 {
		for i := range len(m.s.Done) - 1 {
			m.s.Done[i].At = ledger.Moment{}
		}
	}
	if over := len(m.s.Done) - MaxDone; over > 0 {
		m.s.Done = slices.Delete(m.s.Done, 0, over)
	}
	m.s.Out, m.s.OutDone, m.s.First = nil, nil, 0
}

// Failed says that the step could not be stored, and why: it is taken back, and a stop says so.
func (m *Machine) Failed(words string) Step {
	var s state
	if json.Unmarshal(m.before, &s) == nil {
		m.s = s
	}
	m.stopToo(words)
	return Step{Screen: m.screen()}
}

// Screen is what is shown before anything happens.
func (m *Machine) Screen() Screen {
	m.shown, m.words = Ready, ""
	return m.screen()
}

// Take takes an event. today is the local date, as 2026-03-02.
func (m *Machine) Take(e Event, today string) Step {
	m.before, _ = json.Marshal(&m.s)
	m.today, m.shown, m.words, m.now, m.when = today, Ready, "", e.Moment, e.Moment
	m.s.Out, m.s.OutDone = nil, nil
	m.turn()
	switch {
	case len(e.Scan) > gs1.MaxScan:
		m.stop("The scan is longer than any barcode. It was not taken; scan again.")
	case e.Scan != "":
		m.arrive(strings.ToValidUTF8(e.Scan, "\uFFFD")) // what is no text could not be stored
	case e.Tap != "":
		m.command(e.Tap)
	case e.Key != "" || m.s.Stop != "":
	case e.Number != "":
		m.number(e.Number)
	case e.Correct != "":
		m.correct(e.Correct)
	case e.Undo != "":
		m.undoSeq(e.Undo)
	case e.Again != "":
		m.bookAgain(e.Again)
	case e.Run != "":
		m.openRun(e.Run)
	case e.Reason != "":
		m.reason(strings.ToValidUTF8(e.Reason, "\uFFFD"))
	}
	m.forward()
	return Step{Intents: m.s.Out, Screen: m.screen()}
}

// turn takes note of what the scan before did: the next may be the other barcode of its label.
func (m *Machine) turn() {
	m.fresh, m.handed = m.s.Fresh, m.s.Handed
	m.s.Fresh, m.s.Handed = false, false
}

func (m *Machine) say(s State, words string) {
	if s == Stop {
		m.stop(words)
		return
	}
	if m.shown == Check && s == Saved {
		s = Check // what somebody should look at stays
	}
	m.shown = s
	if m.words != "" && words != "" && len(m.words) < maxWords {
		words = m.words + " " + words
	}
	if words != "" {
		m.words = words
	}
}

func (m *Machine) stop(words string) {
	if m.s.Stop == "" {
		m.s.Stop = words
	}
}

// stopToo says of a scan that it was not taken, before what nobody has read yet.
func (m *Machine) stopToo(words string) {
	if unread := m.s.Stop; !strings.Contains(unread, words) && len(unread) < maxBytes {
		m.s.Stop = strings.TrimSpace(words + " " + unread)
	}
}

// refuse is a stop of one of several things: each is named.
func (m *Machine) refuse(words string) {
	if m.s.Stop != "" {
		words = m.s.Stop + " " + words
	}
	m.s.Stop = words
}

// scan takes a scan, or lets it wait.
func (m *Machine) scan(scan string) {
	if name, ok := commandIn(scan); ok {
		if m.s.Stop != "" && name != "OK" || m.asks() && !m.answers(name) || m.nobody() && len(m.s.Kept) > 0 && name != "OK" {
			m.behind(scan) // what comes behind it is meant in its mode, and what came before it is not
			return
		}
		m.command(name)
		return
	}
	if m.s.Stop != "" || m.asks() && !m.answer(scan) {
		m.behind(scan)
		return
	}
	c := m.context()
	if m.s.Half != nil {
		m.join(scan, c)
		return
	}
	r := meaning.Read(scan, c)
	switch {
	case m.s.Run != nil:
		m.runTo(r.Code)
	case m.s.Ask != nil:
		m.confirm()
	case r.Kind == meaning.Command:
		m.stop("There is no such command. Nothing was done.")
	case r.Kind == meaning.Operator:
		m.badge(r.Code)
	case r.Kind == meaning.Device:
		m.say(Check, "This is the sticker of handheld "+r.Code+". Nothing was done.")
	case m.nobody():
		m.behind(scan)
		m.say(Check, "Kept. Scan your badge first.")
	case m.s.Need != nil:
		m.complete(r)
	case r.Kind == meaning.Place:
		m.place(r.Code)
	case r.Kind == meaning.Half:
		m.half(r)
	default:
		m.goods(m.thingOf(r), r)
	}
}

// Operator is who scans; "" where nobody has said.
func (m *Machine) Operator() string { return m.s.Operator }

// Words are what the screen said when a seq was booked; "" where it is not remembered.
func (m *Machine) Words(seq uint64) string {
	if d := m.doneAt(seq); d != nil {
		return d.Words
	}
	return ""
}

// Badge says whose badge a scan is, were it taken now; nothing changes.
func (m *Machine) Badge(scan string) (code string, ok bool) {
	if _, command := commandIn(scan); command {
		return "", false
	}
	r := meaning.Read(scan, m.context())
	return r.Code, r.Kind == meaning.Operator
}

func (m *Machine) context() meaning.Context {
	c := meaning.Context{Catalogue: m.setup.Catalogue, Site: m.setup.Site, Rules: m.setup.Rules, Year: yearOf(m.today)}
	switch {
	case m.nobody():
		c.Expect = meaning.ExpectOperator
	case m.s.Need != nil && m.s.Need.Tracking == "serial":
		c.Expect = meaning.ExpectSerial
	case m.s.Need != nil:
		c.Expect = meaning.ExpectLot
	case m.s.Run != nil || m.wantsPlace():
		c.Expect = meaning.ExpectPlace
	}
	return c
}

// wantsPlace says whether the next step is a place.
func (m *Machine) wantsPlace() bool {
	if m.s.Mode == Move {
		return m.s.Place == "" || len(m.s.Hand) > 0
	}
	return m.s.Mode != Lookup && m.at() == ""
}

// at is the place that goods go to or come from.
func (m *Machine) at() string {
	if m.s.Place != "" {
		return m.s.Place
	}
	return m.setup.Places[m.s.Mode]
}

const earliestYear = 1970

// yearOf reads the year of a date such as 2026-03-02.
func yearOf(date string) int {
	if len(date) < 4 {
		return earliestYear
	}
	year := 0
	for i := range 4 {
		if date[i] < '0' || date[i] > '9' {
			return earliestYear
		}
		year = year*10 + int(date[i]-'0')
	}
	return year
}

// badge notes who scans, and takes what waited for that.
func (m *Machine) badge(code string) {
	if len(code) > ledger.MaxCode {
		m.stop("The badge's code is too long. It was not taken; use another badge.")
		return
	}
	m.s.Operator = code
	m.say(Ready, "Hello, "+shown(code)+".")
	m.forward()
}

// commandIn reads a command of our sheets out of a scan.
func commandIn(scan string) (name string, ok bool) {
	msg, fault := gs1.Decode(scan)
	return msg.Text, fault == nil && msg.Kind == gs1.Command
}

func (m Mode) known() bool {
	return m == Add || m == Remove || m == Move || m == Isolate || m == Count || m.builds() || m == Lookup
}

// builds says whether parts go into a machine, or come out of it.
func (m Mode) builds() bool { return m == Assemble || m == Disassemble }

// shown is text of a scan, with what nobody can see escaped and not longer than a line.
func shown(text string) string {
	const line = 64
	n := 0
	for i := range text {
		if n++; n > line {
			return wedge.Shown(text[:i]) + "…"
		}
	}
	return wedge.Shown(text)
}
