package rest

import (
	"context"
	"net/http"

	"bayledger/server/access"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// CountSession is a count of many people, as the books have it now.
type CountSession struct {
	Session  string             `json:"session"`
	Site     string             `json:"site" doc:"of the place looked at: the one asked for, else where it was opened"`
	Location string             `json:"location"`
	Opened   *SessionMark       `json:"opened,omitempty"`
	Closed   *SessionMark       `json:"closed,omitempty"`
	Complete bool               `json:"complete" doc:"what nobody saw was set to zero"`
	Sections []CountedSection   `json:"sections" doc:"who counted where"`
	Counted  int                `json:"counted" doc:"products of which something was counted there"`
	Unseen   []UnseenBalanceRow `json:"unseen" doc:"what closing it complete would set to zero now"`
	Packages []CountedPackage   `json:"packages" doc:"that stand there, and what was seen of them"`
	Missing  []MissingRow       `json:"missing" doc:"serials that it found missing, and that nobody has seen since"`
	Message  string             `json:"message"`
}

// CountedPackage is a package where a session counts.
type CountedPackage struct {
	Package string      `json:"package"`
	Parent  string      `json:"parent" doc:"the package that it is inside of"`
	State   string      `json:"state" enum:"opened,assumed,unseen" doc:"its goods were counted; it was seen, and its content is taken to be what the books have; nobody scanned it"`
	Device  string      `json:"device"`
	At      ledger.Time `json:"at"`
}

// SessionMark is an opening or a closing.
type SessionMark struct {
	Device string      `json:"device"`
	At     ledger.Time `json:"at"`
	Entry  uint64      `json:"entry"`
}

// CountedSection is what one device counted in a section.
type CountedSection struct {
	Section string `json:"section"`
	Device  string `json:"device"`
	Lines   int    `json:"lines" doc:"that count"`
}

// UnseenBalanceRow is a balance that nobody counted.
type UnseenBalanceRow struct {
	Product  string `json:"product"`
	Lot      string `json:"lot"`
	Serial   string `json:"serial"`
	Status   string `json:"status"`
	Quantity string `json:"quantity"`
}

func (a *API) routeSessions() {
	register(a, route{method: http.MethodGet, path: "/v1/sessions/{session}", id: "getSession", tag: "Counts", action: access.ReadExceptions,
		summary: "A count session, and what nobody has seen yet",
		about: "People count into a session by intents `count` with its name and their section; `session-close` with `complete` sets to zero what lay at its place and nobody saw. " +
			"This tells beforehand what that would be."}, a.getSession)
}

type sessionQuery struct {
	Session  string `path:"session"`
	Site     string `query:"site"`
	Location string `query:"location" doc:"where to look; without it, where the session was opened"`
}

type sessionAnswer struct{ Body CountSession }

func (a *API) getSession(ctx context.Context, q *sessionQuery) (*sessionAnswer, error) {
	sites := a.where(ctx, access.ReadExceptions)
	var state settle.SessionState
	var known bool
	var wrong *Problem
	err := a.book.Settled(ctx, func(b *settle.Books) (err error) {
		var at *ledger.Place
		if q.Location != "" {
			var sc scope
			if sc, wrong = scopeOf(b.State(), sites, q.Site, "", q.Location); wrong != nil {
				return nil
			}
			at = sc.place
		}
		state, known, err = b.SessionState(q.Session, at)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case wrong != nil:
		return nil, wrong
	case !known || !sites.All() && (state.Place == nil || !sites.Has(state.Place.Stand().Site)):
		return nil, problem(ledger.NotFound, "Nobody has counted into a session "+quoted(q.Session)+" yet, nor opened it.")
	}
	out := &sessionAnswer{Body: countSession(&state)}
	out.Body.Missing, err = a.missing(ctx, func(m *settle.Missing) bool { return sites.Has(m.From.Stand().Site) && m.Session == q.Session })
	return out, err
}

func countSession(s *settle.SessionState) CountSession {
	mark := func(m *settle.SessionMark) *SessionMark {
		if m == nil {
			return nil
		}
		return &SessionMark{m.Device, m.At, m.N}
	}
	out := CountSession{Session: s.Name, Opened: mark(s.Opened), Closed: mark(s.Closed), Complete: s.Complete, Counted: s.Counted, Message: s.Message,
		Sections: []CountedSection{}, Unseen: []UnseenBalanceRow{}, Packages: []CountedPackage{}, Missing: []MissingRow{}}
	if s.Place != nil {
		out.Site, out.Location = s.Place.Site, s.Place.Code
	}
	for _, x := range s.Sections {
		out.Sections = append(out.Sections, CountedSection(x))
	}
	for _, p := range s.Packages {
		out.Packages = append(out.Packages, CountedPackage{p.Code, p.Parent, p.State, p.Device, p.At})
	}
	for _, c := range s.Unseen {
		out.Unseen = append(out.Unseen, UnseenBalanceRow{c.Product.Code, c.Lot, c.Serial, string(c.Status), ledger.FormatScaled(c.Quantity, c.Product.Decimals)})
	}
	return out
}
