package cudnn

// A tables is the lengths and offsets of sequences that plans read, int32, each
// table at a multiple of alignment.
type tables struct {
	data []int32
	at   []map[Role]int // by group: where the tables begin in data
}

// tabulate writes the tables of groups for tensors with rows of some distances.
func tabulate(all []group, distances map[Role]int) *tables {
	t := &tables{}
	for i := range all {
		at := map[Role]int{Len: len(t.data)}
		t.data = pad(all[i].lengths(t.data))
		for r := Q; r < roles; r++ { // in a fixed order: equal tables are uploaded once
			if ld, ok := distances[r]; ok {
				at[offsets[r]] = len(t.data)
				t.data = pad(all[i].offsets(t.data, ld))
			}
		}
		t.at = append(t.at, at)
	}
	return t
}

func pad(b []int32) []int32 {
	for len(b)%(alignment/4) != 0 {
		b = append(b, 0)
	}
	return b
}
