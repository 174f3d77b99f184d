// The program sdk scores one response, as an RL trainer's reward function does.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/golongrl/golongrl/scoring"
)

func main() {
	scorer, err := scoring.New(scoring.WithMetric("sub_em"))
	if err != nil {
		log.Fatal(err)
	}
	r := scorer.Score(context.Background(), &scoring.Record{
		Response: "<think>Hedge.</think>[Answer]\nNo Error\n1\n2\n3",
		Gold:     scoring.Lines("No Error"),
	})
	if !r.Scored() {
		log.Fatal(r.Err) // leave the row out of training, do not reward it 0
	}
	fmt.Println(r.Metric, r.Value, r.Status) // sub_em 0.25 judged
}
