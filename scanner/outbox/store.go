package outbox

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// Store is one open folder. It is safe for concurrent use.
type Store struct {
	opts Options
	kv   kv
	reg  *register

	queue chan *request
	wake  chan struct{}
	ended chan struct{} // closed when the writer has ended

	gate   sync.RWMutex // held for reading while a request is put in line
	closed bool         // under gate

	reads sync.RWMutex // held for reading while the kv is read
	over  bool         // under reads: the kv is closed

	boxMu    sync.Mutex
	boxes    map[Name]*box
	ids      map[Name]uint32
	installs map[string]string
	nextID   uint32

	flushMu sync.Mutex
	flush   []*box // boxes whose record the writer should write

	failed  atomic.Pointer[Error]
	commits atomic.Uint64
	rows    atomic.Uint64
}

func (o *Options) check() error {
	if o.Now == nil {
		return fail(CodeBadArgument, nil, "Options.Now is missing: hand in a clock; nothing was opened")
	}
	if o.FreeBytes == nil {
		return fail(CodeBadArgument, nil, "Options.FreeBytes is missing and not known on this system; nothing was opened")
	}
	if o.MaxWaiting < 0 || o.RingRows < 0 || o.RingAge < 0 {
		return fail(CodeBadArgument, nil, "Options has a negative bound; nothing was opened")
	}
	o.MaxWaiting = cmp.Or(o.MaxWaiting, MaxWaiting)
	o.RingRows = cmp.Or(o.RingRows, RingRows)
	o.RingAge = cmp.Or(o.RingAge, RingAge)
	o.Reserve = cmp.Or(o.Reserve, ReserveBytes)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

// Open opens the folder, making it when it is not there. It refuses with disk_full
// below FloorBytes of free disk, locked, newer_format, or damaged; it never
// changes a folder that it refuses.
func Open(dir string, opts Options) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fail(CodeDiskFailed, err, "the outbox folder %s cannot be made; nothing was changed", dir)
	}
	if opts.FreeBytes == nil {
		opts.FreeBytes = freeBytes(dir)
	}
	if err := opts.check(); err != nil {
		return nil, err
	}
	// Opening maps new files; on a full disk that is fatal.
	if free, err := opts.FreeBytes(); err != nil {
		return nil, fail(CodeDiskFailed, err, "the free space of %s cannot be told; nothing was changed", dir)
	} else if free < FloorBytes {
		return nil, errDiskFull(free, FloorBytes)
	}
	k, err := openBadger(dir, opts.Log)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "BOXES"), os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = errors.Join(syncDir(dir), syncDir(filepath.Dir(dir)))
	}
	if err != nil {
		return nil, errors.Join(openError(dir, err), k.close())
	}
	s, err := newStore(k, f, opts)
	if err != nil {
		return nil, errors.Join(err, k.close(), f.Close())
	}
	return s, nil
}

// newStore reads the indexes and starts the writer; opts are checked.
func newStore(k kv, f file, opts Options) (*Store, error) {
	reg, err := openRegister(f)
	if err != nil {
		return nil, fail(CodeDiskFailed, err, "the list of boxes cannot be read; nothing was changed")
	}
	s := &Store{
		opts: opts, kv: k, reg: reg,
		queue: make(chan *request, queueLength), wake: make(chan struct{}, 1), ended: make(chan struct{}),
		boxes: map[Name]*box{}, ids: map[Name]uint32{}, installs: map[string]string{},
	}
	if err := s.checkSchema(); err != nil {
		return nil, err
	}
	if err := s.loadIndex(); err != nil {
		return nil, fail(CodeDiskFailed, err, "the index of the outbox cannot be read; nothing was changed")
	}
	go s.write()
	return s, nil
}

func (s *Store) checkSchema() error {
	key := []byte{keySchema}
	value, err := s.kv.get(key)
	if err != nil && s.kv.damage() != nil {
		return nil // as a damaged value below
	}
	if err != nil {
		return fail(CodeDiskFailed, err, "the outbox cannot be read; nothing was changed")
	}
	if value == nil {
		if err := s.kv.commit([]op{{key: key, value: seal(key, []byte{schemaVersion})}}); err != nil {
			return fail(CodeDiskFailed, err, "the new outbox cannot be written")
		}
		return nil
	}
	// A damaged value is passed over: there is only one version so far.
	if body, err := unseal(key, value); err == nil && (len(body) != 1 || body[0] > schemaVersion) {
		return fail(CodeNewer, nil, "this outbox was written by a newer version of the program; nothing was changed, use that version")
	}
	return nil
}

// loadIndex reads which boxes and installs there are, from the store and from the
// register, either of which may have lost some.
func (s *Store) loadIndex() error {
	highest := uint32(0)
	for id, n := range s.reg.names {
		s.ids[n] = id
		highest = max(highest, id)
	}
	err := s.kv.scan([]byte{keyName}, []byte{keyName + 1}, false, func(key, value []byte) bool {
		n, ok := nameOf(key)
		body, err := unseal(key, value)
		if !ok || err != nil || len(body) != 4 {
			s.opts.Log.Error("outbox: a box's index entry is damaged", "device", n.Device, "install", n.Install)
			return true
		}
		id := be32(body)
		s.ids[n] = id
		highest = max(highest, id)
		return true
	})
	if err := s.tolerated(err); err != nil {
		return err
	}
	// Ids whose entries are lost altogether must not be given out again either.
	key, err := s.kv.last([]byte{keyRow}, []byte{keyRow + 1})
	if err := s.tolerated(err); err != nil {
		return err
	}
	if len(key) == 13 && be32(key[1:]) <= MaxBoxes {
		highest = max(highest, be32(key[1:]))
	}
	s.nextID = highest + 1
	return s.loadInstalls()
}

func (s *Store) loadInstalls() error {
	err := s.kv.scan([]byte{keyInstall}, []byte{keyInstall + 1}, false, func(key, value []byte) bool {
		if body, err := unseal(key, value); err == nil {
			s.installs[string(key[1:])] = string(body)
		} else {
			s.opts.Log.Error("outbox: an install entry is damaged", "device", string(key[1:]))
		}
		return true
	})
	// Where the entry is lost the newest box of the device tells.
	newest := map[string]uint32{}
	for n, id := range s.ids {
		if id > newest[n.Device] {
			newest[n.Device] = id
		}
	}
	for n, id := range s.ids {
		if _, known := s.installs[n.Device]; !known && newest[n.Device] == id {
			s.installs[n.Device] = n.Install
		}
	}
	return s.tolerated(err)
}

// tolerated passes over errors of reading damaged tables: what is lost with them
// shows elsewhere, by the register or by a seq without a row.
func (s *Store) tolerated(err error) error {
	if err != nil && s.kv.damage() != nil {
		s.opts.Log.Error("outbox: reading a damaged table", "error", err)
		return nil
	}
	return err
}

// Install returns the install id of the device in this folder; the first time it
// calls newID and stores the answer durably. newID must be random: a device whose
// folder was wiped must get another one.
func (s *Store) Install(device string, newID func() string) (string, error) {
	if err := checkName("device", device); err != nil {
		return "", err
	}
	s.boxMu.Lock()
	defer s.boxMu.Unlock()
	if id, ok := s.installs[device]; ok {
		return id, nil
	}
	if newID == nil {
		return "", fail(CodeBadArgument, nil, "the device %q has no install id yet and no way to make one was given", device)
	}
	id := newID()
	if err := checkName("install", id); err != nil {
		return "", err
	}
	key := append([]byte{keyInstall}, device...)
	if err := s.put(op{key: key, value: seal(key, []byte(id))}); err != nil {
		return "", err
	}
	s.installs[device] = id
	return id, nil
}

// Box returns the box of a device and install, making it when it is not there.
// The same names give the same Box.
func (s *Store) Box(device, install string) (Box, error) {
	if err := errors.Join(checkName("device", device), checkName("install", install)); err != nil {
		return nil, err
	}
	n := Name{Device: device, Install: install}
	s.boxMu.Lock()
	defer s.boxMu.Unlock()
	if b := s.boxes[n]; b != nil {
		return b, nil
	}
	if s.isClosed() {
		return nil, errClosed()
	}
	id, known := s.ids[n]
	if !known {
		if s.nextID > MaxBoxes {
			return nil, fail(CodeTooMany, nil, "this outbox folder holds %d boxes, the most it takes; use another folder", MaxBoxes)
		}
		id = s.nextID
	}
	b := &box{s: s, id: id, name: n}
	if !known {
		b.fresh()
		index, rec := nameKey(n), boxKey(keyRecord, id)
		// The register first: an id that only it knows is still never used twice.
		if err := s.reg.enter(id, n); err != nil {
			return nil, fail(CodeDiskFailed, err, "the new box cannot be written; nothing was stored")
		}
		s.nextID++
		var value [4]byte
		put32(value[:], id)
		if err := s.put(op{key: index, value: seal(index, value[:])}, op{key: rec, value: sealRecord(rec, &b.record)}); err != nil {
			return nil, err
		}
		s.ids[n] = id
	} else if err := s.reading(b.load); err != nil {
		return nil, err
	}
	s.boxes[n] = b
	return b, nil
}

// Boxes lists the boxes of this folder, sorted: a device that was paired again
// may have rows waiting under its earlier install.
func (s *Store) Boxes() []Name {
	s.boxMu.Lock()
	defer s.boxMu.Unlock()
	all := make([]Name, 0, len(s.ids))
	for n := range s.ids {
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b Name) int {
		return cmp.Or(strings.Compare(a.Device, b.Device), strings.Compare(a.Install, b.Install))
	})
	return all
}

// Stats returns counters since the store was opened.
func (s *Store) Stats() StoreStats {
	return StoreStats{Commits: s.commits.Load(), Rows: s.rows.Load(), Queued: len(s.queue)}
}

// Close finishes what stands in line, writes acknowledgements that are not yet
// written, and closes the folder. Below FloorBytes of free disk it answers
// disk_full and leaves the folder open and locked, everything stored being safe:
// call it again when there is room, or end the process.
func (s *Store) Close() error {
	s.gate.Lock()
	if !s.closed {
		s.closed = true
		close(s.queue)
	}
	s.gate.Unlock()
	<-s.ended
	s.reads.Lock()
	defer s.reads.Unlock()
	if s.over {
		return nil
	}
	if free, err := s.opts.FreeBytes(); err == nil && free < FloorBytes {
		return errDiskFull(free, FloorBytes)
	}
	s.over = true
	if err := errors.Join(s.kv.close(), s.reg.f.Close()); err != nil {
		return fail(CodeDiskFailed, err, "the outbox did not close cleanly; every row whose Append returned is safe")
	}
	return nil
}

func (s *Store) isClosed() bool {
	s.gate.RLock()
	defer s.gate.RUnlock()
	return s.closed
}

// reading runs f while the kv is open.
func (s *Store) reading(f func() error) error {
	s.reads.RLock()
	defer s.reads.RUnlock()
	if s.over {
		return errClosed()
	}
	err := f()
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return fail(CodeDiskFailed, err, "the outbox cannot be read; nothing was changed")
}

// checkName refuses names that could not stand in an identity device/install/seq.
func checkName(what, name string) error {
	bad := func(r rune) bool { return r == '/' || !unicode.IsPrint(r) }
	switch {
	case name == "":
		return fail(CodeBadArgument, nil, "the %s is empty; nothing was stored", what)
	case len(name) > MaxNameBytes:
		return fail(CodeBadArgument, nil, "the %s is longer than %d bytes; nothing was stored", what, MaxNameBytes)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, bad):
		return fail(CodeBadArgument, nil, "the %s %q holds a slash or a character that cannot be shown; nothing was stored", what, name)
	}
	return nil
}

// checkRow refuses what would not be one line of JSON lines.
func checkRow(data []byte) error {
	switch {
	case len(data) == 0:
		return fail(CodeBadRow, nil, "the row is empty; nothing was stored")
	case len(data) > MaxRowBytes:
		return fail(CodeTooLarge, nil, "the row has %d bytes, more than the %d that one may have; nothing was stored: split it", len(data), MaxRowBytes)
	case bytes.IndexByte(data, '\n') >= 0:
		return fail(CodeBadRow, nil, "the row holds a line feed; nothing was stored: write the JSON on one line")
	}
	return nil
}

var _ file = (*os.File)(nil)
var _ io.ReaderAt = (file)(nil)
