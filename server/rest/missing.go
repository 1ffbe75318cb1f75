package rest

import (
	"context"
	"net/http"

	"bayledger/server/access"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// MissingRow is a serial that a count did not find, and that nobody has seen since.
type MissingRow struct {
	Product string      `json:"product"`
	Serial  string      `json:"serial"`
	Lot     string      `json:"lot"`
	From    string      `json:"from" doc:"where the books had it"`
	At      ledger.Time `json:"at" doc:"when it was counted as missing"`
	Device  string      `json:"device"`
	Session string      `json:"session"`
	Entry   uint64      `json:"entry" doc:"of the count, or of the closing of its session"`
}

func (a *API) routeMissing() {
	register(a, route{method: http.MethodGet, path: "/v1/missing", id: "getMissing", tag: "Counts", action: access.ReadReports,
		summary: "Serials that counts did not find", about: "A serial is listed while it is at loss: seen again, or seen elsewhere before, however late that is told, it is not any more."}, a.getMissing)
}

type (
	missingQuery struct {
		Site    string `query:"site"`
		Product string `query:"product"`
		Session string `query:"session"`
	}
	missingAnswer struct{ Body []MissingRow }
)

func (a *API) getMissing(ctx context.Context, q *missingQuery) (*missingAnswer, error) {
	sites := a.where(ctx, access.ReadReports)
	rows, err := a.missing(ctx, func(m *settle.Missing) bool {
		return sites.Has(m.From.Stand().Site) && (q.Product == "" || m.Product.Code == q.Product) && (q.Site == "" || m.From.Site == q.Site) && (q.Session == "" || m.Session == q.Session)
	})
	return &missingAnswer{rows}, err
}

func (a *API) missing(ctx context.Context, want func(*settle.Missing) bool) ([]MissingRow, error) {
	done, err := a.reading(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	found, err := a.book.Missing(ctx)
	rows := []MissingRow{}
	for i := range found {
		m := &found[i]
		if want(m) {
			rows = append(rows, MissingRow{m.Product.Code, m.Serial, m.Lot, m.From.Ref(), m.At, m.Device, m.Session, m.N})
		}
	}
	return rows, err
}
