declare module "libarchive.js/src/webworker/wasm-gen/libarchive.js" {
  /** What the library needs before it starts. */
  interface Settings {
    readonly wasmBinary: Uint8Array;
    readonly print: (text: string) => void;
    readonly printErr: (text: string) => void;
    readonly monitorRunDependencies: () => void;
  }

  /** The library in its own memory. */
  interface LibraryModule {
    readonly HEAPU8: Uint8Array;
    cwrap(
      name: string,
      returns: "number" | null,
      takes: readonly ("number" | "string")[],
    ): (...values: readonly (number | string | null)[]) => number;
  }

  export default function load(settings: Settings): Promise<LibraryModule>;
}
