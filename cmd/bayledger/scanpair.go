package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// ownKey is the key that a terminal handheld was paired with, and where it works.
type ownKey struct {
	Server string `json:"server"`
	Key    string `json:"key"`
}

// ownKeyFile is where it lies in the handheld's folder, readable by its owner only.
const ownKeyFile = "key.json"

func ownKeyOf(dir string) (k ownKey, ok bool) {
	b, err := os.ReadFile(filepath.Join(dir, ownKeyFile))
	return k, err == nil && json.Unmarshal(b, &k) == nil && k.Key != ""
}

// keepOwnKey puts the key in the place of another, durably: after a crash it is the
// old one or the new one.
func keepOwnKey(dir string, k ownKey) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	b, err := json.Marshal(k)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ownKeyFile+".*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(append(b, '\n')); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(dir, ownKeyFile))
}

// pairSelf gets this handheld a key of its own for a code.
func (a *app) pairSelf(ctx context.Context, f *scanFlags) error {
	u, err := url.Parse(f.pair)
	code, ok := "", false
	if err == nil {
		code, ok = strings.CutPrefix(u.Fragment, "pair=")
	}
	if !ok || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || code == "" {
		return misused("--pair is the address of a pairing code, such as https://stock.example/scan#pair=CODE")
	}
	client, err := a.httpClient()
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	server := u.Scheme + "://" + u.Host
	body, err := json.Marshal(map[string]string{"code": code})
	if err != nil {
		return err
	}
	var got struct{ Device, Key, Site string }
	if err := (&api{base: server, client: client}).call(ctx, http.MethodPost, "/v1/pairings/redeem", "application/json", body, &got); err != nil {
		return err
	}
	if got.Device == "" || strings.ContainsAny(got.Device, `/\`) || strings.Trim(got.Device, ".") == "" || got.Key == "" {
		return fmt.Errorf("the server gave this handheld no name or key that it can keep")
	}
	if err := keepOwnKey(filepath.Join(a.data, "handheld", got.Device), ownKey{Server: server, Key: got.Key}); err != nil {
		return fmt.Errorf("the key could not be kept, and the code is used up; ask for another: %w", err)
	}
	if f.device = got.Device; got.Site != "" {
		f.site = got.Site
	}
	fmt.Fprintf(a.err, "This handheld is %s now; its key is kept in its folder.\n", got.Device)
	return nil
}
