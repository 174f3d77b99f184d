package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"math"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/scoring"
	rewards "github.com/golongrl/golongrl/serve"
	"github.com/golongrl/golongrl/serve/service"
)

// tokenVariable holds the token where there is no --token-file.
const tokenVariable = "GOLONGRL_TOKEN"

// serveJob is one run of the serve command.
type serveJob struct {
	streams
	addr, unix        string
	cert, key         string
	tokenFile         string
	metric            string
	profile, logLevel oneOf
	workers           int
	maxBody           byteSize
	concurrent, queue int
	unscored          float64
	unused            time.Duration
}

func serveCommand(s streams) *cobra.Command {
	job := &serveJob{streams: s, profile: choice("strict", "reference"), logLevel: choice("info", "debug", "warn", "error"), maxBody: 64 << 20}
	c := &cobra.Command{
		Use:   "serve",
		Short: "Answer calls over HTTP and sockets",
		Long: `Serve scores, verifies and computes advantages for clients: over HTTP, with
the routes of golongrl, OpenRLHF and slime, and over frames, the protocol of the
Python package. Both are on every listener. docs/server.md describes them.

For each listener it prints a line on standard output as soon as clients may
connect, "listening on http://127.0.0.1:8437", and logs on standard error, JSON
lines without the texts of requests.

SIGTERM and SIGINT end it: it answers what it has accepted, in at most ten
seconds. A second signal ends it at once.

Exit status: 0 if it ended as asked, 1 if it could not listen, 2 for a wrong
command line.`,
		Example: `  golongrl-score serve
  golongrl-score serve --addr 0.0.0.0:8437 --token-file token --tls-cert cert.pem --tls-key key.pem
  golongrl-score serve --addr "" --unix /run/golongrl.sock
  golongrl-score serve --metric math_verify`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("metric") && strings.TrimSpace(job.metric) == "" {
				return usage("--metric is empty: name a metric; golongrl-score metrics lists them")
			}
			return job.run()
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&job.addr, "addr", "127.0.0.1:8437", "`host:port` to listen on; port 0 is any that is free, empty is none")
	f.StringVar(&job.unix, "unix", "", "`path` of a unix socket to listen on, for this user alone")
	f.StringVar(&job.cert, "tls-cert", "", "`file` with the certificate, PEM; --addr is then https")
	f.StringVar(&job.key, "tls-key", "", "`file` with its key, PEM")
	f.StringVar(&job.tokenFile, "token-file", "", "`file` with the bearer token that clients must send; else the variable "+tokenVariable)
	f.StringVarP(&job.metric, "metric", "m", "", "metric or `expression` for items that name none; see golongrl-score metrics")
	f.Var(&job.profile, "profile", "what bare metric names mean")
	f.IntVar(&job.workers, "workers", 0, "items of one request to score at a time; 0 is the number of cores")
	f.Var(&job.maxBody, "max-body", "longest request")
	f.IntVar(&job.concurrent, "max-concurrent", 0, "requests to work on at a time; 0 is twice the number of cores")
	f.IntVar(&job.queue, "queue", 1024, "requests that may wait beyond; the next are told to come again, with 429")
	f.Float64Var(&job.unscored, "unscored", 0, "what OpenRLHF and slime get for an item without score")
	f.Var(&job.logLevel, "log-level", "what to log; debug has a line for every request")
	f.DurationVar(&job.unused, "exit-when-unused", 0, "end when the last connection has been closed for this long, or none came in a minute")
	return c
}

func (j *serveJob) run() error {
	const maxWorkers = 4096
	switch {
	case j.addr == "" && j.unix == "":
		return usage("--addr is empty and there is no --unix: give one of them")
	case (j.cert == "") != (j.key == ""):
		return usage("--tls-cert and --tls-key: give both or none")
	case j.cert != "" && j.addr == "":
		return usage("--tls-cert needs --addr: unix sockets are not encrypted")
	case j.workers < 0 || j.workers > maxWorkers:
		return usage("--workers %d: use at least 1 and at most %d, or 0", j.workers, maxWorkers)
	case j.concurrent < 0:
		return usage("--max-concurrent %d: use at least 1, or 0", j.concurrent)
	case j.queue < 1:
		return usage("--queue %d: use at least 1", j.queue)
	case int64(j.maxBody) > math.MaxUint32:
		return usage("--max-body %d: use at most 4 GiB less a byte", int64(j.maxBody))
	case math.IsNaN(j.unscored) || math.IsInf(j.unscored, 0):
		return usage("--unscored %v: use a finite number", j.unscored)
	case j.unused < 0:
		return usage("--exit-when-unused %v: use a positive time", j.unused)
	}
	token, err := j.token()
	if err != nil {
		return err
	}
	var level slog.Level
	level.UnmarshalText([]byte(j.logLevel.value)) // one of the four
	profile, _ := scoring.ParseProfile(j.profile.value)
	config := rewards.Config{
		Service:  service.Config{Metric: j.metric, Profile: profile, Workers: j.workers},
		Token:    token,
		Limits:   rewards.Limits{Body: int64(j.maxBody), Concurrent: j.concurrent, Queue: j.queue},
		Log:      slog.New(slog.NewJSONHandler(j.err, &slog.HandlerOptions{Level: level})),
		Unscored: j.unscored,
		Unused:   j.unused,
	}
	if j.cert != "" {
		pair, err := tls.LoadX509KeyPair(j.cert, j.key)
		if err != nil {
			return usage("--tls-cert, --tls-key: %v", err)
		}
		config.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}}
	}
	server, err := rewards.New(config)
	if err != nil {
		return usage("--metric: %v", err)
	}
	j.tuneMemory()
	ignoreBrokenPipes()
	ctx, stop := untilSignal()
	defer stop()
	listeners, err := j.listen()
	if err != nil {
		return &exitError{exitNoScore, err.Error()}
	}
	if err := server.Serve(ctx, listeners...); err != nil {
		return &exitError{exitNoScore, err.Error()}
	}
	return nil
}

// tuneMemory raises the limit of tuneMemory for servers of large requests, of
// which several are in memory at a time.
func (j *serveJob) tuneMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(max(2<<30, 32*int64(j.maxBody)))
	}
}

// token reads the token. It is not a flag, as other users can see those.
func (j *serveJob) token() (string, error) {
	if j.tokenFile == "" {
		text := os.Getenv(tokenVariable)
		token := strings.TrimSpace(text)
		if text != "" && token == "" {
			return "", usage("%s is blank: give the token, or take the variable away", tokenVariable)
		}
		return token, nil
	}
	b, err := os.ReadFile(j.tokenFile)
	if err != nil {
		return "", usage("--token-file: %v", err)
	}
	token := strings.TrimSpace(string(b))
	if token == "" {
		return "", usage("--token-file: %s is blank: write the token into it", j.tokenFile)
	}
	return token, nil
}

// listen opens the listeners and says so on standard output.
func (j *serveJob) listen() (_ []net.Listener, err error) {
	var listeners []net.Listener
	var lines []string
	defer func() {
		if err != nil {
			for _, l := range listeners {
				l.Close()
			}
		}
	}()
	if j.unix != "" {
		l, err := listenUnix(j.unix)
		if err != nil {
			return nil, fmt.Errorf("--unix %s: %w", j.unix, err)
		}
		listeners = append(listeners, l)
		lines = append(lines, "listening on unix:"+j.unix)
	}
	if j.addr != "" {
		l, err := net.Listen("tcp", j.addr)
		if err != nil {
			return listeners, fmt.Errorf("--addr %s: %w", j.addr, err)
		}
		scheme := "http"
		if j.cert != "" {
			scheme = "https"
		}
		listeners = append(listeners, l)
		lines = append(lines, "listening on "+scheme+"://"+l.Addr().String())
	}
	if _, err := fmt.Fprintln(j.out, strings.Join(lines, "\n")); err != nil {
		return listeners, fmt.Errorf("standard output: %w", err)
	}
	return listeners, nil
}
