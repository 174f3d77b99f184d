// Mathpairs prints labelled pairs of a gold answer and a response with the
// verdict of package mathverify, one JSON object per line:
//
//	go run ./benchmarks/mathpairs -n 2000 -seed 7 > pairs.jsonl
//	python benchmarks/reference/mathverify_diff.py pairs.jsonl
//
// The second command judges them with Math-Verify and shows where the two and
// the labels differ. The labels follow from how a pair is made.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"log"
	"os"

	"github.com/golongrl/golongrl/internal/mathpairs"
	"github.com/golongrl/golongrl/mathverify"
)

func main() {
	log.SetFlags(0)
	n := flag.Int("n", 1000, "pairs")
	seed := flag.Uint64("seed", 1, "seed of the pairs")
	flag.Parse()
	out := bufio.NewWriter(os.Stdout)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	source := mathpairs.New(*seed)
	for range *n {
		p := source.Next()
		r, err := mathverify.Options{}.Check(context.Background(), p.Gold, p.Response)
		if err != nil {
			log.Fatal("mathpairs: ", err)
		}
		row := struct {
			mathpairs.Pair
			Verdict string `json:"verdict"`
			Rule    string `json:"rule"`
		}{p, r.Verdict.String(), r.Rule}
		if err := enc.Encode(row); err != nil {
			log.Fatal("mathpairs: ", err)
		}
	}
	if err := out.Flush(); err != nil {
		log.Fatal("mathpairs: ", err)
	}
}
