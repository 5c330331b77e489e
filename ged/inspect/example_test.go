package inspect_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// A receipt is a format of this program's own: one Inspector more.
type receipts struct{}

func (receipts) Detect(_ context.Context, in *inspect.Input) bool {
	return len(in.Head) > 3 && string(in.Head[:3]) == "AR "
}

func (receipts) Inspect(_ context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	res := &inspect.Result{File: in.Name, Kind: "receipt", Report: opt.Report()}
	if in.Size > 10 {
		res.Report.Add(report.LimBytes, report.Location{}, report.Int("limit", 10), report.Words("what", "fichier", "file"))
	}
	res.Summary.Set("bytes", int(in.Size))
	return res, nil
}

func ExampleRun() {
	known := []inspect.Inspector{receipts{}} // and sip.Inspector(), bagit.Inspector()…
	for _, in := range []*inspect.Input{inspect.NewBytes("ar.txt", []byte("AR 12")), inspect.NewBytes("x.bin", []byte{1, 2})} {
		res, err := inspect.Run(context.Background(), known, in, inspect.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(res.Kind, res.Verdict())
		if err := json.NewEncoder(os.Stdout).Encode(res); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// receipt valid
	// {"v":1,"file":"ar.txt","kind":"receipt","verdict":"valid","counts":{"fatal":0,"error":0,"warning":0,"info":0},"findings":[],"signatures":[],"summary":{"bytes":5}}
	// unknown unknown
	// {"v":1,"file":"x.bin","kind":"unknown","verdict":"unknown","counts":{"fatal":0,"error":0,"warning":0,"info":1},"findings":[{"code":"INS-UNKNOWN","severity":"info","params":{},"message":{"en":"This file is of none of the formats recognised: nothing of it was checked.","fr":"Ce fichier n'est d'aucun des formats reconnus : rien n'en a été contrôlé."}}],"signatures":[],"summary":{}}
}
