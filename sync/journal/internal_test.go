package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"bayledger/sync/ledger"
)

// TestDirty compares the set of changed rows with a map and a list.
func TestDirty(t *testing.T) {
	const seed = 1
	rng := rand.New(rand.NewPCG(seed, 0))
	d := newDirty()
	type state struct {
		value   string
		deleted bool
		since   uint64
	}
	model := map[string]state{}
	var order []string
	for n := uint64(1); n < 3_000; n++ {
		var rows []Row
		for range rng.IntN(70) {
			row := Row{Key: fmt.Appendf(nil, "k%d", rng.IntN(5_000))}
			if rng.IntN(5) > 0 {
				row.Value = bytes.Repeat([]byte{'v'}, rng.IntN(40))
			}
			rows = append(rows, row)
			old, had := model[string(row.Key)]
			if !had {
				old.since = n
				order = append(order, string(row.Key))
			}
			model[string(row.Key)] = state{string(row.Value), row.Value == nil, old.since}
		}
		d.apply(n, rows)
		for range rng.IntN(80) {
			row := d.oldest()
			if row == nil {
				break
			}
			want := model[order[0]]
			if string(row.key()) != order[0] || string(row.value()) != want.value || row.deleted != want.deleted || row.since != want.since {
				t.Fatalf("seed %d, %d: the oldest is %q = %q since %d, want %q, %+v", seed, n, row.key(), row.value(), row.since, order[0], want)
			}
			delete(model, order[0])
			order = order[1:]
			d.pop()
		}
		if d.len() != len(model) || (len(model) == 0) != (d.bytes == 0) {
			t.Fatalf("seed %d, %d: %d rows of %d bytes, want %d rows", seed, n, d.len(), d.bytes, len(model))
		}
	}
	want := slices.Sorted(maps.Keys(model))
	for i, row := range d.sorted() {
		if string(row.key()) != want[i] || string(row.value()) != model[want[i]].value {
			t.Fatalf("row %d in order is %q, want %q", i, row.key(), want[i])
		}
	}
}

// TestSorted compares the memory journal's map with Go's.
func TestSorted(t *testing.T) {
	const seed = 2
	rng := rand.New(rand.NewPCG(seed, 0))
	var s sorted
	model := map[string][]byte{}
	for range 20_000 {
		key := fmt.Sprint(rng.IntN(2_000))
		if rng.IntN(3) == 0 {
			s.remove(key)
			delete(model, key)
			continue
		}
		model[key] = []byte(key)
		s.put(key, []byte(key))
	}
	keys := slices.Sorted(maps.Keys(model))
	for at := range 2_000 {
		key := fmt.Sprint(at)
		i, exact := slices.BinarySearch(keys, key)
		if _, found := s.get(key); found != exact {
			t.Fatalf("seed %d: %q is there: %t, want %t", seed, key, found, exact)
		}
		up, after := i, i
		down, before := i-1, i-1
		if exact {
			down, after = i, i+1
		}
		for _, c := range []struct {
			down, inclusive bool
			want            int
		}{{false, true, up}, {false, false, after}, {true, true, down}, {true, false, before}} {
			got, _, found := s.seek(key, c.down, c.inclusive)
			if found != (c.want >= 0 && c.want < len(keys)) || (found && got != keys[c.want]) {
				t.Fatalf("seed %d: from %q, %+v: %q, %t", seed, key, c, got, found)
			}
		}
	}
}

func someBatch() *Batch {
	b := &Batch{First: 7, BookedAt: 1_772_442_904_120_000}
	for i := range 3 {
		var r Record
		r.JSON = fmt.Appendf(nil, `{"n":%d,"kind":"intent","hash":"%064x"}`, 7+i, i)
		r.ID.Device, r.ID.Install, r.ID.Seq = fmt.Sprintf("H-%d", i%2), "k1", uint64(40+i)
		r.Stamp = bytes.Repeat([]byte{byte(i)}, i)
		b.Records = append(b.Records, r)
	}
	b.Rows = []Row{{Key: []byte("a"), Value: []byte("1")}, {Key: []byte("b"), Value: nil}, {Key: []byte("c"), Value: []byte{}}}
	b.Appends = []Row{{Key: []byte("a"), Value: []byte("2")}, {Key: []byte("ab"), Value: []byte("3")}}
	return b
}

func encodeSome(e *encoder, b *Batch) []byte {
	var added additions
	e.number(b.Records)
	return e.encode(b, [32]byte{1}, added.gather(b.First, e.touch, b.Appends))
}

// FuzzBlock decodes any bytes as a block: as they are, and with the checksums
// set right so that what lies behind them is reached. Nothing may panic, and
// what comes out is bounded by what went in.
func FuzzBlock(f *testing.F) {
	var e encoder
	f.Add(bytes.Clone(encodeSome(&e, someBatch())))
	large := someBatch()
	large.Records[0].Stamp = bytes.Repeat([]byte("stamp"), 1_000)
	f.Add(bytes.Clone(encodeSome(&e, large)))
	f.Add([]byte(blockMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		decodeAny(t, data)
		if len(data) < headerSize {
			return
		}
		data = bytes.Clone(data)
		be := binary.BigEndian
		copy(data, blockMagic)
		data[4] = rowsOnly + data[4]%blockVersion
		body := data[headerSize:]
		rows := min(be.Uint32(data[92:]), uint32(len(body)))
		be.PutUint32(data[92:], rows)
		be.PutUint32(data[100:], sum32(0, body[:rows]))
		be.PutUint32(data[104:], uint32(len(body))-rows)
		be.PutUint32(data[112:], sum32(0, body[rows:]))
		data[5] = byte(partsOf(len(data)))
		be.PutUint32(data[116:], sum32(0, data[:116]))
		decodeAny(t, data)
	})
}

func decodeAny(t *testing.T, data []byte) {
	h, wrong := parseHeader(data)
	if wrong != "" {
		return
	}
	most := maxRatio*len(data) + maxSlack
	var d rowsDecoder
	if rows, appends, wrong := d.decode(&h, data); wrong == "" && (len(rows)+len(appends))*2 > most {
		t.Fatalf("%d rows and %d appends of %d bytes", len(rows), len(appends), len(data))
	}
	b, err := decodeBlock(&h, data)
	if err != nil {
		return
	}
	if len(b.joined) > most+ledger.HashTail*b.Len() || b.Len() != int(h.count) {
		t.Fatalf("%d entries, %d bytes of %d", b.Len(), len(b.joined), len(data))
	}
	total := 0
	for n := b.First; n <= b.Last; n++ {
		r := b.Record(n)
		total += len(r.JSON) + len(r.Stamp)
	}
	if total > most+ledger.HashTail*b.Len() || len(b.Span(b.First, b.Last)) != len(b.joined) {
		t.Fatalf("%d bytes of entries of %d", total, len(data))
	}
}

// FuzzKeys decodes any bytes as keys and small values; what is read is written
// the same.
func FuzzKeys(f *testing.F) {
	f.Add(blockKey(nil, 7), []byte("v"))
	f.Add(partKey(nil, 7, 3), appendMark(nil, 9))
	index := be64(deviceKey(nil, "H-1", "k"), 9)
	f.Add(index, append(be64(nil, 7), 1))
	body := appendTouch(appendTouch(make([]byte, segmentHead), touch{7, 9, 8}), touch{8, 10, 10})
	f.Add(index, be32(bytes.Clone(body), rowSum(index, body)))
	f.Fuzz(func(t *testing.T, key, value []byte) {
		if first, part, ok := parseBlockKey(key); ok && !bytes.Equal(partKey(nil, first, part), key) {
			t.Fatalf("the key %x is read as part %d of %d", key, part, first)
		}
		if touches, ok := parseIndex(nil, key, value, anySeq); ok {
			for _, one := range touches {
				if one.low > one.high {
					t.Fatalf("lowest %d, highest %d", one.low, one.high)
				}
			}
			if len(touches)*3 > len(value) {
				t.Fatalf("%d touches of %d bytes", len(touches), len(value))
			}
		}
		if name, p, ok := parseSegment(key, value); ok && len(name)+len(p.Bytes) > len(key)+len(value) {
			t.Fatalf("%d bytes of %d", len(p.Bytes), len(value))
		}
		_ = isAddition(&Row{Key: key, Value: value})
		if mark, ok := parseMark(value); ok && !bytes.Equal(appendMark(nil, mark), value) {
			t.Fatalf("the mark %x is read as %d", value, mark)
		}
		if row, ok := parseRow(key, value); ok && len(row) != len(value)-4 {
			t.Fatalf("the row %x is read as %x", value, row)
		}
	})
}
