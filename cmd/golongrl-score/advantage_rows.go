package main

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// rewardRows are the rows of all files: what estimators need of them, and their
// text to be written again. Rows whose reward is null have text only.
type rewardRows struct {
	needs advantage.Field // what is read beside group, task and reward
	extra advantage.Field // what is read if it is there, tasks and lengths
	keep  bool            // keep the text of the rows
	text  packed

	null    []bool // of every row: its reward is null
	rewards []float64
	groups  []int32
	tasks   []string // only if they are read
	lengths []int    // nil if no row has one
	greedy  []float64
	parts   [][]float64
	names   []string // of parts, sorted

	lines  []uint32 // of the rows with a reward
	files  []fileStart
	line   int // of the row that is read
	last   string
	lastID int32

	ids       map[string]int32 // of groups, by the text of their JSON value
	groupTask []groupTask
	taskNames map[string]string

	empty    string // place of the first row with the empty task
	numEmpty int
}

// fileStart is a file with the number of its first row among those with a reward.
type fileStart struct {
	name string
	row  int
}

// groupTask is the task of a group and the row that first named it.
type groupTask struct {
	name  string
	row   int32
	known bool
}

func newRewardRows(needs, extra advantage.Field, keep bool) *rewardRows {
	return &rewardRows{needs: needs, extra: extra, keep: keep, ids: map[string]int32{}, taskNames: map[string]string{}}
}

// read takes all lines. Its error is an *exitError that names the row.
func (r *rewardRows) read(lines iter.Seq[placed]) error {
	for l := range lines {
		if n := len(r.files); n == 0 || r.files[n-1].name != l.file {
			r.files = append(r.files, fileStart{l.file, len(r.rewards)})
		}
		r.line = l.line.N
		err := r.add(&l.line)
		l.line.Release()
		if err != nil {
			return &exitError{exitNoScore, fmt.Sprintf("%s:%d: %s", l.file, r.line, rollout.ErrorText(err))}
		}
	}
	return nil
}

// place is "file:line" of a row with a reward.
func (r *rewardRows) place(row int) string {
	f := sort.Search(len(r.files), func(i int) bool { return r.files[i].row > row }) - 1
	return fmt.Sprintf("%s:%d", r.files[f].name, r.lines[row])
}

func (r *rewardRows) bad(field, format string, args ...any) error {
	return &rollout.FieldError{Line: r.line, Field: field, Msg: fmt.Sprintf(format, args...)}
}

// add takes one line.
func (r *rewardRows) add(l *rollout.Line) error {
	if l.Err != nil {
		return l.Err
	}
	if len(r.null) >= math.MaxInt32 || uint64(l.N) > math.MaxUint32 {
		return errors.New("too many rows for one batch: split the input")
	}
	src := unsafe.String(unsafe.SliceData(l.Data), len(l.Data))
	v, err := py.Parse(src)
	if err != nil || v.Kind() != py.Dict || !utf8.Valid(l.Data) {
		// The reader of rollouts knows how to say what is wrong.
		return rollout.Decode(nil, *l, nil)[0].Err
	}
	if err := r.once(src, v); err != nil {
		return err
	}
	if parts, _ := v.Get("rewards"); parts.Kind() == py.Dict && r.needs&advantage.Components != 0 {
		if key, twice := repeated(objectOf(src, "rewards"), parts); twice {
			return r.bad("rewards", "has %s twice: give it once", quoted(key))
		}
	}
	null, err := r.row(v)
	if err != nil {
		return err
	}
	r.null = append(r.null, null)
	if r.keep {
		r.text.add(withoutAdvantage(src, v))
	}
	return nil
}

// once refuses keys that are read and come twice in the object src.
func (r *rewardRows) once(src string, v py.Value) error {
	n := 0
	eachMember(src, func(member) { n++ })
	if n == v.Len() {
		return nil
	}
	for _, key := range []string{"group", "task", "reward", "score", "length", "rewards", "baseline"} {
		times := 0
		eachMember(src, func(m member) {
			if isKey(src[m.from:m.colon], key) {
				times++
			}
		})
		if times > 1 {
			return r.bad(key, "given %d times: give it once", times)
		}
	}
	return nil
}

const advantageKey = "advantage"

// withoutAdvantage is the object src without its last brace and without an
// advantage from before. All else stays as it is, white space included.
func withoutAdvantage(src string, v py.Value) string {
	if _, found := v.Get(advantageKey); !found {
		return src[:strings.LastIndexByte(src, '}')]
	}
	b := []byte(src[:strings.IndexByte(src, '{')+1])
	from := len(b) // of the member with the white space around it
	first := true
	eachMember(src, func(m member) {
		to := skipSpace(src, m.to)
		if !isKey(src[m.from:m.colon], advantageKey) {
			if !first {
				b = append(b, ',')
			}
			b = append(b, src[from:to]...)
			first = false
		}
		from = to + 1
	})
	return string(b)
}

// isKey reports whether quoted, JSON text of a string and maybe white space, is
// key.
func isKey(quoted, key string) bool {
	if len(quoted) >= len(key)+2 && quoted[1:len(key)+1] == key && quoted[len(key)+1] == '"' {
		return true
	}
	if strings.IndexByte(quoted, '\\') < 0 {
		return false
	}
	v, err := py.Parse(quoted)
	return err == nil && v.Str() == key
}

// row takes the fields of one row. It reports true if its reward is null: such
// a row stays out of everything, whatever else it holds.
func (r *rewardRows) row(v py.Value) (null bool, err error) {
	field := "reward"
	reward, ok := v.Get(field)
	if !ok {
		field = "score"
		if reward, ok = v.Get(field); !ok {
			return false, r.bad("reward", "missing: give a number as reward or score, or null for a row that has none")
		}
	}
	if reward.Kind() == py.Null {
		return true, nil
	}
	x, err := r.number(field, reward, ", or null for a row that has none")
	if err != nil {
		return false, err
	}
	group, err := r.group(v)
	if err != nil {
		return false, err
	}
	r.rewards = append(r.rewards, x)
	r.groups = append(r.groups, group)
	r.lines = append(r.lines, uint32(r.line))
	if err := r.task(v, group); err != nil {
		return false, err
	}
	if (r.needs|r.extra)&advantage.Lengths != 0 {
		if err := r.length(v); err != nil {
			return false, err
		}
	}
	if r.needs&advantage.Components != 0 {
		if err := r.components(v); err != nil {
			return false, err
		}
	}
	if r.needs&advantage.Baselines != 0 {
		b, _ := v.Get("baseline")
		if !given(b) {
			return false, r.bad("baseline", "missing: remax needs the reward of the greedy response to the same prompt")
		}
		x, err := r.number("baseline", b, "")
		if err != nil {
			return false, err
		}
		r.greedy = append(r.greedy, x)
	}
	return false, nil
}

// number is the value of a field that must be a finite number.
func (r *rewardRows) number(field string, v py.Value, or string) (float64, error) {
	switch v.Kind() {
	case py.Int, py.Float:
	default:
		return 0, r.bad(field, "%s: give a number%s", v.Kind().InJSON(), or)
	}
	x := v.Float()
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, r.bad(field, "%s is no finite number: give one%s", printable(v.Raw(), 40), or)
	}
	return x, nil
}

// given reports whether a field is there and not null.
func given(v py.Value) bool { return v.Exists() && v.Kind() != py.Null }

// group is the number of the group of a row.
func (r *rewardRows) group(v py.Value) (int32, error) {
	g, _ := v.Get("group")
	if !given(g) {
		return 0, r.bad("group", "missing: give the name of the prompt, a string or a number, the same for all its rollouts")
	}
	if g.Raw() == r.last {
		return r.lastID, nil
	}
	key, ok := groupKey(g)
	if !ok {
		return 0, r.bad("group", "%s: give a string or a finite number", g.Kind().InJSON())
	}
	id, ok := r.ids[key]
	if !ok {
		id = int32(len(r.groupTask))
		r.ids[strings.Clone(key)] = id
		r.groupTask = append(r.groupTask, groupTask{})
	}
	r.last, r.lastID = strings.Clone(g.Raw()), id
	return id, nil
}

// groupKey is the same for equal JSON values: for "a" and "\u0061", for 7 and
// 7.0, but not for 7 and "7".
func groupKey(v py.Value) (string, bool) {
	switch v.Kind() {
	case py.Bool:
		return v.Raw(), true // as in the output of score
	case py.String:
		if strings.IndexByte(v.Raw(), '\\') < 0 {
			return v.Raw(), true
		}
		return string(py.AppendJSONString(nil, v.Str())), true
	case py.Int:
		return v.IntText(), true // of any size
	case py.Float:
		x := v.Float()
		switch {
		case math.IsNaN(x) || math.IsInf(x, 0):
			return "", false
		case x == math.Trunc(x):
			return fmt.Sprintf("%.0f", x+0), true
		}
		return fmt.Sprint(x), true
	}
	return "", false
}

// task checks the task of the row that was added last, and keeps it if it is
// needed.
func (r *rewardRows) task(v py.Value, group int32) error {
	row := len(r.rewards) - 1
	t, _ := v.Get("task")
	read := (r.needs|r.extra)&advantage.Tasks != 0
	switch {
	case r.needs&advantage.Tasks != 0 && !given(t):
		return r.bad("task", "missing: the estimator needs the name of the task; \"\" is a name too")
	case read:
		if err := r.allOrNone("task", given(t), r.tasks != nil, row); err != nil {
			return err
		}
	}
	if !given(t) {
		return nil
	}
	if t.Kind() != py.String {
		return r.bad("task", "%s: give a string", t.Kind().InJSON())
	}
	g := &r.groupTask[group]
	name := g.name
	if !g.known {
		s := t.Str()
		var ok bool
		if name, ok = r.taskNames[s]; !ok {
			name = strings.Clone(s)
			r.taskNames[name] = name
		}
		*g = groupTask{name, int32(row), true}
	} else if t.Str() != name {
		return r.bad("task", "is %s, but %s has %s for the same group: a prompt has one task", quoted(t.Str()), r.place(int(g.row)), quoted(name))
	}
	if !read {
		return nil
	}
	if name == "" {
		if r.numEmpty++; r.numEmpty == 1 {
			r.empty = r.place(row)
		}
	}
	r.tasks = append(r.tasks, name)
	return nil
}

func quoted(s string) string {
	return string(py.AppendJSONString(nil, middle(s, 60)))
}

// length keeps the length of the row that was added last. Either all rows have
// one or none has.
func (r *rewardRows) length(v py.Value) error {
	row := len(r.rewards) - 1
	l, _ := v.Get("length")
	if err := r.allOrNone("length", given(l), len(r.lengths) > 0, row); err != nil || !given(l) {
		return err
	}
	x, err := r.number("length", l, " of tokens")
	if err != nil {
		return err
	}
	if x < 1 || x != math.Trunc(x) || x > 1<<53 {
		return r.bad("length", "is %s: give the whole number of tokens of the response, at least 1", printable(l.Raw(), 40))
	}
	r.lengths = append(r.lengths, int(x))
	return nil
}

// allOrNone is an error if row has a field and the rows before have not, or the
// other way about.
func (r *rewardRows) allOrNone(field string, has, before bool, row int) error {
	switch {
	case row == 0 || has == before:
		return nil
	case has:
		return r.bad(field, "given here, but missing in %s: give it in all rows or in none", r.place(0))
	}
	return r.bad(field, "missing here, but given in %s: give it in all rows or in none", r.place(0))
}

// components keeps the parts of the reward of the row that was added last. Either
// all rows have the same parts or none has any.
func (r *rewardRows) components(v py.Value) error {
	row := len(r.rewards) - 1
	parts, _ := v.Get("rewards")
	if err := r.allOrNone("rewards", given(parts), r.names != nil, row); err != nil || !given(parts) {
		return err
	}
	if parts.Kind() != py.Dict {
		return r.bad("rewards", "%s: give an object of numbers", parts.Kind().InJSON())
	}
	if parts.Len() == 0 {
		return r.bad("rewards", "has no parts: give an object of numbers, or null")
	}
	if r.names == nil {
		for _, p := range parts.Pairs() {
			r.names = append(r.names, strings.Clone(p.Key))
		}
		slices.Sort(r.names)
		r.parts = make([][]float64, len(r.names))
	}
	for k, name := range r.names {
		p, ok := parts.Get(name)
		if !ok {
			return r.bad("rewards", "lacks %s, which %s has: give the same parts in all rows", quoted(name), r.place(0))
		}
		x, err := r.number("rewards."+printable(name, 60), p, "")
		if err != nil {
			return err
		}
		r.parts[k] = append(r.parts[k], x)
	}
	if parts.Len() > len(r.names) {
		for _, p := range parts.Pairs() {
			if _, found := slices.BinarySearch(r.names, p.Key); !found {
				return r.bad("rewards", "has %s, which %s lacks: give the same parts in all rows", quoted(p.Key), r.place(0))
			}
		}
	}
	return nil
}

// batch is what estimators see.
func (r *rewardRows) batch() (*advantage.Batch, error) {
	ix, err := advantage.NewIndex(r.groups, r.tasks)
	if err != nil {
		return nil, err
	}
	return &advantage.Batch{Index: ix, Rewards: r.rewards, Lengths: r.lengths, Baselines: r.greedy, Components: r.parts, Names: r.names}, nil
}

// explain makes the error of an estimator one that names the line.
func (r *rewardRows) explain(err error) error {
	var row *advantage.RowError
	if errors.As(err, &row) {
		return &exitError{exitNoScore, fmt.Sprintf("%s: %s %s", r.place(row.Row), row.Field, row.Msg)}
	}
	return &exitError{exitNoScore, strings.Replace(err.Error(), "advantage: ", "", 1)}
}
