package journal

import (
	"slices"
	"sync"
)

// The cache keeps blocks that Find has decoded: a device that resends what it
// has sent asks for hundreds of identities in the same few blocks.
const (
	cacheBlocks = 32 // looked through one by one
	cacheBytes  = 16 << 20
)

// blockCache is a list of blocks, the one used last at the end.
type blockCache struct {
	mu     sync.Mutex
	blocks []*Block
	bytes  int
}

func (c *blockCache) get(first uint64) *Block {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.blocks) - 1; i >= 0; i-- {
		if b := c.blocks[i]; b.First == first {
			copy(c.blocks[i:], c.blocks[i+1:])
			c.blocks[len(c.blocks)-1] = b
			return b
		}
	}
	return nil
}

func (c *blockCache) put(b *Block) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.blocks, func(have *Block) bool { return have.First == b.First }) {
		return
	}
	c.blocks = append(c.blocks, b)
	c.bytes += b.footprint()
	out := 0
	for out < len(c.blocks)-1 && (c.bytes > cacheBytes || len(c.blocks)-out > cacheBlocks) {
		c.bytes -= c.blocks[out].footprint()
		out++
	}
	c.blocks = slices.Delete(c.blocks, 0, out)
}
