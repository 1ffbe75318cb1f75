package wire

import (
	"bytes"
	"runtime"
	"sync"

	"bayledger/sync/ledger"
)

// fastPush reads the commonest frame, a push of plain intents, in one pass. ok is
// false where the full decoder must look.
func fastPush(frame []byte) (out []ledger.Received, trace string, ok bool) {
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	d.reader.b, d.reader.i = frame, 0
	out, trace, ok = d.push()
	d.reader.b = nil
	return out, trace, ok
}

// fastIntent reads one plain intent; ok is false where the full decoder must look.
func fastIntent(raw []byte, in *ledger.Intent) (ok bool) {
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	r := &d.reader
	r.b, r.i = raw, 0
	ok = r.next('{') && r.intent(in) && r.peek() == 0 && r.i == len(raw)
	r.b = nil
	return ok
}

// decoder is a reader with the table of its names.
type decoder struct {
	reader reader
	table  interner
}

// decoders keeps a few decoders for those who decode at the same time. It is a
// cache: what a decoder remembers changes nothing of what it says.
var decoders = sync.Pool{New: func() any {
	d := new(decoder)
	d.reader.names = &d.table
	return d
}}

func (d *decoder) push() (out []ledger.Received, trace string, ok bool) {
	r := &d.reader
	if !r.next('{') {
		return nil, "", false
	}
	typed, filled, traced := false, false, false
	for {
		name, known := r.member()
		if !known {
			return nil, "", false
		}
		ok := false
		switch {
		case string(name) == "type" && !typed:
			typed = r.next('"') && r.literal(`push"`)
			ok = typed
		case string(name) == "intents" && !filled:
			out, ok = r.intents()
			filled = true
		case string(name) == "trace" && !traced:
			ok = r.into(&trace, once)
			traced = true
		}
		if !ok {
			return nil, "", false
		}
		if r.next(',') {
			continue
		}
		if !r.next('}') {
			return nil, "", false
		}
		break
	}
	return out, trace, typed && filled && r.peek() == 0 && r.i == len(r.b)
}

// intents reads the intents of a push. Their payloads share one buffer.
func (r *reader) intents() ([]ledger.Received, bool) {
	if !r.next('[') {
		return nil, false
	}
	if r.next(']') {
		return []ledger.Received{}, true
	}
	// The others are likely to be as long as the first, whose end, or that of its
	// first line, is at the next brace.
	guess := (len(r.b) - r.i) / (bytes.IndexByte(r.b[r.i:], '}') + len("},"))
	guess = max(1, min(guess+guess/16, MaxPush))
	out := receivedFor(guess)
	payloads := make([]byte, 0, len(r.b)-r.i+payloadSlack*guess)
	for {
		if len(out) == MaxPush {
			return nil, false
		}
		start := r.i
		if len(out) < cap(out) {
			out = out[:len(out)+1] // as made: zero
		} else {
			out = append(out, ledger.Received{})
		}
		last := &out[len(out)-1]
		if !r.next('{') || !r.intent(&last.Intent) || r.i-start > ledger.MaxIntent {
			return nil, false
		}
		payloads = complete(last, payloads)
		if len(out)%yieldEvery == 0 {
			runtime.Gosched()
		}
		if !r.next(',') {
			return out, r.next(']')
		}
	}
}

// yieldEvery is after how many intents whoever reads a push lets others go first: a
// thousand take some milliseconds, and where hundreds come home together whoever scans
// one would wait for as many as there are processors, at each step of the way.
const yieldEvery = 32

// payloadSlack is by how much a canonical intent may be longer than the intent
// as sent: numbers that become strings.
const payloadSlack = 8

// intent reads an intent whose opening brace has been passed; it must be zero.
func (r *reader) intent(in *ledger.Intent) bool {
	if r.next('}') {
		return true
	}
	for seen := uint64(0); ; {
		name, ok := r.member()
		if !ok {
			return false
		}
		bit, ok := r.intentMember(name, in)
		if !ok || seen&(1<<bit) != 0 { // unreadable, unknown, or there twice
			return false
		}
		seen |= 1 << bit
		if !r.next(',') {
			return r.next('}')
		}
	}
}

// line reads a line of an intent, which must be zero.
func (r *reader) line(l *ledger.Line) bool {
	if !r.next('{') {
		return false
	}
	if r.next('}') {
		return true
	}
	for seen := uint64(0); ; {
		name, ok := r.member()
		if !ok {
			return false
		}
		bit, ok := r.lineMember(name, l)
		if !ok || seen&(1<<bit) != 0 {
			return false
		}
		seen |= 1 << bit
		if !r.next(',') {
			return r.next('}')
		}
	}
}

// linesInto reads a list of lines, or null.
func (r *reader) linesInto(lines *[]ledger.Line) bool {
	if !r.next('[') {
		return r.literal("null")
	}
	*lines = []ledger.Line{}
	if r.next(']') {
		return true
	}
	for {
		*lines = append(*lines, ledger.Line{})
		if !r.line(&(*lines)[len(*lines)-1]) {
			return false
		}
		if !r.next(',') {
			return r.next(']')
		}
	}
}

// holdsInto reads a list of strings, or null.
func (r *reader) holdsInto(holds *[]string) bool {
	if !r.next('[') {
		return r.literal("null")
	}
	*holds = []string{}
	if r.next(']') {
		return true
	}
	for r.peek() == '"' {
		*holds = append(*holds, "")
		if !r.into(&(*holds)[len(*holds)-1], once) {
			return false
		}
		if !r.next(',') {
			return r.next(']')
		}
	}
	return false
}
