// Package schema holds the machine-readable form of the sync protocol: JSON
// Schemas (draft 2020-12) of intents, entries, outcomes and messages, and the
// AsyncAPI 3.0 document. sync/asyncapi.json is a copy of the latter.
//
// # Use
//
// AsyncAPI, Intent and the others give the documents as files. Validate judges a
// recorded frame; tests that play sessions validate every frame with it.
//
// # Promised
//
// The documents are written from the Go types of wire and ledger, and a test
// fails when they are out of date (go generate writes them). The published
// schemas let messages grow; Validate does not, so that a field which is in no
// schema is seen.
package schema

import "embed"

//go:generate go test . -run TestFilesAreUpToDate -update

//go:embed *.json
var files embed.FS

// AsyncAPI returns the AsyncAPI document.
func AsyncAPI() []byte { return file("asyncapi.json") }

// Intent returns the schema of an intent, as devices, REST and files give it.
func Intent() []byte { return file("intent.json") }

// Entry returns the schema of an entry of the journal.
func Entry() []byte { return file("entry.json") }

// Outcome returns the schema of what is said of one intent.
func Outcome() []byte { return file("outcome.json") }

// DeviceMessages returns the schema of what devices send.
func DeviceMessages() []byte { return file("device-messages.json") }

// ServerMessages returns the schema of what servers send.
func ServerMessages() []byte { return file("server-messages.json") }

// file returns an embedded file; its name is one of this package's own.
func file(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		return nil
	}
	return b
}
