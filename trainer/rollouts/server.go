package rollouts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golongrl/golongrl/trainer/random"
)

// A Dialect is how a model server is spoken to.
type Dialect string

// The dialects.
const (
	// Auto asks the server, VLLM first unless it calls itself SGLang.
	Auto Dialect = "auto"

	// VLLM is the route /v1/completions with prompts as token ids, where replies
	// have token ids because of return_token_ids (since 0.10.2) or
	// return_tokens_as_token_ids.
	//
	// Source: vllm-project/vllm, entrypoints/openai/completion/protocol.py.
	VLLM Dialect = "vllm"

	// SGLang is the route /generate with input_ids and return_logprob.
	//
	// Source: sgl-project/sglang, srt/managers/io_struct.py.
	SGLang Dialect = "sglang"
)

// LogProbs says which log-probabilities a server returns, which matters where the
// temperature is neither 0 nor 1.
type LogProbs string

// The kinds of log-probabilities.
const (
	// Raw are those of the model before temperature, top-p and top-k: the default
	// of vLLM, and of SGLang under SGLANG_RETURN_ORIGINAL_LOGPROB.
	Raw LogProbs = "raw"

	// Processed are those that were sampled from: of vLLM with --logprobs-mode
	// processed_logprobs, behind temperature, top-p and top-k; of SGLang, its
	// default, behind temperature.
	Processed LogProbs = "processed"
)

// ServerOptions say where a model server is and how it is used.
type ServerOptions struct {
	// URL is where the server listens, with or without /v1 at the end.
	URL string

	// Model is the name that requests carry; "" is the only one that the server
	// lists.
	Model string

	Dialect Dialect // "" is Auto

	// LogProbs is what the server was started to return; "" is Raw for vLLM and
	// Processed for SGLang, as they are by themselves.
	LogProbs LogProbs

	// KeyEnv names the environment variable that holds the key for the server;
	// "": none is sent.
	KeyEnv string

	// Vocab is the size of the model's vocabulary. Token ids beyond are refused.
	Vocab int

	// Decoder makes text of tokens. The server's text is not used.
	Decoder Decoder

	Concurrency int           // requests under way; 0 is 64
	Attempts    int           // per sample; 0 is 5
	Backoff     time.Duration // before the second attempt, doubled for each further; 0 is half a second
	Timeout     time.Duration // of an attempt; 0 is 30 minutes
	MaxReply    int64         // bytes of a reply; 0 is 64 MiB

	// Publish says how new weights get to the server; nil: Publish is an error.
	Publish *Publishing
}

// A Server is a source that asks a model server, one request per sample with a
// seed of its own.
//
// Prompts are sent as token ids and responses come back as token ids with
// log-probabilities; text is never encoded again. vLLM is told to stop at the
// request's stop tokens only, SGLang stops at its model's end-of-text tokens too,
// since it cannot be told to ignore them without the others.
//
// What a server samples is not repeatable: seeds fix the random numbers (SGLang
// heeds them with --enable-deterministic-inference only) but batching changes the
// last bits of logits. Samples carry the version that was last published.
type Server struct {
	o       ServerOptions
	api     api
	dialect dialect
	model   string

	aliases []string // other names of the model, which replies may have

	known   bool // version is
	version int  // of the policy that the server holds

	unlock func() // gives the folder of Publish back
}

// A dialect makes requests and reads replies.
type dialect interface {
	name() Dialect
	path() string
	request(model string, p []int32, req *Request, key random.Key) any
	reply(from *api, body []byte, prompt []int32) (answer, error)
	logprobs() LogProbs // what the server returns by itself
}

// An answer is what a server returned for a prompt.
type answer struct {
	tokens []int32
	logp   []float32
	finish string // stop, length, or why it ended otherwise
	model  string // that answered; "": not known
}

// NewServer asks the server what it can do. A server that returns text without
// token ids or without log-probabilities is refused, and the error says what to
// turn on. It makes the folder of o.Publish and takes it until [Server.Close], so
// that no other run publishes there.
func NewServer(ctx context.Context, o ServerOptions) (*Server, error) {
	if o.Decoder == nil || o.Vocab < 1 {
		panic("rollouts: NewServer needs a Decoder and the size of the vocabulary")
	}
	base, err := baseURL(o.URL)
	if err != nil {
		return nil, err
	}
	key := ""
	if o.KeyEnv != "" {
		if key = strings.TrimSpace(os.Getenv(o.KeyEnv)); key == "" {
			return nil, fmt.Errorf("rollouts: the environment variable %s is empty: it must hold the key for %s", o.KeyEnv, base)
		}
	}
	switch o.LogProbs {
	case "", Raw, Processed:
	default:
		return nil, fmt.Errorf("rollouts: log-probabilities %q are not known: give raw or processed", o.LogProbs)
	}
	if o.Dialect == "" {
		o.Dialect = Auto
	}
	setDefault(&o.Concurrency, 64)
	setDefault(&o.Attempts, 5)
	setDefault(&o.Backoff, 500*time.Millisecond)
	setDefault(&o.Timeout, 30*time.Minute)
	setDefault(&o.MaxReply, 64<<20)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = o.Concurrency
	s := &Server{o: o, unlock: func() {}, api: api{
		base: base, key: key, secrets: secrets(key), keyEnv: o.KeyEnv, attempts: o.Attempts, backoff: o.Backoff, timeout: o.Timeout, maxReply: o.MaxReply,
		client: &http.Client{
			Transport: transport,
			// A redirect could carry prompts to another machine.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}}
	if o.Publish != nil {
		if err := o.Publish.check(); err != nil {
			return nil, err
		}
		if !o.Publish.Static {
			if s.unlock, err = o.Publish.lock(); err != nil {
				return nil, fmt.Errorf("rollouts: the folder to publish in: %w", err)
			}
		}
	}
	if err := s.probe(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("rollouts: %w", err)
	}
	return s, nil
}

func setDefault[T int | int64 | time.Duration](v *T, to T) {
	if *v <= 0 {
		*v = to
	}
}

// baseURL returns the URL without /v1.
func baseURL(text string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil:
		return "", fmt.Errorf("rollouts: the address of the server: %w", errors.Unwrap(err)) // which would repeat the text, and a password in it
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return "", errors.New("rollouts: the address of the server must begin with http:// or https:// and a host")
	case u.User != nil:
		return "", errors.New("rollouts: the address of the server holds a password: name an environment variable with the key instead")
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("rollouts: the address of the server must end with its path: leave out what follows ? or #")
	}
	return strings.TrimSuffix(strings.TrimRight(u.String(), "/"), "/v1"), nil
}

// String returns the address of the server.
func (s *Server) String() string { return s.api.base + "/v1" }

// Dialect returns how the server is spoken to, VLLM or SGLang.
func (s *Server) Dialect() Dialect { return s.dialect.name() }

// Model returns the name that requests carry.
func (s *Server) Model() string { return s.model }

// Close lets go of the folder of [Publishing] and of idle connections. The server
// itself runs on. Nothing can be published or generated afterwards; a second call
// does nothing. The error is always nil.
func (s *Server) Close() error {
	s.unlock()
	s.api.client.CloseIdleConnections()
	return nil
}

// giveUp is how many samples may fail before any succeeds.
const giveUp = 16

// Generate asks for every sample. What fails for good, after the attempts of
// [ServerOptions], is a sample with an error; if none of the first samples
// succeeds, Generate returns the reason. It is an error if the log-probabilities
// would not be those of the request's temperature; samples of an evaluation then
// have none.
func (s *Server) Generate(ctx context.Context, req *Request, done func(Sample)) error {
	if err := req.check(s.o.Vocab); err != nil {
		return err
	}
	if err := s.checkTemperature(req.Sampling.Temperature); err != nil && !req.Eval {
		return err
	}
	if !s.known {
		s.known, s.version = true, req.Version
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	total := len(req.Prompts) * req.N
	jobs, results := make(chan int), make(chan Sample)
	var wg sync.WaitGroup
	for range min(s.o.Concurrency, total) {
		wg.Go(func() {
			for i := range jobs {
				results <- s.sample(inner, req, i/req.N, i%req.N)
			}
		})
	}
	go func() {
		defer close(jobs)
		for i := range total {
			select {
			case jobs <- i:
			case <-inner.Done():
				return
			}
		}
	}()
	go func() {
		wg.Wait()
		close(results)
	}()
	worked, failed := 0, 0
	var first error
	for r := range results {
		switch {
		case inner.Err() != nil: // what ends now says nothing
		case r.Err == nil:
			worked++
			done(r)
		default:
			if failed++; first == nil {
				first = r.Err
			}
			if worked == 0 && failed >= min(giveUp, total) {
				cancel()
				continue
			}
			done(r)
		}
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("rollouts: %s: %w", s, ctx.Err())
	case worked == 0:
		return fmt.Errorf("rollouts: %s: none of %d samples succeeded: %w", s, failed, first)
	}
	return nil
}

// checkTemperature refuses log-probabilities that are not those of the request's
// temperature, for the correction would take the difference for a change of
// policy.
func (s *Server) checkTemperature(t float64) error {
	if t == 0 || t == 1 || s.returns() == Processed {
		return nil
	}
	how := "start vLLM with --logprobs-mode processed_logprobs"
	if s.dialect.name() == SGLang {
		how = "start SGLang without SGLANG_RETURN_ORIGINAL_LOGPROB"
	}
	return fmt.Errorf("rollouts: %s returns log-probabilities before temperature (raw), which are not those of temperature %v: %s and set logprobs to processed, or sample at temperature 1", s, t, how)
}

func (s *Server) returns() LogProbs {
	if s.o.LogProbs != "" {
		return s.o.LogProbs
	}
	return s.dialect.logprobs()
}

// sample asks for one sample.
func (s *Server) sample(ctx context.Context, req *Request, prompt, index int) Sample {
	p, key := req.Prompts[prompt], req.Key(prompt, index)
	out := Sample{Prompt: prompt, Index: index, Version: s.version}
	var a answer
	err := s.api.try(ctx, key, func(ctx context.Context) error {
		body, err := s.api.post(ctx, s.dialect.path(), s.dialect.request(s.model, p.Tokens, req, key))
		if err != nil {
			return err
		}
		if a, err = s.dialect.reply(&s.api, body, p.Tokens); err == nil {
			err = s.check(&a, req.Sampling.MaxTokens)
		}
		return err
	})
	if err != nil {
		return Sample{Prompt: prompt, Index: index, Err: fmt.Errorf("prompt %s, sample %d: %w", p.ID, index, err)}
	}
	out.Tokens, out.Stopped = a.tokens, a.finish == "stop"
	if s.checkTemperature(req.Sampling.Temperature) == nil {
		out.LogP = a.logp
	}
	out.Text = s.o.Decoder.Decode(a.tokens)
	return out
}

// check finds replies that cannot be trained on.
func (s *Server) check(a *answer, maxTokens int) error {
	switch {
	case a.model != "" && a.model != s.model && !slices.Contains(s.aliases, a.model):
		return fmt.Errorf("the server answered as model %q where %q was asked: give the name of the model to train", s.api.say([]byte(a.model)), s.model)
	case a.finish != "stop" && a.finish != "length":
		return &temporary{err: fmt.Errorf("the server ended the response with %q", s.api.say([]byte(a.finish)))}
	case len(a.tokens) == 0:
		return errors.New("the server returned no tokens")
	case len(a.tokens) != len(a.logp):
		return fmt.Errorf("the server returned %d token ids and %d log-probabilities", len(a.tokens), len(a.logp))
	case len(a.tokens) > maxTokens:
		return fmt.Errorf("the server returned %d tokens where at most %d were asked for", len(a.tokens), maxTokens)
	}
	for i, t := range a.tokens {
		if t < 0 || int(t) >= s.o.Vocab {
			return fmt.Errorf("the server returned token %d, but the vocabulary ends at %d: it serves another model", t, s.o.Vocab-1)
		}
		// Rounding makes a certain token's a little more than 0.
		if lp := a.logp[i]; !(lp < 1e-3) || lp < -1e30 {
			return fmt.Errorf("the server returned log-probability %v for token %d of the response", lp, i)
		}
	}
	return nil
}
