// Serveload puts load on a reward server and reports what it bears.
//
//	go run ./benchmarks/serveload
//	go run ./benchmarks/serveload -url http://127.0.0.1:8437
//
// It builds golongrl-score, starts its server on the loopback interface and a unix
// socket, and measures in turn:
//
//   - throughput: requests of 64 responses of 289 bytes for token_f1, over
//     connections that each wait for an answer before they ask again;
//   - the most single requests per second, in the same way, and then latencies
//     at half that rate. Requests are due at random times that do not depend on
//     the answers, and a latency counts from when its request was due, so that a
//     slow answer also counts against those that wait behind it;
//   - the routes of OpenRLHF and slime, verify and advantage;
//   - the memory of the server while it answers a million requests.
//
// Every reply is held to scores computed here. Client and server share the
// machine, so all rates include the client's work; the CPU time of each per
// million scores stands beside, which other programs disturb least.
//
// The report is Markdown on standard output, and with -json a file. The exit
// status is 1 if an answer was wrong; a target that is missed is reported.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// A plan says how much load there is.
type plan struct {
	seconds     time.Duration // of each measurement
	connections int
	requests    int // of the measurement of memory
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("serveload: ")
	var p plan
	program := flag.String("server", "", "`file` of golongrl-score; default: one that is built now")
	url := flag.String("url", "", "server that runs already, `http://host:port`; only HTTP is measured, and no memory")
	out := flag.String("json", "", "`file` for the report as JSON")
	flag.DurationVar(&p.seconds, "time", 10*time.Second, "of each measurement")
	flag.IntVar(&p.connections, "connections", 8, "at a time")
	flag.IntVar(&p.requests, "requests", 1_000_000, "of the measurement of memory; 0 leaves it out")
	flag.Parse()
	if flag.NArg() > 0 || p.connections < 1 || p.seconds <= 0 || p.requests < 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, p, *program, *url, *out); err != nil {
		stop()
		log.Fatal(err)
	}
}

func run(ctx context.Context, p plan, program, url, out string) error {
	var s *server
	if url != "" {
		s = &server{http: strings.TrimSuffix(url, "/")}
	} else {
		var err error
		if s, err = startServer(ctx, program); err != nil {
			return err
		}
		defer s.stop()
	}
	r := newReport(p, s)
	if err := measure(ctx, p, s, r); err != nil {
		return err
	}
	if out != "" {
		if err := r.writeJSON(out); err != nil {
			return err
		}
	}
	_, err := os.Stdout.WriteString(r.markdown())
	return err
}

// measure takes all measurements, in an order that warms the server up first.
func measure(ctx context.Context, p plan, s *server, r *report) error {
	kinds, err := newKinds()
	if err != nil {
		return err
	}
	ways := []way{{"HTTP", func() (conn, error) { return newHTTP(s.http) }}}
	if s.unix != "" {
		ways = append(ways, way{"frames", func() (conn, error) { return newFrames(s.unix) }})
	}
	for _, w := range ways {
		step, err := closed(ctx, s, w, kinds["batch"], p.connections, p.seconds)
		if err != nil {
			return err
		}
		r.add("batches of 64", step)
		single, err := closed(ctx, s, w, kinds["single"], p.connections, p.seconds)
		if err != nil {
			return err
		}
		r.add("one at a time", single)
		half, err := open(ctx, s, w, kinds["single"], single.RequestsPerSecond/2, p.seconds)
		if err != nil {
			return err
		}
		r.add("one at a time, at half that rate", half)
	}
	for _, name := range []string{"OpenRLHF", "slime", "verify", "advantage"} {
		step, err := closed(ctx, s, ways[0], kinds[name], p.connections, p.seconds/4)
		if err != nil {
			return err
		}
		r.add(name, step)
	}
	if p.requests == 0 || s.pid == 0 {
		return nil
	}
	r.Memory, err = memory(ctx, s, ways, kinds, p.connections, p.requests)
	return err
}

// A way is how requests are sent.
type way struct {
	name string
	dial func() (conn, error)
}

// machine describes where this runs.
func machine() string {
	return fmt.Sprintf("%s, %d cores, %s/%s", cpuModel(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
}

func cpuModel() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown CPU"
}
