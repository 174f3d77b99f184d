package serve

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"
)

// certificate is one for 127.0.0.1 that signs itself.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// TestTLS asks over HTTPS and over encrypted frames, and plainly.
func TestTLS(t *testing.T) {
	cert, pool := certificate(t)
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}}
	r := launch(t, Config{TLS: config, Token: "right"}, func(s *Server) { s.pace.grace = 2 * time.Second })
	trust := &tls.Config{RootCAs: pool}
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: trust}}
	defer web.CloseIdleConnections()
	resp, err := web.Get("https://" + r.tcp + "/healthz")
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("%v, %v", resp, err)
	}
	secure, err := tls.Dial("tcp", r.tcp, trust)
	if err != nil {
		t.Fatal(err)
	}
	defer secure.Close()
	c := (&client{secure, bufio.NewReader(secure)}).begin(t)
	for _, msg := range [][]byte{helloMessage("right"), scoreMessage(3)} {
		if reply, err := c.call(msg); err != nil || wireError(reply) != nil {
			t.Errorf("%q: %q, %v", msg, reply, err)
		}
	}
	if _, err := tls.Dial("tcp", r.tcp, &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	plain := r.dial(t, "tcp").begin(t)
	plain.Write(frame(helloMessage("right")))
	if b, _ := io.ReadAll(plain.in); len(b) > 0 && b[0] != 0x15 { // an alert of TLS
		t.Errorf("without TLS: %q", b)
	}
	socket := r.dial(t, "unix").begin(t) // needs no encryption
	if reply, err := socket.call(helloMessage("right")); err != nil || wireError(reply) != nil {
		t.Errorf("%q, %v", reply, err)
	}
}
