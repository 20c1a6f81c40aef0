import { createRandom, type Host, type Random } from "@hclbuild/sdk";

/** A random source that gives the same bytes in every run of a test. */
export function createFakeRandom(seed = 1): Random {
  let state = seed >>> 0 || 1;
  return createRandom((length) => {
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index += 1) {
      state ^= (state << 13) >>> 0;
      state ^= state >>> 17;
      state = (state ^ (state << 5)) >>> 0;
      bytes[index] = state & 0xff;
    }
    return bytes;
  });
}

/** A host for tests: Linux, without environment, and with folders of the test's own. */
export function createFakeHost(
  folders: { readonly cwd: string; readonly temporary: string },
  env: Host["env"] = {},
): Host {
  return {
    platform: "linux",
    hostname: "builder.test",
    pid: 4242,
    processStartTime: 1_789_999_999_000,
    env,
    cwd: folders.cwd,
    homeDirectory: folders.cwd,
    temporaryDirectory: folders.temporary,
    cacheDirectory: folders.temporary,
  };
}
