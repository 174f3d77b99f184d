package watch_test

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/golongrl/golongrl/trainer/watch"
)

func folder() string {
	dir, err := os.MkdirTemp("", "watch")
	if err != nil {
		panic(err)
	}
	return dir
}

func step(n int, reward float64) *watch.Step {
	return &watch.Step{Step: n, Metrics: []watch.Metric{{Name: watch.RewardMean, Value: reward}}}
}

// A run is killed after step 3 and resumed from a checkpoint of step 2.
func ExampleNewMetrics() {
	dir := folder()
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "metrics.jsonl")

	killed, _ := watch.NewMetrics(path, -1)
	for i := 1; i <= 3; i++ {
		killed.Step(step(i, float64(i)/10))
	}
	resumed, err := watch.NewMetrics(path, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	resumed.Step(step(3, 0.3))
	resumed.Close()
	killed.Close()

	b, _ := os.ReadFile(path)
	fmt.Print(string(b))
	// Output:
	// {"step":1,"metrics":{"critic/rewards/mean":0.1}}
	// {"step":2,"metrics":{"critic/rewards/mean":0.2}}
	// {"step":3,"metrics":{"critic/rewards/mean":0.3}}
}

func ExampleReadSteps() {
	dir := folder()
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "metrics.jsonl")
	m, _ := watch.NewMetrics(path, -1)
	m.Step(step(1, 0.25))
	m.Step(step(2, math.NaN()))
	m.Close()

	steps, err := watch.ReadSteps(path)
	fmt.Println(steps[0].Metrics, steps[1].Metrics, err)
	// Output: [{critic/rewards/mean 0.25}] [{critic/rewards/mean NaN}] <nil>
}

func ExampleNewTensorBoard() {
	dir := folder()
	defer os.RemoveAll(dir)
	t, err := watch.NewTensorBoard(dir, -1)
	if err != nil {
		fmt.Println(err)
		return
	}
	t.Step(step(1, 0.5))
	t.Close()

	files, _ := filepath.Glob(filepath.Join(dir, "events.out.tfevents.*"))
	fmt.Println(len(files), "file")
	// Output: 1 file
}

func ExampleNewLive() {
	l, err := watch.NewLive("127.0.0.1:0", watch.LiveOptions{Title: "demo"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	l.Step(step(1, 0.5))

	answer, err := http.Get(l.URL() + "api/steps?from=0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	b, _ := io.ReadAll(answer.Body)
	fmt.Print(string(b))
	// Output: {"generation":0,"next":1,"more":false,"steps":[{"step":1,"metrics":{"critic/rewards/mean":0.5},"timings":{}}]}
}

func ExampleNewRecorder() {
	r := watch.NewRecorder(nil, 2)
	r.Step(step(1, 0.5))
	fmt.Println(len(r.Steps()), "step")
	// Output: 1 step
}

func ExampleWriteReport() {
	var page strings.Builder
	err := watch.WriteReport(&page, watch.Report{
		Title: "demo",
		Tasks: []watch.TaskRow{{
			Name: "sorting", Metric: "pairwise_accuracy",
			Before: watch.Estimate{Mean: 0.4, SE: 0.03}, After: watch.Estimate{Mean: 0.7, SE: 0.04},
			GreedyBefore: watch.Missing, GreedyAfter: watch.Missing,
		}},
	})
	fmt.Println(strings.Contains(page.String(), "0.300 ± 0.050"), err)
	// Output: true <nil>
}

func ExampleTerminal() {
	t := watch.Terminal(os.Stdout, 1)
	t.Step(step(1, 0.5))
	t.Close()
	// Output: step 1/1  reward 0.500
}

func ExampleMulti() {
	o := watch.Multi(watch.Terminal(os.Stdout, 2), watch.NewRecorder(nil, 0))
	o.Step(step(2, 0.5))
	o.Close()
	// Output: step 2/2  reward 0.500
}

func ExampleBalance() {
	relative, cv := watch.Balance([]float64{1, 2, 3})
	fmt.Printf("%.1f %.3f\n", relative, cv)
	// Output: [0.5 1.0 1.5] 0.408
}

func ExampleMeanOf() {
	fmt.Println(watch.MeanOf([]watch.Estimate{{Mean: 0.4, SE: 0.03}, {Mean: 0.6, SE: 0.04}}))
	// Output: 0.500 ± 0.025
}

func ExampleMeanRow() {
	row := watch.MeanRow([]watch.TaskRow{{After: watch.Estimate{Mean: 0.4}}, {After: watch.Estimate{Mean: 0.6}}})
	fmt.Println(row.Name, row.After)
	// Output: mean 0.500 ± 0.000
}

func ExampleTaskMetric() {
	fmt.Println(watch.TaskMetric("T1.1 Global Cohesive Retrieval", watch.TaskReward))
	// Output: task_metrics/T1-1_Global_Cohesive_Retrieval/mean_reward
}

func ExampleEvalMetric() {
	fmt.Println(watch.EvalMetric("sorting", 4))
	// Output: val-core/sorting/reward/mean@4
}

func ExampleEvalErrorMetric() {
	fmt.Println(watch.EvalErrorMetric("sorting", 4))
	// Output: val-aux/sorting/reward/se@4
}

func ExampleGreedyMetric() {
	fmt.Println(watch.GreedyMetric("sorting"))
	// Output: val-aux/sorting/greedy/mean@1
}

func ExampleValue() {
	v, ok := watch.Value(step(1, 0.5).Metrics, watch.RewardMean)
	fmt.Println(v, ok)
	// Output: 0.5 true
}

func ExampleNames() {
	for _, n := range watch.Names()[:2] {
		fmt.Printf("%s: %s (%s)\n", n.Name, n.Meaning, n.Origin)
	}
	// Output:
	// training/global_step: number of the update, from 1 (verl/trainer/ppo/ray_trainer.py)
	// training/epoch: passes over the data begun before this one (verl/trainer/ppo/ray_trainer.py)
}
