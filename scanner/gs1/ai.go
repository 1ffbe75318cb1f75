package gs1

import "strings"

// row is what the dictionary says of one AI, or of a run of AIs that differ in the last digit.
// AIs are kept as keys: four digits, filled up with zeros behind. All AIs that begin with the
// same two digits are equally long, so no two share a key.
type row struct {
	first, last uint16
	digits      uint8
	fixed       bool // predefined length: needs no separator behind it
	inQuery     bool // may be a data attribute of a Digital Link
	parts       []part
	needs       [][][]span // of each list one group must be there, whole
	excludes    []span
	paths       [][]uint16 // a primary key: its lists of ordered, optional qualifiers
	title       string
}

// part is one component of a value. Only the last part varies in length; no part that must be
// there follows one that may be left out.
type part struct {
	set      set
	min, max uint8
	optional bool
	lints    [3]lint
}

// span is a run of keys: one AI, or a pattern like 31nn.
type span struct{ low, high uint16 }

func (s span) has(key uint16) bool { return s.low <= key && key <= s.high }

// String is the span as the dictionary writes it.
func (s span) String() string {
	ai := keyText(s.low)
	switch s.high - s.low {
	case 9:
		return ai[:len(ai)-1] + "n"
	case 99:
		return ai[:len(ai)-2] + "nn"
	}
	return ai
}

const (
	keys      = 10_000 // of four digits
	prefixes  = 100    // of two digits
	shortest  = 2      // digits of an AI
	longestAI = 4
)

// rowOf gives a key's row, counted from 1, and digitsOf the length of AIs by their first two
// digits; 0 where there is none.
var rowOf, digitsOf = index()

func index() (rows [keys]uint16, digits [prefixes]uint8) {
	for i, r := range table {
		step := uint16(1)
		for range longestAI - r.digits {
			step *= 10
		}
		for key := r.first; key <= r.last; key += step {
			rows[key] = uint16(i + 1)
			digits[key/prefixes] = r.digits
		}
	}
	return rows, digits
}

// keyText is a key as its AI.
func keyText(key uint16) string {
	text := [longestAI]byte{'0' + byte(key/1000), '0' + byte(key/100%10), '0' + byte(key/10%10), '0' + byte(key%10)}
	n := max(digitsOf[key/prefixes], shortest)
	return string(text[:n])
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !digit(s[i]) {
			return false
		}
	}
	return true
}

// find gives the AI that data begin with.
func find(data string) (r *row, key uint16) {
	if len(data) < shortest || !digit(data[0]) || !digit(data[1]) {
		return nil, 0
	}
	key = uint16(data[0]-'0')*10 + uint16(data[1]-'0')
	n := int(digitsOf[key])
	if n == 0 || len(data) < n {
		return nil, 0
	}
	for i := shortest; i < longestAI; i++ {
		key *= 10
		if i < n {
			if !digit(data[i]) {
				return nil, 0
			}
			key += uint16(data[i] - '0')
		}
	}
	if rowOf[key] == 0 {
		return nil, 0
	}
	return &table[rowOf[key]-1], key
}

// exact gives the row of an AI that stands alone.
func exact(ai string) (r *row, key uint16) {
	if r, key = find(ai); r == nil || int(r.digits) != len(ai) {
		return nil, 0
	}
	return r, key
}

// shortestValue and longestValue are the bounds of a whole value.
func (r *row) shortestValue() (n int) {
	for i := range r.parts {
		if !r.parts[i].optional {
			n += int(r.parts[i].min)
		}
	}
	return n
}

func (r *row) longestValue() (n int) {
	for i := range r.parts {
		n += int(r.parts[i].max)
	}
	return n
}

// Info is what people may want to know of an AI.
type Info struct {
	AI       string
	Title    string // the data title, in English: "USE BY or EXPIRY"
	Fixed    bool   // predefined length: needs no separator behind it
	Min, Max int    // characters of a value
	Decimals int    // of the number in the value; -1 where there is no such number
	Unit     string // "kg", "ft²"; empty where the value is no measure
}

// Lookup says what an AI is, and whether there is such an AI.
func Lookup(ai string) (Info, bool) {
	r, key := exact(ai)
	if r == nil {
		return Info{}, false
	}
	info := Info{AI: ai, Title: r.title, Fixed: r.fixed, Min: r.shortestValue(), Max: r.longestValue(), Decimals: -1}
	if decimals, ok := scaleOf(key); ok {
		info.Decimals = decimals
	}
	if measure(key) {
		info.Unit = unitOf(r.title)
	}
	return info, true
}

// unitOf reads the unit out of a data title: "NET VOLUME (qt (US))".
func unitOf(title string) string {
	from, to := strings.IndexByte(title, '('), strings.LastIndexByte(title, ')')
	if from < 0 || to < from {
		return strings.ToLower(strings.Replace(title, " PER ", "/", 1)) // KG PER m²
	}
	return title[from+1 : to]
}
