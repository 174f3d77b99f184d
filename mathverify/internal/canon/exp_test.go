package canon

import "testing"

func TestExponentials(t *testing.T) {
	checkPairs(t, Options{}, []pair{
		{"e^{2x}", "(e^x)^2", Zero},
		{"e^{-x}", `\frac1{e^x}`, Zero},
		{"e^{x+1}", `e\cdot e^x`, Zero},
		{"e^{x+1}", `2e^x`, NonZero},
		{"e^{x/2}e^{x/3}", "e^{5x/6}", Zero},
		{"e^{x/2}", `\sqrt{e^x}`, Zero},
		{`2^{n+1}`, `2\cdot2^n`, Zero},
		{`4^n`, `2^{2n}`, Zero},
		{`6^x`, `2^x3^x`, Zero},
		{`2^{x}`, `e^{x\ln(2)}`, Zero},
		{`x^{a}x^{b}`, `x^{a+b}`, Zero},
		{`x^{n+1}`, `x\cdot x^n`, Zero},
		{`(-1)^{n+1}`, `-(-1)^n`, Zero},
		{`(-1)^{2n}`, `1`, Zero},
		{`(-2)^n`, `(-1)^n2^n`, Zero},
		{`e^{\ln(x)}`, "x", Zero},
		{`e^{2\ln(3)}`, "9", Zero},
		{`e^{-\ln(x)/2}`, `\frac1{\sqrt x}`, Zero},
		{`\frac{2^{n}-1}{2-1}`, `2^n-1`, Zero},
		{`\frac{3^{n+1}-3}{2}`, `\frac32(3^n-1)`, Zero},
		{`e^{\pi}`, `\pi^e`, Unknown},
		{`\frac{e^x-e^{-x}}{e^x+e^{-x}}`, `\frac{e^{2x}-1}{e^{2x}+1}`, Zero},
		{"1-1/e", "1+1/e", NonZero},
		{`e^{x^2}e^{y}`, `e^{x^2+y}`, Zero},
		{`e^{-0.0231x}e^{0.0001x}`, `e^{-0.023x}`, Zero},
		{`e^{100000x}`, `e^{100000x}`, Zero},
		{`e^{100000}e`, `e^{100001}`, Unknown},
		{`2^{0.1234x}`, `4^{0.0617x}`, Zero},
		{`e^{x\cos(36^\circ)}`, `e^{\frac{1+\sqrt5}{4}x}`, Zero},
		{`e^{\frac{x}{1+\sqrt5}}`, `e^{\frac{\sqrt5-1}{4}x}`, Zero},
		{`e^{|x+1|^2}`, `e^{(x+1)^2}`, Zero},
		{`2^x`, `3^x`, NonZero},
		{`\sin(\pi x)`, `\cos(\pi x)`, NonZero},
		{`3^{\frac{n}{2}}`, `(\sqrt3)^n`, Zero},
	})
}

func TestLogarithms(t *testing.T) {
	checkPairs(t, Options{Log: LogE}, []pair{
		{`\ln(12)`, `2\ln(2)+\ln(3)`, Zero},
		{`\ln(\sqrt2)`, `\frac12\ln(2)`, Zero},
		{`\ln(x^3)`, `3\ln(x)`, Zero},
		{`\ln(x^2)`, `2\ln(x)`, Unknown},
		{`\ln(x^2)`, `2\ln(|x|)`, Zero},
		{`\ln(\frac{x}{2})`, `\ln(x)-\ln(2)`, Zero},
		{`\ln(\frac1x)`, `-\ln(x)`, Zero},
		{`\ln(e^x)`, "x", Zero},
		{`\ln(2e^{3x})`, `3x+\ln(2)`, Zero},
		{`\log(2,3)\log(3,4)`, `\log(2,4)`, Zero},
		{`\log(8,2)`, "3", Zero},
		{`\log(3,2)\log(4,3)`, "2", Zero},
		{`\log(100)`, `2\ln(10)`, Zero},
		{`\ln(1+\sqrt2)`, `-\ln(\sqrt2-1)`, Zero},
		{`\ln(3+2\sqrt2)`, `2\ln(1+\sqrt2)`, Zero},
		{`\ln(2+\sqrt3)+\ln(2-\sqrt3)`, `0`, Zero},
		{`\ln(xy)`, `\ln(x)+\ln(y)`, Unknown},
		{`\ln(|\frac{x}{y}|)`, `\ln(|x|)-\ln(|y|)`, Zero},
		{`\ln(\frac{x-1}{x+1})`, `-\ln(\frac{x+1}{x-1})`, Zero},
		{`\ln(|x^2-1|)`, `\ln(|x-1|)+\ln(|x+1|)`, Zero},
		{`\frac12\ln(|\frac{x-1}{x+1}|)`, `\frac12(\ln(|x-1|)-\ln(|1+x|))`, Zero},
		{`\ln(-1)`, `i\pi`, Zero},
		{`\arsinh(1)`, `\ln(1+\sqrt2)`, Zero},
		{`\artanh(\frac12)`, `\frac12\ln(3)`, Zero},
		{`\ln(\sqrt{x})`, `\frac12\ln(x)`, Zero},
		{`2^{\log(3,2)}`, "3", Zero},
		{`\frac{\ln(2)}{\ln(4)}`, `\frac12`, Zero},
	})
	checkPairs(t, Options{Log: LogTen}, []pair{{`\log(100)`, "2", Zero}, {`\log(x)`, `\frac{\ln(x)}{\ln(10)}`, Zero}})
	checkPairs(t, Options{}, []pair{{`\log(x)`, `\log(x)`, Zero}, {`\log(x)`, `\ln(x)`, Unknown}})
}

func TestFactorials(t *testing.T) {
	checkPairs(t, Options{}, []pair{
		{"5!", "120", Zero},
		{"5!!", "15", Zero},
		{"(n+1)!", "(n+1)n!", Zero},
		{"(2n)!!", "2^nn!", Zero},
		{"(2n-1)!!", `\frac{(2n)!}{2^nn!}`, Zero},
		{`\frac{(n+2)!}{n!}`, "(n+1)(n+2)", Zero},
		{`\binom{n}{2}`, `\frac{n(n-1)}2`, Zero},
		{`\binom{n}{k}`, `\binom{n}{n-k}`, Zero},
		{`\binom{n}{k}+\binom{n}{k+1}`, `\binom{n+1}{k+1}`, Zero},
		{`\binom{10}{3}`, "120", Zero},
		{`\binom{2n}{n}`, `\frac{(2n)!}{n!n!}`, Zero},
		{`\frac{1}{2004!}`, `\frac{1}{2006!}`, Unknown},
		{`\frac{2006!}{2004!}`, `2005\cdot2006`, Zero},
		{`\gamma(\frac12)`, `\sqrt{\pi}`, Zero},
		{`\gamma(n+1)`, "n!", Zero},
		{`\gamma(\frac52)`, `\frac34\sqrt{\pi}`, Zero},
	})
}
