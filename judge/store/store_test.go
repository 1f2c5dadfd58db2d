package store_test

import (
	"testing"

	"contest/judge/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m, nil) }

func TestStore(t *testing.T) {
	for engine, open := range storetest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, open)
		})
	}
}
