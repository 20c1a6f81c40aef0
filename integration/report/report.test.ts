import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launch, type Browser, type Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hclbuild, makeFolder } from "../../packages/cli/test/run-binary.js";
import { findBrowser } from "../probe.js";

/** Written with UPDATE=1, for the guide. */
const screenshot = fileURLToPath(new URL("../../docs/images/report.png", import.meta.url));

const template = `
variable "token" {
  default   = "canary-in-the-report"
  sensitive = true
}

source "null" "web" {
  communicator = "none"
}

source "file" "config" {
  content = "answer = 42"
  target  = "config.txt"
}

build {
  name    = "shop"
  sources = ["source.null.web", "source.file.config"]

  provisioner "shell-local" {
    name   = "fetch packages"
    inline = ["sleep 0.4", "for n in 1 2 3 4 5; do echo \\"get package $n of 5\\"; sleep 0.1; done"]
  }
  provisioner "shell-local" {
    name             = "compile"
    environment_vars = ["TOKEN=\${var.token}"]
    inline = [
      "echo token $TOKEN '</script><b>&'",
      "i=1; while [ $i -le LINES ]; do echo \\"compiling module $i\\"; i=$((i + 1)); done",
      "echo 'warning: module 7 is deprecated' >&2",
      "sleep 0.5",
    ]
  }
  post-processor "checksum" {
    output = "{{.BuildName}}.{{.ChecksumType}}"
  }
  post-processor "manifest" {}
}

build {
  name    = "shop"
  sources = ["source.null.web"]

  provisioner "shell-local" {
    name   = "smoke test"
    inline = ["echo connecting", "sleep 0.7", "echo 'expected 200, got 503' >&2", "exit 3"]
  }
}
`;

let browser: Browser;
beforeAll(async () => {
  browser = await launch({ executablePath: findBrowser() ?? "", args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser.close();
});

interface OpenedReport {
  readonly page: Page;
  /** Errors of the console and of scripts. */
  readonly errors: string[];
  readonly requests: string[];
}

/** Opens a file as a reader would; everything that goes wrong or over the network is noted. */
async function openReport(path: string): Promise<OpenedReport> {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 1000 });
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(path).href);
  return { page, errors, requests };
}

async function texts(page: Page, selector: string): Promise<readonly string[]> {
  return await page.$$eval(selector, (found) => found.map((element) => element.textContent ?? ""));
}

/** Name and colour class of every bar of the timeline that is shown. */
async function timeline(page: Page): Promise<readonly string[]> {
  return await page.$$eval(".row:not(.hidden)", (rows) =>
    rows.map((row) => {
      const [name] = row.querySelector(".name")?.childNodes ?? [];
      return `${name?.textContent?.trim()} ${row.querySelector(".bar")?.className.replace("bar", "").trim() ?? "-"}`;
    }),
  );
}

function runReport(lines: number): string {
  const folder = makeFolder({ "shop.pkr.hcl": template.replace("LINES", String(lines)) });
  const { code } = hclbuild(["build", "-report=report.html", "shop.pkr.hcl"], { cwd: folder });
  expect(code).toBe(1);
  return join(folder, "report.html");
}

test("a report shows builds, steps, artifacts and diagnostics, and its filter works", async () => {
  const path = runReport(300);
  expect(readFileSync(path, "utf8")).not.toContain("canary-in-the-report");
  const { page, errors, requests } = await openReport(path);
  expect(await texts(page, "header .badge")).toEqual(["failed"]);
  const rows = await timeline(page);
  expect(rows.filter((row) => row.startsWith("shop."))).toEqual([
    "shop.null.web succeeded",
    "shop.file.config succeeded",
    "shop.null.web failed",
  ]);
  expect(rows.filter((row) => row === "compile succeeded")).toHaveLength(2);
  expect(rows.filter((row) => row === "smoke test failed")).toHaveLength(1);
  expect(rows.filter((row) => row === "manifest succeeded")).toHaveLength(2);
  expect(await texts(page, "#artifacts tr td:first-child")).toContain("shop.file.config");
  expect((await texts(page, ".diagnostic")).join("\n")).toMatch(/^Error: Script exited with non-zero exit status: 3\./);
  if (process.env["UPDATE"] === "1") {
    mkdirSync(dirname(screenshot), { recursive: true });
    await page.screenshot({ path: screenshot, fullPage: true });
  }

  // Words no random folder name can hold: a line above names one.
  await page.type("#filter", "200, got 503");
  const poll = { timeout: 30_000 };
  await expect.poll(() => texts(page, "#lines .text"), poll).toEqual(["expected 200, got 503"]);
  expect(await texts(page, "#lines mark")).toEqual(["200, got 503"]);
  expect(await timeline(page)).toEqual(["smoke test failed"]);
  await page.$eval("#filter", (input) => {
    (input as HTMLInputElement).value = "";
    input.dispatchEvent(new Event("input"));
  });
  await expect.poll(() => timeline(page), poll).toEqual(rows);

  const smokeTest = await page.$("::-p-text(smoke test)");
  await smokeTest?.click();
  const lastSaid = async (): Promise<readonly string[]> => (await texts(page, "#lines .text")).slice(-2);
  await expect.poll(lastSaid, poll).toEqual(["connecting", "expected 200, got 503"]);
  expect({ errors, requests }).toEqual({ errors: [], requests: [pathToFileURL(path).href] });
  await page.close();
});

test("a log of more than 10 000 lines scrolls, with few of them in the page", async () => {
  const { page, errors } = await openReport(runReport(10_000));
  const [count = ""] = await texts(page, "#log-count");
  expect(Number.parseInt(count, 10)).toBeGreaterThan(20_000);
  const visible = async (): Promise<readonly string[]> => await texts(page, "#lines .line .text");
  const scrollTo = async (top: number): Promise<number> =>
    await page.$eval("#log", (box, to) => ((box.scrollTop = to), box.scrollHeight), top);
  const [, compile] = await page.$$("::-p-text(compile)");
  await compile?.click();
  const height = await scrollTo(5000 * 20);
  expect(height).toBeGreaterThan(10_000 * 20);
  // The lines are drawn some time after the scrolling.
  await expect.poll(visible, { timeout: 30_000 }).toContain("compiling module 5000");
  expect((await visible()).length).toBeLessThan(100);
  await scrollTo(height);
  await expect.poll(visible, { timeout: 30_000 }).toContain("compiling module 10000");
  expect(await visible()).toContain("warning: module 7 is deprecated");
  expect(errors).toEqual([]);
  await page.close();
});

test("the report of a run that was killed shows what had happened", async () => {
  const path = runReport(20);
  const whole = readFileSync(path, "utf8");
  const cut = join(makeFolder({ "cut.html": whole.slice(0, whole.indexOf("connecting") + 5) }), "cut.html");
  const { page, errors } = await openReport(cut);
  expect(await texts(page, "header .badge")).toEqual(["not finished"]);
  expect((await timeline(page)).length).toBeGreaterThan(3);
  expect(errors).toEqual([]);
  await page.close();
});
