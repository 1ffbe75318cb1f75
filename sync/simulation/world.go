package simulation

import (
	"context"
	"fmt"

	"bayledger/sync/ledger"
)

// world is a script being played.
type world struct {
	script *Script
	o      Options
	report *Report
	d      dice
	srv    *server
	hands  []*handheld
	t      int64 // true time since the start
	skew   int64 // of the server's clock
	ids    map[int]ledger.Identity
	rows   map[ledger.Identity][]*row
	roles  map[string]*Hand  // by device
	said   map[string]string // the evidence under which an ask was shown, by the intent
	// unsteady are asks that were shown under more than one.
	unsteady []string
	tale     teller
	follow   *follower
	watch    [3]*watcher
	judge    *judge
	since    int // bursts since the books were last looked at
	step     int
}

func newWorld(s *Script, o Options) (*world, error) {
	w := &world{script: s, o: o, report: newReport(s), d: newDice(s.Config.Seed, streamNetwork+1000),
		ids: map[int]ledger.Identity{}, rows: map[ledger.Identity][]*row{}, roles: map[string]*Hand{}, said: map[string]string{}, tale: teller{out: o.Tell, start: s.Start}}
	var err error
	if w.srv, err = newServer(s.Start); err != nil {
		return nil, err
	}
	for i := range s.Hands {
		hand := &s.Hands[i]
		h := &handheld{Hand: hand, index: i, born: !hand.Unborn, install: fmt.Sprintf("i%d-0", i)}
		h.clock = clock{hand: hand, booted: s.Start - day}
		if hand.Paired > 0 {
			h.clock.contact(s.Start-hand.Paired, s.Start, s.Start-hand.Paired)
		}
		w.hands = append(w.hands, h)
		w.roles[hand.Device] = hand
	}
	w.follow = newFollower(w)
	for i := range w.watch {
		w.watch[i] = &watcher{}
	}
	w.judge = &judge{w: w}
	if err := w.srv.edit(s.Master); err != nil {
		return nil, err
	}
	return w, w.follow.read()
}

// now is the true time.
func (w *world) now() int64 { return w.script.Start + w.t }

// play carries out all steps, then brings everyone home.
func (w *world) play() error {
	steps := w.script.Steps
	var open []part
	for i := range steps {
		s := &steps[i]
		w.step = i
		if w.o.Progress != nil && i%256 == 0 {
			w.o.Progress(i, len(steps))
		}
		if !s.Join || (s.Kind != KindSend && s.Kind != KindCommand) {
			if err := w.deliver(open); err != nil {
				return err
			}
			open = nil
		}
		w.t = max(w.t, s.T)
		w.srv.now.Store(w.now() + w.skew)
		parts, err := w.do(s)
		if err != nil {
			return err
		}
		if open = append(open, parts...); sizeOf(open) > maxBurst {
			if err := w.deliver(open); err != nil {
				return err
			}
			open = nil
		}
	}
	if err := w.deliver(open); err != nil {
		return err
	}
	return w.home()
}

// maxBurst is how many scans reach the server together at most: far fewer than
// the book puts into one batch, so that a burst is one commit.
const maxBurst = 500

func sizeOf(parts []part) (n int) {
	for i := range parts {
		n += len(parts[i].rows)
	}
	return n
}

// do carries out one step; sends return what is to be delivered.
func (w *world) do(s *Step) ([]part, error) {
	if s.Hand < 0 || s.Hand >= len(w.hands) || s.Other < 0 || s.Other >= len(w.hands) {
		return nil, fmt.Errorf("step %d names a handheld that is not there", w.step)
	}
	h := w.hands[s.Hand]
	switch s.Kind {
	case KindCrash, KindFull, KindRoom, KindServer, KindEdit, KindRead, KindRestore:
		return nil, w.doServer(s)
	}
	if !h.born {
		return nil, nil
	}
	switch s.Kind {
	case KindScan:
		w.tale.scan(w, h, h.take(w, s.Scan))
	case KindCommand:
		if err := w.reach(h); err != nil {
			return nil, err
		}
		w.tale.scan(w, h, h.take(w, s.Scan))
		return w.send(h, &Step{Count: maxBurst})
	case KindSend:
		if err := w.reach(h); err != nil {
			return nil, err
		}
		return w.send(h, s)
	case KindAgain:
		return nil, w.again(h)
	case KindContact:
		w.tale.say(w, "%s connects%s", h.Device, map[string]string{FromStart: " and sends everything anew", FromUnacked: " and goes on after its last answer"}[s.From])
		return nil, h.contact(w, s.From)
	default:
		w.doDevice(h, s)
	}
	return nil, nil
}

// doDevice is what happens to a device alone.
func (w *world) doDevice(h *handheld, s *Step) {
	switch s.Kind {
	case KindCut:
		w.report.count("cuts", 1)
		h.online = false
		w.tale.say(w, "%s is cut off", h.Device)
	case KindBoot:
		w.report.count("device crashes", 1)
		h.clock.reboot(w.now())
		h.online = false
		w.tale.say(w, "%s crashes and starts again", h.Device)
	case KindClock:
		h.clock.jump(s.Jump)
		w.tale.say(w, "the clock of %s is set by %d s", h.Device, s.Jump/second)
	case KindImage:
		if !h.Stated {
			w.report.count("re-imaged devices", 1)
			h.image(w)
			w.tale.say(w, "%s is re-imaged; its install is now %s", h.Device, h.install)
		}
	case KindCopy:
		if other := w.hands[s.Other]; !other.born && !h.Stated {
			w.report.count("copied devices", 1)
			other.copyOf(h)
			w.tale.say(w, "a second handheld begins to use the identity of %s", h.Device)
		}
	case KindLose:
		w.lose(h)
	}
}

// lose damages the oldest row that the device has not sent yet.
func (w *world) lose(h *handheld) {
	for i, r := range h.box {
		if !r.acked && r.first == nil && r.scan != nil && i >= h.next && !h.Stated {
			h.box[i] = &row{id: r.id}
			w.forget(r)
			w.report.count("lost rows", 1)
			w.tale.say(w, "%s loses its scan %d", h.Device, r.id.Seq)
			return
		}
	}
}

// doServer is what happens to the server.
func (w *world) doServer(s *Step) error {
	switch s.Kind {
	case KindFull, KindRoom:
		w.srv.full.Store(s.Kind == KindFull)
		w.tale.say(w, "the server's disk is %s", map[Kind]string{KindFull: "full", KindRoom: "free again"}[s.Kind])
	case KindServer:
		w.skew += s.Jump
		w.tale.say(w, "the server's clock is set by %d s", s.Jump/second)
	case KindEdit:
		w.tale.edit(w, s.Patches)
		if err := w.srv.edit(s.Patches); err != nil {
			return err
		}
		return w.follow.read()
	case KindRead:
		return w.watch[s.Hand%len(w.watch)].read(w)
	case KindRestore:
		return w.restore(s.Back)
	case KindCrash:
		if s.Mode == CrashLost || s.Mode == CrashKept {
			w.srv.armed = s.Mode
			return nil
		}
		w.tale.say(w, "the server ends (%s) and starts again", s.Mode)
		w.offline()
		w.report.count("crashes "+s.Mode, 1)
		return w.afterRestart(w.srv.end(s.Mode == CrashClean))
	}
	return nil
}

// afterRestart looks at what a server that has just started says.
func (w *world) afterRestart(err error) error {
	if err != nil {
		return err
	}
	if err := w.follow.read(); err != nil {
		return err
	}
	return w.judge.books("after a restart")
}

func (w *world) restore(back int) error {
	w.tale.say(w, "the server is restored from a backup of %d bursts ago", back)
	w.offline()
	w.report.count("restores", 1)
	if err := w.srv.restore(back); err != nil {
		return err
	}
	head := w.srv.book.Head()
	for _, h := range w.hands {
		for _, r := range h.box {
			if r.first != nil && r.first.Entry > head {
				r.first, r.acked = nil, false
			}
		}
	}
	for _, rows := range w.rows {
		for _, r := range rows {
			if r.sealed && r.first != nil && r.first.Entry > head {
				r.first, r.acked = nil, false
			}
		}
	}
	w.follow = newFollower(w)
	for i := range w.watch {
		w.watch[i] = &watcher{}
	}
	w.follow.quiet = true
	err := w.afterRestart(nil)
	w.follow.quiet = false
	return err
}

func (w *world) offline() {
	for _, h := range w.hands {
		h.online = false
	}
}

func (w *world) reach(h *handheld) error {
	if h.online {
		return nil
	}
	w.tale.say(w, "%s connects", h.Device)
	return h.contact(w, FromServer)
}

func (s *server) lastSeq(device, install string) (uint64, error) {
	return s.book.LastSeq(context.Background(), device, install)
}
