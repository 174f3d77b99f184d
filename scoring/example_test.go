package scoring_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/golongrl/golongrl/scoring"
)

func Example() {
	scorer, err := scoring.New(scoring.WithMetric("0.9*f1 + 0.1*format"))
	if err != nil {
		panic(err)
	}
	r := scorer.Score(context.Background(), &scoring.Record{
		Response: "<think>Three clusters.</think>[Answer]\nPart 1\nPart 3",
		Gold:     scoring.Lines("Part 1", "Part 2"),
	})
	fmt.Println(r.Metric, r.Value, r.Status)
	// Output: 0.9 * f1 + 0.1 * format 0.55 judged
}

func ExampleRegistry_Parse() {
	for _, text := range []string{"T7", "ndcg(k=10)", "rouge_l(profile=strict, lang=zh)", "0.9*T4+0.1*fromat"} {
		m, err := scoring.Builtin().Parse(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(m)
	}
	// Output:
	// ndcg
	// ndcg@10
	// rouge_l(lang=zh)
	// unknown metric "fromat"; did you mean format?
	//  | 0.9*T4+0.1*fromat
	//  | ...........^
}

func ExampleRegistry_ParseIn() {
	m, _ := scoring.Builtin().ParseIn(scoring.Reference, "sub_em - sub_em(profile=strict)")
	r, _ := m.Score(context.Background(), &scoring.Record{
		Response: "</think>[Answer]\nNo Error\n1\n2\n3", // hedges both ways
		Gold:     scoring.Text("No Error"),
	})
	fmt.Println(m)
	fmt.Println(r.Value)
	// Output:
	// sub_em(profile=reference) - sub_em
	// 0.75
}

func ExampleRegistry_With() {
	brief := func(o *scoring.Options) (scoring.Metric, error) {
		limit := o.Int("max")
		name := scoring.Spelling{Name: "brief", Args: []scoring.Arg{{Key: "max", Value: fmt.Sprint(limit)}}}.String()
		return briefMetric{name, limit}, nil
	}
	reg, err := scoring.Builtin().With("brief", brief)
	if err != nil {
		panic(err)
	}
	m, _ := reg.Parse("min(em, brief(max=20))")
	r, _ := m.Score(context.Background(), &scoring.Record{Response: "Paris", Gold: scoring.Text("Paris")})
	fmt.Println(m, r.Value)
	// Output: min(em, brief(max=20)) 1
}

type briefMetric struct {
	name  string
	limit int
}

func (m briefMetric) String() string { return m.name }
func (m briefMetric) Score(_ context.Context, rec *scoring.Record) (scoring.Result, error) {
	if len(rec.Response) > m.limit {
		return scoring.Result{}, nil
	}
	return scoring.Result{Value: 1}, nil
}

func ExampleRegistry_Names() {
	fmt.Println(slices.Collect(scoring.Builtin().Names())[:9])
	// Output: [em choice f1 math_verify iou sub_em ndcg pairwise rouge_l]
}

func ExampleFunc() {
	short := scoring.Func("short", func(_ context.Context, rec *scoring.Record) (scoring.Result, error) {
		return scoring.Result{Value: 1 / float64(1+len(rec.Response))}, nil
	})
	reg, _ := scoring.Builtin().With("short", func(*scoring.Options) (scoring.Metric, error) { return short, nil })
	scorer, _ := scoring.New(scoring.WithRegistry(reg), scoring.WithMetric("em * short"))
	r := scorer.Score(context.Background(), &scoring.Record{Response: "abc", Gold: scoring.Text("abc")})
	fmt.Println(r.Value)
	// Output: 0.25
}

func ExampleScorer_Append() {
	scorer, _ := scoring.New(scoring.WithMetric("em"), scoring.WithWorkers(4))
	records := []scoring.Record{
		{Response: "Paris", Gold: scoring.Text("Paris")},
		{Response: "Rome", Gold: scoring.Text("Paris")},
		{Response: "", Gold: scoring.Text("Paris")},
		{Response: "Paris"},
	}
	results, err := scorer.Append(context.Background(), nil, records)
	for _, r := range results {
		fmt.Println(r.Value, r.Status)
	}
	fmt.Println(err)
	// Output:
	// 1 judged
	// 0 judged
	// 0 no_answer
	// NaN bad_gold
	// <nil>
}

func ExampleScorer_Stream() {
	scorer, _ := scoring.New(scoring.WithProfile(scoring.Reference))
	incoming := func(yield func(scoring.Record, error) bool) {
		_ = yield(scoring.Record{Task: "T8", Response: "</think>[Answer]\na\nb\nc", Gold: scoring.Lines("a", "c", "b")}, nil) &&
			yield(scoring.Record{Task: "T1", Response: "no closing tag", Gold: scoring.Text("x")}, nil)
	}
	for r, err := range scorer.Stream(context.Background(), incoming) {
		fmt.Printf("%s %.3f %v %v\n", r.Task, r.Value, r.Status, err)
	}
	// Output:
	// pairwise 0.667 judged <nil>
	// em 0.000 bad_format <nil>
}

func ExampleScorer_Metric() {
	scorer, _ := scoring.New(scoring.WithMetric("0.9*task + 0.1*format"), scoring.WithForce())
	m, task, _ := scorer.Metric(&scoring.Record{Task: "T3.1 Multi-Doc Integration QA"})
	fmt.Println(m, "for", task)
	// Output: 0.9 * task + 0.1 * format for choice
}

func ExampleWithExplain() {
	scorer, _ := scoring.New(scoring.WithMetric("em"), scoring.WithExplain())
	r := scorer.Score(context.Background(), &scoring.Record{Response: "The cat", Gold: scoring.Text("The bat")})
	fmt.Println(r.Value, r.Why[0].Rule, r.Why[0].Note)
	// Output: 0 different The [-b-]{+c+}at
}

func ExampleJSON() {
	gold, err := scoring.JSON(`{"columns": ["year", "sales"], "data": [["2020", 1.50]]}`)
	if err != nil {
		panic(err)
	}
	scorer, _ := scoring.New(scoring.WithMetric("iou"))
	r := scorer.Score(context.Background(), &scoring.Record{
		Response: `<answer>{"columns": ["Sales", "Year"], "data": [["1.5", 2020]]}</answer>`,
		Gold:     gold,
	})
	fmt.Println(r.Value)
	// Output: 1
}

func ExampleText() {
	fmt.Println(scoring.Text("42"), scoring.Text("").Exists(), scoring.Gold{}.Exists())
	// Output: 42 true false
}

func ExampleLines() {
	fmt.Println(scoring.Lines("Part 1", "Part 2"))
	// Output:
	// Part 1
	// Part 2
}

func ExampleTaskName() {
	fmt.Println(scoring.TaskName("T2"), scoring.TaskName("selection"), scoring.TaskName("T3.1 Multi-Doc Integration QA"), scoring.TaskName("ndcg@10"))
	// Output: choice choice choice ndcg
}

func ExampleTaskKey() {
	// The released trainer normalises the two kinds of T2 apart.
	fmt.Println(scoring.TaskKey("selection"), scoring.TaskKey("T3.1 Multi-Doc Integration QA"))
	// Output: selection Accuracy
}

func ExampleParseProfile() {
	p, err := scoring.ParseProfile("reference")
	fmt.Println(p, err)
	// Output: reference <nil>
}

func ExampleStatuses() {
	fmt.Println(scoring.Statuses())
	// Output: [judged no_answer bad_answer bad_format bad_gold over_budget undecided error]
}

func ExampleResult_Scored() {
	scorer, _ := scoring.New(scoring.WithMetric("f1"))
	r := scorer.Score(context.Background(), &scoring.Record{Response: "a"})
	fmt.Println(r.Scored(), r.Status, r.Err)
	// Output: false bad_gold reference is missing: give a list of lines or one text with newlines
}

func ExampleGold_MarshalJSON() {
	for _, g := range []scoring.Gold{{}, scoring.Text("é"), scoring.Lines("a", "b")} {
		text, err := g.MarshalJSON()
		fmt.Println(string(text), err)
	}
	number, err := scoring.JSON(`{"a": [1.50, NaN, "x", "x"], "a": 12345678901234567890}`)
	if err != nil {
		panic(err)
	}
	text, _ := number.MarshalJSON()
	fmt.Println(string(text))
	// Output:
	// null <nil>
	// "\u00e9" <nil>
	// ["a", "b"] <nil>
	// {"a": 12345678901234567890}
}
