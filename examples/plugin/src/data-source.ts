import type { Infer, OutputOf } from "@hclbuild/schema";
import type { DataSourceRuntime } from "@hclbuild/sdk";
import type { greetingText } from "./schema.js";

const words = { de: "Guten Tag", en: "Good day", fr: "Bonjour" };

/** Gives the greeting as `data.greeting-text.NAME.text`. */
export const runtime: DataSourceRuntime<Infer<typeof greetingText>, OutputOf<typeof greetingText>> = {
  async read(_context, { language, name }) {
    return { text: `${words[language as keyof typeof words]}, ${name}!` };
  },
};
