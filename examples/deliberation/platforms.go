package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/connectors/connectortest/fakes2low"
	"github.com/liasse/liasse/connectors/connectortest/fakevitam"
	"github.com/liasse/liasse/connectors/sae/vitam"
	"github.com/liasse/liasse/connectors/tdt/s2low"
)

// platforms are the peers of the journey: fakes in this process, or real ones.
type platforms struct {
	where string // for the reader
	tdt   connectors.TdT
	sae   connectors.SAE
	// rehearsal asks the archiving system to examine the package and keep
	// nothing.
	rehearsal bool
	// wait lets time pass between two questions.
	wait  func(ctx context.Context, attempt int) error
	close func()
}

// settings of real platforms. Passwords stand in files of their own.
type realPlatforms struct {
	S2low struct {
		URL               string `json:"url"`
		Certificat        string `json:"certificat"` // PEM
		Cle               string `json:"cle"`        // PEM
		Login             string `json:"login"`
		FichierMotDePasse string `json:"fichierMotDePasse"`
	} `json:"s2low"`
	Vitam struct {
		URL            string `json:"url"`
		Certificat     string `json:"certificat"`
		Cle            string `json:"cle"`
		Tenant         int    `json:"tenant"`
		ContratAcces   string `json:"contratAcces"`
		EssaiSeulement bool   `json:"essaiSeulement"` // rien n'est conservé (BLANK_TEST)
	} `json:"vitam"`
}

// connect reaches the platforms of the configuration, or starts the fakes.
func connect(ctx context.Context, config string, in *input, now func() time.Time) (*platforms, error) {
	if config == "" {
		return fakes(in, now)
	}
	data, err := readFile(config)
	if err != nil {
		return nil, err
	}
	var set realPlatforms
	if err := decode(config, data, &set); err != nil {
		return nil, err
	}
	return reach(ctx, &set, now)
}

// serve runs a handler on a free port of the loopback address.
func serve(h http.Handler) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("impossible d'écouter sur cette machine : %w", err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }() // ends with ErrServerClosed
	return "http://" + l.Addr().String(), func() { _ = srv.Close() }, nil
}

func certificate(cert, key string) (func(*tls.CertificateRequestInfo) (*tls.Certificate, error), error) {
	c, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("le certificat client ne peut pas être lu : %w", err)
	}
	return func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &c, nil }, nil
}

// patient waits longer and longer, as the platforms ask.
func patient(ctx context.Context, attempt int) error {
	steps := []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute}
	t := time.NewTimer(steps[min(attempt, len(steps)-1)])
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return errors.New("interrompu : la transmission continue, reprenez plus tard avec l'identifiant affiché")
	}
}

// fakes starts a fake S²LOW and a fake Vitam on loopback. They hear of the act
// only what the connectors send them.
func fakes(in *input, now func() time.Time) (*platforms, error) {
	peers := &platforms{where: "un faux, sur cette machine"}
	tdt := fakes2low.New(fakes2low.Config{Now: now,
		Authority: fakes2low.Authority{SIREN: in.Collectivite.SIREN, Departement: in.Collectivite.Departement}})
	tdtURL, stopTdT, err := serve(tdt)
	if err != nil {
		return nil, err
	}
	sae := fakevitam.New(fakevitam.Config{Now: now})
	saeURL, stopSAE, err := serve(sae)
	if err != nil {
		stopTdT()
		return nil, err
	}
	peers.close = func() { stopTdT(); stopSAE() }
	peers.wait = func(ctx context.Context, _ int) error {
		tdt.Advance()
		sae.Advance()
		return ctx.Err()
	}
	if peers.tdt, err = s2low.New(s2low.Config{URL: tdtURL, AllowHTTP: true, Transliterate: true, Now: now}); err == nil {
		peers.sae, err = vitam.New(vitam.Config{URL: saeURL, AllowHTTP: true, Now: now})
	}
	if err != nil {
		peers.close()
		return nil, err
	}
	return peers, nil
}

// reach makes clients of real platforms and asks S²LOW whether it knows us.
func reach(ctx context.Context, set *realPlatforms, now func() time.Time) (*platforms, error) {
	peers := &platforms{where: "en service", wait: patient, close: func() {}}
	cert, err := certificate(set.S2low.Certificat, set.S2low.Cle)
	if err != nil {
		return nil, err
	}
	cfg := s2low.Config{URL: set.S2low.URL, Certificate: cert, Login: set.S2low.Login, Transliterate: true, Now: now}
	if f := set.S2low.FichierMotDePasse; f != "" {
		password, err := readFile(f)
		if err != nil {
			return nil, err
		}
		cfg.Password = connectors.NewSecret(strings.TrimSpace(string(password)))
	}
	tdt, err := s2low.New(cfg)
	if err != nil {
		return nil, err
	}
	if err := tdt.Test(ctx); err != nil {
		return nil, fmt.Errorf("S²LOW ne répond pas comme attendu : %w", plain(err))
	}
	if cert, err = certificate(set.Vitam.Certificat, set.Vitam.Cle); err != nil {
		return nil, err
	}
	sae, err := vitam.New(vitam.Config{URL: set.Vitam.URL, Certificate: cert, Tenant: set.Vitam.Tenant,
		AccessContract: set.Vitam.ContratAcces, Now: now})
	if err != nil {
		return nil, err
	}
	peers.tdt, peers.sae, peers.rehearsal = tdt, sae, set.Vitam.EssaiSeulement
	return peers, nil
}
