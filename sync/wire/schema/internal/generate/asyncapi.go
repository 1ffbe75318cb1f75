package generate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Example is a message of the golden files.
type Example struct {
	Name    string          `json:"name"`
	Message json.RawMessage `json:"message"`
}

// object keeps the order of its members in the file: those of a Go struct would
// have to be spelled out for every part of AsyncAPI.
type object []field

type field struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		var value bytes.Buffer
		e := json.NewEncoder(&value)
		e.SetEscapeHTML(false)
		if err := e.Encode(f.value); err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(bytes.TrimSpace(value.Bytes()))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// said tells what each message is for.
var said = map[string]string{
	"hello":     "Opens the session; the first message of a connection.",
	"push":      "Intents, in the order of their seq. Answered by an ack, or by an error with code gap.",
	"subscribe": "Asks for a topic from a cursor on, or with a snapshot first. Following the same topic and site again replaces what was followed before.",
	"ping":      "Measures the way and the clock, and tells of the device's state.",
	"skip":      "Says that the intent of a seq was lost on the device. It uses up the seq and becomes an entry with an exception.",
	"print":     "Asks for labels. This version answers unsupported.",
	"welcome":   "Answers hello: the server's clock, the last seq of this device and install, the head of the journal and what holds here.",
	"ack":       "The fate of intents, once they are durable.",
	"events":    "The entries or rows of (from, to], also where all were filtered out.",
	"snapshot":  "One part of a topic's rows as of entry n; the feed goes on from there.",
	"pong":      "Answers ping.",
	"notice":    "Tells something that needs no answer.",
	"error":     "Says that a message had no effect, and why.",
}

// asyncAPI writes the AsyncAPI 3.0 document, from the server's point of view: it
// receives what devices send.
func asyncAPI(examples []Example) ([]byte, error) {
	var messages, device, server, schemas object
	var toServer, toDevice []object
	for _, t := range append(append([]reflect.Type{}, deviceTypes...), serverTypes...) {
		name := strings.ToLower(t.Name())
		messages = append(messages, field{name, message(name, t.Name(), examples)})
		device = append(device, field{name, ref("#/components/messages/" + name)})
	}
	for _, t := range deviceTypes {
		toServer = append(toServer, ref("#/channels/sync/messages/"+strings.ToLower(t.Name())))
	}
	for _, t := range serverTypes {
		toDevice = append(toDevice, ref("#/channels/sync/messages/"+strings.ToLower(t.Name())))
	}
	defs := deviceDefs()
	for name, s := range serverDefs() {
		defs[name] = s
	}
	for _, name := range sortedKeys(defs) {
		schemas = append(schemas, field{name, defs[name]})
	}
	server = object{{"host", "127.0.0.1:8080"}, {"protocol", "ws"},
		{"description", "A server as it starts without settings. Beyond loopback it is wss."}}
	document := object{
		{"asyncapi", "3.0.0"},
		{"info", object{
			{"title", "Bayledger sync protocol"}, {"version", "1.0.0"},
			{"description", "How handhelds bring their scans to the books and follow what happens there. sync/PROTOCOL.md tells it in prose, with a worked session."},
			{"license", object{{"name", "Apache-2.0"}, {"url", "https://www.apache.org/licenses/LICENSE-2.0"}}},
		}},
		{"defaultContentType", "application/json"},
		{"servers", object{{"local", server}}},
		{"channels", object{{"sync", object{
			{"address", "/v1/sync"},
			{"title", "The sync socket"},
			{"description", channelText()},
			{"messages", device},
			{"bindings", object{{"ws", object{{"method", "GET"}, {"headers", object{{"type", "object"}, {"properties", object{
				{"Sec-WebSocket-Protocol", object{{"type", "string"}, {"enum", []string{wire.SubprotocolJSON, wire.SubprotocolCBOR}}}},
				{"Authorization", object{{"type", "string"}, {"description", "Bearer and the key; or the key stands in hello"}}},
			}}}}, {"bindingVersion", "0.1.0"}}}}},
		}}}},
		{"operations", object{
			{"fromDevice", object{{"action", "receive"}, {"channel", ref("#/channels/sync")}, {"summary", "What a device sends"}, {"messages", toServer}}},
			{"toDevice", object{{"action", "send"}, {"channel", ref("#/channels/sync")}, {"summary", "What the server sends"}, {"messages", toDevice}}},
		}},
		{"components", object{{"messages", messages}, {"schemas", schemas}}},
	}
	b, err := indented(document)
	// AsyncAPI keeps schemas in its components.
	return bytes.ReplaceAll(b, []byte(`"#/$defs/`), []byte(`"#/components/schemas/`)), err
}

func ref(to string) object { return object{{"$ref", to}} }

func message(name, schema string, examples []Example) object {
	var shown []object
	for _, e := range examples {
		var head struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(e.Message, &head) == nil && head.Type == name {
			shown = append(shown, object{{"name", slug(e.Name)}, {"summary", e.Name}, {"payload", e.Message}})
		}
	}
	return object{{"name", name}, {"title", name}, {"summary", said[name]}, {"contentType", "application/json"},
		{"payload", ref("#/components/schemas/" + schema)}, {"examples", shown}}
}

func slug(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, name), "-")
}

// CloseCodes lists the codes of the protocol with what a client does then.
var CloseCodes = []struct {
	Code int
	Text string
}{
	{wire.CloseResume, "too far behind: come back with your cursor"},
	{wire.CloseDrain, "the server is going away: come back after a while"},
	{wire.CloseIdle, "nothing was heard for too long: come back"},
	{wire.CloseTooFast, "too many intents under way: come back more slowly"},
	{wire.CloseBadFrame, "a frame that is no message: do not come back before the app is mended"},
	{wire.CloseBadKey, "the key is not valid: pair again"},
	{wire.CloseReplaced, "a newer connection of the same device took over: do not come back by yourself"},
	{wire.CloseUnsupported, "no subprotocol that both speak"},
}

func channelText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "A WebSocket with the subprotocol %s (text frames, preferred) or %s (binary frames): the same messages. ", wire.SubprotocolJSON, wire.SubprotocolCBOR)
	b.WriteString("A frame holds one message, or an array of messages that is taken as a whole. ")
	fmt.Fprintf(&b, "Bounds: a frame from a device %d bytes and %d messages, a push %d intents, an intent %d bytes, %d intents under way. ",
		wire.MaxFrame, wire.MaxMessages, wire.MaxPush, ledger.MaxIntent, wire.MaxUnacked)
	b.WriteString("Close codes:")
	for _, c := range CloseCodes {
		fmt.Fprintf(&b, " %d %s;", c.Code, c.Text)
	}
	return strings.TrimSuffix(b.String(), ";") + "."
}
