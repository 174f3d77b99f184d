package py

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

const lawSeed = 20250311

func lawParameters(t *testing.T) *gopter.TestParameters {
	t.Logf("seed %d", lawSeed)
	p := gopter.DefaultTestParametersWithSeed(lawSeed)
	p.MinSuccessfulTests = 400
	return p
}

// pieces are what genText joins: everything the text functions treat specially, and
// lengths that move it across the borders of eight-byte words.
var pieces = []any{
	"a", "B", "word", "WORDS ", " ", "  ", "\t", "\n", "\x1c", "\x01", "\x7f", "é", "É", "ß", "İ", "Σ", "ς", "Ж", "中文", "，",
	"\u00a0", "\u0085", "\u2003", "\u3000", "\u200b", "'", `"`, "\\", ".", "\u0301", "😀", "𐐀", "\ufb01", "\u212a",
	"\xed\xa0\x80", "\xed\xb0\x80", "\xff", "\xc2", "\xe2\x80", "\xf0\x9f", "1234567", "12345678", "LONGER than eight ",
}

func genText() gopter.Gen {
	return gen.SliceOf(gen.OneConstOf(pieces...)).Map(func(parts []string) string { return strings.Join(parts, "") })
}

func TestTextLaws(t *testing.T) {
	laws := gopter.NewProperties(lawParameters(t))
	laws.Property("text functions equal their plain forms", prop.ForAll(func(s string) (bool, error) { err := textError(s); return err == nil, err }, genText()))
	laws.Property("Lower and Casefold are idempotent", prop.ForAll(func(s string) bool {
		return Lower(Lower(s)) == Lower(s) && Casefold(Casefold(s)) == Casefold(s)
	}, genText()))
	laws.Property("CollapseSpace is idempotent and ignores the outside", prop.ForAll(func(s string) bool {
		c := CollapseSpace(s)
		return CollapseSpace(c) == c && CollapseSpace(" \n"+s+"\u3000") == c && Strip(c) == c
	}, genText()))
	laws.Property("words are the words of both sides of a space", prop.ForAll(func(a, b string) bool {
		return strings.Join(AppendFields(AppendFields(nil, a), b), "\x00") == strings.Join(AppendFields(nil, a+" "+b), "\x00")
	}, genText(), genText()))
	laws.Property("RuneCount is additive at character borders", prop.ForAll(func(a, b string) bool {
		return RuneCount(a+" "+b) == RuneCount(a)+1+RuneCount(b)
	}, genText(), genText()))
	laws.Property("Lower is strings.ToLower on ASCII", prop.ForAll(func(s string) bool {
		return Lower(s) == strings.ToLower(s) && Casefold(s) == strings.ToLower(s)
	}, gen.AnyString().Map(func(s string) string { return strings.ToValidUTF8(strings.Map(ascii, s), "") })))
	laws.TestingRun(t)
}

func ascii(r rune) rune { return r & 0x7f }

func TestFloatLaws(t *testing.T) {
	laws := gopter.NewProperties(lawParameters(t))
	laws.Property("repr reads back as the same float", prop.ForAll(func(bits uint64) bool {
		f := math.Float64frombits(bits)
		text := string(AppendFloat(nil, f))
		back, err := strconv.ParseFloat(text, 64)
		return err == nil && (back == f && math.Signbit(back) == math.Signbit(f) || f != f && back != back)
	}, gen.UInt64()))
	laws.Property("AppendStr of a parsed float is repr", prop.ForAll(func(f float64) bool {
		v, err := Parse(strconv.FormatFloat(f, 'e', -1, 64))
		return err == nil && string(AppendStr(nil, v)) == string(AppendFloat(nil, f))
	}, gen.Float64()))
	laws.TestingRun(t)
}

// genValue makes trees of depth at most n.
func genValue(n int) gopter.Gen {
	leaves := []gopter.Gen{
		genText().Map(func(s string) Value {
			if !wellFormed(s) {
				s = "not well formed"
			}
			return NewString(s)
		}),
		gen.Int64().Map(func(i int64) Value { return NewNumberText(strconv.FormatInt(i, 10)) }),
		gen.OneConstOf(NewNull(), NewBool(true), NewBool(false), NewNumberText("NaN"), NewNumberText("-1.5e300"), NewList(), NewDict()),
	}
	if n == 0 {
		return gen.OneGenOf(leaves...)
	}
	list := gen.SliceOfN(4, genValue(n-1)).Map(func(items []Value) Value { return NewList(items...) })
	dict := gen.SliceOfN(4, genValue(n-1)).Map(func(items []Value) Value {
		var pairs []Pair
		for i, item := range items {
			pairs = append(pairs, Pair{[]string{"a", "b'", "a", "\xed\xa0\x80"}[i], item})
		}
		return NewDict(pairs...)
	})
	return gen.OneGenOf(append(leaves, list, dict)...)
}

func TestValueLaws(t *testing.T) {
	laws := gopter.NewProperties(lawParameters(t))
	laws.Property("a built value equals its parsed text", prop.ForAll(func(v Value) bool {
		p, err := Parse(v.Raw())
		return err == nil && p.Kind() == v.Kind() && p.Truthy() == v.Truthy() && p.Len() == v.Len() &&
			string(AppendStr(nil, p)) == string(AppendStr(nil, v)) && p.Raw() == v.Raw()
	}, genValue(3)))
	laws.Property("white space between tokens changes nothing", prop.ForAll(func(v Value) bool {
		p, err := Parse("\n\t " + NewList(v, v).Raw() + " \r")
		return err == nil && string(AppendStr(nil, p)) == string(AppendStr(nil, NewList(v, v)))
	}, genValue(2)))
	laws.Property("a document cut short is a SyntaxError", prop.ForAll(func(v Value, cut uint16) bool {
		raw := NewList(v).Raw()
		_, err := Parse(raw[:int(cut)%len(raw)])
		_, ok := err.(*SyntaxError)
		return ok
	}, genValue(2), gen.UInt16()))
	laws.TestingRun(t)
}
