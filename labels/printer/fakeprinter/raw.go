// Package fakeprinter pretends to be label printers on loopback, for tests: a raw
// ZPL printer and an IPP printer, with the failures that real ones have.
package fakeprinter

import (
	"bytes"
	"fmt"
	"net"
	"sync"
	"testing"
)

// Raw is a ZPL printer on a TCP port. Its behaviour can be changed at any time.
type Raw struct {
	t testing.TB
	l net.Listener

	mu      sync.Mutex // guards what follows
	behave  string
	labels  [][]byte // whole formats, in the order in which they were printed
	waiting [][]byte // formats in the buffer, of a printer that is out of labels
	open    map[net.Conn]struct{}
	changed chan struct{} // closed and made anew at each change
	group   sync.WaitGroup
}

// Behaviours of a raw printer.
const (
	OK         = "ok"
	PaperOut   = "paper-out"
	HeadOpen   = "head-open"
	Paused     = "paused"
	Deaf       = "deaf"        // takes connections and reads nothing
	Mute       = "mute"        // reads, and answers nothing
	Reset      = "reset"       // cuts the connection at the first label
	EmptyAfter = "empty-after" // takes what comes, and is out of labels before any of it is printed
	CutAfter   = "cut-after"   // prints what it got, and cuts the connection without an answer
)

// NewRaw starts one; it ends with the test.
func NewRaw(t testing.TB) *Raw {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Raw{t: t, l: l, behave: OK, open: map[net.Conn]struct{}{}, changed: make(chan struct{})}
	p.group.Go(p.serve)
	t.Cleanup(func() {
		l.Close()
		p.mu.Lock()
		for c := range p.open {
			c.Close()
		}
		p.behave = Mute
		p.change()
		p.mu.Unlock()
		p.group.Wait()
	})
	return p
}

// Address is what a profile says.
func (p *Raw) Address() string { return "raw://" + p.l.Addr().String() }

// Behave changes how it is. A printer that gets labels again prints what waits.
func (p *Raw) Behave(how string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.behave = how
	if how == OK {
		p.labels = append(p.labels, p.waiting...)
		p.waiting = nil
	}
	p.change()
}

func (p *Raw) change() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Labels are the formats printed so far, and a channel that is closed at the next
// change.
func (p *Raw) Labels() ([][]byte, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([][]byte(nil), p.labels...), p.changed
}

// Waiting is how many formats are in its buffer.
func (p *Raw) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting)
}

func (p *Raw) serve() {
	for {
		c, err := p.l.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.open[c] = struct{}{}
		p.mu.Unlock()
		p.group.Go(func() {
			p.talk(c)
			c.Close()
			p.mu.Lock()
			delete(p.open, c)
			p.mu.Unlock()
		})
	}
}

func (p *Raw) how() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.behave
}

func (p *Raw) talk(c net.Conn) {
	var data []byte
	buffer := make([]byte, 64<<10)
	for {
		if p.how() == Deaf {
			p.mu.Lock()
			wait := p.changed
			p.mu.Unlock()
			<-wait
			return
		}
		n, err := c.Read(buffer)
		if err != nil {
			return
		}
		data = append(data, buffer[:n]...)
		for {
			rest, more := p.next(c, data)
			if rest == nil {
				return
			}
			if data = rest; !more {
				break
			}
		}
	}
}

// next takes a question or a format off the front; a nil rest ends the talk.
func (p *Raw) next(c net.Conn, data []byte) (rest []byte, more bool) {
	data = bytes.TrimLeft(data, "\r\n")
	switch {
	case bytes.HasPrefix(data, []byte("~HS")):
		return p.answer(c, data[3:], p.hostStatus())
	case bytes.HasPrefix(data, []byte("~HQES")):
		return p.answer(c, data[5:], p.errors())
	case bytes.HasPrefix(data, []byte("~SD")) && len(data) >= 5:
		return data[5:], true
	}
	if p.how() == Reset && len(data) > 50 {
		_ = c.(*net.TCPConn).SetLinger(0)
		return nil, false
	}
	end := bytes.Index(data, []byte("^XZ"))
	if end < 0 {
		return append([]byte{}, data...), false
	}
	p.print(data[:end+3])
	if p.how() == CutAfter {
		return nil, false
	}
	return data[end+3:], true
}

func (p *Raw) answer(c net.Conn, rest []byte, words string) ([]byte, bool) {
	if p.how() != Mute {
		if _, err := c.Write([]byte(words)); err != nil {
			return nil, false
		}
	}
	return append([]byte{}, rest...), true
}

func (p *Raw) print(format []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	format = append([]byte(nil), format...)
	if p.behave == OK || p.behave == CutAfter {
		p.labels = append(p.labels, format)
	} else {
		p.waiting = append(p.waiting, format)
	}
	p.change()
}

// hostStatus answers as the ZPL II manual describes ~HS.
func (p *Raw) hostStatus() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	flag := func(on bool) int {
		if on {
			return 1
		}
		return 0
	}
	paper := p.behave == PaperOut || p.behave == EmptyAfter && len(p.waiting) > 0
	one := fmt.Sprintf("030,%d,%d,1225,%03d,0,0,0,000,0,0,0", flag(paper), flag(p.behave == Paused), len(p.waiting))
	two := fmt.Sprintf("000,0,%d,0,1,2,4,0,%08d,1,000", flag(p.behave == HeadOpen), len(p.waiting))
	return "\x02" + one + "\x03\r\n\x02" + two + "\x03\r\n\x021234,0\x03\r\n"
}

func (p *Raw) errors() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	bits := map[string]int{PaperOut: 1, EmptyAfter: 1, HeadOpen: 4, Paused: 0x10000}[p.behave]
	on := 0
	if bits != 0 {
		on = 1
	}
	return fmt.Sprintf("\x02\r\n\r\n  PRINTER STATUS\r\n   ERRORS:         %d 00000000 %08X\r\n   WARNINGS:       0 00000000 00000000\r\n\x03", on, bits)
}
