package book

import (
	"sync/atomic"
	"time"
)

// Whoever scans now waits for the piece of a backlog that is being decided. A move from
// shelf to shelf takes some 10 us, a removal that is hours late many times that: so a
// piece is as many scans as took pieceTime of late, and not a number.
const (
	pieceTime  = time.Millisecond
	pieceLeast = 16  // fewer cost more for their taking, acks and wakes than for their deciding
	pieceMost  = 100 // with more, those who come home together would wait long for their turns
	// pieceWeight is the part that the newest piece has in what is remembered: one that
	// met a pause of the machine must not make those behind it small.
	pieceWeight = 8
)

// piece remembers how long scans of backlogs take. Its zero value knows none.
type piece struct{ each atomic.Int64 } // ns

// took notes how long so many scans took. The writer alone calls it.
func (p *piece) took(scans int, took time.Duration) {
	each, known := max(0, int64(took))/int64(scans), p.each.Load()
	if known == 0 {
		known = each
	}
	p.each.Store(known + (each-known)/pieceWeight)
}

// size is how many scans a piece has.
func (p *piece) size() int {
	each := p.each.Load()
	if each <= 0 {
		return pieceMost
	}
	return int(min(pieceMost, max(pieceLeast, int64(pieceTime)/each)))
}

// Piece returns how many scans of a backlog should be submitted together, so that
// whoever scans now does not wait long for them: as many as took a millisecond of late.
func (b *Book) Piece() int { return b.piece.size() }
