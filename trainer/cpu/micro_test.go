package cpu

import (
	"reflect"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
)

func TestSpansAndTake(t *testing.T) {
	// Sequence 0 is 10 11 12 13 with its last two tokens counting, 1 has no rows, 2
	// is 30 31 32 with the second, 3 is 40 41 with the second.
	b := &backend.Batch{
		Tokens: []int32{10, 11, 12, 13, 20, 30, 31, 32, 40, 41},
		Start:  []int{0, 4, 5, 8, 10},
		Rows:   []int{2, 3, 6, 9},
	}
	whole := micro{
		tokens: []int32{10, 11, 12, 30, 40}, start: []int{0, 3, 4, 5}, pos: []int32{0, 1, 2, 0, 0},
		rows: []int{1, 2, 3, 4}, target: []int32{12, 13, 31, 41},
	}
	first := micro{
		tokens: []int32{10, 11, 12}, start: []int{0, 3}, pos: []int32{0, 1, 2},
		rows: []int{1, 2}, target: []int32{12, 13},
	}
	rest := micro{
		tokens: []int32{30, 40}, start: []int{0, 1, 2}, pos: []int32{0, 0},
		rows: []int{0, 1}, target: []int32{31, 41}, first: 2,
	}
	for _, test := range []struct {
		limit int
		want  []micro
	}{
		{100, []micro{whole}},
		{5, []micro{whole}},
		{3, []micro{first, rest}},
		{2, []micro{first, rest}},
		{1, []micro{
			first,
			{tokens: []int32{30}, start: []int{0, 1}, pos: []int32{0}, rows: []int{0}, target: []int32{31}, first: 2},
			{tokens: []int32{40}, start: []int{0, 1}, pos: []int32{0}, rows: []int{0}, target: []int32{41}, first: 3},
		}},
	} {
		var got []micro
		for _, sp := range b.Parts(test.limit) {
			var m micro
			m.take(b, sp)
			got = append(got, m)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("limit %d: %+v, want %+v", test.limit, got, test.want)
		}
	}
	if got := (&backend.Batch{Tokens: b.Tokens, Start: b.Start}).Parts(3); len(got) != 0 {
		t.Errorf("no rows: %v", got)
	}
	if got := (&backend.Batch{}).Parts(3); len(got) != 0 {
		t.Errorf("no sequences: %v", got)
	}
}

func TestScatterAddRepeats(t *testing.T) {
	got := []float32{1, 2, 3, 4}
	scatterAdd(nil, got, []float32{10, 20, 30, 40, 50, 60}, []int32{1, 0, 1}, 2)
	if want := []float32{31, 42, 63, 84}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
