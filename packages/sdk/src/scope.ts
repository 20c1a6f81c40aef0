/** What one step of a clean-up did wrong. */
export interface CleanupFailure {
  readonly name: string;
  readonly error: unknown;
}

/** A registered clean-up. */
export interface Deferred {
  readonly name: string;
  /** Takes the clean-up out of the scope without running it: the resource is gone or belongs to someone else now. */
  dismiss(): void;
}

type Cleanup = (signal: AbortSignal) => Promise<void> | void;

interface Entry {
  readonly name: string;
  readonly run: Cleanup;
}

/** How a {@link Scope} behaves when it closes by itself at the end of an `await using`. */
export interface ScopeOptions {
  /** Called for every clean-up that failed. A failure never masks the error that ended the work. */
  readonly onFailure?: (failure: CleanupFailure) => void;
  /** The signal that clean-ups run under: not the one that cancelled the work, or they could not do anything. */
  readonly cleanupSignal?: AbortSignal;
}

/**
 * Owns resources: each acquired one registers its clean-up, and closing runs them in reverse order, each exactly once,
 * all of them even when some fail. A clean-up registered while the scope closes runs next; one registered after it
 * closed runs at once.
 */
export class Scope implements AsyncDisposable {
  readonly #entries: Entry[] = [];
  readonly #options: ScopeOptions;
  #state: "open" | "closing" | "closed" = "open";

  constructor(options: ScopeOptions = {}) {
    this.#options = options;
  }

  /** Names of the clean-ups that are still to run, the next one first. */
  get pending(): readonly string[] {
    return this.#entries.map((entry) => entry.name).toReversed();
  }

  /** Registers a clean-up. `name` says what it does, for progress lines and warnings: `remove container x`. */
  defer(name: string, run: Cleanup): Deferred {
    const entry = { name, run };
    this.#entries.push(entry);
    if (this.#state === "closed") void this.close();
    return {
      name,
      dismiss: () => {
        const index = this.#entries.indexOf(entry);
        if (index >= 0) this.#entries.splice(index, 1);
      },
    };
  }

  /** Acquires a resource and registers its release, so that no cancellation can fall between the two. */
  async acquire<T>(
    name: string,
    create: () => Promise<T>,
    release: (resource: T, signal: AbortSignal) => Promise<void> | void,
  ): Promise<T> {
    const resource = await create();
    this.defer(name, (signal) => release(resource, signal));
    return resource;
  }

  /** A scope that closes when this one does, in its place in the order. */
  child(name: string, options: ScopeOptions = {}): Scope {
    const child = new Scope({ ...this.#options, ...options });
    this.defer(name, async (signal) => {
      await child.close(signal);
    });
    return child;
  }

  /**
   * Runs the clean-ups, last registered first, and returns what failed. `before` is awaited before each one; it may
   * say `"skip"` to leave a resource behind on purpose.
   */
  async close(
    signal: AbortSignal = this.#options.cleanupSignal ?? new AbortController().signal,
    before?: (name: string) => Promise<"run" | "skip"> | "run" | "skip",
  ): Promise<readonly CleanupFailure[]> {
    const failures: CleanupFailure[] = [];
    this.#state = "closing";
    for (let entry = this.#entries.pop(); entry !== undefined; entry = this.#entries.pop()) {
      try {
        if (before !== undefined && (await before(entry.name)) === "skip") continue;
        await entry.run(signal);
      } catch (error) {
        const failure = { name: entry.name, error };
        failures.push(failure);
        this.#options.onFailure?.(failure);
      }
    }
    this.#state = "closed";
    return failures;
  }

  /** Forgets every clean-up without running it and returns their names, the next one first. */
  abandon(): readonly string[] {
    const names = this.pending;
    this.#entries.length = 0;
    return names;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
