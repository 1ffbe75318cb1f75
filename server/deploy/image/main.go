// Command image writes an OCI image of the server: one layer with the binary, root
// certificates and an empty data folder, on nothing. It needs no container engine.
//
// # Use
//
//	go run ./server/deploy/image -binary bin/bayledger-static -version 1.2.3 -o bin/bayledger-image.tar
//
// # Promised
//
// The same binary and version give the same bytes: times are fixed, owners are
// numbers. The archive is an OCI layout in a tar, which podman, skopeo and docker
// load.
package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// user is nobody's: the number that distroless images use for "nonroot".
const user = 65532

func main() {
	binary := flag.String("binary", "", "the static binary")
	roots := flag.String("roots", "/etc/ssl/certs/ca-certificates.crt", "root certificates that the server trusts, for identity providers and collectors; none if the file is not there")
	version := flag.String("version", "unknown", "of the program")
	arch := flag.String("arch", "amd64", "of the binary")
	out := flag.String("o", "bayledger-image.tar", "the archive to write")
	flag.Parse()
	if err := run(*binary, *roots, *version, *arch, *out); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(binary, roots, version, arch, out string) error {
	image, err := build(binary, roots, version, arch)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bayledger-image-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path, err := layout.Write(dir, empty.Index)
	if err != nil {
		return err
	}
	if err := path.AppendImage(image, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": "latest"}), layout.WithPlatform(v1.Platform{OS: "linux", Architecture: arch})); err != nil {
		return err
	}
	return pack(dir, out)
}

// build makes the image: its one layer, and how it is run.
func build(binary, roots, version, arch string) (v1.Image, error) {
	files, err := layer(binary, roots)
	if err != nil {
		return nil, err
	}
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files)), nil }, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if image, err = mutate.AppendLayers(image, l); err != nil {
		return nil, err
	}
	bare, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(image, &v1.ConfigFile{
		OS: "linux", Architecture: arch, Created: v1.Time{Time: time.Unix(0, 0).UTC()},
		RootFS: bare.RootFS,
		Config: v1.Config{
			Entrypoint: []string{"/bayledger"}, Cmd: []string{"serve"}, User: fmt.Sprintf("%d:%d", user, user), WorkingDir: "/data",
			Env:          []string{"BAYLEDGER_DATA=/data", "BAYLEDGER_LISTEN=0.0.0.0:8443", "BAYLEDGER_TLS=true"},
			ExposedPorts: map[string]struct{}{"8443/tcp": {}}, Volumes: map[string]struct{}{"/data": {}}, StopSignal: "SIGTERM",
			Labels: map[string]string{"org.opencontainers.image.title": "Bayledger", "org.opencontainers.image.version": version, "org.opencontainers.image.licenses": "Apache-2.0"},
		},
	})
}

// layer is a tar of all files, the same bytes each time.
func layer(binary, roots string) ([]byte, error) {
	program, err := os.ReadFile(binary)
	if err != nil {
		return nil, fmt.Errorf("the binary cannot be read: %w", err)
	}
	certificates, err := os.ReadFile(roots)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the root certificates cannot be read: %w", err)
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	folder := func(name string, mode int64, owner int) error {
		return w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: mode, Uid: owner, Gid: owner, ModTime: time.Unix(0, 0)})
	}
	file := func(name string, mode int64, content []byte) error {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(content)), ModTime: time.Unix(0, 0)}); err != nil {
			return err
		}
		_, err := w.Write(content)
		return err
	}
	err = errors.Join(folder("data", 0o700, user), folder("tmp", 0o1777, 0), file("bayledger", 0o755, program))
	if len(certificates) > 0 {
		err = errors.Join(err, folder("etc", 0o755, 0), folder("etc/ssl", 0o755, 0), folder("etc/ssl/certs", 0o755, 0), file("etc/ssl/certs/ca-certificates.crt", 0o644, certificates))
	}
	return b.Bytes(), errors.Join(err, w.Close())
}

// pack writes a folder into a tar.
func pack(dir, out string) (err error) {
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	w := tar.NewWriter(f)
	defer func() { err = errors.Join(err, w.Close(), f.Close()) }()
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: filepath.ToSlash(name), Mode: 0o644, Size: int64(len(content)), ModTime: time.Unix(0, 0)}); err != nil {
			return err
		}
		_, err = w.Write(content)
		return err
	})
}
