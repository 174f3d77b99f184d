package decide

import (
	"math/big"
	"strings"
)

// A unit is a multiple of a product of powers of base units. Names that are
// not in the table are base units of their own.
type unit struct {
	factor *big.Rat
	base   string // base units with exponents, "m s^-2": see definitions
}

// definitions holds a unit on a line: its name, the multiple, and the product
// of base units or of units above it. The customary units are those of the
// United States; the factors are exact by definition.
const definitions = `
m 1 m
kg 1 kg
s 1 s
A 1 A
K 1 K
mol 1 mol
cd 1 cd
bit 1 bit
rad 1 rad
USD 1 USD
cent 1/100 USD
pence 1/100 GBP
jiao 1/10 CNY
km 1000 m
hm 100 m
dm 1/10 m
cm 1/100 m
mm 1/1000 m
um 1/1000000 m
μm 1/1000000 m
nm 1/1000000000 m
pm 1/1000000000000 m
in 254/10000 m
ft 3048/10000 m
yd 9144/10000 m
mi 1609344/1000 m
nmi 1852 m
au 149597870700 m
ly 9460730472580800 m
g 1/1000 kg
mg 1/1000000 kg
ug 1/1000000000 kg
μg 1/1000000000 kg
t 1000 kg
ton 90718474/100000 kg
tonne 1000 kg
lb 45359237/100000000 kg
oz 28349523125/1000000000000 kg
stone 635029318/100000000 kg
ms 1/1000 s
us 1/1000000 s
μs 1/1000000 s
ns 1/1000000000 s
min 60 s
h 3600 s
day 86400 s
week 604800 s
month 1 month
year 12 month
decade 120 month
century 1200 month
ha 10000 m^2
acre 40468564224/10000000 m^2
L 1/1000 m^3
dL 1/10000 m^3
cL 1/100000 m^3
mL 1/1000000 m^3
cc 1/1000000 m^3
gal 3785411784/1000000000000 m^3
qt 946352946/1000000000000 m^3
pt 473176473/1000000000000 m^3
cup 2365882365/10000000000000 m^3
floz 295735295625/10000000000000000 m^3
tbsp 1478676478125/100000000000000000 m^3
tsp 492892159375/100000000000000000 m^3
Hz 1 s^-1
kHz 1000 s^-1
MHz 1000000 s^-1
GHz 1000000000 s^-1
N 1 kg m s^-2
kN 1000 kg m s^-2
J 1 kg m^2 s^-2
kJ 1000 kg m^2 s^-2
MJ 1000000 kg m^2 s^-2
mJ 1/1000 kg m^2 s^-2
eV 1602176634/10000000000000000000000000000 kg m^2 s^-2
keV 1602176634/10000000000000000000000000 kg m^2 s^-2
MeV 1602176634/10000000000000000000000 kg m^2 s^-2
GeV 1602176634/10000000000000000000 kg m^2 s^-2
cal 4184/1000 kg m^2 s^-2
kcal 4184 kg m^2 s^-2
kWh 3600000 kg m^2 s^-2
Wh 3600 kg m^2 s^-2
W 1 kg m^2 s^-3
mW 1/1000 kg m^2 s^-3
kW 1000 kg m^2 s^-3
MW 1000000 kg m^2 s^-3
hp 37284993579113511/50000000000000 kg m^2 s^-3
GW 1000000000 kg m^2 s^-3
Pa 1 kg m^-1 s^-2
hPa 100 kg m^-1 s^-2
kPa 1000 kg m^-1 s^-2
MPa 1000000 kg m^-1 s^-2
GPa 1000000000 kg m^-1 s^-2
bar 100000 kg m^-1 s^-2
mmHg 133322387415/1000000000 kg m^-1 s^-2
psi 44482216152605/6451600000 kg m^-1 s^-2
atm 101325 kg m^-1 s^-2
C 1 A s
mC 1/1000 A s
uC 1/1000000 A s
μC 1/1000000 A s
nC 1/1000000000 A s
mA 1/1000 A
uA 1/1000000 A
μA 1/1000000 A
V 1 kg m^2 s^-3 A^-1
mV 1/1000 kg m^2 s^-3 A^-1
kV 1000 kg m^2 s^-3 A^-1
ohm 1 kg m^2 s^-3 A^-2
kohm 1000 kg m^2 s^-3 A^-2
Mohm 1000000 kg m^2 s^-3 A^-2
F 1 kg^-1 m^-2 s^4 A^2
uF 1/1000000 kg^-1 m^-2 s^4 A^2
μF 1/1000000 kg^-1 m^-2 s^4 A^2
nF 1/1000000000 kg^-1 m^-2 s^4 A^2
pF 1/1000000000000 kg^-1 m^-2 s^4 A^2
H 1 kg m^2 s^-2 A^-2
mH 1/1000 kg m^2 s^-2 A^-2
T 1 kg s^-2 A^-1
mT 1/1000 kg s^-2 A^-1
Wb 1 kg m^2 s^-2 A^-1
mmol 1/1000 mol
kmol 1000 mol
mph 1397/3125 m s^-1
kmh 5/18 m s^-1
knot 463/900 m s^-1
byte 8 bit
B 8 bit
kB 8000 bit
MB 8000000 bit
GB 8000000000 bit
TB 8000000000000 bit
`

// table of units by name.
var unitTable = func() map[string]unit {
	m := make(map[string]unit)
	for line := range strings.Lines(definitions) {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		x, ok := new(big.Rat).SetString(f[1])
		if !ok {
			panic("decide: bad factor of unit " + f[0])
		}
		m[f[0]] = unit{x, strings.Join(f[2:], " ")}
	}
	return m
}()
