package journal

import "bayledger/sync/ledger"

// Block is a stored batch, ready to be sent on. Entries are in one piece of
// memory, joined by commas, so that a run of them is a JSON array's inside.
type Block struct {
	First, Last uint64
	BookedAt    ledger.Time
	Prev        [32]byte // hash of entry First-1, zero for First 1
	Head        [32]byte // hash of entry Last
	joined      []byte
	ends        []uint32 // end of each entry in joined
	records     []Record // without JSON; see Record
}

// NewBlock joins records into a block, for the feed to send what has just been
// stored without reading it back.
func NewBlock(b *Batch, prev [32]byte) *Block {
	size := 0
	for i := range b.Records {
		size += len(b.Records[i].JSON) + 1
	}
	blk := &Block{
		First: b.First, Last: b.First + uint64(len(b.Records)) - 1, BookedAt: b.BookedAt, Prev: prev, Head: b.Head,
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

// JoinedBlock is NewBlock for a batch whose entries the caller has joined by
// commas already; ends says where each one ends. The block keeps both.
func JoinedBlock(b *Batch, prev [32]byte, joined []byte, ends []uint32) *Block {
	return &Block{
		First: b.First, Last: b.First + uint64(len(b.Records)) - 1, BookedAt: b.BookedAt, Prev: prev, Head: b.Head,
		joined: joined, ends: ends, records: b.Records,
	}
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

// Bytes is what MaxBatchBytes bounds: all that the batch carries, and a little
// for each record, row and append.
func (b *Batch) Bytes() int {
	const perRecord, perRow = 48, 16 // their private parts and lengths, at most
	n := len(b.Records)*perRecord + (len(b.Rows)+len(b.Appends))*perRow
	for i := range b.Records {
		r := &b.Records[i]
		n += len(r.JSON) + len(r.Stamp) + len(r.ID.Device) + len(r.ID.Install)
	}
	for i := range b.Rows {
		n += len(b.Rows[i].Key) + len(b.Rows[i].Value)
	}
	for i := range b.Appends {
		n += len(b.Appends[i].Key) + len(b.Appends[i].Value)
	}
	return n
}

// find returns where in the block the record of an identity is, -1 if nowhere.
func (b *Block) find(id ledger.Identity) int {
	for i := range b.records {
		if b.records[i].ID == id {
			return i
		}
	}
	return -1
}

// footprint is roughly what the block takes in memory.
func (b *Block) footprint() int {
	const perRecord = 112 + 4 // a Record and its end
	return len(b.joined) + len(b.records)*perRecord
}

// scans counts the entries that have an identity.
func (b *Batch) scans() (n int) {
	for i := range b.Records {
		if b.Records[i].ID.Seq != 0 {
			n++
		}
	}
	return n
}
