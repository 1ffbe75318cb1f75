package rest

import (
	"context"
	"net/http"

	"bayledger/server/access"

	"github.com/danielgtaylor/huma/v2"
)

type backupQuery struct {
	After  uint64 `query:"after" doc:"the newest entry that the backup has"`
	Pieces bool   `query:"pieces" doc:"the server's keys, names, print queue and files too"`
}

func (a *API) routeBackup() {
	if a.opts.Backup == nil {
		return
	}
	const kind = "application/octet-stream"
	register(a, route{method: http.MethodGet, path: "/v1/backup", id: "takeBackup", tag: "Operation", action: access.TakeBackup, summary: "What a backup is made of",
		about:     "The blocks of the journal behind an entry, and what else the data folder holds, as `bayledger backup` takes them. Whoever has it has all keys' hashes and the certificate authority's key.",
		responses: map[string]*huma.Response{"200": {Description: "Frames: a kind, a length, the bytes; the last one says that nothing is missing", Content: map[string]*huma.MediaType{kind: {}}}}},
		func(_ context.Context, q *backupQuery) (*huma.StreamResponse, error) {
			return a.streamed(kind, func(ctx context.Context, s *stream) error { return a.opts.Backup(ctx, q.After, q.Pieces, s) }), nil
		})
}
