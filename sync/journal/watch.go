package journal

import (
	"fmt"
	"strings"
)

// watch is Badger's logger. Badger tells of what it does in the background by its log
// alone: a table that could not be written, a commit of another room that was not
// synced. It then goes on. But a sync that has failed is not made good by the next
// one: the system takes what it could not write for written. A record of Badger's
// manifest, or of its log, would be missing in the middle, and everything behind it,
// though synced and acknowledged, could not be read after a power cut.
type watch struct {
	log    func(string, ...any)
	broken func(error)
}

func newWatch(o Options) *watch {
	w := &watch{log: o.Log, broken: o.Broken}
	if w.log == nil {
		w.log = func(string, ...any) {}
	}
	if w.broken == nil {
		w.broken = func(err error) { panic(err) }
	}
	return w
}

// How Badger's messages begin, or what is in them, where it could not write.
var cannotWrite = []string{"writeRequests: ", "error flushing memtable to disk", "LOG Compact FAILED", "While running doCompact"}

// A table that finds the disk full is written anew, under another name, as soon as
// there is room: nothing of the first try is used. Badger's manifest is not.
const (
	diskFull = "no space left on device"
	manifest = "MANIFEST"
)

func isBroken(message string) bool {
	for _, said := range cannotWrite {
		if !strings.Contains(message, said) {
			continue
		}
		again := strings.Contains(message, diskFull) && !strings.Contains(message, manifest) && said != cannotWrite[0]
		return !again
	}
	return false
}

func (w *watch) tell(format string, args []any) {
	message := strings.TrimSpace(fmt.Sprintf(format, args...))
	if isBroken(message) {
		w.broken(fmt.Errorf("%w: %s", ErrBroken, message))
	}
	w.log("badger: %s", message)
}

func (w *watch) Errorf(format string, args ...any)   { w.tell(format, args) }
func (w *watch) Warningf(format string, args ...any) { w.tell(format, args) }
func (w *watch) Infof(string, ...any)                {}
func (w *watch) Debugf(string, ...any)               {}
