package main

import (
	"net/http"
	"strings"
	"testing"
)

// Contestants choose their own entries, the organiser any, and nobody after a final
// has begun.
func TestWhoChooses(t *testing.T) {
	running, over := world{}, world{over: true}
	running.open(t)
	over.open(t)
	const own, boris, once = "/api/v1/submissions/1/choice", "/api/v1/submissions/2/choice", "/api/v1/submissions/3/choice"
	for _, c := range []struct {
		world         *world
		token         string
		address, body string
		status        int
		want          string
	}{
		{&running, "", own, "{}", http.StatusUnauthorized, `"code":"token"`},
		{&running, "judge_boris", own, "{}", http.StatusForbidden, `"code":"forbidden"`},
		{&running, "judge_anna", "/api/v1/submissions/9/choice", "{}", http.StatusNotFound, `"code":"not-found"`},
		{&running, "judge_anna", own, `{"Board":1}`, http.StatusBadRequest, `"code":"invalid"`},
		{&running, "judge_anna", once, "{}", http.StatusUnprocessableEntity, `"code":"not-comparable"`},
		{&running, "judge_anna", own, "{}", http.StatusOK, `"chosen_by":"anna"`},
		{&running, ownerToken, own, "{}", http.StatusOK, `"chosen_by":"the organiser"`},
		{&running, "judge_boris", own, `{"clear":true}`, http.StatusForbidden, `"code":"forbidden"`},
		{&running, "judge_anna", own, `{"clear":true}`, http.StatusOK, `"judging"`},
		{&running, "judge_anna", own, `{"clear":true}`, http.StatusUnprocessableEntity, `"code":"not-chosen"`},
		{&running, "judge_boris", boris, "{}", http.StatusOK, `"chosen":2`},
		{&over, "judge_anna", own, "{}", http.StatusUnprocessableEntity, `"code":"final-began"`},
	} {
		status, text := c.world.request(t, http.MethodPost, c.token, c.address, []byte(c.body))
		if status != c.status || !strings.Contains(text, c.want) {
			t.Errorf("%q posts %s to %s: got %d %s, want %d with %s", c.token, c.body, c.address, status, text, c.status, c.want)
		}
	}
}
