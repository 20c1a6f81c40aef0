// A black box for checking function vectors: reads JSON lines {expr, vars} and answers {type, value}, {type, unknown} or
// {error}, each with sensitive when the result is marked. Built and run by tools/check-function-vectors.ts only.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

type variable struct {
	Type    json.RawMessage `json:"type"`
	Value   json.RawMessage `json:"value"`
	Unknown bool            `json:"unknown"`
	Marks   []string        `json:"marks"`
}

type question struct {
	Expr string              `json:"expr"`
	Vars map[string]variable `json:"vars"`
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "names" {
		for name := range functions {
			fmt.Println(name)
		}
		return
	}
	scanner := bufio.NewScanner(os.Stdin)
	scanner.Buffer(make([]byte, 1<<20), 1<<26)
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for scanner.Scan() {
		var q question
		if err := json.Unmarshal(scanner.Bytes(), &q); err != nil {
			panic(err)
		}
		if err := encoder.Encode(answer(q)); err != nil {
			panic(err)
		}
	}
}

func answer(q question) (out map[string]any) {
	out = map[string]any{}
	defer func() {
		if r := recover(); r != nil {
			out = map[string]any{"error": fmt.Sprint("panic: ", r)}
		}
	}()
	vars := map[string]cty.Value{}
	for name, v := range q.Vars {
		vars[name] = decode(v)
	}
	expr, diags := hclsyntax.ParseExpression([]byte(q.Expr), "vector", hcl.InitialPos)
	if diags.HasErrors() {
		return map[string]any{"error": diags.Error()}
	}
	value, diags := expr.Value(&hcl.EvalContext{Variables: vars, Functions: functions})
	if diags.HasErrors() {
		return map[string]any{"error": diags.Error()}
	}
	if value.ContainsMarked() {
		out["sensitive"] = true
	}
	value, _ = value.UnmarkDeep()
	ty, err := ctyjson.MarshalType(value.Type())
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	out["type"] = json.RawMessage(ty)
	if !value.IsWhollyKnown() {
		out["unknown"] = true
		return out
	}
	if value.Type() == cty.Number && !value.IsNull() && value.AsBigFloat().IsInf() {
		out["infinite"] = value.AsBigFloat().Sign()
		return out
	}
	body, err := ctyjson.Marshal(value, value.Type())
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	out["value"] = json.RawMessage(body)
	return out
}

func decode(v variable) cty.Value {
	ty, err := ctyjson.UnmarshalType(v.Type)
	if err != nil {
		panic(err)
	}
	value := cty.UnknownVal(ty)
	if !v.Unknown {
		if value, err = ctyjson.Unmarshal(v.Value, ty); err != nil {
			panic(err)
		}
	}
	if len(v.Marks) > 0 {
		value = value.Mark(sensitiveMark)
	}
	return value
}
