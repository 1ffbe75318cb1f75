package wire

import (
	"bytes"
	"io"
	"strconv"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// DecodeFrame reads a device's frame in its JSON form. A fault of the frame as a
// whole (no JSON, no message, too many) leaves messages nil; a faulty intent of
// a push stands among the others with its own fault.
func DecodeFrame(frame []byte) ([]Message, *ledger.Fault) {
	if len(frame) > MaxFrame {
		return nil, &ledger.Fault{Code: ledger.TooLarge, Message: "The frame is larger than 1 MiB. Nothing of it was booked; send it as several."}
	}
	if len(frame) > 0 && frame[0] != '{' {
		frame = bytes.TrimLeft(frame, " \t\r\n")
	}
	if len(frame) == 0 || frame[0] != '[' {
		m, f := decodeMessage(frame)
		if f != nil {
			return nil, f
		}
		return []Message{m}, nil
	}
	raws, err := elements(frame, MaxMessages)
	if err == errTooMany {
		return nil, &ledger.Fault{Code: ledger.TooLarge, Message: "The frame holds more than " + strconv.Itoa(MaxMessages) + " messages. Nothing of it was booked."}
	}
	if err != nil {
		return nil, notJSON(err)
	}
	messages := make([]Message, 0, len(raws))
	for _, raw := range raws {
		m, f := decodeMessage(raw)
		if f != nil {
			return nil, f
		}
		messages = append(messages, m)
	}
	return messages, nil
}

func notJSON(err error) *ledger.Fault {
	return &ledger.Fault{Code: ledger.BadJSON, Message: "The frame is not JSON: " + sentence(err) + ". Nothing of it was booked."}
}

func decodeMessage(raw []byte) (Message, *ledger.Fault) {
	if intents, trace, ok := fastPush(raw); ok {
		return Message{Type: "push", Intents: intents, Trace: trace}, nil
	}
	return decodeFully(raw)
}

// decodeFully reads any message, and says what is wrong with those that are none.
func decodeFully(raw []byte) (Message, *ledger.Fault) {
	members, err := split(raw)
	if err != nil {
		return Message{}, notJSON(err)
	}
	kind, err := one[string](members, "type")
	if err != nil {
		return Message{}, &ledger.Fault{Code: ledger.BadField, Field: "type", Message: "The message has no type, or more than one. It had no effect."}
	}
	if kind == "push" {
		intents, f := decodePush(members)
		trace, _ := one[string](members, "trace") // one that cannot be read is as none: scans do not wait for it
		return Message{Type: kind, Intents: intents, Trace: trace}, f
	}
	return decodeTyped(kind, raw)
}

// elements returns the values of an array, also where names in them come twice
// or texts are not UTF-8. Errors: errTooMany, those of the decoder.
func elements(raw []byte, most int) ([]jsontext.Value, error) {
	d := tolerant(raw)
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	if token.Kind() != '[' {
		return nil, errNoArray
	}
	var out []jsontext.Value
	for d.PeekKind() != ']' {
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		if len(out) == most {
			return nil, errTooMany
		}
		out = append(out, value.Clone())
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	return out, atEnd(d)
}

// one reads the member of a name, which must be there once.
func one[T any](members []member, name string) (v T, err error) {
	found := false
	for _, m := range members {
		if m.name != name {
			continue
		}
		if found {
			return v, errNoObject
		}
		found = true
		if err := json.Unmarshal(m.value, &v); err != nil {
			return v, err
		}
	}
	if !found {
		return v, errNoObject
	}
	return v, nil
}

func decodeTyped(kind string, raw []byte) (m Message, f *ledger.Fault) {
	m.Type = kind
	switch kind {
	case "hello":
		m.Hello, f = read[Hello](raw)
	case "subscribe":
		m.Subscribe, f = read[Subscribe](raw)
	case "ping":
		m.Ping, f = read[Ping](raw)
	case "skip":
		m.Skip, f = read[Skip](raw)
	case "print":
		m.Print, f = read[Print](raw)
	default:
		f = &ledger.Fault{Code: ledger.BadField, Field: "type",
			Message: "A message of type " + strconv.Quote(short(kind)) + " is not known. It had no effect."}
	}
	return m, f
}

func read[T any](raw []byte) (*T, *ledger.Fault) {
	v := new(T)
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, &ledger.Fault{Code: ledger.BadField, Message: "The message could not be read: " + sentence(err) + ". It had no effect."}
	}
	return v, nil
}

// decodePush reads a push that is not plain throughout: every intent stands for
// itself, so that a faulty one does not hold up those behind it.
func decodePush(members []member) ([]ledger.Received, *ledger.Fault) {
	var raws []jsontext.Value
	found := 0
	for _, m := range members {
		if m.name != "intents" {
			continue
		}
		found++
		var err error
		if raws, err = elements(m.value, MaxPush); err == errTooMany {
			return nil, &ledger.Fault{Code: ledger.TooLarge, Field: m.name,
				Message: "The push holds more than 1,000 intents. None was booked; send them as several."}
		} else if err != nil {
			found = 0
			break
		}
	}
	if found != 1 {
		return nil, &ledger.Fault{Code: ledger.BadField, Field: "intents", Message: "The push has no list of intents, or more than one. Nothing of it was booked."}
	}
	out := make([]ledger.Received, len(raws))
	for i, raw := range raws {
		out[i] = DecodeIntent(raw, Socket)
	}
	return out, nil
}

// ServerMessage is one message from a server: Type says which field is set.
type ServerMessage struct {
	Type     string
	Welcome  *Welcome
	Ack      *Ack
	Events   *Events
	Snapshot *Snapshot
	Pong     *Pong
	Notice   *Notice
	Error    *Error
}

// DecodeServerFrame reads a server's frame in its JSON form. Messages of types
// that this version does not know are passed over.
func DecodeServerFrame(frame []byte) ([]ServerMessage, error) {
	var raws []jsontext.Value
	if trimmed := bytes.TrimLeft(frame, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		if err := json.Unmarshal(trimmed, &raws); err != nil {
			return nil, err
		}
	} else {
		raws = []jsontext.Value{frame}
	}
	out := make([]ServerMessage, 0, len(raws))
	for _, raw := range raws {
		var head struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal(raw, &head); err != nil {
			return nil, err
		}
		m := ServerMessage{Type: head.Type}
		var err error
		switch head.Type {
		case "welcome":
			err = into(raw, &m.Welcome)
		case "ack":
			err = into(raw, &m.Ack)
		case "events":
			err = into(raw, &m.Events)
		case "snapshot":
			err = into(raw, &m.Snapshot)
		case "pong":
			err = into(raw, &m.Pong)
		case "notice":
			err = into(raw, &m.Notice)
		case "error":
			err = into(raw, &m.Error)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func into[T any](raw []byte, field **T) error {
	*field = new(T)
	return json.Unmarshal(raw, *field)
}

// ReadFrame reads a frame to its end, appending to b, so that memory is used
// again; both sides of the socket bound the frame itself.
func ReadFrame(b []byte, r io.Reader) ([]byte, error) {
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}
