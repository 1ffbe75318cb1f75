package socket

import (
	"context"
	"slices"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// siteRules are what the settings of a site, and of the book, tell its devices.
type siteRules struct {
	negative, counts string
	reasons          []string
	lowestPage       int
}

func rulesOf(st *ledger.State, site string) siteRules {
	r := siteRules{negative: string(st.Policy(site)), reasons: st.ReasonsRequired(site), lowestPage: st.LowestPage()}
	if st.Counts(site) == ledger.CountsBlind {
		r.counts = ledger.CountsBlind
	}
	return r
}

// put gives a policy what the site's settings say, and says whether that is news.
func (r *siteRules) put(p *wire.Policy) (news bool) {
	news = p.Negative != r.negative || p.Counts != r.counts || !slices.Equal(p.Reasons, r.reasons) || p.LowestPage != r.lowestPage
	p.Negative, p.Counts, p.Reasons, p.LowestPage = r.negative, r.counts, r.reasons, r.lowestPage
	return news
}

// committed makes a note that something was committed.
func (h *Hub) committed() {
	h.wakeSubscribers()
	select {
	case h.commits <- struct{}{}:
	default: // one is made already
	}
}

// tellPolicies tells devices what their sites' settings say, each time that some were
// changed, until the hub stops: who is connected scans by them from then on.
func (h *Hub) tellPolicies() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	seen := h.book.Feed().Announced()
	for {
		select {
		case <-h.stop:
			return
		case <-h.commits:
		}
		head := h.book.Feed().Announced()
		if h.sitesChanged(seen, head) {
			h.rules.Add(1) // before the sessions are listed: who is not among them looks itself
			for _, s := range h.all() {
				if s.welcomed.Load() {
					s.tellPolicy(ctx)
				}
			}
		}
		seen = head
	}
}

// sitesChanged says whether one of the entries up to head may have changed a site or the book.
func (h *Hub) sitesChanged(after, head uint64) bool {
	for after < head {
		c, _, ok := h.book.Feed().Next(after)
		if !ok {
			return true // too many came at once to know: look
		}
		if slices.ContainsFunc(c.Items, func(it ledger.Item) bool { return it.Entity == ledger.EntitySite || it.Entity == ledger.EntitySetting }) {
			return true
		}
		after = c.Last
	}
	return false
}

// tellPolicy tells a session what its site's settings say, where that is not what it
// was told.
func (s *session) tellPolicy(ctx context.Context) {
	var rules siteRules
	site := s.policySite()
	if s.hub.book.View(ctx, func(st *ledger.State, _ uint64) { rules = rulesOf(st, site) }) != nil {
		return // the book is going away, and with it the session
	}
	s.mu.Lock()
	news := rules.put(&s.policy)
	policy := s.policy
	s.mu.Unlock()
	if news {
		s.send(&wire.Notice{Type: "notice", Kind: "policy", Policy: &policy, Text: "Settings of the site " + policy.Site + " were changed."})
	}
}

func (s *session) policySite() string {
	if s.who.Site == "" {
		return "main"
	}
	return s.who.Site
}
