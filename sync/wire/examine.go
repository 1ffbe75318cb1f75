package wire

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MaxDepth is how deep the values of an intent may nest: the deepest known is
// lines → line → value, 3. Entries carry intents that this version cannot read in
// full, and every reader of the feed must be able to read them.
const MaxDepth = 12

// keptText is how many bytes of a text that is no intent its entry keeps.
const keptText = ledger.MaxScan

// member is one name and value of an object, in the order sent.
type member struct {
	name  string
	value jsontext.Value
}

// split returns the members of an object, also where names come twice or texts
// are not UTF-8; errors are for what is no object at all.
func split(raw []byte) ([]member, error) {
	d := tolerant(raw)
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	if token.Kind() != '{' {
		return nil, errNoObject
	}
	var members []member
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		members = append(members, member{key, value.Clone()})
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	return members, atEnd(d)
}

func tolerant(raw []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

func atEnd(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != io.EOF {
		return errMore
	}
	return nil
}

// examine reads member by member what could not be read at once, to say what is
// wrong, to save the identity, and to keep what was sent.
func examine(raw []byte, via Transport, f *ledger.Fault) ledger.Received {
	var r ledger.Received
	members, err := split(raw)
	if err != nil {
		r.Fault = first(f, &ledger.Fault{Code: ledger.BadJSON, Message: "This is no JSON object: " + sentence(err) +
			". Nothing was booked; send the intent again as one JSON object."})
		r.Payload, r.Hash = keep(&r.Intent, raw), hashOf(raw)
		return r
	}
	slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	f = first(f, wholeFault(raw, members))
	var left []member // what is not known or not readable
	unknown := ""
	for i, m := range members {
		if i > 0 && members[i-1].name == m.name || i+1 < len(members) && members[i+1].name == m.name {
			left = append(left, m)
			continue
		}
		err := readMember(m, &r.Intent)
		switch {
		case err == nil:
			continue
		case !errors.Is(err, json.ErrUnknownName):
			f = first(f, fieldFault(m.name, m.value, err))
		case unknown == "":
			unknown = unknownName(err, m.name)
		}
		left = append(left, m)
	}
	if g := r.Intent.Check(); g != nil && (g.Field == "device" || g.Field == "install" || g.Field == "seq") {
		f = first(f, g)
	}
	if unknown != "" {
		f = first(f, unknownFault(unknown, via))
	}
	r.Fault = first(f, &ledger.Fault{Code: ledger.BadJSON, Message: "The intent could not be read. Nothing was booked; send it again."})
	r.Hash = leftHash(&r.Intent, left)
	if r.Fault.Code == ledger.Unsupported {
		v := jsontext.Value(raw).Clone()
		if v.Compact() == nil {
			r.Payload = v
			return r
		}
	}
	r.Payload = keep(&r.Intent, raw)
	clearIdentity(&r.Intent)
	return r
}

// first returns the first fault there is.
func first(faults ...*ledger.Fault) *ledger.Fault {
	for _, f := range faults {
		if f != nil {
			return f
		}
	}
	return nil
}

// wholeFault says what no later server could make sense of either.
func wholeFault(raw []byte, sorted []member) *ledger.Fault {
	for i := 1; i < len(sorted); i++ {
		if sorted[i].name == sorted[i-1].name {
			return &ledger.Fault{Code: ledger.BadJSON, Field: short(sorted[i].name),
				Message: "The field " + strconv.Quote(short(sorted[i].name)) + " stands there twice. The intent was not booked; give each field once."}
		}
	}
	if depth(raw) > MaxDepth {
		return &ledger.Fault{Code: ledger.BadJSON,
			Message: "The intent nests more than " + strconv.Itoa(MaxDepth) + " levels deep. It was not booked."}
	}
	if !jsontext.Value(raw).IsValid() {
		return &ledger.Fault{Code: ledger.BadJSON,
			Message: "The intent holds text that is not UTF-8, or an object that names a field twice. It was not booked; mend the app that wrote it."}
	}
	return nil
}

// depth returns how deep valid JSON nests.
func depth(raw []byte) (most int) {
	level, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			level++
			most = max(most, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return most
}

// readMember reads one member into the intent, which stays as it was where that
// fails. Errors: json.ErrUnknownName, those of the field's type.
func readMember(m member, in *ledger.Intent) error {
	one := append(ledger.AppendString([]byte{'{'}, m.name), ':')
	one = append(append(one, m.value...), '}')
	if err := json.Unmarshal(one, new(ledger.Intent), strict); err != nil {
		return err
	}
	return json.Unmarshal(one, in, strict)
}

// unknownName returns the name that an error says is not known; within lines it
// is not the member's own.
func unknownName(err error, name string) string {
	var semantic *json.SemanticError
	if errors.As(err, &semantic) && semantic.JSONPointer != "" {
		return semantic.JSONPointer.LastToken()
	}
	return name
}

// keep returns the payload of what is no intent: what could be read of it and, as
// raw, the text as sent, so that nothing a person scanned is lost and every
// reader of the journal can read it.
func keep(in *ledger.Intent, raw []byte) []byte {
	kept := *in
	text := strings.ToValidUTF8(string(raw[:min(len(raw), keptText)]), "\ufffd")
	if kept.Raw == "" {
		kept.Raw = text
	}
	payload, _ := ledger.AppendIntent(nil, &kept)
	if len(payload) > ledger.MaxIntent {
		payload, _ = ledger.AppendIntent(nil, &ledger.Intent{Device: in.Device, Install: in.Install, Seq: in.Seq, At: in.At, Raw: text})
	}
	return payload
}
