import type { Infer } from "@hclbuild/schema";
import { buildError, messageOf, type DataSourceRuntime } from "@hclbuild/sdk";
import { httpCatalog } from "../catalog.js";
import type { http } from "../schema/data-sources.js";
import { sendRequest } from "./request.js";

type HttpConfig = Infer<typeof http>;

interface HttpOutput {
  readonly url: string;
  readonly body: string;
  readonly request_headers: Readonly<Record<string, string>>;
}

/** The `http` data source: makes one request and gives the response's body and headers. */
export const runtime: DataSourceRuntime<HttpConfig, HttpOutput> = {
  async read(context, config) {
    const response = await sendRequest({
      url: parseUrl(config.url),
      method: config.method,
      headers: config.request_headers ?? {},
      body: config.request_body,
      env: context.host.env,
      signal: context.signal,
    }).catch((error: unknown) => {
      context.signal.throwIfAborted();
      throw buildError(
        httpCatalog["request-failed"],
        { url: config.url, reason: messageOf(error) },
        { cause: error, retryable: true },
      );
    });
    if (response.status < 200 || response.status > 299) {
      throw buildError(httpCatalog.status, { url: config.url, status: response.status });
    }
    const type = response.headers["Content-Type"] ?? "";
    if (!isText(type)) context.ui.error(`The response of ${config.url} is not text.`);
    return { url: config.url, body: response.body.toString("utf8"), request_headers: response.headers };
  },
};

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (error) {
    throw buildError(
      httpCatalog["request-failed"],
      { url: text, reason: "the address is not a URL" },
      { cause: error },
    );
  }
}

function isText(contentType: string): boolean {
  const [type = "", ...parameters] = contentType.split(";").map((part) => part.trim().toLowerCase());
  if (
    !/^text\/|^application\/(?:[\w.+-]*\+)?(?:json|xml|yaml|x-yaml|javascript)$|^application\/samlmetadata/.test(type)
  )
    return false;
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  return charset === undefined || /^charset="?(?:utf-8|us-ascii)"?$/.test(charset);
}
