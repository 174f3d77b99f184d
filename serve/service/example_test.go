package service_test

import (
	"context"
	"fmt"

	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

func Example() {
	s, err := service.New(service.Config{Metric: "em"})
	if err != nil {
		panic(err)
	}
	options := service.ScoreOptions{}
	reading, err := s.RowOptions(options)
	if err != nil {
		panic(err)
	}
	rows := rollout.Decode(nil, rollout.Line{N: 1, Data: []byte(`{"reference": "4", "responses": ["[Answer] 4", "[Answer] 5"]}`)}, reading)
	results, err := s.Score(context.Background(), options, rows)
	if err != nil {
		panic(err)
	}
	for i := range results {
		fmt.Println(rows[i].ID, rows[i].Sample, results[i].Value, results[i].Status)
	}
	// Output:
	// 1 0 1 judged
	// 1 1 0 judged
}

// Call takes and gives messages of package wire.
func ExampleService_Call() {
	s, err := service.New(service.Config{})
	if err != nil {
		panic(err)
	}
	m := wire.AppendHeader(nil, wire.OpScore, 1)
	m = append(m, 0)         // no options
	m = wire.AppendU32(m, 1) // one item
	m = wire.AppendField(m, wire.TagItem, "em")
	m = wire.AppendField(m, wire.TagReference, "4")
	m = wire.AppendField(m, wire.TagResponse, "[Answer] 4")
	m = append(m, 0)

	r := wire.NewReader(s.Call(context.Background(), nil, m))
	op, id := r.Header()
	fmt.Println(op == wire.OpScore, id, r.U32(), r.F64())
	// Output: true 1 1 1
}

func ExampleService_Verify() {
	s, err := service.New(service.Config{})
	if err != nil {
		panic(err)
	}
	options, err := service.ParseVerifyOptions(`{"rel_tol": 0.01}`)
	if err != nil {
		panic(err)
	}
	verdicts, err := s.Verify(context.Background(), options, []service.Pair{{Gold: "100", Response: "[Answer] 100.4"}})
	if err != nil {
		panic(err)
	}
	fmt.Println(verdicts[0].Report.Verdict)
	// Output: equal
}

func ExampleService_Advantage() {
	s, err := service.New(service.Config{})
	if err != nil {
		panic(err)
	}
	values, name, err := s.Advantage(context.Background(), &service.Advantages{
		Estimator: "dr_grpo",
		Rewards:   []float64{1, 0, 0, 1},
		Groups:    []uint32{0, 0, 1, 1},
	})
	fmt.Println(values, name, err)

	_, _, err = s.Advantage(context.Background(), &service.Advantages{Estimator: "dr_grpo", Rewards: []float64{1}})
	fmt.Println(err)
	// Output:
	// [0.5 -0.5 -0.5 0.5] dr_grpo <nil>
	// groups: 0 elements for 1 rewards: give one per row
}
