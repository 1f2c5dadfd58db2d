package judge

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Event is one change of a contest. Events are only ever added: what lists, pages and
// logs tell of changes, they read from them.
type Event struct {
	// Sequence counts from 1, without gaps, in the order in which changes became visible.
	Sequence int64 `json:"sequence"`
	// At is when the change began by the clock of the server that made it; an event
	// after it may have an earlier one.
	At    time.Time `json:"at"`
	Actor Actor     `json:"actor"`
	Kind  EventKind `json:"kind"`
	// Subject is what was changed, such as "submission/12" or "contestant/alice".
	Subject string `json:"subject"`
	// Record is what was changed of it, in canonical form; see Canonical. It names no
	// contestant.
	Record json.RawMessage `json:"record"`
	// Hash is the SHA-256 of Record in hex.
	Hash string `json:"hash"`
}

// EventKind says what kind of change an event is.
type EventKind string

// The kinds of events; docs/events.md says what each has in its record.
const (
	EventStoreMade   EventKind = "store-made"
	EventCarriedOver EventKind = "carried-over" // there was a contest before there were events

	EventSettingsChanged EventKind = "settings-changed"
	EventProblemsChanged EventKind = "problems-changed"
	EventPhaseChanged    EventKind = "phase-changed"
	EventContestDegraded EventKind = "contest-degraded"
	EventContestFit      EventKind = "contest-fit"

	EventContestantAdded    EventKind = "contestant-added"
	EventContestantToken    EventKind = "contestant-token"
	EventContestantDisabled EventKind = "contestant-disabled"
	EventContestantEnabled  EventKind = "contestant-enabled"

	EventTicketOpened        EventKind = "ticket-opened"
	EventSubmissionReceived  EventKind = "submission-received"
	EventSubmissionAgain     EventKind = "submission-again"
	EventSubmissionCancelled EventKind = "submission-cancelled"

	EventJudgingStarted   EventKind = "judging-started"
	EventJudgingRunning   EventKind = "judging-running"
	EventJudgingFinished  EventKind = "judging-finished"
	EventJudgingReleased  EventKind = "judging-released"
	EventJudgingPostponed EventKind = "judging-postponed"
	EventJudgingRequeued  EventKind = "judging-requeued"
	EventJudgingFailed    EventKind = "judging-failed"
	EventJudgingsLost     EventKind = "judgings-lost"
	EventJudgingsRetried  EventKind = "judgings-retried"
	EventJudgingsHurried  EventKind = "judgings-hurried"

	EventRejudgingProposed  EventKind = "rejudging-proposed"
	EventRejudgingApplied   EventKind = "rejudging-applied"
	EventRejudgingCancelled EventKind = "rejudging-cancelled"

	EventChoiceMade   EventKind = "choice-made"
	EventChoiceUndone EventKind = "choice-undone"

	EventFinalBegun    EventKind = "final-begun"
	EventFinalDegraded EventKind = "final-degraded"
	EventFinalRound    EventKind = "final-round"
	EventFinalEnded    EventKind = "final-ended"

	EventHoldBegun EventKind = "hold-begun"
	EventHoldEnded EventKind = "hold-ended"

	EventMachineSeen    EventKind = "machine-seen"
	EventBaselineFrozen EventKind = "baseline-frozen"
	EventCheatsTried    EventKind = "cheats-tried"
)

// Canonical is the one text that stands for a value, so that its hash can be computed
// again by anybody: its JSON in the form of RFC 8785 (names sorted, no white space, the
// shortest numbers), but with integers in full, also those beyond 2^53.
func Canonical(v any) (json.RawMessage, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	canonical := jsontext.Value(text)
	if err := canonical.Canonicalize(jsontext.CanonicalizeRawInts(false)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return json.RawMessage(canonical), nil
}

// HashRecord is the SHA-256, in hex, of what Canonical made.
func HashRecord(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}
