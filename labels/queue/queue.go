package queue

import (
	"context"
	"encoding/binary"
	"log/slog"
	"slices"
	"sync"
	"time"

	"bayledger/labels/printer"
)

// Options of a queue. Document is needed; the zero value of each other has a
// default.
type Options struct {
	// Document makes what a printer is sent: labels of a job, each Copies times.
	Document func(j *Job, labels []Label, p *printer.Profile, format string) ([]byte, error)
	// Open gives a printer's driver; default printer.Open.
	Open func(p printer.Profile) printer.Driver
	Now  func() time.Time // default time.Now
	Log  *slog.Logger     // default: nothing is logged
	// Epoch names the books that the disk belongs to: another one than at the last
	// Open means a restored backup. "" is not looked at.
	Epoch string
	// Idle keeps jobs and sends nothing: for whoever only looks.
	Idle bool
}

// Queue is the print queue. Make one with Open, end it with Close.
type Queue struct {
	disk Disk
	opts Options

	commits sync.Mutex // whoever gives out numbers or changes printers; taken before mu

	mu       sync.Mutex // guards what follows
	last     uint64     // id of the newest job
	open     map[uint64]*Job
	printers map[string]printer.Profile
	chosen   map[string]string // by device
	workers  map[string]*worker
	watchers map[int]func(Job)
	nextWho  int
	closed   bool

	ctx     context.Context // ends when the queue closes
	cancel  context.CancelFunc
	quit    chan struct{} // closed when Close begins
	running sync.WaitGroup
}

// maxChosen bounds the devices whose printer is remembered.
const maxChosen = 50_000

// Open reads a disk and goes on with what is not finished. Errors: the disk's,
// ErrDamaged.
func Open(disk Disk, o Options) (*Queue, error) {
	if o.Open == nil {
		o.Open = func(p printer.Profile) printer.Driver { return printer.Open(p, printer.Times{}) }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	q := &Queue{disk: disk, opts: o, open: map[uint64]*Job{}, printers: map[string]printer.Profile{}, chosen: map[string]string{},
		workers: map[string]*worker{}, watchers: map[int]func(Job){}}
	if err := q.load(); err != nil {
		return nil, err
	}
	if err := q.enterEpoch(o.Epoch); err != nil {
		return nil, err
	}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	q.quit = make(chan struct{})
	if !o.Idle {
		q.running.Go(q.tidy)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range q.open {
		q.kick(j.Printer)
	}
	return q, nil
}

func (q *Queue) load() error {
	err := q.disk.Scan(keyPrinter, "", false, func(key string, value []byte) (bool, error) {
		p, err := decode[printer.Profile](value, key)
		q.printers[p.Name] = p
		return true, err
	})
	if err != nil {
		return err
	}
	err = q.disk.Scan(keyChosen, "", false, func(key string, value []byte) (bool, error) {
		q.chosen[key[len(keyChosen):]] = string(value)
		return true, nil
	})
	if err != nil {
		return err
	}
	// What is not finished has a row beside the job's, so that a start reads nothing
	// of what was printed long ago.
	err = q.disk.Scan(keyOpen, "", false, func(key string, _ []byte) (bool, error) {
		id := binary.BigEndian.Uint64([]byte(key[len(keyOpen):]))
		j, err := q.read(id)
		if err == nil {
			q.open[id] = j
		}
		return true, err
	})
	if err != nil {
		return err
	}
	return q.disk.Scan(keyJob, "", true, func(key string, _ []byte) (bool, error) {
		q.last = binary.BigEndian.Uint64([]byte(key[len(keyJob):]))
		return false, nil
	})
}

// keyOpen marks jobs that are not finished.
const keyOpen = "po"

func openKey(id uint64) string { return string(binary.BigEndian.AppendUint64([]byte(keyOpen), id)) }

// Close stops taking work, lets pieces that are on their way end until ctx does,
// and returns. What is then not finished goes on after the next Open.
func (q *Queue) Close(ctx context.Context) {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return
	}
	q.closed = true
	close(q.quit)
	for _, w := range q.workers {
		w.wakeUp()
	}
	q.mu.Unlock()
	done := make(chan struct{})
	go func() { q.running.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		q.cancel()
		<-done
	}
	q.cancel()
}

// read reads a job's row.
func (q *Queue) read(id uint64) (*Job, error) {
	value, err := q.disk.Get(jobKey(id))
	if err != nil {
		return nil, err
	}
	if value == nil {
		return nil, fault(NotFound, "id", "There is no print job %d.", id)
	}
	j, err := decode[Job](value, jobKey(id))
	return &j, err
}

// labels reads labels of a job, from one up to another.
func (q *Queue) labels(id uint64, from, to int) ([]Label, error) {
	out := make([]Label, 0, to-from)
	for n := from; n < to; n++ {
		value, err := q.disk.Get(labelKey(id, n))
		if err != nil {
			return nil, err
		}
		l, err := decode[Label](value, labelKey(id, n))
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// put writes a job's row with other changes. An error leaves all as it was.
func (q *Queue) put(j *Job, c Changes) error {
	j.Changed = q.opts.Now().UTC()
	value, err := row(j)
	if err != nil {
		return err
	}
	c.put(jobKey(j.ID), value)
	if j.State.Final() {
		c.Delete = append(c.Delete, openKey(j.ID))
	} else {
		c.put(openKey(j.ID), []byte{})
	}
	return q.disk.Commit(c)
}

// keep makes a job that was written the one in memory, and tells the watchers. The
// caller holds mu.
func (q *Queue) keep(j *Job) {
	if j.State.Final() {
		delete(q.open, j.ID)
	} else {
		q.open[j.ID] = j
	}
	for _, tell := range q.watchers {
		tell(*j)
	}
}

// Watch calls fn with every job that changes, after it was written. stop ends it.
func (q *Queue) Watch(fn func(Job)) (stop func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	who := q.nextWho
	q.nextWho++
	q.watchers[who] = fn
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.watchers, who)
	}
}

// Job gives a job and its labels.
func (q *Queue) Job(id uint64) (Job, []Label, error) {
	j, err := q.read(id)
	if err != nil {
		return Job{}, nil, err
	}
	labels, err := q.labels(id, 0, j.Labels)
	return *j, labels, err
}

// Filter says which jobs are wanted.
type Filter struct {
	State    State
	Printer  string
	Delivery string
	Device   string
}

func (f *Filter) wants(j *Job) bool {
	return (f.State == "" || j.State == f.State) && (f.Printer == "" || j.Printer == f.Printer) && (f.Delivery == "" || j.Delivery == f.Delivery) && (f.Device == "" || j.Device == f.Device)
}

// maxLooked bounds how many jobs one page looks through.
const maxLooked = 20_000

// List gives a page of jobs, the newest first, of those below an id (0: all), and
// the id to go on below; 0 where there are no more.
func (q *Queue) List(f Filter, below uint64, limit int) (out []Job, next uint64, err error) {
	after := ""
	if below > 0 {
		after = jobKey(below)
	}
	looked := 0
	err = q.disk.Scan(keyJob, after, true, func(key string, value []byte) (bool, error) {
		j, err := decode[Job](value, key)
		if err != nil {
			return false, err
		}
		if len(out) == limit || looked == maxLooked {
			return false, nil
		}
		looked++
		next = j.ID
		if f.wants(&j) {
			out = append(out, j)
		}
		return true, nil
	})
	if len(out) < limit && looked < maxLooked || next == 1 {
		next = 0
	}
	return out, next, err
}

// Waiting gives the jobs that are not finished, in their order.
func (q *Queue) Waiting() []Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := make([]Job, 0, len(q.open))
	for _, j := range q.open {
		out = append(out, *j)
	}
	slices.SortFunc(out, func(a, b Job) int { return int(a.ID) - int(b.ID) })
	return out
}
