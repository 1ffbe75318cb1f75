package printer

import (
	"encoding/binary"
	"errors"
	"math"
)

// IPP (RFC 8010, RFC 8011): what this client says and reads of it.
const (
	opPrintJob   = 0x0002
	opCancelJob  = 0x0008
	opGetJob     = 0x0009
	opGetJobs    = 0x000A
	opGetPrinter = 0x000B
)

// Tags of groups and values.
const (
	tagOperation  = 0x01
	tagJob        = 0x02
	tagEnd        = 0x03
	firstValueTag = 0x10
	tagInteger    = 0x21
	tagBoolean    = 0x22
	tagEnum       = 0x23
	tagBegin      = 0x34
	tagEndColl    = 0x37
	tagText       = 0x41
	tagName       = 0x42
	tagKeyword    = 0x44
	tagURI        = 0x45
	tagCharset    = 0x47
	tagLanguage   = 0x48
	tagMime       = 0x49
	tagMember     = 0x4A
)

// Statuses of an answer.
const (
	statusOKMost       = 0x00FF // 0x0000 to here: done, some attributes perhaps ignored
	statusFormat       = 0x040A
	statusFormatOther  = 0x040B
	statusClientFirst  = 0x0400
	statusClientLast   = 0x04FF
	statusNoOperation  = 0x0501
	statusBusy         = 0x0507
	statusNotAccepting = 0x0506
)

// Bounds of an answer.
const (
	maxIPPAnswer = 1 << 20 // a printer with every attribute that there is says 60 KiB
	maxValues    = 20_000
)

// request is an IPP request under construction.
type request struct{ b []byte }

// newRequest begins one with the attributes that all have.
func newRequest(op, id int, uri string) *request {
	r := &request{b: []byte{2, 0, byte(op >> 8), byte(op)}}
	r.b = binary.BigEndian.AppendUint32(r.b, uint32(id))
	r.group(tagOperation)
	r.text(tagCharset, "attributes-charset", "utf-8")
	r.text(tagLanguage, "attributes-natural-language", "en")
	r.text(tagURI, "printer-uri", uri)
	return r
}

func (r *request) group(tag byte) { r.b = append(r.b, tag) }

func (r *request) value(tag byte, name string, v []byte) {
	r.b = append(r.b, tag)
	r.b = binary.BigEndian.AppendUint16(r.b, uint16(len(name)))
	r.b = append(r.b, name...)
	r.b = binary.BigEndian.AppendUint16(r.b, uint16(len(v)))
	r.b = append(r.b, v...)
}

// text adds an attribute; further values follow with an empty name.
func (r *request) text(tag byte, name string, values ...string) {
	for i, v := range values {
		if i > 0 {
			name = ""
		}
		r.value(tag, name, []byte(v))
	}
}

func (r *request) integer(name string, v int) {
	r.value(tagInteger, name, binary.BigEndian.AppendUint32(nil, uint32(int32(v))))
}

func (r *request) boolean(name string, v bool) {
	b := byte(0)
	if v {
		b = 1
	}
	r.value(tagBoolean, name, []byte{b})
}

// member begins a member of a collection; its value follows with an empty name.
func (r *request) member(name string) { r.value(tagMember, "", []byte(name)) }

// media adds media-col with the size of labels, in hundredths of a millimetre.
func (r *request) media(width, height float64) {
	r.value(tagBegin, "media-col", nil)
	r.member("media-size")
	r.value(tagBegin, "", nil)
	r.member("x-dimension")
	r.integer("", int(math.Round(width*100)))
	r.member("y-dimension")
	r.integer("", int(math.Round(height*100)))
	r.value(tagEndColl, "", nil)
	for _, side := range []string{"top", "bottom", "left", "right"} {
		r.member("media-" + side + "-margin")
		r.integer("", 0)
	}
	r.value(tagEndColl, "", nil)
}

func (r *request) end() []byte { return append(r.b, tagEnd) }

// attribute is a name and its values, as they came.
type attribute struct {
	name    string
	values  []string
	numbers []int
}

// answer is an IPP answer: its groups in order.
type answer struct {
	status int
	groups []group
}

type group struct {
	tag        byte
	attributes []attribute
}

var errAnswer = errors.New("the answer is no IPP")

// parseAnswer reads an answer. Collections are passed over: nothing in them is
// asked for.
func parseAnswer(b []byte) (*answer, error) {
	if len(b) < 9 || b[0] < 1 || b[0] > 2 {
		return nil, errAnswer
	}
	a := &answer{status: int(binary.BigEndian.Uint16(b[2:]))}
	b = b[8:]
	depth, count := 0, 0
	for len(b) > 0 {
		tag := b[0]
		b = b[1:]
		if tag == tagEnd {
			return a, nil
		}
		if tag < firstValueTag {
			a.groups = append(a.groups, group{tag: tag})
			depth = 0
			continue
		}
		name, rest, ok := counted(b)
		if !ok {
			return nil, errAnswer
		}
		value, rest, ok := counted(rest)
		if count++; !ok || count > maxValues || len(a.groups) == 0 {
			return nil, errAnswer
		}
		b = rest
		switch {
		case tag == tagBegin:
			depth++
		case tag == tagEndColl:
			depth--
		case depth == 0:
			a.groups[len(a.groups)-1].add(tag, string(name), value)
		}
	}
	return nil, errAnswer
}

func counted(b []byte) (v, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	if b = b[2:]; len(b) < n {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

// add takes a value; one without a name belongs to the attribute before.
func (g *group) add(tag byte, name string, value []byte) {
	if name != "" || len(g.attributes) == 0 {
		g.attributes = append(g.attributes, attribute{name: name})
	}
	at := &g.attributes[len(g.attributes)-1]
	switch {
	case (tag == tagInteger || tag == tagEnum) && len(value) == 4:
		at.numbers = append(at.numbers, int(int32(binary.BigEndian.Uint32(value))))
	case tag >= tagText && tag <= tagMime:
		at.values = append(at.values, string(value))
	}
}

// texts are all values of an attribute over all of a group's places: a printer may
// say it more than once.
func (g *group) texts(name string) (out []string) {
	for _, a := range g.attributes {
		if a.name == name {
			out = append(out, a.values...)
		}
	}
	return out
}

// number is the first number of an attribute.
func (g *group) number(name string) (int, bool) {
	for _, a := range g.attributes {
		if a.name == name && len(a.numbers) > 0 {
			return a.numbers[0], true
		}
	}
	return 0, false
}

// of lists the groups of a tag.
func (a *answer) of(tag byte) (out []*group) {
	for i := range a.groups {
		if a.groups[i].tag == tag {
			out = append(out, &a.groups[i])
		}
	}
	return out
}

func (a *answer) ok() bool { return a.status <= statusOKMost }
