package handheld

import (
	"fmt"
	"strconv"
	"strings"

	"bayledger/scanner/client"
	"bayledger/scanner/flow"
	"bayledger/scanner/wedge"
)

// What a terminal is told. A state is told by its word and its mark, colour comes on top.
const (
	clear  = "\x1b[H\x1b[2J"
	bold   = "\x1b[1m"
	normal = "\x1b[0m"
)

var stateColours = map[flow.State]string{flow.Ready: "", flow.Saved: "\x1b[30;46m", flow.Check: "\x1b[30;43m", flow.Stop: "\x1b[97;41m"}

var stateMarks = map[client.State]string{client.StateSaved: "● saved", client.StateSent: "→ sent", client.StateBooked: "✓ booked"}

// redraw draws the whole screen: it is small, and nothing of it can be out of date then.
func (v *view) redraw() {
	s := &v.screen
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	st := v.box.Stats()
	b.WriteString(clear)
	link := "online"
	if v.offline || !v.told {
		link = "OFFLINE: scans are saved here"
	}
	line("%s · %s · not sent yet: %d · needs you: %d", v.box.Name().Device, link, st.Waiting, st.Notes)
	line("")
	place := s.Place
	if s.To != "" {
		place += " → " + s.To
	}
	line("%s%s%s  %s  %s", bold, strings.ToUpper(string(s.Mode)), normal, place, s.Operator)
	line("%s%s%s", bold, s.Prompt, normal)
	line("")
	line("%s %s %s %s", stateColours[s.State], stateWords[s.State], s.Words, normal)
	v.card(line)
	line("")
	for i := len(v.last) - 1; i >= 0; i-- {
		l := &v.last[i]
		mark := stateMarks[v.client.State(l.seq)]
		if l.needs {
			mark = "! needs you"
		}
		line("%-11s #%d %s", mark, l.seq, l.words)
	}
	for _, l := range v.said {
		line("%s", l)
	}
	line("")
	fmt.Fprintf(&b, "> %s", wedge.Shown(v.typing))
	_, _ = v.out.Write([]byte(b.String()))
}

// card draws the last thing, its quantity largest of what a terminal can.
func (v *view) card(line func(string, ...any)) {
	c := v.screen.Last
	if c == nil {
		return
	}
	line("%s%s%s %s %s", bold, c.Code, normal, c.Name, detail(c))
	amount := strings.TrimSpace(c.Quantity + " " + c.Unit)
	if c.Sum != "" {
		amount = c.Sum + " " + c.Unit
	}
	if v.screen.Times != "" {
		amount = "× " + v.screen.Times
	}
	line("   %s%s%s", bold, amount, normal)
	if n := v.screen.InHand; n > 0 {
		line("   in hand: %s", strconv.Itoa(n))
	}
	if n := v.screen.Behind; n > 0 {
		line("   waiting behind this: %s", strconv.Itoa(n))
	}
}

func detail(c *flow.Card) string {
	var parts []string
	for _, p := range []struct{ name, value string }{{"lot", c.Lot}, {"serial", c.Serial}, {"expires", c.Expiry}, {"package", c.Package}} {
		if p.value != "" {
			parts = append(parts, p.name+" "+p.value)
		}
	}
	return strings.Join(parts, ", ")
}
