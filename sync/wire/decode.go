package wire

import (
	"bytes"
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
	frame = bytes.TrimLeft(frame, " \t\r\n")
	if len(frame) == 0 || frame[0] != '[' {
		m, f := decodeMessage(frame)
		if f != nil {
			return nil, f
		}
		return []Message{m}, nil
	}
	var raws []jsontext.Value
	if err := json.Unmarshal(frame, &raws); err != nil {
		return nil, notJSON(err)
	}
	if len(raws) > MaxMessages {
		return nil, &ledger.Fault{Code: ledger.TooLarge, Message: "The frame holds more than " + strconv.Itoa(MaxMessages) + " messages. Nothing of it was booked."}
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

// pushFrame reads the commonest frame in one pass.
type pushFrame struct {
	Type    string          `json:"type"`
	Intents []ledger.Intent `json:"intents"`
}

func decodeMessage(raw []byte) (Message, *ledger.Fault) {
	if bytes.HasPrefix(raw, []byte(`{"type":"push"`)) {
		var p pushFrame
		if err := json.Unmarshal(raw, &p, strict); err == nil && len(p.Intents) <= MaxPush {
			m := Message{Type: "push", Intents: make([]ledger.Received, len(p.Intents))}
			for i := range p.Intents {
				m.Intents[i] = Receive(p.Intents[i])
			}
			return m, nil
		}
	}
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return Message{}, notJSON(err)
	}
	return decodeTyped(head.Type, raw)
}

func decodeTyped(kind string, raw []byte) (m Message, f *ledger.Fault) {
	m.Type = kind
	switch kind {
	case "hello":
		m.Hello, f = read[Hello](raw)
	case "push":
		m.Intents, f = decodePush(raw)
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

func decodePush(raw []byte) ([]ledger.Received, *ledger.Fault) {
	p, f := read[struct {
		Intents []jsontext.Value `json:"intents"`
	}](raw)
	if f != nil {
		return nil, f
	}
	if len(p.Intents) > MaxPush {
		return nil, &ledger.Fault{Code: ledger.TooLarge, Message: "The push holds more than 1,000 intents. None was booked; send them as several."}
	}
	out := make([]ledger.Received, len(p.Intents))
	for i, v := range p.Intents {
		out[i] = DecodeIntent(v, Socket)
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
