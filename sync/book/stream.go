package book

import (
	"encoding/binary"
	"fmt"
	"slices"

	"bayledger/sync/ledger"
)

// Row prefixes of the book, beside those of the ledger. They only grow.
const (
	rowStream   = 'd' // device, install → seqs seen, last t_eff
	rowConflict = 'e' // identity, payload hash → entry that parked it
)

// maxRanges bounds how scattered the seqs of a stream may be: REST and files may
// leave holes, and each hole costs memory.
const maxRanges = 10_000

type streamKey struct{ device, install string }

// stream is what the book knows of one (device, install).
type stream struct {
	key   streamKey
	seen  []seqRange // sorted, apart
	tEff  ledger.Time
	dirty bool
	seal  seal
}

type seqRange struct{ first, last uint64 }

// last returns the highest n with 1…n all there.
func (st *stream) last() uint64 {
	if len(st.seen) > 0 && st.seen[0].first == 1 {
		return st.seen[0].last
	}
	return 0
}

func (st *stream) has(seq uint64) bool {
	i, found := slices.BinarySearchFunc(st.seen, seq, compareRange)
	return found && i < len(st.seen)
}

func compareRange(r seqRange, seq uint64) int {
	switch {
	case r.last < seq:
		return -1
	case r.first > seq:
		return 1
	}
	return 0
}

// take notes a seq as seen; false where the stream is too scattered.
func (st *stream) take(seq uint64) bool {
	i, found := slices.BinarySearchFunc(st.seen, seq, compareRange)
	if found {
		return true
	}
	joinsLeft := i > 0 && st.seen[i-1].last+1 == seq
	joinsRight := i < len(st.seen) && st.seen[i].first == seq+1
	switch {
	case joinsLeft && joinsRight:
		st.seen[i-1].last = st.seen[i].last
		st.seen = slices.Delete(st.seen, i, i+1)
	case joinsLeft:
		st.seen[i-1].last = seq
	case joinsRight:
		st.seen[i].first = seq
	case len(st.seen) >= maxRanges:
		return false
	default:
		st.seen = slices.Insert(st.seen, i, seqRange{seq, seq})
	}
	return true
}

func (st *stream) row() ledger.Row {
	key := appendText(appendText([]byte{rowStream}, st.key.device), st.key.install)
	value := binary.AppendUvarint(make([]byte, 0, 32), uint64(st.tEff))
	for _, r := range st.seen {
		value = binary.AppendUvarint(value, r.first)
		value = binary.AppendUvarint(value, r.last-r.first)
	}
	value = st.seal.appendTo(value)
	return ledger.Row{Key: key, Value: value}
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func readText(b []byte) (string, []byte, bool) {
	n, used := binary.Uvarint(b)
	if used <= 0 || n > uint64(len(b)-used) {
		return "", nil, false
	}
	return string(b[used : used+int(n)]), b[used+int(n):], true
}

func (b *Book) loadStream(key, value []byte) error {
	device, rest, ok := readText(key[1:])
	install, rest, ok2 := readText(rest)
	if !ok || !ok2 || len(rest) != 0 {
		return fmt.Errorf("%w: the stream %q", ledger.ErrRow, key)
	}
	st := b.stream(streamKey{device, install})
	tEff, used := binary.Uvarint(value)
	st.tEff, st.seen = ledger.Time(tEff), nil
	for value = value[max(used, 0):]; len(value) > 0; {
		if value[0] == 0 { // no range begins there
			return st.seal.read(value[1:])
		}
		first, used := binary.Uvarint(value)
		length, used2 := binary.Uvarint(value[max(used, 0):])
		if used <= 0 || used2 <= 0 {
			return fmt.Errorf("%w: the stream of %q", ledger.ErrRow, device)
		}
		st.seen = append(st.seen, seqRange{first, first + length})
		value = value[used+used2:]
	}
	return nil
}

func (b *Book) stream(key streamKey) *stream {
	st := b.streams[key]
	if st == nil {
		st = &stream{key: key}
		b.keep(st)
	}
	return st
}

// keep notes a stream that something was taken of.
func (b *Book) keep(st *stream) {
	b.streams[st.key] = st
	b.installs[st.key.device] = append(b.installs[st.key.device], st)
}

// conflictKey names a payload that was parked because its identity was used.
type conflictKey struct {
	id   ledger.Identity
	hash [16]byte
}

func conflictRow(k conflictKey, n uint64) ledger.Row {
	key := appendText(appendText([]byte{rowConflict}, k.id.Device), k.id.Install)
	key = append(binary.BigEndian.AppendUint64(key, k.id.Seq), k.hash[:]...)
	return ledger.Row{Key: key, Value: binary.AppendUvarint(nil, n)}
}

func (b *Book) loadConflict(key, value []byte) error {
	device, rest, ok := readText(key[1:])
	install, rest, ok2 := readText(rest)
	n, used := binary.Uvarint(value)
	if !ok || !ok2 || len(rest) != 8+16 || used <= 0 {
		return fmt.Errorf("%w: the conflict %q", ledger.ErrRow, key)
	}
	k := conflictKey{ledger.Identity{Device: device, Install: install, Seq: binary.BigEndian.Uint64(rest)}, [16]byte(rest[8:])}
	b.conflicts[k] = n
	return nil
}
