/** An image reference taken apart (OCI distribution specification, "Pulling manifests"; Docker's defaults applied). */
export interface ImageName {
  /** Host of the registry; `docker.io` when the reference names none. */
  readonly registry: string;
  /** Everything before tag and digest, as written. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Parses a reference; never fails, the engine has the last word on what is valid. */
export function parseImageName(reference: string): ImageName {
  const at = reference.indexOf("@");
  const digest = at === -1 ? undefined : reference.slice(at + 1);
  const name = at === -1 ? reference : reference.slice(0, at);
  const colon = name.lastIndexOf(":");
  const hasTag = colon > name.lastIndexOf("/");
  const repository = hasTag ? name.slice(0, colon) : name;
  const first = repository.split("/", 1)[0] ?? "";
  const isHost = repository.includes("/") && (/[.:]/.test(first) || first === "localhost");
  return {
    registry: isHost ? first : "docker.io",
    repository,
    ...(hasTag ? { tag: name.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The reference with the tag `latest` where it has neither tag nor digest: without one the engine pulls every tag. */
export function withDefaultTag(reference: string): string {
  const { tag, digest } = parseImageName(reference);
  return tag === undefined && digest === undefined ? `${reference}:latest` : reference;
}
