package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// peers are the programs that one would use instead, from a folder beside ours:
// DIR/ws is a server and a load generator in one, DIR/pg/up.sh starts an own
// PostgreSQL cluster and removes it.
type peers struct {
	ws      string // built
	cluster *child // PostgreSQL, through a shell that cleans up after itself
	dsn     string
	dir     string // of the cluster
	server  *child // ws in front of PostgreSQL
	addr    string
}

// postgresBin is where the peers' scripts expect PostgreSQL.
const postgresBin = "/usr/lib/postgresql/15/bin"

// Bounds of the peers.
const (
	buildWithin   = 10 * time.Minute // fetches modules the first time
	clusterWithin = 2 * time.Minute
	restartWithin = 5 * time.Minute
)

// clusterScript keeps a PostgreSQL cluster until its input ends. An order
// "restart N" books at least N moves, stops without a checkpoint, and answers
// with the milliseconds of the start and the moves.
const clusterScript = `. "$PGDIR/up.sh" </dev/null
echo up
while read -r order moves; do
  $B/psql $P -qc checkpoint postgres </dev/null >/dev/null
  n=$($B/pgbench $P -n -M prepared -c 2 -j 2 -t $((moves / 512 + 1)) -f batch256.sql postgres </dev/null 2>/dev/null | sed -n 's/.*actually processed: \([0-9]*\).*/\1/p')
  $U $B/pg_ctl -D $W/pg/data -m immediate stop </dev/null >/dev/null
  t=$(date +%s%3N)
  $U $B/pg_ctl -D $W/pg/data -w -l $W/pg/log -o "-p $PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$W/pg -c shared_buffers=1GB -c max_wal_size=4GB" start </dev/null >/dev/null
  echo "$(($(date +%s%3N) - t)) $((n * 256))"
done
`

// openPeers builds and starts the peers; nil, and a word why, where that cannot
// be done. What is missing never fails the measurement of ours.
func (b *bench) openPeers(ctx context.Context) *peers {
	if _, err := os.Stat(filepath.Join(b.o.peers, "ws")); err != nil {
		b.skip("peers", "there is no folder "+filepath.Join(b.o.peers, "ws"))
		return nil
	}
	dir, err := filepath.Abs(b.o.peers)
	if err != nil {
		b.skip("peers", err.Error())
		return nil
	}
	p := &peers{ws: b.folder("ws"), dir: b.folder("postgres")}
	b.say("building the peers' programs")
	build, cancel := context.WithTimeout(ctx, buildWithin)
	defer cancel()
	if _, err := output(build, dir, "go", "build", "-o", p.ws, "./ws"); err != nil {
		b.skip("peers", err.Error())
		return nil
	}
	if err := p.startCluster(ctx, b, dir); err != nil {
		b.skip("PostgreSQL", err.Error())
		p.close()
	}
	return p
}

func (p *peers) startCluster(ctx context.Context, b *bench, dir string) error {
	if !b.wants("1", "100", "1000", "100x16", "open", "restart") {
		return nil
	}
	if err := installPostgres(ctx, b); err != nil {
		return err
	}
	b.say("starting PostgreSQL")
	port, err := freePort()
	if err != nil {
		return err
	}
	if err := os.Chmod(b.dir, 0o755); err != nil { // the cluster runs as another user
		return err
	}
	env := []string{"PGDIR=" + filepath.Join(dir, "pg"), "W=" + p.dir, "PORT=" + strconv.Itoa(port)}
	if p.cluster, err = startChild(env, "bash", "-c", clusterScript); err != nil {
		return err
	}
	if text, err := p.cluster.line(ctx, clusterWithin); err != nil {
		return err
	} else if text != "up" {
		return fmt.Errorf("the cluster said %q", text)
	}
	p.dsn = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	p.server, p.addr, err = p.serve(ctx, "serve", "-lib", "e2e-pg-func", "-data", p.dsn)
	return err
}

// installPostgres sees to it that PostgreSQL 15 is there.
func installPostgres(ctx context.Context, b *bench) error {
	if _, err := os.Stat(postgresBin); err == nil {
		if os.Geteuid() != 0 {
			return errors.New("its cluster runs as user postgres, which only root can start")
		}
		return nil
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("%s is missing; install the package postgresql-15", postgresBin)
	}
	b.say("installing postgresql-15")
	within, cancel := context.WithTimeout(ctx, buildWithin)
	defer cancel()
	if _, err = output(within, "", "env", "DEBIAN_FRONTEND=noninteractive", apt, "install", "-y", "-q", "postgresql-15"); err == nil {
		_, err = os.Stat(postgresBin)
	}
	return err
}

// freePort returns a port that was free a moment ago.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// serve starts a server of the peers' program and waits until it answers.
func (p *peers) serve(ctx context.Context, command string, args ...string) (*child, string, error) {
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	addr := "127.0.0.1:" + strconv.Itoa(port)
	c, err := startChild(nil, p.ws, append([]string{command, "-addr", addr}, args...)...)
	if err != nil {
		return nil, "", err
	}
	for start := time.Now(); ; {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			return c, addr, conn.Close()
		}
		if time.Since(start) > childStart {
			c.kill()
			return nil, "", c.failed("does not listen")
		}
		if err := wait(ctx, 20*time.Millisecond); err != nil {
			c.kill()
			return nil, "", err
		}
	}
}

// close ends what runs. The shell removes the cluster.
func (p *peers) close() {
	if p.server != nil {
		p.server.kill()
		p.server = nil
	}
	if p.cluster != nil {
		p.cluster.stop()
		p.cluster = nil
	}
}

// dropPeers goes on without the peers.
func (b *bench) dropPeers(row string, err error) {
	b.skip("peers from row "+row+" on", err.Error())
	b.closePeers()
}

// peerRow is what the peers' program prints.
type peerRow struct {
	Messages   float64 `json:"msgs_s"`
	P50        float64 `json:"p50_us"`
	P99        float64 `json:"p99_us"`
	Deliveries float64 `json:"deliveries_s"`
	Lost       float64 `json:"lost"`
	Bytes      float64 `json:"bytes"`
	CPU        float64 `json:"server_cpu_us_msg"`
	FanCPU     float64 `json:"server_cpu_us_delivery"`
}

// parsePeerRow reads the last JSON line.
func parsePeerRow(text string) (r peerRow, err error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if err = json.Unmarshal([]byte(lines[len(lines)-1]), &r); err != nil {
		return r, fmt.Errorf("the peers' program printed %q", text)
	}
	return r, nil
}

// measure runs the peers' load generator.
func (p *peers) measure(ctx context.Context, d time.Duration, args ...string) (peerRow, error) {
	within, cancel := context.WithTimeout(ctx, d+childStart)
	defer cancel()
	text, err := output(within, "", p.ws, append(args, "-d", d.String())...)
	if err != nil {
		return peerRow{}, err
	}
	return parsePeerRow(text)
}

// moves runs one row against PostgreSQL.
func (p *peers) moves(ctx context.Context, row benchLoad, d time.Duration) (sample, error) {
	postmaster := p.postmaster()
	before := familyCPU(postmaster)
	r, err := p.measure(ctx, d, "echo", "-lib", "e2e-pg-func", "-addr", p.addr, "-conns", strconv.Itoa(row.devices),
		"-win", strconv.Itoa(row.window), "-rate", strconv.Itoa(int(row.rate)), "-pid", strconv.Itoa(p.server.pid()))
	if err != nil {
		return nil, err
	}
	if r.Messages <= 0 {
		return nil, errors.New("the peer acknowledged nothing")
	}
	s := sample{"rate": r.Messages, "p50": r.P50 / 1e3, "p99": r.P99 / 1e3}
	if used := familyCPU(postmaster) - before; used > 0 && r.CPU > 0 {
		s["cpu"] = r.CPU + used*1e6/(r.Messages*d.Seconds())
	}
	return s, nil
}

// postmaster returns the cluster's first process, 0 where that is not known.
func (p *peers) postmaster() int {
	b, err := os.ReadFile(filepath.Join(p.dir, "pg", "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return 0
	}
	return pid
}

// fan measures the fan-out of nats-server.
func (p *peers) fan(ctx context.Context, d time.Duration) (sample, error) {
	c, addr, err := p.serve(ctx, "natsd")
	if err != nil {
		return nil, err
	}
	defer c.kill()
	r, err := p.measure(ctx, d, "nats", "-addr", addr, "-conns", strconv.Itoa(fanWatchers), "-win", strconv.Itoa(fanInFlight), "-pid", strconv.Itoa(c.pid()))
	if err != nil {
		return nil, err
	}
	if r.Lost != 0 || r.Deliveries <= 0 {
		return nil, fmt.Errorf("the peer lost %.0f deliveries", r.Lost)
	}
	s := sample{"rate": r.Deliveries}
	if r.FanCPU > 0 {
		s["cpu"] = r.FanCPU
	}
	return s, nil
}

// restart books moves, stops the cluster hard, and times its start.
func (p *peers) restart(ctx context.Context, moves int) (sample, error) {
	text, err := p.cluster.ask(ctx, restartWithin, "restart %d", moves)
	if err != nil {
		return nil, err
	}
	return parseRestart(text, moves)
}

func parseRestart(text string, moves int) (sample, error) {
	var ms, booked float64
	if _, err := fmt.Sscan(text, &ms, &booked); err != nil || ms <= 0 {
		return nil, fmt.Errorf("the cluster said %q", text)
	}
	if booked < float64(moves) {
		return nil, fmt.Errorf("the cluster booked %.0f moves where %d were to be", booked, moves)
	}
	return sample{"ms": ms, "entries": booked}, nil
}
