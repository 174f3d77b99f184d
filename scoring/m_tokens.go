package scoring

import (
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/golongrl/golongrl/internal/jieba"
	"github.com/golongrl/golongrl/internal/py"
)

// makeTokenF1 is the token F1 of SQuAD and of LongBench question answering.
//
//	p = Σ min(c_P, c_G)/|P|    r = Σ min(c_P, c_G)/|G|    F1 = 2pr/(p+r), 0 without a common token
//
// over multisets of tokens: lower case, ASCII punctuation dropped, the articles
// a, an, the dropped, split at white space. Chinese is segmented as jieba does,
// its punctuation is dropped too and there are no articles. Several references:
// the best counts. In strict a reference without a token left equals only
// itself.
//
// Source: SQuAD evaluate-v1.1; LongBench metrics.py, qa_f1_score and
// qa_f1_zh_score.
func makeTokenF1(o *Options) (Metric, error) {
	lang := langOption(o)
	strict := o.Profile == Strict
	return o.make(textMetric(o, func(rec *Record, area string, golds []string) (float64, error) {
		zh := chinese(lang, rec)
		pred := qaTokens(area, zh)
		best := 0.0
		for _, g := range golds {
			gold := qaTokens(g, zh)
			if strict && len(gold) == 0 {
				if py.Lower(py.Strip(g)) == py.Lower(py.Strip(area)) {
					return 1, nil
				}
				continue
			}
			best = max(best, multisetF1(gold, pred))
		}
		return best, nil
	}))
}

func multisetF1(gold, pred []string) float64 {
	s := linePool.Get().(*lineScratch)
	defer s.release()
	s.index.reset(len(gold))
	for _, g := range gold {
		s.index.add(g, 1)
	}
	same := 0
	for _, p := range pred {
		if n := s.index.find(p); n != nil && *n > 0 {
			same++
			*n--
		}
	}
	if same == 0 {
		return 0
	}
	precision, recall := float64(same)/float64(len(pred)), float64(same)/float64(len(gold))
	return float64(2*precision*recall) / (precision + recall)
}

const (
	asciiPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	// Source: LongBench metrics.py, normalize_zh_answer.
	chinesePunctuation = "！？｡。＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～｟｠｢｣､、〃》「」『』【】〔〕〖〗〘〙〚〛〜〝〞〟〰〾〿–—‘’‛“”„‟…‧﹏."
)

// qaTokens are the normalised tokens of a question-answering text.
func qaTokens(text string, zh bool) []string {
	if !zh {
		return py.AppendFields(nil, normalAnswer(text))
	}
	var out []string
	var b []byte
	for _, w := range jieba.AppendCut(nil, text) {
		w, b = py.Lower(w), b[:0]
		for i := 0; i < len(w); {
			r, n := py.DecodeRune(w[i:])
			if !py.IsSpace(r) && !strings.ContainsRune(asciiPunctuation+chinesePunctuation, r) {
				b = append(b, w[i:i+n]...)
			}
			i += n
		}
		if len(b) > 0 {
			out = append(out, string(b))
		}
	}
	return out
}

// normalAnswer is the SQuAD normalisation: lower case, no ASCII punctuation,
// no articles, white space collapsed.
//
// Source: SQuAD evaluate-v1.1, normalize_answer; the same in Search-R1.
func normalAnswer(s string) string {
	s = py.Lower(s)
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if c := s[i]; !punctuation[c] {
			b = append(b, c)
		}
	}
	s = unsafe.String(unsafe.SliceData(b), len(b))
	// Articles are whole words in the sense of \b, so "αthe" keeps its "the".
	// What is written never overtakes what is read.
	b = b[:0]
	inWord := false
	for i := 0; i < len(s); {
		c := s[i]
		if !inWord && (c == 'a' || c == 't') {
			if n := articleAt(s[i:]); n > 0 {
				b = append(b, ' ')
				i += n
				continue
			}
		}
		if c < utf8.RuneSelf {
			inWord = isIdentByte(c, true)
			b = append(b, c)
			i++
			continue
		}
		r, n := py.DecodeRune(s[i:])
		inWord = isWordRune(r)
		b = append(b, s[i:i+n]...)
		i += n
	}
	return py.CollapseSpace(s[:len(b)])
}

// punctuation is Python's string.punctuation, by byte.
var punctuation = func() (t [256]bool) {
	for i := range len(asciiPunctuation) {
		t[asciiPunctuation[i]] = true
	}
	return t
}()

// articleAt returns the length of the article with which rest, the start of a
// word, begins.
func articleAt(rest string) int {
	for _, a := range [...]string{"a", "an", "the"} {
		if strings.HasPrefix(rest, a) && wordEnds(rest[len(a):]) {
			return len(a)
		}
	}
	return 0
}

func wordEnds(rest string) bool {
	if rest == "" {
		return true
	}
	r, _ := py.DecodeRune(rest)
	return !isWordRune(r)
}

func isWordRune(r rune) bool { return r == '_' || py.IsAlnum(r) }

// lastRune decodes the last code point of s, surrogates included.
func lastRune(s string) (rune, int) {
	for n := 1; n <= 4 && n <= len(s); n++ {
		if r, size := py.DecodeRune(s[len(s)-n:]); size == n && (n > 1 || s[len(s)-1] < utf8.RuneSelf) {
			return r, n
		}
	}
	return utf8.RuneError, 1
}
