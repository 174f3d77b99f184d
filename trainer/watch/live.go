package watch

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Live serves a page with the curves of a run and sample rollouts of every task. It
// is an [Observer].
//
//	GET /                    the page
//	GET /api/steps?from=N    numbers of steps, see below
//	GET /api/samples?task=T  latest samples of a task; without a task its names
//
// Steps have numbers by arrival, from 0. The answer
//
//	{"generation":0,"next":500,"more":true,"steps":[{"step":1,"metrics":{…},"timings":{…}},…]}
//
// holds at most 500 of them from number N on, and next is the N of the request
// after it. Memory is bounded as that of a [Recorder]; when steps are dropped for
// it, generation grows. Values that are no number are null.
//
// Training never waits for a reader: Step only copies, and what a reader gets is
// made from a copy. Rollouts are hostile texts; the page shows them as texts, and
// its content security policy runs no script but its own. A request whose Host is
// neither an address nor a known name is refused, so that no web site can reach
// the page through a name of its own.
type Live struct {
	title string
	marks []Mark
	hosts []string
	addr  net.Addr

	mu      sync.Mutex // held for copying only
	history *history
	gallery *gallery

	drawing sync.Mutex // held while charts are drawn
	drawn   panels
	drawnAt int

	server *http.Server
	busy   chan struct{}
	served chan error
}

// LiveOptions are those of [NewLive].
type LiveOptions struct {
	Title   string // "training" if empty
	Marks   []Mark
	Samples int    // of a task and kind; 8 if 0
	Past    []Step // of a resumed run, as ReadSteps gives them

	// AllowRemote permits an address that other machines reach. There is no
	// password: who reaches the page reads all prompts and responses.
	AllowRemote bool

	// Hosts are names under which the page may be asked for, beside addresses
	// and "localhost".
	Hosts []string
}

const (
	liveSteps    = 500 // of an answer
	liveRequests = 32  // at the same time
)

var (
	//go:embed live.html
	liveHTML string
	//go:embed live.js
	liveJS string

	liveTemplate = template.Must(template.Must(shared.Clone()).New("live").Parse(liveHTML))
	livePolicy   = fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", digest(liveJS), digest(style))
)

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// NewLive listens on addr, such as "127.0.0.1:8080" or, for any free port,
// "127.0.0.1:0", and serves from then on. Addresses that other machines reach, such
// as ":8080", are refused without AllowRemote.
func NewLive(addr string, o LiveOptions) (*Live, error) {
	refused := fmt.Errorf("watch: %q is reached by other machines; use 127.0.0.1:PORT, or allow it where everyone who reaches it may read the run", addr)
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("watch: address %q is not HOST:PORT: %w", addr, err)
	}
	if ip := net.ParseIP(host); !o.AllowRemote && host != "localhost" && !(ip != nil && ip.IsLoopback()) {
		return nil, refused
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	if a, ok := listener.Addr().(*net.TCPAddr); !o.AllowRemote && !(ok && a.IP.IsLoopback()) {
		listener.Close()
		return nil, refused
	}
	if o.Title == "" {
		o.Title = "training"
	}
	if o.Samples <= 0 {
		o.Samples = 8
	}
	l := &Live{
		title: o.Title, marks: o.Marks, hosts: o.Hosts, addr: listener.Addr(),
		history: newHistory(historySteps), gallery: newGallery(o.Samples), drawnAt: -1,
		busy: make(chan struct{}, liveRequests), served: make(chan error, 1),
	}
	for i := range o.Past {
		l.history.add(&o.Past[i])
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", l.page)
	mux.HandleFunc("GET /view/charts", l.viewCharts)
	mux.HandleFunc("GET /view/samples", l.viewSamples)
	mux.HandleFunc("GET /api/steps", l.apiSteps)
	mux.HandleFunc("GET /api/samples", l.apiSamples)
	l.server = &http.Server{
		Handler:           l.guard(mux),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	go func() { l.served <- l.server.Serve(listener) }()
	return l, nil
}

// URL is the page's address.
func (l *Live) URL() string { return "http://" + l.addr.String() + "/" }

// Step shows a step. Its error is nil.
func (l *Live) Step(s *Step) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.history.add(s)
	l.gallery.add(s)
	return nil
}

// Close ends the server; requests under way get a moment to finish. A second call
// does nothing.
func (l *Live) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	err := l.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = l.server.Close()
	}
	if served := <-l.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	l.served <- http.ErrServerClosed
	return err
}

// guard refuses requests under foreign names, and those beyond liveRequests.
func (l *Live) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", livePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !l.knows(r.Host) {
			http.Error(w, "this name is not known here; ask for the address, such as 127.0.0.1", http.StatusMisdirectedRequest)
			return
		}
		select {
		case l.busy <- struct{}{}:
			defer func() { <-l.busy }()
			next.ServeHTTP(w, r)
		default:
			http.Error(w, "too many requests at once", http.StatusServiceUnavailable)
		}
	})
}

// knows reports whether host is an address, "localhost" or a permitted name. A name
// can be pointed at this machine by whoever owns it, an address cannot.
func (l *Live) knows(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	} else if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	if host == "localhost" || net.ParseIP(host) != nil {
		return true
	}
	for _, name := range l.hosts {
		if name == host {
			return true
		}
	}
	return false
}

// charts draws the steps so far, once for all readers.
func (l *Live) charts() (panels, int) {
	l.drawing.Lock()
	defer l.drawing.Unlock()
	l.mu.Lock()
	seq := l.history.seq
	var entries []entry
	if seq != l.drawnAt {
		entries = l.history.since(0, seq)
	}
	l.mu.Unlock()
	if seq != l.drawnAt {
		steps := make([]Step, len(entries))
		for i := range entries {
			steps[i] = entries[i].restore()
		}
		l.drawn, l.drawnAt = draw(steps, l.marks), seq
	}
	return l.drawn, seq
}

// A view is what the page shows of the samples.
type view struct {
	Tasks               []string
	Task                string
	Before, Eval, Train []keyed
}

// samples returns the samples of a task, or of the first one if it is not known.
func (l *Live) samples(task string) (view, int) {
	l.mu.Lock()
	shelves, version := l.gallery.shelves(), l.gallery.version
	l.mu.Unlock()
	var v view
	var chosen *shelf
	for i := range shelves {
		v.Tasks = append(v.Tasks, shelves[i].name)
		if i == 0 || shelves[i].name == task {
			chosen = &shelves[i]
		}
	}
	if chosen != nil {
		v.Task = chosen.name
		v.Before, v.Eval, v.Train = withKeys("first", chosen.before), withKeys("eval", chosen.later()), withKeys("train", chosen.train)
	}
	return v, version
}

func (l *Live) page(w http.ResponseWriter, r *http.Request) {
	p, _ := l.charts()
	v, _ := l.samples(r.URL.Query().Get("task"))
	l.render(w, "live", struct {
		Title   string
		Style   template.CSS
		Script  template.JS
		Panels  panels
		Gallery view
	}{l.title, template.CSS(style), template.JS(liveJS), p, v})
}

func (l *Live) viewCharts(w http.ResponseWriter, r *http.Request) {
	if p, seq := l.charts(); !unchanged(w, r, seq) {
		l.render(w, "charts", p)
	}
}

func (l *Live) viewSamples(w http.ResponseWriter, r *http.Request) {
	if v, version := l.samples(r.URL.Query().Get("task")); !unchanged(w, r, version) {
		l.render(w, "gallery", v)
	}
}

// unchanged answers a request whose tag is that of now.
func unchanged(w http.ResponseWriter, r *http.Request, version int) bool {
	tag := fmt.Sprintf(`"%d"`, version)
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") != tag {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

func (l *Live) render(w http.ResponseWriter, name string, data any) {
	var b bytes.Buffer
	if err := liveTemplate.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes())
}
