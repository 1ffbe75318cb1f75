package rest

import (
	"context"
	"net/http"

	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/ledger"
)

// Verified says what became of a try.
type Verified struct {
	Operator string      `json:"operator"`
	Right    bool        `json:"right"`
	Until    ledger.Time `json:"shut_until,omitzero" doc:"too many wrong ones: until then none is right"`
}

// Shift is by what a handheld judges PINs by itself until the end of the shift.
type Shift struct {
	Until  ledger.Time `json:"until" doc:"after it the handheld forgets the checks, and asks again"`
	Tries  int         `json:"tries" doc:"wrong ones in a row after which the handheld judges no more, and asks"`
	Checks []PINCheck  `json:"checks" doc:"of the operators of the handheld's site who have a PIN, 500 at most"`
	Known  []string    `json:"known" doc:"all operators who have a PIN: where one of them has no check here, the server judges"`
}

// PINCheck judges one operator's PIN: HMAC-SHA-256(nonce, Argon2id(PIN, salt)) is check.
type PINCheck struct {
	Operator string `json:"operator"`
	Salt     []byte `json:"salt"`
	Memory   uint32 `json:"memory" doc:"of Argon2id, KiB"`
	Times    uint32 `json:"times" doc:"of Argon2id; its parallelism is 1, its result 32 bytes"`
	Nonce    []byte `json:"nonce"`
	Check    []byte `json:"check"`
}

// shiftTries are wrong PINs in a row that a handheld judges by itself.
const shiftTries = 5

type (
	pinQuery struct {
		Code string `path:"code" maxLength:"600"`
		Body struct {
			PIN string `json:"pin" maxLength:"200" doc:"4 to 12 digits; empty takes it away"`
		}
	}
	verifyQuery struct {
		Code string `path:"code" maxLength:"600"`
		Body struct {
			PIN string `json:"pin" maxLength:"200"`
		}
	}
	verifiedAnswer struct{ Body Verified }
	shiftAnswer    struct{ Body Shift }
)

func (a *API) routePINs() {
	register(a, route{method: http.MethodPut, path: "/v1/operators/{code}/pin", id: "putPIN", tag: "People", action: access.SetPIN, status: http.StatusNoContent, summary: "Give an operator a PIN",
		about: "For their badge. It frees a badge that wrong PINs have shut. The operator must be listed."}, a.putPIN)
	register(a, route{method: http.MethodPost, path: "/v1/operators/{code}/verify", id: "verifyPIN", tag: "People", action: access.VerifyPIN, summary: "Is this the operator's PIN",
		about: "Five wrong ones in a row shut the badge at this handheld for a quarter of an hour; fifteen shut it at all handhelds where its PIN was never right."}, a.verifyPIN)
	register(a, route{method: http.MethodGet, path: "/v1/shift", id: "getShift", tag: "People", action: access.VerifyPIN, summary: "By what a handheld judges PINs without a network",
		about: "For handhelds, and for one shift (12 hours). What is given is of no use at the server or on another handheld. A PIN of four digits has but 10,000 forms: whoever takes a handheld apart can try them all against its check in some minutes, so that a PIN keeps colleagues apart and no thief away."}, a.getShift)
}

func (a *API) putPIN(ctx context.Context, q *pinQuery) (*none, error) {
	o, p := a.operator(ctx, q.Code)
	if p == nil {
		p = a.mayAt(ctx, access.SetPIN, o.Site)
	}
	if p == nil {
		p = a.mayGrant()
	}
	if p != nil {
		return nil, p
	}
	if err := a.store.SetPIN(q.Code, q.Body.PIN, callOf(ctx).who.Name); err != nil {
		return nil, err
	}
	a.told(ctx, store.PINRight(q.Code))
	return &none{}, nil
}

// operator finds an operator on the list.
func (a *API) operator(ctx context.Context, code string) (o ledger.Operator, p *Problem) {
	known := false
	err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		if found, _ := s.Operator(code); found != nil && found.Code == code {
			o, known = *found, true
		}
	})
	switch {
	case err != nil:
		return o, a.asProblem(ctx, err)
	case !known:
		return o, missing("operator", code)
	}
	return o, nil
}

func (a *API) verifyPIN(ctx context.Context, q *verifyQuery) (*verifiedAnswer, error) {
	who := callOf(ctx).who
	if wait, ok := a.limits.pin.take(who.Right); !ok {
		return nil, tooFast("Too many PINs were tried with this key. Nothing was looked at; come back later.", wait)
	}
	o, p := a.operator(ctx, q.Code)
	if p != nil {
		return nil, p
	}
	if !o.ActiveAt(ledger.TimeOf(a.opts.Now())) || o.Site != "" && !a.where(ctx, access.VerifyPIN).Has(o.Site) {
		return nil, problem(ledger.NotAllowed, "The operator "+quoted(q.Code)+" is not active here. Nothing was looked at; ask a supervisor.")
	}
	done, p := a.slowly()
	if p != nil {
		return nil, p
	}
	defer done()
	right, shut, err := a.store.CheckPIN(q.Code, q.Body.PIN, who.Right)
	return &verifiedAnswer{Verified{Operator: q.Code, Right: right, Until: shut}}, err
}

func (a *API) getShift(ctx context.Context, _ *struct{}) (*shiftAnswer, error) {
	who := callOf(ctx).who
	if who.Kind != access.Handheld {
		return nil, problem(ledger.NotAllowed, "The list of the shift is for handhelds. Nothing was given.")
	}
	if wait, ok := a.limits.pin.take(who.Right); !ok {
		return nil, tooFast("This handheld asks too often for the list of the shift. Nothing was given; come back later.", wait)
	}
	var codes []string
	known := a.store.WithPIN()
	now := ledger.TimeOf(a.opts.Now())
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		for _, code := range known {
			if o, _ := s.Operator(code); o != nil && o.Code == code && o.ActiveAt(now) && (o.Site == "" || o.Site == siteOf(&who)) {
				codes = append(codes, code)
			}
		}
	}); err != nil {
		return nil, err
	}
	checks, until, err := a.store.Shift(codes)
	if err != nil {
		return nil, err
	}
	out := &shiftAnswer{Shift{Until: until, Tries: shiftTries, Checks: []PINCheck{}, Known: append([]string{}, known...)}}
	for _, c := range checks {
		out.Body.Checks = append(out.Body.Checks, PINCheck(c))
	}
	return out, nil
}

// siteOf is where somebody works.
func siteOf(who *access.Principal) string {
	if who.Site == "" {
		return mainSite
	}
	return who.Site
}
