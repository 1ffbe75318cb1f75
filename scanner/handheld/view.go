package handheld

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"bayledger/scanner/client"
	"bayledger/scanner/flow"
	"bayledger/scanner/outbox"
	"bayledger/scanner/wedge"
	"bayledger/sync/ledger"
)

// recent is how many scans the drawn screen shows with their marks, and how many lines that are no
// scan's; listed is how many of those that somebody asked for.
const (
	recent = 5
	listed = 100
)

// view writes what happens, as lines or as a screen that is drawn.
type view struct {
	out    io.Writer
	draw   bool
	client *client.Client
	box    outbox.Box

	mu      sync.Mutex
	offline bool // and somebody was told
	told    bool // somebody was told of the connection at all
	screen  flow.Screen
	said    []string // the last lines that are no scan's
	last    []scanned
	typing  string
	hidden  bool // what is typed is a PIN
}

// scanned is a scan on the drawn screen.
type scanned struct {
	seq   uint64
	words string
	needs bool // somebody: the server has it, and could not simply book it
}

func newView(cfg *Config, c *client.Client, box outbox.Box) view {
	return view{out: cfg.Out, draw: cfg.Draw, client: c, box: box}
}

var stateWords = map[flow.State]string{flow.Ready: "READY", flow.Saved: "SAVED", flow.Check: "CHECK", flow.Stop: "STOP"}

// show shows a screen; first is the seq of the first of its intents, 0 without any.
func (v *view) show(s flow.Screen, first uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.screen = s
	if first > 0 {
		v.last = append(v.last, scanned{seq: first, words: s.Words})
		v.last = v.last[max(0, len(v.last)-recent):]
	}
	if v.draw {
		v.redraw()
		return
	}
	words := s.Words
	if words == "" && s.State == flow.Saved {
		words = "In hand: " + cardText(s.Last) + "."
	}
	if first > 0 {
		words = v.numbers(first) + " " + words
	}
	if words != "" {
		v.line(stateWords[s.State], words)
	}
	v.line("", strings.Join(v.strip(s), " · "))
}

// numbers are the seqs of a step.
func (v *view) numbers(first uint64) string {
	if last := v.box.Stats().Next - 1; last > first {
		return fmt.Sprintf("#%d to #%d", first, last)
	}
	return fmt.Sprintf("#%d", first)
}

// strip is the line under each scan: where the person is, what waits, what comes next.
func (v *view) strip(s flow.Screen) []string {
	parts := []string{string(s.Mode)}
	switch {
	case s.To != "":
		parts = append(parts, s.Place+" → "+s.To)
	case s.Place != "":
		parts = append(parts, s.Place)
	}
	if s.Operator != "" {
		parts = append(parts, s.Operator)
	}
	if s.InHand > 0 {
		parts = append(parts, "in hand: "+strconv.Itoa(s.InHand))
	}
	if s.Behind > 0 {
		parts = append(parts, "waiting behind this: "+strconv.Itoa(s.Behind))
	}
	st := v.box.Stats()
	if v.offline && st.Waiting > 0 {
		parts = append(parts, "not sent yet: "+strconv.Itoa(st.Waiting))
	}
	if st.Notes > 0 {
		parts = append(parts, "needs you: "+strconv.Itoa(st.Notes))
	}
	return append(parts, s.Prompt)
}

func cardText(c *flow.Card) string {
	switch {
	case c == nil:
		return "nothing"
	case c.Sum != "":
		return c.Code + ", " + c.Sum
	case c.Quantity != "":
		return c.Quantity + " " + c.Code
	}
	return c.Code
}

// event tells what the client has heard.
func (v *view) event(e client.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch e.Kind {
	case client.Connected:
		v.offline, v.told = false, true
		v.tell("ONLINE", "Connected.")
	case client.Disconnected:
		if !v.offline || !v.told {
			v.offline, v.told = true, true
			v.tell("OFFLINE", "No connection. Scans are saved on this device. Not sent yet: "+strconv.Itoa(v.box.Stats().Waiting)+".")
		}
	case client.Booked:
		v.sent(e.Result.Seq)
	case client.NeedsYou:
		v.mark(e.Result.Seq)
		v.tell("NEEDS YOU", "#"+strconv.FormatUint(e.Result.Seq, 10)+" "+why(&e.Result))
		v.sent(e.Result.Seq)
	case client.Stopped, client.Notice:
		v.tell("NOTICE", wedge.Shown(e.Text))
	case client.Lost:
		v.tell("NEEDS YOU", fmt.Sprintf("#%d to #%d are damaged on this device; the server was told.", e.Seq, e.Through))
	case client.Sent:
		if v.draw {
			v.redraw()
		}
	}
}

// mark notes that a scan needs somebody.
func (v *view) mark(seq uint64) {
	for i := range v.last {
		if v.last[i].seq == seq {
			v.last[i].needs = true
		}
	}
}

// why says why a person has to look at a scan.
func why(r *ledger.Result) string {
	switch {
	case r.Message != "":
		return wedge.Shown(r.Message)
	case r.Outcome == ledger.Exception:
		return "It is booked, and does not go together with what the books say: count what lies there, or ask a supervisor."
	}
	return "The server says no more than: " + wedge.Shown(string(r.Outcome)) + ". Ask a supervisor."
}

// away says whether there is no network, as far as anyone was told.
func (v *view) away() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.offline
}

// sent tells that nothing waits any more.
func (v *view) sent(seq uint64) {
	if seq+1 == v.box.Stats().Next {
		v.tell("SENT", "All is sent, up to #"+strconv.FormatUint(seq, 10)+".")
	} else if v.draw {
		v.redraw()
	}
}

// say tells lines that are no scan's.
func (v *view) say(lines ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.draw {
		v.said = lines[:min(len(lines), listed)]
		v.redraw()
		return
	}
	for _, l := range lines {
		v.tell("", l)
	}
}

// tell writes a line, or puts it onto the drawn screen.
func (v *view) tell(state, words string) {
	if !v.draw {
		v.line(state, words)
		return
	}
	if state == "ONLINE" || state == "OFFLINE" || state == "SENT" { // the strip and the marks say so
		v.redraw()
		return
	}
	v.said = append(v.said, strings.TrimSpace(state+" "+words))
	v.said = v.said[max(0, len(v.said)-recent):]
	v.redraw()
}

func (v *view) line(state, words string) {
	fmt.Fprintf(v.out, "%-7s %s\n", state, words)
}

// typed shows what is being keyed in, on a drawn screen.
func (v *view) typed(line string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.hidden {
		line = strings.Repeat("•", len(line))
	}
	if v.typing != line {
		v.typing = line
		v.redraw()
	}
}

// hide says whether what is typed is for nobody's eyes.
func (v *view) hide(yes bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.hidden = yes
}

// end says what stays on the device.
func (v *view) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.draw {
		fmt.Fprint(v.out, "\r\n")
	}
	if n := v.box.Stats().Waiting; n > 0 {
		v.line("", "Not sent yet: "+strconv.Itoa(n)+". They stay on this device and go out next time.")
	}
}
