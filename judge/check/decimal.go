package check

import (
	"bytes"
	"math"
	"strconv"

	"contest/judge"
)

// Numbers are compared in exact decimal arithmetic: binary fractions would refuse
// some numbers that are just within a tolerance, and accept others of the same
// distance. What is asked is the sign of a sum of few numbers. It is found from
// the first digit on, in time that is linear in the digits, whatever the exponents.

// decimal is a number: 0.d1d2d3... times 10 to the power of point.
type decimal struct {
	negative bool
	digits   []byte // without leading zeros; none for zero
	point    int64
}

// maxExponent bounds exponents. Beyond it a number of the output is only large, or
// small, and one of the answer is compared as text.
const maxExponent = int64(1e18)

// parseDecimal reads what isDecimal is true of; bounded says that the exponent is
// beyond maxExponent, and was taken for that.
func parseDecimal(token []byte) (d decimal, bounded bool) {
	mantissa, exponent := token[skipSign(token, 0):], int64(0)
	d.negative = token[0] == '-'
	if i := bytes.IndexAny(mantissa, "eE"); i >= 0 {
		exponent, bounded = parseExponent(mantissa[i+1:])
		mantissa = mantissa[:i]
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	digits := append(append(make([]byte, 0, len(mantissa)), whole...), fraction...)
	d.digits = bytes.TrimLeft(digits, "0")
	if len(d.digits) == 0 {
		return d, false
	}
	d.point = exponent + int64(len(whole)) - int64(len(digits)-len(d.digits))
	return d, bounded
}

func parseExponent(text []byte) (n int64, bounded bool) {
	negative := text[0] == '-'
	for _, c := range text[skipSign(text, 0):] {
		if n = 10*n + int64(c-'0'); n > maxExponent {
			return sign(negative) * maxExponent, true
		}
	}
	return sign(negative) * n, false
}

func sign(negative bool) int64 {
	if negative {
		return -1
	}
	return 1
}

// term is a number times a small factor, as a part of a sum.
type term struct {
	digits []byte
	point  int64
	factor int64
}

// times is the number times a factor.
func (d decimal) times(factor int64) term {
	return term{d.digits, d.point, sign(d.negative) * factor}
}

// product appends the product of the sizes of two numbers, with a sign: a term for
// each digit of the second.
func product(terms []term, d, by decimal, sign int64) []term {
	for i, digit := range by.digits {
		if digit != '0' {
			terms = append(terms, term{d.digits, d.point + by.point - int64(i) - 1, sign * int64(digit-'0')})
		}
	}
	return terms
}

// positive says whether a sum is above zero.
func positive(terms []term) bool {
	// What comes after a digit is less than one of its units for each term and
	// factor: a sum beyond that cannot change its sign any more.
	most := int64(0)
	for _, t := range terms {
		most += max(t.factor, -t.factor)
	}
	sum, at := int64(0), int64(0) // the digits down to the one at, in its units
	for {
		next := int64(math.MinInt64)
		for _, t := range terms {
			if len(t.digits) > 0 {
				next = max(next, t.point)
			}
		}
		if next == math.MinInt64 {
			return sum > 0
		}
		if sum == 0 {
			at = next + 1
		}
		for ; at > next; at-- {
			if sum > most || sum < -most {
				return sum > 0
			}
			sum *= 10
		}
		for i := range terms {
			if t := &terms[i]; len(t.digits) > 0 && t.point == next {
				sum += t.factor * int64(t.digits[0]-'0')
				t.digits, t.point = t.digits[1:], t.point-1
			}
		}
	}
}

// tolerances are those of a validation as decimals; nil where there is none.
type tolerances struct {
	absolute, relative *decimal
	absoluteFloat      float64
	relativeFloat      float64
}

func tolerancesOf(v judge.Validation) (t tolerances) {
	read := func(f *float64) (*decimal, float64) {
		if f == nil {
			return nil, 0
		}
		// The shortest text is the one in the package, which problem read.
		d, _ := parseDecimal(strconv.AppendFloat(nil, *f, 'e', -1, 64))
		return &d, *f
	}
	t.absolute, t.absoluteFloat = read(v.AbsoluteTolerance)
	t.relative, t.relativeFloat = read(v.RelativeTolerance)
	return t
}

func (t tolerances) any() bool { return t.absolute != nil || t.relative != nil }

// near says whether a number is within either tolerance of the one that is wanted.
func (t tolerances) near(want, got []byte) bool {
	if near, sure := t.clearly(want, got); sure {
		return near
	}
	w, bounded := parseDecimal(want)
	if bounded {
		return false
	}
	g, _ := parseDecimal(got)
	return t.absolute != nil && within(w, g, []term{t.absolute.times(-1)}) ||
		t.relative != nil && within(w, g, product(nil, w, *t.relative, -1))
}

// within says whether two numbers are no further apart than a tolerance, of which
// the terms are the negative.
func within(w, g decimal, tolerance []term) bool {
	above := append([]term{g.times(1), w.times(-1)}, tolerance...)
	below := append([]term{w.times(1), g.times(-1)}, tolerance...)
	return !positive(above) && !positive(below)
}

// maxBinary is the length up to which a number is read in binary. strconv gives
// long ones with a large exponent another value, without an error.
const maxBinary = 100

// clearly decides in binary where that is enough: with numbers of common size that
// are not just at a tolerance.
func (t tolerances) clearly(want, got []byte) (near, sure bool) {
	if len(want) > maxBinary || len(got) > maxBinary {
		return false, false
	}
	w, err := strconv.ParseFloat(string(want), 64)
	g, err2 := strconv.ParseFloat(string(got), 64)
	off, size := math.Abs(g-w), math.Abs(g)+math.Abs(w)
	if err != nil || err2 != nil || size < 1e-200 || size > 1e200 {
		return false, false
	}
	// Each step is off by less than 2^-52 of what it handles.
	const step = 0x1p-50
	slack := step * size
	limit := max(t.absoluteFloat, t.relativeFloat*math.Abs(w))
	switch {
	case limit < 1e-200:
		return false, false
	case off+slack < limit*(1-step):
		return true, true
	case off-slack > limit*(1+step):
		return false, true
	}
	return false, false
}
