package settle

import (
	"errors"
	"fmt"
	"testing"

	"bayledger/sync/ledger"
)

// A stamp that was kept reads back as it was; cut anywhere it is an error.
func TestStampsReadBack(t *testing.T) {
	s := world(t)
	for i, text := range []string{"add p=BOLT q=5 lot=L", "count p=OIL q=0.125 from=A-01 status=held", "move p=BOLT serial=S from=A-01 to=B-01", "add p=NUT", "pack p=BOLT package=P1", "pack package=P1 to=P2"} {
		d := s.say(uint64(i+1), text)
		kept := d.Stamp.AppendTo(nil)
		got, err := s.state.ReadStamp(kept)
		if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", d.Stamp) {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, d.Stamp)
		}
		for cut := range kept {
			if _, err := s.state.ReadStamp(kept[:cut]); !errors.Is(err, ledger.ErrRow) {
				t.Errorf("%s, cut at %d: %v", text, cut, err)
			}
		}
	}
}
