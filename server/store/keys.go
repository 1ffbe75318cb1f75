package store

import (
	"strings"
	"time"

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
	s.dropCodes(with)
	return nil
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
