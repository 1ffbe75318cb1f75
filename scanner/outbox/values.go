package outbox

import (
	"bytes"
	"math"
	"unicode/utf8"
)

func (b *box) Note(seq uint64, outcome []byte) error {
	return b.NoteAll([]Note{{Seq: seq, Outcome: outcome}})
}

func (b *box) NoteAll(notes []Note) error {
	size := 0
	for _, n := range notes {
		switch size += len(n.Outcome) + rowOverhead; {
		case n.Seq == 0 || n.Seq > MaxSeq:
			return fail(CodeBadArgument, nil, "an outcome names the row %d, which cannot be; nothing was stored", n.Seq)
		case len(n.Outcome) > MaxNoteBytes:
			return fail(CodeTooLarge, nil, "the outcome of row %d has %d bytes, more than %d; nothing was stored", n.Seq, len(n.Outcome), MaxNoteBytes)
		}
	}
	if len(notes) > MaxNotesPerCall || size > MaxRowBytes {
		return fail(CodeTooLarge, nil, "%d outcomes with %d bytes are more than one transaction takes (%d, %d bytes); nothing was stored: store them in parts",
			len(notes), size, MaxNotesPerCall, MaxRowBytes)
	}
	return b.s.change(func(batch *batch) error { return b.stageNotes(batch, notes) })
}

func (b *box) stageNotes(batch *batch, notes []Note) error {
	at := b.s.opts.Now()
	added := map[uint64]bool{}
	for _, n := range notes {
		key := seqKey(keyNote, b.id, n.Seq)
		there, err := b.present(batch, key)
		if err != nil {
			return err
		}
		if !there {
			added[n.Seq] = true
		}
		batch.add(op{key: key, value: sealNote(key, at, n.Outcome)})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.notes+len(added) > MaxNotes {
		return fail(CodeTooMany, nil, "%d outcomes wait for a person, the most that are kept; this was not stored: work through the list first", b.notes)
	}
	b.notes += len(added)
	return nil
}

func (b *box) Notes() ([]Note, error) {
	var notes []Note
	err := b.s.reading(func() error {
		return b.s.kv.scan(seqKey(keyNote, b.id, 0), seqKey(keyNote, b.id, math.MaxUint64), false, func(key, value []byte) bool {
			n := Note{}
			n.Seq, _ = seqOf(key)
			at, outcome, err := unsealNote(key, value)
			if err != nil {
				n.Damaged = true
			} else {
				n.At, n.Outcome = at, append([]byte{}, outcome...)
			}
			notes = append(notes, n)
			return true
		})
	})
	return notes, err
}

func (b *box) ClearNote(seq uint64) error {
	key := seqKey(keyNote, b.id, seq)
	return b.s.change(func(batch *batch) error {
		there, err := b.present(batch, key)
		if err != nil || !there {
			return err
		}
		batch.add(op{key: key})
		b.mu.Lock()
		b.notes--
		b.mu.Unlock()
		return nil
	})
}

// present says whether key has a value once the batch is written. The batch is
// at most commitOps long.
func (b *box) present(batch *batch, key []byte) (bool, error) {
	for i := len(batch.ops) - 1; i >= 0; i-- {
		if bytes.Equal(batch.ops[i].key, key) {
			return batch.ops[i].value != nil, nil
		}
	}
	old, err := b.s.kv.get(key)
	if err != nil {
		return false, fail(CodeDiskFailed, err, "the outbox cannot be read; nothing was stored")
	}
	return old != nil, nil
}

func (b *box) stateKey(name string) ([]byte, error) {
	if name == "" || len(name) > MaxNameBytes || !utf8.ValidString(name) {
		return nil, fail(CodeBadArgument, nil, "the state name %q is empty, longer than %d bytes or not UTF-8; nothing was stored", name, MaxNameBytes)
	}
	return append(boxKey(keyState, b.id), name...), nil
}

func (b *box) SaveState(name string, value []byte) error {
	key, err := b.stateKey(name)
	if err != nil {
		return err
	}
	if len(value) > MaxStateBytes {
		return fail(CodeTooLarge, nil, "the state %q has %d bytes, more than %d; the earlier value is kept", name, len(value), MaxStateBytes)
	}
	return b.s.change(func(batch *batch) error {
		there, err := b.present(batch, key)
		if err != nil {
			return err
		}
		if err := b.countStates(); err != nil {
			return err
		}
		switch {
		case value == nil && !there:
			return nil
		case value == nil:
			b.states--
			batch.add(op{key: key})
			return nil
		case !there && b.states >= MaxStates:
			return fail(CodeTooMany, nil, "this outbox keeps %d named values, the most it takes; %q was not stored", b.states, name)
		case !there:
			b.states++
		}
		batch.add(op{key: key, value: seal(key, value)})
		return nil
	})
}

// countStates runs in the writer, before the first change only.
func (b *box) countStates() error {
	if b.states >= 0 {
		return nil
	}
	n := 0
	from := boxKey(keyState, b.id)
	err := b.s.kv.scan(from, append(bytes.Clone(from), 0xff), true, func([]byte, []byte) bool { n++; return true })
	if err != nil {
		return fail(CodeDiskFailed, err, "the named values cannot be read; nothing was stored")
	}
	b.states = n
	return nil
}

func (b *box) LoadState(name string) (value []byte, err error) {
	key, err := b.stateKey(name)
	if err != nil {
		return nil, err
	}
	err = b.s.reading(func() error {
		sealed, err := b.s.kv.get(key)
		if err != nil {
			return err
		}
		if sealed == nil {
			return fail(CodeAbsent, nil, "this outbox keeps no value %q", name)
		}
		body, err := unseal(key, sealed)
		if err != nil {
			return fail(CodeDamaged, err, "the value %q is damaged; start it anew", name)
		}
		value = append([]byte{}, body...)
		return nil
	})
	return value, err
}
