package journal

import (
	"bytes"
	"context"
)

// Rows reads ahead by so many chunks of so many rows: while the caller takes
// rows in, the next ones come out of the store, which at a start takes about as
// long.
const (
	chunkRows   = 512
	aheadChunks = 4
)

// Rows merges the runs with the changes that are in none yet.
func (c *core) Rows(ctx context.Context, fn func(key, value []byte) error) error {
	if err := c.readable(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	chunks := make(chan rowChunk, aheadChunks)
	go c.scanRows(ctx, chunks)
	m := merger{changed: c.dirty.sorted(), fn: fn}
	var err error
	for chunk := range chunks {
		if err == nil {
			if err = m.take(&chunk); err != nil {
				stop() // and let the scan end: its walk must not outlive this call
			}
		}
	}
	if err == nil {
		err = ctx.Err() // it may have ended the scan early
	}
	if err == nil {
		err = m.rest()
	}
	return err
}

// rowChunk is a run of checkpointed rows, copied; err ends the runs.
type rowChunk struct {
	bytes []byte
	ends  []int // of key, of value, of key …
	err   error
}

// scanRows sends all checkpointed rows until the context is done, and closes
// chunks.
func (c *core) scanRows(ctx context.Context, chunks chan<- rowChunk) {
	defer close(chunks)
	var chunk rowChunk
	send := func() bool {
		select {
		case chunks <- chunk:
			chunk = rowChunk{
				bytes: make([]byte, 0, cap(chunk.bytes)),
				ends:  make([]int, 0, 2*chunkRows),
			}
			return true
		case <-ctx.Done():
			return false
		}
	}
	err := c.eachRow(func(key, value []byte) (bool, error) {
		chunk.bytes = append(chunk.bytes, key...)
		chunk.ends = append(chunk.ends, len(chunk.bytes))
		chunk.bytes = append(chunk.bytes, value...)
		chunk.ends = append(chunk.ends, len(chunk.bytes))
		return len(chunk.ends) < 2*chunkRows || send(), nil
	})
	chunk.err = err
	send()
}

// eachRow calls fn for every checkpointed row, in the order of keys.
func (c *core) eachRow(fn func(key, value []byte) (bool, error)) error {
	m, err := startMerge(c.cursors(0, len(c.runs.list), c.runs.old))
	if err != nil {
		return err
	}
	for {
		row, err := m.next()
		if err != nil || row == nil {
			return err
		}
		if row.deleted {
			continue
		}
		if more, err := fn(row.key, row.value); err != nil || !more {
			return err
		}
	}
}

// merger gives rows to fn, those that changed since in their new state.
type merger struct {
	changed []*dirtyRow // in the order of keys
	fn      func(key, value []byte) error
}

func (m *merger) take(chunk *rowChunk) error {
	start := 0
	for i := 0; i < len(chunk.ends); i += 2 {
		middle, end := chunk.ends[i], chunk.ends[i+1]
		if err := m.row(chunk.bytes[start:middle:middle], chunk.bytes[middle:end:end]); err != nil {
			return err
		}
		start = end
	}
	return chunk.err
}

func (m *merger) row(key, value []byte) error {
	for len(m.changed) > 0 {
		switch order := bytes.Compare(m.changed[0].key(), key); {
		case order == 0:
			return m.give()
		case order > 0:
			return m.fn(key, value)
		}
		if err := m.give(); err != nil {
			return err
		}
	}
	return m.fn(key, value)
}

// give gives the next changed row, unless it was deleted.
func (m *merger) give() error {
	row := m.changed[0]
	m.changed = m.changed[1:]
	if row.deleted {
		return nil
	}
	return m.fn(row.key(), row.value())
}

func (m *merger) rest() error {
	for len(m.changed) > 0 {
		if err := m.give(); err != nil {
			return err
		}
	}
	return nil
}
