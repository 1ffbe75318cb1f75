package schema

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Direction says who sent a frame.
type Direction int

// Directions.
const (
	FromDevice Direction = iota
	FromServer
)

// Validate says what is wrong with a frame in its JSON form: one message, or an
// array of messages. A field that its schema does not have is an error too.
func Validate(frame []byte, d Direction) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(frame))
	if err != nil {
		return err
	}
	messages, ok := v.([]any)
	if !ok {
		messages = []any{v}
	}
	for i, m := range messages {
		if err := validate(m, d); err != nil {
			return fmt.Errorf("message %d: %w", i+1, err)
		}
	}
	return nil
}

// ValidateIntent, ValidateEntry and ValidateOutcome judge one value each.
func ValidateIntent(value []byte) error { return one(value, "intent.json#/$defs/Intent") }

// ValidateEntry says what is wrong with an entry.
func ValidateEntry(value []byte) error { return one(value, "entry.json#/$defs/Entry") }

// ValidateOutcome says what is wrong with an outcome.
func ValidateOutcome(value []byte) error { return one(value, "outcome.json#/$defs/Result") }

func one(value []byte, location string) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(value))
	if err != nil {
		return err
	}
	return check(v, location)
}

// types names the schema of each message.
var types = map[Direction]map[string]string{
	FromDevice: {"hello": "Hello", "push": "Push", "subscribe": "Subscribe", "ping": "Ping", "skip": "Skip", "print": "Print"},
	FromServer: {"welcome": "Welcome", "ack": "Ack", "events": "Events", "snapshot": "Snapshot", "pong": "Pong", "notice": "Notice", "error": "Error"},
}

func validate(message any, d Direction) error {
	m, _ := message.(map[string]any)
	kind, _ := m["type"].(string)
	name, ok := types[d][kind]
	if !ok {
		return fmt.Errorf("there is no message of type %q this way", kind)
	}
	document := "device-messages.json"
	if d == FromServer {
		document = "server-messages.json"
	}
	return check(message, document+"#/$defs/"+name)
}

// compiler holds the strict form of the schemas; compiling is for the first use.
var compiler = sync.OnceValues(func() (*jsonschema.Compiler, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, name := range []string{"intent.json", "entry.json", "outcome.json", "device-messages.json", "server-messages.json"} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(file(name)))
		if err != nil {
			return nil, err
		}
		closeObjects(v)
		delete(v.(map[string]any), "$id") // found by the name of its file
		if err := c.AddResource(name, v); err != nil {
			return nil, err
		}
	}
	return c, nil
})

var compiled sync.Map // location → *jsonschema.Schema

// compiling guards the compiler, which is for one at a time.
var compiling sync.Mutex

func check(v any, location string) error {
	if s, ok := compiled.Load(location); ok {
		return s.(*jsonschema.Schema).Validate(v)
	}
	compiling.Lock()
	defer compiling.Unlock()
	c, err := compiler()
	if err != nil {
		return err
	}
	s, err := c.Compile(location)
	if err != nil {
		return err
	}
	compiled.Store(location, s)
	return s.Validate(v)
}

// closeObjects forbids the properties that an object schema does not name,
// unless it says otherwise itself.
func closeObjects(v any) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			closeObjects(one)
		}
	case map[string]any:
		if _, said := v["additionalProperties"]; v["type"] == "object" && v["properties"] != nil && !said {
			v["additionalProperties"] = false
		}
		for _, one := range v {
			closeObjects(one)
		}
	}
}
