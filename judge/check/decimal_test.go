package check

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"contest/judge"
)

// FuzzNear compares with rational numbers, which are exact and slow.
func FuzzNear(f *testing.F) {
	f.Add("331997010.5000000", "331997342.4970105", 1e-6, true)
	f.Add("0.3", "0.4", 0.1, false)
	f.Add("-1e40", "-10.e39", 0.0, false)
	f.Add(".000", "-0e7", 0.0, true)
	f.Add("1e-300", "+2e-300", 1e-300, false)
	f.Add("5", "4.99999", 1e-5, false)
	f.Fuzz(func(t *testing.T, want, got string, e float64, relative bool) {
		e = math.Abs(e)
		if !isDecimal([]byte(want)) || !isDecimal([]byte(got)) || e-e != 0 || longExponent(want) || longExponent(got) {
			return // neither is compared as a number
		}
		v := judge.Validation{AbsoluteTolerance: &e}
		if relative {
			v = judge.Validation{RelativeTolerance: &e}
		}
		w, g, limit := rational(want), rational(got), rational(strconv.FormatFloat(e, 'g', -1, 64))
		if relative {
			limit.Mul(limit, new(big.Rat).Abs(w))
		}
		off := new(big.Rat).Sub(g, w)
		near := off.Abs(off).Cmp(limit) <= 0
		if ok := tolerancesOf(v).near([]byte(want), []byte(got)); ok != near {
			t.Errorf("%s for %s within %v (relative: %v): got %v, want %v", got, want, e, relative, ok, near)
		}
	})
}

// longExponent says that a number would take a rational too much room.
func longExponent(token string) bool {
	_, exponent, _ := strings.Cut(strings.ToLower(token), "e")
	n, err := strconv.Atoi(exponent)
	return exponent != "" && (err != nil || n > 400 || n < -400)
}

func rational(token string) *big.Rat {
	r, ok := new(big.Rat).SetString(token)
	if !ok {
		panic(token)
	}
	return r
}

// TestNearOfManyDigits is for who tries to make the judge work for ever.
func TestNearOfManyDigits(t *testing.T) {
	e := 1e-6
	v := judge.Validation{AbsoluteTolerance: &e, RelativeTolerance: &e}
	zeros := strings.Repeat("0", 4<<20)
	for _, test := range []struct {
		want, got string
		ok        bool
	}{
		{"1", "1.000001" + zeros, true},
		{"1", "1.000001" + zeros + "1", false},
		{"0", "0.000001" + zeros + "1", false},
		{"0", "-0." + zeros + "1e4194304", false},
		{"1", "1e" + zeros + "0", true},
		{"1", "1" + zeros + "e-4194304", true},
		{"1" + zeros + ".5", "1" + zeros + ".6", true},
		{"1e1000000000000000000", "1e-1000000000000000000", false},
		{"1e-1000000000000000000", "2e-1000000000000000000", true},
	} {
		if ok, why := Compare(v, []byte(test.want), []byte(test.got)); ok != test.ok {
			t.Errorf("%.30s for %.30s: got %v, %s", test.got, test.want, ok, why)
		}
	}
}
