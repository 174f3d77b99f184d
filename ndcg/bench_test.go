package ndcg

import (
	"fmt"
	"testing"
)

func BenchmarkAt(b *testing.B) {
	for _, n := range []int{10, 1000} {
		run, gold := make([]float64, n), make([]float64, n)
		for i := range run {
			run[i], gold[i] = float64(i*7%n), float64(n-i)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				At(n, run, gold)
			}
		})
	}
}

func BenchmarkRanked(b *testing.B) {
	for _, n := range []int{10, 200, 100_000} {
		gold, pred := sequence("id", n), sequence("id", n)
		bytes := 0
		for _, s := range pred {
			bytes += 2 * len(s)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(bytes))
			for b.Loop() {
				Ranked(n, gold, pred)
			}
		})
	}
}
