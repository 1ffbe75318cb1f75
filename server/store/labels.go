package store

import (
	"bayledger/labels/queue"
)

// prefixLabels is before the print queue's own keys: 'kp' print jobs, labels and
// printers, 'kn' number ranges (labels/queue has their form).
const prefixLabels = "k"

// LabelRows is the print queue's disk.
type LabelRows struct{ shelf }

var _ queue.Disk = (*LabelRows)(nil)

// Labels gives the rows of the print queue. One queue at a time may have them.
func (s *Store) Labels() *LabelRows { return &LabelRows{shelf{s.db, prefixLabels, "the print queue"}} }

// Commit implements queue.Disk.
func (r *LabelRows) Commit(c queue.Changes) error { return r.write(c.Put, c.Delete) }
