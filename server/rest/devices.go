package rest

import (
	"cmp"
	"context"
	"net/http"

	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/ledger"
)

// Device is a key without its secret.
type Device struct {
	Device    string      `json:"device"`
	Role      string      `json:"role" enum:"floor,dock,supervisor,admin"`
	Site      string      `json:"site" doc:"where it works; empty: main"`
	Roles     string      `json:"roles" doc:"where its role holds: the role alone is everywhere, else SITE=ROLE"`
	Name      string      `json:"name,omitempty" doc:"what people call it"`
	CreatedAt ledger.Time `json:"created_at"`
	CreatedBy string      `json:"created_by,omitempty"`
	RevokedAt ledger.Time `json:"revoked_at,omitzero"`
	RevokedBy string      `json:"revoked_by,omitempty"`
	Cut       bool        `json:"cut,omitempty" doc:"nothing is taken from it any more, not even what it scanned before"`
	Renewing  bool        `json:"renewing,omitempty" doc:"it is to fetch a new key, or has and did not use it yet"`
	Messages  int         `json:"messages,omitempty" doc:"that wait for it"`
	LogAsked  *LogAsked   `json:"log_asked,omitempty" doc:"who waits for its log; missing: nobody"`
	Logs      []DeviceLog `json:"logs,omitempty" doc:"that it handed in, the newest first; the last 3, for 30 days"`
	// Presence is what it says of itself, as far as it has said anything.
	Presence *Presence `json:"presence,omitempty" doc:"what the device said of itself; missing where it has not been heard of since the server knows"`
}

// Presence is what a device last said of itself.
type Presence struct {
	Device    string      `json:"-"`
	App       string      `json:"app,omitempty" doc:"name and version of its app"`
	Connected bool        `json:"connected"`
	Heard     ledger.Time `json:"heard" doc:"when it last said so; all of this is as of then"`
	Pending   uint64      `json:"pending" doc:"how many scans wait on it"`
	Oldest    ledger.Time `json:"oldest,omitzero" doc:"when the oldest of them happened"`
	Battery   int         `json:"battery,omitempty" doc:"percent; missing: it does not know"`
	LostFocus int         `json:"lost_focus,omitempty" doc:"how often the field that hears its reader lost the focus since its app was opened: what was scanned then was not heard; missing: never, or it does not tell"`
	Ahead     int64       `json:"ahead_ms,omitempty" doc:"by how many milliseconds its clock is ahead of the server's, the way here included; missing: it did not tell"`
}

// Paired is a new key with its secret, which is shown this once.
type Paired struct {
	Device
	Key string `json:"key" doc:"the secret; nobody can see it again"`
}

// Devices are all keys, revoked ones too.
type Devices struct {
	Rows []Device    `json:"rows"`
	Now  ledger.Time `json:"now" doc:"the server's clock: as of when this is"`
}

// PairBody says for whom a key is wanted.
type PairBody struct {
	Device string `json:"device" doc:"1 to 200 bytes without slash and control characters"`
	Role   string `json:"role,omitempty" default:"floor" enum:"floor,dock,supervisor,admin"`
	Site   string `json:"site,omitempty" maxLength:"200" doc:"where it works, and where alone its role holds; missing: at all sites, working at main"`
	Name   string `json:"name,omitempty" maxLength:"200"`
}

type (
	pairQuery struct{ Body PairBody }
	// DeviceQuery names a device.
	DeviceQuery struct {
		Device string `path:"device" maxLength:"600"`
	}
	revokeQuery struct {
		DeviceQuery
		Stolen bool `query:"stolen" doc:"take nothing from it any more, not even what it scanned before"`
	}
	renameQuery struct {
		DeviceQuery
		Body struct {
			Name string `json:"name" maxLength:"200" doc:"empty: none"`
		}
	}
	messageQuery struct {
		DeviceQuery
		Body struct {
			Text string `json:"text" maxLength:"1000"`
		}
	}
	pairedAnswer  struct{ Body Paired }
	devicesAnswer struct{ Body Devices }
	deviceAnswer  struct{ Body Device }
	keyAnswer     struct{ Body NewKey }
)

// NewKey is a new secret, which is shown this once.
type NewKey struct {
	Key string `json:"key" doc:"the secret; the old one is good until this one is first used"`
}

func (a *API) routeDevices() {
	register(a, route{method: http.MethodPost, path: "/v1/devices", id: "pairDevice", tag: "Devices", action: access.PairDevice, status: http.StatusCreated,
		summary: "Make a key", about: "A device that has a key gets a new one; the old one is refused at once. Keys of supervisors and admins are made by admins. " +
			"Handhelds are better paired by a code (POST /v1/pairings): then nobody else sees the key."}, a.pairDevice)
	register(a, route{method: http.MethodGet, path: "/v1/devices", id: "listDevices", tag: "Devices", action: access.ListDevices, summary: "List keys, and what their devices say of themselves",
		about: "With each key what its device last said: when, how many scans wait on it and since when, battery, app and clock. After a start of the server only those are known that have come since, or that held scans before."}, a.listDevices)
	register(a, route{method: http.MethodGet, path: "/v1/key", id: "getKey", tag: "Devices", action: access.OwnKey, summary: "Whose key this is",
		about: "A handheld that was given a key finds its own name so."}, a.ownKey)
	register(a, route{method: http.MethodPost, path: "/v1/key", id: "renewKey", tag: "Devices", action: access.OwnKey, status: http.StatusCreated, summary: "Fetch a new key",
		about: "For handhelds and programs. The old key is good until the new one is first used, so that nobody is locked out by an answer that was lost."}, a.renewKey)
	register(a, route{method: http.MethodDelete, path: "/v1/devices/{device}", id: "revokeDevice", tag: "Devices", action: access.PairDevice, status: http.StatusNoContent,
		summary: "Revoke a key", about: "It opens nothing from now on, but that the scans which a handheld made before are taken for 30 days still; later ones are parked. The last admin key stays."}, a.revokeDevice)
	register(a, route{method: http.MethodPatch, path: "/v1/devices/{device}", id: "renameDevice", tag: "Devices", action: access.PairDevice,
		summary: "Change what people call a device", about: "The name under which it scans stays: entries and its scans bear that."}, a.renameDevice)
	register(a, route{method: http.MethodPost, path: "/v1/devices/{device}/renew", id: "renewDevice", tag: "Devices", action: access.PairDevice, status: http.StatusAccepted,
		summary: "Have a device fetch a new key", about: "It is told when it connects, and fetches one by POST /v1/key."}, a.renewDevice)
	a.routeLogs()
	register(a, route{method: http.MethodPost, path: "/v1/devices/{device}/message", id: "messageDevice", tag: "Devices", action: access.PairDevice, status: http.StatusAccepted,
		summary: "Have a device show a message", about: "At once where it is connected, else when it comes; up to 20 wait."}, a.messageDevice)
}

// KeyOwner is whose key it is.
type KeyOwner struct {
	Device  string   `json:"device" doc:"the handheld that it speaks for; empty: it may bring anyone's intents"`
	Name    string   `json:"name" doc:"as entries have it"`
	Kind    string   `json:"kind" enum:"device,program,user,token"`
	Login   string   `json:"login,omitempty" doc:"of a person"`
	Role    string   `json:"role" enum:"floor,dock,supervisor,admin" doc:"the most that it is trusted with anywhere"`
	Site    string   `json:"site" doc:"empty: main"`
	Roles   string   `json:"roles" doc:"by site, as of a device"`
	Scope   []string `json:"scope,omitempty" doc:"of a token"`
	Actions []string `json:"actions" doc:"what it may do somewhere (x-action)"`
}

type ownerAnswer struct{ Body KeyOwner }

func (a *API) ownKey(ctx context.Context, _ *struct{}) (*ownerAnswer, error) {
	who := callOf(ctx).who
	out := &ownerAnswer{KeyOwner{Device: who.Device, Name: who.Name, Kind: string(who.Kind), Role: string(who.Role), Site: who.Site, Roles: who.Grants.Text(), Scope: who.Scope.Words(), Actions: actionsOf(&who)}}
	if u, ok := a.store.FindUser(who.Name); ok && (who.Kind == access.Person || who.Kind == access.Token) {
		out.Body.Login = u.Login
	}
	return out, nil
}

func (a *API) renewKey(ctx context.Context, _ *struct{}) (*keyAnswer, error) {
	who := callOf(ctx).who
	if who.Kind != access.Handheld && who.Kind != access.Program {
		return nil, problem(ledger.NotAllowed, "Sessions and tokens are not renewed. Nothing was changed; sign in again, or make another token.")
	}
	if p := a.mayGrant(); p != nil {
		return nil, p
	}
	if who.Name == store.AdminName { // it stands in a file of the data folder
		return nil, problem(ledger.NotAllowed, "The key of the data folder is renewed by the server. Nothing was changed; revoke it, and start the server again.")
	}
	secret, err := a.store.Renew(who.Name)
	return &keyAnswer{NewKey{secret}}, err
}

func (a *API) deviceOf(ctx context.Context, k *store.Key) Device {
	logs, asked := a.logsOf(ctx, k.Device)
	return Device{LogAsked: asked, Logs: logs, Device: k.Device, Role: string(k.Role), Site: k.Site, Roles: k.Grants.Text(), Name: k.Label, CreatedAt: k.CreatedAt, CreatedBy: k.CreatedBy, RevokedAt: k.RevokedAt,
		RevokedBy: k.RevokedBy, Cut: k.Cut, Renewing: k.Renew || k.Pending, Messages: len(a.store.Messages(k.Device))}
}

// mayTouch judges the right to replace, revoke or renew the key that a device has:
// it takes the right to make it, at all of its sites.
func (a *API) mayTouch(ctx context.Context, device string) *Problem {
	if k, ok := a.store.Lookup(device); ok {
		if action, site, ok := access.Refused(callOf(ctx).who, k.Role, k.Grants); !ok {
			return a.mayAt(ctx, action, site)
		}
	}
	return nil
}

// mayGive judges who may hand out a role at some sites: nobody hands out what they
// could not do there themselves.
func (a *API) mayGive(ctx context.Context, role access.Role, grants ledger.Grants) *Problem {
	if action, site, ok := access.Refused(callOf(ctx).who, role, grants); !ok {
		return a.mayAt(ctx, action, site)
	}
	return a.holds(ctx, role, grants)
}

// holds refuses a token what would give away more than it holds itself.
func (a *API) holds(ctx context.Context, role access.Role, grants ledger.Grants) *Problem {
	if action, site, ok := access.Exceeds(callOf(ctx).who, role, grants); !ok {
		return a.mayAt(ctx, action, site)
	}
	return nil
}

// request turns the body of a pairing into what the store is asked for.
func (a *API) request(ctx context.Context, b *PairBody) (q store.Request, p *Problem) {
	role := access.Role(cmp.Or(b.Role, string(access.Floor)))
	q = store.Request{Device: b.Device, Role: role, Site: b.Site, Only: b.Site != "", Label: b.Name, By: callOf(ctx).who.Name, Token: callOf(ctx).who.Token}
	if f := store.CheckDevice(b.Device); f != nil {
		return q, a.asProblem(ctx, f)
	}
	if u, ok := a.store.FindUser(b.Device); ok && u.ID == b.Device {
		return q, problem(ledger.IdentityConflict, "The name "+quoted(b.Device)+" stands for a person in the books. Nothing was paired; choose another.")
	}
	grants := ledger.GrantsEverywhere(string(role))
	if q.Only {
		grants[0].Site = b.Site
	}
	if p := a.mayGive(ctx, role, grants); p != nil {
		return q, p
	}
	// Whoever takes over a name takes over its waiting scans' place, also where its key
	// was taken back.
	if p := a.mayTouch(ctx, b.Device); p != nil {
		return q, p
	}
	if p := a.knownSites(ctx, grants); p != nil {
		return q, p
	}
	return q, a.mayGrant()
}

// knownSites refuses roles at sites that there are none of.
func (a *API) knownSites(ctx context.Context, grants ledger.Grants) (p *Problem) {
	err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		for i := range grants {
			if _, known := s.Site(grants[i].Site); !known && grants[i].Site != ledger.Everywhere && p == nil {
				p = missing("site", grants[i].Site)
			}
		}
	})
	if err != nil {
		return a.asProblem(ctx, err)
	}
	return p
}

func (a *API) pairDevice(ctx context.Context, q *pairQuery) (*pairedAnswer, error) {
	ask, p := a.request(ctx, &q.Body)
	if p != nil {
		return nil, p
	}
	secret, err := a.store.Pair(ask)
	if err != nil {
		return nil, err
	}
	a.told(ctx, store.KeyRight(ask.Device))
	a.rightsChanged()
	k, _ := a.store.Lookup(ask.Device)
	return &pairedAnswer{Paired{Device: a.deviceOf(ctx, &k), Key: secret}}, nil
}

func (a *API) listDevices(ctx context.Context, _ *none) (*devicesAnswer, error) {
	out := &devicesAnswer{Devices{Rows: []Device{}, Now: ledger.TimeOf(a.opts.Now())}}
	sites, present := a.where(ctx, access.ListDevices), a.presence()
	for _, k := range a.store.List() {
		if worksAt(k.Grants, sites) {
			row := a.deviceOf(ctx, &k)
			if p, said := present[k.Device]; said {
				row.Presence = &p
			}
			out.Body.Rows = append(out.Body.Rows, row)
		}
	}
	return out, nil
}

// presence is what devices said of themselves, by name.
func (a *API) presence() map[string]Presence {
	out := map[string]Presence{}
	if a.opts.Presence != nil {
		for _, p := range a.opts.Presence() {
			out[p.Device] = p
		}
	}
	return out
}

// worksAt says whether somebody has a role at one of some sites.
func worksAt(g ledger.Grants, sites access.Sites) bool {
	if sites.All() {
		return true
	}
	for i := range g {
		if sites.Has(g[i].Site) {
			return true
		}
	}
	return false
}

func (a *API) revokeDevice(ctx context.Context, q *revokeQuery) (*none, error) {
	if p := a.mayTouch(ctx, q.Device); p != nil {
		return nil, p
	}
	if err := a.store.Revoke(q.Device, callOf(ctx).who.Name, q.Stolen); err != nil {
		return nil, err
	}
	a.rightsChanged()
	a.told(ctx, store.KeyRight(q.Device))
	return &none{}, nil
}

func (a *API) renameDevice(ctx context.Context, q *renameQuery) (*deviceAnswer, error) {
	if p := a.mayTouch(ctx, q.Device); p != nil {
		return nil, p
	}
	if err := a.store.Rename(q.Device, q.Body.Name); err != nil {
		return nil, err
	}
	k, _ := a.store.Lookup(q.Device)
	return &deviceAnswer{a.deviceOf(ctx, &k)}, nil
}

func (a *API) renewDevice(ctx context.Context, q *DeviceQuery) (*deviceAnswer, error) {
	if p := a.mayTouch(ctx, q.Device); p != nil {
		return nil, p
	}
	if err := a.store.AskToRenew(q.Device); err != nil {
		return nil, err
	}
	a.poke(q.Device)
	k, _ := a.store.Lookup(q.Device)
	return &deviceAnswer{a.deviceOf(ctx, &k)}, nil
}

func (a *API) messageDevice(ctx context.Context, q *messageQuery) (*deviceAnswer, error) {
	if p := a.mayTouch(ctx, q.Device); p != nil {
		return nil, p
	}
	if err := a.store.Tell(q.Device, q.Body.Text, callOf(ctx).who.Name); err != nil {
		return nil, err
	}
	a.poke(q.Device)
	k, _ := a.store.Lookup(q.Device)
	return &deviceAnswer{a.deviceOf(ctx, &k)}, nil
}

// Watchers of rights are told by the socket what changed.
type rightsWatcher interface {
	RightsChanged()     // somebody's rights are others now
	Poke(device string) // something waits for a device
}

func (a *API) rightsChanged() {
	next := make(chan struct{})
	close(*a.rights.Swap(&next))
	if w, ok := a.opts.Sync.(rightsWatcher); ok {
		w.RightsChanged()
	}
}

func (a *API) poke(device string) {
	if w, ok := a.opts.Sync.(rightsWatcher); ok {
		w.Poke(device)
	}
}
