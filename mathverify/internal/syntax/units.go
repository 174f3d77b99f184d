package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// unitTable lists units: the canonical name, then what is read as it. A
// canonical name with a slash is a quotient. Plurals in s need no entry.
var unitTable = []string{
	// length
	"m: m meter metre mtr 米", "km: km kilometer kilometre kms 千米 公里", "cm: cm centimeter centimetre cms 厘米", "mm: mm millimeter millimetre 毫米",
	"dm: dm decimeter decimetre 分米", "um: um µm micrometer micrometre micron μm", "nm: nm nanometer nanometre",
	"in: in inch inches", "ft: ft foot feet", "yd: yd yard", "mi: mi mile", "nmi: nmi nautical_mile", "ly: light_year lightyear light-year", "au: astronomical_unit",
	// mass
	"kg: kg kilogram kilogramme kilo kgs 千克 公斤", "g: g gram gramme gm gms 克", "mg: mg milligram 毫克", "t: tonne metric_ton 吨", "ug: microgram", "ton: ton",
	"lb: lb lbs pound_mass pound", "oz: oz ounce", "stone: stone",
	// time
	"s: s sec second 秒", "min: min minute mins 分钟 分", "h: h hr hour hrs 小时 时", "day: day 天 日", "week: week wk 周", "month: month 月", "year: year yr yrs 年", "ms: ms millisecond", "us: microsecond", "ns: nanosecond",
	"decade: decade", "century: century centuries",
	// area and volume
	"acre: acre", "ha: ha hectare 公顷", "L: L liter litre l 升", "mL: mL ml milliliter millilitre cc 毫升", "dL: dL dl deciliter", "gal: gal gallon", "qt: qt quart", "pt: pint", "cup: cup", "floz: fluid_ounce fl_oz",
	"tbsp: tablespoon tbsp", "tsp: teaspoon tsp",
	// mechanics, electricity
	"N: N newton 牛 牛顿", "kN: kN kilonewton", "J: J joule 焦 焦耳", "kJ: kJ kilojoule", "MJ: MJ megajoule", "cal: cal calorie", "kcal: kcal kilocalorie", "eV: eV electronvolt", "MeV: MeV", "keV: keV", "GeV: GeV",
	"W: W watt 瓦", "kW: kW kilowatt", "MW: MW megawatt", "kWh: kWh kilowatt-hour kilowatt_hour", "hp: hp horsepower", "Pa: Pa pascal", "kPa: kPa kilopascal", "MPa: MPa megapascal", "GPa: GPa", "atm: atm atmosphere", "bar: bars", "mmHg: mmHg", "psi: psi",
	"V: V volt 伏", "mV: mV millivolt", "kV: kV kilovolt", "A: A amp ampere 安", "mA: mA milliamp milliampere", "ohm: ohm Ω", "kohm: kilohm kiloohm", "C: coulomb", "F: farad", "H: henry", "T: tesla", "Wb: weber", "uF: microfarad",
	"Hz: Hz hertz", "kHz: kHz kilohertz", "MHz: MHz megahertz", "GHz: GHz gigahertz", "K: K kelvin", "degC: °C ℃ celsius degrees_celsius degree_celsius degrees_Celsius degree_Celsius Celsius degrees_C degc", "degF: °F ℉ fahrenheit degrees_fahrenheit degree_fahrenheit degrees_Fahrenheit degree_Fahrenheit Fahrenheit degrees_F",
	"mol: mol mole", "mmol: mmol millimole", "M: molar", "rad: rad radian", "deg: deg", "dB: dB decibel", "rev: revolution rev", "rpm: rpm", "cd: candela", "lm: lumen",
	"mi/h: mph", "km/h: kph kmph kmh", "mi/gal: mpg",
	// data
	"bit: bit", "B: byte", "kB: kB KB kilobyte", "MB: MB megabyte", "GB: GB gigabyte", "TB: TB terabyte",
	// money
	"USD: USD dollar usd US_dollar us_dollar U.S._dollar $ bucks", "EUR: EUR euro eur € 欧元", "GBP: GBP gbp £ pound_sterling", "JPY: JPY yen jpy 日元", "CNY: CNY RMB rmb yuan cny ¥ 元", "INR: INR rupee inr rs Rs ₹",
	"KRW: KRW won ₩ krw", "RUB: RUB ruble rouble rub ₽", "CAD: CAD", "AUD: AUD", "CHF: CHF", "cent: cent ¢", "jiao: jiao 角", "pence: pence penny", "peso: peso",
	// counts
	"unit: unit 单位", "pp: percentage_point bp_100", "point: point",
	"person: person people 人", "time: 次 倍", "piece: 个 只 件 本 张 条 块 支 名 种",
}

// unitNames maps what is read to the canonical name.
var unitNames = func() map[string]string {
	m := map[string]string{}
	for _, row := range unitTable {
		name, words, _ := strings.Cut(row, ":")
		if !strings.Contains(name, "/") {
			m[name] = name
		}
		for _, w := range strings.Fields(words) {
			m[strings.ReplaceAll(w, "_", " ")] = name
		}
	}
	return m
}()

// gluedUnits are the abbreviations that are units directly behind a number in
// mathematics, where other letters are factors.
var gluedUnits = wordSet("km cm mm kg mg dm ml mL Hz kHz MHz GHz kW kWh MW kPa kJ kN lb lbs mph oz yd mol kcal hr hrs sec rpm USD EUR GBP RMB CNY mmHg kms cms kgs dB")

// spacedUnits are so with white space before them.
var spacedUnits = wordSet("ft in mi ha rad deg min gal cc yr yrs cal eV Pa mins dL qt hp kV mV mA atm psi gm gms pts rev km/h cal MPa MeV nm ms GB MB kB ml dl")

// letterUnits are units of one letter in upright type; e, i and d are not.
var letterUnits = "mgshLlNJWVAKtTCF"

// plainLetters are units of one letter in plain text with white space before
// them.
var plainLetters = "mgshLNJWV"

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// unitWord returns the canonical name of a unit.
func unitWord(s string) (string, bool) {
	if len(s) == 1 {
		if strings.Contains(letterUnits, s) {
			u, ok := unitNames[s]
			return u, ok
		}
		if s != "$" {
			return "", false
		}
	}
	if u, ok := unitNames[s]; ok {
		return u, true
	}
	if len(s) > 3 && s[len(s)-1] == 's' {
		if u, ok := unitNames[s[:len(s)-1]]; ok {
			return u, true
		}
	}
	if len(s) > 2 && s[0] >= 'A' && s[0] <= 'Z' {
		lower := strings.ToLower(s)
		if u, ok := unitNames[lower]; ok && len(s) > 3 {
			return u, true
		}
		if len(lower) > 3 && lower[len(lower)-1] == 's' {
			if u, ok := unitNames[lower[:len(lower)-1]]; ok {
				return u, true
			}
		}
	}
	return "", false
}

// magnitudes are the number words that multiply what stands before them.
var magnitudes = func() map[string]*tree.Node {
	m := map[string]*tree.Node{}
	for _, t := range [...]struct {
		value int64
		words string
	}{
		{10, "tens"}, {12, "dozen dozens"}, {100, "hundred hundreds"}, {1e3, "thousand thousands 千"}, {1e4, "万"},
		{1e5, "lakh lakhs lac"}, {1e6, "million millions 百万"}, {1e7, "crore crores 千万"}, {1e8, "亿"}, {1e9, "billion billions"}, {1e12, "trillion trillions"},
	} {
		for _, w := range strings.Fields(t.words) {
			m[w] = tree.Int(t.value)
			if w[0] < 0x80 {
				m[strings.ToUpper(w[:1])+w[1:]] = m[w]
			}
		}
	}
	for _, t := range [...]struct {
		value int64
		words string
	}{
		{2, "half halves"}, {3, "third thirds"}, {4, "fourth fourths"}, {5, "fifth fifths"}, {6, "sixth sixths"}, {7, "seventh sevenths"}, {8, "eighth eighths"},
		{9, "ninth ninths"}, {10, "tenth tenths"}, {100, "hundredth hundredths"}, {1e3, "thousandth thousandths"}, {1e4, "bps"}, {1e6, "millionth millionths ppm"}, {1e9, "ppb"},
	} {
		for _, w := range strings.Fields(t.words) {
			m[w] = tree.New(tree.Div, tree.Int(1), tree.Int(t.value))
		}
	}
	return m
}()

// chineseScale splits a number word off the front of a unit: 万 and 元 of 万元.
func chineseScale(s string) (scale *tree.Node, rest string) {
	for _, t := range [...]struct {
		word  string
		value int64
	}{{"万亿", 1e12}, {"千万", 1e7}, {"百万", 1e6}, {"十万", 1e5}, {"十亿", 1e9}, {"亿", 1e8}, {"万", 1e4}, {"千", 1e3}, {"百", 100}} {
		if rest, ok := strings.CutPrefix(s, t.word); ok && !strings.HasPrefix(rest, "克") && !strings.HasPrefix(rest, "米") && !strings.HasPrefix(rest, "瓦") && !strings.HasPrefix(rest, "卡") {
			return tree.Int(t.value), rest
		}
	}
	return nil, s
}

// magnitude returns what a number word multiplies by, or nil.
func magnitude(s string) *tree.Node {
	if len(s) < 3 || len(s) > 11 {
		return nil
	}
	return magnitudes[s]
}

// denials are words behind a value that say it is none or another one; a value
// with one of them is words, not a quantity.
var denials = wordSet(`wrong incorrect false not never impossible undefined invalid least most otherwise error none
	approximately approx about maybe possibly unless except more less fewer greater smaller times only exactly
	correct right true false yes is are was were has have can cannot does did will would
	mil mils gross quarter quarters doubled tripled trebled quadrupled halved squared cubed reciprocal reciprocals inverse inverted opposite
	negated remainder below above under over beyond loss losses deficit debit debt decrease decreased decline reduction drop discount
	increase minus plus negative exclusive inclusive factorial percentile permille permil fold repeating recurring binary octal
	hexadecimal hex rejected extraneous excluded discarded ignored omitted crossed complement conjugate short behind ago before after
	overdraft shy modulo base root squareroot prime ppt mio mrd bn mn 折 成`)

// parts names the units that are counted on in a smaller one: 2 hours and 30
// minutes.
var parts = map[string]string{
	"h": "min", "min": "s", "day": "h", "week": "day", "year": "month", "month": "day", "ft": "in", "yd": "ft", "mi": "yd",
	"lb": "oz", "km": "m", "m": "cm", "kg": "g", "USD": "cent", "EUR": "cent", "GBP": "pence", "gal": "qt",
}

// smaller reports two quantities, the second in the smaller unit of the first.
func smaller(a, b *tree.Node) bool {
	if a.Op != tree.Quantity || b.Op != tree.Quantity || a.Args[0].Op != tree.Number || b.Args[0].Op != tree.Number {
		return false
	}
	return b.Args[1].Op == tree.Unit && parts[a.Args[1].Name] == b.Args[1].Name && b.Args[1].Name != ""
}
