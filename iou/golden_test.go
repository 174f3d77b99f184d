package iou

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestGolden holds Reference to the released reward, errors included.
func TestGolden(t *testing.T) {
	f, err := os.Open("testdata/golden/reference.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<22)
	if !sc.Scan() || !strings.Contains(sc.Text(), `"python":"3.11.`) {
		t.Fatalf("first line does not name the reference: %.100s", sc.Text())
	}
	n, failures := 0, 0
	for sc.Scan() {
		var row struct {
			Gold, Pred, Error string
			Score             float64
		}
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		n++
		got, err := Reference(row.Gold, row.Pred)
		if err != nil {
			failures++
		}
		if got != row.Score || (err != nil) != (row.Error != "") {
			t.Errorf("row %d: Reference(%.200q, %.200q) = %v, %v, want %v %s", n, row.Gold, row.Pred, got, err, row.Score, row.Error)
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	if n < 2500 || failures < 20 {
		t.Errorf("only %d rows, %d failures", n, failures)
	}
	t.Logf("%d rows, of which the reference raises on %d", n, failures)
}
