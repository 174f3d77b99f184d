package advantage

import (
	"fmt"
	"math"
)

// An Index says which rows of a batch belong to the same prompt and which task
// every prompt belongs to. It is immutable: build it once and share it between
// batches with the same rows.
//
// Groups and tasks are numbered in the order of their first rows.
type Index struct {
	rows  int
	start []int32 // rows order[start[g]:start[g+1]] are group g
	order []int32 // nil if the rows of every group lie together
	task  []int32 // of every group; nil without tasks
	names []string
	size  []int32 // prompts of every task
}

// NewIndex groups rows by prompt: rows with equal groups[i] are the rollouts of
// one prompt, and tasks[i] is its task. Names of tasks are opaque; the empty
// string is a task like any other. tasks may be nil for estimators that know no
// tasks.
//
// A prompt whose rows name two tasks is a [*RowError]. NewIndex panics if the
// lengths differ.
func NewIndex[G comparable](groups []G, tasks []string) (*Index, error) {
	if tasks != nil && len(tasks) != len(groups) {
		panic(fmt.Sprintf("advantage: %d groups but %d tasks", len(groups), len(tasks)))
	}
	if len(groups) > math.MaxInt32 {
		return nil, fmt.Errorf("advantage: %d rows; a batch holds at most %d", len(groups), math.MaxInt32)
	}
	ix := &Index{rows: len(groups)}
	ids := make(map[G]int32)
	group := make([]int32, len(groups))
	first := make([]int32, 0, 16) // row of every group
	sorted := true
	for i, key := range groups {
		if i > 0 && key == groups[i-1] {
			group[i] = group[i-1]
		} else {
			g, ok := ids[key]
			if !ok {
				g = int32(len(first))
				ids[key] = g
				first = append(first, int32(i))
			} else {
				sorted = false
			}
			group[i] = g
		}
		if key != key {
			return nil, &RowError{Row: i, Field: "group", Msg: "is NaN, which belongs to no group"}
		}
	}
	ix.start = make([]int32, len(first)+1)
	for _, g := range group {
		ix.start[g+1]++
	}
	for g := range first {
		ix.start[g+1] += ix.start[g]
	}
	if !sorted {
		next := append([]int32(nil), ix.start...)
		ix.order = make([]int32, len(groups))
		for i, g := range group {
			ix.order[next[g]] = int32(i)
			next[g]++
		}
	}
	if tasks != nil {
		for i, g := range group {
			if f := first[g]; tasks[i] != tasks[f] {
				return nil, &RowError{Row: i, Field: "task", Msg: fmt.Sprintf("is %q, but row %d of the same group has %q", tasks[i], f, tasks[f])}
			}
		}
		ix.setTasks(len(first), func(g int) string { return tasks[first[g]] })
	}
	return ix, nil
}

// NewIndexSizes is the index of a batch whose groups lie one behind the other:
// group g has sizes[g] rows and the task tasks[g]. tasks may be nil.
//
// A size below 1 is an error. NewIndexSizes panics if the lengths differ.
func NewIndexSizes(sizes []int, tasks []string) (*Index, error) {
	if tasks != nil && len(tasks) != len(sizes) {
		panic(fmt.Sprintf("advantage: %d sizes but %d tasks", len(sizes), len(tasks)))
	}
	ix := &Index{start: make([]int32, len(sizes)+1)}
	for g, n := range sizes {
		if n < 1 {
			return nil, fmt.Errorf("advantage: group %d has %d rows; leave empty groups out", g, n)
		}
		if ix.rows += n; ix.rows > math.MaxInt32 {
			return nil, fmt.Errorf("advantage: a batch holds at most %d rows", math.MaxInt32)
		}
		ix.start[g+1] = int32(ix.rows)
	}
	if tasks != nil {
		ix.setTasks(len(sizes), func(g int) string { return tasks[g] })
	}
	return ix, nil
}

func (ix *Index) setTasks(groups int, name func(g int) string) {
	ids := make(map[string]int32)
	ix.task = make([]int32, groups)
	for g := range ix.task {
		t, ok := ids[name(g)]
		if !ok {
			t = int32(len(ix.names))
			ids[name(g)] = t
			ix.names = append(ix.names, name(g))
			ix.size = append(ix.size, 0)
		}
		ix.task[g] = t
		ix.size[t]++
	}
}

// Rows is the number of rows.
func (ix *Index) Rows() int { return ix.rows }

// Groups is the number of groups, that is of prompts.
func (ix *Index) Groups() int { return len(ix.start) - 1 }

// Tasks is the number of tasks, 0 if the index was built without.
func (ix *Index) Tasks() int { return len(ix.names) }

// Task is the name of task t.
func (ix *Index) Task(t int) string { return ix.names[t] }

// TaskOf is the task of group g, -1 if the index was built without tasks.
func (ix *Index) TaskOf(g int) int {
	if ix.task == nil {
		return -1
	}
	return int(ix.task[g])
}

// Size is the number of rows of group g.
func (ix *Index) Size(g int) int { return int(ix.start[g+1] - ix.start[g]) }

// Row is row j of group g, in the order of the batch: 0 <= j < Size(g).
func (ix *Index) Row(g, j int) int {
	if uint(j) >= uint(ix.Size(g)) {
		panic(fmt.Sprintf("advantage: row %d of a group of %d", j, ix.Size(g)))
	}
	i := int(ix.start[g]) + j
	if ix.order != nil {
		return int(ix.order[i])
	}
	return i
}
