package service_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// responses are n of 289 bytes, each its own, as those of the transport
// measurements.
func responses(n int) []string {
	list := make([]string, n)
	for i := range list {
		text := strings.Repeat(fmt.Sprintf("the quick brown fox %d jumps over the lazy dog ", i), 10)
		list[i] = text[:289]
	}
	return list
}

func BenchmarkCall(b *testing.B) {
	for _, n := range []int{1, 64} {
		for _, form := range []string{"fields", "row"} {
			b.Run(fmt.Sprintf("token_f1/%s/%d", form, n), func(b *testing.B) {
				s := newService(b, service.Config{Workers: 1})
				var items [][]field
				for _, text := range responses(n) {
					item := []field{{wire.TagReference, "the lazy dog sleeps"}, {wire.TagResponse, text}}
					if form == "row" {
						item[0] = field{wire.TagRow, `{"metric":"token_f1","reference":"the lazy dog sleeps"}`}
					}
					items = append(items, item)
				}
				m := scoreMessage(1, []field{{wire.TagMetric, "token_f1"}}, items...)
				if got := score(b, s, m); len(got) != n || got[0].value() <= 0 {
					b.Fatalf("%+v", got)
				}
				var reply []byte
				b.SetBytes(int64(len(m)))
				b.ReportAllocs()
				for b.Loop() {
					reply = s.Call(context.Background(), reply[:0], m)
				}
			})
		}
	}
}
