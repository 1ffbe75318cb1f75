package ledger

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// AppendIntent appends the canonical JSON of an intent: fields in a fixed order,
// missing ones left out, decimals and times normalised. body is where in out the
// members after device, install and seq begin: what follows is the payload whose
// hash tells a repeat from another scan under a used identity.
func AppendIntent(b []byte, in *Intent) (out []byte, body int) {
	start := len(b)
	w := writer{b}
	w.text(`,"device":`, in.Device)
	w.text(`,"install":`, in.Install)
	w.number(`,"seq":`, in.Seq)
	mark := len(w.b)
	w.time(`,"at":`, in.At)
	w.text(`,"clock":`, in.Clock)
	w.number(`,"seen":`, in.Seen)
	w.text(`,"epoch":`, in.Epoch)
	w.text(`,"operator":`, in.Operator)
	w.text(`,"site":`, in.Site)
	w.text(`,"mode":`, in.Mode)
	w.text(`,"action":`, in.Action)
	w.text(`,"scan":`, in.Scan)
	w.text(`,"product":`, in.Product)
	w.decimal(`,"quantity":`, in.Quantity)
	w.text(`,"unit":`, in.Unit)
	w.text(`,"from":`, in.From)
	w.text(`,"to":`, in.To)
	w.text(`,"lot":`, in.Lot)
	w.text(`,"expiry":`, in.Expiry)
	w.text(`,"serial":`, in.Serial)
	w.text(`,"package":`, in.Package)
	w.text(`,"delivery":`, in.Delivery)
	w.decimal(`,"unit_cost":`, in.UnitCost)
	w.decimal(`,"total_cost":`, in.TotalCost)
	w.text(`,"partner":`, in.Partner)
	w.text(`,"asset":`, in.Asset)
	w.text(`,"reference":`, in.Reference)
	w.text(`,"reason":`, in.Reason)
	w.text(`,"status":`, in.Status)
	w.text(`,"session":`, in.Session)
	w.text(`,"section":`, in.Section)
	w.flag(`,"complete":`, in.Complete)
	w.time(`,"through":`, in.Through)
	w.text(`,"raw":`, in.Raw)
	w.text(`,"exception":`, in.ExceptionN)
	w.text(`,"choice":`, in.Choice)
	w.text(`,"evidence":`, in.Evidence)
	w.texts(`,"holds":`, in.Holds)
	w.lines(in.Lines)
	w.close(start)
	// The comma before the first member of the body is no part of it: an intent
	// that leaves its identity to the session has the same body.
	return w.b, min(mark+1, len(w.b)-1)
}

func (w *writer) lines(lines []Line) {
	if len(lines) == 0 {
		return
	}
	w.b = append(w.b, `,"lines":`...)
	w.b = append(w.b, '[')
	for i := range lines {
		l := &lines[i]
		if i > 0 {
			w.b = append(w.b, ',')
		}
		start := len(w.b)
		w.text(`,"product":`, l.Product)
		w.text(`,"scan":`, l.Scan)
		w.decimal(`,"quantity":`, l.Quantity)
		w.text(`,"unit":`, l.Unit)
		w.text(`,"lot":`, l.Lot)
		w.text(`,"expiry":`, l.Expiry)
		w.text(`,"serial":`, l.Serial)
		w.text(`,"package":`, l.Package)
		w.text(`,"delivery":`, l.Delivery)
		w.text(`,"status":`, l.Status)
		w.decimal(`,"unit_cost":`, l.UnitCost)
		w.decimal(`,"total_cost":`, l.TotalCost)
		w.text(`,"from":`, l.From)
		w.text(`,"to":`, l.To)
		w.close(start)
	}
	w.b = append(w.b, ']')
}

// AppendEntry appends an entry's JSON up to, and without, its hash and the brace
// that closes it; AppendHash adds both. payload is the intent's JSON as kept in
// the journal, empty for an entry without one. The hash of an entry is taken
// over exactly the bytes that AppendEntry appends.
func AppendEntry(b []byte, e *Entry, payload []byte) []byte {
	start := len(b)
	w := writer{b}
	w.number(`,"n":`, e.N)
	w.text(`,"kind":`, string(e.Kind))
	w.time(`,"booked_at":`, e.BookedAt)
	w.time(`,"t_eff":`, e.TEff)
	if len(payload) > 0 {
		w.b = append(w.b, `,"intent":`...)
		w.b = append(w.b, payload...)
	}
	w.text(`,"site":`, e.Site)
	w.text(`,"actor":`, e.Actor)
	if e.Edit != nil {
		w.edit(e.Edit)
	}
	w.text(`,"outcome":`, string(e.Outcome))
	w.text(`,"code":`, string(e.Code))
	w.text(`,"message":`, e.Message)
	w.b = append(w.b, `,"moves":`...)
	w.b = append(w.b, '[')
	for i := range e.Moves {
		w.move(i, &e.Moves[i])
	}
	w.b = append(w.b, `],"alerts":[`...)
	for i := range e.Alerts {
		w.alert(i, &e.Alerts[i])
	}
	w.b = append(w.b, `],"exceptions":[`...)
	for i := range e.Exceptions {
		w.exception(i, &e.Exceptions[i])
	}
	w.b[start] = '{'
	return append(w.b, ']')
}

// AppendHash closes the JSON that AppendEntry began with the entry's hash.
func AppendHash(b []byte, hash [32]byte) []byte {
	const digits = "0123456789abcdef"
	b = append(b, `,"hash":"`...)
	for _, c := range hash {
		b = append(b, digits[c>>4], digits[c&15])
	}
	return append(b, '"', '}')
}

// HashTail is how many bytes AppendHash appends.
const HashTail = len(`,"hash":"`) + 64 + len(`"}`)

// BookedAt reads booked_at from an entry's JSON as AppendEntry writes it.
func BookedAt(entry []byte) (Time, bool) {
	const name = `"booked_at":"`
	i := bytes.Index(entry, []byte(name))
	if i < 0 {
		return 0, false
	}
	text := entry[i+len(name):]
	end := bytes.IndexByte(text, '"')
	if end < 0 {
		return 0, false
	}
	t, err := ParseTime(string(text[:end]))
	return t, err == nil
}

// HashedPart returns the part of an entry's JSON that its hash is taken over.
func HashedPart(entry []byte) []byte { return entry[:max(0, len(entry)-HashTail)] }

// open begins the object at position i of an array; close(start) ends it.
func (w *writer) open(i int) (start int) {
	if i > 0 {
		w.b = append(w.b, ',')
	}
	return len(w.b)
}

// close ends an object whose members, each after a comma, began at start: the
// first comma becomes the brace.
func (w *writer) close(start int) {
	if len(w.b) == start {
		w.b = append(w.b, '{')
	}
	w.b[start] = '{'
	w.b = append(w.b, '}')
}

func (w *writer) move(i int, m *Move) {
	start := w.open(i)
	w.must(`,"product":`, m.Product)
	w.text(`,"lot":`, m.Lot)
	w.text(`,"serial":`, m.Serial)
	w.must(`,"from":`, m.From)
	w.text(`,"from_package":`, m.FromPackage)
	w.must(`,"from_status":`, string(m.FromStatus))
	w.must(`,"to":`, m.To)
	w.text(`,"to_package":`, m.ToPackage)
	w.must(`,"to_status":`, string(m.ToStatus))
	w.must(`,"quantity":`, m.Quantity)
	w.text(`,"value":`, m.Value)
	w.text(`,"cause":`, m.Cause)
	w.close(start)
}

func (w *writer) alert(i int, a *Alert) {
	start := w.open(i)
	w.must(`,"id":`, a.ID)
	w.must(`,"kind":`, a.Kind)
	w.must(`,"state":`, a.State)
	w.must(`,"product":`, a.Product)
	w.text(`,"site":`, a.Site)
	w.text(`,"location":`, a.Location)
	w.must(`,"quantity":`, a.Quantity)
	w.text(`,"limit":`, a.Limit)
	w.text(`,"lot":`, a.Lot)
	w.text(`,"expiry":`, a.Expiry)
	w.text(`,"days_left":`, a.DaysLeft)
	w.text(`,"by":`, a.By)
	w.time(`,"until":`, a.Until)
	w.number(`,"level":`, a.Level)
	w.must(`,"message":`, a.Message)
	w.close(start)
}

func (w *writer) exception(i int, x *ExceptionEvent) {
	start := w.open(i)
	w.must(`,"id":`, x.ID)
	w.must(`,"kind":`, x.Kind)
	w.must(`,"severity":`, x.Severity)
	w.must(`,"message":`, x.Message)
	w.close(start)
}

func (w *writer) edit(e *Edit) {
	w.b = append(w.b, `,"edit":`...)
	edit := w.open(0)
	w.must(`,"entity":`, e.Entity)
	w.must(`,"code":`, e.Code)
	w.text(`,"site":`, e.Site)
	w.b = append(w.b, `,"changes":[`...)
	for i, c := range e.Changes {
		start := w.open(i)
		w.must(`,"field":`, c.Field)
		w.text(`,"from":`, c.From)
		w.must(`,"to":`, c.To)
		w.close(start)
	}
	w.b = append(w.b, ']')
	w.close(edit)
}

// AppendResult appends the JSON of an outcome as acks carry it.
func AppendResult(b []byte, r *Result) []byte {
	w := writer{b: append(b, `{"seq":`...)}
	w.b = strconv.AppendUint(w.b, r.Seq, 10)
	w.must(`,"outcome":`, string(r.Outcome))
	w.number(`,"entry":`, r.Entry)
	w.text(`,"code":`, string(r.Code))
	w.text(`,"message":`, r.Message)
	w.flag(`,"repeat":`, r.Repeat)
	return append(w.b, '}')
}

// writer appends JSON members. Names come as they stand in the text: after a
// comma, in quotes, before a colon.
type writer struct{ b []byte }

func (w *writer) text(name, value string) {
	if value != "" {
		w.must(name, value)
	}
}

func (w *writer) must(name, value string) {
	w.b = AppendString(append(w.b, name...), value)
}

func (w *writer) number(name string, value uint64) {
	if value != 0 {
		w.b = strconv.AppendUint(append(w.b, name...), value, 10)
	}
}

func (w *writer) flag(name string, value bool) {
	if value {
		w.b = append(append(w.b, name...), "true"...)
	}
}

func (w *writer) time(name string, t Time) {
	if t != 0 {
		w.b = append(t.AppendTo(append(append(w.b, name...), '"')), '"')
	}
}

func (w *writer) decimal(name string, d Decimal) {
	if d.IsSet() {
		w.b = append(d.AppendTo(append(append(w.b, name...), '"')), '"')
	}
}

func (w *writer) texts(name string, values []string) {
	if len(values) == 0 {
		return
	}
	w.b = append(w.b, name...)
	for i, v := range values {
		if i == 0 {
			w.b = append(w.b, '[')
		} else {
			w.b = append(w.b, ',')
		}
		w.b = AppendString(w.b, v)
	}
	w.b = append(w.b, ']')
}

// AppendString appends s as a JSON string. Bytes that are not UTF-8 become the
// replacement character, as in encoding/json.
func AppendString(b []byte, s string) []byte {
	start := len(b) + 1
	b = append(append(append(b, '"'), s...), '"')
	if isPlain(b[start : len(b)-1]) {
		return b
	}
	return appendEscaped(b[:start], s)
}

// isPlain says whether a text is ASCII without anything to escape. It looks at
// eight bytes at a time: nearly every text passes, and every entry has dozens.
func isPlain(text []byte) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; len(text) >= 8; text = text[8:] {
		w := binary.LittleEndian.Uint64(text)
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		if ((w-ones*' ')&^w|(quote-ones)&^quote|(slash-ones)&^slash|w)&highs != 0 {
			return false
		}
	}
	for _, c := range text {
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendEscaped appends s and the quote that closes it.
func appendEscaped(b []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, c)
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

func appendEscape(b []byte, c byte) []byte {
	const digits = "0123456789abcdef"
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, '\\', 'n')
	case c == '\r':
		return append(b, '\\', 'r')
	case c == '\t':
		return append(b, '\\', 't')
	case c < 0x20:
		return append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
	}
	return append(b, "\ufffd"...)
}
