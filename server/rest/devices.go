package rest

import (
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
	Site      string      `json:"site" doc:"empty: main"`
	Name      string      `json:"name,omitempty" doc:"what people call it"`
	CreatedAt ledger.Time `json:"created_at"`
	CreatedBy string      `json:"created_by,omitempty"`
	RevokedAt ledger.Time `json:"revoked_at,omitzero"`
	RevokedBy string      `json:"revoked_by,omitempty"`
}

// Paired is a new key with its secret, which is shown this once.
type Paired struct {
	Device
	Key string `json:"key" doc:"the secret; nobody can see it again"`
}

// Devices are all keys, revoked ones too.
type Devices struct {
	Rows []Device `json:"rows"`
}

type (
	pairQuery struct {
		Body struct {
			Device string `json:"device" doc:"1 to 200 bytes without slash and control characters"`
			Role   string `json:"role,omitempty" default:"floor" enum:"floor,dock,supervisor,admin"`
			Site   string `json:"site,omitempty" maxLength:"200"`
			Name   string `json:"name,omitempty" maxLength:"200"`
		}
	}
	deviceQuery struct {
		Device string `path:"device" maxLength:"600"`
	}
	pairedAnswer  struct{ Body Paired }
	devicesAnswer struct{ Body Devices }
)

func (a *API) routeDevices() {
	register(a, route{method: http.MethodPost, path: "/v1/devices", id: "pairDevice", tag: "Devices", action: access.PairDevice, status: http.StatusCreated,
		summary: "Make a key", about: "A device that has a key gets a new one; the old one is refused at once. Keys of supervisors and admins are made by admins."}, a.pairDevice)
	register(a, route{method: http.MethodGet, path: "/v1/devices", id: "listDevices", tag: "Devices", action: access.ListDevices, summary: "List keys"}, a.listDevices)
	register(a, route{method: http.MethodGet, path: "/v1/key", id: "getKey", tag: "Devices", action: access.IntentOwn, summary: "Whose key this is",
		about: "A handheld that was given a key finds its own name so."}, a.ownKey)
	register(a, route{method: http.MethodDelete, path: "/v1/devices/{device}", id: "revokeDevice", tag: "Devices", action: access.PairDevice, status: http.StatusNoContent,
		summary: "Revoke a key", about: "The key is refused at once. The last admin key stays."}, a.revokeDevice)
}

// KeyOwner is whose key it is.
type KeyOwner struct {
	Device string `json:"device" doc:"the handheld that it speaks for; empty: it may bring anyone's intents"`
	Name   string `json:"name"`
	Role   string `json:"role" enum:"floor,dock,supervisor,admin"`
	Site   string `json:"site" doc:"empty: main"`
}

type ownerAnswer struct{ Body KeyOwner }

func (a *API) ownKey(ctx context.Context, _ *struct{}) (*ownerAnswer, error) {
	who := callOf(ctx).who
	return &ownerAnswer{KeyOwner{Device: who.Device, Name: who.Name, Role: string(who.Role), Site: who.Site}}, nil
}

func deviceOf(k store.Key) Device {
	return Device{Device: k.Device, Role: string(k.Role), Site: k.Site, Name: k.Label, CreatedAt: k.CreatedAt, CreatedBy: k.CreatedBy, RevokedAt: k.RevokedAt, RevokedBy: k.RevokedBy}
}

// mayTouch judges the right to replace or revoke the key that a device has: it
// takes what making it would take.
func (a *API) mayTouch(ctx context.Context, device string) *Problem {
	if k, ok := a.store.Lookup(device); ok && k.RevokedAt == 0 {
		return a.may(ctx, access.Pairing(k.Role))
	}
	return nil
}

func (a *API) pairDevice(ctx context.Context, q *pairQuery) (*pairedAnswer, error) {
	role := access.Role(q.Body.Role)
	if role == "" {
		role = access.Floor
	}
	if f := store.CheckDevice(q.Body.Device); f != nil {
		return nil, f
	}
	if p := a.may(ctx, access.Pairing(role)); p != nil {
		return nil, p
	}
	if p := a.mayTouch(ctx, q.Body.Device); p != nil {
		return nil, p
	}
	if q.Body.Site != "" {
		known := false
		if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { _, known = s.Site(q.Body.Site) }); err != nil {
			return nil, err
		}
		if !known {
			return nil, missing("site", q.Body.Site)
		}
	}
	secret, err := a.store.Pair(store.Request{Device: q.Body.Device, Role: role, Site: q.Body.Site, Label: q.Body.Name, By: callOf(ctx).who.Name})
	if err != nil {
		return nil, err
	}
	k, _ := a.store.Lookup(q.Body.Device)
	return &pairedAnswer{Paired{Device: deviceOf(k), Key: secret}}, nil
}

func (a *API) listDevices(context.Context, *none) (*devicesAnswer, error) {
	out := &devicesAnswer{Devices{Rows: []Device{}}}
	for _, k := range a.store.List() {
		out.Body.Rows = append(out.Body.Rows, deviceOf(k))
	}
	return out, nil
}

func (a *API) revokeDevice(ctx context.Context, q *deviceQuery) (*none, error) {
	if p := a.mayTouch(ctx, q.Device); p != nil {
		return nil, p
	}
	return &none{}, a.store.Revoke(q.Device, callOf(ctx).who.Name)
}
