package py_test

import (
	"errors"
	"fmt"

	"github.com/golongrl/golongrl/internal/py"
)

func ExampleParse() {
	v, err := py.Parse(`{"data": [["Ann", 1.0, true], {"k": null}], "n": 1, "n": 2}`)
	if err != nil {
		panic(err)
	}
	for _, p := range v.Pairs() {
		fmt.Printf("%s = %s\n", p.Key, py.AppendStr(nil, p.Val))
	}
	// Output:
	// data = [['Ann', 1.0, True], {'k': None}]
	// n = 2
}

func ExampleParse_errors() {
	_, err := py.Parse(`[1,]`)
	var syntax *py.SyntaxError
	fmt.Println(errors.As(err, &syntax), err)
	_, err = py.Parse(`{"é" 1}`)
	fmt.Println(err)
	// Output:
	// true json: Expecting value at byte 3
	// json: Expecting ':' delimiter at byte 6
}

func ExampleValue_Get() {
	v, _ := py.Parse(`{"golden_label": "A", "hops": -0}`)
	label, ok := v.Get("golden_label")
	fmt.Println(label.Str(), label.Kind(), ok)
	hops, _ := v.Get("hops")
	fmt.Println(hops.Raw(), hops.IntText(), hops.Truthy())
	_, ok = v.Get("missing")
	fmt.Println(ok)
	// Output:
	// A str true
	// -0 0 false
	// false
}

func ExampleNewDict() {
	v := py.NewDict(
		py.Pair{Key: "label", Val: py.NewString("it's")},
		py.Pair{Key: "cells", Val: py.NewList(py.NewNumberText("1.50"), py.NewBool(true), py.NewNull())},
	)
	fmt.Println(v.Raw())
	fmt.Printf("%s\n", py.AppendReprValue(nil, v))
	// Output:
	// {"label":"it's","cells":[1.50,true,null]}
	// {'label': "it's", 'cells': [1.5, True, None]}
}

func ExampleLower() {
	fmt.Println(py.Lower("ΟΔΟΣ ΣΑΣ. ISTANBUL"))
	fmt.Println(py.RuneCount("İ"), py.RuneCount(py.Lower("İ")))
	// Output:
	// οδος σας. istanbul
	// 1 2
}

func ExampleCasefold() {
	fmt.Println(py.Casefold("Straße"))
	// Output: strasse
}

func ExampleCollapseSpace() {
	fmt.Printf("%q\n", py.CollapseSpace(" a\t b\u3000c\x1cd\n"))
	fmt.Printf("%s\n", py.AppendCollapsed([]byte("> "), "a  b"))
	// Output:
	// "a b c d"
	// > a b
}

func ExampleAppendFields() {
	fmt.Printf("%q\n", py.AppendFields(nil, " one\u00a0two \n three"))
	// Output: ["one" "two" "three"]
}

func ExampleStrip() {
	fmt.Printf("%q\n", py.Strip("\u2003 a b\x1f"))
	// Output: "a b"
}

func ExampleDecodeRune() {
	r, size := py.DecodeRune("\xed\xa0\xbd")
	fmt.Printf("%U %d\n", r, size)
	// Output: U+D83D 3
}

func ExampleRuneCount() {
	fmt.Println(py.RuneCount("中文😀"))
	// Output: 3
}

func ExampleAppendRepr() {
	fmt.Printf("%s %s\n", py.AppendRepr(nil, "it's\n"), py.AppendRepr(nil, "é\u200b'\""))
	// Output: "it's\n" 'é\u200b\'"'
}

func ExampleAppendFloat() {
	for _, f := range []float64{1e16, 1e6, 0.0001, 1e-5, 1.0 / 3} {
		fmt.Printf("%s\n", py.AppendFloat(nil, f))
	}
	// Output:
	// 1e+16
	// 1000000.0
	// 0.0001
	// 1e-05
	// 0.3333333333333333
}

func ExampleAppendStr() {
	v, _ := py.Parse(`["a", "it's", 1e400, 10, NaN]`)
	for _, item := range v.Items() {
		fmt.Printf("%s|", py.AppendStr(nil, item))
	}
	fmt.Printf("\n%s\n", py.AppendStr(nil, v))
	// Output:
	// a|it's|inf|10|nan|
	// ['a', "it's", inf, 10, nan]
}

func ExampleAppendJSONString() {
	fmt.Printf("%s\n", py.AppendJSONString(nil, "<é>\n\"\xed\xa0\x80\""))
	// Output: "<é>\n\"\ud800\""
}

func ExampleIsSpace() {
	fmt.Println(py.IsSpace('\x1c'), py.IsSpace('\u3000'), py.IsSpace('\u200b'))
	// Output: true true false
}

func ExampleIsPrintable() {
	fmt.Println(py.IsPrintable('é'), py.IsPrintable('\u00a0'))
	// Output: true false
}

func ExampleIsDecimal() {
	for _, r := range "7²½x" {
		fmt.Println(py.IsDecimal(r), py.IsDigit(r), py.IsAlnum(r))
	}
	// Output:
	// true true true
	// false true true
	// false false true
	// false false true
}
