package outbox

import (
	"bytes"
	"reflect"
	"testing"
	"time"
)

func TestRecordRoundTrip(t *testing.T) {
	key := boxKey(keyRecord, 7)
	for _, r := range []record{
		{low: 1},
		{acked: 9, peak: 12, low: 3},
		{acked: 9, peak: 9, low: 10, marks: []mark{{at: -5, through: 4}, {at: 1 << 50, through: 9}}, holes: []Range{{From: 2, Through: 2}, {From: 5, Through: MaxSeq}}},
	} {
		got, err := unsealRecord(key, sealRecord(key, &r))
		if err != nil || !reflect.DeepEqual(*got, r) {
			t.Errorf("%+v came back as %+v, %v", r, got, err)
		}
	}
}

func TestEveryFlippedBitShows(t *testing.T) {
	key := seqKey(keyRow, 1, 41)
	good := sealRow(key, time.UnixMicro(1700000000000000), 99, []byte(`{"seq":41}`))
	for i := range len(good) * 8 {
		bad := bytes.Clone(good)
		bad[i/8] ^= 1 << (i % 8)
		if _, _, _, err := unsealRow(key, bad); err == nil {
			t.Errorf("bit %d flipped and not seen", i)
		}
	}
	if _, _, _, err := unsealRow(seqKey(keyRow, 1, 42), good); err == nil {
		t.Error("a row under another seq's key is taken")
	}
	if at, total, data, err := unsealRow(key, good); err != nil || total != 99 || at.UnixMicro() != 1700000000000000 || string(data) != `{"seq":41}` {
		t.Errorf("%v %d %q %v", at, total, data, err)
	}
}

// FuzzDecoders: no stored bytes, with a right checksum or not, may panic a decoder,
// and what decodes must encode to the same.
func FuzzDecoders(f *testing.F) {
	key := boxKey(keyRecord, 1)
	f.Add(key, sealRecord(key, &record{acked: 9, peak: 9, low: 3, marks: []mark{{1, 9}}, holes: []Range{{4, 5}}})[envelope:])
	f.Add(nameKey(Name{"H-01", "k3f9"}), []byte{0, 0, 0, 1})
	f.Add(seqKey(keyRow, 1, 2), make([]byte, rowHead+2))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, key, body []byte) {
		for _, value := range [][]byte{body, seal(key, body)} {
			if r, err := unsealRecord(key, value); err == nil && !bytes.Equal(sealRecord(key, r), value) {
				t.Errorf("record %+v encodes differently", r)
			}
			if at, total, data, err := unsealRow(key, value); err == nil && !bytes.Equal(sealRow(key, at, total, data), value) {
				t.Errorf("row encodes differently")
			}
			if at, outcome, err := unsealNote(key, value); err == nil && !bytes.Equal(sealNote(key, at, outcome), value) {
				t.Errorf("note encodes differently")
			}
		}
		if n, ok := nameOf(key); ok && key[0] == keyName && len(n.Device) < 256 && !bytes.Equal(nameKey(n), key) {
			t.Errorf("name %+v encodes differently", n)
		}
		seqOf(key)
		decodeSlot(1, body)
		slot := make([]byte, slotBytes)
		copy(slot, body)
		decodeSlot(1, slot)
	})
}
