package iou

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkRows(b *testing.B) {
	for _, n := range []int{10, 1000, 100_000} {
		rows := make([]string, n)
		bytes := 0
		for i := range rows {
			rows[i] = fmt.Sprintf("row %d of the table", i)
			bytes += 2 * len(rows[i])
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(bytes))
			for b.Loop() {
				Rows(rows, rows)
			}
		})
	}
}

func benchTable(rows int) string {
	var b strings.Builder
	b.WriteString(`{"columns":["Year","Region","Sales"],"data":[`)
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `["%d","Region %d",%d.50]`, 1900+i%120, i%7, i)
	}
	b.WriteString(`]}`)
	return b.String()
}

func BenchmarkTables(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		src := benchTable(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(2 * len(src)))
			for b.Loop() {
				Tables(parse(b, src), parse(b, src))
			}
		})
	}
}

func BenchmarkReference(b *testing.B) {
	src := benchTable(10)
	b.ReportAllocs()
	b.SetBytes(int64(2 * len(src)))
	for b.Loop() {
		if _, err := Reference(src, src); err != nil {
			b.Fatal(err)
		}
	}
}
