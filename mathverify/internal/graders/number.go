package graders

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/golongrl/golongrl/internal/py"
)

// parseFloat is float(s) of a string; ok is false where it raises ValueError.
func parseFloat(s string) (f float64, ok bool) {
	if !isASCII(s) {
		if s, ok = asciiNumber(s); !ok {
			return 0, false
		}
	}
	s = strings.Trim(s, " \t\n\v\f\r")
	body := s
	if body != "" && (body[0] == '+' || body[0] == '-') {
		body = body[1:]
	}
	if body == "" {
		return 0, false
	}
	if c := body[0]; c != '.' && !isDigit(c) {
		switch strings.ToLower(body) {
		case "inf", "infinity":
			if s[0] == '-' {
				return math.Inf(-1), true
			}
			return math.Inf(1), true
		case "nan":
			return math.NaN(), true
		}
		return 0, false
	}
	end, whole := digitGroups(body, 0)
	fraction := false
	if end < len(body) && body[end] == '.' {
		end, fraction = digitGroups(body, end+1)
	}
	if !whole && !fraction {
		return 0, false
	}
	if end < len(body) && (body[end] == 'e' || body[end] == 'E') {
		if end++; end < len(body) && (body[end] == '+' || body[end] == '-') {
			end++
		}
		var some bool
		if end, some = digitGroups(body, end); !some {
			return 0, false
		}
	}
	if end != len(body) {
		return 0, false
	}
	if strings.IndexByte(s, '_') >= 0 {
		s = strings.ReplaceAll(s, "_", "")
	}
	f, _ = strconv.ParseFloat(s, 64) // out of range is infinite, as in Python
	return f, true
}

// digitGroups returns the position behind digits with single underscores
// between them, and whether there is a digit.
func digitGroups(s string, i int) (end int, some bool) {
	start := i
	for i < len(s) {
		if isDigit(s[i]) || s[i] == '_' && i > start && isDigit(s[i-1]) && i+1 < len(s) && isDigit(s[i+1]) {
			i++
			continue
		}
		break
	}
	return i, i > start
}

// asciiNumber turns the decimals and the white space beyond ASCII into digits
// and spaces; ok is false if there is anything else beyond ASCII.
func asciiNumber(s string) (string, bool) {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			b = append(b, s[i])
			i++
			continue
		}
		r, n := py.DecodeRune(s[i:])
		switch {
		case py.IsSpace(r):
			b = append(b, ' ')
		case py.IsDecimal(r):
			b = append(b, '0'+byte(decimalValue(r)))
		default:
			return "", false
		}
		i += n
	}
	return string(b), true
}

// decimalValue returns the value of a decimal digit. Decimals come in runs of
// ten, which may touch.
func decimalValue(r rune) int {
	first := r
	for py.IsDecimal(first - 1) {
		first--
	}
	return int(r-first) % 10
}

// floatText is str(f).
func floatText(f float64) string { return string(py.AppendFloat(nil, f)) }

// roundedInt is str(int(round(f))) of a finite f.
func roundedInt(f float64) string { return intText(math.RoundToEven(f)) }

// intText is str(int(f)) of a finite f.
func intText(f float64) string {
	if math.Abs(f) < 1<<62 {
		return strconv.FormatInt(int64(f), 10)
	}
	n, _ := big.NewFloat(f).Int(nil)
	return n.String()
}

// nearInt reports abs(f - int(round(f))) <= 1e-7; infinities and NaN raise in
// Python, which the originals take as false.
func nearInt(f float64) bool {
	return !math.IsInf(f, 0) && math.Abs(f-math.RoundToEven(f)) <= 1e-7
}

// isClose is math.isclose with a relative tolerance.
func isClose(a, b, tolerance float64) bool {
	if a == b {
		return true
	}
	if math.IsInf(a, 0) || math.IsInf(b, 0) {
		return false
	}
	diff := math.Abs(b - a)
	return diff <= math.Abs(tolerance*b) || diff <= math.Abs(tolerance*a)
}

// isCanonicalInt reports str(int(s)) == s, within Python's limit on digits.
func isCanonicalInt(s string) bool {
	const maxDigits = 4300
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || digitsEnd(digits, 0) != len(digits) || len(digits) > maxDigits {
		return false
	}
	return digits[0] != '0' || s == "0"
}
