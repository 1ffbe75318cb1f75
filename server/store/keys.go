package store

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// AdminName is the name of the key that EnsureAdmin makes.
const AdminName = "admin"

// HandInFor is how long after its key was taken back a handheld may hand in what it
// scanned before: longer than any lies in a drawer with scans that matter.
const HandInFor = 30 * 24 * time.Hour

// maxFormer bounds the keys of a name that hand in still: nobody pairs a name more
// often while scans wait.
const maxFormer = 4

// record is a key as stored. Records of earlier releases have neither roles by site
// nor what comes after them: their role holds everywhere.
type record struct {
	Device    string      `json:"device"`
	Role      access.Role `json:"role"`
	Site      string      `json:"site,omitempty"`
	Label     string      `json:"label,omitempty"`
	Hash      []byte      `json:"hash"` // of the secret
	CreatedAt ledger.Time `json:"created_at"`
	CreatedBy string      `json:"created_by,omitempty"`
	RevokedAt ledger.Time `json:"revoked_at,omitzero"`
	RevokedBy string      `json:"revoked_by,omitempty"`

	Roles  string `json:"roles,omitempty"`  // by site, see ledger.Grants; "" is Role everywhere
	Cut    bool   `json:"cut,omitempty"`    // taken back, and nothing is taken from it any more
	Number uint64 `json:"number,omitempty"` // counts the secrets that it was given
	Next   []byte `json:"next,omitempty"`   // hash of a new secret that was not used yet
	Renew  bool   `json:"renew,omitempty"`  // it is to fetch a new secret
	// Former are the keys that the name had before, as they ended: whoever has one
	// hands in still what they scanned until then.
	Former []*record `json:"former,omitempty"`

	grants ledger.Grants
}

// read fills what is not stored; false where it cannot be.
func (r *record) read() (ok bool) {
	r.grants = ledger.GrantsEverywhere(string(r.Role))
	if r.Roles != "" {
		r.grants, ok = ledger.ParseGrants(r.Roles)
		return ok
	}
	return true
}

// handheld says whether the key speaks for one device only.
func (r *record) handheld() bool { return r.Role == access.Floor || r.Role == access.Dock }

// Key is what is shown of a key: everything but its secret.
type Key struct {
	Device    string
	Role      access.Role
	Site      string
	Grants    ledger.Grants
	Label     string
	CreatedAt ledger.Time
	CreatedBy string
	RevokedAt ledger.Time // 0: it opens doors
	RevokedBy string
	Number    uint64
	Renew     bool // it is to fetch a new secret
	Pending   bool // it has one, and did not use it yet
	Cut       bool
}

func (r *record) key() Key {
	return Key{r.Device, r.Role, r.Site, r.grants, r.Label, r.CreatedAt, r.CreatedBy, r.RevokedAt, r.RevokedBy, r.Number, r.Renew, len(r.Next) > 0, r.Cut}
}

func (r *record) principal() access.Principal {
	p := access.Principal{Kind: access.Program, Name: r.Device, Site: r.Site, Role: r.Role, Grants: r.grants, Right: KeyRight(r.Device), Until: r.RevokedAt}
	if r.handheld() {
		p.Kind, p.Device = access.Handheld, r.Device
	}
	return p
}

// KeyRight is under which name the books know what a key may.
func KeyRight(device string) string { return "device/" + device }

// Request says for whom a key is wanted.
type Request struct {
	Device string // the handheld's or person's name
	Role   access.Role
	Site   string // where it works; "" is main
	// Only says that the role holds at Site alone, and not everywhere.
	Only  bool
	Label string // what people call it, if not by its name
	By    string // who asks
}

// CheckDevice says what is wrong with a device name, nil if nothing is.
func CheckDevice(name string) *ledger.Fault {
	why := ""
	switch {
	case name == "":
		why = "A device needs a name."
	case len(name) > MaxDeviceName:
		why = "A device's name has at most 200 bytes."
	case !utf8.ValidString(name):
		why = "A device's name is text in UTF-8."
	case strings.ContainsRune(name, '/'):
		why = "A device's name has no slash."
	case strings.ContainsFunc(name, unicode.IsControl):
		why = "A device's name has no control characters."
	default:
		return nil
	}
	return &ledger.Fault{Code: ledger.BadField, Field: "device", Message: why + " Nothing was paired; choose another name."}
}

func (q *Request) check() *ledger.Fault {
	if f := CheckDevice(q.Device); f != nil {
		return f
	}
	if !q.Role.Known() {
		return &ledger.Fault{Code: ledger.BadField, Field: "role", Message: "There is no role " + strconv.Quote(short(string(q.Role))) + ". Nothing was paired; use floor, dock, supervisor or admin."}
	}
	if len(q.Site) > ledger.MaxCode || len(q.Label) > ledger.MaxCode || len(q.By) > ledger.MaxCode {
		return &ledger.Fault{Code: ledger.TooLarge, Field: "label", Message: "A site and a label have at most 200 bytes. Nothing was paired."}
	}
	return nil
}

// Pair makes a key and returns its secret, which nobody can see again. A device
// that has one already gets a new one; with the old one a handheld hands in what it
// scanned before, for HandInFor, unless it was cut.
// Errors: a *ledger.Fault, and those of Badger and of the source of randomness;
// then nothing has changed.
func (s *Store) Pair(q Request) (secret string, err error) {
	if f := q.check(); f != nil {
		return "", f
	}
	s.write.Lock()
	defer s.write.Unlock()
	return s.pair(q, change{})
}

// pair is Pair, with what else changes with it. The caller holds write.
func (s *Store) pair(q Request, with change) (secret string, err error) {
	s.mu.RLock()
	count, old := len(s.byName), s.byName[q.Device]
	last := old != nil && q.Role != access.Admin && s.lastAdmin(old)
	s.mu.RUnlock()
	if old == nil && count >= MaxDevices {
		return "", &ledger.Fault{Code: ledger.TooLarge, Message: "There are 50,000 keys, the most there can be. Nothing was paired."}
	}
	if last {
		return "", lastAdminFault("Nothing was paired")
	}
	secret, hash, err := s.secret(keyPrefix, secretBytes)
	if err != nil {
		return "", err
	}
	r := &record{Device: q.Device, Role: q.Role, Site: q.Site, Label: q.Label, Hash: hash[:], CreatedAt: s.now(), CreatedBy: q.By, Number: 1}
	if old != nil {
		r.Number = max(old.Number, 1) + 1
	}
	if q.Only {
		r.Roles = ledger.Grants{{Site: cmp.Or(q.Site, mainSite), Role: string(q.Role)}}.Text()
	}
	r.read()
	r.Former = s.former(old, r)
	if err := s.put(r, with); err != nil {
		return "", fmt.Errorf("the key of %s could not be stored, so nothing was paired: %w", q.Device, err)
	}
	return secret, nil
}

// former are the keys before a new one that hand in still: what the old handheld has
// scanned and not sent would be shut out otherwise. None where the old key was cut.
func (s *Store) former(old, fresh *record) []*record {
	if old == nil || old.Cut || !old.handheld() || !fresh.handheld() {
		return nil
	}
	now := s.now()
	last := *old
	if last.Former = nil; last.RevokedAt == 0 {
		last.RevokedAt, last.RevokedBy = now, fresh.CreatedBy
	}
	list := append([]*record{&last}, old.Former...)
	list = slices.DeleteFunc(list, func(r *record) bool { return now > r.handsIn() })
	return list[:min(len(list), maxFormer)]
}

// handsIn is until when a key that was taken back hands in.
func (r *record) handsIn() ledger.Time {
	return r.RevokedAt + ledger.Time(HandInFor.Microseconds())
}

// secrets calls f with the hash of each secret that opens something.
func (r *record) secrets(f func(hash digest, of *record)) {
	if r.Cut {
		return
	}
	f(digest(r.Hash), r)
	if len(r.Next) > 0 {
		f(digest(r.Next), r)
	}
	for _, old := range r.Former {
		old.secrets(f)
	}
}

// mainSite is where works who names no site.
const mainSite = "main"

// put stores a record with what else changes with it, then keeps it. The caller
// holds write.
func (s *Store) put(r *record, with change) error {
	with[prefixKey+r.Device] = stored(r)
	if err := s.commit(with); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(r)
	return nil
}

// Revoke takes a device's key back: what it scanned before is still taken from it,
// for HandInFor; with cut, of a handheld that was stolen, nothing is. Errors: a
// *ledger.Fault (not_found, not_allowed for the last admin's), Badger's; then nothing
// has changed.
func (s *Store) Revoke(device, by string, cut bool) error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.byName[device]
	last := old != nil && s.lastAdmin(old)
	s.mu.RUnlock()
	switch {
	case old == nil || old.RevokedAt != 0 && (!cut || old.Cut):
		return noKey(device, "revoked")
	case last:
		return lastAdminFault("It was not revoked")
	}
	r := *old
	if r.Cut = cut; r.RevokedAt == 0 {
		r.RevokedAt, r.RevokedBy = s.now(), by
	}
	if err := s.put(&r, change{}); err != nil {
		return fmt.Errorf("the key of %s could not be revoked and is still good: %w", device, err)
	}
	return nil
}

func noKey(device, done string) *ledger.Fault {
	return &ledger.Fault{Code: ledger.NotFound, Field: "device", Message: "The device " + strconv.Quote(short(device)) + " has no key. Nothing was " + done + "."}
}

// AskToRenew notes that a device is to fetch a new secret when it comes. Errors: a
// *ledger.Fault (not_found), Badger's.
func (s *Store) AskToRenew(device string) error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.byName[device]
	s.mu.RUnlock()
	if old == nil || old.RevokedAt != 0 {
		return noKey(device, "renewed")
	}
	r := *old
	r.Renew = true
	if err := s.put(&r, change{}); err != nil {
		return fmt.Errorf("it could not be noted that %s is to renew its key: %w", device, err)
	}
	return nil
}

// Renew gives a device a new secret; the old one is good until the new one is first
// used, so that a handheld which did not get the answer is not locked out. Errors: a
// *ledger.Fault (not_found), Badger's, those of the source of randomness.
func (s *Store) Renew(device string) (secret string, err error) {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.byName[device]
	s.mu.RUnlock()
	if old == nil || old.RevokedAt != 0 {
		return "", noKey(device, "renewed")
	}
	secret, hash, err := s.secret(keyPrefix, secretBytes)
	if err != nil {
		return "", err
	}
	r := *old
	r.Next, r.Renew = hash[:], false
	if err := s.put(&r, change{}); err != nil {
		return "", fmt.Errorf("the new key of %s could not be stored; the old one is good: %w", device, err)
	}
	return secret, nil
}

// used takes note that a new secret was used: the old one ends. Where that cannot be
// stored the old one stays good for now.
func (s *Store) used(next digest) {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.byHash[next]
	s.mu.RUnlock()
	if old == nil || !slices.Equal(old.Next, next[:]) {
		return
	}
	r := *old
	r.Hash, r.Next, r.Number = r.Next, nil, max(r.Number, 1)+1
	_ = s.put(&r, change{})
}

// lastAdmin says whether a key is the only admin key that is good. The caller
// holds mu.
func (s *Store) lastAdmin(r *record) bool {
	if r.Role != access.Admin || r.RevokedAt != 0 || !r.grants.Whole() {
		return false
	}
	for _, other := range s.byName {
		if other != r && other.Role == access.Admin && other.RevokedAt == 0 && other.grants.Whole() {
			return false
		}
	}
	return true
}

func lastAdminFault(what string) error {
	return &ledger.Fault{Code: ledger.NotAllowed, Field: "device", Message: "This is the last admin key. " + what + ", or nobody could let anyone in again; pair another admin first."}
}

// Lookup returns what is known of a device's key, revoked or not.
func (s *Store) Lookup(device string) (Key, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := s.byName[device]
	if !ok {
		return Key{}, false
	}
	return r.key(), true
}

// Named returns whose a name is: that of a device's key, revoked or not (Until), or a
// person's.
func (s *Store) Named(name string) (p access.Principal, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r := s.byName[name]; r != nil {
		return r.principal(), true
	}
	if u := s.users[name]; u != nil {
		return u.principal(), true
	}
	return p, false
}

// List returns all keys, sorted by device.
func (s *Store) List() []Key {
	s.mu.RLock()
	out := make([]Key, 0, len(s.byName))
	for _, r := range s.byName {
		out = append(out, r.key())
	}
	s.mu.RUnlock()
	slices.SortFunc(out, func(a, b Key) int { return cmp.Compare(a.Device, b.Device) })
	return out
}

// Authenticate returns who a secret belongs to, with ok false where it is none of
// ours or its time is over. Of a handheld's key that was taken back it tells until
// when it was good (Until): what was scanned before is taken still.
func (s *Store) Authenticate(secret string) (p access.Principal, ok bool) {
	if len(secret) > maxSecret {
		return p, false
	}
	hash := digest(sha256.Sum256([]byte(secret)))
	switch {
	case strings.HasPrefix(secret, keyPrefix):
		return s.keyOf(hash)
	case strings.HasPrefix(secret, tokenPrefix):
		return s.tokenOf(hash)
	case strings.HasPrefix(secret, sessionPrefix):
		return s.sessionOf(hash)
	}
	return p, false
}

func (s *Store) keyOf(hash digest) (p access.Principal, ok bool) {
	s.mu.RLock()
	r := s.byHash[hash]
	s.mu.RUnlock()
	if r == nil {
		return p, false
	}
	// The map is looked up by the hash of what came, which tells a stranger nothing
	// about ours; what is found is compared once more, in constant time.
	next := subtle.ConstantTimeCompare(r.Next, hash[:]) == 1
	if !next && subtle.ConstantTimeCompare(r.Hash, hash[:]) != 1 {
		return p, false
	}
	if r.RevokedAt != 0 && (!r.handheld() || s.now() > r.handsIn()) {
		return p, false
	}
	if next && r.RevokedAt == 0 {
		s.used(hash)
	}
	return r.principal(), true
}

// EnsureAdmin returns the secret of an admin key: known, if that is still one,
// else a new key's under AdminName, with created true. It is for whoever owns
// the data folder, who keeps the secret in a file of mode 0600 there.
func (s *Store) EnsureAdmin(known string) (secret string, created bool, err error) {
	if p, ok := s.Authenticate(known); ok && p.Kind == access.Program && p.Role == access.Admin && p.Grants.Whole() {
		return known, false, nil
	}
	secret, err = s.Pair(Request{Device: AdminName, Role: access.Admin, Label: "Administrator of the data folder", By: "bayledger"})
	return secret, err == nil, err
}

func roleOf(text string) access.Role { return access.Role(text) }

// short cuts a value for a sentence.
func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
