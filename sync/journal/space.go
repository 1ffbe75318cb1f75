package journal

import "bayledger/sync/ledger"

// How long an answer about free disk stands. Between two looks at most
// spaceBytes and one batch are written, which is far below any reserve.
const (
	spaceAppends = 64
	spaceTime    = ledger.Time(1e6) // 1 s of the batches' own time
	spaceBytes   = 16 << 20
)

// space watches the disk's reserve.
type space struct {
	free    func() (uint64, error)
	reserve uint64
	appends int
	bytes   int
	at      ledger.Time
}

// check returns ErrFull if the reserve is touched.
func (s *space) check(at ledger.Time, bytes int) error {
	s.bytes += bytes
	since := at - s.at
	if s.appends > 0 && s.bytes < spaceBytes && since >= 0 && since < spaceTime {
		s.appends--
		return nil
	}
	free, err := s.free()
	if err == nil && free < s.reserve {
		s.appends = 0
		return ErrFull
	}
	s.appends, s.bytes, s.at = spaceAppends-1, 0, at
	return nil
}

// full looks anew.
func (s *space) full() bool {
	free, err := s.free()
	return err == nil && free < s.reserve
}
