// OpenTofu's functions. They are internal to its module, so tools/check-function-vectors.ts builds this file, with main.go
// from the folder above, in a copy of the published module.
package main

import (
	"os"

	"github.com/opentofu/opentofu/internal/lang"
	"github.com/opentofu/opentofu/internal/lang/marks"
)

// What marks a value as sensitive.
var sensitiveMark = marks.Sensitive

var functions = (&lang.Scope{BaseDir: os.Getenv("ORACLE_BASE"), ConsoleMode: true}).Functions()
