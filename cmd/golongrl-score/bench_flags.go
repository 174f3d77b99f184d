package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/golongrl/golongrl/benchmarks"
	"github.com/golongrl/golongrl/benchmarks/chat"
	"github.com/golongrl/golongrl/internal/tokenizer"
)

// server holds the flags of one endpoint.
type server struct {
	url, model, keyEnv string
	concurrency, tries int
	timeout            time.Duration
	rpm, tpm           int
	stream             bool
	extra              string
}

// key reads the key from the environment, so that it is neither in the list of
// processes nor in the history of the shell.
func (e *server) key() string { return os.Getenv(e.keyEnv) }

// retryWait is the longest wait before the second try, 0 for that of package
// chat. Tests wait less.
var retryWait time.Duration

// client connects to the endpoint. flag is the flag that named it.
func (e *server) client(flag string) (*chat.Client, error) {
	extra, err := e.fields()
	if err != nil {
		return nil, err
	}
	c, err := chat.New(chat.Options{
		BaseURL: e.url, Model: e.model, APIKey: e.key(), Timeout: e.timeout, Tries: e.tries, Backoff: retryWait, Concurrency: e.concurrency,
		RequestsPerMinute: e.rpm, TokensPerMinute: e.tpm, Stream: e.stream, Extra: extra,
	})
	if err != nil {
		return nil, usage("%s: %v", flag, err)
	}
	return c, nil
}

// explain adds to an error about the key where the key came from.
func (e *server) explain(err error) error {
	var known *chat.Error
	switch {
	case !errors.As(err, &known) || known.Kind != chat.Unauthorized:
		return err
	case e.key() == "":
		return fmt.Errorf("%w: no key was sent, since the environment variable %s is empty", err, e.keyEnv)
	}
	return fmt.Errorf("%w: the key is that of the environment variable %s", err, e.keyEnv)
}

// fields reads --extra.
func (e *server) fields() (map[string]any, error) {
	var extra map[string]any
	if e.extra != "" {
		if err := json.Unmarshal([]byte(e.extra), &extra); err != nil {
			return nil, usage("--extra: %v: give a JSON object such as '{\"top_k\": 20}'", err)
		}
	}
	return extra, nil
}

func (e *server) limits(f *pflag.FlagSet, prefix string) {
	f.DurationVar(&e.timeout, prefix+"timeout", time.Hour, "longest wait for one answer")
	f.IntVar(&e.tries, prefix+"tries", 5, "how often to ask before a question has failed")
	f.IntVar(&e.rpm, prefix+"rpm", 0, "most requests per minute; 0 is no limit")
	f.IntVar(&e.tpm, prefix+"tpm", 0, "most tokens per minute; 0 is no limit")
}

func (e *server) check(prefix string) error {
	for _, v := range []struct {
		name      string
		n, lo, hi int
	}{{"concurrency", e.concurrency, 1, 1 << 16}, {"tries", e.tries, 1, 1000}, {"rpm", e.rpm, 0, 1 << 30}, {"tpm", e.tpm, 0, min(1<<40, math.MaxInt)}} {
		if v.n < v.lo || v.n > v.hi {
			return usage("--%s%s %d: use at least %d and at most %d", prefix, v.name, v.n, v.lo, v.hi)
		}
	}
	if e.timeout <= 0 {
		return usage("--%stimeout %v: use a time such as 30m", prefix, e.timeout)
	}
	return nil
}

// judgeFlags are those of run and score.
func (e *server) judgeFlags(f *pflag.FlagSet) {
	f.StringVar(&e.url, "judge-url", "", "`URL` of the judge's server; without it only rules score")
	f.StringVar(&e.model, "judge-model", "", "`name` of the judge on its server")
	f.StringVar(&e.keyEnv, "judge-key-env", "JUDGE_API_KEY", "environment `variable` with the judge's key")
	f.IntVar(&e.concurrency, "judge-concurrency", 16, "questions to the judge at a time")
	e.limits(f, "judge-")
}

func (e *server) checkJudge() error {
	if (e.url == "") != (e.model == "") {
		return usage("--judge-url and --judge-model: give both or neither")
	}
	return e.check("judge-")
}

// dataFiles reads --data values: PATH, or ROLE=PATH. A folder stands for its files.
func dataFiles(values []string) ([]benchmarks.DataFile, error) {
	var files []benchmarks.DataFile
	for _, v := range values {
		d := benchmarks.DataFile{Path: v}
		if role, path, ok := strings.Cut(v, "="); ok && isWord(role) {
			d = benchmarks.DataFile{Role: role, Path: path}
		}
		if d.Path == "" {
			return nil, usage("--data %q: give the name of a file", v)
		}
		names := []string{d.Path}
		if info, err := os.Stat(d.Path); err == nil && info.IsDir() {
			if names, err = filesIn(d.Path); err != nil {
				return nil, usage("--data %s: %v", v, err)
			}
		}
		for _, name := range names {
			files = append(files, benchmarks.DataFile{Role: d.Role, Path: name})
		}
	}
	return files, nil
}

// filesIn returns the data files of a folder by name; hidden ones are left out.
func filesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir) // sorted
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	if len(names) == 0 {
		return nil, errors.New("the folder holds no files")
	}
	return names, nil
}

func isWord(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_0123456789") == ""
}

// loadCutter reads a tokenizer.json, "" for the approximation, and returns its
// hash too.
func loadCutter(path string) (*benchmarks.Cutter, string, error) {
	if path == "" {
		return benchmarks.NewCutter(nil), approximate, nil
	}
	tok, err := tokenizer.LoadFile(path)
	if err != nil {
		return nil, "", usage("--tokenizer: %v", err)
	}
	return benchmarks.NewCutter(tok), tok.SHA256(), nil
}

// approximate is what Run.Tokenizer says without a tokenizer.
const approximate = "approximate"

// sampling holds the flags that override a protocol's.
type sampling struct {
	temperature, topP, penalty float64
	topK, maxTokens            int
	omit                       []string
	flags                      *pflag.FlagSet
}

func (o *sampling) add(f *pflag.FlagSet) {
	o.flags = f
	f.Float64Var(&o.temperature, "temperature", 0, "another temperature than the protocol's")
	f.Float64Var(&o.topP, "top-p", 0, "another top-p")
	f.IntVar(&o.topK, "top-k", 0, "another top-k")
	f.Float64Var(&o.penalty, "repetition-penalty", 0, "another repetition penalty")
	f.IntVar(&o.maxTokens, "max-tokens", 0, "another limit of the answer in tokens")
	f.StringSliceVar(&o.omit, "omit", nil, "`fields` of the protocol's sampling not to send, for servers that refuse them: repetition_penalty, top_p …")
}

// apply returns the protocol's sampling with what the flags say in its place.
func (o *sampling) apply(s chat.Sampling) (chat.Sampling, error) {
	var errs []error
	set := func(name string, ok bool, want string) bool {
		if !o.flags.Changed(name) {
			return false
		}
		if !ok {
			errs = append(errs, usage("--%s: use %s", name, want))
		}
		return ok
	}
	if set("temperature", o.temperature >= 0 && !math.IsInf(o.temperature, 1), "a number of at least 0") {
		s.Temperature = &o.temperature
	}
	if set("top-p", o.topP > 0 && o.topP <= 1, "a number above 0, up to 1") {
		s.TopP = &o.topP
	}
	if set("top-k", o.topK >= -1, "a whole number; -1 is no limit") {
		s.TopK = &o.topK
	}
	if set("repetition-penalty", o.penalty > 0 && !math.IsInf(o.penalty, 1), "a number above 0") {
		s.RepetitionPenalty = &o.penalty
	}
	if set("max-tokens", o.maxTokens > 0, "a whole number of at least 1") {
		s.MaxTokens = &o.maxTokens
	}
	for _, field := range o.omit {
		switch field {
		case "temperature":
			s.Temperature = nil
		case "top_p":
			s.TopP = nil
		case "top_k":
			s.TopK = nil
		case "repetition_penalty":
			s.RepetitionPenalty = nil
		case "max_tokens":
			s.MaxTokens = nil
		default:
			errs = append(errs, usage("--omit %s: use temperature, top_p, top_k, repetition_penalty or max_tokens", field))
		}
	}
	if len(errs) > 0 {
		return s, errs[0]
	}
	return s, nil
}

// samplingText is a sampling for people.
func samplingText(s chat.Sampling, samples int) string {
	var parts []string
	add := func(name string, set bool, v any) {
		if set {
			parts = append(parts, fmt.Sprintf("%s %v", name, v))
		}
	}
	deref := func(p *float64) any {
		if p == nil {
			return nil
		}
		return *p
	}
	add("temperature", s.Temperature != nil, deref(s.Temperature))
	add("top-p", s.TopP != nil, deref(s.TopP))
	if s.TopK != nil {
		add("top-k", true, *s.TopK)
	}
	add("repetition penalty", s.RepetitionPenalty != nil, deref(s.RepetitionPenalty))
	if s.MaxTokens != nil {
		add("at most", true, fmt.Sprintf("%d tokens", *s.MaxTokens))
	}
	parts = append(parts, count(int64(samples), "sample"))
	return strings.Join(parts, ", ")
}

// failure turns an error of the library into one of the command.
func failure(err error) error {
	var exit *exitError
	if err == nil || errors.As(err, &exit) {
		return err
	}
	return &exitError{exitNoScore, err.Error()}
}
