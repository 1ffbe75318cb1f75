package wire

import (
	"sync"

	"bayledger/sync/ledger"
)

// Most pushes hold one scan, or the few of a moment: their intents, 700 bytes each
// and full of pointers, are a quarter of what a busy server would leave to the
// collector. Longer ones are what gathered without a network, and rare.
const (
	fewIntents  = 4
	someIntents = 32
)

// Their memory, by how many it has room for.
var (
	fewReceived  = sync.Pool{New: func() any { s := make([]ledger.Received, 0, fewIntents); return &s }}
	someReceived = sync.Pool{New: func() any { s := make([]ledger.Received, 0, someIntents); return &s }}
)

// receivedFor returns memory, all zero, for about so many intents.
func receivedFor(count int) []ledger.Received {
	switch {
	case count <= fewIntents:
		return *fewReceived.Get().(*[]ledger.Received)
	case count <= someIntents:
		return *someReceived.Get().(*[]ledger.Received)
	}
	return make([]ledger.Received, 0, count)
}

// Reuse gives back the intents of a message that nobody refers to any more: what
// DecodeFrame returns later may be the same memory. Payloads, texts and lists that
// were taken out of them stay as they are.
func Reuse(intents []ledger.Received) {
	pool := &someReceived
	switch cap(intents) {
	case fewIntents:
		pool = &fewReceived
	case someIntents:
	default:
		return
	}
	clear(intents)
	intents = intents[:0]
	pool.Put(&intents)
}
