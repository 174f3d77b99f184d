package wire_test

import (
	"fmt"

	"github.com/golongrl/golongrl/serve/wire"
)

// A message that asks for the scores of two responses, and a reply.
func Example() {
	b := wire.AppendHeader(nil, wire.OpScore, 1)
	b = wire.AppendField(b, wire.TagMetric, "em")
	b = append(b, 0)         // no more options
	b = wire.AppendU32(b, 2) // items
	for _, response := range []string{"[Answer] 4", "[Answer] 5"} {
		b = wire.AppendField(b, wire.TagResponse, response)
		b = wire.AppendField(b, wire.TagReference, "4")
		b = append(b, 0)
	}
	fmt.Println(len(b), "bytes")

	reply := wire.AppendHeader(nil, wire.OpScore, 1)
	reply = wire.AppendU32(reply, 1)
	reply = append(wire.AppendF64(reply, 0.5), 0)
	reply = wire.AppendField(reply, wire.TagJudgedBy, "f1")
	reply = append(reply, 0)

	r := wire.NewReader(reply)
	op, id := r.Header()
	fmt.Println(op == wire.OpScore, id)
	for range r.Count(10) {
		fmt.Println(r.F64(), r.U8())
		for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
			fmt.Printf("%c %s\n", tag, text)
		}
	}
	r.End()
	fmt.Println(r.Err())
	// Output:
	// 61 bytes
	// true 1
	// 0.5 0
	// m f1
	// <nil>
}

func ExampleAppendF64s() {
	b := wire.AppendF64s(nil, wire.TagRewards, []float64{0, 1})
	b = wire.AppendU32s(b, wire.TagGroups, []uint32{7, 7})
	b = append(b, 0)

	r := wire.NewReader(b)
	_, text := r.Field()
	rewards, err := wire.F64s(text)
	fmt.Println(rewards, err)
	_, text = r.Field()
	groups, err := wire.U32s(text)
	fmt.Println(groups, err)
	// Output:
	// [0 1] <nil>
	// [7 7] <nil>
}

func ExampleAppendError() {
	b := wire.AppendError(nil, 3, &wire.Error{Code: wire.CodeBadItem, Item: 4, Msg: "gold is blank"})
	r := wire.NewReader(b)
	op, id := r.Header()
	fmt.Println(op == wire.OpError, id, r.U16(), r.U32(), r.Text())
	// Output: true 3 422 4 gold is blank
}

func ExampleAppendText() {
	b := wire.AppendText(nil, "two")
	fmt.Printf("%q\n", b)
	// Output: "\x03\x00\x00\x00two"
}
