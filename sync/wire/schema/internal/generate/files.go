package generate

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"bayledger/sync/ledger"

	"github.com/invopop/jsonschema"
)

const base = "urn:bayledger:v1:"

// Files returns the schema files by name, each with a final newline.
func Files(examples []Example) (map[string][]byte, error) {
	outcome := jsonschema.Definitions{}
	add(outcome, fromServer, reflect.TypeFor[ledger.Result]())
	documents := map[string]*jsonschema.Schema{
		"intent.json":          document("intent", "Intent", intentDefs()),
		"entry.json":           document("entry", "Entry", entryDefs()),
		"outcome.json":         document("outcome", "Result", outcome),
		"device-messages.json": choice("device-messages", "What a device sends: a message, or an array of messages that is taken as a whole.", deviceTypes, deviceDefs()),
		"server-messages.json": choice("server-messages", "What a server sends: a message, or an array of messages that is taken as a whole.", serverTypes, serverDefs()),
	}
	files := map[string][]byte{}
	for name, s := range documents {
		b, err := indented(s)
		if err != nil {
			return nil, err
		}
		files[name] = b
	}
	async, err := asyncAPI(examples)
	files["asyncapi.json"] = async
	return files, err
}

// document makes a schema whose root is one of its definitions.
func document(id, root string, defs jsonschema.Definitions) *jsonschema.Schema {
	return &jsonschema.Schema{Version: jsonschema.Version, ID: jsonschema.ID(base + id), Ref: "#/$defs/" + root, Definitions: defs}
}

// choice makes the schema of frames of messages of the given types.
func choice(id, description string, types []reflect.Type, defs jsonschema.Definitions) *jsonschema.Schema {
	message := &jsonschema.Schema{}
	for _, t := range types {
		message.OneOf = append(message.OneOf, &jsonschema.Schema{Ref: "#/$defs/" + t.Name()})
	}
	defs["Message"] = message
	one := &jsonschema.Schema{Ref: "#/$defs/Message"}
	return &jsonschema.Schema{Version: jsonschema.Version, ID: jsonschema.ID(base + id), Description: description,
		AnyOf: []*jsonschema.Schema{one, {Type: "array", Items: one}}, Definitions: defs}
}

// indented writes a value in the one form that is committed.
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
