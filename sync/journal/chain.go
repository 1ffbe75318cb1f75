package journal

import (
	"crypto/sha256"
	"encoding/hex"
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
	var room [32]byte
	start := append(strconv.AppendUint(append(room[:0], `{"n":`...), n, 10), ',')
	if len(json) < len(start) || string(json[:len(start)]) != string(start) {
		return hash, "it does not carry its own number"
	}
	if Chain(prev, ledger.HashedPart(json)) != hash {
		return hash, "its hash does not follow from its content and the entry before it"
	}
	return hash, ""
}
