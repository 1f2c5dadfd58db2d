package api

import (
	"contest/judge/wire"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// unreachable is an error of the network as it is, or as an *Error if trying again
// would end in the same way.
func (c *Client) unreachable(err error) error {
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return &Error{Failure: wire.Failure{Code: "scheme", Message: c.URL + " does not speak HTTPS", Hint: "write the address with http://"}}
	case errors.As(err, &certificate):
		return &Error{Failure: wire.Failure{Code: "certificate", Message: fmt.Sprintf("%s cannot be trusted: %s", c.URL, distrust(certificate)), Hint: "check the address and this machine's clock; else the organiser has to mend the certificate"}}
	}
	return err
}

// distrust says what is wrong with a server's certificate.
func distrust(err *tls.CertificateVerificationError) string {
	var (
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &name):
		return "its certificate is for another name"
	case errors.As(err, &unknown):
		return "its certificate is from somebody whom this machine does not know"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate has expired, or is not valid yet"
	}
	return "its certificate is not in order"
}

// inWords says why there was no answer, as somebody who does not know the parts of
// this program understands it.
func inWords(err error) string {
	var (
		refused *Error
		name    *net.DNSError
		network net.Error
		op      *net.OpError
		wrapped *url.Error
	)
	if errors.As(err, &op) && op.Op == "proxyconnect" {
		return "the proxy that this machine's settings name (HTTPS_PROXY): " + inWords(op.Err)
	}
	switch {
	case errors.As(err, &refused):
		return refused.Message
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Sprintf("there is no host %q", name.Name)
	case errors.As(err, &name):
		return fmt.Sprintf("the name %q cannot be looked up", name.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nobody listens there"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to it from here"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection broke off"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "it took too long"
	case errors.As(err, &wrapped):
		return wrapped.Err.Error()
	}
	return err.Error()
}
