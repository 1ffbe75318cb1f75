package outbound

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// Bounds of mail.
const (
	maxLetters  = 2_000          // that wait, 60 KB each at most; what comes then is told by the metrics alone
	letterFor   = 24 * time.Hour // after that nobody wants to be told
	letterPause = time.Minute    // where the disk failed
	// maxReport bounds an attachment: most mailboxes take 10 MiB.
	maxReport  = 7 << 20
	reportTime = 10 * time.Minute
)

// Letter is one mail that waits to be sent. What it says is said when it is sent.
type Letter struct {
	Number uint64 `json:"number"`
	ID     string `json:"id"` // its Message-ID, the same at each try
	To     string `json:"to"`
	// Whose rights it is sent by: of alerts it says Lines, and else it is about webhooks,
	// for those who look after everybody's.
	Whose   string      `json:"whose,omitempty"`
	Lines   []line      `json:"lines,omitempty"`
	More    int         `json:"more,omitempty"`
	Subject string      `json:"subject,omitempty"`
	Text    string      `json:"text,omitempty"`
	Report  string      `json:"report,omitempty"` // of a schedule, by its id: made when it is sent
	Due     ledger.Time `json:"due,omitzero"`     // when that was due
	Created ledger.Time `json:"created"`
	Next    ledger.Time `json:"next"`
	Tries   int         `json:"tries"`
	Error   string      `json:"error,omitempty"`
}

// Envelope is a letter as a mailer sends it.
type Envelope struct {
	ID, To, Subject, Text string
	Name                  string // of the attachment, "" for none
	Data                  []byte
}

// Mailer sends mail.
type Mailer interface {
	Send(ctx context.Context, e Envelope) error
}

func letterKey(number uint64) string { return fmt.Sprintf("%s%016x", rowLetter, number) }

// letter makes a letter that waits. The caller holds mu, and keeps it with what it is
// about.
func (s *Service) letter(l Letter) (*Letter, error) {
	if len(s.letters) >= maxLetters {
		s.totals.Unsent++
		return nil, &ledger.Fault{Code: ledger.TooLarge, Message: "2,000 letters wait, the most there can be. Nothing was sent; look why mail is not delivered (bayledger doctor)."}
	}
	id, err := s.newID("m")
	if err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(s.opts.From, "@")
	s.lastLetter++
	l.Number, l.ID, l.Created = s.lastLetter, id+"@"+strings.Trim(domain, "> "), s.now()
	l.Next = l.Created
	return &l, nil
}

// post keeps letters, with what else changes. The caller holds mu.
func (s *Service) post(letters []*Letter, put map[string][]byte, remove []string) error {
	if put == nil {
		put = map[string][]byte{}
	}
	for _, l := range letters {
		put[letterKey(l.Number)] = encoded(l)
	}
	if err := s.opts.Disk.Commit(put, remove); err != nil {
		return err
	}
	s.letters = append(s.letters, letters...)
	note(s.mail)
	return nil
}

// sendLetters sends what waits until its context ends.
func (s *Service) sendLetters(ctx context.Context) {
	if s.opts.Mail == nil {
		return // what waits goes out once there is a mail server
	}
	for ctx.Err() == nil {
		l, wait := s.nextLetter()
		if l != nil {
			err := s.sendLetter(ctx, *l)
			if ctx.Err() != nil && err != nil {
				return // as if it had not been tried
			}
			if s.letterDone(*l, err) == nil {
				continue
			}
			wait = letterPause
		}
		select {
		case <-time.After(wait):
		case <-s.mail:
		case <-ctx.Done():
		}
	}
}

// nextLetter is the letter that is due, or how long none is.
func (s *Service) nextLetter() (*Letter, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait, now := idle, s.now()
	for _, l := range s.letters {
		due := time.Duration(l.Next-now) * time.Microsecond
		if due <= 0 {
			c := *l
			return &c, 0
		}
		wait = min(wait, due)
	}
	return nil, wait
}

// errNobody tells that there is nobody any more to whom a letter may say what it says.
var errNobody = errors.New("whoever it was for may not see it any more")

// sendLetter says what there is to say by the rights of now, and sends it.
func (s *Service) sendLetter(ctx context.Context, l Letter) error {
	e := Envelope{ID: l.ID, To: l.To, Subject: l.Subject, Text: l.Text}
	if l.Report != "" {
		if err := s.attach(ctx, &e, &l); err != nil {
			return err
		}
	} else {
		p, ok := s.opts.People.Standing(l.Whose)
		switch {
		case !ok, l.Lines != nil && !l.told(&e, &p), l.Lines == nil && !access.May(p, access.AnyWebhooks):
			return errNobody
		}
	}
	e.Subject = headline(e.Subject, 150)
	return s.opts.Mail.Send(ctx, e)
}

// headline is a text as one line of so many bytes at most.
func headline(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// letterDone keeps what became of a letter: gone where it was sent, is too old, or has
// nobody to say it to.
func (s *Service) letterDone(l Letter, failed error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if failed != nil && failed != errNobody {
		s.totals.Refused++
		if s.now()-l.Created < ledger.Time(letterFor.Microseconds()) {
			return s.letterAgain(l, failed)
		}
	}
	if err := s.opts.Disk.Commit(nil, []string{letterKey(l.Number)}); err != nil {
		return err
	}
	s.letters = slices.DeleteFunc(s.letters, func(x *Letter) bool { return x.Number == l.Number })
	switch failed {
	case nil:
		s.totals.Mailed++
	case errNobody:
		s.opts.Log.Info("a letter was not sent", "letter", l.Number, "why", failed)
	default:
		s.totals.Unsent++
		s.opts.Log.Error("a letter could not be sent for a day and was given up", "letter", l.Number, "error", failed)
	}
	return nil
}

// letterAgain has a letter tried again later. The caller holds mu.
func (s *Service) letterAgain(l Letter, failed error) error {
	l.Tries++
	l.Error, l.Next = failed.Error(), s.now()+ledger.Time(waitOf(l.Tries).Microseconds())
	s.opts.Log.Warn("a letter was not sent; it is tried again", "letter", l.Number, "tries", l.Tries, "error", failed)
	if err := s.opts.Disk.Commit(map[string][]byte{letterKey(l.Number): encoded(l)}, nil); err != nil {
		return err
	}
	for i := range s.letters {
		if s.letters[i].Number == l.Number {
			s.letters[i] = &l
		}
	}
	return nil
}

// tellOfWebhook makes letters to all who look after everybody's webhooks, with their
// rows, where there is mail. The caller holds mu.
func (s *Service) tellOfWebhook(e *Endpoint) (letters []*Letter) {
	if s.opts.Mail == nil {
		return nil
	}
	for name, c := range s.contacts {
		p, ok := s.opts.People.Standing(name)
		if !ok || !access.May(p, access.AnyWebhooks) {
			continue
		}
		l, err := s.letter(Letter{To: c.Mail, Whose: name, Subject: "The webhook " + e.ID + " is disabled",
			Text: fmt.Sprintf("Nothing is sent any more to the webhook %s (%s) of %s: %s.\nIt goes on where it was once somebody enables it: bayledger webhook enable %s\n", e.ID, e.Label, e.Owner, e.Disabled, e.ID)})
		if err != nil { // the webhook is disabled all the same
			s.opts.Log.Error("nobody could be told by mail that a webhook is disabled", "webhook", e.ID, "error", err)
			return letters
		}
		letters = append(letters, l)
	}
	return letters
}

func (s *Service) loadLetters() error {
	return load(s.opts.Disk, rowLetter, func(_ string, l *Letter) {
		s.letters = append(s.letters, l)
		s.lastLetter = max(s.lastLetter, l.Number)
	})
}
