package socket

import (
	"encoding/binary"
	"sync"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// framer joins messages into a frame: one as it is, several as an array. A lone
// message that others may share stays where it is; all else is put together in
// memory that is used again, behind room for the frame's header.
type framer struct {
	pool   *sync.Pool // of *[]byte
	shared []byte     // the only message, if it came from elsewhere
	own    *[]byte    // header's room, room for a bracket, messages; nil while there is none
	count  int
}

// frameHead is the longest header of a server's frame.
const frameHead = 10

// maxPooled bounds the memory that one large frame leaves for those after it.
const maxPooled = 64 << 10

// add adds a message, which is not changed.
func (f *framer) add(message []byte) {
	if f.count++; f.count == 1 {
		f.shared = message
		return
	}
	f.begin()
	*f.own = append(*f.own, message...)
}

// begin makes room for one more message after those that are there.
func (f *framer) begin() {
	if f.own == nil {
		f.own = f.pool.Get().(*[]byte)
		*f.own = append((*f.own)[:0], make([]byte, frameHead+1)...)
		if f.shared != nil {
			*f.own = append(*f.own, f.shared...)
			f.shared = nil
		}
	}
	if f.count > 1 {
		*f.own = append(*f.own, ',')
	}
}

// addAck adds results as one message.
func (f *framer) addAck(through uint64, results []ledger.Result) {
	f.count++
	f.begin()
	*f.own = wire.AppendAck(*f.own, through, results)
}

func (f *framer) empty() bool { return f.count == 0 }

// size is how many bytes the frame has so far.
func (f *framer) size() int {
	if f.own == nil {
		return len(f.shared)
	}
	return len(*f.own) - frameHead
}

// body returns the frame's payload and, where it lies in the framer's own memory,
// where it begins there.
func (f *framer) body() (payload []byte, start int) {
	if f.own == nil {
		return f.shared, 0
	}
	start = frameHead + 1
	if f.count > 1 && (*f.own)[frameHead] != '[' {
		start = frameHead
		(*f.own)[frameHead] = '['
		*f.own = append(*f.own, ']')
	}
	return (*f.own)[start:], start
}

// recode turns the frame into CBOR. Errors: those of the codec.
func (f *framer) recode() error {
	payload, _ := f.body()
	coded := f.pool.Get().(*[]byte)
	var err error
	*coded, err = wire.AppendCBOR(append((*coded)[:0], make([]byte, frameHead+1)...), payload)
	f.release()
	f.own, f.shared, f.count = coded, nil, 1
	return err
}

// whole returns the frame with its header.
func (f *framer) whole(kind byte) []byte {
	if f.own == nil { // a message from elsewhere has no room before it
		only := f.shared
		f.shared = nil
		f.begin()
		*f.own = append(*f.own, only...)
	}
	payload, start := f.body()
	return (*f.own)[putHead((*f.own)[:start], kind, len(payload)):]
}

// putHead writes the header of a whole frame of size bytes to the end of room and
// returns where it begins.
func putHead(room []byte, kind byte, size int) (start int) {
	be := binary.BigEndian
	end := len(room)
	switch {
	case size < 126:
		start = end - 2
		room[start+1] = byte(size)
	case size < 1<<16:
		start = end - 4
		room[start+1] = 126
		be.PutUint16(room[start+2:], uint16(size))
	default:
		start = end - 10
		room[start+1] = 127
		be.PutUint64(room[start+2:], uint64(size))
	}
	room[start] = 0x80 | kind // whole
	return start
}

// release gives the frame's memory back.
func (f *framer) release() {
	if f.own != nil && cap(*f.own) <= maxPooled {
		f.pool.Put(f.own)
	}
	f.own, f.shared, f.count = nil, nil, 0
}
