package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"

	"bayledger/sync/ledger"
)

// Chain returns the hash of an entry: SHA-256 over the hash of the entry before
// it (32 zero bytes for the first) and the bytes that ledger.AppendEntry gave.
func Chain(prev [32]byte, entry []byte) [32]byte {
	h := sha256.New()
	h.Write(prev[:])
	h.Write(entry)
	var sum [32]byte
	h.Sum(sum[:0])
	return sum
}

const hashStart = `,"hash":"`

// hasTail says whether an entry's JSON ends as one with a hash does.
func hasTail(json []byte) bool {
	at := len(json) - ledger.HashTail
	return at > 0 && string(json[at:at+len(hashStart)]) == hashStart && json[len(json)-2] == '"' && json[len(json)-1] == '}'
}

// storedHash is how much of an entry's hash a block stores.
const storedHash = 4

// appendHashStart appends the beginning of the hash that ends an entry's JSON; of
// what is no hash, zeros.
func appendHashStart(b, json []byte) []byte {
	var start [storedHash]byte
	at := len(json) - ledger.HashTail + len(hashStart)
	_, _ = hex.Decode(start[:], json[at:at+2*storedHash])
	return append(b, start[:]...)
}

// notEntry says in words why an entry's JSON, whose hash is another one than it
// should be, is not that of entry n.
func notEntry(n uint64, json []byte) string {
	if !numbered(n, json) {
		return "it does not carry its own number"
	}
	return "its hash does not follow from its content and the entry before it"
}

// numbered says whether an entry's JSON carries the number n.
func numbered(n uint64, json []byte) bool {
	var room [32]byte
	start := append(strconv.AppendUint(append(room[:0], `{"n":`...), n, 10), ',')
	return len(json) >= len(start) && string(json[:len(start)]) == string(start)
}

// chainer gives entries the hashes that they were booked with.
type chainer struct {
	hash hash.Hash
	prev [32]byte
}

func newChainer(prev [32]byte) *chainer { return &chainer{hash: sha256.New(), prev: prev} }

// append appends an entry's JSON, given without its hash, with it.
func (c *chainer) append(b, entry []byte) []byte {
	c.hash.Reset()
	c.hash.Write(c.prev[:])
	c.hash.Write(entry)
	c.hash.Sum(c.prev[:0])
	return ledger.AppendHash(append(b, entry...), c.prev)
}

// tailHash reads the hash that ends an entry's JSON.
func tailHash(json []byte) (hash [32]byte, ok bool) {
	const tail = 64 + len(`"}`)
	if len(json) < tail+len(`{"hash":"`) || string(json[len(json)-2:]) != `"}` {
		return hash, false
	}
	_, err := hex.Decode(hash[:], json[len(json)-tail:len(json)-2])
	return hash, err == nil
}

// checkEntry says in words what is wrong with entry n after prev, or "", and
// returns its hash.
func checkEntry(n uint64, json []byte, prev [32]byte) (hash [32]byte, wrong string) {
	hash, ok := tailHash(json)
	if !ok {
		return hash, "it does not end with a hash"
	}
	if !numbered(n, json) || Chain(prev, ledger.HashedPart(json)) != hash {
		return hash, notEntry(n, json)
	}
	return hash, ""
}
