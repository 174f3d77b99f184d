package decide

import "strings"

// synonyms lists phrases of one meaning on a line, the meaning first.
const synonyms = `
does not exist|dne|doesn't exist|do not exist|nonexistent|non existent|limit does not exist|the limit does not exist
undefined|not defined|is undefined|is not defined
no solution|no solutions|no real solution|no real solutions|there is no solution|there are no solutions|has no solution|has no solutions|no real roots|no roots|empty set|the empty set|null set|∅|无解|空集
none|nothing|null
reals|all real numbers|all reals|real numbers|the real numbers|any real number|all real|the set of all real numbers|every real number|全体实数
infinity|infinite|positive infinity|+infinity|inf
infinitely many|infinitely many solutions|infinite solutions|infinite number of solutions|an infinite number of solutions|无穷多
not possible|impossible
diverges|divergent|diverge|does not converge
converges|convergent
yes|是
no|否|不是
true|correct|正确
false|incorrect|错误|不正确
cannot be determined|can not be determined|not enough information|insufficient information|无法确定
neither|neither even nor odd
`

// meanings maps a folded phrase to its meaning.
var meanings = func() map[string]string {
	m := make(map[string]string)
	for line := range strings.Lines(synonyms) {
		phrases := strings.Split(strings.TrimSpace(line), "|")
		for _, p := range phrases {
			if p != "" {
				m[p] = phrases[0]
			}
		}
	}
	return m
}()

func meaningOf(folded string) string { return meanings[folded] }

// nothing holds the meanings that say, in different ways, that there is no
// value; two of them may stand for the same answer.
var nothing = wordSet("does not exist|undefined|no solution|none|not possible|diverges|infinity|cannot be determined")

// commonWords are the short words whose capitals mean nothing.
var commonWords = wordSet("yes|no|not|the|and|of|all|any|one|two|six|ten|new|old|dne|n/a|na|or|is|are|odd|max|min|red")

func wordSet(s string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Split(s, "|") {
		m[w] = true
	}
	return m
}

// numberWords are the number words below a hundred.
var numberWords = map[string]int64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
	"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
	"sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
	"fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
	"零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
}

// scales are the number words that multiply.
var scales = map[string]int64{"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}

// spelled reads a whole number below 10^15 in folded English words, "forty
// two" or "three hundred and five", or one Chinese numeral.
func spelled(s string) (int64, bool) {
	if s == "" || len(s) > 120 {
		return 0, false
	}
	var total, group int64
	last, neg, any := int64(1e15), false, false // last: the scale before
	prev := int64(-1)                           // the plain word before, or -1
	for i, w := range strings.Fields(s) {
		if w == "minus" || w == "negative" {
			if i > 0 {
				return 0, false
			}
			neg = true
			continue
		}
		if w == "and" && any {
			prev = -1
			continue
		}
		if v, ok := numberWords[w]; ok {
			if prev >= 0 && (prev < 20 || prev%10 != 0 || v == 0 || v > 9) {
				return 0, false // one two
			}
			if group%100 != 0 && prev < 0 {
				return 0, false
			}
			group += v
			prev, any = v, true
			continue
		}
		v, ok := scales[w]
		switch {
		case !ok || !any && w != s:
			return 0, false
		case w == s:
			return v, true
		case v == 100:
			if group == 0 || group > 99 {
				return 0, false
			}
			group *= 100
		default:
			if v >= last || group == 0 {
				return 0, false
			}
			total += group * v
			group, last = 0, v
		}
		prev = -1
	}
	total += group
	if neg {
		total = -total
	}
	return total, any
}

// mathWords make a text a value that this package does not read.
var mathWords = wordSet("hundred|thousand|million|billion|trillion|dozen|half|third|quarter|quarters|thirds|halves|fifth|" +
	"tenth|double|twice|pi|phi|infinity|infinite|sqrt|root|squared|cubed|log|ln|exp|sin|cos|tan|minus|plus|times|over|" +
	"thousands|hundreds|millions|billions|dozens|pair|pairs|score|percents|cubes|squares|factorial|th|" +
	"divided|negative|positive|percent|percentage|point|equals|square|cube|degrees|degree|first|second|zero|nothing")

// alterWords are the words that change the number before them or its sign, and
// are no units.
var alterWords = wordSet("lakh|lakhs|crore|crores|mil|mils|mill|mn|bn|tn|million|billion|grand|gross|scores|" +
	"ones|tens|tenths|hundredth|hundredths|thousandth|thousandths|millionth|millionths|billionths|" +
	"fourth|fourths|fifths|sixth|sixths|seventh|sevenths|eighth|eighths|ninth|ninths|" +
	"doubled|tripled|triple|quadrupled|quadruple|thrice|halved|inverse|inverted|reciprocal|reversed|negated|absolute|" +
	"remainder|below|above|under|less|loss|lost|deficit|debt|debit|debits|overdrawn|" +
	"decrease|decreased|drop|reduction|downward|backward|backwards|" +
	"exclusive|excluded|excluding|rejected|extraneous|wrong|incorrect|not|no|false|" +
	"base|modulo|mod|power|powers|exponent|squareroot|log|logs|factorials|others|or|to|plus")

// numeric reports whether folded words may stand for a number.
func numeric(s string) bool {
	for w := range strings.FieldsSeq(s) {
		if _, ok := numberWords[w]; ok || mathWords[w] {
			return true
		}
	}
	return false
}
