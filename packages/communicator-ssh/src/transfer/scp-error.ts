/** An answer of the other side that ends the transfer; its text is the program's own. */
export class ScpError extends Error {
  override readonly name = "ScpError";
}
