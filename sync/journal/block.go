package journal

// NewBlock joins records into a block, for the feed to send what has just been
// stored without reading it back.
func NewBlock(b *Batch, prev [32]byte) *Block {
	size := 0
	for i := range b.Records {
		size += len(b.Records[i].JSON) + 1
	}
	blk := &Block{
		First: b.First, Last: b.First + uint64(len(b.Records)) - 1, BookedAt: b.BookedAt, Prev: prev,
		joined:  make([]byte, 0, size),
		ends:    make([]uint32, len(b.Records)),
		records: b.Records,
	}
	for i := range b.Records {
		if i > 0 {
			blk.joined = append(blk.joined, ',')
		}
		blk.joined = append(blk.joined, b.Records[i].JSON...)
		blk.ends[i] = uint32(len(blk.joined))
	}
	return blk
}

// Len returns how many entries the block holds.
func (b *Block) Len() int { return len(b.ends) }

// Entry returns the JSON of entry n, which must lie in the block.
func (b *Block) Entry(n uint64) []byte { return b.Span(n, n) }

// Span returns the JSON of the entries from..to, joined by commas; both must lie
// in the block.
func (b *Block) Span(from, to uint64) []byte {
	start := uint32(0)
	if i := from - b.First; i > 0 {
		start = b.ends[i-1] + 1
	}
	return b.joined[start:b.ends[to-b.First]]
}

// Record returns entry n as stored.
func (b *Block) Record(n uint64) Record {
	r := b.records[n-b.First]
	r.JSON = b.Entry(n)
	return r
}
