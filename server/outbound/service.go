package outbound

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base32"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"bayledger/server/access"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
)

// whose is by whose rights something is seen.
type whose = access.Principal

// People are who has rights now.
type People interface {
	// Standing is what somebody may, by their name; ok is false for who may nothing.
	Standing(name string) (p access.Principal, ok bool)
}

// Options of a service. Book, Disk and People are needed.
type Options struct {
	Book   *book.Book
	Disk   Disk
	People People
	Log    *slog.Logger     // default: nothing is logged
	Now    func() time.Time // default time.Now
	Random io.Reader        // default crypto/rand.Reader
	Allow  []netip.Prefix   // private networks that webhooks may go to, plainly too
	TLS    *tls.Config      // of requests; nil: the machine's roots
	// Mail sends letters, From is whose; nil: no mail is sent, nobody is told of alerts, and
	// letters that are kept wait.
	Mail Mailer
	From string
	// Reporter makes scheduled reports; nil: there are none.
	Reporter Reporter
}

// Totals count what became of messages since the start.
type Totals struct {
	Delivered, Failed, Disabled uint64
	// Mailed letters were taken by the mail server, Refused are tries that were not, Unsent
	// are letters that were given up or found no room.
	Mailed, Refused, Unsent uint64
}

// Service tells the outside. Make one with Open.
type Service struct {
	opts   Options
	guard  guard
	client *http.Client

	mu        sync.Mutex // guards what follows, and the workers' fields
	endpoints map[string]*worker
	totals    Totals
	running   context.Context // nil: Run was not called

	subscriptions map[string]*Subscription
	contacts      map[string]*Contact
	notices       map[string]*notices
	sent          map[string][]time.Time // letters about alerts of the last hour, by person
	told          uint64                 // the entry up to which alerts were told
	toldKept      time.Time              // when that was stored
	letters       []*Letter
	lastLetter    uint64
	schedules     map[string]*Schedule

	news, mail, heard, due chan struct{} // one note in each: there is something new
	group                  sync.WaitGroup
}

// Open reads what is set up. Errors: the disk's, DamagedError.
func Open(o Options) (*Service, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	s := &Service{opts: o, guard: guard{o.Allow}, endpoints: map[string]*worker{},
		subscriptions: map[string]*Subscription{}, contacts: map[string]*Contact{}, notices: map[string]*notices{}, sent: map[string][]time.Time{}, schedules: map[string]*Schedule{},
		news: make(chan struct{}, 1), mail: make(chan struct{}, 1), heard: make(chan struct{}, 1), due: make(chan struct{}, 1)}
	s.client = s.guard.client(o.TLS)
	for _, load := range []func() error{s.loadEndpoints, s.loadPeople, s.loadLetters, s.loadSchedules} {
		if err := load(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Run sends until ctx ends, and returns once nothing is under way any more. It is
// called once.
func (s *Service) Run(ctx context.Context) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	stop := s.opts.Book.Feed().Watch(func() { note(s.news) }) // on the goroutine that announces
	defer stop()
	s.mu.Lock()
	s.running = ctx
	for _, w := range s.endpoints {
		s.start(w)
	}
	s.mu.Unlock()
	for _, work := range []func(context.Context){s.spread, s.notify, s.sendLetters, s.keepSchedules} {
		s.group.Add(1)
		go func() {
			defer s.group.Done()
			work(ctx)
		}()
	}
	<-ctx.Done()
	s.mu.Lock()
	s.running = nil // none is started any more
	s.mu.Unlock()
	s.group.Wait()
	s.client.CloseIdleConnections()
}

// spread tells all who work that there is something new, until its context ends.
func (s *Service) spread(ctx context.Context) {
	for {
		select {
		case <-s.news:
		case <-ctx.Done():
			return
		}
		s.mu.Lock()
		for _, w := range s.endpoints {
			w.kick()
		}
		s.mu.Unlock()
		note(s.heard)
	}
}

// note leaves a note where none lies yet.
func note(to chan struct{}) {
	select {
	case to <- struct{}{}:
	default: // it has been told already
	}
}

func (s *Service) count(fn func(*Totals)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn(&s.totals)
}

// Status is how what goes out does.
type Status struct {
	Totals
	Endpoints, Failing int
	Off                int         // endpoints that are disabled
	Since              ledger.Time // since when the one that fails longest does; 0: none fails
	Behind             uint64      // entries, of the one that is most behind
	Letters            int         // that wait
	Oldest             ledger.Time // when the one that waits longest was written; 0: none waits
}

// Status returns how what goes out does, for the metrics.
func (s *Service) Status() Status {
	head := s.opts.Book.Head()
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Status{Totals: s.totals, Endpoints: len(s.endpoints), Letters: len(s.letters)}
	for _, l := range s.letters {
		if st.Oldest == 0 || l.Created < st.Oldest {
			st.Oldest = l.Created
		}
	}
	for _, w := range s.endpoints {
		if w.e.Disabled != "" {
			st.Off++
			continue
		}
		st.Behind = max(st.Behind, head-min(head, w.cursor.N))
		if f := w.cursor.Failing; f != 0 {
			st.Failing++
			if st.Since == 0 || f < st.Since {
				st.Since = f
			}
		}
	}
	return st
}

func (s *Service) now() ledger.Time { return ledger.TimeOf(s.opts.Now()) }

// newID makes a name that says nothing.
func (s *Service) newID(prefix string) (string, error) {
	var b [10]byte
	if _, err := io.ReadFull(s.opts.Random, b[:]); err != nil {
		return "", fmt.Errorf("no name could be made: %w", err)
	}
	return prefix + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(b[:])), nil
}
