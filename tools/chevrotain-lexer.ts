import type { Plugin } from "rolldown";

const lexerModule = "\0chevrotain-lexer";

/**
 * Gives the lexer of the package `syntax` chevrotain's lexer alone. The package's only entry loads the parser, the
 * recorder and all checks of grammars as well, which the formatter would pay for without using them.
 */
export function separateLexer(): Plugin {
  return {
    name: "separate-lexer",
    resolveId(source, importer) {
      const isLexer = importer !== undefined && /\/packages\/syntax\/src\/lexer\//.test(importer);
      return isLexer && source === "chevrotain" ? lexerModule : null;
    },
    async load(id) {
      if (id !== lexerModule) return null;
      const entry = await this.resolve("chevrotain", import.meta.filename);
      if (entry === null) throw new Error("chevrotain is not installed");
      const scan = entry.id.replace(/\/api\.js$/, "/scan");
      if (scan === entry.id) throw new Error(`chevrotain's entry is another file now: ${entry.id}`);
      return [
        `export { Lexer } from ${JSON.stringify(`${scan}/lexer_public.js`)};`,
        `export { createToken } from ${JSON.stringify(`${scan}/tokens_public.js`)};`,
      ].join("\n");
    },
  };
}
