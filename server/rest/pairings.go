package rest

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"time"

	"bayledger/labels/symbol"
	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/ledger"
)

// PairFragment is what stands before a code in the address that a handheld scans. It
// stands behind the #, which browsers keep to themselves: no log of a server or proxy
// has it.
const PairFragment = "/scan#pair="

// Pairing is a code with which a handheld gets its key, once.
type Pairing struct {
	Device    string      `json:"device"`
	Code      string      `json:"code" doc:"shown this once"`
	URL       string      `json:"url" doc:"what the QR code says"`
	QR        string      `json:"qr" doc:"the QR code as data:image/png"`
	ExpiresAt ledger.Time `json:"expires_at"`
}

// Redeemed is what a handheld gets for a code.
type Redeemed struct {
	Device string `json:"device"`
	Key    string `json:"key" doc:"the secret; nobody can see it again"`
	Role   string `json:"role"`
	Site   string `json:"site" doc:"empty: main"`
}

type (
	pairingQuery struct {
		Body struct {
			PairBody
			Minutes int `json:"minutes,omitempty" minimum:"1" maximum:"60" doc:"that the code lives; default 10"`
		}
	}
	redeemQuery struct {
		Body struct {
			Code string `json:"code" maxLength:"200"`
		}
	}
	pairingAnswer  struct{ Body Pairing }
	redeemedAnswer struct{ Body Redeemed }
)

func (a *API) routePairings() {
	register(a, route{method: http.MethodPost, path: "/v1/pairings", id: "offerPairing", tag: "Devices", action: access.PairDevice, status: http.StatusCreated,
		summary: "Make a code to pair a handheld with",
		about: "The handheld scans the QR code, and gets its own key for it (POST /v1/pairings/redeem): nobody else sees the key. The code works once and for minutes; the key that the device has is good until then. " +
			"Codes for supervisors and admins are made by admins."}, a.offerPairing)
	register(a, route{method: http.MethodPost, path: "/v1/pairings/redeem", id: "redeemPairing", tag: "Devices", action: access.Public, status: http.StatusCreated,
		summary: "Get a key for a code", about: "Asked by the handheld itself."}, a.redeemPairing)
}

func (a *API) offerPairing(ctx context.Context, q *pairingQuery) (*pairingAnswer, error) {
	ask, p := a.request(ctx, &q.Body.PairBody)
	if p != nil {
		return nil, p
	}
	code, err := a.store.Offer(ask, time.Duration(q.Body.Minutes)*time.Minute)
	if err != nil {
		return nil, err
	}
	out := &pairingAnswer{Pairing{Device: ask.Device, Code: code.Text, URL: a.ownURL(callOf(ctx).gin.Request) + PairFragment + code.Text, ExpiresAt: code.Expires}}
	out.Body.QR, err = drawn(out.Body.URL)
	return out, err
}

// ownURL is the address by which a request came.
func (a *API) ownURL(r *http.Request) string {
	scheme := "http://"
	if overTLS(r) {
		scheme = "https://"
	}
	return scheme + r.Host
}

func (a *API) redeemPairing(ctx context.Context, q *redeemQuery) (*redeemedAnswer, error) {
	if p := a.try(ctx, a.limits.code); p != nil {
		return nil, p
	}
	if p := a.mayGrant(); p != nil {
		return nil, p
	}
	k, secret, err := a.store.Redeem(q.Body.Code)
	if err != nil {
		return nil, err
	}
	callOf(ctx).who = access.Principal{Name: k.CreatedBy} // whose doing it is, for log and books
	a.told(ctx, store.KeyRight(k.Device))
	a.rightsChanged() // the key that it had is none any more
	return &redeemedAnswer{Redeemed{Device: k.Device, Key: secret, Role: string(k.Role), Site: k.Site}}, nil
}

// try counts an attempt at guessing against the address that it comes from.
func (a *API) try(ctx context.Context, l *limiter) *Problem {
	return a.taken(l, addressOf(callOf(ctx).gin.Request.RemoteAddr))
}

// taken counts an attempt against a name.
func (a *API) taken(l *limiter, name string) *Problem {
	if wait, ok := l.take(name); !ok {
		return tooFast("Too many attempts came from this address. Nothing was done; come back later.", wait)
	}
	return nil
}

// slowly takes a place among those whose password or PIN is judged; done gives it back.
func (a *API) slowly() (done func(), p *Problem) {
	select {
	case a.hashing <- struct{}{}:
		return func() { <-a.hashing }, nil
	default:
		return nil, problem(ledger.TooFast, "Too many sign in at once. Nothing was looked at; try again in a moment.")
	}
}

// Sizes of the QR code's picture, in dots.
const (
	qrModule = 8
	qrQuiet  = 4 // modules
)

// drawn draws a text as a QR code, as the address of a picture.
func drawn(text string) (string, error) {
	s, err := symbol.Of(symbol.QR, text)
	if err != nil {
		return "", err
	}
	size := (s.W + 2*qrQuiet) * qrModule
	img := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	for y := range size {
		for x := range size {
			if mx, my := x/qrModule-qrQuiet, y/qrModule-qrQuiet; mx >= 0 && my >= 0 && mx < s.W && my < s.H && s.At(mx, my) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return "", err
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes()), nil
}
