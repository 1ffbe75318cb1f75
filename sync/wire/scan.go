package wire

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"bayledger/sync/ledger"
)

// reader is a strict single-pass reader of the few JSON shapes that intents are
// made of. Its methods say false where the text is anything but plain: wrong,
// unknown, or merely unusual. The full decoder then reads the same bytes again
// and has the last word, so that the reader need not know what an error is.
type reader struct {
	b       []byte
	i       int
	names   *interner
	scratch []byte
}

// space passes over white space.
func (r *reader) space() {
	for r.i < len(r.b) && (r.b[r.i] == ' ' || r.b[r.i] == '\n' || r.b[r.i] == '\r' || r.b[r.i] == '\t') {
		r.i++
	}
}

// next passes over c and the white space before it.
func (r *reader) next(c byte) bool {
	if r.i < len(r.b) && r.b[r.i] == c { // mostly there is no white space
		r.i++
		return true
	}
	return r.nextAfterSpace(c)
}

func (r *reader) nextAfterSpace(c byte) bool {
	if r.peek() != c || r.i >= len(r.b) {
		return false
	}
	r.i++
	return true
}

// peek returns the first byte that is no white space, 0 at the end.
func (r *reader) peek() byte {
	r.space()
	if r.i < len(r.b) {
		return r.b[r.i]
	}
	return 0
}

// literal passes over a word such as null.
func (r *reader) literal(word string) bool {
	if len(r.b)-r.i < len(word) || string(r.b[r.i:r.i+len(word)]) != word {
		return false
	}
	r.i += len(word)
	return true
}

// member reads `"name":` and returns the name as it stands in the frame.
func (r *reader) member() ([]byte, bool) {
	if !r.next('"') {
		return nil, false
	}
	b, i := r.b, r.i
	for i < len(b) && (b[i] >= 'a' && b[i] <= 'z' || b[i] == '_') {
		i++
	}
	name := b[r.i:i]
	if i >= len(b) || b[i] != '"' {
		return nil, false
	}
	r.i = i + 1
	return name, r.next(':')
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special marks, by their high bits, the bytes of a word that end or complicate
// a JSON string: quote, backslash, control characters and all beyond ASCII. The
// lowest mark is exact, those above it may be false.
func special(w uint64) uint64 {
	quote, slash := w^(ones*'"'), w^(ones*'\\')
	return ((w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash | w) & highs
}

// word loads eight bytes from i on; what lies behind the end reads as quotes.
func (r *reader) word(i int) uint64 {
	if len(r.b)-i >= 8 {
		return binary.LittleEndian.Uint64(r.b[i:])
	}
	var w uint64 = ones * '"'
	for k := len(r.b) - 1; k >= i; k-- {
		w = w<<8 | uint64(r.b[k])
	}
	return w
}

// plain reads a string without escapes and of ASCII alone, up to and with its
// closing quote; the opening one has been passed. On false nothing is read.
func (r *reader) plain() (text []byte, hash uint64, ok bool) {
	i := r.i
	for {
		w := r.word(i)
		marks := special(w)
		if marks != 0 {
			n := bits.TrailingZeros64(marks) / 8
			hash = mix(hash, w&(1<<(8*n)-1))
			i += n
			break
		}
		hash = mix(hash, w)
		i += 8
	}
	if i >= len(r.b) || r.b[i] != '"' {
		return nil, 0, false
	}
	text = r.b[r.i:i]
	r.i = i + 1
	return text, hash, true
}

// mix spreads every bit of its arguments over the upper bits of the result.
func mix(hash, w uint64) uint64 {
	high, low := bits.Mul64(hash^w^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return high ^ low
}

// into reads a string or null.
func (r *reader) into(text *string, again bool) (ok bool) {
	if !r.next('"') {
		return r.literal("null")
	}
	plain, hash, ok := r.plain()
	switch {
	case !ok:
		*text, ok = r.rich()
	case again:
		*text = r.names.get(plain, hash)
	default:
		*text = string(plain)
	}
	return ok
}

// rich reads a string with escapes or characters beyond ASCII.
func (r *reader) rich() (string, bool) {
	r.scratch = r.scratch[:0]
	for start := r.i; r.i < len(r.b); {
		switch c := r.b[r.i]; {
		case c == '"':
			r.scratch = append(r.scratch, r.b[start:r.i]...)
			r.i++
			return string(r.scratch), utf8.Valid(r.scratch)
		case c < ' ':
			return "", false
		case c != '\\':
			r.i++
		default:
			r.scratch = append(r.scratch, r.b[start:r.i]...)
			if !r.escape() {
				return "", false
			}
			start = r.i
		}
	}
	return "", false
}

// escape reads one escape sequence into the scratch; surrogates are left to the
// full decoder.
func (r *reader) escape() bool {
	if len(r.b)-r.i < 2 {
		return false
	}
	c := r.b[r.i+1]
	r.i += 2
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		return r.escapedRune()
	default:
		return false
	}
	r.scratch = append(r.scratch, c)
	return true
}

func (r *reader) escapedRune() bool {
	if len(r.b)-r.i < 4 {
		return false
	}
	var v rune
	for _, c := range r.b[r.i : r.i+4] {
		switch {
		case c >= '0' && c <= '9':
			v = v<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			v = v<<4 | rune(c|0x20-'a'+10)
		default:
			return false
		}
	}
	if v >= 0xd800 && v < 0xe000 {
		return false
	}
	r.i += 4
	r.scratch = utf8.AppendRune(r.scratch, v)
	return true
}

// maxUintDigits keeps a whole number from wrapping round: 10^18 fits in 64 bits.
const maxUintDigits = 18

// numberInto reads a whole number without sign, or null.
func (r *reader) numberInto(number *uint64) bool {
	if r.peek() == 'n' {
		return r.literal("null")
	}
	start, v := r.i, uint64(0)
	for r.i < len(r.b) && r.b[r.i] >= '0' && r.b[r.i] <= '9' {
		v = v*10 + uint64(r.b[r.i]-'0')
		r.i++
	}
	*number = v
	n := r.i - start
	return n > 0 && n <= maxUintDigits && (n == 1 || r.b[start] != '0') && r.ends()
}

// ends says whether a number ends here; 3.0 and 3e1 do not at their 3.
func (r *reader) ends() bool {
	c := r.peek()
	return c == ',' || c == '}' || c == ']'
}

// decimalInto reads a decimal as a string or a plain number, or null.
func (r *reader) decimalInto(d *ledger.Decimal) bool {
	if r.next('"') {
		text, _, ok := r.plain()
		if !ok {
			return false
		}
		var err error
		*d, err = ledger.ParseDecimal(string(text))
		return err == nil
	}
	if r.peek() == 'n' {
		return r.literal("null")
	}
	start := r.i
	for r.i < len(r.b) && (r.b[r.i] >= '0' && r.b[r.i] <= '9' || r.b[r.i] == '.') {
		r.i++
	}
	text := r.b[start:r.i]
	if len(text) == 0 || len(text) > 1 && text[0] == '0' && text[1] != '.' || !r.ends() {
		return false
	}
	var err error
	*d, err = ledger.ParseDecimal(string(text))
	return err == nil
}

// timeInto reads an RFC 3339 time, or null.
func (r *reader) timeInto(t *ledger.Time) bool {
	if !r.next('"') {
		return r.literal("null")
	}
	text, _, ok := r.plain()
	if !ok {
		return false
	}
	var err error
	*t, err = ledger.ParseTime(string(text))
	return err == nil
}

// flagInto reads true, false or null.
func (r *reader) flagInto(flag *bool) bool {
	if r.peek() == 't' {
		*flag = true
		return r.literal("true")
	}
	return r.literal("false") || r.literal("null")
}
