package gs1

import "strings"

// Bounds of one scan.
const (
	// MaxScan is the longest scan in bytes; the largest symbols hold 7,089 digits.
	MaxScan = 8192
	// MaxElements is the most elements of one message, as in the reference.
	MaxElements = 64
	// maxPayload is the longest data behind a symbology identifier that the reference takes.
	maxPayload = 8190
)

// Kind is what a scan is.
type Kind string

const (
	GS1     Kind = "gs1" // an element string, or bracketed AIs
	EAN13   Kind = "ean13"
	EAN8    Kind = "ean8"
	UPCA    Kind = "upca"
	UPCE    Kind = "upce"
	ITF14   Kind = "itf14"
	Link    Kind = "digital-link"
	Command Kind = "command" // of our own command sheets
	Plain   Kind = "plain"
)

// Element is an AI and its value. In a link's element the value is decoded.
type Element struct{ AI, Value string }

// Message is what one scan says.
type Message struct {
	Kind      Kind
	Symbology string // the AIM identifier, "]d2"; empty where the reader sent none
	Elements  []Element
	Text      string // of plain data and commands, without the identifier
}

// Value gives the value of an AI.
func (m Message) Value(ai string) (string, bool) {
	for _, e := range m.Elements {
		if e.AI == ai {
			return e.Value, true
		}
	}
	return "", false
}

// found is an element as it is read: where its value begins in the scan, too.
type found struct {
	Element
	row     *row
	at      int
	key     uint16
	inQuery bool // of a link
}

// reading collects a message's elements. It lives on the stack, so that a scan costs the slice of
// its elements and nothing else.
type reading struct {
	elements [MaxElements]found
	n        int
	ignored  int // parameters of a link that are no AIs count as elements in the reference
	room     int // of text, which holds the decoded values of a link
	text     strings.Builder
}

func (r *reading) add(f found) *Error {
	if r.n+r.ignored >= MaxElements {
		return &Error{Code: TooManyElements, At: f.at}
	}
	r.elements[r.n] = f
	r.n++
	return nil
}

func (r *reading) ignore(at int) *Error {
	if r.n+r.ignored >= MaxElements {
		return &Error{Code: TooManyElements, At: at}
	}
	r.ignored++
	return nil
}

func (r *reading) result() []Element {
	out := make([]Element, r.n)
	for i := range out {
		out[i] = r.elements[i].Element
	}
	return out
}

// value checks as much of data as the AI can hold and says how much that is.
func (r *row) value(data string) (taken int, c check) {
	if data == "" {
		return 0, bad(EmptyValue, 0)
	}
	for i := range r.parts {
		p := &r.parts[i]
		n := min(len(data)-taken, int(p.max))
		if p.optional && n == 0 {
			continue
		}
		if n < int(p.min) {
			return 0, bad(WrongLength, taken)
		}
		v := data[taken : taken+n]
		c = characters(p.set, v)
		for _, l := range p.lints {
			if c.code != "" || l == 0 {
				break
			}
			c = l.passes(v)
		}
		if c.code != "" {
			c.at += taken
			return 0, c
		}
		taken += n
	}
	return taken, good
}

func (c check) failure(ai string, at int) *Error {
	return &Error{Code: c.code, AI: ai, At: at + c.at, Detail: c.detail}
}

// elementString reads AIs and values with GS between them. at is where data begin in the scan.
func (r *reading) elementString(data string, at int) *Error {
	if data == "" {
		return &Error{Code: NoData, At: at}
	}
	for p := 0; p < len(data); {
		row, key := find(data[p:])
		if row == nil {
			return unknown(data[p:], at+p)
		}
		ai := data[p : p+int(row.digits)]
		p += len(ai)
		end := p
		if row.fixed {
			end = min(p+row.longestValue(), len(data))
		} else {
			end = len(data)
		}
		if i := strings.IndexByte(data[p:end], separator); i >= 0 {
			end = p + i
		}
		taken, c := row.value(data[p:end])
		if c.code != "" {
			return c.failure(ai, at+p)
		}
		if err := r.add(found{Element: Element{ai, data[p : p+taken]}, row: row, key: key, at: at + p}); err != nil {
			return err
		}
		p += taken
		switch {
		case p == len(data):
		case data[p] == separator:
			p++
		case !row.fixed:
			return &Error{Code: TooLong, AI: ai, At: at + p}
		}
	}
	return nil
}

// separator is GS, which stands for FNC1 in what a reader sends.
const separator = 0x1d

// sorted gives the elements' places in order of their AIs; equal AIs stay as they came.
func (r *reading) sorted() (order [MaxElements]uint8) {
	for i := range r.n {
		j := i
		for ; j > 0 && r.elements[order[j-1]].key > r.elements[i].key; j-- {
			order[j] = order[j-1]
		}
		order[j] = uint8(i)
	}
	return order
}

// whole checks the message as a whole: what must not be together, what must, and what is there
// twice. In the order of the reference, so that a scan with several faults names the same one.
func (r *reading) whole() *Error {
	order := r.sorted()
	for _, i := range order[:r.n] {
		f := &r.elements[i]
		for _, s := range f.row.excludes {
			if other := r.other(f, s, &order); other != nil {
				return &Error{Code: ExcludedAI, AI: f.AI, At: f.at, Detail: "(" + other.AI + ")"}
			}
		}
	}
	for _, i := range order[:r.n] {
		f := &r.elements[i]
		for _, need := range f.row.needs {
			if !r.satisfies(f, need, &order) {
				return &Error{Code: MissingAI, AI: f.AI, At: f.at, Detail: needText(need)}
			}
		}
	}
	for n := 1; n < r.n; n++ {
		a, b := &r.elements[order[n-1]], &r.elements[order[n]]
		if a.key == b.key && a.Value != b.Value {
			return &Error{Code: Different, AI: a.AI, At: b.at}
		}
	}
	return r.signed()
}

// other is the first element in a span, by AI, that is not f's own AI.
func (r *reading) other(f *found, s span, order *[MaxElements]uint8) *found {
	for _, i := range order[:r.n] {
		if o := &r.elements[i]; s.has(o.key) && o.key != f.key {
			return o
		}
	}
	return nil
}

func (r *reading) satisfies(f *found, need [][]span, order *[MaxElements]uint8) bool {
	for _, group := range need {
		whole := true
		for _, s := range group {
			whole = whole && r.other(f, s, order) != nil
		}
		if whole {
			return true
		}
	}
	return false
}

// needText writes a list of groups as the dictionary does: 01+21, 02.
func needText(need [][]span) (text string) {
	for i, group := range need {
		if i > 0 {
			text += " or "
		}
		for j, s := range group {
			if j > 0 {
				text += "+"
			}
			text += "(" + s.String() + ")"
		}
	}
	return text
}

// keySignature is DIGSIG, which is for one thing: keys that may name a class need their serial.
const keySignature = 8030

func (r *reading) signed() *Error {
	signature := false
	for i := range r.n {
		signature = signature || r.elements[i].key == keySignature
	}
	for i := 0; signature && i < r.n; i++ {
		f := &r.elements[i]
		if (f.AI == "253" || f.AI == "255" || f.AI == "8003") && len(f.Value) == f.row.shortestValue() {
			return &Error{Code: MissingSerial, AI: f.AI, At: f.at}
		}
	}
	return nil
}
