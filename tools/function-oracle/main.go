// A black box for checking function vectors: reads JSON lines {expr, vars} and answers {type, value}, {type, unknown} or
// {error}, each with sensitive when the result is marked. Built and run by tools/check-function-vectors.ts only.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/go-cty-funcs/cidr"
	"github.com/hashicorp/go-cty-funcs/collection"
	"github.com/hashicorp/go-cty-funcs/crypto"
	"github.com/hashicorp/go-cty-funcs/encoding"
	"github.com/hashicorp/go-cty-funcs/filesystem"
	"github.com/hashicorp/go-cty-funcs/uuid"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// The functions that Packer takes from published modules, under the names it gives them.
var functions = map[string]function.Function{
	"abs":             stdlib.AbsoluteFunc,
	"abspath":         filesystem.AbsPathFunc,
	"basename":        filesystem.BasenameFunc,
	"base64decode":    encoding.Base64DecodeFunc,
	"base64encode":    encoding.Base64EncodeFunc,
	"bcrypt":          crypto.BcryptFunc,
	"can":             tryfunc.CanFunc,
	"ceil":            stdlib.CeilFunc,
	"chomp":           stdlib.ChompFunc,
	"chunklist":       stdlib.ChunklistFunc,
	"cidrhost":        cidr.HostFunc,
	"cidrnetmask":     cidr.NetmaskFunc,
	"cidrsubnet":      cidr.SubnetFunc,
	"cidrsubnets":     cidr.SubnetsFunc,
	"coalesce":        collection.CoalesceFunc,
	"coalescelist":    stdlib.CoalesceListFunc,
	"compact":         stdlib.CompactFunc,
	"concat":          stdlib.ConcatFunc,
	"contains":        stdlib.ContainsFunc,
	"convert":         typeexpr.ConvertFunc,
	"csvdecode":       stdlib.CSVDecodeFunc,
	"dirname":         filesystem.DirnameFunc,
	"distinct":        stdlib.DistinctFunc,
	"element":         stdlib.ElementFunc,
	"file":            filesystem.MakeFileFunc(".", false),
	"filebase64":      filesystem.MakeFileFunc(".", true),
	"fileexists":      filesystem.MakeFileExistsFunc("."),
	"fileset":         filesystem.MakeFileSetFunc("."),
	"flatten":         stdlib.FlattenFunc,
	"floor":           stdlib.FloorFunc,
	"format":          stdlib.FormatFunc,
	"formatdate":      stdlib.FormatDateFunc,
	"formatlist":      stdlib.FormatListFunc,
	"indent":          stdlib.IndentFunc,
	"join":            stdlib.JoinFunc,
	"jsondecode":      stdlib.JSONDecodeFunc,
	"jsonencode":      stdlib.JSONEncodeFunc,
	"keys":            stdlib.KeysFunc,
	"log":             stdlib.LogFunc,
	"lookup":          stdlib.LookupFunc,
	"lower":           stdlib.LowerFunc,
	"max":             stdlib.MaxFunc,
	"md5":             crypto.Md5Func,
	"merge":           stdlib.MergeFunc,
	"min":             stdlib.MinFunc,
	"parseint":        stdlib.ParseIntFunc,
	"pathexpand":      filesystem.PathExpandFunc,
	"pow":             stdlib.PowFunc,
	"range":           stdlib.RangeFunc,
	"reverse":         stdlib.ReverseListFunc,
	"replace":         stdlib.ReplaceFunc,
	"regex":           stdlib.RegexFunc,
	"regexall":        stdlib.RegexAllFunc,
	"regex_replace":   stdlib.RegexReplaceFunc,
	"rsadecrypt":      crypto.RsaDecryptFunc,
	"setintersection": stdlib.SetIntersectionFunc,
	"setproduct":      stdlib.SetProductFunc,
	"setunion":        stdlib.SetUnionFunc,
	"setsubtract":     stdlib.SetSubtractFunc,
	"sha1":            crypto.Sha1Func,
	"sha256":          crypto.Sha256Func,
	"sha512":          crypto.Sha512Func,
	"signum":          stdlib.SignumFunc,
	"slice":           stdlib.SliceFunc,
	"sort":            stdlib.SortFunc,
	"split":           stdlib.SplitFunc,
	"strrev":          stdlib.ReverseFunc,
	"substr":          stdlib.SubstrFunc,
	"timeadd":         stdlib.TimeAddFunc,
	"title":           stdlib.TitleFunc,
	"trim":            stdlib.TrimFunc,
	"trimprefix":      stdlib.TrimPrefixFunc,
	"trimspace":       stdlib.TrimSpaceFunc,
	"trimsuffix":      stdlib.TrimSuffixFunc,
	"try":             tryfunc.TryFunc,
	"upper":           stdlib.UpperFunc,
	"urlencode":       encoding.URLEncodeFunc,
	"uuidv5":          uuid.V5Func,
	"values":          stdlib.ValuesFunc,
	"yamldecode":      ctyyaml.YAMLDecodeFunc,
	"yamlencode":      ctyyaml.YAMLEncodeFunc,
	"zipmap":          stdlib.ZipmapFunc,
	"tostring":        stdlib.MakeToFunc(cty.String),
	"tonumber":        stdlib.MakeToFunc(cty.Number),
	"tobool":          stdlib.MakeToFunc(cty.Bool),
	"tolist":          stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
	"toset":           stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
	"tomap":           stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
}

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
	for _, mark := range v.Marks {
		value = value.Mark(mark)
	}
	return value
}
