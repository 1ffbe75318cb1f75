package simulation

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/simulation/oracle"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// entry is one line of the journal as a follower of the feed reads it.
type entry struct {
	N          uint64                  `json:"n"`
	Kind       ledger.Kind             `json:"kind"`
	BookedAt   ledger.Time             `json:"booked_at"`
	TEff       ledger.Time             `json:"t_eff"`
	Raw        jsontext.Value          `json:"intent"`
	Site       string                  `json:"site"`
	Edit       *ledger.Edit            `json:"edit"`
	Outcome    ledger.Outcome          `json:"outcome"`
	Code       ledger.Code             `json:"code"`
	Message    string                  `json:"message"`
	Moves      []ledger.Move           `json:"moves"`
	Exceptions []ledger.ExceptionEvent `json:"exceptions"`

	intent  ledger.Intent
	id      ledger.Identity
	record  journal.Record
	arrived ledger.Time
	epoch   string   // of the book then
	holds   []string // of a release without holds of its own: those it was stamped with
}

// follower follows the feed from the first entry to the last, through every
// restart, and keeps what the entries add up to: the second opinion that the
// book's state is held to.
type follower struct {
	w        *world
	head     uint64
	bookedAt []ledger.Time // of entry n at n-1
	entries  []*entry      // those of intents
	others   []*entry      // and the others but edits
	byID     map[ledger.Identity]*entry
	balances balances
	values   values
	perSite  bool // costs are pooled by site
	meanings meanings
	closings []closing
	settings []oracle.Setting
	recoded  []*entry                  // edits of barcodes and products that were there
	streams  map[[2]string]ledger.Time // t_eff of the last intent
	decimals map[string]int
	quiet    bool // reads again what was counted and told before
}

func newFollower(w *world) *follower {
	return &follower{w: w, byID: map[ledger.Identity]*entry{}, balances: balances{}, values: values{}, meanings: meanings{}, streams: map[[2]string]ledger.Time{}, decimals: map[string]int{}}
}

// read takes what the feed has since the last time.
func (f *follower) read() error {
	return feedFrom(f.w.srv, f.head, func(n uint64, text []byte, record journal.Record) error {
		if n != f.head+1 {
			return f.w.judge.fail(V6, "after entry %d the feed gave entry %d", f.head, n)
		}
		f.head = n
		return f.take(text, record)
	})
}

// feedFrom calls fn with the entries after one: from the ring, or, where it does
// not reach back so far, from the journal.
func feedFrom(s *server, after uint64, fn func(n uint64, text []byte, record journal.Record) error) error {
	feed := s.book.Feed()
	block := func(b *journal.Block) error {
		for n := max(after+1, b.First); n <= b.Last; n++ {
			if err := fn(n, b.Entry(n), b.Record(n)); err != nil {
				return err
			}
			after = n
		}
		return nil
	}
	for {
		chunk, head, ok := feed.Next(after)
		switch {
		case after >= head:
			return nil
		case ok:
			if err := block(chunk.Block); err != nil {
				return err
			}
		default:
			err := feed.Stored(context.Background(), after, func(b *journal.Block) (bool, error) { return true, block(b) })
			if err != nil {
				return err
			}
		}
	}
}

// startOf is how an entry's text begins.
func startOf(n uint64) []byte { return fmt.Appendf(nil, `{"n":%d,`, n) }

// take reads one entry.
func (f *follower) take(text []byte, record journal.Record) error {
	b := f.w.srv.burstOf(f.head)
	e := &entry{record: record, arrived: ledger.Time(b.now), epoch: b.epoch}
	if !bytes.HasPrefix(text, startOf(f.head)) {
		return f.w.judge.fail(V6, "entry %d begins with %.40s", f.head, text)
	}
	if err := json.Unmarshal(text, e); err != nil {
		return f.w.judge.fail(V6, "entry %d cannot be read: %v", f.head, err)
	}
	if n := len(f.bookedAt); n > 0 && e.BookedAt < f.bookedAt[n-1] {
		return f.w.judge.fail(V6, "entry %d was booked at %s, before the one it follows", e.N, e.BookedAt)
	}
	f.bookedAt = append(f.bookedAt, e.BookedAt)
	if !f.quiet {
		f.w.report.entry(e)
	}
	f.edit(e)
	if err := f.moves(e); err != nil {
		return err
	}
	if !f.quiet {
		f.w.tale.entry(f.w, e)
	}
	switch e.Kind {
	case ledger.KindIntent, ledger.KindDecision:
		return f.intent(e)
	case ledger.KindEdit:
	default:
		f.others = append(f.others, e)
	}
	return nil
}

// moves adds an entry's moves up, and proves that they leave nothing over (V1).
func (f *follower) moves(e *entry) error {
	for i := range e.Moves {
		if wrong := f.balances.move(&e.Moves[i], f.decimals); wrong != "" {
			return f.w.judge.fail(V1, "entry %d, move %d: %s", e.N, i+1, wrong)
		}
		if !f.values.move(&e.Moves[i], f.perSite) {
			return f.w.judge.fail(V1, "entry %d, move %d is worth %q", e.N, i+1, e.Moves[i].Value)
		}
	}
	return nil
}

// edit notes settings that the fold reads, with the moment from which they hold,
// and how finely products are counted.
func (f *follower) edit(e *entry) {
	if e.Edit == nil {
		return
	}
	at := int64(e.TEff)
	f.meant(e)
	for i, c := range e.Edit.Changes {
		switch {
		case i == 0 && c.Field == "code" && c.From == "":
			at = 0 // what something is made with, it has from the beginning
		case e.Edit.Entity == ledger.EntityProduct && c.Field == "decimals":
			f.decimals[e.Edit.Code] = int(c.To[0] - '0')
		case e.Edit.Entity == ledger.EntitySetting && c.Field == "pools":
			f.perSite = c.To == ledger.PoolsSite
			f.settings = append(f.settings, oracle.Setting{Name: "pools", Value: c.To})
		case c.Field == "costing":
			f.settings = append(f.settings, oracle.Setting{At: at, Name: "costing", Product: e.Edit.Code, Value: c.To})
		case c.Field == "loss" && e.Edit.Entity == ledger.EntityProduct:
			f.settings = append(f.settings, oracle.Setting{At: at, Name: "loss", Product: e.Edit.Code, Value: c.To})
		case c.Field != "negative":
		case e.Edit.Entity == ledger.EntityProduct:
			f.settings = append(f.settings, oracle.Setting{At: at, Name: "negative", Product: e.Edit.Code, Value: c.To})
		case e.Edit.Entity == ledger.EntitySite:
			f.settings = append(f.settings, oracle.Setting{At: at, Name: "negative", Site: e.Edit.Code, Value: c.To})
		}
	}
}

// meant notes edits that change what codes of goods mean.
func (f *follower) meant(e *entry) {
	made := e.Edit.Changes[0].Field == "code" && e.Edit.Changes[0].From == ""
	if !made && (e.Edit.Entity == ledger.EntityBarcode || e.Edit.Entity == ledger.EntityProduct) {
		f.recoded = append(f.recoded, e)
	}
}

// intent keeps an entry of an intent, and judges the moment it was given.
func (f *follower) intent(e *entry) error {
	if json.Unmarshal(e.Raw, &e.intent) != nil { // no intent in full, but whose it is can be read
		var who struct {
			Device  string `json:"device"`
			Install string `json:"install"`
			Seq     uint64 `json:"seq"`
			Site    string `json:"site"`
		}
		if err := json.Unmarshal(e.Raw, &who); err != nil {
			return f.w.judge.fail(V6, "the intent of entry %d cannot be read: %v", e.N, err)
		}
		e.intent = ledger.Intent{Device: who.Device, Install: who.Install, Seq: who.Seq, Site: who.Site}
	}
	e.id = e.intent.Identity()
	f.entries = append(f.entries, e)
	if err := f.kept(e); err != nil {
		return err
	}
	if old := f.byID[e.id]; old != nil {
		if e.Code == ledger.IdentityConflict {
			return nil
		}
		return f.w.judge.fail(V4, "scan %d of %s is booked twice, as entries %d and %d", e.id.Seq, e.id.Device, old.N, e.N)
	}
	f.byID[e.id] = e
	if e.intent.Action == ledger.ActionMap && booked(e.Outcome) {
		f.meanings.say(f.w.site(e), e)
	}
	if err := f.closed(e); err != nil {
		return err
	}
	return f.moment(e)
}

// kept checks which site an entry keeps: its device's, where its intent names none and
// that is not main.
func (f *follower) kept(e *entry) error {
	want := ""
	if site := f.w.site(e); e.intent.Site == "" && site != "main" {
		want = site
	}
	if e.Site != want {
		return f.w.judge.fail(W, "entry %d, scan %d of %s, keeps the site %q; its intent names %q, and its device is at %q", e.N, e.id.Seq, e.id.Device, e.Site, e.intent.Site, f.w.site(e))
	}
	return nil
}

// moment checks rule 3: capped at arrival, and on the socket floored by the
// scan before and by what the device had seen.
func (f *follower) moment(e *entry) error {
	hand := f.w.roles[e.id.Device]
	if hand == nil {
		return f.w.judge.fail(V6, "entry %d is of %q, which no one here is", e.N, e.id.Device)
	}
	want := e.intent.At
	if want == 0 || want > e.arrived {
		want = e.arrived
	}
	stream := [2]string{e.id.Device, e.id.Install}
	if !hand.Stated {
		want = max(want, f.streams[stream])
		if seen := e.intent.Seen; seen > 0 && seen < e.N && e.intent.Epoch == e.epoch {
			want = max(want, f.bookedAt[seen-1]+1)
		}
	}
	if e.intent.At != 0 { // what says no moment of its own is no floor for what waits behind it
		f.streams[stream] = max(f.streams[stream], e.TEff)
	}
	if want != e.TEff {
		return f.w.judge.fail(T3, "scan %d of %s, stated %s, arrived %s, was given the moment %s; rule 3 says %s",
			e.id.Seq, e.id.Device, e.intent.At, e.arrived, e.TEff, want)
	}
	return nil
}

// watcher is a screen that reads the feed now and then, and keeps what it read.
type watcher struct {
	after uint64
	text  []byte
}

func (x *watcher) read(w *world) error {
	return feedFrom(w.srv, x.after, func(n uint64, line []byte, _ journal.Record) error {
		if n != x.after+1 {
			return w.judge.fail(V6, "a watcher after entry %d was given entry %d", x.after, n)
		}
		x.after = n
		x.text = append(append(x.text, line...), '\n')
		return nil
	})
}

// site is the site of an intent that names none: its device's, else main.
func (w *world) site(e *entry) string {
	if e.intent.Site != "" {
		return e.intent.Site
	}
	if hand := w.roles[e.id.Device]; hand != nil && hand.Site != "" {
		return hand.Site
	}
	return "main"
}

func virtual(place string) bool { return !strings.Contains(place, "/") }
