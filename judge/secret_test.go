package judge

import "testing"

// TestSecretSeeds: seeds and commitments are what they were when tests were
// made and commitments published. (The values are those of openssl: printf
// '5:tests,3:sum,' | openssl dgst -sha256 -hmac DIGITS.)
func TestSecretSeeds(t *testing.T) {
	const digits = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	s, err := ParseSecret(digits)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Commitment(), "6c86c6aac5fb24bcf5d9939cb7d7d5645ce39418f449e03b262dd4fa14b4b92b"; got != want {
		t.Errorf("commitment: got %s, want %s", got, want)
	}
	if got, want := s.Seed("tests", "sum"), uint64(8287533378520937797); got != want {
		t.Errorf("seed: got %d, want %d", got, want)
	}
	for _, other := range [][]string{{"tests", "sun"}, {"testss", "um"}, {"tests,3:sum"}, {"tests", "sum", ""}} {
		if s.Seed(other...) == s.Seed("tests", "sum") {
			t.Errorf("%q has the seed of another purpose", other)
		}
	}
	if a, b := NewSecret(), NewSecret(); a == b || a.Seed("tests", "sum") == b.Seed("tests", "sum") {
		t.Errorf("secrets %s and %s", a, b)
	}
	for _, bad := range []string{"", digits[1:], digits + "\n", "X" + digits[1:]} {
		if _, err := ParseSecret(bad); err == nil {
			t.Errorf("%q passes for a secret", bad)
		}
	}
}
