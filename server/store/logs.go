package store

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
	"unicode"

	"bayledger/server/access"
	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
)

// Bounds of devices' logs.
const (
	// MaxLog is the size of one: a thousand lines and more, which is days of a device
	// that is well and hours of one that is not.
	MaxLog = 256 << 10
	// logsKept of a device: what it was like before and after something was mended.
	logsKept = 3
	// logsFor is how long one is kept. Nobody asks about last month, and what a device
	// did is not to be kept for ever.
	logsFor = 30 * 24 * time.Hour
)

// Log is a device's log as it was handed in, without its text.
type Log struct {
	ID      string      `json:"id"`
	At      ledger.Time `json:"at"`
	AskedBy string      `json:"asked_by"`
	AskedAt ledger.Time `json:"asked_at"`
	Bytes   int         `json:"bytes"`
	// Role and Roles are those of the pairing under which it was handed in: it tells of
	// where the device was then, and whoever reads it needs the right to there. Those of
	// earlier releases have none.
	Role  access.Role `json:"role,omitempty"`
	Roles string      `json:"roles,omitempty"`
}

// Grants are the roles by site of the pairing that a log is of.
func (l *Log) Grants() ledger.Grants {
	if g, ok := ledger.ParseGrants(l.Roles); ok && len(g) > 0 {
		return g
	}
	return ledger.GrantsEverywhere(string(l.Role))
}

// ofPairing fills in of which pairing a log is that does not say so: of the one of now, or
// else of one that nobody knows, and so of all sites.
func (l *Log) ofPairing(k *record) {
	switch {
	case l.Role != "":
	case k != nil && l.At > k.CreatedAt:
		l.Role, l.Roles = k.Role, k.grants.Text()
	default:
		l.Role = access.Floor
	}
}

// LogAsk is that somebody wants one.
type LogAsk struct {
	By string      `json:"by"`
	At ledger.Time `json:"at"`
}

// logShelf is what is known of a device's logs; their texts have rows of their own.
type logShelf struct {
	Asked *LogAsk `json:"asked,omitempty"`
	Last  uint64  `json:"last"` // numbers them
	Logs  []Log   `json:"logs"` // the oldest first
}

func (s *Store) loadLogs(device string, value []byte) error {
	shelf := new(logShelf)
	if json.Unmarshal(value, shelf) != nil {
		return fmt.Errorf("%w: logs of %q", ErrDamaged, device)
	}
	s.logs[device] = shelf
	return nil
}

// logKey is that of a text; a device's name has no slash.
func logKey(device, id string) string { return prefixLogText + device + "/" + id }

// AskForLog notes that somebody wants a device's log: it is told when it is connected, or
// comes, until it has handed one in. Asking again changes nothing; news is false then.
// Errors: a *ledger.Fault (not_found), Badger's.
func (s *Store) AskForLog(device, by string) (news bool, err error) {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	k, shelf := s.byName[device], s.logs[device]
	s.mu.RUnlock()
	if k == nil || k.RevokedAt != 0 {
		return false, noKey(device, "asked for")
	}
	if !k.handheld() {
		return false, &ledger.Fault{Code: ledger.NotAllowed, Field: "device", Message: "The key of " + ledger.Quote(device) + " is a program's, and no handheld's that keeps a log. Nothing was asked for."}
	}
	next := logShelf{}
	if shelf != nil {
		next = *shelf
	}
	if next.Asked != nil {
		return false, nil
	}
	c := change{}
	next.Asked = &LogAsk{By: by, At: s.now()}
	s.dropLogs(device, &next, c)
	return true, s.putLogs(device, &next, c)
}

// PutLog keeps the log that a device was asked for, as text: what is no UTF-8 in it, and
// what would steer a terminal, is a question mark. The oldest and those of long ago go. Errors: a *ledger.Fault (not_found: nobody asked;
// too_large), Badger's.
func (s *Store) PutLog(device string, text []byte) error {
	if len(text) > MaxLog {
		return &ledger.Fault{Code: ledger.TooLarge, Message: "The log is larger than 256 KiB. Nothing was kept; send its newest lines."}
	}
	text = readable(text)
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	k, shelf := s.byName[device], s.logs[device]
	s.mu.RUnlock()
	if k == nil || shelf == nil || shelf.Asked == nil {
		return &ledger.Fault{Code: ledger.NotFound, Message: "Nobody asked for a log of " + ledger.Quote(device) + ". Nothing was kept; a supervisor asks for it on the page of devices."}
	}
	next := logShelf{Last: shelf.Last + 1, Logs: slices.Clone(shelf.Logs)}
	log := Log{ID: strconv.FormatUint(next.Last, 10), At: s.now(), AskedBy: shelf.Asked.By, AskedAt: shelf.Asked.At, Bytes: len(text), Role: k.Role, Roles: k.grants.Text()}
	c := change{logKey(device, log.ID): packed(text)}
	next.Logs = append(next.Logs, log)
	s.dropLogs(device, &next, c)
	return s.putLogs(device, &next, c)
}

// endAsk adds to a pairing's change that nobody waits for a log any more, where the device
// is another site's now: whoever asked has no right to what it says from there. It returns
// what is known then; nil: what was.
func (s *Store) endAsk(old, fresh *record, with change) *logShelf {
	s.mu.RLock()
	shelf := s.logs[fresh.Device]
	s.mu.RUnlock()
	if old == nil || shelf == nil || shelf.Asked == nil || old.Role == fresh.Role && old.grants.Text() == fresh.grants.Text() {
		return nil
	}
	next := *shelf
	next.Asked = nil
	with[prefixLog+fresh.Device] = stored(&next)
	return &next
}

// dropLogs lets go of logs that are too many, or of too long ago.
func (s *Store) dropLogs(device string, next *logShelf, c change) {
	for len(next.Logs) > 0 && (len(next.Logs) > logsKept || s.overLog(&next.Logs[0])) {
		c[logKey(device, next.Logs[0].ID)] = nil
		next.Logs = next.Logs[1:]
	}
}

// dropOldLogs lets go of what nobody has looked at since: of devices that are asked no
// more, too.
func (s *Store) dropOldLogs() error {
	for device, shelf := range s.logs {
		next, c := *shelf, change{}
		if s.dropLogs(device, &next, c); len(c) == 0 {
			continue
		}
		if err := s.putLogs(device, &next, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) putLogs(device string, next *logShelf, c change) error {
	c[prefixLog+device] = stored(next)
	if err := s.commit(c); err != nil {
		return fmt.Errorf("what is known of logs of %s could not be stored: %w", device, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs[device] = next
	return nil
}

// overLog says whether a log is of too long ago to be shown.
func (s *Store) overLog(l *Log) bool { return s.now()-l.At > ledger.Time(logsFor.Microseconds()) }

// Logs returns a device's logs, the newest first, each with the roles of the pairing that
// it is of, and who waits for one; nil: nobody.
func (s *Store) Logs(device string) (logs []Log, asked *LogAsk) {
	s.mu.RLock()
	k, shelf := s.byName[device], s.logs[device]
	s.mu.RUnlock()
	if shelf == nil {
		return nil, nil
	}
	for i := len(shelf.Logs) - 1; i >= 0; i-- {
		if l := shelf.Logs[i]; !s.overLog(&l) {
			l.ofPairing(k)
			logs = append(logs, l)
		}
	}
	return logs, shelf.Asked
}

// LogText returns the text of a log. Errors: a *ledger.Fault (not_found), ErrDamaged,
// Badger's.
func (s *Store) LogText(device, id string) (text []byte, err error) {
	logs, _ := s.Logs(device)
	none := &ledger.Fault{Code: ledger.NotFound, Field: "id", Message: "There is no log " + ledger.Quote(id) + " of this device: the last 3 are kept, for 30 days. Nothing was read."}
	if !slices.ContainsFunc(logs, func(l Log) bool { return l.ID == id }) {
		return nil, none
	}
	err = s.db.View(func(txn *badger.Txn) error {
		item, err := txn.Get([]byte(logKey(device, id)))
		if err != nil {
			return err
		}
		return item.Value(func(value []byte) (err error) {
			text, err = unpacked(value)
			return err
		})
	})
	switch {
	case errors.Is(err, badger.ErrKeyNotFound):
		return nil, none
	case err != nil:
		return nil, fmt.Errorf("the log %s of %s could not be read: %w", id, device, err)
	}
	return text, nil
}

// readable is a text in which every character is one to be read. It is not longer.
func readable(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, bytes.ToValidUTF8(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("?")))
}

// packed is a text as it is stored; writing to memory does not fail.
func packed(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text)
	_ = w.Close()
	return b.Bytes()
}

func unpacked(value []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(value))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	text, err := io.ReadAll(io.LimitReader(r, MaxLog+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return text, nil
}
