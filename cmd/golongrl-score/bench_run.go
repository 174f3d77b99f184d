package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/benchmarks"
	benchreport "github.com/golongrl/golongrl/benchmarks/report"
	"github.com/golongrl/golongrl/benchmarks/runner"
	"github.com/golongrl/golongrl/serve/service"
)

// benchRunJob is one run of the bench run command.
type benchRunJob struct {
	streams
	bench, protocol string
	data            []string
	out             string
	answers         string
	tokenizer       string
	maxInput        int
	limit           int
	only            []string
	samples         int
	seed            int64
	seeded          bool
	resume          bool
	keepFailures    bool
	checkRows       bool
	quiet           bool
	memory          byteSize
	sampling        sampling
	model, judge    server
	embed           server
}

func benchRunCommand(s streams) *cobra.Command {
	job := &benchRunJob{streams: s, memory: 512 << 20}
	c := &cobra.Command{
		Use:   "run --bench NAME --data FILE --base-url URL --model NAME --out DIR",
		Short: "Ask a model the questions of a benchmark and score its answers",
		Long: `Run asks a model, on any server with the OpenAI API, the questions of a
benchmark, keeps every answer as it arrives, has a judge read them where the
protocol wants one, scores them and prints the result.

Everything goes to the folder DIR/NAME (DIR/NAME.PROTOCOL for another protocol
than the default): run.json, answers.jsonl, verdicts.jsonl, scores.jsonl and the
report as JSON, Markdown and HTML. A run that was stopped, by whatever means, goes
on with --resume: no answer that is on disk is asked for again. Failed questions
are; with --keep-failures they are not.

Keys are read from the environment, OPENAI_API_KEY and JUDGE_API_KEY.

Without --tokenizer, a tokenizer.json as on Hugging Face, inputs are cut by an
estimate of four bytes per token, which the report says.

--answers FILE takes the answers from lines {"id": …, "response": …} (and
"sample") instead of a server, for answers that were made elsewhere.

Exit status: 0, or 1 if some question has no answer or no verdict or something
failed, 2 for a wrong command line, 130 after Ctrl-C and 143 when terminated.`,
		Example: `  golongrl-score bench run --bench mrcr --data mrcr_0_128K.jsonl --base-url http://127.0.0.1:8000/v1 --model Qwen/Qwen3-4B-Thinking-2507 --tokenizer tokenizer.json --out runs
  golongrl-score bench run --bench docmath --data complong_testmini.json --base-url $URL --model NAME --judge-url $JUDGE --judge-model deepseek-chat --out runs --resume`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			job.seeded = c.Flags().Changed("seed")
			return job.run()
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&job.bench, "bench", "", "`name` of the benchmark; see golongrl-score bench list")
	f.StringVar(&job.protocol, "protocol", "", "`name` of another protocol than the default")
	f.StringArrayVar(&job.data, "data", nil, "data `file`, or ROLE=FILE, or a folder of them; may be given again")
	f.StringVar(&job.model.url, "base-url", "", "`URL` of the server, such as http://127.0.0.1:8000/v1")
	f.StringVar(&job.model.model, "model", "", "`name` of the model on the server")
	f.StringVar(&job.model.keyEnv, "key-env", "OPENAI_API_KEY", "environment `variable` with the key")
	f.StringVarP(&job.out, "out", "o", "", "`folder` for all runs of the model")
	f.BoolVar(&job.resume, "resume", false, "go on with a run that was begun; begin one if there is none")
	f.BoolVar(&job.keepFailures, "keep-failures", false, "do not ask again what has failed, when resuming")
	f.StringVar(&job.answers, "answers", "", "take the answers from `file` instead of a server")
	f.StringVar(&job.tokenizer, "tokenizer", "", "tokenizer.json of the model, to cut inputs exactly")
	f.IntVar(&job.maxInput, "max-input-tokens", 0, "another limit of the input than the protocol's")
	f.IntVar(&job.samples, "samples", 0, "answers per question; 0 is what the protocol says")
	f.Int64Var(&job.seed, "seed", 0, "seed that is sent with each request, different for each answer; none is sent without it")
	f.IntVar(&job.limit, "limit", 0, "ask only the first `n` questions; 0 is all")
	f.StringArrayVar(&job.only, "only", nil, "ask only questions with this `tag=value`, such as needles=2; may be given again")
	f.BoolVar(&job.checkRows, "check-rows", false, "fail if the number of questions is not that of the paper")
	f.IntVar(&job.model.concurrency, "concurrency", 8, "questions to ask at a time")
	job.model.limits(f, "")
	f.BoolVar(&job.model.stream, "stream", false, "have answers streamed, which keeps connections of long answers alive")
	f.StringVar(&job.model.extra, "extra", "", "further fields of each request, as a `JSON` object")
	job.sampling.add(f)
	job.judge.judgeFlags(f)
	f.StringVar(&job.embed.url, "embed-url", "", "`URL` of the server for embeddings (memory_vector); without it --base-url")
	f.StringVar(&job.embed.model, "embed-model", "", "`name` of the embedding model (memory_vector)")
	f.Var(&job.memory, "max-memory", "prompts in flight, the copies of the HTTP library included")
	f.BoolVarP(&job.quiet, "quiet", "q", false, "print no progress on standard error")
	return c
}

func (j *benchRunJob) check() error {
	switch {
	case j.bench == "":
		return usage("--bench is missing: name a benchmark; golongrl-score bench list shows them")
	case len(j.data) == 0:
		return usage("--data is missing: name the file of the questions; golongrl-score bench list %s says which", j.bench)
	case j.out == "":
		return usage("--out is missing: name a folder for answers and reports")
	case j.answers == "" && j.model.url == "":
		return usage("--base-url is missing: give the URL of the server, such as http://127.0.0.1:8000/v1")
	case j.answers != "" && j.model.url != "":
		return usage("--answers and --base-url: give one of the two")
	case j.model.model == "":
		return usage("--model is missing: give the name of the model on the server")
	case j.samples < 0 || j.limit < 0 || j.maxInput < 0:
		return usage("--samples, --limit and --max-input-tokens: use whole numbers of at least 0")
	case j.embed.url != "" && j.embed.model == "":
		return usage("--embed-url needs --embed-model")
	}
	if err := j.model.check(""); err != nil {
		return err
	}
	return j.judge.checkJudge()
}

func (j *benchRunJob) run() error {
	if err := j.check(); err != nil {
		return err
	}
	set, run, err := j.open()
	if err != nil {
		return err
	}
	defer set.Close()
	o, err := j.options(set, run)
	if err != nil {
		return err
	}
	for _, w := range set.Warnings {
		fmt.Fprintf(j.err, "golongrl-score: warning: %s\n", w)
	}
	ctx, stop := untilSignal()
	defer stop()
	p := newBenchProgress(j.err, j.quiet)
	o.Progress = p.show
	_, err = runner.Ask(ctx, set, run, o)
	if err != nil {
		err = j.model.explain(err)
	} else {
		err = judgeAndScore(ctx, set, o, &j.judge)
	}
	p.done()
	if err != nil {
		return stopped(ctx, err, "the answers so far are in "+o.Dir+", and --resume goes on from there")
	}
	return reportRun(j.streams, o.Dir, "--resume asks again")
}

// A signalled is why a context ended.
type signalled struct{ os.Signal }

func (s signalled) Error() string { return s.String() }

// untilSignal returns a context that ends when the program is interrupted or
// told to end. A second signal ends the program at once.
func untilSignal() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case sig := <-signals:
			signal.Stop(signals)
			cancel(signalled{sig})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// stopped explains the end of a run that did not finish. kept says what a signal
// leaves behind.
func stopped(ctx context.Context, err error, kept string) error {
	var sig signalled
	if errors.As(context.Cause(ctx), &sig) && (errors.As(err, &sig) || errors.Is(err, context.Canceled)) {
		return &exitError{signalStatus(sig.Signal), sig.String() + ": stopped; " + kept}
	}
	return failure(err)
}

// judgeAndScore is the second half of a run and the whole of bench score.
func judgeAndScore(ctx context.Context, set *benchmarks.Set, o runner.Options, judge *server) error {
	if o.Judge != nil {
		if _, err := runner.Judge(ctx, set, o); err != nil {
			return judge.explain(err)
		}
	}
	_, err := runner.Score(set, o)
	return err
}

// reportRun writes the reports of a run and prints its result. The status is
// exitNoScore if some question has no answer or no verdict; mend says what helps.
func reportRun(s streams, dir, mend string) error {
	results, err := benchreport.Load(dir)
	if err != nil {
		return failure(err)
	}
	r, err := benchreport.Build(results, benchreport.Options{})
	if err != nil {
		return failure(err)
	}
	if err := writeReports(r, filepath.Join(dir, "report")); err != nil {
		return err
	}
	var missing []string
	for i := range r.Results {
		res := &r.Results[i]
		if _, err := io.WriteString(s.out, resultText(res)); err != nil {
			return failure(err)
		}
		if res.Failed > 0 {
			missing = append(missing, count(int64(res.Failed), "answer")+" missing")
		}
		if res.JudgeFailed > 0 {
			missing = append(missing, count(int64(res.JudgeFailed), "answer")+" without a verdict")
		}
	}
	if missing != nil {
		return &exitError{exitNoScore, strings.Join(missing, ", ") + ": they count as wrong; " + mend}
	}
	return nil
}

// open reads the data and describes the run.
func (j *benchRunJob) open() (*benchmarks.Set, *benchmarks.Run, error) {
	b, err := benchmarks.Find(j.bench)
	if err != nil {
		return nil, nil, usage("--bench: %v", err)
	}
	p, err := b.Protocol(j.protocol)
	if err != nil {
		return nil, nil, usage("--protocol: %v", err)
	}
	files, err := dataFiles(j.data)
	if err != nil {
		return nil, nil, err
	}
	cut, hash, err := loadCutter(j.tokenizer)
	if err != nil {
		return nil, nil, err
	}
	own := *p // with what the flags say in its place
	if own.Sampling, err = j.sampling.apply(p.Sampling); err != nil {
		return nil, nil, err
	}
	if j.maxInput > 0 {
		own.Limit.Tokens = j.maxInput
	}
	if j.samples > 0 {
		own.Samples = j.samples
	}
	set, err := benchmarks.Open(b, &own, files, cut)
	if err != nil {
		return nil, nil, failure(err)
	}
	if n := set.Scored(); j.checkRows && b.Rows > 0 && n != b.Rows {
		set.Close()
		return nil, nil, &exitError{exitNoScore, fmt.Sprintf("--check-rows: %s in the data, but the published numbers of %s are over %d", count(int64(n), "question"), b.Title, b.Rows)}
	}
	if err := j.narrow(set); err != nil {
		set.Close()
		return nil, nil, err
	}
	run := set.Describe()
	if len(j.only) > 0 || j.limit > 0 {
		for _, it := range set.Items {
			run.Asked = append(run.Asked, it.ID)
		}
	}
	run.Model, run.BaseURL, run.Started = j.model.model, j.model.url, time.Now().UTC().Truncate(time.Second)
	run.Version, run.Tokenizer, run.Stream = service.Version(), hash, j.model.stream
	if run.Extra, err = j.model.fields(); err != nil {
		set.Close()
		return nil, nil, err
	}
	if p.Judge != nil {
		run.JudgeModel, run.JudgeBaseURL = j.judge.model, j.judge.url
	}
	if j.tokenizer != "" {
		run.TokenizerPath = absolute(j.tokenizer)
	}
	if j.seeded {
		run.Seed = &j.seed
	}
	return set, run, nil
}

// narrow leaves out questions that --only and --limit do not want.
func (j *benchRunJob) narrow(set *benchmarks.Set) error {
	var tags []benchmarks.Tag
	for _, o := range j.only {
		key, value, ok := strings.Cut(o, "=")
		if !ok || key == "" {
			return usage("--only %q: give a tag and its value, such as needles=2", o)
		}
		tags = append(tags, benchmarks.Tag{Key: key, Value: value})
	}
	if len(tags) == 0 && j.limit == 0 {
		return nil
	}
	left := set.Scored()
	if j.limit > 0 {
		left = j.limit
	}
	wanted := map[string]bool{}
	for _, it := range set.Items {
		has := func(t benchmarks.Tag) bool { return slices.Contains(it.Tags, t) }
		if !it.Unscored && left > 0 && !slices.ContainsFunc(tags, func(t benchmarks.Tag) bool { return !has(t) }) {
			wanted[it.ID] = true
			left--
		}
	}
	if len(wanted) == 0 {
		return usage("--only %s: no question has these tags; the data has %s", strings.Join(j.only, " "), tagsText(set.Items))
	}
	if all := set.Scored(); len(wanted) < all {
		set.Warnings = append(set.Warnings, fmt.Sprintf("%d of %s asked (--only, --limit): the values are of these alone", len(wanted), count(int64(all), "question")))
	}
	set.Only(func(it *benchmarks.Item) bool { return wanted[it.ID] })
	return nil
}

// tagsText lists the tags of items.
func tagsText(items []benchmarks.Item) string {
	const most = 20
	var list []string
	for _, it := range items {
		for _, t := range it.Tags {
			text := t.Key + "=" + t.Value
			if slices.Contains(list, text) {
				continue
			}
			if len(list) == most {
				return strings.Join(list, ", ") + ", …"
			}
			list = append(list, text)
		}
	}
	if list == nil {
		return "no tags"
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// options connects to the servers.
func (j *benchRunJob) options(set *benchmarks.Set, run *benchmarks.Run) (runner.Options, error) {
	o := runner.Options{
		Dir:    runDir(j.out, set.Benchmark, set.Protocol),
		Resume: j.resume, KeepFailures: j.keepFailures,
		Concurrency: j.model.concurrency, JudgeConcurrency: j.judge.concurrency, MaxBytes: int64(j.memory),
	}
	if j.answers != "" {
		var err error
		if o.Answers, run.Answers, err = readAnswers(j.answers); err != nil {
			return o, err
		}
		run.BaseURL = "file:" + absolute(j.answers)
	} else {
		c, err := j.model.client("--base-url")
		if err != nil {
			return o, err
		}
		o.Models.Chat = c
	}
	if j.embed.model != "" {
		e := j.model
		e.model, e.stream, e.extra = j.embed.model, false, ""
		if j.embed.url != "" {
			e.url = j.embed.url
		}
		c, err := e.client("--embed-url")
		if err != nil {
			return o, err
		}
		o.Models.Embed = c
		run.EmbedModel = j.embed.model
	}
	var err error
	o.Judge, err = j.judge.judgeModel(set.Protocol)
	return o, err
}

// runDir is the folder of a run.
func runDir(out string, b *benchmarks.Benchmark, p *benchmarks.Protocol) string {
	if p.Name == b.Protocols[0].Name {
		return filepath.Join(out, b.Name)
	}
	return filepath.Join(out, b.Name+"."+p.Name)
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
