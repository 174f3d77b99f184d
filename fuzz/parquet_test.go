package fuzz

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/golongrl/golongrl/scoring/parquet"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// FuzzParquet reads any bytes as a Parquet file: rows or errors come of it, and
// each row of a file has its number.
func FuzzParquet(f *testing.F) {
	names, err := filepath.Glob("../scoring/parquet/testdata/*.parquet")
	if err != nil || len(names) == 0 {
		f.Fatal("no fixtures: ", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("PAR1\x00\x00\x00\x00PAR1"))
	everything := &rollout.Options{Layout: rollout.Layout{Lang: "no*such.field"}}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, rows := 0, []rollout.Row(nil)
		for line := range parquet.Lines(bytes.NewReader(data), int64(len(data)), everything) {
			if line.N <= n {
				t.Fatalf("row %d comes after row %d", line.N, n)
			}
			n = line.N
			rows = rollout.Decode(rows[:0], line, nil)
			if len(rows) == 0 {
				t.Fatalf("row %d is lost", n)
			}
			for i := range rows {
				checkRow(t, &rows[i], n)
			}
			line.Release()
			if n > 200 {
				break // a footer may promise any number of rows
			}
		}
	})
}
