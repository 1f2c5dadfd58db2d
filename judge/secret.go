package judge

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log/slog"
	"regexp"
)

// Secret is what the secret tests of a contest are made from, as 64 hexadecimal
// digits: whoever has it can make them. The zero Secret is that of trials
// outside of a contest; everybody has it.
type Secret string

var secretPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// NewSecret makes a secret of 32 random bytes.
func NewSecret() Secret {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return Secret(hex.EncodeToString(b[:]))
}

// ParseSecret reads a secret as it is kept.
func ParseSecret(text string) (Secret, error) {
	if !secretPattern.MatchString(text) {
		return "", &Invalid{Message: "a secret has 64 hexadecimal digits and nothing else", Hint: "put the contest's own back from a backup"}
	}
	return Secret(text), nil
}

// Commitment is the SHA-256 of the secret's digits, which is published before
// the secret is: nobody can say later that it was another. Empty for the zero
// secret.
func (s Secret) Commitment() string {
	if s == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Seed is the seed for one purpose, from 0 to 2^63-1: HMAC-SHA256 with the
// secret's digits as the key over each part behind its length, of which the
// first 63 bits count. No seed tells anything of another.
func (s Secret) Seed(purpose ...string) uint64 {
	mac := hmac.New(sha256.New, []byte(s))
	for _, part := range purpose {
		fmt.Fprintf(mac, "%d:%s,", len(part), part)
	}
	return binary.BigEndian.Uint64(mac.Sum(nil)) >> 1
}

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue("commitment " + s.Commitment()) }
