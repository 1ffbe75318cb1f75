package journal

import (
	"errors"
	"testing"
)

// TestWatch: the messages are Badger's, as it writes them.
func TestWatch(t *testing.T) {
	for _, c := range []struct {
		message string
		broken  bool
	}{
		{"writeRequests: while syncing 00001.mem: input/output error", true},
		{"writeRequests: no space left on device", true},
		{"error flushing memtable to disk: sync /data/MANIFEST: input/output error, retrying", true},
		{"error flushing memtable to disk: write /data/MANIFEST: no space left on device, retrying", true},
		{"error flushing memtable to disk: while calling msync on /data/000004.sst: input/output error, retrying", true},
		{"error flushing memtable to disk: while calling msync on /data/000004.sst: no space left on device, retrying", false},
		{"[Compactor: 1] LOG Compact FAILED with error: input/output error: {}", true},
		{"While running doCompact: input/output error\n", true},
		{"MANIFEST delete: table 4 has already been removed", false},
	} {
		told, logged := error(nil), ""
		w := newWatch(Options{Broken: func(err error) { told = err }, Log: func(_ string, args ...any) { logged = args[0].(string) }})
		w.Warningf("%s", c.message)
		if errors.Is(told, ErrBroken) != c.broken || logged == "" {
			t.Errorf("%q: broken with %v, logged %q", c.message, told, logged)
		}
	}
}
