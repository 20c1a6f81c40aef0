import { defineComponent, s } from "@hclbuild/schema";

const methods = ["HEAD", "GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"] as const;

/** Makes a request. */
export const http = defineComponent({
  kind: "data-source",
  name: "http",
  since: "0.1.0",
  summary: "Makes an HTTP request and gives its response.",
  body: {
    url: s.string().required().doc("The address to ask."),
    method: s.string().enum(methods).default("GET").doc("The request's method."),
    request_headers: s.map(s.string()).doc("Headers to send."),
    request_body: s.string().doc("Body to send."),
  },
  output: {
    url: s.string().doc("The address that was asked."),
    body: s.string().doc("The response's body."),
    request_headers: s.map(s.string()).doc("The response's headers, in spite of the name."),
  },
});

/** Gives back what it is given. */
export const nullData = defineComponent({
  kind: "data-source",
  name: "null",
  since: "0.1.0",
  summary: "Gives back its input.",
  body: { input: s.string().required().doc("The text to give back.") },
  output: { output: s.string().doc("The text that was given.") },
});

const program = s.list(s.string()).required().doc("The program to run and its arguments.");
const workingDirectory = s.path().doc("Folder to run the program in; the current one by default.");

/** Runs a program that speaks JSON. */
export const external = defineComponent({
  kind: "data-source",
  name: "external",
  since: "0.1.0",
  summary: "Runs a program, gives it a JSON object and takes one back.",
  body: {
    program,
    query: s.map(s.string()).doc("The object that the program reads from its standard input."),
    working_dir: workingDirectory,
  },
  output: { result: s.map(s.string()).doc("The object that the program wrote.") },
});

/** Runs a program that speaks plain text. */
export const externalRaw = defineComponent({
  kind: "data-source",
  name: "external-raw",
  since: "0.1.0",
  summary: "Runs a program, gives it a text and takes one back.",
  body: {
    program,
    query: s.string().doc("The text that the program reads from its standard input."),
    working_dir: workingDirectory,
  },
  output: { result: s.string().doc("The text that the program wrote.") },
});
