package ndcg_test

import (
	"fmt"

	"github.com/golongrl/golongrl/ndcg"
)

func ExampleAt() {
	run := []float64{1, 2, 3}    // gains in the order of the run
	judged := []float64{3, 2, 1} // gains of all judged items
	fmt.Printf("%.4f\n", ndcg.At(3, run, judged))
	// Output: 0.7900
}

func ExampleRanked() {
	gold := []string{"a", "b", "c"}
	fmt.Printf("%.4f\n", ndcg.Ranked(3, gold, []string{"junk", "a", "b", "c"}))
	fmt.Printf("%.4f\n", ndcg.Ranked(3, gold, []string{"a", "b", "c", "a"})) // "a" counts where it stands last
	// Output:
	// 0.6075
	// 0.8675
}

func ExampleDistinct() {
	gold := []string{"a", "b", "c"}
	fmt.Println(ndcg.Distinct(3, gold, []string{"a", "b", "c", "a"})) // "a" counts where it stands first
	// Output: 1
}

func ExampleCrashes() {
	fmt.Println(ndcg.Crashes([]string{"a"}, []string{"\xed\xa0\x80"}))
	// Output: true
}
