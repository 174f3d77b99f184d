package parquet_test

import (
	"bytes"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"

	"github.com/golongrl/golongrl/scoring/parquet"
)

// TestLZ4IsRefused: its pages cannot be trusted, so none of them is read.
func TestLZ4IsRefused(t *testing.T) {
	type row struct {
		Response  string `parquet:"response"`
		Reference string `parquet:"reference"`
		Task      string `parquet:"task"`
	}
	var b bytes.Buffer
	w := pq.NewGenericWriter[row](&b, pq.Compression(&pq.Lz4Raw))
	if _, err := w.Write([]row{{"a", "a", "em"}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for r := range parquet.Rows(bytes.NewReader(b.Bytes()), int64(b.Len()), nil) {
		if n++; r.Err == nil || !strings.Contains(r.Err.Error(), "LZ4, which is not supported: write it with zstd or snappy") {
			t.Errorf("row %+v", r)
		}
	}
	if n != 1 {
		t.Errorf("%d rows", n)
	}
}
