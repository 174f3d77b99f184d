package iou_test

import (
	"fmt"

	"github.com/golongrl/golongrl/iou"
)

func ExampleRows() {
	fmt.Println(iou.Rows([]string{"a", "b", "b"}, []string{"b", "a"}))
	// Output: 0.6666666666666666
}

func ExampleReference() {
	gold := `{"columns": ["year", "sales"], "data": [["2020", 1.0], ["2021", 2]]}`
	// Column names are ignored, 1.0 and 1 differ.
	fmt.Println(iou.Reference(gold, `{"columns": ["?"], "data": [[2021, 2], [2020, 1]]}`))
	// Output: 0.3333333333333333 <nil>
}

func ExampleTables() {
	gold, _ := iou.ParseTable(`{"columns": ["Year", "Sales"], "data": [["2020", 1.0], ["2021", 2]]}`)
	pred, _ := iou.ParseTable(`{"columns": ["sales", "year"], "data": [[2, 2021], ["1", 2020]]}`)
	fmt.Println(iou.Tables(gold, pred))
	// Output: 1
}

func ExampleParseTable() {
	t, err := iou.ParseTable(`{"columns": ["Year"], "data": [["2020"], {"Year": 2021}]}`)
	fmt.Println(t.Len(), t.Columns(), err)
	_, err = iou.ParseTable(`{"columns": ["Year"], "data": "2020"}`)
	fmt.Println(err)
	// Output:
	// 2 [year] <nil>
	// iou: bad table: "data": want a list, got a string
}
