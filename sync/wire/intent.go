package wire

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"strconv"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Transport says how strict the reading of an intent is (design: an unknown
// field refuses a line in a file and parks an intent on the socket).
type Transport int

// Transports.
const (
	Socket Transport = iota
	Stated           // REST and files: what cannot be read is refused and leaves its identity free
)

var strict = json.JoinOptions(json.RejectUnknownMembers(true), jsontext.AllowDuplicateNames(false))

// DecodeIntent reads one intent. It never fails: what cannot be read comes back
// with a Fault, the bytes as sent, and as much of its identity as is readable.
func DecodeIntent(raw []byte, via Transport) ledger.Received {
	var r ledger.Received
	if len(raw) > ledger.MaxIntent {
		return faulty(raw, via, &ledger.Fault{Code: ledger.TooLarge,
			Message: "The intent is larger than 256 KiB. It was not booked; send it as several."})
	}
	if err := json.Unmarshal(raw, &r.Intent, strict); err != nil {
		return faulty(raw, via, nil)
	}
	return Receive(r.Intent)
}

// Receive checks an intent that is already in memory and gives it its payload
// and hash.
func Receive(in ledger.Intent) ledger.Received {
	r := ledger.Received{Intent: in, Fault: in.Check()}
	payload, body := ledger.AppendIntent(nil, &in)
	r.Payload = payload
	r.Hash = hashOf(payload[body:])
	return r
}

func hashOf(b []byte) [16]byte {
	sum := sha256.Sum256(b)
	return [16]byte(sum[:16])
}

// faulty reads member by member what could not be read at once, to say what is
// wrong and to save the identity.
func faulty(raw []byte, via Transport, f *ledger.Fault) ledger.Received {
	r := ledger.Received{Fault: f, Hash: hashOf(raw)}
	members := map[string]jsontext.Value{}
	if err := json.Unmarshal(raw, &members); err != nil {
		r.Fault = cmpFault(f, &ledger.Fault{Code: ledger.BadJSON, Message: "This is no JSON object: " + sentence(err) +
			". Nothing was booked; send the intent again as one JSON object."})
		return r
	}
	unknown := ""
	for _, name := range sortedNames(members) {
		one := map[string]jsontext.Value{name: members[name]}
		b, err := json.Marshal(one)
		if err != nil {
			continue
		}
		var part ledger.Intent
		err = json.Unmarshal(b, &part, strict)
		switch {
		case err == nil:
			takeIdentity(&r.Intent, name, &part)
		case errors.Is(err, json.ErrUnknownName):
			if unknown == "" {
				unknown = name
			}
		case r.Fault == nil:
			r.Fault = fieldFault(name, members[name], err)
		}
	}
	if r.Fault == nil && unknown != "" {
		r.Fault = unknownFault(unknown, via)
	}
	if r.Fault == nil {
		r.Fault = &ledger.Fault{Code: ledger.BadJSON, Message: "The intent could not be read. Nothing was booked; send it again."}
	}
	r.Payload = compact(raw, &r.Intent)
	return r
}

func cmpFault(first, second *ledger.Fault) *ledger.Fault {
	if first != nil {
		return first
	}
	return second
}

func sortedNames(members map[string]jsontext.Value) []string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// takeIdentity keeps the fields of a faulty intent that place it in its stream.
func takeIdentity(in *ledger.Intent, name string, part *ledger.Intent) {
	switch name {
	case "device":
		if len(part.Device) <= ledger.MaxCode {
			in.Device = part.Device
		}
	case "install":
		if len(part.Install) <= ledger.MaxCode {
			in.Install = part.Install
		}
	case "seq":
		in.Seq = part.Seq
	case "at":
		in.At = part.At
	case "mode":
		in.Mode = part.Mode
	}
}

func unknownFault(name string, via Transport) *ledger.Fault {
	if via == Socket {
		return &ledger.Fault{Code: ledger.Unsupported, Field: name,
			Message: "This server does not know the field " + strconv.Quote(short(name)) + ". The intent is kept whole and holds no stock; a server that knows the field books it."}
	}
	return &ledger.Fault{Code: ledger.UnknownField, Field: name,
		Message: "The field " + strconv.Quote(short(name)) + " is not known. The line was not booked; mend the name or leave it out."}
}

func fieldFault(name string, value jsontext.Value, err error) *ledger.Fault {
	shown := strconv.Quote(short(string(value)))
	switch {
	case errors.Is(err, ledger.ErrNotTime):
		return &ledger.Fault{Code: ledger.BadTime, Field: name,
			Message: "The field " + name + " holds " + shown + ", which is no RFC 3339 time. The intent was not booked."}
	case name == "quantity" || errors.Is(err, ledger.ErrTooManyDigits):
		return &ledger.Fault{Code: ledger.BadQuantity, Field: name,
			Message: "The field " + name + " holds " + shown + ", which is no decimal number of at most 15 digits. The intent was not booked."}
	}
	return &ledger.Fault{Code: ledger.BadField, Field: name,
		Message: "The field " + name + " holds " + shown + ", which is not of its type. The intent was not booked."}
}

// compact returns the bytes as sent, without white space, for the journal;
// where they are too large, what is known of the identity.
func compact(raw []byte, in *ledger.Intent) []byte {
	v := jsontext.Value(bytes.Clone(raw))
	if len(raw) > ledger.MaxIntent || v.Compact() != nil {
		payload, _ := ledger.AppendIntent(nil, in)
		return payload
	}
	return v
}

func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}

// sentence cuts an error of a library down to what a person can read.
func sentence(err error) string {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		return syntax.Err.Error() + " at byte " + strconv.FormatInt(syntax.ByteOffset, 10)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return "a value is not of the type expected"
}
