// Package wire is the sync protocol's language: the messages that devices and
// servers exchange over /v1/sync, and their codecs. sync/PROTOCOL.md tells the
// same in prose.
//
// # Use
//
// A frame holds one message or an array of messages that is taken as a whole.
// DecodeFrame reads what a device sent, DecodeIntent one intent from a frame, a
// REST body or a line of a file. Append… functions write what a server sends;
// they append to the caller's buffer and keep nothing. DecodeServerFrame is the
// device's side.
//
// # Promised
//
// JSON (bayledger.v1+json) and CBOR (bayledger.v1+cbor) carry the same messages;
// CBOR is transcoded to and from the JSON form, so that both mean the same. A
// value that was once accepted is read for ever. No input makes a decoder panic,
// allocate more than a small multiple of its own size, or half-read an intent:
// an intent comes back whole, or with a Fault and a payload that keeps what was
// sent in a form that every reader of the journal can read. A faulty intent never
// makes its frame faulty. Decoders keep nothing of the buffer they read from, and
// no text of theirs keeps another one alive.
//
// A push of plain intents is read by a reader made for nothing else (scan.go); it
// leaves whatever is unusual to the full decoder, and a fuzz test holds the two
// to the same verdicts.
//
// # Not promised
//
// Fields of a message other than its intents may be unknown to this server;
// they are passed over, so that newer apps can talk to it.
package wire

//go:generate go test . -run TestWorkedSession -update
