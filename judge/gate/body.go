package gate

import (
	"io"
	"net/http"
	"time"
)

// handler gives strangers a deadline for a body, and closes the connection
// after an answer that did not wait for the whole of it.
func (g *Gate) handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			h.ServeHTTP(w, r)
			return
		}
		control := http.NewResponseController(w)
		_ = control.SetReadDeadline(time.Now().Add(g.strangerTime))
		body := &body{ReadCloser: r.Body}
		r.Body = body
		h.ServeHTTP(&bodyWriter{ResponseWriter: w, body: body}, r)
		if !body.ended {
			// net/http would read on for the sake of the next request.
			_ = control.SetReadDeadline(time.Now())
		}
	})
}

// body knows whether a request's body was read to its end.
type body struct {
	io.ReadCloser
	ended bool
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.ended = b.ended || err == io.EOF
	return n, err
}

// bodyWriter says with an answer to a request whose body was not read that the
// connection closes.
type bodyWriter struct {
	http.ResponseWriter
	body  *body
	begun bool
}

// WriteHeader implements http.ResponseWriter.
func (w *bodyWriter) WriteHeader(status int) {
	if !w.begun && !w.body.ended {
		w.Header().Set("Connection", "close")
	}
	w.begun = w.begun || status >= 200
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *bodyWriter) Write(p []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController find the writer below.
func (w *bodyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
