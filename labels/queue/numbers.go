package queue

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"bayledger/scanner/gs1"
)

// Kinds of numbers.
const (
	SSCC   = "sscc"
	Lot    = "lot"
	Serial = "serial"
)

// Range is a row of numbers that labels are given, each once.
type Range struct {
	Name   string `json:"name" doc:"small letters, digits, -"`
	Kind   string `json:"kind" enum:"sscc,lot,serial"`
	Prefix string `json:"prefix" doc:"of an SSCC the GS1 company prefix, 4 to 12 digits; of a lot or serial any text before the number"`
	Digits int    `json:"digits,omitempty" doc:"of the number behind a lot's or serial's prefix; an SSCC has as many as the prefix leaves, the extension digit first"`
	From   uint64 `json:"from" doc:"the first; two systems that share a prefix have ranges apart"`
	To     uint64 `json:"to" doc:"the last; 0: all that there are"`
	Next   uint64 `json:"next"`
}

// issued is what is kept of a number that was given.
type issued struct {
	At    time.Time `json:"at"`
	Job   uint64    `json:"job"`
	Label int       `json:"label"`
}

// ssccDigits is the length of an SSCC without its check digit.
const ssccDigits = 17

// maxSkips bounds the search for a number that was not given lately.
const maxSkips = 10_000

var rangeName = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// size is how many numbers there are.
func (r *Range) size() uint64 {
	n := uint64(1)
	for range r.digits() {
		n *= 10
	}
	return n
}

func (r *Range) digits() int {
	if r.Kind == SSCC {
		return ssccDigits - len(r.Prefix)
	}
	return r.Digits
}

// Check says what is wrong with a range, and fills in what is left out.
func (r *Range) Check() error {
	switch {
	case !rangeName.MatchString(r.Name):
		return fault(BadField, "name", "A range's name has 1 to 40 small letters, digits and hyphens. Nothing was changed.")
	case r.Kind != SSCC && r.Kind != Lot && r.Kind != Serial:
		return fault(BadField, "kind", "A range is of kind sscc, lot or serial. Nothing was changed.")
	case r.Kind == SSCC && (len(r.Prefix) < 4 || len(r.Prefix) > 12 || strings.Trim(r.Prefix, "0123456789") != ""):
		return fault(BadField, "prefix", "A GS1 company prefix has 4 to 12 digits. Nothing was changed.")
	case r.Kind == SSCC && r.Digits != 0 && r.Digits != r.digits():
		return fault(BadField, "digits", "An SSCC of this prefix leaves %d digits. Nothing was changed.", r.digits())
	case r.Kind != SSCC && (r.Digits < 1 || r.Digits > 15 || len(r.Prefix)+r.Digits > 20):
		return fault(BadField, "digits", "A lot or serial has 1 to 15 digits behind its prefix, 20 characters in all. Nothing was changed.")
	}
	if r.To == 0 {
		r.To = r.size() - 1
	}
	if r.From > r.To || r.To >= r.size() {
		return fault(BadField, "to", "The range is from %d to %d, and its numbers end at %d. Nothing was changed.", r.From, r.To, r.size()-1)
	}
	if r.Next < r.From || r.Next > r.To {
		r.Next = r.From
	}
	if r.Kind != SSCC {
		ai := map[string]string{Lot: "10", Serial: "21"}[r.Kind]
		if err := gs1.Check([]gs1.Element{{AI: "01", Value: "09521234543213"}, {AI: ai, Value: r.number(r.From)}}); err != nil {
			return fault(BadField, "prefix", "A %s may not begin so: %v. Nothing was changed.", r.Kind, err)
		}
	}
	return nil
}

// number is the number of a count.
func (r *Range) number(n uint64) string {
	count := fmt.Sprintf("%0*d", r.digits(), n)
	if r.Kind != SSCC {
		return r.Prefix + count
	}
	body := count[:1] + r.Prefix + count[1:]
	sum := 0
	for i := range len(body) {
		weight := 3 - i%2*2 // the digit before the check digit weighs 3
		sum += weight * int(body[len(body)-1-i]-'0')
	}
	return body + strconv.Itoa((10-sum%10)%10)
}

// exampleNumber is a number of the range's form, to try a label with before it is
// given one.
func (r *Range) exampleNumber() string { return r.number(r.Next) }

// issue gives the next number of a range that was not given within twelve months,
// and notes it in the changes that the label belongs to.
func (q *Queue) issue(c *Changes, r *Range, job uint64, label int, now time.Time) (string, error) {
	for range maxSkips {
		n := r.number(r.Next)
		key := keyIssued + r.Kind + "/" + n
		if r.Next++; r.Next > r.To {
			r.Next = r.From
		}
		lately, err := q.lately(c, key, now)
		if err != nil {
			return "", err
		}
		if !lately {
			return n, c.give(key, issued{now, job, label})
		}
	}
	return "", fault(Exhausted, "range", "The range %s has no number left that was not given within twelve months. Nothing was printed; widen it.", r.Name)
}

// lately says whether a number was given within twelve months.
func (q *Queue) lately(c *Changes, key string, now time.Time) (bool, error) {
	if _, taken := c.Put[key]; taken {
		return true, nil
	}
	before, err := q.disk.Get(key)
	if err != nil || before == nil {
		return false, err
	}
	given, err := decode[issued](before, key)
	return given.At.After(now.AddDate(-1, 0, 0)), err
}

func (c *Changes) give(key string, to issued) error {
	value, err := row(to)
	c.put(key, value)
	return err
}

// brought notes an SSCC that a label bears and no range gave, so that none does.
func (q *Queue) brought(c *Changes, l *Label, job uint64, label int, now time.Time) error {
	n := l.Fields[SSCC]
	if len(n) != ssccDigits+1 || strings.Trim(n, "0123456789") != "" {
		return nil
	}
	key := keyIssued + SSCC + "/" + n
	if lately, err := q.lately(c, key, now); lately || err != nil {
		return err
	}
	return c.give(key, issued{now, job, label})
}

// Ranges lists the number ranges, sorted by name.
func (q *Queue) Ranges() (out []Range, err error) {
	err = q.disk.Scan(keyRange, "", false, func(key string, value []byte) (bool, error) {
		r, err := decode[Range](value, key)
		out = append(out, r)
		return true, err
	})
	return out, err
}

func (q *Queue) rangeNamed(name string) (*Range, error) {
	value, err := q.disk.Get(keyRange + name)
	if err != nil {
		return nil, err
	}
	if value == nil {
		return nil, fault(NotFound, "range", "There is no number range %q. Nothing was printed; make it first.", short(name))
	}
	r, err := decode[Range](value, keyRange+name)
	return &r, err
}

// PutRange makes or changes a range. Its counter never goes back: what was given
// stays given.
func (q *Queue) PutRange(r Range) (Range, error) {
	q.commits.Lock()
	defer q.commits.Unlock()
	if value, err := q.disk.Get(keyRange + r.Name); err != nil {
		return r, err
	} else if value != nil {
		old, err := decode[Range](value, keyRange+r.Name)
		if err != nil {
			return r, err
		}
		if old.Kind != r.Kind || old.Prefix != r.Prefix || r.Kind != SSCC && old.Digits != r.Digits {
			return r, fault(BadField, "prefix", "The range %s gives numbers of another form already. Nothing was changed; make another range.", r.Name)
		}
		r.Next = old.Next
	}
	if err := r.Check(); err != nil {
		return r, err
	}
	value, err := row(r)
	if err != nil {
		return r, err
	}
	c := Changes{}
	c.put(keyRange+r.Name, value)
	return r, q.disk.Commit(c)
}

// Bearer finds the label that a number was given to.
func (q *Queue) Bearer(kind, number string) (job uint64, label int, err error) {
	value, err := q.disk.Get(keyIssued + kind + "/" + number)
	if err != nil {
		return 0, 0, err
	}
	if value == nil {
		return 0, 0, fault(NotFound, "number", "No label was given the %s %q here.", kind, short(number))
	}
	given, err := decode[issued](value, number)
	return given.Job, given.Label, err
}

// short cuts a value for a sentence.
func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
